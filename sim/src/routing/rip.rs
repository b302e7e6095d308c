//! RIP version 2: every router tells its neighbours how far it thinks all networks are (RFC 2453).
//!
//! Modelled: the request at the start and its answer, regular updates with jitter, triggered updates with their rate
//! limit, split horizon off, on or with poisoned reverse, infinity, timeout and garbage collection. Left out: version 1,
//! authentication, route tags, costs other than 1.
//!
//! Where the standard leaves a choice this follows FRR's `ripd`: with split horizon the network of a link is not told on
//! it, and with poisoned reverse it is told as 16. A regular update tells what a triggered one had still to tell.

mod table;

use std::net::Ipv4Addr;

use super::{Effect, Heard, Io, Link, Protocol, why};
use crate::engine::{ChangeError, RowChange, TableView, Value};
use crate::explain::Reason;
use crate::id::EventNo;
use crate::stack::fib;
use crate::stack::rib::{Offer, Prefix};
use crate::stack::why::routing as sent;
use crate::time::{SimDuration, SimTime};
use crate::wire::ipv4::mask;
use crate::wire::rip::{self as wire, AUTHENTICATION, Command, Entry, Fault, INFINITY, MOST, Message, ROUTE};

pub use table::TABLE;

/// What is told to those a route was heard from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SplitHorizon {
    /// The same as to everybody.
    Off,
    /// Nothing.
    #[default]
    On,
    /// That it leads nowhere.
    Poison,
}

impl SplitHorizon {
    /// The words of a lab.
    pub const WORDS: [(&'static str, Self); 3] = [("Off", Self::Off), ("On", Self::On), ("Poison", Self::Poison)];

    /// The word of a lab.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, own)| *own == self).map_or("On", |(word, _)| word)
    }
}

/// What a router is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RipConfig {
    /// What is told to those a route was heard from.
    pub split_horizon: SplitHorizon,
    /// Changes are told at once.
    pub triggered: bool,
    /// From one regular update to the next.
    pub update: SimDuration,
    /// An update comes so much earlier or later at most.
    pub jitter: SimDuration,
    /// The first regular update.
    pub first: SimDuration,
    /// A route that was not repeated for so long is gone.
    pub timeout: SimDuration,
    /// So long its end is told.
    pub garbage: SimDuration,
    /// Interfaces on which it only listens.
    pub passive: Vec<String>,
}

impl Default for RipConfig {
    fn default() -> Self {
        Self {
            split_horizon: SplitHorizon::On,
            triggered: true,
            update: SimDuration::from_secs(30),
            jitter: SimDuration::from_secs(5),
            first: SimDuration::from_secs(1),
            timeout: SimDuration::from_secs(180),
            garbage: SimDuration::from_secs(120),
            passive: Vec::new(),
        }
    }
}

/// Between two triggered updates pass this long at least, and so much more by chance.
const HOLD: (SimDuration, SimDuration) = (SimDuration::from_secs(1), SimDuration::from_secs(4));

/// A route this router knows.
#[derive(Clone, Debug)]
struct Route {
    key: u64,
    link: usize,
    /// The router behind it; nothing for the networks of its own links.
    via: Option<Ipv4Addr>,
    metric: u32,
    /// When it times out, or, with metric 16, is forgotten; never for a connected network.
    until: Option<SimTime>,
    /// A triggered update has still to tell it.
    changed: bool,
    written: EventNo,
}

const fn key_of((ip, len): Prefix) -> u64 {
    (ip.to_bits() as u64) << 8 | len as u64
}

const fn prefix_of(key: u64) -> Prefix {
    (Ipv4Addr::from_bits((key >> 8) as u32), key as u8)
}

/// A router that speaks RIP.
#[derive(Clone, Debug)]
pub struct Rip {
    config: RipConfig,
    /// Sorted by key.
    routes: Vec<Route>,
    /// The next regular update.
    regular: Option<SimTime>,
    /// No triggered update before this.
    hold: SimTime,
    /// Something is to be told before the next regular update.
    pending: bool,
    /// No route runs out before this.
    expiry: Option<SimTime>,
    /// The end of some route is being told.
    dying: bool,
    /// No regular update has been sent yet.
    fresh: bool,
}

impl Rip {
    /// A router that knows nothing.
    pub const fn new(config: RipConfig) -> Self {
        let hold = SimTime::ZERO;
        Self {
            config,
            routes: Vec::new(),
            regular: None,
            hold,
            pending: false,
            expiry: None,
            dying: false,
            fresh: false,
        }
    }

    fn place(&self, key: u64) -> Result<usize, usize> {
        self.routes.binary_search_by_key(&key, |route| route.key)
    }

