//! A host with containers: its card, its stack, and for each network a bridge and a way to the other hosts.

use std::net::Ipv4Addr;

use super::{Around, Placed, card, device, end, gateways, on_card, overlay, spanned};
use crate::lab::lower::wiring::{CARD, STACK};
use crate::lab::place::{End, Place};
use crate::lab::schema::node::{Host, Inner, Linux, Nic, PerInterface, Stack, hops_cell};
use crate::lab::schema::{Change, Named};
use crate::lab::source::{Span, Spanned};
use crate::plan::Bilingual;

/// A node in the making.
#[derive(Debug)]
pub struct Making {
    /// What is made.
    pub linux: Linux,
    /// The stack of the host itself; put among the devices at the end.
    pub stack: Stack,
}

impl Making {
    /// Adds a device, and says why it is there.
    pub fn device(&mut self, name: &str, span: Span, inner: Inner, why: Bilingual) {
        self.linux.devices.push(device(name, span, inner));
        self.linux.whys.push((name.to_owned(), why));
    }

    /// Joins two ports.
    pub fn wire(&mut self, a: Spanned<End>, b: Spanned<End>) {
        self.linux.wires.push([a, b]);
    }

    /// Adds a row to a table of a device of this node.
    pub fn row(&mut self, device: &str, table: &str, span: Span, cells: &[(&str, String)]) {
        let place = Place::End(End { node: device.to_owned(), device: None, port: None });
        let cells = cells.iter().map(|(column, cell)| (spanned(*column, span), spanned(cell.clone(), span))).collect();
        self.linux.rows.push(Change::AddRow(Spanned::new(place, span), spanned(table, span), cells));
    }

    /// Adds a row and says why it is there.
    pub fn row_because(&mut self, device: &str, table: &str, span: Span, cells: &[(&str, String)], why: Bilingual) {
        self.row(device, table, span, cells);
        self.linux.row_whys.push((self.linux.rows.len() - 1, why));
    }

    /// Puts card and stack of the host before everything else, and joins them.
    pub fn finish(self, name: &Spanned<String>, nic: Nic) -> Linux {
        let (span, Self { mut linux, stack }) = (name.span, self);
        let why = Bilingual::new(format!("the card of `{}`", name.value), format!("`{}` 的网卡", name.value));
        linux.whys.push((CARD.to_owned(), why));
        let why = Bilingual::new(
            format!("the IP stack of `{}` itself", name.value),
            format!("`{}` 自己的 IP 协议栈", name.value),
        );
        linux.whys.push((STACK.to_owned(), why));
        // Children of the card stand between it and the stack.
        let shares =
            |at: &&Named<Inner>| matches!(at.value, Some(Inner::Macvlan(_) | Inner::Ipvlan(_) | Inner::Sriov(_)));
        let children = linux.devices.iter().find(shares);
        if let Some(name) = children.map(|device| device.name.value.clone()) {
            linux.wires.insert(0, [end(&name, "lower", span), card(CARD, span)]);
            linux.wires.insert(1, [end(STACK, CARD, span), end(&name, "host", span)]);
        } else {
            linux.wires.insert(0, [end(STACK, CARD, span), card(CARD, span)]);
        }
        linux.devices.insert(0, device(CARD, span, Inner::Nic(nic)));
        linux.devices.insert(1, device(STACK, span, Inner::Stack(stack)));
        linux
    }

    /// Adds an interface to the stack of the host.
    pub fn interface(&mut self, name: &str, span: Span, addresses: Vec<Spanned<(Ipv4Addr, u8)>>) {
        self.stack.interfaces.push((spanned(name, span), addresses));
    }
}

/// Spells a host out.
pub fn spell(name: &Spanned<String>, spec: &Host, around: &Around<'_>) -> Linux {
    let (span, members) = (name.span, &around.members);
    let on_this = |at: &&Placed<'_>| at.on == name.value;
    let linux = Linux { called: "Host", profile: spec.profile.clone(), ..Linux::default() };
    let mut making = Making { linux, stack: stack(spec, span) };
    for net in &members.nets {
        let Some(member) = net.member(&name.value) else { continue };
        let here: Vec<&Placed<'_>> =
            around.placed.iter().filter(on_this).filter(|at| at.net == net.name.value).collect();
        overlay::spell(net, member, &mut making);
        overlay::daemon(net, member, &here, &mut making);
        for at in here {
            overlay::container(net, member, at, &mut making);
        }
    }
    on_card::spell(&Named { name: name.clone(), value: Some(spec) }, &around.shared, &mut making);
    for door in around.doors_of(&name.value) {
        gateways::spell(door, &name.value, members, &around.placed, &mut making);
    }
    for door in around.doors_of(&name.value) {
        gateways::seal(door, &mut making);
    }
    for (prefix, via) in &spec.routes {
        let cells = [("prefix", prefix.value.clone()), ("via", hops_cell(via))];
        making.row(STACK, "routes", prefix.span, &cells);
    }
    making.finish(name, nic(spec))
}

fn nic(spec: &Host) -> Nic {
    Nic {
        mac: spec.mac.clone(),
        mtu: spec.mtu.clone(),
        promiscuous: spec.promiscuous.then_some(true),
        unicast_slots: spec.unicast_slots,
        ..Nic::default()
    }
}

fn stack(spec: &Host, span: Span) -> Stack {
    Stack {
        interfaces: vec![(spanned(CARD, span), spec.ip.iter().cloned().collect())],
        ip6: spec.ip6.iter().map(|ip| (spanned(CARD, span), ip.clone())).collect(),
        ip6_unread: spec.ip6_unread,
        gateway: spec.gateway.clone(),
        forwarding: spec.forwarding,
        neighbours: spec.neighbours.clone(),
        groups: spec.groups.clone(),
        daemons: spec.daemons.clone(),
        mac: PerInterface::default(),
        mtu: PerInterface::default(),
        proxy_arp: PerInterface::default(),
        rp_filter: PerInterface::default(),
        multipath: None,
        routing: None,
    }
}
