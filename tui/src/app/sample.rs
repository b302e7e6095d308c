//! Networks for the tests of this package, built by hand.

use std::net::Ipv4Addr;

use overunder_sim::app::{mac_flood::MacFloodConfig, ping::PingConfig};
use overunder_sim::device::bridge::{BridgeConfig, PortConfig};
use overunder_sim::device::nic::NicConfig;
use overunder_sim::engine::{CableConfig, When};
use overunder_sim::id::{DeviceId, NodeId, PortNo};
use overunder_sim::plan::{AppSpec, Bilingual, DeviceSpec, Op, Plan};
use overunder_sim::stack::{InterfaceConfig, StackConfig};
use overunder_sim::time::{SimDuration, SimTime};
use overunder_sim::wire::MacAddr;

/// Puts hosts and switches into a plan and remembers their numbers.
pub struct Builder {
    pub plan: Plan,
    nodes: u32,
    devices: u32,
    hosts: u16,
    prefix: u8,
}

impl Builder {
    pub fn new() -> Self {
        Self { plan: Plan { seed: 7, steps: Vec::new() }, nodes: 0, devices: 0, hosts: 0, prefix: 24 }
    }

    fn push(&mut self, op: Op) {
        self.plan.push(op, Bilingual::new("for a test", "用于测试"));
    }

    fn node(&mut self, name: &str, kind: &'static str) -> NodeId {
        self.push(Op::Node { name: name.to_owned(), kind });
        self.nodes += 1;
        NodeId(self.nodes - 1)
    }

    fn device(&mut self, node: NodeId, name: &str, spec: DeviceSpec) -> DeviceId {
        self.push(Op::Device { node, name: name.to_owned(), spec });
        self.devices += 1;
        DeviceId(self.devices - 1)
    }

    /// A switch with so many ports, named from 1; rows its table holds.
    pub fn switch(&mut self, name: &str, ports: u16, capacity: Option<u32>) -> DeviceId {
        let node = self.node(name, "Switch");
        let ports = (1..=ports).map(|n| PortConfig::named(n.to_string())).collect();
        self.device(node, name, DeviceSpec::Bridge(BridgeConfig { ports, capacity, ..BridgeConfig::default() }))
    }

    /// A host with the next address; its network card and its stack.
    pub fn host(&mut self, name: &str) -> (DeviceId, DeviceId) {
        self.hosts += 1;
        let ([high, n], mtu) = (self.hosts.to_be_bytes(), 1500);
        let (mac, ip) = (MacAddr([2, 0, 0, 0, high, n]), Ipv4Addr::new(10, 0, high, n));
        let node = self.node(name, "Host");
        let nic = NicConfig { name: "eth0".to_owned(), mac, mtu, ..NicConfig::default() };
        let nic = self.device(node, "eth0", DeviceSpec::Nic(nic));
        let interface = InterfaceConfig {
            name: "eth0".to_owned(),
            mac,
            mtu,
            addresses: vec![(ip, self.prefix)],
            ..InterfaceConfig::default()
        };
        let stack = StackConfig { interfaces: vec![interface], ..StackConfig::default() };
        let stack = self.device(node, "ip", DeviceSpec::Stack(stack));
        self.push(Op::Wire { a: (nic, PortNo(1)), b: (stack, PortNo(0)) });
        (nic, stack)
    }

    pub fn cable(&mut self, name: &str, a: (DeviceId, u16), b: (DeviceId, u16)) {
        let config = CableConfig::default();
        let (a, b) = ((a.0, PortNo(a.1)), (b.0, PortNo(b.1)));
        self.push(Op::Cable { name: name.to_owned(), a, b, config });
    }

    pub fn flow(&mut self, name: &str, (from, to): (&str, &str), home: DeviceId, app: AppSpec, start: When) {
        let (name, from, to) = (name.to_owned(), from.to_owned(), to.to_owned());
        self.push(Op::Flow { name, from, to, home, app, start });
    }
}

/// Three hosts on a switch; ann pings bob twice.
pub fn ping_plan() -> Plan {
    let mut plan = Builder::new();
    let sw = plan.switch("sw", 3, None);
    let mut stacks = Vec::new();
    for (port, name) in ["ann", "bob", "eve"].into_iter().enumerate() {
        let (nic, stack) = plan.host(name);
        plan.cable(&format!("{name}--sw"), (nic, 0), (sw, port as u16));
        stacks.push(stack);
    }
    let app = AppSpec::Ping(PingConfig { to: Ipv4Addr::new(10, 0, 0, 2), count: 2, ..PingConfig::default() });
    plan.flow("ping", ("ann", "bob"), stacks[0], app, When::At(SimTime::ZERO));
    plan.plan
}

/// The same with a table of four rows and an attacker who fills it before the ping.
pub fn flood_plan() -> Plan {
    let mut plan = Builder::new();
    let sw = plan.switch("sw", 3, Some(4));
    let mut stacks = Vec::new();
    for (port, name) in ["ann", "bob", "eve"].into_iter().enumerate() {
        let (nic, stack) = plan.host(name);
        plan.cable(&format!("{name}--sw"), (nic, 0), (sw, port as u16));
        stacks.push(stack);
    }
    let flood = MacFloodConfig { every: SimDuration::from_ms(1), count: Some(10), ..MacFloodConfig::default() };
    plan.flow("attack", ("eve", ""), stacks[2], AppSpec::MacFlood(flood), When::At(SimTime::ZERO));
    let app = AppSpec::Ping(PingConfig { to: Ipv4Addr::new(10, 0, 0, 2), count: 2, ..PingConfig::default() });
    plan.flow("ping", ("ann", "bob"), stacks[0], app, When::At(SimTime(20_000_000)));
    plan.plan
}

/// Two spines, `leaves` leaves, `hosts` hosts on each; the first host pings the last.
pub fn fabric_plan(leaves: u16, hosts: u16) -> Plan {
    let mut plan = Builder::new();
    if leaves * hosts > 250 {
        plan.prefix = 16;
    }
    let spines: Vec<DeviceId> = (1..=2).map(|n| plan.switch(&format!("spine{n}"), leaves, None)).collect();
    let mut first = None;
    for leaf in 0..leaves {
        let name = format!("leaf{}", leaf + 1);
        let switch = plan.switch(&name, hosts + 1, None);
        // A loop would never end: only the first spine joins the leaves, the second hangs on leaf 1 alone.
        plan.cable(&format!("{name}--spine1"), (switch, hosts), (spines[0], leaf));
        for port in 0..hosts {
            let host = format!("h{}", leaf * hosts + port + 1);
            let (nic, stack) = plan.host(&host);
            plan.cable(&format!("{host}--{name}"), (nic, 0), (switch, port));
            first = first.or(Some(stack));
        }
    }
    let [high, low] = (leaves * hosts).to_be_bytes();
    let to = Ipv4Addr::new(10, 0, high, low);
    let app = AppSpec::Ping(PingConfig { to, ..PingConfig::default() });
    plan.flow("ping", ("h1", "last"), first.expect("a fabric has hosts"), app, When::At(SimTime::ZERO));
    plan.plan
}
