//! Sequence number PDUs: complete ones say all a system has, partial ones acknowledge and ask
//! (ISO/IEC 10589 §7.3.15.2, §7.3.17).

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::Isis;
use super::circuit::number_of;
use crate::explain::Reason;
use crate::routing::Io;
use crate::stack::why::routing::isis as sent;
use crate::time::SimTime;
use crate::wire::isis::tlv::{self, Entry, Tlv};
use crate::wire::isis::{Level, Lsp, LspId, NodeId, Pdu, Snp, lsp};
use crate::wire::llc;

/// Entries of one TLV.
const IN_ONE: usize = tlv::MAX / lsp::ENTRY_LEN;

/// Entries that fit into one PDU behind the header of a complete one.
fn room(mtu: u16) -> usize {
    let tlvs = usize::from(mtu).saturating_sub(llc::LEN + 33) / (2 + IN_ONE * lsp::ENTRY_LEN);
    IN_ONE * tlvs.max(1)
}

fn parted(entries: &[Entry]) -> Vec<Tlv> {
    entries.chunks(IN_ONE).map(|part| Tlv::Entries(part.to_vec())).collect()
}

/// The id right behind one.
fn behind(id: LspId) -> LspId {
    let mut bytes = [0; 8];
    bytes[..6].copy_from_slice(&id.node.system.0);
    (bytes[6], bytes[7]) = (id.node.pseudonode, id.fragment);
    let next = u64::from_be_bytes(bytes).saturating_add(1).to_be_bytes();
    let mut system = id.node.system;
    system.0.copy_from_slice(&next[..6]);
    LspId { node: NodeId { system, pseudonode: next[6] }, fragment: next[7] }
}

impl Isis {
    /// Says all LSPs of a level there are.
    pub(super) fn tell_all_numbers(&self, link: usize, level: Level, reason: Reason, io: &mut Io<'_>) {
        let all: Vec<Entry> = self.database.of_level(level).map(|(_, entry)| entry.entry(io.now)).collect();
        let source = NodeId::of(self.id);
        let mut first = LspId::default();
        let room = room(io.links[link].mtu);
        let parts = all.chunks(room).count().max(1);
        for part in 0..parts {
            let entries = &all[(part * room).min(all.len())..((part + 1) * room).min(all.len())];
            let last = entries.last().filter(|_| part + 1 < parts).map_or(LspId::LAST, |entry| entry.id);
            let snp = Snp { level, source, range: Some((first, last)), tlvs: parted(entries) };
            self.tell(link, level, &Pdu::Snp(snp), reason, io);
            first = behind(last);
        }
    }

    /// An acknowledgement or a question is owed; on a LAN nothing is acknowledged.
    pub(super) fn owe(&mut self, link: usize, level: Level, id: LspId, lifetime: u16, now: SimTime) {
        let due = now + self.config.psnp;
        let circuit = &mut self.circuits[link];
        if !circuit.is_lan() {
            self.ssn.insert((link, level, id), lifetime);
            circuit.psnp_at = circuit.psnp_at.or(Some(due));
        }
    }

    /// An LSP that the other side has is to be had.
    fn ask(&mut self, link: usize, level: Level, entry: &Entry, now: SimTime) {
        let due = now + self.config.psnp;
        let circuit = &mut self.circuits[link];
        self.ssn.insert((link, level, entry.id), entry.lifetime);
        circuit.psnp_at = circuit.psnp_at.or(Some(due));
    }

    /// Acknowledges what is not kept.
    pub(super) fn acknowledge_at_once(&self, link: usize, lsp: &Lsp, io: &mut Io<'_>) {
        if !self.circuits[link].is_lan() {
            let source = NodeId { system: self.id, pseudonode: number_of(link) };
            let snp = Snp { level: lsp.level, source, range: None, tlvs: parted(&[lsp.entry()]) };
            self.tell(link, lsp.level, &Pdu::Snp(snp), &sent::PSNP, io);
        }
    }

    /// Sends the acknowledgements and questions of a link that have been gathered.
    pub(super) fn tell_numbers(&mut self, link: usize, io: &mut Io<'_>) {
        self.circuits[link].psnp_at = None;
        let source = NodeId { system: self.id, pseudonode: number_of(link) };
        let room = room(io.links[link].mtu);
        for level in Level::ALL {
            let range = (link, level, LspId::default())..=(link, level, LspId::LAST);
            let flags: Vec<_> = self.ssn.range(range).map(|(flag, lifetime)| (*flag, *lifetime)).collect();
            let mut entries: Vec<Entry> = Vec::new();
            for (flag, lifetime) in flags {
                self.ssn.remove(&flag);
                let known = self.database.get(&(level, flag.2)).map(|entry| entry.entry(io.now));
                entries.push(known.unwrap_or(Entry { lifetime, id: flag.2, seq: 0, checksum: 0 }));
            }
            let lan = self.circuits[link].is_lan();
            for part in entries.chunks(room) {
                let snp = Snp { level, source, range: None, tlvs: parted(part) };
                self.tell(link, level, &Pdu::Snp(snp), if lan { &sent::ASKS } else { &sent::PSNP }, io);
            }
        }
    }

    /// What a neighbour has (ISO/IEC 10589 §7.3.15.2).
    pub(super) fn hear_numbers(&mut self, link: usize, snp: &Snp, io: &Io<'_>) {
        let level = snp.level;
        let circuit = &self.circuits[link];
        let lan = circuit.is_lan();
        // On a LAN one answers for all.
        if lan && snp.range.is_none() && !circuit.lan[level.index()].is_designated(self.id) {
            return;
        }
        let heard: BTreeMap<LspId, &Entry> = snp.entries().map(|entry| (entry.id, entry)).collect();
        for (id, entry) in &heard {
            let flag = (link, level, *id);
            let Some(known) = self.database.get(&(level, *id)).map(|known| known.entry(io.now)) else {
                if entry.lifetime > 0 && entry.seq > 0 && entry.checksum > 0 {
                    self.ask(link, level, entry, io.now);
                }
                continue;
            };
            match entry.newer(&known) {
                Ordering::Equal => _ = self.srm.remove(&flag),
                Ordering::Greater => {
                    self.srm.remove(&flag);
                    self.ask(link, level, entry, io.now);
                }
                Ordering::Less => {
                    self.ssn.remove(&flag);
                    self.srm.insert(flag, (io.now, false));
                }
            }
        }
        let Some((first, last)) = snp.range else { return };
        let within = |id: &LspId| (first..=last).contains(id);
        let alive = self.database.of_level(level).filter(|(_, entry)| entry.lifetime(io.now) > 0);
        let lacks: BTreeSet<LspId> =
            alive.map(|(id, _)| id).filter(|id| within(id) && !heard.contains_key(id)).collect();
        for id in lacks {
            self.srm.insert((link, level, id), (io.now, false));
        }
    }
}
