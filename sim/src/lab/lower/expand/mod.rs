//! Short words spelt out: clusters, containers, overlays and routers become nodes written device by device.
//!
//! What comes out is what an author could have typed with `Linux(…)`, so a short word can do nothing that the level
//! beneath cannot, and `overunder plan` shows all of it.

mod cluster;
mod fabric;
mod gateways;
mod host;
mod leases;
mod members;
mod on_card;
mod overlay;
mod router;
mod speakers;
mod spoken;

use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::place::End;
use crate::lab::schema::node::{Container, Inner, NodeSpec};
use crate::lab::schema::{Lab, Named, Overlay};
use crate::lab::source::{Span, Spanned};
use gateways::Door;
use members::Members;
use on_card::OnCard;

/// A container that can be placed.
#[derive(Clone, Debug)]
struct Placed<'l> {
    name: &'l Spanned<String>,
    spec: &'l Container,
    on: &'l str,
    net: &'l str,
}

/// A lab with its short words spelt out.
#[derive(Clone, Debug)]
pub struct Expanded {
    /// The lab.
    pub lab: Lab,
    /// Containers that could not be placed: what names them is not to blame.
    pub lost: Vec<String>,
    /// A gateway could not be made, so a host may lack a card.
    pub cards_lost: bool,
}

/// The lab with its short words spelt out.
pub fn expand(lab: &Lab, found: &mut Findings) -> Expanded {
    let whole = lab.cluster.as_ref().map(|cluster| cluster::spell(lab, cluster, found));
    let lab = whole.as_ref().unwrap_or(lab);
    let short = |node: &Named<NodeSpec>| match &node.value {
        Some(NodeSpec::Container(_) | NodeSpec::Router(_)) => true,
        Some(NodeSpec::Host(host)) => {
            !host.routes.is_empty() || host.forwarding.is_some() || host.shim.is_some() || host.sriov.is_some()
        }
        _ => false,
    };
    if lab.overlays.is_empty() && lab.gateways.is_empty() && !lab.nodes.iter().any(short) {
        return Expanded { lab: lab.clone(), lost: Vec::new(), cards_lost: false };
    }
    let around = Around::of(lab, found);
    let placed = &around.placed;
    unused(lab, placed, found);
    spoken::check(lab, placed, found);
    let lives =
        |at: &Placed<'_>| around.members.nets.iter().any(|net| net.name.value == at.net && net.member(at.on).is_some());
    let mut lost = Vec::new();
    let mut nodes = Vec::new();
    for node in &lab.nodes {
        let name = node.name.value.as_str();
        let shared = around.shared.iter().any(|at| at.on == name);
        let lived_in = shared || placed.iter().any(|at| at.on == name) || around.doors_of(name).next().is_some();
        let value = match &node.value {
            Some(NodeSpec::Container(_)) => {
                // On a host that is broken itself there is no room for it.
                let on_card = around.shared.iter().any(|at| at.name.value == name);
                if !on_card && !placed.iter().any(|at| at.name.value == name && lives(at)) {
                    lost.push(node.name.value.clone());
                }
                continue;
            }
            Some(NodeSpec::Router(router)) => Some(NodeSpec::Linux(router::spell(&node.name, router))),
            Some(NodeSpec::Host(host)) if short(node) || lived_in => {
                Some(NodeSpec::Linux(host::spell(&node.name, host, &around)))
            }
            other => other.clone(),
        };
        nodes.push(Named { name: node.name.clone(), value });
    }
    let cards_lost = around.doors.len() < lab.gateways.len();
    Expanded { lab: Lab { nodes, overlays: Vec::new(), gateways: Vec::new(), ..lab.clone() }, lost, cards_lost }
}

/// What a host must know of the others.
#[derive(Clone, Debug)]
struct Around<'l> {
    placed: Vec<Placed<'l>>,
    shared: Vec<OnCard<'l>>,
    doors: Vec<Door<'l>>,
    members: Members<'l>,
}

impl<'l> Around<'l> {
    fn of(lab: &'l Lab, found: &mut Findings) -> Self {
        let placed = containers(lab, found);
        let shared = on_card::containers(lab, &placed, found);
        let mut doors = gateways::sound(lab, &placed, found);
        // What is wrong with a number is said once, and not again for what is made of it.
        let taken = gateways::numbers(lab, found);
        doors.retain(|door| !taken.contains(&door.name.value.as_str()));
        let members = Members::of(lab, &placed, &doors, found);
        members.share_wires(lab, found);
        Self { placed, shared, doors, members }
    }

    fn doors_of<'a>(&'a self, host: &'a str) -> impl Iterator<Item = &'a Door<'l>> {
        self.doors.iter().filter(move |door| door.nets_on(host).is_some())
    }
}

