//! Flooding: what is new reaches every router, once, and is acknowledged (RFC 2328 §13).

use std::cmp::Ordering;
use std::net::Ipv4Addr;

use super::database::{EVERYWHERE, Entry, Place, place};
use super::interface::{FaceState, Network};
use super::neighbour::{At, State, room};
use super::originate::REFRESH;
use super::{Ospf, why};
use crate::engine::RowChange;
use crate::explain::Reason;
use crate::routing::{Effect, Io};
use crate::stack::why::routing as sent;
use crate::time::SimDuration;
use crate::wire::ospf::lsa::{AS_EXTERNAL, LAST, LEN, MAX_AGE};
use crate::wire::ospf::{ALL_DROUTERS, ALL_ROUTERS, BadLsa, Body, Content, HEADER_LEN, Header, Lsa};

/// An instance that comes sooner after the one before is not taken.
const MIN_ARRIVAL: SimDuration = SimDuration::from_secs(1);
/// So long acknowledgements are gathered.
const ACK_DELAY: SimDuration = SimDuration::from_secs(1);

/// `router 10.0.0.1 seq 80000002`, and who made it where that is somebody else.
pub(super) fn named(header: &Header) -> String {
    let key = header.key;
    let of = if key.id == key.router { String::new() } else { format!(" of {}", key.router) };
    format!("{} {}{of} seq {:08x}", key.word(), key.id, header.seq)
}

impl Ospf {
    pub(super) fn update(&mut self, at: At, lsas: Vec<Lsa>, io: &mut Io<'_>) {
        if self.near(at).state < State::Exchange {
            return;
        }
        for lsa in lsas {
            if self.near(at).state < State::Exchange {
                return;
            }
            self.hear(at, lsa, io);
        }
        if self.near(at).state >= State::Exchange {
            self.loaded(at, io);
            self.ask(at, false, io);
        }
    }

    fn refuse_lsa(reason: Reason, header: &Header, io: &mut Io<'_>) {
        io.say(reason, |_| named(header));
    }

    /// One LSA of an update.
    fn hear(&mut self, at: At, lsa: Lsa, io: &mut Io<'_>) {
        let content = match lsa.check() {
            Ok(content) => content,
            Err(BadLsa::Checksum) => return Self::refuse_lsa(&why::LSA_CHECKSUM, &lsa.header, io),
            Err(BadLsa::Length) => return Self::refuse_lsa(&why::LSA_LENGTH, &lsa.header, io),
            Err(BadLsa::Type) => return Self::refuse_lsa(&why::LSA_TYPE, &lsa.header, io),
        };
        let face = &self.faces[at.0];
        if lsa.header.key.kind == AS_EXTERNAL && self.areas[face.area].stub {
            return Self::refuse_lsa(&why::LSA_STUB, &lsa.header, io);
        }
        let here = place(face.area, lsa.header.key);
        let known = self.database.get(&here);
        if known.is_none() && lsa.header.age >= MAX_AGE && !self.someone_is_loading() {
            return self.ack_at_once(at, lsa.header, io);
        }
        let order = known.map_or(Ordering::Greater, |entry| lsa.header.newer(&entry.header(io.now)));
        match order {
            Ordering::Greater => self.take(at, here, (lsa, content), io),
            _ if self.near(at).requests.contains_key(&here) => self.begin_exchange(at, &why::BAD_REQUEST, io),
            Ordering::Equal => self.heard_before(at, here, lsa.header, io),
            Ordering::Less => self.tell_newer(at, here, io),
        }
    }

    fn someone_is_loading(&self) -> bool {
        let mut all = self.faces.iter().flat_map(|face| &face.neighbours);
        all.any(|near| matches!(near.state, State::Exchange | State::Loading))
    }

    /// A newer instance: install it, tell it on, acknowledge it (RFC 2328 §13 (5)).
    fn take(&mut self, at: At, here: Place, (lsa, content): (Lsa, Content), io: &mut Io<'_>) {
        let known = self.database.get(&here);
        if known.is_some_and(|entry| io.now.since(entry.since) < MIN_ARRIVAL && !self.is_made_here(here, entry)) {
            return Self::refuse_lsa(&why::TOO_SOON, &lsa.header, io);
        }
        let header = lsa.header;
        self.install(here, (lsa, content), &why::NEWER, io);
        let back = self.flood(here, Some(at), io);
        let face = &self.faces[at.0];
        let from_dr = self.near(at).ip == face.dr;
        if !back && (face.state != FaceState::Backup || from_dr) {
            self.ack_later(at.0, header, io);
        }
        if self.is_own(here.1) {
            if let Some(entry) = self.database.get(&here).cloned() {
                self.database.insert(here, Entry { foreign: true, ..entry });
            }
            io.say(&why::OWN_HEARD, |_| named(&header));
            self.dirty = true;
        }
    }

