//! Grades as text, CSV and JSON.

use overunder_sim::lang::Lang;
use overunder_sim::view::tables;
use serde_json::json;

use super::Submission;
use super::session::{Graded, Item, Mark};
use crate::cli::compare::field;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// Version of the JSON document; raised when a field is renamed, removed or means something else.
const FORMAT: u32 = 1;

/// One line for each session, and below what was not right.
pub fn text(all: &[Submission], out: &mut Output) -> Result<(), Failure> {
    let heading: [&str; 7] = match out.lang {
        Lang::En => ["session", "lab", "right", "wrong", "open", "changes", "points"],
        Lang::Zh => ["会话", "实验", "正确", "错误", "未答", "改动", "得分"],
    };
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for Submission { file, graded } in all {
        let Ok(graded) = graded else {
            rows.push(vec![file.clone(), out.lang.pick("cannot be graded", "无法评分").to_owned()]);
            continue;
        };
        let counts = [Mark::Right, Mark::Wrong, Mark::Open].map(|mark| graded.count(mark).to_string());
        let end = [graded.changes.to_string(), format!("{}/{}", graded.points(), graded.most())];
        rows.push([file.clone(), graded.lab.clone()].into_iter().chain(counts).chain(end).collect());
    }
    for line in tables::grid(&rows) {
        out.line(line.trim_end())?;
    }
    if !out.quiet {
        for Submission { file, graded } in all {
            for item in graded.iter().flat_map(|graded| &graded.items).filter(|item| item.mark != Mark::Right) {
                out.line(&format!("{file}: {}", remark(item, out.lang)))?;
            }
            for remark in graded.iter().flat_map(|graded| &graded.remarks) {
                out.line(&format!("{file}: {remark}"))?;
            }
        }
    }
    Ok(())
}

fn remark(item: &Item, lang: Lang) -> String {
    let Item { name, given, right, misconception, .. } = item;
    if item.mark == Mark::Open {
        return format!("{name}: {}", lang.pick("no answer", "未作答"));
    }
    let belief = if misconception.is_empty() { String::new() } else { format!(" ({misconception})") };
    match lang {
        Lang::En => format!("{name}: {given}{belief}, right: {right}"),
        Lang::Zh => format!("{name}:{given}{belief},正确:{right}"),
    }
}

/// One document.
pub fn json(all: &[Submission]) -> String {
    let item = |item: &Item| {
        json!({
            "name": item.name, "mark": item.mark.name(), "misconception": item.misconception, "given": item.given,
            "right": item.right, "hints": item.hints, "sure": item.sure, "points": item.points,
        })
    };
    let one = |Submission { file, graded }: &Submission| match graded {
        Err(error) => json!({"file": file, "error": error}),
        Ok(graded) => json!({
            "file": file, "lab": graded.lab, "kind": graded.kind, "seed": graded.seed, "changes": graded.changes,
            "points": graded.points(), "most": graded.most(),
            "remarks": graded.remarks, "items": graded.items.iter().map(item).collect::<Vec<_>>(),
        }),
    };
    let document = json!({"format": FORMAT, "sessions": all.iter().map(one).collect::<Vec<_>>()});
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

const COLUMNS: &str = "file,lab,kind,seed,changes,name,mark,misconception,given,right,hints,sure,points,error";

/// One line for each question or goal.
pub fn csv(all: &[Submission], out: &mut Output) -> Result<(), Failure> {
    out.line(COLUMNS)?;
    for Submission { file, graded } in all {
        match graded {
            Err(error) => out.line(&format!("{},,,,,,,,,,,,,{}", cell(file), cell(error)))?,
            Ok(graded) => {
                let head = head(file, graded);
                if graded.items.is_empty() {
                    out.line(&format!("{head},,,,,,,,,"))?;
                }
                for item in &graded.items {
                    let texts = [&item.name, item.mark.name(), &item.misconception, &item.given, &item.right];
                    let texts = texts.map(cell).join(",");
                    out.line(&format!("{head},{texts},{},{},{},", item.hints, item.sure, item.points))?;
                }
            }
        }
    }
    Ok(())
}

fn head(file: &str, graded: &Graded) -> String {
    let seed = graded.seed.map(|seed| seed.to_string()).unwrap_or_default();
    format!("{},{},{},{seed},{}", cell(file), cell(&graded.lab), graded.kind, graded.changes)
}

/// A cell (RFC 4180). What a spreadsheet would take for a formula is made text: it comes from whoever is graded.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    field(&text)
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_are_quoted_and_formulas_are_text() {
        let cells = ["a", "a,b", "say \"x\"", "=1+1", "-5", "-x"].map(cell);
        assert_eq!(cells, ["a", "\"a,b\"", "\"say \"\"x\"\"\"", "'=1+1", "-5", "'-x"]);
    }
}
