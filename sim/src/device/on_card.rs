//! Interfaces that share one card: what the devices have in common whose ports are its children.
//!
//! Port 0 leads to the card, port 1 to the host's stack, which uses the card itself; the children have the last ports.
//! Each child lets in the groups that the stack above it has joined, and the card all of these together. Virtual
//! functions are such children too, of a card that has a switch of its own.

use std::net::Ipv4Addr;
use std::ops::{Deref, DerefMut};

use crate::id::{EventNo, PortNo};
use crate::wire::{Frame, MacAddr, ethernet};

/// Port to the parent, a network card.
pub const LOWER: PortNo = PortNo(0);
/// Port to the interface by which the host itself uses the parent.
pub const HOST: PortNo = PortNo(1);
/// Pause frames of flow control (IEEE 802.3 annex 31B), which children never see.
pub const PAUSE: u16 = 0x8808;

/// A child: how it is configured, and what it hears.
#[derive(Clone, Debug)]
pub struct Child<C> {
    /// Its settings.
    pub config: C,
    /// Groups that the stack above it has joined.
    pub joined: Vec<Ipv4Addr>,
    /// The event that changed it.
    pub written: EventNo,
}

fn is_joined(groups: &[Ipv4Addr], dst: MacAddr) -> bool {
    groups.iter().any(|group| MacAddr::of_ipv4_group(*group) == dst)
}

impl<C> Child<C> {
    /// The stack above it has joined a group.
    pub fn listens(&self, group: MacAddr) -> bool {
        is_joined(&self.joined, group)
    }
}

/// Whose groups have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// The host's own.
    Host,
    /// Those of the child in this place.
    Child(u16),
}

/// The children of a card in their order, and the groups of the host beside them.
#[derive(Clone, Debug)]
pub struct Children<C> {
    list: Vec<Child<C>>,
    /// Port of the first.
    first: u16,
    host_groups: Vec<Ipv4Addr>,
}

impl<C> Deref for Children<C> {
    type Target = [Child<C>];

    fn deref(&self) -> &[Child<C>] {
        &self.list
    }
}

impl<C> DerefMut for Children<C> {
    fn deref_mut(&mut self) -> &mut [Child<C>] {
        &mut self.list
    }
}

impl<C> Children<C> {
    /// Children that have joined nothing yet; the first has this port.
    pub fn new(first: u16, configs: Vec<C>) -> Self {
        let child = |config| Child { config, joined: Vec::new(), written: EventNo(0) };
        Self { list: configs.into_iter().map(child).collect(), first, host_groups: Vec::new() }
    }

    /// Port of the child in a place.
    pub fn port(&self, place: u16) -> PortNo {
        PortNo(self.first + place)
    }

    /// The child at a port.
    pub fn at(&self, port: PortNo) -> Option<&Child<C>> {
        self.list.get(usize::from(port.0.checked_sub(self.first)?))
    }

    /// Ports of all children.
    pub fn ports(&self) -> impl Iterator<Item = PortNo> + use<C> {
        (self.first..self.first + self.list.len() as u16).map(PortNo)
    }

    /// Ports of the children that let in a frame for many, its sender left out, and those of which the test says no
    /// (Linux `macvlan_broadcast`, `ipvlan_process_multicast`).
    pub fn hearers(&self, frame: &Frame, from: Option<u16>, test: impl Fn(&C) -> bool) -> Vec<PortNo> {
        let bytes = frame.bytes();
        let Some(dst) = ethernet::dst(bytes).filter(|_| ethernet::ethertype(bytes) != Some(PAUSE)) else {
            return Vec::new();
        };
        let hears = |(child, place): &(&Child<C>, u16)| {
            Some(*place) != from && test(&child.config) && (dst.is_broadcast() || child.listens(dst))
        };
        self.list.iter().zip(0..).filter(hears).map(|(_, place)| self.port(place)).collect()
    }

    /// The stack of the host has joined a group.
    pub fn host_listens(&self, group: MacAddr) -> bool {
        is_joined(&self.host_groups, group)
    }

    /// What the card has to let in: a child hands its list down to its parent.
    pub fn groups(&self) -> Vec<(PortNo, Vec<Ipv4Addr>)> {
        let mut all = self.host_groups.clone();
        for group in self.list.iter().flat_map(|child| &child.joined) {
            if !all.contains(group) {
                all.push(*group);
            }
        }
        vec![(LOWER, all)]
    }

    /// The stack behind a port has joined these groups, and no others; nothing if it had.
    pub fn let_in(&mut self, port: PortNo, groups: &[Ipv4Addr], event: EventNo) -> Option<Joined> {
        let Some(place) = port.0.checked_sub(self.first) else {
            return (port == HOST && self.host_groups != groups).then(|| {
                self.host_groups = groups.to_vec();
                Joined::Host
            });
        };
        let child = self.list.get_mut(usize::from(place)).filter(|child| child.joined != groups)?;
        (child.joined, child.written) = (groups.to_vec(), event);
        Some(Joined::Child(place))
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        let groups: usize = self.list.iter().map(|child| child.joined.len() * size_of::<Ipv4Addr>()).sum();
        groups + self.list.len() * size_of::<Child<C>>()
    }
}
