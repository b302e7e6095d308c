//! The timers of the neighbour table (Linux `neigh_timer_handler`).

use super::app::NetError;
use super::neigh::{self, State};
use super::net::Net;
use super::{NEIGH, why};
use crate::engine::{Outbox, RowChange, Why};
use crate::id::PortNo;
use crate::time::SimTime;

impl Net {
    /// Some neighbour's timer has run out.
    pub(super) fn neighbour_timers(&mut self, now: SimTime, out: &mut Outbox<'_>) {
        for key in self.neigh.due(now) {
            self.neighbour_timer(now, key, out);
        }
        self.rearm(out);
    }

    fn neighbour_timer(&mut self, now: SimTime, key: u64, out: &mut Outbox<'_>) {
        let reachable = self.reachable_time(out);
        let Some(entry) = self.neigh.get_mut(key) else { return };
        let until_stale = entry.confirmed + reachable;
        match entry.state {
            State::Reachable if now < until_stale => entry.due = Some(until_stale),
            State::Reachable if now <= entry.used + neigh::DELAY => {
                self.set_state(out, key, State::Delay, Some(now + neigh::DELAY));
            }
            State::Reachable => self.set_state(out, key, State::Stale, None),
            State::Delay if now < entry.confirmed + neigh::DELAY => {
                self.set_state(out, key, State::Reachable, Some(until_stale));
            }
            State::Delay => {
                entry.probes = 0;
                self.set_state(out, key, State::Probe, None);
                self.ask(out, key);
            }
            State::Incomplete | State::Probe if entry.probes < neigh::PROBES => self.ask(out, key),
            State::Incomplete | State::Probe => self.give_up(key, out),
            State::Stale | State::Failed | State::Permanent => entry.due = None,
        }
    }

    /// The carrier of an interface is gone: what was learned there is forgotten, and nobody is told of the packets
    /// that waited (Linux `neigh_carrier_down`).
    pub(super) fn lose_link(&mut self, port: PortNo, out: &mut Outbox<'_>) {
        self.forget_neighbours(port, |state| state != State::Permanent, out);
    }

    /// Forgets the neighbours at an interface of which the test says so, and drops what waited for them.
    pub(super) fn forget_neighbours(&mut self, port: PortNo, test: impl Fn(State) -> bool, out: &mut Outbox<'_>) {
        let gone = |(key, entry): &(u64, &neigh::Entry)| neigh::port_of(*key) == port && test(entry.state);
        let keys: Vec<u64> = self.neigh.iter().filter(gone).map(|(key, _)| key).collect();
        for key in keys {
            let waiting = self.neigh.remove(key).map(|mut entry| entry.release()).unwrap_or_default();
            out.wrote(NEIGH, key, RowChange::Removed);
            for frame in waiting {
                out.drop(frame, &why::NEIGH_LINK_LOST);
            }
        }
        self.rearm(out);
    }

    /// Nobody answered: what waited is lost, and the applications are told.
    fn give_up(&mut self, key: u64, out: &mut Outbox<'_>) {
        self.set_state(out, key, State::Failed, None);
        let Some(entry) = self.neigh.get_mut(key) else { return };
        let waiting = entry.release();
        for frame in waiting {
            self.fail(&frame, NetError::HostUnreachable);
            out.drop_with(frame, Why::row(&why::NEIGH_FAILED, NEIGH, key), |out, frame| {
                // For a packet of somebody else its sender is told; complain() knows when not to.
                let ours = crate::wire::ipv4::check(&frame.bytes()[super::tunnel::ip_at(frame)..])
                    .is_ok_and(|ip| self.is_local(ip.src));
                if !ours {
                    self.complain(out, frame, crate::wire::icmp::UNREACHABLE, crate::wire::icmp::HOST, 0);
                }
            });
        }
    }
}
