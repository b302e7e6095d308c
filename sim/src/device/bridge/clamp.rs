//! MSS clamping: a bridge that lowers what connections through it announce, as a rule of nftables does.

use super::{Bridge, why};
use crate::engine::{Outbox, Why};
use crate::wire::{Frame, be16, ethernet, ipv4, tcp};

/// Name of the setting.
pub const SETTING: &str = "clamp_mss";
/// What it can be: from the least MSS of Linux (`TCP_MIN_MSS`) to what the longest packet of IPv4 holds.
pub const RANGE: std::ops::RangeInclusive<u64> = 88..=65_495;

impl Bridge {
    /// Lowers the MSS that a SYN announces.
    #[cold]
    pub(super) fn clamp(&self, frame: &mut Frame, out: &mut Outbox<'_>) {
        if let Some(segment) = segment(frame)
            && tcp::clamp_mss(segment, self.clamp_mss).is_some()
        {
            out.note(frame, Why::number(&why::MSS_CLAMPED, u64::from(self.clamp_mss)));
        }
    }
}

/// The TCP segment that an untagged frame begins.
fn segment(frame: &mut Frame) -> Option<&mut [u8]> {
    let bytes = frame.bytes_mut();
    if ethernet::ethertype(bytes) != Some(ethernet::IPV4) {
        return None;
    }
    let packet = &mut bytes[ethernet::HEADER_LEN..];
    if packet.len() < ipv4::HEADER_LEN || packet[0] >> 4 != 4 || packet[9] != ipv4::TCP || be16(packet, 6) & 0x1fff != 0
    {
        return None;
    }
    let (head, total) = (usize::from(packet[0] & 15) * 4, usize::from(be16(packet, 2)));
    packet.get_mut(head.max(ipv4::HEADER_LEN)..total)
}
