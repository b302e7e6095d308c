//! The table for people, at most 80 columns wide, and what is different from the baseline.

use overunder_sim::lang::Lang;
use overunder_sim::measure::compare::difference::{Difference, Moved};
use overunder_sim::measure::compare::snapshot::Number;
use overunder_sim::measure::compare::{Row, Value};
use unicode_width::UnicodeWidthStr;

use super::{Against, Compared};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::view::paint::wrap;

/// Columns of a screen that everybody has.
const WIDTH: usize = 80;

pub fn write(all: &[Compared], out: &mut Output) -> Result<(), Failure> {
    for (at, compared) in all.iter().enumerate() {
        if at > 0 {
            out.line("")?;
        }
        out.heading(&format!("{}  {}", compared.subject.name, compared.subject.title))?;
        out.line(&label(compared, out.lang))?;
        out.line("")?;
        for block in blocks(compared, out.lang) {
            for line in block {
                out.line(&line)?;
            }
        }
        for line in slips(&compared.rows, out.lang) {
            out.line(&line)?;
        }
        if let Some(against) = &compared.against {
            out.line("")?;
            for line in differences(against, out.lang) {
                out.line(&line)?;
            }
        }
    }
    Ok(())
}

/// That these are numbers of a model, and of which.
pub fn label(compared: &Compared, lang: Lang) -> String {
    let names = compared.profiles().join(", ");
    match lang {
        Lang::En => format!("model numbers; what work costs: {names}"),
        Lang::Zh => format!("模型数值;工作成本:{names}"),
    }
}

/// A value as people read it.
pub fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.quantity.to_string())
}

fn cells(columns: &[&str], row: &Row) -> Vec<String> {
    columns.iter().map(|name| shown(row.values.iter().find(|value| value.name == *name))).collect()
}

/// The table, in as many blocks as its width asks for.
fn blocks(compared: &Compared, lang: Lang) -> Vec<Vec<String>> {
    let columns = compared.columns();
    let rows: Vec<Vec<String>> = compared.rows.iter().map(|row| cells(&columns, row)).collect();
    let name = |row: &Row| if row.name.is_empty() { compared.subject.name.clone() } else { row.name.clone() };
    let names: Vec<String> = compared.rows.iter().map(name).collect();
    let run = lang.pick("run", "运行");
    let first = names.iter().map(|name| name.width()).chain([run.width()]).max().unwrap_or(0);
    let width = |at: usize| rows.iter().map(|row| row[at].width()).chain([columns[at].width()]).max().unwrap_or(0);
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < columns.len() || blocks.is_empty() {
        let (mut used, from) = (first, at);
        while at < columns.len() && (at == from || used + 2 + width(at) <= WIDTH) {
            used += 2 + width(at);
            at += 1;
        }
        let line = |head: &str, cells: &dyn Fn(usize) -> String| {
            let mut line = format!("{head}{}", " ".repeat(first - head.width()));
            for column in from..at {
                let cell = cells(column);
                line.push_str(&" ".repeat(2 + width(column) - cell.width()));
                line.push_str(&cell);
            }
            line.trim_end().to_owned()
        };
        let mut block = if blocks.is_empty() { Vec::new() } else { vec![String::new()] };
        block.push(line(run, &|column| columns[column].to_owned()));
        block.extend(names.iter().zip(&rows).map(|(name, row)| line(name, &|column| row[column].clone())));
        blocks.push(block);
    }
    blocks
}

/// What did not go as it should.
pub fn slips(rows: &[Row], lang: Lang) -> Vec<String> {
    let mut told = Vec::new();
    for row in rows {
        let place = if row.name.is_empty() { String::new() } else { format!("{}: ", row.name) };
        let failed = row.checks.iter().filter(|(_, outcome)| !outcome.holds);
        told.extend(failed.map(|(name, outcome)| format!("FAIL  {place}{name}: {}", outcome.text(lang))));
        told.extend(row.complaints.iter().map(|complaint| format!("FAIL  {place}{complaint}")));
    }
    told
}

