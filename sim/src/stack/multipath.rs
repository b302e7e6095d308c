//! Routes with several next hops: which of them a packet takes (Linux `fib_multipath_hash`, `fib_select_multipath`).
//!
//! A hash of what stands in the outermost headers picks the next hop, so that a flow keeps to one way and its packets
//! in order. What is inside a tunnel is never looked at. Linux keys the hash with a secret of the host; here it is
//! drawn from the lab's seed, for every stack another.

use std::net::Ipv4Addr;

use super::fib::NextHop;
use super::net::{Hop, Net};
use super::tunnel::ip_at;
use super::{ROUTES, why};
use crate::engine::{Outbox, Why};
use crate::time::SimTime;
use crate::wire::{Frame, be16, be32, icmp, ipv4};

/// What a packet's way depends on (`net.ipv4.fib_multipath_hash_policy`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Its two addresses: all packets between two hosts take one way. Linux' default (0).
    #[default]
    L3,
    /// Addresses, protocol and ports (1).
    L4,
    /// Nothing: each packet takes the next way in turn. Some routers can; Linux cannot.
    PerPacket,
}

impl Policy {
    /// The policies with the words of a lab.
    pub const WORDS: [(&'static str, Self); 3] = [("L3", Self::L3), ("L4", Self::L4), ("PerPacket", Self::PerPacket)];

    /// The word of a lab.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, policy)| *policy == self).map_or("L3", |(word, _)| word)
    }
}

/// Policy and state of a stack.
#[derive(Clone, Debug, Default)]
pub(super) struct Multipath {
    pub policy: Policy,
    /// The secret of this host, once it was needed.
    salt: Option<u64>,
    /// Packets that went on in turn.
    turn: u64,
}

impl Multipath {
    pub fn new(policy: Policy) -> Self {
        Self { policy, ..Self::default() }
    }
}

impl Net {
    /// The address to speak from to a destination, and the largest packet that gets there as far as is known.
    pub(super) fn way(&self, now: SimTime, dst: Ipv4Addr) -> Option<(Ipv4Addr, u16)> {
        let hop = self.hop(dst)?;
        // Which of several next hops its packets take shows later: what fits all of them is safe.
        let several = self.fib.several(dst).map_or(&[][..], |(_, ways)| ways);
        let link = several.iter().filter_map(|way| self.interfaces.get(way.port.index())).map(|at| at.mtu).min();
        let mtu = self.limit(Some(hop), self.ways.to(now, dst));
        Some((self.source_for(Some(hop), dst)?, link.map_or(mtu, |link| link.min(mtu))))
    }

    /// The hop of a packet, among several if its route has them.
    #[inline]
    pub(super) fn spread(&mut self, out: &mut Outbox<'_>, hop: Hop, dst: Ipv4Addr, frame: &Frame) -> Hop {
        if self.fib.has_several() { self.choose(out, hop, dst, frame, true) } else { hop }
    }

    /// The same for whoever asks beforehand.
    #[inline]
    pub(super) fn would_take(&mut self, out: &mut Outbox<'_>, hop: Hop, dst: Ipv4Addr, frame: &Frame) -> Hop {
        if self.fib.has_several() { self.choose(out, hop, dst, frame, false) } else { hop }
    }

    #[cold]
    fn choose(&mut self, out: &mut Outbox<'_>, hop: Hop, dst: Ipv4Addr, frame: &Frame, goes: bool) -> Hop {
        let Hop::Neighbour(..) = hop else { return hop };
        let Some((key, ways)) = self.fib.several(dst) else { return hop };
        let state = &mut self.multipath;
        let salt = *state.salt.get_or_insert_with(|| out.stream("multipath").bits());
        let packet = frame.bytes().get(ip_at(frame)..).unwrap_or_default();
        let (at, reason) = match state.policy {
            Policy::L3 => (slot(mix(salt, &addresses(packet)), ways), &why::flows::MULTIPATH_L3),
            Policy::L4 => (slot(mix(salt, &flow(packet)), ways), &why::flows::MULTIPATH_L4),
            Policy::PerPacket => ((state.turn % ways.len() as u64) as usize, &why::flows::MULTIPATH_PER_PACKET),
        };
        let NextHop { via, port } = ways[at];
        if goes {
            state.turn += 1;
            let why = Why { n: at as u64 + 1, ..Why::row(reason, ROUTES, key) };
            out.note(frame, why);
        }
        Hop::Neighbour(port, via)
    }
}

/// Each next hop has an equal share of all hashes (Linux `fib_rebalance`), so that one more moves few flows.
fn slot(hash: u64, ways: &[NextHop]) -> usize {
    ((u128::from(hash) * ways.len() as u128) >> 64) as usize
}

/// Both addresses; of an ICMP error those of the packet it is about, so that it takes the way of its flow.
fn addresses(packet: &[u8]) -> [u32; 2] {
    let own =
        |packet: &[u8]| if packet.len() >= ipv4::HEADER_LEN { [be32(packet, 12), be32(packet, 16)] } else { [0; 2] };
    let Ok(ip) = ipv4::check(packet) else { return own(packet) };
    let message = packet.get(ip.header_len..).unwrap_or_default();
    let error =
        ip.protocol == ipv4::ICMP && ip.offset == 0 && message.first().is_some_and(|kind| icmp::is_error(*kind));
    match message.get(icmp::HEADER_LEN..).filter(|quoted| error && quoted.len() >= ipv4::HEADER_LEN) {
        Some(quoted) => own(quoted),
        None => own(packet),
    }
}

/// Addresses, protocol and ports. No fragment has ports, not even the first, which could show them: so the pieces of
/// a packet stay together (Linux `__skb_flow_dissect` without `FLOW_DISSECTOR_F_PARSE_1ST_FRAG`).
fn flow(packet: &[u8]) -> [u32; 4] {
    let Ok(ip) = ipv4::check(packet) else { return [0; 4] };
    let fragment = ip.mf || ip.offset > 0;
    let ports = match packet.get(ip.header_len..ip.header_len + 4) {
        Some(ports) if !fragment && matches!(ip.protocol, ipv4::UDP | ipv4::TCP) => {
            u32::from(be16(ports, 0)) << 16 | u32::from(be16(ports, 2))
        }
        _ => 0,
    };
    [ip.src.to_bits(), ip.dst.to_bits(), u32::from(ip.protocol), ports]
}

/// SplitMix64 over the words, each step as good as a draw.
fn mix(salt: u64, words: &[u32]) -> u64 {
    words.iter().fold(salt, |hash, word| {
        let x = (hash ^ u64::from(*word)).wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    })
}
