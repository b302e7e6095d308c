//! IPVLAN: several IP addresses on one network card, each with a stack of its own, and one Ethernet address for all.
//!
//! Port 0 leads to the parent card, port 1 to the interface that the host's own stack has on it, port 2 into that stack
//! for packets that children have routed there, the others to the children in their order. This is the receive handler
//! Linux hangs into the parent together with the transmit function of the children. Modelled: the modes l2, l3 and l3s
//! with the flags bridge, private and vepa, which are those of the parent; group filters; the reflection of own
//! broadcasts; `NOARP`. Left out: IPv6, a child that is down, the false positives of the 256-bit group filter, the
//! backlog of broadcasts.
//!
//! Before editing read Linux `drivers/net/ipvlan/ipvlan_core.c` (`ipvlan_queue_xmit`, `ipvlan_handle_frame`),
//! `ipvlan_l3s.c` and `ipvlan_main.c`.

mod change;
pub mod config;
mod tables;
#[cfg(test)]
mod tests;
pub mod why;

pub use super::on_card::{HOST, LOWER};
pub use change::SETTINGS;
pub use config::{ChildConfig, Flag, IpvlanConfig, Mode};

use std::net::Ipv4Addr;

use crate::device::on_card::{Children, Joined, PAUSE};
use crate::engine::{ChangeError, Device, DeviceChange, Outbox, RowChange, TableView, TimerKind, Why};
use crate::explain::Reason;
use crate::id::PortNo;
use crate::time::SimTime;
use crate::wire::{Frame, LinkType, MacAddr, be32, ethernet, ipv4};

/// Port by which packets of children enter the host's stack, to be sent as if they were its own.
pub const ROUTED: PortNo = PortNo(2);
/// Port of the first child.
pub const CHILD: u16 = 3;

/// Place of the addresses among the tables.
const ADDRESSES: u8 = 0;
/// Place of the children.
const CHILDREN: u8 = 1;
/// The device.
#[derive(Clone, Debug)]
pub struct Ipvlan {
    /// The address of the parent.
    mac: MacAddr,
    mode: Mode,
    flag: Flag,
    children: Children<ChildConfig>,
    /// Their places by their addresses, sorted.
    by_ip: Vec<(Ipv4Addr, u16)>,
    /// The parent has a carrier, and so have its children.
    carrier: bool,
}

/// What an ipvlan device reads of a packet: IPv4 or ARP, and from whom to whom.
#[derive(Clone, Copy, Debug)]
struct Label {
    is_ip: bool,
    src: Ipv4Addr,
    dst: Ipv4Addr,
}

impl Label {
    /// Nothing for what is neither, or damaged (`ipvlan_get_L3_hdr`).
    fn read(frame: &Frame) -> Option<Self> {
        let bytes = frame.bytes();
        let packet = bytes.get(ethernet::HEADER_LEN..)?;
        match ethernet::ethertype(bytes)? {
            ethernet::IPV4 => {
                let ip = ipv4::read(packet).ok()?;
                Some(Self { is_ip: true, src: ip.src, dst: ip.dst })
            }
            // Whether it asks or answers is not looked at.
            ethernet::ARP if packet.len() >= crate::wire::arp::LEN => {
                let address = |at| Ipv4Addr::from_bits(be32(packet, at));
                Some(Self { is_ip: false, src: address(14), dst: address(24) })
            }
            _ => None,
        }
    }
}

impl Ipvlan {
    /// The children as configured; the last one decides on mode and flag.
    pub fn new(config: IpvlanConfig) -> Self {
        let (mode, flag) = config.agreed();
        let pairs = config.children.iter().zip(0..);
        let of = |(child, place): (&ChildConfig, u16)| child.addresses.iter().map(move |ip| (*ip, place)).collect();
        let mut by_ip: Vec<(Ipv4Addr, u16)> = pairs.flat_map(|pair| -> Vec<_> { of(pair) }).collect();
        by_ip.sort_unstable();
        let children = Children::new(CHILD, config.children);
        Self { mac: config.mac, mode, flag, children, by_ip, carrier: true }
    }

