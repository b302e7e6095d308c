//! Neighbours: hellos, what makes them be refused, and how they come and go (RFC 7868 §5).

use std::collections::VecDeque;
use std::net::Ipv4Addr;

use super::dual::{Input, Who, connected};
use super::metric::{Cost, HERE};
use super::transport::{Item, Sent};
use super::{Eigrp, why};
use crate::engine::RowChange;
use crate::explain::Reason;
use crate::id::EventNo;
use crate::routing::{Effect, Io, Link};
use crate::stack::rib::Prefix;
use crate::stack::why::routing::eigrp as sent;
use crate::time::{SimDuration, SimTime};
use crate::wire::eigrp::{GOODBYE, INIT, Opcode, Packet, Parameters, Tlv};

/// Version of the program and of its TLVs: classic ones.
const VERSION: Tlv = Tlv::Version([1, 0], [1, 2]);

/// How far two routers are with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was heard; whether both directions work is being tried.
    Pending,
    /// Both have confirmed the first packet of the other.
    Up,
}

/// A neighbour.
#[derive(Clone, Debug)]
pub(super) struct Near {
    pub ip: Ipv4Addr,
    pub state: State,
    /// Since when it is in this state.
    pub since: SimTime,
    /// After so long without a word it is gone: it says so itself.
    pub hold: SimDuration,
    pub silent: SimTime,
    /// Number of its first packet.
    pub init: Option<u32>,
    /// It has confirmed the first packet of this router.
    pub init_confirmed: bool,
    /// Number of its last packet that was taken.
    pub last: u32,
    /// Number that is to be confirmed.
    pub ack: Option<u32>,
    /// The number of a conditional packet that is meant for this router.
    pub may_take: Option<u32>,
    pub queue: VecDeque<Item>,
    pub sent: Option<Sent>,
    pub written: EventNo,
}

impl Near {
    /// When it is given up if nothing happens.
    pub fn gone_at(&self) -> SimTime {
        if self.state == State::Up { self.silent } else { self.silent.min(self.since + self.hold) }
    }
}

/// One that speaks and is not listened to.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub ip: Ipv4Addr,
    pub reason: Reason,
    /// When nothing of it was heard for too long.
    pub until: SimTime,
    pub written: EventNo,
}

/// An interface.
#[derive(Clone, Debug)]
pub(super) struct Face {
    pub up: bool,
    /// Neither speaks nor listens; its network is told all the same.
    pub passive: bool,
    /// Its first address; nothing runs without one.
    pub address: Option<Prefix>,
    pub cost: Cost,
    pub hello: SimDuration,
    pub hold: SimDuration,
    pub hello_at: Option<SimTime>,
    /// Hellos that were sent since it is up.
    pub hellos: u32,
    /// Sorted by address.
    pub neighbours: Vec<Near>,
    pub refused: Vec<Refused>,
}

impl Eigrp {
    pub(super) fn near_mut(&mut self, (link, ip): Who) -> Option<&mut Near> {
        self.faces.get_mut(link)?.neighbours.iter_mut().find(|near| near.ip == ip)
    }

    /// All neighbours that were told the table.
    pub(super) fn up(&self) -> Vec<Who> {
        let of = |(link, face): (usize, &Face)| {
            let up = face.neighbours.iter().filter(|near| near.state == State::Up);
            up.map(|near| (link, near.ip)).collect::<Vec<_>>()
        };
        self.faces.iter().enumerate().flat_map(of).collect()
    }

    /// The link has carrier: its networks are there.
    pub(super) fn face_up(&mut self, link: usize, io: &mut Io<'_>) {
        let face = &mut self.faces[link];
        if face.up || face.address.is_none() {
            return;
        }
        (face.up, face.hellos) = (true, 0);
        let passive = face.passive;
        for prefix in &io.links[link].addresses {
            let path = self.path((link, Ipv4Addr::UNSPECIFIED), &HERE, prefix.0);
            self.feed(network(*prefix), Input::Update, connected(link), path, io);
        }
        if !passive {
            self.hello(link, io);
        }
    }

    /// The carrier is gone.
    pub(super) fn face_down(&mut self, link: usize, io: &mut Io<'_>) {
        let face = &mut self.faces[link];
        (face.up, face.hello_at) = (false, None);
        self.forget_refused(link, |_| true, io);
        for prefix in &io.links[link].addresses {
            self.feed(network(*prefix), Input::Lost, connected(link), None, io);
        }
        while let Some(ip) = self.faces[link].neighbours.first().map(|near| near.ip) {
            self.lose((link, ip), &why::LINK_LOST, io);
        }
    }

