//! What wires inside a node are on Linux: nothing, a veth pair, or not to be had.

use std::collections::{BTreeMap, BTreeSet};

use super::{Interface, Script};
use crate::device::bridge::BridgeConfig;
use crate::device::{ipvlan, macvlan, nic, sriov, tunnel, vtep};
use crate::id::{DeviceId, PortNo};
use crate::plan::{DeviceSpec, Op, Plan};
use crate::wire::MacAddr;

/// A port.
type End = (DeviceId, PortNo);

/// The port of a bridge that is the bridge itself, where the host has its address.
const HOST: &str = "host";
/// The stack that is the node itself.
const STACK: &str = "ip";

/// What a wire is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joint {
    /// These ports are a device: a card or a tunnel in a stack or a bridge, a bridge as an interface of its host.
    Is {
        /// The device.
        device: DeviceId,
        /// The ports.
        ports: Vec<End>,
    },
    /// A veth pair.
    Pair,
    /// Nothing of its own: a tunnel uses the stack it is in, a child of a card is the interface it leads to.
    Uses,
    /// Linux has no such thing, and why.
    Impossible(&'static str),
}

/// The wires of a plan.
#[derive(Debug)]
pub struct Wiring<'p> {
    specs: Vec<&'p DeviceSpec>,
    further: BTreeSet<DeviceId>,
    wires: Vec<[End; 2]>,
    shared: BTreeSet<End>,
}

/// A kind of port, as far as wires care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Card,
    Inner,
    Outer,
    Interface,
    Envelopes,
    Port,
    Own,
    Lower,
    Parent,
    Child,
    Function,
    Other,
}

impl<'p> Wiring<'p> {
    /// Looks at a plan.
    pub fn of(plan: &'p Plan) -> Self {
        let mut hosts = BTreeMap::new();
        let is_stack = |spec: &DeviceSpec| matches!(spec, DeviceSpec::Stack(_));
        let stacks: Vec<_> = plan.devices().filter(|(.., spec)| is_stack(spec)).collect();
        for (device, node, ..) in stacks.iter().filter(|(_, _, name, _)| *name == STACK).chain(&stacks) {
            hosts.entry(*node).or_insert(*device);
        }
        let further = stacks.iter().map(|(device, ..)| *device).filter(|at| hosts.values().all(|host| host != at));
        let wires = plan.steps.iter().filter_map(|step| match &step.op {
            Op::Wire { a, b } => Some([*a, *b]),
            _ => None,
        });
        let mut wiring = Self {
            specs: plan.devices().map(|(.., spec)| spec).collect(),
            further: further.collect(),
            wires: wires.collect(),
            shared: BTreeSet::new(),
        };
        let shared = wiring.joints().filter_map(|(_, joint)| match joint {
            Joint::Is { ports, .. } => Some(ports),
            _ => None,
        });
        wiring.shared = shared.flatten().collect();
        wiring
    }

    /// Whether a device is a stack besides the one that is the node itself: a container.
    pub fn is_further_stack(&self, device: DeviceId) -> bool {
        self.further.contains(&device)
    }

    /// Whether a port has the name of the device that it is.
    pub fn is_shared(&self, end: End) -> bool {
        self.shared.contains(&end)
    }

    /// Cards with the stacks above them.
    pub fn cards_of_stacks(&self) -> impl Iterator<Item = (DeviceId, DeviceId)> {
        let both = self.wires.iter().flat_map(|[a, b]| [(*a, *b), (*b, *a)]);
        let fits = |(card, stack): &(End, End)| (self.sort(*card), self.sort(*stack)) == (Sort::Card, Sort::Interface);
        both.filter(fits).map(|(card, stack)| (card.0, stack.0))
    }

    /// All wires and what they are.
    pub fn joints(&self) -> impl Iterator<Item = ([End; 2], Joint)> {
        self.wires.iter().map(|wire| (*wire, self.joint(*wire)))
    }

    fn sort(&self, (device, port): End) -> Sort {
        match self.specs.get(device.index()) {
            Some(DeviceSpec::Nic(_)) if port == nic::HOST => Sort::Card,
            Some(DeviceSpec::Vtep(_)) if port == vtep::INNER => Sort::Inner,
            Some(DeviceSpec::Tunnel(_)) if port == tunnel::INNER => Sort::Inner,
            Some(DeviceSpec::Vtep(_) | DeviceSpec::Tunnel(_)) => Sort::Outer,
            Some(DeviceSpec::Macvlan(_)) => match port {
                macvlan::LOWER => Sort::Lower,
                macvlan::HOST => Sort::Parent,
                _ => Sort::Child,
            },
            Some(DeviceSpec::Sriov(_)) => match port {
                sriov::LOWER => Sort::Lower,
                sriov::HOST => Sort::Parent,
                _ => Sort::Function,
            },
            Some(DeviceSpec::Ipvlan(_)) => match port {
                ipvlan::LOWER => Sort::Lower,
                ipvlan::HOST => Sort::Parent,
                // What children send to be routed, the stack sends itself.
                ipvlan::ROUTED => Sort::Outer,
                _ => Sort::Child,
            },
            Some(DeviceSpec::Stack(stack)) if port.index() < stack.interfaces.len() => Sort::Interface,
            Some(DeviceSpec::Stack(_)) => Sort::Envelopes,
            Some(DeviceSpec::Bridge(bridge)) => {
                let is_host = bridge.ports.get(port.index()).is_some_and(|port| port.name == HOST);
                if is_host { Sort::Own } else { Sort::Port }
            }
            _ => Sort::Other,
        }
    }

