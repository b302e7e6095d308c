//! The forwarding table: longest prefix first, one hash per prefix length.

use std::net::Ipv4Addr;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::id::{EventNo, PortNo};
use crate::rows::Rows;
use crate::wire::ipv4::mask;

/// Who put a route there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// An address on an interface brings its subnet.
    Kernel,
    /// Written by a person or a lab.
    Static,
    /// Learned by RIP.
    Rip,
    /// Learned by EIGRP.
    Eigrp,
    /// Computed by OSPF.
    Ospf,
    /// Computed by IS-IS.
    Isis,
    /// Learned by BGP from another AS.
    Bgp,
    /// Learned by BGP inside the AS.
    Ibgp,
}

impl Protocol {
    /// The word `ip route` shows.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kernel => "kernel",
            Self::Static => "static",
            Self::Rip => "rip",
            Self::Eigrp => "eigrp",
            Self::Ospf => "ospf",
            Self::Isis => "isis",
            Self::Bgp => "bgp",
            Self::Ibgp => "ibgp",
        }
    }

    /// Administrative distance: of several routes for one prefix the one with the smallest is used.
    pub const fn distance(self) -> u8 {
        match self {
            Self::Kernel => 0,
            Self::Static => 1,
            Self::Eigrp => 90,
            Self::Ospf => 110,
            Self::Isis => 115,
            Self::Rip => 120,
            Self::Bgp => 20,
            Self::Ibgp => 200,
        }
    }

    /// A daemon put it there, and takes it away again.
    pub const fn is_dynamic(self) -> bool {
        matches!(self, Self::Rip | Self::Eigrp | Self::Ospf | Self::Isis | Self::Bgp | Self::Ibgp)
    }
}

/// What becomes of packets that a route fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// They are sent on.
    Unicast,
    /// They vanish.
    Blackhole,
    /// They are refused: "host unreachable".
    Unreachable,
    /// They are refused: "forbidden".
    Prohibit,
}

impl Kind {
    /// All kinds with the words of `ip route`.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("unicast", Self::Unicast),
        ("blackhole", Self::Blackhole),
        ("unreachable", Self::Unreachable),
        ("prohibit", Self::Prohibit),
    ];

    /// The word `ip route` shows.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("unicast", |(word, _)| word)
    }
}

/// A route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The router to hand packets to; `None` when the destination is on the link itself.
    pub via: Option<Ipv4Addr>,
    /// The interface they leave by.
    pub port: PortNo,
    /// The address to speak from, if it is not for the stack to choose.
    pub src: Option<Ipv4Addr>,
    /// What becomes of packets.
    pub kind: Kind,
    /// Who put it there.
    pub protocol: Protocol,
    /// The event that wrote it.
    pub written: EventNo,
}

impl Route {
    /// A plain route to whatever is on a link.
    pub const fn on(port: PortNo, protocol: Protocol) -> Self {
        Self { via: None, port, src: None, kind: Kind::Unicast, protocol, written: EventNo(0) }
    }
}

/// A router to hand packets to, and the interface they leave by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NextHop {
    /// The router.
    pub via: Ipv4Addr,
    /// The interface.
    pub port: PortNo,
}

/// The prefix of a key.
pub const fn prefix(key: u64) -> (Ipv4Addr, u8) {
    (Ipv4Addr::from_bits(key as u32), (key >> 32) as u8)
}

/// Routes by prefix length, longest first.
#[derive(Clone, Debug, Default)]
pub struct Fib {
    /// Some route, now or earlier, named an address to speak from.
    pub names_sources: bool,
    /// All next hops of the routes that have several; the routes themselves hold the first.
    several: IndexMap<u64, Vec<NextHop>, FxBuildHasher>,
    lengths: Vec<(u8, Rows<u32, Route>)>,
}

/// Key of a route as a row: length and prefix.
pub const fn key(len: u8, prefix: u32) -> u64 {
    (len as u64) << 32 | prefix as u64
}

impl Fib {
    /// Writes a route with several next hops; true if there was none for this prefix.
    pub fn insert_several(&mut self, prefix: Ipv4Addr, len: u8, route: Route, ways: Vec<NextHop>) -> bool {
        let Some(first) = ways.first() else { return self.insert(prefix, len, route) };
        let new = self.insert(prefix, len, Route { via: Some(first.via), port: first.port, ..route });
        if ways.len() > 1 {
            self.several.insert(key(len, prefix.to_bits() & mask(len)), ways);
        }
        new
    }

    /// Some route has several next hops.
    #[inline]
    pub fn has_several(&self) -> bool {
        !self.several.is_empty()
    }

    /// Key and next hops of the route that fits, if it has several.
    pub fn several(&self, dst: Ipv4Addr) -> Option<(u64, &[NextHop])> {
        let (key, _) = self.lookup(dst)?;
        Some((key, self.several.get(&key)?))
    }

