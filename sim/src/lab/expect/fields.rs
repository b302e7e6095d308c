//! The names of layers and their fields, as the layer walk gives them.

use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::source::Spanned;
use crate::wire::layers::Content;

/// Layers and their fields.
pub const LAYERS: &[(&str, &[&str])] = &[
    ("eth", &["dst", "src", "type", "len"]),
    ("vlan", &["pcp", "dei", "id", "type"]),
    ("llc", &["service", "control"]),
    ("arp", &["op", "sha", "spa", "tha", "tpa"]),
    (
        "ipv4",
        &["version", "ihl", "dscp", "ecn", "len", "id", "df", "mf", "offset", "ttl", "proto", "checksum", "src", "dst"],
    ),
    ("ipv6", &["version", "dscp", "ecn", "flow", "len", "next", "hops", "src", "dst"]),
    ("icmp", &["type", "code", "checksum", "id", "seq", "mtu"]),
    (
        "icmpv6",
        &["type", "code", "checksum", "says", "target", "router", "solicited", "override", "source-mac", "target-mac"],
    ),
    (
        "igmp",
        &[
            "type",
            "says",
            "checksum",
            "max-response",
            "group",
            "suppress",
            "robustness",
            "interval",
            "records",
            "record",
            "sources",
        ],
    ),
    ("udp", &["src", "dst", "len", "checksum"]),
    ("tcp", &["src", "dst", "seq", "ack", "flags", "window", "checksum", "mss"]),
    ("vxlan", &["flags", "vni"]),
    ("geneve", &["version", "optlen", "flags", "type", "vni", "options"]),
    ("gre", &["flags", "type", "checksum", "key", "seq"]),
    ("sleeve", &["sender", "src", "dst", "len"]),
    ("wireguard", &["type", "receiver", "counter"]),
    (
        "store",
        &[
            "op", "answer", "id", "revision", "extra", "mark", "lease", "outcome", "items", "deleted", "written",
            "key", "value",
        ],
    ),
    ("gossip", &["kind", "id", "rumours", "state", "owner", "clock", "key", "value"]),
    ("rip", &["command", "version", "entries", "authentication", "tag", "prefix", "next-hop", "metric"]),
    (
        "eigrp",
        &[
            "version",
            "type",
            "checksum",
            "flags",
            "seq",
            "ack",
            "virtual-router",
            "as",
            "k",
            "hold",
            "auth",
            "not-for",
            "software",
            "next-multicast",
            "terminated",
            "tlv",
            "next-hop",
            "origin",
            "delay",
            "bandwidth",
            "mtu",
            "hops",
            "reliability",
            "load",
            "tag",
            "route-flags",
            "prefix",
        ],
    ),
    (
        "ospf",
        &[
            "version",
            "type",
            "len",
            "router",
            "area",
            "checksum",
            "auth",
            "mask",
            "hello",
            "options",
            "priority",
            "dead",
            "dr",
            "bdr",
            "neighbour",
            "mtu",
            "flags",
            "seq",
            "lsa",
        ],
    ),
    (
        "isis",
        &[
            "type",
            "len",
            "levels",
            "system",
            "hold",
            "priority",
            "lan",
            "circuit",
            "lsp",
            "lifetime",
            "seq",
            "checksum",
            "flags",
            "area",
            "neighbour",
            "heard",
            "padding",
            "entry",
            "auth",
            "protocol",
            "address",
            "prefix",
            "name",
            "state",
            "tlv",
        ],
    ),
    (
        "bgp",
        &[
            "type",
            "length",
            "as",
            "hold",
            "id",
            "withdrawn",
            "path",
            "next-hop",
            "med",
            "local-pref",
            "originator",
            "cluster",
            "prefix",
            "evpn",
            "evpn-withdrawn",
            "route-type",
            "rd",
            "route-target",
            "encapsulation",
            "sequence",
            "sticky",
            "router-mac",
            "tunnel-type",
            "vni",
            "copies-to",
            "code",
            "subcode",
            "error",
        ],
    ),
    ("icmp-error", &[]),
    ("payload", &["data"]),
];

