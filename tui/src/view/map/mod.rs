//! The map: nodes with what they contain, cables, tunnels, and the frame on its way.

pub mod inside;
pub mod place;
pub mod scene;
pub mod tunnels;
mod untangle;
mod wires;

use std::collections::BTreeMap;

use overunder_sim::engine::{Cell as TableCell, Device};
use overunder_sim::id::NodeId;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::app::history::Via;
use crate::app::keymap::Action;
use crate::app::message::Target;
use crate::app::model::{Bench, Links, Motion};
use crate::app::why;
use crate::view::map::inside::Inside;
use crate::view::map::place::{Place, Run};
use crate::view::map::scene::{Scene, Stand};
use crate::view::paint::{Line, Painter, span};
use crate::view::theme::Role;

/// Columns from which on the verdict is written below the map, too: a narrow map has the reasons beside it.
const WIDE: u16 = 50;

/// Paints the map.
pub fn render(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    let Rect { width, height, .. } = area;
    let caption = if height >= 8 && width >= WIDE { 2 } else { u16::from(height >= 4) };
    let sheet_area = Rect { height: height - caption, ..area };
    let scene = Scene::of(bench, (i32::from(width), i32::from(sheet_area.height)));
    let view = View { scene: &scene, offset: offset(bench, &scene, sheet_area), area: sheet_area };
    view.cables(painter, bench);
    view.nodes(painter, bench);
    view.tunnel_names(painter, bench);
    view.frame(painter, bench);
    for (at, line) in caption_lines(painter, bench).into_iter().take(usize::from(caption)).enumerate() {
        painter.line(area, height - caption + at as u16, &line);
    }
}

/// Where the sheet's first cell lies on the screen: in the middle if it fits, else so that the selection is in sight.
fn offset(bench: &Bench, scene: &Scene, area: Rect) -> (i32, i32) {
    let (width, height) = (i32::from(area.width), i32::from(area.height));
    let place = scene.stand_of(bench.selection.node).map(|at| scene.sheet.places[at]).unwrap_or_default();
    let along = |size: i32, room: i32, start: i32, len: i32, moved: i32| {
        if size <= room {
            (room - size) / 2
        } else {
            let seen = (room - len) / 2 - start;
            (seen - moved).clamp(room - size, 0)
        }
    };
    (
        along(scene.sheet.size.0, width, place.x, place.width, bench.places.map.0),
        along(scene.sheet.size.1, height, place.y, place.height, bench.places.map.1),
    )
}

struct View<'a> {
    scene: &'a Scene,
    offset: (i32, i32),
    area: Rect,
}

/// A cell of a cable: the sides it reaches, whose line it is, and how it looks.
#[derive(Clone, Copy)]
struct Wire {
    sides: u8,
    owner: usize,
    role: Role,
    dashed: bool,
}

impl Wire {
    fn glyph(self, painter: &Painter<'_>) -> char {
        let joints = match self.role {
            _ if self.dashed => painter.glyphs.dashed,
            Role::Active => painter.glyphs.heavy,
            _ => painter.glyphs.joints,
        };
        joints[usize::from(self.sides)]
    }
}

type Wires = BTreeMap<(i32, i32), Wire>;

const UP: u8 = 1;
const RIGHT: u8 = 2;
const DOWN: u8 = 4;
const LEFT: u8 = 8;

