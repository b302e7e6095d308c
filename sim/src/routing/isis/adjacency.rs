//! Adjacencies: who is heard, and whether both hear each other (ISO/IEC 10589 §8.2.4, §8.4.2, RFC 5303).

use std::net::Ipv4Addr;

use super::circuit::extended_number_of;
use super::{Isis, why};
use crate::engine::RowChange;
use crate::explain::Reason;
use crate::id::EventNo;
use crate::routing::{Effect, Io};
use crate::stack::why::routing::isis as sent;
use crate::time::{SimDuration, SimTime};
use crate::wire::MacAddr;
use crate::wire::isis::tlv::{self, Tlv};
use crate::wire::isis::{Hello, HelloKind, Level, Levels, NodeId, SystemId};

/// How far two systems have come with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing was heard for too long, or what was heard is refused.
    Down,
    /// It is heard, and has not heard this system.
    Initializing,
    /// Both hear each other.
    Up,
}

impl State {
    /// The word of the standard.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Down => "Down",
            Self::Initializing => "Initializing",
            Self::Up => "Up",
        }
    }

    /// Its number in hellos.
    pub const fn number(self) -> u8 {
        match self {
            Self::Down => tlv::DOWN,
            Self::Initializing => tlv::INITIALIZING,
            Self::Up => tlv::UP,
        }
    }

    /// What becomes of it on a link of two when the other end says that it is in this state (RFC 5303 §3.2).
    pub(super) fn after(self, theirs: u8) -> Self {
        match (self, theirs) {
            (Self::Down | Self::Up, tlv::DOWN) => Self::Initializing,
            (_, tlv::INITIALIZING) | (Self::Initializing, tlv::UP) => Self::Up,
            // Who believes to be up while this end is down has to begin anew first.
            _ => self,
        }
    }
}

/// One that is heard.
#[derive(Clone, Debug)]
pub(super) struct Adjacency {
    pub system: SystemId,
    /// Its address on the link.
    pub mac: MacAddr,
    /// Levels at which the two are neighbours; on a LAN each level has its own adjacency.
    pub levels: Levels,
    pub state: State,
    pub ips: Vec<Ipv4Addr>,
    pub priority: u8,
    /// The LAN as it calls it.
    pub lan: NodeId,
    /// The number of the circuit at its end, if it told one.
    pub circuit: Option<u32>,
    /// When it has been silent for too long.
    pub silent: SimTime,
    pub written: EventNo,
}

/// A link and the place of an adjacency on it.
pub(super) type At = (usize, usize);

impl Isis {
    pub(super) fn near(&self, (link, at): At) -> &Adjacency {
        &self.circuits[link].near[at]
    }

    /// A hello.
    pub(super) fn hear_hello(&mut self, from: (usize, MacAddr), hello: &Hello, len: usize, io: &mut Io<'_>) {
        let (link, mac) = from;
        let levels = match self.refusal(link, hello, len, io) {
            Ok(levels) => levels,
            Err(reason) => {
                // The hello of a level that only one of them speaks is no fault where the other level works.
                let near = &self.circuits[link].near;
                if reason.slug != why::LEVEL.slug || !near.iter().any(|near| near.mac == mac) {
                    self.refuse(from, hello, reason, io);
                }
                return;
            }
        };
        self.forget_refused(link, |one| one.mac == mac && one.levels.and(levels) != Levels(0), io);
        let at = self.place_of(from, hello, levels, io);
        let (Some(theirs), named) = self.names_us(link, hello) else { return };
        let before = self.near(at).state;
        let now = match hello.kind {
            HelloKind::Point { .. } => before.after(theirs),
            HelloKind::Lan { .. } if named => State::Up,
            HelloKind::Lan { .. } => State::Initializing,
        };
        self.enter(at, now, io);
    }

    /// Finds an adjacency, or makes it, and puts down what the hello says.
    fn place_of(&mut self, (link, mac): (usize, MacAddr), hello: &Hello, levels: Levels, io: &mut Io<'_>) -> At {
        let lan = matches!(hello.kind, HelloKind::Lan { .. });
        let same = |near: &Adjacency| !lan || (near.mac == mac && near.levels == levels);
        if let Some(at) = self.circuits[link].near.iter().position(|near| same(near) && near.system != hello.system) {
            self.lose((link, at), &why::REPLACED, io);
        }
        let silent = io.now + SimDuration::from_secs(u64::from(hello.hold.max(1)));
        let ips = hello.tlvs.iter().flat_map(|tlv| if let Tlv::Addresses(all) = tlv { &all[..] } else { &[] });
        let ips: Vec<Ipv4Addr> = ips.copied().collect();
        let told = hello.tlvs.iter().find_map(|tlv| if let Tlv::ThreeWay(told) = tlv { told.circuit } else { None });
        let (priority, named) = match hello.kind {
            HelloKind::Lan { priority, lan, .. } => (priority, lan),
            HelloKind::Point { .. } => (0, NodeId::default()),
        };
        let circuit = &mut self.circuits[link];
        let known = circuit.near.iter().position(same);
        let at = known.unwrap_or_else(|| {
            let at = circuit.near.partition_point(|near| (near.system, near.levels) < (hello.system, levels));
            let (system, state, written) = (hello.system, State::Down, io.event);
            let ips = ips.clone();
            let lan = named;
            let new = Adjacency { system, mac, levels, state, ips, priority, lan, circuit: told, silent, written };
            circuit.near.insert(at, new);
            at
        });
        let near = &mut circuit.near[at];
        let changed = (near.priority, near.lan) != (priority, named);
        self.dirty |= near.levels != levels || (near.state == State::Up && near.ips != ips);
        (near.silent, near.ips, near.priority, near.lan, near.levels) = (silent, ips, priority, named, levels);
        near.circuit = told;
        if changed && lan {
            levels.iter().for_each(|level| circuit.lan[level.index()].elect = true);
        }
        if known.is_none() {
            io.effects.push(Effect::Wrote(self.row((link, at)), RowChange::Added));
        }
        (link, at)
    }

