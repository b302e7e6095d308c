//! Packets that are acknowledged (RFC 7868 §5): each neighbour has at most one on its way, and it is sent again
//! until the neighbour has confirmed its number.

use super::dual::Who;
use super::topology::Said;
use super::{Eigrp, neighbour::State, why};
use crate::explain::Reason;
use crate::routing::{Effect, Io};
use crate::stack::why::routing::eigrp as sent;
use crate::time::SimTime;
use crate::wire::eigrp::{GROUP, INIT, Opcode, Packet, Route, Tlv};

/// A neighbour that has not confirmed a packet after so many repetitions is gone.
const TRIES: u8 = 16;
/// Headers of IP and EIGRP, and the longest classic route.
const HEADERS: usize = 40;
const ROUTE: usize = 29;

/// A packet that is acknowledged, without its number.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub opcode: Opcode,
    pub flags: u32,
    pub tlvs: Vec<Tlv>,
    pub why: Reason,
}

/// One that is on its way.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub item: Item,
    pub sequence: u32,
    pub tries: u8,
    pub again: SimTime,
}

impl Eigrp {
    fn number(&mut self) -> u32 {
        self.sequence = self.sequence.wrapping_add(1).max(1);
        self.sequence
    }

    pub(super) fn put(&self, who: Who, to_group: bool, packet: (Item, u32, u32), io: &mut Io<'_>) {
        let (item, sequence, ack) = packet;
        let Item { opcode, flags, tlvs, why } = item;
        let packet = Packet { opcode, flags, sequence, ack, virtual_router: 0, system: self.config.system, tlvs };
        let to = if to_group { GROUP } else { who.1 };
        io.effects.push(Effect::Tell { link: who.0, to, bytes: packet.write(), why });
    }

    /// Puts a packet into the queue of a neighbour.
    pub(super) fn queue(&mut self, who: Who, item: Item) {
        if let Some(near) = self.near_mut(who) {
            near.queue.push_back(item);
        }
    }

    /// Sends everything the present event has to say, and confirms what came in.
    pub(super) fn flush(&mut self, io: &mut Io<'_>) {
        let saying = std::mem::take(&mut self.saying);
        for link in 0..self.faces.len() {
            for opcode in [Opcode::Reply, Opcode::SiaReply, Opcode::Query, Opcode::SiaQuery, Opcode::Update] {
                self.group(link, opcode, &saying, io);
            }
            for at in 0..self.faces[link].neighbours.len() {
                let who = (link, self.faces[link].neighbours[at].ip);
                self.pump(who, io);
                if let Some(ack) = self.near_mut(who).and_then(|near| near.ack.take()) {
                    let item = Item { opcode: Opcode::Hello, flags: 0, tlvs: Vec::new(), why: &sent::ACK };
                    self.put(who, false, (item, 0, ack), io);
                }
            }
        }
    }

    /// What is said on one link in one kind of packet: to the group where all are told the same and none lags behind.
    fn group(&mut self, link: usize, opcode: Opcode, saying: &[Said], io: &mut Io<'_>) {
        let all: Vec<Who> = self.up().into_iter().filter(|who| who.0 == link).collect();
        let routes = |who: Who| -> Vec<Tlv> {
            let own = saying.iter().filter(|said| said.who == who && said.opcode == opcode);
            own.map(route).collect()
        };
        let each: Vec<(Who, Vec<Tlv>)> = all.iter().map(|who| (*who, routes(*who))).collect();
        let Some((_, first)) = each.iter().find(|(_, tlvs)| !tlvs.is_empty()) else { return };
        let most = most(io, link);
        let why = reason(opcode);
        let item = |tlvs: &[Tlv]| Item { opcode, flags: 0, tlvs: tlvs.to_vec(), why };
        let same = each.iter().all(|(_, tlvs)| tlvs == first);
        let idle = self.faces[link].neighbours.iter().all(|near| near.sent.is_none() && near.queue.is_empty());
        let may = matches!(opcode, Opcode::Query | Opcode::Update) && same && idle && first.len() <= most;
        if !may {
            for (who, tlvs) in &each {
                tlvs.chunks(most).for_each(|part| self.queue(*who, item(part)));
            }
            return;
        }
        let (sequence, again) = (self.number(), io.now + self.config.retransmit);
        for who in &all {
            if let Some(near) = self.near_mut(*who) {
                near.sent = Some(Sent { item: item(first), sequence, tries: 0, again });
            }
        }
        self.put((link, GROUP), true, (item(first), sequence, 0), io);
    }

