//! The IP stack of a host: one network namespace, one device.
//!
//! Ports are its interfaces, then the tunnels that leave their packets with it. Modelled: neighbours with the states
//! and timers of Linux, longest-prefix routes that lead on, by one of several next hops too, or refuse, fragments, path
//! MTU, ICMP echo and errors with their limits, proxy ARP, UDP, TCP, forwarding, groups joined by IGMP, and the
//! applications that run on it; of IPv6 what a tunnel needs to run over it ([`six`]).
//!
//! A tunnel leaves a bare IPv4 packet at its port, with everything in its header but the number; a source of 0.0.0.0
//! becomes the address this host speaks from on that way. The packet then goes like one of this host: routed, split
//! when it has no DF. One with DF that does not fit comes back as an ICMP 3/4 that quotes it. What is meant for the
//! tunnel ([`Listen`]), and ICMP errors about its packets, are handed over whole.
//! Packets of ipvlan children come in by such a port too, and leave as they are: [`children`].
//!
//! Life of a packet: in by [`input`] (frame, IPv4) and [`arp`] to [`local`] (ICMP, UDP, applications), out by [`net`];
//! [`fragment`] splits and puts together, [`tunnel`] is the door to tunnels.
//! Before editing read Linux `net/ipv4/arp.c`, `net/core/neighbour.c`, `net/ipv4/ip_input.c`, `net/ipv4/icmp.c`.

pub mod app;
mod arp;
mod change;
mod children;
pub mod config;
pub mod fib;
mod forward;
mod fragment;
pub mod groups;
mod input;
pub mod interface;
mod limit;
mod local;
pub mod multipath;
pub mod neigh;
pub mod net;
mod own;
mod pmtu;
pub mod proxy;
mod reassembly;
pub mod reverse;
pub mod rib;
pub mod six;
mod tables;
pub mod tcp;
#[cfg(test)]
mod tests;
mod tunnel;
mod upkeep;
pub mod why;

pub use app::{App, AppOut, Datagram, Echo, Failed, LinkDatagram, NetError};
pub use change::SETTINGS;
pub use config::{InterfaceConfig, StackConfig};
pub use tcp::{Connection, Endpoint, Segment};

use std::net::Ipv4Addr;

use crate::engine::{ChangeError, Device, DeviceChange, Forwarder, Listen, Outbox, TableView, TimerKind};
use crate::explain::Reason;
use crate::id::{FlowId, PortNo};
use crate::time::SimTime;
use crate::wire::{Frame, LinkType, MacAddr, Origin, icmp, ipv4};
use app::{APP_TIMERS, STACK_TIMERS};
use net::Net;

/// Place of the neighbour table in [`Device::tables`].
pub(crate) const NEIGH: u8 = 0;
/// Place of the routes.
pub(crate) const ROUTES: u8 = 1;
/// Place of the groups.
pub(crate) const GROUPS: u8 = 4;

/// Tables of the stack itself before those of its applications.
const OWN_TABLES: usize = 5;

/// Packets wait for a neighbour's answer.
const NEIGH_TIMER: TimerKind = TimerKind(0);
/// Neighbours grow stale or are asked again.
const NEIGH_UPKEEP: TimerKind = TimerKind(1);
/// A packet to this host itself comes round.
const LOOPBACK: TimerKind = TimerKind(2);
/// Fragments have waited long enough.
const REASSEMBLY: TimerKind = TimerKind(3);
/// An answer for somebody else has waited long enough.
const PROXY: TimerKind = TimerKind(4);
/// It is time to say which groups this host listens to.
const GROUPS_TIMER: TimerKind = TimerKind(5);

/// An application and the flow it sends.
#[derive(Clone, Debug)]
struct Runs {
    app: Box<dyn App>,
    flow: FlowId,
    /// Places of its tables in [`Device::tables`].
    tables: [Option<u8>; 2],
}

/// An IP stack.
#[derive(Clone, Debug)]
pub struct Stack {
    net: Net,
    apps: Vec<Runs>,
    taps: bool,
}

