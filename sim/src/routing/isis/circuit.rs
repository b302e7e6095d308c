//! Circuits: the links as IS-IS sees them, their hellos, and what makes hellos be refused (ISO/IEC 10589 §8.2, §8.4).

use super::adjacency::{Adjacency, State};
use super::designated::Lan;
use super::{FIRST_HELLOS, FaceConfig, Isis, IsisConfig, Network, why};
use crate::engine::RowChange;
use crate::explain::Reason;
use crate::id::EventNo;
use crate::routing::{Effect, Io, Link};
use crate::stack::why::routing::isis as sent;
use crate::time::{SimDuration, SimTime};
use crate::wire::MacAddr;
use crate::wire::isis::tlv::{self, ThreeWay, Tlv};
use crate::wire::isis::{ALL_SYSTEMS, Hello, HelloKind, IPV4, Level, Levels, Pdu, SystemId};
use crate::wire::llc;

/// So soon after a change the next hello is sent (FRR's `TRIGGERED_IIH_DELAY`).
const SOON: SimDuration = SimDuration::from_ms(50);

/// One that speaks and is not listened to.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub system: SystemId,
    pub mac: MacAddr,
    pub levels: Levels,
    pub reason: Reason,
    /// When nothing of it was heard for too long.
    pub until: SimTime,
    pub written: EventNo,
}

/// A circuit.
#[derive(Clone, Debug)]
pub(super) struct Circuit {
    pub network: Network,
    pub levels: Levels,
    pub metric: u32,
    pub priority: u8,
    pub hello: SimDuration,
    pub hold: SimDuration,
    /// Neither speaks nor listens; its network is told all the same.
    pub passive: bool,
    pub up: bool,
    /// The own address there, known from the first frame that came in.
    pub mac: Option<MacAddr>,
    /// When the next hello of each level is sent; a link of two has one for both, in the first place.
    pub hello_at: [Option<SimTime>; 2],
    /// Hellos that were sent since it is up.
    hellos: u32,
    /// Those that are heard, in order of what tells them apart.
    pub near: Vec<Adjacency>,
    pub refused: Vec<Refused>,
    pub lan: [Lan; 2],
    pub psnp_at: Option<SimTime>,
}

impl Circuit {
    pub fn new(config: &IsisConfig, link: &Link) -> Self {
        let own = config.interfaces.iter().find(|(name, _)| *name == link.name).map(|(_, own)| own.clone());
        let own: FaceConfig = own.unwrap_or_default();
        Self {
            network: own.network.unwrap_or(config.network),
            levels: own.level.unwrap_or(config.level).and(config.level),
            metric: own.metric.unwrap_or(config.metric),
            priority: own.priority.unwrap_or(config.priority),
            hello: own.hello.unwrap_or(config.hello),
            hold: own.hold.unwrap_or(config.hold),
            passive: config.passive.contains(&link.name),
            up: false,
            mac: None,
            hello_at: [None; 2],
            hellos: 0,
            near: Vec::new(),
            refused: Vec::new(),
            lan: [Lan::default(), Lan::default()],
            psnp_at: None,
        }
    }

    pub fn is_lan(&self) -> bool {
        self.network == Network::Broadcast
    }

    /// Levels whose hellos are sent, one after the other; one stands for both on a link of two.
    pub fn voices(&self) -> Vec<Level> {
        if self.is_lan() { self.levels.iter().collect() } else { self.levels.iter().take(1).collect() }
    }

    /// The place of a voice in [`Self::hello_at`].
    fn slot(&self, level: Level) -> usize {
        if self.is_lan() { level.index() } else { 0 }
    }

    /// Those with whom LSPs of a level are shared.
    pub fn up_at(&self, level: Level) -> impl Iterator<Item = &Adjacency> {
        self.near.iter().filter(move |near| near.state == State::Up && near.levels.has(level))
    }

    /// The next time something is due that a run waits for, and what it does not wait for.
    pub fn due(&self) -> [Option<SimTime>; 2] {
        let hello = self.hello_at.iter().flatten().min().copied();
        let waits = self.lan.iter().filter_map(|lan| lan.wait).min();
        let soon = [waits, self.psnp_at, hello.filter(|_| self.hellos < FIRST_HELLOS)];
        let silent = self.near.iter().map(|near| near.silent).min();
        let refused = self.refused.iter().map(|one| one.until).min();
        let later = [hello, silent, refused, self.lan.iter().filter_map(|lan| lan.csnp_at).min()];
        [soon.into_iter().flatten().min(), later.into_iter().flatten().min()]
    }
}

impl Isis {
    /// The link has carrier.
    pub(super) fn circuit_up(&mut self, link: usize, io: &mut Io<'_>) {
        let circuit = &mut self.circuits[link];
        if circuit.up {
            return;
        }
        self.dirty = true;
        (circuit.up, circuit.hellos) = (true, 0);
        if circuit.passive {
            return;
        }
        let wait = circuit.is_lan().then_some(io.now + circuit.hello + circuit.hello);
        for level in circuit.levels.iter() {
            circuit.lan[level.index()] = Lan { wait, ..Lan::default() };
        }
        for level in circuit.voices() {
            self.hello(link, level, io);
        }
    }

