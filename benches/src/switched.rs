//! Hosts on one learning switch (S1), or on three in a line (S2).

use std::net::Ipv4Addr;

use overunder_sim::device::bridge::{Bridge, BridgeConfig, PortConfig};
use overunder_sim::device::nic::{self, Nic, NicConfig};
use overunder_sim::engine::world::Flow;
use overunder_sim::engine::{BuildError, CableConfig, Change, When, World, WorldBuilder};
use overunder_sim::id::{DeviceId, FlowId, PortNo};
use overunder_sim::stack::{InterfaceConfig, Stack, StackConfig};
use overunder_sim::time::{SimDuration, SimTime};
use overunder_sim::wire::{LinkType, MacAddr, ethernet};

use crate::measure::{Report, cpu_s};
use crate::talker::Talker;
use crate::traffic::{self, Schedule};

/// EtherType of the warm-up frames: no stack knows it.
const WARM_UP: u16 = 0x88b6;

/// How many switches stand in a line, and how fast hosts send.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// One for S1, three for S2.
    pub switches: usize,
    /// Hosts in all; host `i` is on switch `i * switches / hosts`.
    pub hosts: usize,
    /// Time between two datagrams of a host.
    pub gap: SimDuration,
}

impl Shape {
    /// S1.
    pub fn one_switch(hosts: usize) -> Self {
        Self { switches: 1, hosts, gap: SimDuration::from_us(100) }
    }

    /// S2: the gap grows with the hosts, so that the cables between the switches are never the limit.
    pub fn three_switches(hosts: usize) -> Self {
        Self { switches: 3, hosts, gap: SimDuration(hosts as u64 * 6_250) }
    }

    fn switch_of(self, host: usize) -> usize {
        host * self.switches / self.hosts
    }
}

fn mac(host: usize) -> MacAddr {
    MacAddr::from_key(0x0200_0000_0000 | host as u64)
}

/// Addresses of the hosts: 10.0.0.1 and on.
fn address(host: usize) -> Ipv4Addr {
    Ipv4Addr::from_bits(0x0a00_0001 + host as u32)
}

/// A host's stack: it knows the hardware addresses of its peers, so that there is no ARP.
fn stack(host: usize, schedule: Schedule) -> Stack {
    let name = "eth0".to_owned();
    let interface = InterfaceConfig {
        name,
        mac: mac(host),
        mtu: 1500,
        addresses: vec![(address(host), 16)],
        ..InterfaceConfig::default()
    };
    let mut stack = Stack::new(StackConfig {
        interfaces: vec![interface],
        neighbours: schedule.peers.iter().map(|&peer| (address(peer), mac(peer))).collect(),
        ..StackConfig::default()
    });
    stack.add_app(FlowId(host as u16), Box::new(Talker::new(schedule, address)));
    stack
}

/// A network in which `frames` datagrams are going to be sent.
pub fn build(shape: Shape, frames: u64) -> Result<World, BuildError> {
    let mut builder = WorldBuilder::new(1);
    let switches = add_switches(&mut builder, shape)?;
    let mut free_port = vec![0; shape.switches];
    let schedules = traffic::schedules(shape.hosts, frames, shape.gap);
    for (host, schedule) in schedules.into_iter().enumerate() {
        let name = format!("h{host}");
        let node = builder.node(&name, "Host");
        let card = NicConfig { mac: mac(host), ..NicConfig::default() };
        let nic = builder.device(node, &format!("{name}/eth0"), Box::new(Nic::new(card)))?;
        let stack = builder.device(node, &format!("{name}/ip"), Box::new(stack(host, schedule)))?;
        builder.wire((nic, nic::HOST), (stack, PortNo(0)))?;
        let at = shape.switch_of(host);
        let port = PortNo(free_port[at]);
        free_port[at] += 1;
        builder.cable(&format!("{name}--s{at}"), (nic, nic::WIRE), (switches[at], port), cable(1_000_000_000))?;
        warm_up(&mut builder, host, nic);
        let flow = Flow { name: name.clone(), from: name, to: String::new(), home: stack };
        builder.flow(flow, When::At(SimTime::ZERO));
    }
    for at in 1..shape.switches {
        let ends = [at - 1, at].map(|at| {
            free_port[at] += 1;
            (switches[at], PortNo(free_port[at] - 1))
        });
        builder.cable(&format!("s{}--s{at}", at - 1), ends[0], ends[1], cable(10_000_000_000))?;
    }
    builder.build()
}

