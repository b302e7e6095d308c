//! A bench: one stack with an end at each interface, driven frame by frame, and what the stack said about each.

mod arp;
mod change;
mod fragments;
mod groups;
mod hostile;
mod ip;
mod multipath;
mod neigh_timers;
mod notebook;
mod reverse;
mod routes;
mod tunnels;
mod udp_icmp;

use std::fmt::Write as _;

use super::*;
use crate::engine::{Change, DeviceChange, Entry, FlowStats, Value, Verdict, When, World, WorldBuilder};
use crate::engine::{TableView, world::Flow};
use crate::id::{DeviceId, NodeId};
use crate::time::SimDuration;
use crate::wire::arp::{Arp, Operation};
use crate::wire::{LinkType, MacAddr, ethernet, udp};
use notebook::{Notebook, Say};
use std::net::Ipv4Addr;

const OWN: MacAddr = station(1);

/// The end of a wire: takes every frame. Its only setting arms a timer, which is how a test lets time pass.
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
        "end".to_owned()
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

/// A frame the stack sent.
#[derive(Clone, Debug, PartialEq)]
struct Sent {
    time: SimTime,
    port: PortNo,
    bytes: Vec<u8>,
}

/// One stack, an end at each interface.
#[derive(Clone, Debug)]
struct Bench {
    world: World,
    sent: Vec<Sent>,
}

/// The stack is the first device of a bench.
const STACK: DeviceId = DeviceId(0);

impl Bench {
    /// A stack with one application a flow, none of which starts by itself, and one listener for each of `serve`.
    fn with(config: StackConfig, flows: Vec<Box<dyn App>>, serve: Vec<Box<dyn App>>) -> Self {
        Self::seeded(1, config, flows, serve)
    }

    fn seeded(seed: u64, config: StackConfig, flows: Vec<Box<dyn App>>, serve: Vec<Box<dyn App>>) -> Self {
        let mut builder = WorldBuilder::new(seed);
        let interfaces = config.interfaces.len() as u16;
        let tunnels = config.tunnels.len() as u16;
        let mut stack = Stack::new(config);
        for at in 0..tunnels {
            stack.listen(PortNo(interfaces + at), Listen::Udp { port: 4_789, vni: None });
        }
        let count = flows.len() as u16;
        flows.into_iter().enumerate().for_each(|(at, app)| stack.add_app(FlowId(at as u16), app));
        for app in serve {
            stack.add_app(FlowId::NONE, app);
        }
        let node = builder.node("h", "Host");
        builder.device(node, "h", Box::new(stack)).unwrap();
        for port in 0..interfaces {
            let end = builder.device(node, &format!("end{port}"), Box::new(End)).unwrap();
            builder.wire((STACK, PortNo(port)), (end, PortNo(0))).unwrap();
        }
        for at in 0..count {
            let flow = Flow { name: format!("f{at}"), from: "h".to_owned(), to: String::new(), home: STACK };
            builder.flow(flow, When::Event(u32::MAX));
        }
        let mut world = builder.build().unwrap();
        world.set_logging(true);
        Self { world, sent: Vec::new() }
    }

    /// The usual stack with a notebook that sends one datagram to 10.0.0.`to` whenever it is started.
    fn talking_to(to: u8) -> Self {
        Self::with(config(), vec![Notebook::says(Say::Udp { to: ip(to), port: 9, len: 5 })], Vec::new())
    }

    /// The usual stack, on which nothing runs.
    fn plain() -> Self {
        Self::with(config(), Vec::new(), Vec::new())
    }

    /// Lets a frame arrive and tells what the stack said until nothing more was to be done at once: notes, fates and
    /// what was sent, as in `use arp.asked, send arp.reply`.
    fn put(&mut self, bytes: &[u8]) -> String {
        self.put_at(0, bytes)
    }

    fn put_at(&mut self, port: u16, bytes: &[u8]) -> String {
        let change =
            Change::Inject { device: STACK, port: PortNo(port), link: LinkType::Ethernet, bytes: bytes.to_vec() };
        self.apply(&change).unwrap();
        self.settle()
    }

    /// Starts a flow and tells what the stack said.
    fn start(&mut self, flow: u16) -> String {
        self.apply(&Change::Start(FlowId(flow))).unwrap();
        let told = self.told();
        join(told, self.settle())
    }

    /// Does everything that is due at this very moment.
    fn settle(&mut self) -> String {
        let mut text = String::new();
        while self.world.next_time() == Some(self.world.now()) && self.world.step() {
            text = join(text, self.told());
        }
        text
    }

    /// Does everything that is due in the next `span`; afterwards that much time has passed.
    fn wait(&mut self, span: SimDuration) -> String {
        let target = self.world.now() + span;
        let tick = DeviceChange::Set { port: None, field: "tick".to_owned(), value: Value::Span(span) };
        self.apply(&Change::Device { device: DeviceId(1), change: tick }).unwrap();
        let mut text = String::new();
        while self.world.next_time().is_some_and(|next| next <= target) && self.world.step() {
            text = join(text, self.told());
        }
        assert_eq!(self.world.now(), target);
        text
    }

