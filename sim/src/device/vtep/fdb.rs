//! The forwarding table of a VTEP: which inner address lives on which host.

use std::net::Ipv4Addr;

use smallvec::{SmallVec, smallvec};

use crate::id::EventNo;
use crate::rows::Rows;
use crate::time::{SimDuration, SimTime};
use crate::wire::MacAddr;

/// How a row came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Written by hand or by a controller: neither ages nor moves (Linux `permanent` and `static`).
    Permanent,
    /// Learned from a frame that came out of the tunnel: ages and moves (Linux `REACHABLE`).
    Learned,
    /// Learned by a control plane and written by its daemon: does not age (Linux `NTF_EXT_LEARNED`).
    External,
}

impl Kind {
    /// The word in tables and labs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Permanent => "permanent",
            Self::Learned => "learned",
            Self::External => "extern_learn",
        }
    }
}

/// Another end of the tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Its address, or a group.
    pub ip: Ipv4Addr,
    /// Its UDP port, if it is not that of the VTEP.
    pub port: Option<u16>,
    /// The VNI there, if it is not that of the VTEP.
    pub vni: Option<u32>,
}

impl Remote {
    /// An end with the VTEP's own port and VNI.
    pub const fn at(ip: Ipv4Addr) -> Self {
        Self { ip, port: None, vni: None }
    }
}

/// What is known of one inner address.
#[derive(Clone, Debug)]
pub struct Row {
    /// The ends a frame to it is sent to: one, or for groups and the flood row several. The one stands in the row.
    pub remotes: SmallVec<[Remote; 1]>,
    /// How it came to be.
    pub kind: Kind,
    /// When the address last came out of the tunnel.
    pub updated: SimTime,
    /// The event that wrote it.
    pub written: EventNo,
}

/// What learning did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learned {
    /// The row was there; only its time changed.
    Refreshed,
    /// A new row.
    New,
    /// The row now names another host.
    Moved,
    /// The row was written by hand and names another host.
    Pinned,
    /// No room.
    Full,
}

/// The row whose remotes get what no other row fits: the address of all zeros.
pub const FLOOD: u64 = 0;

/// Key of a row as people see it: one for each remote of an address.
pub const fn shown_key(mac: u64, place: usize) -> u64 {
    mac << 16 | place as u64 & 0xffff
}

/// The table.
#[derive(Clone, Debug, Default)]
pub struct Fdb {
    rows: Rows<u64, Row>,
    learned: u32,
}

impl Fdb {
    /// The row of an address.
    #[inline]
    pub fn get(&self, mac: u64) -> Option<&Row> {
        self.rows.get(mac)
    }

