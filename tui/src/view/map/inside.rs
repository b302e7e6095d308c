//! What a node contains, drawn inside its frame: cards and the node's own stack on top, then tunnel ends and bridges,
//! containers at the bottom. The level of a device is its distance from the nearest card.

use std::collections::BTreeMap;

use overunder_sim::engine::wire::End;
use overunder_sim::engine::{Cell as TableCell, Device, World};
use overunder_sim::id::{DeviceId, NodeId, PortNo};
use unicode_width::UnicodeWidthStr;

use crate::view::map::place::{Cell, Item, Link, Run, lay_out_rows};

/// Containers in one row before they are written as one.
const CROWD: usize = 6;

/// How much of what a node contains is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Nothing.
    Hidden,
    /// Names, one line for each but cards and containers.
    Stacked,
    /// Names, one line for each level.
    Names,
    /// Names and how they are joined.
    Joined,
    /// And addresses, VNIs, sizes of tables.
    Full,
}

/// What a device is to the node it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Cards and the stack of the node itself.
    Own,
    /// The end of a tunnel.
    Tunnel,
    /// A bridge.
    Bridge,
    /// A container.
    Container,
}

/// A device, or containers written as one.
#[derive(Clone, Debug)]
pub struct Token {
    /// The devices.
    pub devices: Vec<DeviceId>,
    /// What they are to the node.
    pub part: Part,
    /// What is written.
    pub text: String,
    /// Where it begins, from the upper left corner inside the frame.
    pub at: Cell,
}

/// What a node contains, laid out.
#[derive(Clone, Debug)]
pub struct Inside {
    /// What is written.
    pub tokens: Vec<Token>,
    /// How it is joined.
    pub runs: Vec<([usize; 2], Run)>,
    /// Columns and lines.
    pub size: (i32, i32),
}

/// What stands together: tokens side by side, and the row it belongs in.
#[derive(Debug)]
struct Group {
    tokens: Vec<Token>,
    level: usize,
}

impl Group {
    fn width(&self) -> i32 {
        let text: usize = self.tokens.iter().map(|token| token.text.width() + 1).sum();
        text as i32 - 1
    }

    fn holds(&self, device: DeviceId) -> bool {
        self.tokens.iter().any(|token| token.devices.contains(&device))
    }
}

/// Whether a node contains more than a card and what the card serves.
pub fn has_contents(world: &World, node: NodeId) -> bool {
    let Some(node) = world.nodes().get(node.index()) else { return false };
    let kinds = node.devices.iter().filter_map(|id| world.device(*id)).map(Device::kind);
    kinds.filter(|kind| *kind != "nic").count() > 1
}

/// Lays out what a node contains.
pub fn lay_out(world: &World, node: NodeId, depth: Depth) -> Inside {
    let devices = &world.nodes()[node.index()].devices;
    let joints = joints(world, devices);
    let groups = groups(world, devices, &levels(world, devices, &joints), depth);
    if depth <= Depth::Names { in_lines(groups, depth == Depth::Stacked) } else { in_rows(groups, &joints) }
}

/// Which devices of a node are joined inside it.
fn joints(world: &World, devices: &[DeviceId]) -> Vec<(DeviceId, DeviceId)> {
    let mut found = Vec::new();
    for id in devices {
        let ports = world.device(*id).map_or(0, Device::ports);
        for port in 0..ports {
            if let End::Internal(other, _) = world.wiring().end(*id, PortNo(port))
                && *id < other
                && devices.contains(&other)
                && !found.contains(&(*id, other))
            {
                found.push((*id, other));
            }
        }
    }
    found
}

/// How many devices lie between each device and the nearest card.
fn levels(world: &World, devices: &[DeviceId], joints: &[(DeviceId, DeviceId)]) -> BTreeMap<DeviceId, usize> {
    let kind = |id: &DeviceId| world.device(*id).map_or("", Device::kind);
    let mut level: BTreeMap<DeviceId, usize> =
        devices.iter().filter(|id| kind(id) == "nic").map(|id| (*id, 0)).collect();
    if level.is_empty() {
        level.extend(devices.first().map(|id| (*id, 1)));
    }
    for far in 0..devices.len() {
        for (a, b) in joints.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]) {
            if level.get(&a) == Some(&far) {
                level.entry(b).or_insert(far + 1);
            }
        }
    }
    level
}

fn groups(world: &World, devices: &[DeviceId], levels: &BTreeMap<DeviceId, usize>, depth: Depth) -> Vec<Group> {
    let kind = |id: &DeviceId| world.device(*id).map_or("", Device::kind);
    let level = |id: &DeviceId| levels.get(id).copied().unwrap_or(levels.len());
    let own = devices.iter().copied().find(|id| kind(id) == "stack" && level(id) <= 1);
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for id in devices {
        let part = match kind(id) {
            _ if Some(*id) == own => Part::Own,
            "nic" => Part::Own,
            "stack" => Part::Container,
            "bridge" => Part::Bridge,
            _ => Part::Tunnel,
        };
        let token = Token { devices: vec![*id], part, text: text(world, *id, part, depth), at: (0, 0) };
        match part {
            Part::Own => first.push(token),
            _ => rest.push(Group { tokens: vec![token], level: level(id).max(2) }),
        }
    }
    let (crowd, mut rest): (Vec<Group>, Vec<Group>) =
        rest.into_iter().partition(|group| group.tokens[0].part == Part::Container);
    rest.extend(fold(world, crowd));
    if !first.is_empty() {
        rest.insert(0, Group { tokens: first, level: 1 });
    }
    rest
}