    /// The carrier is gone.
    pub(super) fn circuit_down(&mut self, link: usize, io: &mut Io<'_>) {
        while !self.circuits[link].near.is_empty() {
            self.lose((link, 0), &why::LINK_LOST, io);
        }
        self.forget_refused(link, |_| true, io);
        let circuit = &mut self.circuits[link];
        circuit.up = false;
        (circuit.hello_at, circuit.psnp_at) = ([None; 2], None);
        circuit.lan = [Lan::default(), Lan::default()];
        self.srm.retain(|(of, ..), _| *of != link);
        self.ssn.retain(|(of, ..), _| *of != link);
        self.dirty = true;
    }

    /// What is due on one link.
    pub(super) fn circuit_timers(&mut self, link: usize, io: &mut Io<'_>) {
        let now = io.now;
        let is_due = |due: Option<SimTime>| due.is_some_and(|due| due <= now);
        let mut at = 0;
        while at < self.circuits[link].near.len() {
            if self.circuits[link].near[at].silent <= now {
                self.lose((link, at), &why::SILENT, io);
            } else {
                at += 1;
            }
        }
        self.forget_refused(link, |one| one.until <= now, io);
        for lan in &mut self.circuits[link].lan {
            if is_due(lan.wait) {
                (lan.wait, lan.elect) = (None, true);
            }
        }
        for level in Level::ALL {
            // Who is designated is settled before it is told.
            if self.circuits[link].lan[level.index()].elect {
                self.elect(link, level, io);
            }
            if is_due(self.circuits[link].lan[level.index()].csnp_at) {
                self.tell_all_numbers(link, level, &sent::CSNP, io);
                self.circuits[link].lan[level.index()].csnp_at = Some(now + self.config.csnp);
            }
        }
        for level in self.circuits[link].voices() {
            let circuit = &self.circuits[link];
            if is_due(circuit.hello_at[circuit.slot(level)]) {
                self.hello(link, level, io);
            }
        }
        if is_due(self.circuits[link].psnp_at) {
            self.tell_numbers(link, io);
        }
    }

    /// The next hello comes soon: something in it has changed.
    pub(super) fn hello_soon(&mut self, link: usize, level: Level, now: SimTime) {
        let circuit = &mut self.circuits[link];
        let slot = circuit.slot(level);
        circuit.hello_at[slot] = circuit.hello_at[slot].map(|due| due.min(now + SOON));
    }

    /// Sends a hello, and the next one in time.
    pub(super) fn hello(&mut self, link: usize, level: Level, io: &mut Io<'_>) {
        let own = self.id;
        let circuit = &mut self.circuits[link];
        // A designated system is missed by all, so its silence shall be noticed sooner (ISO/IEC 10589 §8.4.3).
        let share = if circuit.is_lan() && circuit.lan[level.index()].is_designated(own) { 3 } else { 1 };
        let slot = circuit.slot(level);
        circuit.hello_at[slot] = Some(io.now + SimDuration(circuit.hello.0 / share));
        circuit.hellos = circuit.hellos.saturating_add(1);
        let hold = (circuit.hold.0 / share).div_ceil(1_000_000_000).clamp(1, u64::from(u16::MAX)) as u16;
        let mut tlvs: Vec<Tlv> = Vec::new();
        tlvs.extend(self.config.password.as_ref().map(|word| Tlv::Password(word.clone().into_bytes())));
        tlvs.extend([Tlv::Protocols(vec![IPV4]), Tlv::Areas(vec![self.config.area.clone()])]);
        let circuit = &self.circuits[link];
        let kind = if circuit.is_lan() {
            let of_level = circuit.near.iter().filter(|near| near.levels.has(level));
            let heard: Vec<MacAddr> = of_level.map(|near| near.mac).collect();
            // As many as fit into one; a LAN with more systems than 42 needs several.
            tlvs.extend(heard.chunks(tlv::MAX / 6).map(|part| Tlv::Heard(part.to_vec())));
            HelloKind::Lan { level, priority: circuit.priority, lan: circuit.lan[level.index()].id }
        } else {
            let near = circuit.near.first();
            let state = near.map_or(tlv::DOWN, |near| near.state.number());
            let (neighbour, theirs) = (near.map(|near| near.system), near.and_then(|near| near.circuit));
            let circuit = Some(extended_number_of(link));
            tlvs.push(Tlv::ThreeWay(ThreeWay { state, circuit, neighbour, theirs }));
            HelloKind::Point { circuit: number_of(link) }
        };
        let ips = io.links[link].addresses.iter().map(|(ip, _)| *ip).take(tlv::MAX / 4);
        tlvs.push(Tlv::Addresses(ips.collect()));
        let mut hello = Hello { kind, levels: circuit.levels, system: own, hold, tlvs };
        if self.config.padding {
            pad(&mut hello, usize::from(io.links[link].mtu).saturating_sub(llc::LEN));
        }
        self.tell(link, level, &Pdu::Hello(hello), &sent::HELLO, io);
    }

