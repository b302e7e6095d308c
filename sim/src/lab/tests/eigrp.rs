//! Labs whose routers speak EIGRP: routes before and after a cut, tables, and what a slip gets.

use crate::engine::{TableView, World};
use crate::lab::diagnostic::render;
use crate::lab::tests::routing::sound;
use crate::lab::{EVENT_BUDGET, Source, parse};

/// A to D by B or by C, which is farther and feasible; what else is said of the lab stands behind.
pub const SQUARE: &str = r#"Lab(format: 1, title: "t", idea: "i",
    nodes: {
        "a": Router(ips: {"b": "10.1.0.1/24", "c": "10.2.0.1/24"},
            routing: (interfaces: {"c": (delay: "500us", bandwidth: "10Mbps", hello: "4s", hold: "20s")})),
        "b": Router(ips: {"a": "10.1.0.2/24", "d": "10.3.0.2/24"}),
        "c": Router(ips: {"a": "10.2.0.3/24", "d": "10.4.0.3/24"}),
        "d": Router(ips: {"b": "10.3.0.4/24", "c": "10.4.0.4/24", "n": "10.9.0.254/24"}, routing: (passive: ["n"])),
        "n": Host(ip: "10.9.0.1/24", gateway: "10.9.0.254"),
    },
    links: [("a:b", "b:a"), ("a:c", "c:a"), ("b:d", "d:b"), ("c:d", "d:c"), ("d:n", "n")],
    routing: Eigrp(asn: 100, k: [1, 0, 1, 0, 0], retransmit: "3s", active: "120s", hello: "6s"),
    events: {"cut": (at: "30s", do: Down("a--b"))},
    end: "60s",
)"#;

fn cells(world: &World, node: &str, name: &str, columns: &[&str]) -> Vec<String> {
    let device = format!("{node}/ip");
    let id = (0..world.device_count() as u32).map(crate::id::DeviceId).find(|id| world.device_name(*id) == device);
    let tables = world.device(id.unwrap()).unwrap().tables();
    let view: TableView = tables.into_iter().find(|view| view.name == name).unwrap();
    let at: Vec<usize> = columns.iter().map(|column| view.column(column).unwrap()).collect();
    let text = |row: &crate::engine::TableRow| at.iter().map(|at| row.cells[*at].to_string()).collect::<Vec<_>>();
    view.rows.iter().map(|row| text(row).join(" ")).collect()
}

fn way(world: &World) -> Vec<String> {
    let mut rows = cells(world, "a", "routes", &["prefix", "via", "protocol"]);
    rows.retain(|row| row.starts_with("10.9.0.0/24"));
    rows
}

#[test]
fn a_feasible_successor_takes_over_without_a_question() {
    let file = sound(SQUARE);
    let mut runner = crate::lab::run::start(file.variant(None).unwrap(), None, EVENT_BUDGET).unwrap();
    let cut = crate::time::SimTime::ZERO + crate::time::SimDuration::from_secs(30);
    while runner.world.now() < cut {
        let before = way(&runner.world);
        assert!(runner.step().is_none());
        if runner.world.now() >= cut {
            assert_eq!(before, ["10.9.0.0/24 10.1.0.2 eigrp"]);
        }
    }
    while runner.step().is_none() {}
    assert_eq!(way(&runner.world), ["10.9.0.0/24 10.2.0.3 eigrp"]);
    assert_eq!(cells(&runner.world, "a", "eigrp", &["neighbour", "state", "hindered"]), ["10.2.0.3 up -"]);
    let ways = cells(&runner.world, "a", "topology", &["prefix", "via", "role", "state"]);
    assert!(ways.contains(&"10.9.0.0/24 10.2.0.3 successor passive".to_owned()), "{ways:?}");
}

fn slip(routing: &str) -> String {
    let text = format!(
        r#"Lab(format: 1, title: "t", idea: "i",
            nodes: {{"a": Router(ips: {{"e0": "10.0.0.1/24"}}, routing: Eigrp({routing}))}})"#
    );
    parse("t.ron", &text).map_or_else(|found| render::all(&found, &Source::new("t.ron", &text)), |_| String::new())
}

#[test]
fn slips_get_a_sentence_and_a_remedy() {
    for (routing, sentence, remedy) in [
        ("k: [1, 0, 1]", "3 K values, and there are five", "k: [1, 0, 1, 0, 0]"),
        ("k: [1, 0, 0, 0, 0]", "without K3 the delay does not count", "k: [1, 0, 1, 0, 0]"),
        ("delay: \"15us\"", "`delay` cannot be", "delay: \"100us\""),
        ("bandwidth: \"100Gbps\"", "`bandwidth` cannot be this", "bandwidth: \"100Mbps\""),
        ("hold: \"1500ms\"", "`hold` cannot be", "hold: \"15s\""),
        ("hello: \"5s\", hold: \"5s\"", "a neighbour would be gone after", "hello: \"5s\", hold: \"15s\""),
        ("passive: [\"e1\"]", "`a` has no interface `e1`", "e0"),
        ("interfaces: {\"e9\": (delay: \"1ms\")}", "`a` has no interface `e9`", "e0"),
        ("asn: 0", "asn", "65535"),
    ] {
        let told = slip(routing);
        assert!(told.contains(sentence) && told.contains(remedy), "{routing}: {told}");
    }
}
