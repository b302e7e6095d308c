//! Checks: statements about a run that hold or do not, with what was expected and what was found.

use crate::engine::{FlowStats, Verdict};
use crate::explain::Reason;
use crate::id::{DeviceId, FlowId};
use crate::lab::diagnostic::Code;
use crate::lab::judge::flows;
use crate::lab::judge::run::{Others, Run};
use crate::lab::judge::select::{Kind, Places, Selector, pick};
use crate::lab::judge::value::{Number, Quantity, rows};
use crate::lang::Lang;
use crate::plan::Bilingual;

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Equal.
    Is,
    /// Not less.
    AtLeast,
    /// Not more.
    AtMost,
}

/// A statement about a run. Names of flows and places are kept for the text.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// Everything the flow sent arrived, and it sent something.
    Delivered(FlowId, String),
    /// Nothing the flow sent arrived, and it sent something.
    Fails(FlowId, String),
    /// Something of the flow was lost, and all of it here, for this reason.
    Dropped(FlowId, String, Places, Reason),
    /// There is a record.
    Saw(Selector),
    /// There is none, and the flow it names sent something.
    Never(Selector),
    /// The table has a row with these cells, or has none.
    Row(DeviceId, String, Vec<(String, String)>, bool),
    /// An extra ping, now, would be answered: the flow made for it, and the names of both ends.
    Reaches(FlowId, String, String),
    /// The flow's first delivered packet went through these nodes in this order, others between allowed.
    Follows(FlowId, String, Vec<String>),
    /// The first of each happened in this order.
    InOrder(Vec<Selector>),
    /// Two values compare so.
    Compare(Compare, Box<Number>, Box<Number>),
    /// All hold.
    All(Vec<Check>),
    /// One holds at least.
    Any(Vec<Check>),
    /// It does not hold.
    Not(Box<Check>),
    /// Holds in another variant.
    In(String, Box<Check>),
    /// With something set it is refused with this code; those it is refused with, and a sentence of each.
    Refused(Code, Vec<(Code, String)>),
}

/// Whether a check holds, and why it is so.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// It holds.
    pub holds: bool,
    /// What was expected and what was found.
    pub text: Bilingual,
}

impl Outcome {
    fn new(holds: bool, en: String, zh: String) -> Self {
        Self { holds, text: Bilingual { en, zh } }
    }

    /// The text in a language.
    pub fn text(&self, lang: Lang) -> &str {
        self.text.get(lang)
    }
}

impl Check {
    /// Judges a run; `others` has the runs of other variants.
    pub fn judge(&self, run: Run<'_>, others: &dyn Others) -> Outcome {
        match self {
            Self::Delivered(flow, name) => flow_outcome(run, *flow, name, true),
            Self::Fails(flow, name) => flow_outcome(run, *flow, name, false),
            Self::Dropped(flow, name, at, reason) => dropped(run, (*flow, name), at, reason),
            Self::Saw(selector) => {
                let n = pick(selector, run.trace, run.world).len();
                Outcome::new(
                    n > 0,
                    format!("expected at least 1 record, found {n}"),
                    format!("至少应有 1 条记录,找到 {n} 条"),
                )
            }
            Self::Never(selector) => never(run, selector),
            Self::Row(device, table, cells, wanted) => {
                let n = rows(run.world, *device, table, cells).len();
                let (place, cells) = (run.world.device_name(*device), show(cells));
                let (en, zh) = if *wanted { ("a row", "有一行") } else { ("no row", "没有") };
                Outcome::new(
                    (n > 0) == *wanted,
                    format!("expected {en} with {cells} in {table} of {place}, found {n}"),
                    format!("{place} 的 {table} 应{zh} {cells},找到 {n} 行"),
                )
            }
            Self::Reaches(probe, from, to) => reaches(run, *probe, from, to),
            Self::Follows(flow, name, way) => follows(run, *flow, name, way),
            Self::InOrder(selectors) => in_order(run, selectors),
            Self::Compare(how, left, right) => compare(*how, &left.of(run, others), &right.of(run, others)),
            Self::All(checks) => all(checks, run, others),
            Self::Any(checks) => any(checks, run, others),
            Self::Not(check) => {
                let inner = check.judge(run, others);
                let (en, zh) = (format!("not: {}", inner.text.en), format!("并非:{}", inner.text.zh));
                Outcome::new(!inner.holds, en, zh)
            }
            Self::In(variant, check) => {
                let Some(other) = others.variant(variant) else {
                    return Outcome::new(false, format!("{variant} could not be run"), format!("{variant} 无法运行"));
                };
                let inner = check.judge(other.run(), others);
                let (en, zh) = (&inner.text.en, &inner.text.zh);
                Outcome::new(inner.holds, format!("in {variant}: {en}"), format!("在 {variant} 中:{zh}"))
            }
            Self::Refused(by, found) => refused(*by, found),
        }
    }
}

