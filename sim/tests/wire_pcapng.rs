//! Captures are read by an independent dissector without a complaint. Without tshark these tests say that they were
//! skipped; `.ci/run` installs it.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::process::Command;

use overunder_sim::engine::Entry;
use overunder_sim::time::SimTime;
use overunder_sim::wire::arp::{Arp, Operation};
use overunder_sim::wire::icmpv6::{self, Neighbour};
use overunder_sim::wire::pcapng::{Capture, Direction, Packet};
use overunder_sim::wire::{LinkType, MacAddr, ethernet, icmp, ipv4, ipv6, udp};

const A: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const B: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const A6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1);
const B6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2);
const MAC_A: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
const MAC_B: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);

fn eth(ethertype: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 14];
    ethernet::write(&mut bytes, MAC_B, MAC_A, ethertype);
    bytes.extend_from_slice(payload);
    bytes
}

fn ip(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 20];
    let send = ipv4::Send { src: A, dst: B, protocol, ttl: 64, df: true, id: 7, tos: 0 };
    ipv4::write(&mut bytes, &send, 20 + payload.len());
    bytes.extend_from_slice(payload);
    bytes
}

fn datagram(port: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = [&[0; 8], payload].concat();
    udp::write(&mut bytes, (A, 40_000), (B, port));
    ip(ipv4::UDP, &bytes)
}

fn message(kind: u8, code: u8, seq: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = [&[0; 8], payload].concat();
    icmp::write(&mut bytes, icmp::Header { kind, code, id: 9, seq });
    ip(ipv4::ICMP, &bytes)
}

fn arp() -> Vec<u8> {
    let mut bytes = vec![0; 46];
    Arp { op: Operation::Request, sha: MAC_A, spa: A, tha: MacAddr::ZERO, tpa: B }.write(&mut bytes);
    eth(ethernet::ARP, &bytes)
}

fn ip6(dst: Ipv6Addr, next: u8, hops: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 40];
    ipv6::write(&mut bytes, &ipv6::Send { src: A6, dst, next, hops, class: 0 }, 40 + payload.len());
    bytes.extend_from_slice(payload);
    bytes
}

/// The question for an address, the answer to it, and a tunnel packet between the two.
fn over_ipv6(payload: &[u8]) -> Vec<(LinkType, Vec<u8>)> {
    let neighbour = |op, mac, dst| {
        let mut bytes = vec![0; icmpv6::LEN];
        Neighbour { op, target: B6, mac: Some(mac) }.write(&mut bytes, A6, dst);
        (LinkType::Ethernet, eth(ethernet::IPV6, &ip6(dst, ipv6::ICMPV6, icmpv6::HOPS, &bytes)))
    };
    let mut tunnel = [&[0; 8], &[8, 0, 0, 0, 0, 0, 42, 0], payload].concat();
    udp::write_unchecked(&mut tunnel, 40_000, 4789);
    udp::write_sum_over_ipv6(&mut tunnel, A6, B6);
    let answer = icmpv6::Operation::Advertisement { router: false, solicited: true, replaces: true };
    vec![
        neighbour(icmpv6::Operation::Solicitation, MAC_A, ipv6::solicited_node(B6)),
        neighbour(answer, MAC_B, B6),
        (LinkType::Ethernet, eth(ethernet::IPV6, &ip6(B6, ipv4::UDP, 64, &tunnel))),
        (LinkType::Ip, ip6(B6, ipv4::UDP, 64, &tunnel)),
    ]
}

