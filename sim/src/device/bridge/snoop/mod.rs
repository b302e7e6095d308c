//! Multicast snooping: the switch overhears who listens to which group, and sends groups there only.
//!
//! Modelled: members by port with the times Linux gives them, ports that lead to routers, the questions of a switch
//! that is the querier (at its start, every 125 s, and about a group that somebody leaves), other queriers, and that
//! nothing is held back while no querier is known, since members are only heard if somebody asks them. Left out:
//! sources (all senders of a group are one), fast leave, IPv6.
//!
//! Before editing read Linux `net/bridge/br_multicast.c` (`br_multicast_ipv4_rcv`, `br_ip4_multicast_igmp3_report`,
//! `br_multicast_leave_group`, `br_multicast_send_query`) and RFC 4541.

mod input;
mod query;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::{Bridge, flag, why};
use crate::engine::{Cell, Column, Outbox, RowChange, TableRow, TableView};
use crate::id::{EventNo, PortNo};
use crate::time::{SimDuration, SimTime};
use crate::wire::MacAddr;
use query::Asks;

/// Place of the members among the tables.
pub(super) const MDB: u8 = 3;

/// A member that is not heard again is forgotten (`multicast_membership_interval`).
const MEMBER: SimDuration = SimDuration::from_secs(260);
/// So is a router, and another querier (`multicast_querier_interval`).
const ROUTER: SimDuration = SimDuration::from_secs(255);
/// Members of a group are asked so often, and wait so long, before it is taken from a port that somebody left.
const LAST_MEMBERS: u8 = 2;
const LAST_MEMBER: SimDuration = SimDuration::from_secs(1);
/// Longest wait for an answer to a general question (`multicast_query_response_interval`).
const RESPONSE: SimDuration = SimDuration::from_secs(10);
/// Most groups; one more, and a Linux bridge gives up snooping (`multicast_hash_max`).
const MAX_GROUPS: usize = 4096;

/// How a switch snoops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnoopConfig {
    /// Asks who listens, as a router would (Linux `mcast_querier`).
    pub querier: bool,
    /// Version of IGMP it asks in: 2 or 3 (Linux `mcast_igmp_version`).
    pub version: u8,
}

impl Default for SnoopConfig {
    fn default() -> Self {
        Self { querier: false, version: 2 }
    }
}

/// A port behind which somebody listens.
#[derive(Clone, Copy, Debug)]
struct Member {
    port: u16,
    until: SimTime,
    /// So often, and then, the group is asked about again.
    again: u8,
    again_at: Option<SimTime>,
    written: EventNo,
}

/// What a switch that snoops knows.
#[derive(Clone, Debug)]
pub struct Snoop {
    on: bool,
    querier: bool,
    version: u8,
    members: BTreeMap<(u16, Ipv4Addr), Vec<Member>>,
    /// For each port until when a router counts as present, and the event that made it so.
    routers: Vec<Option<(SimTime, EventNo)>>,
    /// Until when another querier counts as present.
    other: Option<SimTime>,
    /// The address of the querier.
    querier_ip: Ipv4Addr,
    /// Before this moment members have not had the time to answer.
    settled: SimTime,
    asks: Vec<Asks>,
}

/// What a report did.
#[derive(Clone, Copy, Debug)]
enum Added {
    /// A new member; the key of its row.
    New(u64),
    /// A member that was known.
    Known,
    /// There is no room for another group.
    NoRoom,
}

/// A change of the table of members.
type Wrote = (u64, RowChange);

fn key(vid: u16, group: Ipv4Addr, port: u16) -> u64 {
    u64::from(vid) << 48 | u64::from(group.to_bits()) << 16 | u64::from(port)
}

fn router_key(port: u16) -> u64 {
    1 << 63 | u64::from(port)
}

impl Snoop {
    /// A switch that has heard nothing yet.
    pub fn new(config: SnoopConfig, ports: usize) -> Self {
        Self {
            on: true,
            querier: config.querier,
            version: config.version,
            members: BTreeMap::new(),
            routers: vec![None; ports],
            other: None,
            querier_ip: Ipv4Addr::UNSPECIFIED,
            settled: SimTime::ZERO,
            asks: vec![Asks::default(); ports],
        }
    }

    /// Some querier makes members speak, so what is known of them is all there is (`br_multicast_querier_exists`).
    fn knows_all(&self, now: SimTime) -> bool {
        (self.querier || self.other.is_some()) && now >= self.settled
    }

