//! Speakers in small networks whose messages are carried by hand, and in large graphs against oracles.

use std::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;

use petgraph::algo::dijkstra;
use petgraph::graph::{NodeIndex, UnGraph};

use super::decide::Step;
use super::graph::{Graph, reverse};
use super::internet::{Internet, Outcome, Setting};
use super::session::State;
use super::table::From;
use super::*;
use crate::wire::bgp::{AsPath, Dialect, Fault, Message, Open, Origin, fault, write_update};

const NET: Prefix = (Ipv4Addr::new(203, 0, 113, 0), 24);

/// A host that writes down what it is asked for.
struct Notes {
    now: SimTime,
    dice: Stream,
    sent: Vec<(u32, Way, Vec<u8>)>,
    calls: Vec<u32>,
    closed: Vec<(u32, Way)>,
    reasons: Vec<&'static str>,
    chosen: Vec<Option<Vec<Ipv4Addr>>>,
}

impl Notes {
    fn new() -> Self {
        let dice = Stream::named(1, "notes");
        let (sent, calls, closed, reasons, chosen) = (vec![], vec![], vec![], vec![], vec![]);
        Self { now: SimTime::ZERO, dice, sent, calls, closed, reasons, chosen }
    }

    /// The words for what was sent since the last time, by neighbour.
    fn words(&mut self) -> Vec<(u32, String)> {
        let word = |(peer, _, bytes): (u32, Way, Vec<u8>)| match Message::read(&bytes, Dialect::EXTERNAL) {
            Ok(Message::Notification(fault)) => (peer, format!("{}/{}", fault.code, fault.subcode)),
            Ok(message) => (peer, message.word().to_owned()),
            Err(fault) => (peer, fault.to_string()),
        };
        std::mem::take(&mut self.sent).into_iter().map(word).collect()
    }
}

impl Host for Notes {
    fn now(&self) -> SimTime {
        self.now
    }
    fn dice(&mut self) -> &mut Stream {
        &mut self.dice
    }
    fn connect(&mut self, peer: u32) {
        self.calls.push(peer);
    }
    fn close(&mut self, peer: u32, way: Way) {
        self.closed.push((peer, way));
    }
    fn send(&mut self, peer: u32, way: Way, bytes: &Arc<[u8]>, _: Reason) {
        self.sent.push((peer, way, bytes.to_vec()));
    }
    fn chose(&mut self, _: Prefix, chosen: Option<Chosen<'_>>, why: Reason) {
        self.reasons.push(why.slug);
        self.chosen.push(chosen.map(|chosen| chosen.next_hops.to_vec()));
    }
    fn say(&mut self, reason: Reason, _: fmt::Arguments<'_>) {
        self.reasons.push(reason.slug);
    }
}

fn ip(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 0, 0, last)
}

fn peer(last: u8, asn: u32) -> PeerConfig {
    PeerConfig::new(ip(1), ip(last), asn)
}

fn config(asn: u32) -> Config {
    Config { jitter: false, mrai: SimDuration::ZERO, mrai_internal: SimDuration::ZERO, ..Config::new(asn, ip(1)) }
}

/// A speaker of AS 65001 whose sessions with these neighbours are up.
fn up(config: Config, peers: &[PeerConfig]) -> (Speaker, Notes) {
    let (mut speaker, mut notes) = (Speaker::new(config, peers.iter().copied()), Notes::new());
    for at in 0..peers.len() as u32 {
        bring_up(&mut speaker, at, &mut notes);
    }
    (notes.sent, notes.reasons) = (vec![], vec![]);
    (speaker, notes)
}

fn bring_up(speaker: &mut Speaker, at: u32, notes: &mut Notes) {
    let own = speaker.peers()[at as usize].config;
    speaker.connected(at, Way::Out, notes);
    for message in [Message::Open(Open::new(own.asn, 90, own.address)), Message::Keepalive] {
        speaker.message(at, Way::Out, &message.write(Dialect::EXTERNAL), notes);
    }
    assert_eq!(speaker.peers()[at as usize].state(), "Established");
}

