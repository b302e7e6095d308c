//! What keeps two routers from becoming neighbours, and how it shows.

use super::*;

/// The words in the columns `state` and `hindered` of a router's neighbours.
fn shown(bench: &Bench, node: usize) -> Vec<(String, String)> {
    let view = bench.table(node);
    let (state, hindered) = (view.column("state").unwrap(), view.column("hindered").unwrap());
    view.rows.iter().map(|row| (row.cells[state].to_string(), row.cells[hindered].to_string())).collect()
}

fn pair(left: OspfConfig, right: OspfConfig, address: &str) -> Bench {
    let mut bench = Bench::started(&[(left, &[(0, "10.1.3.1/24")]), (right, &[(0, address)])]);
    bench.until(secs(60));
    bench
}

#[test]
fn each_difference_has_its_own_word_at_both_ends() {
    let usual = OspfConfig::default;
    let five = SimDuration::from_secs(5);
    let one = ip("0.0.0.1");
    let secret = |word: &str| OspfConfig { password: Some(word.to_owned()), ..usual() };
    let cases = [
        ("hello-interval", usual(), OspfConfig { hello: five, ..usual() }, "10.1.3.2/24"),
        ("dead-interval", usual(), OspfConfig { dead: five + five + five, ..usual() }, "10.1.3.2/24"),
        ("area", usual(), OspfConfig { area: one, ..usual() }, "10.1.3.2/24"),
        ("authentication", usual(), secret("secret"), "10.1.3.2/24"),
        ("authentication", secret("other"), secret("secret"), "10.1.3.2/24"),
        ("mask", usual(), usual(), "10.1.3.2/25"),
        ("same-id", usual(), OspfConfig { router_id: Some(ip("10.255.0.1")), ..usual() }, "10.1.3.2/24"),
        ("not-neighbour", usual(), usual(), "10.9.3.2/24"),
        (
            "stub",
            OspfConfig { area: one, ..usual() },
            OspfConfig { area: one, stub: vec![one], ..usual() },
            "10.1.3.2/24",
        ),
    ];
    for (word, left, right, address) in cases {
        let bench = pair(left, right, address);
        for node in [0, 1] {
            assert_eq!(shown(&bench, node), [("Down".to_owned(), word.to_owned())], "r{node}");
            // Said once, not with every hello.
            assert_eq!(bench.when(node, &format!("ospf.{word}")).len(), 1, "{word}");
        }
    }
    for config in [usual(), secret("secret")] {
        let bench = pair(config.clone(), config, "10.1.3.2/24");
        assert_eq!(shown(&bench, 0), [("Full".to_owned(), "-".to_owned())]);
    }
    // Between two a mask does not matter (RFC 2328 §10.5).
    let bench = pair(point(), point(), "10.1.3.2/25");
    assert_eq!(shown(&bench, 0), [("Full".to_owned(), "-".to_owned())]);
}

#[test]
fn what_is_refused_is_shown_as_long_as_it_speaks() {
    let mut bench = pair(
        OspfConfig::default(),
        OspfConfig { hello: SimDuration::from_secs(5), ..OspfConfig::default() },
        "10.1.3.2/24",
    );
    assert_eq!(shown(&bench, 0).len(), 1);
    bench.stop(1);
    bench.until(secs(120));
    assert_eq!(shown(&bench, 0).len(), 0);
}

#[test]
fn a_larger_mtu_leaves_one_end_in_exstart_and_the_other_in_exchange() {
    let mut bench = Bench::new(&[(point(), &[(0, "10.1.2.1/24")]), (point(), &[(0, "10.1.2.2/24")])]);
    bench.mtu(1, 0, 1400);
    bench.start(0);
    bench.start(1);
    bench.until(secs(60));
    assert_eq!(shown(&bench, 1), [("ExStart".to_owned(), "mtu".to_owned())]);
    assert_eq!(bench.state(0, 1), State::Exchange);
    assert_eq!(bench.when(1, "ospf.mtu").len(), 1);
    // It tries for ever, every five seconds, but a run does not wait for ever.
    assert!(bench.times(1, 2).len() > 8);
    let due = bench.nodes[1].ospf.due();
    assert!(due[0].is_none() && due[1].is_some(), "{due:?}");
}

#[test]
fn two_kinds_of_network_become_full_and_still_no_route_comes_of_it() {
    let mut bench = Bench::started(&[
        (point(), &[(0, "10.1.2.1/24"), (99, "10.99.1.1/32")]),
        (OspfConfig::default(), &[(0, "10.1.2.2/24"), (99, "10.99.2.1/32")]),
    ]);
    bench.until(secs(120));
    assert_eq!([bench.state(0, 1), bench.state(1, 0)], [State::Full; 2]);
    assert_eq!(bench.route(0, "10.99.2.1/32"), None);
}

#[test]
fn whoever_has_priority_zero_never_speaks_for_the_network() {
    let zero = || OspfConfig { priority: 0, ..OspfConfig::default() };
    let mut bench = Bench::started(&[
        (OspfConfig::default(), &[(0, "10.0.0.1/24")]),
        (zero(), &[(0, "10.0.0.2/24")]),
        (zero(), &[(0, "10.0.0.3/24")]),
    ]);
    bench.until(secs(80));
    assert_eq!(bench.dr(1), (ip("10.0.0.1"), Ipv4Addr::UNSPECIFIED));
    assert_eq!([bench.state(1, 0), bench.state(1, 2), bench.state(0, 2)], [State::Full, State::TwoWay, State::Full]);
}

#[test]
fn of_five_on_a_network_seven_pairs_of_ten_are_full() {
    let addresses: Vec<String> = (1..=5).map(|last| format!("10.0.0.{last}/24")).collect();
    let links: Vec<[(usize, &str); 1]> = addresses.iter().map(|address| [(0, address.as_str())]).collect();
    let all: Vec<(OspfConfig, &[(usize, &str)])> =
        links.iter().map(|links| (OspfConfig::default(), links.as_slice())).collect();
    let mut bench = Bench::started(&all);
    bench.until(secs(120));
    let pairs = (0..5).flat_map(|a| (a + 1..5).map(move |b| (a, b)));
    let (full, rest): (Vec<_>, Vec<_>) = pairs.partition(|(a, b)| bench.state(*a, *b) == State::Full);
    assert_eq!(full.len(), 7);
    assert!(rest.iter().all(|(a, b)| bench.state(*a, *b) == State::TwoWay && bench.state(*b, *a) == State::TwoWay));
}

#[test]
fn a_packet_that_is_none_is_dropped_with_its_reason() {
    let mut bench = pair(point(), point(), "10.1.3.2/24");
    let (.., hello) = bench.sent.iter().find(|(_, node, ..)| *node == 1).unwrap().clone();
    let good = hello.write();
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    let ack = Packet { router: ip("10.255.0.77"), body: Body::Ack(Vec::new()), ..hello };
    for (slug, bytes) in [
        ("ospf.wrong-length", good[..30].to_vec()),
        ("ospf.wrong-version", with(0, 3)),
        ("ospf.wrong-checksum", with(25, 7)),
        ("ospf.authentication", with(15, 2)),
        ("ospf.stranger", ack.write()),
    ] {
        bench.hears((0, 0), "10.1.3.2", super::super::wire::ALL_ROUTERS, &bytes);
        assert_eq!(bench.when(0, slug).len(), 1, "{slug}");
    }
}
