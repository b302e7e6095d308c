//! A card with virtual functions (SR-IOV): several cards in one, and a switch between them that does not think.
//!
//! Port 0 leads to the cable by way of the physical port, port 1 to the host, which uses the physical function, the
//! others to virtual functions in their order. The switch has rows only where software wrote them; it learns nothing
//! and floods nothing. Modelled: switching by address and VLAN inside the card (VEB) or in the switch outside (VEPA),
//! spoof check, trust, VLAN and link state of each function, group filters, promiscuous functions. Left out: priorities
//! and rates, queues and interrupts, the false positives of group filters, offloads, representors (switchdev).
//!
//! Before editing read Linux `drivers/net/ethernet/intel/ixgbe/ixgbe_sriov.c`, `man 8 ip-link` ("vf NUM"), and the
//! section on the internal switch in Intel's 82599 datasheet (7.10.3).

mod change;
pub mod config;
mod tables;
#[cfg(test)]
mod tests;
pub mod why;

pub use super::on_card::{HOST, LOWER};
pub use change::SETTINGS;
pub use config::{Mode, SriovConfig, State, VfConfig};

use std::net::Ipv4Addr;

use crate::device::on_card::{Child, Children, Joined};
use crate::engine::{ChangeError, Device, DeviceChange, Outbox, RowChange, TableView, TimerKind, Why};
use crate::explain::Reason;
use crate::id::PortNo;
use crate::time::SimTime;
use crate::wire::ethernet::{Tag, insert_tag, remove_tag, tag};
use crate::wire::{Frame, MacAddr, ethernet};

/// Port of the first virtual function.
pub const VF: u16 = 2;

/// Place of the rows of the switch among the tables.
const VEB: u8 = 0;
/// Place of the virtual functions.
const FUNCTIONS: u8 = 1;
/// Place of the addresses that virtual functions ask for.
const ASKED: u8 = 2;

/// A virtual function.
type Vf = Child<VfConfig>;

impl Vf {
    /// What it asks for is granted.
    fn promiscuous(&self) -> bool {
        self.config.trust && self.config.promiscuous
    }

    fn hears(&self, dst: MacAddr) -> bool {
        dst.is_broadcast() || self.promiscuous() || self.listens(dst)
    }

    /// Addresses it may use: its own, and with trust those it asked for.
    fn may_use(&self, mac: MacAddr) -> bool {
        mac == self.config.mac || (self.config.trust && self.config.asks.contains(&mac))
    }
}

/// Key of a row: the VLAN stands above the 48 bits of the address.
fn key(mac: MacAddr, vlan: u16) -> u64 {
    mac.key() | u64::from(vlan) << 48
}

/// The device.
#[derive(Clone, Debug)]
pub struct Sriov {
    mode: Mode,
    mac: MacAddr,
    promiscuous: bool,
    limit: u16,
    vfs: Children<VfConfig>,
    carrier: bool,
    /// Rows of the switch, by address and VLAN; sorted, so that a look-up is a search.
    rows: Vec<(u64, u16)>,
}

/// What a frame is for the switch.
#[derive(Clone, Copy, Debug)]
struct Passing {
    dst: MacAddr,
    src: MacAddr,
    vlan: u16,
    pcp: u8,
    dei: bool,
    /// The port it came in by.
    from: u16,
}

impl Sriov {
    /// The card as configured.
    pub fn new(config: SriovConfig) -> Self {
        let SriovConfig { mode, mac, promiscuous, limit, vfs } = config;
        let vfs = Children::new(VF, vfs);
        let mut card = Self { mode, mac, promiscuous, limit, vfs, carrier: true, rows: Vec::new() };
        card.rows = card.wanted();
        card
    }

    /// The rows that follow from the settings: nothing else ever writes one. Of two functions with one address and
    /// VLAN the first has the row.
    fn wanted(&self) -> Vec<(u64, u16)> {
        let mut rows = vec![(key(self.mac, 0), HOST.0)];
        for (vf, port) in self.vfs.iter().zip(VF..) {
            let config = &vf.config;
            rows.push((key(config.mac, config.vlan), port));
            let asked = config.asks.iter().filter(|_| config.trust);
            rows.extend(asked.map(|mac| (key(*mac, config.vlan), port)));
        }
        rows.sort_by_key(|(key, _)| *key);
        rows.dedup_by_key(|(key, _)| *key);
        rows
    }

    fn find(&self, mac: MacAddr, vlan: u16) -> Option<u16> {
        let wanted = key(mac, vlan);
        self.rows.binary_search_by_key(&wanted, |(key, _)| *key).ok().map(|at| self.rows[at].1)
    }

