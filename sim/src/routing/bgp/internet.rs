//! Many speakers, and messages between them without frames: each message is written to bytes, waits for its delay, and
//! is read from bytes.
//!
//! One AS is one router. Sessions come up by OPEN and KEEPALIVE with a hold time of 0, because nothing can get lost on
//! the way; so there are no signs of life, and a run is over when no message and no MRAI is pending. Messages of a
//! session stay in order.

use std::fmt;
use std::hint::black_box;
use std::net::Ipv4Addr;
use std::sync::Arc;

use super::ahead::Ahead;
use super::graph::{Graph, reverse};
use super::{Chosen, Config, Host, PeerConfig, Relation, Speaker, Way};
use crate::engine::queue::Queue;
use crate::explain::Reason;
use crate::rng::Stream;
use crate::time::{SimDuration, SimTime};
use crate::wire::bgp::{AsPath, Attributes, Prefix};

/// Marks an event as a timer of a router; the others are messages.
const TIMER: u32 = 1 << 31;
/// Marks what goes over the connection that the receiver made, beside the number of the neighbour it comes from.
const CALLED: u32 = 1 << 31;
/// So many routers get power at once.
const GROUP: u32 = 1 << 12;
/// From so many routers on, what a message needs is no longer in the caches: looking ahead pays.
const MANY: usize = 1 << 12;
/// So many events lie between two reports of progress.
const STRIDE: u64 = 1 << 16;

/// How the network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Seed of all random numbers.
    pub seed: u64,
    /// A message takes at least so long.
    pub delay: SimDuration,
    /// And up to so much more.
    pub spread: SimDuration,
    /// Least time between two UPDATEs to one neighbour.
    pub mrai: SimDuration,
    /// The MRAI is shortened by up to a quarter.
    pub jitter: bool,
    /// Withdrawals wait for the MRAI too.
    pub withdrawals_wait: bool,
    /// A run is stopped after so many messages.
    pub most_messages: u64,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            seed: 1,
            delay: SimDuration::from_ms(1),
            spread: SimDuration::from_ms(10),
            mrai: SimDuration::ZERO,
            jitter: true,
            withdrawals_wait: true,
            most_messages: 100_000_000,
        }
    }
}

/// What has happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// The time.
    pub now: SimTime,
    /// Messages that were sent.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Events.
    pub events: u64,
    /// How often a router chose another route.
    pub choices: u64,
    /// The last time one did.
    pub last_choice: SimTime,
    /// ASes of the longest path that was chosen.
    pub longest: usize,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is pending.
    Quiet,
    /// The limit of messages is reached: it may never become quiet.
    TooMany,
}

/// One end of a link: which neighbour of whom is there, and when the last message from here arrives there.
#[derive(Clone, Copy, Debug)]
struct End {
    to: Neighbour,
    last: SimTime,
}

/// A neighbour of a router, by its place among all of that router.
#[derive(Clone, Copy, Debug, Default)]
struct Neighbour {
    of: u32,
    place: u32,
}

#[derive(Clone, Debug)]
enum Load {
    Up,
    Message(Arc<[u8]>),
    Down,
}

/// Something on its way from a neighbour. There are as many as messages at once, so it is kept small; and whoever is to
/// get it stands in it, because looking that up elsewhere is what a run of many ASes would wait for.
#[derive(Clone, Debug)]
struct Flight {
    from: Neighbour,
    load: Load,
}

impl Flight {
    fn new(Neighbour { of, place }: Neighbour, way: Way, load: Load) -> Self {
        let place = if way == Way::Out { place | CALLED } else { place };
        Self { from: Neighbour { of, place }, load }
    }

    const fn way(&self) -> Way {
        if self.from.place & CALLED == 0 { Way::In } else { Way::Out }
    }
}

/// What is pending.
#[derive(Clone, Debug)]
struct Air {
    queue: Queue,
    flights: Vec<Option<Flight>>,
    free: Vec<u32>,
    seq: u64,
}

impl Air {
    fn put(&mut self, at: SimTime, flight: Flight) {
        let place = self.free.pop().unwrap_or(self.flights.len() as u32);
        if place as usize == self.flights.len() {
            self.flights.push(Some(flight));
        } else {
            self.flights[place as usize] = Some(flight);
        }
        self.push(at, place);
    }

    fn push(&mut self, at: SimTime, payload: u32) {
        self.seq += 1;
        self.queue.push(at, self.seq, payload);
    }
}

/// A router with what belongs to it.
#[derive(Clone, Debug)]
struct Node {
    speaker: Speaker,
    dice: Stream,
    armed: Option<SimTime>,
    /// Its first end in the list of all.
    first: u32,
}

/// The network.
#[derive(Clone, Debug)]
pub struct Internet {
    nodes: Vec<Node>,
    ends: Vec<End>,
    air: Air,
    setting: Setting,
    totals: Totals,
}

