//! Who is meant by an address: the names of a world's nodes by their MAC and IP addresses.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::engine::{Cell, World};
use crate::id::DeviceId;
use crate::wire::MacAddr;

/// An address book, made from the `addresses` tables of a world.
#[derive(Clone, Debug, Default)]
pub struct Book {
    macs: BTreeMap<MacAddr, String>,
    ips: BTreeMap<Ipv4Addr, String>,
}

impl Book {
    /// The book of a world as it stands.
    pub fn of(world: &World) -> Self {
        let mut book = Self::default();
        let stacks: Vec<DeviceId> = (0..world.device_count() as u32)
            .map(DeviceId)
            .filter(|id| world.device(*id).is_some_and(|device| device.kind() == "stack"))
            .collect();
        for id in &stacks {
            let Some(device) = world.device(*id) else { continue };
            let name = stack_name(world, &stacks, *id);
            for table in device.tables().iter().filter(|table| table.name == "addresses") {
                for cell in table.rows.iter().flat_map(|row| &row.cells) {
                    match cell {
                        Cell::Mac(mac) => enter(&mut book.macs, *mac, &name),
                        Cell::Ip(ip) | Cell::Prefix(ip, _) => enter(&mut book.ips, *ip, &name),
                        _ => {}
                    }
                }
            }
        }
        book
    }

    /// The node with this MAC address, or the address itself.
    pub fn mac(&self, mac: MacAddr) -> String {
        self.macs.get(&mac).cloned().unwrap_or_else(|| mac.to_string())
    }

    /// The node with this IP address, or the address itself.
    pub fn ip(&self, ip: Ipv4Addr) -> String {
        self.ips.get(&ip).cloned().unwrap_or_else(|| ip.to_string())
    }

    /// The node with this MAC address.
    pub fn node_of(&self, mac: MacAddr) -> Option<&str> {
        self.macs.get(&mac).map(String::as_str)
    }

    /// A cell, with a name behind an address that has one: `02:00:00:00:00:02 (b)`.
    pub fn cell(&self, cell: &Cell) -> String {
        let name = match cell {
            Cell::Mac(mac) => self.macs.get(mac),
            Cell::Ip(ip) => self.ips.get(ip),
            _ => None,
        };
        name.map_or_else(|| cell.to_string(), |name| format!("{cell} ({name})"))
    }
}

/// Several with one address are all meant: `a|twin`, and `tenant` for the gateway of this name on every host.
fn enter<K: Ord>(known: &mut BTreeMap<K, String>, address: K, name: &str) {
    let own = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    let Some(first) = known.get_mut(&address) else {
        known.insert(address, name.to_owned());
        return;
    };
    if first.split('|').any(|other| other == name) {
        return;
    }
    if own(first) == own(name) {
        *first = own(name);
    } else {
        first.push('|');
        first.push_str(name);
    }
}

/// What a stack is called: like its node when it is the first or only one there, else by its own name, with that of
/// the node in front where several are called so.
fn stack_name(world: &World, stacks: &[DeviceId], id: DeviceId) -> String {
    let node = world.node_of(id);
    if stacks.iter().find(|other| world.node_of(**other) == node) == Some(&id) {
        return node_name(world, id);
    }
    let short = |id: DeviceId| world.device_name(id).rsplit('/').next().unwrap_or_default().to_owned();
    let own = short(id);
    if stacks.iter().filter(|other| short(**other) == own).count() > 1 { world.device_name(id).to_owned() } else { own }
}

/// Name of the node a device belongs to.
pub fn node_name(world: &World, device: DeviceId) -> String {
    let node = world.node_of(device).and_then(|node| world.nodes().get(node.index()));
    node.map_or_else(|| "?".to_owned(), |node| node.name.clone())
}

/// A port as people say it: `2` on a switch `sw`, `eth0` on `ann/eth0`.
pub fn port_name(world: &World, device: DeviceId, port: crate::id::PortNo) -> String {
    world.device(device).map_or_else(|| port.to_string(), |at| at.port_name(port))
}