    fn vf(&self, port: u16) -> Option<&Vf> {
        self.vfs.at(PortNo(port))
    }

    /// A function gets frames of this VLAN and its link is up.
    fn takes(&self, port: u16, vlan: u16) -> bool {
        match self.vf(port) {
            None => vlan == 0,
            Some(vf) => vf.config.vlan == vlan && self.link_is_up(vf),
        }
    }

    fn link_is_up(&self, vf: &Vf) -> bool {
        match vf.config.state {
            State::Auto => self.carrier,
            State::Enable => true,
            State::Disable => false,
        }
    }

    /// All ports of functions, the host's first.
    fn functions(&self) -> std::ops::Range<u16> {
        HOST.0..VF + self.vfs.len() as u16
    }

    /// Functions that hear a group, its sender left out.
    fn hearers(&self, passing: Passing) -> Vec<PortNo> {
        let hears = |port: &u16| match self.vf(*port) {
            None => passing.dst.is_broadcast() || self.promiscuous || self.vfs.host_listens(passing.dst),
            Some(vf) => vf.hears(passing.dst),
        };
        let own = self.find(passing.src, passing.vlan);
        let other = |port: &u16| *port != passing.from && Some(*port) != own && self.takes(*port, passing.vlan);
        self.functions().filter(other).filter(hears).map(PortNo).collect()
    }

    /// Functions that get what no row claims.
    fn curious(&self, passing: Passing) -> Vec<PortNo> {
        let is = |port: &u16| self.vf(*port).map_or(self.promiscuous, Vf::promiscuous);
        let other = |port: &u16| *port != passing.from && self.takes(*port, passing.vlan);
        self.functions().filter(other).filter(is).map(PortNo).collect()
    }

    /// Reads a frame and takes its tag off; nothing when it is too short.
    fn read(frame: &mut Frame, from: PortNo, vlan: u16) -> Option<Passing> {
        if frame.len() < ethernet::HEADER_LEN {
            return None;
        }
        let (dst, src) = (ethernet::dst(frame.bytes())?, ethernet::src(frame.bytes())?);
        let tag = remove_tag(frame);
        let (pcp, dei) = tag.map_or((0, false), |tag| (tag.pcp, tag.dei));
        Some(Passing { dst, src, vlan: tag.map_or(vlan, |tag| tag.vid), pcp, dei, from: from.0 })
    }

    /// From the cable: to whom a row says, and to nobody else.
    fn arrived(&self, mut frame: Frame, out: &mut Outbox<'_>) {
        let Some(passing) = Self::read(&mut frame, LOWER, 0) else { return out.drop(frame, &why::RUNT) };
        if passing.dst.is_multicast() {
            let ports = self.hearers(passing);
            if ports.is_empty() {
                return out.drop(frame, Why::number(&why::NO_HEARER, u64::from(passing.vlan)));
            }
            return out.flood(ports.into_iter(), frame, Why::number(&why::GROUP_IN, u64::from(passing.vlan)));
        }
        if let Some(port) = self.find(passing.dst, passing.vlan) {
            return self.hand_over(port, passing, frame, &why::ROW_IN, out);
        }
        let ports = self.curious(passing);
        let vlan = u64::from(passing.vlan);
        if ports.is_empty() {
            return out.drop(frame, Why::number(&why::NO_ROW, vlan));
        }
        out.flood(ports.into_iter(), frame, Why::number(&why::PROMISCUOUS, vlan));
    }

    /// To the function that a row names, unless its link is down.
    fn hand_over(&self, port: u16, passing: Passing, frame: Frame, reason: Reason, out: &mut Outbox<'_>) {
        let row = key(passing.dst, passing.vlan);
        if !self.takes(port, passing.vlan) {
            return out.drop(frame, Why::row(&why::LINK_DOWN, VEB, row));
        }
        out.forward(PortNo(port), frame, Why::row(reason, VEB, row));
    }

    /// From a virtual function.
    fn sent_by_vf(&self, port: PortNo, mut frame: Frame, out: &mut Outbox<'_>) {
        let Some(vf) = self.vf(port.0) else { return out.drop(frame, &why::NO_PORT) };
        if frame.len() < ethernet::HEADER_LEN {
            return out.drop(frame, &why::RUNT);
        }
        let row = |reason| Why::row(reason, FUNCTIONS, u64::from(port.0 - VF));
        if !self.link_is_up(vf) {
            return out.drop(frame, row(&why::LINK_DOWN));
        }
        if vf.config.spoofchk && ethernet::src(frame.bytes()).is_none_or(|src| !vf.may_use(src)) {
            return out.drop(frame, row(&why::SPOOFED));
        }
        let vlan = vf.config.vlan;
        if vlan != 0 && tag(frame.bytes()).is_some() {
            return out.drop(frame, row(&why::TAGGED).with(u64::from(vlan)));
        }
        let Some(passing) = Self::read(&mut frame, port, vlan) else { return out.drop(frame, &why::RUNT) };
        self.switch(passing, frame, out);
    }

