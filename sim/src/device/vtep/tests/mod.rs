//! A bench: one VTEP with an end at each port, driven frame by frame, and what the VTEP said about each.

mod hostile;
mod inside;
mod misses;
mod outside;
mod too_big;

use std::fmt::Write as _;

use super::*;
use crate::engine::{Change, Entry, Value, Verdict, World, WorldBuilder};
use crate::id::DeviceId;

/// The end of a wire, for frames or for packets: takes everything. Its only setting arms a timer, which is how a test
/// lets time pass.
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
    fn change(&mut self, now: SimTime, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        if let DeviceChange::Set { value: Value::Span(span), .. } = change {
            out.arm(TimerKind(0), now + *span);
        }
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
        1
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

const VTEP: DeviceId = DeviceId(0);
const LOCAL: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const PEER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);
const OTHER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 3);

/// One VTEP, an end at its inner port and one at its outer port.
#[derive(Debug)]
struct Bench {
    world: World,
}

fn config() -> VtepConfig {
    let outer = crate::device::outer::Outer { local: LOCAL, ..Default::default() };
    VtepConfig { mac: station(99), vni: 42, outer, ..VtepConfig::default() }
}

const fn station(n: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, n])
}

/// A frame with an IPv4 packet of so many bytes, DF as asked for.
fn packet(src: u8, dst: MacAddr, len: usize, df: bool) -> Vec<u8> {
    let mut bytes = vec![0; ethernet::HEADER_LEN + len];
    ethernet::write(&mut bytes, dst, station(src), ethernet::IPV4);
    let (from, to) = (Ipv4Addr::new(10, 1, 0, src), Ipv4Addr::new(10, 1, 0, dst.0[5].max(1)));
    let header = ipv4::Send { src: from, dst: to, protocol: ipv4::UDP, ttl: 64, df, tos: 0, id: 1 };
    ipv4::write(&mut bytes[ethernet::HEADER_LEN..], &header, len);
    bytes
}

impl Bench {
    fn new(config: VtepConfig) -> Self {
        let mut builder = WorldBuilder::new(1);
        let node = builder.node("h1", "Linux");
        builder.device(node, "h1/vx", Box::new(Vtep::new(config))).unwrap();
        for (name, link, port) in [("in", LinkType::Ethernet, INNER), ("out", LinkType::Ip, OUTER)] {
            let end = builder.device(node, &format!("h1/{name}"), Box::new(End(link))).unwrap();
            builder.wire((VTEP, port), (end, PortNo(0))).unwrap();
        }
        let mut world = builder.build().unwrap();
        world.set_logging(true);
        Self { world }
    }

    fn row(&mut self, mac: MacAddr, remote: Ipv4Addr) {
        self.change("fdb", &[("mac", &mac.to_string()), ("remote", &remote.to_string())]).unwrap();
    }

    fn change(&mut self, table: &str, cells: &[(&str, &str)]) -> Result<(), ChangeError> {
        let cells = cells.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let change = DeviceChange::AddRow { table: table.to_owned(), cells };
        self.world.apply("row", &Change::Device { device: VTEP, change })
    }

    fn set(&mut self, field: &str, value: Value) -> Result<(), ChangeError> {
        let change = DeviceChange::Set { port: None, field: field.to_owned(), value };
        self.world.apply("set", &Change::Device { device: VTEP, change })
    }

    /// Lets bytes arrive and tells what the VTEP said and sent, as in `fdb-hit > outer` or `drop no-remote`.
    fn put(&mut self, port: PortNo, bytes: &[u8]) -> String {
        let link = if port == INNER { LinkType::Ethernet } else { LinkType::Ip };
        self.world.apply("put", &Change::Inject { device: VTEP, port, link, bytes: bytes.to_vec() }).unwrap();
        assert!(self.world.step());
        let said = self.told();
        self.drain();
        said
    }

    /// What the VTEP said in the last event.
    fn told(&self) -> String {
        let mut text = String::new();
        for (at, entry) in self.world.log().entries().iter().enumerate() {
            let Entry::Decision { decision, .. } = entry else { continue };
            let slug = decision.reason.slug.trim_start_matches("vxlan.");
            if !text.is_empty() {
                text.push_str(", ");
            }
            match decision.verdict {
                Verdict::Note => text.push_str(slug),
                Verdict::Drop => write!(text, "drop {slug}").unwrap(),
                Verdict::Consume => write!(text, "consume {slug}").unwrap(),
                _ => {
                    write!(text, "{slug} >").unwrap();
                    let port = |port: PortNo| if port == INNER { "inner" } else { "outer" };
                    self.world.log().ports(at).for_each(|at| write!(text, " {}", port(at)).unwrap());
                }
            }
        }
        text
    }

    /// Lets the ends take what waits for them, and keeps it out of the way.
    fn drain(&mut self) {
        self.kept().into_iter().for_each(drop);
    }

    /// What the ends take now.
    fn kept(&mut self) -> Vec<Vec<u8>> {
        let mut kept = Vec::new();
        while self.world.next_time() == Some(self.world.now()) && self.world.step() {
            let log = self.world.log();
            kept.extend(log.entries().iter().filter_map(|entry| match entry {
                Entry::Decision { bytes, decision } if decision.reason == &TAKEN => Some(log.bytes(*bytes).to_vec()),
                _ => None,
            }));
        }
        kept
    }

    /// Lets bytes arrive and returns what left the VTEP, by whatever port.
    fn through(&mut self, port: PortNo, bytes: &[u8]) -> Vec<Vec<u8>> {
        let link = if port == INNER { LinkType::Ethernet } else { LinkType::Ip };
        self.world.apply("put", &Change::Inject { device: VTEP, port, link, bytes: bytes.to_vec() }).unwrap();
        self.kept()
    }

    fn wait(&mut self, span: SimDuration) {
        let change = DeviceChange::Set { port: None, field: "wait".to_owned(), value: Value::Span(span) };
        self.world.apply("wait", &Change::Device { device: DeviceId(1), change }).unwrap();
        let until = self.world.now() + span;
        while self.world.now() < until && self.world.step() {}
    }

    /// The rows of the forwarding table: last byte of the address, last byte of the remote, kind.
    fn rows(&self) -> Vec<String> {
        let tables = self.world.device(VTEP).unwrap().tables();
        let row = |row: &crate::engine::TableRow| {
            let cells: Vec<String> = row.cells.iter().map(ToString::to_string).collect();
            format!("{} {} {}", &cells[0][15..], cells[1].rsplit('.').next().unwrap(), cells[4])
        };
        tables[usize::from(FDB)].rows.iter().map(row).collect()
    }
}

/// An outer packet from a host with a frame in it.
fn wrapped(from: Ipv4Addr, vni: u32, tos: u8, frame: &[u8]) -> Vec<u8> {
    let len = 36 + frame.len();
    let mut bytes = vec![0; len];
    bytes[36..].copy_from_slice(frame);
    vxlan::write(&mut bytes[28..], vni);
    udp::write(&mut bytes[20..], (from, 40_000), (LOCAL, 4789));
    ipv4::write(&mut bytes, &ipv4::Send { src: from, dst: LOCAL, protocol: 17, ttl: 60, df: false, tos, id: 5 }, len);
    bytes
}
