//! MACVLAN: several Ethernet addresses on one network card, without a bridge.
//!
//! Port 0 leads to the parent card, port 1 to the host's own stack, the others to the children in their order. This is
//! the receive handler Linux hangs into the parent together with the transmit function of the children. Modelled: the
//! five modes, for each child on its own, who hears a reflected broadcast, copies by source, group filters. Left out:
//! a child that is down, the false positives of the 256-bit group filter, the backlog of broadcasts, offloading to the
//! card.
//!
//! Before editing read Linux `drivers/net/macvlan.c` (`macvlan_handle_frame`, `macvlan_queue_xmit`).

mod change;
pub mod config;
mod tables;
#[cfg(test)]
mod tests;
pub mod why;

pub use super::on_card::{HOST, LOWER};
pub use change::CHILD_SETTINGS;
pub use config::{ChildConfig, MacvlanConfig, Mode};

use std::net::Ipv4Addr;

use crate::device::on_card::{Children, Joined};
use crate::engine::{ChangeError, Device, DeviceChange, Outbox, RowChange, TableView, TimerKind, Why};
use crate::explain::Reason;
use crate::id::{EventNo, PortNo};
use crate::time::SimTime;
use crate::wire::{Frame, MacAddr, ethernet};

/// Port of the first child.
pub const CHILD: u16 = 2;

/// Place of the children among the tables.
const CHILDREN: u8 = 0;
/// Place of the addresses children in source mode listen to.
const SOURCES: u8 = 1;

/// The device.
#[derive(Clone, Debug)]
pub struct Macvlan {
    children: Children<ChildConfig>,
    /// Their places by their addresses, sorted.
    by_mac: Vec<(MacAddr, u16)>,
    /// Pairs of an address and the child that gets copies of its frames.
    sources: Vec<Source>,
    /// The parent has a carrier, and so have its children.
    carrier: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Source {
    mac: MacAddr,
    child: u16,
    written: EventNo,
}

impl Macvlan {
    /// The children as configured.
    pub fn new(config: MacvlanConfig) -> Self {
        let pairs = config.children.iter().zip(0..);
        let of = |(child, place): (&ChildConfig, u16)| {
            let source = move |mac| Source { mac, child: place, written: EventNo(0) };
            child.sources.clone().into_iter().map(source).collect::<Vec<_>>()
        };
        let sources = pairs.flat_map(of).collect();
        let mut by_mac: Vec<(MacAddr, u16)> = config.children.iter().map(|child| child.mac).zip(0..).collect();
        by_mac.sort_unstable();
        Self { children: Children::new(CHILD, config.children), by_mac, sources, carrier: true }
    }

    /// The child with this address (`macvlan_hash_lookup`).
    fn with_mac(&self, mac: MacAddr) -> Option<u16> {
        // The first of several with one address, which Linux does not let happen.
        let at = self.by_mac.partition_point(|(known, _)| *known < mac);
        self.by_mac.get(at).filter(|(known, _)| *known == mac).map(|(_, place)| *place)
    }

    /// A row of the table of children.
    fn row(&self, reason: Reason, child: u16) -> Why {
        Why::row(reason, CHILDREN, self.children[usize::from(child)].config.mac.key())
    }

    fn passthru(&self) -> Option<u16> {
        self.children.iter().position(|child| child.config.mode == Mode::Passthru).map(|place| place as u16)
    }

    /// A frame from the parent: off the wire, or from a child to its sibling.
    fn arrived(&self, mut frame: Frame, out: &mut Outbox<'_>) {
        let (Some(dst), Some(src)) = (ethernet::dst(frame.bytes()), ethernet::src(frame.bytes())) else {
            return out.drop(frame, &why::RUNT);
        };
        if frame.len() < ethernet::HEADER_LEN {
            return out.drop(frame, &why::RUNT);
        }
        let Some(rest) = self.by_source(src, frame, out) else { return };
        frame = rest;
        if dst.is_multicast() {
            return self.group(src, frame, out);
        }
        let (found, reason): (_, Reason) = match self.passthru() {
            Some(child) => (Some(child), &why::PASSTHRU),
            None => (self.with_mac(dst), &why::CHILD_ADDRESS),
        };
        match found.filter(|&child| self.children[usize::from(child)].config.mode != Mode::Source) {
            None => out.forward(HOST, frame, &why::NO_CHILD),
            Some(child) => out.forward(self.children.port(child), frame, self.row(reason, child)),
        }
    }

    /// Copies for children that listen to the sender. What is left of the frame goes its ordinary way, unless one of
    /// them takes it (`macvlan_forward_source`).
    fn by_source(&self, src: MacAddr, frame: Frame, out: &mut Outbox<'_>) -> Option<Frame> {
        let mut takes = false;
        let mut ports = Vec::new();
        for source in self.sources.iter().filter(|source| source.mac == src) {
            takes |= self.children[usize::from(source.child)].config.takes;
            ports.push(self.children.port(source.child));
        }
        if ports.is_empty() {
            return Some(frame);
        }
        let why = Why::row(if takes { &why::SOURCE_TAKES } else { &why::SOURCE_COPIES }, SOURCES, src.key());
        if takes {
            out.flood(ports.into_iter(), frame, why);
            return None;
        }
        out.flood(ports.into_iter(), frame.clone(), why);
        Some(frame)
    }

