//! A bench: one tunnel with an end at each port, of every kind in turn.

mod fastdp;

use super::format::{Fastdp, Format, Geneve, Gre, Gretap, Ipip, Sleeve, Udp, Wireguard};
use super::*;
use crate::device::outer::{Df, Outer};
use crate::engine::{Change, Entry, World, WorldBuilder};
use crate::id::DeviceId;
use crate::rng::Stream;
use crate::wire::MacAddr;

/// The end of a wire, for frames or for packets.
#[derive(Clone, Debug)]
struct End(LinkType);

crate::reasons! {
    /// Taken.
    TAKEN = "end.taken" {
        en: "taken", zh: "收下", because: "A test looks at what arrives.", because_zh: "测试查看到达的帧。",
        source: "model choice",
    }
}

impl Device for End {
    fn receive(&mut self, _now: SimTime, _port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        out.deliver(frame, &TAKEN);
    }
    fn timer(&mut self, _now: SimTime, _kind: TimerKind, _out: &mut Outbox<'_>) {}
    fn change(&mut self, _now: SimTime, _change: &DeviceChange, _out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        Ok(())
    }
    fn kind(&self) -> &'static str {
        "end"
    }
    fn ports(&self) -> u16 {
        1
    }
    fn port_name(&self, _port: PortNo) -> String {
        "end".to_owned()
    }
    fn link_type(&self, _port: PortNo) -> LinkType {
        self.0
    }
    fn timers(&self) -> u32 {
        0
    }
    fn reasons(&self) -> &'static [Reason] {
        ALL
    }
    fn tables(&self) -> Vec<TableView> {
        Vec::new()
    }
    fn heap_bytes(&self) -> usize {
        0
    }
    fn boxed_clone(&self) -> Box<dyn Device> {
        Box::new(self.clone())
    }
}

const TUNNEL: DeviceId = DeviceId(0);
const LOCAL: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const PEER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);

/// Every kind, with the bytes an IP packet grows by (RFC 2003, RFC 2784, RFC 2890, RFC 8926; flannel; weave;
/// WireGuard §5.4.6).
fn kinds() -> Vec<(Format, u16)> {
    let key = Gre { key: Some(7), ..Gre::default() };
    let all = Gre { key: Some(7), checksum: true, sequence: true };
    vec![
        (Format::Ipip(Ipip), 20),
        (Format::Gre(Gre::default()), 24),
        (Format::Gre(key), 28),
        (Format::Gre(all), 36),
        (Format::Gretap(Gretap(Gre::default())), 38),
        (Format::Gretap(Gretap(key)), 42),
        (Format::Geneve(Geneve { vni: 42, options: 0, port: 6081 }), 50),
        (Format::Geneve(Geneve { vni: 42, options: 8, port: 6081 }), 58),
        (Format::Udp(Udp { port: 8285 }), 28),
        (Format::Wireguard(Wireguard { port: 51_820, mtu: 1_440 }), 60),
        (Format::Sleeve(Sleeve { port: 6783 }), 62),
    ]
}

fn config(format: Format, local: Ipv4Addr) -> TunnelConfig {
    let outer = Outer { local, ..Outer::default() };
    let mac = MacAddr([2, 0, 0, 0, 9, local.octets()[3]]);
    TunnelConfig { format, mac, outer, underlay_mtu: 1_500, learning: true, bridged: true }
}

#[derive(Debug)]
struct Bench {
    world: World,
    carries: LinkType,
}

impl Bench {
    fn new(config: TunnelConfig, remote: Ipv4Addr) -> Self {
        let carries = config.format.encapsulation().carries();
        let mut builder = WorldBuilder::new(1);
        let node = builder.node("h1", "Linux");
        builder.device(node, "h1/tun", Box::new(Tunnel::new(config))).unwrap();
        for (name, link, port) in [("in", carries, INNER), ("out", LinkType::Ip, OUTER)] {
            let end = builder.device(node, &format!("h1/{name}"), Box::new(End(link))).unwrap();
            builder.wire((TUNNEL, port), (end, PortNo(0))).unwrap();
        }
        let mut world = builder.build().unwrap();
        world.set_logging(true);
        let mut bench = Self { world, carries };
        bench.row(&[("remote", &remote.to_string())]).unwrap();
        bench
    }

    fn row(&mut self, cells: &[(&str, &str)]) -> Result<(), ChangeError> {
        let cells = cells.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let change = DeviceChange::AddRow { table: "peers".to_owned(), cells };
        self.world.apply("row", &Change::Device { device: TUNNEL, change })
    }

