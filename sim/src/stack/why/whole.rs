//! The lists of reasons of an IP stack as one.

use super::routing::{eigrp, isis, sessions};
use super::{ALL, COUNT, children, flows, groups, reverse, routing, six};
use crate::explain::Reason;

const FLOWS: usize = COUNT + groups::COUNT;
const CHILDREN: usize = FLOWS + flows::COUNT;
/// Where the reasons of routing daemons begin.
pub(super) const ROUTING: usize = CHILDREN + children::COUNT;
/// Where those about ways back begin.
pub(super) const REVERSE: usize = ROUTING + routing::COUNT;

/// Where those about BGP sessions begin.
pub(super) const SESSIONS: usize = REVERSE + reverse::COUNT;
/// Where those about IS-IS begin.
pub(super) const ISIS: usize = SESSIONS + sessions::COUNT;
/// Where those about EIGRP begin.
pub(super) const EIGRP: usize = ISIS + isis::COUNT;

/// Where those about IPv6 begin.
pub(super) const SIX: usize = EIGRP + eigrp::COUNT;

/// All of them, in the order of their counters.
pub static WHOLE: [Reason; SIX + six::COUNT] = {
    let mut whole = [ALL[0]; SIX + six::COUNT];
    let mut at = 1;
    while at < whole.len() {
        whole[at] = if at < COUNT {
            ALL[at]
        } else if at < FLOWS {
            groups::ALL[at - COUNT]
        } else if at < CHILDREN {
            flows::ALL[at - FLOWS]
        } else if at < ROUTING {
            children::ALL[at - CHILDREN]
        } else if at < REVERSE {
            routing::ALL[at - ROUTING]
        } else if at < SESSIONS {
            reverse::ALL[at - REVERSE]
        } else if at < ISIS {
            sessions::ALL[at - SESSIONS]
        } else if at < EIGRP {
            isis::ALL[at - ISIS]
        } else if at < SIX {
            eigrp::ALL[at - EIGRP]
        } else {
            six::ALL[at - SIX]
        };
        at += 1;
    }
    whole
};