    /// Somebody listens behind a port.
    fn add(&mut self, place: (u16, Ipv4Addr), port: u16, now: SimTime, written: EventNo) -> Added {
        if !self.members.contains_key(&place) && self.members.len() >= MAX_GROUPS {
            return Added::NoRoom;
        }
        let list = self.members.entry(place).or_default();
        let until = now + MEMBER;
        if let Some(member) = list.iter_mut().find(|member| member.port == port) {
            (member.until, member.again, member.again_at) = (until, 0, None);
            return Added::Known;
        }
        list.push(Member { port, until, again: 0, again_at: None, written });
        list.sort_unstable_by_key(|member| member.port);
        Added::New(key(place.0, place.1, port))
    }

    fn member(&mut self, place: (u16, Ipv4Addr), port: u16) -> Option<&mut Member> {
        self.members.get_mut(&place)?.iter_mut().find(|member| member.port == port)
    }

    /// A router is behind a port. True when that is news.
    fn mark_router(&mut self, port: u16, now: SimTime, written: EventNo) -> bool {
        let Some(router) = self.routers.get_mut(usize::from(port)) else { return false };
        let known = router.map(|(_, written)| written);
        *router = Some((now + ROUTER, known.unwrap_or(written)));
        known.is_none()
    }

    /// Ports a group is sent to: those of its members and those that lead to routers. And the first member's row.
    fn ports(&self, place: (u16, Ipv4Addr)) -> (Vec<u16>, Option<u64>) {
        let members = self.members.get(&place).map(Vec::as_slice).unwrap_or_default();
        let routers = (0..self.routers.len() as u16).filter(|port| self.routers[usize::from(*port)].is_some());
        let mut ports: Vec<u16> = members.iter().map(|member| member.port).chain(routers).collect();
        ports.sort_unstable();
        ports.dedup();
        (ports, members.first().map(|member| key(place.0, place.1, member.port)))
    }

    /// Forgets what the test says: members by port and end, routers by port and end.
    fn forget(&mut self, test: impl Fn(u16, SimTime) -> bool) -> Vec<Wrote> {
        let mut gone = Vec::new();
        self.members.retain(|(vid, group), list| {
            let dead = list.iter().filter(|member| test(member.port, member.until));
            gone.extend(dead.map(|member| (key(*vid, *group, member.port), RowChange::Removed)));
            list.retain(|member| !test(member.port, member.until));
            !list.is_empty()
        });
        for (port, router) in (0..).zip(&mut self.routers) {
            if router.is_some_and(|(until, _)| test(port, until)) {
                *router = None;
                gone.push((router_key(port), RowChange::Removed));
            }
        }
        gone
    }

    fn next_due(&self) -> Option<SimTime> {
        let members = self.members.values().flatten();
        let members = members.flat_map(|member| [Some(member.until), member.again_at]);
        let routers = self.routers.iter().map(|router| router.map(|(until, _)| until));
        members.chain(routers).chain(self.asks.iter().map(|asks| asks.due)).chain([self.other]).flatten().min()
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let members: usize = self.members.values().map(|list| 64 + list.capacity() * 48).sum();
        members + self.routers.capacity() * 24 + self.asks.capacity() * 24
    }
}

impl Bridge {
    /// The timer of all that snooping waits for; those of the ports come before it.
    fn snoop_timer(&self) -> crate::engine::TimerKind {
        crate::engine::TimerKind(1 + self.ports.len() as u32)
    }

    fn rearm_snoop(&self, out: &mut Outbox<'_>) {
        match self.snoop.as_ref().and_then(|snoop| snoop.next_due()) {
            Some(due) => out.arm_background(self.snoop_timer(), due),
            None => out.disarm(self.snoop_timer()),
        }
    }

    fn tell_mdb(wrote: impl IntoIterator<Item = Wrote>, out: &mut Outbox<'_>) {
        for (key, change) in wrote {
            out.wrote(MDB, key, change);
        }
    }

    /// The switch begins: it asks at once, and until the answers are in it holds nothing back.
    pub(super) fn begin_snooping(&mut self, now: SimTime, out: &mut Outbox<'_>) {
        let up: Vec<bool> = self.ports.iter().map(|port| port.has(flag::UP)).collect();
        let Some(snoop) = self.snoop.as_mut().filter(|snoop| snoop.on) else { return };
        if snoop.querier && snoop.other.is_none() {
            snoop.settled = now + RESPONSE;
        }
        snoop.ask_all(now, &up);
        self.rearm_snoop(out);
    }

