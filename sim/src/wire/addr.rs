//! MAC addresses. IPv4 addresses are `std::net::Ipv4Addr`.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An Ethernet address (EUI-48).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MacAddr(pub [u8; 6]);

impl MacAddr {
    /// Everybody on the segment.
    pub const BROADCAST: Self = Self([0xff; 6]);
    /// No address: unresolved, or the flood entry of a VTEP.
    pub const ZERO: Self = Self([0; 6]);

    /// The first six of `bytes`, which must be there.
    #[inline]
    pub fn from_slice(bytes: &[u8]) -> Self {
        let mut mac = [0; 6];
        mac.copy_from_slice(&bytes[..6]);
        Self(mac)
    }

    /// The address as a number, for table keys: the first byte is the most significant of 48 bits.
    #[inline]
    pub const fn key(self) -> u64 {
        let [a, b, c, d, e, f] = self.0;
        u64::from_be_bytes([0, 0, a, b, c, d, e, f])
    }

    /// The inverse of [`MacAddr::key`]; bits above 48 are ignored.
    pub const fn from_key(key: u64) -> Self {
        let [_, _, a, b, c, d, e, f] = key.to_be_bytes();
        Self([a, b, c, d, e, f])
    }

    /// `ff:ff:ff:ff:ff:ff`.
    pub fn is_broadcast(self) -> bool {
        self == Self::BROADCAST
    }

    /// Group bit set: multicast or broadcast (IEEE 802.3 §3.2.3).
    pub const fn is_multicast(self) -> bool {
        self.0[0] & 1 == 1
    }

    /// A single station: neither a group nor all zero.
    pub fn is_unicast(self) -> bool {
        !self.is_multicast() && self != Self::ZERO
    }

    /// The group address an IPv4 multicast group is sent to: 01:00:5e and the low 23 bits (RFC 1112 §6.4).
    pub const fn of_ipv4_group(group: Ipv4Addr) -> Self {
        let [_, b, c, d] = group.octets();
        Self([0x01, 0x00, 0x5e, b & 0x7f, c, d])
    }
}

impl fmt::Display for MacAddr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, f] = self.0;
        out.pad(&format!("{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}"))
    }
}

/// Text that is no MAC address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a MAC address: write six pairs of hexadecimal digits, such as 02:00:00:00:00:01")]
pub struct MacParseError(String);

impl FromStr for MacAddr {
    type Err = MacParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || MacParseError(text.to_owned());
        let mut mac = [0; 6];
        let mut parts = text.split(':');
        for byte in &mut mac {
            let part = parts.next().filter(|part| part.len() == 2).ok_or_else(error)?;
            if !part.bytes().all(|c| c.is_ascii_hexdigit()) {
                return Err(error());
            }
            *byte = u8::from_str_radix(part, 16).map_err(|_| error())?;
        }
        if parts.next().is_some() { Err(error()) } else { Ok(Self(mac)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_key_go_both_ways() {
        let mac: MacAddr = "02:00:0a:ff:00:01".parse().unwrap();
        assert_eq!(mac.to_string(), "02:00:0a:ff:00:01");
        assert_eq!(MacAddr::from_key(mac.key()), mac);
        for bad in [
            "",
            "02",
            "02:00:0a:ff:00",
            "02:00:0a:ff:00:01:02",
            "2:0:a:ff:0:1",
            "02:00:0a:ff:00:0g",
            "+2:00:00:00:00:00",
        ] {
            assert!(bad.parse::<MacAddr>().is_err(), "{bad}");
        }
    }

    #[test]
    fn groups() {
        assert!(MacAddr::BROADCAST.is_multicast() && MacAddr::BROADCAST.is_broadcast());
        assert_eq!(MacAddr::of_ipv4_group(Ipv4Addr::new(239, 1, 1, 1)).to_string(), "01:00:5e:01:01:01");
        assert_eq!(MacAddr::of_ipv4_group(Ipv4Addr::new(239, 129, 1, 1)).to_string(), "01:00:5e:01:01:01");
        assert!(!MacAddr::ZERO.is_unicast());
    }
}
