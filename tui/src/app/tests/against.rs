//! Two runs side by side, locked on one packet.

use overunder_sim::lang::Lang;

use super::{bench, open, press, run};
use crate::app::against::Trip;
use crate::app::lab::{self, Lab};
use crate::app::model::{Model, Pane};
use crate::app::{command, sample};

fn stairs() -> Model {
    let mut model = open(sample::ping_plan());
    let opened = Lab::shipped("15-user-space-tunnel", Lang::En, Some("udp"), None).expect("it is shipped");
    lab::put(&mut model, opened.expect("it is sound"));
    run(&mut model, "predict off");
    model
}

fn trips(model: &Model) -> (Trip, Option<Trip>) {
    bench(model).against.as_ref().expect("there is another run").trips.clone().expect("a packet")
}

#[test]
fn the_same_packet_is_found_in_another_variant() {
    let mut model = stairs();
    run(&mut model, "against vxlan");
    assert_eq!(bench(&model).focus, Pane::Compare);
    let mut seen = 0;
    let mut before = (0, 0);
    for _ in 0..60 {
        press(&mut model, "n");
        let Some((here, Some(there))) = bench(&model).against.as_ref().and_then(|against| against.trips.clone()) else {
            continue;
        };
        // One datagram of 1000 bytes; in VXLAN there are 22 more on the cable.
        if here.largest().is_some_and(|bytes| bytes > 1_000) {
            assert_eq!(there.largest(), here.largest().map(|bytes| bytes + 22), "{here:?} {there:?}");
            assert_eq!(here.hops[here.at].device.split('/').next(), there.hops[there.at].device.split('/').next());
            assert!(here.lasted() > there.lasted(), "the stairs take time");
            assert!((here.at, there.at) >= before, "both go forward");
            before = (here.at, there.at);
            seen += 1;
        }
    }
    assert!(seen > 3, "{seen}");
}

#[test]
fn going_back_moves_both() {
    let mut model = stairs();
    run(&mut model, "against vxlan");
    press(&mut model, "nnnnnnnnnnnnnnnnnnnn");
    let there = trips(&model);
    press(&mut model, "p");
    press(&mut model, "n");
    assert_eq!(trips(&model), there);
    run(&mut model, "against");
    assert!(bench(&model).against.is_none());
}

#[test]
fn a_variant_that_is_none_and_a_question_that_is_open_are_told() {
    let mut model = stairs();
    let error = command::run(&mut model, "against vxlam").expect_err("there is none");
    assert!(error.contains("vxlam") && error.contains("vxlan"), "{error}");
    run(&mut model, "predict on");
    let error = command::run(&mut model, "against vxlan").expect_err("it would show the answer");
    assert_eq!(error, model.words().is_masked);
    let mut plain = open(sample::ping_plan());
    assert!(command::run(&mut plain, "against other").is_err());
}
