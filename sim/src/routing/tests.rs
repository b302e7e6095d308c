//! One router by itself: what it makes of messages, timers and links.

use std::net::Ipv4Addr;

use super::rip::{Rip, RipConfig, SplitHorizon};
use super::{Effect, Heard, Io, Link, Protocol};
use crate::engine::Cell;
use crate::id::{EventNo, PortNo};
use crate::rng::Stream;
use crate::time::{SimDuration, SimTime};
use crate::wire::rip::{Command, Entry, INFINITY, write};

/// The router r2 of the captures: 10.1.2.2 and 10.2.3.2.
struct Bench {
    rip: Rip,
    links: Vec<Link>,
    dice: Stream,
    now: SimTime,
}

fn ip(text: &str) -> Ipv4Addr {
    text.parse().unwrap()
}

fn secs(n: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(n)
}

fn route(prefix: &str, metric: u32) -> Entry {
    Entry::route(ip(prefix), 24, metric)
}

impl Bench {
    fn new(config: RipConfig) -> Self {
        let link = |at: u16, address: &str| Link {
            name: format!("eth{at}"),
            port: PortNo(at),
            addresses: vec![(ip(address), 24)],
            mtu: 1500,
            up: true,
        };
        let links = vec![link(0, "10.1.2.2"), link(1, "10.2.3.2")];
        let mut bench = Self { rip: Rip::new(config), links, dice: Stream::named(1, "t"), now: SimTime::ZERO };
        bench.call(Rip::start);
        bench
    }

    fn call(&mut self, then: impl FnOnce(&mut Rip, &mut Io<'_>)) -> Vec<Effect> {
        let mut effects = Vec::new();
        let (links, dice) = (&self.links, &mut self.dice);
        then(
            &mut self.rip,
            &mut Io { now: self.now, event: EventNo(7), links, dice, effects: &mut effects, heard: true },
        );
        effects
    }

    fn hears(&mut self, link: usize, from: &str, entries: &[Entry]) -> Vec<Effect> {
        self.bytes(link, (from, 520), &write(Command::Response, entries))
    }

    fn bytes(&mut self, link: usize, from: (&str, u16), bytes: &[u8]) -> Vec<Effect> {
        self.call(|rip, io| rip.message(Heard { link, from: (ip(from.0), from.1), to: ip("224.0.0.9"), bytes }, io))
    }

    /// Goes on to a time, doing what is due on the way.
    fn until(&mut self, end: SimTime) -> Vec<(SimTime, Effect)> {
        let mut all = Vec::new();
        while let Some(due) = self.rip.due().into_iter().flatten().min().filter(|due| *due <= end) {
            self.now = due;
            all.extend(self.call(Rip::timer).into_iter().map(|effect| (due, effect)));
        }
        self.now = end;
        all
    }

    fn metric(&self, prefix: &str) -> Option<u64> {
        let view = self.rip.table(&self.links);
        let row = view.rows.iter().find(|row| row.cells[0] == Cell::Prefix(ip(prefix), 24))?;
        match row.cells[3] {
            Cell::Number(metric) => Some(metric),
            _ => None,
        }
    }
}

fn sent_on(effects: &[Effect], wanted: usize) -> Vec<Vec<u8>> {
    let of = |effect: &Effect| match effect {
        Effect::Send { link, bytes, .. } if *link == wanted => Some(bytes.clone()),
        _ => None,
    };
    effects.iter().filter_map(of).collect()
}

fn said(effects: &[Effect]) -> Vec<&'static str> {
    let of = |effect: &Effect| match effect {
        Effect::Say(reason, _) => Some(reason.slug),
        _ => None,
    };
    effects.iter().filter_map(of).collect()
}

