//! Where the extra bytes come from: a frame of one run and that of the other, header by header.
//!
//! Both are the largest frame of the packet so far, as the numbers of the pane are. Headers are matched by what they are
//! for: that of a packet itself, that of a tunnel, those that bring a tunnel's packet over the network below. The Ethernet
//! header in front is that of the cable in both, whoever it belongs to.

use overunder_sim::engine::Verdict;
use overunder_sim::lang::Lang;
use overunder_sim::measure::account::{Part, divide, title};
use overunder_sim::view::sentence::fill;

use crate::app::against::Trip;
use crate::app::session::Session;
use crate::app::words::Words;

/// What bytes are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The Ethernet header that a cable needs.
    Link,
    /// Another header, or what else is in a frame.
    In(Part, &'static str),
    /// What a cable adds to each frame.
    Line,
}

/// The bytes of one place, here and there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What they are for.
    pub place: Place,
    /// How many here, and in the other run.
    pub bytes: [u64; 2],
}

/// Both frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// The places in the order of the cable, each with its bytes.
    pub rows: Vec<Row>,
    /// Where the frames came off their cables.
    pub off: [String; 2],
    /// Who put the packet into the envelopes that it is in then.
    pub put: [Vec<String>; 2],
    lang: Lang,
}

impl Extra {
    /// Takes both frames apart; nothing where a run had the packet on no cable yet.
    pub fn of(runs: [(&mut Session, &Trip); 2]) -> Option<Self> {
        let lang = runs[0].0.lang();
        let mut pieces = [Vec::new(), Vec::new()];
        let mut off = [String::new(), String::new()];
        let mut put = [Vec::new(), Vec::new()];
        for (side, (session, trip)) in runs.into_iter().enumerate() {
            let at = trip.widest()?;
            pieces[side] = places(session, trip, at)?;
            off[side].clone_from(&trip.hops[at].device);
            put[side] = envelopes(trip, at);
        }
        Some(Self { rows: merged(&pieces), off, put, lang })
    }

    /// What a place is called.
    pub fn name(&self, place: Place, words: &Words) -> String {
        let wrapped = self.rows.iter().any(|row| matches!(row.place, Place::In(Part::Tunnel | Part::Outer, _)));
        let (part, name) = match place {
            Place::Link => return words.extra_link.to_owned(),
            Place::Line => return Part::Line.title(self.lang).to_owned(),
            Place::In(part, name) => (part, title(name, self.lang)),
        };
        let text = match part {
            Part::Outer => words.extra_outer,
            Part::Inner if wrapped => words.extra_inner,
            _ => return name,
        };
        fill(text, |_| Some(name.clone()))
    }

    /// All bytes, here and there.
    pub fn total(&self) -> [u64; 2] {
        [0, 1].map(|side| self.rows.iter().map(|row| row.bytes[side]).sum())
    }
}

/// The places of a frame, in the order of the cable.
fn places(session: &mut Session, trip: &Trip, at: usize) -> Option<Vec<(Place, u64)>> {
    let taken = session.frame_of(trip.hops[at].event)?;
    let mut found: Vec<(Place, u64)> = Vec::new();
    for (n, ((part, name), bytes)) in divide(&taken.layers, &taken.bytes).into_iter().enumerate() {
        let place = match part {
            _ if n == 0 && name == "eth" => Place::Link,
            Part::Line => Place::Line,
            part => Place::In(part, name),
        };
        match found.iter_mut().find(|(known, _)| *known == place) {
            Some((_, sum)) => *sum += bytes,
            None => found.push((place, bytes)),
        }
    }
    Some(found)
}

/// Both in one list: what only the shorter one has comes behind what it follows there.
fn merged([here, there]: &[Vec<(Place, u64)>; 2]) -> Vec<Row> {
    let (long, short) = if here.len() < there.len() { (there, here) } else { (here, there) };
    let mut order: Vec<Place> = long.iter().map(|(place, _)| *place).collect();
    let mut next = 0;
    for (place, _) in short {
        let known = order.iter().position(|known| known == place);
        if known.is_none() {
            order.insert(next, *place);
        }
        next = known.unwrap_or(next) + 1;
    }
    let of = |list: &[(Place, u64)], place| list.iter().find(|(known, _)| *known == place).map_or(0, |(_, n)| *n);
    order.into_iter().map(|place| Row { place, bytes: [of(here, place), of(there, place)] }).collect()
}

/// The devices whose envelopes are still around the packet at a step.
fn envelopes(trip: &Trip, at: usize) -> Vec<String> {
    let mut open = Vec::new();
    for hop in &trip.hops[..at] {
        match hop.verdict {
            Some(Verdict::Encapsulate) => open.push(hop.device.clone()),
            Some(Verdict::Decapsulate) => drop(open.pop()),
            _ => {}
        }
    }
    open
}