fn route(path: &[u32], next_hop: u8) -> Attributes {
    Attributes { path: AsPath::sequence(path), next_hop: ip(next_hop), ..Attributes::default() }
}

fn hear(speaker: &mut Speaker, at: u32, told: Option<&Attributes>, notes: &mut Notes) {
    let dialect = speaker.peers()[at as usize].up.unwrap().1;
    let bytes = match told {
        Some(told) => write_update(&[], Some(told), &[NET], dialect),
        None => write_update(&[NET], None, &[], dialect),
    };
    speaker.message(at, Way::Out, &bytes, notes);
}

fn told(notes: &Notes, to: u32, internal: bool) -> Option<Attributes> {
    let dialect = Dialect { internal, ..Dialect::EXTERNAL };
    let last = notes.sent.iter().rev().find(|(peer, ..)| *peer == to)?;
    match Message::read(&last.2, dialect) {
        Ok(Message::Update(update)) => update.attributes,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_session_comes_up_by_open_and_keepalive_and_ends_in_silence() {
    let (mut speaker, mut notes) = (Speaker::new(config(65001), [peer(2, 65002)]), Notes::new());
    speaker.start(&mut notes);
    assert_eq!((&notes.calls[..], speaker.peers()[0].state()), (&[0][..], "Connect"));
    bring_up(&mut speaker, 0, &mut notes);
    let words: Vec<String> = notes.words().into_iter().map(|(_, word)| word).collect();
    assert_eq!(words, ["OPEN", "KEEPALIVE", "UPDATE"], "the last one is End-of-RIB");
    assert_eq!(speaker.due(), [None, Some(SimTime::ZERO + SimDuration::from_secs(30))]);
    while speaker.peers()[0].state() == "Established" {
        notes.now = speaker.due()[1].unwrap();
        speaker.timer(&mut notes);
    }
    assert_eq!(notes.now, SimTime::ZERO + SimDuration::from_secs(90));
    assert_eq!(notes.words().last().unwrap().1, "4/0");
    assert_eq!(
        (notes.closed[..].len(), speaker.peers()[0].failed.as_ref().unwrap().reason.slug),
        (1, "bgp.hold-expired")
    );
    notes.now = speaker.due()[1].unwrap();
    speaker.timer(&mut notes);
    assert_eq!(notes.calls, [0, 0], "it calls again");
}

#[test]
fn whoever_is_not_the_right_one_is_told_why() {
    let open = |open: Open| Message::Open(open).write(Dialect::EXTERNAL);
    let plain = Open::new(65002, 90, ip(2));
    let cases = [
        (open(Open::new(65099, 90, ip(2))), "2/2"),
        (open(Open { parameters: vec![vec![crate::wire::bgp::Capability::Family((2, 1))]], ..plain.clone() }), "2/7"),
        (Message::Keepalive.write(Dialect::EXTERNAL), "5/1"),
        (vec![0; 19], "1/1"),
    ];
    for (bytes, wanted) in cases {
        let (mut speaker, mut notes) = (Speaker::new(config(65001), [peer(2, 65002)]), Notes::new());
        speaker.connected(0, Way::Out, &mut notes);
        speaker.message(0, Way::Out, &bytes, &mut notes);
        assert_eq!(notes.words().last().unwrap().1, wanted);
        assert_eq!((&notes.closed[..], speaker.peers()[0].state()), (&[(0, Way::Out)][..], "Idle"));
    }
    let (mut speaker, mut notes) = (Speaker::new(config(65001), [peer(2, 65002)]), Notes::new());
    speaker.connected(0, Way::Out, &mut notes);
    speaker.message(0, Way::Out, &open(plain.clone()), &mut notes);
    speaker.message(0, Way::Out, &write_update(&[], None, &[], Dialect::EXTERNAL), &mut notes);
    assert_eq!(notes.words().last().unwrap().1, "5/2");
    let (mut speaker, mut notes) = up(config(65001), &[peer(2, 65002)]);
    speaker.message(0, Way::Out, &open(plain), &mut notes);
    assert_eq!(notes.words(), [(0, "5/3".to_owned())]);
    let (mut speaker, mut notes) = up(config(65001), &[peer(2, 65002)]);
    let bye = Message::Notification(Fault::new(fault::CEASE, 2)).write(Dialect::EXTERNAL);
    speaker.message(0, Way::Out, &bye, &mut notes);
    assert_eq!((notes.words().len(), notes.reasons.last()), (0, Some(&"bgp.notification-heard")));
}

#[test]
fn of_two_connections_the_call_of_the_larger_identifier_is_kept() {
    for (far, kept) in [(2, Way::In), (0, Way::Out)] {
        let (mut speaker, mut notes) = (Speaker::new(config(65001), [peer(2, 65002)]), Notes::new());
        speaker.connected(0, Way::Out, &mut notes);
        speaker.connected(0, Way::In, &mut notes);
        let open = Message::Open(Open::new(65002, 90, ip(far))).write(Dialect::EXTERNAL);
        for way in [Way::Out, Way::In] {
            speaker.message(0, way, &open, &mut notes);
            speaker.message(0, way, &Message::Keepalive.write(Dialect::EXTERNAL), &mut notes);
        }
        let up = &speaker.peers()[0];
        assert_eq!((up.up.map(|(way, _)| way), up.state()), (Some(kept), "Established"));
        assert_eq!(up.sessions.iter().flatten().count(), 1);
        assert_eq!(notes.words().iter().filter(|(_, word)| word == "6/7").count(), 1);
    }
}

#[test]
fn a_route_goes_on_with_the_own_as_in_front_and_is_withdrawn_with_its_neighbour() {
    let (mut speaker, mut notes) = up(config(65001), &[peer(2, 65002), peer(3, 65003)]);
    hear(&mut speaker, 0, Some(&Attributes { med: Some(7), ..route(&[65002], 2) }), &mut notes);
    let out = told(&notes, 1, false).unwrap();
    assert_eq!((out.path.to_string(), out.next_hop, out.med), ("65001 65002".into(), ip(1), None));
    assert!(notes.sent.iter().all(|(to, ..)| *to == 1), "not back to whom it came from");
    notes.words();
    speaker.closed(0, Way::Out, &mut notes);
    assert_eq!(notes.words(), [(1, "UPDATE".to_owned())]);
    assert_eq!(notes.reasons, ["bgp.learned", "bgp.connection-lost", "bgp.unreachable"]);
    assert_eq!(speaker.table().iter().count(), 0);
}

#[test]
fn every_step_of_the_decision_can_settle_it_and_is_named() {
    let base = || route(&[65002, 7], 2);
    let other = || route(&[65003, 7], 3);
    let med = |med, told: Attributes| Attributes { med: Some(med), ..told };
    let cases: [(Attributes, Attributes, [u32; 2], Step, &str); 5] = [
        (base(), route(&[65003], 3), [65002, 65003], Step::PathLength, "bgp.shorter-path"),
        (Attributes { origin: Origin::Egp, ..base() }, other(), [65002, 65003], Step::Origin, "bgp.origin"),
        (med(9, base()), med(3, route(&[65002, 8], 3)), [65002, 65002], Step::Med, "bgp.med"),
        (Attributes { local_pref: Some(100), ..base() }, other(), [65001, 65003], Step::External, "bgp.ebgp-over-ibgp"),
        (other(), base(), [65003, 65002], Step::RouterId, "bgp.tie-break"),
    ];
    for (worse, better, ases, step, reason) in cases {
        let ends = if step == Step::RouterId { [3, 2] } else { [2, 3] };
        let peers = [peer(ends[0], ases[0]), peer(ends[1], ases[1])];
        let (mut speaker, mut notes) = up(config(65001), &peers);
        hear(&mut speaker, 0, Some(&worse), &mut notes);
        hear(&mut speaker, 1, Some(&better), &mut notes);
        assert_eq!(notes.reasons, ["bgp.learned", reason], "{step:?}");
        assert_eq!(speaker.why_not(NET), [(From::Peer(0), Some(step)), (From::Peer(1), None)]);
        // The order in which they come in makes no difference.
        let (mut speaker, mut notes) = up(speaker.config().clone(), &peers);
        hear(&mut speaker, 1, Some(&better), &mut notes);
        hear(&mut speaker, 0, Some(&worse), &mut notes);
        assert_eq!(speaker.table().get(NET).unwrap().best, Some(From::Peer(1)), "{step:?}");
    }
}

#[test]
fn preference_and_own_routes_come_before_length() {
    let liked = PeerConfig { local_pref: Some(200), ..peer(2, 65002) };
    let (mut speaker, mut notes) = up(config(65001), &[liked, peer(3, 65003)]);
    hear(&mut speaker, 1, Some(&route(&[65003], 3)), &mut notes);
    hear(&mut speaker, 0, Some(&route(&[65002, 8, 7], 2)), &mut notes);
    assert_eq!(speaker.why_not(NET)[1], (From::Peer(1), Some(Step::LocalPref)));
    let (mut speaker, mut notes) = up(config(65001), &[peer(2, 65002)]);
    hear(&mut speaker, 0, Some(&route(&[65002], 2)), &mut notes);
    speaker.originate(NET, Attributes { next_hop: ip(1), ..Attributes::default() }, &mut notes);
    assert_eq!(speaker.why_not(NET)[1], (From::Peer(0), Some(Step::Own)));
    speaker.withdraw(NET, &mut notes);
    assert_eq!(notes.reasons, ["bgp.learned", "bgp.originated", "bgp.next-best"]);
}

#[test]
fn distance_and_reachability_of_next_hops_count() {
    let (mut speaker, mut notes) = up(config(65001), &[peer(2, 65001), peer(3, 65001)]);
    for (at, hop) in [(0, 2), (1, 3)] {
        hear(&mut speaker, at, Some(&Attributes { local_pref: Some(100), ..route(&[7], hop) }), &mut notes);
    }
    assert_eq!(speaker.table().get(NET).unwrap().best, Some(From::Peer(0)));
    speaker.set_distance(ip(2), Some(20), &mut notes);
    assert_eq!(speaker.why_not(NET)[0], (From::Peer(0), Some(Step::Distance)));
    speaker.set_distance(ip(3), None, &mut notes);
    assert_eq!(speaker.table().get(NET).unwrap().best, Some(From::Peer(0)));
    speaker.set_distance(ip(2), None, &mut notes);
    assert_eq!(speaker.table().get(NET).unwrap().best, None);
}

#[test]
fn echoes_are_refused_with_their_reason() {
    let (mut speaker, mut notes) = up(config(65001), &[peer(2, 65002), peer(3, 65001)]);
    hear(&mut speaker, 0, Some(&route(&[65002, 65001, 7], 2)), &mut notes);
    hear(&mut speaker, 0, Some(&route(&[65002], 1)), &mut notes);
    let inside = |more: crate::wire::bgp::More| Attributes {
        local_pref: Some(100),
        more: Some(Box::new(more)),
        ..route(&[7], 3)
    };
    hear(
        &mut speaker,
        1,
        Some(&inside(crate::wire::bgp::More { originator: Some(ip(1)), ..Default::default() })),
        &mut notes,
    );
    hear(
        &mut speaker,
        1,
        Some(&inside(crate::wire::bgp::More { clusters: vec![ip(1)], ..Default::default() })),
        &mut notes,
    );
    assert_eq!(notes.reasons, ["bgp.own-as", "bgp.own-next-hop", "bgp.own-originator", "bgp.own-cluster"]);
    let open = Config { refuse_own_as: false, ..config(65001) };
    let (mut speaker, mut notes) = up(open, &[peer(2, 65002)]);
    hear(&mut speaker, 0, Some(&route(&[65002, 65001, 7], 2)), &mut notes);
    assert_eq!(notes.reasons, ["bgp.learned"]);
}

#[test]
fn a_bad_attribute_takes_its_route_away_and_leaves_the_session() {
    let (mut speaker, mut notes) = up(config(65001), &[peer(2, 65002)]);
    hear(&mut speaker, 0, Some(&route(&[65002], 2)), &mut notes);
    let mut bad = write_update(&[], Some(&route(&[65002], 2)), &[NET], Dialect::EXTERNAL);
    bad[26] = 9; // the value of ORIGIN
    speaker.message(0, Way::Out, &bad, &mut notes);
    assert_eq!(notes.reasons, ["bgp.learned", "bgp.treated-as-withdrawn", "bgp.unreachable"]);
    assert_eq!(speaker.peers()[0].sessions[0].as_ref().unwrap().state, State::Established);
}

#[test]
fn inside_an_as_only_a_reflector_passes_on() {
    let client = PeerConfig { client: true, ..peer(2, 65001) };
    for (peers, passes) in [([peer(2, 65001), peer(3, 65001)], false), ([client, peer(3, 65001)], true)] {
        let (mut speaker, mut notes) = up(config(65001), &peers);
        hear(&mut speaker, 0, Some(&Attributes { local_pref: Some(50), ..route(&[7], 9) }), &mut notes);
        let Some(out) = told(&notes, 1, true) else {
            assert!(!passes);
            continue;
        };
        let more = out.more.unwrap();
        assert_eq!((out.next_hop, out.local_pref, out.path.to_string()), (ip(9), Some(50), "7".into()));
        assert_eq!((passes, more.originator, more.clusters), (true, Some(ip(2)), vec![ip(1)]));
    }
}

#[test]
fn money_decides_who_is_told() {
    let of = |last, relation| PeerConfig { relation, ..peer(last, 65000 + u32::from(last)) };
    let all = [of(2, Relation::Customer), of(3, Relation::Peer), of(4, Relation::Provider), of(5, Relation::Customer)];
    for (from, wanted) in [(0, vec![1, 2, 3]), (1, vec![0, 3]), (2, vec![0, 3])] {
        let (mut speaker, mut notes) = up(config(65001), &all);
        hear(&mut speaker, from, Some(&route(&[65002 + from], 2 + from as u8)), &mut notes);
        let to: Vec<u32> = notes.words().into_iter().map(|(to, _)| to).collect();
        assert_eq!(to, wanted);
    }
    // Through a router of the own AS the relation goes along.
    let inside = [of(3, Relation::Provider), peer(6, 65001)];
    let (mut first, mut notes) = up(config(65001), &inside);
    hear(&mut first, 0, Some(&route(&[65003], 3)), &mut notes);
    let passed = told(&notes, 1, true).unwrap();
    let (mut second, mut notes) =
        up(config(65001), &[peer(6, 65001), of(3, Relation::Peer), of(2, Relation::Customer)]);
    hear(&mut second, 0, Some(&passed), &mut notes);
    assert_eq!(notes.words().into_iter().map(|(to, _)| to).collect::<Vec<_>>(), [2]);
    assert_eq!(told(&notes, 2, false), None);
}

#[test]
fn communities_keep_a_route_at_home() {
    use crate::wire::bgp::attributes::{NO_ADVERTISE, NO_EXPORT};
    for (community, wanted) in [(NO_EXPORT, vec![2]), (NO_ADVERTISE, vec![]), (1, vec![1, 2])] {
        let (mut speaker, mut notes) = up(config(65001), &[peer(2, 65002), peer(3, 65003), peer(4, 65001)]);
        hear(&mut speaker, 0, Some(&Attributes { communities: vec![community], ..route(&[65002], 2) }), &mut notes);
        assert_eq!(notes.words().into_iter().map(|(to, _)| to).collect::<Vec<_>>(), wanted);
    }
}

#[test]
fn the_mrai_lets_the_first_news_pass_and_the_last_of_the_others() {
    let slow = Config { mrai: SimDuration::from_secs(30), hold: 0, ..config(65001) };
    let (mut speaker, mut notes) = up(slow.clone(), &[peer(2, 65002), peer(3, 65003)]);
    for path in [&[65002, 5][..], &[65002, 6, 5], &[65002, 8, 6, 5]] {
        hear(&mut speaker, 0, Some(&route(path, 2)), &mut notes);
    }
    assert_eq!((notes.words().len(), speaker.peers()[1].waits()), (1, 1));
    notes.now = speaker.due()[0].unwrap();
    assert_eq!(notes.now, SimTime::ZERO + SimDuration::from_secs(30));
    speaker.timer(&mut notes);
    assert_eq!(told(&notes, 1, false).unwrap().path.len(), 5);
    assert_eq!(notes.words().len(), 1);
    for (wait, sent) in [(true, 0), (false, 1)] {
        let (mut speaker, mut notes) =
            up(Config { withdrawals_wait: wait, ..slow.clone() }, &[peer(2, 65002), peer(3, 65003)]);
        hear(&mut speaker, 0, Some(&route(&[65002], 2)), &mut notes);
        notes.words();
        hear(&mut speaker, 0, None, &mut notes);
        assert_eq!(notes.words().len(), sent);
    }
}

#[test]
fn equally_good_routes_are_used_side_by_side() {
    let two = Config { paths: 2, ..config(65001) };
    let (mut speaker, mut notes) = up(two, &[peer(2, 65002), peer(3, 65003), peer(4, 65004)]);
    for at in 0..3 {
        hear(&mut speaker, at, Some(&route(&[65002 + at, 7], 2 + at as u8)), &mut notes);
    }
    assert_eq!(notes.chosen.last().unwrap().as_deref(), Some(&[ip(2), ip(3)][..]));
    hear(&mut speaker, 0, None, &mut notes);
    assert_eq!(notes.chosen.last().unwrap().as_deref(), Some(&[ip(3), ip(4)][..]));
}

#[test]
fn a_table_is_told_in_messages_that_are_full_and_not_too_long() {
    let (mut speaker, mut notes) = (Speaker::new(config(65001), [peer(2, 65002)]), Notes::new());
    for at in 0..2000_u32 {
        let prefix = (Ipv4Addr::from_bits(0xc000_0000 + (at << 8)), 24);
        speaker.originate(prefix, Attributes { next_hop: ip(1), ..Attributes::default() }, &mut notes);
    }
    bring_up(&mut speaker, 0, &mut notes);
    let updates = notes.sent.iter().filter(|(.., bytes)| bytes[18] == 2);
    let mut told = 0;
    let mut messages = 0;
    for (.., bytes) in updates {
        assert!(bytes.len() <= crate::wire::bgp::MOST);
        let Ok(Message::Update(update)) = Message::read(bytes, Dialect::EXTERNAL) else { panic!() };
        told += update.routes.len();
        messages += 1;
    }
    assert_eq!((told, messages), (2000, 4), "three full ones and End-of-RIB");
    notes.sent.clear();
    speaker.message(0, Way::Out, &Message::Refresh((1, 1), 0).write(Dialect::EXTERNAL), &mut notes);
    assert_eq!(notes.sent.len(), 3, "once more on demand");
}

fn internet(graph: &Graph, setting: Setting) -> Internet {
    let mut net = Internet::new(graph, setting);
    assert_eq!(net.start(), Outcome::Quiet);
    let mut peers = (0..net.len()).flat_map(|node| net.speaker(node).peers());
    assert!(peers.all(|peer| peer.state() == "Established"));
    net
}

#[test]
fn without_policy_every_as_takes_a_shortest_path_without_loops() {
    for (seed, ases) in [(1, 3), (2, 40), (3, 400)] {
        let mut dice = Stream::named(seed, "graph");
        let graph = Graph::barabasi_albert(ases, |bound| dice.below(bound));
        let mut net = internet(&graph, Setting { seed, ..Setting::default() });
        let origin = ases - 1;
        net.originate(origin, NET);
        assert_eq!(net.run(|_| {}), Outcome::Quiet);
        let edges = graph.edges.iter().map(|edge| (edge.a, edge.b));
        let shortest = dijkstra(&UnGraph::<(), ()>::from_edges(edges), NodeIndex::new(origin as usize), None, |_| 1);
        for node in 0..ases {
            let path: Vec<u32> = net.path(node, NET).unwrap().ases().collect();
            assert_eq!(path.len(), shortest[&NodeIndex::new(node as usize)]);
            let mut once = path.clone();
            once.sort_unstable();
            once.dedup();
            assert!(once.len() == path.len() && !path.contains(&Internet::asn(node)));
        }
        net.withdraw(origin, NET);
        if ases < 40 {
            assert_eq!((net.run(|_| {}), net.reached(NET)), (Outcome::Quiet, 0));
        }
    }
}

#[test]
fn with_money_no_path_goes_down_and_up_again_and_all_are_reached() {
    let mut dice = Stream::named(5, "graph");
    let graph = Graph::valley_free(300, |bound| dice.below(bound));
    let is = |from: u32, to: u32| {
        let edge =
            graph.edges.iter().find(|edge| (edge.a, edge.b) == (from, to) || (edge.b, edge.a) == (from, to)).unwrap();
        // What the next one is to this one.
        if edge.a == from { reverse(edge.is) } else { edge.is }
    };
    let mut net = internet(&graph, Setting::default());
    for origin in [0, 7, 299] {
        let prefix = (Ipv4Addr::from_bits(0xc633_6400 + (origin << 8)), 24);
        net.originate(origin, prefix);
        assert_eq!((net.run(|_| {}), net.reached(prefix)), (Outcome::Quiet, 300));
        for node in 0..300 {
            let mut hops = vec![node];
            hops.extend(net.path(node, prefix).unwrap().ases().map(|asn| asn - 1));
            let relations: Vec<Relation> = hops.windows(2).map(|pair| is(pair[0], pair[1])).collect();
            let up = relations.iter().take_while(|relation| **relation == Relation::Provider).count();
            let flat = relations[up..].iter().take_while(|relation| **relation == Relation::Peer).count();
            assert!(flat <= 1 && relations[up + flat..].iter().all(|it| *it == Relation::Customer), "{relations:?}");
        }
    }
}

#[test]
fn good_news_travels_once_and_bad_news_tries_every_story() {
    for ases in [4, 5, 7] {
        let still = Setting { mrai: SimDuration::from_secs(30), jitter: false, ..Setting::default() };
        let mut net = internet(&Graph::clique(ases), still);
        net.wait(SimDuration::from_secs(60));
        let before = net.totals();
        net.originate(0, NET);
        assert_eq!((net.run(|_| {}), net.reached(NET)), (Outcome::Quiet, ases));
        let up = net.totals();
        assert!(up.last_choice.since(before.now) < SimDuration::from_ms(30));
        net.wait(SimDuration::from_secs(60));
        let before = net.totals();
        net.withdraw(0, NET);
        assert_eq!((net.run(|_| {}), net.reached(NET)), (Outcome::Quiet, 0));
        let down = net.totals().last_choice.since(before.now);
        assert!(down >= SimDuration::from_secs(30 * u64::from(ases - 3)), "{ases}: {down}");
        assert!(net.totals().longest >= ases as usize - 1);
    }
}

#[test]
fn the_same_seed_gives_the_same_run_and_a_limit_ends_one() {
    let run = |seed, most_messages| {
        let mut dice = Stream::named(9, "graph");
        let graph = Graph::barabasi_albert(60, |bound| dice.below(bound));
        let mrai = SimDuration::from_secs(30);
        let mut net = internet(&graph, Setting { seed, mrai, most_messages, ..Setting::default() });
        net.originate(59, NET);
        net.run(|_| {});
        net.withdraw(59, NET);
        (net.run(|_| {}), net.totals())
    };
    assert_eq!(run(1, 1_000_000), run(1, 1_000_000));
    assert_ne!(run(1, 1_000_000).1, run(2, 1_000_000).1);
    assert_eq!(run(1, 1_000_000).0, Outcome::Quiet);
    assert_eq!(run(1, 900).0, Outcome::TooMany);
}
