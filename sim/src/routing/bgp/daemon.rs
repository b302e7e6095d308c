//! A speaker on a stack: its sessions run over TCP, its routes go to the choice between all daemons.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::Ipv4Addr;
use std::sync::Arc;

use super::decide::Step;
use super::desk::{Desk, Todo, Told, offer};
use super::evpn::network::{LOCAL, Network, NetworkConfig, Orders};
use super::evpn::view::Shown;
use super::overlay::{self, Overlay};
use super::table::From;
use super::wire::{PORT, Wire};
use super::{Config, PeerConfig, Speaker, Way, why};
use crate::engine::agent::Saying;
use crate::engine::{ChangeError, DeviceChange, RowChange, TableView, Value};
use crate::id::{EventNo, PortNo};
use crate::rng::Stream;
use crate::routing::{Alarms, Link};
use crate::stack::tcp::{End, Setup};
use crate::stack::{App, AppOut, Connection, Failed, NetError, Segment};
use crate::time::SimDuration;
use crate::wire::bgp::{Attributes, Fault, Prefix, fault};
use crate::wire::{ipv4, tcp};

pub(super) const NAME: &str = "bgp";

/// What a router is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BgpConfig {
    /// The router itself.
    pub own: Config,
    /// Its neighbours.
    pub peers: Vec<PeerConfig>,
    /// Networks it tells of.
    pub networks: Vec<Prefix>,
    /// Communities that go with them.
    pub communities: Vec<u32>,
    /// A session over a link ends when the link has no carrier, before the hold time.
    pub fallover: bool,
    /// Networks of its VTEPs.
    pub vpns: Vec<NetworkConfig>,
    /// Routes that lead through a tunnel.
    pub overlay: Option<Overlay>,
}

/// A route as its table shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub from: From,
    pub attributes: Arc<Attributes>,
    /// At which step it lost; nothing for the chosen one.
    pub lost: Option<Step>,
    /// Packets take it.
    pub used: bool,
    /// Its next hop can be reached.
    pub reached: bool,
    pub written: EventNo,
}

/// The daemon.
#[derive(Clone, Debug)]
pub struct Bgp {
    pub(super) config: BgpConfig,
    pub(super) speaker: Speaker,
    pub(super) rows: BTreeMap<Prefix, Vec<Row>>,
    vpns: Vec<Network>,
    vpn_rows: Shown,
    /// By number; a number is never used twice.
    wires: BTreeMap<usize, Wire>,
    next_wire: usize,
    /// The port of the last call of each neighbour.
    ports: Vec<u16>,
    links: Vec<Link>,
    told: BTreeMap<Prefix, Told>,
    /// What was written into the tunnel.
    tunnelled: overlay::Rows,
    dice: Option<Stream>,
    alarms: Alarms,
}

impl Bgp {
    /// A daemon that has not begun.
    pub fn new(config: BgpConfig) -> Self {
        let speaker = Speaker::new(config.own.clone(), config.peers.iter().copied());
        let ports = vec![0; config.peers.len()];
        let vpns = config.vpns.iter().cloned().map(Network::new).collect();
        Self {
            config,
            speaker,
            rows: BTreeMap::new(),
            vpns,
            vpn_rows: Shown::default(),
            wires: BTreeMap::new(),
            next_wire: 0,
            ports,
            links: Vec::new(),
            told: BTreeMap::new(),
            tunnelled: overlay::Rows::new(),
            dice: None,
            alarms: Alarms::default(),
        }
    }

