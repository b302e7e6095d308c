//! Path attributes: what is said of a route, and what becomes of a message that says it badly (RFC 4271 §5, RFC 7606).

use std::net::Ipv4Addr;

use smallvec::SmallVec;

use super::extended::{Community, Pmsi};
use super::path::AsPath;
use super::update::{EVPN, Routes};
use super::{Dialect, Fault, evpn, fault};
use crate::wire::{be16, be32};

const OPTIONAL: u8 = 0x80;
const TRANSITIVE: u8 = 0x40;
/// Somebody on the way did not know the attribute.
pub const PARTIAL: u8 = 0x20;
const WIDE: u8 = 0x10;

pub(super) const ORIGIN: u8 = 1;
const AS_PATH: u8 = 2;
const NEXT_HOP: u8 = 3;
const MED: u8 = 4;
const LOCAL_PREF: u8 = 5;
const ATOMIC_AGGREGATE: u8 = 6;
const AGGREGATOR: u8 = 7;
const COMMUNITIES: u8 = 8;
const ORIGINATOR_ID: u8 = 9;
const CLUSTER_LIST: u8 = 10;
pub(in crate::wire) const MP_REACH: u8 = 14;
pub(in crate::wire) const MP_UNREACH: u8 = 15;
pub(in crate::wire) const EXTENDED: u8 = 16;
const AS4_PATH: u8 = 17;
const AS4_AGGREGATOR: u8 = 18;
pub(in crate::wire) const PMSI: u8 = 22;
const LARGE: u8 = 32;

/// Not to be told to anybody outside the AS.
pub const NO_EXPORT: u32 = 0xffff_ff01;
/// Not to be told to anybody.
pub const NO_ADVERTISE: u32 = 0xffff_ff02;

/// Where the route came from at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Configured.
    #[default]
    Igp,
    /// The protocol before this one.
    Egp,
    /// Anything else.
    Incomplete,
}

/// An attribute this speaker does not know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Raw {
    /// Its flags, without the one that says how long its length is.
    pub flags: u8,
    /// Its type.
    pub code: u8,
    /// Its value.
    pub value: Vec<u8>,
}

/// What few routes have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct More {
    /// Somebody summed up routes and left ASes out.
    pub atomic_aggregate: bool,
    /// Who summed up.
    pub aggregator: Option<(u32, Ipv4Addr)>,
    /// Who brought it into the AS, when a reflector passed it on.
    pub originator: Option<Ipv4Addr>,
    /// The reflectors that passed it on, the nearest first.
    pub clusters: Vec<Ipv4Addr>,
    /// Extended communities.
    pub extended: Vec<[u8; 8]>,
    /// How what is for many gets there, in a VPN.
    pub pmsi: Option<Pmsi>,
    /// Large communities: AS and two numbers.
    pub large: Vec<[u32; 3]>,
    /// Attributes that are passed on unread, by type.
    pub unknown: Vec<Raw>,
}

/// The value of each attribute of an UPDATE, by type, with its place in the message.
pub fn places(message: &[u8]) -> Vec<(u8, std::ops::Range<usize>)> {
    let mut all = Vec::new();
    let mut places = || {
        let withdrawn = usize::from(be16(message.get(super::HEADER_LEN..super::HEADER_LEN + 2)?, 0));
        let mut at = super::HEADER_LEN + 2 + withdrawn;
        let end = at + 2 + usize::from(be16(message.get(at..at + 2)?, 0));
        at += 2;
        while at < end {
            let (flags, code) = (*message.get(at)?, *message.get(at + 1)?);
            let head = if flags & WIDE == 0 { 3 } else { 4 };
            let len = message.get(at + 2..at + head)?.iter().fold(0, |len, byte| len << 8 | usize::from(*byte));
            all.push((code, at + head..at + head + len));
            at += head + len;
        }
        Some(())
    };
    let _ = places();
    all
}

/// What is said of a route.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attributes {
    /// Where it came from at first.
    pub origin: Origin,
    /// The ASes it came through.
    pub path: AsPath,
    /// The router to hand packets to.
    pub next_hop: Ipv4Addr,
    /// How good this door into the AS is, smaller is better.
    pub med: Option<u32>,
    /// How much the own AS likes it, larger is better.
    pub local_pref: Option<u32>,
    /// Marks.
    pub communities: Vec<u32>,
    /// The rest.
    pub more: Option<Box<More>>,
}

