//! How long routers were wrong: measured from their tables, and usable in checks.

use crate::engine::Stop;
use crate::lab::judge::convergence::{Asked, START, Wrong};
use crate::lab::judge::{Convergence, Quantity};
use crate::lab::run::{Ran, run_variant};
use crate::lab::tests::routing::{LINE, network, sound};
use crate::lab::{EVENT_BUDGET, parse};
use crate::time::SimTime;

fn ran(text: &str, variant: Option<&str>) -> Ran {
    run_variant(&sound(text), variant, None, EVENT_BUDGET).unwrap()
}

fn known(ran: &Ran) -> &Convergence {
    ran.trace.convergence.as_deref().unwrap()
}

fn seconds(ran: &Ran, asked: Asked, name: &str) -> f64 {
    match asked.of(Some(known(ran)), name, ran.world.now()) {
        Quantity::Span(ns) => ns as f64 / 1e9,
        other => panic!("{other}"),
    }
}

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 0.1, "{found} is not {wanted}");
}

/// The network behind the cut loops from the first echo at 81 s; that of the cable itself until 281 s.
#[test]
fn a_count_to_infinity_is_a_loop_from_the_first_echo_to_sixteen() {
    let off = ran(LINE, Some("off"));
    near(seconds(&off, Asked::Looping, "cut"), 200.0);
    near(seconds(&off, Asked::Time, "cut"), 216.0);
    // There is no way any more, so nobody loses what could have arrived.
    near(seconds(&off, Asked::BlackHole, "cut"), 0.0);
    let known = known(&off);
    let first = known.next(Wrong::Loop, known.phases()[1].began.event).unwrap();
    near(first.began.time.since(SimTime::ZERO).0 as f64 / 1e9, 81.0);
    let names: Vec<&str> = first.routers.iter().map(|at| off.world.device_name(*at)).collect();
    assert_eq!(names, ["b/ip", "c/ip"]);
    assert!(known.episodes().iter().all(|episode| episode.ended.is_some()), "{:#?}", known.episodes());
    let on = ran(LINE, Some("on"));
    near(seconds(&on, Asked::Looping, "cut"), 0.0);
    near(seconds(&on, Asked::Time, "cut"), 26.0);
    assert!(seconds(&on, Asked::BlackHole, START) > 1.0);
}

#[test]
fn checks_may_ask_for_it() {
    let expect = r#"expect: {
        "loop": In("off", AtLeast(Looping("cut"), "199s")), "none": In("on", Is(Looping("cut"), "0s")),
        "time": In("on", AtMost(Convergence("cut"), "27s")), "rows": In("on", AtLeast(Rewrites("cut"), 2)),
        "said": In("on", AtLeast(Messages("start"), 4)), "hole": In("on", AtLeast(BlackHole("start"), "1s")),
    },"#;
    let (head, rest) = LINE.split_at(LINE.find("    expect").unwrap());
    let text = format!("{head}{expect}{}", &rest[rest.find("    end:").unwrap()..]);
    for (name, outcome) in ran(&text, Some("on")).outcomes {
        assert!(outcome.holds, "{name}: {}", outcome.text.en);
    }
    let wrong = |from: &str, to: &str| parse("t.ron", &text.replacen(from, to, 1)).map(|_| ()).unwrap_err();
    assert_eq!(wrong("Rewrites(\"cut\")", "Rewrites(\"cutt\")").len(), 1);
    let silent = text.replacen("routing: Rip(split_horizon: Off, triggered: false, jitter: \"0s\"),", "", 1);
    assert!(parse("t.ron", &silent).is_err());
}

/// A ring loses packets until the other way round is known, and has forgotten nothing at the end.
#[test]
fn a_failure_with_another_way_leaves_black_holes_for_a_while() {
    let ring: Vec<_> = (0..6).map(|at| (at, (at + 1) % 6)).collect();
    let text = network(6, &ring, Some(0)).replacen("end: \"200s\"", "end: Quiet", 1);
    let ran = ran(&text, None);
    assert_eq!(ran.stop, Stop::Quiet);
    assert!(seconds(&ran, Asked::BlackHole, "cut") > 0.0);
    let known = known(&ran);
    assert!(known.episodes().iter().all(|episode| episode.ended.is_some()));
    let told = known.phases()[1].told.all();
    assert!(told.len() == 1 && told[0].0 == "rip" && told[0].1 > 4 && told[0].2 > 4 * 66, "{told:?}");
}

/// A neighbour that dies in silence is noticed after 180 s: no run is over before.
#[test]
fn a_run_waits_for_what_the_protocol_has_yet_to_notice() {
    let quiet = r#"Lab(format: 1, title: "t", idea: "i", routing: Rip(jitter: "0s"), end: END,
        nodes: {"a": Router(ips: {"b": "10.1.2.1/24", "n": "10.9.0.1/24"}), "h": Host(ip: "10.9.0.2/24"),
            "b": Router(ips: {"a": "10.1.2.2/24"})},
        links: [("a:b", "b:a"), ("a:n", "h")], events: {"deaf": (at: "100s", do: Loss("a--b", "100%"))})"#;
    for end in ["Quiet", "Converged"] {
        let ran = ran(&quiet.replace("END", end), None);
        near(seconds(&ran, Asked::Time, "deaf"), 171.0);
        assert!(ran.world.now() >= SimTime(451_000_000_000), "{end} {}", ran.world.now());
        assert_eq!(known(&ran).last(), known(&ran).phases()[1].last.unwrap().time);
    }
    assert!(parse("t.ron", &quiet.replace("END", "Converged").replace("routing: Rip(jitter: \"0s\"),", "")).is_err());
}
