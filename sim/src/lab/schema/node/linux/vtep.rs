//! `Vtep(vni: 42, local: "192.0.2.1", learning: true, …)`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Inner;
use crate::device::outer::Df;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Form, Tree};
use crate::lab::schema::node::host;
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::time::SimDuration;
use crate::wire::{MacAddr, vxlan};

pub(super) const FIELDS: &[&str] = &[
    "vni", "local", "remote", "port", "mtu", "mac", "learning", "ageing", "fdb_size", "proxy", "l2miss", "l3miss",
    "df", "ttl", "checksum", "srcport",
];

/// The end of a VXLAN tunnel; everything not given keeps its default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vtep {
    /// Network identifier.
    pub vni: Option<Spanned<u32>>,
    /// Address of this end; one that is not given is that of the stack behind the outer port.
    pub local: Option<Spanned<Ipv4Addr>>,
    /// The same, of a tunnel over IPv6.
    pub local6: Option<Spanned<Ipv6Addr>>,
    /// The other ends, or a group: where frames go for which no row fits.
    pub remotes: Vec<Spanned<Ipv4Addr>>,
    /// The other ends of a tunnel over IPv6.
    pub remotes6: Vec<Spanned<Ipv6Addr>>,
    /// UDP port.
    pub port: Option<u16>,
    /// Largest inner IP packet; one that is not given fits the interface below.
    pub mtu: Option<Spanned<u16>>,
    /// Its own address.
    pub mac: Option<Spanned<MacAddr>>,
    /// Learns which host an inner address lives on.
    pub learning: Option<bool>,
    /// How long a learned row outlives the last frame from its address.
    pub ageing: Option<SimDuration>,
    /// Most learned rows.
    pub fdb_size: Option<u32>,
    /// Answers ARP from its own table and sends none.
    pub proxy: Option<bool>,
    /// Tells when a destination is in no row.
    pub l2miss: Option<bool>,
    /// Tells when a question has no answer.
    pub l3miss: Option<bool>,
    /// Whether the outer packet may be fragmented.
    pub df: Option<Df>,
    /// Time to live of the outer packet.
    pub ttl: Option<u8>,
    /// Makes a checksum for the outer UDP header.
    pub checksum: Option<bool>,
    /// UDP source ports: from, and up to but not including.
    pub source_ports: Option<(u16, u16)>,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Inner {
    let mut vtep = Vtep::default();
    section.need("vni", "42", found);
    for (name, tree) in section.given() {
        match name {
            "vni" => vtep.vni = vni(tree, found),
            "local" if is_ipv6(tree) => vtep.local6 = value::ip6(tree, found),
            "local" => vtep.local = address(tree, found),
            "remote" => (vtep.remotes, vtep.remotes6) = remotes(tree, found),
            "port" => vtep.port = port(tree, found),
            "mtu" => vtep.mtu = host::mtu(tree, found),
            "mac" => vtep.mac = value::mac(tree, found),
            "ageing" => vtep.ageing = ageing(tree, found),
            "fdb_size" => vtep.fdb_size = super::super::switch::rows(name, tree, found),
            "df" => vtep.df = df(tree, found),
            "srcport" => vtep.source_ports = source_ports(tree, found),
            "ttl" => vtep.ttl = ttl(tree, found),
            "learning" => vtep.learning = value::flag(name, tree, found),
            "proxy" => vtep.proxy = value::flag(name, tree, found),
            "l2miss" => vtep.l2miss = value::flag(name, tree, found),
            "l3miss" => vtep.l3miss = value::flag(name, tree, found),
            _ => vtep.checksum = value::flag(name, tree, found),
        }
    }
    one_family(vtep.local6.as_ref(), (&vtep.remotes, &vtep.remotes6), found);
    if let (Some(false), Some(_), Some(tree)) = (vtep.checksum, &vtep.local6, section.get("checksum")) {
        let finding = Finding::new(Code::NotYet, "over IPv6 there is always a checksum", tree.span);
        found.push(finding.label("IPv6 has none of its own").help("leave `checksum` out"));
    }
    Inner::Vtep(vtep)
}

/// Linux takes 0 for "not given" (net: `vxlan_config_validate` puts its 300 s there), unlike a bridge, which then keeps
/// nothing. Whoever types it means one of two other things.
fn ageing(tree: &Tree, found: &mut Findings) -> Option<SimDuration> {
    let span = value::time("ageing", tree, found)?;
    if span > SimDuration::ZERO {
        return Some(span);
    }
    let finding = Finding::new(Code::OutOfRange, "`ageing` of a VTEP cannot be zero", tree.span);
    let finding = finding.label("Linux takes this for 300 s");
    found.push(finding.help("learning: false, or a long time: ageing: \"1440min\""));
    None
}

