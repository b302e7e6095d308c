//! The document of `--json`.

use overunder_sim::lab::suite::Better;
use overunder_sim::lang::Lang;
use overunder_sim::measure::account::{Account, KINDS, Ledger, Tally};
use overunder_sim::measure::compare::difference::{Difference, Moved};
use overunder_sim::measure::compare::snapshot::{Number, parts};
use overunder_sim::measure::compare::{Row, Value as Measured};
use serde_json::{Map, Value, json};

use super::{Against, Compared};

/// Version of the document; raised when a field is renamed, removed or means something else.
const FORMAT: u32 = 1;

pub fn text(all: &[Compared], lang: Lang) -> String {
    let document = json!({
        "format": FORMAT,
        "model": true,
        "version": env!("CARGO_PKG_VERSION"),
        "holds": all.iter().all(Compared::holds),
        "suites": all.iter().map(|compared| subject(compared, lang)).collect::<Vec<_>>(),
    });
    format!("{}\n", serde_json::to_string_pretty(&document).unwrap_or_default())
}

fn subject(compared: &Compared, lang: Lang) -> Value {
    let subject = &compared.subject;
    let axes: Map<String, Value> = subject.axes.iter().map(|(name, values)| (name.clone(), json!(values))).collect();
    json!({
        "name": subject.name,
        "file": subject.source.name,
        "title": subject.title,
        "profiles": compared.profiles(),
        "axes": axes,
        "runs": compared.rows.iter().map(|at| row(at, &subject.axes, lang)).collect::<Vec<_>>(),
        "baseline": compared.against.as_ref().map(|at| against(at, lang)),
    })
}

fn row(row: &Row, axes: &[(String, Vec<String>)], lang: Lang) -> Value {
    let values = axes.iter().zip(row.name.split('+'));
    let chosen: Map<String, Value> = values.map(|((axis, _), value)| (axis.clone(), json!(value))).collect();
    let check = |(name, outcome): &(String, overunder_sim::lab::judge::Outcome)| json!({"name": name, "holds": outcome.holds, "text": outcome.text(lang)});
    json!({
        "name": row.name,
        "axes": chosen,
        "profiles": row.profiles,
        "values": row.values.iter().map(value).collect::<Vec<_>>(),
        "account": account(&row.account),
        "events": row.events,
        "digest": row.digest,
        "checks": row.checks.iter().map(check).collect::<Vec<_>>(),
        "complaints": row.complaints,
    })
}

/// Numbers are whole, in the smallest unit.
fn value(value: &Measured) -> Value {
    let (number, unit, text) = parts(&value.quantity);
    let better = value.better.map(|better| match better {
        Better::Lower => "lower",
        Better::Higher => "higher",
    });
    let what = number.map(Value::from).or(text.map(Value::from));
    json!({"name": value.name, "value": what, "unit": unit, "better": better})
}

fn tally(tally: Tally) -> Value {
    json!({"frames": tally.frames, "bytes": tally.bytes})
}

fn ledger(ledger: &Ledger) -> Map<String, Value> {
    let kinds: Map<String, Value> =
        KINDS.iter().map(|kind| (kind.name().to_owned(), tally(ledger.kind(*kind)))).collect();
    let headers = ledger
        .headers
        .iter()
        .map(|((part, name), of)| json!({"part": part.name(), "header": name, "frames": of.frames, "bytes": of.bytes}));
    let mut all = Map::new();
    all.insert("total".to_owned(), tally(ledger.total()));
    all.insert("kinds".to_owned(), Value::Object(kinds));
    all.insert("headers".to_owned(), headers.collect());
    all
}

fn account(account: &Account) -> Value {
    let mut all = ledger(&account.total);
    let cable = |(name, of): &(String, Ledger)| {
        let mut cable = Map::new();
        cable.insert("name".to_owned(), json!(name));
        cable.extend(ledger(of));
        Value::Object(cable)
    };
    all.insert("packets".to_owned(), json!(account.packets));
    all.insert("payload".to_owned(), json!(account.payload));
    all.insert("cables".to_owned(), account.cables.iter().map(cable).collect());
    let work = account.work.iter().map(|work| json!({"cost": work.slug, "times": work.times, "ns": work.ns}));
    all.insert("work".to_owned(), work.collect());
    let rows = account.rows.iter().map(|at| json!({"kind": at.kind, "table": at.table, "rows": at.rows}));
    all.insert("rows".to_owned(), rows.collect());
    Value::Object(all)
}

fn against(against: &Against, lang: Lang) -> Value {
    let accepted = &against.accepted;
    let differences = against.differences.iter().map(|at| difference(at, lang));
    json!({
        "file": against.file, "version": accepted.version, "tolerance_ppm": accepted.tolerance_ppm,
        "compared": against.common, "tolerated": against.tolerated, "differences": differences.collect::<Vec<_>>(),
    })
}

fn difference(at: &Difference, lang: Lang) -> Value {
    let (kind, values, because) = match at {
        Difference::New { .. } => ("new", Vec::new(), Vec::new()),
        Difference::Gone { .. } => ("gone", Vec::new(), Vec::new()),
        Difference::Moved { values, because, .. } => {
            let because = because.iter().map(|told| told.get(lang).to_owned());
            ("moved", values.iter().map(moved).collect(), because.collect())
        }
    };
    json!({"run": at.run(), "kind": kind, "verdict": at.verdict().name(), "values": values, "because": because})
}

fn moved(moved: &Moved) -> Value {
    let plain = |number: &Option<Number>| {
        let number = number.as_ref();
        number.and_then(|n| n.value.map(Value::from).or(n.text.clone().map(Value::from)))
    };
    let unit = moved.after.as_ref().or(moved.before.as_ref()).map_or("", |number| number.unit.as_str());
    json!({
        "name": moved.name, "before": plain(&moved.before), "after": plain(&moved.after), "unit": unit,
        "verdict": moved.verdict.name(),
    })
}
