//! Rows of tables: what must be remembered, and by whom.

use std::collections::BTreeMap;

use crate::engine::World;
use crate::id::DeviceId;

/// Rows of one sort of table in one sort of node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// `Switch`, `Host`: what the author called the nodes.
    pub kind: &'static str,
    /// `fdb`, `neigh`, `routes`.
    pub table: &'static str,
    /// How many rows, all nodes together.
    pub rows: u64,
}

/// All rows at the end of a run, by the kind of node and the name of the table.
pub fn rows(world: &World) -> Vec<Rows> {
    let mut found: BTreeMap<(&'static str, &'static str), u64> = BTreeMap::new();
    for number in 0..world.device_count() {
        let id = DeviceId(number as u32);
        let node = world.node_of(id).and_then(|node| world.nodes().get(node.index()));
        let (Some(device), Some(node)) = (world.device(id), node) else { continue };
        for view in device.tables() {
            *found.entry((node.kind, view.name)).or_default() += view.rows.len() as u64;
        }
    }
    found.into_iter().map(|((kind, table), rows)| Rows { kind, table, rows }).collect()
}
