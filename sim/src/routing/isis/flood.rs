//! Flooding: what is new reaches every system. On a link of two it is acknowledged, on a LAN the designated system says
//! now and then what there is, and who misses something asks (ISO/IEC 10589 §7.3.14 to §7.3.16).

use std::cmp::Ordering;

use super::database::{Entry, Place};
use super::{Isis, why};
use crate::engine::RowChange;
use crate::explain::Reason;
use crate::routing::{Effect, Io};
use crate::stack::why::routing::isis as sent;
use crate::time::{SimDuration, SimTime};
use crate::wire::isis::{Level, Lsp, LspId, Pdu};

/// So long an LSP that is gone is kept, to be told (`ZeroAgeLifetime`).
pub(super) const KEPT: SimDuration = SimDuration::from_secs(60);

/// `level 2 LSP 0000.0000.0001.00-00 seq 00000003`.
pub(super) fn named(lsp: &Lsp) -> String {
    format!("level {} LSP {} seq {:08x}", lsp.level.number(), lsp.id, lsp.seq)
}

impl Isis {
    pub(super) fn is_own(&self, id: LspId) -> bool {
        id.node.system == self.id
    }

    /// An LSP of a neighbour.
    pub(super) fn hear_lsp(&mut self, link: usize, lsp: Lsp, io: &mut Io<'_>) {
        let place = (lsp.level, lsp.id);
        let flag = (link, lsp.level, lsp.id);
        let known = self.database.get(&place).map(|entry| entry.entry(io.now));
        let heard = lsp.entry();
        let Some(known) = known else {
            if lsp.lifetime == 0 {
                // Nobody forgets what he never knew, but the sender wants to hear that it has arrived.
                return self.acknowledge_at_once(link, &lsp, io);
            }
            return self.take(link, lsp, io);
        };
        let both_alive = heard.lifetime > 0 && known.lifetime > 0;
        match heard.newer(&known) {
            Ordering::Equal if both_alive && heard.checksum != known.checksum => self.confused(lsp, io),
            Ordering::Equal => {
                self.srm.remove(&flag);
                self.owe(link, lsp.level, lsp.id, lsp.lifetime, io.now);
            }
            Ordering::Greater => self.take(link, lsp, io),
            Ordering::Less => {
                self.ssn.remove(&flag);
                self.srm.insert(flag, (io.now, false));
            }
        }
    }

    /// A newer version: keep it, tell it on, acknowledge it (ISO/IEC 10589 §7.3.15.1 e).
    fn take(&mut self, link: usize, lsp: Lsp, io: &mut Io<'_>) {
        let place = (lsp.level, lsp.id);
        if self.is_own(lsp.id) {
            io.say(&why::OWN_HEARD, |_| named(&lsp));
            self.heard.insert(place, lsp.seq);
            self.dirty = true;
            return;
        }
        let lifetime = lsp.lifetime;
        self.install(lsp, &why::NEWER, io);
        self.flood(place, Some(link), io.now);
        if self.circuits[link].is_lan() {
            self.ssn.remove(&(link, place.0, place.1));
        } else {
            self.owe(link, place.0, place.1, lifetime, io.now);
        }
    }

    /// Two versions with one number: one of them is wrong, and nobody can tell which (ISO/IEC 10589 §7.3.16.2).
    fn confused(&mut self, lsp: Lsp, io: &mut Io<'_>) {
        let place = (lsp.level, lsp.id);
        io.say(&why::CONFUSED, |_| named(&lsp));
        if self.is_own(lsp.id) {
            self.heard.insert(place, lsp.seq);
            self.dirty = true;
            return;
        }
        self.install(lsp.purge(), &why::PURGED, io);
        self.flood(place, None, io.now);
    }

    /// Puts a version into the database.
    pub(super) fn install(&mut self, lsp: Lsp, reason: Reason, io: &mut Io<'_>) {
        let place = (lsp.level, lsp.id);
        let (row, gone) = (self.database.row_of(place), lsp.lifetime == 0);
        let reason = if gone && reason.slug == why::NEWER.slug { &why::PURGED } else { reason };
        io.say(reason, |_| named(&lsp));
        let tlvs = lsp.tlvs().unwrap_or_default();
        let refresh = if self.is_own(lsp.id) { super::originate::REFRESH_AT } else { 0 };
        let entry = Entry { lsp, tlvs, since: io.now, row, written: io.event };
        self.wake(if gone { io.now + KEPT } else { entry.when(refresh) });
        let says = |entry: &Entry| (entry.is_dead(), entry.lsp.flags);
        let now = says(&entry);
        let before = self.database.insert(place, entry);
        let change = if before.is_some() { RowChange::Changed } else { RowChange::Added };
        io.effects.push(Effect::WroteMore(row, change));
        let tlvs = self.database.get(&place).map(|entry| &entry.tlvs);
        let same = before.is_some_and(|before| says(&before) == now && Some(&before.tlvs) == tlvs);
        if !same {
            self.schedule(io);
        }
    }

    /// Marks a place as to be told on all links but the one it came by.
    pub(super) fn flood(&mut self, (level, id): Place, from: Option<usize>, now: SimTime) {
        for link in 0..self.circuits.len() {
            let flag = (link, level, id);
            if Some(link) == from {
                self.srm.remove(&flag);
            } else if self.circuits[link].up_at(level).next().is_some() {
                self.srm.insert(flag, (now, false));
                self.ssn.remove(&flag);
            }
        }
    }

    /// A neighbour on a link of two has come up: it gets all it does not say to have.
    pub(super) fn offer_all(&mut self, link: usize, level: Level, now: SimTime) {
        let due = now + self.config.retransmit;
        let all: Vec<LspId> = self.database.of_level(level).map(|(id, _)| id).collect();
        for id in all {
            self.srm.insert((link, level, id), (due, false));
        }
    }

    /// Sends the LSPs that are due. On a link of two they are sent again until they are acknowledged; on a LAN once.
    pub(super) fn send_lsps(&mut self, io: &mut Io<'_>) {
        let due = self.srm.iter().filter(|(_, (due, _))| *due <= io.now);
        let due: Vec<_> = due.map(|(flag, (_, again))| (*flag, *again)).collect();
        for (flag, again) in due {
            let (link, level, id) = flag;
            let Some(entry) = self.database.get(&(level, id)) else {
                self.srm.remove(&flag);
                continue;
            };
            let reason = if again { &sent::AGAIN } else { &sent::FLOOD };
            self.tell(link, level, &Pdu::Lsp(entry.told(io.now)), reason, io);
            if self.circuits[link].is_lan() {
                self.srm.remove(&flag);
            } else {
                self.srm.insert(flag, (io.now + self.config.retransmit, true));
            }
        }
    }
}
