//! What routing protocols say: messages and bytes of each.

use super::ways::Ways;
use crate::engine::log::Crossing;
use crate::engine::{Entry, World};
use crate::wire::{LinkType, be16, bgp, eigrp, ethernet, ipv4, isis, llc, ospf, rip};

/// Messages and bytes by protocol, in the order in which they were first heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told(Vec<(&'static str, u64, u64)>);

impl Told {
    pub(super) fn add(&mut self, protocol: &'static str, bytes: u64) {
        match self.0.iter_mut().find(|(known, ..)| *known == protocol) {
            Some((_, count, all)) => (*count, *all) = (*count + 1, *all + bytes),
            None => self.0.push((protocol, 1, bytes)),
        }
    }

    /// Name, messages and bytes of each protocol.
    pub fn all(&self) -> &[(&'static str, u64, u64)] {
        &self.0
    }

    /// Messages of all protocols.
    pub fn messages(&self) -> u64 {
        self.0.iter().map(|(_, count, _)| count).sum()
    }
}

/// The routing protocol of a frame that a router puts on a cable, and the bytes of the frame.
pub(super) fn message(world: &World, entry: &Entry, ways: &Ways) -> Option<(&'static str, u64)> {
    let Entry::Crossing { crossing: Crossing::Sent, device, link: LinkType::Ethernet, bytes, .. } = entry else {
        return None;
    };
    if !ways.is_router(world.node_of(*device)?) {
        return None;
    }
    let frame = world.log().bytes(*bytes);
    protocol(frame).map(|name| (name, frame.len() as u64))
}

fn tcp_header(segment: &[u8]) -> Option<usize> {
    Some(usize::from(segment.get(12)? >> 4) * 4)
}

/// The ports and numbers by which the protocols are known.
fn protocol(frame: &[u8]) -> Option<&'static str> {
    if let Some((llc::OSI, pdu)) = llc::payload(frame) {
        return (pdu.first() == Some(&isis::DISCRIMINATOR)).then_some("isis");
    }
    if ethernet::ethertype(frame)? != ethernet::IPV4 {
        return None;
    }
    let packet = frame.get(ethernet::HEADER_LEN..)?;
    let ip = ipv4::read(packet).ok()?;
    let inside = packet.get(ip.header_len..)?;
    let ports = || (inside.len() >= 4).then(|| [be16(inside, 0), be16(inside, 2)]);
    match ip.protocol {
        eigrp::PROTOCOL => Some("eigrp"),
        ospf::PROTOCOL => Some("ospf"),
        ipv4::UDP if ports()?.contains(&rip::PORT) => Some("rip"),
        // Segments without a word are TCP's own affair.
        ipv4::TCP if ports()?.contains(&bgp::PORT) && ip.total_len > ip.header_len + tcp_header(inside)? => Some("bgp"),
        _ => None,
    }
}