    fn runs_out(&mut self, at: SimTime) -> SimTime {
        self.expiry = Some(self.expiry.map_or(at, |known| known.min(at)));
        at
    }

    /// Tells why a route is as it is now.
    fn tell(&self, at: usize, reason: Reason, change: RowChange, io: &mut Io<'_>) {
        let route = &self.routes[at];
        let (ip, len) = prefix_of(route.key);
        io.effects.push(Effect::Wrote(route.key, change));
        io.say(reason, |_| match route.via {
            Some(via) => format!("{ip}/{len} via {via}, metric {}", route.metric),
            None => format!("{ip}/{len}, metric {}", route.metric),
        });
    }

    /// Takes a network of a link of its own.
    fn connect(&mut self, link: usize, io: &mut Io<'_>) {
        for (ip, len) in io.links[link].addresses.clone() {
            let key = key_of((Ipv4Addr::from_bits(ip.to_bits() & mask(len)), len));
            let (written, changed) = (io.event, true);
            let route = Route { key, link, via: None, metric: 1, until: None, changed, written };
            match self.place(key) {
                Ok(at) if self.routes[at].via.is_none() && self.routes[at].metric < INFINITY => {}
                Ok(at) => {
                    self.routes[at] = route;
                    self.tell(at, &why::CONNECTED, RowChange::Changed, io);
                    io.effects.push(Effect::Withdraw(prefix_of(key)));
                }
                Err(at) => {
                    self.routes.insert(at, route);
                    self.tell(at, &why::CONNECTED, RowChange::Added, io);
                }
            }
        }
    }

    /// A route leads nowhere from now on.
    fn kill(&mut self, at: usize, reason: Reason, io: &mut Io<'_>) {
        let until = Some(self.runs_out(io.now + self.config.garbage));
        let route = &mut self.routes[at];
        (route.metric, route.until, route.changed, route.written) = (INFINITY, until, true, io.event);
        if route.via.is_some() {
            io.effects.push(Effect::Withdraw(prefix_of(route.key)));
        }
        (self.pending, self.dying) = (true, true);
        self.tell(at, reason, RowChange::Changed, io);
    }

    /// A neighbour says how far a network is (RFC 2453 §3.9.2).
    fn hear(&mut self, link: usize, from: Ipv4Addr, prefix: Prefix, entry: &Entry, io: &mut Io<'_>) {
        let metric = (entry.metric + 1).min(INFINITY);
        let via = Some(entry.next_hop).filter(|hop| !hop.is_unspecified() && io.links[link].reaches(*hop));
        let via = via.unwrap_or(from);
        let key = key_of(prefix);
        let timeout = io.now + self.config.timeout;
        let at = match self.place(key) {
            Ok(at) => at,
            Err(_) if metric == INFINITY => return,
            Err(at) => {
                let until = Some(self.runs_out(timeout));
                let (written, changed) = (io.event, true);
                self.routes.insert(at, Route { key, link, via: Some(via), metric, until, changed, written });
                return self.adopt(at, &why::LEARNED, RowChange::Added, io);
            }
        };
        let known = &self.routes[at];
        let same = known.via == Some(via) && known.link == link;
        let half = known.until.is_some_and(|until| until.since(io.now).0 <= self.config.timeout.0 / 2);
        let reason: Reason = match () {
            () if same && metric == INFINITY => {
                if known.metric < INFINITY {
                    self.kill(at, &why::POISONED, io);
                }
                return;
            }
            () if same && metric == known.metric => {
                self.routes[at].until = Some(self.runs_out(timeout));
                return;
            }
            () if same && known.metric < INFINITY => &why::SAME_ROUTER,
            () if metric < known.metric => &why::NEARER,
            () if metric == known.metric && metric < INFINITY && half && known.via.is_some() => &why::FRESHER,
            () => return,
        };
        let until = Some(self.runs_out(timeout));
        let (written, changed) = (io.event, self.routes[at].metric != metric || self.routes[at].changed);
        self.routes[at] = Route { key, link, via: Some(via), metric, until, changed, written };
        self.adopt(at, reason, RowChange::Changed, io);
    }

    fn adopt(&mut self, at: usize, reason: Reason, change: RowChange, io: &mut Io<'_>) {
        let route = &self.routes[at];
        self.pending |= route.changed;
        if let Some(via) = route.via {
            let offer = Offer {
                via,
                port: io.links[route.link].port,
                protocol: Rip::ROUTES,
                metric: route.metric,
                more: Vec::new(),
            };
            io.effects.push(Effect::Offer(prefix_of(route.key), offer));
        }
        self.tell(at, reason, change, io);
    }