impl Check {
    /// Whether it depends on the window that is judged, and not only on whole runs of variants.
    pub fn needs_window(&self) -> bool {
        match self {
            Self::In(..) | Self::Refused(..) => false,
            Self::Compare(_, left, right) => left.needs_window() || right.needs_window(),
            Self::All(checks) | Self::Any(checks) => checks.iter().any(Self::needs_window),
            Self::Not(check) => check.needs_window(),
            _ => true,
        }
    }
}

fn refused(by: Code, found: &[(Code, String)]) -> Outcome {
    let said: Vec<String> = found.iter().map(|(code, message)| format!("{} ({message})", code.id())).collect();
    let (en, zh) = match &said[..] {
        [] => ("nothing that keeps it from running".to_owned(), "没有什么妨碍它运行".to_owned()),
        all => (all.join(", "), all.join(",")),
    };
    let holds = found.iter().any(|(code, _)| *code == by);
    let id = by.id();
    Outcome::new(
        holds,
        format!("expected it to be refused with {id}, found {en}"),
        format!("应以 {id} 被拒绝,发现:{zh}"),
    )
}

fn all(checks: &[Check], run: Run<'_>, others: &dyn Others) -> Outcome {
    let outcomes: Vec<Outcome> = checks.iter().map(|check| check.judge(run, others)).collect();
    match outcomes.iter().find(|outcome| !outcome.holds) {
        Some(failed) => failed.clone(),
        None => join(true, &outcomes),
    }
}

fn any(checks: &[Check], run: Run<'_>, others: &dyn Others) -> Outcome {
    let outcomes: Vec<Outcome> = checks.iter().map(|check| check.judge(run, others)).collect();
    match outcomes.iter().find(|outcome| outcome.holds) {
        Some(held) => held.clone(),
        None => join(false, &outcomes),
    }
}

fn reaches(run: Run<'_>, probe: FlowId, from: &str, to: &str) -> Outcome {
    let holds = flows::reaches(run.world, probe);
    let (en, zh) = if holds { ("it is", "有应答") } else { ("it is not", "没有应答") };
    Outcome::new(
        holds,
        format!("expected a ping from {from} to {to} to be answered: {en}"),
        format!("从 {from} ping {to} 应有应答:{zh}"),
    )
}

fn follows(run: Run<'_>, flow: FlowId, name: &str, wanted: &[String]) -> Outcome {
    let found = flows::path(run, flow).unwrap_or_default();
    let mut rest = found.iter();
    let holds = !found.is_empty() && wanted.iter().all(|node| rest.any(|at| at == node));
    let (wanted, shown) = (Quantity::Way(wanted.to_vec()), Quantity::Way(found));
    Outcome::new(
        holds,
        format!("expected {name} to go by {wanted}, it went {shown}"),
        format!("{name} 应经过 {wanted},实际为 {shown}"),
    )
}

fn in_order(run: Run<'_>, selectors: &[Selector]) -> Outcome {
    let first =
        |selector| pick(selector, run.trace, run.world).first().map(|record| (record.place(), record.event().0));
    let found: Vec<Option<(u64, u64)>> = selectors.iter().map(first).collect();
    let holds = found.iter().all(Option::is_some) && found.is_sorted_by(|a, b| a < b);
    let shown: Vec<String> =
        found.iter().map(|at| at.map_or_else(|| "-".to_owned(), |(_, event)| event.to_string())).collect();
    let shown = shown.join(", ");
    Outcome::new(
        holds,
        format!("expected this order; the first of each: events {shown}"),
        format!("应按此顺序发生;各自的第一条:事件 {shown}"),
    )
}

fn join(holds: bool, outcomes: &[Outcome]) -> Outcome {
    let texts = |lang| outcomes.iter().map(|outcome| outcome.text(lang)).collect::<Vec<_>>();
    Outcome::new(holds, texts(Lang::En).join("; "), texts(Lang::Zh).join(";"))
}

fn show(cells: &[(String, String)]) -> String {
    let list: Vec<String> = cells.iter().map(|(column, value)| format!("{column} {value}")).collect();
    format!("({})", list.join(", "))
}