    /// Sends a hello, and the next one in time.
    pub(super) fn hello(&mut self, link: usize, io: &mut Io<'_>) {
        let face = &mut self.faces[link];
        face.hello_at = Some(io.now + face.hello);
        face.hellos = face.hellos.saturating_add(1);
        let hold = (face.hold.0 / 1_000_000_000).min(u64::from(u16::MAX)) as u16;
        let tlvs = vec![Tlv::Parameters(Parameters { k: self.config.k, hold }), VERSION];
        let item = Item { opcode: Opcode::Hello, flags: 0, tlvs, why: &sent::HELLO };
        self.put((link, Ipv4Addr::UNSPECIFIED), true, (item, 0, 0), io);
    }

    /// A packet whose form is right.
    pub(super) fn packet(&mut self, who: Who, to_group: bool, packet: Packet, io: &mut Io<'_>) {
        let (link, ip) = who;
        let signed = packet.tlvs.iter().any(|tlv| matches!(tlv, Tlv::Authentication(_)));
        let refusal: Option<Reason> = match () {
            () if !io.links[link].reaches(ip) => Some(&why::NOT_NEIGHBOUR),
            () if packet.system != self.config.system => Some(&why::SYSTEM),
            () if signed => Some(&why::AUTHENTICATION),
            () => None,
        };
        if let Some(reason) = refusal {
            return self.refuse(who, reason, io);
        }
        if packet.opcode == Opcode::Hello && !packet.is_ack() && !self.hear_hello(who, &packet, io) {
            return;
        }
        let Some(near) = self.near_mut(who) else {
            if !packet.is_ack() {
                io.say(&why::STRANGER, |links| named(who, links));
            }
            return;
        };
        near.silent = io.now + near.hold;
        // Its first packet may confirm that of this router: whose life it belongs to is settled before.
        if packet.sequence != 0 && packet.flags & INIT != 0 {
            self.begins(who, packet.sequence, io);
        }
        // A number in a packet for everybody is confirmed by nobody in particular.
        if packet.ack != 0 && !to_group {
            self.confirmed(who, packet.ack, io);
        }
        if packet.sequence != 0 && packet.flags & INIT == 0 && self.is_new(who, &packet) {
            self.told(who, packet, io);
        }
    }

    /// A hello; false if nothing more is to be done with it.
    fn hear_hello(&mut self, who: Who, packet: &Packet, io: &mut Io<'_>) -> bool {
        let (link, ip) = who;
        let own = self.faces[link].address.map_or(Ipv4Addr::UNSPECIFIED, |(ip, _)| ip);
        let dismissed = packet.tlvs.iter().any(|tlv| matches!(tlv, Tlv::Termination(all) if all.contains(&own)));
        let told = packet.tlvs.iter().find_map(|tlv| if let Tlv::Parameters(told) = tlv { Some(told) } else { None });
        let known = self.near_mut(who).is_some();
        let bye = told.is_some_and(|told| told.k == GOODBYE);
        if dismissed || bye {
            if known {
                self.lose(who, if bye { &why::GOODBYE } else { &why::DISMISSED }, io);
            }
            return false;
        }
        if let Some(near) = self.near_mut(who) {
            conditional(near, own, &packet.tlvs);
        }
        let Some(told) = told else { return known };
        if told.k != self.config.k {
            if known {
                self.lose(who, &why::WEIGHTS, io);
            }
            self.refuse(who, &why::WEIGHTS, io);
            return false;
        }
        self.forget_refused(link, |one| one.ip == ip, io);
        let hold = SimDuration::from_secs(u64::from(told.hold));
        match self.near_mut(who) {
            Some(near) => near.hold = hold,
            None => self.meet(who, hold, io),
        }
        true
    }

    /// A neighbour nobody knew: it hears of this router at once, and is to show that it does.
    fn meet(&mut self, who: Who, hold: SimDuration, io: &mut Io<'_>) {
        let (link, ip) = who;
        let near = Near {
            ip,
            state: State::Pending,
            since: io.now,
            hold,
            silent: io.now + hold,
            init: None,
            init_confirmed: false,
            last: 0,
            ack: None,
            may_take: None,
            queue: VecDeque::new(),
            sent: None,
            written: io.event,
        };
        let all = &mut self.faces[link].neighbours;
        let at = all.partition_point(|near| near.ip < ip);
        all.insert(at, near);
        io.effects.push(Effect::Wrote(Self::row(who), RowChange::Added));
        io.say(&why::HEARD, |links| named(who, links));
        self.hello(link, io);
        let item = Item { opcode: Opcode::Update, flags: INIT, tlvs: Vec::new(), why: &sent::INIT };
        self.queue(who, item);
    }

    /// The first packet of a neighbour, or of its next life.
    fn begins(&mut self, who: Who, number: u32, io: &mut Io<'_>) {
        let Some(near) = self.near_mut(who) else { return };
        let again = near.init == Some(number);
        let hold = near.hold;
        // Who has confirmed nothing has been told nothing, so nothing has to be begun anew.
        if near.init.is_some() && !again && near.init_confirmed {
            self.lose(who, &why::RESTARTED, io);
            self.meet(who, hold, io);
        }
        let Some(near) = self.near_mut(who) else { return };
        near.ack = Some(number);
        if !again {
            (near.init, near.last) = (Some(number), number);
            self.maybe_up(who, io);
        }
    }

