//! The learning switch: a hardware switch, a hub, a Linux bridge.
//!
//! Modelled: learning, refresh, station move, ageing by garbage collection (a look-up never tests a row's age, as in
//! Linux), capacity with four ways to behave when full, static and sticky rows, flush on loss of carrier, port flags,
//! VLAN access and trunk ports, port security, IGMP snooping. Left out: spanning tree, 802.1X.
//!
//! Before editing read IEEE 802.1Q-2022 §8.6–8.8 and Linux `net/bridge/br_input.c`, `br_fdb.c`, `br_forward.c`.

mod change;
pub mod clamp;
pub mod config;
pub mod fdb;
pub mod monitor;
mod secured;
pub mod security;
pub mod snoop;
mod tables;
#[cfg(test)]
mod tests;
pub mod vlan;
pub mod why;

pub use change::{PORT_SETTINGS, SETTINGS};
pub use config::{BridgeConfig, PortConfig, PortSecurity, PortVlan, Violation, WhenFull};
pub use snoop::SnoopConfig;

use fdb::{Fdb, Kind, Learned, Row, key};
use security::Security;
use vlan::Class;

use crate::engine::{ChangeError, Device, DeviceChange, Outbox, RowChange, TableView, TimerKind, Why};
use crate::explain::Reason;
use crate::id::PortNo;
use crate::time::{SimDuration, SimTime};
use crate::wire::{Frame, MacAddr, ethernet};

/// Place of the forwarding table among the tables.
const FDB: u8 = 0;
/// The garbage collector's timer; recovery timers of the ports follow.
const COLLECT: TimerKind = TimerKind(0);
/// Collections are at least this far apart (Linux `br_fdb_cleanup`, HZ / 100).
const COLLECT_GAP: SimDuration = SimDuration::from_ms(10);
/// A frame may be this much longer than the MTU: Ethernet header and one tag (Linux `__is_skb_forwardable`).
const OVER_MTU: u16 = 18;

/// The timer that opens a port which port security has shut.
fn recovery_timer(port: u16) -> TimerKind {
    TimerKind(1 + u32::from(port))
}

/// Settings of a port that every frame meets, as bits.
mod flag {
    pub const LEARNING: u16 = 1;
    pub const UNICAST: u16 = 2;
    pub const MULTICAST: u16 = 4;
    pub const BROADCAST: u16 = 8;
    pub const HAIRPIN: u16 = 16;
    pub const ISOLATED: u16 = 32;
    pub const UP: u16 = 64;
    pub const SHUT: u16 = 128;
}

#[derive(Clone, Copy, Debug)]
struct Port {
    flags: u16,
    longest: u16,
}

impl Port {
    #[inline]
    fn has(self, flag: u16) -> bool {
        self.flags & flag != 0
    }
}

/// Totals that no reason counts.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    aged: u64,
}

/// The device.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "settings and caches, independent of each other")]
pub struct Bridge {
    ports: Vec<Port>,
    names: Vec<String>,
    vlans: Vec<PortVlan>,
    learning: bool,
    vlan_filtering: bool,
    secured: bool,
    collecting: bool,
    /// 0 is no limit.
    clamp_mss: u16,
    ageing: SimDuration,
    capacity: Option<u32>,
    when_full: WhenFull,
    fdb: Fdb,
    security: Security,
    totals: Totals,
    mac: MacAddr,
    snoop: Option<Box<snoop::Snoop>>,
    monitor: Option<Box<monitor::Monitor>>,
}

/// A frame on its way through: where it came in, and what was read from it once.
#[derive(Clone, Copy, Debug)]
struct Passing {
    port: u16,
    dst: MacAddr,
    src: MacAddr,
    class: Class,
}

