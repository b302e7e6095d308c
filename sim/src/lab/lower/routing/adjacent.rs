//! Routers on one link that will never be neighbours, or are and get no routes, though neither end alone is wrong.
//!
//! What a protocol itself says of a neighbour it refuses (another area, other timers, another password) stands in its
//! tables while the lab runs, and is no finding. Here is what no message ever tells.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::directory::{Directory, Home};
use crate::lab::schema::node::Stack;
use crate::lab::schema::routing::Routing;
use crate::lab::schema::routing::ospf::Ospf;
use crate::lab::source::{Span, Spanned};
use crate::routing::ospf::{FaceConfig, Network};
use crate::wire::ipv4::mask;

/// The name of the finding that a lab can allow.
pub const LINT: &str = "no-adjacency";

/// A router and what it speaks.
pub struct Voice<'a> {
    /// Its stack.
    pub stack: &'a Stack,
    /// Its name.
    pub home: &'a Home,
    /// What it speaks.
    pub routing: &'a Spanned<Routing>,
}

/// A router on a link.
#[derive(Clone, Copy)]
struct Face<'a> {
    voice: &'a Voice<'a>,
    interface: &'a Spanned<String>,
}

impl<'a> Face<'a> {
    fn ospf(self) -> Option<&'a Ospf> {
        match &self.voice.routing.value {
            Routing::Ospf(ospf) => Some(ospf),
            _ => None,
        }
    }

    fn own(self) -> Option<&'a FaceConfig> {
        let own = |(name, _): &&(String, FaceConfig)| *name == self.interface.value;
        self.ospf()?.config.interfaces.iter().find(own).map(|(_, face)| face)
    }

    fn network(self) -> Option<Network> {
        let whole = self.ospf()?.config.network;
        Some(self.own().and_then(|own| own.network).unwrap_or(whole))
    }

    fn priority(self) -> Option<u8> {
        let whole = self.ospf()?.config.priority;
        Some(self.own().and_then(|own| own.priority).unwrap_or(whole))
    }

    /// Where its silence on this link is written.
    fn silent(self) -> Option<Span> {
        let silent = |names: &[Spanned<String>]| {
            names.iter().find(|name| name.value == self.interface.value).map(|name| name.span)
        };
        match &self.voice.routing.value {
            Routing::Rip(_, passive) => silent(passive),
            Routing::Eigrp(eigrp) if eigrp.config.passive.contains(&self.interface.value) => silent(&eigrp.named),
            Routing::Ospf(ospf) if ospf.config.passive.contains(&self.interface.value) => silent(&ospf.named),
            Routing::Isis(isis) if isis.config.passive.contains(&self.interface.value) => silent(&isis.named),
            _ => None,
        }
    }

    /// It looks for neighbours on this link.
    fn asks(self) -> bool {
        let named = match &self.voice.routing.value {
            Routing::Bgp(bgp) => bgp.only_named,
            _ => false,
        };
        !named && self.silent().is_none()
    }

    fn name(self) -> &'a str {
        &self.voice.home.name
    }

    fn span(self) -> Span {
        self.voice.routing.span
    }
}