impl Default for Attributes {
    fn default() -> Self {
        Self {
            origin: Origin::Igp,
            path: AsPath::default(),
            next_hop: Ipv4Addr::UNSPECIFIED,
            med: None,
            local_pref: None,
            communities: Vec::new(),
            more: None,
        }
    }
}

/// What has been read so far.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) found: Attributes,
    seen: [u64; 4],
    pub(super) reach: Option<Box<Routes>>,
    pub(super) unreach: Option<Box<Routes>>,
    pub(super) treated: Option<Fault>,
    pub(super) discarded: SmallVec<[u8; 4]>,
    wide_path: Option<AsPath>,
    wide_aggregator: Option<(u32, Ipv4Addr)>,
}

/// What becomes of a bad attribute.
enum Bad {
    /// The routes of the message count as withdrawn.
    Withdraw(u8),
    /// The attribute is left out.
    Discard,
    /// The session ends.
    Reset(u8),
}

impl Reading {
    fn has(&self, code: u8) -> bool {
        self.seen[usize::from(code >> 6)] >> (code & 63) & 1 != 0
    }

    /// Reads a list of attributes.
    pub(super) fn all(&mut self, mut bytes: &[u8], dialect: Dialect) -> Result<(), Fault> {
        while let [flags, code, rest @ ..] = bytes {
            let head = if flags & WIDE != 0 { 2 } else { 1 };
            let cut = rest.split_at_checked(head).and_then(|(len, rest)| {
                let len = if head == 2 { usize::from(be16(len, 0)) } else { usize::from(len[0]) };
                rest.split_at_checked(len)
            });
            let Some((value, next)) = cut else {
                // The place of the routes is known all the same: they count as withdrawn (RFC 7606 §4).
                self.treat(Fault::with(fault::UPDATE, 5, bytes));
                return Ok(());
            };
            let whole = &bytes[..2 + head + value.len()];
            bytes = next;
            if self.has(*code) {
                if matches!(*code, MP_REACH | MP_UNREACH) {
                    return Err(Fault::new(fault::UPDATE, 1));
                }
                self.discarded.push(*code);
                continue;
            }
            self.seen[usize::from(code >> 6)] |= 1 << (code & 63);
            match self.one(*flags, *code, value, dialect) {
                Ok(()) => {}
                Err(Bad::Withdraw(subcode)) => self.treat(Fault::with(fault::UPDATE, subcode, whole)),
                Err(Bad::Discard) => self.discarded.push(*code),
                Err(Bad::Reset(subcode)) => return Err(Fault::with(fault::UPDATE, subcode, whole)),
            }
        }
        if !bytes.is_empty() {
            self.treat(Fault::with(fault::UPDATE, 5, bytes));
        }
        self.widen();
        Ok(())
    }

    fn treat(&mut self, fault: Fault) {
        self.treated.get_or_insert(fault);
    }

    fn more(&mut self) -> &mut More {
        self.found.more.get_or_insert_default()
    }

    fn one(&mut self, flags: u8, code: u8, value: &[u8], dialect: Dialect) -> Result<(), Bad> {
        let expected = match code {
            ORIGIN | AS_PATH | NEXT_HOP | LOCAL_PREF | ATOMIC_AGGREGATE => TRANSITIVE,
            MED | ORIGINATOR_ID | CLUSTER_LIST | MP_REACH | MP_UNREACH => OPTIONAL,
            AGGREGATOR | COMMUNITIES | EXTENDED | AS4_PATH | AS4_AGGREGATOR | PMSI | LARGE => OPTIONAL | TRANSITIVE,
            _ => return self.unknown(flags, code, value),
        };
        if flags & (OPTIONAL | TRANSITIVE) != expected {
            return Err(Bad::Withdraw(4));
        }
        let four = |value: &[u8]| if value.len() == 4 { Ok(be32(value, 0)) } else { Err(Bad::Withdraw(5)) };
        match code {
            ORIGIN => {
                self.found.origin = match value {
                    [0] => Origin::Igp,
                    [1] => Origin::Egp,
                    [2] => Origin::Incomplete,
                    [_] => return Err(Bad::Withdraw(6)),
                    _ => return Err(Bad::Withdraw(5)),
                }
            }
            AS_PATH => self.found.path = AsPath::read(value, dialect.four_bytes).ok_or(Bad::Withdraw(11))?,
            NEXT_HOP => {
                let ip = Ipv4Addr::from_bits(four(value)?);
                if ip.is_unspecified() || ip.is_multicast() || ip.is_broadcast() {
                    return Err(Bad::Withdraw(8));
                }
                self.found.next_hop = ip;
            }
            MED => self.found.med = Some(four(value)?),
            // From outside the AS these mean nothing (RFC 7606 §7.5, §7.9, §7.10).
            LOCAL_PREF | ORIGINATOR_ID | CLUSTER_LIST if !dialect.internal => return Err(Bad::Discard),
            LOCAL_PREF => self.found.local_pref = Some(four(value)?),
            COMMUNITIES => self.found.communities = words(value)?,
            MP_REACH => self.reach = Some(reach(value).ok_or(Bad::Reset(9))?),
            MP_UNREACH => self.unreach = Some(unreach(value).ok_or(Bad::Reset(9))?),
            _ => return self.rare(code, value, dialect),
        }
        Ok(())
    }

