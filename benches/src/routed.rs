//! Boxes with an interface for each of their cables, every cable a /30 of its own: what workloads with routers are
//! built from.

use std::net::Ipv4Addr;

use overunder_sim::device::nic::{self, Nic, NicConfig};
use overunder_sim::engine::world::Flow;
use overunder_sim::engine::{BuildError, CableConfig, DeviceChange, When, World, WorldBuilder};
use overunder_sim::id::{DeviceId, FlowId, PortNo};
use overunder_sim::stack::{App, InterfaceConfig, Stack, StackConfig};
use overunder_sim::time::{SimDuration, SimTime};
use overunder_sim::wire::MacAddr;

/// A host or a router.
#[derive(Debug)]
struct Node {
    name: String,
    config: StackConfig,
    /// Prefixes and their next hops.
    routes: Vec<(String, Vec<Ipv4Addr>)>,
    app: Option<Box<dyn App>>,
    /// Its application is a flow that starts at once, and not a daemon.
    sends: bool,
}

/// A network that is being laid.
#[derive(Debug, Default)]
pub struct Laid {
    nodes: Vec<Node>,
    /// Which nodes a cable joins; the interfaces are in the order of the cables.
    cables: Vec<(usize, usize)>,
}

/// The end of a /30 that stands first, and the other one.
pub fn ends(base: u32) -> (Ipv4Addr, Ipv4Addr) {
    (Ipv4Addr::from_bits(base + 1), Ipv4Addr::from_bits(base + 2))
}

impl Laid {
    /// A host, whose gateway is at the other end of its only cable.
    pub fn host(&mut self, name: String) -> usize {
        self.node(name, StackConfig::default())
    }

    /// A router.
    pub fn router(&mut self, name: String) -> usize {
        self.node(name, StackConfig { forwarding: true, ..StackConfig::default() })
    }

    fn node(&mut self, name: String, config: StackConfig) -> usize {
        self.nodes.push(Node { name, config, routes: Vec::new(), app: None, sends: false });
        self.nodes.len() - 1
    }

    /// A cable with a /30, whose ends know each other's hardware address, so that there is no ARP.
    pub fn join(&mut self, a: usize, b: usize, base: u32) {
        let cable = self.cables.len() as u64;
        let macs = [2 * cable, 2 * cable + 1].map(|n| MacAddr::from_key(0x0200_0000_0000 | n));
        let (first, second) = ends(base);
        for (node, own, other, mac, far) in [(a, first, second, macs[0], macs[1]), (b, second, first, macs[1], macs[0])]
        {
            let config = &mut self.nodes[node].config;
            let name = format!("p{}", config.interfaces.len());
            let addresses = vec![(own, 30)];
            config.interfaces.push(InterfaceConfig { name, mac, mtu: 1500, addresses, ..InterfaceConfig::default() });
            config.neighbours.push((other, far));
            if !config.forwarding {
                config.gateway = Some(other);
            }
        }
        self.cables.push((a, b));
    }

    /// A route; several next hops share what fits it, flow by flow.
    pub fn route(&mut self, at: usize, prefix: String, via: Vec<Ipv4Addr>) {
        self.nodes[at].routes.push((prefix, via));
    }

    /// Traffic of a host.
    pub fn sends(&mut self, at: usize, app: Box<dyn App>) {
        (self.nodes[at].app, self.nodes[at].sends) = (Some(app), true);
    }

    /// The daemon of a router.
    pub fn daemon(&mut self, at: usize, app: Box<dyn App>) {
        self.nodes[at].app = Some(app);
    }

    /// The world, and the stacks of the nodes. All cables carry 1 Gb/s.
    pub fn build(self, delay: SimDuration) -> Result<(World, Vec<DeviceId>), BuildError> {
        let mut builder = WorldBuilder::new(1);
        let (mut cards, mut stacks, mut flows) = (Vec::new(), Vec::new(), Vec::new());
        for Node { name, config, routes, app, sends } in self.nodes {
            let node = builder.node(&name, if config.forwarding { "Router" } else { "Host" });
            let interfaces: Vec<(String, MacAddr)> =
                config.interfaces.iter().map(|at| (at.name.clone(), at.mac)).collect();
            let mut stack = Stack::new(config);
            if let Some(app) = app {
                let flow = if sends { FlowId(flows.len() as u16) } else { FlowId::NONE };
                stack.add_app(flow, app);
            }
            let stack = builder.device(node, &format!("{name}/ip"), Box::new(stack))?;
            let mut own = Vec::new();
            for (port, (card, mac)) in interfaces.into_iter().enumerate() {
                let nic = Nic::new(NicConfig { mac, ..NicConfig::default() });
                let nic = builder.device(node, &format!("{name}/{card}"), Box::new(nic))?;
                builder.wire((nic, nic::HOST), (stack, PortNo(port as u16)))?;
                own.push(nic);
            }
            for (prefix, via) in routes {
                let via = via.iter().map(Ipv4Addr::to_string).collect::<Vec<_>>().join(",");
                let cells = vec![("prefix".to_owned(), prefix), ("via".to_owned(), via)];
                builder.preset(stack, DeviceChange::AddRow { table: "routes".to_owned(), cells });
            }
            if sends {
                flows.push(Flow { name: name.clone(), from: name.clone(), to: String::new(), home: stack });
            }
            cards.push((name, own.into_iter()));
            stacks.push(stack);
        }
        for (a, b) in self.cables {
            let name = format!("{}--{}", cards[a].0, cards[b].0);
            let [a, b] = [a, b].map(|node| cards[node].1.next().expect("a card for each cable"));
            let config = CableConfig { rate_bps: 1_000_000_000, delay, ..CableConfig::default() };
            builder.cable(&name, (a, nic::WIRE), (b, nic::WIRE), config)?;
        }
        for flow in flows {
            builder.flow(flow, When::At(SimTime::ZERO));
        }
        Ok((builder.build()?, stacks))
    }
}
