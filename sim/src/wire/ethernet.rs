//! Ethernet II headers (IEEE 802.3 §3) and 802.1Q tags (IEEE 802.1Q-2022 §9).

use crate::wire::frame::Frame;
use crate::wire::{MacAddr, be16};

/// Destination 6, source 6, EtherType 2.
pub const HEADER_LEN: usize = 14;
/// An 802.1Q tag: TPID 2, priority, drop eligible and VLAN number 2.
pub const TAG_LEN: usize = 4;
/// Shortest frame without FCS; physical NICs pad to it (Linux `ETH_ZLEN`).
pub const MIN_LEN: usize = 60;

/// EtherType of IPv4.
pub const IPV4: u16 = 0x0800;
/// EtherType of ARP.
pub const ARP: u16 = 0x0806;
/// EtherType of IPv6.
pub const IPV6: u16 = 0x86dd;
/// TPID of an 802.1Q tag.
pub const VLAN: u16 = 0x8100;
/// EtherType set aside for local experiments (IEEE 802 §9.2.4).
pub const EXPERIMENTAL: u16 = 0x88b5;

/// Destination address, if the header is complete.
#[inline]
pub fn dst(bytes: &[u8]) -> Option<MacAddr> {
    (bytes.len() >= HEADER_LEN).then(|| MacAddr::from_slice(bytes))
}

/// Source address, if the header is complete.
#[inline]
pub fn src(bytes: &[u8]) -> Option<MacAddr> {
    (bytes.len() >= HEADER_LEN).then(|| MacAddr::from_slice(&bytes[6..12]))
}

/// EtherType, or the TPID of a tag, if the header is complete.
#[inline]
pub fn ethertype(bytes: &[u8]) -> Option<u16> {
    (bytes.len() >= HEADER_LEN).then(|| be16(bytes, 12))
}

/// Writes the header into the first 14 bytes, which must be there.
#[inline]
pub fn write(bytes: &mut [u8], dst: MacAddr, src: MacAddr, ethertype: u16) {
    bytes[..6].copy_from_slice(&dst.0);
    bytes[6..12].copy_from_slice(&src.0);
    bytes[12..14].copy_from_slice(&ethertype.to_be_bytes());
}

/// What an 802.1Q tag says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Priority code point, 0..7.
    pub pcp: u8,
    /// Drop eligible.
    pub dei: bool,
    /// VLAN number, 0..4095; 0 carries a priority only.
    pub vid: u16,
}

/// The outermost tag, if there is one.
#[inline]
pub fn tag(bytes: &[u8]) -> Option<Tag> {
    if bytes.len() < HEADER_LEN + TAG_LEN || be16(bytes, 12) != VLAN {
        return None;
    }
    let tci = be16(bytes, 14);
    Some(Tag { pcp: (tci >> 13) as u8, dei: tci & 0x1000 != 0, vid: tci & 0x0fff })
}

/// Puts a tag behind the source address. False, and no change, when there is no header or no headroom.
pub fn insert_tag(frame: &mut Frame, tag: Tag) -> bool {
    if frame.len() < HEADER_LEN {
        return false;
    }
    let Some(bytes) = frame.prepend(TAG_LEN) else { return false };
    bytes.copy_within(TAG_LEN..TAG_LEN + 12, 0);
    bytes[12..14].copy_from_slice(&VLAN.to_be_bytes());
    let tci = u16::from(tag.pcp & 7) << 13 | u16::from(tag.dei) << 12 | (tag.vid & 0x0fff);
    bytes[14..16].copy_from_slice(&tci.to_be_bytes());
    true
}

/// Takes the outermost tag off and returns what it said.
pub fn remove_tag(frame: &mut Frame) -> Option<Tag> {
    let tag = tag(frame.bytes())?;
    frame.bytes_mut().copy_within(0..12, TAG_LEN);
    frame.strip(TAG_LEN);
    Some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::FrameId;
    use crate::wire::{LinkType, Origin, Pool};

    #[test]
    fn a_tag_goes_in_behind_the_source_and_out_again() {
        let mut frame = Pool::default().mint(60, LinkType::Ethernet, FrameId(1), Origin::NONE);
        write(frame.bytes_mut(), MacAddr::BROADCAST, MacAddr([2, 0, 0, 0, 0, 1]), ARP);
        let before = frame.bytes().to_vec();
        assert_eq!(tag(frame.bytes()), None);
        let put = Tag { pcp: 5, dei: true, vid: 100 };
        assert!(insert_tag(&mut frame, put));
        assert_eq!(frame.bytes()[12..18], [0x81, 0x00, 0xb0, 0x64, 0x08, 0x06]);
        assert_eq!(remove_tag(&mut frame), Some(put));
        assert_eq!(frame.bytes(), before);
    }

    #[test]
    fn short_frames_have_no_header() {
        for len in 0..HEADER_LEN {
            let bytes = vec![0; len];
            assert_eq!((dst(&bytes), src(&bytes), ethertype(&bytes), tag(&bytes)), (None, None, None, None));
        }
    }
}
