//! IEEE 802.3 frames whose type is a length, and the logical link control behind it (IEEE 802.2 §3).

use crate::wire::ethernet::HEADER_LEN;
use crate::wire::{MacAddr, be16, ethernet};

/// Destination and source service, and a control byte.
pub const LEN: usize = 3;
/// The largest number that is a length; EtherTypes begin at 0x600.
pub const MAX: u16 = 1500;
/// The service of the OSI network layer: ES-IS and IS-IS (ISO/IEC TR 9577).
pub const OSI: u8 = 0xfe;
/// Unnumbered information: a datagram.
pub const UI: u8 = 0x03;

/// The type field is a length.
pub const fn is_length(field: u16) -> bool {
    field <= MAX
}

/// What an 802.3 frame carries: service and the bytes behind the control byte, without padding. Nothing when the frame
/// has an EtherType, is shorter than its length, or is no datagram between two instances of one service.
pub fn payload(frame: &[u8]) -> Option<(u8, &[u8])> {
    let len = frame.get(12..HEADER_LEN).map(|field| be16(field, 0)).filter(|len| is_length(*len))?;
    let bytes = frame.get(HEADER_LEN..HEADER_LEN + usize::from(len))?;
    let (head, rest) = bytes.split_at_checked(LEN)?;
    (head[0] == head[1] && head[2] == UI).then_some((head[0], rest))
}

/// Length of a frame with so many bytes behind LLC.
pub const fn frame_len(payload: usize) -> usize {
    HEADER_LEN + LEN + payload
}

/// Writes a frame; `bytes` is [`frame_len`] long.
pub fn write(bytes: &mut [u8], dst: MacAddr, src: MacAddr, service: u8, payload: &[u8]) {
    ethernet::write(bytes, dst, src, (LEN + payload.len()) as u16);
    bytes[HEADER_LEN..HEADER_LEN + LEN].copy_from_slice(&[service, service, UI]);
    bytes[HEADER_LEN + LEN..].copy_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_goes_in_and_out_and_padding_is_no_part_of_it() {
        let (dst, src) = (MacAddr([1, 0x80, 0xc2, 0, 0, 0x14]), MacAddr([2, 0, 0, 0, 0, 1]));
        let mut bytes = vec![0; frame_len(4)];
        write(&mut bytes, dst, src, OSI, &[9, 8, 7, 6]);
        assert_eq!(bytes[12..17], [0, 7, OSI, OSI, UI]);
        bytes.resize(60, 0);
        assert_eq!(payload(&bytes), Some((OSI, &[9, 8, 7, 6][..])));
        for (at, byte) in [(12, 8), (13, 47), (13, 2), (15, 0), (16, 0)] {
            let mut odd = bytes.clone();
            odd[at] = byte;
            assert_eq!(payload(&odd), None, "{at}");
        }
        for len in 0..21 {
            assert_eq!(payload(&bytes[..len]), None, "{len}");
        }
    }
}