    /// The state the hello tells, and whether it names this system; no state when it speaks to somebody else.
    fn names_us(&self, link: usize, hello: &Hello) -> (Option<u8>, bool) {
        let (own, circuit) = (self.circuits[link].mac, extended_number_of(link));
        let mut named = false;
        // A system that knows nothing of three-way handshakes is up as soon as it is heard (ISO/IEC 10589 §8.2.4.2).
        let mut state = Some(tlv::INITIALIZING);
        for tlv in &hello.tlvs {
            match tlv {
                Tlv::Heard(macs) => named |= own.is_some_and(|own| macs.contains(&own)),
                Tlv::ThreeWay(told) if told.neighbour.is_some_and(|system| system != self.id) => state = None,
                Tlv::ThreeWay(told) if told.theirs.is_some_and(|theirs| theirs != circuit) => state = None,
                Tlv::ThreeWay(told) => state = Some(told.state),
                _ => {}
            }
        }
        (state, named)
    }

    /// Changes the state of an adjacency.
    fn enter(&mut self, at: At, now: State, io: &mut Io<'_>) {
        let (link, place) = at;
        let before = self.near(at).state;
        if before == now {
            return;
        }
        let near = &mut self.circuits[link].near[place];
        (near.state, near.written) = (now, io.event);
        let (levels, system) = (near.levels, near.system);
        let reason = match (before, now) {
            (_, State::Up) => &why::UP,
            (State::Up, _) => &why::ONE_WAY,
            _ => &why::HEARD,
        };
        io.effects.push(Effect::Wrote(self.row(at), RowChange::Changed));
        io.say(reason, |links| format!("{system} on {}", links[link].name));
        let lan = self.circuits[link].is_lan();
        for level in levels.iter() {
            self.hello_soon(link, level, io.now);
            if lan {
                self.circuits[link].lan[level.index()].elect = true;
            }
        }
        self.dirty |= now == State::Up || before == State::Up;
        if before == State::Up {
            self.forget_flags(link);
        }
        if now == State::Up && !lan {
            // The other end has to be up, too, before it takes anything else.
            if let Some(level) = self.circuits[link].voices().first() {
                self.hello(link, *level, io);
            }
            for level in levels.iter() {
                self.tell_all_numbers(link, level, &sent::FIRST_CSNP, io);
                self.offer_all(link, level, io.now);
            }
        }
    }

    /// It is gone.
    pub(super) fn lose(&mut self, at: At, reason: Reason, io: &mut Io<'_>) {
        let (link, place) = at;
        let row = self.row(at);
        let near = self.circuits[link].near.remove(place);
        io.effects.push(Effect::Wrote(row, RowChange::Removed));
        io.say(reason, |links| format!("{} on {}", near.system, links[link].name));
        let lan = self.circuits[link].is_lan();
        for level in near.levels.iter() {
            self.circuits[link].lan[level.index()].elect |= lan;
            self.hello_soon(link, level, io.now);
        }
        if near.state == State::Up {
            self.dirty = true;
            self.forget_flags(link);
        }
    }

    /// Nothing is sent again to those who are not there.
    fn forget_flags(&mut self, link: usize) {
        let circuit = &self.circuits[link];
        let alone = |level: Level| circuit.up_at(level).next().is_none();
        let gone = [alone(Level::One), alone(Level::Two)];
        self.srm.retain(|(of, level, _), _| *of != link || !gone[level.index()]);
        self.ssn.retain(|(of, level, _), _| *of != link || !gone[level.index()]);
    }

    /// Only of neighbours that are up, anything but hellos is taken.
    pub(super) fn is_near(&self, (link, mac): (usize, MacAddr), level: Level, io: &mut Io<'_>) -> bool {
        let circuit = &self.circuits[link];
        let near = circuit.up_at(level).any(|near| !circuit.is_lan() || near.mac == mac);
        if !near && circuit.mac != Some(mac) {
            io.say(&why::STRANGER, |links| format!("{mac} on {}", links[link].name));
        }
        near
    }
}