impl View<'_> {
    fn put(&self, painter: &mut Painter<'_>, (x, y): (i32, i32), glyph: char, role: Role) {
        painter.put(self.area, (x + self.offset.0, y + self.offset.1), glyph, role);
    }

    fn text(&self, painter: &mut Painter<'_>, (x, y): (i32, i32), text: &str, role: Role) {
        painter.text(self.area, (x + self.offset.0, y + self.offset.1), text, role);
    }

    fn cables(&self, painter: &mut Painter<'_>, bench: &Bench) {
        let mut cells = Wires::new();
        // Those in use come last, so that they lie on top.
        let mut order: Vec<usize> = (0..self.scene.sheet.runs.len()).collect();
        order.sort_by_key(|link| importance(self.scene.role(bench, *link)));
        for link in order.iter().filter(|_| bench.places.links != Links::Tunnels) {
            self.lay(&mut cells, &self.scene.sheet.runs[*link], (self.scene.role(bench, *link), false));
        }
        for tunnel in &self.scene.tunnels {
            for run in &tunnel.runs {
                self.lay(&mut cells, run, (tunnel_role(bench, tunnel), true));
            }
        }
        for (place, wire) in &cells {
            self.put(painter, *place, wire.glyph(painter), wire.role);
        }
        if bench.places.links != Links::Tunnels {
            for link in 0..self.scene.links.len() {
                self.ends(painter, bench, link, &cells);
            }
        }
    }

    /// Names of tunnels on their lines, where no line comes down.
    fn tunnel_names(&self, painter: &mut Painter<'_>, bench: &Bench) {
        for tunnel in &self.scene.tunnels {
            let Some(along) = tunnel.runs.first() else { continue };
            let (left, right) = (along.corners[1], along.corners[2]);
            let label = format!(" {} ", tunnel.label);
            let wide = label.width() as i32;
            let middle = i32::midpoint(left.0, right.0) - wide / 2;
            let stems: Vec<i32> = tunnel.runs[1..].iter().map(|run| run.corners[0].0).collect();
            let free = |x: i32| x > left.0 && x + wide <= right.0 && !stems.iter().any(|at| (x..x + wide).contains(at));
            let near = (0..right.0 - left.0).flat_map(|far| [middle - far, middle + far]).find(|x| free(*x));
            if let Some(x) = near {
                self.text(painter, (x, left.1), &label, tunnel_role(bench, tunnel));
            }
        }
    }

    /// Adds a cable to the cells; where another line crosses, the one that goes down stays in one piece.
    fn lay(&self, cells: &mut Wires, run: &Run, (role, dashed): (Role, bool)) {
        let path = run.cells();
        for (at, cell) in path.iter().enumerate() {
            let mut sides = 0;
            for next in [at.checked_sub(1).map(|at| path[at]), path.get(at + 1).copied()].into_iter().flatten() {
                sides |= side(*cell, next);
            }
            // At its ends a cable reaches the node.
            if at == 0 || at + 1 == path.len() {
                sides |= self.toward_node(*cell, sides);
            }
            match cells.get_mut(cell) {
                Some(wire) if wire.owner == run.owner => {
                    wire.sides |= sides;
                    wire.role = role;
                }
                Some(wire) => {
                    let crossing = wire.sides & (UP | DOWN) == wire.sides || sides & (UP | DOWN) == sides;
                    let (falls, other) =
                        if sides & (UP | DOWN) == sides { (sides, wire.sides) } else { (wire.sides, sides) };
                    *wire =
                        Wire { sides: if crossing { falls } else { falls | other }, owner: run.owner, role, dashed };
                }
                None => drop(cells.insert(*cell, Wire { sides, owner: run.owner, role, dashed })),
            }
        }
    }

    fn toward_node(&self, (x, y): (i32, i32), sides: u8) -> u8 {
        let at = |x: i32, y: i32| Place { x, y, width: 1, height: 1 };
        let inside = |cell: Place| self.scene.sheet.places.iter().any(|place| place.meets(cell));
        for (side, cell) in [(UP, at(x, y - 1)), (DOWN, at(x, y + 1)), (LEFT, at(x - 1, y)), (RIGHT, at(x + 1, y))] {
            if sides & side == 0 && inside(cell) {
                return side;
            }
        }
        0
    }

    /// Names of ports beside the ends of a cable, and a cross on one that is down.
    fn ends(&self, painter: &mut Painter<'_>, bench: &Bench, link: usize, cells: &Wires) {
        let run = &self.scene.sheet.runs[link];
        let path = run.cells();
        let (Some(first), Some(last)) = (path.first(), path.last()) else { return };
        let lower = if run.falls { *last } else { *first };
        let role = self.scene.role(bench, link);
        if role == Role::Drop {
            self.put(painter, lower, painter.glyphs.broken, role);
        }
        let label = &self.scene.links[link].port;
        let beside: Vec<(i32, i32)> = (1..=label.width() as i32).map(|x| (lower.0 + x, lower.1)).collect();
        if !label.is_empty() && !beside.iter().any(|cell| cells.contains_key(cell)) {
            self.text(painter, (lower.0 + 1, lower.1), label, if role == Role::Cable { Role::Dim } else { role });
        }
    }

    fn nodes(&self, painter: &mut Painter<'_>, bench: &Bench) {
        let here = bench.session.here();
        for (stand, place) in self.scene.stands.iter().zip(&self.scene.sheet.places) {
            let selected = stand.nodes.contains(&bench.selection.node);
            let active = here.is_some_and(|here| stand.nodes.contains(&here));
            self.node(painter, bench, stand, *place, (selected, active));
            let (x, y) = (place.x + self.offset.0, place.y + self.offset.1);
            let inside = |at: i32, room: u16| at.clamp(0, i32::from(room)) as u16;
            let (left, top) = (inside(x, self.area.width), inside(y, self.area.height));
            let right = inside(x + place.width, self.area.width);
            let bottom = inside(y + place.height, self.area.height);
            let area = Rect { x: self.area.x + left, y: self.area.y + top, width: right - left, height: bottom - top };
            painter.hit(area, Target::Node(stand.nodes[0]));
        }
    }

    fn node(
        &self,
        painter: &mut Painter<'_>,
        bench: &Bench,
        stand: &Stand,
        place: Place,
        (selected, active): (bool, bool),
    ) {
        let role = if active { Role::Active } else { Role::Node };
        if place.height < 3 {
            let (open, close) = if active { ('<', '>') } else { ('[', ']') };
            self.put(painter, (place.x, place.y), open, role);
            self.put(painter, (place.x + place.width - 1, place.y), close, role);
        } else {
            self.frame_of(painter, place, role);
        }
        if let Some(inside) = &stand.inside {
            return self.contents(painter, bench, (stand, inside), place, (selected, active));
        }
        let top = i32::from(place.height >= 3);
        for (at, line) in stand.lines.iter().enumerate() {
            let text_role = match (at, selected) {
                (0, true) => Role::Select,
                (0, false) if active => Role::Active,
                (0, false) => Role::Strong,
                _ => Role::Dim,
            };
            let y = place.y + top + at as i32;
            if y < place.y + place.height - top {
                let room = place.width - 2;
                let x = place.x + 1 + (room - line.width() as i32).max(0) / 2;
                self.text(painter, (x, y), line, text_role);
            }
        }
    }

    /// Where what a node contains begins: in the middle of its frame.
    fn origin(inside: &Inside, place: Place) -> (i32, i32) {
        (place.x + (place.width - inside.size.0) / 2, place.y + 1)
    }

    /// The name in the frame, and what the node contains.
    fn contents(
        &self,
        painter: &mut Painter<'_>,
        bench: &Bench,
        (stand, inside): (&Stand, &Inside),
        place: Place,
        (selected, active): (bool, bool),
    ) {
        let role = match (selected, active) {
            (true, _) => Role::Select,
            (_, true) => Role::Active,
            _ => Role::Strong,
        };
        // Cables end at the frame, so the name gives way to none of them.
        self.text(painter, (place.x + 2, place.y), &format!(" {} ", stand.lines[0]), role);
        let (left, top) = Self::origin(inside, place);
        let moment = bench.session.moment();
        let step = Self::inner_step(bench, inside);
        let mut cells = Wires::new();
        for (ends, run) in &inside.runs {
            let used = step.is_some_and(|step| step == *ends || step == [ends[1], ends[0]]);
            lay_plain(&mut cells, run, if used { Role::Active } else { Role::Cable });
        }
        for ((x, y), wire) in &cells {
            self.put(painter, (left + x, top + y), wire.glyph(painter), wire.role);
        }
        for token in &inside.tokens {
            let here = moment.is_some_and(|moment| token.devices.contains(&moment.device));
            let role = match token.part {
                _ if here => Role::Now,
                inside::Part::Own | inside::Part::Bridge => Role::Text,
                inside::Part::Tunnel => Role::Tunnel,
                inside::Part::Container => Role::Inner,
            };
            self.text(painter, (left + token.at.0, top + token.at.1), &token.text, role);
        }
    }

    /// The tokens between which the present step went inside a node.
    fn inner_step(bench: &Bench, inside: &Inside) -> Option<[usize; 2]> {
        let moment = bench.session.moment()?;
        let Via::Inside(from) = moment.via else { return None };
        let token = |device| inside.tokens.iter().position(|token| token.devices.contains(&device));
        let own = |at: usize| match inside.tokens[at].part {
            // Cards and the stack stand together; lines are counted for the last of them.
            inside::Part::Own => inside.tokens.iter().rposition(|token| token.part == inside::Part::Own).unwrap_or(at),
            _ => at,
        };
        Some([own(token(from)?), own(token(moment.device)?)])
    }

    fn frame_of(&self, painter: &mut Painter<'_>, place: Place, role: Role) {
        let (right, bottom) = (place.x + place.width - 1, place.y + place.height - 1);
        let joints = if role == Role::Active { painter.glyphs.heavy } else { painter.glyphs.joints };
        let glyph = |sides: u8| joints[usize::from(sides)];
        for x in place.x + 1..right {
            self.put(painter, (x, place.y), glyph(LEFT | RIGHT), role);
            self.put(painter, (x, bottom), glyph(LEFT | RIGHT), role);
        }
        for y in place.y + 1..bottom {
            self.put(painter, (place.x, y), glyph(UP | DOWN), role);
            self.put(painter, (right, y), glyph(UP | DOWN), role);
        }
        self.put(painter, (place.x, place.y), glyph(RIGHT | DOWN), role);
        self.put(painter, (right, place.y), glyph(LEFT | DOWN), role);
        self.put(painter, (place.x, bottom), glyph(RIGHT | UP), role);
        self.put(painter, (right, bottom), glyph(LEFT | UP), role);
    }

    /// The frame itself: on its cable while it travels, at the node when it has arrived; inside a node only on its
    /// way, since the device that has it stands out.
    fn frame(&self, painter: &mut Painter<'_>, bench: &Bench) {
        let Some(moment) = bench.session.moment() else { return };
        let cell = match moment.via {
            Via::Cable(cable, back) => {
                let Some(link) = self.scene.links.iter().position(|link| link.cable == cable) else { return };
                let mut path = self.scene.sheet.runs[link].cells();
                if back {
                    path.reverse();
                }
                travelled(painter, bench, &path).or(path.last().copied())
            }
            Via::Inside(_) => self.inner_cell(painter, bench),
            _ => None,
        };
        if let Some(cell) = cell {
            self.put(painter, cell, painter.glyphs.frame, Role::Active);
        }
    }

    /// Where the frame is on a line inside a node while playing.
    fn inner_cell(&self, painter: &Painter<'_>, bench: &Bench) -> Option<(i32, i32)> {
        let stand = self.scene.stand_of(bench.session.here()?)?;
        let inside = self.scene.stands[stand].inside.as_ref()?;
        let step = Self::inner_step(bench, inside)?;
        let (ends, run) = inside.runs.iter().find(|(ends, _)| *ends == step || *ends == [step[1], step[0]])?;
        let mut path = run.cells();
        if *ends != step {
            path.reverse();
        }
        let (left, top) = Self::origin(inside, self.scene.sheet.places[stand]);
        let (x, y) = travelled(painter, bench, &path)?;
        Some((left + x, top + y))
    }
}

