//! Questions of the switch itself: to every port at the start and then every 125 s, and about a group somebody leaves.

use std::net::Ipv4Addr;

use super::{LAST_MEMBER, LAST_MEMBERS, Snoop, why};
use crate::engine::Outbox;
use crate::id::PortNo;
use crate::time::{SimDuration, SimTime};
use crate::wire::igmp::{self, Query};
use crate::wire::{LinkType, MacAddr, Origin, ethernet};

/// From one question to the next (`multicast_query_interval`).
const INTERVAL_SECS: u64 = 125;
/// At the start questions come faster, so many of them (`multicast_startup_query_interval`, `_count`).
const STARTUP: SimDuration = SimDuration::from_ms(31_250);
const STARTUP_COUNT: u8 = 2;
/// Longest times for an answer, in tenths of a second: to a question about all groups, and about one.
const MAX_RESPONSE: [u32; 2] = [100, 10];

/// The questions on a port.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asks {
    /// When the next one leaves.
    pub due: Option<SimTime>,
    /// How many have left since the port came up, as far as that matters.
    pub sent: u8,
}

impl Snoop {
    /// Begins to ask on every port that is up.
    pub(super) fn ask_all(&mut self, now: SimTime, up: &[bool]) {
        for (asks, up) in self.asks.iter_mut().zip(up) {
            *asks = Asks { due: up.then_some(now), sent: 0 };
        }
    }

    /// Sends what is due. While another querier asks, this one is silent.
    pub(super) fn send_due(&mut self, now: SimTime, mac: MacAddr, out: &mut Outbox<'_>) {
        let silent = !self.querier || self.other.is_some();
        for port in 0..self.asks.len() {
            if self.asks[port].due.is_none_or(|due| due > now) {
                continue;
            }
            let asks = &mut self.asks[port];
            asks.due = None;
            if silent {
                continue;
            }
            asks.sent = (asks.sent + 1).min(STARTUP_COUNT);
            let pause = if asks.sent < STARTUP_COUNT { STARTUP } else { SimDuration::from_secs(INTERVAL_SECS) };
            asks.due = Some(now + pause);
            self.ask(port as u16, None, false, mac, out);
        }
        let mut again: Vec<(u16, Ipv4Addr)> = Vec::new();
        for ((_, group), list) in &mut self.members {
            for member in list.iter_mut().filter(|member| member.again_at.is_some_and(|at| at <= now)) {
                member.again -= 1;
                member.again_at = (member.again > 0).then_some(now + LAST_MEMBER);
                again.push((member.port, *group));
            }
        }
        for (port, group) in again.into_iter().filter(|_| !silent) {
            self.ask(port, Some(group), true, mac, out);
        }
    }

    /// Somebody has left a group: whoever still listens behind the port has two seconds to say so.
    pub(super) fn left(
        &mut self,
        place: (u16, Ipv4Addr),
        port: u16,
        record: bool,
        mac: MacAddr,
        out: &mut Outbox<'_>,
    ) -> bool {
        let now = out.now();
        let asks = self.querier && self.other.is_none();
        // A querier elsewhere asks by itself. Version 3 shortens the time all the same, as that one will.
        if self.member(place, port).is_none() || self.other.is_some() && !record {
            return false;
        }
        if asks {
            // Only the second question tells routers to keep their timers: the first may shorten them.
            self.ask(port, Some(place.1), false, mac, out);
        }
        let end = now + SimDuration(LAST_MEMBER.0 * u64::from(LAST_MEMBERS));
        if asks && !record {
            self.asks[usize::from(port)].due = Some(end);
        }
        if let Some(member) = self.member(place, port) {
            member.until = member.until.min(end);
            if asks && record {
                // A second word does not put off what the first has set going.
                let due = now + LAST_MEMBER;
                (member.again, member.again_at) =
                    (LAST_MEMBERS - 1, Some(member.again_at.map_or(due, |at| at.min(due))));
            }
        }
        true
    }

    /// Sends one question out of a port: about all groups, or about one. Version 3 puts the group into the destination
    /// as well.
    fn ask(&self, port: u16, group: Option<Ipv4Addr>, suppress: bool, mac: MacAddr, out: &mut Outbox<'_>) {
        let third = self.version == 3;
        let len = if third { igmp::QUERY_V3_LEN } else { igmp::HEADER_LEN };
        let to = group.filter(|_| third).unwrap_or(igmp::ALL_HOSTS);
        let query = Query {
            version: self.version,
            group: group.unwrap_or(Ipv4Addr::UNSPECIFIED),
            max_response: MAX_RESPONSE[usize::from(group.is_some())],
            suppress,
            robustness: 2,
            interval: INTERVAL_SECS as u32,
            sources: 0,
        };
        let mut frame = out.mint(ethernet::HEADER_LEN + igmp::IP_LEN + len, LinkType::Ethernet, Origin::NONE);
        let (link, packet) = frame.bytes_mut().split_at_mut(ethernet::HEADER_LEN);
        ethernet::write(link, MacAddr::of_ipv4_group(to), mac, ethernet::IPV4);
        let message = &mut packet[igmp::IP_LEN..];
        if third {
            igmp::write_query(message, &query);
        } else {
            igmp::write(message, igmp::QUERY, query.max_response as u8, query.group);
        }
        // A bridge has no address, so it asks from 0.0.0.0 (RFC 4541 §2.1.1; Linux `multicast_query_use_ifaddr`).
        igmp::write_ip(packet, Ipv4Addr::UNSPECIFIED, to, len);
        out.send(PortNo(port), frame, if group.is_some() { &why::ASK_GROUP } else { &why::ASK_ALL });
    }
}
