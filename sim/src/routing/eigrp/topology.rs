//! What neighbours are told and asked of networks, and the routes (RFC 7868 §5).

use std::net::Ipv4Addr;

use super::dual::{Destination, Input, Outcome, Path, Who};
use super::metric::{INFINITY, NOWHERE, beyond, distance};
use super::neighbour::network;
use super::transport::{Item, most};
use super::{Eigrp, why};
use crate::engine::RowChange;
use crate::explain::Reason;
use crate::routing::{Effect, Io, Protocol as _};
use crate::stack::fib::NextHop;
use crate::stack::rib::{Offer, Prefix};
use crate::stack::why::routing::eigrp as sent;
use crate::time::SimDuration;
use crate::wire::eigrp::{END_OF_TABLE, Metric, Opcode, Packet, Route, Tlv};

/// Flag of a route in an SIA reply: the sender is still asking itself.
const STILL_ACTIVE: u8 = 4;
/// A neighbour is asked so often whether it still works on a question.
const SIA_ROUNDS: u8 = 3;

/// Something for one neighbour.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub who: Who,
    pub opcode: Opcode,
    pub network: Prefix,
    pub metric: Metric,
}

/// A route as it was offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Used {
    ways: Vec<NextHop>,
    distance: u32,
}

impl Eigrp {
    /// A way by a neighbour, or on a link of this router.
    pub(super) fn path(&self, who: Who, told: &Metric, via: Ipv4Addr) -> Option<Path> {
        let metric = beyond(told, self.faces[who.0].cost, !who.1.is_unspecified())?;
        let k = &self.config.k;
        Some(Path { metric, distance: distance(&metric, k), reported: distance(told, k), via })
    }

    /// What a neighbour may know of a network: nothing where its link is the way there.
    fn wanted(&self, to: &Destination, who: Who) -> Option<Metric> {
        let back = self.config.split_horizon && to.best.iter().any(|hop| hop.0 == who.0);
        (to.distance != INFINITY && !back).then_some(to.own)
    }

    /// Something has happened to one way to a network.
    pub(super) fn feed(&mut self, to: Prefix, input: Input, who: Who, path: Option<Path>, io: &mut Io<'_>) {
        let known = self.networks.contains_key(&to);
        if !known && path.is_none() {
            if input == Input::Query {
                self.saying.push(Said { who, opcode: Opcode::Reply, network: to, metric: NOWHERE });
                io.say(&why::UNKNOWN, |_| format!("{}/{}", to.0, to.1));
            }
            return;
        }
        let all = self.up();
        let mut own = self.networks.remove(&to).unwrap_or_default();
        let before = own.clone();
        let outcome = own.input(input, who, path, &all);
        let half = SimDuration(self.config.active.0 / 2);
        if let Some(active) = own.active.as_mut().filter(|_| !outcome.queries.is_empty()) {
            active.since = if before.active.is_some() { active.since } else { io.now };
            active.sia_at = io.now + half;
        }
        for (whom, opcode) in outcome.queries.iter().map(|who| (*who, Opcode::Query)) {
            self.answer_or_ask(&mut own, to, (whom, opcode));
        }
        for whom in &outcome.replies {
            self.answer_or_ask(&mut own, to, (*whom, Opcode::Reply));
        }
        say(to, &before, &own, &outcome, io);
        let shown = |of: &Destination| (of.best.clone(), of.fd, of.active.as_ref().map(|open| open.pending.len()));
        let different = before.paths != own.paths || shown(&before) != shown(&own) || own.rows.is_empty();
        self.touched.insert(to);
        self.networks.insert(to, own);
        self.offer(to, io);
        if different {
            self.write_rows(to, io);
        }
    }

    fn answer_or_ask(&mut self, own: &mut Destination, network: Prefix, (who, opcode): (Who, Opcode)) {
        let wanted = self.wanted(own, who);
        match wanted {
            Some(metric) => _ = own.told.insert(who, metric),
            None => _ = own.told.remove(&who),
        }
        // What was asked before and is finished by now is not asked any more.
        self.saying.push(Said { who, opcode, network, metric: wanted.unwrap_or(NOWHERE) });
    }

    /// Offers the route to a network where it is different, or takes it back.
    fn offer(&mut self, to: Prefix, io: &mut Io<'_>) {
        let own = &self.networks[&to];
        let paths = || own.best.iter().filter_map(|who| Some((*who, own.paths.get(who)?)));
        let here = paths().any(|(who, _)| who.1.is_unspecified());
        let ways: Vec<NextHop> =
            paths().map(|(who, path)| NextHop { via: path.via, port: io.links[who.0].port }).collect();
        let distance = paths().next().map_or(INFINITY, |(_, path)| path.distance);
        let used = (!here && !ways.is_empty()).then_some(Used { ways, distance });
        if self.used.get(&to) == used.as_ref() {
            return;
        }
        let Some(used) = used else {
            self.used.remove(&to);
            io.effects.push(Effect::Withdraw(to));
            return;
        };
        let (first, more) = (used.ways[0], used.ways[1..].to_vec());
        let offer = Offer { via: first.via, port: first.port, more, protocol: Self::ROUTES, metric: distance };
        io.effects.push(Effect::Offer(to, offer));
        self.used.insert(to, used);
    }