/// How far along a path the frame is while it is being played; the last quarter of a step it rests where it arrived.
fn travelled(painter: &Painter<'_>, bench: &Bench, path: &[(i32, i32)]) -> Option<(i32, i32)> {
    let last = path.len().checked_sub(1)?;
    match bench.motion {
        Motion::Playing(ticks) if painter.settings.animation => {
            let travel = (bench.dwell() * 3 / 4).max(1);
            Some(path[last * ticks.min(travel) as usize / travel as usize])
        }
        _ => None,
    }
}

/// Adds a line inside a node; all that leaves one device is one line.
fn lay_plain(cells: &mut Wires, run: &Run, role: Role) {
    let path = run.cells();
    let (Some(first), Some(last)) = (path.first(), path.last()) else { return };
    // What it joins lies beside it, both above it, or one above and one below.
    let meets = match run.corners.len() {
        2 => (LEFT | RIGHT, LEFT | RIGHT),
        _ if first.1 == last.1 && first.0 != last.0 => (UP, UP),
        _ if run.falls => (UP, DOWN),
        _ => (DOWN, UP),
    };
    for (at, cell) in path.iter().enumerate() {
        let mut sides = 0;
        for next in [at.checked_sub(1).map(|at| path[at]), path.get(at + 1).copied()].into_iter().flatten() {
            sides |= side(*cell, next);
        }
        if at == 0 {
            sides |= meets.0;
        }
        if at + 1 == path.len() {
            sides |= meets.1;
        }
        let wire = cells.entry(*cell).or_insert(Wire { sides, owner: run.owner, role, dashed: false });
        wire.sides |= sides;
        if importance(role) > importance(wire.role) {
            wire.role = role;
        }
    }
}

