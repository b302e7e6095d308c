//! The network that a provider of machines shows them: OpenStack's virtual switch, or a cloud's "subnet".
//!
//! It looks like a switch and is none. It learns nothing, because it knows which interface it has handed out at which
//! port; it asks a list of rules before it lets a frame in, and another before it hands one over. One way of
//! [`Delivery`] is a segment, which carries frames by hardware address; the others are routers in disguise: they answer
//! ARP themselves and carry packets by IP address.
//!
//! Modelled: interfaces, address pairs, routes of the network, protocols that are open, rules in order. Left out:
//! DHCP, metadata, connection tracking, and that rules live at the machines and not in the middle.
//!
//! Which rules there are, and who says so, stands in [`crate::environment`].

mod change;
pub mod config;
pub mod rule;
pub mod tables;
#[cfg(test)]
mod tests;
pub mod why;

pub use change::SETTINGS;
pub use config::{Delivery, FabricConfig, Interface, Pair, ROUTER_MAC, Route};
pub use rule::{Clause, Confidence, Rule, Seen, Way};

use std::net::Ipv4Addr;

use crate::engine::{ChangeError, Device, DeviceChange, Outbox, TableView, TimerKind, Why};
use crate::explain::Reason;
use crate::id::{EventNo, PortNo};
use crate::time::SimTime;
use crate::wire::arp::{self, Arp, Operation};
use crate::wire::{Frame, LinkType, MacAddr, ethernet, ipv4};
use config::holds;

/// A row with its number and the event that wrote it.
#[derive(Clone, Copy, Debug)]
struct Row<T> {
    key: u64,
    written: EventNo,
    is: T,
}

/// The device.
#[derive(Clone, Debug)]
pub struct Fabric {
    config: FabricConfig,
    interfaces: Vec<Row<Interface>>,
    pairs: Vec<Row<Pair>>,
    routes: Vec<Row<Route>>,
    open: Vec<Row<u8>>,
    /// Frames each rule has thrown away.
    hits: Vec<u64>,
    next: u64,
}

impl Fabric {
    /// A fabric that has handed out nothing yet.
    pub fn new(config: FabricConfig) -> Self {
        let open = config.open.iter().zip(0..).map(|(is, key)| Row { key, written: EventNo(0), is: *is }).collect();
        let (hits, next) = (vec![0; config.rules.len()], config.open.len() as u64);
        Self { config, interfaces: Vec::new(), pairs: Vec::new(), routes: Vec::new(), open, hits, next }
    }

    fn at(&self, port: PortNo) -> impl Iterator<Item = &Interface> {
        self.interfaces.iter().map(|row| &row.is).filter(move |interface| interface.port == port)
    }

    /// Whether the interface at a port has an IP address.
    fn has(&self, port: PortNo, ip: Ipv4Addr) -> bool {
        self.at(port).any(|interface| interface.ip == ip)
    }

    fn paired(&self, port: PortNo) -> impl Iterator<Item = &Pair> {
        self.pairs.iter().map(|row| &row.is).filter(move |pair| pair.port == port)
    }

    /// Whether a port may send from a hardware address.
    fn may_use_mac(&self, port: PortNo, mac: MacAddr) -> bool {
        self.at(port).any(|interface| interface.mac == mac) || self.paired(port).any(|pair| pair.mac == Some(mac))
    }

    /// Whether a port may send from an IP address with this hardware address.
    fn may_use(&self, port: PortNo, mac: MacAddr, ip: Ipv4Addr) -> bool {
        let own = || self.at(port).any(|interface| interface.mac == mac);
        self.at(port).any(|interface| interface.mac == mac && interface.ip == ip)
            || self.paired(port).any(|pair| holds(pair.prefix, ip) && pair.mac.map_or_else(own, |other| other == mac))
    }

    fn is_open(&self, protocol: u8) -> bool {
        self.open.iter().any(|row| row.is == protocol)
    }