    /// What the stack said in the last event; frames that it sent are kept.
    fn told(&mut self) -> String {
        let mut text = String::new();
        for (at, entry) in self.world.log().entries().iter().enumerate() {
            let Entry::Decision { decision, bytes } = entry else { continue };
            // Behind the port of a tunnel there is nothing on this bench.
            if decision.device != STACK || decision.reason.slug == "port.not-wired" {
                continue;
            }
            let word = match decision.verdict {
                Verdict::Note => "",
                Verdict::Drop => "drop ",
                Verdict::Consume => "use ",
                Verdict::Deliver => "give ",
                Verdict::Send => "send ",
                Verdict::Forward => "pass ",
                other => panic!("a stack does not {}", other.name()),
            };
            if matches!(decision.verdict, Verdict::Send | Verdict::Forward) {
                let port = self.world.log().ports(at).next().unwrap();
                let bytes = self.world.log().bytes(*bytes).to_vec();
                self.sent.push(Sent { time: decision.time, port, bytes });
            }
            let comma = if text.is_empty() { "" } else { ", " };
            write!(text, "{comma}{word}{}", decision.reason.slug).unwrap();
        }
        text
    }

    /// The frames sent since this was last asked.
    fn sent(&mut self) -> Vec<Sent> {
        std::mem::take(&mut self.sent)
    }

    /// The only frame sent since this was last asked.
    fn sent_one(&mut self) -> Vec<u8> {
        let mut sent = self.sent();
        assert_eq!(sent.len(), 1, "{sent:?}");
        sent.remove(0).bytes
    }

    fn apply(&mut self, change: &Change) -> Result<(), ChangeError> {
        self.world.apply("test", change)
    }

    fn change(&mut self, change: DeviceChange) -> Result<(), ChangeError> {
        let done = self.apply(&Change::Device { device: STACK, change });
        self.told();
        done
    }

    fn set(&mut self, field: &str, value: Value) -> Result<(), ChangeError> {
        self.change(DeviceChange::Set { port: None, field: field.to_owned(), value })
    }

    fn add(&mut self, table: &str, row: &[(&str, &str)]) -> Result<(), ChangeError> {
        self.change(DeviceChange::AddRow { table: table.to_owned(), cells: cells(row) })
    }

    fn delete(&mut self, table: &str, row: &[(&str, &str)]) -> Result<(), ChangeError> {
        self.change(DeviceChange::DelRow { table: table.to_owned(), cells: cells(row) })
    }

    fn power(&mut self, up: bool) {
        self.apply(&Change::Power { node: NodeId(0), up }).unwrap();
    }

    fn tables(&self) -> Vec<TableView> {
        self.world.device(STACK).unwrap().tables()
    }

    fn table(&self, name: &str) -> TableView {
        self.tables().into_iter().find(|table| table.name == name).unwrap()
    }

    /// Rows of a table, cells separated by blanks.
    fn rows(&self, table: &str) -> Vec<String> {
        let line =
            |row: crate::engine::TableRow| row.cells.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        self.table(table).rows.into_iter().map(line).collect()
    }

    /// Neighbours as `2 STALE 3`: last byte of the address, state, last byte of the hardware address if known.
    fn neigh(&self) -> Vec<String> {
        let line = |row: crate::engine::TableRow| match &row.cells[..] {
            [crate::engine::Cell::Ip(ip), crate::engine::Cell::Mac(mac), _, state, _] => {
                format!("{} {state} {}", ip.octets()[3], mac.0[5])
            }
            [crate::engine::Cell::Ip(ip), _, _, state, _] => format!("{} {state}", ip.octets()[3]),
            other => panic!("{other:?}"),
        };
        self.table("neigh").rows.into_iter().map(line).collect()
    }

    /// What the notebooks of this stack wrote down.
    fn notes(&self) -> Vec<String> {
        let notes = self.tables().into_iter().filter(|table| table.name == "notes");
        notes.flat_map(|table| table.rows).map(|row| row.cells[0].to_string()).collect()
    }

    fn stats(&self, flow: u16) -> &FlowStats {
        self.world.flow_stats(FlowId(flow)).unwrap()
    }

    /// How often the stack gave a reason.
    fn count(&self, reason: Reason) -> u64 {
        self.world.reason_counts(STACK).iter().find(|(given, _)| *given == reason).map_or(0, |(_, n)| *n)
    }
}

fn join(a: String, b: String) -> String {
    match (a.is_empty(), b.is_empty()) {
        (_, true) => a,
        (true, _) => b,
        _ => format!("{a}, {b}"),
    }
}

fn cells(row: &[(&str, &str)]) -> Vec<(String, String)> {
    row.iter().map(|(column, value)| ((*column).to_owned(), (*value).to_owned())).collect()
}

