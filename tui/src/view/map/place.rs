//! Where the nodes of a network stand and how its cables run: whole cells, no terminal.
//!
//! Nodes stand in rows: hosts at the bottom, what joins them above, by their distance from the nearest host. In a
//! row they keep the order of the lab file as far as their cables allow: fewer crossings come first. A cable leaves its
//! upper node below, runs along a track of that node's own in the gap, and drops on its lower node; so no two cables
//! share a line unless they share an end.

use std::collections::BTreeMap;

use petgraph::graph::{NodeIndex, UnGraph};
use petgraph::visit::Bfs;

use crate::view::map::untangle::untangle;
use crate::view::map::wires::{Wires, links_of};

/// A node to be placed.
#[derive(Clone, Debug)]
pub struct Item {
    /// Columns it needs at least, its frame included.
    pub width: i32,
    /// Lines, its frame included.
    pub height: i32,
    /// It joins others: a switch, a router.
    pub joins: bool,
}

/// A cable to be drawn, between two items.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// One end.
    pub a: usize,
    /// The other end.
    pub b: usize,
}

/// A rectangle on a sheet without bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

impl Place {
    /// Its middle column.
    pub fn middle(self) -> i32 {
        self.x + self.width / 2
    }

    /// Whether they have a cell in common.
    pub fn meets(self, other: Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}

/// A cell of the sheet: column and line.
pub type Cell = (i32, i32);

/// The run of a cable, from its first end to its second.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// The corners.
    pub corners: Vec<Cell>,
    /// Which lines may be drawn as one with it.
    pub owner: usize,
    /// The first end is the upper one.
    pub falls: bool,
}

impl Run {
    /// All cells from end to end.
    pub fn cells(&self) -> Vec<Cell> {
        let mut cells: Vec<Cell> = self.corners.first().copied().into_iter().collect();
        for pair in self.corners.windows(2) {
            let ((mut x, mut y), to) = (pair[0], pair[1]);
            while (x, y) != to {
                x += (to.0 - x).signum();
                y += (to.1 - y).signum();
                cells.push((x, y));
            }
        }
        cells
    }
}

/// A network laid out.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Where each item stands.
    pub places: Vec<Place>,
    /// How each link runs.
    pub runs: Vec<Run>,
    /// Columns and lines in all.
    pub size: (i32, i32),
    /// Items by rows from the top, left to right.
    #[cfg(test)]
    pub rows: Vec<Vec<usize>>,
}

/// Columns between neighbours; between those joined side by side; between items that are one line high.
const GAP: i32 = 2;
const LINKED_GAP: i32 = 7;
const NARROW_GAP: i32 = 1;

/// Lays a network out.
pub fn lay_out(items: &[Item], links: &[Link]) -> Sheet {
    lay_out_in(items, links, rows(items, links), true)
}

/// Lays out what stands in known rows, in the order of the lab file: what is inside a node has little room.
pub fn lay_out_rows(items: &[Item], links: &[Link], rows: Vec<Vec<usize>>) -> Sheet {
    lay_out_in(items, links, rows, false)
}

fn lay_out_in(items: &[Item], links: &[Link], rows: Vec<Vec<usize>>, untangled: bool) -> Sheet {
    if items.is_empty() {
        return Sheet::default();
    }
    let mut row_of = vec![0; items.len()];
    for (at, row) in rows.iter().enumerate() {
        for item in row {
            row_of[*item] = at;
        }
    }
    let widths = items.iter().map(|item| item.width).collect();
    let links_of = links_of(items.len(), links);
    let mut desk = Desk { items, links, links_of, rows, row_of, widths, x: vec![0; items.len()] };
    desk.sort();
    if untangled {
        untangle(&mut desk.rows, links, &desk.row_of);
    }
    desk.widen();
    desk.spread();
    desk.draw()
}

/// Items by their distance from the nearest host, farthest first.
fn rows(items: &[Item], links: &[Link]) -> Vec<Vec<usize>> {
    let mut graph: UnGraph<(), ()> = UnGraph::with_capacity(items.len() + 1, links.len());
    for _ in 0..=items.len() {
        graph.add_node(());
    }
    for link in links {
        graph.add_edge(NodeIndex::new(link.a), NodeIndex::new(link.b), ());
    }
    // All hosts hang on one more node, so that one search from there finds all distances.
    let root = NodeIndex::new(items.len());
    for (at, _) in items.iter().enumerate().filter(|(_, item)| !item.joins) {
        graph.add_edge(root, NodeIndex::new(at), ());
    }
    let mut distance = vec![None; items.len() + 1];
    distance[root.index()] = Some(0_usize);
    let mut search = Bfs::new(&graph, root);
    while let Some(node) = search.next(&graph) {
        let near = distance[node.index()].unwrap_or(0);
        for next in graph.neighbors(node) {
            distance[next.index()].get_or_insert(near + 1);
        }
    }
    let level = |at: usize| distance[at].map_or(usize::from(items[at].joins), |far| far.saturating_sub(1));
    let mut by_level: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..items.len() {
        by_level.entry(level(at)).or_default().push(at);
    }
    by_level.into_values().rev().collect()
}

