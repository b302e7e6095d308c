//! Virtual functions of a card: their addresses, what follows from the card below, and what cannot work.

use crate::device::nic::Gate;
use crate::device::sriov::config::USUAL_LIMIT;
use crate::device::sriov::{self, SriovConfig, VfConfig};
use crate::id::PortNo;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::directory::Sort;
use crate::lab::lower::linux::{At, Config, Layout, across};
use crate::lab::schema::node::{Inner, Linux, Sriov, SriovFunction};
use crate::lab::source::Spanned;
use crate::wire::MacAddr;

/// Names of the ports.
pub fn ports(spec: &Sriov) -> Vec<String> {
    let own = ["lower".to_owned(), "host".to_owned()];
    own.into_iter().chain(spec.functions.iter().map(|(name, _)| name.value.clone())).collect()
}

/// The functions as typed; what follows from their surroundings is filled in by [`addresses`] and [`join`].
pub fn config(spec: &Sriov) -> SriovConfig {
    let default = VfConfig::default();
    let vf = |(name, own): &(Spanned<String>, SriovFunction)| VfConfig {
        name: name.value.clone(),
        mac: own.mac.as_ref().map_or(MacAddr::ZERO, |mac| mac.value),
        vlan: own.vlan.as_ref().map_or(default.vlan, |vlan| vlan.value),
        spoofchk: own.spoofchk.unwrap_or(default.spoofchk),
        trust: own.trust.unwrap_or(default.trust),
        state: own.state.unwrap_or(default.state),
        promiscuous: own.promiscuous.unwrap_or(default.promiscuous),
        asks: own.asks.clone(),
    };
    SriovConfig {
        mode: spec.card.mode.unwrap_or_default(),
        limit: spec.card.vfs.as_ref().map_or(USUAL_LIMIT, |vfs| vfs.value),
        vfs: spec.functions.iter().map(vf).collect(),
        ..SriovConfig::default()
    }
}

/// The card below.
fn parent(layout: &Layout, at: usize) -> Option<usize> {
    let (card, _) = across(layout, (at, sriov::LOWER))?;
    matches!(layout.devices[card].1, Config::Nic(_)).then_some(card)
}

/// Addresses of functions that nobody gave: on a machine the driver makes them up.
pub fn addresses(layout: &mut Layout, mut next: impl FnMut() -> MacAddr) {
    for (_, config, _) in &mut layout.devices {
        let Config::Sriov(config) = config else { continue };
        for vf in config.vfs.iter_mut().filter(|vf| vf.mac == MacAddr::ZERO) {
            vf.mac = next();
        }
    }
}

/// Hardware address and MTU behind an interface that is joined to a port here.
pub fn behind(layout: &Layout, (at, port): At) -> Option<(MacAddr, u16)> {
    let Config::Sriov(config) = &layout.devices[at].1 else { return None };
    let Config::Nic(card) = &layout.devices[parent(layout, at)?].1 else { return None };
    match port {
        sriov::LOWER => None,
        sriov::HOST => Some((card.mac, card.mtu)),
        PortNo(vf) => config.vfs.get(usize::from(vf - sriov::VF)).map(|vf| (vf.mac, card.mtu)),
    }
}

/// The card leaves the filtering to its switch, and the switch knows the card's own address. A function in a bridge asks
/// to hear everything, unless its author says otherwise (Linux `br_add_if`).
pub fn join(spec: &Linux, layout: &mut Layout) {
    for (at, named) in spec.devices.iter().enumerate() {
        let Some(Inner::Sriov(own)) = &named.value else { continue };
        let bridged: Vec<bool> = (sriov::VF..)
            .take(own.functions.len())
            .map(|port| across(layout, (at, PortNo(port))))
            .map(|other| other.is_some_and(|(other, _)| layout.devices[other].1.sort() == Sort::Bridge))
            .collect();
        let mut card = None;
        if let Some(below) = parent(layout, at)
            && let Config::Nic(nic) = &mut layout.devices[below].1
        {
            nic.gate = Gate::Switch;
            card = Some((nic.mac, nic.promiscuous));
        }
        let Config::Sriov(config) = &mut layout.devices[at].1 else { continue };
        if let Some((mac, promiscuous)) = card {
            (config.mac, config.promiscuous) = (mac, promiscuous);
        }
        for ((vf, (_, own)), bridged) in config.vfs.iter_mut().zip(&own.functions).zip(bridged) {
            vf.promiscuous = own.promiscuous.unwrap_or(bridged);
        }
    }
}

