//! The BGP daemons of a cluster: whom they speak with, and who is left with nobody.

use std::net::Ipv4Addr;

use crate::cni::{self, Cluster, Sketch, Speaker};
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::schema::cluster::{self, Member};
use crate::lab::schema::node::NodeSpec;
use crate::lab::schema::routing::Routing;
use crate::lab::schema::routing::bgp::{Bgp, Neighbour};
use crate::lab::schema::{Lab, Named};
use crate::lab::source::{Span, Spanned};
use crate::time::SimDuration;

/// Longest silence: BIRD's, which Calico leaves as it is.
const HOLD: u16 = 240;
/// After a call that failed (calico `bird.cfg.template`).
const RETRY: SimDuration = SimDuration::from_secs(5);

/// The daemon of a node, as an author would type it.
pub fn routing(own: &Speaker, span: Span) -> Spanned<Routing> {
    let neighbour = |(name, client): &(String, bool)| {
        (Spanned::new(name.clone(), span), Neighbour { client: *client, ..Neighbour::default() })
    };
    let bgp = Bgp {
        asn: Some(own.asn),
        id: Some(own.id),
        cluster: own.cluster,
        networks: Some(own.networks.clone()),
        neighbours: own.neighbours.iter().map(neighbour).collect(),
        only_named: true,
        hold: HOLD,
        retry: RETRY,
        tunnel: own.tunnel.map(|(device, ..)| Spanned::new(device.to_owned(), span)),
        pool: own.tunnel.map(|(_, pool, _)| Spanned::new(pool, span)),
        cross_subnet: own.tunnel.is_some_and(|(.., cross)| cross),
        ..Bgp::default()
    };
    Spanned::new(Routing::Bgp(Box::new(bgp)), span)
}

/// Reflectors are nodes, routers of racks speak BGP, and no node is alone.
pub fn check(lab: &Lab, typed: &cluster::Cluster, cluster: &Cluster, found: &mut Findings) {
    let (mut seen, names): (Vec<&Spanned<String>>, Vec<&str>) =
        (Vec::new(), cluster.nodes.iter().map(|node| node.name.as_str()).collect());
    for named in &typed.named {
        if !names.contains(&named.value.as_str()) {
            let text = format!("there is no node `{}` in the cluster", named.value);
            let finding =
                Finding::new(Code::UnknownName, text, named.span).label("only nodes can be reflectors or clients");
            let finding = finding.suggest(&named.value, names.iter().copied());
            let finding = finding.help(format!("nodes: {}", list(names.iter().copied())));
            let router = "a router that reflects names its clients itself: routing: Bgp(neighbours: {\"node1\": \
                          (client: true)})";
            found.push(finding.help(router));
        }
    }
    let reflectors = typed.settings.reflectors();
    for named in typed.named.iter().filter(|named| reflectors.iter().any(|own| own.name == named.value)) {
        // A name may stand as a client of another reflector as well.
        let listed = reflectors.iter().filter(|own| own.name == named.value).count() > 1;
        if let Some(first) = seen.iter().find(|first| listed && first.value == named.value) {
            let finding = Finding::new(Code::Twice, format!("`{}` reflects twice", named.value), named.span);
            found.push(finding.label("again").also(first.span, "here first").help("name each reflector once"));
        }
        seen.push(named);
    }
    for own in reflectors {
        if own.clients.as_ref().is_some_and(|clients| clients.contains(&own.name)) {
            let at = typed.named.iter().rfind(|named| named.value == own.name).map_or(typed.span, |named| named.span);
            let finding = Finding::new(Code::OtherKind, format!("`{}` cannot be its own client", own.name), at);
            found.push(finding.label("the reflector itself").help("leave it out of its `clients`"));
        }
    }
    if typed.plugin.as_ref().is_some_and(|plugin| cni::takes_its_time(plugin.value)) {
        routers(lab, typed, cluster, found);
        lonely(lab, typed, cluster, found);
    }
}

/// Whoever is named by an address that nobody has is no neighbour; it was said that there is none.
pub fn without_ghosts(lab: &Lab, sketch: &mut Sketch) {
    let Some(speaker) = &mut sketch.speaker else { return };
    speaker.neighbours.retain(|(name, _)| name.parse().map_or(true, |ip| router(lab, ip).is_some() || by_hand(lab)));
}