    /// All rows, in an order that differs between machines: sort what comes of it.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Row)> {
        self.rows.unordered()
    }

    /// The other ends that rows name, in an order that differs between machines.
    pub fn ends(&self) -> impl Iterator<Item = Ipv4Addr> {
        self.rows.unordered().flat_map(|(_, row)| row.remotes.iter().map(|remote| remote.ip))
    }

    /// Whether there is room for no other address. Written rows count, and so does the flood row (Linux `addrcnt`).
    pub fn is_full(&self, most: Option<u32>) -> bool {
        most.is_some_and(|most| self.rows.len() >= most as usize)
    }

    /// Number of addresses with a row.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// Number of learned rows.
    pub fn learned(&self) -> u32 {
        self.learned
    }

    /// Notes that an inner address came from a host (Linux `vxlan_snoop`).
    #[inline]
    pub fn learn(&mut self, mac: MacAddr, from: Ipv4Addr, now: SimTime, event: EventNo, most: Option<u32>) -> Learned {
        let Some(row) = self.rows.get_mut(mac.key()) else { return self.learn_new(mac, from, now, event, most) };
        if row.remotes.first().is_some_and(|remote| remote.ip == from) {
            row.updated = now;
            return Learned::Refreshed;
        }
        if row.kind == Kind::Permanent {
            return Learned::Pinned;
        }
        if std::mem::replace(&mut row.kind, Kind::Learned) == Kind::External {
            self.learned += 1;
        }
        (row.remotes, row.updated, row.written) = (smallvec![Remote::at(from)], now, event);
        Learned::Moved
    }

    #[cold]
    fn learn_new(&mut self, mac: MacAddr, from: Ipv4Addr, now: SimTime, event: EventNo, most: Option<u32>) -> Learned {
        if self.is_full(most) {
            return Learned::Full;
        }
        let row = Row { remotes: smallvec![Remote::at(from)], kind: Kind::Learned, updated: now, written: event };
        self.rows.insert(mac.key(), row);
        self.learned += 1;
        Learned::New
    }

    /// Adds a remote to a row written by hand; one for a single station replaces what was there. Returns the place of
    /// the remote in its row, and whether the row is new.
    pub fn write(
        &mut self,
        (mac, kind): (MacAddr, Kind),
        remote: Remote,
        now: SimTime,
        written: EventNo,
    ) -> (usize, bool) {
        let several = mac == MacAddr::ZERO || mac.is_multicast();
        let known = self.rows.get_mut(mac.key());
        if let Some(row) = known
            && several
            && row.kind != Kind::Learned
        {
            let at = row.remotes.iter().position(|known| *known == remote);
            let at = at.unwrap_or_else(|| {
                row.remotes.push(remote);
                row.remotes.len() - 1
            });
            (row.updated, row.written) = (now, written);
            return (at, false);
        }
        let new = self.remove(mac.key()).is_none();
        let row = Row { remotes: smallvec![remote], kind, updated: now, written };
        self.rows.insert(mac.key(), row);
        (0, new)
    }

    /// Removes a row.
    pub fn remove(&mut self, mac: u64) -> Option<Row> {
        let row = self.rows.remove(mac)?;
        self.learned -= u32::from(row.kind == Kind::Learned);
        Some(row)
    }

    /// Removes the remotes the test names, and rows that have none left. Returns the keys of what is gone as people
    /// saw them, in order.
    pub fn remove_where(&mut self, test: impl Fn(u64, &Row, &Remote) -> bool) -> Vec<u64> {
        let mut gone = Vec::new();
        self.rows.retain(|mac, row| {
            let dead: Vec<bool> = row.remotes.iter().map(|remote| test(mac, row, remote)).collect();
            let places = dead.iter().enumerate().filter(|(_, dead)| **dead);
            gone.extend(places.map(|(place, _)| shown_key(mac, place)));
            let mut dead = dead.into_iter();
            row.remotes.retain(|_| !dead.next().unwrap_or(false));
            let stays = !row.remotes.is_empty();
            self.learned -= u32::from(!stays && row.kind == Kind::Learned);
            stays
        });
        gone.sort_unstable();
        gone
    }

    /// Removes learned rows that were silent for `ageing`; returns their keys and when the next is due (Linux
    /// `vxlan_cleanup`).
    pub fn collect(&mut self, now: SimTime, ageing: SimDuration) -> (Vec<u64>, Option<SimTime>) {
        let dead = self.remove_where(|_, row, _| row.kind == Kind::Learned && row.updated + ageing <= now);
        let learned = self.rows.unordered().filter(|(_, row)| row.kind == Kind::Learned);
        (dead, learned.map(|(_, row)| row.updated + ageing).min())
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.rows.heap_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
    const B: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);
    const MAC: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);

    fn at(ms: u64) -> SimTime {
        SimTime(ms * 1_000_000)
    }

    #[test]
    fn learned_rows_move_and_age_and_written_ones_do_neither() {
        let mut fdb = Fdb::default();
        assert_eq!(fdb.learn(MAC, A, at(0), EventNo(1), None), Learned::New);
        assert_eq!(fdb.learn(MAC, A, at(1), EventNo(2), None), Learned::Refreshed);
        assert_eq!(fdb.learn(MAC, B, at(2), EventNo(3), None), Learned::Moved);
        assert_eq!(fdb.learn(MacAddr([2, 0, 0, 0, 0, 2]), A, at(2), EventNo(3), Some(1)), Learned::Full);
        assert_eq!(fdb.collect(at(9), SimDuration::from_ms(10)), (vec![], Some(at(12))));
        assert_eq!(fdb.collect(at(12), SimDuration::from_ms(10)), (vec![shown_key(MAC.key(), 0)], None));
        assert_eq!(fdb.learned(), 0);
        assert_eq!(fdb.write((MAC, Kind::Permanent), Remote::at(A), at(0), EventNo(0)), (0, true));
        assert_eq!(fdb.learn(MAC, B, at(1), EventNo(1), None), Learned::Pinned);
        assert_eq!(fdb.learn(MAC, A, at(1), EventNo(1), None), Learned::Refreshed);
        assert_eq!(fdb.collect(at(9_999_999), SimDuration::from_ms(10)), (vec![], None));
    }

    #[test]
    fn only_groups_and_the_flood_row_have_several_remotes() {
        let mut fdb = Fdb::default();
        let mut write = |mac, ip| fdb.write((mac, Kind::Permanent), Remote::at(ip), at(0), EventNo(0));
        assert_eq!(
            [write(MacAddr::ZERO, A), write(MacAddr::ZERO, B), write(MacAddr::ZERO, A)],
            [(0, true), (1, false), (0, false)]
        );
        assert_eq!([write(MAC, A), write(MAC, B)], [(0, true), (0, false)]);
        let ends = |fdb: &Fdb, mac| fdb.get(mac).map(|row| row.remotes.iter().map(|r| r.ip).collect::<Vec<_>>());
        assert_eq!((ends(&fdb, FLOOD), ends(&fdb, MAC.key())), (Some(vec![A, B]), Some(vec![B])));
        assert_eq!(fdb.remove_where(|_, _, remote| remote.ip == B), [shown_key(0, 1), shown_key(MAC.key(), 0)]);
        assert_eq!((ends(&fdb, FLOOD), ends(&fdb, MAC.key())), (Some(vec![A]), None));
    }
}
