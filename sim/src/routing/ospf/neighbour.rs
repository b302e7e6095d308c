//! Neighbours: from the first hello to the same map (RFC 2328 §10).

use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;

use super::database::{EVERYWHERE, Place, place};
use super::interface::{Face, FaceState, Network};
use super::{Ospf, why};
use crate::engine::RowChange;
use crate::explain::Reason;
use crate::id::EventNo;
use crate::routing::{Effect, Io};
use crate::stack::why::routing as sent;
use crate::time::SimTime;
use crate::wire::ospf::lsa::{AS_EXTERNAL, LEN};
use crate::wire::ospf::{Body, Description, HEADER_LEN, Header, INIT, Key, MASTER, MORE};

/// How far two routers have come with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing was heard for too long, or what was heard is refused.
    Down,
    /// It is heard, and has not heard this router.
    Init,
    /// Both hear each other.
    TwoWay,
    /// They settle who counts.
    ExStart,
    /// They describe what they have.
    Exchange,
    /// What is missing is fetched.
    Loading,
    /// They have the same map.
    Full,
}

impl State {
    /// The word of the standard.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Down => "Down",
            Self::Init => "Init",
            Self::TwoWay => "2-Way",
            Self::ExStart => "ExStart",
            Self::Exchange => "Exchange",
            Self::Loading => "Loading",
            Self::Full => "Full",
        }
    }
}

/// So many descriptions without an answer a run waits for; then only housekeeping is left.
const TRIES: u8 = 5;

/// A neighbour on a link.
#[derive(Clone, Debug)]
pub(super) struct Neighbour {
    pub id: Ipv4Addr,
    pub ip: Ipv4Addr,
    pub state: State,
    pub priority: u8,
    /// Whom it takes for the designated router and the backup.
    pub dr: Ipv4Addr,
    pub bdr: Ipv4Addr,
    /// When it has been silent for too long.
    pub silent: SimTime,
    /// This router counts the descriptions.
    pub master: bool,
    seq: u32,
    /// Flags, options and number of the last description that was taken.
    last: Option<(u8, u8, u32)>,
    /// The last description sent.
    sent: Option<Description>,
    /// When it is sent again, and how often it was.
    pub resend: Option<SimTime>,
    tries: u8,
    /// Headers still to be told.
    headers: VecDeque<Header>,
    /// What is still to be fetched, and the instance that is there.
    pub requests: BTreeMap<Place, Header>,
    asked: Vec<Place>,
    pub ask_again: Option<SimTime>,
    /// What it has not acknowledged, and when it is told again.
    pub unacked: BTreeMap<Place, SimTime>,
    /// Why no adjacency comes up.
    pub hindered: Option<Reason>,
    pub written: EventNo,
}

impl Neighbour {
    pub const fn new(id: Ipv4Addr, ip: Ipv4Addr, silent: SimTime) -> Self {
        Self {
            id,
            ip,
            state: State::Down,
            priority: 0,
            dr: Ipv4Addr::UNSPECIFIED,
            bdr: Ipv4Addr::UNSPECIFIED,
            silent,
            master: false,
            seq: 0,
            last: None,
            sent: None,
            resend: None,
            tries: 0,
            headers: VecDeque::new(),
            requests: BTreeMap::new(),
            asked: Vec::new(),
            ask_again: None,
            unacked: BTreeMap::new(),
            hindered: None,
            written: EventNo(0),
        }
    }

    /// Forgets what was going on between the two.
    fn forget(&mut self) {
        (self.last, self.sent, self.resend, self.ask_again) = (None, None, None, None);
        self.headers.clear();
        self.requests.clear();
        self.asked.clear();
        self.unacked.clear();
    }

    /// The next time something is due that a run waits for, and what it does not wait for.
    pub fn due(&self) -> [Option<SimTime>; 2] {
        let patient = self.tries < TRIES;
        let soon = [self.resend.filter(|_| patient), self.ask_again, self.unacked.values().min().copied()];
        let later = [Some(self.silent), self.resend.filter(|_| !patient)];
        [soon.into_iter().flatten().min(), later.into_iter().flatten().min()]
    }
}

/// A link and the place of a neighbour on it.
pub(super) type At = (usize, usize);

