//! What stands on the map, how much of it is written out, and how it is laid out in the room there is.

use overunder_sim::engine::{Device, World};
use overunder_sim::id::{CableId, DeviceId, NodeId};
use overunder_sim::view::names::port_name;
use unicode_width::UnicodeWidthStr;

use crate::app::history::Via;
use crate::app::model::{Bench, Links};
use crate::view::map::inside::{self, Depth, Inside};
use crate::view::map::place::{Item, Link, Sheet, lay_out};
use crate::view::map::tunnels::{self, Tunnel};
use crate::view::theme::Role;

/// Hosts of one switch that are folded together when there is no room.
const CROWD: usize = 4;
/// With more nodes than this nothing but names is worth writing.
const MANY: usize = 60;

/// Cells the smallest node takes: brackets, a letter, a gap.
const LEAST: i64 = 4;

/// A node, or hosts folded together.
#[derive(Clone, Debug)]
pub struct Stand {
    /// The nodes.
    pub nodes: Vec<NodeId>,
    /// What is written in it, or in its frame when it shows what it contains.
    pub lines: Vec<String>,
    /// What it contains.
    pub inside: Option<Inside>,
    joins: bool,
}

/// A cable on the map.
#[derive(Clone, Debug)]
pub struct Cord {
    /// Which cable.
    pub cable: CableId,
    /// Name of the port at its upper end.
    pub port: String,
    ends: [usize; 2],
}

/// The map as it is laid out.
#[derive(Debug)]
pub struct Scene {
    /// What stands there.
    pub stands: Vec<Stand>,
    /// The cables; of those into folded hosts one each.
    pub links: Vec<Cord>,
    /// The tunnels.
    pub tunnels: Vec<Tunnel>,
    /// Where everything is.
    pub sheet: Sheet,
}

/// How much is written about a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    /// Its name between brackets.
    Name,
    /// Its name in a frame.
    Frame,
    /// And its address, or rows in its table.
    Address,
    /// And its kind and devices.
    Inside,
}

/// What is drawn of nodes that contain others, and what is written about the rest.
type Level = (Depth, Detail);

/// From the most to the least.
const LEVELS: [Level; 14] = [
    (Depth::Full, Detail::Inside),
    (Depth::Full, Detail::Address),
    (Depth::Full, Detail::Frame),
    (Depth::Joined, Detail::Address),
    (Depth::Joined, Detail::Frame),
    (Depth::Joined, Detail::Name),
    (Depth::Names, Detail::Address),
    (Depth::Names, Detail::Frame),
    (Depth::Names, Detail::Name),
    (Depth::Stacked, Detail::Name),
    (Depth::Hidden, Detail::Inside),
    (Depth::Hidden, Detail::Address),
    (Depth::Hidden, Detail::Frame),
    (Depth::Hidden, Detail::Name),
];

impl Scene {
    /// Lays the map out with as much detail as fits; if nothing fits, crowds of hosts are folded.
    pub fn of(bench: &Bench, room: (i32, i32)) -> Self {
        let fits = |scene: &Self| scene.sheet.size.0 <= room.0 && scene.sheet.size.1 <= room.1;
        let world = bench.session.world();
        let count = world.nodes().len();
        let contents = (0..count as u32).any(|node| inside::has_contents(world, NodeId(node)));
        let tunnels = if bench.places.links == Links::Cables { Vec::new() } else { tunnels::all(world) };
        let many = count > MANY;
        let wanted = |(depth, detail): &Level| {
            (contents && !many || *depth == Depth::Hidden) && (!many || *detail <= Detail::Frame)
        };
        let levels: Vec<Level> = LEVELS.into_iter().filter(wanted).collect();
        let folded = bench.places.folded;
        // Laying out a thousand nodes that cannot fit anyway would cost more than all the rest of the screen.
        let hopeless = !folded && count as i64 * LEAST > i64::from(room.0) * i64::from(room.1);
        for level in levels.iter().filter(|_| !hopeless) {
            let scene = Self::with(bench, *level, folded, &tunnels);
            if fits(&scene) {
                return scene;
            }
        }
        if !folded {
            for level in levels.iter().filter(|(_, detail)| *detail <= Detail::Address) {
                let scene = Self::with(bench, *level, true, &tunnels);
                if fits(&scene) {
                    return scene;
                }
            }
        }
        // Nothing fits, so it is moved about in.
        Self::with(bench, (Depth::Hidden, Detail::Name), true, &tunnels)
    }

