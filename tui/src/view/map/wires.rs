//! How cables run between rows of nodes: from ports along tracks in the gaps.

use crate::view::map::place::{Link, Place, Run};

/// How a cable runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Straight to the neighbour in the same row.
    Side,
    /// To the next row, on the line all such cables of the upper node share.
    Fall,
    /// Past other rows, on a line of its own.
    Long,
    /// Below its row to another node of the same row.
    Loop,
}

/// Columns a line takes in a gap, from one stem or several drops.
#[derive(Clone, Debug)]
struct Track {
    gap: usize,
    owner: usize,
    /// Columns at which it comes from above.
    stems: Vec<i32>,
    /// Columns at which it goes on below.
    drops: Vec<i32>,
    line: i32,
}

impl Track {
    fn reach(&self) -> (i32, i32) {
        let all = || self.stems.iter().chain(&self.drops).copied();
        (all().min().unwrap_or(0), all().max().unwrap_or(0))
    }
}

/// All cables of a network on their way to be drawn.
#[derive(Debug)]
pub struct Wires<'a> {
    links: &'a [Link],
    row_of: &'a [usize],
    /// The links of each item.
    links_of: Vec<Vec<usize>>,
    ways: Vec<Way>,
    /// For each link the columns at its upper and lower end; for a loop at its first and second.
    ports: Vec<(i32, i32)>,
    /// For each long link the column in which it passes other rows.
    passes: Vec<i32>,
    tracks: Vec<Track>,
    rows: usize,
    items: usize,
}

/// The links of each of so many items, in their order: a large network is drawn at every key, so nobody may look
/// through all of them for each item.
pub fn links_of(items: usize, links: &[Link]) -> Vec<Vec<usize>> {
    let mut of = vec![Vec::new(); items];
    for (at, link) in links.iter().enumerate() {
        of[link.a].push(at);
        if link.a != link.b {
            of[link.b].push(at);
        }
    }
    of
}

impl<'a> Wires<'a> {
    /// Decides how each cable runs.
    pub fn new(links: &'a [Link], row_of: &'a [usize], rows: &[Vec<usize>]) -> Self {
        let mut place = vec![0; row_of.len()];
        for row in rows {
            for (at, item) in row.iter().enumerate() {
                place[*item] = at;
            }
        }
        let mut beside: Vec<(usize, usize)> = Vec::new();
        let ways = links.iter().map(|link| {
            let (a, b) = (link.a, link.b);
            match row_of[a].abs_diff(row_of[b]) {
                0 => {
                    let pair = (a.min(b), a.max(b));
                    let first = !beside.contains(&pair);
                    beside.push(pair);
                    if place[a].abs_diff(place[b]) == 1 && first { Way::Side } else { Way::Loop }
                }
                1 => Way::Fall,
                _ => Way::Long,
            }
        });
        Self {
            ways: ways.collect(),
            links_of: links_of(row_of.len(), links),
            links,
            row_of,
            ports: vec![(0, 0); links.len()],
            passes: vec![0; links.len()],
            tracks: Vec::new(),
            rows: rows.len(),
            items: row_of.len(),
        }
    }

    /// Upper and lower end of a link; its first and second if both are in one row.
    fn ends(&self, link: usize) -> (usize, usize) {
        let Link { a, b } = self.links[link];
        if self.row_of[a] <= self.row_of[b] { (a, b) } else { (b, a) }
    }

    /// What leaves an item below: one line for all falls, one for each other link. Links by line.
    fn below(&self, item: usize) -> Vec<Vec<usize>> {
        let links = &self.links_of[item];
        let falls: Vec<usize> =
            links.iter().copied().filter(|link| self.ways[*link] == Way::Fall && self.ends(*link).0 == item).collect();
        let mut lines = if falls.is_empty() { Vec::new() } else { vec![falls] };
        for link in links {
            match self.ways[*link] {
                Way::Long if self.ends(*link).0 == item => lines.push(vec![*link]),
                Way::Loop => lines.push(vec![*link]),
                _ => {}
            }
        }
        lines
    }