    /// Sends the next packet of a queue, if nothing is on its way.
    fn pump(&mut self, who: Who, io: &mut Io<'_>) {
        let again = io.now + self.config.retransmit;
        let Some(near) = self.near_mut(who).filter(|near| near.sent.is_none()) else { return };
        let Some(item) = near.queue.pop_front() else { return };
        let ack = near.ack.take().unwrap_or(0);
        let sequence = self.number();
        if let Some(near) = self.near_mut(who) {
            near.sent = Some(Sent { item: item.clone(), sequence, tries: 0, again });
        }
        self.put(who, false, (item, sequence, ack), io);
    }

    /// Sends a packet again that was not confirmed in time.
    pub(super) fn retransmit(&mut self, who: Who, io: &mut Io<'_>) {
        let again = io.now + self.config.retransmit;
        let Some(near) = self.near_mut(who) else { return };
        let Some(on_its_way) = near.sent.as_mut().filter(|sent| sent.again <= io.now) else { return };
        if on_its_way.tries >= TRIES {
            return self.dismiss(who, &why::NOT_CONFIRMED, io);
        }
        (on_its_way.tries, on_its_way.again) = (on_its_way.tries + 1, again);
        let item = Item { why: &sent::AGAIN, ..on_its_way.item.clone() };
        let (sequence, ack) = (on_its_way.sequence, near.ack.take().unwrap_or(0));
        self.put(who, false, (item, sequence, ack), io);
    }

    /// The neighbour has confirmed a number.
    pub(super) fn confirmed(&mut self, who: Who, number: u32, io: &mut Io<'_>) {
        let Some(near) = self.near_mut(who) else { return };
        let Some(on_its_way) = near.sent.take_if(|sent| sent.sequence == number) else { return };
        if on_its_way.item.flags & INIT != 0 {
            near.init_confirmed = true;
            self.maybe_up(who, io);
        }
    }

    /// A packet with a number is new and its turn has come. Whatever is not new is confirmed once more.
    pub(super) fn is_new(&mut self, who: Who, packet: &Packet) -> bool {
        let Some(near) = self.near_mut(who) else { return false };
        let ahead = packet.sequence.wrapping_sub(near.last) as i32 > 0;
        if near.state != State::Up {
            return false;
        }
        if !ahead {
            near.ack = Some(packet.sequence);
            return false;
        }
        // Those who lag behind get it by itself.
        if packet.flags & crate::wire::eigrp::CONDITIONAL != 0 && near.may_take != Some(packet.sequence) {
            return false;
        }
        (near.last, near.ack) = (packet.sequence, Some(packet.sequence));
        true
    }
}

/// So many routes fit a packet.
pub(super) fn most(io: &Io<'_>, link: usize) -> usize {
    (usize::from(io.links[link].mtu).saturating_sub(HEADERS) / ROUTE).max(1)
}

fn route(said: &Said) -> Tlv {
    let next_hop = std::net::Ipv4Addr::UNSPECIFIED;
    Tlv::Route(Route { external: None, next_hop, metric: said.metric, networks: vec![said.network] })
}

fn reason(opcode: Opcode) -> Reason {
    match opcode {
        Opcode::Query => &sent::QUERY,
        Opcode::Reply => &sent::REPLY,
        Opcode::SiaQuery => &sent::SIA_QUERY,
        Opcode::SiaReply => &sent::SIA_REPLY,
        Opcode::Update | Opcode::Hello => &sent::UPDATE,
    }
}
