//! Groups this host listens to, and how it says so: IGMP version 3, and versions 1 and 2 where a querier speaks those.
//!
//! Whoever listens holds the group: the host itself, or a tunnel over it. With the first holder the host joins, with
//! the last one it leaves. Sources are not told apart: everybody may send.
//!
//! Before editing read Linux `net/ipv4/igmp.c` (`igmp_group_added`, `igmp_heard_query`, `igmp_ifc_timer_expire`).

use std::net::Ipv4Addr;

use super::net::{Hop, Net};
use super::tunnel::ip_at;
use super::why::groups as why;
use super::{GROUPS, GROUPS_TIMER};
use crate::engine::{Outbox, RowChange, Why};
use crate::explain::Reason;
use crate::id::{EventNo, PortNo};
use crate::rng::Stream;
use crate::time::{SimDuration, SimTime};
use crate::wire::igmp::{self, Message, Query, RecordKind};
use crate::wire::{Frame, LinkType, MacAddr, Origin, ethernet, ipv4};

/// Least wait before anything is said: two ticks of a kernel with 250 a second (`igmp_ifc_start_timer`).
const TICKS: SimDuration = SimDuration::from_ms(8);
/// How often a change is told (`igmp_qrv`).
const ROBUSTNESS: u8 = 2;
/// The second telling of a join comes within this time in version 3, and in versions 1 and 2.
const UNSOLICITED: [SimDuration; 2] = [SimDuration::from_secs(1), SimDuration::from_secs(10)];
/// Time from query to query, and for the answer, until a querier says otherwise.
const INTERVAL: SimDuration = SimDuration::from_secs(125);
const RESPONSE: SimDuration = SimDuration::from_secs(10);

/// Who listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The host itself.
    Host,
    /// The tunnel at this port.
    Tunnel(PortNo),
    /// The application of this number.
    App(u8),
}

/// A group on an interface.
#[derive(Clone, Debug)]
pub struct Member {
    /// The interface.
    pub port: PortNo,
    /// The group.
    pub group: Ipv4Addr,
    holders: Vec<Holder>,
    /// So often the join is still to be told, in version 3.
    changes: u8,
    /// When this group alone is reported.
    pub due: Option<SimTime>,
    /// So often it is still to be told unasked, in versions 1 and 2.
    unsolicited: u8,
    /// This host was the last to report it.
    pub reporter: bool,
    /// The event that wrote it.
    pub written: EventNo,
}

/// What an interface has heard from queriers, and what it has still to say.
#[derive(Clone, Debug)]
struct Link {
    /// Until when a querier of version 1, or 2, counts as present.
    old: [SimTime; 2],
    /// When changes are told.
    change: Option<SimTime>,
    changes: u8,
    /// When all groups are told.
    general: Option<SimTime>,
    robustness: u8,
    interval: SimDuration,
    response: SimDuration,
    /// Groups left, and how often that is still to be told.
    gone: Vec<(Ipv4Addr, u8)>,
}

impl Link {
    fn new() -> Self {
        Self {
            old: [SimTime::ZERO; 2],
            change: None,
            changes: 0,
            general: None,
            robustness: ROBUSTNESS,
            interval: INTERVAL,
            response: RESPONSE,
            gone: Vec::new(),
        }
    }

    /// The version spoken here: the oldest that a querier speaks.
    fn version(&self, now: SimTime) -> u8 {
        if now < self.old[0] {
            1
        } else if now < self.old[1] {
            2
        } else {
            3
        }
    }
}

/// The groups of a host.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    members: Vec<Member>,
    links: Vec<Link>,
    random: Option<Stream>,
}

impl Groups {
    /// A host that has joined these groups on its first interface.
    pub fn new(interfaces: usize, groups: Vec<Ipv4Addr>) -> Self {
        let mut made = Self { links: vec![Link::new(); interfaces], ..Self::default() };
        if interfaces > 0 {
            for group in groups {
                made.hold(PortNo(0), group, Holder::Host, EventNo(0));
            }
        }
        made
    }

