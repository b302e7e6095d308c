//! The lists of reasons of an IP stack as one.

use super::{ALL, COUNT, children, flows, groups};
use crate::explain::Reason;

const FLOWS: usize = COUNT + groups::COUNT;
const CHILDREN: usize = FLOWS + flows::COUNT;

/// All of them, in the order of their counters.
pub static WHOLE: [Reason; CHILDREN + children::COUNT] = {
    let mut whole = [ALL[0]; CHILDREN + children::COUNT];
    let mut at = 1;
    while at < whole.len() {
        whole[at] = if at < COUNT {
            ALL[at]
        } else if at < FLOWS {
            groups::ALL[at - COUNT]
        } else if at < CHILDREN {
            flows::ALL[at - FLOWS]
        } else {
            children::ALL[at - CHILDREN]
        };
        at += 1;
    }
    whole
};
