//! ICMP echo and errors, UDP, and what the applications are told.

use super::*;

/// A stack that knows host 2, with these applications.
fn knowing(flows: Vec<Box<dyn App>>, serve: Vec<Box<dyn App>>) -> Bench {
    let mut bench = Bench::with(config(), flows, serve);
    bench.put(&ask(2, 1));
    bench.sent();
    bench
}

/// IP header, and what is behind it, of a frame.
fn read(bytes: &[u8]) -> (ipv4::Header, &[u8]) {
    let ip = ipv4::check(&bytes[14..]).unwrap();
    (ip, &bytes[14 + ip.header_len..14 + ip.total_len])
}

#[test]
fn an_echo_request_comes_back_with_the_same_number_and_bytes() {
    let mut bench = knowing(Vec::new(), Vec::new());
    let request = echo_request();
    assert_eq!(bench.put(&request.bytes()), "use icmp.echo-request, send ip.sent");
    let reply = bench.sent_one();
    assert_eq!(reply[..14], [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]);
    let (header, message) = read(&reply);
    assert_eq!((header.src, header.dst, header.ttl, header.df, header.protocol), (ip(1), ip(2), 64, false, ipv4::ICMP));
    assert_eq!(message, echo(icmp::ECHO_REPLY, 77, 3, 10));
}

#[test]
fn a_reply_has_the_service_of_the_request_and_an_error_that_of_network_control() {
    let mut bench = knowing(Vec::new(), Vec::new());
    bench.put(&Packet { tos: 0x28, ..echo_request() }.bytes());
    assert_eq!(read(&bench.sent_one()).0.tos, 0x28);
    let closed = Packet::new(ipv4::UDP, datagram((ip(2), 5000), (ip(1), 8), 3));
    for (tos, expected) in [(0, 0xc0), (0x08, 0xc8), (0xff, 0xde)] {
        bench.put(&Packet { tos, ..closed.clone() }.bytes());
        assert_eq!(read(&bench.sent_one()).0.tos, expected);
    }
}

#[test]
fn padding_behind_a_request_is_not_echoed() {
    let mut bench = knowing(Vec::new(), Vec::new());
    let mut bytes = echo_request().bytes();
    bytes.resize(60, 0xee);
    bench.put(&bytes);
    assert_eq!(read(&bench.sent_one()).1.len(), 8 + 10);
}

#[test]
fn an_asker_without_a_row_is_looked_for_first() {
    let mut bench = Bench::plain();
    assert_eq!(bench.put(&echo_request().bytes()), "use icmp.echo-request, neigh.waiting, send arp.ask");
    assert_eq!(bench.put(&answer(2, 2)), "use arp.answer, send neigh.released");
}

#[test]
fn an_echo_request_to_everybody_is_not_answered() {
    let mut bench = knowing(Vec::new(), Vec::new());
    let groups = [ip(255), Ipv4Addr::BROADCAST, Ipv4Addr::new(224, 0, 0, 1)];
    for dst in groups {
        let request = Packet { dst, to: MacAddr::BROADCAST, ..echo_request() };
        assert_eq!(bench.put(&request.bytes()), "drop icmp.echo-to-all", "{dst}");
    }
}

#[test]
fn an_echo_reply_reaches_the_application_that_asked_and_no_other() {
    let say = |len| Notebook::says(Say::Echo { to: ip(2), len, df: true });
    let mut bench = knowing(vec![say(56), say(100)], Vec::new());
    assert_eq!(bench.start(1), "send ip.sent");
    let request = bench.sent_one();
    assert_eq!(request.len(), 14 + 20 + 8 + 100);
    let mut reply = Packet::new(ipv4::ICMP, read(&request).1.to_vec());
    reply.payload[0] = icmp::ECHO_REPLY;
    let header = icmp::Header { kind: icmp::ECHO_REPLY, code: 0, id: 2, seq: 1 };
    icmp::write(&mut reply.payload, header);
    assert_eq!(bench.put(&reply.bytes()), "give icmp.echo-reply");
    assert_eq!(bench.notes(), ["echo 10.0.0.2 1 100"]);
    for id in [0, 3, 257, 0x8001] {
        icmp::write(&mut reply.payload, icmp::Header { id, ..header });
        assert_eq!(bench.put(&reply.bytes()), "drop icmp.unasked", "identifier {id}");
    }
}

