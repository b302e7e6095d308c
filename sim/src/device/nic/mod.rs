//! The network card: what it lets in, what it sends out.
//!
//! Port 0 is the wire, port 1 the host. Modelled: the receive filter with its exact unicast slots, multicast list,
//! ALLMULTI and promiscuous mode, the MTU in both directions, padding to 60 bytes. Left out: offloads, queues, rings.
//!
//! Before editing read Linux `net/core/dev.c` (`__dev_set_rx_mode`) and a driver's `set_rx_mode`, for example
//! `drivers/net/ethernet/intel/e1000/e1000_main.c`.

mod change;
#[cfg(test)]
mod tests;
pub mod why;

pub use change::SETTINGS;

use std::net::Ipv4Addr;

use rustc_hash::FxBuildHasher;

use crate::engine::{Cell, ChangeError, Column, Device, DeviceChange, Outbox, TableRow, TableView, TimerKind};
use crate::explain::Reason;
use crate::id::{EventNo, PortNo};
use crate::time::SimTime;
use crate::wire::{Frame, MacAddr, ethernet};

/// Port to the cable.
pub const WIRE: PortNo = PortNo(0);
/// Port to the host.
pub const HOST: PortNo = PortNo(1);

/// Ethernet header and one tag: what a frame may be longer than the MTU (Linux `VLAN_ETH_HLEN`).
const OVER_MTU: u16 = 18;

/// Who decides what comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// The filter of the card.
    Filter,
    /// The switch between its virtual functions, behind it: nothing is filtered here.
    Switch,
}

/// What a network card can be told.
#[derive(Clone, Debug, PartialEq)]
pub struct NicConfig {
    /// Name people know it by.
    pub name: String,
    /// Its own address.
    pub mac: MacAddr,
    /// Largest payload of a frame, in bytes.
    pub mtu: u16,
    /// Unicast addresses the filter can compare exactly, its own included (Intel e1000: 15, igb 82575: 16).
    pub unicast_slots: u16,
    /// Further unicast addresses it shall accept.
    pub unicast: Vec<MacAddr>,
    /// Groups it shall accept.
    pub multicast: Vec<MacAddr>,
    /// Accepts every group.
    pub allmulti: bool,
    /// Accepts everything.
    pub promiscuous: bool,
    /// Pads short frames to 60 bytes on the wire, as real cards do and veth does not.
    pub pads: bool,
    /// Who decides what comes in.
    pub gate: Gate,
}

impl Default for NicConfig {
    fn default() -> Self {
        Self {
            name: "eth0".to_owned(),
            mac: MacAddr::ZERO,
            mtu: 1500,
            unicast_slots: 16,
            unicast: Vec::new(),
            multicast: Vec::new(),
            allmulti: false,
            promiscuous: false,
            pads: true,
            gate: Gate::Filter,
        }
    }
}

type Addresses = indexmap::IndexSet<u64, FxBuildHasher>;

/// A network card.
#[derive(Clone, Debug)]
pub struct Nic {
    name: String,
    mac: MacAddr,
    mtu: u16,
    slots: u16,
    unicast: Addresses,
    multicast: Addresses,
    /// Groups that the host listens to, as it told.
    joined: Addresses,
    /// Those among them that are no groups of IP.
    beside_ip: Vec<u64>,
    allmulti: bool,
    promiscuous: bool,
    pads: bool,
    gate: Gate,
}

impl Nic {
    /// A card as configured.
    pub fn new(config: NicConfig) -> Self {
        Self {
            name: config.name,
            mac: config.mac,
            mtu: config.mtu,
            slots: config.unicast_slots,
            unicast: config.unicast.iter().map(|mac| mac.key()).collect(),
            multicast: config.multicast.iter().map(|mac| mac.key()).collect(),
            joined: Addresses::default(),
            beside_ip: Vec::new(),
            allmulti: config.allmulti,
            promiscuous: config.promiscuous,
            pads: config.pads,
            gate: config.gate,
        }
    }

    /// The filter has fewer slots than it has addresses to compare, so the driver lets all unicast in.
    fn slots_exceeded(&self) -> bool {
        self.unicast.len() + 1 > usize::from(self.slots)
    }

    /// Which rule of the filter lets this destination in; the error says why none does.
    #[inline]
    fn filter(&self, dst: MacAddr) -> Result<Reason, Reason> {
        if self.gate == Gate::Switch {
            return Ok(&why::ACCEPT_SWITCHED);
        }
        if dst == self.mac {
            return Ok(&why::ACCEPT_OWN);
        }
        if dst.is_broadcast() {
            return Ok(&why::ACCEPT_BROADCAST);
        }
        if dst.is_multicast() {
            return match () {
                () if self.multicast.contains(&dst.key()) || self.joined.contains(&dst.key()) => Ok(&why::ACCEPT_GROUP),
                () if self.allmulti => Ok(&why::ACCEPT_ALLMULTI),
                () if self.promiscuous => Ok(&why::ACCEPT_PROMISCUOUS),
                () => Err(&why::FILTER_GROUP),
            };
        }
        match () {
            () if self.unicast.contains(&dst.key()) => Ok(&why::ACCEPT_LISTED),
            () if self.promiscuous => Ok(&why::ACCEPT_PROMISCUOUS),
            () if self.slots_exceeded() => Ok(&why::ACCEPT_SLOTS_FULL),
            () => Err(&why::FILTER_UNICAST),
        }
    }

