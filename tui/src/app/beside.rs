//! What the Compare pane tells of two runs in numbers, for the screen and for files.

use std::collections::BTreeMap;

use overunder_sim::engine::wire::{MIN_FRAME, WIRE_EXTRA};
use overunder_sim::engine::{Device, World};
use overunder_sim::id::DeviceId;
use overunder_sim::time::SimDuration;

use crate::app::against::{Against, Trip};
use crate::app::words::Words;

/// A number of both runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it is called.
    pub name: String,
    /// In the run on the left.
    pub left: u64,
    /// In that on the right.
    pub right: u64,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Bytes,
    Count,
    Time,
}

impl Figure {
    fn new(name: impl Into<String>, [left, right]: [u64; 2], unit: Unit) -> Self {
        Self { name: name.into(), left, right, unit }
    }

    /// Both as people read them.
    pub fn texts(&self) -> [String; 2] {
        [self.left, self.right].map(|n| match self.unit {
            Unit::Bytes => format!("{n} B"),
            Unit::Count => n.to_string(),
            Unit::Time => SimDuration(n).to_string(),
        })
    }

    /// `+41.0 %` of the left one; nothing where both are alike.
    pub fn change(&self) -> String {
        change(self.left, self.right)
    }
}

/// `+41.0 %` of the left one.
pub fn change(left: u64, right: u64) -> String {
    if left == right || left == 0 {
        return String::new();
    }
    let permille = (right as i64 - left as i64) * 1_000 / left as i64;
    format!("{}{}.{} %", if permille < 0 { '-' } else { '+' }, permille.abs() / 10, permille.abs() % 10)
}

/// What the packet took so far, on the left and on the right.
pub fn figures(words: &Words, trips: [&Trip; 2]) -> Vec<Figure> {
    let both = |of: fn(&Trip) -> u64| trips.map(of);
    vec![
        Figure::new(words.against_frame, both(|trip| u64::from(trip.largest().unwrap_or(0))), Unit::Bytes),
        Figure::new(words.against_wire, both(|trip| trip.largest().map_or(0, on_wire)), Unit::Bytes),
        Figure::new(words.against_steps, both(|trip| trip.behind().len() as u64), Unit::Count),
        Figure::new(words.against_time, both(Trip::lasted), Unit::Time),
    ]
}

/// What both networks hold in tables at this moment, by the name of the table; what is empty in both is left out.
pub fn rows(words: &Words, against: &Against) -> Vec<Figure> {
    let Some([here, there]) = &against.held else { return Vec::new() };
    let [left, right] = against.sides([here, there]);
    let names: std::collections::BTreeSet<&str> = left.keys().chain(right.keys()).copied().collect();
    let of = |held: &Held, name: &str| held.get(name).copied().unwrap_or(0);
    let row =
        |name: &str| Figure::new(format!("{} {name}", words.rows), [of(left, name), of(right, name)], Unit::Count);
    names.into_iter().map(row).filter(|figure| figure.left + figure.right > 0).collect()
}

/// Rows by the name of the table.
pub type Held = BTreeMap<&'static str, u64>;

/// Tables that say where something is. The others say how something is set.
const PLACES: [&str; 8] = ["fdb", "neigh", "routes", "mdb", "veb", "peers", "paths", "children"];

/// What the tables of a network hold.
pub fn held(world: &World) -> Held {
    let mut found = Held::new();
    let tables = (0..world.device_count()).filter_map(|at| world.device(DeviceId(at as u32))).flat_map(Device::tables);
    for table in tables.filter(|table| PLACES.contains(&table.name)) {
        *found.entry(table.name).or_default() += table.rows.len() as u64;
    }
    found
}

/// Bytes that a frame takes on a cable.
pub fn on_wire(bytes: u32) -> u64 {
    u64::from(bytes).max(MIN_FRAME) + WIRE_EXTRA
}