impl Bridge {
    /// A switch without rows.
    pub fn new(config: BridgeConfig) -> Self {
        let own_vlan = |port: u16| config.ports[usize::from(port)].vlan.untagged().unwrap_or(0);
        let vlan_of = |port| if config.vlan_filtering { own_vlan(port) } else { 0 };
        let security = Security::new(config.ports.iter().map(|port| port.security.clone()).collect(), vlan_of);
        let mut bridge = Self {
            ports: config.ports.iter().map(compact).collect(),
            names: config.ports.iter().map(|port| port.name.clone()).collect(),
            vlans: config.ports.iter().map(|port| port.vlan.clone()).collect(),
            learning: config.learning,
            vlan_filtering: config.vlan_filtering,
            secured: security.active(),
            collecting: false,
            clamp_mss: config.clamp_mss.unwrap_or(0),
            ageing: config.ageing,
            capacity: config.capacity,
            when_full: config.when_full,
            fdb: Fdb::new(config.capacity, config.when_full, config.ways),
            mac: snoop::own_mac(config.mac),
            snoop: config.snooping.map(|own| Box::new(snoop::Snoop::new(own, config.ports.len()))),
            monitor: None,
            security,
            totals: Totals::default(),
        };
        for (key, port, _) in bridge.security.addresses().collect::<Vec<_>>() {
            let row = Row { updated: SimTime::ZERO, written: crate::id::EventNo(0), port, kind: Kind::Secure };
            bridge.fdb.write(key, row);
        }
        bridge
    }

    /// Reads the addresses; anything that is no frame of a station ends here.
    #[inline]
    fn read(&self, port: u16, frame: &Frame) -> Result<Passing, (Reason, u64)> {
        let Some(state) = self.ports.get(usize::from(port)) else { return Err((&why::NO_PORT, 0)) };
        if state.has(flag::SHUT) {
            return Err((&why::ERR_DISABLED, 0));
        }
        let bytes = frame.bytes();
        let (Some(dst), Some(src)) = (ethernet::dst(bytes), ethernet::src(bytes)) else {
            return Err((&why::RUNT, bytes.len() as u64));
        };
        // A hub reads no address, so none is wrong.
        if self.learning && !src.is_unicast() {
            return Err((&why::INVALID_SOURCE, 0));
        }
        if self.learning && is_link_local(dst) {
            return Err((&why::LINK_LOCAL, 0));
        }
        Ok(Passing { port, dst, src, class: Class { vid: 0, pcp: 0, dei: false } })
    }

    /// Learns the source. An error is the frame's end.
    #[inline]
    fn learn(&mut self, passing: Passing, frame: &Frame, out: &mut Outbox<'_>) -> Result<(), Why> {
        if !self.learning || self.ageing == SimDuration::ZERO {
            return Ok(());
        }
        if !self.ports[usize::from(passing.port)].has(flag::LEARNING) {
            return Ok(());
        }
        let key = key(passing.class.vid, passing.src);
        let now = out.now();
        match self.fdb.learn(key, passing.port, now, out.event()) {
            Learned::Refreshed => Ok(()),
            other => self.learned(other, key, frame, out),
        }
    }

    /// Everything but the ordinary case: says what happened to the table.
    #[cold]
    fn learned(&mut self, what: Learned, key: u64, frame: &Frame, out: &mut Outbox<'_>) -> Result<(), Why> {
        let rows = u64::from(self.fdb.learned());
        let note = |reason| Why::row(reason, FDB, key).with(rows);
        match what {
            Learned::Refreshed => {}
            Learned::New => out.note(frame, note(&why::LEARNED)),
            Learned::Moved => out.note(frame, note(&why::MOVED)),
            Learned::Pinned => out.note(frame, note(&why::PINNED)),
            Learned::Evicted(old) => {
                self.wrote(old, RowChange::Removed, out);
                out.note(frame, note(&why::EVICTED));
            }
            Learned::Overwrote(old) => {
                self.wrote(old, RowChange::Removed, out);
                out.note(frame, note(&why::OVERWRITTEN));
            }
            Learned::Refused if self.when_full == WhenFull::DropFrame => {
                return Err(Why::number(&why::TABLE_FULL_DROP, rows));
            }
            Learned::Refused => out.note(frame, Why::number(&why::TABLE_FULL, rows)),
        }
        match what {
            Learned::New | Learned::Evicted(_) | Learned::Overwrote(_) => {
                self.wrote(key, RowChange::Added, out);
                self.keep_collecting(out);
            }
            Learned::Moved => {
                self.wrote(key, RowChange::Changed, out);
                self.keep_collecting(out);
            }
            _ => {}
        }
        Ok(())
    }