#[test]
fn a_datagram_reaches_the_application_that_has_its_port() {
    let mut bench = knowing(Vec::new(), vec![Notebook::listens(9), Notebook::listens(10)]);
    let to = |dst, port| Packet { dst, ..Packet::new(ipv4::UDP, datagram((ip(2), 5000), (dst, port), 30)) };
    assert_eq!(bench.put(&to(ip(1), 10).bytes()), "give udp.delivered");
    assert_eq!(bench.put(&Packet { to: MacAddr::BROADCAST, ..to(ip(255), 10) }.bytes()), "give udp.delivered");
    assert_eq!(bench.notes(), ["udp 10.0.0.2:5000 > 10.0.0.1:10 30", "udp 10.0.0.2:5000 > 10.0.0.255:10 30"]);
    assert_eq!(bench.rows("sockets"), ["9 notebook", "10 notebook"]);
}

#[test]
fn a_datagram_for_a_closed_port_is_answered_with_an_error_that_quotes_it() {
    let mut bench = knowing(Vec::new(), vec![Notebook::listens(9)]);
    let packet = Packet::new(ipv4::UDP, datagram((ip(2), 5000), (ip(1), 8), 700));
    assert_eq!(bench.put(&packet.bytes()), "drop udp.no-listener, send ip.sent");
    let sent = bench.sent_one();
    let (header, message) = read(&sent);
    assert_eq!((header.src, header.dst, header.total_len, header.df), (ip(1), ip(2), 576, false));
    let error = icmp::check(message).unwrap();
    assert_eq!((error.kind, error.code, error.id, error.seq), (icmp::UNREACHABLE, icmp::PORT, 0, 0));
    assert_eq!(message[8..], packet.bytes()[14..14 + 548]);
}

#[test]
fn of_many_errors_six_are_reported_and_then_one_a_second() {
    let mut bench = knowing(Vec::new(), vec![Notebook::listens(9)]);
    let closed = Packet::new(ipv4::UDP, datagram((ip(2), 5000), (ip(1), 8), 3)).bytes();
    let reported = |bench: &mut Bench| {
        let told: Vec<String> = (0..10).map(|_| bench.put(&closed)).collect();
        let sent = told.iter().filter(|told| *told == "drop udp.no-listener, send ip.sent").count();
        let limited = told.iter().filter(|told| *told == "drop udp.no-listener, icmp.errors-limited").count();
        assert_eq!(sent + limited, 10, "{told:?}");
        sent
    };
    assert_eq!(reported(&mut bench), 6);
    bench.wait(secs(3));
    assert_eq!(reported(&mut bench), 3);
}

#[test]
fn a_host_tells_itself_of_every_error() {
    let mut bench = Bench::talking_to(1);
    for _ in 0..20 {
        assert_eq!(bench.start(0), "ip.looped, drop udp.no-listener, ip.looped, use icmp.error");
    }
}

#[test]
fn an_unknown_protocol_is_answered_with_an_error() {
    let mut bench = knowing(Vec::new(), Vec::new());
    assert_eq!(bench.put(&Packet::new(200, vec![1; 8]).bytes()), "drop ip.unknown-protocol, send ip.sent");
    let sent = bench.sent_one();
    let error = icmp::check(read(&sent).1).unwrap();
    assert_eq!((error.kind, error.code), (icmp::UNREACHABLE, icmp::PROTOCOL));
}