    /// Lets the speaker do something, and then all that follows from it.
    fn speak(&mut self, out: &mut AppOut<'_, '_>, then: impl FnOnce(&mut Speaker, &mut Desk<'_, '_, '_>)) {
        let mut todo = VecDeque::new();
        self.ask(out, &mut todo, then);
        self.go_on(todo, out);
        self.arm(out);
    }

    fn ask(
        &mut self,
        out: &mut AppOut<'_, '_>,
        todo: &mut VecDeque<Todo>,
        then: impl FnOnce(&mut Speaker, &mut Desk<'_, '_, '_>),
    ) {
        let dice = self.dice.get_or_insert_with(|| out.stream(NAME));
        let (several, own_as) = (self.config.own.paths > 1, self.config.own.asn);
        let (wires, told, touched) = (&mut self.wires, &mut self.told, BTreeSet::new());
        let (overlay, tunnelled) = (self.config.overlay.as_ref(), &mut self.tunnelled);
        let vpns = false;
        let mut desk = Desk { out, dice, wires, told, touched, vpns, todo, several, own_as, overlay, tunnelled };
        then(&mut self.speaker, &mut desk);
        let (touched, vpns) = (desk.touched, desk.vpns);
        if vpns && !todo.iter().any(|other| matches!(other, Todo::Vpns)) {
            todo.push_back(Todo::Vpns);
        }
        for prefix in touched {
            self.write_rows(prefix, out);
        }
    }

    fn go_on(&mut self, mut todo: VecDeque<Todo>, out: &mut AppOut<'_, '_>) {
        while let Some(next) = todo.pop_front() {
            match next {
                Todo::Call(peer) => self.call(peer, &mut todo, out),
                Todo::Vpns => self.settle_vpns(&mut todo, out),
                Todo::Turn(number) => {
                    // What is said together goes together.
                    todo.retain(|other| !matches!(other, Todo::Turn(same) if *same == number));
                    self.turn(number, None, &mut todo, out);
                }
            }
        }
    }

    /// Brings networks of VTEPs in line with their routes, and tells what of their own is different.
    fn settle_vpns(&mut self, todo: &mut VecDeque<Todo>, out: &mut AppOut<'_, '_>) {
        let mut orders = Vec::new();
        for network in &mut self.vpns {
            orders.push(network.settle(self.speaker.vpns(), out));
        }
        for Orders { there, gone } in orders.into_iter().filter(|one| !(one.there.is_empty() && one.gone.is_empty())) {
            self.ask(out, todo, |speaker, desk| speaker.originate_vpns(there, &gone, desk));
        }
        self.vpn_rows.refresh(self.speaker.vpns(), &self.vpns, out);
    }

    /// A station of a bridge has come or gone.
    fn station(&mut self, change: &DeviceChange, out: &mut AppOut<'_, '_>) -> Option<Result<(), ChangeError>> {
        let (DeviceChange::AddRow { table, cells } | DeviceChange::DelRow { table, cells }) = change else {
            return None;
        };
        if table != LOCAL {
            return None;
        }
        let named = cells.iter().find(|(column, _)| column == "tunnel").map(|(_, cell)| cell.as_str());
        let of = |network: &&mut Network| named.is_none_or(|named| network.config().tunnel == named);
        let network = self.vpns.iter_mut().find(of)?;
        if let Err(error) = network.station(change) {
            return Some(Err(error));
        }
        self.go_on(VecDeque::from([Todo::Vpns]), out);
        self.arm(out);
        Some(Ok(()))
    }

    /// The link to a neighbour, if it is on one.
    fn link_to(&self, peer: u32) -> Option<&Link> {
        let config = self.config.peers.get(peer as usize)?;
        self.links.iter().find(|link| link.reaches(config.address))
    }

    fn ttl(&self, peer: u32) -> u8 {
        let next_door = self.link_to(peer).is_some();
        let outside = self.config.peers.get(peer as usize).is_some_and(|peer| peer.asn != self.config.own.asn);
        // A neighbour of another AS is on the link or is none, unless somebody said otherwise.
        if outside && next_door { 1 } else { ipv4::DEFAULT_TTL }
    }

    /// Calls a neighbour.
    fn call(&mut self, peer: u32, todo: &mut VecDeque<Todo>, out: &mut AppOut<'_, '_>) {
        let Some(PeerConfig { own, address, .. }) = self.config.peers.get(peer as usize).copied() else { return };
        let calls = |wire: &Wire| wire.used && (wire.peer, wire.way) == (peer, Way::Out);
        if self.wires.values().any(calls) {
            return;
        }
        let dead = self.link_to(peer).is_some_and(|link| !link.up);
        if dead || out.way(address).is_none() {
            return self.ask(out, todo, |speaker, desk| speaker.closed(peer, Way::Out, desk));
        }
        let port = out.bind_connection(self.ports[peer as usize]);
        self.ports[peer as usize] = port;
        let seed = out.stream(&format!("isn{}:{peer}", out.event().0)).bits();
        let setup = Setup { own: (own, port), peer: (address, PORT), active: true, talks: true, seed };
        let number = self.add(Wire::new(peer, Way::Out, setup));
        self.turn(number, None, todo, out);
    }

    fn add(&mut self, wire: Wire) -> usize {
        self.next_wire += 1;
        self.wires.insert(self.next_wire, wire);
        self.next_wire
    }

    /// Somebody calls.
    fn accept(&mut self, segment: Segment<'_>, out: &mut AppOut<'_, '_>) -> Option<usize> {
        let calls = segment.header.flags & (tcp::SYN | tcp::ACK | tcp::RST) == tcp::SYN;
        if !calls || segment.dst.1 != PORT {
            out.tcp_refuse(segment);
            return None;
        }
        let known = |peer: &PeerConfig| (peer.address, peer.own) == (segment.src.0, segment.dst.0);
        let Some(peer) = self.config.peers.iter().position(known) else {
            let about = segment.src.0.to_string();
            out.say(Saying { agent: NAME, reason: &why::STRANGER, about: &about });
            out.tcp_refuse(segment);
            return None;
        };
        if self.speaker.peers()[peer].shut {
            let about = segment.src.0.to_string();
            out.say(Saying { agent: NAME, reason: &why::SHUT, about: &about });
            out.tcp_refuse(segment);
            return None;
        }
        let peer = peer as u32;
        let same = |wire: &Wire| wire.used && (wire.peer, wire.way) == (peer, Way::In);
        if let Some(number) = self.wires.iter().find(|(_, wire)| same(wire)).map(|(number, _)| *number) {
            if self.speaker.peers()[peer as usize].up.is_some_and(|(way, _)| way == Way::In) {
                let about = segment.src.0.to_string();
                out.say(Saying { agent: NAME, reason: &why::BUSY, about: &about });
                out.tcp_refuse(segment);
                return None;
            }
            // A call before this one came to nothing.
            self.wires.remove(&number);
        }
        let seed = out.stream(&format!("isn{}:{peer}", out.event().0)).bits();
        let setup = Setup { own: segment.dst, peer: segment.src, active: false, talks: true, seed };
        Some(self.add(Wire::new(peer, Way::In, setup)))
    }

    /// One turn of a connection, and what the speaker makes of what it brought.
    fn turn(
        &mut self,
        number: usize,
        segment: Option<Segment<'_>>,
        todo: &mut VecDeque<Todo>,
        out: &mut AppOut<'_, '_>,
    ) {
        let Some((peer, way)) = self.wires.get(&number).map(|wire| (wire.peer, wire.way)) else { return };
        let ttl = self.ttl(peer);
        let Some(wire) = self.wires.get_mut(&number) else { return };
        wire.turn(segment, ttl, out);
        if wire.used && !wire.open && wire.is_there() {
            wire.open = true;
            self.ask(out, todo, |speaker, desk| speaker.connected(peer, way, desk));
        }
        while let Some(wire) = self.wires.get_mut(&number).filter(|wire| wire.used)
            && let Some(message) = wire.next()
        {
            self.ask(out, todo, |speaker, desk| match message {
                Ok(bytes) => speaker.message(peer, way, &bytes, desk),
                Err(fault) => speaker.fault(peer, way, fault, desk),
            });
        }
        let Some(wire) = self.wires.get_mut(&number) else { return };
        let (used, now) = (wire.used, out.now());
        if wire.is_over(now) {
            self.wires.remove(&number);
        } else if wire.is_half() {
            wire.let_go(End::Close, now);
            todo.push_back(Todo::Turn(number));
        } else {
            return;
        }
        if used {
            self.ask(out, todo, |speaker, desk| speaker.closed(peer, way, desk));
        }
    }

    /// Forgets the connections of a neighbour without a word.
    fn drop_wires(&mut self, peer: u32) {
        self.wires.retain(|_, wire| wire.peer != peer);
    }

    fn arm(&mut self, out: &mut AppOut<'_, '_>) {
        let mut due = self.speaker.due();
        for (at, waited) in self.wires.values().filter_map(Wire::due) {
            let place = &mut due[usize::from(!waited)];
            *place = Some(place.map_or(at, |known| known.min(at)));
        }
        self.alarms.set(due, out);
    }

    /// Tells of own networks, and no more of those whose link is down.
    fn originate(&mut self, out: &mut AppOut<'_, '_>) {
        for prefix in self.config.networks.clone() {
            let on = |link: &&Link| link.addresses.iter().any(|(ip, len)| covers(prefix, *ip, *len));
            let there = self.links.iter().find(on).is_none_or(|link| link.up);
            let known = self.speaker.table().get(prefix).is_some_and(|entry| entry.own.is_some());
            let communities = self.config.communities.clone();
            match (there, known) {
                (true, false) => self.speak(out, |speaker, desk| {
                    speaker.originate(prefix, Attributes { communities, ..Attributes::default() }, desk);
                }),
                (false, true) => self.speak(out, |speaker, desk| speaker.withdraw(prefix, desk)),
                _ => {}
            }
        }
    }

    /// Looks again how far next hops are, and where packets for them go.
    fn look_around(&mut self, out: &mut AppOut<'_, '_>) {
        for next_hop in self.speaker.next_hops() {
            let distance = overlay::distance(self.config.overlay.as_ref(), next_hop, out);
            if distance != self.speaker.known_distance(next_hop) {
                self.speak(out, |speaker, desk| speaker.set_distance(next_hop, distance, desk));
            }
        }
        for (prefix, told) in &self.told {
            offer(*prefix, Some(told), (self.config.overlay.as_ref(), &mut self.tunnelled), out);
        }
    }

    fn write_rows(&mut self, prefix: Prefix, out: &mut AppOut<'_, '_>) {
        let verdicts = self.speaker.why_not(prefix);
        let used = self.told.get(&prefix).map(|told| told.next_hops.as_slice()).unwrap_or_default();
        let before = self.rows.remove(&prefix).unwrap_or_default();
        let mut rows = Vec::new();
        let routes = self.speaker.table().get(prefix).into_iter().flat_map(super::table::Entry::routes);
        for (from, attributes) in routes {
            let verdict = verdicts.iter().find(|(who, _)| *who == from).map(|(_, lost)| *lost);
            let lost = verdict.flatten();
            let tied = lost.is_none_or(super::decide::is_tie) && used.contains(&attributes.next_hop);
            let used = verdict == Some(None) || verdict.is_some() && tied;
            let (attributes, written) = (Arc::clone(attributes), out.event());
            rows.push(Row { from, attributes, lost, used, reached: verdict.is_some(), written });
        }
        for row in &mut rows {
            let key = super::view::key(prefix, row.from);
            match before.iter().find(|old| old.from == row.from) {
                Some(old) if (Row { written: row.written, ..old.clone() }) == *row => row.written = old.written,
                Some(_) => out.wrote(key, RowChange::Changed),
                None => out.wrote(key, RowChange::Added),
            }
        }
        for old in before.iter().filter(|old| rows.iter().all(|row| row.from != old.from)) {
            out.wrote(super::view::key(prefix, old.from), RowChange::Removed);
        }
        if !rows.is_empty() {
            self.rows.insert(prefix, rows);
        }
    }

    /// Ends sessions so that they begin anew: with the neighbour of an address, or with all.
    fn clear(&mut self, which: &str, out: &mut AppOut<'_, '_>) -> Result<(), ChangeError> {
        for peer in self.meant("clear", which)? {
            self.speak(out, |speaker, desk| {
                for way in [Way::Out, Way::In] {
                    speaker.fault(peer, way, Fault::new(fault::CEASE, 4), desk);
                }
            });
        }
        Ok(())
    }

    /// Shuts sessions, or opens them again.
    fn shut(&mut self, field: &str, which: &str, out: &mut AppOut<'_, '_>) -> Result<(), ChangeError> {
        for peer in self.meant(field, which)? {
            if field == "shutdown" {
                self.speak(out, |speaker, desk| speaker.shut_down(peer, desk));
                // A call that nobody has taken yet is given up.
                self.wires.retain(|_, wire| wire.peer != peer || !wire.used || wire.open);
            } else {
                self.speak(out, |speaker, desk| speaker.open_up(peer, desk));
            }
        }
        Ok(())
    }

    /// The neighbours that are meant by an address, or by `all`.
    fn meant(&self, field: &str, which: &str) -> Result<Vec<u32>, ChangeError> {
        let all: Vec<u32> = (0..self.config.peers.len() as u32).collect();
        let named = |peer: &&u32| self.config.peers[**peer as usize].address.to_string() == which;
        let wanted: Vec<u32> = if which == "all" { all } else { all.iter().filter(named).copied().collect() };
        if wanted.is_empty() {
            return Err(bad(field, which, "the address of a BGP neighbour, or all"));
        }
        Ok(wanted)
    }
}

fn bad(field: &str, value: &str, expected: &'static str) -> ChangeError {
    ChangeError::BadValue { field: field.to_owned(), value: value.to_owned(), expected }
}

/// The prefix is that of the address.
fn covers((prefix, len): Prefix, ip: Ipv4Addr, of: u8) -> bool {
    len == of && (prefix.to_bits() ^ ip.to_bits()) & ipv4::mask(len) == 0
}

impl App for Bgp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn tcp_port(&self) -> Option<u16> {
        Some(PORT)
    }

    fn routes(&self) -> bool {
        true
    }

    fn patience(&self) -> Option<SimDuration> {
        let Config { hold, mrai, mrai_internal, .. } = self.config.own;
        Some(SimDuration::from_secs(u64::from(hold)).max(mrai).max(mrai_internal))
    }

    fn boot(&mut self, out: &mut AppOut<'_, '_>) {
        self.links = Link::all(out);
        self.originate(out);
        for network in &self.vpns {
            network.watch(out);
        }
        if !self.vpns.is_empty() {
            self.go_on(VecDeque::from([Todo::Vpns]), out);
        }
        self.speak(out, |speaker, desk| speaker.start(desk));
    }

    fn reset(&mut self) {
        let (ports, next_wire) = (std::mem::take(&mut self.ports), self.next_wire);
        let dice = self.dice.take();
        *self = Self { next_wire, ports, dice, ..Self::new(self.config.clone()) };
    }

    fn link(&mut self, port: PortNo, up: bool, out: &mut AppOut<'_, '_>) {
        let Some(at) = self.links.iter().position(|link| link.port == port && link.up != up) else { return };
        self.links[at].up = up;
        let near = |peer: &u32| self.links[at].reaches(self.config.peers[*peer as usize].address);
        let near: Vec<u32> = (0..self.config.peers.len() as u32).filter(near).collect();
        for peer in near {
            let outside = self.config.peers[peer as usize].asn != self.config.own.asn;
            if up {
                self.speak(out, |speaker, desk| speaker.call_soon(peer, desk));
            } else if outside && self.config.fallover {
                self.drop_wires(peer);
                self.speak(out, |speaker, desk| speaker.link_lost(peer, desk));
            }
        }
        self.originate(out);
        self.look_around(out);
    }

    fn routes_changed(&mut self, out: &mut AppOut<'_, '_>) {
        self.look_around(out);
    }

    fn timer(&mut self, kind: u8, out: &mut AppOut<'_, '_>) {
        self.alarms.rang(kind);
        let now = out.now();
        let due = |(_, wire): &(&usize, &Wire)| wire.due().is_some_and(|(due, _)| due <= now);
        let due: Vec<usize> = self.wires.iter().filter(due).map(|(number, _)| *number).collect();
        self.go_on(due.into_iter().map(Todo::Turn).collect(), out);
        self.speak(out, |speaker, desk| speaker.timer(desk));
    }

    fn tcp(&mut self, segment: Segment<'_>, out: &mut AppOut<'_, '_>) {
        let known = self.wires.iter().find(|(_, wire)| wire.takes(&segment)).map(|(number, _)| *number);
        let Some(number) = known.or_else(|| self.accept(segment, out)) else { return };
        let mut todo = VecDeque::new();
        self.turn(number, Some(segment), &mut todo, out);
        self.go_on(todo, out);
        self.arm(out);
    }

    fn error(&mut self, failed: Failed, out: &mut AppOut<'_, '_>) {
        let to = |wire: &Wire| wire.connection().peer.0 == failed.dst;
        let concerned: Vec<usize> = self.wires.iter().filter(|(_, wire)| to(wire)).map(|(number, _)| *number).collect();
        let mut todo = VecDeque::new();
        for number in concerned {
            let Some(wire) = self.wires.get(&number) else { continue };
            let (peer, way, calls) = (wire.peer, wire.way, wire.is_calling());
            match failed.error {
                // The way is narrower than was thought: the next turn learns how much.
                NetError::TooBig(_) => self.turn(number, None, &mut todo, out),
                _ if calls => {
                    self.wires.remove(&number);
                    self.ask(out, &mut todo, |speaker, desk| speaker.closed(peer, way, desk));
                }
                _ => {}
            }
        }
        self.go_on(todo, out);
        self.arm(out);
    }

    fn change(&mut self, change: &DeviceChange, out: &mut AppOut<'_, '_>) -> Option<Result<(), ChangeError>> {
        let DeviceChange::Set { field, value, .. } = change else { return self.station(change, out) };
        match (field.as_str(), value) {
            ("shutdown" | "no_shutdown", value) => Some(self.shut(field, &value.to_string(), out)),
            ("clear", value) => Some(self.clear(&value.to_string(), out)),
            ("allow_own_as", Value::Flag(on)) => {
                self.speaker.config.refuse_own_as = !on;
                self.config.own.refuse_own_as = !on;
                // What was refused before is not kept: neighbours are asked to tell all once more.
                self.speak(out, |speaker, desk| speaker.ask_again(desk));
                Some(Ok(()))
            }
            ("allow_own_as", other) => Some(Err(bad(field, &other.to_string(), "true or false"))),
            _ => None,
        }
    }

    fn table(&self) -> Option<TableView> {
        Some(self.routes_view())
    }

    fn second_table(&self) -> Option<TableView> {
        self.config.own.families.evpn.then(|| self.vpn_rows.view(&self.config.peers))
    }

    fn refused(&mut self, _ticket: u32, error: &ChangeError, out: &mut AppOut<'_, '_>) {
        out.say(Saying { agent: NAME, reason: &why::REFUSED, about: &error.to_string() });
    }

    fn more_tables(&self) -> Vec<TableView> {
        vec![self.peers_view()]
    }

    fn connections(&self) -> Vec<Connection> {
        self.wires.values().map(Wire::connection).collect()
    }

    fn heap_bytes(&self) -> usize {
        let rows: usize = self.rows.values().map(|rows| rows.len() * size_of::<Row>()).sum();
        let vpns: usize = self.vpns.iter().map(Network::heap_bytes).sum();
        vpns + self.vpn_rows.heap_bytes()
            + self.speaker.heap_bytes()
            + self.wires.values().map(Wire::heap_bytes).sum::<usize>()
            + rows
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