/// What carries out the wishes of one router.
struct Desk<'a> {
    dice: &'a mut Stream,
    ends: &'a mut [End],
    node: u32,
    air: &'a mut Air,
    setting: &'a Setting,
    totals: &'a mut Totals,
}

impl Desk<'_> {
    fn put(&mut self, peer: u32, way: Way, load: Load) {
        let spread = self.dice.below(self.setting.spread.0);
        let end = &mut self.ends[peer as usize];
        let earliest = self.totals.now + self.setting.delay + SimDuration::from_ns(spread);
        end.last = earliest.max(end.last + SimDuration::from_ns(1));
        self.air.put(end.last, Flight::new(end.to, other(way), load));
    }
}

const fn other(way: Way) -> Way {
    match way {
        Way::Out => Way::In,
        Way::In => Way::Out,
    }
}

impl Host for Desk<'_> {
    fn now(&self) -> SimTime {
        self.totals.now
    }

    fn dice(&mut self) -> &mut Stream {
        self.dice
    }

    fn connect(&mut self, peer: u32) {
        self.put(peer, Way::Out, Load::Up);
        // The answer to the call is as long on its way as the call.
        let at = self.ends[peer as usize].last;
        self.air.put(at, Flight::new(Neighbour { of: self.node, place: peer }, Way::Out, Load::Up));
    }

    fn close(&mut self, peer: u32, way: Way) {
        self.put(peer, way, Load::Down);
    }

    fn send(&mut self, peer: u32, way: Way, bytes: &Arc<[u8]>, _: Reason) {
        self.totals.messages += 1;
        self.totals.bytes += bytes.len() as u64;
        self.put(peer, way, Load::Message(Arc::clone(bytes)));
    }

    fn chose(&mut self, _: Prefix, chosen: Option<Chosen<'_>>, _: Reason) {
        self.totals.choices += 1;
        self.totals.last_choice = self.totals.now;
        self.totals.longest = self.totals.longest.max(chosen.map_or(0, |chosen| chosen.attributes.path.len()));
    }

    fn say(&mut self, _: Reason, _: fmt::Arguments<'_>) {}
}

/// Address and identifier of an AS.
fn address(node: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits(0x0a00_0001 + node)
}

impl Internet {
    /// The number of the AS at a place of the graph.
    pub const fn asn(node: u32) -> u32 {
        node + 1
    }

    /// A network of these ASes, without power.
    pub fn new(graph: &Graph, setting: Setting) -> Self {
        let mut peers: Vec<Vec<PeerConfig>> = vec![Vec::new(); graph.ases as usize];
        // By link, the place of each end among those of its AS.
        let mut places = Vec::with_capacity(graph.edges.len());
        for edge in &graph.edges {
            places.push([edge.a, edge.b].map(|node| peers[node as usize].len() as u32));
            let peer = |own, far, relation: Relation, passive| {
                let plain = PeerConfig::new(address(own), address(far), Self::asn(far));
                PeerConfig { relation, passive, ..plain }
            };
            peers[edge.a as usize].push(peer(edge.a, edge.b, reverse(edge.is), false));
            peers[edge.b as usize].push(peer(edge.b, edge.a, edge.is, true));
        }
        let mut nodes = Vec::with_capacity(peers.len());
        let mut ends = Vec::with_capacity(2 * graph.edges.len());
        for (node, peers) in (0..).zip(peers) {
            let plain = Config::new(Self::asn(node), address(node));
            let Setting { mrai, jitter, withdrawals_wait, .. } = setting;
            let config = Config { hold: 0, mrai, jitter, withdrawals_wait, ..plain };
            let dice = Stream::named(setting.seed, &format!("as{}", Self::asn(node)));
            let first = ends.len() as u32;
            ends.extend(peers.iter().map(|_| End { to: Neighbour::default(), last: SimTime::ZERO }));
            nodes.push(Node { speaker: Speaker::new(config, peers), dice, armed: None, first });
        }
        for (edge, [at_a, at_b]) in graph.edges.iter().zip(places) {
            let (a, b) = (Neighbour { of: edge.a, place: at_a }, Neighbour { of: edge.b, place: at_b });
            for (here, there) in [(a, b), (b, a)] {
                ends[(nodes[here.of as usize].first + here.place) as usize].to = there;
            }
        }
        let air = Air { queue: Queue::default(), flights: Vec::new(), free: Vec::new(), seq: 0 };
        Self { nodes, ends, air, setting, totals: Totals::default() }
    }

    /// The speaker of an AS.
    pub fn speaker(&self, node: u32) -> &Speaker {
        &self.nodes[node as usize].speaker
    }

    /// How many ASes there are.
    pub const fn len(&self) -> u32 {
        self.nodes.len() as u32
    }

    /// There are none.
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What has happened so far.
    pub const fn totals(&self) -> Totals {
        self.totals
    }

    /// The path an AS has chosen for a prefix.
    pub fn path(&self, node: u32, prefix: Prefix) -> Option<&AsPath> {
        let chosen = self.speaker(node).table().get(prefix)?.chosen()?;
        Some(&chosen.1.path)
    }