    /// An application listens to a group on every interface that carries frames, from the beginning.
    pub(super) fn of_app(&mut self, app: u8, group: Ipv4Addr, interfaces: usize) {
        for at in 0..interfaces {
            self.hold(PortNo(at as u16), group, Holder::App(app), EventNo(0));
        }
    }

    /// Whether a packet for this group is let in on an interface. Everybody listens to 224.0.0.1 (RFC 1112 §4).
    pub fn hears(&self, port: PortNo, group: Ipv4Addr) -> bool {
        group == igmp::ALL_HOSTS || self.place(port, group).is_some()
    }

    /// The groups in order of joining.
    pub fn iter(&self) -> impl Iterator<Item = &Member> {
        self.members.iter()
    }

    /// The version of IGMP spoken on an interface.
    pub fn version(&self, port: PortNo, now: SimTime) -> u8 {
        self.links.get(port.index()).map_or(3, |link| link.version(now))
    }

    fn place(&self, port: PortNo, group: Ipv4Addr) -> Option<usize> {
        self.members.iter().position(|at| at.group == group && at.port == port)
    }

    /// One more holder. True when the host did not listen before.
    fn hold(&mut self, port: PortNo, group: Ipv4Addr, holder: Holder, written: EventNo) -> bool {
        if let Some(at) = self.place(port, group) {
            let holders = &mut self.members[at].holders;
            if !holders.contains(&holder) {
                holders.push(holder);
            }
            return false;
        }
        let member = Member {
            port,
            group,
            holders: vec![holder],
            changes: 0,
            due: None,
            unsolicited: 0,
            reporter: false,
            written,
        };
        self.members.push(member);
        true
    }

    /// Power was cut: who listens still will, but what was heard and what was to be said is gone.
    pub fn reset(&mut self) {
        self.links.iter_mut().for_each(|link| *link = Link::new());
        for member in &mut self.members {
            (member.changes, member.due, member.unsolicited, member.reporter) = (0, None, 0, false);
        }
    }

    fn wait(&mut self, out: &Outbox<'_>, longest: SimDuration) -> SimTime {
        let random = self.random.get_or_insert_with(|| out.stream("igmp"));
        out.now() + TICKS + SimDuration(random.below(longest.0))
    }

    fn next_due(&self) -> Option<SimTime> {
        let links = self.links.iter().flat_map(|link| [link.change, link.general]);
        links.chain(self.members.iter().map(|member| member.due)).flatten().min()
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.members.capacity() * 96 + self.links.capacity() * 112
    }
}

/// Key of a group in the table of groups.
pub fn key(port: PortNo, group: Ipv4Addr) -> u64 {
    u64::from(port.0) << 32 | u64::from(group.to_bits())
}

impl Net {
    /// Where a packet goes that is sent from here and names no interface: to a group as well it needs a route (Linux
    /// `ip_route_output_key_hash_rcu`).
    pub(super) fn way_of_own(&self, dst: Ipv4Addr) -> Option<Hop> {
        if dst.is_multicast() && self.way_to(dst).is_none() { None } else { self.hop(dst) }
    }

    /// Somebody here listens to a group from now on.
    pub(super) fn join(&mut self, port: PortNo, group: Ipv4Addr, holder: Holder, out: &mut Outbox<'_>) {
        if group == igmp::ALL_HOSTS || !self.groups.hold(port, group, holder, out.event()) {
            return;
        }
        out.wrote(GROUPS, key(port, group), RowChange::Added);
        self.announce(port, group, out);
        self.rearm_groups(out);
    }

    /// Somebody here listens no more. A group that others hold stays.
    pub(super) fn leave(&mut self, port: PortNo, group: Ipv4Addr, holder: Holder, out: &mut Outbox<'_>) {
        let Some(at) = self.groups.place(port, group) else { return };
        let member = &mut self.groups.members[at];
        member.holders.retain(|own| *own != holder);
        if !member.holders.is_empty() {
            return;
        }
        let member = self.groups.members.remove(at);
        out.wrote(GROUPS, key(port, group), RowChange::Removed);
        let Some(link) = self.groups.links.get_mut(port.index()) else { return };
        match link.version(out.now()) {
            _ if igmp::is_local(group) => {}
            3 => {
                link.gone.push((group, link.robustness));
                self.tell_changes(port, out);
            }
            2 if member.reporter => self.say_old(port, igmp::LEAVE, group, out),
            _ => {}
        }
        self.rearm_groups(out);
    }