    /// The child with this address (`ipvlan_ht_addr_lookup`).
    fn with_ip(&self, ip: Ipv4Addr) -> Option<u16> {
        let at = self.by_ip.partition_point(|(known, _)| *known < ip);
        self.by_ip.get(at).filter(|(known, _)| *known == ip).map(|(_, place)| *place)
    }

    /// A reason with the address that decided.
    fn row(reason: Reason, ip: Ipv4Addr) -> Why {
        Why::row(reason, ADDRESSES, u64::from(ip.to_bits()))
    }

    /// A reason with the mode and flag of a child.
    fn child_row(reason: Reason, child: u16) -> Why {
        Why::row(reason, CHILDREN, u64::from(child))
    }

    /// A frame from the parent (`ipvlan_handle_frame`).
    fn arrived(&self, frame: Frame, out: &mut Outbox<'_>) {
        let (Some(dst), Some(src)) = (ethernet::dst(frame.bytes()), ethernet::src(frame.bytes())) else {
            return out.drop(frame, &why::RUNT);
        };
        if frame.len() < ethernet::HEADER_LEN {
            return out.drop(frame, &why::RUNT);
        }
        let label = Label::read(&frame);
        if self.mode == Mode::L2 && dst.is_multicast() {
            return self.group(src, label, frame, out);
        }
        let found = label.and_then(|label| Some((label, self.with_ip(label.dst)?)));
        match found {
            // Only IP packets pass the hook that gives them to a child (`ipvlan_l3_rcv`, `ipvlan_nf_input`).
            Some((label, child)) if self.mode == Mode::L3s && label.is_ip => {
                out.note(&frame, &why::L3S_FILTERED);
                out.forward(self.children.port(child), frame, Self::row(&why::CHILD_ADDRESS, label.dst));
            }
            Some((label, child)) if self.mode != Mode::L3s => {
                out.forward(self.children.port(child), frame, Self::row(&why::CHILD_ADDRESS, label.dst));
            }
            Some(_) => out.forward(HOST, frame, &why::L3S_PASSED),
            None => out.forward(HOST, frame, &why::NO_CHILD),
        }
    }

    /// A broadcast or multicast that came through the parent, in mode l2 (`ipvlan_handle_mode_l2`).
    fn group(&self, src: MacAddr, label: Option<Label>, frame: Frame, out: &mut Outbox<'_>) {
        // What a child sent and something outside sent back (`ipvlan_external_frame`).
        let own = label.filter(|label| src == self.mac && self.with_ip(label.src).is_some());
        if let Some(label) = own {
            return out.forward(HOST, frame, Self::row(&why::OWN_REFLECTION, label.src));
        }
        let ports = self.children.hearers(&frame, None, |_| true);
        out.flood(ports.into_iter().chain([HOST]), frame, &why::GROUP_FROM_OUTSIDE);
    }

    /// A frame a child sends (`ipvlan_queue_xmit`).
    fn leaving(&self, child: u16, frame: Frame, out: &mut Outbox<'_>) {
        if frame.len() < ethernet::HEADER_LEN {
            return out.drop(frame, &why::RUNT);
        }
        if usize::from(child) >= self.children.len() {
            return out.drop(frame, &why::NO_PORT);
        }
        if !self.carrier {
            return out.drop(frame, &why::NO_CARRIER);
        }
        match self.mode {
            Mode::L2 => self.leaving_l2(child, frame, out),
            Mode::L3 | Mode::L3s => self.leaving_l3(child, frame, out),
        }
    }

