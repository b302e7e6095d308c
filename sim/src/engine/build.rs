//! Putting a world together.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::cost::Profile;
use crate::engine::command::{Change, ChangeError, When};
use crate::engine::core::{Core, Slot};
use crate::engine::cpu::Cpus;
use crate::engine::device::Device;
use crate::engine::flow::FlowStats;
use crate::engine::outbox::Outbox;
use crate::engine::wire::{Bases, CableConfig, CableInfo, Direction, End, Wiring};
use crate::engine::world::{Flow, Names, Node, World};
use crate::id::{CableId, DeviceId, FlowId, NodeId, PortNo};
use crate::rng::Stream;
use crate::time::SimDuration;

/// Why a world cannot be put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// There is no such node, device or flow.
    #[error("there is no {what} {number} yet")]
    Missing {
        /// Kind of thing.
        what: &'static str,
        /// Its number.
        number: u32,
    },
    /// The device has fewer ports.
    #[error("{device} has no port {port}: it has {ports}")]
    NoSuchPort {
        /// Name of the device.
        device: String,
        /// The port asked for.
        port: PortNo,
        /// How many there are.
        ports: u16,
    },
    /// Something is plugged in already.
    #[error("port {port} of {device} is wired already")]
    PortTaken {
        /// Name of the device.
        device: String,
        /// Name of the port.
        port: String,
    },
    /// One end carries Ethernet, the other bare IP packets.
    #[error("{a} and {b} cannot be joined: one carries Ethernet frames, the other bare IP packets")]
    LinkTypes {
        /// Name of the first device.
        a: String,
        /// Name of the second device.
        b: String,
    },
    /// A device refused a row or a setting.
    #[error("{device} refuses: {error}")]
    Refused {
        /// Name of the device.
        device: String,
        /// Its reason.
        error: ChangeError,
    },
}

/// A world being put together: nodes, devices, wires, flows, scripted changes, in any sensible order.
#[derive(Debug, Default)]
pub struct WorldBuilder {
    seed: u64,
    wiring: Wiring,
    devices: Vec<Box<dyn Device>>,
    cables: Vec<(CableConfig, String)>,
    names: Names,
    flows: usize,
    whens: Vec<(u32, When)>,
    rows: Vec<(DeviceId, crate::engine::command::DeviceChange)>,
    slots: Vec<Slot>,
    port_total: u32,
    count_total: u32,
    profiles: Vec<Option<Arc<Profile>>>,
    veths: BTreeSet<(DeviceId, PortNo)>,
    streams: BTreeSet<FlowId>,
}

impl WorldBuilder {
    /// Nothing yet; all random streams come from `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// Adds a node. `kind` is what its author calls it.
    pub fn node(&mut self, name: &str, kind: &'static str) -> NodeId {
        self.names.nodes.push(Node { name: name.to_owned(), kind, devices: Vec::new() });
        self.profiles.push(None);
        NodeId(self.names.nodes.len() as u32 - 1)
    }

    /// Has a node work for time, at the prices of a profile.
    pub fn profile(&mut self, node: NodeId, profile: Arc<Profile>) {
        if let Some(at) = self.profiles.get_mut(node.index()) {
            *at = Some(profile);
        }
    }

    /// Says that the packets of a flow are segments of a connection, which may be handled together.
    pub fn stream(&mut self, flow: FlowId) {
        self.streams.insert(flow);
    }

    /// Says that the wire in a port is a veth pair: crossing it costs something.
    pub fn veth(&mut self, ends: [(DeviceId, PortNo); 2]) {
        self.veths.extend(ends);
    }

    /// Adds a device to a node. `name` is its full name: `sw`, or `h1/eth0`.
    pub fn device(&mut self, node: NodeId, name: &str, device: Box<dyn Device>) -> Result<DeviceId, BuildError> {
        let id = DeviceId(self.devices.len() as u32);
        let home = self.names.nodes.get_mut(node.index());
        home.ok_or(BuildError::Missing { what: "node", number: node.0 })?.devices.push(id);
        let wiring = &mut self.wiring;
        wiring.device_names.push(name.to_owned());
        wiring.device_node.push(node);
        let (ports, timers, counts) = (self.port_total, self.slots.len() as u32, self.count_total);
        wiring.bases.push(Bases { ports, timers, counts });
        wiring.reasons.push(device.reasons());
        for port in 0..device.ports() {
            wiring.ends.push(End::None);
            wiring.links.push(device.link_type(PortNo(port)));
        }
        let slot = Slot { seq: 0, owner: id, armed: false, foreground: false };
        self.slots.extend(std::iter::repeat_n(slot, device.timers() as usize));
        self.port_total += u32::from(device.ports());
        self.count_total += device.reasons().len() as u32;
        self.devices.push(device);
        Ok(id)
    }

    /// Joins two ports inside a node.
    pub fn wire(&mut self, a: (DeviceId, PortNo), b: (DeviceId, PortNo)) -> Result<(), BuildError> {
        let (at_a, at_b) = self.free_ends(a, b)?;
        self.wiring.ends[at_a] = End::Internal(b.0, b.1);
        self.wiring.ends[at_b] = End::Internal(a.0, a.1);
        Ok(())
    }