    /// Both directions work: from now on it is told everything.
    pub(super) fn maybe_up(&mut self, who: Who, io: &mut Io<'_>) {
        let Some(near) = self.near_mut(who) else { return };
        if near.state == State::Up || !near.init_confirmed || near.init.is_none() {
            return;
        }
        (near.state, near.since, near.written) = (State::Up, io.now, io.event);
        io.effects.push(Effect::Wrote(Self::row(who), RowChange::Changed));
        io.say(&why::UP, |links| named(who, links));
        self.greet(who, io);
    }

    /// A neighbour is gone, and all it said.
    pub(super) fn lose(&mut self, who: Who, reason: Reason, io: &mut Io<'_>) {
        self.faces[who.0].neighbours.retain(|near| near.ip != who.1);
        io.effects.push(Effect::Wrote(Self::row(who), RowChange::Removed));
        io.say(reason, |links| named(who, links));
        self.saying.retain(|said| said.who != who);
        self.lost(who, io);
    }

    /// Gives a neighbour up, and says so to it.
    pub(super) fn dismiss(&mut self, who: Who, reason: Reason, io: &mut Io<'_>) {
        let tlvs = vec![
            Tlv::Parameters(Parameters { k: self.config.k, hold: (self.faces[who.0].hold.0 / 1_000_000_000) as u16 }),
            VERSION,
            Tlv::Termination(vec![who.1]),
        ];
        let item = Item { opcode: Opcode::Hello, flags: 0, tlvs, why: &sent::DISMISSED };
        self.put(who, true, (item, 0, 0), io);
        self.lose(who, reason, io);
    }

    /// One that speaks is not listened to: said when the reason is new, and shown as long as it lasts.
    fn refuse(&mut self, who: Who, reason: Reason, io: &mut Io<'_>) {
        let (link, ip) = who;
        let face = &mut self.faces[link];
        let known = face.refused.iter().position(|one| one.ip == ip);
        let change = if known.is_some() { RowChange::Changed } else { RowChange::Added };
        let until = io.now + face.hold;
        let one = Refused { ip, reason, until, written: io.event };
        match known {
            Some(at) if face.refused[at].reason == reason => {
                face.refused[at].until = until;
                return;
            }
            Some(at) => face.refused[at] = one,
            None => face.refused.push(one),
        }
        io.effects.push(Effect::Wrote(Self::refused_row(who), change));
        io.say(reason, |links| named(who, links));
    }

    fn forget_refused(&mut self, link: usize, so: impl Fn(&Refused) -> bool, io: &mut Io<'_>) {
        let all = std::mem::take(&mut self.faces[link].refused);
        let (gone, kept): (Vec<Refused>, _) = all.into_iter().partition(so);
        self.faces[link].refused = kept;
        for one in gone {
            io.effects.push(Effect::Wrote(Self::refused_row((link, one.ip)), RowChange::Removed));
        }
    }

    /// What is due on one link.
    pub(super) fn face_timers(&mut self, link: usize, io: &mut Io<'_>) {
        let now = io.now;
        let all: Vec<Who> = self.faces[link].neighbours.iter().map(|near| (link, near.ip)).collect();
        for who in all {
            let Some(near) = self.near_mut(who) else { continue };
            if near.silent <= now {
                self.lose(who, &why::SILENT, io);
            } else if near.gone_at() <= now {
                self.dismiss(who, &why::NEVER_UP, io);
            } else {
                self.retransmit(who, io);
            }
        }
        self.forget_refused(link, |one| one.until <= now, io);
        if self.faces[link].hello_at.is_some_and(|due| due <= now) {
            self.hello(link, io);
        }
    }
}

/// Whether the next packet for those who do not lag behind is meant for this router.
fn conditional(near: &mut Near, own: Ipv4Addr, tlvs: &[Tlv]) {
    let listed = tlvs.iter().find_map(|tlv| if let Tlv::Sequence(all) = tlv { Some(all.contains(&own)) } else { None });
    let next = tlvs.iter().find_map(|tlv| if let Tlv::NextMulticast(next) = tlv { Some(*next) } else { None });
    if let Some(listed) = listed {
        near.may_take = next.filter(|_| !listed);
    }
}

/// The network an address is in.
pub(super) fn network((ip, len): Prefix) -> Prefix {
    (Ipv4Addr::from_bits(ip.to_bits() & crate::wire::ipv4::mask(len)), len)
}

fn named(who: Who, links: &[Link]) -> String {
    format!("{} on {}", who.1, links[who.0].name)
}
