//! `Fill(say, table, blanks, wrong, hints)`: what will the table say?

use super::words::{self, Belief};
use super::{Answer, Asked, Evidence, Form, Mistake, NoAnswer, Place, Seen, evidence};
use crate::engine::TableRow;
use crate::id::DeviceId;
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::expect::fields;
use crate::lab::judge::value::matching;
use crate::lab::lower::rows;
use crate::lab::read::{Form as Shape, Tree};
use crate::lab::schema::change::cells;
use crate::lab::schema::section::Section;
use crate::lab::schema::value as plain;
use crate::lab::source::Spanned;
use crate::lang::Lang;

/// What may stand in its brackets.
pub const FIELDS: &[&str] = &["say", "table", "blanks", "wrong", "hints", "because"];
const BELIEF: &[&str] = &["row", "say"];

/// A question for the rows of a table at the end of the step: which there are, and what stands in some columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Fill {
    device: DeviceId,
    table: String,
    /// What a row is known by, then the blanks.
    columns: Vec<String>,
    /// One text a column; an empty one may be anything.
    wrong: Vec<Belief<Vec<String>>>,
    /// Addresses and whose they are.
    names: Vec<(String, String)>,
}

/// Reads it.
pub fn read(section: &Section<'_>, place: Place<'_>, found: &mut Findings) -> Option<Fill> {
    let tree = section.need("table", "(\"sw\", \"fdb\")", found);
    let at = tree.and_then(|tree| table(tree, place, found));
    let blanks = section.need("blanks", "[\"port\"]", found).and_then(|tree| blanks(tree, found));
    let ((device, table, known), blanks) = at.zip(blanks)?;
    let sound = blanks.iter().filter(|blank| rows::column(blank, &table, &known, found)).count();
    if sound < blanks.len() {
        return None;
    }
    let free = |column: &&&'static str| !blanks.iter().any(|blank| blank.value == ***column);
    let address = known.iter().filter(|column| fields::column(column).is_some()).find(free);
    let key = address.or_else(|| known.iter().find(free));
    let columns: Vec<String> =
        key.map(|key| (*key).to_owned()).into_iter().chain(blanks.iter().map(|blank| blank.value.clone())).collect();
    let names = place.context.owners();
    let wrong = words::beliefs(section, "row", BELIEF, found, |tree, found| {
        pattern(tree, (&columns, &table, &names), place, found)
    });
    Some(Fill { device, table, columns, wrong, names })
}

type Table = (DeviceId, String, Vec<&'static str>);

fn table(tree: &Tree, place: Place<'_>, found: &mut Findings) -> Option<Table> {
    let section = Section::call("table", tree, &["place", "table"], found)?;
    let at = section.need("place", "\"sw\"", found).and_then(|tree| plain::place("place", tree, found));
    let name = section.need("table", "\"fdb\"", found).and_then(|tree| plain::text("table", tree, found));
    let (at, name) = at.zip(name)?;
    let (device, columns) = place.context.table(&at, &name, found)?;
    Some((device, name.value, columns))
}

fn blanks(tree: &Tree, found: &mut Findings) -> Option<Vec<Spanned<String>>> {
    let Shape::List(items) = &tree.form else {
        let finding = Finding::new(Code::WrongBrackets, "columns stand in square brackets", tree.head());
        found.push(finding.label(format!("this is {}", tree.sort())).help("blanks: [\"port\"]"));
        return None;
    };
    if items.is_empty() {
        let finding = Finding::new(Code::Missing, "no column is left blank", tree.span);
        found.push(finding.label("nothing to fill in").help("blanks: [\"port\"]"));
        return None;
    }
    items.iter().map(|item| plain::text("a column", item, found)).collect()
}

type Known<'a> = (&'a [String], &'a str, &'a [(String, String)]);

fn pattern(
    tree: &Tree,
    (columns, table, names): Known<'_>,
    place: Place<'_>,
    found: &mut Findings,
) -> Option<Vec<String>> {
    let typed = cells(tree, found);
    let mut row = vec![String::new(); columns.len()];
    let resolved = place.context.cells(&typed, found);
    for ((column, _), (_, cell)) in typed.iter().zip(resolved) {
        let Some(at) = columns.iter().position(|known| *known == column.value) else {
            let text = format!("column `{}` of `{table}` is not asked for", column.value);
            let finding = Finding::new(Code::UnknownTable, text, column.span).label("not among the columns");
            found.push(finding.help(format!("asked for: {}", list(columns.iter().map(String::as_str)))));
            return None;
        };
        row[at] = owner(&cell, names);
    }
    Some(row)
}

/// The name of whom an address belongs to, or the address.
fn owner(text: &str, names: &[(String, String)]) -> String {
    names.iter().find(|(address, _)| address == text).map_or(text, |(_, name)| name).to_owned()
}

/// What a value with blanks may stand in, as keyboards of both languages have it.
const QUOTES: [char; 3] = ['"', '\u{201c}', '\u{201d}'];

/// The pieces of a text between characters that are no part of any; in quotes none of these divides.
fn split(text: &str, divides: impl Fn(char) -> bool) -> Vec<&str> {
    let mut inside = false;
    let divides = |c: char| {
        inside ^= QUOTES.contains(&c);
        !inside && divides(c)
    };
    text.split(divides).filter(|piece| !piece.is_empty()).collect()
}

/// A value as it is typed.
fn quoted(cell: &str) -> String {
    let divides = |c: char| c.is_whitespace() || ",;".contains(c);
    if cell.contains(divides) { format!("\"{cell}\"") } else { cell.to_owned() }
}

fn fits(pattern: &[String], row: &[String]) -> bool {
    pattern.iter().zip(row).all(|(wanted, cell)| wanted.is_empty() || wanted == cell)
}

