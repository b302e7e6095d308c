//! A bench: one switch with an end at every port, driven frame by frame, and what the switch said about each.

mod ageing;
mod change;
mod flooding;
mod full;
mod hostile;
mod learning;
mod security;
mod snooping;
mod vlan;

use std::fmt::Write as _;

use super::*;
use crate::engine::{CableConfig, Change, Entry, Value, Verdict, World, WorldBuilder};
use crate::id::{CableId, DeviceId, NodeId};
use crate::wire::LinkType;

/// The end of a cable: takes every frame. Its only setting arms a timer, which is how a test lets time pass.
#[derive(Clone, Debug)]
struct End;

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
        "eth0".to_owned()
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

/// One switch, one end at each of its ports.
#[derive(Clone, Debug)]
struct Bench {
    world: World,
    switch: DeviceId,
    cables: Vec<CableId>,
}

impl Bench {
    fn new(config: BridgeConfig) -> Self {
        let ports = config.ports.len() as u16;
        let mut builder = WorldBuilder::new(1);
        let node = builder.node("sw", "Switch");
        let switch = builder.device(node, "sw", Box::new(Bridge::new(config))).unwrap();
        let mut cables = Vec::new();
        for port in 0..ports {
            let node = builder.node(&format!("h{port}"), "Host");
            let end = builder.device(node, &format!("h{port}"), Box::new(End)).unwrap();
            // Nothing may be lost on the way out: what the switch says is the subject.
            let config = CableConfig { queue_bytes: u64::MAX, ..CableConfig::default() };
            let cable = builder.cable(&format!("h{port}--sw"), (end, PortNo(0)), (switch, PortNo(port)), config);
            cables.push(cable.unwrap());
        }
        let mut world = builder.build().unwrap();
        world.set_logging(true);
        Self { world, switch, cables }
    }

    /// A switch with so many ordinary ports.
    fn plain(ports: u16) -> Self {
        Self::new(config(ports))
    }

    /// Lets a frame arrive and tells what the switch said: notes first, then the frame's fate, as in
    /// `learned, flood-unknown > 1 2` or `drop same-port`.
    fn put(&mut self, port: u16, bytes: &[u8]) -> String {
        self.inject(port, bytes);
        self.told()
    }

    /// Lets a frame from station `src` to station `dst` arrive.
    fn send(&mut self, port: u16, src: u16, dst: u16) -> String {
        self.put(port, &frame(station(src), station(dst)))
    }

    fn inject(&mut self, port: u16, bytes: &[u8]) {
        let (device, bytes) = (self.switch, bytes.to_vec());
        let change = Change::Inject { device, port: PortNo(port), link: LinkType::Ethernet, bytes };
        self.world.apply("inject", &change).unwrap();
        assert!(self.world.step());
    }

    /// What the switch said in the last event.
    fn told(&self) -> String {
        let mut text = String::new();
        for (at, entry) in self.world.log().entries().iter().enumerate() {
            let Entry::Decision { decision, .. } = entry else { continue };
            let slug = decision.reason.slug.trim_start_matches("bridge.");
            if !text.is_empty() {
                text.push_str(", ");
            }
            match decision.verdict {
                Verdict::Note => text.push_str(slug),
                Verdict::Drop => write!(text, "drop {slug}").unwrap(),
                _ => {
                    write!(text, "{slug} >").unwrap();
                    self.world.log().ports(at).for_each(|port| write!(text, " {port}").unwrap());
                }
            }
        }
        text
    }

    /// The bytes that left by a port in the last event.
    fn left_by(&self, port: u16) -> Option<Vec<u8>> {
        let log = self.world.log();
        log.entries().iter().enumerate().find_map(|(at, entry)| match entry {
            Entry::Decision { bytes, .. } if log.ports(at).any(|out| out.0 == port) => Some(log.bytes(*bytes).to_vec()),
            _ => None,
        })
    }

    /// The number given with the frame's fate in the last event.
    fn number(&self) -> u64 {
        let mut decisions = self.world.log().entries().iter().filter_map(|entry| match entry {
            Entry::Decision { decision, .. } if decision.verdict != Verdict::Note => Some(decision.n),
            _ => None,
        });
        decisions.next_back().unwrap()
    }