    /// Lets bytes arrive; what the tunnel said of them last, and what left it.
    fn put(&mut self, port: PortNo, bytes: &[u8]) -> (&'static str, Vec<Vec<u8>>) {
        let link = if port == INNER { self.carries } else { LinkType::Ip };
        self.world.apply("put", &Change::Inject { device: TUNNEL, port, link, bytes: bytes.to_vec() }).unwrap();
        let (mut said, mut left) = ("", Vec::new());
        while self.world.next_time() == Some(self.world.now()) && self.world.step() {
            for entry in self.world.log().entries() {
                let Entry::Decision { bytes, decision } = entry else { continue };
                if decision.reason == &TAKEN {
                    left.push(self.world.log().bytes(*bytes).to_vec());
                } else {
                    said = decision.reason.slug;
                }
            }
        }
        (said, left)
    }
}

/// What a tunnel carries: a packet of so many bytes, with an Ethernet header where it needs one.
fn cargo(carries: LinkType, len: usize, df: bool) -> Vec<u8> {
    let start = if carries == LinkType::Ip { 0 } else { ethernet::HEADER_LEN };
    let mut bytes = vec![0; start + len];
    if start > 0 {
        ethernet::write(&mut bytes, MacAddr([2, 0, 0, 0, 0, 2]), MacAddr([2, 0, 0, 0, 0, 1]), ethernet::IPV4);
    }
    let (src, dst) = (Ipv4Addr::new(10, 1, 0, 1), Ipv4Addr::new(10, 1, 0, 2));
    let header = ipv4::Send { src, dst, protocol: ipv4::UDP, ttl: 64, df, tos: 0, id: 1 };
    ipv4::write(&mut bytes[start..], &header, len);
    bytes
}

#[test]
fn every_kind_adds_what_its_specification_says_and_takes_it_off_again() {
    for (format, overhead) in kinds() {
        let encapsulation = format.encapsulation();
        let (name, carries, hop) = (encapsulation.name(), encapsulation.carries(), encapsulation.is_a_hop());
        assert_eq!(encapsulation.overhead(), overhead, "{name}");
        let mut bench = Bench::new(config(format.clone(), LOCAL), PEER);
        let mut other = Bench::new(config(format.clone(), PEER), LOCAL);
        for len in [20, 84, 96, 1_400] {
            let inner = cargo(carries, len, true);
            let (_, sent) = bench.put(INNER, &inner);
            let [outer] = &sent[..] else { panic!("{name}: one packet, not {}", sent.len()) };
            let ip = ipv4::check(outer).unwrap();
            // WireGuard pads to blocks of 16.
            let padding = if name == "wireguard" { len.next_multiple_of(16).min(1_440) - len } else { 0 };
            assert_eq!(ip.total_len, len + usize::from(overhead) + padding, "{name}, {len} bytes");
            assert_eq!((ip.src, ip.dst), (LOCAL, PEER), "{name}");
            let (said, out) = other.put(OUTER, outer);
            assert_eq!((said, out.len()), ("tunnel.unwrapped", 1), "{name}");
            let ttl_at = if carries == LinkType::Ip { 8 } else { 22 };
            assert_eq!(out[0][ttl_at], if hop { 62 } else { 64 }, "{name}");
            if !hop {
                assert_eq!(out[0], inner, "{name}: what is inside does not change");
            }
        }
    }
}

#[test]
fn a_tunnel_with_another_key_does_not_open_the_envelope() {
    let gre = |key| Format::Gre(Gre { key, ..Gre::default() });
    let checked = |checksum, sequence| Format::Gre(Gre { key: None, checksum, sequence });
    let geneve = |vni| Format::Geneve(Geneve { vni, options: 8, port: 6081 });
    let tap = Format::Gretap(Gretap(Gre::default()));
    for (here, there, expected) in [
        (gre(Some(7)), gre(Some(8)), "tunnel.other-key"),
        (gre(None), gre(Some(8)), "tunnel.other-key"),
        (gre(None), tap, "tunnel.other-content"),
        (geneve(42), geneve(43), "tunnel.other-key"),
        (checked(true, false), checked(false, false), "tunnel.other-flags"),
        (checked(false, false), checked(true, false), "tunnel.other-flags"),
        (checked(false, false), checked(false, true), "tunnel.other-flags"),
        (checked(false, true), checked(false, false), "tunnel.unwrapped"),
    ] {
        let mut bench = Bench::new(config(here, LOCAL), PEER);
        let mut other = Bench::new(config(there, PEER), LOCAL);
        let carries = bench.carries;
        let (_, sent) = bench.put(INNER, &cargo(carries, 84, true));
        assert_eq!(other.put(OUTER, &sent[0]).0, expected);
    }
}