    /// The first rule on this way that has something against the frame.
    fn judge(&mut self, seen: &Seen, port: PortNo, way: Way) -> Option<Why> {
        let asked = |clause: &Clause| clause.rule.way() == way && (self.config.check || !clause.can_be_off);
        let mut rules = self.config.rules.iter().enumerate().filter(|(_, clause)| asked(clause));
        let (at, why) = rules.find_map(|(at, clause)| Some((at, clause.rule.against(seen, port, self)?)))?;
        self.hits[at] += 1;
        Some(Why { row: Some(crate::engine::RowRef { table: tables::RULES, key: at as u64 }), ..why })
    }

    fn others(&self, port: PortNo) -> impl Iterator<Item = PortNo> + use<> {
        (0..self.config.ports.len() as u16).map(PortNo).filter(move |other| *other != port)
    }

    /// By hardware address.
    fn on_segment(&mut self, seen: &Seen, port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        if seen.dst.is_multicast() {
            let (mut open, mut refused) = (Vec::new(), None);
            for to in self.others(port) {
                match self.judge(seen, to, Way::ToMachine) {
                    Some(against) => refused = refused.or(Some(against)),
                    None => open.push(to),
                }
            }
            return match refused {
                Some(against) if open.is_empty() => out.drop(frame, against),
                _ if open.is_empty() => out.drop(frame, &why::NO_OTHER_PORT),
                _ => out.flood(open.into_iter(), frame, &why::FLOODED),
            };
        }
        let to = self.interfaces.iter().map(|row| (row.is.mac, row.is.port, row.key));
        let pairs = self.pairs.iter().filter_map(|row| Some((row.is.mac?, row.is.port, row.key)));
        let to = to.chain(pairs).find(|(mac, at, _)| *mac == seen.dst && *at != port);
        match to {
            Some((_, to, key)) => self.hand_over(seen, to, frame, Why::row(&why::BY_MAC, tables::INTERFACES, key), out),
            // A port without checks may have any address behind it.
            None if !self.config.check && self.config.ports.len() > 1 => {
                out.flood(self.others(port), frame, &why::UNKNOWN_FLOODED);
            }
            None => out.drop(frame, &why::UNKNOWN_MAC),
        }
    }

    fn hand_over(&mut self, seen: &Seen, to: PortNo, frame: Frame, why: Why, out: &mut Outbox<'_>) {
        match self.judge(seen, to, Way::ToMachine) {
            Some(against) => out.drop(frame, against),
            None => out.forward(to, frame, why),
        }
    }

    /// The interface that has an IP address.
    fn owner(&self, ip: Ipv4Addr) -> Option<&Row<Interface>> {
        self.interfaces.iter().find(|row| row.is.ip == ip)
    }

    fn same_subnet(&self, port: PortNo, ip: Ipv4Addr) -> bool {
        self.at(port).any(|interface| holds((interface.ip, self.config.subnet), ip))
    }

    /// A question of ARP: the fabric answers it, nobody else hears it.
    fn answer(&mut self, asked: &Arp, port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        if asked.op == Operation::Reply || asked.spa == asked.tpa || self.has(port, asked.tpa) {
            return out.consume(frame, &why::ARP_KEPT);
        }
        let router = Ipv4Addr::from_bits(
            self.at(port).next().map_or(0, |own| own.ip.to_bits() & ipv4::mask(self.config.subnet)) | 1,
        );
        let owner = self.owner(asked.tpa).filter(|owner| self.same_subnet(port, owner.is.ip));
        let mac = match self.config.delivery {
            Delivery::Subnets => owner.map(|owner| owner.is.mac).or((asked.tpa == router).then_some(ROUTER_MAC)),
            _ => Some(ROUTER_MAC),
        };
        let Some(mac) = mac else { return out.drop(frame, &why::NOBODY) };
        let reply = Arp { op: Operation::Reply, sha: mac, spa: asked.tpa, tha: asked.sha, tpa: asked.spa };
        let mut origin = frame.origin();
        origin.own = false;
        let id = frame.id();
        out.consume(frame, &why::ARP_TAKEN);
        let mut answer = out.mint(ethernet::MIN_LEN, LinkType::Ethernet, origin);
        answer.descend_from(id);
        let bytes = answer.bytes_mut();
        ethernet::write(bytes, asked.sha, mac, ethernet::ARP);
        reply.write(&mut bytes[ethernet::HEADER_LEN..][..arp::LEN]);
        out.send(port, answer, &why::ANSWERED);
    }

