//! `Grid(say, rows, cells, wrong, hints)`: what holds in which variant? One run a row, one check a column.

use super::words::{self, Belief};
use super::{Answer, Asked, Evidence, Form, Mistake, NoAnswer, Place, Seen};
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::expect;
use crate::lab::judge::Check;
use crate::lab::read::{Args, Field, Form as Shape, Tree};
use crate::lab::schema::section::{Section, pairs};
use crate::lab::schema::value as plain;
use crate::lab::source::Spanned;
use crate::lang::Lang;

/// What may stand in its brackets.
pub const FIELDS: &[&str] = &["say", "rows", "cells", "wrong", "hints", "because"];
const BELIEF: &[&str] = &["is", "say"];

/// One variant and what is asked of it.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    /// As it is shown: the values of the axes that make the rows.
    name: String,
    /// Whole name of the variant.
    variant: String,
    checks: Vec<Check>,
    /// The checks that stand for each wrong belief instead.
    believed: Vec<Vec<Check>>,
}

/// A check, and what its column is called.
struct Column<'t> {
    name: &'t str,
    shown: String,
    check: &'t Tree,
}

/// A question for a truth table.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    rows: Vec<Row>,
    columns: Vec<String>,
    wrong: Vec<Belief<()>>,
}

/// Reads it.
pub fn read(section: &Section<'_>, place: Place<'_>, found: &mut Findings) -> Option<Grid> {
    let rows = section.need("rows", "[\"axis\"]", found).and_then(|tree| rows(tree, place, found));
    let tree = section.need("cells", "{\"works\": Delivered(\"…\")}", found)?;
    let fields = pairs("columns", tree, found);
    if fields.is_empty() {
        let finding = Finding::new(Code::Missing, "a grid needs a column at least", tree.head());
        found.push(finding.label("nothing to ask").help("cells: {\"works\": Delivered(\"…\")}"));
        return None;
    }
    let columns: Vec<Column<'_>> = fields.iter().filter_map(|field| column(field, found)).collect();
    let mut beliefs = Vec::new();
    let wrong = words::beliefs(section, "is", BELIEF, found, |tree, found| {
        beliefs.push(belief(tree, &columns, found)?);
        Some(())
    });
    if columns.len() < fields.len() {
        return None;
    }
    let shown = columns.iter().map(|column| column.shown.clone()).collect();
    let mut grid = Grid { rows: Vec::new(), columns: shown, wrong };
    for (name, variant) in rows? {
        let (full, context) = place.context.elsewhere(&Spanned::new(variant, tree.head()), found)?;
        let mut checks = |trees: &[Tree]| {
            let checks: Vec<Check> = trees.iter().filter_map(|tree| expect::check(tree, context, found)).collect();
            (checks.len() == trees.len()).then_some(checks)
        };
        let own: Vec<Tree> = columns.iter().map(|column| column.check.clone()).collect();
        let (own, believed) = (checks(&own), beliefs.iter().map(|trees| checks(trees)).collect());
        let (checks, believed) = own.zip(believed)?;
        grid.rows.push(Row { name, variant: full, checks, believed });
    }
    Some(grid)
}

/// A check alone is called by its name; `(say: "…", holds: Check)` says what it is called.
fn column<'t>(field: &'t Field, found: &mut Findings) -> Option<Column<'t>> {
    let name = field.name.value.as_str();
    if !matches!(field.value.form, Shape::Call(None, Args::Fields(_))) {
        return Some(Column { name, shown: name.to_owned(), check: &field.value });
    }
    let section = Section::fields("a column", &field.value, &["say", "holds"], found)?;
    let say = section.need("say", "\"…\"", found).and_then(|tree| words::text("say", tree, false, found));
    let check = section.need("holds", "Delivered(\"…\")", found);
    say.zip(check).map(|(shown, check)| Column { name, shown, check })
}

