//! What namespaces and devices are called on Linux.

use crate::id::{DeviceId, PortNo};
use crate::plan::{DeviceSpec, Plan};

use super::wires::{Joint, Wiring};

/// What a port is called on Linux, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interface {
    /// Name of the namespace, without the prefix.
    pub space: String,
    /// Name of the device in it.
    pub name: String,
}

/// Names of namespaces and of the ports of all devices.
#[derive(Debug, Default)]
pub struct Names {
    /// Namespaces: one for each node, then one for each further IP stack in a node.
    pub spaces: Vec<String>,
    pub(super) devices: Vec<Device>,
}

#[derive(Debug, Default)]
pub(super) struct Device {
    home: usize,
    /// Name of a bridge, a card, a tunnel.
    own: String,
    /// Ports; those that are a card, a tunnel or a bridge have its name.
    pub(super) ports: Vec<String>,
}

/// Letters and digits only, so that a name needs no quotes and hides no command.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// The name as Linux can have it, or another that nobody else has.
fn fitting(name: &str, most: usize, taken: &[String], other: impl Fn(usize) -> String) -> String {
    let own = plain(name);
    let free = |name: &String| !name.is_empty() && name.len() <= most && !taken.contains(name);
    let ready = Some(own).filter(|own| free(own) && !own.starts_with('-'));
    // One of these is free: there is one more of them than names taken.
    ready.or_else(|| (0..=taken.len()).map(other).find(free)).unwrap_or_default()
}

/// Longest name of a network device (`IFNAMSIZ` less its end).
pub(super) const DEVICE_NAME: usize = 15;
/// Longest name of a namespace, so that a prefix has room.
const SPACE_NAME: usize = 60;

impl Names {
    /// Names everything in a plan.
    pub fn of(plan: &Plan) -> Self {
        let (mut names, wiring) = (Self::default(), Wiring::of(plan));
        for (.., name, _) in plan.nodes() {
            let space = fitting(name, SPACE_NAME, &names.spaces, |n| format!("node{n}"));
            names.spaces.push(space);
        }
        let homes = names.homes(plan, &wiring);
        let mut used: Vec<Vec<String>> = vec![vec!["lo".to_owned()]; names.spaces.len()];
        for ((device, _, name, spec), home) in plan.devices().zip(homes) {
            let mut none = Vec::new();
            let taken = used.get_mut(home).unwrap_or(&mut none);
            let mut take = |name: &str, prefix: &str| {
                let name = fitting(name, DEVICE_NAME, taken, |n| format!("{prefix}{n}"));
                taken.push(name.clone());
                name
            };
            let shared = |port: usize| wiring.is_shared((device, PortNo(port as u16)));
            let (own, ports) = match spec {
                DeviceSpec::Nic(nic) => {
                    let name = take(&nic.name, "eth");
                    (name.clone(), vec![name.clone(), name])
                }
                DeviceSpec::Bridge(bridge) => {
                    let own = take(name, "br");
                    let mut port = |(at, name): (usize, &str)| {
                        if shared(at) { String::new() } else { take(&format!("p{name}"), "p") }
                    };
                    let ports = bridge.ports.iter().map(|port| port.name.as_str()).enumerate().map(&mut port).collect();
                    (own, ports)
                }
                // Children are the interfaces they lead to, wherever those are.
                DeviceSpec::Macvlan(macvlan) => (String::new(), vec![String::new(); macvlan.children.len() + 2]),
                DeviceSpec::Ipvlan(ipvlan) => (String::new(), vec![String::new(); ipvlan.children.len() + 3]),
                DeviceSpec::Sriov(sriov) => (String::new(), vec![String::new(); sriov.vfs.len() + 2]),
                // Stands for something that no Linux is.
                DeviceSpec::Fabric(fabric) => {
                    let own = take(name, "fab");
                    let port = |name: &String| take(&format!("p{name}"), "p");
                    (own, fabric.ports.iter().map(port).collect())
                }
                DeviceSpec::Vtep(_) | DeviceSpec::Tunnel(_) => {
                    let own = take(name, "tun");
                    (own.clone(), vec![own.clone(), own])
                }
                DeviceSpec::Stack(stack) => {
                    let mut port = |(at, name): (usize, &str)| {
                        if shared(at) { String::new() } else { take(name, "eth") }
                    };
                    let ports = stack.interfaces.iter().map(|at| at.name.as_str()).enumerate().map(&mut port).collect();
                    (String::new(), ports)
                }
            };
            names.devices.push(Device { home, own, ports });
        }
        names.share(&wiring);
        names
    }

    /// The namespace of every device; further stacks of a node get one of their own, and their cards are in it.
    fn homes(&mut self, plan: &Plan, wiring: &Wiring<'_>) -> Vec<usize> {
        let mut homes = Vec::new();
        for (device, node, name, _) in plan.devices() {
            let further = wiring.is_further_stack(device);
            homes.push(if further { self.spaces.len() } else { node.index() });
            if further {
                let node = self.spaces.get(node.index()).cloned().unwrap_or_default();
                let space =
                    fitting(&format!("{node}-{name}"), SPACE_NAME, &self.spaces, |n| format!("{node}-stack{n}"));
                self.spaces.push(space);
            }
        }
        for (card, stack) in wiring.cards_of_stacks() {
            homes[card.index()] = homes[stack.index()];
        }
        homes
    }

    /// A port that is a card, a tunnel or a bridge is called like it.
    fn share(&mut self, wiring: &Wiring<'_>) {
        for (_, joint) in wiring.joints() {
            let Joint::Is { device, ports } = joint else { continue };
            let name = self.devices.get(device.index()).map(|at| at.own.clone()).unwrap_or_default();
            for (device, port) in ports {
                if let Some(port) = self.devices.get_mut(device.index()).and_then(|at| at.ports.get_mut(port.index())) {
                    port.clone_from(&name);
                }
            }
        }
    }

    /// Where a port is; nothing for the ports by which tunnels use a stack, which are nothing on Linux.
    pub fn port(&self, (device, port): (DeviceId, PortNo)) -> Option<Interface> {
        let device = self.devices.get(device.index())?;
        let space = self.spaces.get(device.home)?.clone();
        Some(Interface { space, name: device.ports.get(port.index())?.clone() })
    }

    /// A bridge, a card or a tunnel as a whole; of a stack the namespace.
    pub fn device(&self, device: DeviceId) -> Option<Interface> {
        let device = self.devices.get(device.index())?;
        Some(Interface { space: self.spaces.get(device.home)?.clone(), name: device.own.clone() })
    }
}
