//! A run told as it happens, append-only: the same text on the command line and in the terminal's log.
//!
//! A block is one event: when, where, which frame, then one line a verdict with its reason. In the short form
//! whatever was told before in the same words (same device, same ports, same reason, same flow) is only counted.

use std::collections::BTreeSet;

use crate::engine::{Entry, Verdict, World};
use crate::id::{FlowId, PortNo};
use crate::lang::Lang;
use crate::plan::show;
use crate::view::names::{Book, port_name};
use crate::view::sentence::Context;
use crate::view::tables::pad;
use crate::wire::layers::{summary, walk};

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Everything once; repetitions are counted.
    Short,
    /// Every event in full.
    Full,
}

type Told = (u32, Option<PortNo>, Verdict, &'static str, FlowId, bool, Vec<PortNo>);

/// Tells a run, event by event.
#[derive(Debug)]
pub struct Narrator {
    lang: Lang,
    detail: Detail,
    told: BTreeSet<Told>,
    skipped: u64,
}

/// A verdict of the present event, ready to be told.
struct Line {
    key: Told,
    verdict: Verdict,
    why: String,
    slug: &'static str,
}

impl Narrator {
    /// A narrator who has told nothing yet.
    pub fn new(lang: Lang, detail: Detail) -> Self {
        Self { lang, detail, told: BTreeSet::new(), skipped: 0 }
    }

    /// Lines about the world's last event; often none in the short form.
    pub fn tell(&mut self, world: &World, book: &Book) -> Vec<String> {
        let mut out = self.changes(world);
        let (heading, lines) = self.decisions(world, book);
        let said = self.said(world, book, lines.is_empty());
        if lines.is_empty() {
            out.extend(said);
            return out;
        }
        let fresh = lines.iter().any(|line| !self.told.contains(&line.key));
        if self.detail == Detail::Short && !fresh {
            self.skipped += lines.len() as u64;
            out.extend(said);
            return out;
        }
        out.extend(self.skipped_line());
        out.push(heading);
        for line in lines {
            out.push(format!("              {} {}  [{}]", pad(self.verdict(line.verdict), 9), line.why, line.slug));
            self.told.insert(line.key);
        }
        out.extend(said);
        out
    }

    /// What is left to say when the run is over.
    pub fn finish(&mut self) -> Vec<String> {
        self.skipped_line().into_iter().collect()
    }

    fn skipped_line(&mut self) -> Option<String> {
        let n = std::mem::take(&mut self.skipped);
        (n > 0).then(|| match self.lang {
            Lang::En => format!("              … {n} more decisions like those above"),
            Lang::Zh => format!("              …… 同样的决定还有 {n} 个"),
        })
    }

    /// Scripted and typed changes stand out as headings.
    fn changes(&mut self, world: &World) -> Vec<String> {
        let mut out = Vec::new();
        for entry in world.log().entries() {
            if let Entry::Command(number) = entry
                && let Some((name, _)) = world.command(*number)
            {
                out.extend(self.skipped_line());
                out.push(format!("── {} {} ── {name}", pad(&world.event().to_string(), 5), world.now()));
            }
        }
        out
    }

    /// What agents said or had written in this event. Where nothing stands above, each has a heading of its own.
    fn said(&mut self, world: &World, book: &Book, alone: bool) -> Vec<String> {
        let context = Context { world, book, lang: self.lang };
        let mut out = Vec::new();
        for said in world.log().entries().iter().filter_map(|entry| context.said(entry)) {
            if alone {
                out.extend(self.skipped_line());
                let (event, time) = (pad(&world.event().to_string(), 5), pad(&world.now().to_string(), 13));
                let what = said.change.map_or_else(String::new, |(device, change)| format!("  {device} {change}"));
                let place = pad(world.device_name(said.device), 13);
                let asked = match self.lang {
                    _ if said.asked == world.event() => String::new(),
                    Lang::En => format!(" (decided in event {})", said.asked),
                    Lang::Zh => format!("(在事件 {} 中决定)", said.asked),
                };
                out.push(format!("{event} {time} {place}{what}{asked}"));
            }
            let name = if said.refused { self.lang.pick("refused", "拒绝") } else { said.name };
            out.push(format!("              {} {}  [{}]", pad(name, 9), said.why, said.reason.slug));
        }
        out
    }

    /// The heading of the event's block, and a line for each verdict.
    fn decisions(&self, world: &World, book: &Book) -> (String, Vec<Line>) {
        let log = world.log();
        let context = Context { world, book, lang: self.lang };
        let mut heading = String::new();
        let mut lines = Vec::new();
        for (at, entry) in log.entries().iter().enumerate() {
            let Entry::Decision { decision, bytes } = entry else { continue };
            let layers = walk(decision.link, log.bytes(*bytes));
            let ports: Vec<PortNo> = log.ports(at).collect();
            if lines.is_empty() {
                let place = match decision.port {
                    Some(port) => {
                        format!("{}:{}", world.device_name(decision.device), port_name(world, decision.device, port))
                    }
                    None => world.device_name(decision.device).to_owned(),
                };
                let event = pad(&decision.event.to_string(), 5);
                let time = pad(&decision.time.to_string(), 13);
                heading = format!("{event} {time} {}  {}", pad(&place, 13), summary(&layers, self.lang));
            }
            let why = context.why(decision, &layers, &ports);
            let origin = decision.origin;
            lines.push(Line {
                key: (
                    decision.device.0,
                    decision.port,
                    decision.verdict,
                    decision.reason.slug,
                    origin.flow,
                    origin.own,
                    ports,
                ),
                verdict: decision.verdict,
                why,
                slug: decision.reason.slug,
            });
        }
        (heading, lines)
    }

    fn verdict(&self, verdict: Verdict) -> &'static str {
        match self.lang {
            Lang::En => verdict.name(),
            Lang::Zh => match verdict {
                Verdict::Forward => "转发",
                Verdict::Flood => "泛洪",
                Verdict::Deliver => "交付",
                Verdict::Consume => "收下",
                Verdict::Drop => "丢弃",
                Verdict::Encapsulate => "封装",
                Verdict::Decapsulate => "解封装",
                Verdict::Send => "发送",
                Verdict::Note => "注意",
            },
        }
    }
}

/// Names of changes are made by the plan's printer; used here so that both say the same.
pub fn change_name(plan: &crate::plan::Plan, change: &crate::engine::Change) -> String {
    show::change(plan, change)
}