    fn keep_collecting(&mut self, out: &mut Outbox<'_>) {
        if !std::mem::replace(&mut self.collecting, true) {
            let due = out.now() + self.ageing;
            out.arm_background(COLLECT, due);
        }
    }

    /// Port security, before anything is learned. An error is the frame's end.
    #[cold]
    fn guard(&mut self, passing: Passing, out: &mut Outbox<'_>) -> Result<(), Why> {
        let source = key(passing.class.vid, passing.src);
        let Some(verdict) = self.security.judge(source, passing.port) else { return Ok(()) };
        match verdict {
            security::Verdict::Known => Ok(()),
            security::Verdict::Added => {
                let (updated, written) = (out.now(), out.event());
                let known = self.fdb.get(source).is_some();
                self.fdb.write(source, Row { updated, written, port: passing.port, kind: Kind::Secure });
                self.wrote(source, if known { RowChange::Changed } else { RowChange::Added }, out);
                Ok(())
            }
            security::Verdict::Violation(violation) => {
                let config = self.security.config(passing.port);
                let limit = config.map_or(0, |config| u64::from(config.maximum));
                let recovery = config.and_then(|config| config.recovery);
                if violation == Violation::Shutdown {
                    self.ports[usize::from(passing.port)].flags |= flag::SHUT;
                    self.flush_port(passing.port, out);
                    if let Some(span) = recovery {
                        let due = out.now() + span;
                        out.arm_background(recovery_timer(passing.port), due);
                    }
                }
                Err(Why::number(&why::PORT_SECURITY, limit))
            }
        }
    }

    /// Where the frame goes: one port, several, or none with the reason.
    #[inline]
    fn decide(&mut self, passing: Passing, frame: Frame, out: &mut Outbox<'_>) {
        if !self.learning {
            return self.flood(passing, flag::UNICAST, frame, &why::HUB_REPEAT, out);
        }
        if passing.dst.is_multicast() {
            if self.snoop.is_some() && !passing.dst.is_broadcast() {
                return self.snooped(passing, frame, out);
            }
            let (kind, reason): (u16, Reason) = if passing.dst.is_broadcast() {
                (flag::BROADCAST, &why::FLOOD_BROADCAST)
            } else {
                (flag::MULTICAST, &why::FLOOD_MULTICAST)
            };
            return self.flood(passing, kind, frame, reason, out);
        }
        let key = key(passing.class.vid, passing.dst);
        match self.fdb.get(key) {
            Some(row) => {
                let to = row.port;
                self.forward(passing, key, to, frame, out);
            }
            None => self.flood(passing, flag::UNICAST, frame, &why::FLOOD_UNKNOWN, out),
        }
    }

    #[inline]
    fn forward(&mut self, passing: Passing, key: u64, to: u16, mut frame: Frame, out: &mut Outbox<'_>) {
        let (from, at) = (self.ports[usize::from(passing.port)], self.ports[usize::from(to)]);
        let refuse: Option<Reason> = if to == passing.port && !from.has(flag::HAIRPIN) {
            Some(&why::SAME_PORT)
        } else if from.flags & at.flags & flag::ISOLATED != 0 {
            Some(&why::ISOLATED)
        } else if at.flags & (flag::UP | flag::SHUT) != flag::UP {
            Some(&why::PORT_DOWN)
        } else if frame.len() > usize::from(at.longest) {
            Some(&why::TOO_LONG)
        } else if self.vlan_filtering && !self.vlans[usize::from(to)].has(passing.class.vid) {
            Some(&why::VLAN_EGRESS)
        } else {
            None
        };
        if let Some(reason) = refuse {
            let n = if reason == &why::VLAN_EGRESS { u64::from(passing.class.vid) } else { frame.len() as u64 };
            return out.drop(frame, Why::row(reason, FDB, key).with(n));
        }
        if self.vlan_filtering && self.vlans[usize::from(to)].tags(passing.class.vid) {
            vlan::put_tag(&mut frame, passing.class);
        }
        out.forward(PortNo(to), frame, Why::row(&why::FORWARD_KNOWN, FDB, key));
    }