    /// The entries that are told on a link.
    fn told(&self, link: usize, only_changed: bool, split: SplitHorizon) -> impl Iterator<Item = Entry> {
        self.routes.iter().filter_map(move |route| {
            if only_changed && !route.changed {
                return None;
            }
            let (ip, len) = prefix_of(route.key);
            match split {
                SplitHorizon::On if route.link == link => None,
                SplitHorizon::Poison if route.link == link => Some(Entry::route(ip, len, INFINITY)),
                _ => Some(Entry::route(ip, len, route.metric)),
            }
        })
    }

    fn send(&self, link: usize, to: Option<(Ipv4Addr, u16)>, (changes, why): (bool, Reason), io: &mut Io<'_>) {
        let entries: Vec<Entry> = self.told(link, changes, self.config.split_horizon).collect();
        for part in entries.chunks(MOST) {
            io.effects.push(Effect::Send { link, to, bytes: wire::write(Command::Response, part), why });
        }
    }

    fn speaks_on(&self, link: &Link) -> bool {
        link.up && !link.addresses.is_empty() && !self.config.passive.contains(&link.name)
    }

    fn send_all(&mut self, only_changed: bool, why: Reason, io: &mut Io<'_>) {
        for link in 0..io.links.len() {
            if self.speaks_on(&io.links[link]) {
                self.send(link, None, (only_changed, why), io);
            }
        }
        self.routes.iter_mut().for_each(|route| route.changed = false);
        self.pending = false;
        self.fresh &= only_changed;
    }

    /// Tells what has changed, if it may already (RFC 2453 §3.10.1).
    fn flush(&mut self, io: &mut Io<'_>) {
        if self.config.triggered && self.pending && self.hold <= io.now {
            self.send_all(true, &sent::TRIGGERED, io);
            self.hold = io.now + HOLD.0 + SimDuration(io.dice.below(HOLD.1.0 + 1));
        }
    }

    fn ask(&self, link: usize, io: &mut Io<'_>) {
        if self.speaks_on(&io.links[link]) {
            let bytes = wire::write(Command::Request, &[Entry::EVERYTHING]);
            io.effects.push(Effect::Send { link, to: None, bytes, why: &sent::REQUEST });
        }
    }

    /// Somebody asks: for everything, or for some networks (RFC 2453 §3.9.1).
    fn answer(&self, heard: Heard<'_>, message: Message<'_>, io: &mut Io<'_>) {
        let Heard { link, from, .. } = heard;
        let mut entries: Vec<Entry> = message.entries().collect();
        if entries.len() == 1 && entries[0].family == 0 && entries[0].metric == INFINITY {
            if self.speaks_on(&io.links[link]) {
                self.send(link, Some(from), (false, &sent::ANSWER), io);
            }
            return;
        }
        for entry in &mut entries {
            let known = entry.prefix_len().map(|len| key_of((entry.prefix, len))).and_then(|key| self.place(key).ok());
            entry.metric = known.map_or(INFINITY, |at| self.routes[at].metric);
        }
        let bytes = wire::write(Command::Response, &entries);
        io.effects.push(Effect::Send { link, to: Some(from), bytes, why: &sent::ANSWER });
    }

    fn response(&mut self, heard: Heard<'_>, message: Message<'_>, io: &mut Io<'_>) {
        let Heard { link, from: (from, port), .. } = heard;
        let refuse = |reason, io: &mut Io<'_>| io.say(reason, |_| from.to_string());
        if port != wire::PORT {
            return refuse(&why::WRONG_PORT, io);
        }
        if !io.links[link].reaches(from) {
            return refuse(&why::NOT_NEIGHBOUR, io);
        }
        if message.entries().next().is_some_and(|first| first.family == AUTHENTICATION) {
            return refuse(&why::AUTHENTICATED, io);
        }
        for entry in message.entries() {
            match network(&entry) {
                Some(prefix) => self.hear(link, from, prefix, &entry, io),
                None => refuse(&why::WRONG_ENTRY, io),
            }
        }
        self.flush(io);
    }

    /// Routes that ran out.
    fn expire(&mut self, io: &mut Io<'_>) {
        if self.expiry.is_none_or(|expiry| expiry > io.now) {
            return;
        }
        (self.expiry, self.dying) = (None, false);
        let mut at = 0;
        while at < self.routes.len() {
            let route = &self.routes[at];
            match route.until {
                Some(until) if until > io.now => {
                    self.dying |= route.metric == INFINITY;
                    self.runs_out(until);
                }
                Some(_) if route.metric == INFINITY => {
                    self.tell(at, &why::FORGOTTEN, RowChange::Removed, io);
                    self.routes.remove(at);
                    continue;
                }
                Some(_) => self.kill(at, &why::TIMED_OUT, io),
                None => {}
            }
            at += 1;
        }
    }
}