    fn joint(&self, [a, b]: [End; 2]) -> Joint {
        let both = [(a, b), (b, a)].into_iter().find_map(|(a, b)| self.one_way(a, b));
        let veth = |end| matches!(self.sort(end), Sort::Interface | Sort::Port | Sort::Own);
        both.unwrap_or(if veth(a) && veth(b) { Joint::Pair } else { Joint::Impossible("Linux has no such wire") })
    }

    fn one_way(&self, a: End, b: End) -> Option<Joint> {
        let further = self.is_further_stack(b.0);
        match (self.sort(a), self.sort(b)) {
            (Sort::Inner, Sort::Interface) if further => {
                Some(Joint::Impossible("a tunnel into a container without a bridge between"))
            }
            (Sort::Outer, Sort::Envelopes) if further => Some(Joint::Impossible("a tunnel that is a container's own")),
            (Sort::Outer, Sort::Envelopes) | (Sort::Card, Sort::Lower) | (Sort::Child, Sort::Interface) => {
                Some(Joint::Uses)
            }
            // A virtual function is a card of its own.
            (Sort::Function, Sort::Interface | Sort::Port | Sort::Own) => Some(Joint::Uses),
            // The host goes on using the card itself.
            (Sort::Parent, Sort::Interface) if !further => {
                let card = self.wires.iter().find_map(|[low, high]| {
                    let both = [(low, high), (high, low)];
                    // All kinds of children count their ports alike here.
                    both.into_iter().find(|(at, _)| **at == (a.0, ipvlan::LOWER)).map(|(_, card)| card.0)
                });
                card.map(|device| Joint::Is { device, ports: vec![b] })
            }
            (Sort::Card | Sort::Inner, Sort::Interface | Sort::Port | Sort::Own) => {
                Some(Joint::Is { device: a.0, ports: vec![b] })
            }
            (Sort::Own, Sort::Interface) if !further => Some(Joint::Is { device: a.0, ports: vec![a, b] }),
            _ => None,
        }
    }
}

impl Script<'_> {
    /// Makes a wire.
    pub(super) fn wire(&mut self, a: End, b: End) {
        let joint = Wiring::of(self.plan).joint([a, b]);
        let ends = self.names.port(a).zip(self.names.port(b));
        match (joint, ends) {
            (Joint::Pair, Some((from, to))) => {
                let peer = format!("type veth peer {}", self.end(b, &to));
                let made = self.end(a, &from);
                self.line(format!("ip link add {made} {peer}"));
            }
            (Joint::Is { .. } | Joint::Uses, _) => {}
            (joint, _) => {
                let why = if let Joint::Impossible(why) = joint { why } else { "an end that does not exist" };
                let names = [a, b].map(|(device, _)| self.plan.device_name(device));
                self.refuse(format!("{} = {}: {why}", names[0], names[1]));
            }
        }
    }

    /// The ports that have a carrier by a wire; those that are a card need a cable for that.
    pub(super) fn joined(&self, a: End, b: End) -> Vec<Interface> {
        let is_card = |end: End| matches!(self.spec(end.0), Some(DeviceSpec::Nic(_)));
        let ends = if is_card(a) || is_card(b) { Vec::new() } else { vec![a, b] };
        ends.into_iter().filter_map(|end| self.names.port(end)).collect()
    }

    /// What is at the other end of a wire.
    pub(super) fn across(&self, end: End) -> Option<End> {
        self.plan.steps.iter().find_map(|step| match &step.op {
            Op::Wire { a, b } if *a == end => Some(*b),
            Op::Wire { a, b } if *b == end => Some(*a),
            _ => None,
        })
    }

    /// The hardware address of a bridge that is an interface of its host.
    pub(super) fn host_address(&self, bridge: DeviceId, config: &BridgeConfig) -> Option<MacAddr> {
        let own = self.names.device(bridge)?;
        let port = (0..config.ports.len() as u16).map(|port| (bridge, PortNo(port)));
        let (stack, at) =
            port.filter(|port| self.names.port(*port).as_ref() == Some(&own)).find_map(|p| self.across(p))?;
        let Some(DeviceSpec::Stack(stack)) = self.spec(stack) else { return None };
        stack.interfaces.get(at.index()).map(|at| at.mac).filter(|mac| *mac != MacAddr::ZERO)
    }
}