    /// Tells neighbours what is different from what they were told. While a question is open nothing is told.
    pub(super) fn tell_changes(&mut self, io: &mut Io<'_>) {
        let all = self.up();
        for to in std::mem::take(&mut self.touched) {
            let Some(own) = self.networks.get(&to).filter(|own| own.active.is_none()) else { continue };
            let wanted: Vec<(Who, Option<Metric>)> = all.iter().map(|who| (*who, self.wanted(own, *who))).collect();
            let Some(own) = self.networks.get_mut(&to) else { continue };
            for (who, wanted) in wanted {
                if own.told.get(&who).copied() == wanted {
                    continue;
                }
                match wanted {
                    Some(metric) => _ = own.told.insert(who, metric),
                    None => _ = own.told.remove(&who),
                }
                let metric = wanted.unwrap_or(NOWHERE);
                self.saying.push(Said { who, opcode: Opcode::Update, network: to, metric });
            }
            if own.paths.is_empty() && own.told.is_empty() {
                let rows = std::mem::take(&mut own.rows);
                self.networks.remove(&to);
                io.effects.extend(rows.values().map(|(row, _)| Effect::WroteMore(*row, RowChange::Removed)));
            }
        }
    }

    /// A neighbour has come up and is told the whole table.
    pub(super) fn greet(&mut self, who: Who, io: &Io<'_>) {
        let mut tlvs = Vec::new();
        let all: Vec<Prefix> = self.networks.keys().copied().collect();
        for to in all {
            let own = &self.networks[&to];
            let Some(metric) = self.wanted(own, who).filter(|_| own.active.is_none()) else { continue };
            let next_hop = Ipv4Addr::UNSPECIFIED;
            tlvs.push(Tlv::Route(Route { external: None, next_hop, metric, networks: vec![to] }));
            self.networks.entry(to).and_modify(|own| _ = own.told.insert(who, metric));
        }
        let item = |flags, tlvs: &[Tlv]| Item { opcode: Opcode::Update, flags, tlvs: tlvs.to_vec(), why: &sent::TABLE };
        let parts: Vec<&[Tlv]> = tlvs.chunks(most(io, who.0)).collect();
        let (last, parts) = parts.split_last().map_or((&[][..], &[][..]), |(last, parts)| (*last, parts));
        for part in parts {
            self.queue(who, item(0, part));
        }
        self.queue(who, item(END_OF_TABLE, last));
    }

    /// A neighbour is gone: it knows nothing, and nothing leads there.
    pub(super) fn lost(&mut self, who: Who, io: &mut Io<'_>) {
        let all: Vec<Prefix> = self.networks.keys().copied().collect();
        for to in all {
            let Some(own) = self.networks.get_mut(&to) else { continue };
            own.told.remove(&who);
            let waits = |own: &Destination| {
                own.active.as_ref().is_some_and(|active| active.pending.contains(&who) || active.owed == Some(who))
            };
            if own.paths.contains_key(&who) || own.best.contains(&who) || waits(own) {
                self.feed(to, Input::Lost, who, None, io);
            } else {
                self.touched.insert(to);
            }
        }
    }

    /// What a packet says of networks.
    pub(super) fn told(&mut self, who: Who, packet: Packet, io: &mut Io<'_>) {
        for tlv in packet.tlvs {
            let Tlv::Route(route) = tlv else { continue };
            if route.external.is_some() {
                io.say(&why::EXTERNAL, |_| format!("{}", who.1));
                continue;
            }
            let via = Some(route.next_hop).filter(|hop| !hop.is_unspecified() && io.links[who.0].reaches(*hop));
            let via = via.unwrap_or(who.1);
            for to in route.networks {
                if !is_sound(to) {
                    io.say(&why::WRONG_NETWORK, |_| format!("{}/{} of {}", to.0, to.1, who.1));
                    continue;
                }
                self.told_of(who, packet.opcode, to, (&route.metric, via), io);
            }
        }
    }

