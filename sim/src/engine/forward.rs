//! What routers would do with a packet: for whoever looks at all of them at once.
//!
//! A loop or a black hole is not to be seen in any one forwarding table. Who wants to find them walks from router to
//! router with what is here, and moves no packet.

use std::net::Ipv4Addr;

use crate::engine::wire::End;
use crate::engine::world::World;
use crate::id::{CableId, DeviceId, PortNo};
use crate::time::SimDuration;

/// Where a packet would go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// It is for this host itself.
    Own,
    /// Its destination is on the link of this interface.
    Attached(PortNo),
    /// To one of these routers, each behind an interface.
    Via(Vec<(Ipv4Addr, PortNo)>),
    /// Nowhere: there is no route, or one that refuses.
    Nowhere,
}

/// An interface of a router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Its port.
    pub port: PortNo,
    /// Its addresses, with the length of their prefixes.
    pub addresses: Vec<(Ipv4Addr, u8)>,
    /// The router sees carrier there.
    pub up: bool,
}

/// A device that passes packets on by a table of prefixes.
pub trait Forwarder {
    /// Where a packet for this address would go.
    fn way(&self, to: Ipv4Addr) -> Way;

    /// Its interfaces.
    fn sides(&self) -> Vec<Side>;

    /// All prefixes it has a route for, sorted.
    fn prefixes(&self) -> Vec<(Ipv4Addr, u8)>;

    /// Place of its forwarding table among its tables.
    fn table(&self) -> u8;

    /// The prefix of a row of the forwarding table.
    fn prefix(&self, row: u64) -> (Ipv4Addr, u8);

    /// How long the routing protocols here need to notice a neighbour that has gone in silence; nothing where there
    /// is none.
    fn patience(&self) -> Option<SimDuration>;
}

impl World {
    /// IPv4 packets can get over a cable: it has carrier, and does not lose all of them.
    pub fn carries(&self, cable: CableId) -> bool {
        let both = cable.index() * 2..cable.index() * 2 + 2;
        self.core.directions.get(both).is_some_and(|both| both.iter().all(|way| way.up && !way.loses_all()))
    }

    /// The ports of IP stacks that can hear, over cables and whatever lies between, what a port sends.
    pub fn stations(&self, device: DeviceId, port: PortNo) -> Vec<(DeviceId, PortNo)> {
        let (mut next, mut seen, mut found) = (vec![(device, port)], Vec::new(), Vec::new());
        while let Some((device, port)) = next.pop() {
            let there = match self.core.wiring.end(device, port) {
                End::Internal(device, port) => (device, port),
                End::Cable(way) if self.carries(CableId(way / 2)) => self.core.directions[way as usize].to,
                End::None | End::Cable(_) => continue,
            };
            if !self.has_power(there.0) || seen.contains(&there) {
                continue;
            }
            seen.push(there);
            let Some(other) = self.device(there.0) else { continue };
            if other.kind() == "stack" {
                found.push(there);
            } else {
                next.extend((0..other.ports()).map(PortNo).filter(|at| *at != there.1).map(|at| (there.0, at)));
            }
        }
        found.sort_unstable();
        found
    }

    /// The longest time any routing protocol here needs to notice a silent neighbour; nothing where none is spoken.
    pub fn patience(&self) -> Option<SimDuration> {
        self.devices.iter().filter_map(|device| device.forwarder()?.patience()).max()
    }
}
