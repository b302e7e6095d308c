//! The file of a sweep: what it is of, then its points in order, as CSV or as one JSON object a line.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use overunder_sim::lab::point::Setting;
use overunder_sim::measure::compare::Row;
use overunder_sim::measure::compare::snapshot::parts;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::points::Point;
use crate::cli::compare::field;
use crate::cli::failure::Failure;

/// Version of the file.
pub const FORMAT: u32 = 1;

/// What a file is of: its first line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    pub sweep: u32,
    pub lab: String,
    /// A number that another text of the lab hardly has.
    pub hash: String,
    pub version: String,
    pub variant: String,
    pub vary: Vec<String>,
    pub random: Option<u32>,
    pub seed: Option<u64>,
    pub events: u64,
    /// Points of the whole sweep.
    pub points: usize,
    pub part: u32,
    pub of: u32,
    /// Points of this part.
    pub own: usize,
}

impl Head {
    /// The same for the whole sweep.
    pub fn whole(&self) -> Self {
        Self { part: 1, of: 1, own: self.points, ..self.clone() }
    }

    /// What is different about another sweep, if it is one.
    pub fn differs(&self, other: &Self) -> Option<String> {
        let (a, b) = (json!(self.whole()), json!(other.whole()));
        let (a, b) = (a.as_object()?.clone(), b.as_object()?.clone());
        let name = a.iter().find(|(name, value)| b.get(*name) != Some(value))?.0.clone();
        Some(format!("`{name}` is {} there and {} here", a[&name], b.get(&name).unwrap_or(&Value::Null)))
    }
}

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Csv,
    Ndjson,
}

impl Form {
    /// By the ending of the name.
    pub fn of(path: &Path) -> Result<Self, Failure> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("ndjson") => Ok(Self::Ndjson),
            _ => {
                let what = format!("{}: what kind of file is that?", path.display());
                Err(Failure::usage(what, "name it .csv or .ndjson"))
            }
        }
    }

    /// The lines of a point.
    pub fn point(self, point: &Point, row: &Row) -> String {
        match self {
            Self::Csv => csv(point, row),
            Self::Ndjson => format!("{}\n", object(point, row)),
        }
    }

    /// The whole file.
    pub fn file<'a>(self, head: &Head, points: impl Iterator<Item = &'a str>) -> String {
        let first = json!(head).to_string();
        let mut text = match self {
            Self::Ndjson => format!("{first}\n"),
            Self::Csv => {
                let names = head.vary.iter().map(|typed| field(typed.split('=').next().unwrap_or_default()));
                format!("# {first}\npoint,{},name,value,unit\n", names.collect::<Vec<_>>().join(","))
            }
        };
        points.for_each(|point| text.push_str(point));
        text
    }

    /// Takes a file apart: its head, and the lines of each point.
    pub fn read(self, text: &str) -> Option<(Head, Vec<(usize, String)>)> {
        let (first, rest) = text.split_once('\n')?;
        let first = if self == Self::Csv { first.strip_prefix("# ")? } else { first };
        let head: Head = serde_json::from_str(first).ok()?;
        let rest = if self == Self::Csv { rest.split_once('\n')?.1 } else { rest };
        let mut points: Vec<(usize, String)> = Vec::new();
        for line in rest.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            let number = match self {
                Self::Csv => line.split(',').next()?.parse().ok()?,
                Self::Ndjson => usize::try_from(serde_json::from_str::<Value>(line).ok()?["point"].as_u64()?).ok()?,
            };
            match points.last_mut() {
                Some((last, text)) if *last == number => text.push_str(line),
                _ => points.push((number, line.to_owned())),
            }
        }
        // A point of a file that was cut short may lack some of its lines.
        if self == Self::Csv && points.last().is_some_and(|(_, lines)| !has_end(lines)) {
            points.pop();
        }
        Some((head, points))
    }
}

/// What is told last of each point.
const LAST: &str = "complaints";

/// Whether the lines of a point in a CSV file are all there.
fn has_end(lines: &str) -> bool {
    lines.lines().next_back().is_some_and(|line| line.contains(&format!(",{LAST},")))
}

/// What is told of a point: name, value, unit.
fn told(row: &Row) -> Vec<(String, Value, &'static str)> {
    let of = |value: &overunder_sim::measure::compare::Value| {
        let (number, unit, text) = parts(&value.quantity);
        (value.name.clone(), number.map(Value::from).or(text.map(Value::from)).unwrap_or(Value::Null), unit)
    };
    let mut all: Vec<_> = row.values.iter().map(of).collect();
    let account = &row.account;
    for kind in overunder_sim::measure::account::KINDS {
        let tally = account.total.kind(kind);
        all.push((format!("frames.{}", kind.name()), tally.frames.into(), ""));
        all.push((format!("bytes.{}", kind.name()), tally.bytes.into(), ""));
    }
    all.extend(account.work.iter().map(|work| (format!("work.{}", work.slug), work.ns.into(), "ns")));
    all.push(("events".to_owned(), row.events.into(), ""));
    all.push((LAST.to_owned(), row.complaints.len().into(), ""));
    all
}

fn csv(point: &Point, row: &Row) -> String {
    let values: Vec<String> = point.settings.iter().map(|setting| field(&setting.value)).collect();
    let head = format!("{},{}", point.number, values.join(","));
    let mut text = String::new();
    for (name, value, unit) in told(row) {
        let value = match value {
            Value::Null => String::new(),
            Value::String(text) => field(&text),
            other => other.to_string(),
        };
        writeln!(text, "{head},{},{value},{unit}", field(&name)).expect("text takes text");
    }
    text
}

fn object(point: &Point, row: &Row) -> Value {
    let name = |setting: &Setting| format!("{}.{}", setting.place, setting.field);
    let settings: Map<String, Value> =
        point.settings.iter().map(|setting| (name(setting), json!(setting.value))).collect();
    let values = told(row).into_iter().map(|(name, value, unit)| json!({"name": name, "value": value, "unit": unit}));
    json!({
        "point": point.number, "settings": settings, "values": values.collect::<Vec<_>>(), "digest": row.digest,
        "complaints": row.complaints,
    })
}

/// Whether the file is there and whole. One of another sweep is not written over.
pub fn is_done(path: &Path, form: Form, head: &Head) -> Result<bool, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Failure::File(path.display().to_string(), error)),
    };
    let other =
        |what: String| Failure::usage(format!("{}: {what}", path.display()), "name another file, or remove this one");
    match form.read(&text) {
        None => Err(other("there is something else in this file".to_owned())),
        Some((there, points)) if there == *head && points.len() == head.own => Ok(true),
        Some((there, _)) if there == *head => Err(other("this file is cut short".to_owned())),
        Some((there, _)) => {
            let what = there.differs(head).unwrap_or_else(|| format!("part {} of {}", there.part, there.of));
            Err(other(format!("this file is of another sweep: {what}")))
        }
    }
}