impl Fill {
    fn rows(&self, seen: Seen<'_>) -> Vec<TableRow> {
        matching(seen.run.world, self.device, &self.table, &[])
    }

    fn shown(&self, row: &TableRow, seen: Seen<'_>) -> Vec<String> {
        let views = seen.run.world.device(self.device).map(crate::engine::Device::tables).unwrap_or_default();
        let view = views.iter().find(|view| view.name == self.table);
        let cell = |column: &String| {
            let at = view.and_then(|view| view.column(column))?;
            row.cells.get(at).map(ToString::to_string)
        };
        self.columns.iter().map(|column| owner(&cell(column).unwrap_or_default(), &self.names)).collect()
    }

    fn line(&self, text: &str, lang: Lang) -> Result<Vec<String>, String> {
        let cells: Vec<&str> = split(text, |c| c.is_whitespace() || "=:".contains(c));
        // Addresses have colons of their own.
        let cells = if cells.len() == self.columns.len() { cells } else { split(text, char::is_whitespace) };
        if cells.len() > self.columns.len() {
            let hint = lang.pick("; a value with blanks in it stands in quotes: \"…\"", ";含空格的值加引号:\"…\"");
            return Err(format!("{}{hint}", self.expects(lang)));
        }
        if cells.len() != self.columns.len() {
            return Err(self.expects(lang));
        }
        let cell = |text: &str| {
            let text = text.trim_matches(QUOTES);
            let known = self.names.iter().map(|(_, name)| name.as_str());
            words::chosen(text, known).map_or_else(|| owner(text, &self.names), |at| self.names[at].1.clone())
        };
        Ok(cells.into_iter().map(cell).collect())
    }
}

impl Asked for Fill {
    fn answer(&self, seen: Seen<'_>) -> Result<Answer, NoAnswer> {
        let mut rows: Vec<Vec<String>> = self.rows(seen).iter().map(|row| self.shown(row, seen)).collect();
        if rows.is_empty() {
            return Err(NoAnswer(format!("`{}` is empty at the end of the step", self.table)));
        }
        rows.sort();
        Ok(Answer::Rows(rows))
    }

    fn mistakes(&self, _seen: Seen<'_>) -> Vec<Mistake> {
        let mistake = |belief: &Belief<Vec<String>>| Mistake {
            id: belief.name.value.clone(),
            span: belief.name.span,
            is: Some(Answer::Rows(vec![belief.is.clone()])),
            say: belief.say.clone(),
        };
        self.wrong.iter().map(mistake).collect()
    }

    /// A mistake is a row that is there in whatever company.
    fn makes(&self, mistake: &Answer, given: &Answer) -> bool {
        let (Answer::Rows(patterns), Answer::Rows(rows)) = (mistake, given) else { return false };
        patterns.iter().all(|pattern| rows.iter().any(|row| fits(pattern, row)))
    }

    fn form(&self) -> Form {
        Form::Fill(self.columns.clone())
    }

    fn parse(&self, text: &str, lang: Lang) -> Result<Answer, String> {
        if text.trim() == "-" {
            return Ok(Answer::Rows(Vec::new()));
        }
        let lines = split(text, |c| [',', ';', '\n', '\u{ff0c}', '\u{ff1b}'].contains(&c));
        let lines = lines.into_iter().filter(|line| !line.trim().is_empty());
        let mut rows = lines.map(|line| self.line(line, lang)).collect::<Result<Vec<_>, _>>()?;
        if rows.is_empty() {
            return Err(self.expects(lang));
        }
        rows.sort();
        rows.dedup();
        Ok(Answer::Rows(rows))
    }

    fn expects(&self, lang: Lang) -> String {
        let row = self.columns.join(" ");
        match lang {
            Lang::En => format!("rows as `{row}, {row}`, names instead of addresses; or - for none"),
            Lang::Zh => format!("每行写成 `{row}`,行间用逗号,地址可写名字;没有则输入 -"),
        }
    }

    fn show(&self, answer: &Answer, _lang: Lang) -> String {
        match answer {
            Answer::Rows(rows) if rows.is_empty() => "-".to_owned(),
            Answer::Rows(rows) => {
                let row = |row: &Vec<String>| row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(" ");
                rows.iter().map(row).collect::<Vec<_>>().join(", ")
            }
            _ => "?".to_owned(),
        }
    }

    fn giveaways(&self, answer: &Answer) -> Vec<String> {
        vec![self.show(answer, Lang::En)]
    }

    fn evidence(&self, seen: Seen<'_>) -> Evidence {
        evidence::of_rows(self.device, &self.table, &self.rows(seen), seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_blanks_is_typed_as_it_is_shown() {
        let columns = ["prefix", "from"].map(str::to_owned).to_vec();
        let fill =
            Fill { device: DeviceId(0), table: "routes".to_owned(), columns, wrong: Vec::new(), names: Vec::new() };
        let rows = [["10.0.0.0/24", "ospf, by r2"], ["10.0.1.0/24", "local"]];
        let answer = Answer::Rows(rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect());
        let shown = fill.show(&answer, Lang::En);
        assert_eq!(shown, "10.0.0.0/24 \"ospf, by r2\", 10.0.1.0/24 local");
        assert_eq!(fill.parse(&shown, Lang::En), Ok(answer.clone()));
        assert_eq!(fill.parse("10.0.1.0/24=local;10.0.0.0/24 \u{201c}ospf, by r2\u{201d}", Lang::Zh), Ok(answer));
        let told = fill.parse("10.0.0.0/24 ospf by r2", Lang::En).expect_err("four words for two columns");
        assert!(told.contains("in quotes"), "{told}");
        assert!(fill.parse("10.0.0.0/24 \"never closed", Lang::En).is_ok(), "what follows is the value");
    }
}