impl Ospf {
    pub(super) fn near(&self, (link, at): At) -> &Neighbour {
        &self.faces[link].neighbours[at]
    }

    pub(super) fn near_mut(&mut self, (link, at): At) -> &mut Neighbour {
        &mut self.faces[link].neighbours[at]
    }

    /// Takes a neighbour to a state, and says why.
    pub(super) fn enter(&mut self, at: At, state: State, reason: Reason, io: &mut Io<'_>) {
        let near = self.near_mut(at);
        let before = std::mem::replace(&mut near.state, state);
        if state != State::ExStart {
            near.tries = 0;
        }
        if state > State::ExStart {
            near.hindered = None;
        }
        near.written = io.event;
        let (id, row) = (near.id, self.row(at));
        io.effects.push(Effect::Wrote(row, RowChange::Changed));
        io.say(reason, |links| format!("{id} on {}: {} → {}", links[at.0].name, before.word(), state.word()));
        if (before == State::Full) != (state == State::Full) {
            self.dirty = true;
        }
        if (before >= State::TwoWay) != (state >= State::TwoWay) {
            self.faces[at.0].elect = true;
        }
    }

    /// Whether the two should have the same map: always where there are only two, and with DR and BDR elsewhere.
    fn should_be_adjacent(&self, (link, at): At) -> bool {
        let (face, near) = (&self.faces[link], &self.faces[link].neighbours[at]);
        face.network == Network::PointToPoint
            || matches!(face.state, FaceState::Backup | FaceState::Designated)
            || near.ip == face.dr
            || near.ip == face.bdr
    }

    /// The neighbour has heard this router.
    pub(super) fn two_way(&mut self, at: At, io: &mut Io<'_>) {
        if self.near(at).state >= State::TwoWay {
            return;
        }
        self.enter(at, State::TwoWay, &why::TWO_WAY, io);
        if self.should_be_adjacent(at) {
            self.begin_exchange(at, &why::BEGIN, io);
        }
    }

    /// The neighbour has not heard this router (any more).
    pub(super) fn one_way(&mut self, at: At, io: &mut Io<'_>) {
        if self.near(at).state >= State::TwoWay {
            self.near_mut(at).forget();
            self.enter(at, State::Init, &why::ONE_WAY, io);
        }
    }

    /// DR or BDR are others now (event AdjOK?).
    pub(super) fn reconsider(&mut self, at: At, io: &mut Io<'_>) {
        let (state, wanted) = (self.near(at).state, self.should_be_adjacent(at));
        if state == State::TwoWay && wanted {
            self.begin_exchange(at, &why::BEGIN, io);
        } else if state > State::TwoWay && !wanted {
            self.near_mut(at).forget();
            self.enter(at, State::TwoWay, &why::NOT_ADJACENT, io);
        }
    }

    pub(super) fn begin_exchange(&mut self, at: At, reason: Reason, io: &mut Io<'_>) {
        let first = io.dice.below(1 << 31) as u32;
        let near = self.near_mut(at);
        near.forget();
        near.seq = if near.seq == 0 { first } else { near.seq.wrapping_add(1) };
        near.master = true;
        self.enter(at, State::ExStart, reason, io);
        self.describe(at, INIT | MORE | MASTER, Vec::new(), io);
    }

    fn describe(&mut self, at: At, flags: u8, headers: Vec<Header>, io: &mut Io<'_>) {
        let (mtu, options) = (io.links[at.0].mtu, self.options(self.faces[at.0].area));
        let again = io.now + self.config.retransmit;
        let near = self.near_mut(at);
        let told = Description { mtu, options, flags, seq: near.seq, headers };
        near.sent = Some(told.clone());
        // Only the master repeats by itself; the slave repeats when the master does.
        near.resend = near.master.then_some(again);
        self.tell_one(at, Body::Description(told), &sent::DESCRIPTION, io);
    }

    /// The last description again.
    pub(super) fn describe_again(&mut self, at: At, io: &mut Io<'_>) {
        let again = io.now + self.config.retransmit;
        let near = self.near_mut(at);
        let Some(told) = near.sent.clone() else { return };
        near.tries = near.tries.saturating_add(1);
        near.resend = near.master.then_some(again);
        self.tell_one(at, Body::Description(told), &sent::DESCRIPTION, io);
    }

