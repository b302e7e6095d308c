//! `Tunnel(kind: Ipip(), remote: "192.0.2.2", …)`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Inner, vtep};
use crate::device::outer::Df;
use crate::device::tunnel::format::{Fastdp, Format, Geneve, Gre, Gretap, Ipip, Sleeve, Udp, Wireguard, ports};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::Tree;
use crate::lab::schema::node::host;
use crate::lab::schema::section::{Section, kind};
use crate::lab::schema::value;
use crate::lab::source::{Span, Spanned};
use crate::wire::MacAddr;

pub(super) const FIELDS: &[&str] = &["kind", "local", "remote", "mtu", "mac", "learning", "df", "ttl"];

/// A tunnel; everything not given keeps its default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tunnel {
    /// The kind of envelope.
    pub format: Option<Format>,
    /// Address of this end; one that is not given is that of the stack behind the outer port.
    pub local: Option<Spanned<Ipv4Addr>>,
    /// The same, of a tunnel over IPv6.
    pub local6: Option<Spanned<Ipv6Addr>>,
    /// The other ends: where everything goes for which no row fits.
    pub remotes: Vec<Spanned<Ipv4Addr>>,
    /// The other ends of a tunnel over IPv6.
    pub remotes6: Vec<Spanned<Ipv6Addr>>,
    /// Largest inner IP packet; one that is not given fits the interface below.
    pub mtu: Option<Spanned<u16>>,
    /// Its own address, where frames are carried.
    pub mac: Option<Spanned<MacAddr>>,
    /// Learns which host an inner address lives on.
    pub learning: Option<bool>,
    /// Whether the outer packet may be fragmented.
    pub df: Option<Df>,
    /// Time to live of the outer packet.
    pub ttl: Option<u8>,
}

struct Kind {
    name: &'static str,
    fields: &'static [&'static str],
    read: fn(&Section<'_>, &mut Findings) -> Option<Format>,
}

static KINDS: &[Kind] = &[
    Kind { name: "Ipip", fields: &[], read: |_, _| Some(Format::Ipip(Ipip)) },
    Kind { name: "Gre", fields: GRE, read: |section, found| Some(Format::Gre(gre(section, found))) },
    Kind { name: "Gretap", fields: GRE, read: |section, found| Some(Format::Gretap(Gretap(gre(section, found)))) },
    Kind { name: "Geneve", fields: &["vni", "options", "port"], read: geneve },
    Kind {
        name: "TunUdp",
        fields: &["port"],
        read: |section, found| Some(Format::Udp(Udp { port: port(section, ports::UDP, found) })),
    },
    Kind { name: "Wireguard", fields: &["port"], read: |section, found| Some(wireguard(section, found)) },
    Kind {
        name: "Sleeve",
        fields: &["port"],
        read: |section, found| Some(Format::Sleeve(Sleeve { port: port(section, ports::SLEEVE, found) })),
    },
    Kind { name: "FastDatapath", fields: &["port", "sleeve"], read: |section, found| Some(fastdp(section, found)) },
];

/// The words of kinds.
pub(in crate::lab::schema) fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|kind| kind.name)
}

const GRE: &[&str] = &["key", "checksum", "sequence"];

fn gre(section: &Section<'_>, found: &mut Findings) -> Gre {
    let flag = |name, found: &mut Findings| section.get(name).and_then(|tree| value::flag(name, tree, found));
    let key = section.get("key").and_then(|tree| value::whole("key", tree, 0..=u64::from(u32::MAX), found));
    let (checksum, sequence) = (flag("checksum", found), flag("sequence", found));
    Gre { key: key.map(|key| key as u32), checksum: checksum == Some(true), sequence: sequence == Some(true) }
}

fn geneve(section: &Section<'_>, found: &mut Findings) -> Option<Format> {
    let vni = section.need("vni", "42", found).and_then(|tree| vtep::vni(tree, found));
    let options = section.get("options").map_or(Some(0), |tree| options(tree, found));
    let port = port(section, ports::GENEVE, found);
    Some(Format::Geneve(Geneve { vni: vni?.value, options: options?, port }))
}

fn options(tree: &Tree, found: &mut Findings) -> Option<u8> {
    let bytes = value::whole("options", tree, 0..=252, found)?;
    if bytes % 4 == 0 {
        return Some(bytes as u8);
    }
    let finding = Finding::new(Code::OutOfRange, format!("`options` cannot be {bytes} bytes"), tree.span);
    found.push(finding.label("options come in words of 4 bytes").help(format!("options: {}", bytes / 4 * 4 + 4)));
    None
}

