//! What this stack would do with a packet, for those who look at all routers at once.

use std::net::Ipv4Addr;

use super::fib::{self, Kind};
use super::{ROUTES, Stack};
use crate::engine::{Forwarder, Side, Way};
use crate::id::PortNo;
use crate::time::SimDuration;

impl Forwarder for Stack {
    fn way(&self, to: Ipv4Addr) -> Way {
        if self.net.interfaces.iter().any(|at| at.owns(to)) {
            return Way::Own;
        }
        let Some((key, route)) = self.net.fib.lookup(to) else { return Way::Nowhere };
        match (route.kind, route.via) {
            (Kind::Unicast, None) => Way::Attached(route.port),
            (Kind::Unicast, Some(via)) => {
                let ways = self.net.fib.ways(key);
                let all: Vec<_> = ways.iter().map(|way| (way.via, way.port)).collect();
                Way::Via(if all.is_empty() { vec![(via, route.port)] } else { all })
            }
            _ => Way::Nowhere,
        }
    }

    fn sides(&self) -> Vec<Side> {
        let side = |(at, interface): (usize, &super::interface::Interface)| Side {
            port: PortNo(at as u16),
            addresses: interface.addresses.clone(),
            up: interface.up,
        };
        self.net.interfaces.iter().enumerate().map(side).collect()
    }

    fn prefixes(&self) -> Vec<(Ipv4Addr, u8)> {
        let mut all: Vec<_> = self.net.fib.iter().map(|(ip, len, _)| (ip, len)).collect();
        all.sort_unstable();
        all
    }

    fn table(&self) -> u8 {
        ROUTES
    }

    fn prefix(&self, row: u64) -> (Ipv4Addr, u8) {
        fib::prefix(row)
    }

    fn patience(&self) -> Option<SimDuration> {
        self.apps.iter().filter_map(|runs| runs.app.patience()).max()
    }
}