/// The router with an address.
fn router(lab: &Lab, ip: Ipv4Addr) -> Option<&Named<NodeSpec>> {
    let has = |spec: &NodeSpec| match spec {
        NodeSpec::Router(router) => router.ports.iter().any(|(_, address)| address.value.0 == ip),
        _ => false,
    };
    lab.nodes.iter().find(|node| node.value.as_ref().is_some_and(has))
}

/// Some node is written device by device; its stacks are looked at where all devices are known.
fn by_hand(lab: &Lab) -> bool {
    lab.nodes.iter().any(|node| matches!(node.value, Some(NodeSpec::Linux(_))))
}

/// With `tor` every node has a gateway, and that is a router that speaks BGP.
fn routers(lab: &Lab, typed: &cluster::Cluster, cluster: &Cluster, found: &mut Findings) {
    let Some(span) = typed.at("tor").filter(|_| typed.settings.flag("tor")) else { return };
    for (node, member) in cluster.nodes.iter().zip(&typed.nodes) {
        let Some(gateway) = node.gateway else {
            let text = format!("`{}` has no router to speak with", node.name);
            let finding = Finding::new(Code::Missing, text, place(member)).label("no `gateway`");
            let finding = finding.also(span, "nodes shall speak with their gateway");
            found.push(finding.help("gateway: \"…\", the address of a Router with routing: Bgp(asn: 65001)"));
            continue;
        };
        let at = member.gateway.as_ref().or(typed.gateway.as_ref()).map_or_else(|| place(member), |at| at.span);
        let speaks = |spec: &NodeSpec| {
            let NodeSpec::Router(router) = spec else { return false };
            matches!(router.routing.as_deref(), Some(Spanned { value: Routing::Bgp(_), .. }))
        };
        let Some(router) = router(lab, gateway) else {
            if by_hand(lab) {
                continue;
            }
            let text = format!("no router has the address {gateway}");
            let finding = Finding::new(Code::UnknownName, text, at).label(format!("the gateway of `{}`", node.name));
            let finding = finding.also(span, "nodes shall speak with their gateway");
            found.push(finding.help(format!("\"tor\": Router(ips: {{\"rack\": \"{gateway}/24\"}})")));
            return;
        };
        if !router.value.as_ref().is_some_and(speaks) {
            let name = &router.name.value;
            let text = format!("`{name}`, the gateway of `{}`, does not speak BGP", node.name);
            let finding = Finding::new(Code::OtherKind, text, router.name.span).label("no `routing: Bgp(…)`");
            let finding = finding.also(span, "nodes shall speak with their gateway");
            found.push(finding.help(format!("\"{name}\": Router(…, routing: Bgp(asn: 65001))")));
            return;
        }
    }
}

fn place(member: &Member) -> Span {
    member.ip.as_ref().map_or(member.name.span, |ip| ip.span)
}

/// A node that speaks with nobody is reached by nobody, and has no way to pods elsewhere.
fn lonely(lab: &Lab, typed: &cluster::Cluster, cluster: &Cluster, found: &mut Findings) {
    let Some(plugin) = &typed.plugin else { return };
    // Whoever has no router was told so; and a router may name a node.
    if lab.allow.contains(&"unreachable") || typed.settings.flag("tor") || cluster.nodes.len() < 2 {
        return;
    }
    for (node, member) in cluster.nodes.iter().zip(&typed.nodes) {
        let on = cni::On { cluster, node, set: &typed.settings, overhead: 0 };
        let speaker = (plugin.value.node)(&on).speaker;
        if !speaker.is_some_and(|own| own.neighbours.is_empty()) || named_by_a_router(lab, &node.name) {
            continue;
        }
        let text = format!("`{}` has no BGP session", node.name);
        let finding =
            Finding::new(Code::Unreachable, text, place(member)).label("nobody tells it of blocks, or of its own");
        let finding = if let Some(span) = typed.at("reflectors") {
            finding.also(span, "a client of none of these").help(format!("clients: [\"{}\"] of a reflector", node.name))
        } else {
            finding.also(typed.at("mesh").unwrap_or(plugin.span), "no mesh").help("mesh: true, or reflectors: [\"…\"]")
        };
        found.push(finding.help("if that is the lesson: allow: [\"unreachable\"]"));
    }
}

fn named_by_a_router(lab: &Lab, node: &str) -> bool {
    lab.nodes.iter().any(|other| {
        let Some(NodeSpec::Router(router)) = &other.value else { return false };
        let Some(Routing::Bgp(bgp)) = router.routing.as_deref().map(|at| &at.value) else { return false };
        bgp.neighbours.iter().any(|(name, _)| name.value == node)
    })
}
