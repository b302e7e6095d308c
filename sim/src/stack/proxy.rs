//! Proxy ARP: a router answers for hosts behind it, so that neighbours hand it packets for them (RFC 1027; Linux
//! `net/ipv4/arp.c` `arp_fwd_proxy`, `net/core/neighbour.c` `pneigh_enqueue`).
//!
//! An answer waits for a random part of the delay, so that whoever really has the address can be first. A question put
//! to this host alone is answered at once. Left out: `proxy_arp_pvlan`, entries for single addresses.

use std::collections::VecDeque;
use std::net::Ipv4Addr;

use super::net::Net;
use super::{PROXY, why};
use crate::engine::{Outbox, Why};
use crate::id::PortNo;
use crate::rng::Stream;
use crate::time::{SimDuration, SimTime};
use crate::wire::arp::Arp;
use crate::wire::{Frame, Origin};

/// How long an answer may wait at most unless it is set otherwise (`net.ipv4.neigh.default.proxy_delay`).
pub const DELAY: SimDuration = SimDuration::from_ms(800);
/// Questions that wait at one host (`proxy_qlen`).
const MOST: usize = 64;

/// A question that will be answered.
#[derive(Clone, Copy, Debug)]
struct Asked {
    at: SimTime,
    port: PortNo,
    arp: Arp,
    origin: Origin,
}

/// Answers that wait.
#[derive(Clone, Debug, Default)]
pub struct Proxy {
    asked: VecDeque<Asked>,
    random: Option<Stream>,
}

impl Proxy {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.asked.clear();
    }
}

impl Net {
    /// Whether a question heard at `port` is answered for somebody else, and how long the answer may wait.
    pub(super) fn answers_for(&self, port: PortNo, target: Ipv4Addr) -> Option<SimDuration> {
        let delay = self.interfaces.get(port.index())?.proxy_arp.filter(|_| self.forwarding)?;
        // Nobody hands packets to a router that would send them back to where they came from.
        self.way_to(target).filter(|route| route.port != port && !target.is_multicast()).map(|_| delay)
    }

    /// Answers now or later.
    pub(super) fn answer_for(
        &mut self,
        (port, to_us): (PortNo, bool),
        delay: SimDuration,
        (arp, frame): (Arp, Frame),
        out: &mut Outbox<'_>,
    ) {
        let origin = frame.origin();
        if to_us || delay == SimDuration::ZERO {
            out.consume(frame, &why::ARP_PROXIED);
            return self.answer(port, origin, arp, Why::from(&why::ARP_PROXY_REPLY), out);
        }
        if self.proxy.asked.len() > MOST {
            return out.drop(frame, &why::ARP_PROXY_FULL);
        }
        let random = self.proxy.random.get_or_insert_with(|| out.stream("proxy-arp"));
        let at = out.now() + SimDuration(random.below(delay.0));
        out.consume(frame, &why::ARP_PROXIED);
        let place = self.proxy.asked.partition_point(|asked| asked.at <= at);
        self.proxy.asked.insert(place, Asked { at, port, arp, origin });
        self.rearm_proxy(out);
    }

    /// Time for some answers.
    pub(super) fn proxy_timers(&mut self, now: SimTime, out: &mut Outbox<'_>) {
        while self.proxy.asked.front().is_some_and(|asked| asked.at <= now) {
            let Some(asked) = self.proxy.asked.pop_front() else { break };
            self.answer(asked.port, asked.origin, asked.arp, Why::from(&why::ARP_PROXY_REPLY), out);
        }
        self.rearm_proxy(out);
    }

    fn rearm_proxy(&self, out: &mut Outbox<'_>) {
        match self.proxy.asked.front() {
            Some(asked) => out.arm(PROXY, asked.at),
            None => out.disarm(PROXY),
        }
    }
}
