//! The state machine of one network, transition by transition (RFC 7868 §3.5).

use super::super::dual::{Destination, Input, Outcome, Path, Who};
use super::super::metric::{HERE, INFINITY};
use super::*;
use crate::wire::eigrp::Metric;

const A: Who = (0, Ipv4Addr::new(10, 0, 0, 1));
const B: Who = (1, Ipv4Addr::new(10, 0, 1, 1));
const C: Who = (2, Ipv4Addr::new(10, 0, 2, 1));
const ALL: [Who; 3] = [A, B, C];

/// A way over a neighbour that is so far from there, and the link to it.
#[expect(clippy::unnecessary_wraps, reason = "as the machine takes it")]
fn way(reported: u32, link: u32) -> Option<Path> {
    let metric = Metric { delay: reported + link, ..HERE };
    Some(Path { metric, distance: reported + link, reported, via: Ipv4Addr::UNSPECIFIED })
}

struct Machine(Destination);

impl Machine {
    /// A at 10 over 1, B at 9 over 9, C at 30 over 1: B is feasible, C is not.
    fn settled() -> Self {
        let mut machine = Self(Destination::default());
        for (who, path) in [(A, way(10, 1)), (B, way(9, 9)), (C, way(30, 1))] {
            machine.0.input(Input::Update, who, path, &ALL);
        }
        assert_eq!((machine.0.fd, &machine.0.best[..]), (11, &[A][..]));
        machine
    }

    fn put(&mut self, input: Input, who: Who, path: Option<Path>) -> Outcome {
        let all: Vec<Who> = ALL.into_iter().filter(|near| input != Input::Lost || *near != who).collect();
        self.0.input(input, who, path, &all)
    }

    /// Transition, those asked, those answered, and where the question came from if one is open.
    fn step(&mut self, input: Input, who: Who, path: Option<Path>, wanted: (u8, &[Who], &[Who], Option<u8>)) {
        let outcome = self.put(input, who, path);
        let origin = self.0.active.as_ref().map(super::super::dual::Active::origin);
        assert_eq!((outcome.transition, &outcome.queries[..], &outcome.replies[..], origin), wanted);
    }
}

#[test]
fn a_neighbour_as_far_as_this_router_ever_was_is_not_safe() {
    let mut machine = Machine::settled();
    machine.put(Input::Update, B, way(11, 2));
    assert!(!machine.0.is_feasible(&machine.0.paths[&B]));
    machine.put(Input::Update, B, way(10, 3));
    assert!(machine.0.is_feasible(&machine.0.paths[&B]));
    machine.put(Input::Update, B, way(11, 2));
    machine.step(Input::Lost, A, None, (4, &[B, C], &[], Some(1)));
}

#[test]
fn passive_with_a_feasible_successor_asks_nobody_1_2() {
    let mut machine = Machine::settled();
    machine.step(Input::Query, C, None, (1, &[], &[C], None));
    machine.step(Input::Query, A, None, (2, &[], &[A], None));
    assert_eq!((machine.0.fd, machine.0.distance, &machine.0.best[..]), (11, 18, &[B][..]));
    // The feasible distance is the smallest since, not the present one.
    machine.step(Input::Update, A, way(10, 1), (2, &[], &[], None));
    assert_eq!((machine.0.fd, machine.0.distance), (11, 11));
    machine.step(Input::Update, A, way(5, 1), (2, &[], &[], None));
    assert_eq!(machine.0.fd, 6);
}

#[test]
fn the_shortest_way_must_be_safe_or_all_are_asked() {
    // B is feasible at 18, but C would be nearer at 12, and is not.
    let mut machine = Machine::settled();
    machine.put(Input::Update, C, way(11, 1));
    machine.step(Input::Lost, A, None, (4, &[B, C], &[], Some(1)));
    machine.step(Input::Reply, B, way(9, 9), (8, &[], &[], Some(1)));
    machine.step(Input::Reply, C, way(11, 1), (15, &[], &[], None));
    assert_eq!((machine.0.fd, &machine.0.best[..]), (12, &[C][..]));
}

/// Only A, and C that is not feasible.
fn without_b() -> Machine {
    let mut machine = Machine::settled();
    machine.put(Input::Update, B, None);
    machine
}

#[test]
fn a_way_that_worsens_is_asked_about_and_kept_meanwhile_4_6_7_8_15() {
    let mut machine = without_b();
    machine.step(Input::Update, A, way(40, 1), (4, &[A, B, C], &[], Some(1)));
    assert_eq!((machine.0.fd, machine.0.distance, &machine.0.best[..]), (11, 41, &[A][..]));
    machine.step(Input::Query, C, way(30, 1), (6, &[], &[C], Some(1)));
    machine.step(Input::Update, B, way(50, 9), (7, &[], &[], Some(1)));
    machine.step(Input::Reply, A, way(40, 1), (8, &[], &[], Some(1)));
    machine.step(Input::Reply, B, way(50, 9), (8, &[], &[], Some(1)));
    assert_eq!((machine.0.distance, &machine.0.best[..]), (41, &[A][..]));
    machine.step(Input::Reply, C, way(30, 1), (15, &[], &[], None));
    assert_eq!((machine.0.fd, machine.0.distance, &machine.0.best[..]), (31, 31, &[C][..]));
}

