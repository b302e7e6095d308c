//! Stations that talk by lot, and a network of them in which everything happens: switches with and without VLANs, a
//! hub, internal wires, narrow queues, loss, and whatever faults a test adds.

use overunder_sim::device::bridge::{Bridge, BridgeConfig, PortConfig, PortVlan, WhenFull};
use overunder_sim::engine::world::Flow;
use overunder_sim::engine::{
    CableConfig, Change, ChangeError, Device, DeviceChange, Outbox, TableView, TimerKind, Value, When, WorldBuilder,
};
use overunder_sim::explain::Reason;
use overunder_sim::id::{CableId, DeviceId, FlowId, NodeId, PortNo};
use overunder_sim::rng::Stream;
use overunder_sim::time::{SimDuration, SimTime};
use overunder_sim::wire::{Frame, LinkType, MacAddr, Origin, ethernet};

overunder_sim::reasons! {
    /// For this station.
    MINE = "talker.mine" {
        en: "mine", zh: "给我的", because: "It is addressed to this station.", because_zh: "目的是本站。", source: "model choice",
    }
    /// Answered.
    ANSWERED = "talker.answered" {
        en: "answered", zh: "已回答", because: "Some frames are answered.", because_zh: "有些帧会得到回答。", source: "model choice",
    }
    /// For somebody else.
    NOT_MINE = "talker.not-mine" {
        en: "not mine", zh: "不是给我的", because: "It is for somebody else.", because_zh: "目的是别人。", source: "model choice",
    }
    /// Made here.
    SPOKEN = "talker.spoken" {
        en: "spoken", zh: "发言", because: "It was its turn.", because_zh: "轮到它了。", source: "model choice",
    }
    /// Passed through.
    PASSED = "relay.passed" {
        en: "passed", zh: "通过", because: "A relay passes everything.", because_zh: "中继什么都通过。", source: "model choice",
    }
}

/// Stations of the network.
pub const STATIONS: u16 = 9;

pub fn mac(station: u16) -> MacAddr {
    let [high, low] = station.to_be_bytes();
    MacAddr([2, 0, 0, 0, high, low])
}

/// A station that sends so many frames to others by lot and answers some.
#[derive(Clone, Debug)]
pub struct Talker {
    station: u16,
    left: u32,
    flow: FlowId,
    random: Option<Stream>,
}

impl Talker {
    fn speak(&mut self, dst: MacAddr, len: usize, out: &mut Outbox<'_>) {
        let mut frame = out.mint(len, LinkType::Ethernet, Origin::of(self.flow));
        ethernet::write(frame.bytes_mut(), dst, mac(self.station), ethernet::EXPERIMENTAL);
        out.flow_sent(self.flow);
        out.send(PortNo(0), frame, &SPOKEN);
    }
}

impl Device for Talker {
    fn receive(&mut self, _now: SimTime, _port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        let (src, dst) = (ethernet::src(frame.bytes()), ethernet::dst(frame.bytes()));
        let own = dst == Some(mac(self.station));
        out.flow_received(self.flow, frame.len(), None);
        match src.filter(|_| own && frame.len().is_multiple_of(4)) {
            Some(src) => {
                out.consume(frame, &ANSWERED);
                self.speak(src, 61, out);
            }
            None if own || dst == Some(MacAddr::BROADCAST) => out.deliver(frame, &MINE),
            None => out.drop(frame, &NOT_MINE),
        }
    }

    fn timer(&mut self, now: SimTime, _kind: TimerKind, out: &mut Outbox<'_>) {
        let Some(left) = self.left.checked_sub(1) else { return out.flow_finished(self.flow) };
        self.left = left;
        let mut random = self.random.take().unwrap_or_else(|| out.stream("talk"));
        let to = random.below(u64::from(STATIONS) + 2) as u16;
        let dst = if to == STATIONS { MacAddr::BROADCAST } else { mac(to) };
        let len = 60 + random.below(400) as usize;
        let pause = SimDuration(random.below(20_000));
        self.random = Some(random);
        self.speak(dst, len, out);
        out.arm(TimerKind(0), now + pause);
    }

    fn start_flow(&mut self, now: SimTime, flow: FlowId, out: &mut Outbox<'_>) {
        self.flow = flow;
        out.arm(TimerKind(0), now + SimDuration(1));
    }
    fn stop_flow(&mut self, _now: SimTime, _flow: FlowId, out: &mut Outbox<'_>) {
        out.disarm(TimerKind(0));
    }
    fn change(&mut self, _now: SimTime, _change: &DeviceChange, _out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        Err(ChangeError::Missing { what: "setting", number: 0 })
    }
    fn kind(&self) -> &'static str {
        "talker"
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
        100
    }
    fn boxed_clone(&self) -> Box<dyn Device> {
        Box::new(self.clone())
    }
}

