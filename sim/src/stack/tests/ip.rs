//! Routes, gateways, forwarding, and packets that go nowhere.

use super::*;

/// A host that sends one datagram to `to` when started.
fn sending(config: StackConfig, to: Ipv4Addr) -> Bench {
    Bench::with(config, vec![Notebook::says(Say::Udp { to, port: 9, len: 5 })], Vec::new())
}

const FAR: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 7);

#[test]
fn what_is_not_on_the_link_goes_to_the_gateway() {
    let mut bench = sending(StackConfig { gateway: Some(ip(254)), ..config() }, FAR);
    assert_eq!(bench.start(0), "neigh.waiting, send arp.ask");
    assert_eq!(read_arp(&bench.sent_one()).unwrap().1.tpa, ip(254));
    assert_eq!(bench.put(&answer(7, 254)), "use arp.answer, send neigh.released");
    let sent = bench.sent_one();
    assert_eq!(sent[..6], station(7).0);
    assert_eq!(ipv4::check(&sent[14..]).unwrap().dst, FAR);
    assert_eq!(bench.rows("routes"), ["0.0.0.0/0 10.0.0.254 eth0 static", "10.0.0.0/24 - eth0 kernel"]);
}

#[test]
fn a_packet_longer_than_the_mtu_is_refused_and_its_sender_told() {
    let say = |len| Notebook::says(Say::Udp { to: ip(2), port: 9, len });
    let echo = Notebook::says(Say::Echo { to: ip(2), len: 1473, df: true });
    let mut bench = Bench::with(config(), vec![say(1472), say(1473), echo], Vec::new());
    bench.put(&ask(2, 1));
    bench.sent();
    assert_eq!(bench.start(0), "send ip.sent");
    assert_eq!(bench.sent_one().len(), 1514);
    assert_eq!(bench.start(1), "use ip.fragmented, send ip.sent, send ip.sent", "a program that does not care");
    bench.sent();
    assert_eq!(bench.start(2), "drop ip.too-big", "one that forbids it");
    assert_eq!(bench.notes(), ["0ns TooBig(1500) 10.0.0.2 1"]);
    assert_eq!(bench.sent(), Vec::new());
}

/// A router that knows host 2 at its first interface and host 10.1.0.9 at its second.
fn knowing_router() -> Bench {
    let mut bench = Bench::with(router(), Vec::new(), Vec::new());
    bench.put(&ask(2, 1));
    let mut other = ask(9, 1);
    other[28..32].copy_from_slice(&[10, 1, 0, 9]);
    other[38..42].copy_from_slice(&[10, 1, 0, 1]);
    bench.put_at(1, &other);
    assert_eq!(bench.neigh(), ["2 STALE 2", "9 STALE 9"]);
    bench.sent();
    bench
}

fn across(ttl: u8, len: usize) -> Packet {
    let dst = Ipv4Addr::new(10, 1, 0, 9);
    Packet { dst, ttl, ..Packet::new(ipv4::UDP, datagram((ip(2), 5000), (dst, 9), len)) }
}

#[test]
fn a_router_takes_one_off_the_time_to_live_and_changes_nothing_else_of_the_packet() {
    let mut bench = knowing_router();
    let packet = across(9, 30);
    assert_eq!(bench.put(&packet.bytes()), "ip.forwarding, send ip.sent");
    let sent = bench.sent().remove(0);
    assert_eq!(sent.port, PortNo(1));
    assert_eq!(sent.bytes, Packet { from: station(11), to: station(9), ttl: 8, ..packet }.bytes());
}

#[test]
fn a_packet_whose_time_is_up_is_dropped_and_its_sender_told() {
    for ttl in [0, 1] {
        let mut bench = knowing_router();
        let packet = across(ttl, 30);
        assert_eq!(bench.put(&packet.bytes()), "drop ip.ttl-exceeded, send ip.sent");
        let sent = bench.sent().remove(0);
        assert_eq!((sent.port, &sent.bytes[..6]), (PortNo(0), station(2).0.as_slice()));
        let header = ipv4::check(&sent.bytes[14..]).unwrap();
        assert_eq!((header.src, header.dst), (ip(1), ip(2)));
        let error = icmp::check(&sent.bytes[34..]).unwrap();
        assert_eq!((error.kind, error.code), (icmp::TIME_EXCEEDED, 0));
        assert_eq!(sent.bytes[42..], packet.bytes()[14..], "quoted as it arrived");
    }
    assert_eq!(knowing_router().put(&across(2, 30).bytes()), "ip.forwarding, send ip.sent");
}