fn plain(effects: Vec<(SimTime, Effect)>) -> Vec<Effect> {
    effects.into_iter().map(|(_, effect)| effect).collect()
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// After FRR's r2 had heard its two neighbours (captures rip-frr-frr 6, rip-frr-bird 5).
fn settled(split_horizon: SplitHorizon) -> Vec<Effect> {
    let mut bench = Bench::new(RipConfig { split_horizon, triggered: false, ..RipConfig::default() });
    bench.hears(0, "10.1.2.1", &[route("192.0.2.0", 1)]);
    bench.hears(1, "10.2.3.3", &[route("198.51.100.0", 1)]);
    plain(bench.until(secs(1)))
}

#[test]
fn updates_are_those_of_frr_byte_for_byte() {
    let own = sent_on(&settled(SplitHorizon::On), 0);
    let frr = "02020000000200000a020300ffffff00000000000000000100020000c6336400ffffff000000000000000002";
    assert_eq!(own.iter().map(|bytes| hex(bytes)).collect::<Vec<_>>(), [frr]);
    // FRR names itself as the next hop of what it poisons, which says the same as zero.
    let own = sent_on(&settled(SplitHorizon::Poison), 1);
    let frr = "02020000000200000a010200ffffff000000000000000001000200000a020300ffffff00000000000000001000020000c0000200\
               ffffff00000000000000000200020000c6336400ffffff000000000000000010";
    assert_eq!(own.iter().map(|bytes| hex(bytes)).collect::<Vec<_>>(), [frr]);
    assert_eq!(sent_on(&settled(SplitHorizon::Off), 0), sent_on(&settled(SplitHorizon::Off), 1));
}

#[test]
fn a_question_is_answered_to_the_asker_and_with_split_horizon_if_it_is_for_everything() {
    let mut bench = Bench::new(RipConfig::default());
    bench.hears(1, "10.2.3.3", &[route("198.51.100.0", 1)]);
    let whole = bench.bytes(0, ("10.1.2.1", 1234), &write(Command::Request, &[Entry::EVERYTHING]));
    let [Effect::Send { link: 0, to: Some(to), bytes, .. }] = &whole[..] else { panic!("{whole:?}") };
    assert_eq!(*to, (ip("10.1.2.1"), 1234));
    assert_eq!(*bytes, write(Command::Response, &[route("10.2.3.0", 1), route("198.51.100.0", 2)]));
    let some = [route("10.1.2.0", 0), route("203.0.113.0", 0)];
    let part = bench.bytes(0, ("10.1.2.1", 520), &write(Command::Request, &some));
    assert_eq!(sent_on(&part, 0), [write(Command::Response, &[route("10.1.2.0", 1), route("203.0.113.0", INFINITY)])]);
}

#[test]
fn the_router_on_the_way_is_believed_even_when_it_is_worse_and_others_only_when_they_are_better() {
    let mut bench = Bench::new(RipConfig::default());
    assert_eq!(said(&bench.hears(0, "10.1.2.1", &[route("192.0.2.0", 3)])), ["rip.learned"]);
    assert_eq!(said(&bench.hears(1, "10.2.3.3", &[route("192.0.2.0", 4)])), [""; 0]);
    assert_eq!(bench.metric("192.0.2.0"), Some(4));
    assert_eq!(said(&bench.hears(0, "10.1.2.1", &[route("192.0.2.0", 9)])), ["rip.same-router"]);
    assert_eq!(bench.metric("192.0.2.0"), Some(10));
    assert_eq!(said(&bench.hears(1, "10.2.3.3", &[route("192.0.2.0", 4)])), ["rip.nearer"]);
    assert_eq!(bench.metric("192.0.2.0"), Some(5));
    // Another one's 16 is nothing to it; that of its own next hop ends the route, and 15 plus one hop does too.
    assert_eq!(said(&bench.hears(0, "10.1.2.1", &[route("192.0.2.0", 16)])), [""; 0]);
    let gone = bench.hears(1, "10.2.3.3", &[route("192.0.2.0", 15)]);
    assert_eq!(said(&gone), ["rip.poisoned"]);
    assert!(gone.contains(&Effect::Withdraw((ip("192.0.2.0"), 24))));
    assert_eq!(said(&bench.hears(0, "10.1.2.1", &[route("203.0.113.0", 15)])), [""; 0]);
    assert_eq!(bench.metric("203.0.113.0"), None);
}

#[test]
fn a_silent_route_dies_after_the_timeout_and_is_forgotten_after_its_end_was_told() {
    let mut bench = Bench::new(RipConfig::default());
    bench.now = secs(5);
    bench.hears(0, "10.1.2.1", &[route("192.0.2.0", 1)]);
    let all = bench.until(secs(400));
    let when = |slug: &str| {
        all.iter()
            .filter(|(_, effect)| matches!(effect, Effect::Say(reason, _) if reason.slug == slug))
            .map(|(at, _)| *at)
            .collect::<Vec<_>>()
    };
    assert_eq!(when("rip.timed-out"), [secs(185)]);
    assert_eq!(when("rip.forgotten"), [secs(305)]);
    assert_eq!(bench.metric("192.0.2.0"), None);
    // Its end is told at once, and with each regular update until it is forgotten.
    let told = |from: u64, to: u64| {
        let dead = hex(&write(Command::Response, &[route("192.0.2.0", 16)]))[8..].to_owned();
        let sent = all.iter().filter(|(at, _)| *at >= secs(from) && *at < secs(to)).map(|(_, effect)| effect.clone());
        sent_on(&sent.collect::<Vec<_>>(), 1).iter().filter(|bytes| hex(bytes).contains(&dead)).count()
    };
    assert!(told(185, 186) >= 1);
    assert!(told(186, 305) >= 3);
    assert_eq!(told(306, 400), 0);
}

#[test]
fn a_change_is_told_at_once_and_the_next_one_after_a_second_at_least() {
    for seed in 0..20 {
        let mut bench = Bench::new(RipConfig { first: SimDuration::from_secs(20), ..RipConfig::default() });
        bench.dice = Stream::named(seed, "t");
        let first = bench.hears(0, "10.1.2.1", &[route("192.0.2.0", 1)]);
        assert_eq!(sent_on(&first, 1).len(), 1);
        let second = bench.hears(0, "10.1.2.1", &[route("192.0.3.0", 1), route("192.0.4.0", 1)]);
        assert_eq!(sent_on(&second, 1).len(), 0);
        let later = bench.until(secs(6));
        let (at, effect) = later.iter().find(|(_, effect)| matches!(effect, Effect::Send { link: 1, .. })).unwrap();
        assert!(*at >= secs(1) && *at <= secs(5), "{at}");
        let only = write(Command::Response, &[route("192.0.3.0", 2), route("192.0.4.0", 2)]);
        assert_eq!(sent_on(std::slice::from_ref(effect), 1), [only]);
    }
}

#[test]
fn regular_updates_keep_to_the_interval_and_its_jitter() {
    let mut bench = Bench::new(RipConfig::default());
    let times: Vec<SimTime> = bench
        .until(secs(1000))
        .into_iter()
        .filter(|(_, effect)| matches!(effect, Effect::Send { link: 0, .. }))
        .map(|(at, _)| at)
        .collect();
    assert!(times.len() > 25 && times.len() < 40);
    let gaps: Vec<u64> = times.windows(2).map(|two| two[1].since(two[0]).0 / 1_000_000_000).collect();
    assert!(gaps.iter().all(|gap| (25..=35).contains(gap)) && gaps.iter().any(|gap| *gap != gaps[0]), "{gaps:?}");
}

#[test]
fn a_link_that_goes_takes_its_routes_along_and_one_that_comes_brings_its_network() {
    let mut bench = Bench::new(RipConfig::default());
    bench.hears(0, "10.1.2.1", &[route("192.0.2.0", 1)]);
    bench.until(secs(10));
    bench.links[0].up = false;
    let lost = bench.call(|rip, io| rip.link(0, io));
    assert_eq!(said(&lost), ["rip.link-lost", "rip.link-lost"]);
    assert_eq!(sent_on(&lost, 1), [write(Command::Response, &[route("10.1.2.0", 16), route("192.0.2.0", 16)])]);
    assert_eq!(sent_on(&lost, 0).len(), 0);
    // Its own network may be behind somebody else now.
    assert_eq!(said(&bench.hears(1, "10.2.3.3", &[route("10.1.2.0", 5)])), ["rip.nearer"]);
    bench.links[0].up = true;
    let back = bench.call(|rip, io| rip.link(0, io));
    assert_eq!(said(&back), ["rip.connected"]);
    assert!(back.contains(&Effect::Withdraw((ip("10.1.2.0"), 24))));
    assert_eq!(sent_on(&back, 0)[0], write(Command::Request, &[Entry::EVERYTHING]));
}

#[test]
fn what_cannot_be_believed_is_dropped_with_its_reason() {
    let mut bench = Bench::new(RipConfig::default());
    let good = write(Command::Response, &[route("192.0.2.0", 1)]);
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    let cases: [(&str, (&str, u16), Vec<u8>); 11] = [
        ("rip.wrong-port", ("10.1.2.1", 521), good.clone()),
        ("rip.not-neighbour", ("10.2.3.3", 520), good.clone()),
        ("rip.not-neighbour", ("10.1.2.2", 520), good.clone()),
        ("rip.wrong-length", ("10.1.2.1", 520), good[..23].to_vec()),
        ("rip.wrong-version", ("10.1.2.1", 520), with(1, 1)),
        ("rip.wrong-command", ("10.1.2.1", 520), with(0, 5)),
        (
            "rip.authenticated",
            ("10.1.2.1", 520),
            write(Command::Response, &[Entry { family: 0xffff, ..Entry::EVERYTHING }]),
        ),
        ("rip.wrong-entry", ("10.1.2.1", 520), with(5, 10)),
        ("rip.wrong-entry", ("10.1.2.1", 520), with(8, 224)),
        ("rip.wrong-entry", ("10.1.2.1", 520), with(13, 0)),
        ("rip.wrong-entry", ("10.1.2.1", 520), with(23, 17)),
    ];
    for (slug, from, bytes) in cases {
        assert_eq!(said(&bench.bytes(0, from, &bytes)), [slug]);
        assert_eq!(bench.metric("192.0.2.0"), None);
    }
    let mixed = [route("127.0.0.0", 1), route("192.0.2.0", 1)];
    assert_eq!(said(&bench.hears(0, "10.1.2.1", &mixed)), ["rip.wrong-entry", "rip.learned"]);
}

#[test]
fn no_bytes_end_it() {
    let mut stream = Stream::named(3, "bytes");
    let mut bench = Bench::new(RipConfig::default());
    for round in 0..3000 {
        let len = stream.below(600) as usize;
        let mut bytes: Vec<u8> = (0..len).map(|_| stream.bits() as u8).collect();
        if round % 2 == 0 && len > 4 {
            bytes[0] = 1 + stream.below(2) as u8;
            bytes[1] = 2;
            bytes.truncate(4 + (len - 4) / 20 * 20);
        }
        bench.bytes((round % 2) as usize, (["10.1.2.1", "10.2.3.3"][(round % 2) as usize], 520), &bytes);
        let later = bench.now + SimDuration::from_secs(1);
        bench.until(later);
    }
}