#[test]
fn nobody_is_told_of_an_error_about_a_broadcast_an_error_or_a_nobody() {
    let mut bench = knowing(Vec::new(), Vec::new());
    let closed = |dst| Packet { dst, ..Packet::new(ipv4::UDP, datagram((ip(2), 5000), (dst, 8), 3)) };
    for packet in [
        Packet { to: MacAddr::BROADCAST, ..closed(ip(1)) },
        closed(ip(255)),
        closed(Ipv4Addr::BROADCAST),
        Packet { dst: Ipv4Addr::new(224, 0, 0, 1), ..closed(Ipv4Addr::new(224, 0, 0, 1)) },
    ] {
        assert_eq!(bench.put(&packet.bytes()), "drop udp.no-listener", "{packet:?}");
    }
    let mut router = Bench::with(router(), Vec::new(), Vec::new());
    router.put(&ask(2, 1));
    let error =
        |kind| Packet { dst: Ipv4Addr::new(10, 1, 0, 9), ttl: 1, ..Packet::new(ipv4::ICMP, echo(kind, 0, 0, 40)) };
    for kind in [3, 4, 5, 11, 12, 19, 255] {
        assert_eq!(router.put(&error(kind).bytes()), "drop ip.ttl-exceeded", "type {kind}");
    }
    let cut = Packet { payload: Vec::new(), ..error(0) };
    assert_eq!(router.put(&cut.bytes()), "drop ip.ttl-exceeded", "no type at all");
    for kind in [icmp::ECHO_REPLY, icmp::ECHO_REQUEST, 13, 18] {
        assert_eq!(router.put(&error(kind).bytes()), "drop ip.ttl-exceeded, send ip.sent", "type {kind}");
    }
}

#[test]
fn an_error_quotes_no_more_than_its_own_way_can_carry() {
    let mut bench = knowing(Vec::new(), Vec::new());
    bench.set("mtu", Value::Number(100)).unwrap();
    let closed = Packet::new(ipv4::UDP, datagram((ip(2), 5000), (ip(1), 8), 500));
    assert_eq!(bench.put(&closed.bytes()), "drop udp.no-listener, send ip.sent");
    assert_eq!(read(&bench.sent_one()).0.total_len, 100);
}

/// An ICMP error from host 2 about what was sent.
fn complaint(kind: u8, code: u8, mtu: u16, sent: &[u8]) -> Packet {
    let packet = &sent[14..];
    let mut message = vec![0; 8];
    message.extend_from_slice(&packet[..packet.len().min(28)]);
    icmp::write(&mut message, icmp::Header { kind, code, id: 0, seq: mtu });
    Packet::new(ipv4::ICMP, message)
}

#[test]
fn an_error_reaches_the_application_whose_packet_it_is_about() {
    let udp = Notebook::says(Say::Udp { to: ip(2), port: 9, len: 5 });
    let echo = Notebook::says(Say::Echo { to: ip(2), len: 5, df: true });
    let mut bench = knowing(vec![udp, echo], Vec::new());
    bench.start(0);
    let sent = bench.sent_one();
    for (kind, code, mtu) in [(3, 3, 0), (3, 1, 0), (3, 0, 0), (3, 4, 1400), (11, 0, 0)] {
        assert!(bench.put(&complaint(kind, code, mtu, &sent).bytes()).ends_with("use icmp.error"));
    }
    let told = ["PortUnreachable", "HostUnreachable", "NetUnreachable", "TooBig(1400)", "Other(11, 0)"];
    assert_eq!(bench.notes(), told.map(|what| format!("0ns {what} 10.0.0.2 0")));
    bench.start(1);
    let sent = bench.sent_one();
    bench.put(&complaint(3, 1, 0, &sent).bytes());
    assert_eq!(bench.notes()[5..], ["0ns HostUnreachable 10.0.0.2 1"]);
}

#[test]
fn an_error_about_nothing_of_ours_tells_nobody() {
    let mut bench = knowing(vec![Notebook::says(Say::Udp { to: ip(2), port: 9, len: 5 })], Vec::new());
    bench.start(0);
    let mut sent = bench.sent_one();
    sent[34] ^= 1; // the port it was sent from
    assert_eq!(bench.put(&complaint(3, 3, 0, &sent).bytes()), "use icmp.error");
    assert_eq!(bench.put(&Packet::new(ipv4::ICMP, echo(3, 0, 0, 20)).bytes()), "drop icmp.malformed");
    assert_eq!(bench.notes(), Vec::<String>::new());
}

#[test]
fn damaged_messages_and_datagrams_are_dropped() {
    let mut bench = knowing(Vec::new(), vec![Notebook::listens(9)]);
    for at in 0..18 {
        let mut packet = echo_request();
        packet.payload[at] ^= 0x10;
        assert_eq!(bench.put(&packet.bytes()), "drop icmp.malformed", "byte {at}");
        let mut packet = Packet::new(ipv4::UDP, datagram((ip(2), 5000), (ip(1), 9), 10));
        packet.payload[at] ^= 0x10;
        assert_eq!(bench.put(&packet.bytes()), "drop udp.malformed", "byte {at}");
    }
    for len in 0..8 {
        assert_eq!(bench.put(&Packet::new(ipv4::ICMP, vec![0; len]).bytes()), "drop icmp.malformed");
        assert_eq!(bench.put(&Packet::new(ipv4::UDP, vec![0; len]).bytes()), "drop udp.malformed");
    }
    assert_eq!(bench.put(&Packet::new(ipv4::ICMP, echo(200, 0, 0, 0)).bytes()), "drop icmp.unknown-type");
    assert_eq!(bench.notes(), Vec::<String>::new());
}