    /// How the table changed in the last event: `+` and `-` and `~` with the last byte of the address.
    fn rows_told(&self) -> String {
        let rows = self.world.log().entries().iter().filter_map(|entry| match entry {
            Entry::Row { row, change, .. } => Some((row.key as u16, *change)),
            _ => None,
        });
        let sign = |change| match change {
            RowChange::Added => '+',
            RowChange::Changed => '~',
            RowChange::Removed => '-',
        };
        rows.map(|(station, change)| format!("{}{station}", sign(change))).collect::<Vec<_>>().join(" ")
    }

    fn apply(&mut self, change: &Change) -> Result<(), ChangeError> {
        self.world.apply("change", change)
    }

    fn change(&mut self, change: DeviceChange) -> Result<(), ChangeError> {
        self.apply(&Change::Device { device: self.switch, change })
    }

    fn set(&mut self, port: Option<u16>, field: &str, value: Value) -> Result<(), ChangeError> {
        self.change(DeviceChange::Set { port: port.map(PortNo), field: field.to_owned(), value })
    }

    fn carrier(&mut self, port: u16, up: bool) {
        self.apply(&Change::Carrier { cable: self.cables[usize::from(port)], up }).unwrap();
    }

    fn power(&mut self, up: bool) {
        self.apply(&Change::Power { node: NodeId(0), up }).unwrap();
    }

    /// Runs everything that is due in the next `span`; afterwards that much time has passed.
    fn wait(&mut self, span: SimDuration) {
        let target = self.world.now() + span;
        let tick = DeviceChange::Set { port: None, field: "tick".to_owned(), value: Value::Span(span) };
        self.apply(&Change::Device { device: DeviceId(1), change: tick }).unwrap();
        while self.world.step_by(target) {}
        assert_eq!(self.world.now(), target);
    }

    /// Rows of the forwarding table as `station@port kind`, in the order shown.
    fn fdb(&self) -> Vec<String> {
        let table = &self.tables()[0];
        let cell = |row: &crate::engine::TableRow, name| row.cells[table.column(name).unwrap()].to_string();
        let line = |row| format!("{}@{} {}", short(&cell(row, "mac")), cell(row, "port"), cell(row, "kind"));
        table.rows.iter().map(line).collect()
    }

    fn tables(&self) -> Vec<TableView> {
        self.world.device(self.switch).unwrap().tables()
    }

    /// A cell of the table of ports.
    fn port(&self, port: u16, column: &str) -> String {
        let table = &self.tables()[1];
        table.rows[usize::from(port)].cells[table.column(column).unwrap()].to_string()
    }

    /// How often the switch gave a reason.
    fn count(&self, reason: Reason) -> u64 {
        let counts = self.world.reason_counts(self.switch);
        counts.iter().find(|(given, _)| *given == reason).map_or(0, |(_, n)| *n)
    }
}

/// So many ports named 1, 2, 3.
fn config(ports: u16) -> BridgeConfig {
    let ports = (1..=ports).map(|name| PortConfig::named(name.to_string())).collect();
    BridgeConfig { ports, ..BridgeConfig::default() }
}

/// A configuration whose ports were edited.
fn with_ports(ports: u16, edit: impl Fn(u16, &mut PortConfig)) -> BridgeConfig {
    let mut config = config(ports);
    config.ports.iter_mut().enumerate().for_each(|(at, port)| edit(at as u16, port));
    config
}

fn station(number: u16) -> MacAddr {
    let [high, low] = number.to_be_bytes();
    MacAddr([2, 0, 0, 0, high, low])
}

/// The number of a station from its address.
fn short(mac: &str) -> u64 {
    mac.parse::<MacAddr>().unwrap().key() & 0xffff
}

fn frame(src: MacAddr, dst: MacAddr) -> Vec<u8> {
    let mut bytes = vec![0; 60];
    ethernet::write(&mut bytes, dst, src, ethernet::EXPERIMENTAL);
    bytes
}

/// The same frame with an 802.1Q tag.
fn tagged(src: MacAddr, dst: MacAddr, tci: u16) -> Vec<u8> {
    let mut bytes = frame(src, dst);
    let [high, low] = tci.to_be_bytes();
    bytes.splice(12..12, [0x81, 0x00, high, low]);
    bytes
}

fn secs(n: u64) -> SimDuration {
    SimDuration::from_secs(n)
}

#[test]
fn the_list_of_reasons_is_in_the_order_of_their_numbers() {
    for (place, reason) in why::ALL.iter().enumerate() {
        assert_eq!(usize::from(reason.index), place, "{reason}");
    }
    let bench = Bench::plain(2);
    assert_eq!(bench.world.device(bench.switch).unwrap().reasons(), why::ALL);
}
