//! Sources that could not be answered the way they came.

use super::*;
use crate::stack::reverse::ReversePath;

/// Behind a router at `10.1.0.1`, which is asked to judge sources at eth0.
const INSIDE: Ipv4Addr = Ipv4Addr::new(10, 1, 0, 9);
const NOWHERE: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 9);

fn judging(mode: ReversePath) -> Bench {
    let mut config = router();
    config.interfaces[0].rp_filter = mode;
    Bench::with(config, Vec::new(), Vec::new())
}

/// A packet that comes in at eth0.
fn from(src: Ipv4Addr, dst: Ipv4Addr) -> Vec<u8> {
    Packet { src, dst, ..echo_request() }.bytes()
}

#[test]
fn a_source_is_believed_where_the_way_back_leads() {
    const DROP: &str = "drop ip.reverse-path";
    for (mode, same_side, other_side, nowhere) in [
        (ReversePath::Off, false, false, false),
        (ReversePath::Loose, false, false, true),
        (ReversePath::Strict, false, true, true),
    ] {
        for (src, refused) in [(ip(2), same_side), (INSIDE, other_side), (NOWHERE, nowhere)] {
            for dst in [ip(1), Ipv4Addr::new(10, 1, 0, 2)] {
                let told = judging(mode).put(&from(src, dst));
                assert_eq!(told == DROP, refused, "{mode:?}: {src} to {dst}: {told}");
            }
        }
    }
}

#[test]
fn where_no_route_leads_on_the_source_does_not_matter() {
    let mut bench = judging(ReversePath::Strict);
    assert!(bench.put(&from(INSIDE, NOWHERE)).starts_with("drop ip.no-route"));
}

#[test]
fn a_route_that_refuses_is_no_way_back_and_a_default_route_is_one() {
    let mut bench = judging(ReversePath::Loose);
    bench.set("gateway", Value::Text("10.0.0.254".to_owned())).unwrap();
    assert_ne!(bench.put(&from(NOWHERE, ip(1))), "drop ip.reverse-path");
    bench.add("routes", &[("prefix", "203.0.113.0/24"), ("type", "blackhole")]).unwrap();
    assert_eq!(bench.put(&from(NOWHERE, ip(1))), "drop ip.reverse-path");
}

#[test]
fn one_of_several_next_hops_is_enough() {
    let mut bench = judging(ReversePath::Strict);
    let several = [("prefix", "203.0.113.0/24"), ("via", "10.1.0.2,10.0.0.2")];
    bench.add("routes", &several).unwrap();
    assert_ne!(bench.put(&from(NOWHERE, ip(1))), "drop ip.reverse-path");
    bench.add("routes", &[("prefix", "203.0.113.0/24"), ("via", "10.1.0.2")]).unwrap();
    assert_eq!(bench.put(&from(NOWHERE, ip(1))), "drop ip.reverse-path");
}

#[test]
fn an_interface_without_addresses_is_strict_in_either_mode() {
    let mut config = router();
    config.interfaces[0] = InterfaceConfig { addresses: Vec::new(), ..config.interfaces[0].clone() };
    config.interfaces[0].rp_filter = ReversePath::Loose;
    let mut bench = Bench::with(config, Vec::new(), Vec::new());
    let inside = Ipv4Addr::new(10, 1, 0, 1);
    assert_eq!(bench.put(&from(INSIDE, inside)), "drop ip.reverse-path");
    bench.add("routes", &[("prefix", "10.0.0.2/32"), ("dev", "eth0")]).unwrap();
    assert_ne!(bench.put(&from(ip(2), inside)), "drop ip.reverse-path");
}

#[test]
fn a_question_from_such_a_source_is_not_answered_for_whomever_it_is() {
    let mut bench = judging(ReversePath::Strict);
    let mut question = ask(2, 1);
    question[28..32].copy_from_slice(&INSIDE.octets());
    assert_eq!(bench.put(&question), "use arp.reverse-path");
    bench.set("proxy_arp", Value::Span(ms(0))).unwrap();
    question[38..42].copy_from_slice(&[10, 1, 0, 7]);
    assert_eq!(bench.put(&question), "use arp.reverse-path");
    bench.set("rp_filter", Value::Text("Off".to_owned())).unwrap();
    assert_eq!(bench.put(&question), "use arp.proxied, send arp.proxy-reply");
    let error = bench.set("rp_filter", Value::Text("Tight".to_owned())).unwrap_err().to_string();
    assert!(error.contains("Off, Strict or Loose"), "{error}");
    let mut nameless = ask(2, 1);
    nameless[28..32].fill(0);
    assert_eq!(judging(ReversePath::Strict).put(&nameless), "use arp.asked, send arp.reply");
}