/// Many containers are written as one, from the first to the last.
fn fold(world: &World, crowd: Vec<Group>) -> Vec<Group> {
    if crowd.len() <= CROWD {
        return crowd;
    }
    let level = crowd.iter().map(|group| group.level).max().unwrap_or(2);
    let devices: Vec<DeviceId> = crowd.iter().flat_map(|group| &group.tokens).flat_map(|t| t.devices.clone()).collect();
    let (from, to) = (short(world, devices[0]), short(world, devices[devices.len() - 1]));
    let text = format!("({from}-{to}: {})", devices.len());
    vec![Group { tokens: vec![Token { devices, part: Part::Container, text, at: (0, 0) }], level }]
}

/// Name of a device without that of its node.
pub fn short(world: &World, device: DeviceId) -> &str {
    let name = world.device_name(device);
    name.split_once('/').map_or(name, |(_, short)| short)
}

fn text(world: &World, id: DeviceId, part: Part, depth: Depth) -> String {
    let name = short(world, id);
    let more = if depth == Depth::Full { more(world, id, part) } else { String::new() };
    match part {
        Part::Container => format!("({name}{more})"),
        Part::Bridge => format!("[{name}{more}]"),
        Part::Own | Part::Tunnel => format!("{name}{more}"),
    }
}

/// The address of a stack, the VNI of a VTEP, how many stations a bridge knows.
fn more(world: &World, id: DeviceId, part: Part) -> String {
    let Some(device) = world.device(id).filter(|device| device.kind() != "nic") else { return String::new() };
    let tables = device.tables();
    let table = |name: &str| tables.iter().find(|table| table.name == name);
    match part {
        Part::Own | Part::Container => {
            let ip = |cell: &TableCell| match cell {
                TableCell::Ip(ip) | TableCell::Prefix(ip, _) => Some(format!(" {ip}")),
                _ => None,
            };
            let cells = table("addresses").into_iter().flat_map(|table| &table.rows).flat_map(|row| &row.cells);
            cells.into_iter().find_map(ip).unwrap_or_default()
        }
        Part::Bridge => table("fdb").map_or_else(String::new, |table| format!(" fdb {:<2}", table.rows.len())),
        Part::Tunnel => vni(world, id).map_or_else(String::new, |vni| format!(" {vni}")),
    }
}

/// The VNI of a VTEP.
pub fn vni(world: &World, id: DeviceId) -> Option<u64> {
    let tables = world.device(id)?.tables();
    let table = tables.iter().find(|table| table.name == "tunnel")?;
    let column = table.columns.iter().position(|column| column.name == "vni")?;
    match table.rows.first()?.cells.get(column)? {
        TableCell::Number(vni) => Some(*vni),
        _ => None,
    }
}

/// Each level in a line of its own, or all that joins in one of its own; containers in the last.
fn in_lines(groups: Vec<Group>, stacked: bool) -> Inside {
    let mut lines: BTreeMap<(usize, usize), Vec<Token>> = BTreeMap::new();
    for (at, group) in groups.into_iter().enumerate() {
        let beside = if stacked { at } else { 0 };
        for token in group.tokens {
            let line = if token.part == Part::Container { (usize::MAX, 0) } else { (group.level, beside) };
            lines.entry(line).or_default().push(token);
        }
    }
    let width = |line: &Vec<Token>| line.iter().map(|token| token.text.width() as i32 + 1).sum::<i32>() - 1;
    let most = lines.values().map(width).max().unwrap_or(0);
    let mut tokens = Vec::new();
    let mut y = 0;
    for line in lines.into_values() {
        let mut x = (most - width(&line)) / 2;
        for mut token in line {
            token.at = (x, y);
            x += token.text.width() as i32 + 1;
            tokens.push(token);
        }
        y += 1;
    }
    Inside { tokens, runs: Vec::new(), size: (most, y) }
}

/// Each group in the row of its level, joined by lines.
fn in_rows(groups: Vec<Group>, joints: &[(DeviceId, DeviceId)]) -> Inside {
    let items: Vec<Item> = groups.iter().map(|group| Item { width: group.width(), height: 1, joins: false }).collect();
    let mut by_level: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        by_level.entry(group.level).or_default().push(at);
    }
    let group_of = |device: DeviceId| groups.iter().position(|group| group.holds(device));
    let mut links: Vec<[usize; 2]> = Vec::new();
    for (a, b) in joints {
        if let (Some(a), Some(b)) = (group_of(*a), group_of(*b))
            && a != b
            && !links.contains(&[a, b])
        {
            links.push([a, b]);
        }
    }
    let lines: Vec<Link> = links.iter().map(|[a, b]| Link { a: *a, b: *b }).collect();
    let sheet = lay_out_rows(&items, &lines, by_level.into_values().collect());
    let mut tokens = Vec::new();
    let mut first_token = Vec::new();
    for (group, place) in groups.into_iter().zip(&sheet.places) {
        let mut x = place.x + (place.width - group.width()) / 2;
        // Lines meet a group anywhere; they are counted for its last token: the stack, not the card.
        first_token.push(tokens.len() + group.tokens.len() - 1);
        for mut token in group.tokens {
            token.at = (x, place.y);
            x += token.text.width() as i32 + 1;
            tokens.push(token);
        }
    }
    let runs = links.into_iter().zip(sheet.runs).map(|(ends, run)| (ends.map(|at| first_token[at]), run)).collect();
    Inside { tokens, runs, size: sheet.size }
}