    /// By IP address.
    fn routed(&mut self, seen: &Seen, port: PortNo, mut frame: Frame, out: &mut Outbox<'_>) {
        if let Some(asked) = &seen.arp {
            return self.answer(asked, port, frame, out);
        }
        let Some(ip) = seen.ip else { return out.drop(frame, &why::NOT_IP) };
        if let Some(owner) = self.owner(ip.dst).filter(|owner| owner.is.port != port) {
            let (to, mac, key) = (owner.is.port, owner.is.mac, owner.key);
            out.rename(&mut frame);
            self.rewritten(seen, (to, mac), frame, Why::row(&why::BY_ADDRESS, tables::INTERFACES, key), out);
            return;
        }
        let hop = self.interfaces.iter().find(|row| row.is.mac == seen.dst && row.is.port != port);
        if let Some(hop) =
            hop.filter(|hop| self.config.delivery == Delivery::Subnets && self.same_subnet(port, hop.is.ip))
        {
            let why = Why::row(&why::BY_HOP, tables::INTERFACES, hop.key);
            return self.hand_over(seen, hop.is.port, frame, why, out);
        }
        let route = self.routes.iter().filter(|row| holds(row.is.prefix, ip.dst) && row.is.port != port);
        let Some(route) = route.max_by_key(|row| row.is.prefix.1) else { return out.drop(frame, &why::NO_ROUTE) };
        let (to, key) = (route.is.port, route.key);
        let Some(mac) = self.at(to).next().map(|own| own.mac) else { return out.drop(frame, &why::NO_ROUTE) };
        out.rename(&mut frame);
        self.rewritten(seen, (to, mac), frame, Why::row(&why::BY_ROUTE, tables::ROUTES, key), out);
    }

    fn rewritten(&mut self, seen: &Seen, to: (PortNo, MacAddr), mut frame: Frame, why: Why, out: &mut Outbox<'_>) {
        ethernet::write(frame.bytes_mut(), to.1, ROUTER_MAC, seen.ethertype);
        self.hand_over(seen, to.0, frame, why, out);
    }
}

impl Device for Fabric {
    fn receive(&mut self, _now: SimTime, port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        let Some(seen) = Seen::read(frame.bytes()) else { return out.drop(frame, &why::MALFORMED) };
        if let Some(against) = self.judge(&seen, port, Way::FromMachine) {
            return out.drop(frame, against);
        }
        match self.config.delivery {
            Delivery::Segment => self.on_segment(&seen, port, frame, out),
            Delivery::Subnets | Delivery::Addresses => self.routed(&seen, port, frame, out),
        }
    }

    fn timer(&mut self, _now: SimTime, _kind: TimerKind, _out: &mut Outbox<'_>) {}

    fn change(&mut self, _now: SimTime, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        self.make_change(change, out)
    }

    fn kind(&self) -> &'static str {
        "fabric"
    }

    fn ports(&self) -> u16 {
        self.config.ports.len() as u16
    }

    fn port_name(&self, port: PortNo) -> String {
        self.config.ports.get(port.index()).cloned().unwrap_or_default()
    }

    fn timers(&self) -> u32 {
        0
    }

    fn reasons(&self) -> &'static [Reason] {
        why::ALL
    }

    fn tables(&self) -> Vec<TableView> {
        self.views()
    }

    fn heap_bytes(&self) -> usize {
        256 + 40 * (self.interfaces.len() + self.pairs.len() + self.routes.len() + self.open.len())
    }

    fn boxed_clone(&self) -> Box<dyn Device> {
        Box::new(self.clone())
    }
}
