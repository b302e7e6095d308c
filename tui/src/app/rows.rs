//! The tables of a node, with what changed in them.

use overunder_sim::engine::{TableRow, TableView};
use overunder_sim::id::{DeviceId, NodeId};

use crate::app::model::Bench;

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// As before.
    Same,
    /// It is new.
    Added,
    /// It says something else.
    Changed,
    /// It is gone.
    Removed,
}

impl Fate {
    /// The sign before the row.
    pub fn sign(self) -> char {
        match self {
            Self::Same => ' ',
            Self::Added => '+',
            Self::Changed => '~',
            Self::Removed => '-',
        }
    }
}

/// A table and the fate of each of its rows; rows that are gone are there too.
#[derive(Clone, Debug)]
pub struct Marked {
    /// Whose table.
    pub device: DeviceId,
    /// The table as it is.
    pub view: TableView,
    /// Its rows and those that are gone, by key.
    pub rows: Vec<(Fate, TableRow)>,
}

/// All tables of a node, compared with the step before or with the mark.
pub fn marked(bench: &Bench, node: NodeId) -> Vec<Marked> {
    let session = &bench.session;
    let before = session.tables_before(node, bench.places.against_mark);
    let mut all = Vec::new();
    for (device, tables) in session.tables(node) {
        let old = before.as_ref().and_then(|before| before.iter().find(|(id, _)| *id == device));
        for (at, view) in tables.into_iter().enumerate() {
            let rows = fates(old.and_then(|(_, tables)| tables.get(at)), &view);
            all.push(Marked { device, view, rows });
        }
    }
    all
}

fn fates(old: Option<&TableView>, new: &TableView) -> Vec<(Fate, TableRow)> {
    let Some(old) = old else {
        return new.rows.iter().map(|row| (Fate::Same, row.clone())).collect();
    };
    let mut rows: Vec<(Fate, TableRow)> = Vec::with_capacity(new.rows.len());
    for row in &new.rows {
        let fate = match old.row(row.key) {
            None => Fate::Added,
            Some(before) if before.cells != row.cells => Fate::Changed,
            Some(_) => Fate::Same,
        };
        rows.push((fate, row.clone()));
    }
    let gone = old.rows.iter().filter(|row| new.row(row.key).is_none());
    rows.extend(gone.map(|row| (Fate::Removed, row.clone())));
    rows.sort_by_key(|(_, row)| row.key);
    rows
}
