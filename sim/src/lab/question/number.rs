//! `Number(say, answer, unit, within, wrong, hints)`: how many, how long, how big?

use super::words::{self, Belief};
use super::{Answer, Asked, Evidence, Form, Mistake, NoAnswer, Place, Seen, evidence};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::expect::{self, Sort};
use crate::lab::judge::{Number as Value, Quantity};
use crate::lab::read::{Form as Shape, Tree};
use crate::lab::schema::section::Section;
use crate::lab::schema::value as plain;
use crate::lab::units;
use crate::lang::Lang;

/// What may stand in its brackets.
pub const FIELDS: &[&str] = &["say", "answer", "unit", "within", "wrong", "hints", "because"];
const BELIEF: &[&str] = &["is", "say"];

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    Count,
    Time,
    Rate,
}

/// A question for a number.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    answer: Value,
    measure: Measure,
    /// What is written behind the number, and how many nanoseconds it means if it is a unit of time.
    unit: Option<(String, i64)>,
    within: i64,
    wrong: Vec<Belief<Value>>,
}

/// Reads it.
pub fn read(section: &Section<'_>, place: Place<'_>, found: &mut Findings) -> Option<Number> {
    let tree = section.need("answer", "Count(Frames(…))", found);
    let answer = tree.and_then(|tree| expect::value(tree, place.context, found));
    let wrong = words::beliefs(section, "is", BELIEF, found, |tree, found| belief(tree, place, found));
    let (tree, answer) = tree.zip(answer)?;
    words::typed(tree, &answer, "Count(Frames(…))", found);
    let measure = match expect::sort(&answer) {
        Sort::Count | Sort::Open => Measure::Count,
        Sort::Time => Measure::Time,
        Sort::Rate => Measure::Rate,
        other => {
            let finding = Finding::new(Code::WrongType, "the answer to this question is no number", tree.head());
            found.push(finding.label(other.name()).help("ask for places with `Pick(…)`, for words with `Choice(…)`"));
            return None;
        }
    };
    let unit = match section.get("unit") {
        Some(tree) => Some(unit(measure, tree, found)?),
        None => None,
    };
    let within = match section.get("within") {
        Some(tree) => within(measure, tree, found)?,
        None if measure == Measure::Count => 0,
        None => {
            let finding = Finding::new(Code::Missing, "`within` is missing in `Number`", section.head);
            found.push(finding.label("nobody guesses a time to the nanosecond").help("within: \"100ms\""));
            return None;
        }
    };
    Some(Number { answer, measure, unit, within, wrong })
}

fn belief(tree: &Tree, place: Place<'_>, found: &mut Findings) -> Option<Value> {
    let value = expect::value(tree, place.context, found)?;
    let sort = expect::sort(&value);
    if matches!(sort, Sort::Text | Sort::Names) {
        let finding = Finding::new(Code::WrongType, "what somebody believes here is a number, too", tree.head());
        let digits = if let Shape::Text(text) = &tree.form { text.trim().parse::<u64>().ok() } else { None };
        let fix = digits.map_or_else(|| "is: 4, or a value: is: Count(Frames(…))".to_owned(), |n| format!("is: {n}"));
        found.push(finding.label(sort.name()).help(fix));
        return None;
    }
    Some(value)
}

fn unit(measure: Measure, tree: &Tree, found: &mut Findings) -> Option<(String, i64)> {
    let unit = plain::text("unit", tree, found)?.value;
    let factor = units::time(&format!("1{unit}")).map(|span| span.0 as i64);
    match (measure, factor) {
        (Measure::Time, Ok(factor)) => Some((unit, factor)),
        (Measure::Time, Err(_)) => {
            let finding = Finding::new(Code::Unit, format!("`{unit}` is not a unit of time"), tree.span);
            found.push(finding.label("the answer is a time").help("unit: \"ms\""));
            None
        }
        _ => Some((unit, 1)),
    }
}

fn within(measure: Measure, tree: &Tree, found: &mut Findings) -> Option<i64> {
    match measure {
        Measure::Count => plain::whole("within", tree, 0..=i64::MAX as u64, found).map(|n| n as i64),
        Measure::Time => plain::time("within", tree, found).map(|span| span.0 as i64),
        Measure::Rate => plain::bits("within", tree, found).map(|bits| bits as i64),
    }
}

impl Number {
    fn number(&self, value: &Quantity) -> Option<i64> {
        match (self.measure, value) {
            // A cell of a table may hold a time; its author then asks for nanoseconds.
            (Measure::Count, Quantity::Number(n) | Quantity::Span(n))
            | (Measure::Time, Quantity::Span(n))
            | (Measure::Rate, Quantity::Rate(n)) => Some(*n),
            _ => None,
        }
    }

    fn typed(&self, text: &str) -> Option<i64> {
        let text = text.replace(['\u{2019}', '\''], "");
        let text = text.trim();
        let (number, sign) = text.strip_prefix(['-', '\u{2212}']).map_or((text, 1), |rest| (rest, -1));
        let value = match self.measure {
            Measure::Count => {
                let label = self.unit.as_ref().map_or("", |(label, _)| label);
                let digits = number.strip_suffix(label).unwrap_or(number).trim();
                digits.replace(['_', ','], "").parse::<i64>().ok()?
            }
            Measure::Time => {
                let unit = self.unit.as_ref().map_or("", |(unit, _)| unit);
                let squeezed = number.replace(' ', "").replace(',', ".");
                let bare = squeezed.chars().all(|c| c.is_ascii_digit() || c == '.');
                let whole = if bare { format!("{squeezed}{unit}") } else { squeezed };
                units::time(&whole).ok()?.0 as i64
            }
            Measure::Rate => units::bits(&number.replace(' ', "")).ok()? as i64,
        };
        Some(value * sign)
    }