struct Desk<'a> {
    items: &'a [Item],
    links: &'a [Link],
    links_of: Vec<Vec<usize>>,
    rows: Vec<Vec<usize>>,
    row_of: Vec<usize>,
    widths: Vec<i32>,
    x: Vec<i32>,
}

impl Desk<'_> {
    fn partners(&self, item: usize) -> impl Iterator<Item = usize> {
        self.links_of[item].iter().map(|at| self.links[*at]).filter_map(move |link| {
            match (link.a == item, link.b == item) {
                (true, false) => Some(link.b),
                (false, true) => Some(link.a),
                _ => None,
            }
        })
    }

    /// Puts each item below those it hangs on; where they do not decide, the lab file does.
    fn sort(&mut self) {
        let mut position = vec![0.0_f64; self.items.len()];
        for at in 0..self.rows.len() {
            let mut row = self.rows[at].clone();
            if at > 0 {
                let weight = |item: usize| {
                    let above: Vec<f64> = self
                        .partners(item)
                        .filter(|other| self.row_of[*other] < at)
                        .map(|other| position[other])
                        .collect();
                    if above.is_empty() { f64::MAX } else { above.iter().sum::<f64>() / above.len() as f64 }
                };
                let mut weighed: Vec<(f64, usize)> = row.iter().map(|item| (weight(*item), *item)).collect();
                weighed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                row = weighed.into_iter().map(|(_, item)| item).collect();
            }
            let count = row.len() as f64;
            for (place, item) in row.iter().enumerate() {
                position[*item] = (place as f64 + 0.5) / count;
            }
            self.rows[at] = row;
        }
    }

    fn joined(&self, a: usize, b: usize) -> bool {
        self.partners(a).any(|other| other == b)
    }

    /// Makes room for the cables of each item.
    fn widen(&mut self) {
        let wires = Wires::new(self.links, &self.row_of, &self.rows);
        for (at, width) in self.widths.iter_mut().enumerate() {
            *width = (*width).max(wires.need(at));
        }
    }

    fn width(&self, item: usize) -> i32 {
        self.widths[item]
    }

    fn gap(&self, left: usize, right: usize) -> i32 {
        match self.items[left].height {
            _ if self.joined(left, right) => LINKED_GAP,
            1 => NARROW_GAP,
            _ => GAP,
        }
    }

    /// Finds columns: each row under or over the middle of what it is joined to.
    fn spread(&mut self) {
        for row in &self.rows {
            let mut x = 0;
            for (place, item) in row.iter().enumerate() {
                if place > 0 {
                    x += self.gap(row[place - 1], *item);
                }
                self.x[*item] = x;
                x += self.width(*item);
            }
        }
        let last = self.rows.len() - 1;
        let order: Vec<(usize, bool)> = (0..last).rev().map(|row| (row, false)).collect();
        let down = (1..=last).map(|row| (row, true));
        let all: Vec<(usize, bool)> = order.iter().copied().chain(down).chain(order.iter().copied()).collect();
        for (row, above) in all {
            self.pull(row, above);
        }
        let left = self.x.iter().copied().min().unwrap_or(0);
        for x in &mut self.x {
            *x -= left;
        }
    }

    /// Moves the items of a row to the middle of their partners above or below, keeping order and gaps.
    fn pull(&mut self, row: usize, above: bool) {
        let items = self.rows[row].clone();
        let middle = |item: usize| self.x[item] + self.width(item) / 2;
        let wanted: Vec<i32> = items
            .iter()
            .map(|item| {
                let side = |other: &usize| (self.row_of[*other] < row) == above && self.row_of[*other] != row;
                let partners: Vec<i32> = self.partners(*item).filter(side).map(middle).collect();
                let target = match partners.len() {
                    0 => middle(*item),
                    count => partners.iter().sum::<i32>() / count as i32,
                };
                target - self.width(*item) / 2
            })
            .collect();
        let mut placed: Vec<i32> = Vec::with_capacity(items.len());
        for (at, want) in wanted.iter().enumerate() {
            let free = match at {
                0 => *want,
                _ => placed[at - 1] + self.width(items[at - 1]) + self.gap(items[at - 1], items[at]),
            };
            placed.push((*want).max(free));
        }
        let over: i32 = placed.iter().zip(&wanted).map(|(got, want)| got - want).sum();
        let shift = over / items.len() as i32;
        for (item, x) in items.iter().zip(placed) {
            self.x[*item] = x - shift;
        }
    }

    /// Lines, tracks and runs.
    fn draw(self) -> Sheet {
        let mut wires = Wires::new(self.links, &self.row_of, &self.rows);
        let span = |item: usize| (self.x[item], self.x[item] + self.width(item));
        wires.choose_ports(span);
        wires.choose_tracks();
        let mut places = vec![Place::default(); self.items.len()];
        let mut y = 0;
        let mut gaps = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            let height = row.iter().map(|item| self.items[*item].height).max().unwrap_or(1);
            for item in row {
                places[*item] = Place { x: self.x[*item], y, width: self.width(*item), height };
            }
            y += height;
            gaps.push(y);
            y += wires.gap_height(at);
        }
        let runs = wires.runs(&places, &gaps);
        let right = places.iter().map(|place| place.x + place.width);
        let reach = runs.iter().flat_map(|run| &run.corners).map(|(x, _)| x + 1);
        let width = right.chain(reach).max().unwrap_or(0);
        Sheet {
            places,
            runs,
            size: (width, y),
            #[cfg(test)]
            rows: self.rows.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(joins: bool) -> Item {
        Item { width: 7, height: 3, joins }
    }

    fn star(hosts: usize) -> (Vec<Item>, Vec<Link>) {
        let items = std::iter::once(item(true)).chain((0..hosts).map(|_| item(false))).collect();
        (items, (1..=hosts).map(|b| Link { a: b, b: 0 }).collect())
    }

    fn check(items: &[Item], links: &[Link]) -> Sheet {
        let sheet = lay_out(items, links);
        for (a, first) in sheet.places.iter().enumerate() {
            for second in &sheet.places[a + 1..] {
                assert!(!first.meets(*second), "{first:?} and {second:?} overlap");
            }
            assert!(first.x >= 0 && first.x + first.width <= sheet.size.0);
            assert!(first.y >= 0 && first.y + first.height <= sheet.size.1);
        }
        for (link, run) in links.iter().zip(&sheet.runs) {
            let cells = run.cells();
            for (at, place) in sheet.places.iter().enumerate().filter(|(at, _)| *at != link.a && *at != link.b) {
                let inside = |cell: &Cell| place.meets(Place { x: cell.0, y: cell.1, width: 1, height: 1 });
                assert!(!cells.iter().any(inside), "the cable {link:?} runs through item {at}");
            }
            assert!(cells.len() > 1, "{link:?} has no length");
        }
        sheet
    }

    #[test]
    fn hosts_stand_below_their_switch_in_the_order_of_the_file() {
        let (items, links) = star(4);
        let sheet = check(&items, &links);
        assert_eq!(sheet.rows, [vec![0], vec![1, 2, 3, 4]]);
        let middle = i32::midpoint(sheet.places[1].middle(), sheet.places[4].middle());
        assert!((sheet.places[0].middle() - middle).abs() <= 1);
    }

    #[test]
    fn hosts_follow_their_switches_even_when_the_file_mixes_them() {
        let items: Vec<Item> = [true, true, false, false, false, false].map(item).to_vec();
        let links = [(2, 0), (3, 1), (4, 0), (5, 1), (0, 1)].map(|(a, b)| Link { a, b });
        let sheet = check(&items, &links);
        assert_eq!(sheet.rows, [vec![0, 1], vec![2, 4, 3, 5]]);
    }

    #[test]
    fn a_fabric_keeps_its_cables_apart() {
        // Spines 0 and 1, leaves 2 to 5, hosts 6 to 13.
        let items: Vec<Item> = (0..14).map(|at| item(at < 6)).collect();
        let mut links = Vec::new();
        for leaf in 2..6 {
            links.extend([Link { a: leaf, b: 0 }, Link { a: leaf, b: 1 }]);
            links.extend((0..2).map(|host| Link { a: 6 + (leaf - 2) * 2 + host, b: leaf }));
        }
        let sheet = check(&items, &links);
        assert_eq!(sheet.rows[0], [0, 1]);
        assert_eq!(sheet.rows[1], [2, 3, 4, 5]);
        let mut owner: BTreeMap<(Cell, bool), usize> = BTreeMap::new();
        for run in &sheet.runs {
            for pair in run.cells().windows(2) {
                let across = pair[0].1 == pair[1].1;
                for cell in pair {
                    let before = owner.insert((*cell, across), run.owner);
                    assert!(before.is_none_or(|before| before == run.owner), "two cables share {cell:?}");
                }
            }
        }
    }

    #[test]
    fn odd_networks_are_laid_out_too() {
        check(&[item(false)], &[]);
        check(&[item(false), item(false)], &[Link { a: 0, b: 1 }]);
        check(&[item(false), item(false), item(false)], &[Link { a: 0, b: 2 }]);
        check(&[item(true), item(true)], &[Link { a: 0, b: 1 }, Link { a: 0, b: 1 }]);
        // A ring of switches with one host; a host with a cable to the top.
        let items: Vec<Item> = [true, true, true, false, false].map(item).to_vec();
        let links = [(0, 1), (1, 2), (2, 0), (3, 2), (4, 0), (4, 2)].map(|(a, b)| Link { a, b });
        check(&items, &links);
        check(&[], &[]);
    }
}
