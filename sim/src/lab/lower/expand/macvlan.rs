//! Containers on the card of their host, and the host's own interface beside them: macvlan children of the card.

use super::host::Making;
use super::members::card_mtu;
use super::{Placed, end, is_reserved, spanned, the_host};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::wiring::{CARD, STACK};
use crate::lab::schema::node::{Container, Host, Inner, Macvlan, MacvlanChild, NodeSpec, PerInterface, Stack};
use crate::lab::schema::{Lab, Named};
use crate::lab::source::{Span, Spanned};
use crate::plan::Bilingual;
use crate::wire::ipv4::mask;

/// The device that all children of a card are ports of.
pub const DEVICE: &str = "macvlan";
/// The host's own interface among them.
pub const SHIM: &str = "mac0";

/// A container on the card of its host.
#[derive(Clone, Copy, Debug)]
pub struct OnCard<'l> {
    /// Its name.
    pub name: &'l Spanned<String>,
    spec: &'l Container,
    child: &'l Spanned<MacvlanChild>,
    /// Its host.
    pub on: &'l str,
}

/// The containers on cards whose host exists; what is wrong with the others is reported.
pub fn containers<'l>(lab: &'l Lab, overlays: &[Placed<'l>], found: &mut Findings) -> Vec<OnCard<'l>> {
    let mut placed: Vec<OnCard<'l>> = Vec::new();
    for node in &lab.nodes {
        let Some(NodeSpec::Container(spec)) = &node.value else { continue };
        let (Some(on), Some(child), Some(_)) = (&spec.on, &spec.nic, &spec.ip) else { continue };
        if !is_reserved(&node.name, found) && the_host(lab, on, "a container runs on a host", found) {
            too_big(lab, spec, &on.value, found);
            placed.push(OnCard { name: &node.name, spec, child, on: &on.value });
        }
    }
    taken(lab, &placed, overlays, found);
    placed.retain(|at| at.name.value != DEVICE);
    placed
}

/// Names that the device has, or the host's own child.
fn taken(lab: &Lab, placed: &[OnCard<'_>], overlays: &[Placed<'_>], found: &mut Findings) {
    let shares = |on: &str| has_shim(lab, on) || placed.iter().any(|at| at.on == on);
    let all = placed.iter().map(|at| (at.on, at.name)).chain(overlays.iter().map(|at| (at.on, at.name)));
    for (on, name) in all {
        if name.value == DEVICE && shares(on) || name.value == SHIM && has_shim(lab, on) {
            let text = format!("`{}` is the name of a device of `{on}`", name.value);
            let finding = Finding::new(Code::NameTaken, text, name.span).label("not for a container");
            found.push(finding.help("\"c1\": Container(…)"));
        }
    }
}

fn host<'l>(lab: &'l Lab, name: &str) -> Option<&'l Host> {
    lab.nodes.iter().find(|node| node.name.value == name).and_then(|node| match &node.value {
        Some(NodeSpec::Host(host)) => Some(host),
        _ => None,
    })
}

fn has_shim(lab: &Lab, name: &str) -> bool {
    host(lab, name).is_some_and(|host| host.shim.is_some())
}

/// A child cannot send more than its card (`macvlan_change_mtu`).
fn too_big(lab: &Lab, spec: &Container, on: &str, found: &mut Findings) {
    let (Some(mtu), Some(host)) = (&spec.mtu, host(lab, on)) else { return };
    let card = card_mtu(lab, on, host);
    if mtu.value > card {
        let text = format!("the card of `{on}` does not send packets of {}", mtu.value);
        let finding = Finding::new(Code::OutOfRange, text, mtu.span);
        let finding = finding.label(format!("the kernel refuses a child that sends more than its card, {card}"));
        found.push(finding.help(format!("mtu: {card}, or a larger one for `{on}`")));
    }
}

/// Adds the children of a card: those of the containers on it, and the host's own.
pub fn spell(host: &Named<&Host>, all: &[OnCard<'_>], making: &mut Making) {
    let (name, Some(spec)) = (&host.name, host.value) else { return };
    let here: Vec<&OnCard<'_>> = all.iter().filter(|at| at.on == name.value).collect();
    let mut children: Vec<(Spanned<String>, MacvlanChild)> = Vec::new();
    for at in &here {
        let child = MacvlanChild { mac: at.spec.mac.clone(), ..at.child.value.clone() };
        children.push((at.name.clone(), child));
    }
    let span = match (here.first(), &spec.shim) {
        (Some(at), _) => at.child.span,
        (None, Some(shim)) => shim.span,
        (None, None) => return,
    };
    if let Some(shim) = &spec.shim {
        let mode = Some(Spanned::new(crate::device::macvlan::Mode::Bridge, shim.span));
        children.push((spanned(SHIM, shim.span), MacvlanChild { mode, ..MacvlanChild::default() }));
    }
    let why = Bilingual::new(
        format!("several interfaces with addresses of their own on the card of `{}`", name.value),
        format!("`{}` 的网卡上有几个各有自己地址的接口", name.value),
    );
    making.device(DEVICE, span, Inner::Macvlan(Macvlan { children }), why);
    for at in &here {
        container(at, spec, making);
    }
    if let Some(address) = &spec.shim {
        shim(address, &here, making);
    }
}

fn container(at: &OnCard<'_>, host: &Host, making: &mut Making) {
    let (span, name) = (at.name.span, &at.name.value);
    let inside = |gateway: std::net::Ipv4Addr| {
        let (ip, len) = at.spec.ip.as_ref().map_or((gateway, 0), |ip| ip.value);
        (gateway.to_bits() ^ ip.to_bits()) & mask(len) == 0
    };
    let hosts = host.gateway.clone().filter(|gateway| inside(gateway.value));
    let stack = Stack {
        interfaces: vec![(spanned(CARD, span), at.spec.ip.iter().cloned().collect())],
        mtu: PerInterface { all: at.spec.mtu.clone(), named: Vec::new() },
        gateway: at.spec.gateway.clone().or(hosts),
        neighbours: at.spec.neighbours.clone(),
        ..Stack::default()
    };
    let why = Bilingual::new(
        format!("`{name}`, a network namespace of its own, on the card of `{}`", at.on),
        format!("`{name}`,自己的网络命名空间,用 `{}` 的网卡", at.on),
    );
    making.device(name, span, Inner::Stack(stack), why);
    making.wire(end(name, CARD, span), end(DEVICE, name, span));
}

/// The host's own child, and the way by it to each container: the network of the card would be the longer way, which
/// never arrives.
fn shim(address: &Spanned<(std::net::Ipv4Addr, u8)>, here: &[&OnCard<'_>], making: &mut Making) {
    let span: Span = address.span;
    making.interface(SHIM, span, vec![address.clone()]);
    making.wire(end(STACK, SHIM, span), end(DEVICE, SHIM, span));
    for at in here {
        let Some((ip, _)) = at.spec.ip.as_ref().map(|ip| ip.value) else { continue };
        let cells = [("prefix", format!("{ip}/32")), ("dev", SHIM.to_owned())];
        let why = Bilingual::new(
            format!("the host reaches `{}` by its own child, for the card leads out", at.name.value),
            format!("主机经自己的子接口到达 `{}`,因为网卡只通向外面", at.name.value),
        );
        making.row_because(STACK, "routes", span, &cells, why);
    }
}