    fn arrived(&self, frame: Frame, out: &mut Outbox<'_>) {
        let Some(dst) = ethernet::dst(frame.bytes()) else {
            return out.drop(frame, &why::RUNT);
        };
        if frame.len() < ethernet::HEADER_LEN {
            return out.drop(frame, &why::RUNT);
        }
        if frame.len() > usize::from(self.mtu) + usize::from(OVER_MTU) {
            return out.drop(frame, crate::engine::Why::number(&why::RECEIVED_TOO_LONG, u64::from(self.mtu)));
        }
        match self.filter(dst) {
            Ok(reason) => out.forward(HOST, frame, reason),
            Err(reason) => out.drop(frame, reason),
        }
    }

    fn leaving(&self, mut frame: Frame, out: &mut Outbox<'_>) {
        if frame.len() < ethernet::HEADER_LEN {
            return out.drop(frame, &why::RUNT);
        }
        let tagged = usize::from(ethernet::tag(frame.bytes()).is_some()) * ethernet::TAG_LEN;
        if frame.len() > usize::from(self.mtu) + ethernet::HEADER_LEN + tagged {
            return out.drop(frame, crate::engine::Why::number(&why::SENT_TOO_LONG, u64::from(self.mtu)));
        }
        let missing = ethernet::MIN_LEN.saturating_sub(frame.len());
        if self.pads && !frame.pad(missing) {
            return out.drop(frame, &why::RUNT);
        }
        out.forward(WIRE, frame, &why::SENT);
    }

    fn filter_view(&self) -> TableView {
        let row = |mac: u64, kind| TableRow {
            key: mac,
            cells: vec![Cell::Mac(MacAddr::from_key(mac)), Cell::Word(kind)],
            written: EventNo(0),
        };
        let mut rows = vec![row(self.mac.key(), "own"), row(MacAddr::BROADCAST.key(), "broadcast")];
        rows.extend(self.unicast.iter().filter(|&&mac| mac != self.mac.key()).map(|&mac| row(mac, "unicast")));
        rows.extend(self.multicast.iter().chain(&self.joined).map(|&mac| row(mac, "multicast")));
        rows.sort_unstable_by_key(|row| row.key);
        rows.dedup_by_key(|row| row.key);
        let columns = vec![Column { name: "mac", zh: "MAC 地址" }, Column { name: "kind", zh: "类型" }];
        TableView { name: "filter", zh: "接收过滤器", columns, rows }
    }

    fn mode_view(&self) -> TableView {
        let word = |on: bool| Cell::Word(if on { "on" } else { "off" });
        let cells = vec![
            word(self.promiscuous),
            word(self.allmulti),
            Cell::Number(self.unicast.len() as u64 + 1),
            Cell::Number(u64::from(self.slots)),
            Cell::Number(u64::from(self.mtu)),
        ];
        let columns = vec![
            Column { name: "promiscuous", zh: "混杂模式" },
            Column { name: "allmulti", zh: "全组播" },
            Column { name: "unicast", zh: "单播地址数" },
            Column { name: "slots", zh: "过滤槽数" },
            Column { name: "mtu", zh: "MTU" },
        ];
        TableView { name: "mode", zh: "模式", columns, rows: vec![TableRow { key: 0, cells, written: EventNo(0) }] }
    }
}

impl Device for Nic {
    fn receive(&mut self, _now: SimTime, port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        if port == WIRE { self.arrived(frame, out) } else { self.leaving(frame, out) }
    }

    fn timer(&mut self, _now: SimTime, _kind: TimerKind, _out: &mut Outbox<'_>) {}

    fn carrier_behind(&self, port: PortNo) -> Vec<PortNo> {
        if port == WIRE { vec![HOST] } else { Vec::new() }
    }

    fn let_in_link(&mut self, port: PortNo, groups: &[MacAddr]) {
        if port == HOST {
            self.beside_ip = groups.iter().map(|group| group.key()).collect();
        }
    }

    fn let_in(&mut self, port: PortNo, groups: &[Ipv4Addr], out: &mut Outbox<'_>) -> bool {
        if port == HOST {
            let ip = groups.iter().map(|group| MacAddr::of_ipv4_group(*group).key());
            self.listen_to(ip.chain(self.beside_ip.iter().copied()).collect(), out);
        }
        false
    }

    fn change(&mut self, _now: SimTime, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        self.make_change(change, out)
    }

    fn kind(&self) -> &'static str {
        "nic"
    }

    fn ports(&self) -> u16 {
        2
    }

    fn port_name(&self, port: PortNo) -> String {
        // The wire side is what one can see from outside, so it has the card's own name.
        if port == WIRE { self.name.clone() } else { "host".to_owned() }
    }

    fn timers(&self) -> u32 {
        0
    }

    fn reasons(&self) -> &'static [Reason] {
        why::ALL
    }

    fn tables(&self) -> Vec<TableView> {
        vec![self.filter_view(), self.mode_view()]
    }

    fn heap_bytes(&self) -> usize {
        (self.unicast.capacity() + self.multicast.capacity() + self.joined.capacity()) * 24
    }

    fn boxed_clone(&self) -> Box<dyn Device> {
        Box::new(self.clone())
    }
}