    /// No finer than it is asked for: a tenth of what an answer may differ by.
    fn rounded(&self, number: i64) -> i64 {
        let grain = (self.within / 10).max(1);
        (number + grain / 2).div_euclid(grain) * grain
    }

    /// As it is told. What the question is too coarse for is told as it was measured: microseconds are not 0 s.
    fn told(&self, number: i64) -> String {
        match self.rounded(number) {
            0 if number != 0 && self.measure == Measure::Time => Quantity::Span(number).to_string(),
            rounded => self.written(rounded),
        }
    }

    fn written(&self, number: i64) -> String {
        match (&self.unit, self.measure) {
            (Some((unit, factor)), Measure::Time) => format!("{} {unit}", decimal(number, *factor)),
            (None, Measure::Time) => Quantity::Span(number).to_string(),
            (_, Measure::Rate) => Quantity::Rate(number).to_string(),
            (Some((unit, _)), Measure::Count) => format!("{number} {unit}"),
            (None, Measure::Count) => number.to_string(),
        }
    }
}

/// A number of small units in a large one, exactly.
fn decimal(number: i64, factor: i64) -> String {
    let (whole, rest) = (number.abs() / factor, number.abs() % factor);
    let sign = if number < 0 { "-" } else { "" };
    let mut digits = String::new();
    let mut rest = rest;
    while rest > 0 && digits.len() < 12 {
        rest *= 10;
        digits.push(char::from_digit((rest / factor) as u32, 10).unwrap_or('0'));
        rest %= factor;
    }
    let point = if digits.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{digits}")
}

impl Asked for Number {
    fn answer(&self, seen: Seen<'_>) -> Result<Answer, NoAnswer> {
        let value = self.answer.of(seen.run, seen.others);
        self.number(&value).map(Answer::Number).ok_or_else(|| match value {
            Quantity::Nothing => NoAnswer("there is nothing to measure".to_owned()),
            other => NoAnswer(format!("it comes to `{other}`, which is no number")),
        })
    }

    fn mistakes(&self, seen: Seen<'_>) -> Vec<Mistake> {
        let mistake = |belief: &Belief<Value>| Mistake {
            id: belief.name.value.clone(),
            span: belief.name.span,
            is: self.number(&belief.is.of(seen.run, seen.others)).map(Answer::Number),
            say: belief.say.clone(),
        };
        self.wrong.iter().map(mistake).collect()
    }

    fn same(&self, a: &Answer, b: &Answer) -> bool {
        matches!((a, b), (Answer::Number(a), Answer::Number(b)) if a.abs_diff(*b) <= self.within.unsigned_abs())
    }

    fn needs_play(&self) -> bool {
        self.answer.needs_window()
    }

    fn form(&self) -> Form {
        Form::Number(self.unit.as_ref().map(|(unit, _)| unit.clone()))
    }

    fn parse(&self, text: &str, lang: Lang) -> Result<Answer, String> {
        self.typed(text).map(Answer::Number).ok_or_else(|| self.expects(lang))
    }

    fn expects(&self, lang: Lang) -> String {
        let (en, zh) = match (self.measure, &self.unit) {
            (Measure::Time, Some((unit, _))) => (format!("a time in {unit}"), format!("时间,单位 {unit}")),
            (Measure::Time, None) => {
                ("a time with its unit, such as 3ms".to_owned(), "带单位的时间,例如 3ms".to_owned())
            }
            (Measure::Rate, _) => {
                ("a rate with its unit, such as 10Mbps".to_owned(), "带单位的速率,例如 10Mbps".to_owned())
            }
            (Measure::Count, Some((unit, _))) => (format!("a number ({unit})"), format!("一个数({unit})")),
            (Measure::Count, None) => ("a number".to_owned(), "一个数".to_owned()),
        };
        let about = if self.within == 0 { String::new() } else { format!(" (± {})", self.written(self.within)) };
        format!("{}{about}", lang.pick(&en, &zh))
    }

    fn show(&self, answer: &Answer, _lang: Lang) -> String {
        if let Answer::Number(number) = answer { self.told(*number) } else { "?".to_owned() }
    }

    fn giveaways(&self, answer: &Answer) -> Vec<String> {
        let Answer::Number(number) = answer else { return Vec::new() };
        match (&self.unit, self.measure) {
            (Some(_), Measure::Time) if self.rounded(*number) == 0 => vec![self.told(*number)],
            (Some((_, factor)), Measure::Time) => vec![decimal(self.rounded(*number), *factor)],
            _ => vec![self.written(*number), number.to_string()],
        }
    }

    fn evidence(&self, seen: Seen<'_>) -> Evidence {
        evidence::of_value(&self.answer, seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_the_unit_of_the_question() {
        assert_eq!(decimal(998_000_000, 1_000_000_000), "0.998");
        assert_eq!(decimal(-300_000_000_000, 1_000_000_000), "-300");
        assert_eq!(decimal(90_000_000_000, 60_000_000_000), "1.5");
    }

    #[test]
    fn a_time_too_short_for_its_question_is_not_told_as_nothing() {
        let (measure, unit) = (Measure::Time, Some(("s".to_owned(), 1_000_000_000)));
        let answer = crate::lab::judge::Number::Fixed(Quantity::Nothing);
        let asked = Number { answer, measure, unit, within: 1_000_000, wrong: Vec::new() };
        let told = |ns| asked.show(&Answer::Number(ns), Lang::En);
        assert_eq!([0, 10_289, 50_010_234, -7].map(told), ["0 s", "10.289us", "0.05 s", "-7ns"]);
        assert_eq!(asked.giveaways(&Answer::Number(10_289)), ["10.289us"]);
    }
}