    fn told_of(&mut self, who: Who, opcode: Opcode, to: Prefix, (metric, via): (&Metric, Ipv4Addr), io: &mut Io<'_>) {
        let path = self.path(who, metric, via);
        match opcode {
            Opcode::Update => self.feed(to, Input::Update, who, path, io),
            Opcode::Query => self.feed(to, Input::Query, who, path, io),
            Opcode::Reply => {
                let waits = |own: &Destination| own.active.as_ref().is_some_and(|active| active.pending.contains(&who));
                // An answer nobody waits for is late; what it says was said again since, or will be.
                if self.networks.get(&to).is_some_and(waits) {
                    self.feed(to, Input::Reply, who, path, io);
                }
            }
            Opcode::SiaQuery => {
                let own = self.networks.get(&to);
                let active = own.is_some_and(|own| own.active.is_some());
                let metric = own.and_then(|own| self.wanted(own, who)).unwrap_or(NOWHERE);
                let metric = Metric { flags: if active { STILL_ACTIVE } else { 0 }, ..metric };
                self.saying.push(Said { who, opcode: Opcode::SiaReply, network: to, metric });
            }
            Opcode::SiaReply => {
                let Some(active) = self.networks.get_mut(&to).and_then(|own| own.active.as_mut()) else { return };
                active.silent.remove(&who);
                if metric.flags & STILL_ACTIVE == 0 && active.pending.contains(&who) {
                    self.feed(to, Input::Reply, who, path, io);
                }
            }
            Opcode::Hello => {}
        }
    }

    /// Asks those who have not answered for half the time whether they still work on it, and gives up those who did not
    /// answer that either (RFC 7868 §4.4.1).
    pub(super) fn stuck(&mut self, io: &mut Io<'_>) {
        let half = SimDuration(self.config.active.0 / 2);
        let mut given_up: Vec<Who> = Vec::new();
        let due: Vec<Prefix> = self.networks.iter().filter(|(_, own)| is_due(own, io)).map(|(to, _)| *to).collect();
        for to in due {
            let Some(own) = self.networks.get_mut(&to) else { continue };
            let Some(active) = &mut own.active else { continue };
            let too_often = active.rounds >= SIA_ROUNDS;
            let (gone, asked): (Vec<Who>, Vec<Who>) =
                active.pending.iter().partition(|who| too_often || active.silent.contains(*who));
            (active.rounds, active.sia_at) = (active.rounds + 1, io.now + half);
            active.silent = asked.iter().copied().collect();
            for who in &asked {
                io.say(&why::SLOW, |links| format!("{}/{}: {} on {}", to.0, to.1, who.1, links[who.0].name));
                let metric = self.networks.get(&to).and_then(|own| self.wanted(own, *who)).unwrap_or(NOWHERE);
                self.saying.push(Said { who: *who, opcode: Opcode::SiaQuery, network: to, metric });
            }
            given_up.extend(gone);
        }
        given_up.sort_unstable();
        given_up.dedup();
        for who in given_up {
            self.dismiss(who, &why::STUCK, io);
        }
    }
}

fn is_due(own: &Destination, io: &Io<'_>) -> bool {
    own.active.as_ref().is_some_and(|active| active.sia_at <= io.now)
}

/// A network somebody can be in.
fn is_sound(to: Prefix) -> bool {
    let first = to.0.octets()[0];
    network(to) == to && (first != 0 || to.1 == 0) && first != 127 && first < 224
}

/// Says what has become of a network.
fn say(to: Prefix, before: &Destination, now: &Destination, outcome: &Outcome, io: &mut Io<'_>) {
    let reason: Reason = match (&before.active, &now.active) {
        (None, Some(active)) => {
            let (asked, distance) = (active.pending.len(), before.distance);
            io.say(&why::ACTIVE, |_| format!("{}/{}: {asked} asked, {} before", to.0, to.1, shown(distance)));
            return;
        }
        (Some(_), Some(_)) if matches!(outcome.transition, 11 | 12) => &why::ASKED_AGAIN,
        (Some(_), Some(_)) => return,
        (Some(_), None) if now.distance == INFINITY => &why::NOBODY,
        (Some(_), None) => &why::ANSWERED,
        (None, None) if !outcome.queries.is_empty() => return,
        (None, None) if (&before.best, before.distance) == (&now.best, now.distance) => return,
        (None, None) if now.best.iter().any(|who| who.1.is_unspecified()) => {
            io.say(&why::CONNECTED, |_| format!("{}/{}", to.0, to.1));
            return;
        }
        (None, None) if now.distance == INFINITY => &why::ALONE,
        (None, None) if before.best.is_empty() => &why::LEARNED,
        (None, None) if before.best == now.best => &why::SAME_NEXT_HOP,
        (None, None) if now.distance < before.distance => &why::NEARER,
        (None, None) if now.distance == before.distance => &why::AS_FAR,
        (None, None) => &why::FEASIBLE,
    };
    io.say(reason, |_| {
        if now.paths.is_empty() || now.distance == INFINITY {
            return format!("{}/{}", to.0, to.1);
        }
        let via = now.best.iter().filter_map(|who| now.paths.get(who)).map(|path| path.via.to_string());
        format!("{}/{} via {}, distance {}", to.0, to.1, via.collect::<Vec<_>>().join(", "), now.distance)
    });
}

fn shown(distance: u32) -> String {
    if distance == INFINITY { "unreachable".to_owned() } else { distance.to_string() }
}
