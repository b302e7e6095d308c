//! The lists of reasons of an IP stack as one.

use super::routing::{eigrp, isis, sessions};
use super::{ALL, COUNT, children, flows, groups, reverse, routing};
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

/// All of them, in the order of their counters.
pub static WHOLE: [Reason; EIGRP + eigrp::COUNT] = {
    let mut whole = [ALL[0]; EIGRP + eigrp::COUNT];
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
        } else {
            eigrp::ALL[at - EIGRP]
        };
        at += 1;
    }
    whole
};