#[test]
fn a_question_of_the_next_hop_is_answered_last_3_13() {
    let mut machine = without_b();
    machine.step(Input::Query, A, None, (3, &[B, C], &[], Some(3)));
    machine.step(Input::Reply, B, None, (8, &[], &[], Some(3)));
    machine.step(Input::Reply, C, way(30, 1), (13, &[], &[A], None));
    assert_eq!((machine.0.fd, &machine.0.best[..]), (31, &[C][..]));
    // Nobody knows a way: that is an answer too.
    machine.step(Input::Query, C, None, (3, &[A, B], &[], Some(3)));
    machine.step(Input::Reply, A, None, (8, &[], &[], Some(3)));
    machine.step(Input::Reply, B, None, (13, &[], &[C], None));
    assert_eq!((machine.0.fd, machine.0.distance, machine.0.best.len()), (INFINITY, INFINITY, 0));
}

#[test]
fn a_way_that_worsens_again_is_asked_about_again_9_11_15() {
    let mut machine = without_b();
    machine.step(Input::Update, A, way(40, 1), (4, &[A, B, C], &[], Some(1)));
    machine.step(Input::Update, A, way(60, 1), (9, &[], &[], Some(0)));
    assert_eq!(machine.0.distance, 41);
    machine.step(Input::Reply, B, None, (8, &[], &[], Some(0)));
    machine.step(Input::Reply, C, None, (8, &[], &[], Some(0)));
    machine.step(Input::Reply, A, way(60, 1), (11, &[A, B, C], &[], Some(1)));
    assert_eq!((machine.0.distance, machine.0.fd), (61, 11));
    for (who, path, number) in [(A, way(60, 1), 8), (B, None, 8), (C, None, 15)] {
        machine.put(Input::Reply, who, path);
        _ = number;
    }
    assert_eq!((machine.0.fd, machine.0.distance, machine.0.active.is_none()), (61, 61, true));
}

#[test]
fn a_way_that_worsens_and_then_is_not_needed_is_not_asked_about_again_9_14() {
    let mut machine = without_b();
    machine.step(Input::Update, A, way(40, 1), (4, &[A, B, C], &[], Some(1)));
    machine.step(Input::Lost, A, None, (9, &[], &[], Some(0)));
    machine.step(Input::Reply, C, None, (8, &[], &[], Some(0)));
    // B is nearer than this router ever was.
    machine.step(Input::Reply, B, way(9, 9), (14, &[], &[], None));
    assert_eq!((machine.0.fd, &machine.0.best[..]), (11, &[B][..]));
}

#[test]
fn the_next_hop_asks_while_a_question_is_open_5_16_and_12() {
    for (told, transition, asked) in [(way(9, 9), 16, &[][..]), (way(20, 9), 12, &[B, C][..])] {
        let mut machine = without_b();
        machine.step(Input::Update, A, way(40, 1), (4, &[A, B, C], &[], Some(1)));
        machine.step(Input::Reply, A, way(40, 1), (8, &[], &[], Some(1)));
        machine.step(Input::Query, A, way(70, 1), (5, &[], &[], Some(2)));
        machine.step(Input::Reply, C, None, (8, &[], &[], Some(2)));
        let open = (transition == 12).then_some(3);
        let answered = if transition == 16 { &[A][..] } else { &[] };
        machine.step(Input::Reply, B, told, (transition, asked, answered, open));
    }
}

#[test]
fn the_next_hop_worsens_after_it_has_asked_10_16() {
    let mut machine = without_b();
    machine.step(Input::Query, A, way(40, 1), (3, &[B, C], &[], Some(3)));
    machine.step(Input::Update, A, way(80, 1), (10, &[], &[], Some(2)));
    machine.step(Input::Reply, C, None, (8, &[], &[], Some(2)));
    machine.step(Input::Reply, B, way(9, 9), (16, &[], &[A], None));
}

#[test]
fn a_neighbour_that_goes_has_answered() {
    let mut machine = without_b();
    machine.step(Input::Lost, A, None, (4, &[B, C], &[], Some(1)));
    machine.step(Input::Lost, B, None, (8, &[], &[], Some(1)));
    machine.step(Input::Lost, C, None, (15, &[], &[], None));
    assert_eq!(machine.0.distance, INFINITY);
    // Whoever asked and is gone gets no answer.
    let mut machine = without_b();
    machine.step(Input::Query, A, None, (3, &[B, C], &[], Some(3)));
    machine.put(Input::Lost, A, None);
    machine.put(Input::Reply, B, None);
    machine.step(Input::Reply, C, way(30, 1), (15, &[], &[], None));
}

#[test]
fn with_nobody_to_ask_a_question_is_answered_at_once() {
    let mut to = Destination::default();
    to.input(Input::Update, A, way(10, 1), &[A]);
    let outcome = to.input(Input::Lost, A, None, &[]);
    assert_eq!((outcome.transition, to.active.is_none(), to.fd), (15, true, INFINITY));
    to.input(Input::Update, A, way(10, 1), &[A]);
    let outcome = to.input(Input::Query, A, None, &[A]);
    assert_eq!((outcome.transition, &outcome.replies[..]), (13, &[A][..]));
}

#[test]
fn ways_that_are_as_far_are_used_together_and_each_may_go() {
    let mut machine = Machine::settled();
    machine.put(Input::Update, B, way(9, 2));
    assert_eq!(machine.0.best, [A, B]);
    machine.step(Input::Query, A, None, (2, &[], &[A], None));
    assert_eq!((&machine.0.best[..], machine.0.fd), (&[B][..], 11));
}
