//! The packet: layers and bytes, linked both ways, and the arithmetic.

use overunder_sim::wire::LinkType;
use ratatui::layout::Rect;

use crate::app::frame::{self, Difference, Part, Taken, TreeLine};
use crate::app::message::Target;
use crate::app::model::{Bench, Pane, Side};
use crate::view::paint::{Line, Painter, first_shown, span};
use crate::view::theme::Role;

/// Columns of the bytes: offset, eight bytes, letters.
const BYTES: u16 = 38;

/// Paints the packet.
pub fn render(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    if bench.places.side == Side::Diff {
        return differences(painter, area, bench);
    }
    let Some((_, taken)) = frame::shown(bench) else {
        painter.line(area, 0, &[span(painter.words.no_frame, Role::Dim)]);
        return;
    };
    let sums = sums(painter, &taken);
    let beside = area.width >= BYTES + 30;
    let sum_lines = (sums.len() as u16).min(area.height / 3);
    let tree_width = if beside { area.width - BYTES - 1 } else { area.width };
    let tree = Rect { width: tree_width, height: area.height - sum_lines, ..area };
    let lines = taken.tree(|layer| bench.places.closed.contains(&layer), bench.places.raw);
    let chosen = bench.places.packet.min(lines.len().saturating_sub(1));
    tree_pane(painter, tree, bench, (&taken, &lines, chosen));
    for (at, line) in sums.iter().take(usize::from(sum_lines)).enumerate() {
        painter.line(Rect { width: tree_width, ..area }, area.height - sum_lines + at as u16, line);
    }
    if beside {
        let bytes = Rect { x: area.x + tree_width + 1, width: BYTES, ..area };
        let range = lines.get(chosen).map_or(0..0, |line| taken.range(*line));
        hex(painter, bytes, &taken, range);
        for y in 0..area.height {
            painter.put(area, (i32::from(tree_width), i32::from(y)), painter.glyphs.down, Role::Border);
        }
    }
}

/// Title of the pane: which frame, which side.
pub fn title(painter: &Painter<'_>, bench: &Bench) -> Line {
    let words = painter.words;
    let mut line = vec![span(words.packet, Role::Title)];
    let Some(moment) = bench.session.moment() else { return line };
    let side = match (bench.places.side, frame::shown(bench)) {
        (Side::Diff, _) => words.side_diff,
        (_, Some((Side::Out, _))) => words.side_out,
        _ => words.side_in,
    };
    line.push(span(format!(" #{} {side}", moment.event), Role::Dim));
    line
}

fn role(part: Part) -> Role {
    match part {
        Part::Plain => Role::Text,
        Part::Outer => Role::Outer,
        Part::Tunnel => Role::Tunnel,
        Part::Inner => Role::Inner,
        Part::Quoted => Role::Dim,
    }
}

fn tree_pane(
    painter: &mut Painter<'_>,
    area: Rect,
    bench: &Bench,
    (taken, lines, chosen): (&Taken, &[TreeLine], usize),
) {
    let first = first_shown(chosen, lines.len(), usize::from(area.height));
    for (y, line) in lines.iter().enumerate().skip(first).take(usize::from(area.height)) {
        let row = Rect { y: area.y + (y - first) as u16, height: 1, ..area };
        let painted = match line {
            TreeLine::Layer(layer) => layer_line(painter, bench, taken, *layer),
            TreeLine::Field(layer, field) => field_line(bench, taken, *layer, *field),
        };
        painter.line(row, 0, &painted);
        if y == chosen {
            painter.shade(row, Role::Select);
        }
        painter.hit(row, Target::Line(Pane::Packet, y));
    }
}

fn layer_line(painter: &Painter<'_>, bench: &Bench, taken: &Taken, layer: usize) -> Line {
    let words = painter.words;
    let part = taken.part(layer);
    let prefix = match part {
        Part::Plain | Part::Tunnel => "",
        Part::Outer => words.outer,
        Part::Inner => words.inner,
        Part::Quoted => words.quoted,
    };
    let at = &taken.layers[layer];
    let fold = painter.glyphs.tree[usize::from(bench.places.closed.contains(&layer))];
    let name = layer_name(at.name);
    let space = if prefix.is_empty() { "" } else { " " };
    vec![
        span(format!("{fold} "), Role::Dim),
        span(format!("{} ", taken.letter(layer)), role(part)),
        span(format!("{prefix}{space}{name}"), role(part)),
        span(format!("  {}B @{}", at.range.len(), at.range.start), Role::Dim),
    ]
}