    /// Whether a flooded frame may leave by a port.
    #[inline]
    fn may_flood(&self, passing: Passing, kind: u16, len: usize, to: u16) -> bool {
        let (from, at) = (self.ports[usize::from(passing.port)], self.ports[usize::from(to)]);
        (to != passing.port || from.has(flag::HAIRPIN))
            && at.flags & (kind | flag::UP | flag::SHUT) == kind | flag::UP
            && from.flags & at.flags & flag::ISOLATED == 0
            && len <= usize::from(at.longest)
            && (!self.vlan_filtering || self.vlans[usize::from(to)].has(passing.class.vid))
    }

    fn flood(&mut self, passing: Passing, kind: u16, mut frame: Frame, reason: Reason, out: &mut Outbox<'_>) {
        let len = frame.len();
        let all = || (0..self.ports.len() as u16).filter(|to| self.may_flood(passing, kind, len, *to));
        if all().next().is_none() {
            return out.drop(frame, &why::NO_OTHER_PORT);
        }
        if !self.vlan_filtering {
            return out.flood(all().map(PortNo), frame, reason);
        }
        // Copies with and without a tag are different bytes, so they are two floods.
        let tagged = |to: &u16| self.vlans[usize::from(*to)].tags(passing.class.vid);
        let (plain, with_tag) = (all().any(|to| !tagged(&to)), all().any(|to| tagged(&to)));
        if plain && with_tag {
            out.flood(all().filter(|to| !tagged(to)).map(PortNo), frame.clone(), reason);
        } else if plain {
            return out.flood(all().map(PortNo), frame, reason);
        }
        vlan::put_tag(&mut frame, passing.class);
        out.flood(all().filter(tagged).map(PortNo), frame, reason);
    }

    /// Forgets what was learned behind a port.
    fn flush_port(&mut self, port: u16, out: &mut Outbox<'_>) {
        let mut gone = self.fdb.remove_where(|row| row.port == port && row.kind == Kind::Dynamic);
        for key in self.security.forget(port) {
            self.fdb.remove(key);
            gone.push(key);
        }
        for key in gone {
            self.wrote(key, RowChange::Removed, out);
        }
    }

    fn collect(&mut self, now: SimTime, out: &mut Outbox<'_>) {
        let (dead, next) = self.fdb.collect(now, self.ageing);
        self.totals.aged += dead.len() as u64;
        for key in dead {
            self.wrote(key, RowChange::Removed, out);
        }
        self.collecting = next.is_some();
        if let Some(due) = next {
            out.arm_background(COLLECT, due.max(now + COLLECT_GAP));
        }
    }
}

/// The settings of a port that every frame meets.
fn compact(config: &PortConfig) -> Port {
    let bits = [
        (config.learning, flag::LEARNING),
        (config.unicast_flood, flag::UNICAST),
        (config.multicast_flood, flag::MULTICAST),
        (config.broadcast_flood, flag::BROADCAST),
        (config.hairpin, flag::HAIRPIN),
        (config.isolated, flag::ISOLATED),
    ];
    let flags = bits.iter().filter(|(on, _)| *on).fold(flag::UP, |flags, (_, bit)| flags | bit);
    Port { flags, longest: config.mtu.saturating_add(OVER_MTU) }
}

