//! Pods behind VTEPs around one router (S4): every datagram crosses the underlay in a VXLAN envelope.

use std::net::Ipv4Addr;

use overunder_sim::device::bridge::{Bridge, BridgeConfig, PortConfig};
use overunder_sim::device::nic::{self, Nic, NicConfig};
use overunder_sim::device::outer::Outer;
use overunder_sim::device::vtep::{self, Vtep, VtepConfig};
use overunder_sim::engine::world::Flow;
use overunder_sim::engine::{BuildError, CableConfig, Change, DeviceChange, When, World, WorldBuilder};
use overunder_sim::id::{DeviceId, FlowId, NodeId, PortNo};
use overunder_sim::stack::config::TunnelPort;
use overunder_sim::stack::{InterfaceConfig, Stack, StackConfig};
use overunder_sim::time::{SimDuration, SimTime};
use overunder_sim::wire::{LinkType, MacAddr, ethernet};

use crate::measure::{Report, cpu_s};
use crate::switched::delivered;
use crate::talker::Talker;
use crate::traffic::{self, Schedule};

/// Pods behind each VTEP.
const PODS: usize = 4;
/// Time between two datagrams of a pod.
const GAP: SimDuration = SimDuration::from_us(100);
/// EtherType of the warm-up frames: no stack knows it.
const WARM_UP: u16 = 0x88b6;
/// MTU inside the tunnel.
const INNER_MTU: u16 = 1450;

fn pod_mac(pod: usize) -> MacAddr {
    MacAddr::from_key(0x0200_0000_0000 | pod as u64)
}

fn pod_address(pod: usize) -> Ipv4Addr {
    Ipv4Addr::from_bits(0x0a00_0001 + pod as u32)
}

fn host_mac(host: usize) -> MacAddr {
    MacAddr::from_key(0x0201_0000_0000 | host as u64)
}

/// 172.16.0.1 with its router at .2, 172.16.0.5 at .6, and on: a /30 for each host.
fn host_address(host: usize) -> Ipv4Addr {
    Ipv4Addr::from_bits(0xac10_0001 + 4 * host as u32)
}

fn router_address(host: usize) -> Ipv4Addr {
    Ipv4Addr::from_bits(host_address(host).to_bits() + 1)
}

fn router_mac(host: usize) -> MacAddr {
    MacAddr::from_key(0x0202_0000_0000 | host as u64)
}

fn interface(name: &str, mac: MacAddr, address: (Ipv4Addr, u8), mtu: u16) -> InterfaceConfig {
    InterfaceConfig { name: name.to_owned(), mac, mtu, addresses: vec![address], ..InterfaceConfig::default() }
}

/// A pod: it knows the hardware addresses of its peers, so that there is no ARP.
fn pod(pod: usize, schedule: Schedule) -> Stack {
    let mut stack = Stack::new(StackConfig {
        interfaces: vec![interface("eth0", pod_mac(pod), (pod_address(pod), 16), INNER_MTU)],
        neighbours: schedule.peers.iter().map(|&peer| (pod_address(peer), pod_mac(peer))).collect(),
        ..StackConfig::default()
    });
    stack.add_app(FlowId(pod as u16), Box::new(Talker::new(schedule, pod_address)));
    stack
}

fn cable(rate_bps: u64) -> CableConfig {
    CableConfig { rate_bps, delay: SimDuration::from_us(1), ..CableConfig::default() }
}

/// The router: an interface for each host.
fn router(builder: &mut WorldBuilder, vteps: usize) -> Result<Vec<DeviceId>, BuildError> {
    let node = builder.node("r", "Router");
    let port = |host: usize| interface(&format!("p{host}"), router_mac(host), (router_address(host), 30), 1500);
    let stack = Stack::new(StackConfig {
        interfaces: (0..vteps).map(port).collect(),
        neighbours: (0..vteps).map(|host| (host_address(host), host_mac(host))).collect(),
        forwarding: true,
        ..StackConfig::default()
    });
    let stack = builder.device(node, "r/ip", Box::new(stack))?;
    let mut cards = Vec::new();
    for host in 0..vteps {
        let config = NicConfig { mac: router_mac(host), ..NicConfig::default() };
        let card = builder.device(node, &format!("r/p{host}"), Box::new(Nic::new(config)))?;
        builder.wire((card, nic::HOST), (stack, PortNo(host as u16)))?;
        cards.push(card);
    }
    Ok(cards)
}

