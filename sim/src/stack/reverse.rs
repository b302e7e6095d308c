//! Reverse path filter: a packet is taken from an interface only if its source could be answered that way (RFC 3704;
//! Linux `net/ipv4/fib_frontend.c` `__fib_validate_source`).
//!
//! Left out: `accept_local`, marks (`src_valid_mark`), and the greater of `conf.all` and the interface: here every
//! interface has a setting of its own.

use std::net::Ipv4Addr;

use super::fib::Kind;
use super::net::Net;
use crate::id::PortNo;

/// How an interface judges sources (Linux `rp_filter`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReversePath {
    /// Not at all.
    #[default]
    Off,
    /// The way back must lead through this interface.
    Strict,
    /// There must be some way back.
    Loose,
}

impl ReversePath {
    /// All of them with their words, in the order of Linux's numbers.
    pub const WORDS: [(&'static str, Self); 3] = [("Off", Self::Off), ("Strict", Self::Strict), ("Loose", Self::Loose)];

    /// What a word means; capitals do not matter.
    pub fn of(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, mode)| *mode)
    }

    /// As it is typed.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, known)| *known == self).map_or("Off", |(word, _)| word)
    }

    /// As Linux counts.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

impl Net {
    /// Whether what comes in at a port from this address is turned away. Nobody answers 0.0.0.0, so that is not asked.
    #[inline]
    pub(super) fn refuses(&self, port: PortNo, src: Ipv4Addr) -> bool {
        let at = self.interfaces.get(port.index());
        let judged = at.map(|at| at.rp_filter).filter(|mode| *mode != ReversePath::Off);
        judged.is_some_and(|mode| !src.is_unspecified() && !self.leads_back(port, src, mode))
    }

    #[cold]
    fn leads_back(&self, port: PortNo, src: Ipv4Addr, mode: ReversePath) -> bool {
        let Some((_, route)) = self.fib.lookup(src).filter(|(_, route)| route.kind == Kind::Unicast) else {
            return false;
        };
        let several = self.fib.several(src).map_or(&[][..], |(_, ways)| ways);
        if route.port == port || several.iter().any(|way| way.port == port) {
            return true;
        }
        // An interface without addresses is judged strictly in either mode (`no_addr`).
        let has_address = self.interfaces.get(port.index()).is_some_and(|at| !at.addresses.is_empty());
        mode == ReversePath::Loose && has_address
    }
}
