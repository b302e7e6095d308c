//! Hosts that take each other for neighbours must share a wire: through switches and bridges, but no router. Where ARP
//! does not get to, an address in the own network is out of reach, whatever else leads there.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::schema::Lab;
use crate::lab::schema::node::{Inner, NodeSpec};
use crate::lab::source::Span;
use crate::wire::ipv4::mask;

/// A host, its address on the underlay, and where that is written.
pub type Standing<'l> = (&'l str, (Ipv4Addr, u8), Span);

/// Whether frames that arrive at one port of a node may leave by another one: always in a switch; in a node written
/// device by device wherever it has a bridge or answers for others.
fn passes_on(spec: Option<&NodeSpec>) -> bool {
    match spec {
        Some(NodeSpec::Switch(_)) | None => true,
        Some(NodeSpec::Linux(linux)) => linux.devices.iter().any(|device| match &device.value {
            // A provider's network answers ARP itself, or is a segment.
            Some(Inner::Bridge(_) | Inner::Fabric(_)) | None => true,
            Some(Inner::Stack(stack)) => stack.proxy_arp.all.is_some() || !stack.proxy_arp.named.is_empty(),
            _ => false,
        }),
        _ => false,
    }
}

/// The wires each node is on, by number. Links through a node that passes frames on are one wire.
fn wires(lab: &Lab) -> BTreeMap<&str, BTreeSet<usize>> {
    let joins: BTreeSet<&str> =
        lab.nodes.iter().filter(|node| passes_on(node.value.as_ref())).map(|node| node.name.value.as_str()).collect();
    let ends = |at: usize| [&lab.links[at].a, &lab.links[at].b].map(|end| end.value.node.as_str());
    let mut at_node: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for link in 0..lab.links.len() {
        for node in ends(link) {
            at_node.entry(node).or_default().push(link);
        }
    }
    let mut wire: Vec<Option<usize>> = vec![None; lab.links.len()];
    for first in 0..lab.links.len() {
        let mut open = if wire[first].is_none() { vec![first] } else { Vec::new() };
        while let Some(link) = open.pop() {
            if wire[link].is_none() {
                wire[link] = Some(first);
                let through = ends(link).into_iter().filter(|node| joins.contains(node));
                open.extend(through.flat_map(|node| &at_node[node]));
            }
        }
    }
    let of = |links: Vec<usize>| links.into_iter().filter_map(|link| wire[link]).collect();
    at_node.into_iter().map(|(node, links)| (node, of(links))).collect()
}

fn beside((ip, len): (Ipv4Addr, u8), (other, short): (Ipv4Addr, u8)) -> bool {
    (ip.to_bits() ^ other.to_bits()) & mask(len.min(short)) == 0
}

/// Reports the first two of these hosts that are in one network and on no common wire. Those without a link are reported
/// elsewhere. True when there are two.
pub fn common(lab: &Lab, hosts: &[Standing<'_>], found: &mut Findings) -> bool {
    // A link that could not be read may be the missing one.
    if lab.allow.contains(&"unreachable") || found.has_errors() {
        return false;
    }
    let wires = wires(lab);
    for (at, (name, own, span)) in hosts.iter().enumerate() {
        let Some(here) = wires.get(name) else { continue };
        let apart = |(other, address, _): &&Standing<'_>| {
            other != name && beside(*own, *address) && wires.get(other).is_some_and(|there| there.is_disjoint(here))
        };
        let Some((other, _, first)) = hosts[..at].iter().find(apart) else { continue };
        let (ip, len) = own;
        let text = format!("`{other}` and `{name}` are in one network, but on no common wire");
        let finding = Finding::new(Code::Unreachable, text, *span);
        let label = format!("{ip}/{len}: `{other}` asks for it by ARP, which passes switches, but no router");
        let finding = finding.label(label).also(*first, format!("`{other}` is here"));
        let finding = finding.help("join them through switches, or give each side a network of its own and a gateway");
        found.push(finding.help("if that is the lesson: allow: [\"unreachable\"]"));
        return true;
    }
    false
}