fn wireguard(section: &Section<'_>, found: &mut Findings) -> Format {
    // The MTU follows from the interface below; until it is known nothing limits the padding.
    Format::Wireguard(Wireguard { port: port(section, ports::WIREGUARD, found), mtu: u16::MAX })
}

fn fastdp(section: &Section<'_>, found: &mut Findings) -> Format {
    let port = port(section, ports::FASTDP, found);
    let sleeve = section.get("sleeve").and_then(|tree| vtep::port(tree, found)).unwrap_or(ports::SLEEVE);
    if sleeve == port {
        let tree = section.get("sleeve").or_else(|| section.get("port"));
        if let Some(tree) = tree {
            let finding = Finding::new(Code::PortTaken, format!("both ways at UDP port {port}"), tree.span);
            found.push(finding.label("frames could not be told apart").help("port: 6784, sleeve: 6783"));
        }
    }
    // The MTU follows from the interface below, as with WireGuard.
    Format::Fastdp(Fastdp { port, sleeve: Sleeve { port: sleeve }, mtu: u16::MAX })
}

fn port(section: &Section<'_>, usual: u16, found: &mut Findings) -> u16 {
    section.get("port").and_then(|tree| vtep::port(tree, found)).unwrap_or(usual)
}

/// Kinds of which the outer header may be one of IPv6.
pub(in crate::lab::schema) const fn runs_over_ipv6(format: &Format) -> bool {
    matches!(format, Format::Geneve(_) | Format::Udp(_) | Format::Wireguard(_))
}

/// Reports a kind that knows IPv4 only.
pub(in crate::lab::schema) fn not_over_ipv6(format: &Format, span: Span, found: &mut Findings) {
    let text = format!("`{}` runs over IPv4 only", format.encapsulation().name());
    let finding = Finding::new(Code::NotYet, text, span).label("an outer header of IPv6");
    found.push(finding.help("over IPv6: Vxlan(…), Geneve(…), TunUdp(), Wireguard()"));
}

/// Fields of a kind where it stands for a whole overlay.
pub(in crate::lab::schema) fn overlay_fields(name: &str) -> &'static [&'static str] {
    match name {
        "Gre" | "Gretap" => &["key", "checksum", "sequence", "mtu"],
        "Geneve" => &["vni", "options", "port", "mtu", "outer"],
        "Ipip" => &["mtu"],
        "FastDatapath" => &["port", "sleeve", "mtu"],
        "TunUdp" | "Wireguard" => &["port", "mtu", "outer"],
        _ => &["port", "mtu"],
    }
}

/// The kind of this name from fields that were read already.
pub(in crate::lab::schema) fn of_section(name: &str, section: &Section<'_>, found: &mut Findings) -> Option<Format> {
    let kind = KINDS.iter().find(|kind| kind.name == name)?;
    (kind.read)(section, found)
}

/// Reads `Ipip()`, `Gre(key: 7)`, ….
pub(in crate::lab::schema) fn format(tree: &Tree, found: &mut Findings) -> Option<Format> {
    let names: Vec<&'static str> = kinds().collect();
    let name = kind("a kind of tunnel", tree, &names, &[], found)?;
    let kind = KINDS.iter().find(|kind| kind.name == name)?;
    let section = Section::fields(name, tree, kind.fields, found)?;
    (kind.read)(&section, found)
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Inner {
    let mut tunnel = Tunnel::default();
    section.need("kind", "Ipip()", found);
    for (name, tree) in section.given() {
        match name {
            "kind" => tunnel.format = format(tree, found),
            "local" if vtep::is_ipv6(tree) => tunnel.local6 = value::ip6(tree, found),
            "local" => tunnel.local = vtep::address(tree, found),
            "remote" => (tunnel.remotes, tunnel.remotes6) = vtep::remotes(tree, found),
            "mtu" => tunnel.mtu = host::mtu(tree, found),
            "mac" => tunnel.mac = value::mac(tree, found),
            "df" => tunnel.df = vtep::df(tree, found),
            "ttl" => tunnel.ttl = vtep::ttl(tree, found),
            _ => tunnel.learning = value::flag(name, tree, found),
        }
    }
    vtep::one_family(tunnel.local6.as_ref(), (&tunnel.remotes, &tunnel.remotes6), found);
    if let (Some(local), Some(format)) = (&tunnel.local6, &tunnel.format)
        && !runs_over_ipv6(format)
    {
        not_over_ipv6(format, local.span, found);
    }
    Inner::Tunnel(tunnel)
}