/// The side of a cell on which its neighbour lies.
fn side(cell: (i32, i32), next: (i32, i32)) -> u8 {
    match (next.0 - cell.0, next.1 - cell.1) {
        (0, -1) => UP,
        (1, 0) => RIGHT,
        (0, 1) => DOWN,
        _ => LEFT,
    }
}

fn tunnel_role(bench: &Bench, tunnel: &tunnels::Tunnel) -> Role {
    if tunnels::carries(bench, tunnel) { Role::Tunnel } else { Role::Cable }
}

fn importance(role: Role) -> u8 {
    match role {
        Role::Active => 3,
        Role::Leaving => 2,
        Role::Drop => 1,
        _ => 0,
    }
}

/// What the map shows, in words: the step, and the verdict.
fn caption_lines(painter: &Painter<'_>, bench: &Bench) -> Vec<Line> {
    let words = painter.words;
    let Some(moment) = bench.session.moment() else {
        return vec![vec![span(words.nothing_yet, Role::Dim)]];
    };
    let world = bench.session.world();
    let text = bench.session.history().text(moment).to_owned();
    let place = if let Via::Change(_) = moment.via {
        String::new()
    } else {
        let port = crate::app::history::arrival_port(world, world.log().entries()).map(|(_, port)| port);
        format!("{}  ", why::place(world, moment.device, port))
    };
    let mut lines = vec![vec![
        span(format!("{} ", painter.glyphs.frame), Role::Active),
        span(format!("#{} ", moment.event), Role::Strong),
        span(place, Role::Strong),
        span(text, Role::Text),
    ]];
    let reasons = why::lines(bench, words);
    let main = reasons.iter().find(|line| matches!(line.kind, why::Kind::Drop));
    let main = main.or_else(|| reasons.iter().find(|line| matches!(line.kind, why::Kind::Verdict)));
    if let Some(line) = main {
        let role = if line.kind == why::Kind::Drop { Role::Drop } else { Role::Strong };
        lines.push(vec![span(format!("  {}", line.label), role), span(format!("  {}", line.text), Role::Text)]);
    }
    lines
}