    /// `ipvlan_xmit_mode_l2`.
    fn leaving_l2(&self, child: u16, frame: Frame, out: &mut Outbox<'_>) {
        let (Some(dst), Some(src)) = (ethernet::dst(frame.bytes()), ethernet::src(frame.bytes())) else {
            return out.drop(frame, &why::RUNT);
        };
        if self.flag != Flag::Vepa && dst == src {
            let label = Label::read(&frame);
            return match label.and_then(|label| Some((label, self.with_ip(label.dst)?))) {
                Some((label, to)) => self.to_sibling(label, to, frame, out),
                None => out.forward(HOST, frame, &why::TO_PARENT),
            };
        }
        if !dst.is_multicast() {
            let reason: Reason = if dst == src { &why::VEPA_OUT } else { &why::L2_OUT };
            return out.forward(LOWER, frame, Self::child_row(reason, child));
        }
        if ethernet::ethertype(frame.bytes()) == Some(PAUSE) {
            return out.drop(frame, &why::PAUSE);
        }
        let ports = self.children.hearers(&frame, Some(child), |_| true);
        out.flood(ports.into_iter().chain([LOWER]), frame, Self::child_row(&why::L2_GROUP, child));
    }

    /// `ipvlan_xmit_mode_l3`, `ipvlan_process_outbound`.
    fn leaving_l3(&self, child: u16, mut frame: Frame, out: &mut Outbox<'_>) {
        let label = Label::read(&frame);
        if self.flag != Flag::Vepa
            && let Some((label, to)) = label.and_then(|label| Some((label, self.with_ip(label.dst)?)))
        {
            return self.to_sibling(label, to, frame, out);
        }
        if ethernet::dst(frame.bytes()).is_none_or(MacAddr::is_multicast) {
            return out.drop(frame, Self::child_row(&why::L3_GROUP, child));
        }
        if !label.is_some_and(|label| label.is_ip) {
            return out.drop(frame, &why::L3_NOT_IP);
        }
        out.rename(&mut frame);
        frame.unwrap(ethernet::HEADER_LEN, LinkType::Ip);
        out.decapsulate(ROUTED, frame, Self::child_row(&why::L3_ROUTED, child));
    }

    /// The address is that of a child of the same parent.
    fn to_sibling(&self, label: Label, to: u16, frame: Frame, out: &mut Outbox<'_>) {
        if self.flag == Flag::Private {
            return out.drop(frame, Self::row(&why::PRIVATE, label.dst));
        }
        out.forward(self.children.port(to), frame, Self::row(&why::SIBLING, label.dst));
    }
}

impl Device for Ipvlan {
    fn receive(&mut self, _now: SimTime, port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        match port {
            LOWER => self.arrived(frame, out),
            HOST if frame.len() < ethernet::HEADER_LEN => out.drop(frame, &why::RUNT),
            HOST => out.forward(LOWER, frame, &why::HOST_OUT),
            ROUTED => out.drop(frame, &why::NO_PORT),
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
        // `ipvlan_set_multicast_mac_filter`
        self.children.groups()
    }

    fn let_in(&mut self, port: PortNo, groups: &[Ipv4Addr], out: &mut Outbox<'_>) -> bool {
        let whose = self.children.let_in(port, groups, out.event());
        if let Some(Joined::Child(child)) = whose {
            out.wrote(CHILDREN, u64::from(child), RowChange::Changed);
        }
        whose.is_some()
    }

    fn arp(&self) -> Vec<(PortNo, bool)> {
        // `ipvlan_set_port_mode` sets or clears NOARP of every child.
        self.children.ports().map(|port| (port, self.mode.speaks_arp())).collect()
    }

    fn change(&mut self, _now: SimTime, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        self.make_change(change, out)
    }

    fn kind(&self) -> &'static str {
        "ipvlan"
    }

    fn ports(&self) -> u16 {
        CHILD + self.children.len() as u16
    }

    fn port_name(&self, port: PortNo) -> String {
        match port {
            LOWER => "lower".to_owned(),
            HOST => "host".to_owned(),
            ROUTED => "routed".to_owned(),
            port => self.children.at(port).map_or_else(|| format!("port {port}"), |child| child.config.name.clone()),
        }
    }

    fn link_type(&self, port: PortNo) -> LinkType {
        if port == ROUTED { LinkType::Ip } else { LinkType::Ethernet }
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
        self.children.heap_bytes() + self.by_ip.len() * size_of::<(Ipv4Addr, u16)>()
    }

    fn boxed_clone(&self) -> Box<dyn Device> {
        Box::new(self.clone())
    }
}
