//! Forward, back, along a packet, to a breakpoint, and what if.

use std::collections::BTreeMap;

use overunder_sim::id::EventNo;

use super::{bench, event, notice, open, press, run};
use crate::app::frame::{self, Difference};
use crate::app::history::Via;
use crate::app::model::Model;
use crate::app::rows::{self, Fate};
use crate::app::{sample, why, words};

/// Names of the devices a packet passes when followed from the present step.
fn follow(model: &mut Model) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        let here = bench(model);
        let device = here.session.moment().expect("a step").device;
        names.push(here.session.world().device_name(device).to_owned());
        let before = event(model);
        press(model, "N");
        if event(model) == before || names.len() > 50 {
            return names;
        }
    }
}

#[test]
fn going_back_shows_what_was_there() {
    let mut model = open(sample::flood_plan());
    let mut seen = BTreeMap::new();
    for _ in 0..60 {
        press(&mut model, "n");
        seen.insert(event(&model), bench(&model).session.world().digest());
    }
    for _ in 0..30 {
        press(&mut model, "p");
        assert_eq!(seen[&event(&model)], bench(&model).session.world().digest());
        assert!(!bench(&model).session.world().log().entries().is_empty(), "each step has its log");
    }
    press(&mut model, "g");
    assert_eq!(event(&model), 0);
    press(&mut model, "p");
    assert_eq!(notice(&model), words::words(overunder_sim::lang::Lang::En).at_start);
}

#[test]
fn a_packet_is_followed_hop_by_hop() {
    let mut model = open(sample::ping_plan());
    run(&mut model, "goto end");
    // The echo request is sent with the answer to the question who bob is.
    let requests = bench(&model).session.history().moments().iter().filter(|moment| {
        bench(&model).session.history().text(moment).contains("echo request") && matches!(moment.via, Via::Inside(_))
    });
    let first = requests.map(|moment| moment.event).min().expect("there is an echo request");
    run(&mut model, &format!("goto {first}"));
    let path = follow(&mut model);
    assert_eq!(path[..4], ["ann/eth0", "sw", "bob/eth0", "bob/ip"], "{path:?}");
    assert!(path.contains(&"ann/ip".to_owned()), "the answer comes back: {path:?}");
}

#[test]
fn causes_lead_back_to_whoever_began() {
    let mut model = open(sample::ping_plan());
    run(&mut model, "goto end");
    for place in 0..bench(&model).session.history().moments().len() {
        let moments = bench(&model).session.history().moments();
        if let Some(cause) = moments[place].cause {
            assert!((cause as usize) < place);
        }
    }
    run(&mut model, "goto 8");
    let from = event(&model);
    press(&mut model, "^");
    assert!(event(&model) < from);
    update_backspace(&mut model);
    assert_eq!(event(&model), from, "back where I came from");
}

fn update_backspace(model: &mut Model) {
    crate::app::update::update(model, crate::app::message::Msg::Key(crate::app::keymap::Key::Backspace));
}

#[test]
fn steps_by_cable_stop_at_arrivals_only() {
    let mut model = open(sample::ping_plan());
    for _ in 0..8 {
        press(&mut model, ".");
        assert!(matches!(bench(&model).session.moment().expect("a step").via, Via::Cable(..)));
    }
    let far = event(&model);
    press(&mut model, ",");
    assert!(event(&model) < far);
}

#[test]
fn a_filter_hides_all_but_what_it_names() {
    let mut model = open(sample::ping_plan());
    run(&mut model, "filter proto=arp node=sw");
    for _ in 0..2 {
        press(&mut model, "n");
        let here = bench(&model);
        let moment = here.session.moment().expect("a step");
        assert_eq!(here.session.world().device_name(moment.device), "sw");
        assert!(here.session.history().text(moment).starts_with("ARP"));
    }
    run(&mut model, "filter !proto=arp drop");
    press(&mut model, "g");
    press(&mut model, "n");
    assert_eq!(event(&model), 0, "nothing is lost in this lab");
    assert!(crate::app::filter::Filter::parse("colour=red").is_err());
    assert!(crate::app::filter::Filter::parse("node=").is_err());
}

#[test]
fn breakpoints_stop_a_run() {
    let mut model = open(sample::flood_plan());
    press(&mut model, "c");
    assert!(notice(&model).contains("no breakpoint"));
    run(&mut model, "break reason=bridge.flood*");
    run(&mut model, "continue");
    let here = bench(&model).session.moment().expect("a step");
    assert_eq!(here.verdict.expect("a verdict").1.slug, "bridge.flood-unknown");
    let first = event(&model);
    run(&mut model, "continue");
    assert!(event(&model) > first);
    press(&mut model, "b");
    run(&mut model, "nobreak");
    run(&mut model, "goto end");
    assert!(bench(&model).session.is_over());
}

#[test]
fn a_change_in_the_past_makes_a_branch_and_the_old_one_stays() {
    let mut model = open(sample::ping_plan());
    run(&mut model, "goto end");
    let (end, digest) = (event(&model), bench(&model).session.world().digest());
    run(&mut model, "goto 6");
    run(&mut model, "down bob--sw");
    assert_eq!(bench(&model).session.timeline().branches().len(), 2);
    run(&mut model, "goto end");
    let lost = bench(&model).session.history().moments().iter().filter(|moment| moment.dropped).count();
    assert!(lost > 0, "with the cable down something is lost");
    let other = (event(&model), bench(&model).session.world().digest());
    run(&mut model, "branch 0");
    run(&mut model, &format!("goto {end}"));
    assert_eq!((event(&model), bench(&model).session.world().digest()), (end, digest));
    run(&mut model, "branch 1");
    run(&mut model, &format!("goto {}", other.0));
    assert_eq!((event(&model), bench(&model).session.world().digest()), other);
    run(&mut model, "undo");
    assert_eq!((bench(&model).session.timeline().current(), event(&model)), (0, 6));
    run(&mut model, "pane compare");
    crate::app::panes::prepare(&mut model);
    let compared = bench(&model).compared.as_ref().expect("there are two branches");
    assert_eq!(compared.with, 1);
}