/// 01:80:c2:00:00:01 to :0f; :00 (STP) passes, because no spanning tree runs here.
fn is_link_local(dst: MacAddr) -> bool {
    let key = dst.key();
    key >> 4 == 0x0180_c200_0000 >> 4 && key & 0xf != 0
}

impl Device for Bridge {
    #[inline]
    fn receive(&mut self, _now: SimTime, port: PortNo, mut frame: Frame, out: &mut Outbox<'_>) {
        let mut passing = match self.read(port.0, &frame) {
            Ok(passing) => passing,
            Err((reason, n)) => return out.drop(frame, Why::number(reason, n)),
        };
        if self.vlan_filtering {
            match self.vlans[port.index()].admit(&mut frame) {
                Ok(class) => passing.class = class,
                Err((reason, n)) => return out.drop(frame, Why::number(reason, n)),
            }
        }
        if self.secured
            && let Err(why) = self.guard(passing, out)
        {
            return out.drop(frame, why);
        }
        if let Err(why) = self.learn(passing, &frame, out) {
            return out.drop(frame, why);
        }
        if self.monitor.is_some() && ethernet::ethertype(frame.bytes()) == Some(ethernet::ARP) {
            self.hear_address(port.0, &frame, out);
        }
        if self.clamp_mss != 0 {
            self.clamp(&mut frame, out);
        }
        self.decide(passing, frame, out);
    }

    fn timer(&mut self, now: SimTime, kind: TimerKind, out: &mut Outbox<'_>) {
        match kind {
            COLLECT => self.collect(now, out),
            TimerKind(recovery) => match self.ports.get_mut(recovery as usize - 1) {
                Some(port) => port.flags &= !flag::SHUT,
                None => self.snoop_due(now, out),
            },
        }
    }

    fn carrier(&mut self, _now: SimTime, port: PortNo, up: bool, out: &mut Outbox<'_>) {
        let Some(state) = self.ports.get_mut(port.index()) else { return };
        if up {
            state.flags |= flag::UP;
        } else {
            state.flags &= !flag::UP;
            self.flush_port(port.0, out);
        }
        self.snoop_carrier(port.0, up, out);
    }

    fn reset(&mut self) {
        self.fdb.remove_where(|row| row.kind == Kind::Dynamic);
        for port in 0..self.ports.len() as u16 {
            self.ports[usize::from(port)].flags &= !flag::SHUT;
            for key in self.security.forget(port) {
                self.fdb.remove(key);
            }
        }
        self.collecting = false;
        self.monitor = None;
        self.reset_snooping();
    }

    fn boot(&mut self, now: SimTime, out: &mut Outbox<'_>) {
        self.begin_snooping(now, out);
    }

    fn change(&mut self, now: SimTime, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        self.make_change(now, change, out)
    }

    fn kind(&self) -> &'static str {
        "bridge"
    }

    fn ports(&self) -> u16 {
        self.ports.len() as u16
    }

    fn port_name(&self, port: PortNo) -> String {
        self.names.get(port.index()).cloned().unwrap_or_else(|| format!("port {port}"))
    }

    fn timers(&self) -> u32 {
        2 + self.ports.len() as u32
    }

    fn reasons(&self) -> &'static [Reason] {
        why::ALL
    }

    fn tables(&self) -> Vec<TableView> {
        self.views()
    }

    fn counters(&self) -> Vec<(&'static str, u64)> {
        let violations = (0..self.ports.len() as u16).map(|port| self.security.violations(port)).sum();
        vec![("rows", self.fdb.count() as u64), ("aged", self.totals.aged), ("violations", violations)]
    }

    fn heap_bytes(&self) -> usize {
        let snoop = self.snoop.as_ref().map_or(0, |snoop| snoop.heap_bytes());
        self.fdb.heap_bytes() + self.security.heap_bytes() + self.ports.len() * 64 + snoop
    }

    fn boxed_clone(&self) -> Box<dyn Device> {
        Box::new(self.clone())
    }
}