    pub(super) fn description(&mut self, at: At, told: &Description, io: &mut Io<'_>) {
        if told.mtu > io.links[at.0].mtu {
            return self.hinder(at, &why::MTU, io);
        }
        if self.near(at).state == State::Init {
            self.two_way(at, io);
        }
        let this = (told.flags, told.options, told.seq);
        let near = self.near(at);
        let repeated = near.last == Some(this);
        match near.state {
            State::Down | State::Init | State::TwoWay => {}
            State::ExStart => self.negotiate(at, told, io),
            State::Exchange | State::Loading | State::Full if repeated => {
                if !near.master {
                    self.describe_again(at, io);
                }
            }
            State::Exchange => {
                let wanted = if near.master { near.seq } else { near.seq.wrapping_add(1) };
                let same = near.last.is_none_or(|(_, options, _)| options == told.options);
                let master = told.flags & MASTER != 0;
                if master == near.master || told.flags & INIT != 0 || told.seq != wanted || !same {
                    return self.begin_exchange(at, &why::MISMATCH, io);
                }
                self.accept(at, told, io);
            }
            State::Loading | State::Full => self.begin_exchange(at, &why::MISMATCH, io),
        }
    }

    /// Whoever has the larger router id counts (RFC 2328 §10.6).
    fn negotiate(&mut self, at: At, told: &Description, io: &mut Io<'_>) {
        let own = self.id;
        let near = self.near_mut(at);
        let whole = INIT | MORE | MASTER;
        if told.flags & whole == whole && told.headers.is_empty() && near.id > own {
            (near.master, near.seq) = (false, told.seq);
        } else if !(told.flags & (INIT | MASTER) == 0 && told.seq == near.seq && near.id < own) {
            return;
        }
        self.list_headers(at, io);
        let reason = if self.near(at).master { &why::MASTER } else { &why::SLAVE };
        self.enter(at, State::Exchange, reason, io);
        self.accept(at, told, io);
    }

    fn in_scope(&self, link: usize, scope: usize) -> bool {
        let face = &self.faces[link];
        scope == face.area || (scope == EVERYWHERE && !self.areas[face.area].stub)
    }

    /// What this router has, for one neighbour. What is being flushed is told as an update instead.
    fn list_headers(&mut self, at: At, io: &Io<'_>) {
        let all = self.database.iter().filter(|((scope, _), _)| self.in_scope(at.0, *scope));
        let (dead, alive): (Vec<_>, Vec<_>) = all.partition(|(_, entry)| entry.is_dead(io.now));
        let headers: VecDeque<Header> = alive.iter().map(|(_, entry)| entry.header(io.now)).collect();
        let again = io.now + self.config.retransmit;
        let dead: Vec<Place> = dead.iter().map(|(place, _)| **place).collect();
        let near = self.near_mut(at);
        near.headers = headers;
        near.unacked.extend(dead.into_iter().map(|place| (place, again)));
    }

    /// A description that is the next one (RFC 2328 §10.6).
    fn accept(&mut self, at: At, told: &Description, io: &mut Io<'_>) {
        for header in &told.headers {
            let scope = place(self.faces[at.0].area, header.key);
            let known = (1..=AS_EXTERNAL).contains(&header.key.kind) && self.in_scope(at.0, scope.0);
            if !known {
                return self.begin_exchange(at, &why::MISMATCH, io);
            }
            let own = self.database.get(&scope).map(|entry| entry.header(io.now));
            if own.is_none_or(|own| header.newer(&own).is_gt()) {
                self.near_mut(at).requests.insert(scope, *header);
            }
        }
        let near = self.near_mut(at);
        near.last = Some((told.flags, told.options, told.seq));
        let over = told.flags & MORE == 0;
        if near.master {
            near.seq = near.seq.wrapping_add(1);
            if over && near.sent.as_ref().is_some_and(|sent| sent.flags & MORE == 0) {
                return self.exchanged(at, io);
            }
            self.describe_next(at, io);
        } else {
            near.seq = told.seq;
            let more = self.describe_next(at, io);
            if over && !more {
                return self.exchanged(at, io);
            }
        }
        self.ask(at, false, io);
    }