    /// What each interface lets in.
    pub(super) fn groups_by_interface(&self) -> Vec<(PortNo, Vec<Ipv4Addr>)> {
        let frames = self.interfaces.iter().enumerate().filter(|(_, at)| at.link == LinkType::Ethernet);
        let of = |port: PortNo| {
            let own = self.groups.members.iter().filter(move |member| member.port == port);
            [igmp::ALL_HOSTS].into_iter().chain(own.map(|member| member.group)).collect()
        };
        frames.map(|(at, _)| PortNo(at as u16)).map(|port| (port, of(port))).collect()
    }

    /// What a tunnel listens to from now on, on the way that leads to each group. True when something changed.
    pub(super) fn tunnel_listens(&mut self, tunnel: PortNo, wanted: &[Ipv4Addr], out: &mut Outbox<'_>) -> bool {
        let holder = Holder::Tunnel(tunnel);
        let held = self.groups.members.iter().filter(|at| at.holders.contains(&holder));
        let gone: Vec<(PortNo, Ipv4Addr)> =
            held.map(|at| (at.port, at.group)).filter(|(_, group)| !wanted.contains(group)).collect();
        for (port, group) in &gone {
            self.leave(*port, *group, holder, out);
        }
        let before = self.groups.members.len();
        for group in wanted {
            if let Some(Hop::Group(port)) = self.hop(*group) {
                self.join(port, *group, holder, out);
            }
        }
        !gone.is_empty() || self.groups.members.len() > before
    }

    /// The host begins: all its groups are new to whoever is on its links.
    pub(super) fn announce_groups(&mut self, out: &mut Outbox<'_>) {
        let all: Vec<(PortNo, Ipv4Addr)> = self.groups.members.iter().map(|at| (at.port, at.group)).collect();
        for (port, group) in all {
            self.announce(port, group, out);
        }
        self.rearm_groups(out);
    }

    fn announce(&mut self, port: PortNo, group: Ipv4Addr, out: &mut Outbox<'_>) {
        // Nobody reports the groups of the link itself (Linux `igmp_llm_reports` off would spare only these).
        let (Some(at), Some(link)) = (self.groups.place(port, group), self.groups.links.get_mut(port.index())) else {
            return;
        };
        if igmp::is_local(group) {
            return;
        }
        link.gone.retain(|(gone, _)| *gone != group);
        if link.version(out.now()) < 3 {
            self.groups.members[at].unsolicited = ROBUSTNESS;
            self.groups.members[at].due = Some(self.groups.wait(out, SimDuration::ZERO));
            return;
        }
        self.groups.members[at].changes = link.robustness;
        self.tell_changes(port, out);
    }

    /// Changes are told soon, and again.
    fn tell_changes(&mut self, port: PortNo, out: &Outbox<'_>) {
        let due = self.groups.wait(out, SimDuration::ZERO);
        let Some(link) = self.groups.links.get_mut(port.index()) else { return };
        link.changes = link.robustness;
        link.change = Some(due);
    }

    pub(super) fn rearm_groups(&self, out: &mut Outbox<'_>) {
        match self.groups.next_due() {
            Some(due) => out.arm_background(GROUPS_TIMER, due),
            None => out.disarm(GROUPS_TIMER),
        }
    }

    /// Something is to be said.
    pub(super) fn group_timers(&mut self, now: SimTime, out: &mut Outbox<'_>) {
        let is_due = |due: Option<SimTime>| due.is_some_and(|due| due <= now);
        for at in 0..self.groups.links.len() {
            let port = PortNo(at as u16);
            if is_due(self.groups.links[at].general) {
                self.groups.links[at].general = None;
                self.say_all(port, out);
            }
            if is_due(self.groups.links[at].change) {
                self.say_changes(port, out);
            }
        }
        for at in 0..self.groups.members.len() {
            if is_due(self.groups.members[at].due) {
                self.say_one(at, out);
            }
        }
        self.rearm_groups(out);
    }