    /// Attributes that few routes have.
    fn rare(&mut self, code: u8, value: &[u8], dialect: Dialect) -> Result<(), Bad> {
        match (code, value.len()) {
            (ATOMIC_AGGREGATE, 0) => self.more().atomic_aggregate = true,
            (AGGREGATOR, 8) if dialect.four_bytes => {
                self.more().aggregator = Some((be32(value, 0), Ipv4Addr::from_bits(be32(value, 4))));
            }
            (AGGREGATOR, 6) if !dialect.four_bytes => {
                self.more().aggregator = Some((u32::from(be16(value, 0)), Ipv4Addr::from_bits(be32(value, 2))));
            }
            (AS4_AGGREGATOR, 8) if !dialect.four_bytes => {
                self.wide_aggregator = Some((be32(value, 0), Ipv4Addr::from_bits(be32(value, 4))));
            }
            (AS4_PATH, _) if !dialect.four_bytes => {
                self.wide_path = Some(AsPath::read(value, true).ok_or(Bad::Discard)?);
            }
            (ATOMIC_AGGREGATE | AGGREGATOR | AS4_AGGREGATOR | AS4_PATH, _) => return Err(Bad::Discard),
            (ORIGINATOR_ID, 4) => self.more().originator = Some(Ipv4Addr::from_bits(be32(value, 0))),
            (CLUSTER_LIST, _) => self.more().clusters = words(value)?.into_iter().map(Ipv4Addr::from_bits).collect(),
            (EXTENDED, len) if len > 0 && len.is_multiple_of(8) => {
                self.more().extended = value.as_chunks().0.to_vec();
            }
            (PMSI, _) => self.more().pmsi = Some(Pmsi::read(value).ok_or(Bad::Withdraw(5))?),
            (LARGE, len) if len > 0 && len.is_multiple_of(12) => {
                let large = |bytes: &[u8]| [be32(bytes, 0), be32(bytes, 4), be32(bytes, 8)];
                self.more().large = value.chunks_exact(12).map(large).collect();
            }
            _ => return Err(Bad::Withdraw(5)),
        }
        Ok(())
    }

    fn unknown(&mut self, flags: u8, code: u8, value: &[u8]) -> Result<(), Bad> {
        if flags & OPTIONAL == 0 {
            return Err(Bad::Reset(2));
        }
        if flags & TRANSITIVE != 0 {
            let unknown = &mut self.more().unknown;
            let at = unknown.partition_point(|one| one.code < code);
            unknown.insert(at, Raw { flags: flags & !WIDE, code, value: value.to_vec() });
        }
        Ok(())
    }

    /// Puts the numbers of four bytes in the place of those of two (RFC 6793 §4.2.3).
    fn widen(&mut self) {
        let aggregator = self.found.more.as_ref().and_then(|more| more.aggregator);
        // Whoever summed up without knowing of four bytes left an old AS4_PATH behind.
        if aggregator.is_some_and(|(asn, _)| asn != super::AS_TRANS) {
            return;
        }
        if let Some(wide) = self.wide_aggregator.filter(|_| aggregator.is_some()) {
            self.more().aggregator = Some(wide);
        }
        if let Some(wide) = self.wide_path.take() {
            self.found.path = self.found.path.widened(&wide);
        }
    }

