//! ARP for Ethernet and IPv4 (RFC 826), through smoltcp's representation.

use std::net::Ipv4Addr;

use smoltcp::wire::{ArpOperation, ArpPacket, ArpRepr, EthernetAddress};

use crate::wire::{MacAddr, Malformed};

/// Bytes of a request or reply.
pub const LEN: usize = 28;

/// Asks or answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Who has the target address?
    Request,
    /// The sender has it.
    Reply,
}

/// What an ARP packet says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arp {
    /// Request or reply.
    pub op: Operation,
    /// Sender hardware address.
    pub sha: MacAddr,
    /// Sender protocol address.
    pub spa: Ipv4Addr,
    /// Target hardware address; zero in a request.
    pub tha: MacAddr,
    /// Target protocol address.
    pub tpa: Ipv4Addr,
}

impl Arp {
    /// Reads the packet behind an Ethernet header.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let packet = ArpPacket::new_checked(bytes).map_err(|_| Malformed::TooShort)?;
        let ArpRepr::EthernetIpv4 {
            operation,
            source_hardware_addr,
            source_protocol_addr,
            target_hardware_addr,
            target_protocol_addr,
        } = ArpRepr::parse(&packet).map_err(|_| Malformed::Type)?
        else {
            return Err(Malformed::Type);
        };
        let op = match operation {
            ArpOperation::Request => Operation::Request,
            ArpOperation::Reply => Operation::Reply,
            ArpOperation::Unknown(_) => return Err(Malformed::Type),
        };
        Ok(Self {
            op,
            sha: MacAddr(source_hardware_addr.0),
            spa: source_protocol_addr,
            tha: MacAddr(target_hardware_addr.0),
            tpa: target_protocol_addr,
        })
    }

    /// Writes the packet into the first [`LEN`] bytes, which must be there.
    pub fn write(&self, bytes: &mut [u8]) {
        let repr = ArpRepr::EthernetIpv4 {
            operation: match self.op {
                Operation::Request => ArpOperation::Request,
                Operation::Reply => ArpOperation::Reply,
            },
            source_hardware_addr: EthernetAddress(self.sha.0),
            source_protocol_addr: self.spa,
            target_hardware_addr: EthernetAddress(self.tha.0),
            target_protocol_addr: self.tpa,
        };
        repr.emit(&mut ArpPacket::new_unchecked(&mut bytes[..LEN]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: [u8; LEN] = [0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2];

    #[test]
    fn a_request_is_read_and_written_byte_for_byte() {
        let arp = Arp::parse(&REQUEST).unwrap();
        assert_eq!((arp.op, arp.tpa, arp.tha), (Operation::Request, Ipv4Addr::new(10, 0, 0, 2), MacAddr::ZERO));
        let mut bytes = [0xff; LEN];
        arp.write(&mut bytes);
        assert_eq!(bytes, REQUEST);
    }

    #[test]
    fn foreign_types_and_stubs_are_refused() {
        for len in 0..LEN {
            assert!(Arp::parse(&REQUEST[..len]).is_err(), "{len} bytes");
        }
        for (at, value) in [(1, 6), (3, 0xdd), (4, 8), (7, 3)] {
            let mut bytes = REQUEST;
            bytes[at] = value;
            assert!(Arp::parse(&bytes).is_err(), "byte {at}");
        }
    }
}