/// 10.0.0.1/24 on one interface.
fn config() -> StackConfig {
    StackConfig { interfaces: vec![interface("eth0", 1, Ipv4Addr::new(10, 0, 0, 1))], ..StackConfig::default() }
}

/// The same, and 10.1.0.1/24 on a second interface; forwards between the two.
fn router() -> StackConfig {
    let second = interface("eth1", 11, Ipv4Addr::new(10, 1, 0, 1));
    let interfaces = vec![interface("eth0", 1, ip(1)), second];
    StackConfig { interfaces, forwarding: true, ..StackConfig::default() }
}

fn interface(name: &str, number: u8, ip: Ipv4Addr) -> InterfaceConfig {
    InterfaceConfig {
        name: name.to_owned(),
        mac: station(number),
        mtu: 1500,
        addresses: vec![(ip, 24)],
        ..InterfaceConfig::default()
    }
}

const fn station(number: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, number])
}

const fn ip(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 0, 0, last)
}

fn secs(n: u64) -> SimDuration {
    SimDuration::from_secs(n)
}

fn ms(n: u64) -> SimDuration {
    SimDuration::from_ms(n)
}

/// An ARP frame.
fn arp(dst: MacAddr, arp: Arp) -> Vec<u8> {
    let mut bytes = vec![0; 42];
    ethernet::write(&mut bytes, dst, arp.sha, ethernet::ARP);
    arp.write(&mut bytes[14..]);
    bytes
}

/// Station and host `from` asks everybody for 10.0.0.`target`.
fn ask(from: u8, target: u8) -> Vec<u8> {
    let (sha, spa, tha, tpa) = (station(from), ip(from), MacAddr::ZERO, ip(target));
    arp(MacAddr::BROADCAST, Arp { op: Operation::Request, sha, spa, tha, tpa })
}

/// Station `mac` tells this host alone that it has 10.0.0.`last`.
fn answer(mac: u8, last: u8) -> Vec<u8> {
    let (sha, spa, tha, tpa) = (station(mac), ip(last), OWN, ip(1));
    arp(OWN, Arp { op: Operation::Reply, sha, spa, tha, tpa })
}

/// What the ARP frame says, if it is one.
fn read_arp(bytes: &[u8]) -> Option<(MacAddr, Arp)> {
    let is_arp = ethernet::ethertype(bytes) == Some(ethernet::ARP);
    is_arp.then(|| (ethernet::dst(bytes).unwrap(), Arp::parse(&bytes[14..]).unwrap()))
}

/// An IPv4 packet in an Ethernet frame.
#[derive(Clone, Debug)]
struct Packet {
    from: MacAddr,
    to: MacAddr,
    src: Ipv4Addr,
    dst: Ipv4Addr,
    protocol: u8,
    ttl: u8,
    df: bool,
    tos: u8,
    payload: Vec<u8>,
}

impl Packet {
    /// From host 2 to this host.
    fn new(protocol: u8, payload: Vec<u8>) -> Self {
        Self { from: station(2), to: OWN, src: ip(2), dst: ip(1), protocol, ttl: 64, df: true, tos: 0, payload }
    }

    fn bytes(&self) -> Vec<u8> {
        let total = ipv4::HEADER_LEN + self.payload.len();
        let mut bytes = vec![0; ethernet::HEADER_LEN + total];
        ethernet::write(&mut bytes, self.to, self.from, ethernet::IPV4);
        bytes[34..].copy_from_slice(&self.payload);
        let Self { src, dst, protocol, ttl, df, tos, .. } = *self;
        ipv4::write(&mut bytes[14..], &ipv4::Send { src, dst, protocol, ttl, df, tos, id: 7 }, total);
        bytes
    }
}

/// An ICMP echo with so many bytes of payload.
fn echo(kind: u8, id: u16, seq: u16, len: usize) -> Vec<u8> {
    let mut bytes = vec![0x5a; icmp::HEADER_LEN + len];
    icmp::write(&mut bytes, icmp::Header { kind, code: 0, id, seq });
    bytes
}

/// An echo request from host 2.
fn echo_request() -> Packet {
    Packet::new(ipv4::ICMP, echo(icmp::ECHO_REQUEST, 77, 3, 10))
}

/// A datagram with so many bytes of payload.
fn datagram(from: (Ipv4Addr, u16), to: (Ipv4Addr, u16), len: usize) -> Vec<u8> {
    let mut bytes = vec![0x5a; udp::HEADER_LEN + len];
    udp::write(&mut bytes, from, to);
    bytes
}

#[test]
fn the_list_of_reasons_is_in_the_order_of_their_numbers() {
    for (place, reason) in why::WHOLE.iter().enumerate() {
        assert_eq!(usize::from(reason.index), place, "{reason}");
    }
    assert_eq!(Bench::plain().world.device(STACK).unwrap().reasons(), why::WHOLE);
}
