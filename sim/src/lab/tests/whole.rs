//! Sound labs run and hold what they say.

use super::samples::{FLOOD, HUB_AND_SWITCH};
use crate::engine::Stop;
use crate::lab::diagnostic::render;
use crate::lab::{EVENT_BUDGET, LabFile, Source, parse, run_variant};
use crate::lang::Lang;
use crate::plan::show;

fn sound(text: &str) -> LabFile {
    parse("lab.ron", text)
        .unwrap_or_else(|findings| panic!("{}", render::all(&findings, &Source::new("lab.ron", text))))
}

fn all_hold(text: &str) {
    let lab = sound(text);
    assert_eq!(render::all(&lab.warnings, &lab.source), "");
    for variant in lab.variants() {
        let ran = run_variant(&lab, Some(&variant.name), None, EVENT_BUDGET).unwrap();
        assert_eq!(ran.stop, Stop::Quiet, "{}", variant.name);
        assert_eq!(ran.world.refused(), [], "{}", variant.name);
        for (name, outcome) in &ran.outcomes {
            assert!(
                outcome.holds,
                "{}: {name}: {}\n{}",
                variant.name,
                outcome.text(Lang::En),
                show::text(variant.plan(), Lang::En)
            );
        }
    }
}

#[test]
fn a_hub_tells_everybody_and_a_switch_does_not() {
    all_hold(HUB_AND_SWITCH);
}

#[test]
fn a_flooded_switch_does_what_the_lab_says() {
    all_hold(FLOOD);
}