    /// All next hops of the route with this key, if it has several.
    pub fn ways(&self, key: u64) -> &[NextHop] {
        self.several.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Writes a route; true if there was none for this prefix.
    pub fn insert(&mut self, prefix: Ipv4Addr, len: u8, route: Route) -> bool {
        self.names_sources |= route.src.is_some();
        self.several.swap_remove(&key(len, prefix.to_bits() & mask(len)));
        let at = match self.lengths.binary_search_by(|(have, _)| len.cmp(have)) {
            Ok(at) => at,
            Err(at) => {
                self.lengths.insert(at, (len, Rows::default()));
                at
            }
        };
        self.lengths[at].1.insert(prefix.to_bits() & mask(len), route).is_none()
    }

    /// The route for exactly this prefix.
    pub fn get(&self, prefix: Ipv4Addr, len: u8) -> Option<&Route> {
        let (_, routes) = self.lengths.iter().find(|(have, _)| *have == len)?;
        routes.get(prefix.to_bits() & mask(len))
    }

    /// Removes the route for exactly this prefix.
    pub fn remove(&mut self, prefix: Ipv4Addr, len: u8) -> Option<Route> {
        self.several.swap_remove(&key(len, prefix.to_bits() & mask(len)));
        let (_, routes) = self.lengths.iter_mut().find(|(have, _)| *have == len)?;
        routes.remove(prefix.to_bits() & mask(len))
    }

    /// The route with the longest prefix that fits, and its key.
    #[inline]
    pub fn lookup(&self, dst: Ipv4Addr) -> Option<(u64, &Route)> {
        for (len, routes) in &self.lengths {
            let prefix = dst.to_bits() & mask(*len);
            if let Some(route) = routes.get(prefix) {
                return Some((key(*len, prefix), route));
            }
        }
        None
    }

    /// All routes as prefix, length and route, in an order that differs between machines: sort what comes of it.
    pub fn iter(&self) -> impl Iterator<Item = (Ipv4Addr, u8, &Route)> {
        self.lengths.iter().flat_map(|(len, routes)| {
            routes.unordered().map(move |(prefix, route)| (Ipv4Addr::from_bits(prefix), *len, route))
        })
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        let several: usize = self.several.values().map(|ways| ways.capacity() * 8 + 48).sum();
        several + self.lengths.iter().map(|(_, routes)| routes.heap_bytes() + 64).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    fn route(port: u16) -> Route {
        Route::on(PortNo(port), Protocol::Static)
    }

    #[test]
    fn the_longest_prefix_wins_whatever_the_order() {
        let mut fib = Fib::default();
        let ip = |text: &str| text.parse::<Ipv4Addr>().unwrap();
        for (prefix, len, port) in [("0.0.0.0", 0, 0), ("10.1.2.0", 24, 3), ("10.0.0.0", 8, 1), ("10.1.2.3", 32, 4)] {
            assert!(fib.insert(ip(prefix), len, route(port)));
        }
        for (dst, port) in [("10.1.2.3", 4), ("10.1.2.4", 3), ("10.9.9.9", 1), ("192.0.2.1", 0)] {
            assert_eq!(fib.lookup(ip(dst)).map(|(_, route)| route.port.0), Some(port), "{dst}");
        }
        assert!(fib.remove(ip("10.1.2.3"), 32).is_some());
        assert!(fib.remove(ip("10.1.2.3"), 31).is_none());
        assert_eq!(fib.lookup(ip("10.1.2.3")).map(|(_, route)| route.port.0), Some(3));
    }

    #[test]
    fn looks_up_what_a_scan_of_all_routes_finds() {
        let mut stream = Stream::named(1, "fib");
        for _ in 0..50 {
            let mut fib = Fib::default();
            let mut all: Vec<(u32, u8, u16)> = Vec::new();
            for port in 0..40 {
                let len = stream.below(33) as u8;
                let prefix = (stream.bits() as u32 & 0x0f0f_ffff) & mask(len);
                all.retain(|(have, have_len, _)| (*have, *have_len) != (prefix, len));
                all.push((prefix, len, port));
                fib.insert(Ipv4Addr::from_bits(prefix), len, route(port));
            }
            for _ in 0..200 {
                let dst = stream.bits() as u32 & 0x0f0f_ffff;
                let fits = all.iter().filter(|(prefix, len, _)| dst & mask(*len) == *prefix);
                let best = fits.max_by_key(|(_, len, _)| *len).map(|(.., port)| *port);
                let found = fib.lookup(Ipv4Addr::from_bits(dst)).map(|(_, route)| route.port.0);
                assert_eq!(found, best);
            }
        }
    }
}