    /// Whether something is missing that every route has.
    pub(super) fn missing(&mut self, ipv4: bool, dialect: Dialect) {
        let needed = [(ORIGIN, true), (AS_PATH, true), (NEXT_HOP, ipv4), (LOCAL_PREF, dialect.internal)];
        if let Some((code, _)) = needed.into_iter().find(|(code, needed)| *needed && !self.has(*code)) {
            self.treat(Fault::with(fault::UPDATE, 3, &[code]));
        }
    }
}

fn words(value: &[u8]) -> Result<Vec<u32>, Bad> {
    if value.is_empty() || !value.len().is_multiple_of(4) {
        return Err(Bad::Withdraw(5));
    }
    Ok(value.chunks_exact(4).map(|word| be32(word, 0)).collect())
}

fn reach(value: &[u8]) -> Option<Box<Routes>> {
    let (head, rest) = value.split_at_checked(4)?;
    let (next_hop, rest) = rest.split_at_checked(usize::from(head[3]))?;
    let (_, nlri) = rest.split_first()?;
    let family = (be16(head, 0), head[2]);
    // A next hop of another length, or routes that cannot be told apart, hide where routes stand (RFC 7606 §5.3, §7.11).
    if family == EVPN && (!matches!(next_hop.len(), 4 | 16) || evpn::read_all(nlri).is_err()) {
        return None;
    }
    Some(Box::new(Routes { family, next_hop: next_hop.to_vec(), nlri: nlri.to_vec() }))
}

fn unreach(value: &[u8]) -> Option<Box<Routes>> {
    let (head, nlri) = value.split_at_checked(3)?;
    if (be16(head, 0), head[2]) == EVPN && evpn::read_all(nlri).is_err() {
        return None;
    }
    Some(Box::new(Routes { family: (be16(head, 0), head[2]), next_hop: Vec::new(), nlri: nlri.to_vec() }))
}

/// The head of an attribute; its length has two bytes if asked for or if one is too small.
fn head(bytes: &mut Vec<u8>, flags: u8, code: u8, len: usize, wide: bool) {
    if wide || len > 255 {
        bytes.extend([flags | WIDE, code]);
        bytes.extend((len.min(usize::from(u16::MAX)) as u16).to_be_bytes());
    } else {
        bytes.extend([flags, code, len as u8]);
    }
}

/// Routes of other families come first, so that a reader who finds a fault later knows them (RFC 7606 §5.1).
pub(super) fn write_others(bytes: &mut Vec<u8>, reach: Option<&Routes>, unreach: Option<&Routes>) {
    if let Some(routes) = reach {
        head(bytes, OPTIONAL, MP_REACH, 5 + routes.next_hop.len() + routes.nlri.len(), true);
        bytes.extend(routes.family.0.to_be_bytes());
        bytes.extend([routes.family.1, routes.next_hop.len().min(255) as u8]);
        bytes.extend(&routes.next_hop);
        bytes.push(0);
        bytes.extend(&routes.nlri);
    }
    if let Some(routes) = unreach {
        head(bytes, OPTIONAL, MP_UNREACH, 3 + routes.nlri.len(), !routes.nlri.is_empty());
        bytes.extend(routes.family.0.to_be_bytes());
        bytes.push(routes.family.1);
        bytes.extend(&routes.nlri);
    }
}

