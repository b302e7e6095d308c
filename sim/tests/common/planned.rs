//! Plans of hosts, switches and cables, in few words.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use overunder_sim::app::ping::PingConfig;
use overunder_sim::device::bridge::{BridgeConfig, PortConfig};
use overunder_sim::device::nic::{HOST, NicConfig, WIRE};
use overunder_sim::engine::{CableConfig, Change, When, World};
use overunder_sim::id::{CableId, DeviceId, FlowId, NodeId, PortNo};
use overunder_sim::plan::{AppSpec, Bilingual, DeviceSpec, Op, Plan, world};
use overunder_sim::stack::{InterfaceConfig, StackConfig};
use overunder_sim::time::{SimDuration, SimTime};
use overunder_sim::wire::MacAddr;

/// A plan in the making.
#[derive(Debug, Default)]
pub struct Planned {
    pub plan: Plan,
    ports: BTreeMap<String, Vec<(DeviceId, PortNo)>>,
    used: BTreeMap<String, usize>,
    pub hosts: BTreeMap<String, Host>,
}

/// A host of one or more cards.
#[derive(Clone, Copy, Debug)]
pub struct Host {
    pub node: NodeId,
    pub card: DeviceId,
    pub stack: DeviceId,
    pub mac: MacAddr,
    pub ip: Ipv4Addr,
}

/// The hardware address of the n-th card of a plan, counted from 1.
pub fn station(number: usize) -> MacAddr {
    let [high, low] = (number as u16).to_be_bytes();
    MacAddr([2, 0, 0, 0, high, low])
}

pub fn at_ms(ms: u64) -> When {
    When::At(SimTime(ms * 1_000_000))
}

/// A switch with so many ports named 1, 2, 3.
pub fn switch(ports: u16) -> BridgeConfig {
    let ports = (1..=ports).map(|name| PortConfig::named(name.to_string())).collect();
    BridgeConfig { ports, ..BridgeConfig::default() }
}

impl Planned {
    pub fn push(&mut self, op: Op) {
        self.plan.push(op, Bilingual::default());
    }

    fn node(&mut self, name: &str, kind: &'static str) -> NodeId {
        let id = NodeId(self.plan.nodes().count() as u32);
        self.push(Op::Node { name: name.to_owned(), kind });
        id
    }

    fn device(&mut self, node: NodeId, name: &str, spec: DeviceSpec) -> DeviceId {
        let id = DeviceId(self.plan.devices().count() as u32);
        self.push(Op::Device { node, name: name.to_owned(), spec });
        id
    }

    /// A host with one card; `10.0.0.1/24` gives it its address.
    pub fn host(&mut self, name: &str, address: &str) -> Host {
        self.host_with(name, &[address], |_, _| {})
    }

    /// A host with a card for each address, its settings edited.
    pub fn host_with(
        &mut self,
        name: &str,
        addresses: &[&str],
        edit: impl Fn(&mut NicConfig, &mut StackConfig),
    ) -> Host {
        let node = self.node(name, "Host");
        let mut stack = StackConfig::default();
        let mut cards = Vec::new();
        for (at, address) in addresses.iter().enumerate() {
            let (ip, len) = address.split_once('/').unwrap();
            let address = (ip.parse().unwrap(), len.parse().unwrap());
            let count = |(.., spec): &(DeviceId, NodeId, &str, &DeviceSpec)| matches!(spec, DeviceSpec::Nic(_));
            let mac = station(self.plan.devices().filter(count).count() + cards.len() + 1);
            let name = format!("eth{at}");
            stack.interfaces.push(InterfaceConfig {
                name: name.clone(),
                mac,
                mtu: 1500,
                addresses: vec![address],
                ..InterfaceConfig::default()
            });
            cards.push(NicConfig { name, mac, ..NicConfig::default() });
        }
        for card in &mut cards {
            edit(card, &mut stack);
        }
        let (mac, ip) = (stack.interfaces[0].mac, stack.interfaces[0].addresses[0].0);
        let ids: Vec<DeviceId> =
            cards.into_iter().map(|card| self.device(node, &card.name.clone(), DeviceSpec::Nic(card))).collect();
        let stack = self.device(node, "ip", DeviceSpec::Stack(stack));
        for (at, card) in ids.iter().enumerate() {
            self.push(Op::Wire { a: (*card, HOST), b: (stack, PortNo(at as u16)) });
        }
        self.ports.insert(name.to_owned(), ids.iter().map(|card| (*card, WIRE)).collect());
        let host = Host { node, card: ids[0], stack, mac, ip };
        self.hosts.insert(name.to_owned(), host);
        host
    }

    /// A switch; returns the device.
    pub fn switch(&mut self, name: &str, config: BridgeConfig) -> DeviceId {
        let node = self.node(name, "Switch");
        let ports = config.ports.len() as u16;
        let device = self.device(node, name, DeviceSpec::Bridge(config));
        self.ports.insert(name.to_owned(), (0..ports).map(|port| (device, PortNo(port))).collect());
        device
    }

    /// A cable between the next free ports of two nodes.
    pub fn cable(&mut self, a: &str, b: &str) -> CableId {
        self.cable_with(a, b, CableConfig::default())
    }

    pub fn cable_with(&mut self, a: &str, b: &str, config: CableConfig) -> CableId {
        let id = CableId(self.plan.cables().count() as u32);
        let (from, to) = (self.free(a), self.free(b));
        self.push(Op::Cable { name: format!("{a}--{b}"), a: from, b: to, config });
        id
    }

    fn free(&mut self, node: &str) -> (DeviceId, PortNo) {
        let used = self.used.entry(node.to_owned()).or_default();
        *used += 1;
        self.ports[node][*used - 1]
    }

    /// An application that belongs to no flow.
    pub fn serve(&mut self, on: &str, app: AppSpec) {
        let home = self.hosts[on].stack;
        self.push(Op::Serve { home, app });
    }

    /// Traffic from one node to another.
    pub fn flow(&mut self, name: &str, (from, to): (&str, &str), app: AppSpec, start: When) -> FlowId {
        let id = FlowId(self.plan.flows().count() as u16);
        let home = self.hosts[from].stack;
        let (name, from, to) = (name.to_owned(), from.to_owned(), to.to_owned());
        self.push(Op::Flow { name, from, to, home, app, start });
        id
    }

    /// So many echo requests, a second apart.
    pub fn ping(&mut self, name: &str, (from, to): (&str, &str), count: u64, start: When) -> FlowId {
        let every = SimDuration::from_secs(1);
        let to_ip = self.hosts[to].ip;
        let app = AppSpec::Ping(PingConfig { to: to_ip, count, every, ..PingConfig::default() });
        self.flow(name, (from, to), app, start)
    }

    pub fn event(&mut self, name: &str, change: Change, when: When) {
        self.push(Op::Event { name: name.to_owned(), change, when });
    }

    /// The world, with its log on.
    pub fn build(&self) -> World {
        let mut world = world::build(&self.plan).unwrap();
        world.set_logging(true);
        world
    }
}