/// `wire-bytes 15500 → 15600 (+0.6 %, regression)`.
pub fn moved(moved: &Moved, lang: Lang) -> String {
    let text = |number: &Option<Number>| number.as_ref().map_or_else(|| "-".to_owned(), |n| n.quantity().to_string());
    let share = moved.before.as_ref().and_then(|n| n.value).zip(moved.after.as_ref().and_then(|n| n.value));
    let share = share.filter(|(a, _)| *a != 0).map(|(a, b)| {
        let tenths = (i128::from(b) - i128::from(a)) * 1_000 / i128::from(a.abs());
        format!("{}{}.{} %, ", if tenths < 0 { '-' } else { '+' }, tenths.abs() / 10, tenths.abs() % 10)
    });
    let (before, after, verdict) = (text(&moved.before), text(&moved.after), moved.verdict.title(lang));
    format!("{} {before} → {after} ({}{verdict})", moved.name, share.unwrap_or_default())
}

/// Why a run is different; what has the same cause is told together.
fn cause(difference: &Difference, lang: Lang) -> String {
    match difference {
        Difference::New { .. } => lang
            .pick("not in the baseline: accept it with --write-baseline", "基线中没有:用 --write-baseline 接受")
            .to_owned(),
        Difference::Gone { .. } => lang
            .pick(
                "in the baseline, and there is no such run any more: accept that with --write-baseline",
                "基线中有,但已没有这次运行:用 --write-baseline 接受",
            )
            .to_owned(),
        Difference::Moved { because, .. } => because.iter().map(|told| told.get(lang)).collect::<Vec<_>>().join("; "),
    }
}

/// Differences with their cause, each cause once.
pub fn causes(against: &Against, lang: Lang) -> Vec<(String, Vec<&Difference>)> {
    let mut found: Vec<(String, Vec<&Difference>)> = Vec::new();
    for difference in &against.differences {
        let cause = cause(difference, lang);
        match found.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, all)) => all.push(difference),
            None => found.push((cause, vec![difference])),
        }
    }
    found
}

/// One line on how it went.
pub fn verdict(against: &Against, lang: Lang) -> String {
    let (file, common, differ) = (&against.file, against.common, against.differences.len());
    let percent = against.accepted.tolerance_ppm as f64 / 10_000.0;
    let within = match (against.tolerated, lang) {
        (0, _) => String::new(),
        (n, Lang::En) => format!("; {n} times or rates moved within {percent} %"),
        (n, Lang::Zh) => format!(";{n} 个时间或速率的变化在 {percent} % 以内"),
    };
    match lang {
        Lang::En if differ == 0 => format!("baseline {file}: {common} runs, no difference{within}"),
        Lang::Zh if differ == 0 => format!("基线 {file}:{common} 次运行,没有差异{within}"),
        Lang::En => format!("baseline {file}: {differ} of {common} runs differ{within}"),
        Lang::Zh => format!("基线 {file}:{common} 次运行中 {differ} 次有差异{within}"),
    }
}

fn differences(against: &Against, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    for (cause, all) in causes(against, lang) {
        let worst = all.iter().map(|one| one.verdict()).min_by_key(|verdict| *verdict as u8);
        let word = worst.map_or("", |verdict| verdict.title(lang));
        lines.extend(wrap(&format!("{word}: {cause}"), WIDTH));
        for difference in all {
            let run = difference.run();
            let Difference::Moved { values, .. } = difference else {
                lines.push(format!("  {run}"));
                continue;
            };
            let values: Vec<String> = values.iter().map(|value| moved(value, lang)).collect();
            let text = format!("{run}  {}", values.join(", "));
            lines.extend(wrap(text.trim_end(), WIDTH - 2).iter().map(|line| format!("  {line}")));
        }
    }
    lines.extend(wrap(&verdict(against, lang), WIDTH));
    lines
}