/// What kind of address a field or column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// A hardware address.
    Mac,
    /// An IP address.
    Ip,
}

fn split(name: &str) -> Option<(&str, &str)> {
    let name = name.strip_prefix("outer.").or_else(|| name.strip_prefix("inner.")).unwrap_or(name);
    name.split_once('.')
}

/// What kind of address a field holds.
pub fn address(name: &str) -> Option<Address> {
    match split(name)? {
        ("eth", "src" | "dst") | ("arp", "sha" | "tha") | ("icmpv6", "source-mac" | "target-mac") => Some(Address::Mac),
        ("ipv4", "src" | "dst") | ("arp", "spa" | "tpa") | ("igmp", "group") => Some(Address::Ip),
        _ => None,
    }
}

/// What kind of address a column holds.
pub fn column(name: &str) -> Option<Address> {
    match name {
        "mac" => Some(Address::Mac),
        "ip" | "via" | "src" | "dst" | "remote" | "vtep" | "group" => Some(Address::Ip),
        _ => None,
    }
}

/// Reports a layer there is none of.
pub fn layer(name: &str, span: crate::lab::source::Span, found: &mut Findings) -> bool {
    let names = || LAYERS.iter().map(|(layer, _)| *layer);
    let known = names().any(|layer| layer == name);
    if !known {
        let finding =
            Finding::new(Code::UnknownWord, format!("there is no layer `{name}`"), span).label("unknown layer");
        let finding = finding.suggest(name, names());
        found.push(finding.help(format!("layers: {}", list(names()))));
    }
    known
}

/// What frames carry that is told by the name of a layer.
pub fn content(name: &Spanned<String>, found: &mut Findings) -> Option<Content> {
    layer(&name.value, name.span, found).then(|| Content::named(&name.value)).flatten()
}

/// Reports a field there is none of.
pub fn known(name: &Spanned<String>, found: &mut Findings) -> Option<()> {
    let Some((layer_name, field)) = split(&name.value) else {
        let finding = Finding::new(Code::UnknownWord, format!("`{}` is not a field", name.value), name.span);
        found
            .push(finding.label("a layer, a dot, a field").help("\"ipv4.src\", \"outer.ipv4.src\", \"inner.eth.dst\""));
        return None;
    };
    if !layer(layer_name, name.span, found) {
        return None;
    }
    let fields = LAYERS.iter().find(|(layer, _)| *layer == layer_name)?.1;
    if fields.contains(&field) {
        return Some(());
    }
    let finding = Finding::new(Code::UnknownWord, format!("`{layer_name}` has no field `{field}`"), name.span);
    let finding = finding.label("unknown field");
    let finding = finding.suggest(field, fields.iter().copied());
    found.push(finding.help(format!("fields of {layer_name}: {}", list(fields.iter().copied()))));
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{EVENT_BUDGET, parse, run_variant, shipped};
    use crate::wire::layers::NAMES;

    #[test]
    fn what_a_frame_can_be_told_by_is_what_a_cable_can_lose() {
        let (mut here, mut there): (Vec<_>, _) = (LAYERS.iter().map(|(name, _)| *name).collect(), NAMES.to_vec());
        here.sort_unstable();
        there.sort_unstable();
        assert_eq!(here, there);
    }

    #[test]
    fn what_the_walk_finds_can_be_named() {
        for lab in shipped::LABS {
            let file = parse(lab.name, lab.text).unwrap();
            let ran = run_variant(&file, None, None, EVENT_BUDGET).unwrap();
            for layer in ran.trace.frames.iter().take(2000).flat_map(|record| ran.trace.layers(record)) {
                if layer.name == "padding" {
                    continue;
                }
                let fields = LAYERS.iter().find(|(name, _)| *name == layer.name).map(|(_, fields)| *fields);
                let known = fields.unwrap_or_default();
                assert!(
                    layer.fields.iter().all(|field| known.contains(&field.name)),
                    "{}: {:?}",
                    layer.name,
                    layer.fields
                );
            }
        }
    }
}
