//! VXLAN headers (RFC 7348 §5): flags 1, reserved 3, VNI 3, reserved 1.

use crate::wire::be32;

/// Length of the header.
pub const HEADER_LEN: usize = 8;
/// The port IANA gave to VXLAN.
pub const PORT: u16 = 4789;
/// The port Linux took before there was one, and still its default (`drivers/net/vxlan/vxlan_core.c` `udp_port`).
pub const LINUX_PORT: u16 = 8472;
/// The largest VNI: 24 bits.
pub const MAX_VNI: u32 = 0x00ff_ffff;
/// The only flag: the VNI is valid.
const FLAG_VNI: u8 = 0x08;

/// What is wrong with a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Shorter than the header.
    TooShort,
    /// The flag that says the VNI is valid is not set.
    NoVni,
    /// A reserved bit is set. RFC 7348 says to ignore it, Linux drops.
    Reserved,
}

/// The VNI of a header, checked in the order of Linux `vxlan_rcv`.
#[inline]
pub fn check(bytes: &[u8]) -> Result<u32, Refusal> {
    if bytes.len() < HEADER_LEN {
        return Err(Refusal::TooShort);
    }
    let (flags, vni) = (be32(bytes, 0), be32(bytes, 4));
    match () {
        () if bytes[0] & FLAG_VNI == 0 => Err(Refusal::NoVni),
        () if flags != u32::from(FLAG_VNI) << 24 || vni & 0xff != 0 => Err(Refusal::Reserved),
        () => Ok(vni >> 8),
    }
}

/// Writes the header into the first 8 bytes, which must be there.
#[inline]
pub fn write(bytes: &mut [u8], vni: u32) {
    bytes[..4].copy_from_slice(&(u32::from(FLAG_VNI) << 24).to_be_bytes());
    bytes[4..8].copy_from_slice(&(vni << 8).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_vni_42_are_those_of_the_rfc() {
        let mut bytes = [0xff; HEADER_LEN];
        write(&mut bytes, 42);
        assert_eq!(bytes, [0x08, 0, 0, 0, 0, 0, 42, 0]);
        assert_eq!(check(&bytes), Ok(42));
        write(&mut bytes, MAX_VNI);
        assert_eq!(check(&bytes), Ok(MAX_VNI));
    }

    #[test]
    fn every_other_bit_is_refused() {
        for at in 0..HEADER_LEN {
            for bit in 0..8 {
                let mut bytes = [0x08, 0, 0, 0, 0, 0, 42, 0];
                bytes[at] ^= 1 << bit;
                let expected = match (at, bit) {
                    (0, 3) => Err(Refusal::NoVni),
                    (4..=6, _) => Ok(0x2a ^ (1 << bit) << (8 * (6 - at))),
                    _ => Err(Refusal::Reserved),
                };
                assert_eq!(check(&bytes), expected, "byte {at}, bit {bit}");
            }
        }
        assert!((0..HEADER_LEN).all(|len| check(&vec![8; len]) == Err(Refusal::TooShort)));
    }
}
