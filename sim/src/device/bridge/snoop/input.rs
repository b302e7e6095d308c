//! A frame for a group at a switch that snoops: what it tells, and where it goes.

use std::net::Ipv4Addr;

use super::{Added, LAST_MEMBERS, MDB, RESPONSE, ROUTER, Snoop};
use crate::device::bridge::{Bridge, Passing, flag, why};
use crate::engine::{Outbox, RowChange, Why};
use crate::explain::Reason;
use crate::time::SimDuration;
use crate::wire::igmp::{self, Message, Query, RecordKind};
use crate::wire::{Frame, Malformed, ethernet, ipv4};

/// Where a frame for a group goes.
enum Way {
    /// Everywhere.
    All(Reason),
    /// To the members of this group, and to routers.
    Members(Ipv4Addr),
    /// To routers alone.
    Routers,
    /// Nowhere.
    Nowhere(Reason),
}

impl Bridge {
    /// A frame for a group.
    pub(in crate::device::bridge) fn snooped(&mut self, passing: Passing, frame: Frame, out: &mut Outbox<'_>) {
        let way = match self.snoop.as_ref() {
            Some(snoop) if snoop.on => self.overhear(passing, &frame, out),
            _ => Way::All(&why::FLOOD_MULTICAST),
        };
        let now = out.now();
        let knows_all = self.snoop.as_ref().is_some_and(|snoop| snoop.knows_all(now));
        let asked = self.snoop.as_ref().is_some_and(|snoop| snoop.querier || snoop.other.is_some());
        let group = match way {
            Way::All(reason) => return self.flood(passing, flag::MULTICAST, frame, reason, out),
            Way::Nowhere(reason) => return out.drop(frame, reason),
            Way::Members(_) | Way::Routers if !knows_all => {
                let reason: Reason = if asked { &why::SNOOP_SETTLING } else { &why::SNOOP_NO_QUERIER };
                return self.flood(passing, flag::MULTICAST, frame, reason, out);
            }
            Way::Members(group) => Some(group),
            Way::Routers => None,
        };
        let place = (passing.class.vid, group.unwrap_or(Ipv4Addr::UNSPECIFIED));
        let Some((mut ports, row)) = self.snoop.as_ref().map(|snoop| snoop.ports(place)) else { return };
        let len = frame.len();
        ports.retain(|to| self.may_flood(passing, 0, len, *to));
        if ports.is_empty() {
            return match (group, row) {
                (None, _) => out.consume(frame, &why::SNOOP_HEARD),
                (Some(_), Some(row)) => out.drop(frame, Why::row(&why::SNOOP_ALREADY_THERE, MDB, row)),
                (Some(_), None) => out.drop(frame, &why::SNOOP_NOBODY),
            };
        }
        let why = match (group, row) {
            (None, _) => Why::from(&why::SNOOP_TO_ROUTERS),
            (Some(_), Some(row)) => Why::row(&why::SNOOP_MEMBERS, MDB, row),
            (Some(_), None) => Why::from(&why::SNOOP_ONLY_ROUTERS),
        };
        self.copies(passing, &ports, frame, why, out);
    }

    /// Reads a frame for a group, and learns from it who listens.
    fn overhear(&mut self, passing: Passing, frame: &Frame, out: &mut Outbox<'_>) -> Way {
        if ethernet::ethertype(frame.bytes()) != Some(ethernet::IPV4) {
            return Way::All(&why::SNOOP_NOT_IP);
        }
        let packet = &frame.bytes()[ethernet::HEADER_LEN..];
        let ip = match ipv4::check(packet) {
            Ok(ip) => ip,
            // A bridge does not check the checksum of IP (Linux `ip_mc_check_iphdr`).
            Err(Malformed::Checksum) => return Way::All(&why::SNOOP_NOT_IP),
            Err(_) => return Way::Nowhere(&why::SNOOP_MALFORMED),
        };
        if ip.protocol == ipv4::IGMP {
            let bytes = &packet[ip.header_len..ip.total_len];
            match igmp::check(bytes) {
                Err(_) => return Way::Nowhere(&why::SNOOP_MALFORMED),
                Ok(Message::Other(_)) => {}
                Ok(message) => return self.message(passing, &ip, message, frame, out),
            }
        }
        if igmp::is_local(ip.dst) { Way::All(&why::SNOOP_LINK_LOCAL) } else { Way::Members(ip.dst) }
    }

    fn message(
        &mut self,
        passing: Passing,
        ip: &ipv4::Header,
        message: Message,
        frame: &Frame,
        out: &mut Outbox<'_>,
    ) -> Way {
        let mut way = Way::All(&why::SNOOP_LINK_LOCAL);
        match message {
            Message::Report { group, .. } => {
                way = Way::Routers;
                if !self.joined(passing, group, frame, out) {
                    return Way::Nowhere(&why::SNOOP_FULL);
                }
            }
            Message::ReportV3 => {
                let bytes = &frame.bytes()[ethernet::HEADER_LEN + ip.header_len..ethernet::HEADER_LEN + ip.total_len];
                let third = self.snoop.as_ref().is_some_and(|snoop| snoop.version == 3);
                for record in igmp::records(bytes) {
                    // Sources are not told apart, so who stops to hear some of them still listens.
                    let Some(kind) = record.kind.filter(|kind| !third || *kind != RecordKind::Block) else { continue };
                    if record.leaves() {
                        self.left(passing, record.group, Some(kind), frame, out);
                    } else if !self.joined(passing, record.group, frame, out) {
                        return Way::Nowhere(&why::SNOOP_FULL);
                    }
                }
            }
            Message::Leave(group) => self.left(passing, group, None, frame, out),
            Message::Query(query) => {
                if query.group.is_unspecified() && ip.dst != igmp::ALL_HOSTS {
                    return Way::Nowhere(&why::SNOOP_MALFORMED);
                }
                self.asked(passing, ip.src, query, frame, out);
            }
            Message::Other(_) => {}
        }
        self.rearm_snoop(out);
        way
    }

