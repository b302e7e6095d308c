//! Sound labs run and hold what they say.

use super::samples::{FLOOD, HUB_AND_SWITCH};
use crate::engine::Stop;
use crate::lab::diagnostic::render;
use crate::lab::prove::prove;
use crate::lab::{EVENT_BUDGET, LabFile, Source, parse, run_variant, translation};
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
        // Daemons ask for ever; a lab with some may say when it ends, if it is not quiet before.
        let in_time = ran.stop == Stop::Time && text.contains(" end: \"");
        assert!(ran.stop == Stop::Quiet || in_time, "{}: {:?}", variant.name, ran.stop);
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

#[test]
fn what_is_shipped_holds_what_it_says() {
    for lab in crate::lab::shipped::LABS {
        all_hold(lab.text);
        assert!(crate::lab::shipped::find(lab.number()).is_some_and(|found| found.name == lab.name));
    }
}

#[test]
fn what_is_shipped_shows_what_it_says() {
    for shipped in crate::lab::shipped::LABS {
        let lab = sound(shipped.text);
        assert_eq!(render::all(&prove(&lab, EVENT_BUDGET), &lab.source), "", "{}", shipped.name);
        let words = shipped.words(Lang::Zh).expect("it is translated");
        assert_eq!(render::all(&translation::prove(&lab.source, &words, Lang::Zh), &words), "", "{}", shipped.name);
    }
}

#[test]
fn a_run_may_end_at_a_moment() {
    let until = |end: &str| {
        let text = HUB_AND_SWITCH.replacen("format: 1,", &format!("format: 1, end: {end},"), 1);
        let lab = sound(&text);
        let ran = run_variant(&lab, Some("switch"), None, EVENT_BUDGET).unwrap();
        (ran.stop, ran.world.now())
    };
    assert_eq!(until("\"1ns\"").0, Stop::Time);
    let (_, answered) = until("Answered(\"ping\", 1)");
    let (_, later) = until("After(Answered(\"ping\", 1), \"4s\")");
    assert!(answered.0 > 0 && later >= answered && later.0 <= answered.0 + 4_000_000_000, "{answered} {later}");
}

#[test]
fn nothing_happens_behind_the_end_though_a_stopped_timer_was_due() {
    // The answer stops the timer that waits for it; what comes next is the second ping, far behind the end.
    let text = HUB_AND_SWITCH.replacen("format: 1,", "format: 1, end: \"3s\",", 1);
    let later = "to: \"bob\"), \"later\": Ping(from: \"ann\", to: \"bob\", start: \"5s\")";
    let lab = sound(&text.replacen("to: \"bob\")", later, 1));
    let ran = run_variant(&lab, Some("switch"), None, EVENT_BUDGET).unwrap();
    assert!(ran.stop == Stop::Time && ran.world.now().0 < 3_000_000_000, "{:?} {}", ran.stop, ran.world.now());
}

#[test]
fn variants_are_named_by_any_of_their_values() {
    let lab = sound(FLOOD);
    let name = |wanted| lab.variant(wanted).map(|variant| variant.name.clone()).ok();
    assert_eq!(name(None).as_deref(), Some("none+small"));
    assert_eq!(name(Some("large")).as_deref(), Some("none+large"));
    assert_eq!(name(Some("large+port-security")).as_deref(), Some("port-security+large"));
    assert_eq!(name(Some("large+small")), None);
    assert_eq!(lab.variant_names().count(), 4);
    assert_eq!(lab.plan(Some("large"), Some(99)).map(|plan| plan.seed), Ok(99));
    assert_eq!(lab.plan(None, None).map(|plan| plan.seed), Ok(7));
}