/// 24 bits.
pub(in crate::lab::schema) fn vni(tree: &Tree, found: &mut Findings) -> Option<Spanned<u32>> {
    let vni = value::whole("vni", tree, 0..=u64::from(vxlan::MAX_VNI), found);
    vni.map(|vni| Spanned::new(vni as u32, tree.span))
}

pub(in crate::lab::schema) fn port(tree: &Tree, found: &mut Findings) -> Option<u16> {
    value::whole("port", tree, 1..=65_535, found).map(|port| port as u16)
}

/// `[49152, 65535]`: from the first, up to but not including the last.
pub(in crate::lab::schema) fn source_ports(tree: &Tree, found: &mut Findings) -> Option<(u16, u16)> {
    let example = "srcport: [49152, 65535]";
    let items = value::items("srcport", example, tree, found);
    let [low, high] = items else {
        if matches!(tree.form, Form::List(_)) {
            let finding = Finding::new(Code::WrongType, "`srcport` is two ports", tree.span);
            found.push(finding.label("a first port, and the one behind the last").help(example));
        }
        return None;
    };
    let (low, high) = (port(low, found)?, port(high, found)?);
    if low < high {
        return Some((low, high));
    }
    let finding = Finding::new(Code::OutOfRange, "no port lies in this range", tree.span);
    let finding = finding.label("the second is not used any more, so it must be larger");
    found.push(finding.help(format!("for one port only: srcport: [{low}, {}]", low.saturating_add(1))));
    None
}

pub(in crate::lab::schema) fn ttl(tree: &Tree, found: &mut Findings) -> Option<u8> {
    value::whole("ttl", tree, 1..=255, found).map(|ttl| ttl as u8)
}

pub(in crate::lab::schema) fn df(tree: &Tree, found: &mut Findings) -> Option<Df> {
    let choices = [("Unset", Df::Unset), ("Set", Df::Set), ("Inherit", Df::Inherit)];
    value::word("a rule for the DF bit", tree, &choices, found)
}

pub(in crate::lab::schema) fn address(tree: &Tree, found: &mut Findings) -> Option<Spanned<Ipv4Addr>> {
    value::ip(tree, found).map(|ip| Spanned::new(ip, tree.span))
}

/// The other ends of a tunnel, of IPv4 and of IPv6.
type Remotes = (Vec<Spanned<Ipv4Addr>>, Vec<Spanned<Ipv6Addr>>);

/// One address, or several in square brackets.
pub(in crate::lab::schema) fn remotes(tree: &Tree, found: &mut Findings) -> Remotes {
    let items = if let Form::List(items) = &tree.form { items.as_slice() } else { std::slice::from_ref(tree) };
    let mut remotes = Remotes::default();
    for item in items {
        if is_ipv6(item) {
            remotes.1.extend(value::ip6(item, found));
        } else {
            remotes.0.extend(address(item, found));
        }
    }
    remotes
}

/// What was meant is an address of IPv6: no other has colons.
pub(in crate::lab::schema) fn is_ipv6(tree: &Tree) -> bool {
    matches!(&tree.form, Form::Text(text) if text.contains(':'))
}

/// All ends of a tunnel are of one family.
pub(in crate::lab::schema) fn one_family(
    local6: Option<&Spanned<Ipv6Addr>>,
    (remotes, remotes6): (&[Spanned<Ipv4Addr>], &[Spanned<Ipv6Addr>]),
    found: &mut Findings,
) {
    let report = |text: &str, span, label: &str, fix: &str, found: &mut Findings| {
        found.push(Finding::new(Code::OtherFamily, text, span).label(label).help(fix));
    };
    match (local6, remotes.first(), remotes6.first()) {
        (Some(_), Some(remote), _) if remote.value.is_multicast() => {
            let label = "over IPv6 there is only a list of other ends";
            report("a group of IPv4 for a tunnel over IPv6", remote.span, label, "remote: [\"fd00::2\"]", found);
        }
        (Some(_), Some(remote), _) => {
            let text = "the own end speaks IPv6, the other one IPv4";
            report(text, remote.span, "this is IPv4", "remote: \"fd00::2\"", found);
        }
        (None, _, Some(remote)) => {
            let text = "the other end speaks IPv6, the own one IPv4";
            report(text, remote.span, "this is IPv6", "local: \"fd00::1\", the `ip6` of this host", found);
        }
        _ => {}
    }
}
