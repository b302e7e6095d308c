//! What routers told of the ways: the largest packet that gets through (RFC 1191; Linux `net/ipv4/route.c`, its
//! exceptions to routes).

use std::net::Ipv4Addr;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::id::EventNo;
use crate::time::{SimDuration, SimTime};

/// How long a lowered MTU is believed (`net.ipv4.route.mtu_expires`).
pub const EXPIRES: SimDuration = SimDuration::from_secs(600);
/// Nothing smaller is believed (`net.ipv4.route.min_pmtu`).
pub const LEAST: u16 = 552;
/// Destinations remembered; the oldest makes room (Linux: 2048 buckets of five, fewer here).
const MOST: usize = 2_048;

/// What is known of the way to one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Largest packet.
    pub mtu: u16,
    /// A router told of less than is believed: packets go without DF, so that routers may split them.
    pub locked: bool,
    /// From when on it no longer counts.
    pub until: SimTime,
    /// The event that taught it.
    pub written: EventNo,
}

/// What is known of all ways.
#[derive(Clone, Debug, Default)]
pub struct Ways {
    rows: IndexMap<Ipv4Addr, Known, FxBuildHasher>,
}

impl Ways {
    /// What is known of the way to a host.
    #[inline]
    pub fn to(&self, now: SimTime, dst: Ipv4Addr) -> Option<Known> {
        if self.rows.is_empty() {
            return None;
        }
        self.rows.get(&dst).copied().filter(|known| known.until > now)
    }

    /// A router told that only `mtu` bytes fit where until now `before` did. The MTU believed now, if that is less.
    pub fn learn(&mut self, now: SimTime, written: EventNo, dst: Ipv4Addr, told: (u16, u16)) -> Option<u16> {
        let (mtu, before) = told;
        if mtu >= before {
            return None;
        }
        let locked = mtu < LEAST;
        let mtu = mtu.max(LEAST).min(before);
        self.rows.retain(|_, known| known.until > now);
        if self.rows.len() >= MOST && !self.rows.contains_key(&dst) {
            self.rows.shift_remove_index(0);
        }
        self.rows.insert(dst, Known { mtu, locked, until: now + EXPIRES, written });
        Some(mtu)
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.rows.clear();
    }

    /// All rows, oldest first; some may have run out.
    pub fn iter(&self) -> impl Iterator<Item = (Ipv4Addr, Known)> {
        self.rows.iter().map(|(ip, known)| (*ip, *known))
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.rows.capacity() * 48
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);

    #[test]
    fn less_is_believed_for_ten_minutes_and_more_never() {
        let mut ways = Ways::default();
        let start = SimTime::ZERO;
        assert_eq!(ways.learn(start, EventNo(1), A, (1_400, 1_500)), Some(1_400));
        assert_eq!(ways.learn(start, EventNo(2), A, (1_450, 1_400)), None);
        assert_eq!(ways.to(start, A).map(|known| (known.mtu, known.locked)), Some((1_400, false)));
        assert_eq!(ways.to(start + EXPIRES, A), None);
    }

    #[test]
    fn below_552_nothing_is_believed_and_df_is_given_up() {
        let mut ways = Ways::default();
        for (told, before, believed) in [(0, 1_500, 552), (551, 1_500, 552), (300, 400, 400)] {
            assert_eq!(ways.learn(SimTime::ZERO, EventNo(1), A, (told, before)), Some(believed));
            assert!(ways.to(SimTime::ZERO, A).unwrap().locked);
        }
        ways.learn(SimTime::ZERO, EventNo(1), A, (552, 1_500));
        assert!(!ways.to(SimTime::ZERO, A).unwrap().locked);
    }

    #[test]
    fn the_oldest_way_makes_room() {
        let mut ways = Ways::default();
        for n in 0..3_000 {
            ways.learn(SimTime::ZERO, EventNo(1), Ipv4Addr::from_bits(n), (1_400, 1_500));
        }
        assert_eq!(ways.iter().count(), MOST);
        assert_eq!(ways.iter().next().unwrap().0.to_bits(), 3_000 - MOST as u32);
    }
}