impl Attributes {
    /// Writes them in the order of their types.
    pub(super) fn write(&self, bytes: &mut Vec<u8>, ipv4: bool, dialect: Dialect) {
        let four = dialect.four_bytes;
        bytes.extend([TRANSITIVE, ORIGIN, 1, self.origin as u8]);
        head(bytes, TRANSITIVE, AS_PATH, self.path.bytes(four), dialect.wide_path);
        self.path.write(bytes, four);
        let word = |bytes: &mut Vec<u8>, flags: u8, code: u8, value: u32| {
            bytes.extend([flags, code, 4]);
            bytes.extend(value.to_be_bytes());
        };
        if ipv4 {
            word(bytes, TRANSITIVE, NEXT_HOP, self.next_hop.to_bits());
        }
        if let Some(med) = self.med {
            word(bytes, OPTIONAL, MED, med);
        }
        if let Some(local_pref) = self.local_pref.filter(|_| dialect.internal) {
            word(bytes, TRANSITIVE, LOCAL_PREF, local_pref);
        }
        if let Some(more) = &self.more {
            more.write_aggregation(bytes, dialect);
        }
        if !self.communities.is_empty() {
            head(bytes, OPTIONAL | TRANSITIVE, COMMUNITIES, self.communities.len() * 4, false);
            bytes.extend(self.communities.iter().flat_map(|community| community.to_be_bytes()));
        }
        if let Some(more) = &self.more {
            more.write_inside(bytes, dialect);
        }
        let wide_path = !four && self.path.is_wide();
        if wide_path {
            head(bytes, OPTIONAL | TRANSITIVE, AS4_PATH, self.path.bytes(true), false);
            self.path.write(bytes, true);
        }
        if let Some(more) = &self.more {
            more.write_rest(bytes, dialect);
        }
    }

    /// Its extended communities, read.
    pub fn extended(&self) -> impl Iterator<Item = Community> + '_ {
        self.more.iter().flat_map(|more| &more.extended).map(Community::read)
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        let more = self.more.as_ref().map_or(0, |more| size_of::<More>() + more.clusters.len() * 4);
        self.path.heap_bytes() + self.communities.capacity() * 4 + more
    }
}

impl More {
    fn write_aggregation(&self, bytes: &mut Vec<u8>, dialect: Dialect) {
        if self.atomic_aggregate {
            bytes.extend([TRANSITIVE, ATOMIC_AGGREGATE, 0]);
        }
        if let Some((asn, ip)) = self.aggregator {
            head(bytes, OPTIONAL | TRANSITIVE, AGGREGATOR, if dialect.four_bytes { 8 } else { 6 }, false);
            if dialect.four_bytes {
                bytes.extend(asn.to_be_bytes());
            } else {
                bytes.extend(u16::try_from(asn).unwrap_or(super::AS_TRANS as u16).to_be_bytes());
            }
            bytes.extend(ip.octets());
        }
    }

    fn write_inside(&self, bytes: &mut Vec<u8>, dialect: Dialect) {
        if dialect.internal {
            if let Some(originator) = self.originator {
                bytes.extend([OPTIONAL, ORIGINATOR_ID, 4]);
                bytes.extend(originator.octets());
            }
            if !self.clusters.is_empty() {
                head(bytes, OPTIONAL, CLUSTER_LIST, self.clusters.len() * 4, false);
                bytes.extend(self.clusters.iter().flat_map(Ipv4Addr::octets));
            }
        }
        if !self.extended.is_empty() {
            head(bytes, OPTIONAL | TRANSITIVE, EXTENDED, self.extended.len() * 8, false);
            bytes.extend(self.extended.as_flattened());
        }
    }

    fn write_rest(&self, bytes: &mut Vec<u8>, dialect: Dialect) {
        if let Some((asn, ip)) = self.aggregator.filter(|(asn, _)| !dialect.four_bytes && *asn > 0xffff) {
            bytes.extend([OPTIONAL | TRANSITIVE, AS4_AGGREGATOR, 8]);
            bytes.extend(asn.to_be_bytes());
            bytes.extend(ip.octets());
        }
        let raw = |bytes: &mut Vec<u8>, raw: &Raw| {
            head(bytes, raw.flags, raw.code, raw.value.len(), false);
            bytes.extend(&raw.value);
        };
        self.unknown.iter().filter(|one| one.code < PMSI).for_each(|one| raw(bytes, one));
        if let Some(pmsi) = &self.pmsi {
            head(bytes, OPTIONAL | TRANSITIVE, PMSI, pmsi.len(), false);
            pmsi.write(bytes);
        }
        self.unknown.iter().filter(|one| (PMSI..LARGE).contains(&one.code)).for_each(|one| raw(bytes, one));
        if !self.large.is_empty() {
            head(bytes, OPTIONAL | TRANSITIVE, LARGE, self.large.len() * 12, false);
            bytes.extend(self.large.iter().flatten().flat_map(|word| word.to_be_bytes()));
        }
        self.unknown.iter().filter(|one| one.code >= LARGE).for_each(|one| raw(bytes, one));
    }
}