    /// A port has come up, or is gone and with it all that was known behind it.
    pub(super) fn snoop_carrier(&mut self, port: u16, up: bool, out: &mut Outbox<'_>) {
        let Some(snoop) = self.snoop.as_mut() else { return };
        let Some(asks) = snoop.asks.get_mut(usize::from(port)) else { return };
        *asks = Asks { due: (up && snoop.on).then_some(out.now()), sent: 0 };
        let gone = if up { Vec::new() } else { snoop.forget(|at, _| at == port) };
        Self::tell_mdb(gone, out);
        self.rearm_snoop(out);
    }

    /// Power was cut.
    pub(super) fn reset_snooping(&mut self) {
        let ports = self.ports.len();
        if let Some(snoop) = &mut self.snoop {
            let config = SnoopConfig { querier: snoop.querier, version: snoop.version };
            **snoop = Snoop { on: snoop.on, ..Snoop::new(config, ports) };
        }
    }

    /// Snooping is switched on or off. What is known stays, as in Linux (`br_multicast_toggle`).
    pub(super) fn set_snooping(&mut self, on: bool, out: &mut Outbox<'_>) {
        let ports = self.ports.len();
        let snoop = self
            .snoop
            .get_or_insert_with(|| Box::new(Snoop { on: false, ..Snoop::new(SnoopConfig::default(), ports) }));
        if std::mem::replace(&mut snoop.on, on) != on && on {
            let now = out.now();
            self.begin_snooping(now, out);
        }
    }

    /// The switch becomes the querier, or asks no more. False when it does not snoop.
    pub(super) fn set_querier(&mut self, on: bool, out: &mut Outbox<'_>) -> bool {
        let Some(snoop) = &mut self.snoop else { return false };
        if std::mem::replace(&mut snoop.querier, on) != on && on {
            let now = out.now();
            self.begin_snooping(now, out);
        }
        true
    }

    /// Something that snooping waited for is due.
    pub(super) fn snoop_due(&mut self, now: SimTime, out: &mut Outbox<'_>) {
        let up: Vec<bool> = self.ports.iter().map(|port| port.has(flag::UP)).collect();
        let mac = self.mac;
        let Some(snoop) = &mut self.snoop else { return };
        if snoop.other.is_some_and(|until| until <= now) {
            snoop.other = None;
            snoop.querier_ip = Ipv4Addr::UNSPECIFIED;
            snoop.ask_all(now, &up);
        }
        if snoop.on {
            snoop.send_due(now, mac, out);
        }
        let gone = snoop.forget(|_, until| until <= now);
        Self::tell_mdb(gone, out);
        self.rearm_snoop(out);
    }

    /// `mdb`: members and routers.
    pub(super) fn mdb_view(&self, snoop: &Snoop) -> TableView {
        let mut columns = vec![Column { name: "group", zh: "组" }];
        if self.vlan_filtering {
            columns.push(Column { name: "vlan", zh: "VLAN" });
        }
        columns.extend([
            Column { name: "port", zh: "端口" },
            Column { name: "kind", zh: "类型" },
            Column { name: "until", zh: "有效至" },
        ]);
        let row = |key: u64, group, vid: u16, port: u16, kind, until, written| {
            let mut cells = vec![group];
            if self.vlan_filtering {
                cells.push(if vid == 0 { Cell::None } else { Cell::Number(u64::from(vid)) });
            }
            let name = self.names.get(usize::from(port)).cloned().unwrap_or_default();
            cells.extend([Cell::Port(PortNo(port), name), Cell::Word(kind), Cell::Time(until)]);
            TableRow { key, cells, written }
        };
        let mut rows = Vec::new();
        for ((vid, group), list) in &snoop.members {
            for at in list {
                let key = key(*vid, *group, at.port);
                rows.push(row(key, Cell::Ip(*group), *vid, at.port, "member", at.until, at.written));
            }
        }
        for (port, router) in (0..).zip(&snoop.routers) {
            if let Some((until, written)) = router {
                rows.push(row(router_key(port), Cell::None, 0, port, "router", *until, *written));
            }
        }
        TableView { name: "mdb", zh: "组成员表", columns, rows }
    }
}

/// The address a switch asks from, where nobody gave it one.
pub(super) const fn own_mac(mac: MacAddr) -> MacAddr {
    // Locally administered; only queries carry it.
    if mac.key() == 0 { MacAddr([2, 0, 0, 0xff, 0, 0]) } else { mac }
}