/// Passes everything from one port to the other, as a cable plugged into a node does.
#[derive(Clone, Debug)]
pub struct Relay;

impl Device for Relay {
    fn receive(&mut self, _now: SimTime, port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        out.forward(PortNo(1 - port.0), frame, &PASSED);
    }
    fn timer(&mut self, _now: SimTime, _kind: TimerKind, _out: &mut Outbox<'_>) {}
    fn change(&mut self, _now: SimTime, _change: &DeviceChange, _out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        Err(ChangeError::Missing { what: "setting", number: 0 })
    }
    fn kind(&self) -> &'static str {
        "relay"
    }
    fn ports(&self) -> u16 {
        2
    }
    fn port_name(&self, port: PortNo) -> String {
        port.to_string()
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

/// The switches: an ordinary one, one with VLANs, and a hub. Port 0 leads to the next, ports 1 to 3 to stations.
fn switch(number: u16) -> BridgeConfig {
    let mut ports: Vec<PortConfig> = (0..5).map(|port| PortConfig::named(port.to_string())).collect();
    ports[2].isolated = number == 0;
    ports[3].isolated = number == 0;
    let trunk = || PortVlan::Trunk { native: Some(1), allowed: vec![1, 2] };
    (ports[0].vlan, ports[4].vlan, ports[3].vlan) = (trunk(), trunk(), PortVlan::Access(2));
    BridgeConfig {
        ports,
        learning: number != 2,
        vlan_filtering: number == 1,
        capacity: Some(6),
        when_full: if number == 0 { WhenFull::EvictOldest } else { WhenFull::RefuseNew },
        ageing: SimDuration::from_us(300),
        ..BridgeConfig::default()
    }
}

/// Three switches in a row with three stations each, which send `frames` frames each. Devices 0 to 2 are the
/// switches, nodes likewise; every station is a node with a relay and a talker; cable 0 joins the first two switches.
pub fn network(seed: u64, frames: u32, loss_ppm: u32) -> WorldBuilder {
    let mut builder = WorldBuilder::new(seed);
    let config = CableConfig {
        rate_bps: 1_000_000_000,
        delay: SimDuration(700),
        queue_bytes: 1_500,
        loss_ppm,
        ..CableConfig::default()
    };
    for number in 0..3 {
        let node = builder.node(&format!("sw{number}"), "Switch");
        builder.device(node, &format!("sw{number}"), Box::new(Bridge::new(switch(number)))).unwrap();
    }
    for number in 0..2 {
        let ends = ((DeviceId(number), PortNo(4)), (DeviceId(number + 1), PortNo(0)));
        builder.cable(&format!("sw{number}--sw{}", number + 1), ends.0, ends.1, config.clone()).unwrap();
    }
    for station in 0..STATIONS {
        let node = builder.node(&format!("h{station}"), "Host");
        let relay = builder.device(node, &format!("h{station}/eth0"), Box::new(Relay)).unwrap();
        let talker = Talker { station, left: frames, flow: FlowId::NONE, random: None };
        let home = builder.device(node, &format!("h{station}/app"), Box::new(talker)).unwrap();
        builder.wire((relay, PortNo(0)), (home, PortNo(0))).unwrap();
        let (switch, port) = (DeviceId(u32::from(station / 3)), PortNo(1 + station % 3));
        builder.cable(&format!("h{station}--sw"), (relay, PortNo(1)), (switch, port), config.clone()).unwrap();
        let flow = Flow { name: format!("f{station}"), from: format!("h{station}"), to: String::new(), home };
        builder.flow(flow, When::At(SimTime(u64::from(station) * 10)));
    }
    builder
}

/// A change drawn by lot; some are refused.
pub fn draw(random: &mut Stream) -> Change {
    let number = |random: &mut Stream, bound| random.below(bound) as u32;
    let up = random.chance(700_000);
    match random.below(8) {
        0 | 1 => Change::Carrier { cable: CableId(number(random, 12)), up },
        2 => Change::Power { node: NodeId(number(random, 13)), up },
        3 => Change::Loss { cable: CableId(number(random, 11)), ppm: number(random, 200_000), of: None },
        4 => {
            let bytes = (0..random.below(80)).map(|_| random.bits() as u8).collect();
            super::inject(DeviceId(number(random, 21)), number(random, 3) as u16, bytes)
        }
        5 => Change::Device {
            device: DeviceId(number(random, 5)),
            change: DeviceChange::Flush { table: "fdb".to_owned() },
        },
        6 => super::tell(DeviceId(number(random, 3)), "isolated", number(random, 6) as u16, Value::Flag(up)),
        _ => {
            let flow = FlowId(number(random, 10) as u16);
            if up { Change::Start(flow) } else { Change::Stop(flow) }
        }
    }
}