fn add_switches(builder: &mut WorldBuilder, shape: Shape) -> Result<Vec<DeviceId>, BuildError> {
    let mut made = Vec::new();
    for at in 0..shape.switches {
        let name = format!("s{at}");
        let hosts = (0..shape.hosts).filter(|&host| shape.switch_of(host) == at).count();
        let trunks = usize::from(at > 0) + usize::from(at + 1 < shape.switches);
        let ports = (0..hosts + trunks).map(|port| PortConfig::named(port.to_string())).collect();
        let node = builder.node(&name, "Switch");
        made.push(builder.device(
            node,
            &name,
            Box::new(Bridge::new(BridgeConfig { ports, ..BridgeConfig::default() })),
        )?);
    }
    Ok(made)
}

fn cable(rate_bps: u64) -> CableConfig {
    CableConfig { rate_bps, delay: SimDuration::from_us(1), ..CableConfig::default() }
}

/// Everybody hears host 0 once and sends it one frame, so that no switch has to flood afterwards.
fn warm_up(builder: &mut WorldBuilder, host: usize, nic: DeviceId) {
    let (to, at) = match host {
        0 => (MacAddr::BROADCAST, SimTime(1_000_000)),
        _ => (mac(0), SimTime(2_000_000 + 10_000 * host as u64)),
    };
    let mut bytes = vec![0; ethernet::MIN_LEN];
    ethernet::write(&mut bytes, to, mac(host), WARM_UP);
    let change = Change::Inject { device: nic, port: nic::HOST, link: LinkType::Ethernet, bytes };
    builder.command("warm up", change, When::At(at));
}

/// Datagrams that reached their application.
pub fn delivered(world: &World) -> u64 {
    let flows = world.flows().len() as u16;
    (0..flows).filter_map(|flow| world.flow_stats(FlowId(flow))).map(|stats| stats.received).sum()
}

/// Builds the network, sends the frames and checks that every one of them arrived.
pub fn run(workload: &'static str, shape: Shape, frames: u64) -> Result<Report, String> {
    let begin = cpu_s();
    let mut world = build(shape, frames).map_err(|error| error.to_string())?;
    // The warm-up grows with the square of the hosts and is no part of what a frame costs.
    world.run(traffic::START, u64::MAX);
    let ready = cpu_s();
    world.run(SimTime(u64::MAX), u64::MAX);
    let end = cpu_s();
    let arrived = delivered(&world);
    if arrived != frames {
        return Err(format!("only {arrived} of {frames} frames were delivered"));
    }
    Ok(Report {
        workload,
        sizes: vec![("hosts", shape.hosts as u64)],
        unit: "frames",
        count: frames,
        cpu_s: end - ready,
        setup_cpu_s: ready - begin,
        more: vec![("events", world.event().0)],
    })
}

/// Builds a switch with hosts and nothing more.
pub fn set_up(hosts: usize) -> Result<Report, String> {
    let begin = cpu_s();
    let world = build(Shape::one_switch(hosts), 0).map_err(|error| error.to_string())?;
    let end = cpu_s();
    Ok(Report {
        workload: "setup",
        sizes: Vec::new(),
        unit: "hosts",
        count: hosts as u64,
        cpu_s: end - begin,
        setup_cpu_s: 0.0,
        more: vec![("devices", world.device_count() as u64), ("world_bytes", world.heap_bytes() as u64)],
    })
}