fn flow_outcome(run: Run<'_>, flow: FlowId, name: &str, arrives: bool) -> Outcome {
    let stats = run.stats(flow).unwrap_or_default();
    if let Some(written) = stats.streamed {
        return stream_outcome(&stats, written, name, arrives);
    }
    let (sent, received) = (stats.sent, stats.received);
    let wanted = if arrives { received == sent } else { received == 0 };
    let (en, zh) = if arrives { ("all", "全部到达") } else { ("none", "全部丢失") };
    Outcome::new(
        sent > 0 && wanted,
        format!("expected {en} of {name} to arrive: {received} of {sent} did"),
        format!("{name} 应{zh}:{sent} 个中到达 {received} 个"),
    )
}

/// Of a TCP flow bytes count, whatever segments it took; that a connection was opened brings none.
fn stream_outcome(stats: &FlowStats, written: u64, name: &str, arrives: bool) -> Outcome {
    let arrived = stats.bytes;
    let wanted = if arrives { written > 0 && arrived == written } else { stats.sent > 0 && arrived == 0 };
    let (en, zh) = if arrives { ("all", "全部到达") } else { ("none", "全部丢失") };
    Outcome::new(
        wanted,
        format!("expected {en} bytes of {name} to arrive: {arrived} of {written} did"),
        format!("{name} 的字节应{zh}:{written} 个中到达 {arrived} 个"),
    )
}

/// A bystander that throws a flooded copy away loses nothing: the flow's own losses are what is asked for.
const FOR_OTHERS: [&str; 3] = ["nic.filter-unicast", "nic.filter-group", "ip.other-host"];

fn dropped(run: Run<'_>, (flow, name): (FlowId, &str), at: &Places, reason: Reason) -> Outcome {
    let drops = Selector { flow: Some(flow), ..Selector::new(Kind::Drops) };
    let all: Vec<_> = run.trace.decisions.iter().filter(|record| record.decision.verdict == Verdict::Drop).collect();
    let here = Selector { at: Some(at.clone()), reason: Some(reason), ..drops.clone() };
    let (found, total) = (pick(&here, run.trace, run.world).len(), pick(&drops, run.trace, run.world).len());
    let elsewhere = all.iter().filter(|record| {
        let decision = &record.decision;
        decision.origin.own
            && decision.origin.flow == flow
            && decision.reason != reason
            && !FOR_OTHERS.contains(&decision.reason.slug)
    });
    let others = elsewhere.count();
    let stats = run.stats(flow).unwrap_or_default();
    Outcome::new(
        found > 0 && others == 0,
        format!(
            "expected {name} to be dropped for {} only: {found} of {total} drops, {} sent",
            reason.slug, stats.sent
        ),
        format!("{name} 应只因 {} 被丢弃:{total} 次丢弃中 {found} 次,共发送 {}", reason.slug, stats.sent),
    )
}

fn never(run: Run<'_>, selector: &Selector) -> Outcome {
    let n = pick(selector, run.trace, run.world).len();
    let silent =
        selector.flow.or(selector.caused_by).is_some_and(|flow| run.stats(flow).is_none_or(|stats| stats.sent == 0));
    if silent {
        let (en, zh) = ("nothing to judge: the flow sent nothing", "无从判断:该流没有发送任何东西");
        return Outcome::new(false, en.to_owned(), zh.to_owned());
    }
    let first = pick(selector, run.trace, run.world).first().map(|record| record.event().0);
    let (en, zh) = match first {
        Some(event) => (format!(", the first in event {event}"), format!(",第一条在事件 {event}")),
        None => (String::new(), String::new()),
    };
    Outcome::new(n == 0, format!("expected no record, found {n}{en}"), format!("不应有记录,找到 {n} 条{zh}"))
}

fn compare(how: Compare, left: &Quantity, right: &Quantity) -> Outcome {
    let numbers = match (left, right) {
        (Quantity::Number(a), Quantity::Number(b))
        | (Quantity::Span(a), Quantity::Span(b))
        | (Quantity::Rate(a), Quantity::Rate(b)) => Some((*a, *b)),
        _ => None,
    };
    let holds = match (how, numbers) {
        (_, None) => how == Compare::Is && left == right && *left != Quantity::Nothing,
        (Compare::Is, Some((a, b))) => a == b,
        (Compare::AtLeast, Some((a, b))) => a >= b,
        (Compare::AtMost, Some((a, b))) => a <= b,
    };
    let (en, zh) = match how {
        Compare::Is => ("exactly", "恰好"),
        Compare::AtLeast => ("at least", "至少"),
        Compare::AtMost => ("at most", "至多"),
    };
    Outcome::new(holds, format!("expected {en} {right}, found {left}"), format!("应{zh}为 {right},实为 {left}"))
}