    /// Tells what has changed, and comes back as long as there may be something to repeat.
    fn say_changes(&mut self, port: PortNo, out: &mut Outbox<'_>) {
        let link = &mut self.groups.links[port.index()];
        let mut records: Vec<(RecordKind, Ipv4Addr)> = Vec::new();
        for (group, left) in &mut link.gone {
            records.push((RecordKind::ToInclude, *group));
            *left -= 1;
        }
        link.gone.retain(|(_, left)| *left > 0);
        // The latest join first, as the list of Linux has it.
        for member in self.groups.members.iter_mut().rev().filter(|at| at.port == port && at.changes > 0) {
            records.push((RecordKind::ToExclude, member.group));
            member.changes -= 1;
            member.reporter = true;
        }
        link.change = None;
        if link.changes > 0 {
            link.changes -= 1;
            let due = self.groups.wait(out, UNSOLICITED[0]);
            self.groups.links[port.index()].change = Some(due);
        }
        self.say_v3(port, &records, out);
    }

    fn say_all(&self, port: PortNo, out: &mut Outbox<'_>) {
        let own = self.groups.members.iter().rev().filter(|at| at.port == port && !igmp::is_local(at.group));
        let records: Vec<_> = own.map(|at| (RecordKind::IsExclude, at.group)).collect();
        self.say_v3(port, &records, out);
    }

    fn say_one(&mut self, at: usize, out: &mut Outbox<'_>) {
        let member = &mut self.groups.members[at];
        let (port, group) = (member.port, member.group);
        member.due = None;
        member.reporter = true;
        let version = self.groups.links[port.index()].version(out.now());
        self.groups.members[at].unsolicited = self.groups.members[at].unsolicited.saturating_sub(1);
        if self.groups.members[at].unsolicited > 0 {
            let longest = UNSOLICITED[usize::from(version < 3)];
            self.groups.members[at].due = Some(self.groups.wait(out, longest));
        }
        match version {
            1 => self.say_old(port, igmp::REPORT_V1, group, out),
            2 => self.say_old(port, igmp::REPORT_V2, group, out),
            _ => self.say_v3(port, &[(RecordKind::IsExclude, group)], out),
        }
    }

    fn say_v3(&self, port: PortNo, records: &[(RecordKind, Ipv4Addr)], out: &mut Outbox<'_>) {
        if records.is_empty() {
            return;
        }
        let leaves = records.iter().all(|(kind, _)| *kind == RecordKind::ToInclude);
        let reason = if leaves { &why::LEAVE } else { &why::REPORT };
        let len = igmp::HEADER_LEN + records.len() * igmp::RECORD_LEN;
        self.say(port, igmp::V3_ROUTERS, reason, len, out, |bytes| igmp::write_report(bytes, records));
    }

    fn say_old(&self, port: PortNo, kind: u8, group: Ipv4Addr, out: &mut Outbox<'_>) {
        let (to, reason): (_, Reason) =
            if kind == igmp::LEAVE { (igmp::ALL_ROUTERS, &why::LEAVE) } else { (group, &why::REPORT) };
        self.say(port, to, reason, igmp::HEADER_LEN, out, |bytes| igmp::write(bytes, kind, 0, group));
    }

    fn say(
        &self,
        port: PortNo,
        to: Ipv4Addr,
        reason: Reason,
        len: usize,
        out: &mut Outbox<'_>,
        fill: impl FnOnce(&mut [u8]),
    ) {
        let Some(at) = self.interfaces.get(port.index()) else { return };
        let mut frame = out.mint(ethernet::HEADER_LEN + igmp::IP_LEN + len, LinkType::Ethernet, Origin::NONE);
        let (link, packet) = frame.bytes_mut().split_at_mut(ethernet::HEADER_LEN);
        ethernet::write(link, MacAddr::of_ipv4_group(to), at.mac, ethernet::IPV4);
        fill(&mut packet[igmp::IP_LEN..]);
        let src = at.addresses.first().map_or(Ipv4Addr::UNSPECIFIED, |(ip, _)| *ip);
        igmp::write_ip(packet, src, to, len);
        if at.link == LinkType::Ip {
            return Self::send_bare(out, port, frame);
        }
        out.send(port, frame, reason);
    }