    fn above(&self, item: usize) -> Vec<usize> {
        let arrives = |link: &usize| matches!(self.ways[*link], Way::Fall | Way::Long) && self.ends(*link).1 == item;
        self.links_of[item].iter().copied().filter(arrives).collect()
    }

    /// Columns an item needs so that its lines stay apart.
    pub fn need(&self, item: usize) -> i32 {
        let ports = self.below(item).len().max(self.above(item).len());
        2 * ports as i32 + 1
    }

    /// Finds the columns at which cables meet their nodes; `span` tells the first column of an item and the one behind
    /// it.
    pub fn choose_ports(&mut self, span: impl Fn(usize) -> (i32, i32)) {
        let middle = |item: usize| span(item).0 + span(item).1;
        for item in 0..self.items {
            let (left, right) = span(item);
            let column = |at: usize, count: usize| left + (right - left) * (at as i32 + 1) / (count as i32 + 1);
            let below = self.below(item);
            for (at, line) in below.iter().enumerate() {
                for link in line {
                    let column = column(at, below.len());
                    if self.ends(*link).0 == item {
                        self.ports[*link].0 = column;
                    } else {
                        self.ports[*link].1 = column;
                    }
                }
            }
            let mut above = self.above(item);
            above.sort_by_key(|link| (middle(self.ends(*link).0), *link));
            for (at, link) in above.iter().enumerate() {
                self.ports[*link].1 = column(at, above.len());
            }
        }
        self.choose_passes(span);
    }

    /// Finds a column for each long cable in which it meets no node of the rows between.
    fn choose_passes(&mut self, span: impl Fn(usize) -> (i32, i32)) {
        let mut used: Vec<i32> = self.ports.iter().flat_map(|(upper, lower)| [*upper, *lower]).collect();
        for link in (0..self.links.len()).filter(|link| self.ways[*link] == Way::Long).collect::<Vec<_>>() {
            let (upper, lower) = self.ends(link);
            let between = self.row_of[upper] + 1..self.row_of[lower];
            let blocked = |x: i32| {
                let inside =
                    |item: &usize| between.contains(&self.row_of[*item]) && (span(*item).0..span(*item).1).contains(&x);
                used.contains(&x) || (0..self.items).any(|item| inside(&item))
            };
            let want = self.ports[link].1;
            // Right of everything there is always room.
            let edge = (0..self.items).map(|item| span(item).1).max().unwrap_or(0) + used.len() as i32;
            let near = (0..=edge).flat_map(|far| [want - far, want + far]).find(|x| *x >= 0 && !blocked(*x));
            self.passes[link] = near.unwrap_or(want);
            used.push(self.passes[link]);
        }
    }

    /// Gives every line in a gap a track on which it meets no other.
    pub fn choose_tracks(&mut self) {
        let mut tracks: Vec<Track> = Vec::new();
        for item in 0..self.items {
            for line in self.below(item) {
                let gap = self.row_of[item];
                let (stem, first) = (self.ports[line[0]].0, line[0]);
                let track = |gap, owner, stems, drops| Track { gap, owner, stems, drops, line: 0 };
                match self.ways[first] {
                    Way::Fall => {
                        let drops = line.iter().map(|link| self.ports[*link].1).collect();
                        tracks.push(track(gap, item, vec![stem], drops));
                    }
                    Way::Loop if self.ends(first).0 == item => {
                        tracks.push(track(gap, self.items + first, vec![stem, self.ports[first].1], Vec::new()));
                    }
                    Way::Long => {
                        let (pass, owner) = (self.passes[first], self.items + first);
                        let last = self.row_of[self.ends(first).1] - 1;
                        tracks.push(track(gap, owner, vec![stem], vec![pass]));
                        tracks.push(track(last, owner, vec![pass], vec![self.ports[first].1]));
                    }
                    _ => {}
                }
            }
        }
        for gap in 0..self.rows {
            settle(&mut tracks, gap);
        }
        self.tracks = tracks;
    }