    /// From a function: to another one, or out.
    fn switch(&self, passing: Passing, frame: Frame, out: &mut Outbox<'_>) {
        let vlan = u64::from(passing.vlan);
        if self.mode == Mode::Vepa {
            return Self::outward(passing, frame, Why::number(&why::VEPA_OUT, vlan), out);
        }
        if passing.dst.is_multicast() {
            let ports = self.hearers(passing);
            let why = Why::number(&why::GROUP_OUT, vlan);
            if passing.vlan == 0 {
                return out.flood(ports.into_iter().chain([LOWER]), frame, why);
            }
            // Copies with and without a tag are different bytes, so they are two floods.
            if !ports.is_empty() {
                out.flood(ports.into_iter(), frame.clone(), why);
            }
            return Self::outward(passing, frame, why, out);
        }
        if let Some(port) = self.find(passing.dst, passing.vlan).filter(|port| *port != passing.from) {
            return self.hand_over(port, passing, frame, &why::SWITCHED, out);
        }
        let curious = self.curious(passing);
        if !curious.is_empty() {
            out.flood(curious.into_iter(), frame.clone(), Why::number(&why::PROMISCUOUS, vlan));
        }
        Self::outward(passing, frame, Why::number(&why::UNKNOWN_OUT, vlan), out);
    }

    /// To the cable, with the tag of its VLAN.
    fn outward(passing: Passing, mut frame: Frame, why: Why, out: &mut Outbox<'_>) {
        let tag = Tag { pcp: passing.pcp, dei: passing.dei, vid: passing.vlan };
        if passing.vlan != 0 && !insert_tag(&mut frame, tag) {
            return out.drop(frame, &why::RUNT);
        }
        out.forward(LOWER, frame, why);
    }
}

impl Device for Sriov {
    fn receive(&mut self, _now: SimTime, port: PortNo, mut frame: Frame, out: &mut Outbox<'_>) {
        match port {
            LOWER => self.arrived(frame, out),
            // The physical function has the carrier of the cable, and sends nothing without one.
            HOST if !self.carrier => out.drop(frame, &why::LINK_DOWN),
            HOST => match Self::read(&mut frame, HOST, 0) {
                Some(passing) => self.switch(passing, frame, out),
                None => out.drop(frame, &why::RUNT),
            },
            port => self.sent_by_vf(port, frame, out),
        }
    }

    fn timer(&mut self, _now: SimTime, _kind: TimerKind, _out: &mut Outbox<'_>) {}

    fn carrier(&mut self, _now: SimTime, port: PortNo, up: bool, _out: &mut Outbox<'_>) {
        if port == LOWER {
            self.carrier = up;
        }
    }

    fn carrier_behind(&self, port: PortNo) -> Vec<PortNo> {
        let follows = |at: &u16| self.vf(*at).is_none_or(|vf| vf.config.state == State::Auto);
        if port == LOWER { self.functions().filter(follows).map(PortNo).collect() } else { Vec::new() }
    }

    fn groups(&self) -> Vec<(PortNo, Vec<Ipv4Addr>)> {
        // The physical port lets everything in: the filters are those of the functions.
        Vec::new()
    }

    fn let_in(&mut self, port: PortNo, groups: &[Ipv4Addr], out: &mut Outbox<'_>) -> bool {
        if let Some(Joined::Child(vf)) = self.vfs.let_in(port, groups, out.event()) {
            out.wrote(FUNCTIONS, u64::from(vf), RowChange::Changed);
        }
        // The physical port need not be told.
        false
    }

    fn change(&mut self, _now: SimTime, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        self.make_change(change, out)
    }

    fn kind(&self) -> &'static str {
        "sriov"
    }

    fn ports(&self) -> u16 {
        VF + self.vfs.len() as u16
    }

    fn port_name(&self, port: PortNo) -> String {
        match port {
            LOWER => "lower".to_owned(),
            HOST => "host".to_owned(),
            port => self.vf(port.0).map_or_else(|| format!("port {port}"), |vf| vf.config.name.clone()),
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
        let asked: usize = self.vfs.iter().map(|vf| size_of_val(vf.config.asks.as_slice())).sum();
        asked + self.vfs.heap_bytes() + size_of_val(self.rows.as_slice())
    }

    fn boxed_clone(&self) -> Box<dyn Device> {
        Box::new(self.clone())
    }
}
