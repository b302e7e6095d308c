//! Loops are found in any graph of next hops, and their times add up.

use super::ways::{Step, rounds};
use super::{At, Convergence, Episode, Wrong};
use crate::id::EventNo;
use crate::time::{SimDuration, SimTime};

fn steps(to: &[&[usize]]) -> Vec<Step> {
    to.iter().map(|to| Step { arrives: to.is_empty(), lost: false, to: to.to_vec() }).collect()
}

#[test]
fn a_loop_is_whoever_comes_back_to_itself_and_not_who_only_leads_there() {
    assert_eq!(rounds(&steps(&[&[1], &[2], &[]])), [0; 0]);
    // 0 and 1 pass it on to each other, 2 leads there.
    assert_eq!(rounds(&steps(&[&[1], &[0], &[0]])), [0, 1]);
    assert_eq!(rounds(&steps(&[&[1], &[2], &[3], &[1], &[]])), [1, 2, 3]);
    // Of two ways one may come back.
    assert_eq!(rounds(&steps(&[&[1, 2], &[0], &[]])), [0, 1]);
    // Two loops, and one between them that is in neither.
    assert_eq!(rounds(&steps(&[&[1], &[0], &[0, 3], &[4], &[3]])), [0, 1, 3, 4]);
    assert_eq!(rounds(&steps(&[&[0]])), [0]);
}

#[test]
fn two_networks_wrong_at_the_same_time_count_once() {
    let at = |seconds| At { event: EventNo(seconds), time: SimTime::ZERO + SimDuration::from_secs(seconds) };
    let episode = |began, ended: Option<u64>| Episode {
        wrong: Wrong::Loop,
        prefix: ([10, 0, 0, 0].into(), 24),
        routers: Vec::new(),
        began: at(began),
        ended: ended.map(at),
    };
    let episodes = vec![episode(10, Some(20)), episode(12, Some(15)), episode(18, Some(30)), episode(40, None)];
    let known =
        Convergence { ways: super::Ways::default(), phases: Vec::new(), episodes, open: Vec::new(), stale: false };
    let total = |from, to| known.wrong_between(Wrong::Loop, at(from).time, at(to).time);
    assert_eq!(total(0, 50), SimDuration::from_secs(30));
    assert_eq!(total(14, 45), SimDuration::from_secs(21));
    assert_eq!(total(31, 39), SimDuration::ZERO);
    assert_eq!(known.wrong_between(Wrong::Hole, at(0).time, at(50).time), SimDuration::ZERO);
}