#[test]
fn a_packet_too_long_for_the_way_out_is_dropped_and_its_sender_told_what_fits() {
    let mut bench = knowing_router();
    let change = DeviceChange::Set { port: Some(PortNo(1)), field: "mtu".to_owned(), value: Value::Number(1400) };
    bench.change(change).unwrap();
    assert_eq!(bench.put(&across(9, 1372).bytes()), "ip.forwarding, send ip.sent");
    bench.sent();
    assert_eq!(bench.put(&across(9, 1373).bytes()), "drop ip.too-big, send ip.sent");
    let error = icmp::check(&bench.sent_one()[34..]).unwrap();
    let expected = (icmp::UNREACHABLE, icmp::FRAGMENTATION_NEEDED, 0, 1400);
    assert_eq!((error.kind, error.code, error.id, error.seq), expected);
    for _ in 0..20 {
        assert_eq!(bench.put(&across(9, 1373).bytes()), "drop ip.too-big, send ip.sent", "told every time");
    }
}

#[test]
fn a_router_without_a_route_says_so() {
    let mut bench = knowing_router();
    assert_eq!(bench.put(&Packet { dst: FAR, ..across(9, 5) }.bytes()), "drop ip.no-route, send ip.sent");
    let error = icmp::check(&bench.sent_one()[34..]).unwrap();
    assert_eq!((error.kind, error.code), (icmp::UNREACHABLE, 0));
    assert_eq!(bench.put(&Packet { dst: FAR, ..across(1, 5) }.bytes()), "drop ip.no-route, send ip.sent");
}

#[test]
fn a_host_without_a_route_tells_its_application_at_once() {
    let echo = Notebook::says(Say::Echo { to: FAR, len: 5, df: true });
    let mut bench =
        Bench::with(config(), vec![echo, Notebook::says(Say::Udp { to: FAR, port: 9, len: 5 })], Vec::new());
    assert_eq!(bench.start(0), "drop ip.no-route");
    assert_eq!(bench.start(1), "drop ip.no-route");
    assert_eq!(bench.notes(), ["0ns NetUnreachable 192.0.2.7 1", "0ns NetUnreachable 192.0.2.7 0"]);
}

#[test]
fn a_router_whose_next_hop_does_not_answer_says_so() {
    let mut bench = knowing_router();
    let packet = Packet { dst: Ipv4Addr::new(10, 1, 0, 8), ..across(9, 5) };
    assert_eq!(bench.put(&packet.bytes()), "ip.forwarding, neigh.waiting, send arp.ask");
    let sent = bench.sent().remove(0);
    assert_eq!((sent.port, read_arp(&sent.bytes).unwrap().1.spa), (PortNo(1), Ipv4Addr::new(10, 1, 0, 1)));
    assert_eq!(bench.wait(secs(3)), "send arp.ask, send arp.ask, drop neigh.failed, send ip.sent");
    let sent = bench.sent().remove(2);
    let error = icmp::check(&sent.bytes[34..]).unwrap();
    assert_eq!((sent.port, error.kind, error.code), (PortNo(0), icmp::UNREACHABLE, icmp::HOST));
}

#[test]
fn a_host_is_no_router_unless_told_to_be_one() {
    let mut bench = Bench::with(StackConfig { forwarding: false, ..router() }, Vec::new(), Vec::new());
    assert_eq!(bench.put(&across(9, 5).bytes()), "drop ip.not-mine");
    bench.set("forwarding", Value::Flag(true)).unwrap();
    assert_eq!(bench.put(&across(9, 5).bytes()), "ip.forwarding, neigh.waiting, send arp.ask");
}

#[test]
fn a_router_forwards_nothing_that_was_sent_to_everybody() {
    let mut bench = knowing_router();
    for packet in
        [Packet { to: MacAddr::BROADCAST, ..across(9, 5) }, Packet { dst: Ipv4Addr::new(239, 1, 1, 1), ..across(9, 5) }]
    {
        assert_eq!(bench.put(&packet.bytes()), "drop ip.not-joined");
    }
}

#[test]
fn the_host_answers_at_any_of_its_addresses_whichever_interface_they_are_on() {
    let mut bench = knowing_router();
    let request = Packet { dst: Ipv4Addr::new(10, 1, 0, 1), ..echo_request() };
    assert_eq!(bench.put(&request.bytes()), "use icmp.echo-request, send ip.sent");
    let sent = bench.sent().remove(0);
    let header = ipv4::check(&sent.bytes[14..]).unwrap();
    assert_eq!((sent.port, header.src), (PortNo(0), Ipv4Addr::new(10, 1, 0, 1)));
}

#[test]
fn a_broadcast_to_any_network_of_the_host_is_for_the_host_and_not_forwarded() {
    let mut bench = knowing_router();
    for dst in [ip(255), Ipv4Addr::new(10, 1, 0, 255), Ipv4Addr::BROADCAST] {
        assert_eq!(bench.put(&Packet { dst, ..echo_request() }.bytes()), "drop icmp.echo-to-all", "{dst}");
    }
}

