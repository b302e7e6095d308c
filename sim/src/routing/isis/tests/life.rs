//! LSPs: made, told, acknowledged, refreshed, purged; and the routes that come of them.

use super::*;
use crate::wire::isis::tlv::Tlv;
use crate::wire::isis::{Area, Lsp, LspId, NodeId, lsp};

fn lsp_id(node: usize) -> LspId {
    LspId { node: NodeId::of(id(node)), fragment: 0 }
}

fn seq(bench: &Bench, at: usize, of: usize) -> u32 {
    bench.nodes[at].isis.database.get(&(Level::Two, lsp_id(of))).map_or(0, |entry| entry.lsp.seq)
}

#[test]
fn on_a_line_maps_are_equal_and_a_cut_is_told() {
    let mut bench = line(&point(), 4);
    bench.until(secs(30));
    assert!((1..4).all(|node| bench.map(node) == bench.map(0)));
    assert_eq!(bench.map(0).len(), 4);
    assert_eq!(bench.route(0, "10.99.4.1/32"), Some((ip("10.1.2.2"), 40)));
    assert_eq!(bench.route(0, "10.3.4.0/24"), Some((ip("10.1.2.2"), 30)));
    bench.carrier(2, false);
    bench.until(secs(31));
    assert_eq!(bench.route(0, "10.99.4.1/32"), None);
    assert_eq!(bench.route(0, "10.3.4.0/24"), None);
    assert_eq!(bench.route(0, "10.99.3.1/32"), Some((ip("10.1.2.2"), 30)));
    bench.carrier(2, true);
    bench.until(secs(60));
    assert_eq!(bench.route(0, "10.99.4.1/32"), Some((ip("10.1.2.2"), 40)));
    assert_eq!(bench.map(3), bench.map(0));
}

#[test]
fn the_first_lsp_knows_no_neighbour_and_the_next_has_to_wait() {
    let slow = IsisConfig { lsp_interval: SimDuration::from_secs(30), ..point() };
    let mut bench = line(&slow, 2);
    bench.until(secs(29));
    assert_eq!((seq(&bench, 0, 0), bench.route(0, "10.99.2.1/32")), (1, None));
    bench.until(secs(32));
    assert_eq!((seq(&bench, 0, 0), seq(&bench, 0, 1)), (2, 2));
    assert!(bench.route(0, "10.99.2.1/32").is_some());
}

#[test]
fn every_lsp_is_acknowledged_on_a_link_of_two_and_repeated_until_then() {
    let mut bench = line(&point(), 2);
    bench.until(secs(60));
    assert!(bench.times(0, "routing.isis-again", secs(0)).is_empty());
    assert!(!bench.times(1, "routing.isis-psnp", secs(0)).is_empty());
    // Acknowledgements get lost: the LSP comes again after five seconds, and once only.
    let is_psnp = |pdu: &Pdu| matches!(pdu, Pdu::Snp(snp) if snp.range.is_none());
    bench.lose = (1, is_psnp);
    bench.call(0, |isis, _| isis.config.metric = 10);
    bench.call(0, |isis, _| isis.circuits[0].metric = 7);
    bench.call(0, |isis, io| {
        isis.dirty = true;
        isis.link(9, io);
    });
    bench.until(secs(80));
    let again = bench.times(0, "routing.isis-again", secs(60));
    assert_eq!(again, [secs(65)]);
    assert!(bench.srm_is_empty(0) && bench.srm_is_empty(1));
    // The LSP itself gets lost.
    bench.lose = (1, |pdu: &Pdu| matches!(pdu, Pdu::Lsp(_)));
    bench.call(0, |isis, io| {
        isis.circuits[0].metric = 8;
        isis.dirty = true;
        isis.link(9, io);
    });
    bench.until(secs(100));
    assert_eq!(bench.map(0), bench.map(1));
}

impl Bench {
    fn srm_is_empty(&self, node: usize) -> bool {
        self.nodes[node].isis.srm.is_empty()
    }

    fn remetric(&mut self, node: usize, metric: u32) {
        self.call(node, |isis, io| {
            isis.circuits[0].metric = metric;
            isis.dirty = true;
            isis.link(9, io);
        });
    }
}