impl Stack {
    /// A stack as configured, without applications.
    pub fn new(config: StackConfig) -> Self {
        Self { net: Net::new(config), apps: Vec::new(), taps: false }
    }

    /// Puts an application on the stack; at most 255 fit. `flow` is [`FlowId::NONE`] for what only listens.
    pub fn add_app(&mut self, flow: FlowId, app: Box<dyn App>) {
        let index = self.apps.len().min(255) as u8;
        if let Some(port) = app.port() {
            self.net.sockets.entry(port).or_insert(index);
        }
        if let Some(port) = app.tcp_port() {
            self.net.listeners.entry(port).or_insert(index);
        }
        if let Some(number) = app.number() {
            self.net.numbers.entry(number).or_insert(index);
        }
        if let Some(service) = app.service() {
            self.net.services.entry(service).or_insert(index);
        }
        self.taps |= app.taps();
        if let Some(group) = app.group() {
            let interfaces = self.net.interfaces.len();
            self.net.groups.of_app(index, group, interfaces);
        }
        self.net.rib.used |= app.routes();
        let first = app.table().map(|view| self.table_of(view.name));
        // Applications of one kind that have two tables share both.
        let second = app.second_table().is_some().then(|| first.map(|first| first + 1)).flatten();
        self.apps.push(Runs { app, flow, tables: [first, second] });
    }

    /// Where the table of this name of an application stands: applications of one kind share one.
    fn table_of(&self, name: &str) -> u8 {
        let named = |runs: &&Runs| runs.app.table().is_some_and(|view| view.name == name);
        let same = self.apps.iter().find(named).and_then(|runs| runs.tables[0]);
        let last = self.apps.iter().flat_map(|runs| runs.tables).flatten().max();
        same.or_else(|| last.map(|last| last.saturating_add(1))).unwrap_or(OWN_TABLES as u8)
    }

    /// The tables of the applications.
    fn app_views(&self) -> Vec<TableView> {
        let mut views: Vec<TableView> = Vec::new();
        for (index, runs) in self.apps.iter().enumerate() {
            let own = runs.app.table().into_iter().chain(runs.app.second_table());
            for (table, mut view) in runs.tables.into_iter().flatten().zip(own) {
                view.rows.iter_mut().for_each(|row| row.key |= app_rows(index as u8));
                match views.get_mut(usize::from(table) - OWN_TABLES) {
                    Some(shared) => shared.rows.append(&mut view.rows),
                    None => views.push(view),
                }
            }
        }
        views
    }

    /// Calls an application. Whatever it sends belongs to its own flow, or else to the one it answers.
    #[inline]
    fn call(
        &mut self,
        index: u8,
        cause: Origin,
        out: &mut Outbox<'_>,
        then: impl FnOnce(&mut dyn App, &mut AppOut<'_, '_>),
    ) {
        let Some(runs) = self.apps.get_mut(usize::from(index)) else { return };
        let origin = if runs.flow == FlowId::NONE { cause } else { Origin::of(runs.flow) };
        let mut to = AppOut { net: &mut self.net, out, index, flow: runs.flow, origin, tables: runs.tables };
        then(runs.app.as_mut(), &mut to);
    }

    /// Tells applications which of their packets failed in this event.
    #[inline]
    fn tell_failures(&mut self, out: &mut Outbox<'_>) {
        while let Some((protocol, who, failed)) = self.net.failed.pop() {
            let index = match protocol {
                ipv4::UDP => self.net.sockets.get(&who).copied(),
                ipv4::TCP => self.net.listeners.get(&who).copied(),
                ipv4::ICMP => who.checked_sub(1).and_then(|index| u8::try_from(index).ok()),
                _ => None,
            };
            if let Some(index) = index {
                self.call(index, Origin::NONE, out, |app, out| app.error(failed, out));
            }
        }
        // Only a segment can be told that it ended something.
        self.net.ended = None;
    }