/// Every format there is a writer for, in sizes from the smallest to the largest.
fn frames() -> Vec<(LinkType, Vec<u8>)> {
    let mut frames = Vec::new();
    for len in [0, 1, 2, 3, 17, 56, 1_464, 8_000] {
        let payload = vec![0x5a; len];
        frames.push((LinkType::Ethernet, eth(ethernet::IPV4, &datagram(9, &payload))));
        frames.push((LinkType::Ethernet, eth(ethernet::IPV4, &message(icmp::ECHO_REQUEST, 0, 1, &payload))));
        frames.push((LinkType::Ip, datagram(9, &payload)));
    }
    let error = message(icmp::UNREACHABLE, icmp::PORT, 0, &datagram(9, b"hello"));
    frames.push((LinkType::Ethernet, eth(ethernet::IPV4, &error)));
    let too_big = message(icmp::UNREACHABLE, icmp::FRAGMENTATION_NEEDED, 1_450, &datagram(9, &[0; 500]));
    frames.push((LinkType::Ip, too_big));
    frames.push((LinkType::Ethernet, arp()));
    let tagged = [&arp()[..12], &[0x81, 0x00, 0xb0, 0x0a], &arp()[12..]].concat();
    frames.push((LinkType::Ethernet, tagged));
    let vxlan = datagram(4789, &[&[8, 0, 0, 0, 0, 0, 42, 0], &arp()[..42]].concat());
    frames.push((LinkType::Ethernet, eth(ethernet::IPV4, &vxlan)));
    frames.extend(over_ipv6(&arp()[..42]));
    frames.push((LinkType::Ethernet, eth(ethernet::EXPERIMENTAL, &[0; 46])));
    frames
}

/// A capture of all these frames on three interfaces, written in pieces as a long run does.
fn capture() -> (Vec<u8>, usize) {
    let mut capture = Capture::default();
    let port = capture.interface("sw:1", LinkType::Ethernet);
    let tunnel = capture.interface("h1/tun0:inner", LinkType::Ip);
    let mut file = capture.take();
    let frames = frames();
    for (number, (link, bytes)) in frames.iter().enumerate() {
        let comments: Vec<String> = (0..number % 3).map(|n| format!("第 {number} 帧 flood-unknown {n}")).collect();
        capture.packet(&Packet {
            interface: if *link == LinkType::Ethernet { port } else { tunnel },
            time: SimTime(1_000_000_007 * number as u64 + 1),
            direction: if number % 2 == 0 { Direction::In } else { Direction::Out },
            id: number as u64 + 100,
            bytes,
            comments: &comments,
        });
        file.extend(capture.take());
    }
    // An interface may appear late.
    assert_eq!(capture.interface("交换机:3", LinkType::Ethernet), 2);
    file.extend(capture.take());
    (file, frames.len())
}

/// What tshark says about a capture, or `None` after saying that it is not there.
fn tshark(name: &str, file: &[u8], arguments: &[&str]) -> Option<String> {
    let path = std::env::temp_dir().join(format!("overunder-{}-{name}.pcapng", std::process::id()));
    std::fs::write(&path, file).unwrap();
    let run = Command::new("tshark").arg("-r").arg(&path).args(arguments).output();
    let _ = std::fs::remove_file(&path);
    match run {
        Ok(output) => {
            let complaint = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "tshark: {complaint}");
            assert!(!complaint.contains("cut short") && !complaint.contains("damaged"), "{complaint}");
            Some(String::from_utf8(output.stdout).unwrap())
        }
        Err(error) => {
            eprintln!("SKIPPED: tshark cannot be run ({error}); apt-get install tshark");
            None
        }
    }
}

const CHECKS: [&str; 8] = [
    "-o",
    "ip.check_checksum:TRUE",
    "-o",
    "udp.check_checksum:TRUE",
    "-o",
    "tcp.check_checksum:TRUE",
    "-o",
    "ip.defragment:FALSE",
];

#[test]
fn tshark_reads_every_frame_without_a_complaint() {
    let (file, frames) = capture();
    let Some(text) = tshark("all", &file, &[&CHECKS[..], &["-V"]].concat()) else { return };
    assert_eq!(text.lines().filter(|line| line.starts_with("Frame ")).count(), frames);
    for complaint in ["Malformed", "malformed", "incorrect", "Bad checksum", "bogus", "Error/"] {
        let line = text.lines().find(|line| line.contains(complaint));
        assert_eq!(line, None, "{complaint}");
    }
    assert!(text.matches("[correct]").count() + text.matches("[Checksum Status: Good]").count() >= frames);
    assert!(text.contains("Virtual eXtensible Local Area Network") && text.contains("802.1Q Virtual LAN"));
}