#[test]
fn on_a_lan_nothing_is_acknowledged_and_the_list_finds_what_was_lost() {
    let mut bench = three(&lan());
    bench.until(secs(60));
    // One of two gets a new LSP, which the list of the designated system shows to the other.
    bench.lose = (1, |pdu: &Pdu| matches!(pdu, Pdu::Lsp(_)));
    bench.remetric(0, 7);
    assert_ne!(bench.map(0), bench.map(1));
    bench.until(secs(74));
    assert_eq!(bench.map(0), bench.map(1));
    assert!(bench.times(1, "routing.isis-psnp", secs(0)).is_empty());
}

#[test]
fn who_lacks_something_on_a_lan_asks_the_designated_system() {
    let mut bench = three(&lan());
    bench.until(secs(60));
    let place = (Level::Two, lsp_id(1));
    bench.call(0, |isis, _| _ = isis.database.remove(&place));
    bench.until(secs(75));
    assert_eq!(bench.map(0), bench.map(2));
    assert!(!bench.times(0, "routing.isis-asks", secs(60)).is_empty());
}

#[test]
fn lsps_are_refreshed_and_those_of_the_dead_expire() {
    let mut bench = line(&point(), 3);
    bench.until(secs(30));
    let before = seq(&bench, 0, 2);
    bench.until(secs(1000));
    assert_eq!(seq(&bench, 0, 2), before + 1);
    bench.until(secs(4000));
    assert_eq!(bench.map(0), bench.map(2));
    // The last one dies in silence: nobody speaks for it any more.
    bench.stop(2);
    bench.until(secs(4100));
    assert_eq!(bench.route(0, "10.99.3.1/32"), None);
    assert_eq!(bench.map(0).len(), 3);
    bench.until(secs(5300));
    assert_eq!(bench.map(0).len(), 2);
    assert!(!bench.when(0, "isis.expired").is_empty() || !bench.when(1, "isis.expired").is_empty());
    bench.until(secs(5400));
    assert_eq!(bench.nodes[0].isis.database.iter().count(), 2);
}

#[test]
fn a_system_that_comes_back_outdoes_its_old_story() {
    let mut bench = line(&point(), 3);
    bench.until(secs(60));
    let before = seq(&bench, 0, 1);
    bench.stop(1);
    bench.start(1);
    bench.until(secs(120));
    assert!(seq(&bench, 0, 1) > before, "{} {before}", seq(&bench, 0, 1));
    assert!(!bench.when(1, "isis.own-heard").is_empty());
    assert_eq!(bench.map(0), bench.map(2));
    assert_eq!(bench.route(0, "10.99.3.1/32"), Some((ip("10.1.2.2"), 30)));
}

#[test]
fn of_two_versions_with_one_number_none_is_believed() {
    let mut bench = line(&point(), 3);
    bench.until(secs(30));
    let entry = bench.nodes[0].isis.database.get(&(Level::Two, lsp_id(2))).unwrap().lsp.clone();
    let forged = Lsp::new(Level::Two, (entry.id, entry.seq), 1000, 3, &[Tlv::Protocols(vec![0xcc])]);
    bench.hears((0, 0), mac(1, 0), &Pdu::Lsp(forged).write());
    assert_eq!(bench.when(0, "isis.confused").len(), 1);
    bench.until(secs(40));
    assert!(seq(&bench, 0, 2) > entry.seq);
    assert_eq!(bench.map(0), bench.map(2));
    assert_eq!(bench.route(0, "10.99.3.1/32"), Some((ip("10.1.2.2"), 30)));
}

#[test]
fn the_highest_number_ends_before_the_lsp_begins_anew() {
    let mut bench = line(&point(), 2);
    bench.until(secs(30));
    let forged = Lsp::new(Level::Two, (lsp_id(0), u32::MAX), 1000, 3, &[]);
    bench.hears((0, 0), mac(1, 0), &Pdu::Lsp(forged).write());
    bench.until(secs(31));
    assert_eq!(bench.route(1, "10.99.1.1/32"), None);
    bench.until(secs(200));
    assert!(seq(&bench, 0, 0) < 10);
    assert_eq!(bench.route(1, "10.99.1.1/32"), Some((ip("10.1.2.1"), 20)));
    assert_eq!(bench.map(0), bench.map(1));
}

/// Level 1 only, both, both, level 2 only: area 1 is the first two, area 2 the others.
fn areas() -> Bench {
    let of = |level, area| IsisConfig { level, area: Area(vec![0x49, 0, area]), ..point() };
    Bench::started(&[
        (of(Levels::ONE, 1), &[(0, "10.1.2.1/24"), (99, "10.99.1.1/32")]),
        (of(Levels::BOTH, 1), &[(0, "10.1.2.2/24"), (1, "10.2.3.2/24"), (99, "10.99.2.1/32")]),
        (of(Levels::BOTH, 2), &[(1, "10.2.3.3/24"), (2, "10.3.4.3/24"), (99, "10.99.3.1/32")]),
        (of(Levels::TWO, 2), &[(2, "10.3.4.4/24"), (99, "10.99.4.1/32")]),
    ])
}