/// A host: card, stack, VTEP and a bridge with a port for each pod. Returns the card and the bridge.
fn host(builder: &mut WorldBuilder, host: usize, vteps: usize) -> Result<(DeviceId, DeviceId), BuildError> {
    let name = format!("h{host}");
    let node: NodeId = builder.node(&name, "Linux");
    let mut add = |what: &str, device| builder.device(node, &format!("{name}/{what}"), device);
    let card = add("eth0", Box::new(Nic::new(NicConfig { mac: host_mac(host), ..NicConfig::default() })))?;
    let stack = add(
        "ip",
        Box::new(Stack::new(StackConfig {
            interfaces: vec![interface("eth0", host_mac(host), (host_address(host), 30), 1500)],
            tunnels: vec![TunnelPort { name: "vx.out".to_owned(), own: None, children_of: None }],
            gateway: Some(router_address(host)),
            neighbours: vec![(router_address(host), router_mac(host))],
            ..StackConfig::default()
        })),
    )?;
    let outer = Outer { local: host_address(host), ..Outer::default() };
    let config = VtepConfig {
        mac: MacAddr::from_key(0x0203_0000_0000 | host as u64),
        vni: 42,
        outer,
        bridged: true,
        ..VtepConfig::default()
    };
    let tunnel = add("vx", Box::new(Vtep::new(config)))?;
    let mut ports: Vec<PortConfig> = (0..PODS).map(|port| PortConfig::named(port.to_string())).collect();
    ports.push(PortConfig { mtu: INNER_MTU, ..PortConfig::named("vx") });
    let bridge = add("br", Box::new(Bridge::new(BridgeConfig { ports, ..BridgeConfig::default() })))?;
    builder.wire((card, nic::HOST), (stack, PortNo(0)))?;
    builder.wire((tunnel, vtep::OUTER), (stack, PortNo(1)))?;
    builder.wire((tunnel, vtep::INNER), (bridge, PortNo(PODS as u16)))?;
    for other in (0..vteps).filter(|other| *other != host) {
        let cells =
            vec![("mac".to_owned(), MacAddr::ZERO.to_string()), ("remote".to_owned(), host_address(other).to_string())];
        builder.preset(tunnel, DeviceChange::AddRow { table: "fdb".to_owned(), cells });
    }
    Ok((card, bridge))
}

/// A network in which `frames` datagrams are going to be sent.
pub fn build(vteps: usize, frames: u64) -> Result<World, BuildError> {
    let mut builder = WorldBuilder::new(1);
    let router = router(&mut builder, vteps)?;
    let mut bridges = Vec::new();
    for (at, port) in router.into_iter().enumerate() {
        let (card, bridge) = host(&mut builder, at, vteps)?;
        builder.cable(&format!("h{at}--r"), (card, nic::WIRE), (port, nic::WIRE), cable(10_000_000_000))?;
        bridges.push(bridge);
    }
    let apart = |a: usize, b: usize| a / PODS != b / PODS;
    for (at, schedule) in traffic::schedules_between(vteps * PODS, frames, GAP, apart).into_iter().enumerate() {
        let name = format!("c{at}");
        let node = builder.node(&name, "Container");
        let config = NicConfig { mac: pod_mac(at), ..NicConfig::default() };
        let card = builder.device(node, &format!("{name}/eth0"), Box::new(Nic::new(config)))?;
        let stack = builder.device(node, &format!("{name}/ip"), Box::new(pod(at, schedule)))?;
        builder.wire((card, nic::HOST), (stack, PortNo(0)))?;
        let port = (bridges[at / PODS], PortNo((at % PODS) as u16));
        builder.cable(&format!("{name}--h{}", at / PODS), (card, nic::WIRE), port, cable(1_000_000_000))?;
        warm_up(&mut builder, at, card);
        let flow = Flow { name: name.clone(), from: name, to: String::new(), home: stack };
        builder.flow(flow, When::At(SimTime::ZERO));
    }
    builder.build()
}

/// Every pod is heard once by everybody, so that nothing has to be flooded afterwards.
fn warm_up(builder: &mut WorldBuilder, pod: usize, card: DeviceId) {
    let mut bytes = vec![0; ethernet::MIN_LEN];
    ethernet::write(&mut bytes, MacAddr::BROADCAST, pod_mac(pod), WARM_UP);
    let change = Change::Inject { device: card, port: nic::HOST, link: LinkType::Ethernet, bytes };
    builder.command("warm up", change, When::At(SimTime(1_000_000 + 50_000 * pod as u64)));
}

/// Builds the network, sends the frames and checks that every one of them arrived.
pub fn run(vteps: usize, frames: u64) -> Result<Report, String> {
    let begin = cpu_s();
    let mut world = build(vteps, frames).map_err(|error| error.to_string())?;
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
        workload: "s4",
        sizes: vec![("vteps", vteps as u64)],
        unit: "frames",
        count: frames,
        cpu_s: end - ready,
        setup_cpu_s: ready - begin,
        more: vec![("events", world.event().0)],
    })
}
