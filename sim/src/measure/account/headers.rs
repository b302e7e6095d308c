//! A frame with payload, divided: what each of its bytes is for.

use std::collections::BTreeMap;

use super::Part;
use crate::engine::wire::{MIN_FRAME, WIRE_EXTRA};
use crate::lab::judge::envelope::Content;
use crate::wire::layers::{Layer, walk};
use crate::wire::{be16, ipv4};

/// Check sequence of a frame (IEEE 802.3 §3.2.9).
const FCS: u64 = 4;
/// Time in which nobody sends, as long as so many bytes (IEEE 802.3 §4.4.2).
const GAP: u64 = 12;

/// A frame in an envelope whose header is not as long as a reader of headers believes, and where it begins.
pub type Hidden<'a> = (usize, Content<'a>);

/// Looks for it among the frames that this one was made from, the latest first. Nothing where the headers are what they
/// seem.
pub fn hidden<'a>(
    layers: &[Layer],
    bytes: &[u8],
    mut content: impl Iterator<Item = Content<'a>>,
) -> Option<Hidden<'a>> {
    let (begin, content) = content.find_map(|content| Some((content.begin_in(bytes)?, content)))?;
    (!ends(&whole(layers, bytes)).contains(&begin)).then_some((begin, content))
}

/// A part of a frame with the header it is in, and its bytes.
pub type Piece = ((Part, &'static str), u64);

/// Where the bytes of a frame are, all of them: those of the frame and those that a cable adds.
pub fn split(layers: &[Layer], bytes: &[u8], hidden: Option<Hidden<'_>>) -> BTreeMap<(Part, &'static str), u64> {
    let mut found = BTreeMap::new();
    for (place, len) in pieces(layers, bytes, hidden) {
        *found.entry(place).or_default() += len;
    }
    found
}

/// The same in the order in which a cable has them.
pub fn pieces(layers: &[Layer], bytes: &[u8], hidden: Option<Hidden<'_>>) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut put = |part: Part, name: &'static str, len: u64| {
        if len > 0 {
            found.push(((part, name), len));
        }
    };
    let layers = whole(layers, bytes);
    let layers = hidden.map_or_else(|| layers.clone(), |hidden| stretched(&layers, bytes, hidden));
    let inner = first_inner(&layers);
    let encrypted = layers.iter().any(|(name, _)| *name == "wireguard");
    let mut told = 0;
    for (at, (name, len)) in layers.iter().enumerate() {
        told += *len;
        let (part, name) = match *name {
            "payload" => (Part::Payload, "payload"),
            "padding" if encrypted => (Part::Tunnel, "wireguard-tag"),
            "padding" => (Part::Padding, "padding"),
            name if at >= inner => (Part::Inner, name),
            name if is_tunnel(name) => (Part::Tunnel, name),
            name => (Part::Outer, name),
        };
        put(part, name, *len as u64);
    }
    let len = bytes.len() as u64;
    // What no header speaks of.
    put(Part::Padding, "padding", len.saturating_sub(told as u64) + MIN_FRAME.saturating_sub(len));
    put(Part::Line, "fcs", FCS);
    put(Part::Line, "gap", GAP);
    put(Part::Line, "preamble", WIRE_EXTRA - FCS - GAP);
    found
}

/// Where each header ends.
fn ends(layers: &[(&'static str, usize)]) -> Vec<usize> {
    let mut end = 0;
    layers.iter().map(|(_, len)| (end += len, end).1).collect()
}

/// The layers, the last header before what was put into the frame as long as it really is.
fn stretched(layers: &[(&'static str, usize)], bytes: &[u8], (begin, content): Hidden<'_>) -> Layers {
    let ends = ends(layers);
    let before = ends.iter().take_while(|end| **end < begin).count();
    let mut found = layers[..before].to_vec();
    if let Some((_, len)) = found.last_mut() {
        *len += begin - ends[before - 1];
    }
    let mut left = bytes.len() - begin;
    for layer in walk(content.link, content.bytes).iter().filter(|layer| !layer.quoted) {
        let len = layer.range.len().min(left);
        left -= len;
        found.extend((len > 0).then_some((layer.name, len)));
    }
    found.extend((left > 0).then_some(("padding", left)));
    found
}

/// Names of headers and their lengths.
type Layers = Vec<(&'static str, usize)>;

fn is_tunnel(name: &str) -> bool {
    matches!(name, "vxlan" | "geneve" | "gre" | "sleeve" | "wireguard")
}

/// Place of the first header that belongs to the packet itself, and to no tunnel.
fn first_inner(layers: &[(&'static str, usize)]) -> usize {
    let tunnel = layers.iter().rposition(|(name, _)| is_tunnel(name)).map_or(0, |at| at + 1);
    let is_bare = |two: &[(&str, usize)]| matches!(two[0].0, "ipv4" | "ipv6" | "udp") && two[1].0 == "ipv4";
    let bare = layers.windows(2).rposition(is_bare).map_or(0, |at| at + 1);
    tunnel.max(bare)
}

/// The layers and their lengths. The first fragment of a tunnel's packet holds headers that a reader of fragments does
/// not look for, since the packet is not whole; here they are.
fn whole(layers: &[Layer], bytes: &[u8]) -> Layers {
    let mut found: Layers =
        layers.iter().filter(|layer| !layer.quoted).map(|layer| (layer.name, layer.range.len())).collect();
    let Some(at) = layers.iter().position(|layer| layer.name == "ipv4" && layer.number("mf") == Some(1)) else {
        return found;
    };
    let ip = &layers[at];
    if ip.number("offset") != Some(0) {
        return found;
    }
    let end = ip.range.start + ip.number("len").unwrap_or(0) as usize;
    let Some(packet) = bytes.get(ip.range.start..end) else { return found };
    let padding: Layers = found.iter().filter(|(name, _)| *name == "padding").copied().collect();
    found.truncate(at);
    packet_in(packet, &mut found);
    found.extend(padding);
    found
}

/// The headers of a packet that is not whole, without the checks that only a whole one passes.
fn packet_in(bytes: &[u8], found: &mut Layers) {
    if bytes.len() < ipv4::HEADER_LEN {
        return rest(bytes, found);
    }
    let len = (usize::from(bytes[0] & 0x0f) * 4).min(bytes.len());
    found.push(("ipv4", len));
    let (protocol, later, content) = (bytes[9], be16(bytes, 6) & 0x1fff > 0, &bytes[len..]);
    match protocol {
        _ if later => rest(content, found),
        ipv4::ICMP => header("icmp", 8, content, found, rest),
        ipv4::TCP if content.len() > 12 => {
            header("tcp", usize::from(content[12] >> 4) * 4, content, found, rest);
        }
        ipv4::UDP if content.len() > 8 => {
            let inside: Inside = match be16(content, 2) {
                4789 | 8472 | 6784 => |bytes, found| header("vxlan", 8, bytes, found, frame_in),
                6081 => geneve_in,
                6783 => |bytes, found| header("sleeve", 20, bytes, found, frame_in),
                51_820 => |bytes, found| header("wireguard", 16, bytes, found, packet_in),
                8285 => packet_in,
                _ => rest,
            };
            header("udp", 8, content, found, inside);
        }
        4 => packet_in(content, found),
        47 if content.len() > 4 => {
            let len = 4 + 4 * (be16(content, 0) & 0xb000).count_ones() as usize;
            let inside: Inside = if be16(content, 2) == 0x6558 { frame_in } else { packet_in };
            header("gre", len, content, found, inside);
        }
        _ => rest(content, found),
    }
}

/// Reads what follows a header.
type Inside = fn(&[u8], &mut Layers);

fn header(name: &'static str, len: usize, bytes: &[u8], found: &mut Layers, inside: Inside) {
    let len = len.min(bytes.len());
    found.push((name, len));
    inside(&bytes[len..], found);
}

fn geneve_in(bytes: &[u8], found: &mut Layers) {
    let options = bytes.first().map_or(0, |first| usize::from(first & 0x3f) * 4);
    header("geneve", 8 + options, bytes, found, frame_in);
}

fn frame_in(bytes: &[u8], found: &mut Layers) {
    let is_ip = bytes.len() > 14 && be16(bytes, 12) == crate::wire::ethernet::IPV4;
    header("eth", 14, bytes, found, if is_ip { packet_in } else { rest });
}

fn rest(bytes: &[u8], found: &mut Layers) {
    if !bytes.is_empty() {
        found.push(("payload", bytes.len()));
    }
}