    /// Somebody listens. False when there is no room for the group, which ends snooping.
    fn joined(&mut self, passing: Passing, group: Ipv4Addr, frame: &Frame, out: &mut Outbox<'_>) -> bool {
        let Some(snoop) = self.snoop.as_mut() else { return true };
        if igmp::is_local(group) || !group.is_multicast() {
            return true;
        }
        match snoop.add((passing.class.vid, group), passing.port, out.now(), out.event()) {
            Added::NoRoom => {
                snoop.on = false;
                false
            }
            Added::Known => true,
            Added::New(key) => {
                out.wrote(MDB, key, RowChange::Added);
                out.note(frame, Why::row(&why::SNOOP_JOINED, MDB, key));
                true
            }
        }
    }

    /// Somebody listens no more, by a message of version 2 or a record of version 3.
    fn left(
        &mut self,
        passing: Passing,
        group: Ipv4Addr,
        record: Option<RecordKind>,
        frame: &Frame,
        out: &mut Outbox<'_>,
    ) {
        let mac = self.mac;
        let Some(snoop) = self.snoop.as_mut() else { return };
        let third = snoop.version == 3 && record.is_some();
        // In version 3 "I listen to none of these" says nothing new; only a change does.
        if third && record == Some(RecordKind::IsInclude) {
            return;
        }
        if snoop.left((passing.class.vid, group), passing.port, third, mac, out) {
            let key = super::key(passing.class.vid, group, passing.port);
            out.wrote(MDB, key, RowChange::Changed);
            out.note(frame, Why::row(&why::SNOOP_LEAVING, MDB, key));
        }
    }

    /// Another querier asks: it is behind this port, and so is a router.
    fn asked(&mut self, passing: Passing, src: Ipv4Addr, query: Query, frame: &Frame, out: &mut Outbox<'_>) {
        let (now, event) = (out.now(), out.event());
        let Some(snoop) = self.snoop.as_mut() else { return };
        let tenths = SimDuration::from_ms(u64::from(query.max_response) * 100);
        let (longest, group) = match query.version {
            1 => (RESPONSE, Ipv4Addr::UNSPECIFIED),
            3 if query.sources > 0 => return,
            3 if snoop.version == 3 && !query.group.is_unspecified() && query.suppress => return,
            _ => (tenths, query.group),
        };
        if !group.is_unspecified() {
            let end = now + SimDuration(longest.0 * u64::from(LAST_MEMBERS));
            let members = snoop.members.get_mut(&(passing.class.vid, group));
            members.into_iter().flatten().for_each(|member| member.until = member.until.min(end));
            return;
        }
        if !snoop.elects(src) {
            return;
        }
        if snoop.other.is_none() {
            snoop.settled = now + longest;
        }
        snoop.other = Some(now + ROUTER);
        if snoop.mark_router(passing.port, now, event) {
            let key = super::router_key(passing.port);
            out.wrote(MDB, key, RowChange::Added);
            out.note(frame, Why::row(&why::SNOOP_ROUTER, MDB, key));
        }
    }

    /// Sends copies out of several ports, with a tag where the VLAN needs one.
    fn copies(&self, passing: Passing, ports: &[u16], frame: Frame, why: Why, out: &mut Outbox<'_>) {
        use crate::id::PortNo;
        let tagged = |to: &u16| self.vlan_filtering && self.vlans[usize::from(*to)].tags(passing.class.vid);
        let (with, without): (Vec<u16>, Vec<u16>) = ports.iter().partition(|to| tagged(to));
        let numbers = |list: &[u16]| list.iter().map(|port| PortNo(*port)).collect::<Vec<_>>().into_iter();
        if with.is_empty() {
            return out.flood(numbers(&without), frame, why);
        }
        let mut tagged = frame;
        if !without.is_empty() {
            out.flood(numbers(&without), tagged.clone(), why);
        }
        crate::device::bridge::vlan::put_tag(&mut tagged, passing.class);
        out.flood(numbers(&with), tagged, why);
    }
}

impl Snoop {
    /// Of several queriers the one with the lowest address asks (RFC 3376 §6.6.2); who asks from 0.0.0.0 can be outdone
    /// by anybody (`br_multicast_select_querier`).
    fn elects(&mut self, src: Ipv4Addr) -> bool {
        let asks = self.other.is_some() || self.querier;
        let elected = self.querier_ip.is_unspecified() || src <= self.querier_ip || !asks;
        if elected {
            self.querier_ip = src;
        }
        elected
    }
}
