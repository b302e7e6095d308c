//! What carries out the wishes of a speaker on a stack.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;

use super::daemon::NAME;
use super::overlay::{self, Overlay, Rows};
use super::wire::Wire;
use super::{Chosen, Host, Way};
use crate::engine::agent::Saying;
use crate::explain::Reason;
use crate::rng::Stream;
use crate::stack::AppOut;
use crate::stack::fib::{NextHop, Protocol};
use crate::stack::rib::Offer;
use crate::stack::tcp::End;
use crate::stack::why::routing::sessions as sent;
use crate::time::SimTime;
use crate::wire::bgp::Prefix;

/// What the choice between all daemons was told of a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub next_hops: Vec<Ipv4Addr>,
    pub protocol: Protocol,
    pub metric: u32,
    pub path: String,
}

/// What is to be done when the speaker has said all it wants.
#[derive(Clone, Copy, Debug)]
pub(super) enum Todo {
    Call(u32),
    Turn(usize),
    Vpns,
}

/// What carries out the wishes of the speaker.
pub(super) struct Desk<'d, 'a, 'w> {
    pub out: &'d mut AppOut<'a, 'w>,
    pub dice: &'d mut Stream,
    pub wires: &'d mut BTreeMap<usize, Wire>,
    pub told: &'d mut BTreeMap<Prefix, Told>,
    pub touched: BTreeSet<Prefix>,
    pub vpns: bool,
    pub todo: &'d mut VecDeque<Todo>,
    pub several: bool,
    pub own_as: u32,
    pub overlay: Option<&'d Overlay>,
    pub tunnelled: &'d mut Rows,
}

impl Desk<'_, '_, '_> {
    fn wire(&mut self, peer: u32, way: Way) -> Option<(usize, &mut Wire)> {
        let found = self.wires.iter_mut().find(|(_, wire)| wire.used && (wire.peer, wire.way) == (peer, way));
        found.map(|(number, wire)| (*number, wire))
    }
}

impl Host for Desk<'_, '_, '_> {
    fn now(&self) -> SimTime {
        self.out.now()
    }

    fn dice(&mut self) -> &mut Stream {
        self.dice
    }

    fn connect(&mut self, peer: u32) {
        self.todo.push_back(Todo::Call(peer));
    }

    fn close(&mut self, peer: u32, way: Way) {
        let now = self.out.now();
        if let Some((number, wire)) = self.wire(peer, way) {
            wire.let_go(End::Close, now);
            self.todo.push_back(Todo::Turn(number));
        }
    }

    fn send(&mut self, peer: u32, way: Way, bytes: &Arc<[u8]>, why: Reason) {
        let known = sent::ALL.contains(&why);
        if let Some((number, wire)) = self.wire(peer, way) {
            wire.say(bytes, if known { why } else { &sent::NOTIFIES });
            self.todo.push_back(Todo::Turn(number));
        }
    }

    fn chose(&mut self, prefix: Prefix, chosen: Option<Chosen<'_>>, why: Reason) {
        let (ip, len) = prefix;
        let path = chosen.as_ref().map(|chosen| chosen.attributes.path.to_string()).unwrap_or_default();
        let next_hop = chosen.as_ref().and_then(|chosen| chosen.next_hops.first().copied());
        let now = chosen.and_then(|chosen| {
            let from = chosen.from?;
            let inside = from.asn == self.own_as;
            Some(Told {
                next_hops: chosen.next_hops.to_vec(),
                protocol: if inside { Protocol::Ibgp } else { Protocol::Bgp },
                metric: chosen.attributes.med.unwrap_or(0),
                path: path.clone(),
            })
        });
        // Where several routes are used, every route that comes or goes is a reason to look again.
        if self.several && now.is_some() && self.told.get(&prefix) == now.as_ref() {
            return;
        }
        let about = match (&now, next_hop) {
            (Some(_), Some(next_hop)) => format!("{ip}/{len} path {path} via {next_hop}"),
            _ => format!("{ip}/{len}"),
        };
        self.out.say(Saying { agent: NAME, reason: why, about: &about });
        match now {
            Some(now) => _ = self.told.insert(prefix, now),
            None => _ = self.told.remove(&prefix),
        }
        offer(prefix, self.told.get(&prefix), (self.overlay, self.tunnelled), self.out);
    }

    fn say(&mut self, reason: Reason, about: fmt::Arguments<'_>) {
        self.out.say(Saying { agent: NAME, reason, about: &about.to_string() });
    }

    fn distance(&mut self, next_hop: Ipv4Addr) -> Option<u32> {
        overlay::distance(self.overlay, next_hop, self.out)
    }

    fn vpns_changed(&mut self) {
        self.vpns = true;
    }

    fn touched(&mut self, prefix: Prefix) {
        self.touched.insert(prefix);
    }
}

/// Offers a route as it can be used now, or takes it back.
pub(super) fn offer(
    prefix: Prefix,
    told: Option<&Told>,
    (overlay, tunnelled): (Option<&Overlay>, &mut Rows),
    out: &mut AppOut<'_, '_>,
) {
    let mut ways: Vec<NextHop> = Vec::new();
    for next_hop in told.iter().flat_map(|told| &told.next_hops) {
        ways.extend(overlay::way(overlay, prefix, *next_hop, out).filter(|way| !ways.contains(way)));
    }
    overlay::settle(overlay, prefix, ways.first().copied(), tunnelled, out);
    let protocol = told.map(|told| told.protocol).filter(|_| !ways.is_empty());
    if let (Some(told), Some((first, more))) = (told, ways.split_first()) {
        let NextHop { via, port } = *first;
        let (protocol, metric) = (told.protocol, told.metric);
        out.offer(prefix, Offer { via, port, protocol, metric, more: more.to_vec() });
    }
    for other in [Protocol::Bgp, Protocol::Ibgp].into_iter().filter(|own| Some(*own) != protocol) {
        out.withdraw(prefix, other);
    }
}
