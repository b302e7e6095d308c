//! Which addresses mean this host: its own, and the broadcasts of its subnets.
//!
//! Every packet asks, a router with many interfaces as well, so they stand in one sorted list (Linux keeps them in the
//! routing table `local`). It is made once: the addresses of an interface do not change.

use std::net::Ipv4Addr;

use super::interface::Interface;

/// What an address means to this host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Means {
    /// An interface has it.
    pub own: bool,
    /// It calls everybody on the subnet of an interface.
    pub broadcast: bool,
}

impl Means {
    /// Nothing special.
    pub const STRANGER: Self = Self { own: false, broadcast: false };
}

/// The addresses with a meaning, sorted.
#[derive(Clone, Debug, Default)]
pub struct Own {
    rows: Vec<(u32, Means)>,
    /// A bit for each address by its hash; most packets are from and for others, and most others have no bit here.
    filter: [u64; 4],
}

/// The place of an address in the filter: word and bit.
#[inline]
const fn place(ip: u32) -> (usize, u32) {
    let hash = ip.wrapping_mul(0x9e37_79b9);
    ((hash >> 30) as usize, hash >> 24 & 63)
}

impl Own {
    /// The addresses of these interfaces.
    pub fn of(interfaces: &[Interface]) -> Self {
        let mut rows: Vec<(u32, Means)> = Vec::new();
        for at in interfaces {
            let own = at.addresses.iter().map(|(ip, _)| ip.to_bits());
            rows.extend(own.map(|ip| (ip, Means { own: true, broadcast: false })));
            rows.extend(at.subnet_broadcasts().map(|ip| (ip.to_bits(), Means { own: false, broadcast: true })));
        }
        rows.sort_unstable_by_key(|(ip, _)| *ip);
        rows.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1.own |= next.1.own;
                kept.1.broadcast |= next.1.broadcast;
            }
            same
        });
        let mut filter = [0; 4];
        for (ip, _) in &rows {
            let (word, bit) = place(*ip);
            filter[word] |= 1 << bit;
        }
        Self { rows, filter }
    }

    /// What an address means.
    #[inline]
    pub fn means(&self, ip: Ipv4Addr) -> Means {
        let (word, bit) = place(ip.to_bits());
        if self.filter[word] >> bit & 1 == 0 { Means::STRANGER } else { self.find(ip) }
    }

    // A call of its own, because it is asked in many places.
    #[inline(never)]
    fn find(&self, ip: Ipv4Addr) -> Means {
        match self.rows.binary_search_by_key(&ip.to_bits(), |(ip, _)| *ip) {
            Ok(at) => self.rows[at].1,
            Err(_) => Means::STRANGER,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;
    use crate::stack::InterfaceConfig;

    #[test]
    fn means_what_the_interfaces_say() {
        let mut stream = Stream::named(1, "own");
        for count in 0..20 {
            // Few bits, so that subnets overlap and one's broadcast is another's address.
            let interfaces: Vec<Interface> = (0..count)
                .map(|_| {
                    let mut address = || (Ipv4Addr::from_bits(stream.below(64) as u32), 26 + stream.below(7) as u8);
                    let addresses = vec![address(), address()];
                    Interface::from(InterfaceConfig { addresses, ..InterfaceConfig::default() })
                })
                .collect();
            let own = Own::of(&interfaces);
            for ip in (0..70).map(Ipv4Addr::from_bits) {
                let expected = Means {
                    own: interfaces.iter().any(|at| at.owns(ip)),
                    broadcast: interfaces.iter().any(|at| at.is_subnet_broadcast(ip)),
                };
                assert_eq!(own.means(ip), expected, "{ip}");
            }
        }
    }
}
