//! Ways of tunnels: whether a tunnel speaks from an address of its host, and whether its packets find a way to the other
//! end that is not the tunnel itself.

use std::net::Ipv4Addr;

use crate::device::vtep;
use crate::id::PortNo;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::linux::{Config, Layout, across};
use crate::lab::place::Place;
use crate::lab::schema::change::{Cells, Change};
use crate::lab::schema::node::{Inner, Linux};
use crate::lab::source::{Span, Spanned};
use crate::stack::StackConfig;
use crate::wire::ipv4;

/// A route of a host: where it leads, and where it is written.
struct Way {
    prefix: Ipv4Addr,
    len: u8,
    port: PortNo,
    span: Option<Span>,
}

/// What cannot work about the way of a tunnel's packets.
pub(super) fn check(spec: &Linux, layout: &Layout, at: usize, found: &mut Findings) {
    let (local, remotes) = match spec.devices[at].value.as_ref() {
        Some(Inner::Vtep(own)) => (&own.local, &own.remotes),
        Some(Inner::Tunnel(own)) => (&own.local, &own.remotes),
        _ => return,
    };
    let Some((stack, port)) = across(layout, (at, vtep::OUTER)) else { return };
    let Config::Stack(config) = &layout.devices[stack].1 else { return };
    if let Some(local) = local {
        speaks(local, config, found);
    }
    let own = port.index().checked_sub(config.interfaces.len()).and_then(|place| config.tunnels.get(place)?.own);
    let Some(own) = own else { return };
    let name = &spec.devices[at].name.value;
    let ways = ways(spec, &spec.devices[stack].name.value, config);
    let written = rows(spec, name).filter_map(|(_, cells)| cell(cells, "remote"));
    let written = written.filter_map(|remote| Some(Spanned::new(remote.value.parse().ok()?, remote.span)));
    for remote in remotes.iter().cloned().chain(written).filter(|remote| !remote.value.is_multicast()) {
        let fit = |way: &&Way| remote.value.to_bits() & ipv4::mask(way.len) == way.prefix.to_bits();
        // Of two routes for one prefix the later one counts.
        let Some(way) = ways.iter().filter(fit).max_by_key(|way| way.len).filter(|way| way.port == own) else {
            continue;
        };
        let text = format!("`{name}` is routed into itself");
        let into = format!("{}/{} leads into `{name}`", way.prefix, way.len);
        let finding = Finding::new(Code::TunnelLoop, text, remote.span).label(into);
        let elsewhere = way.span.filter(|span| *span != remote.span);
        let finding = if let Some(span) = elsewhere { finding.also(span, "by this route") } else { finding };
        let fix = format!("a route to {} that leaves by another interface, or a remote outside of it", remote.value);
        found.push(finding.help(fix));
    }
}

/// The address a tunnel speaks from is one of its host.
fn speaks(local: &Spanned<Ipv4Addr>, stack: &StackConfig, found: &mut Findings) {
    let mut own = stack.interfaces.iter().flat_map(|at| &at.addresses).map(|(ip, _)| *ip);
    if local.value.is_unspecified() || own.clone().any(|ip| ip == local.value) {
        return;
    }
    let text = format!("{} is no address of this host", local.value);
    let finding = Finding::new(Code::LocalElsewhere, text, local.span).label("the kernel would send nothing from it");
    let fix = own.next().map_or_else(|| "an address of this host".to_owned(), |ip| format!("local: \"{ip}\""));
    found.push(finding.help(fix));
}

/// The routes a stack has from the start.
fn ways(spec: &Linux, stack: &str, config: &StackConfig) -> Vec<Way> {
    let mut ways = Vec::new();
    let mut add = |(prefix, len): (Ipv4Addr, u8), port, span| {
        ways.push(Way { prefix: Ipv4Addr::from_bits(prefix.to_bits() & ipv4::mask(len)), len, port, span });
    };
    for (port, interface) in (0..).zip(&config.interfaces) {
        for (ip, len) in &interface.addresses {
            add((*ip, *len), PortNo(port), None);
        }
    }
    // A router is on the link of one of the interfaces.
    let behind = |via: Ipv4Addr| {
        let on = |at: &crate::stack::InterfaceConfig| {
            at.addresses.iter().any(|(ip, len)| (ip.to_bits() ^ via.to_bits()) & ipv4::mask(*len) == 0)
        };
        config.interfaces.iter().position(on).map(|at| PortNo(at as u16))
    };
    if let Some(port) = config.gateway.and_then(behind) {
        add((Ipv4Addr::UNSPECIFIED, 0), port, None);
    }
    for (span, cells) in rows(spec, stack) {
        let Some(prefix) = cell(cells, "prefix").and_then(|text| ipv4::prefix(&text.value)) else { continue };
        let named = |dev: &Spanned<String>| config.interfaces.iter().position(|at| at.name == dev.value);
        let dev = cell(cells, "dev").and_then(named).map(|at| PortNo(at as u16));
        let via = || cell(cells, "via").and_then(|via| behind(via.value.parse().ok()?));
        if let Some(port) = dev.or_else(via) {
            add(prefix, port, Some(span));
        }
    }
    ways
}

/// The rows that are written to a device of this node from the start.
fn rows<'l>(spec: &'l Linux, device: &str) -> impl Iterator<Item = (Span, &'l Cells)> {
    spec.rows.iter().filter_map(move |row| match row {
        Change::AddRow(place, _, cells) => match &place.value {
            Place::End(end) if end.node == device => Some((place.span, cells)),
            _ => None,
        },
        _ => None,
    })
}

fn cell<'l>(cells: &'l Cells, column: &str) -> Option<&'l Spanned<String>> {
    cells.iter().find(|(name, _)| name.value == column).map(|(_, value)| value)
}
