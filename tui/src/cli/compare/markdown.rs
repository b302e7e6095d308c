//! Tables for a page, each number with a bar as long as it is large among its column.

use overunder_sim::lang::Lang;
use overunder_sim::measure::compare::Row;
use overunder_sim::measure::compare::difference::Difference;
use overunder_sim::measure::compare::snapshot::parts;

use super::{Compared, table};

/// Eighths of a cell.
const EIGHTHS: [&str; 9] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];
/// Cells of the longest bar.
const LONGEST: i128 = 8;

pub fn text(all: &[Compared], lang: Lang) -> String {
    all.iter().map(|compared| section(compared, lang)).collect::<Vec<_>>().join("\n")
}

/// One suite.
pub fn section(compared: &Compared, lang: Lang) -> String {
    let columns = compared.columns();
    let mut lines = vec![format!("## {}", compared.subject.title), String::new()];
    lines.extend([format!("*{}*", table::label(compared, lang)), String::new()]);
    let run = lang.pick("run", "运行");
    lines.push(format!("| {run} | {} |", columns.join(" | ")));
    lines.push(format!("|---|{}", "---:|".repeat(columns.len())));
    let most: Vec<i64> = columns.iter().map(|name| most(&compared.rows, name)).collect();
    for row in &compared.rows {
        let name = if row.name.is_empty() { &compared.subject.name } else { &row.name };
        let cells = columns.iter().zip(&most).map(|(name, most)| cell(row, name, *most));
        lines.push(format!("| {name} | {} |", cells.collect::<Vec<_>>().join(" | ")));
    }
    let slips = table::slips(&compared.rows, lang);
    if !slips.is_empty() {
        lines.push(String::new());
        lines.extend(slips.iter().map(|slip| format!("- {slip}")));
    }
    lines.extend(differences(compared, lang));
    lines.push(String::new());
    lines.join("\n")
}

fn number(row: &Row, name: &str) -> Option<i64> {
    parts(row.value(name)?).0
}

fn most(rows: &[Row], name: &str) -> i64 {
    rows.iter().filter_map(|row| number(row, name)).max().unwrap_or(0)
}

/// `15600 ████▌`.
fn cell(row: &Row, name: &str, most: i64) -> String {
    let text = table::shown(row.values.iter().find(|value| value.name == name));
    let bar = number(row, name).map(|n| bar(n, most)).unwrap_or_default();
    format!("{text} {bar}").trim_end().to_owned()
}

fn bar(n: i64, most: i64) -> String {
    if n <= 0 || most <= 0 {
        return String::new();
    }
    // A value that is there is seen, however small.
    let eighths = (i128::from(n) * LONGEST * 8 / i128::from(most)).max(1) as usize;
    format!("{}{}", EIGHTHS[8].repeat(eighths / 8), EIGHTHS[eighths % 8])
}

fn differences(compared: &Compared, lang: Lang) -> Vec<String> {
    let Some(against) = &compared.against else { return Vec::new() };
    let mut lines = vec![String::new(), table::verdict(against, lang)];
    for (cause, all) in table::causes(against, lang) {
        lines.extend([String::new(), format!("**{cause}**"), String::new()]);
        for difference in all {
            let values = match difference {
                Difference::Moved { values, .. } => values.iter().map(|value| table::moved(value, lang)).collect(),
                _ => Vec::new(),
            };
            lines.push(format!("- `{}` {}", difference.run(), values.join(", ")).trim_end().to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn a_bar_is_as_long_as_its_number() {
        assert_eq!([bar(8, 8), bar(4, 8), bar(0, 8), bar(-3, 8)], ["████████", "████", "", ""]);
        assert_eq!([bar(1, 1_000_000), bar(9, 16)], ["▏", "████▌"]);
    }
}