    fn with(bench: &Bench, (depth, detail): Level, folded: bool, tunnels: &[Tunnel]) -> Self {
        let world = bench.session.world();
        let joins = |node: usize| joins(world, node);
        let ends: Vec<[usize; 2]> = world
            .cables()
            .iter()
            .map(|cable| cable.ends.map(|(device, _)| world.node_of(device).map_or(0, NodeId::index)))
            .collect();
        let groups = groups(world.nodes().len(), &ends, joins, folded);
        let mut stand_of = vec![0; world.nodes().len()];
        let mut stands = Vec::new();
        for group in groups {
            for node in &group {
                stand_of[*node] = stands.len();
            }
            stands.push(stand(bench, &group, (depth, detail)));
        }
        let mut links: Vec<Cord> = Vec::new();
        for (at, [a, b]) in ends.iter().enumerate() {
            let ends = [stand_of[*a], stand_of[*b]];
            let crowd = |stand: usize| stands[stand].nodes.len() > 1;
            if ends.iter().any(|stand| crowd(*stand)) && links.iter().any(|link| link.ends == ends) {
                continue;
            }
            links.push(Cord { cable: CableId(at as u32), port: String::new(), ends });
        }
        let items: Vec<Item> = stands.iter().map(|stand| item(stand, (depth, detail))).collect();
        let lines: Vec<Link> = links.iter().map(|cord| Link { a: cord.ends[0], b: cord.ends[1] }).collect();
        let sheet = lay_out(&items, &lines);
        for (cord, run) in links.iter_mut().zip(&sheet.runs) {
            let upper = usize::from(!run.falls);
            if cord.ends.iter().all(|stand| stands[*stand].nodes.len() == 1) {
                let (device, port) = world.cables()[cord.cable.index()].ends[upper];
                let bridge = world.device(device).is_some_and(|device| device.kind() == "bridge");
                cord.port = if bridge { port_name(world, device, port) } else { String::new() };
            }
        }
        let mut scene = Self { stands, links, tunnels: Vec::new(), sheet };
        scene.add(tunnels, &stand_of);
        scene
    }

    /// Draws tunnels below what is there.
    fn add(&mut self, tunnels: &[Tunnel], stand_of: &[usize]) {
        for tunnel in tunnels {
            let mut tunnel = tunnel.clone();
            let line = self.tunnels.len();
            let stand = |node: NodeId| stand_of.get(node.index()).copied();
            if tunnels::run_along(&mut tunnel, &self.sheet, line, stand) {
                self.tunnels.push(tunnel);
            }
        }
        self.sheet.size.1 += self.tunnels.len() as i32;
    }

    /// Where a node stands.
    pub fn stand_of(&self, node: NodeId) -> Option<usize> {
        self.stands.iter().position(|stand| stand.nodes.contains(&node))
    }

    /// How a cable looks at the present moment.
    pub fn role(&self, bench: &Bench, link: usize) -> Role {
        let world = bench.session.world();
        let cord = &self.links[link];
        if world.cable_down(cord.cable).is_some() {
            return Role::Drop;
        }
        let Some(moment) = bench.session.moment() else { return Role::Cable };
        if matches!(moment.via, Via::Cable(cable, _) if cable == cord.cable) {
            return Role::Active;
        }
        let ends = world.cables()[cord.cable.index()].ends;
        let log = world.log();
        let leaves = (0..log.entries().len()).any(|at| match &log.entries()[at] {
            overunder_sim::engine::Entry::Decision { decision, .. } => {
                log.ports(at).any(|port| ends.contains(&(decision.device, port)))
            }
            _ => false,
        });
        if leaves { Role::Leaving } else { Role::Cable }
    }
}

