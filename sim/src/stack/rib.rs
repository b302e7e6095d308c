//! Routes that daemons offer, and the choice between them and those that are there anyway.
//!
//! For one prefix there may be a route of the kernel (a connected network), one of a person, and one of each daemon. The
//! one with the smallest administrative distance is written into the forwarding table, as zebra does it. A connected
//! network counts only while its interface has carrier (routers set `ignore_routes_with_linkdown`); if nobody else
//! offers a way, its route stays where it is and leads into a dead cable.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::app::AppOut;
use super::fib::{self, Kind, NextHop, Protocol, Route};
use super::net::Net;
use super::{ROUTES, Stack};
use crate::engine::{Cell, Column, Outbox, RowChange, TableRow, TableView};
use crate::id::{EventNo, PortNo};
use crate::wire::ipv4::mask;

/// A prefix: address and length.
pub type Prefix = (Ipv4Addr, u8);

/// A route as a daemon offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The router to hand packets to.
    pub via: Ipv4Addr,
    /// The interface they leave by.
    pub port: PortNo,
    /// Who offers it.
    pub protocol: Protocol,
    /// How far it is, in the measure of the protocol.
    pub metric: u32,
    /// Further routers that share the traffic.
    pub more: Vec<NextHop>,
}

impl Offer {
    /// All next hops, if there are several.
    fn ways(&self) -> Vec<NextHop> {
        let first = NextHop { via: self.via, port: self.port };
        let several = !self.more.is_empty();
        several.then_some(first).into_iter().chain(self.more.iter().copied()).collect()
    }
}

/// Routes that lead to the next hop of another one: no more than so many in a row.
const DEEPEST: u32 = 8;

/// The offers of all daemons.
#[derive(Clone, Debug, Default)]
pub struct Rib {
    /// Some daemon here offers routes.
    pub(super) used: bool,
    /// Place of the table among those of the stack.
    pub(super) place: u8,
    offers: BTreeMap<(u64, u8), (Offer, EventNo)>,
    /// Routes of the kernel in whose place a daemon's stands while their interface is down.
    covered: BTreeMap<u64, Route>,
}

/// Key of an offer as a row: that of the prefix, and who offers it.
const fn row_key(key: u64, protocol: Protocol) -> u64 {
    key | (protocol.distance() as u64) << 40
}

impl Net {
    fn offer(&mut self, (ip, len): Prefix, offer: Offer, out: &mut Outbox<'_>) {
        let (key, at) = (fib::key(len, ip.to_bits() & mask(len)), offer.protocol.distance());
        let protocol = offer.protocol;
        let before = self.rib.offers.get(&(key, at)).map(|(before, _)| before);
        if before != Some(&offer) {
            let change = if before.is_some() { RowChange::Changed } else { RowChange::Added };
            self.rib.offers.insert((key, at), (offer, out.event()));
            out.wrote(self.rib.place, row_key(key, protocol), change);
            self.settle((ip, len), out);
        }
    }

    fn withdraw(&mut self, (ip, len): Prefix, protocol: Protocol, out: &mut Outbox<'_>) {
        let key = fib::key(len, ip.to_bits() & mask(len));
        if self.rib.offers.remove(&(key, protocol.distance())).is_some() {
            out.wrote(self.rib.place, row_key(key, protocol), RowChange::Removed);
            self.settle((ip, len), out);
        }
    }

    /// The connected networks of an interface count again, or no more.
    pub(super) fn settle_interface(&mut self, port: PortNo, out: &mut Outbox<'_>) {
        let all = self.interfaces.get(port.index()).map(|at| at.addresses.clone()).unwrap_or_default();
        for prefix in all {
            self.settle(prefix, out);
        }
    }

    /// Puts the best route for a prefix into the forwarding table.
    pub(super) fn settle(&mut self, (ip, len): Prefix, out: &mut Outbox<'_>) {
        if !self.rib.used {
            return;
        }
        let ip = Ipv4Addr::from_bits(ip.to_bits() & mask(len));
        let key = fib::key(len, ip.to_bits());
        let now = self.fib.get(ip, len).copied();
        let own = now.filter(|route| !route.protocol.is_dynamic());
        let own = own.or_else(|| self.rib.covered.get(&key).copied());
        let dead = |route: &Route| {
            route.protocol == Protocol::Kernel && self.interfaces.get(route.port.index()).is_none_or(|at| !at.up)
        };
        let offered = self.rib.offers.range((key, 0)..=(key, u8::MAX)).next().map(|(_, (offer, _))| offer.clone());
        let mut ways = Vec::new();
        let wanted = match (own, offered) {
            (Some(own), Some(_)) if !dead(&own) => Some(own),
            (own, None) => own,
            (_, Some(offer)) => {
                ways = offer.ways();
                Some(Route { via: Some(offer.via), ..Route::on(offer.port, offer.protocol) })
            }
        };
        let Some(wanted) = wanted else {
            if now.is_some() && self.fib.remove(ip, len).is_some() {
                out.wrote(ROUTES, key, RowChange::Removed);
            }
            return;
        };
        let same = !wanted.protocol.is_dynamic() || self.fib.ways(key) == ways;
        if same && now.is_some_and(|now| Route { written: wanted.written, ..now } == wanted) {
            return;
        }
        match own.filter(|own| own.protocol == Protocol::Kernel && wanted.protocol.is_dynamic()) {
            Some(own) => _ = self.rib.covered.insert(key, own),
            None => _ = self.rib.covered.remove(&key),
        }
        self.fib.insert_several(ip, len, Route { written: out.event(), ..wanted }, ways);
        out.wrote(ROUTES, key, if now.is_some() { RowChange::Changed } else { RowChange::Added });
    }