#[test]
fn the_source_is_the_address_on_the_network_of_the_next_hop() {
    let mut config = StackConfig { gateway: Some(ip(254)), ..config() };
    config.interfaces[0].addresses = vec![(Ipv4Addr::new(10, 7, 0, 1), 24), (ip(1), 24)];
    let say = |to| Notebook::says(Say::Udp { to, port: 9, len: 5 });
    let mut bench = Bench::with(config, vec![say(FAR), say(Ipv4Addr::new(10, 7, 0, 9))], Vec::new());
    for (flow, expected) in [(0, ip(1)), (1, Ipv4Addr::new(10, 7, 0, 1))] {
        bench.start(flow);
        assert_eq!(read_arp(&bench.sent_one()).unwrap().1.spa, expected);
    }
}

#[test]
fn frames_for_other_stations_are_dropped_before_anything_is_read() {
    let mut bench = Bench::plain();
    for bytes in [
        Packet { to: station(3), ..echo_request() }.bytes(),
        {
            let mut bytes = ask(2, 1);
            bytes[..6].copy_from_slice(&station(3).0);
            bytes
        },
        {
            let mut bytes = vec![0xff; 20];
            bytes[..6].copy_from_slice(&station(3).0);
            bytes
        },
    ] {
        assert_eq!(bench.put(&bytes), "drop ip.other-host");
    }
    assert_eq!(bench.neigh(), Vec::<String>::new());
}

#[test]
fn what_nobody_can_read_is_dropped() {
    let mut bench = Bench::plain();
    for len in 0..14 {
        assert_eq!(bench.put(&vec![2; len]), "drop ip.runt");
    }
    for ethertype in [0x86dd, 0x8100, 0x88b5, 0x600] {
        let mut bytes = echo_request().bytes();
        ethernet::write(&mut bytes, OWN, station(2), ethertype);
        assert_eq!(bench.put(&bytes), "drop ip.unknown-ethertype");
    }
    for length in [0, 3, 46, 1500] {
        let mut bytes = echo_request().bytes();
        ethernet::write(&mut bytes, OWN, station(2), length);
        assert_eq!(bench.put(&bytes), "drop routing.llc-unknown");
    }
    let good = echo_request().bytes();
    for len in 14..good.len() {
        assert_eq!(bench.put(&good[..len]), "drop ip.malformed", "{len} bytes");
    }
    for at in 14..34 {
        let mut bytes = good.clone();
        bytes[at] ^= 0x20;
        assert_eq!(bench.put(&bytes), "drop ip.malformed", "byte {at}");
    }
}

#[test]
fn a_group_is_heard_once_joined() {
    let group = Ipv4Addr::new(239, 1, 1, 1);
    let packet = Packet { dst: group, ..Packet::new(ipv4::UDP, datagram((ip(2), 5), (group, 9), 5)) };
    let bytes = Packet { to: MacAddr::of_ipv4_group(group), ..packet }.bytes();
    let mut bench = Bench::with(config(), Vec::new(), vec![Notebook::listens(9)]);
    assert_eq!(bench.put(&bytes), "drop ip.not-joined");
    let joined = StackConfig { groups: vec![group], ..config() };
    assert_eq!(Bench::with(joined, Vec::new(), vec![Notebook::listens(9)]).put(&bytes), "give udp.delivered");
}

#[test]
fn a_packet_from_nobody_or_from_ourselves_is_dropped() {
    let from = |src| Packet { src, ..echo_request() };
    let impossible = [
        Ipv4Addr::BROADCAST,
        Ipv4Addr::new(224, 0, 0, 5),
        Ipv4Addr::new(127, 0, 0, 5),
        Ipv4Addr::UNSPECIFIED,
        Ipv4Addr::new(0, 1, 2, 3),
        ip(1),
    ];
    for src in impossible {
        assert_eq!(Bench::plain().put(&from(src).bytes()), "drop ip.martian", "{src}");
    }
    // Whoever has no address yet may call everybody, as DHCP clients do.
    let calling = Packet { dst: Ipv4Addr::BROADCAST, ..from(Ipv4Addr::UNSPECIFIED) };
    assert_eq!(Bench::plain().put(&calling.bytes()), "drop icmp.echo-to-all");
    for src in [Ipv4Addr::new(240, 0, 0, 1), Ipv4Addr::new(1, 0, 0, 1)] {
        let mut bench = Bench::with(StackConfig { gateway: Some(ip(254)), ..config() }, Vec::new(), Vec::new());
        assert_eq!(bench.put(&from(src).bytes()), "use icmp.echo-request, neigh.waiting, send arp.ask", "{src}");
    }
}

#[test]
fn a_packet_to_a_loopback_address_is_dropped_even_by_a_router() {
    let mut bench = Bench::with(StackConfig { gateway: Some(ip(254)), ..router() }, Vec::new(), Vec::new());
    for dst in [Ipv4Addr::LOCALHOST, Ipv4Addr::new(0, 1, 2, 3)] {
        assert_eq!(bench.put(&Packet { dst, ..echo_request() }.bytes()), "drop ip.martian-destination", "{dst}");
    }
}
