//! What is kept of the runs of a bench in a file: the accepted numbers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Row, Value};
use crate::lab::judge::Quantity;
use crate::lab::suite::Better;
use crate::measure::account::KINDS;

/// Version of the file; raised when a field means something else.
pub const FORMAT: u64 = 1;

/// Times and rates may differ by so many millionths if nobody says otherwise: one percent.
pub const TOLERANCE_PPM: u64 = 10_000;

/// The accepted numbers of a bench.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// Version of the file.
    pub format: u64,
    /// The program that wrote it.
    pub version: String,
    /// The bench it is of.
    pub bench: String,
    /// Times and rates may differ by so many millionths; all else must be equal.
    pub tolerance_ppm: u64,
    /// The runs by name.
    pub runs: BTreeMap<String, Kept>,
}

/// What is kept of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Profiles of its nodes.
    pub profiles: Vec<String>,
    /// What was measured.
    pub values: BTreeMap<String, Number>,
    /// Frames and bytes on all cables, by what the frames were.
    pub kinds: BTreeMap<String, [u64; 2]>,
    /// Frames with payload that arrived, by `part/header`: in how many it was, and its bytes.
    pub headers: BTreeMap<String, [u64; 2]>,
    /// By cost: how often it was charged, and its nanoseconds.
    pub work: BTreeMap<String, [u64; 2]>,
    /// Rows at the end, by `kind of node/table`.
    pub rows: BTreeMap<String, u64>,
}

/// A value with its unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// Whole, in the smallest unit; nothing where nothing was there to be measured.
    pub value: Option<i64>,
    /// `ns`, `bps`; nothing for bytes and counts.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// A value that is a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// `lower`, `higher`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub better: String,
}

impl Number {
    fn of(value: &Value) -> Self {
        let better = match value.better {
            Some(Better::Lower) => "lower",
            Some(Better::Higher) => "higher",
            None => "",
        };
        let (number, unit, text) = parts(&value.quantity);
        Self { value: number, unit: unit.to_owned(), text, better: better.to_owned() }
    }

    /// As people read it.
    pub fn quantity(&self) -> Quantity {
        match (self.value, self.unit.as_str(), &self.text) {
            (Some(n), "ns", _) => Quantity::Span(n),
            (Some(n), "bps", _) => Quantity::Rate(n),
            (Some(n), ..) => Quantity::Number(n),
            (None, _, Some(text)) => Quantity::Text(text.clone()),
            (None, ..) => Quantity::Nothing,
        }
    }

    /// Whether the clock of the simulation has a share in it.
    pub fn is_timed(&self) -> bool {
        !self.unit.is_empty()
    }
}

/// A quantity as a whole number with its unit, or as a text.
pub fn parts(quantity: &Quantity) -> (Option<i64>, &'static str, Option<String>) {
    match quantity {
        Quantity::Number(n) => (Some(*n), "", None),
        Quantity::Span(ns) => (Some(*ns), "ns", None),
        Quantity::Rate(bits) => (Some(*bits), "bps", None),
        Quantity::Text(_) | Quantity::Set(_) | Quantity::Way(_) => (None, "", Some(quantity.to_string())),
        Quantity::Nothing => (None, "", None),
    }
}

/// Why a text is no snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It is not such a file at all.
    Unreadable(String),
    /// It is of another version of the format.
    Format(u64),
}

impl Snapshot {
    /// What is kept of these runs.
    pub fn of(bench: &str, rows: &[Row], tolerance_ppm: u64) -> Self {
        let runs = rows.iter().map(|row| (row.name.clone(), Kept::of(row))).collect();
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { format: FORMAT, version, bench: bench.to_owned(), tolerance_ppm, runs }
    }

    /// Reads a file.
    pub fn read(text: &str) -> Result<Self, Broken> {
        let unreadable = |error: serde_json::Error| Broken::Unreadable(error.to_string());
        let any: serde_json::Value = serde_json::from_str(text).map_err(unreadable)?;
        match any.get("format").and_then(serde_json::Value::as_u64) {
            Some(FORMAT) => serde_json::from_value(any).map_err(unreadable),
            Some(other) => Err(Broken::Format(other)),
            None => Err(Broken::Unreadable("it has no `format`".to_owned())),
        }
    }

    /// The file: a run a paragraph, so that a review sees which ones changed.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        // Pairs of numbers on one line.
        let mut at = 0;
        while let Some(open) = text[at..].find("[\n").map(|found| at + found) {
            let Some(close) = text[open..].find(']').map(|found| open + found) else { break };
            let joined: Vec<&str> = text[open + 1..close].split_whitespace().collect();
            let joined = joined.join(" ");
            text.replace_range(open + 1..close, &joined);
            at = open + joined.len();
        }
        text.push('\n');
        text
    }
}

impl Kept {
    /// What is kept of a run.
    pub fn of(row: &Row) -> Self {
        let account = &row.account;
        let kinds = KINDS.iter().map(|kind| (kind, account.total.kind(*kind)));
        let headers = account.total.headers.iter();
        Self {
            profiles: row.profiles.iter().map(ToString::to_string).collect(),
            values: row.values.iter().map(|value| (value.name.clone(), Number::of(value))).collect(),
            kinds: kinds
                .filter(|(_, tally)| tally.frames > 0)
                .map(|(kind, tally)| (kind.name().to_owned(), [tally.frames, tally.bytes]))
                .collect(),
            headers: headers
                .map(|((part, name), tally)| (format!("{}/{name}", part.name()), [tally.frames, tally.bytes]))
                .collect(),
            work: account.work.iter().map(|work| (work.slug.to_owned(), [work.times, work.ns])).collect(),
            rows: account
                .rows
                .iter()
                .filter(|rows| rows.rows > 0)
                .map(|rows| (format!("{}/{}", rows.kind, rows.table), rows.rows))
                .collect(),
        }
    }
}