    /// The neighbour to hand packets for a next hop to, and over how many routes that leads, if without BGP and the
    /// default route there is a way.
    fn resolve(&self, next_hop: Ipv4Addr) -> Option<(NextHop, u32)> {
        let mut to = next_hop;
        for steps in 0..DEEPEST {
            let (key, route) = self.fib.lookup(to)?;
            let (_, len) = fib::prefix(key);
            let bgp = matches!(route.protocol, Protocol::Bgp | Protocol::Ibgp);
            let up = self.interfaces.get(route.port.index()).is_some_and(|at| at.up);
            if len == 0 || bgp || !up || route.kind != Kind::Unicast {
                return None;
            }
            match route.via {
                None => return Some((NextHop { via: to, port: route.port }, steps)),
                Some(via) => to = via,
            }
        }
        None
    }

    /// Power was cut: what daemons had offered is gone, and so are their routes.
    pub(super) fn forget_offers(&mut self) {
        self.rib.offers.clear();
        let gone: Vec<Prefix> =
            self.fib.iter().filter(|(.., route)| route.protocol.is_dynamic()).map(|(ip, len, _)| (ip, len)).collect();
        for (ip, len) in gone {
            self.fib.remove(ip, len);
        }
        for (key, route) in std::mem::take(&mut self.rib.covered) {
            let (ip, len) = fib::prefix(key);
            self.fib.insert(ip, len, route);
        }
    }
}

impl AppOut<'_, '_> {
    /// Offers a route in place of the one this daemon offered for the prefix before, if any.
    pub fn offer(&mut self, prefix: Prefix, offer: Offer) {
        self.net.offer(prefix, offer, self.out);
    }

    /// The neighbour to hand packets for a next hop to, and how far it is; nothing where no way leads.
    pub fn resolve(&self, next_hop: Ipv4Addr) -> Option<(NextHop, u32)> {
        self.net.resolve(next_hop)
    }

    /// Takes an offer back.
    pub fn withdraw(&mut self, prefix: Prefix, protocol: Protocol) {
        self.net.withdraw(prefix, protocol, self.out);
    }
}

impl Stack {
    /// What daemons offer, and whether it is in use; no such table where there is no such daemon.
    pub(super) fn rib_view(&self) -> Option<TableView> {
        if !self.net.rib.used {
            return None;
        }
        let columns = vec![
            Column { name: "prefix", zh: "前缀" },
            Column { name: "via", zh: "下一跳" },
            Column { name: "dev", zh: "接口" },
            Column { name: "protocol", zh: "来源" },
            Column { name: "distance", zh: "管理距离" },
            Column { name: "metric", zh: "度量" },
            Column { name: "used", zh: "在用" },
        ];
        let row = |(&(key, _), (offer, written)): (&(u64, u8), &(Offer, EventNo))| {
            let (ip, len) = fib::prefix(key);
            let used = self.net.fib.get(ip, len).is_some_and(|route| route.protocol == offer.protocol);
            let cells = vec![
                Cell::Prefix(ip, len),
                match offer.ways().as_slice() {
                    [] => Cell::Ip(offer.via),
                    several => {
                        let all: Vec<String> = several.iter().map(|way| way.via.to_string()).collect();
                        Cell::Name(all.join(","))
                    }
                },
                self.dev(offer.port),
                Cell::Word(offer.protocol.word()),
                Cell::Number(u64::from(offer.protocol.distance())),
                Cell::Number(u64::from(offer.metric)),
                Cell::Word(if used { "yes" } else { "no" }),
            ];
            TableRow { key: row_key(key, offer.protocol), cells, written: *written }
        };
        Some(TableView {
            name: "rib", zh: "路由信息库", columns, rows: self.net.rib.offers.iter().map(row).collect()
        })
    }
}