    /// How many ASes have a route for a prefix.
    pub fn reached(&self, prefix: Prefix) -> u32 {
        (0..self.len()).filter(|&node| self.path(node, prefix).is_some()).count() as u32
    }

    fn with(&mut self, node: u32, then: impl FnOnce(&mut Speaker, &mut Desk<'_>)) {
        let Self { nodes, ends, air, setting, totals } = self;
        let own = &mut nodes[node as usize];
        let first = own.first;
        let ends = &mut ends[first as usize..][..own.speaker.peers().len()];
        then(&mut own.speaker, &mut Desk { dice: &mut own.dice, ends, node, air, setting, totals });
        // Timers of the background are for connections that fail; none of these can.
        if let Some(due) = own.speaker.soon()
            && own.armed.is_none_or(|armed| due < armed)
        {
            own.armed = Some(due);
            air.push(due, node | TIMER);
        }
    }

    /// Power for all, some after some so that not all OPENs are on their way at once; then all sessions are up.
    pub fn start(&mut self) -> Outcome {
        for node in 0..self.len() {
            self.with(node, |speaker, desk| speaker.start(desk));
            if node.is_multiple_of(GROUP) && self.run(|_| {}) == Outcome::TooMany {
                return Outcome::TooMany;
            }
        }
        self.run(|_| {})
    }

    /// An AS has a network.
    pub fn originate(&mut self, node: u32, prefix: Prefix) {
        let own = Attributes { next_hop: address(node), ..Attributes::default() };
        self.with(node, |speaker, desk| speaker.originate(prefix, own, desk));
    }

    /// It has it no more.
    pub fn withdraw(&mut self, node: u32, prefix: Prefix) {
        self.with(node, |speaker, desk| speaker.withdraw(prefix, desk));
    }

    /// Lets time pass without anything happening; it has to be quiet.
    pub fn wait(&mut self, span: SimDuration) {
        if self.air.queue.is_empty() {
            self.totals.now += span;
        }
    }

    /// Runs until it is quiet, and tells every now and then how far it is.
    pub fn run(&mut self, mut progress: impl FnMut(&Totals)) -> Outcome {
        let limit = self.totals.messages.saturating_add(self.setting.most_messages);
        let mut ahead = Ahead::default();
        let many = self.nodes.len() >= MANY;
        loop {
            let next = if many { ahead.next(&mut self.air.queue) } else { self.air.queue.pop() };
            let Some(event) = next else { return Outcome::Quiet };
            for (look, payload) in ahead.looks() {
                self.look(look, payload);
            }
            self.totals.now = event.time;
            self.totals.events += 1;
            if self.totals.events.is_multiple_of(STRIDE) {
                progress(&self.totals);
            }
            if event.payload & TIMER != 0 {
                self.ring(event.payload & !TIMER);
            } else {
                self.land(event.payload);
            }
            if self.totals.messages > limit {
                ahead.put_back(&mut self.air.queue);
                return Outcome::TooMany;
            }
        }
    }

    /// Looks at what a message will need soon, so that it is at hand then: at the message, at its router, at the
    /// neighbour it comes from and the table, at the routes.
    #[inline]
    fn look(&self, look: usize, payload: u32) {
        let flight = (payload & TIMER == 0).then(|| self.air.flights.get(payload as usize)).flatten();
        let Some(Flight { from, load }) = flight.and_then(Option::as_ref) else { return };
        if look == 0 {
            black_box(from.of);
            return;
        }
        let Some(node) = self.nodes.get(from.of as usize) else { return };
        let peer = from.place & !CALLED;
        match look {
            1 => {
                if let Load::Message(bytes) = load {
                    black_box((bytes.first(), bytes.get(64)));
                }
                black_box((node.first, node.armed));
                node.speaker.look_at_itself();
            }
            2 => {
                black_box(self.ends.get(node.first as usize).map(|end| end.last));
                node.speaker.look_at(peer);
            }
            _ => node.speaker.look_at_routes(peer),
        }
    }

    fn ring(&mut self, node: u32) {
        let own = &mut self.nodes[node as usize];
        if own.armed.is_some_and(|armed| armed <= self.totals.now) {
            own.armed = None;
        }
        if own.speaker.soon().is_some_and(|due| due <= self.totals.now) {
            self.with(node, |speaker, desk| speaker.timer_of(0, desk));
        } else {
            self.with(node, |_, _| {});
        }
    }

    fn land(&mut self, place: u32) {
        self.air.free.push(place);
        let Some(flight) = self.air.flights[place as usize].take() else { return };
        let (way, peer) = (flight.way(), flight.from.place & !CALLED);
        self.with(flight.from.of, |speaker, desk| match flight.load {
            Load::Up => speaker.connected(peer, way, desk),
            Load::Message(bytes) => speaker.message(peer, way, &bytes, desk),
            Load::Down => speaker.closed(peer, way, desk),
        });
    }
}