/// Looks at all links between routers.
pub fn check(voices: &[Voice<'_>], names: &Directory, found: &mut Findings) {
    let mut segments: BTreeMap<(Ipv4Addr, u8), Vec<Face<'_>>> = BTreeMap::new();
    for voice in voices {
        for (interface, addresses) in &voice.stack.interfaces {
            for Spanned { value: (ip, len), .. } in addresses {
                let net = Ipv4Addr::from_bits(ip.to_bits() & mask(*len));
                segments.entry((net, *len)).or_default().push(Face { voice, interface });
            }
        }
    }
    for ((net, len), faces) in &segments {
        let link = format!("{net}/{len}");
        tongues(faces, &link, found);
        let ospf: Vec<Face<'_>> = faces.iter().filter(|face| face.ospf().is_some()).copied().collect();
        one_silent(faces, &link, found);
        kinds(&ospf, &link, found);
        nobody_speaks_for_all(&ospf, &link, found);
    }
    same_id(voices, found);
    apart(voices, names, found);
    nobody_named(voices, found);
}

fn tell(finding: Finding, help: impl Into<String>, found: &mut Findings) {
    found.push(finding.help(help).help(format!("if that is the lesson: allow: [\"{LINT}\"]")));
}

/// A router whose neighbours all speak something else.
fn tongues(faces: &[Face<'_>], link: &str, found: &mut Findings) {
    let speaking: Vec<Face<'_>> = faces.iter().filter(|face| face.asks()).copied().collect();
    let tongue = |face: &Face<'_>| face.voice.routing.value.name();
    for face in &speaking {
        let others = || speaking.iter().filter(|other| other.name() != face.name());
        if others().any(|other| tongue(other) == tongue(face)) {
            continue;
        }
        // Of two, the later one is reported.
        let Some(other) = others().next().filter(|other| other.span() <= face.span()) else { continue };
        let text = format!("`{}` speaks {} on {link}, and nobody there does", face.name(), tongue(face));
        let finding = Finding::new(Code::NoAdjacency, text, face.span()).label("nobody will answer");
        let finding = finding.also(other.span(), format!("`{}` speaks {}", other.name(), tongue(other)));
        tell(finding, "one protocol for all of them, in `routing` of the lab", found);
    }
}

/// Of two routers on a link that look for each other by hellos one says nothing there. RIP and BGP have none: a silent
/// router of RIP still hears the other.
fn one_silent(faces: &[Face<'_>], link: &str, found: &mut Findings) {
    let greets = |routing: &Routing| matches!(routing, Routing::Eigrp(_) | Routing::Ospf(_) | Routing::Isis(_));
    let of = |face: &Face<'_>| std::mem::discriminant(&face.voice.routing.value);
    let greeting = |face: &&Face<'_>| greets(&face.voice.routing.value);
    let faces: Vec<&Face<'_>> = faces.iter().filter(greeting).collect();
    let [a, b] = faces[..] else { return };
    if of(a) != of(b) {
        return;
    }
    let (span, silent, other) = match (a.silent(), b.silent()) {
        (Some(span), None) => (span, a, b),
        (None, Some(span)) => (span, b, a),
        _ => return,
    };
    let text = format!("`{}` is passive on {link}, where `{}` looks for it", silent.name(), other.name());
    let finding = Finding::new(Code::NoAdjacency, text, span).label("it sends no hello, and hears none");
    tell(finding, "passive is for links without routers; say it at both ends, or at none", found);
}

/// Two neighbours that draw the link differently: each believes the other, and the map has no way across.
fn kinds(faces: &[Face<'_>], link: &str, found: &mut Findings) {
    let speaking: Vec<Face<'_>> = faces.iter().filter(|face| face.asks()).copied().collect();
    let Some((first, rest)) = speaking.split_first() else { return };
    let Some(here) = first.network() else { return };
    let Some((other, there)) = rest.iter().find_map(|other| Some((other, other.network().filter(|n| *n != here)?)))
    else {
        return;
    };
    let text = format!("{link} is {} for `{}` and {} for `{}`", here.word(), first.name(), there.word(), other.name());
    let finding =
        Finding::new(Code::NoAdjacency, text, other.interface.span).label("they become Full, and no route comes of it");
    let finding = finding.also(first.interface.span, format!("here {}", here.word()));
    tell(
        finding,
        format!("at both ends: interfaces: {{\"{}\": (network: {})}}", other.interface.value, here.word()),
        found,
    );
}

/// A network of which nobody may become the designated router.
fn nobody_speaks_for_all(faces: &[Face<'_>], link: &str, found: &mut Findings) {
    let speaking = || faces.iter().filter(|face| face.asks());
    let never = speaking().all(|face| face.network() == Some(Network::Broadcast) && face.priority() == Some(0));
    let mut two = speaking();
    if let (Some(first), Some(second), true) = (two.next(), two.next(), never) {
        let text = format!("no router on {link} may become its designated router");
        let finding =
            Finding::new(Code::NoAdjacency, text, second.interface.span).label("priority 0: they stay in 2-Way");
        let finding = finding.also(first.interface.span, "priority 0");
        tell(finding, "priority: 1 at one of them at least", found);
    }
}

/// Two routers that take each other's part of the map for their own.
fn same_id(voices: &[Voice<'_>], found: &mut Findings) {
    let mut seen: BTreeMap<Ipv4Addr, &Voice<'_>> = BTreeMap::new();
    for voice in voices {
        let Routing::Ospf(ospf) = &voice.routing.value else { continue };
        let Some(id) = ospf.config.router_id else { continue };
        let Some(first) = seen.get(&id) else {
            seen.insert(id, voice);
            continue;
        };
        let text = format!("`{}` and `{}` have the router id {id}", first.home.name, voice.home.name);
        let finding = Finding::new(Code::NoAdjacency, text, voice.routing.span);
        let finding = finding.label("each takes what the other says for its own, and says it anew");
        tell(finding.also(first.routing.span, "first here"), "router_id: a number of its own for each", found);
    }
}

/// The ends of a cable are in no common network.
fn apart(voices: &[Voice<'_>], names: &Directory, found: &mut Findings) {
    let end = |(node, port): &(String, String)| {
        let voice = voices.iter().find(|voice| voice.home.name == *node)?;
        voice.stack.interfaces.iter().find(|(name, _)| name.value == *port).map(|(_, addresses)| addresses)
    };
    for cable in &names.cables {
        let [Some(here), Some(there)] = [end(&cable.ends[0]), end(&cable.ends[1])] else { continue };
        let (Some(a), Some(b)) = (here.first(), there.first()) else { continue };
        let network = |(ip, len): (Ipv4Addr, u8)| (ip.to_bits() & mask(len), len);
        if here.iter().any(|a| there.iter().any(|b| network(a.value) == network(b.value))) {
            continue;
        }
        let text = format!("the ends of `{}` are in no common network", cable.name);
        let ((first, long), (second, wide)) = (a.value, b.value);
        let finding = Finding::new(Code::NoAdjacency, text, b.span).label(format!("{second}/{wide}"));
        let finding = finding.also(a.span, format!("{first}/{long}"));
        tell(
            finding,
            format!("an address of {}/{long} here", Ipv4Addr::from_bits(first.to_bits() & mask(long))),
            found,
        );
    }
}

/// A BGP router with `only_named` that names nobody, and nobody names it.
fn nobody_named(voices: &[Voice<'_>], found: &mut Findings) {
    // There is nobody to name.
    if voices.iter().filter(|voice| matches!(voice.routing.value, Routing::Bgp(_))).count() < 2 {
        return;
    }
    for voice in voices {
        let Routing::Bgp(bgp) = &voice.routing.value else { continue };
        let meant = |name: &str| {
            let own = voice.home.ips.iter().any(|(ip, _)| name.parse() == Ok(*ip));
            own || name == voice.home.name
        };
        let named = voices.iter().any(|other| match &other.routing.value {
            Routing::Bgp(other) => {
                let clients = other.clients.iter().map(|client| &client.value);
                other.neighbours.iter().map(|(name, _)| &name.value).chain(clients).any(|name| meant(name))
            }
            _ => false,
        });
        if bgp.only_named && bgp.neighbours.is_empty() && bgp.clients.is_empty() && !named {
            let text = format!("`{}` speaks to those that are named, and nobody is", voice.home.name);
            let finding = Finding::new(Code::NoAdjacency, text, voice.routing.span).label("it has no neighbour");
            tell(finding, "neighbours: {\"r2\": ()}, or without only_named", found);
        }
    }
}