/// The node beside the selected one in a direction.
pub fn neighbour(bench: &Bench, action: Action) -> NodeId {
    let scene = Scene::of(bench, (i32::MAX, i32::MAX));
    let from = bench.selection.node;
    let Some(at) = scene.stand_of(from) else { return from };
    let here = scene.sheet.places[at];
    let distance = |to: &Place| {
        let (dx, dy) = (to.middle() - here.middle(), to.y - here.y);
        let (along, aside, right_way) = match action {
            Action::Up => (-dy, dx.abs(), dy < 0),
            Action::Down => (dy, dx.abs(), dy > 0),
            Action::Left => (-dx, dy.abs() * 100, dx < 0 && dy == 0),
            _ => (dx, dy.abs() * 100, dx > 0 && dy == 0),
        };
        right_way.then_some((along, aside))
    };
    let best = scene.sheet.places.iter().enumerate().filter_map(|(to, place)| Some((distance(place)?, to))).min();
    best.map_or(from, |(_, to)| scene.stands[to].nodes[0])
}

/// First address of a node, for its label.
fn address(bench: &Bench, devices: &[overunder_sim::id::DeviceId]) -> Option<String> {
    let tables = devices.iter().filter_map(|id| bench.session.world().device(*id)).flat_map(Device::tables);
    let rows = tables.filter(|table| table.name == "addresses").flat_map(|table| table.rows);
    rows.flat_map(|row| row.cells).find_map(|cell| match cell {
        TableCell::Ip(ip) | TableCell::Prefix(ip, _) => Some(ip.to_string()),
        _ => None,
    })
}

/// Title of the pane: its name, and the node looked at.
pub fn title(painter: &Painter<'_>, bench: &Bench) -> Line {
    let node = bench.session.world().nodes().get(bench.selection.node.index());
    let mut line = vec![span(painter.words.map, Role::Title)];
    if let Some(node) = node {
        let pin = if bench.selection.pinned { "=" } else { "" };
        line.push(span(format!(" {pin}{}", node.name), Role::Dim));
    }
    line
}