    /// Joins two ports of different nodes with a cable.
    pub fn cable(
        &mut self,
        name: &str,
        a: (DeviceId, PortNo),
        b: (DeviceId, PortNo),
        config: CableConfig,
    ) -> Result<CableId, BuildError> {
        let (at_a, at_b) = self.free_ends(a, b)?;
        let id = CableId(self.wiring.cables.len() as u32);
        self.wiring.ends[at_a] = End::Cable(id.0 * 2);
        self.wiring.ends[at_b] = End::Cable(id.0 * 2 + 1);
        self.wiring.cables.push(CableInfo { name: name.to_owned(), ends: [a, b] });
        self.cables.push((config, name.to_owned()));
        Ok(id)
    }

    fn free_ends(&self, a: (DeviceId, PortNo), b: (DeviceId, PortNo)) -> Result<(usize, usize), BuildError> {
        let (at_a, at_b) = (self.free_end(a)?, self.free_end(b)?);
        if at_a == at_b {
            let (device, port) = (self.name_of(a.0), self.devices[a.0.index()].port_name(a.1));
            return Err(BuildError::PortTaken { device, port });
        }
        if self.wiring.links[at_a] != self.wiring.links[at_b] {
            return Err(BuildError::LinkTypes { a: self.name_of(a.0), b: self.name_of(b.0) });
        }
        Ok((at_a, at_b))
    }

    fn free_end(&self, (device, port): (DeviceId, PortNo)) -> Result<usize, BuildError> {
        let missing = BuildError::Missing { what: "device", number: device.0 };
        let at = self.devices.get(device.index()).ok_or(missing)?;
        if port.0 >= at.ports() {
            return Err(BuildError::NoSuchPort { device: self.name_of(device), port, ports: at.ports() });
        }
        let end = self.wiring.bases[device.index()].ports as usize + port.index();
        if self.wiring.ends[end] != End::None {
            return Err(BuildError::PortTaken { device: self.name_of(device), port: at.port_name(port) });
        }
        Ok(end)
    }

    fn name_of(&self, device: DeviceId) -> String {
        self.wiring.device_names[device.index()].clone()
    }

    /// Announces a flow whose application lives in `home`; `start` says when it begins.
    pub fn flow(&mut self, flow: Flow, start: When) -> FlowId {
        let id = FlowId(self.flows as u16);
        self.flows += 1;
        let name = format!("start {}", flow.name);
        self.names.flows.push(flow);
        let number = self.command(&name, Change::Start(id), start.clone());
        self.names.starts.push((number, start));
        id
    }

    /// Announces a flow that starts only by [`Change::Start`]. No other flow may follow.
    pub fn probe(&mut self, flow: Flow) -> FlowId {
        let id = FlowId(self.flows as u16);
        self.flows += 1;
        self.names.flows.push(flow);
        self.names.probes += 1;
        id
    }

    /// Adds a scripted change; returns its number, which [`When::Event`] may name.
    pub fn command(&mut self, name: &str, change: Change, when: When) -> u32 {
        let number = self.names.commands.len() as u32;
        self.names.commands.push((name.to_owned(), change));
        self.whens.push((number, when));
        number
    }

    /// Makes a change in a device before the start, as an event would.
    pub fn preset(&mut self, device: DeviceId, change: crate::engine::command::DeviceChange) {
        self.rows.push((device, change));
    }

    /// The world at time zero.
    pub fn build(self) -> Result<World, BuildError> {
        let mut core = Core::new(self.wiring, self.seed);
        core.slots = self.slots;
        core.counts = vec![0; self.count_total as usize];
        core.flows = vec![FlowStats::default(); self.flows];
        if self.profiles.iter().any(Option::is_some) {
            core.cpus = Some(Box::new(Cpus::new(self.profiles, self.veths, self.streams)));
            core.slow = true;
        }
        for (at, (config, name)) in self.cables.iter().enumerate() {
            let [a, b] = core.wiring.cables[at].ends;
            for (to, way) in [(b, "forth"), (a, "back")] {
                let random = Stream::named(self.seed, &format!("cable:{name}:{way}"));
                core.directions.push(Direction::new(config, to, random));
            }
        }
        let powered = vec![true; self.names.nodes.len()];
        let whole = self.cables.iter().map(|(config, _)| config.up).collect();
        let names = Arc::new(self.names);
        let mut world =
            World { core, devices: self.devices, powered, whole, names, refused: Vec::new(), written: BTreeSet::new() };
        world.tell_dark_ends();
        for (device, change) in &self.rows {
            let number = device.0;
            let at = world.devices.get_mut(device.index()).ok_or(BuildError::Missing { what: "device", number })?;
            let mut out = Outbox::new(&mut world.core, *device, None);
            let now = out.now();
            at.change(now, change, &mut out).map_err(|error| BuildError::Refused {
                device: world.core.wiring.device_names[device.index()].clone(),
                error,
            })?;
        }
        (0..world.devices.len()).for_each(|at| world.tell_neighbours(DeviceId(at as u32)));
        (0..world.devices.len()).for_each(|at| world.boot(DeviceId(at as u32)));
        for (number, when) in &self.whens {
            world.core.await_moment(*number, when, SimDuration::ZERO);
        }
        Ok(world)
    }
}