#[test]
fn too_big_is_told_to_a_sender_that_forbade_fragments() {
    for (format, overhead) in kinds() {
        let name = format.encapsulation().name();
        let mut told = config(format, LOCAL);
        told.outer.df = Df::Set;
        let mut bench = Bench::new(told, PEER);
        let fits = 1_500 - usize::from(overhead);
        let carries = bench.carries;
        assert_eq!(
            bench.put(INNER, &cargo(carries, fits, true)).0,
            "tunnel.wrapped".replace("wrapped", if carries == LinkType::Ip { "wrapped" } else { "flooded" })
        );
        let (said, left) = bench.put(INNER, &cargo(carries, fits + 1, true));
        assert_eq!((said, left.len()), ("tunnel.too-big", 1), "{name}");
        let start = if carries == LinkType::Ip { 0 } else { 14 };
        let ip = ipv4::check(&left[0][start..]).unwrap();
        assert_eq!(ip.dst, Ipv4Addr::new(10, 1, 0, 1));
        assert_eq!(usize::from(icmp::check(&left[0][start + 20..]).unwrap().seq), fits, "{name}");
        let (said, left) = bench.put(INNER, &cargo(carries, fits + 1, false));
        assert_eq!((said, left.len()), ("tunnel.too-big", 0), "{name}: may be fragmented inside, but not outside");
    }
}

#[test]
fn the_longest_prefix_says_where_and_none_is_told() {
    let mut bench = Bench::new(config(Format::Ipip(Ipip), LOCAL), PEER);
    bench.row(&[("prefix", "10.1.0.0/24"), ("remote", "192.0.2.9")]).unwrap();
    bench.row(&[("prefix", "10.1.0.2/32"), ("remote", "192.0.2.8")]).unwrap();
    let to = |bench: &mut Bench, last: [u8; 4]| {
        let mut packet = cargo(LinkType::Ip, 84, true);
        packet[16..20].copy_from_slice(&last);
        packet[10..12].fill(0);
        let sum = crate::wire::checksum::finish(crate::wire::checksum::sum(&packet[..20]));
        packet[10..12].copy_from_slice(&sum.to_be_bytes());
        bench.put(INNER, &packet).1[0][19]
    };
    let answers = [[10, 1, 0, 2], [10, 1, 0, 3], [10, 2, 0, 1]].map(|last| to(&mut bench, last));
    assert_eq!(answers, [8, 9, 2]);
    let change = DeviceChange::DelRow { table: "peers".to_owned(), cells: vec![] };
    bench.world.apply("del", &Change::Device { device: TUNNEL, change }).unwrap();
    assert_eq!(bench.put(INNER, &cargo(LinkType::Ip, 84, true)).0, "tunnel.no-peer");
    for cells in [
        &[("remote", "x")][..],
        &[("prefix", "10.0.0.0/33"), ("remote", "192.0.2.2")],
        &[("mac", "02:00:00:00:00:01"), ("remote", "192.0.2.2")],
        &[],
    ] {
        assert!(bench.row(cells).is_err(), "{cells:?}");
    }
}

#[test]
fn frames_are_learned_from_and_then_go_to_one_end_only() {
    let mut bench = Bench::new(config(Format::Sleeve(Sleeve { port: 6783 }), LOCAL), PEER);
    bench.row(&[("remote", "192.0.2.3")]).unwrap();
    let frame = cargo(LinkType::Ethernet, 84, true);
    let (said, sent) = bench.put(INNER, &frame);
    assert_eq!((said, sent.len()), ("tunnel.flooded", 2));
    let mut other = Bench::new(config(Format::Sleeve(Sleeve { port: 6783 }), PEER), LOCAL);
    let mut answer = frame.clone();
    answer[..6].copy_from_slice(&frame[6..12]);
    answer[6..12].copy_from_slice(&frame[..6]);
    let (_, back) = other.put(INNER, &answer);
    assert_eq!(bench.put(OUTER, &back[0]).0, "tunnel.unwrapped");
    let (said, sent) = bench.put(INNER, &frame);
    assert_eq!((said, sent.len(), sent[0][19]), ("tunnel.wrapped", 1, 2));
}

#[test]
fn any_bytes_at_any_port_meet_a_fate() {
    let mut random = Stream::named(7, "tunnel");
    let fast = Format::Fastdp(Fastdp { port: 6784, sleeve: Sleeve { port: 6783 }, mtu: 1_376 });
    for format in kinds().into_iter().map(|(format, _)| format).chain([fast]) {
        let mut bench = Bench::new(config(format.clone(), LOCAL), PEER);
        let mut other = Bench::new(config(format, PEER), LOCAL);
        let carries = bench.carries;
        let (_, sent) = bench.put(INNER, &cargo(carries, 84, true));
        for len in 0..sent[0].len() {
            assert_ne!(other.put(OUTER, &sent[0][..len]).0, "tunnel.unwrapped", "{len} bytes");
        }
        for _ in 0..400 {
            let mut bytes = if random.chance(500_000) { sent[0].clone() } else { cargo(carries, 200, true) };
            for _ in 0..random.below(5) {
                let at = random.below(bytes.len() as u64) as usize;
                bytes[at] = random.bits() as u8;
            }
            bytes.truncate(random.below(bytes.len() as u64 + 1) as usize);
            let port = if random.chance(500_000) { INNER } else { OUTER };
            assert!(!other.put(port, &bytes).0.is_empty());
        }
    }
}
