//! AS_PATH: the ASes a route came through, the nearest first (RFC 4271 §4.3; RFC 6793 for four bytes).

use std::fmt;

use smallvec::{SmallVec, smallvec};

use super::AS_TRANS;
use crate::wire::{be16, be32};

const SET: u8 = 1;
const SEQUENCE: u8 = 2;
/// Most ASes of a segment.
const MOST: usize = 255;

/// Some ASes in a row, or some without an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Segment {
    /// Without an order: what aggregation leaves.
    pub set: bool,
    /// The ASes.
    pub ases: SmallVec<[u32; 6]>,
}

/// The path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AsPath(SmallVec<[Segment; 1]>);

impl AsPath {
    /// A path of these ASes in a row.
    pub fn sequence(ases: &[u32]) -> Self {
        if ases.is_empty() {
            return Self::default();
        }
        Self(ases.chunks(MOST).map(|part| Segment { set: false, ases: part.into() }).collect())
    }

    /// A path of segments; empty ones are left out.
    pub fn of(segments: impl IntoIterator<Item = Segment>) -> Self {
        Self(segments.into_iter().filter(|segment| !segment.ases.is_empty()).collect())
    }

    /// Its segments.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Its length as routes are compared by: a set counts as one.
    pub fn len(&self) -> usize {
        self.0.iter().map(|segment| if segment.set { 1 } else { segment.ases.len() }).sum()
    }

    /// It has no ASes: the route is of the own AS.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All ASes, the nearest first.
    pub fn ases(&self) -> impl Iterator<Item = u32> {
        self.0.iter().flat_map(|segment| segment.ases.iter().copied())
    }

    /// The AS is somewhere in it.
    pub fn contains(&self, asn: u32) -> bool {
        self.0.iter().any(|segment| segment.ases.contains(&asn))
    }

    /// The AS that told it; nothing for an empty path or a set in front.
    pub fn first(&self) -> Option<u32> {
        self.0.first().filter(|segment| !segment.set).map(|segment| segment.ases[0])
    }

    /// The AS it began in.
    pub fn origin(&self) -> Option<u32> {
        self.0.last().filter(|segment| !segment.set).and_then(|segment| segment.ases.last().copied())
    }

    /// The path with an AS put in front so many times.
    pub fn prepended(&self, asn: u32, times: usize) -> Self {
        let mut path = self.clone();
        for _ in 0..times {
            match path.0.first_mut() {
                Some(first) if !first.set && first.ases.len() < MOST => first.ases.insert(0, asn),
                _ => path.0.insert(0, Segment { set: false, ases: smallvec![asn] }),
            }
        }
        path
    }

    /// Reads the value of the attribute; nothing if it is malformed (RFC 7606 §7.2).
    pub(super) fn read(mut value: &[u8], four_bytes: bool) -> Option<Self> {
        let width = if four_bytes { 4 } else { 2 };
        let mut segments = SmallVec::new();
        while let [kind, count, rest @ ..] = value {
            if !matches!(*kind, SET | SEQUENCE) || *count == 0 {
                return None;
            }
            let (ases, next) = rest.split_at_checked(usize::from(*count) * width)?;
            let ases = if four_bytes {
                ases.chunks_exact(4).map(|asn| be32(asn, 0)).collect()
            } else {
                ases.chunks_exact(2).map(|asn| u32::from(be16(asn, 0))).collect()
            };
            segments.push(Segment { set: *kind == SET, ases });
            value = next;
        }
        value.is_empty().then_some(Self(segments))
    }

    /// Length of the value in bytes.
    pub(super) fn bytes(&self, four_bytes: bool) -> usize {
        let width = if four_bytes { 4 } else { 2 };
        self.0.iter().map(|segment| 2 + segment.ases.len() * width).sum()
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>, four_bytes: bool) {
        for segment in &self.0 {
            bytes.extend([if segment.set { SET } else { SEQUENCE }, segment.ases.len().min(MOST) as u8]);
            for asn in segment.ases.iter().take(MOST) {
                if four_bytes {
                    bytes.extend(asn.to_be_bytes());
                } else {
                    bytes.extend(u16::try_from(*asn).unwrap_or(AS_TRANS as u16).to_be_bytes());
                }
            }
        }
    }

    /// It needs four bytes for some AS.
    pub(super) fn is_wide(&self) -> bool {
        self.ases().any(|asn| asn > u32::from(u16::MAX))
    }

    /// A path of two-byte numbers with its end replaced by the four-byte numbers of AS4_PATH (RFC 6793 §4.2.3).
    pub(super) fn widened(&self, wide: &Self) -> Self {
        if wide.len() > self.len() {
            return self.clone();
        }
        let mut lead = self.len() - wide.len();
        let mut segments: SmallVec<[Segment; 1]> = SmallVec::new();
        for segment in &self.0 {
            let take =
                if segment.set { usize::from(lead > 0) * segment.ases.len() } else { lead.min(segment.ases.len()) };
            if take > 0 {
                segments.push(Segment { set: segment.set, ases: segment.ases[..take].into() });
                lead -= if segment.set { 1 } else { take };
            }
        }
        for segment in &wide.0 {
            match segments.last_mut() {
                Some(last) if !last.set && !segment.set && last.ases.len() + segment.ases.len() <= MOST => {
                    last.ases.extend_from_slice(&segment.ases);
                }
                _ => segments.push(segment.clone()),
            }
        }
        Self(segments)
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        let spilled = |segment: &Segment| if segment.ases.spilled() { segment.ases.capacity() * 4 } else { 0 };
        let own = if self.0.spilled() { self.0.capacity() * size_of::<Segment>() } else { 0 };
        own + self.0.iter().map(spilled).sum::<usize>()
    }
}

/// As people write it: numbers with spaces, sets in braces.
impl fmt::Display for AsPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.0.iter().enumerate() {
            let (open, between, close) = if segment.set { ("{", ",", "}") } else { ("", " ", "") };
            write!(f, "{}{open}", if at > 0 { " " } else { "" })?;
            for (at, asn) in segment.ases.iter().enumerate() {
                write!(f, "{}{asn}", if at > 0 { between } else { "" })?;
            }
            f.write_str(close)?;
        }
        Ok(())
    }
}