    /// Lines of the gap below a row. What goes straight down needs none of its own.
    pub fn gap_height(&self, row: usize) -> i32 {
        let bends = |track: &&Track| track.gap == row && track.reach().0 < track.reach().1;
        let lines = self.tracks.iter().filter(bends).map(|track| track.line + 1).max();
        let last = row + 1 == self.rows;
        match lines {
            Some(lines) => lines + i32::from(!last),
            None => i32::from(!last),
        }
    }

    fn line(&self, gap: usize, owner: usize) -> i32 {
        self.tracks.iter().find(|track| track.gap == gap && track.owner == owner).map_or(0, |track| track.line)
    }

    /// The runs of all cables; `gaps` are the first lines below each row.
    pub fn runs(&self, places: &[Place], gaps: &[i32]) -> Vec<Run> {
        (0..self.links.len()).map(|link| self.run(link, places, gaps)).collect()
    }

    fn run(&self, link: usize, places: &[Place], gaps: &[i32]) -> Run {
        let (upper, lower) = self.ends(link);
        let (gap, (from, to)) = (self.row_of[upper], self.ports[link]);
        let (top, end) = (gaps[gap], places[lower].y - 1);
        let own = self.items + link;
        let (owner, mut corners) = match self.ways[link] {
            Way::Side => {
                let (left, right) = if places[upper].x < places[lower].x { (upper, lower) } else { (lower, upper) };
                let y = places[left].y + places[left].height / 2;
                let mut corners = vec![(places[left].x + places[left].width, y), (places[right].x - 1, y)];
                if left != upper {
                    corners.reverse();
                }
                (own, corners)
            }
            Way::Fall => {
                let y = (top + self.line(gap, upper)).min(end);
                (upper, vec![(from, top), (from, y), (to, y), (to, end)])
            }
            Way::Loop => {
                let y = top + self.line(gap, own);
                (own, vec![(from, top), (from, y), (to, y), (to, top)])
            }
            Way::Long => {
                let (last, pass) = (self.row_of[lower] - 1, self.passes[link]);
                let low = (gaps[last] + self.line(last, own)).min(end);
                let y = (top + self.line(gap, own)).min(top + (self.gap_height(gap) - 1).max(0));
                (own, vec![(from, top), (from, y), (pass, y), (pass, low), (to, low), (to, end)])
            }
        };
        let falls = self.links[link].a == upper;
        if !falls {
            corners.reverse();
        }
        Run { corners, owner, falls }
    }
}

/// Gives the lines of one gap their tracks. Where one comes down in the column in which another goes on, the first
/// must lie higher, or they would run over each other.
fn settle(tracks: &mut [Track], gap: usize) {
    let mut open: Vec<usize> = (0..tracks.len()).filter(|at| tracks[*at].gap == gap).collect();
    open.sort_by_key(|at| (tracks[*at].reach(), tracks[*at].owner));
    let mut done: Vec<usize> = Vec::new();
    let over = |a: &Track, b: &Track| a.owner != b.owner && a.stems.iter().any(|x| b.drops.contains(x));
    while !open.is_empty() {
        let free =
            open.iter().position(|at| !open.iter().any(|other| other != at && over(&tracks[*other], &tracks[*at])));
        let at = open.remove(free.unwrap_or(0));
        let (left, right) = tracks[at].reach();
        let least =
            done.iter().filter(|other| over(&tracks[**other], &tracks[at])).map(|other| tracks[*other].line + 1);
        let least = least.max().unwrap_or(0);
        let meets = |line: i32| {
            done.iter().any(|other| {
                let (other_left, other_right) = tracks[*other].reach();
                tracks[*other].line == line && left <= other_right + 1 && other_left <= right + 1
            })
        };
        // There is a free line at the latest below all others.
        let most = least + done.len() as i32;
        let line = (least..=most).find(|line| !meets(*line)).unwrap_or(most);
        tracks[at].line = line;
        done.push(at);
    }
}