    /// A message has come in on an interface.
    pub(super) fn igmp(&mut self, port: PortNo, ip: ipv4::Header, frame: Frame, out: &mut Outbox<'_>) {
        let start = ip_at(&frame);
        let message = igmp::check(&frame.bytes()[start + ip.header_len..start + ip.total_len]);
        match message {
            Err(_) => out.drop(frame, &why::IGMP_MALFORMED),
            Ok(Message::Query(query)) => {
                let longest = self.heard_query(port, query, out);
                out.consume(frame, Why::number(&why::ASKED, longest.0 / 1_000_000));
            }
            Ok(Message::Report { group, .. }) => {
                let spared = self.groups.place(port, group).is_some_and(|at| {
                    let member = &mut self.groups.members[at];
                    (member.unsolicited, member.reporter) = (0, false);
                    member.due.take().is_some()
                });
                out.consume(frame, if spared { &why::SPARED } else { &why::FOR_ROUTERS });
                self.rearm_groups(out);
            }
            Ok(_) => out.consume(frame, &why::FOR_ROUTERS),
        }
    }

    /// Makes ready to answer. Returns within which time.
    fn heard_query(&mut self, port: PortNo, query: Query, out: &mut Outbox<'_>) -> SimDuration {
        let now = out.now();
        let Some(link) = self.groups.links.get_mut(port.index()) else { return SimDuration::ZERO };
        let mut longest = SimDuration::from_ms(u64::from(query.max_response) * 100);
        let mut group = query.group;
        if query.version < 3 {
            if query.version == 1 {
                (longest, group) = (RESPONSE, Ipv4Addr::UNSPECIFIED);
            }
            let span = SimDuration(u64::from(link.robustness) * link.interval.0 + link.response.0);
            link.old[usize::from(query.version) - 1] = now + span;
            (link.changes, link.change) = (0, None);
            link.gone.clear();
        } else if link.version(now) == 1 {
            (longest, group) = (RESPONSE, Ipv4Addr::UNSPECIFIED);
        } else if link.version(now) == 3 {
            link.robustness = if query.robustness == 0 { ROBUSTNESS } else { query.robustness };
            let interval = SimDuration::from_secs(u64::from(query.interval));
            link.interval = if interval == SimDuration::ZERO { INTERVAL } else { interval };
            link.response = longest;
            if group.is_unspecified() {
                if query.sources == 0 {
                    self.answer_all(port, longest, out);
                }
                return longest;
            }
        }
        self.answer_each(port, group, longest, out);
        longest
    }

    fn answer_all(&mut self, port: PortNo, longest: SimDuration, out: &mut Outbox<'_>) {
        let due = self.groups.wait(out, longest);
        let general = &mut self.groups.links[port.index()].general;
        *general = Some(general.map_or(due, |set| set.min(due)));
        self.rearm_groups(out);
    }

    /// Every group it is about is reported by itself; one that was to be reported soon anyway is left alone.
    fn answer_each(&mut self, port: PortNo, group: Ipv4Addr, longest: SimDuration, out: &mut Outbox<'_>) {
        for at in 0..self.groups.members.len() {
            let member = &mut self.groups.members[at];
            let about = group.is_unspecified() || group == member.group;
            if member.port != port || !about || igmp::is_local(member.group) {
                continue;
            }
            member.unsolicited = 0;
            if member.due.is_none_or(|due| due >= out.now() + longest) {
                self.groups.members[at].due = Some(self.groups.wait(out, longest));
            }
        }
        self.rearm_groups(out);
    }
}
