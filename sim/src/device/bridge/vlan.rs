//! VLAN membership of ports (IEEE 802.1Q-2022 §8.6).

use crate::device::bridge::config::PortVlan;
use crate::device::bridge::why;
use crate::explain::Reason;
use crate::wire::Frame;
use crate::wire::ethernet::{Tag, insert_tag, remove_tag, tag};

/// The numbers a VLAN may have; 0 means "no VLAN" and 4095 is reserved (IEEE 802.1Q-2022 §9.6).
pub const VLANS: std::ops::RangeInclusive<u16> = 1..=4094;

/// The VLAN a frame belongs to, and its priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    /// VLAN number.
    pub vid: u16,
    /// Priority code point of its tag.
    pub pcp: u8,
    /// Drop eligible, as its tag says.
    pub dei: bool,
}

impl PortVlan {
    /// The VLAN of untagged frames, if they are taken.
    pub fn untagged(&self) -> Option<u16> {
        match self {
            Self::Access(vid) => Some(*vid),
            Self::Trunk { native, .. } => *native,
        }
    }

    /// Whether the port is a member.
    pub fn has(&self, vid: u16) -> bool {
        match self {
            Self::Access(own) => *own == vid,
            Self::Trunk { native, allowed } => {
                *native == Some(vid) || (allowed.is_empty() && VLANS.contains(&vid)) || allowed.contains(&vid)
            }
        }
    }

    /// Whether frames of this VLAN leave the port with a tag.
    pub fn tags(&self, vid: u16) -> bool {
        match self {
            Self::Access(_) => false,
            Self::Trunk { native, .. } => *native != Some(vid),
        }
    }

    /// Takes the tag off and says which VLAN the frame belongs to, or why the port refuses it.
    pub fn admit(&self, frame: &mut Frame) -> Result<Class, (Reason, u64)> {
        let tag = tag(frame.bytes());
        let (pcp, dei) = tag.map_or((0, false), |tag| (tag.pcp, tag.dei));
        // VLAN number 0 carries a priority only; the frame counts as untagged.
        let vid = match tag.map(|tag| tag.vid).filter(|vid| *vid != 0) {
            Some(vid) if self.has(vid) => vid,
            Some(vid) => return Err((&why::VLAN_INGRESS, u64::from(vid))),
            None => self.untagged().ok_or((&why::VLAN_UNTAGGED, 0_u64))?,
        };
        remove_tag(frame);
        Ok(Class { vid, pcp, dei })
    }
}

/// Puts the tag of its VLAN on. False when the frame has no room in front.
pub fn put_tag(frame: &mut Frame, class: Class) -> bool {
    insert_tag(frame, Tag { pcp: class.pcp, dei: class.dei, vid: class.vid })
}
