//! Containers on the card of their host, and the host's own interface beside them: macvlan or ipvlan children of the
//! card, or its virtual functions.

use std::net::Ipv4Addr;

use super::host::Making;
use super::members::card_mtu;
use super::{Placed, end, is_reserved, spanned, the_host};
use crate::device::macvlan::Mode;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::wiring::{CARD, STACK};
use crate::lab::schema::node::{
    Container, Host, Inner, Ipvlan, IpvlanChild, Macvlan, MacvlanChild, NodeSpec, PerInterface, Shared, Sriov,
    SriovFunction, Stack,
};
use crate::lab::schema::{Lab, Named};
use crate::lab::source::{Span, Spanned};
use crate::plan::Bilingual;
use crate::wire::ipv4::mask;

/// The host's own child of its card.
const MACVLAN_SHIM: &str = "mac0";
const IPVLAN_SHIM: &str = "ipv0";

/// How the card of a host is shared: by one kind of children only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Macvlan,
    Ipvlan,
    Vf,
}

impl Kind {
    fn of(shared: &Shared) -> Self {
        match shared {
            Shared::Macvlan(_) => Self::Macvlan,
            Shared::Ipvlan(_) => Self::Ipvlan,
            Shared::Vf(_) => Self::Vf,
        }
    }

    /// The device that all children of a card are ports of.
    fn device(self) -> &'static str {
        match self {
            Self::Macvlan => "macvlan",
            Self::Ipvlan => "ipvlan",
            Self::Vf => "sriov",
        }
    }

    /// The host's own interface among them. Where there are virtual functions, that is the card itself.
    fn shim(self) -> Option<&'static str> {
        match self {
            Self::Macvlan => Some(MACVLAN_SHIM),
            Self::Ipvlan => Some(IPVLAN_SHIM),
            Self::Vf => None,
        }
    }

    /// One of them, as people say it.
    fn one(self) -> &'static str {
        match self {
            Self::Macvlan => "a macvlan child",
            Self::Ipvlan => "an ipvlan child",
            Self::Vf => "a virtual function",
        }
    }
}

/// A container on the card of its host.
#[derive(Clone, Copy, Debug)]
pub struct OnCard<'l> {
    /// Its name.
    pub name: &'l Spanned<String>,
    spec: &'l Container,
    child: &'l Spanned<Shared>,
    /// Its host.
    pub on: &'l str,
}

