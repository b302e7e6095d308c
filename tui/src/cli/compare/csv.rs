//! A line for each number: `suite,run,profiles,sort,name,value,unit`.

use std::fmt::Write as _;

use overunder_sim::measure::account::KINDS;
use overunder_sim::measure::compare::Row;
use overunder_sim::measure::compare::snapshot::parts;

use super::Compared;

/// The first line.
pub const HEAD: &str = "suite,run,profiles,sort,name,value,unit\n";

pub fn text(all: &[Compared]) -> String {
    let mut text = HEAD.to_owned();
    for compared in all {
        compared.rows.iter().for_each(|row| text.push_str(&lines(&compared.subject.name, row)));
    }
    text
}

/// The lines of one run.
pub fn lines(suite: &str, row: &Row) -> String {
    let profiles = if row.profiles.is_empty() { "ideal".to_owned() } else { row.profiles.join(" ") };
    let head = [suite, &row.name, &profiles].map(field).join(",");
    let mut text = String::new();
    let mut line = |sort: &str, name: &str, value: &str, unit: &str| {
        let rest = [sort, name, value, unit].map(field).join(",");
        writeln!(text, "{head},{rest}").expect("text takes text");
    };
    for value in &row.values {
        let (number, unit, told) = parts(&value.quantity);
        let number = number.map(|n| n.to_string()).or(told).unwrap_or_default();
        line("value", &value.name, &number, unit);
    }
    let account = &row.account;
    for kind in KINDS {
        let tally = account.total.kind(kind);
        line("frames", kind.name(), &tally.frames.to_string(), "");
        line("bytes", kind.name(), &tally.bytes.to_string(), "");
    }
    for ((part, name), tally) in &account.total.headers {
        line("header", &format!("{}/{name}", part.name()), &tally.bytes.to_string(), "");
    }
    for work in &account.work {
        line("work", work.slug, &work.ns.to_string(), "ns");
    }
    for rows in &account.rows {
        line("rows", &format!("{}/{}", rows.kind, rows.table), &rows.rows.to_string(), "");
    }
    text
}

/// Quoted where it has to be (RFC 4180 §2).
pub fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn what_would_end_a_field_is_quoted() {
        assert_eq!(["a", "a,b", "say \"x\"", ""].map(field), ["a", "\"a,b\"", "\"say \"\"x\"\"\"", ""]);
    }
}
