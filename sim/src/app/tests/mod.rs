//! A bench: hosts on a hub, so that a listener hears all, and what became of their flows.

mod flood;
mod ping;
mod request;
mod sniffer;
mod tcp;
mod udp;

use std::net::Ipv4Addr;

use super::ping::PingConfig;
use crate::device::bridge::{BridgeConfig, PortConfig};
use crate::device::nic::{HOST, NicConfig, WIRE};
use crate::engine::log::Crossing;
use crate::engine::{CableConfig, Change, Entry, FlowStats, TableRow, When, World};
use crate::id::{CableId, DeviceId, FlowId, NodeId, PortNo};
use crate::plan::{AppSpec, Bilingual, DeviceSpec, Op, Plan, world};
use crate::stack::{InterfaceConfig, StackConfig};
use crate::time::{SimDuration, SimTime};
use crate::wire::MacAddr;

/// Hosts 1, 2 and so on, with the addresses 10.0.0.1, 10.0.0.2 and so on, on one hub.
struct Bench {
    plan: Plan,
    flows: u16,
}

const fn ip(host: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 0, 0, host)
}

const fn station(host: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, host])
}

fn secs(n: u64) -> SimDuration {
    SimDuration::from_secs(n)
}

fn ms(n: u64) -> SimDuration {
    SimDuration::from_ms(n)
}

fn card(host: u8) -> DeviceId {
    DeviceId(u32::from(host) * 2 - 1)
}

fn stack(host: u8) -> DeviceId {
    DeviceId(u32::from(host) * 2)
}

impl Bench {
    /// So many hosts that know each other; the cards of those after the second are promiscuous.
    fn new(hosts: u8) -> Self {
        let mut bench = Self { plan: Plan::default(), flows: 0 };
        let ports = (1..=hosts).map(|port| PortConfig::named(port.to_string())).collect();
        let hub = BridgeConfig { ports, learning: false, ..BridgeConfig::default() };
        bench.push(Op::Node { name: "hub".to_owned(), kind: "Hub" });
        bench.push(Op::Device { node: NodeId(0), name: "hub".to_owned(), spec: DeviceSpec::Bridge(hub) });
        for host in 1..=hosts {
            let (node, mac, name) = (NodeId(u32::from(host)), station(host), "eth0".to_owned());
            let interface = InterfaceConfig {
                name: name.clone(),
                mac,
                mtu: 1500,
                addresses: vec![(ip(host), 24)],
                ..InterfaceConfig::default()
            };
            let neighbours = (1..=hosts).filter(|other| *other != host).map(|other| (ip(other), station(other)));
            let stack =
                StackConfig { interfaces: vec![interface], neighbours: neighbours.collect(), ..StackConfig::default() };
            let nic = NicConfig { mac, promiscuous: host > 2, pads: false, ..NicConfig::default() };
            bench.push(Op::Node { name: format!("h{host}"), kind: "Host" });
            bench.push(Op::Device { node, name, spec: DeviceSpec::Nic(nic) });
            bench.push(Op::Device { node, name: "ip".to_owned(), spec: DeviceSpec::Stack(stack) });
            bench.push(Op::Wire { a: (card(host), HOST), b: (self::stack(host), PortNo(0)) });
        }
        for host in 1..=hosts {
            let (a, b) = ((card(host), WIRE), (DeviceId(0), PortNo(u16::from(host) - 1)));
            // Without delay and all but without transmission time, so that times in tests are round numbers.
            let config = CableConfig { rate_bps: 1_000_000_000_000_000, delay: ms(1), ..CableConfig::default() };
            bench.push(Op::Cable { name: format!("h{host}--hub"), a, b, config });
        }
        bench
    }

    fn push(&mut self, op: Op) {
        self.plan.push(op, Bilingual::default());
    }

    fn serve(&mut self, host: u8, app: AppSpec) {
        self.push(Op::Serve { home: stack(host), app });
    }

    /// A flow of host 1 that starts at the beginning.
    fn flow(&mut self, app: AppSpec) -> FlowId {
        let (name, to) = (format!("f{}", self.flows), String::new());
        let start = When::At(SimTime::ZERO);
        self.push(Op::Flow { name, from: "h1".to_owned(), to, home: stack(1), app, start });
        self.flows += 1;
        FlowId(self.flows - 1)
    }

    fn event(&mut self, at: SimDuration, change: Change) {
        self.push(Op::Event { name: "event".to_owned(), change, when: When::At(SimTime::ZERO + at) });
    }

    fn build(&self) -> World {
        let mut world = world::build(&self.plan).unwrap();
        world.set_logging(true);
        world
    }

    /// The world at the end of the run, and what host 1 sent when.
    fn run(&self) -> (World, Vec<(SimTime, Vec<u8>)>) {
        let mut world = self.build();
        let mut sent = Vec::new();
        while !world.is_quiet() && world.step() {
            for entry in world.log().entries() {
                match entry {
                    Entry::Crossing { crossing: Crossing::Sent, time, device, bytes, .. } if *device == card(1) => {
                        sent.push((*time, world.log().bytes(*bytes).to_vec()));
                    }
                    _ => {}
                }
            }
        }
        (world, sent)
    }
}

fn stats(world: &World, flow: FlowId) -> &FlowStats {
    world.flow_stats(flow).unwrap()
}

/// Rows of a table of a host, cells separated by blanks.
fn rows(world: &World, host: u8, table: &str) -> Vec<String> {
    let view = world.device(stack(host)).unwrap().tables().into_iter().find(|view| view.name == table).unwrap();
    let line = |row: TableRow| row.cells.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    view.rows.into_iter().map(line).collect()
}