#[test]
fn a_datagram_without_a_checksum_is_taken() {
    let mut bench = knowing(Vec::new(), vec![Notebook::listens(9)]);
    let mut packet = Packet::new(ipv4::UDP, datagram((ip(2), 5000), (ip(1), 9), 10));
    packet.payload[6..8].fill(0);
    packet.payload[17] ^= 1;
    assert_eq!(bench.put(&packet.bytes()), "give udp.delivered");
}

#[test]
fn a_packet_to_an_own_address_never_leaves_the_host() {
    let echo = Notebook::says(Say::Echo { to: ip(1), len: 56, df: true });
    let open = Notebook::says(Say::Udp { to: ip(1), port: 9, len: 5 });
    let closed = Notebook::says(Say::Udp { to: ip(1), port: 8, len: 5 });
    let mut bench = Bench::with(config(), vec![echo, open, closed], vec![Notebook::listens(9)]);
    assert_eq!(bench.start(0), "ip.looped, use icmp.echo-request, ip.looped, give icmp.echo-reply");
    assert_eq!(bench.start(1), "ip.looped, give udp.delivered");
    assert_eq!(bench.start(2), "ip.looped, drop udp.no-listener, ip.looped, use icmp.error");
    let notes = ["echo 10.0.0.1 1 56", "0ns PortUnreachable 10.0.0.1 0", "udp 10.0.0.1:32768 > 10.0.0.1:9 5"];
    assert_eq!(bench.notes(), notes);
    assert_eq!((bench.sent(), bench.neigh()), (Vec::new(), Vec::<String>::new()));
    assert!(bench.world.is_quiet());
}

#[test]
fn a_broadcast_needs_no_question() {
    let to = |to| Notebook::says(Say::Udp { to, port: 9, len: 5 });
    let mut bench = Bench::with(config(), vec![to(ip(255)), to(Ipv4Addr::BROADCAST)], Vec::new());
    for flow in 0..2 {
        assert_eq!(bench.start(flow), "send ip.sent-broadcast");
        let sent = bench.sent_one();
        assert_eq!(sent[..12], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1]);
        assert_eq!(read(&sent).0.src, ip(1));
    }
}

#[test]
fn a_group_packet_goes_to_the_address_made_from_the_group() {
    let group = Ipv4Addr::new(239, 129, 1, 1);
    let say = Notebook::says(Say::Udp { to: group, port: 9, len: 5 });
    let mut bench = Bench::with(config(), vec![say.clone()], Vec::new());
    assert_eq!(bench.start(0), "drop ip.no-route", "a group is no neighbour");
    let mut bench = Bench::with(StackConfig { gateway: Some(ip(254)), ..config() }, vec![say], Vec::new());
    assert_eq!(bench.start(0), "send ip.sent-group");
    let sent = bench.sent_one();
    assert_eq!(sent[..6], [0x01, 0x00, 0x5e, 0x01, 0x01, 0x01]);
    assert_eq!(read(&sent).0.ttl, 1);
}

#[test]
fn applications_get_ports_of_their_own_from_32768_on_and_none_that_is_taken() {
    let say = || Notebook::says(Say::Udp { to: ip(2), port: 9, len: 5 });
    let mut bench = Bench::with(config(), vec![say(), say()], vec![Notebook::listens(32_769)]);
    bench.put(&ask(2, 1));
    bench.sent();
    bench.start(0);
    bench.start(1);
    let ports: Vec<u16> = bench.sent().iter().map(|s| u16::from_be_bytes([s.bytes[34], s.bytes[35]])).collect();
    assert_eq!(ports, [32_768, 32_770]);
    assert_eq!(bench.stats(0).sent, 0, "a notebook counts nothing");
}
