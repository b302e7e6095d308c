//! The lists of reasons of an IP stack as one.

use super::{ALL, COUNT, flows, groups, routing};
use crate::explain::Reason;

/// All of them, in the order of their counters.
pub static WHOLE: [Reason; COUNT + groups::COUNT + flows::COUNT + routing::COUNT] = {
    let mut whole = [ALL[0]; COUNT + groups::COUNT + flows::COUNT + routing::COUNT];
    let mut at = 1;
    while at < whole.len() {
        whole[at] = if at < COUNT {
            ALL[at]
        } else if at < COUNT + groups::COUNT {
            groups::ALL[at - COUNT]
        } else if at < COUNT + groups::COUNT + flows::COUNT {
            flows::ALL[at - COUNT - groups::COUNT]
        } else {
            routing::ALL[at - COUNT - groups::COUNT - flows::COUNT]
        };
        at += 1;
    }
    whole
};