    /// A broadcast or multicast that came through the parent.
    fn group(&self, src: MacAddr, frame: Frame, out: &mut Outbox<'_>) {
        let from = self.with_mac(src);
        let mode = from.map(|child| self.children[usize::from(child)].config.mode);
        let (modes, reason): (&[Mode], Reason) = match mode {
            None => (&[Mode::Private, Mode::Vepa, Mode::Passthru, Mode::Bridge], &why::GROUP_FROM_OUTSIDE),
            Some(Mode::Vepa) => (&[Mode::Vepa, Mode::Bridge], &why::REFLECTED_VEPA),
            Some(Mode::Bridge) => (&[Mode::Vepa], &why::REFLECTED_BRIDGE),
            Some(_) => {
                let child = from.unwrap_or_default();
                return out.forward(self.children.port(child), frame, self.row(&why::REFLECTED_BACK, child));
            }
        };
        let ports = self.children.hearers(&frame, from, |child| modes.contains(&child.mode));
        let why = from.map_or_else(|| Why::from(reason), |child| self.row(reason, child));
        out.flood(ports.into_iter().chain([HOST]), frame, why);
    }

    /// A frame a child sends (`macvlan_queue_xmit`).
    fn leaving(&self, child: u16, frame: Frame, out: &mut Outbox<'_>) {
        let Some(dst) = ethernet::dst(frame.bytes()).filter(|_| frame.len() >= ethernet::HEADER_LEN) else {
            return out.drop(frame, &why::RUNT);
        };
        let Some(mode) = self.children.get(usize::from(child)).map(|child| child.config.mode) else {
            return out.drop(frame, &why::NO_PORT);
        };
        if !self.carrier {
            return out.drop(frame, &why::NO_CARRIER);
        }
        if mode != Mode::Bridge {
            return out.forward(LOWER, frame, self.row(to_the_wire(mode), child));
        }
        if dst.is_multicast() {
            let ports = self.children.hearers(&frame, Some(child), |child| child.mode == Mode::Bridge);
            return out.flood(ports.into_iter().chain([LOWER]), frame, self.row(&why::BRIDGE_GROUP, child));
        }
        let sibling = self.with_mac(dst).filter(|&to| self.children[usize::from(to)].config.mode == Mode::Bridge);
        match sibling {
            None => out.forward(LOWER, frame, self.row(&why::BRIDGE_OUT, child)),
            Some(to) => {
                // The kernel sends it through the parent's receive path, where copies by source are made too.
                let Some(src) = ethernet::src(frame.bytes()) else { return out.drop(frame, &why::RUNT) };
                let Some(frame) = self.by_source(src, frame, out) else { return };
                out.forward(self.children.port(to), frame, self.row(&why::BRIDGED, to));
            }
        }
    }
}

/// Why a child that is no bridge sends everything down.
fn to_the_wire(mode: Mode) -> Reason {
    match mode {
        Mode::Private => &why::PRIVATE_OUT,
        Mode::Passthru => &why::PASSTHRU_OUT,
        Mode::Source => &why::SOURCE_OUT,
        Mode::Vepa | Mode::Bridge => &why::VEPA_OUT,
    }
}

impl Device for Macvlan {
    fn receive(&mut self, _now: SimTime, port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        match port {
            LOWER => self.arrived(frame, out),
            HOST if frame.len() < ethernet::HEADER_LEN => out.drop(frame, &why::RUNT),
            HOST => out.forward(LOWER, frame, &why::HOST_OUT),
            PortNo(child) => self.leaving(child - CHILD, frame, out),
        }
    }

    fn timer(&mut self, _now: SimTime, _kind: TimerKind, _out: &mut Outbox<'_>) {}

    fn carrier(&mut self, _now: SimTime, port: PortNo, up: bool, _out: &mut Outbox<'_>) {
        if port == LOWER {
            self.carrier = up;
        }
    }

    fn carrier_behind(&self, port: PortNo) -> Vec<PortNo> {
        // The host's own interface is the parent itself; children follow it (`netif_stacked_transfer_operstate`).
        if port == LOWER { [HOST].into_iter().chain(self.children.ports()).collect() } else { Vec::new() }
    }

    fn groups(&self) -> Vec<(PortNo, Vec<Ipv4Addr>)> {
        // `macvlan_set_mac_lists`
        self.children.groups()
    }

    fn let_in(&mut self, port: PortNo, groups: &[Ipv4Addr], out: &mut Outbox<'_>) -> bool {
        let whose = self.children.let_in(port, groups, out.event());
        if let Some(Joined::Child(child)) = whose {
            out.wrote(CHILDREN, self.children[usize::from(child)].config.mac.key(), RowChange::Changed);
        }
        whose.is_some()
    }

    fn change(&mut self, _now: SimTime, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        self.make_change(change, out)
    }

    fn kind(&self) -> &'static str {
        "macvlan"
    }

    fn ports(&self) -> u16 {
        CHILD + self.children.len() as u16
    }

    fn port_name(&self, port: PortNo) -> String {
        match port {
            LOWER => "lower".to_owned(),
            HOST => "host".to_owned(),
            port => self.children.at(port).map_or_else(|| format!("port {port}"), |child| child.config.name.clone()),
        }
    }

    fn timers(&self) -> u32 {
        0
    }

    fn reasons(&self) -> &'static [Reason] {
        why::ALL
    }

    fn tables(&self) -> Vec<TableView> {
        self.views()
    }

    fn heap_bytes(&self) -> usize {
        let places = self.by_mac.len() * size_of::<(MacAddr, u16)>();
        self.children.heap_bytes() + places + self.sources.len() * size_of::<Source>()
    }

    fn boxed_clone(&self) -> Box<dyn Device> {
        Box::new(self.clone())
    }
}
