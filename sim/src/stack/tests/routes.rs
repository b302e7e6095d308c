//! Routes that refuse, routes that name a source, and routers that answer for others.

use super::*;

const FAR: Ipv4Addr = Ipv4Addr::new(10, 9, 1, 1);

/// A router with a route of this type to 10.9.0.0/16, and an application that wants to go there.
fn refusing(kind: &str) -> Bench {
    let mut bench = Bench::with(router(), vec![Notebook::says(Say::Udp { to: FAR, port: 9, len: 5 })], Vec::new());
    bench.add("routes", &[("prefix", "10.9.0.0/16"), ("type", kind)]).unwrap();
    bench.put(&ask(2, 1));
    bench.sent();
    bench
}

#[test]
fn a_route_that_refuses_tells_programs_and_senders_why() {
    for (kind, slug, error, code) in [
        ("blackhole", "drop ip.route-blackhole", "Swallowed", None),
        ("unreachable", "drop ip.route-unreachable", "HostUnreachable", Some(1)),
        ("prohibit", "drop ip.route-prohibited", "Prohibited", Some(13)),
    ] {
        let mut bench = refusing(kind);
        assert_eq!(bench.rows("routes")[0], format!("10.9.0.0/16 {kind} - static"));
        assert_eq!(bench.start(0), slug);
        assert_eq!(bench.notes(), [format!("0ns {error} 10.9.1.1 0")]);
        let told = bench.put(&Packet { dst: FAR, ..echo_request() }.bytes());
        match code {
            None => assert_eq!(told, slug),
            Some(code) => {
                assert_eq!(told, format!("{slug}, send ip.sent"));
                let error = icmp::check(&bench.sent_one()[34..]).unwrap();
                assert_eq!((error.kind, error.code), (icmp::UNREACHABLE, code));
            }
        }
        bench.add("routes", &[("prefix", "10.9.1.0/24"), ("via", "10.0.0.2")]).unwrap();
        assert_eq!(bench.start(0), "send ip.sent", "a longer prefix leads past it");
    }
}

#[test]
fn a_route_may_name_the_address_to_speak_from() {
    let mut bench = refusing("blackhole");
    bench.add("routes", &[("prefix", "10.9.0.0/16"), ("via", "10.0.0.2"), ("src", "10.1.0.1")]).unwrap();
    assert_eq!(bench.start(0), "send ip.sent");
    assert_eq!(ipv4::check(&bench.sent_one()[14..]).unwrap().src, Ipv4Addr::new(10, 1, 0, 1));
    assert_eq!(bench.rows("routes")[0], "10.9.0.0/16 10.0.0.2 eth0 static 10.1.0.1");
}

#[test]
fn a_route_that_cannot_be_is_refused() {
    let mut bench = refusing("blackhole");
    for (row, says) in [
        (
            &[("prefix", "10.8.0.0/16"), ("type", "wormhole")][..],
            "expected unicast, blackhole, unreachable or prohibit",
        ),
        (&[("prefix", "10.8.0.0/16"), ("type", "prohibit"), ("via", "10.0.0.2")], "no next hop"),
        (&[("prefix", "10.8.0.0/16"), ("via", "10.0.0.2"), ("src", "10.0.0.9")], "an address of this host"),
        (&[("prefix", "10.8.0.0/16"), ("via", "10.9.0.1")], "an address on a connected network"),
    ] {
        let error = bench.add("routes", row).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    assert_eq!(bench.rows("routes").len(), 3);
}

fn proxying(delay: Option<SimDuration>) -> Bench {
    let mut config = router();
    config.interfaces[0].proxy_arp = delay;
    Bench::with(config, Vec::new(), Vec::new())
}

/// Host 2 asks for an address behind the router.
fn ask_behind() -> Vec<u8> {
    let mut bytes = ask(2, 0);
    bytes[38..42].copy_from_slice(&[10, 1, 0, 9]);
    bytes
}

#[test]
fn a_router_answers_for_hosts_behind_it_and_for_no_others() {
    let mut bench = proxying(Some(SimDuration::ZERO));
    assert_eq!(bench.put(&ask_behind()), "use arp.proxied, send arp.proxy-reply");
    let (to, reply) = read_arp(&bench.sent_one()).unwrap();
    assert_eq!((to, reply.op, reply.sha, reply.spa), (station(2), Operation::Reply, OWN, Ipv4Addr::new(10, 1, 0, 9)));
    assert_eq!(bench.neigh(), ["2 STALE 2"]);
    assert_eq!(bench.put(&ask(3, 7)), "use arp.not-mine", "it is on the same side");
    bench.set("forwarding", Value::Flag(false)).unwrap();
    assert_eq!(bench.put(&ask_behind()), "use arp.overheard", "a host that does not forward answers for nobody");
    assert_eq!(proxying(None).put(&ask_behind()), "use arp.not-mine");
    let mut nameless = ask_behind();
    nameless[28..32].fill(0);
    assert_eq!(proxying(Some(ms(0))).put(&nameless), "use arp.not-mine");
}

#[test]
fn an_answer_for_others_waits_a_random_part_of_the_delay() {
    let mut bench = proxying(None);
    bench.set("proxy_arp", Value::Flag(true)).unwrap();
    assert_eq!(bench.put(&ask_behind()), "use arp.proxied");
    assert_eq!(bench.wait(ms(800)), "send arp.proxy-reply");
    let waited = bench.sent().remove(0).time;
    assert!(waited > SimTime::ZERO, "{waited}");
    let mut alone = ask_behind();
    alone[..6].copy_from_slice(&OWN.0);
    assert_eq!(bench.put(&alone), "use arp.proxied, send arp.proxy-reply", "asked alone it answers at once");
    let told: Vec<String> = (0..70).map(|_| bench.put(&ask_behind())).collect();
    assert_eq!(told.iter().filter(|told| *told == "drop arp.proxy-full").count(), 70 - 65);
    assert_eq!(bench.wait(ms(800)).matches("send arp.proxy-reply").count(), 65);
}