/// The ends that what is wired to a card's functions, and to its host's side, is seen from.
pub fn users(layout: &Layout, (at, port): At) -> Vec<At> {
    let Config::Sriov(config) = &layout.devices[at].1 else { return Vec::new() };
    let ports = if port == sriov::LOWER { sriov::HOST.0..sriov::VF + config.vfs.len() as u16 } else { 0..0 };
    ports.filter_map(|port| across(layout, (at, PortNo(port)))).collect()
}

/// What the driver refuses, and what could never work.
pub fn check(spec: &Linux, layout: &Layout, found: &mut Findings) {
    for (at, named) in spec.devices.iter().enumerate() {
        let (Some(Inner::Sriov(own)), Config::Sriov(config)) = (&named.value, &layout.devices[at].1) else { continue };
        let name = &named.name;
        if parent(layout, at).is_none() {
            let finding = Finding::new(Code::NotLinked, format!("`{}` has no card below it", name.value), name.span);
            let finding = finding.label("no wire joins its port `lower` to a card");
            found.push(finding.help(format!("wires: [(\"{}:lower\", \"eth0\")]", name.value)));
        }
        too_many(own, config, found);
        twice(own, config, found);
    }
}

/// More functions than the card has: writing `sriov_numvfs` fails (Linux `sriov_numvfs_store`, ERANGE).
fn too_many(own: &Sriov, config: &SriovConfig, found: &mut Findings) {
    let Some((name, _)) = own.functions.get(usize::from(config.limit)) else { return };
    let (wanted, has) = (own.functions.len(), config.limit);
    let text = format!("{wanted} virtual functions on a card that has {has}");
    let finding = Finding::new(Code::CardTaken, text, name.span).label("none is left for this one (ERANGE)");
    let finding = match &own.card.vfs {
        Some(vfs) => finding.also(vfs.span, "so many has the card"),
        None => finding,
    };
    found.push(finding.help(format!("vfs: {wanted}, if the card can do that, or put some on another host")));
}

/// Two functions with one address in one VLAN: the switch has one row for both, and the first has it.
fn twice(own: &Sriov, config: &SriovConfig, found: &mut Findings) {
    for (place, (vf, (name, function))) in config.vfs.iter().zip(&own.functions).enumerate() {
        let same = |other: &VfConfig| (other.mac, other.vlan) == (vf.mac, vf.vlan);
        let earlier = config.vfs[..place].iter().position(same);
        let of_card = vf.vlan == 0 && vf.mac == config.mac;
        if earlier.is_none() && !of_card {
            continue;
        }
        let within = if vf.vlan == 0 { String::new() } else { format!(" in VLAN {}", vf.vlan) };
        let span = function.mac.as_ref().map_or(name.span, |mac| mac.span);
        let text = format!("{} is used twice on one card{within}", vf.mac);
        let finding = Finding::new(Code::DuplicateAddress, text, span);
        let finding = match earlier.map(|other| &own.functions[other]) {
            Some((first, function)) => {
                let first = function.mac.as_ref().map_or(first.span, |mac| mac.span);
                finding.label("again here").also(first, "first here")
            }
            None => finding.label("this is the address of the card itself"),
        };
        let help = "the card's switch has one row for an address and a VLAN: leave `mac` out, or choose another";
        found.push(finding.help(help));
    }
}
