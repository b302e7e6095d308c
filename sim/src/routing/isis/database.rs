//! The link-state database: the newest version of every LSP, and how long it has still to live.

use std::collections::BTreeMap;

use crate::id::EventNo;
use crate::time::{SimDuration, SimTime};
use crate::wire::isis::tlv::{self, Tlv};
use crate::wire::isis::{Level, Lsp, LspId};

/// An LSP of a level.
pub(super) type Place = (Level, LspId);

/// A version of an LSP.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// As it was when it came.
    pub lsp: Lsp,
    /// What it says.
    pub tlvs: Vec<Tlv>,
    /// When it had the lifetime that stands in it.
    pub since: SimTime,
    /// Key of its row.
    pub row: u64,
    /// The event that wrote it.
    pub written: EventNo,
}

impl Entry {
    /// Seconds it has still to live.
    pub fn lifetime(&self, now: SimTime) -> u16 {
        let gone = now.since(self.since).0 / 1_000_000_000;
        u16::try_from(gone).map_or(0, |gone| self.lsp.lifetime.saturating_sub(gone))
    }

    /// It is only there to be told that it is gone.
    pub const fn is_dead(&self) -> bool {
        self.lsp.lifetime == 0
    }

    /// Which, and how new, at present.
    pub fn entry(&self, now: SimTime) -> tlv::Entry {
        tlv::Entry { lifetime: self.lifetime(now), ..self.lsp.entry() }
    }

    /// The LSP as it is sent.
    pub fn told(&self, now: SimTime) -> Lsp {
        Lsp { lifetime: self.lifetime(now), ..self.lsp.clone() }
    }

    /// When it has only so long to live.
    pub fn when(&self, lifetime: u16) -> SimTime {
        self.since + SimDuration::from_secs(u64::from(self.lsp.lifetime.saturating_sub(lifetime)))
    }
}

/// All LSPs a system has.
#[derive(Clone, Debug, Default)]
pub(super) struct Database {
    entries: BTreeMap<Place, Entry>,
}

/// Level and id, so that rows stand in this order; the front of a system id does not fit.
fn row((level, id): Place) -> u64 {
    let system = id.node.system.0.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    (level.index() as u64) << 55
        | (system & 0x7f_ffff_ffff) << 16
        | u64::from(id.node.pseudonode) << 8
        | u64::from(id.fragment)
}

impl Database {
    pub const fn new() -> Self {
        Self { entries: BTreeMap::new() }
    }

    pub fn get(&self, place: &Place) -> Option<&Entry> {
        self.entries.get(place)
    }

    /// All LSPs in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Place, &Entry)> {
        self.entries.iter()
    }

    /// The LSPs of a level.
    pub fn of_level(&self, level: Level) -> impl Iterator<Item = (LspId, &Entry)> {
        self.entries.range((level, LspId::default())..=(level, LspId::LAST)).map(|((_, id), entry)| (*id, entry))
    }

    /// The key of the row a place has or would have.
    pub fn row_of(&self, place: Place) -> u64 {
        if let Some(entry) = self.entries.get(&place) {
            return entry.row;
        }
        let mut key = row(place);
        while self.entries.values().any(|entry| entry.row == key) {
            key += 1;
        }
        key
    }

    pub fn insert(&mut self, place: Place, entry: Entry) -> Option<Entry> {
        self.entries.insert(place, entry)
    }

    pub fn remove(&mut self, place: &Place) -> Option<Entry> {
        self.entries.remove(place)
    }

    pub fn heap_bytes(&self) -> usize {
        self.entries.values().map(|entry| 3 * entry.lsp.bytes.len() + 160).sum()
    }
}