    /// Tells the next headers; true if more remain.
    fn describe_next(&mut self, at: At, io: &mut Io<'_>) -> bool {
        let room = (room(io.links[at.0].mtu, HEADER_LEN + 8) / LEN).max(1);
        let near = self.near_mut(at);
        let headers: Vec<Header> = near.headers.drain(..near.headers.len().min(room)).collect();
        let more = !near.headers.is_empty();
        let flags = if near.master { MASTER } else { 0 } | if more { MORE } else { 0 };
        self.describe(at, flags, headers, io);
        more
    }

    /// Both have told all they have.
    fn exchanged(&mut self, at: At, io: &mut Io<'_>) {
        self.near_mut(at).resend = None;
        self.enter(at, State::Loading, &why::EXCHANGED, io);
        self.loaded(at, io);
        if self.near(at).state == State::Loading {
            self.ask(at, false, io);
        }
    }

    /// Fetches what is missing: at first, again, and the rest when what was asked for is here.
    pub(super) fn ask(&mut self, at: At, again: bool, io: &mut Io<'_>) {
        let room = (room(io.links[at.0].mtu, HEADER_LEN) / 12).max(1);
        let due = io.now + self.config.retransmit;
        let near = self.near_mut(at);
        if near.state < State::Exchange {
            return;
        }
        near.asked.retain(|place| near.requests.contains_key(place));
        if !near.asked.is_empty() && !again {
            return;
        }
        let keys: Vec<Place> = near.requests.keys().take(room).copied().collect();
        near.ask_again = (!keys.is_empty()).then_some(due);
        near.asked.clone_from(&keys);
        if !keys.is_empty() {
            let keys: Vec<Key> = keys.into_iter().map(|(_, key)| key).collect();
            self.tell_one(at, Body::Request(keys), &sent::WANTED, io);
        }
    }

    /// Nothing is missing any more?
    pub(super) fn loaded(&mut self, at: At, io: &mut Io<'_>) {
        let near = self.near_mut(at);
        if near.requests.is_empty() {
            near.ask_again = None;
            near.asked.clear();
            if near.state == State::Loading {
                self.enter(at, State::Full, &why::FULL, io);
            }
        }
    }

    /// A neighbour asks for LSAs (RFC 2328 §10.7).
    pub(super) fn request(&mut self, at: At, keys: &[Key], io: &mut Io<'_>) {
        if self.near(at).state < State::Exchange {
            return;
        }
        let (area, to) = (self.faces[at.0].area, self.towards(at));
        for key in keys {
            let Some(entry) = self.database.get(&place(area, *key)) else {
                return self.begin_exchange(at, &why::BAD_REQUEST, io);
            };
            let lsa = entry.told(io.now);
            self.queue.push((at.0, to, &sent::GIVEN, lsa));
        }
    }

    /// A description is refused: said once, shown as long as it lasts.
    fn hinder(&mut self, at: At, reason: Reason, io: &mut Io<'_>) {
        let near = self.near_mut(at);
        if near.hindered.is_some() {
            return;
        }
        (near.hindered, near.written) = (Some(reason), io.event);
        let (id, row) = (near.id, self.row(at));
        io.effects.push(Effect::Wrote(row, RowChange::Changed));
        io.say(reason, |links| format!("{id} on {}", links[at.0].name));
    }

    /// A neighbour is gone.
    pub(super) fn lose(&mut self, at: At, reason: Reason, io: &mut Io<'_>) {
        self.enter(at, State::Down, reason, io);
        let row = self.row(at);
        io.effects.push(Effect::Wrote(row, RowChange::Removed));
        self.faces[at.0].neighbours.remove(at.1);
    }

    /// Whom packets for one neighbour are addressed to: everybody where there are only two.
    pub(super) fn towards(&self, (link, at): At) -> Ipv4Addr {
        let Face { network, neighbours, .. } = &self.faces[link];
        if *network == Network::PointToPoint { crate::wire::ospf::ALL_ROUTERS } else { neighbours[at].ip }
    }

    pub(super) fn tell_one(&mut self, at: At, body: Body, reason: Reason, io: &mut Io<'_>) {
        let to = self.towards(at);
        self.tell(at.0, to, body, reason, io);
    }
}

/// Bytes of a packet that are left behind so many of OSPF.
pub(super) const fn room(mtu: u16, taken: usize) -> usize {
    (mtu as usize).saturating_sub(20 + taken)
}