    /// Calls every application in turn.
    fn call_all(&mut self, out: &mut Outbox<'_>, mut then: impl FnMut(&mut dyn App, &mut AppOut<'_, '_>)) {
        for index in 0..self.apps.len().min(256) {
            self.call(index as u8, Origin::NONE, out, &mut then);
        }
        self.tell_failures(out);
    }

    fn app_of(&self, flow: FlowId) -> Option<u8> {
        self.apps.iter().position(|runs| runs.flow == flow).map(|index| index as u8)
    }
}

impl Device for Stack {
    #[inline]
    fn receive(&mut self, now: SimTime, port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        self.input(now, port, frame, out);
        self.tell_failures(out);
    }

    fn timer(&mut self, now: SimTime, kind: TimerKind, out: &mut Outbox<'_>) {
        match kind {
            NEIGH_TIMER | NEIGH_UPKEEP => self.net.neighbour_timers(now, out),
            REASSEMBLY => self.net.reassembly_timers(now, out),
            PROXY => self.net.proxy_timers(now, out),
            GROUPS_TIMER => self.net.group_timers(now, out),
            LOOPBACK => {
                if let Some(frame) = self.net.loopback.pop_front() {
                    match ipv4::check(&frame.bytes()[tunnel::ip_at(&frame)..]) {
                        Ok(ip) => self.local(ip, frame, out),
                        Err(_) => out.drop(frame, &why::IP_MALFORMED),
                    }
                }
                if !self.net.loopback.is_empty() {
                    out.arm(LOOPBACK, now);
                }
            }
            TimerKind(kind) => {
                let (index, kind) = ((kind - STACK_TIMERS) / APP_TIMERS, (kind - STACK_TIMERS) % APP_TIMERS);
                self.call(index as u8, Origin::NONE, out, |app, out| app.timer(kind as u8, out));
            }
        }
        self.tell_failures(out);
    }

    fn carrier(&mut self, _now: SimTime, port: PortNo, up: bool, out: &mut Outbox<'_>) {
        let Some(interface) = self.net.interfaces.get_mut(port.index()) else { return };
        interface.up = up;
        if !up {
            self.net.lose_link(port, out);
        }
        if self.net.rib.used {
            self.net.settle_interface(port, out);
            self.call_all(out, |app, out| app.link(port, up, out));
        }
    }

    fn boot(&mut self, _now: SimTime, out: &mut Outbox<'_>) {
        self.net.announce_groups(out);
        if self.net.rib.used {
            // The last one.
            self.net.rib.place = self.tables().len().saturating_sub(1) as u8;
        }
        self.call_all(out, |app, out| app.boot(out));
    }

    fn refused(&mut self, _now: SimTime, ticket: u64, error: &ChangeError, out: &mut Outbox<'_>) {
        let (index, ticket) = ((ticket >> 32) as u8, ticket as u32);
        self.call(index, Origin::NONE, out, |app, out| app.refused(ticket, error, out));
    }

    fn reset(&mut self) {
        self.apps.iter_mut().for_each(|runs| runs.app.reset());
        self.net.neigh.clear_learned();
        self.net.loopback.clear();
        self.net.limits.clear();
        self.net.reassembly.clear();
        self.net.ways.clear();
        self.net.proxy.clear();
        self.net.groups.reset();
        self.net.forget_offers();
    }

    fn groups(&self) -> Vec<(PortNo, Vec<Ipv4Addr>)> {
        self.net.groups_by_interface()
    }

    fn link_groups(&self) -> Vec<(PortNo, Vec<MacAddr>)> {
        let groups: Vec<MacAddr> = self.apps.iter().flat_map(|runs| runs.app.link_groups()).copied().collect();
        let frames = self.net.interfaces.iter().zip(0..).filter(|(at, _)| at.link == LinkType::Ethernet);
        let all = |(_, port): (_, u16)| {
            let own = self.net.six.iter().flat_map(move |six| six.link_groups(PortNo(port)));
            (PortNo(port), groups.iter().copied().chain(own).collect::<Vec<MacAddr>>())
        };
        if groups.is_empty() && self.net.six.is_none() { Vec::new() } else { frames.map(all).collect() }
    }