/// The containers whose host and network exist; what is wrong with the others is reported.
fn containers<'l>(lab: &'l Lab, found: &mut Findings) -> Vec<Placed<'l>> {
    let mut placed = Vec::new();
    for node in &lab.nodes {
        let Some(NodeSpec::Container(spec)) = &node.value else { continue };
        let (Some(on), Some(net), Some(_)) = (&spec.on, &spec.net, &spec.ip) else { continue };
        if is_reserved(&node.name, found) {
            continue;
        }
        let sound = the_host(lab, on, "a container runs on a host", found);
        let known = the_overlay(lab, net, found);
        if sound && known.is_some_and(|overlay| overlay.value.is_some()) {
            placed.push(Placed { name: &node.name, spec, on: &on.value, net: &net.value });
        }
    }
    placed
}

/// Whether a name is that of a host. Nothing is said about one whose definition is broken.
fn the_host(lab: &Lab, on: &Spanned<String>, needs: &str, found: &mut Findings) -> bool {
    match lab.nodes.iter().find(|host| host.name.value == on.value).map(|host| &host.value) {
        Some(Some(NodeSpec::Host(_))) => true,
        Some(None) => false,
        Some(Some(_)) => {
            let finding = Finding::new(Code::OtherKind, format!("`{}` is not a host", on.value), on.span);
            found.push(finding.label(needs).help(hosts(lab)));
            false
        }
        None => {
            let known = lab.nodes.iter().map(|node| node.name.value.as_str());
            let finding =
                Finding::new(Code::UnknownName, format!("there is no node `{}` in this lab", on.value), on.span);
            found.push(finding.label("not defined").suggest(&on.value, known).help(hosts(lab)));
            false
        }
    }
}

/// The overlay with a name.
fn the_overlay<'l>(lab: &'l Lab, net: &Spanned<String>, found: &mut Findings) -> Option<&'l Named<Overlay>> {
    let known = lab.overlays.iter().find(|overlay| overlay.name.value == net.value);
    if known.is_none() {
        let names: Vec<&str> = lab.overlays.iter().map(|overlay| overlay.name.value.as_str()).collect();
        let finding =
            Finding::new(Code::UnknownName, format!("there is no overlay `{}` in this lab", net.value), net.span);
        let finding = finding.label("not defined").suggest(&net.value, names.iter().copied());
        found.push(if names.is_empty() {
            finding.help(format!("overlays: {{\"{}\": Vxlan(vni: 42)}}", net.value))
        } else {
            finding.help(format!("overlays: {}", list(names)))
        });
    }
    known
}

fn hosts(lab: &Lab) -> String {
    let host = |node: &&Named<NodeSpec>| matches!(node.value, Some(NodeSpec::Host(_)));
    format!("hosts: {}", list(lab.nodes.iter().filter(host).map(|node| node.name.value.as_str())))
}

/// A container is a device of its host, whose own devices have names too.
fn is_reserved(name: &Spanned<String>, found: &mut Findings) -> bool {
    let taken = ["eth0", "ip"].contains(&name.value.as_str());
    if taken {
        let text = format!("`{}` is the name of a device that every host has", name.value);
        let finding = Finding::new(Code::NameTaken, text, name.span).label("not for a container");
        found.push(finding.help("\"c1\": Container(…)"));
    }
    taken
}

fn unused(lab: &Lab, placed: &[Placed<'_>], found: &mut Findings) {
    for overlay in &lab.overlays {
        if overlay.value.is_some() && !placed.iter().any(|at| at.net == overlay.name.value) && !found.has_errors() {
            let name = &overlay.name.value;
            let finding = Finding::new(Code::NotLinked, format!("no container is in `{name}`"), overlay.name.span);
            let help = format!("\"c1\": Container(on: \"h1\", net: \"{name}\", ip: \"10.1.0.1/24\")");
            found.push(finding.label("this network is empty").help(help));
        }
    }
}

/// A name where an author could have written it.
fn spanned(text: impl Into<String>, span: Span) -> Spanned<String> {
    Spanned::new(text.into(), span)
}

/// `device:port` of a wire.
fn end(device: &str, port: &str, span: Span) -> Spanned<End> {
    Spanned::new(End { node: device.to_owned(), device: None, port: Some(port.to_owned()) }, span)
}

/// The inner end of a card.
fn card(device: &str, span: Span) -> Spanned<End> {
    Spanned::new(End { node: device.to_owned(), device: None, port: None }, span)
}

fn device(name: &str, span: Span, inner: Inner) -> Named<Inner> {
    Named { name: spanned(name, span), value: Some(inner) }
}
