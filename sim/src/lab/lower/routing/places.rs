//! Words that speak of no place in the network, and a place that two cables claim: no router could tell.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use petgraph::unionfind::UnionFind;

use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::lower::directory::Directory;
use crate::lab::lower::routing::adjacent::Voice;
use crate::lab::schema::routing::Routing;
use crate::lab::source::{Span, Spanned};
use crate::wire::ipv4::mask;

/// Stub areas in which no router has an interface.
pub fn stubs(voices: &[Voice<'_>], found: &mut Findings) {
    let ospf =
        || voices.iter().filter_map(|voice| if let Routing::Ospf(o) = &voice.routing.value { Some(o) } else { None });
    let own = ospf().flat_map(|ospf| ospf.config.interfaces.iter().filter_map(|(_, face)| face.area));
    let areas: BTreeSet<Ipv4Addr> = ospf().map(|ospf| ospf.config.area).chain(own).collect();
    for stub in ospf().flat_map(|ospf| &ospf.stubs) {
        if areas.contains(&stub.value) {
            continue;
        }
        let text = format!("no router is in the area {}", stub.value);
        let finding = Finding::new(Code::UnknownName, text, stub.span).label("a stub area of nobody");
        let known: Vec<String> = areas.iter().map(Ipv4Addr::to_string).collect();
        found.push(finding.help(format!("areas: {}", list(known.iter().map(String::as_str)))));
    }
}

/// One network on two cables that nothing joins: a router that is told of both sends to whichever is nearer. BGP is
/// left out, for there the same network from two places is a way to share the work, or a theft.
pub fn doubled(voices: &[Voice<'_>], names: &Directory, found: &mut Findings) {
    if voices.is_empty() {
        return;
    }
    let parts = Parts::of(voices, names);
    let mut seen: BTreeMap<(Ipv4Addr, u8), (usize, &str, Span)> = BTreeMap::new();
    for voice in voices.iter().filter(|voice| !matches!(voice.routing.value, Routing::Bgp(_))) {
        for (interface, addresses) in &voice.stack.interfaces {
            let Some(part) = parts.part(&voice.home.name, &interface.value) else { continue };
            for Spanned { value: (ip, len), span } in addresses.iter().filter(|address| address.value.1 < 32) {
                let net = (Ipv4Addr::from_bits(ip.to_bits() & mask(*len)), *len);
                let (there, name, first) = *seen.entry(net).or_insert((part, &voice.home.name, *span));
                if there == part {
                    continue;
                }
                let text = format!("{}/{len} is on two cables that nothing joins", net.0);
                let finding = Finding::new(Code::OverlappingSubnets, text, *span);
                let finding = finding.label(format!("`{}` has it here", voice.home.name));
                let finding = finding.also(first, format!("`{name}` has it here"));
                let finding = finding.help("each cable between routers has a network of its own");
                found.push(finding.help("if that is the lesson: allow: [\"overlapping-subnets\"]"));
            }
        }
    }
}

/// What hears each other: the interfaces of routers one by one, all other nodes as a whole.
struct Parts<'a> {
    spots: BTreeMap<(&'a str, &'a str), usize>,
    parts: Vec<usize>,
}

impl<'a> Parts<'a> {
    fn of(voices: &[Voice<'_>], names: &'a Directory) -> Self {
        let interfaces = |voice: &'_ Voice<'_>| {
            let node = voice.home.name.clone();
            let ports: Vec<String> = voice.stack.interfaces.iter().map(|(name, _)| name.value.clone()).collect();
            ports.into_iter().map(move |port| (node.clone(), port))
        };
        let single: BTreeSet<(String, String)> = voices.iter().flat_map(interfaces).collect();
        let mut spots = BTreeMap::new();
        let mut pairs = Vec::new();
        for cable in &names.cables {
            let [a, b] = &cable.ends;
            pairs.push([a, b].map(|end| {
                let port = if single.contains(end) { end.1.as_str() } else { "" };
                let next = spots.len();
                *spots.entry((end.0.as_str(), port)).or_insert(next)
            }));
        }
        let mut joined = UnionFind::new(spots.len());
        for [a, b] in pairs {
            joined.union(a, b);
        }
        Self { spots, parts: joined.into_labeling() }
    }

    /// The part of an interface with a cable in it.
    fn part(&self, node: &str, port: &str) -> Option<usize> {
        self.spots.get(&(node, port)).map(|at| self.parts[*at])
    }
}