    /// It was put there by this router, so its time says when it was made and not when it arrived.
    fn is_made_here(&self, here: Place, entry: &Entry) -> bool {
        self.is_own(here.1) && !entry.foreign
    }

    /// The same instance again: an acknowledgement, or a copy that wants one (RFC 2328 §13 (7)).
    fn heard_before(&mut self, at: At, here: Place, header: Header, io: &mut Io<'_>) {
        let face = &self.faces[at.0];
        let backup_from_dr = face.state == FaceState::Backup && self.near(at).ip == face.dr;
        if self.near_mut(at).unacked.remove(&here).is_none() {
            self.ack_at_once(at, header, io);
        } else if backup_from_dr {
            self.ack_later(at.0, header, io);
        }
    }

    /// An older one: the sender gets the newer one back (RFC 2328 §13 (8)).
    fn tell_newer(&mut self, at: At, here: Place, io: &Io<'_>) {
        let Some(entry) = self.database.get(&here) else { return };
        if entry.is_dead(io.now) && entry.lsa.header.seq == LAST {
            return;
        }
        let lsa = entry.told(io.now);
        self.queue.push((at.0, self.towards(at), &sent::GIVEN, lsa));
    }

    /// Puts an instance into the database.
    pub(super) fn install(&mut self, here: Place, (lsa, content): (Lsa, Content), reason: Reason, io: &mut Io<'_>) {
        for near in self.faces.iter_mut().flat_map(|face| &mut face.neighbours) {
            near.unacked.remove(&here);
        }
        let row = self.database.row_of(here);
        let header = lsa.header;
        let entry = Entry { lsa, content, since: io.now, foreign: false, row, written: io.event };
        let gone = header.age >= MAX_AGE;
        self.dying |= gone;
        if !gone {
            let refresh = self.is_own(here.1) && header.age < REFRESH;
            self.wake(entry.when(if refresh { REFRESH } else { MAX_AGE }));
        }
        let before = self.database.insert(here, entry);
        let change = if before.is_some() { RowChange::Changed } else { RowChange::Added };
        io.effects.push(Effect::WroteMore(row, change));
        io.say(if gone { &why::FLUSHED } else { reason }, |_| named(&header));
        let same = before.is_some_and(|before| {
            !before.is_dead(io.now) && before.lsa.header.options == header.options && !gone && {
                let after = self.database.get(&here);
                after.is_some_and(|after| after.content == before.content)
            }
        });
        if !same {
            self.schedule(io);
        }
    }

    /// Tells what the database has at a place to all who should have it; true if it went back where it came from
    /// (RFC 2328 §13.3).
    pub(super) fn flood(&mut self, here: Place, from: Option<At>, io: &mut Io<'_>) -> bool {
        let Some(entry) = self.database.get(&here) else { return false };
        let (header, lsa) = (entry.header(io.now), entry.told(io.now));
        let again = io.now + self.config.retransmit;
        let mut back = false;
        for link in 0..self.faces.len() {
            let face = &self.faces[link];
            let within = here.0 == face.area || (here.0 == EVERYWHERE && !self.areas[face.area].stub);
            if !within || face.state == FaceState::Down {
                continue;
            }
            let mut wanted = false;
            for at in 0..self.faces[link].neighbours.len() {
                wanted |= from != Some((link, at)) && self.lacks((link, at), here, &header, again);
                if from == Some((link, at)) {
                    self.lacks((link, at), here, &header, again);
                    self.near_mut((link, at)).unacked.remove(&here);
                }
            }
            let face = &self.faces[link];
            let came = from.filter(|(came, _)| *came == link).map(|at| self.near(at).ip);
            let heard = came.is_some_and(|ip| ip == face.dr || ip == face.bdr) || face.state == FaceState::Backup;
            if wanted && !(came.is_some() && heard && face.network == Network::Broadcast) {
                back |= came.is_some();
                self.queue.push((link, self.everybody(link), &sent::FLOOD, lsa.clone()));
            }
        }
        back
    }

    /// Whether a neighbour is still to get an instance; if so it is told again until it has acknowledged it.
    fn lacks(&mut self, at: At, here: Place, header: &Header, again: crate::time::SimTime) -> bool {
        let near = self.near_mut(at);
        if near.state < State::Exchange {
            return false;
        }
        if let Some(wanted) = near.requests.get(&here) {
            let order = header.newer(wanted);
            if order != Ordering::Less {
                near.requests.remove(&here);
            }
            if order != Ordering::Greater {
                return false;
            }
        }
        near.unacked.insert(here, again);
        true
    }

