//! What every device is: a state machine without input or output of its own.

use std::fmt::Debug;
use std::net::Ipv4Addr;

use crate::engine::command::{ChangeError, DeviceChange};
use crate::engine::forward::Forwarder;
use crate::engine::outbox::Outbox;
use crate::engine::table::TableView;
use crate::explain::Reason;
use crate::id::{FlowId, PortNo};
use crate::time::SimTime;
use crate::wire::{Frame, LinkType, MacAddr};

/// Which of a device's timers; each has one slot, so it can never be armed twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimerKind(pub u32);

/// Which packets the device behind a wire should hand over to the one that asks: a tunnel tells the IP stack of its
/// host what is meant for it, as a socket does. The engine only carries it from one to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen {
    /// Datagrams to a UDP port; of several tunnels at one port the one with this VNI.
    Udp {
        /// The port.
        port: u16,
        /// Network identifier in bytes 4 to 6 of the payload, if there is one.
        vni: Option<u32>,
    },
    /// The same over IPv6.
    UdpOverIpv6 {
        /// The port.
        port: u16,
        /// Network identifier in bytes 4 to 6 of the payload, if there is one.
        vni: Option<u32>,
    },
    /// Datagrams to either of two UDP ports.
    UdpPair {
        /// The ports.
        ports: [u16; 2],
    },
    /// Packets of an IP protocol, from one host if it is named.
    Ip {
        /// The protocol number.
        protocol: u8,
        /// The other end, if there is only one.
        remote: Option<Ipv4Addr>,
        /// The key of a GRE header, if one is used.
        key: Option<u32>,
    },
}

/// Anything that touches a frame: a switch, a NIC, an IP stack, a VTEP.
///
/// Time is an argument and effects go to the outbox; a device sees nothing else. Whatever bytes arrive, a device
/// must not panic: what it cannot read it drops with a reason.
pub trait Device: Debug + Send {
    /// A frame has arrived on `port`. It must leave through one verb of the outbox.
    fn receive(&mut self, now: SimTime, port: PortNo, frame: Frame, out: &mut Outbox<'_>);

    /// A timer armed earlier has run out.
    fn timer(&mut self, now: SimTime, kind: TimerKind, out: &mut Outbox<'_>);

    /// The carrier of the cable on `port` has come or gone.
    fn carrier(&mut self, _now: SimTime, _port: PortNo, _up: bool, _out: &mut Outbox<'_>) {}

    /// Ports inside the node at which the devices behind hear of it when the carrier on `port` comes or goes: a card
    /// passes on to its host what its cable does.
    fn carrier_behind(&self, _port: PortNo) -> Vec<PortNo> {
        Vec::new()
    }

    /// What the device at the other end of the wire in a port should hand over: asked at the start, and after each
    /// change of this device.
    fn listens(&self) -> Option<(PortNo, Listen)> {
        None
    }

    /// The device at the other end of the wire in `port` wants such packets from now on.
    fn listen(&mut self, _port: PortNo, _what: Listen) {}

    /// Groups that the device at the other end of the wire in a port should let in: a tunnel tells its stack which one
    /// it listens to, a stack tells its cards. Asked at the start, and after each change of this device.
    fn groups(&self) -> Vec<(PortNo, Vec<Ipv4Addr>)> {
        Vec::new()
    }

    /// The device at the other end of the wire in `port` listens to these groups, and to no others, from now on. True
    /// when this changes what this device wants of its own neighbours.
    fn let_in(&mut self, _port: PortNo, _groups: &[Ipv4Addr], _out: &mut Outbox<'_>) -> bool {
        false
    }

    /// Hardware groups without an IP group that the device at the other end of the wire in a port should let in. Asked
    /// with [`Device::groups`].
    fn link_groups(&self) -> Vec<(PortNo, Vec<MacAddr>)> {
        Vec::new()
    }

    /// The device at the other end of the wire in `port` listens to these hardware groups besides those of
    /// [`Device::let_in`], which is called next.
    fn let_in_link(&mut self, _port: PortNo, _groups: &[MacAddr]) {}

    /// Whether the device at the other end of the wire in a port should ask for hardware addresses and answer such
    /// questions there. Asked at the start, and after each change of this device.
    fn arp(&self) -> Vec<(PortNo, bool)> {
        Vec::new()
    }

    /// The device at the other end of the wire in `port` wants ARP spoken there, or none, from now on.
    fn speak_arp(&mut self, _port: PortNo, _on: bool, _out: &mut Outbox<'_>) {}

    /// Power is there: at the start, and each time it comes back.
    fn boot(&mut self, _now: SimTime, _out: &mut Outbox<'_>) {}

    /// Another device of the node refused a change that an agent on this one asked for ([`Outbox::write_row`]).
    fn refused(&mut self, _now: SimTime, _ticket: u64, _error: &ChangeError, _out: &mut Outbox<'_>) {}

    /// Power was cut: forget all that was learned. Timers are disarmed already.
    fn reset(&mut self) {}

    /// A flow whose application lives here is to start.
    fn start_flow(&mut self, _now: SimTime, _flow: FlowId, _out: &mut Outbox<'_>) {}

    /// A flow whose application lives here is to end early.
    fn stop_flow(&mut self, _now: SimTime, _flow: FlowId, _out: &mut Outbox<'_>) {}

    /// Changes a setting or a table; refuses with the reason and changes nothing when it cannot.
    fn change(&mut self, now: SimTime, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError>;

    /// What kind of device this is: `bridge`, `nic`, `stack`.
    fn kind(&self) -> &'static str;

    /// Number of ports.
    fn ports(&self) -> u16;

    /// The name people know the port by: `1`, `eth0`, `inner`.
    fn port_name(&self, port: PortNo) -> String;

    /// What the port carries.
    fn link_type(&self, _port: PortNo) -> LinkType {
        LinkType::Ethernet
    }

    /// Number of timer slots; kinds are below it.
    fn timers(&self) -> u32;

    /// All the reasons this device can give, in the order of their `index`.
    fn reasons(&self) -> &'static [Reason];

    /// The tables, copied for showing, always the same ones in the same order.
    fn tables(&self) -> Vec<TableView>;

    /// Counters besides those of reasons: name and value.
    fn counters(&self) -> Vec<(&'static str, u64)> {
        Vec::new()
    }

    /// What it would do with packets, if it passes them on by a table of prefixes.
    fn forwarder(&self) -> Option<&dyn Forwarder> {
        None
    }

    /// Rough heap size in bytes; decides how often checkpoints are taken.
    fn heap_bytes(&self) -> usize;

    /// A copy for a checkpoint.
    fn boxed_clone(&self) -> Box<dyn Device>;
}

impl Clone for Box<dyn Device> {
    fn clone(&self) -> Self {
        self.as_ref().boxed_clone()
    }
}