/// The columns as somebody believes them: `{"works": Fails("ping")}`; those not named are as they are.
fn belief(tree: &Tree, columns: &[Column<'_>], found: &mut Findings) -> Option<Vec<Tree>> {
    let mut all: Vec<Tree> = columns.iter().map(|column| column.check.clone()).collect();
    let fields = pairs("columns", tree, found);
    for field in &fields {
        let name = &field.name;
        let Some(at) = columns.iter().position(|column| column.name == name.value) else {
            let known = || columns.iter().map(|column| column.name);
            let finding = Finding::new(Code::UnknownName, format!("there is no column `{}`", name.value), name.span);
            let finding = finding.label("not among the cells").suggest(&name.value, known());
            found.push(finding.help(format!("columns: {}", list(known()))));
            return None;
        };
        all[at] = field.value.clone();
    }
    (!fields.is_empty()).then_some(all)
}

/// Shown names and variants of the rows.
fn rows(tree: &Tree, place: Place<'_>, found: &mut Findings) -> Option<Vec<(String, String)>> {
    let Shape::List(items) = &tree.form else {
        let finding = Finding::new(Code::WrongBrackets, "axes stand in square brackets", tree.head());
        found.push(finding.label(format!("this is {}", tree.sort())).help("rows: [\"axis\"]"));
        return None;
    };
    let axes = place.context.axes();
    let mut chosen = Vec::new();
    for item in items {
        let name = plain::text("an axis", item, found)?;
        let known: Vec<&str> = axes.iter().map(|(axis, _)| axis.as_str()).collect();
        let Some(at) = known.iter().position(|axis| *axis == name.value) else {
            let text = format!("there is no axis `{}` in this lab", name.value);
            let finding = Finding::new(Code::UnknownName, text, name.span).label("not defined");
            let finding = finding.suggest(&name.value, known.iter().copied());
            found.push(finding.help(format!("axes: {}", list(known))));
            return None;
        };
        chosen.push(at);
    }
    if chosen.is_empty() {
        let finding = Finding::new(Code::Missing, "a grid needs an axis for its rows", tree.head());
        found.push(finding.label("no rows").help("rows: [\"axis\"]"));
        return None;
    }
    let mut rows = vec![String::new()];
    for at in &chosen {
        let join = |row: &String, value: &String| if row.is_empty() { value.clone() } else { format!("{row}+{value}") };
        rows = rows.iter().flat_map(|row| axes[*at].1.iter().map(move |value| join(row, value))).collect();
    }
    // The other axes stand as they do in the step.
    let own = |value: &&str| !chosen.iter().any(|at| axes[*at].1.iter().any(|known| known == value));
    let rest: Vec<&str> = place.variant.split('+').filter(own).filter(|value| !value.is_empty()).collect();
    let full = |row: String| {
        let variant = [row.as_str()].into_iter().chain(rest.iter().copied()).collect::<Vec<_>>().join("+");
        (row, variant)
    };
    Some(rows.into_iter().map(full).collect())
}

/// What people type for yes and no.
const YES: &[&str] = &["y", "yes", "1", "true", "+", "是", "对"];
const NO: &[&str] = &["n", "no", "0", "false", "-", "否", "不"];

fn flags(part: &str) -> Option<Vec<bool>> {
    let lower = part.to_lowercase();
    let one = |text: &str| {
        let yes = YES.contains(&text);
        (yes || NO.contains(&text)).then_some(yes)
    };
    one(&lower).map(|flag| vec![flag]).or_else(|| lower.chars().map(|c| one(&c.to_string())).collect())
}

impl Grid {
    /// What some checks say of the run of each row.
    fn table(&self, seen: Seen<'_>, checks: impl Fn(&Row) -> &[Check]) -> Result<Vec<Vec<bool>>, NoAnswer> {
        let row = |row: &Row| {
            let run = seen.others.variant(&row.variant);
            let run = run.ok_or_else(|| NoAnswer(format!("`{}` cannot be run", row.variant)))?;
            Ok(checks(row).iter().map(|check| check.judge(run.run(), seen.others).holds).collect())
        };
        self.rows.iter().map(row).collect()
    }
}

impl Asked for Grid {
    fn answer(&self, seen: Seen<'_>) -> Result<Answer, NoAnswer> {
        self.table(seen, |row| &row.checks).map(Answer::Grid)
    }

    fn mistakes(&self, seen: Seen<'_>) -> Vec<Mistake> {
        let mistake = |(at, belief): (usize, &Belief<()>)| Mistake {
            id: belief.name.value.clone(),
            span: belief.name.span,
            is: self.table(seen, |row| &row.believed[at]).ok().map(Answer::Grid),
            say: belief.say.clone(),
        };
        self.wrong.iter().enumerate().map(mistake).collect()
    }

    fn needs_play(&self) -> bool {
        false
    }

    fn form(&self) -> Form {
        Form::Grid(self.rows.iter().map(|row| row.name.clone()).collect(), self.columns.clone())
    }

    fn parse(&self, text: &str, lang: Lang) -> Result<Answer, String> {
        let flags: Option<Vec<Vec<bool>>> = words::parts(text).into_iter().map(flags).collect();
        let flags = flags.unwrap_or_default().concat();
        if flags.len() != self.rows.len() * self.columns.len() {
            let (wanted, count) = (self.expects(lang), flags.len());
            return Err(match (count, lang) {
                (0, _) => wanted,
                // Nobody counts fifteen letters at a glance.
                (_, Lang::En) => format!("{wanted}; you typed {count}"),
                (_, Lang::Zh) => format!("{wanted};你写了 {count} 个"),
            });
        }
        Ok(Answer::Grid(flags.chunks(self.columns.len()).map(<[bool]>::to_vec).collect()))
    }

    fn expects(&self, lang: Lang) -> String {
        let count = self.rows.len() * self.columns.len();
        let columns = self.columns.join(", ");
        match lang {
            Lang::En => format!("{count} times y or n, row by row ({columns})"),
            Lang::Zh => format!("逐行写 {count} 个 y 或 n({columns})"),
        }
    }

    fn show(&self, answer: &Answer, lang: Lang) -> String {
        let Answer::Grid(table) = answer else { return "?".to_owned() };
        let word = |flag: &bool| if *flag { lang.pick("yes", "是") } else { lang.pick("no", "否") };
        let line = |(row, flags): (&Row, &Vec<bool>)| {
            format!("{} {}", row.name, flags.iter().map(word).collect::<Vec<_>>().join(" "))
        };
        self.rows.iter().zip(table).map(line).collect::<Vec<_>>().join(lang.pick(", ", ","))
    }

    fn lines(&self, right: &Answer, given: Option<&Answer>, _seen: Seen<'_>, lang: Lang) -> Vec<String> {
        let Answer::Grid(table) = right else { return Vec::new() };
        let given = given.and_then(|given| if let Answer::Grid(table) = given { Some(table) } else { None });
        let word = |flag: bool| if flag { lang.pick("yes", "是") } else { lang.pick("no", "否") };
        let cell = |row: usize, column: usize, is: bool| {
            let own = given.and_then(|given| given.get(row)?.get(column)).copied().filter(|own| *own != is);
            let own = own.map(|own| format!("{}{})", lang.pick(" (you: ", "(你:"), word(own))).unwrap_or_default();
            // One column has its name in the question.
            let name = if self.columns.len() > 1 { format!("{} ", self.columns[column]) } else { String::new() };
            format!("{name}{}{own}", word(is))
        };
        let line = |(at, flags): (usize, &Vec<bool>)| {
            let cells: Vec<String> = flags.iter().enumerate().map(|(column, is)| cell(at, column, *is)).collect();
            format!("{}: {}", self.rows[at].name, cells.join(lang.pick(", ", ",")))
        };
        table.iter().enumerate().map(line).collect()
    }

    fn giveaways(&self, _answer: &Answer) -> Vec<String> {
        Vec::new()
    }

    fn evidence(&self, _seen: Seen<'_>) -> Evidence {
        // Each row is a run of its own; the events of this one show nothing.
        Evidence::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_have_many_names() {
        assert_eq!(
            (flags("Yes"), flags("ynn"), flags("否")),
            (Some(vec![true]), Some(vec![true, false, false]), Some(vec![false]))
        );
        assert_eq!(flags("maybe"), None);
    }
}