#[test]
fn tshark_sees_names_times_directions_numbers_and_comments() {
    let (file, frames) = capture();
    let fields = [
        "frame.interface_name",
        "frame.time_epoch",
        "frame.packet_flags_direction",
        "frame.packet_id",
        "frame.comment",
    ];
    let mut arguments = vec!["-T", "fields"];
    for field in &fields {
        arguments.extend(["-e", field]);
    }
    let Some(text) = tshark("fields", &file, &arguments) else { return };
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines.len(), frames);
    assert_eq!(lines[0], ["sw:1", "0.000000001", "0x00000001", "100", ""]);
    assert_eq!(lines[2][..4], ["h1/tun0:inner", "2.000000015", "0x00000001", "102"]);
    assert_eq!(lines[1], ["sw:1", "1.000000008", "0x00000002", "101", "第 1 帧 flood-unknown 0"]);
    assert_eq!(lines[2][4], "第 2 帧 flood-unknown 0,第 2 帧 flood-unknown 1");
}

#[test]
fn tshark_would_complain_if_there_were_a_reason() {
    // The test above must be able to fail: damage is found by the same look.
    let mut capture = Capture::default();
    let interface = capture.interface("sw:1", LinkType::Ethernet);
    let mut bytes = eth(ethernet::IPV4, &datagram(9, b"hello"));
    *bytes.last_mut().unwrap() ^= 1;
    let packet = Packet { interface, time: SimTime(0), direction: Direction::In, id: 1, bytes: &bytes, comments: &[] };
    capture.packet(&packet);
    let Some(text) = tshark("damaged", capture.bytes(), &[&CHECKS[..], &["-V"]].concat()) else { return };
    assert!(text.contains("incorrect"), "{text}");
}

/// A line of three ASes; the session in front is reset, and one end of it then says another AS than its own.
const ASES: &str = r#"Lab(
    format: 1, title: "t", idea: "i", end: "60s",
    nodes: {
        "n": Host(ip: "10.9.0.1/24", gateway: "10.9.0.254"),
        "a": Router(ips: {"n": "10.9.0.254/24", "b": "10.1.2.1/24"}, routing: (asn: 70000)),
        "b": Router(ips: {"a": "10.1.2.2/24", "c": "10.2.3.2/24"}, routing: (asn: 65002, communities: ["65002:7"])),
        "c": Router(ips: {"b": "10.2.3.3/24", "d": "10.3.4.3/24"}, routing: (asn: 65003, neighbours: {"b": (med: 7)})),
        "d": Router(ips: {"c": "10.3.4.4/24"}, routing: (asn: 65004, neighbours: {"c": (asn: 1)})),
    },
    links: [("n", "a:n"), ("a:b", "b:a", (loss: "5%")), ("b:c", "c:b"), ("c:d", "d:c")],
    routing: Bgp(hold: "9s"),
    events: {"reset": (at: "20s", do: Set("a", (clear: "all"))), "cut": (at: "30s", do: Down("n--a"))},
)"#;

#[test]
fn tshark_reads_sessions_of_bgp_routers_without_a_complaint() {
    let lab = overunder_sim::lab::parse("ases.ron", ASES).unwrap();
    let mut runner =
        overunder_sim::lab::run::start(&lab.variants()[0], None, overunder_sim::lab::EVENT_BUDGET).unwrap();
    let mut capture = Capture::default();
    let port = capture.interface("all", LinkType::Ethernet);
    let mut file = Vec::new();
    // The log is that of one event.
    while runner.step().is_none() {
        let log = runner.world.log();
        for entry in log.entries() {
            let sent = overunder_sim::engine::log::Crossing::Sent;
            if let Entry::Crossing { crossing, link: LinkType::Ethernet, bytes, .. } = entry
                && *crossing == sent
            {
                let (time, bytes) = (runner.world.now(), log.bytes(*bytes));
                let direction = Direction::Out;
                capture.packet(&Packet { interface: port, time, direction, id: 1, bytes, comments: &[] });
            }
        }
        file.extend(capture.take());
    }
    let Some(text) = tshark("bgp", &file, &[&CHECKS[..], &["-V", "-Y", "bgp"]].concat()) else { return };
    for complaint in ["Malformed", "malformed", "incorrect", "Bad checksum", "bogus", "Error/Protocol"] {
        let line = text.lines().find(|line| line.contains(complaint));
        assert_eq!(line, None, "{complaint}");
    }
    for said in ["OPEN Message", "UPDATE Message", "KEEPALIVE Message", "NOTIFICATION Message", "Bad Peer AS", "70000"]
    {
        assert!(text.contains(said), "{said}");
    }
}