/// The network of an entry that makes sense.
fn network(entry: &Entry) -> Option<Prefix> {
    let len = entry.prefix_len()?;
    let first = entry.prefix.octets()[0];
    let usable = entry.family == ROUTE
        && (1..=INFINITY).contains(&entry.metric)
        && entry.prefix.to_bits() & !mask(len) == 0
        && (first != 0 || len == 0)
        && first != 127
        && first < 224;
    usable.then_some((entry.prefix, len))
}

impl Protocol for Rip {
    const NAME: &'static str = "rip";
    const GROUP: (Ipv4Addr, u16) = (wire::GROUP, wire::PORT);
    const ROUTES: fib::Protocol = fib::Protocol::Rip;

    fn start(&mut self, io: &mut Io<'_>) {
        for link in 0..io.links.len() {
            if io.links[link].up {
                self.connect(link, io);
            }
            self.ask(link, io);
        }
        self.regular = Some(io.now + self.config.first);
        // Nothing of this is a change: the first update tells it.
        self.routes.iter_mut().for_each(|route| route.changed = false);
        self.fresh = true;
    }

    fn reset(&mut self) {
        *self = Self::new(self.config.clone());
    }

    fn message(&mut self, heard: Heard<'_>, io: &mut Io<'_>) {
        let reason: Reason = match Message::read(heard.bytes) {
            Ok(message) if message.command == Command::Request => return self.answer(heard, message, io),
            Ok(message) => return self.response(heard, message, io),
            Err(Fault::Length) => &why::WRONG_LENGTH,
            Err(Fault::Version(_)) => &why::WRONG_VERSION,
            Err(Fault::Command(_)) => &why::WRONG_COMMAND,
        };
        io.say(reason, |_| heard.from.0.to_string());
    }

    fn timer(&mut self, io: &mut Io<'_>) {
        self.expire(io);
        if self.regular.is_some_and(|due| due <= io.now) {
            self.send_all(false, &sent::PERIODIC, io);
            let RipConfig { update, jitter, .. } = self.config;
            let early = SimDuration(update.0 - jitter.0);
            self.regular = Some(io.now + early + SimDuration(io.dice.below(2 * jitter.0 + 1)));
        }
        self.flush(io);
    }

    fn link(&mut self, link: usize, io: &mut Io<'_>) {
        if io.links[link].up {
            self.connect(link, io);
            self.pending = true;
            self.ask(link, io);
        } else {
            for at in 0..self.routes.len() {
                if self.routes[at].link == link && self.routes[at].metric < INFINITY {
                    self.kill(at, &why::LINK_LOST, io);
                }
            }
        }
        self.flush(io);
    }

    fn set(&mut self, field: &str, value: &Value, io: &mut Io<'_>) -> Option<Result<(), ChangeError>> {
        let bad = |expected| {
            let (field, value) = (field.to_owned(), value.to_string());
            Some(Err(ChangeError::BadValue { field, value, expected }))
        };
        match (field, value) {
            ("split_horizon", Value::Text(word)) => {
                let Some((_, mode)) = SplitHorizon::WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word))
                else {
                    return bad("Off, On or Poison");
                };
                self.config.split_horizon = *mode;
            }
            ("split_horizon", _) => return bad("Off, On or Poison"),
            ("triggered", Value::Flag(on)) => {
                self.config.triggered = *on;
                self.flush(io);
            }
            ("triggered", _) => return bad("true or false"),
            _ => return None,
        }
        Some(Ok(()))
    }

    fn patience(&self) -> SimDuration {
        self.config.timeout
    }

    fn due(&self) -> [Option<SimTime>; 2] {
        // A run waits until all neighbours have been told, and what is told to be gone is forgotten.
        let soon = self.config.triggered && self.regular.is_none_or(|due| self.hold < due);
        let news = if soon { Some(self.hold) } else { self.regular };
        let end = self.expiry.filter(|_| self.dying);
        let waited_for =
            [news.filter(|_| self.pending), self.regular.filter(|_| self.fresh), end].into_iter().flatten().min();
        let background = [self.regular, self.expiry].into_iter().flatten().min();
        [waited_for, background.filter(|due| waited_for != Some(*due))]
    }

    fn table(&self, links: &[Link]) -> TableView {
        self.view(links)
    }

    fn heap_bytes(&self) -> usize {
        self.routes.capacity() * size_of::<Route>()
    }
}
