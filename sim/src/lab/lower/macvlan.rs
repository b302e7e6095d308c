//! Macvlan devices of a node: their addresses, what the card below must let in, and what cannot work.

use crate::device::macvlan::{self, ChildConfig, MacvlanConfig, Mode};
use crate::id::PortNo;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::linux::{At, Config, Layout, across};
use crate::lab::schema::node::{Inner, Linux, Macvlan};
use crate::wire::MacAddr;

/// Names of the ports.
pub fn ports(spec: &Macvlan) -> Vec<String> {
    let own = ["lower".to_owned(), "host".to_owned()];
    own.into_iter().chain(spec.children.iter().map(|(name, _)| name.value.clone())).collect()
}

/// The devices as typed; addresses nobody gave follow from [`join`].
pub fn config(spec: &Macvlan) -> MacvlanConfig {
    let child = |(name, own): &(crate::lab::source::Spanned<String>, _)| {
        let own: &crate::lab::schema::node::MacvlanChild = own;
        ChildConfig {
            name: name.value.clone(),
            mac: own.mac.as_ref().map_or(MacAddr::ZERO, |mac| mac.value),
            mode: own.mode.as_ref().map(|mode| mode.value).unwrap_or_default(),
            sources: own.sources.clone(),
            takes: own.takes,
        }
    };
    MacvlanConfig { children: spec.children.iter().map(child).collect() }
}

/// The card below.
fn parent(layout: &Layout, at: usize) -> Option<usize> {
    let (card, _) = across(layout, (at, macvlan::LOWER))?;
    matches!(layout.devices[card].1, Config::Nic(_)).then_some(card)
}

/// Addresses of children that nobody gave. Needs those of the cards, for a child in passthru mode has its card's.
pub fn addresses(layout: &mut Layout, mut next: impl FnMut() -> MacAddr) {
    for at in 0..layout.devices.len() {
        let card = parent(layout, at).and_then(|card| match &layout.devices[card].1 {
            Config::Nic(card) => Some(card.mac),
            _ => None,
        });
        let Config::Macvlan(config) = &mut layout.devices[at].1 else { continue };
        for child in &mut config.children {
            match (child.mode, card) {
                (Mode::Passthru, Some(mac)) => child.mac = mac,
                _ if child.mac == MacAddr::ZERO => child.mac = next(),
                _ => {}
            }
        }
    }
}

/// Hardware address and MTU behind an interface that is joined to a port here.
pub fn behind(layout: &Layout, (at, port): At) -> Option<(MacAddr, u16)> {
    let Config::Macvlan(config) = &layout.devices[at].1 else { return None };
    let Config::Nic(card) = &layout.devices[parent(layout, at)?].1 else { return None };
    match port {
        macvlan::LOWER => None,
        macvlan::HOST => Some((card.mac, card.mtu)),
        PortNo(child) => {
            let child = config.children.get(usize::from(child - macvlan::CHILD))?;
            Some((child.mac, card.mtu))
        }
    }
}

/// The card lets in what is for the children, as `macvlan_open` asks it to. Groups are told while it runs.
pub fn join(layout: &mut Layout) {
    for at in 0..layout.devices.len() {
        let Config::Macvlan(config) = &layout.devices[at].1 else { continue };
        let children = config.children.clone();
        let card = parent(layout, at);
        let Some(Config::Nic(card)) = card.map(|card| &mut layout.devices[card].1) else { continue };
        for child in children {
            match child.mode {
                Mode::Passthru => card.promiscuous = true,
                _ if !card.unicast.contains(&child.mac) => card.unicast.push(child.mac),
                _ => {}
            }
        }
    }
}

/// The ends that what is wired to a card's children, and to its host's side, is seen from.
pub fn users(layout: &Layout, (at, port): At) -> Vec<At> {
    let Config::Macvlan(config) = &layout.devices[at].1 else { return Vec::new() };
    let ports =
        if port == macvlan::LOWER { macvlan::HOST.0..macvlan::CHILD + config.children.len() as u16 } else { 0..0 };
    ports.filter_map(|port| across(layout, (at, PortNo(port)))).collect()
}

/// What the kernel refuses, and what could never work.
pub fn check(spec: &Linux, layout: &Layout, found: &mut Findings) {
    for (at, named) in spec.devices.iter().enumerate() {
        let Some(Inner::Macvlan(own)) = &named.value else { continue };
        let name = &named.name;
        if parent(layout, at).is_none() {
            let finding = Finding::new(Code::NotLinked, format!("`{}` has no card below it", name.value), name.span);
            let finding = finding.label("no wire joins its port `lower` to a card");
            found.push(finding.help(format!("wires: [(\"{}:lower\", \"eth0\")]", name.value)));
        }
        let passthru =
            own.children.iter().find(|(_, child)| child.mode.as_ref().is_some_and(|mode| mode.value == Mode::Passthru));
        if let (Some((alone, _)), true) = (passthru, own.children.len() > 1) {
            let other =
                own.children.iter().find(|(other, _)| other.value != alone.value).map_or(alone, |(other, _)| other);
            // What a short word made is told at the short word.
            if other.span == alone.span {
                continue;
            }
            let text = format!("`{}` shares a card with a child in passthru mode", other.value);
            let finding = Finding::new(Code::CardTaken, text, other.span);
            let finding = finding.label("a second child").also(alone.span, "has the card for itself");
            found.push(finding.help("give the other one another mode, or another card"));
        }
        twice(layout, at, own, found);
    }
}

/// Two children with one address, or one with the card's (`macvlan_addr_busy`).
fn twice(layout: &Layout, at: usize, own: &Macvlan, found: &mut Findings) {
    let Config::Macvlan(config) = &layout.devices[at].1 else { return };
    let card = parent(layout, at).and_then(|card| match &layout.devices[card].1 {
        Config::Nic(card) => Some(card.mac),
        _ => None,
    });
    for (place, (child, (name, _))) in config.children.iter().zip(&own.children).enumerate() {
        let earlier = config.children[..place].iter().position(|other| other.mac == child.mac);
        let of_card = card == Some(child.mac) && child.mode != Mode::Passthru;
        if earlier.is_none() && !of_card {
            continue;
        }
        let finding = Finding::new(Code::DuplicateAddress, format!("{} is used twice", child.mac), name.span);
        let finding = match earlier {
            Some(other) => finding.label("again here").also(own.children[other].0.span, "first here"),
            None => finding.label("this is the address of the card"),
        };
        found.push(finding.help("the kernel refuses the second one (EADDRINUSE): leave `mac` out, or choose another"));
    }
}