#[test]
fn a_refused_change_leaves_no_branch() {
    let mut model = open(sample::ping_plan());
    run(&mut model, "goto 5");
    for line in ["set sw colour red", "down nobody", "add sw fdb mac=nonsense port=1", "launch rocket"] {
        assert!(crate::app::command::run(&mut model, line).is_err(), "{line}");
    }
    assert_eq!(bench(&model).session.timeline().branches().len(), 1);
    assert_eq!(event(&model), 5);
}

#[test]
fn tables_tell_what_the_step_changed() {
    let mut model = open(sample::ping_plan());
    run(&mut model, "select sw");
    run(&mut model, "pane tables");
    run(&mut model, "goto 3");
    crate::app::panes::prepare(&mut model);
    let tables = rows::marked(bench(&model), bench(&model).selection.node);
    let fdb = &tables[0];
    assert_eq!(fdb.rows.iter().map(|(fate, _)| *fate).collect::<Vec<_>>(), [Fate::Added], "ann was learned");
    assert_eq!(fdb.rows[0].1.written, EventNo(3));
    run(&mut model, "mark");
    run(&mut model, "goto end");
    crate::app::panes::prepare(&mut model);
    let tables = rows::marked(bench(&model), bench(&model).selection.node);
    let fates: Vec<Fate> = tables[0].rows.iter().map(|(fate, _)| *fate).collect();
    assert_eq!(fates, [Fate::Changed, Fate::Added], "against the mark");
    run(&mut model, "flush sw fdb");
    crate::app::panes::prepare(&mut model);
    let tables = rows::marked(bench(&model), bench(&model).selection.node);
    assert!(tables[0].rows.iter().any(|(fate, _)| *fate == Fate::Removed));
}

#[test]
fn a_switch_says_which_row_it_used_and_what_it_did_not_read() {
    let mut model = open(sample::ping_plan());
    run(&mut model, "filter reason=bridge.forward-known");
    press(&mut model, "n");
    let lines = why::lines(bench(&model), words::words(overunder_sim::lang::Lang::En));
    let kinds: Vec<why::Kind> = lines.iter().map(|line| line.kind).collect();
    assert!(kinds.contains(&why::Kind::Look) && kinds.contains(&why::Kind::NotRead), "{lines:?}");
    let hit = lines.iter().find(|line| line.kind == why::Kind::Look).expect("a row");
    assert!(hit.text.starts_with("fdb: 02:00:00:00:00:01 (ann)"), "{}", hit.text);
    let ignored = lines.iter().find(|line| line.kind == why::Kind::NotRead).expect("something was not read");
    assert_eq!(ignored.text, "ARP 10.0.0.2 > 10.0.0.1");
    run(&mut model, "filter");
    press(&mut model, "2");
    // Enter on the row goes to the table, Enter on the row there to the event that wrote it.
    let at = lines.iter().position(|line| line.kind == why::Kind::Look).expect("a row");
    press(&mut model, &"j".repeat(at));
    let enter = crate::app::message::Msg::Key(crate::app::keymap::Key::Enter);
    crate::app::update::update(&mut model, enter.clone());
    assert_eq!(bench(&model).focus, crate::app::model::Pane::Tables);
    crate::app::update::update(&mut model, enter);
    assert_eq!(event(&model), 3, "where ann was learned");
}

#[test]
fn a_masked_future_cannot_be_reached() {
    let mut model = open(sample::ping_plan());
    run(&mut model, "goto end");
    run(&mut model, "goto 5");
    model.bench_mut().expect("open").session.set_mask(Some(EventNo(5)));
    press(&mut model, "n");
    assert_eq!(event(&model), 5);
    press(&mut model, "G");
    assert_eq!(event(&model), 5);
    run(&mut model, "goto 9");
    assert_eq!(event(&model), 5);
    model.bench_mut().expect("open").session.set_mask(None);
    press(&mut model, "n");
    assert_eq!(event(&model), 6);
}

#[test]
fn what_a_device_changed_is_told_by_field() {
    let mut model = open(sample::ping_plan());
    run(&mut model, "goto 3");
    assert_eq!(frame::differences(bench(&model).session.world()), Some(Vec::new()), "a switch changes nothing");
    let changed = Difference::Changed("ipv4", "ttl", "64".to_owned(), "63".to_owned());
    assert_ne!(frame::differences(bench(&model).session.world()), Some(vec![changed]));
    run(&mut model, "goto 1");
    assert_eq!(frame::differences(bench(&model).session.world()), None, "nothing came in");
}

#[test]
fn playing_goes_on_by_itself_and_stops_at_the_end() {
    let mut model = open(sample::ping_plan());
    press(&mut model, "==== ");
    for _ in 0..40 {
        crate::app::update::update(&mut model, crate::app::message::Msg::Tick);
    }
    assert!(event(&model) > 10, "{}", event(&model));
    for _ in 0..2_000 {
        crate::app::update::update(&mut model, crate::app::message::Msg::Tick);
    }
    assert!(!model.wants_ticks());
    assert!(bench(&model).journal.len() < 5, "playing leaves one line in the journal, not one for each step");
}