    /// Sends a PDU of a level.
    pub(super) fn tell(&self, link: usize, level: Level, pdu: &Pdu, why: Reason, io: &mut Io<'_>) {
        let to = if self.circuits[link].is_lan() { level.group() } else { ALL_SYSTEMS };
        io.effects.push(Effect::Frame { link, to, bytes: pdu.write(), why });
    }

    /// Why a hello is not taken: what both ends must have the same. With the levels on which it might be taken.
    pub(super) fn refusal(&self, link: usize, hello: &Hello, len: usize, io: &Io<'_>) -> Result<Levels, Reason> {
        let circuit = &self.circuits[link];
        let lan = matches!(hello.kind, HelloKind::Lan { .. });
        let (mut password, mut areas) = (None, Vec::new());
        for tlv in &hello.tlvs {
            match tlv {
                Tlv::Password(word) => password = Some(word.as_slice()),
                Tlv::Other(10, _) => password = Some(&[]),
                Tlv::Areas(all) => areas.extend(all),
                _ => {}
            }
        }
        let common = hello.levels.and(circuit.levels);
        let same_area = areas.contains(&&self.config.area);
        let usable = match hello.kind {
            HelloKind::Lan { level, .. } => common.and(Levels(level.number())),
            HelloKind::Point { .. } => common,
        };
        // Level 1 is within an area, level 2 between all.
        let usable = if same_area { usable } else { usable.and(Levels::TWO) };
        match () {
            () if len + llc::LEN > usize::from(io.links[link].mtu) => Err(&why::MTU),
            () if lan != circuit.is_lan() => Err(&why::CIRCUIT),
            () if hello.system == self.id => Err(&why::SAME_ID),
            () if password != self.config.password.as_ref().map(String::as_bytes) => Err(&why::AUTHENTICATION),
            () if common == Levels(0) => Err(&why::LEVEL),
            () if usable == Levels(0) => Err(&why::AREA),
            () => Ok(usable),
        }
    }

    /// One that speaks is not listened to: said when the reason is new, and shown as long as it lasts.
    pub(super) fn refuse(&mut self, (link, mac): (usize, MacAddr), hello: &Hello, reason: Reason, io: &mut Io<'_>) {
        let levels = match hello.kind {
            HelloKind::Lan { level, .. } => Levels(level.number()),
            HelloKind::Point { .. } => hello.levels,
        };
        let circuit = &mut self.circuits[link];
        let until = io.now + SimDuration::from_secs(u64::from(hello.hold.max(1)));
        let one = Refused { system: hello.system, mac, levels, reason, until, written: io.event };
        let row = super::table::refused_row(link, &one);
        let known = circuit.refused.iter().position(|known| super::table::refused_row(link, known) == row);
        let change = if known.is_some() { RowChange::Changed } else { RowChange::Added };
        match known {
            Some(at) if circuit.refused[at].reason.slug == reason.slug => {
                circuit.refused[at].until = until;
                return;
            }
            Some(at) => circuit.refused[at] = one,
            None => circuit.refused.push(one),
        }
        io.effects.push(Effect::Wrote(row, change));
        io.say(reason, |links| format!("{} on {}", hello.system, links[link].name));
    }

    /// Forgets those of whom this is so.
    pub(super) fn forget_refused(&mut self, link: usize, so: impl Fn(&Refused) -> bool, io: &mut Io<'_>) {
        let all = std::mem::take(&mut self.circuits[link].refused);
        let (gone, kept): (Vec<Refused>, _) = all.into_iter().partition(so);
        self.circuits[link].refused = kept;
        for one in gone {
            io.effects.push(Effect::Wrote(super::table::refused_row(link, &one), RowChange::Removed));
        }
    }
}

/// The number of a circuit, 1 to 255, as it stands in the names of LANs.
pub(super) fn number_of(link: usize) -> u8 {
    u8::try_from(link + 1).unwrap_or(u8::MAX)
}

/// The number by which a neighbour names the circuit back, which is how it shows that it means this one (RFC 5303 §3.1).
pub(super) fn extended_number_of(link: usize) -> u32 {
    u32::try_from(link).unwrap_or(u32::MAX)
}

/// Fills a hello up, so that it arrives only where the longest packets do too (ISO/IEC 10589 §8.2.3).
fn pad(hello: &mut Hello, most: usize) {
    let mut len = Pdu::Hello(hello.clone()).write().len();
    while len + 2 <= most {
        let zeros = (most - len - 2).min(tlv::MAX);
        hello.tlvs.push(Tlv::Padding(zeros));
        len += zeros + 2;
    }
}