/// Nodes one by one, or hosts that hang on the same switch together.
fn groups(count: usize, ends: &[[usize; 2]], joins: impl Fn(usize) -> bool, folded: bool) -> Vec<Vec<usize>> {
    if !folded {
        return (0..count).map(|node| vec![node]).collect();
    }
    let mut partners: Vec<Vec<usize>> = vec![Vec::new(); count];
    for [a, b] in ends {
        partners[*a].push(*b);
        partners[*b].push(*a);
    }
    let only = |node: usize| (!joins(node) && partners[node].len() == 1).then(|| partners[node][0]);
    let mut crowds: Vec<usize> = vec![0; count];
    for switch in (0..count).filter_map(only) {
        crowds[switch] += 1;
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut group_of: Vec<Option<usize>> = vec![None; count];
    for node in 0..count {
        match only(node).filter(|switch| crowds[*switch] >= CROWD) {
            Some(switch) if group_of[switch].is_some() => groups[group_of[switch].unwrap_or(0)].push(node),
            switch => {
                if let Some(switch) = switch {
                    group_of[switch] = Some(groups.len());
                }
                groups.push(vec![node]);
            }
        }
    }
    groups
}

/// A node that others are joined by: a host with a bridge of its own is none.
fn joins(world: &World, node: usize) -> bool {
    let node = &world.nodes()[node];
    let has = |kind: &str| node.devices.iter().any(|id| world.device(*id).is_some_and(|device| device.kind() == kind));
    node.kind == "Router" || has("fabric") || has("bridge") && !has("stack")
}

fn stand(bench: &Bench, group: &[usize], (depth, detail): Level) -> Stand {
    let world = bench.session.world();
    let nodes: Vec<NodeId> = group.iter().map(|at| NodeId(*at as u32)).collect();
    // A node that was opened or closed by hand is the other way round.
    let depth = match (bench.places.turned.contains(&nodes[0]), depth) {
        (false, depth) => depth,
        (true, Depth::Hidden) => Depth::Names,
        (true, _) => Depth::Hidden,
    };
    let shows = nodes.len() == 1 && depth > Depth::Hidden && inside::has_contents(world, nodes[0]);
    let inside = shows.then(|| inside::lay_out(world, nodes[0], depth));
    let lines = if shows { vec![world.nodes()[group[0]].name.clone()] } else { lines(bench, group, detail) };
    Stand { nodes, lines, inside, joins: joins(world, group[0]) }
}

fn item(stand: &Stand, (depth, detail): Level) -> Item {
    let text = stand.lines.iter().map(|line| line.width()).max().unwrap_or(0) as i32;
    if let Some(inside) = &stand.inside {
        // The name stands in the frame, with a space and a piece of line on each side.
        let space = if depth == Depth::Stacked { 0 } else { 2 };
        let width = (inside.size.0 + space).max(text + 4) + 2;
        return Item { width, height: inside.size.1 + 2, joins: stand.joins };
    }
    let framed = detail > Detail::Name;
    let frame = if framed { 2 } else { 0 };
    Item { width: text + 2 + frame, height: stand.lines.len() as i32 + frame, joins: stand.joins }
}

fn lines(bench: &Bench, group: &[usize], detail: Detail) -> Vec<String> {
    let world = bench.session.world();
    let node = &world.nodes()[group[0]];
    if group.len() > 1 {
        let last = &world.nodes()[group[group.len() - 1]];
        let count = if detail > Detail::Name { format!(" ({})", group.len()) } else { String::new() };
        return vec![format!("{}-{}{count}", node.name, last.name)];
    }
    let mut lines = vec![node.name.clone()];
    if detail >= Detail::Inside {
        lines[0] = format!("{} {}", node.name, node.kind);
    }
    if detail >= Detail::Address {
        let address = super::address(bench, &node.devices);
        let rows = || fdb_rows(bench, &node.devices).map(|rows| format!("fdb {rows:<4}"));
        lines.push(address.or_else(rows).unwrap_or_default());
    }
    if detail >= Detail::Inside {
        let short = |id: &DeviceId| {
            let name = world.device_name(*id);
            name.split_once('/').map_or_else(String::new, |(_, short)| short.to_owned())
        };
        let inside: Vec<String> = node.devices.iter().map(short).filter(|name| !name.is_empty()).collect();
        lines.push(inside.join(" - "));
    }
    lines
}

/// Rows in the forwarding table of a node.
fn fdb_rows(bench: &Bench, devices: &[DeviceId]) -> Option<usize> {
    let tables = devices.iter().filter_map(|id| bench.session.world().device(*id)).flat_map(Device::tables);
    tables.into_iter().find(|table| table.name == "fdb").map(|table| table.rows.len())
}