/// A layer as people call it.
fn layer_name(name: &str) -> &str {
    match name {
        "eth" => "Ethernet",
        "vlan" => "802.1Q",
        "arp" => "ARP",
        "ipv4" => "IPv4",
        "ipv6" => "IPv6",
        "icmpv6" => "ICMPv6",
        "icmp" => "ICMP",
        "igmp" => "IGMP",
        "udp" => "UDP",
        "tcp" => "TCP",
        "vxlan" => "VXLAN",
        "geneve" => "Geneve",
        "gre" => "GRE",
        "sleeve" => "Weave",
        "wireguard" => "WireGuard",
        "store" => "Store",
        "gossip" => "Gossip",
        other => other,
    }
}

fn field_line(bench: &Bench, taken: &Taken, layer: usize, field: usize) -> Line {
    let at = &taken.layers[layer].fields[field];
    let book = bench.session.book();
    let value = at.value.to_string();
    let name = match &at.value {
        overunder_sim::wire::layers::FieldValue::Mac(mac) => book.mac(*mac),
        overunder_sim::wire::layers::FieldValue::Ipv4(ip) => book.ip(*ip),
        _ => value.clone(),
    };
    let named = if name == value { String::new() } else { format!("  {name}") };
    vec![span(format!("      {:<9}", at.name), Role::Dim), span(value, Role::Text), span(named, Role::Strong)]
}

/// What the sizes come to.
fn sums(painter: &Painter<'_>, taken: &Taken) -> Vec<Line> {
    let words = painter.words;
    let parts: Vec<String> = taken
        .layers
        .iter()
        .filter(|layer| !layer.quoted)
        .map(|layer| format!("{} {}", layer.range.len(), layer.name))
        .collect();
    let total = taken.bytes.len();
    let mut lines = vec![vec![span(format!("{total}B = {}", parts.join(" + ")), Role::Text)]];
    if taken.link == LinkType::Ethernet {
        let extra = crate::view::fill_n(words.on_wire, taken.on_wire());
        lines.push(vec![span(extra, Role::Dim)]);
    }
    if let Some(tunnel) = taken.tunnel_bytes() {
        let share = tunnel * 100 / total.max(1);
        let text = overunder_sim::view::sentence::fill(words.tunnel_share, |gap| match gap {
            "n" => Some(tunnel.to_string()),
            _ => Some(share.to_string()),
        });
        lines.push(vec![span(text, Role::Tunnel)]);
    }
    if let Some(len) = taken.ip_len() {
        lines.push(vec![span(crate::view::fill_n(words.ip_packet, len), Role::Dim)]);
    }
    lines
}

/// The bytes with the letter of their layer; those of the chosen line stand out.
fn hex(painter: &mut Painter<'_>, area: Rect, taken: &Taken, chosen: std::ops::Range<usize>) {
    let lines = taken.bytes.len().div_ceil(8);
    let first = first_shown(chosen.start / 8, lines, usize::from(area.height));
    for (y, line) in (first..lines).take(usize::from(area.height)).enumerate() {
        let y = y as i32;
        painter.text(area, (0, y), &format!("{:04x}", line * 8), Role::Dim);
        for at in line * 8..(line * 8 + 8).min(taken.bytes.len()) {
            let column = (at % 8) as i32;
            let layer = taken.layer_at(at);
            let plain = layer.map_or(Role::Dim, |layer| role(taken.part(layer)));
            let letter = layer.map_or(' ', |layer| taken.letter(layer));
            let inside = chosen.contains(&at);
            let role = if inside { Role::Select } else { plain };
            painter.text(area, (5 + column * 3, y), &format!("{:02x}", taken.bytes[at]), role);
            painter.put(area, (30 + column, y), letter, role);
            if inside && chosen.contains(&(at + 1)) && column < 7 {
                painter.put(area, (7 + column * 3, y), ' ', Role::Select);
            }
        }
    }
}

/// What the device changed between coming in and going out.
fn differences(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    let words = painter.words;
    let lines: Vec<Line> = match frame::differences(bench.session.world()) {
        _ if bench.session.moment().is_none() => vec![vec![span(words.no_frame, Role::Dim)]],
        None => vec![vec![span(words.not_passed, Role::Dim)]],
        Some(found) if found.is_empty() => vec![vec![span(words.unchanged, Role::Text)]],
        Some(found) => found.into_iter().map(|difference| difference_line(&difference)).collect(),
    };
    for (y, line) in lines.iter().take(usize::from(area.height)).enumerate() {
        painter.line(area, y as u16, line);
    }
}

fn difference_line(difference: &Difference) -> Line {
    match difference {
        Difference::Added(layer, len) => vec![span(format!("+ {} {len}B", layer_name(layer)), Role::Added)],
        Difference::Removed(layer, len) => vec![span(format!("- {} {len}B", layer_name(layer)), Role::Removed)],
        Difference::Changed(layer, field, before, after) => vec![
            span(format!("~ {} {field}  ", layer_name(layer)), Role::Changed),
            span(format!("{before} > {after}"), Role::Text),
        ],
    }
}