#[test]
fn level_one_goes_out_by_the_attached_system_and_level_two_knows_what_is_within() {
    let mut bench = areas();
    bench.until(secs(40));
    assert_eq!(bench.route(0, "0.0.0.0/0"), Some((ip("10.1.2.2"), 10)));
    assert_eq!(bench.route(0, "10.99.4.1/32"), None);
    assert_eq!(bench.route(3, "10.99.1.1/32"), Some((ip("10.3.4.3"), 40)));
    let flags = |bench: &Bench, at: usize, of| {
        bench.nodes[at].isis.database.get(&(Level::One, lsp_id(of))).map(|entry| entry.lsp.flags)
    };
    assert_eq!(flags(&bench, 0, 1), Some(3 | lsp::ATTACHED));
    assert_eq!(bench.when(1, "isis.attached").len(), 1);
    // Without a way into another area nobody is sent there.
    bench.carrier(1, false);
    bench.until(secs(50));
    assert_eq!(bench.route(0, "0.0.0.0/0"), None);
    assert_eq!(bench.when(1, "isis.detached").len(), 1);
}

#[test]
fn nobody_goes_through_an_overloaded_system_but_to_it() {
    let mut bench = line(&point(), 3);
    bench.until(secs(30));
    let entry = bench.nodes[0].isis.database.get(&(Level::Two, lsp_id(1))).unwrap().lsp.clone();
    let tlvs = entry.tlvs().unwrap();
    let full = Lsp::new(Level::Two, (entry.id, entry.seq + 1), 1000, 3 | lsp::OVERLOAD, &tlvs);
    // The system itself does not hear of it.
    bench.dead = [0, 1].into();
    bench.hears((0, 0), mac(1, 0), &Pdu::Lsp(full).write());
    bench.until(secs(32));
    assert_eq!(bench.route(0, "10.99.3.1/32"), None);
    assert_eq!(bench.route(0, "10.99.2.1/32"), Some((ip("10.1.2.2"), 20)));
}

#[test]
fn many_networks_go_into_several_fragments() {
    let mut bench = line(&point(), 2);
    for number in 0..200_u32 {
        let own = Ipv4Addr::from_bits(0xac10_0001 + number * 256);
        bench.nodes[0].links[1].addresses.push((own, 24));
    }
    bench.until(secs(2));
    bench.remetric(0, 10);
    bench.until(secs(20));
    let fragments = bench.map(1).into_iter().filter(|(name, ..)| name.contains("0001.00-")).count();
    assert!(fragments > 1, "{:?}", bench.map(1));
    assert_eq!(bench.nodes[1].routes.len(), 201);
    assert_eq!(bench.map(0), bench.map(1));
    // And back into one: the others are purged.
    bench.nodes[0].links[1].addresses.truncate(1);
    bench.remetric(0, 10);
    bench.until(secs(40));
    assert_eq!(bench.nodes[1].routes.len(), 1);
    let fragments = bench.map(1).into_iter().filter(|(name, ..)| name.contains("0001.00-")).count();
    assert_eq!(fragments, 1);
}

#[test]
fn ids_are_made_of_addresses_as_people_do() {
    assert_eq!(super::super::id_of(ip("10.0.12.3")).to_string(), "0100.0001.2003");
    assert_eq!(super::super::id_of(ip("192.168.255.1")).to_string(), "1921.6825.5001");
}

#[test]
fn all_is_found_on_the_hard_way_too() {
    // Everything is lost one time in three, and yet all have the same map in the end.
    let mut bench = line(&point(), 5);
    for round in 0..40 {
        bench.lose = (round % 3, |pdu: &Pdu| !matches!(pdu, Pdu::Hello(_)));
        bench.until(secs(round as u64));
    }
    bench.lose = (0, |_| false);
    bench.until(secs(80));
    assert!((1..5).all(|node| bench.map(node) == bench.map(0)), "{:?}\n{:?}", bench.map(0), bench.map(4));
    assert_eq!(bench.route(0, "10.99.5.1/32"), Some((ip("10.1.2.2"), 50)));
}