    /// Whom floods on a link are addressed to.
    fn everybody(&self, link: usize) -> Ipv4Addr {
        let face = &self.faces[link];
        if face.network == Network::PointToPoint || face.is_designated() { ALL_ROUTERS } else { ALL_DROUTERS }
    }

    fn ack_at_once(&mut self, at: At, header: Header, io: &mut Io<'_>) {
        self.tell_one(at, Body::Ack(vec![header]), &sent::ACK, io);
    }

    fn ack_later(&mut self, link: usize, header: Header, io: &Io<'_>) {
        let face = &mut self.faces[link];
        face.acks.push(header);
        face.ack_at = face.ack_at.or(Some(io.now + ACK_DELAY));
    }

    /// Sends the acknowledgements of a link that have been gathered.
    pub(super) fn send_acks(&mut self, link: usize, io: &mut Io<'_>) {
        let face = &mut self.faces[link];
        face.ack_at = None;
        let acks = std::mem::take(&mut face.acks);
        let room = (room(io.links[link].mtu, HEADER_LEN) / LEN).max(1);
        for part in acks.chunks(room) {
            self.tell(link, self.everybody(link), Body::Ack(part.to_vec()), &sent::ACK, io);
        }
    }

    /// A neighbour has received LSAs (RFC 2328 §13.7).
    pub(super) fn acknowledged(&mut self, at: At, headers: &[Header], io: &Io<'_>) {
        if self.near(at).state < State::Exchange {
            return;
        }
        for header in headers {
            let here = place(self.faces[at.0].area, header.key);
            let same = self.database.get(&here).is_some_and(|entry| header.newer(&entry.header(io.now)).is_eq());
            if same {
                self.near_mut(at).unacked.remove(&here);
            }
        }
    }

    /// Tells a neighbour again what it has not acknowledged in time.
    pub(super) fn retransmit(&mut self, at: At, io: &Io<'_>) {
        let again = io.now + self.config.retransmit;
        let due = |(place, due): (&Place, &crate::time::SimTime)| (*due <= io.now).then_some(*place);
        let places: Vec<Place> = self.near(at).unacked.iter().filter_map(due).collect();
        let to = self.towards(at);
        for here in places {
            match self.database.get(&here) {
                Some(entry) => {
                    self.queue.push((at.0, to, &sent::AGAIN, entry.told(io.now)));
                    self.near_mut(at).unacked.insert(here, again);
                }
                None => _ = self.near_mut(at).unacked.remove(&here),
            }
        }
    }

    /// Sends what the present event wants sent, as few packets as it fits in.
    pub(super) fn send_queue(&mut self, io: &mut Io<'_>) {
        let mut queue = std::mem::take(&mut self.queue);
        while let Some(&(link, to, reason, _)) = queue.first() {
            let most = room(io.links[link].mtu, HEADER_LEN + 4);
            let (mut lsas, mut taken): (Vec<Lsa>, usize) = (Vec::new(), 0);
            queue.retain(|(of, whom, why, lsa)| {
                let len = LEN + lsa.bytes.len();
                let fits = lsas.is_empty() || taken + len <= most;
                let goes = (*of, *whom, why.slug) == (link, to, reason.slug) && fits;
                if goes && !lsas.contains(lsa) {
                    taken += len;
                    lsas.push(lsa.clone());
                }
                !goes
            });
            self.tell(link, to, Body::Update(lsas), reason, io);
        }
    }

    /// Removes what is flushed everywhere (RFC 2328 §14).
    pub(super) fn bury(&mut self, io: &mut Io<'_>) {
        if !self.dying || self.someone_is_loading() {
            return;
        }
        let waits = |here: &Place| {
            let mut all = self.faces.iter().flat_map(|face| &face.neighbours);
            all.any(|near| near.unacked.contains_key(here))
        };
        let dead = self.database.iter().filter(|(here, entry)| entry.is_dead(io.now) && !waits(here));
        let dead: Vec<Place> = dead.map(|(here, _)| *here).collect();
        for here in dead {
            if let Some(entry) = self.database.remove(&here) {
                io.effects.push(Effect::WroteMore(entry.row, RowChange::Removed));
                self.dirty |= self.is_own(here.1);
            }
        }
        self.dying = self.database.iter().any(|(_, entry)| entry.is_dead(io.now));
    }
}
