//! Tunnels as they stand in the tables now: which ends know each other, and how that is drawn apart from cables.

use std::net::Ipv4Addr;

use overunder_sim::engine::{Cell as TableCell, TableView, World};
use overunder_sim::id::{DeviceId, NodeId};

use crate::app::frame;
use crate::app::model::Bench;
use crate::view::map::inside;
use crate::view::map::place::{Cell, Place, Run, Sheet};

/// Ends of tunnels that know each other: what looks like one cable from inside.
#[derive(Clone, Debug)]
pub struct Tunnel {
    /// `blue VNI 42`.
    pub label: String,
    /// The ends: device, its node, and the address packets come from.
    pub ends: Vec<(DeviceId, NodeId, Ipv4Addr)>,
    /// How it runs: from each node down, and along.
    pub runs: Vec<Run>,
}

#[derive(Debug)]
struct End {
    device: DeviceId,
    node: NodeId,
    local: Ipv4Addr,
    vni: Option<u64>,
    remotes: Vec<Ipv4Addr>,
}

/// All tunnels whose ends are on different nodes.
pub fn all(world: &World) -> Vec<Tunnel> {
    let ends = ends(world);
    // Each end begins in a group of its own; a row that points at another end joins the two.
    let mut group: Vec<usize> = (0..ends.len()).collect();
    for (at, end) in ends.iter().enumerate() {
        for remote in &end.remotes {
            for other in partners(&ends, at, *remote) {
                let (from, to) = (group[at].max(group[other]), group[at].min(group[other]));
                group.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
            }
        }
    }
    let mut tunnels = Vec::new();
    for at in 0..ends.len() {
        let members: Vec<&End> =
            ends.iter().zip(&group).filter(|(_, group)| **group == at).map(|(end, _)| end).collect();
        if members.iter().any(|end| end.node != members[0].node) {
            let label = label(world, &members);
            let ends = members.iter().map(|end| (end.device, end.node, end.local)).collect();
            tunnels.push(Tunnel { label, ends, runs: Vec::new() });
        }
    }
    tunnels
}

fn ends(world: &World) -> Vec<End> {
    let mut ends = Vec::new();
    for id in (0..world.device_count() as u32).map(DeviceId) {
        let (Some(device), Some(node)) = (world.device(id), world.node_of(id)) else { continue };
        if !matches!(device.kind(), "vtep" | "tunnel") {
            continue;
        }
        let tables = device.tables();
        let Some(local) = column(&tables, "local").next() else { continue };
        let mut remotes: Vec<Ipv4Addr> = column(&tables, "remote").collect();
        remotes.sort_unstable();
        remotes.dedup();
        ends.push(End { device: id, node, local, vni: inside::vni(world, id), remotes });
    }
    ends
}

/// Addresses in a column, of all tables that have it.
fn column<'a>(tables: &'a [TableView], name: &'a str) -> impl Iterator<Item = Ipv4Addr> + 'a {
    let cells = tables.iter().flat_map(move |table| {
        let at = table.columns.iter().position(|column| column.name == name);
        table.rows.iter().filter_map(move |row| row.cells.get(at?))
    });
    cells.filter_map(|cell| match cell {
        TableCell::Ip(ip) => Some(*ip),
        _ => None,
    })
}

/// The ends a row points at: those of the address, of the same VNI if there is one; all that name the same group if
/// it is a multicast address.
fn partners(ends: &[End], from: usize, remote: Ipv4Addr) -> Vec<usize> {
    let known = |end: &End| if remote.is_multicast() { end.remotes.contains(&remote) } else { end.local == remote };
    let there: Vec<usize> = (0..ends.len()).filter(|at| *at != from && known(&ends[*at])).collect();
    let same: Vec<usize> = there.iter().copied().filter(|at| ends[*at].vni == ends[from].vni).collect();
    if same.is_empty() { there } else { same }
}

/// The name all ends have in common behind their kind, and the VNIs.
fn label(world: &World, members: &[&End]) -> String {
    let name = |end: &&End| {
        let short = inside::short(world, end.device);
        short.split_once('-').map_or(short, |(_, name)| name).to_owned()
    };
    let mut names: Vec<String> = members.iter().map(name).collect();
    names.dedup();
    let mut vnis: Vec<u64> = members.iter().filter_map(|end| end.vni).collect();
    vnis.sort_unstable();
    vnis.dedup();
    let vnis: Vec<String> = vnis.iter().map(ToString::to_string).collect();
    match (names.as_slice(), vnis.is_empty()) {
        ([name], true) => name.clone(),
        ([name], false) => format!("{name} VNI {}", vnis.join("/")),
        _ => format!("VNI {}", vnis.join("/")),
    }
}

/// Draws a tunnel below everything: one line, and down to it from each node. `stand` tells where a node stands, `line`
/// how many tunnels are drawn already. False when it would begin and end at the same place.
pub fn run_along(tunnel: &mut Tunnel, sheet: &Sheet, line: usize, stand: impl Fn(NodeId) -> Option<usize>) -> bool {
    let mut stands: Vec<usize> = tunnel.ends.iter().filter_map(|(_, node, _)| stand(*node)).collect();
    stands.sort_unstable();
    stands.dedup();
    let y = sheet.size.1 + line as i32;
    let free = |(x, top): Cell| {
        let column = Place { x, y: top, width: 1, height: y - top };
        let crosses = |run: &Run| run.cells().iter().any(|(at, y)| *at == x && *y >= top);
        !sheet.places.iter().any(|place| place.meets(column)) && !sheet.runs.iter().any(crosses)
    };
    let mut stems: Vec<Cell> = Vec::new();
    for stand in stands {
        let place = sheet.places[stand];
        let from = place.x + place.width - 2 - 2 * line as i32;
        // As far right as no cable is in the way.
        let stem = (place.x + 1..=from).rev().map(|x| (x, place.y + place.height)).find(|cell| free(*cell));
        stems.extend(stem);
    }
    stems.sort_unstable();
    let (Some(first), Some(last)) = (stems.first().copied(), stems.last().copied()) else { return false };
    if stems.len() < 2 {
        return false;
    }
    let owner = usize::MAX - line;
    let run = |corners| Run { corners, owner, falls: true };
    tunnel.runs.push(run(vec![first, (first.0, y), (last.0, y), last]));
    tunnel.runs.extend(stems[1..stems.len() - 1].iter().map(|stem| run(vec![*stem, (stem.0, y)])));
    true
}

/// Whether the frame of the present step is inside this tunnel.
pub fn carries(bench: &Bench, tunnel: &Tunnel) -> bool {
    let Some((from, to)) = frame::shown(bench).and_then(|(_, taken)| taken.envelope()) else { return false };
    let ends = |ip: Ipv4Addr| tunnel.ends.iter().any(|(_, _, local)| *local == ip);
    ends(from) && (ends(to) || to.is_multicast())
}
