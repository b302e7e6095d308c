//! A router: a card for each port, and a stack that passes packets on.

use super::{card, device, end, spanned};
use crate::lab::lower::wiring::STACK;
use crate::lab::place::{End, Place};
use crate::lab::schema::Change;
use crate::lab::schema::node::{Inner, Linux, Nic, Router, Stack, hops_cell};
use crate::lab::source::Spanned;
use crate::plan::Bilingual;

/// Spells a router out.
pub fn spell(name: &Spanned<String>, spec: &Router) -> Linux {
    let span = name.span;
    let mut linux = Linux { called: "Router", profile: spec.profile.clone(), ..Linux::default() };
    for (port, _) in &spec.ports {
        let nic = Nic { mtu: spec.mtu.clone(), ..Nic::default() };
        linux.devices.push(device(&port.value, port.span, Inner::Nic(nic)));
        let why =
            Bilingual::new(format!("port `{}` of the router", port.value), format!("路由器的端口 `{}`", port.value));
        linux.whys.push((port.value.clone(), why));
        linux.wires.push([end(STACK, &port.value, port.span), card(&port.value, port.span)]);
    }
    let stack = Stack {
        interfaces: spec.ports.iter().map(|(port, address)| (port.clone(), vec![address.clone()])).collect(),
        gateway: spec.gateway.clone(),
        forwarding: Some(true),
        multipath: spec.multipath,
        routing: spec.routing.clone(),
        ..Stack::default()
    };
    linux.devices.push(device(STACK, span, Inner::Stack(stack)));
    let why = Bilingual::new(
        format!("`{}` looks at the destination address and passes packets on", name.value),
        format!("`{}` 查看目的地址,转发报文", name.value),
    );
    linux.whys.push((STACK.to_owned(), why));
    for (prefix, via) in &spec.routes {
        let place = Place::End(End { node: STACK.to_owned(), device: None, port: None });
        let cells = [("prefix", prefix.value.clone()), ("via", hops_cell(via))];
        let cells = cells.into_iter().map(|(column, value)| (spanned(column, span), spanned(value, prefix.span)));
        let table = spanned("routes", prefix.span);
        linux.rows.push(Change::AddRow(Spanned::new(place, prefix.span), table, cells.collect()));
    }
    linux
}