    fn let_in(&mut self, port: PortNo, groups: &[Ipv4Addr], out: &mut Outbox<'_>) -> bool {
        self.net.tunnel(port).is_some() && self.net.tunnel_listens(port, groups, out)
    }

    fn speak_arp(&mut self, port: PortNo, on: bool, out: &mut Outbox<'_>) {
        self.net.speak_arp(port, on, out);
    }

    fn start_flow(&mut self, _now: SimTime, flow: FlowId, out: &mut Outbox<'_>) {
        let Some(index) = self.app_of(flow) else { return };
        out.flow_started(flow);
        self.call(index, Origin::NONE, out, |app, out| app.start(out));
        self.tell_failures(out);
    }

    fn stop_flow(&mut self, _now: SimTime, flow: FlowId, out: &mut Outbox<'_>) {
        let Some(index) = self.app_of(flow) else { return };
        self.call(index, Origin::NONE, out, |app, out| app.stop(out));
    }

    fn change(&mut self, now: SimTime, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let mut answer = None;
        self.call_all(out, |app, out| {
            if answer.is_none() {
                answer = app.change(change, out);
            }
        });
        answer.unwrap_or_else(|| self.net.make_change(now, change, out))?;
        if self.net.rib.used {
            self.call_all(out, |app, out| app.routes_changed(out));
        }
        self.tell_failures(out);
        Ok(())
    }

    fn kind(&self) -> &'static str {
        "stack"
    }

    fn ports(&self) -> u16 {
        (self.net.interfaces.len() + self.net.tunnels.len()) as u16
    }

    fn port_name(&self, port: PortNo) -> String {
        let interface = self.net.interfaces.get(port.index()).map(|at| at.name.clone());
        interface.or_else(|| self.net.tunnel(port).map(|at| at.name.clone())).unwrap_or_else(|| port.to_string())
    }

    fn link_type(&self, port: PortNo) -> LinkType {
        self.net.interfaces.get(port.index()).map_or(LinkType::Ip, |at| at.link)
    }

    fn listen(&mut self, port: PortNo, what: Listen) {
        self.net.listen(port, what);
    }

    fn timers(&self) -> u32 {
        STACK_TIMERS + APP_TIMERS * self.apps.len().min(256) as u32
    }

    fn reasons(&self) -> &'static [Reason] {
        &why::WHOLE
    }

    fn tables(&self) -> Vec<TableView> {
        let own: [TableView; OWN_TABLES] =
            [self.neigh_view(), self.routes_view(), self.addresses_view(), self.sockets_view(), self.groups_view()];
        let rare = [self.pmtu_view(), self.fragments_view()];
        let more = self.apps.iter().flat_map(|runs| runs.app.more_tables());
        let of_apps = self.app_views().into_iter().chain(self.tcp_view()).chain(more);
        own.into_iter().chain(of_apps).chain(rare).chain(self.rib_view()).collect()
    }

    fn forwarder(&self) -> Option<&dyn Forwarder> {
        self.net.forwarding.then_some(self)
    }

    fn heap_bytes(&self) -> usize {
        let apps: usize = self.apps.iter().map(|runs| runs.app.heap_bytes() + 96).sum();
        self.net.heap_bytes() + apps
    }

    fn boxed_clone(&self) -> Box<dyn Device> {
        Box::new(self.clone())
    }
}

/// What tells the rows of an application from those of others in the same table.
const fn app_rows(index: u8) -> u64 {
    (index as u64) << 56
}

/// The application an echo identifier belongs to; see [`AppOut::echo_request`].
fn echo_owner(header: icmp::Header) -> Option<u8> {
    header.id.checked_sub(1).and_then(|index| u8::try_from(index).ok())
}