/// What shares the card of a host: what its containers are, the host's own interface with them.
fn kind(host: Option<&Host>, placed: &[OnCard<'_>], on: &str) -> Kind {
    let otherwise = if host.is_some_and(|host| host.sriov.is_some()) { Kind::Vf } else { Kind::Macvlan };
    placed.iter().find(|at| at.on == on).map_or(otherwise, |at| Kind::of(&at.child.value))
}

/// The containers on cards whose host exists; what is wrong with the others is reported.
pub fn containers<'l>(lab: &'l Lab, overlays: &[Placed<'l>], found: &mut Findings) -> Vec<OnCard<'l>> {
    let mut placed: Vec<OnCard<'l>> = Vec::new();
    for node in &lab.nodes {
        let Some(NodeSpec::Container(spec)) = &node.value else { continue };
        let (Some(on), Some(child), Some(_)) = (&spec.on, &spec.nic, &spec.ip) else { continue };
        if !is_reserved(&node.name, found) && the_host(lab, on, "a container runs on a host", found) {
            too_big(lab, spec, child, &on.value, found);
            let at = OnCard { name: &node.name, spec, child, on: &on.value };
            if is_first_kind(&placed, &at, found) && beside_functions(lab, &at, found) {
                placed.push(at);
            }
        }
    }
    own_function(lab, &placed, found);
    taken(lab, &placed, overlays, found);
    placed.retain(|at| at.name.value != Kind::of(&at.child.value).device());
    placed
}

/// A card has one receive handler: macvlan and ipvlan children exclude each other (Linux `netdev_is_rx_handler_busy`).
fn is_first_kind(placed: &[OnCard<'_>], at: &OnCard<'_>, found: &mut Findings) -> bool {
    let own = Kind::of(&at.child.value);
    let other = placed.iter().find(|other| other.on == at.on && Kind::of(&other.child.value) != own);
    let Some(other) = other else { return true };
    if own == Kind::Vf || Kind::of(&other.child.value) == Kind::Vf {
        let there = format!("`{}` is {}", other.name.value, Kind::of(&other.child.value).one());
        found.push(two_ways(own, at, other.child.span, there));
        return false;
    }
    let (here, there) = (own.device(), Kind::of(&other.child.value).device());
    let text = format!("{here} beside {there} on the card of `{}`", at.on);
    let finding = Finding::new(Code::CardTaken, text, at.child.span);
    let finding = finding.label("the kernel refuses it: device or resource busy (EBUSY)");
    let finding = finding.also(other.child.span, format!("`{}` has the card's receive handler", other.name.value));
    found.push(finding.help("a card has one receive handler: share it in one way, or put one of them on another host"));
    false
}

/// Children of the card where a host says that it has virtual functions.
fn beside_functions(lab: &Lab, at: &OnCard<'_>, found: &mut Findings) -> bool {
    let own = Kind::of(&at.child.value);
    let sriov = host(lab, at.on).and_then(|host| host.sriov.as_ref());
    let Some(sriov) = sriov.filter(|_| own != Kind::Vf) else { return true };
    found.push(two_ways(own, at, sriov.span, "virtual functions of the same card".to_owned()));
    false
}

/// Linux allows children of a card beside its virtual functions. Its driver then writes the address of each child into
/// the switch of the card, as another one of the physical function.
fn two_ways(own: Kind, at: &OnCard<'_>, span: Span, there: String) -> Finding {
    let text = format!("the card of `{}` is shared in two ways", at.on);
    let finding = Finding::new(Code::CardTaken, text, at.child.span).label(format!("{} here", own.one()));
    let finding = finding.also(span, there);
    let finding = finding.help("share it in one way, or put one of them on another host");
    finding.help(
        "Linux allows both, but not what one expects: a child shares the row space and filters of the physical \
         function; this is not modelled",
    )
}

/// A host that has virtual functions needs no interface beside them: the switch of its card joins it to them.
fn own_function(lab: &Lab, placed: &[OnCard<'_>], found: &mut Findings) {
    for node in &lab.nodes {
        let Some(NodeSpec::Host(host)) = &node.value else { continue };
        let name = &node.name.value;
        let Some(shim) = host.shim.as_ref().filter(|_| kind(Some(host), placed, name) == Kind::Vf) else { continue };
        let text = format!("`{name}` needs no interface beside its virtual functions");
        let finding = Finding::new(Code::CardTaken, text, shim.span).label("would be a child of the card");
        found.push(finding.help("leave `shim` out: the switch in the card joins the host's own interface to them"));
    }
}

/// Names that the device has, or the host's own child.
fn taken(lab: &Lab, placed: &[OnCard<'_>], overlays: &[Placed<'_>], found: &mut Findings) {
    let shares = |on: &str| has_own(lab, on) || placed.iter().any(|at| at.on == on);
    let all = placed.iter().map(|at| (at.on, at.name)).chain(overlays.iter().map(|at| (at.on, at.name)));
    for (on, name) in all {
        let kind = kind(host(lab, on), placed, on);
        let is_shim = kind.shim() == Some(name.value.as_str()) && host(lab, on).is_some_and(|host| host.shim.is_some());
        if name.value == kind.device() && shares(on) || is_shim {
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

/// The host shares its card with itself, whether containers do or not.
fn has_own(lab: &Lab, name: &str) -> bool {
    host(lab, name).is_some_and(|host| host.shim.is_some() || host.sriov.is_some())
}

/// A macvlan child cannot send more than its card (`macvlan_change_mtu`), nor can a virtual function
/// (`ixgbe_set_vf_lpe`). The kernel lets an ipvlan child try.
fn too_big(lab: &Lab, spec: &Container, child: &Spanned<Shared>, on: &str, found: &mut Findings) {
    let (Some(mtu), Some(host)) = (&spec.mtu, host(lab, on)) else { return };
    let card = card_mtu(lab, on, host);
    let kind = Kind::of(&child.value);
    if mtu.value > card && kind != Kind::Ipvlan {
        let text = format!("the card of `{on}` does not send packets of {}", mtu.value);
        let finding = Finding::new(Code::OutOfRange, text, mtu.span);
        let finding = finding.label(format!("{} cannot send more than its card, {card}", kind.one()));
        found.push(finding.help(format!("mtu: {card}, or a larger one for `{on}`")));
    }
}

/// Adds the children of a card: those of the containers on it, and the host's own.
pub fn spell(host: &Named<&Host>, all: &[OnCard<'_>], making: &mut Making) {
    let (name, Some(spec)) = (&host.name, host.value) else { return };
    let here: Vec<&OnCard<'_>> = all.iter().filter(|at| at.on == name.value).collect();
    let span = match (here.first(), &spec.shim, &spec.sriov) {
        (Some(at), ..) => at.child.span,
        (None, Some(shim), _) => shim.span,
        (None, None, Some(sriov)) => sriov.span,
        (None, None, None) => return,
    };
    let kind = kind(Some(spec), all, &name.value);
    let (device, why) = match kind {
        Kind::Macvlan => (
            Inner::Macvlan(macvlan(&here, spec)),
            Bilingual::new(
                format!("several interfaces with addresses of their own on the card of `{}`", name.value),
                format!("`{}` 的网卡上有几个各有自己地址的接口", name.value),
            ),
        ),
        Kind::Ipvlan => (
            Inner::Ipvlan(ipvlan(&here, spec)),
            Bilingual::new(
                format!("several IP addresses behind the one MAC address of the card of `{}`", name.value),
                format!("`{}` 的网卡只有一个 MAC 地址,后面有几个 IP 地址", name.value),
            ),
        ),
        Kind::Vf => (
            Inner::Sriov(functions(&here, spec)),
            Bilingual::new(
                format!("the virtual functions of the card of `{}`, and the switch inside it", name.value),
                format!("`{}` 网卡的虚拟功能,以及卡内的交换机", name.value),
            ),
        ),
    };
    making.device(kind.device(), span, device, why);
    if kind == Kind::Ipvlan {
        making.wire(end(kind.device(), "routed", span), end(STACK, "ipvlan.routed", span));
    }
    for at in &here {
        container(at, spec, making);
    }
    if let Some((address, own)) = spec.shim.as_ref().zip(kind.shim()) {
        shim((kind, own), address, &here, making);
    }
}

fn macvlan(here: &[&OnCard<'_>], host: &Host) -> Macvlan {
    let of = |at: &&OnCard<'_>| match &at.child.value {
        Shared::Macvlan(child) => Some((at.name.clone(), MacvlanChild { mac: at.spec.mac.clone(), ..child.clone() })),
        Shared::Ipvlan(_) | Shared::Vf(_) => None,
    };
    let mut children: Vec<(Spanned<String>, MacvlanChild)> = here.iter().filter_map(of).collect();
    if let Some(shim) = &host.shim {
        let mode = Some(Spanned::new(Mode::Bridge, shim.span));
        children.push((spanned(MACVLAN_SHIM, shim.span), MacvlanChild { mode, ..MacvlanChild::default() }));
    }
    Macvlan { children }
}

/// The host's own child is made as the last container was, so it changes nothing.
fn ipvlan(here: &[&OnCard<'_>], host: &Host) -> Ipvlan {
    let of = |at: &&OnCard<'_>| match &at.child.value {
        Shared::Ipvlan(child) => Some((at.name.clone(), child.clone())),
        Shared::Macvlan(_) | Shared::Vf(_) => None,
    };
    let mut children: Vec<(Spanned<String>, IpvlanChild)> = here.iter().filter_map(of).collect();
    if let (Some(shim), Some((_, last))) = (&host.shim, children.last()) {
        children.push((spanned(IPVLAN_SHIM, shim.span), last.clone()));
    }
    Ipvlan { children }
}

fn functions(here: &[&OnCard<'_>], host: &Host) -> Sriov {
    let of = |at: &&OnCard<'_>| match &at.child.value {
        Shared::Vf(vf) => Some((at.name.clone(), SriovFunction { mac: at.spec.mac.clone(), ..vf.clone() })),
        Shared::Macvlan(_) | Shared::Ipvlan(_) => None,
    };
    let card = host.sriov.as_ref().map(|card| card.value.clone()).unwrap_or_default();
    Sriov { card, functions: here.iter().filter_map(of).collect() }
}

fn container(at: &OnCard<'_>, host: &Host, making: &mut Making) {
    let (span, name, kind) = (at.name.span, &at.name.value, Kind::of(&at.child.value));
    let inside = |gateway: Ipv4Addr| {
        let (ip, len) = at.spec.ip.as_ref().map_or((gateway, 0), |ip| ip.value);
        (gateway.to_bits() ^ ip.to_bits()) & mask(len) == 0
    };
    let hosts = host.gateway.clone().filter(|gateway| inside(gateway.value));
    // The address of a macvlan child is that of the child; an ipvlan child cannot have one, which is found out there.
    let mac = at.spec.mac.clone().filter(|_| kind == Kind::Ipvlan);
    let stack = Stack {
        interfaces: vec![(spanned(CARD, span), at.spec.ip.iter().cloned().collect())],
        mac: PerInterface { all: mac, named: Vec::new() },
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
    making.wire(end(name, CARD, span), end(kind.device(), name, span));
}

/// The host's own child, and the way by it to each container: the network of the card would be the longer way, which
/// never arrives.
fn shim((kind, name): (Kind, &str), address: &Spanned<(Ipv4Addr, u8)>, here: &[&OnCard<'_>], making: &mut Making) {
    let span: Span = address.span;
    making.interface(name, span, vec![address.clone()]);
    making.wire(end(STACK, name, span), end(kind.device(), name, span));
    for at in here {
        let Some((ip, _)) = at.spec.ip.as_ref().map(|ip| ip.value) else { continue };
        let cells = [("prefix", format!("{ip}/32")), ("dev", name.to_owned())];
        let why = Bilingual::new(
            format!("the host reaches `{}` by its own child, for the card leads out", at.name.value),
            format!("主机经自己的子接口到达 `{}`,因为网卡只通向外面", at.name.value),
        );
        making.row_because(STACK, "routes", span, &cells, why);
    }
}
