//! Where the extra bytes of a packet come from, in two runs side by side.

use overunder_sim::lang::Lang;
use overunder_sim::measure::account::Part;

use super::{bench, open, press, run};
use crate::app::against::Against;
use crate::app::effect::Effect;
use crate::app::extra::{Place, Row};
use crate::app::keymap::Key;
use crate::app::lab::{self, Lab};
use crate::app::message::Msg;
use crate::app::model::{Model, Pane};
use crate::app::update::update;
use crate::app::{beside, command, sample};

fn zoo(variant: &str) -> Model {
    let mut model = open(sample::ping_plan());
    let opened = Lab::shipped("14-tunnel-zoo", Lang::En, Some(variant), None).expect("it is shipped");
    lab::put(&mut model, opened.expect("it is sound"));
    model
}

fn against(model: &Model) -> &Against {
    bench(model).against.as_ref().expect("there is another run")
}

/// On, until the packet was on a cable in both runs.
fn to_a_cable(model: &mut Model) {
    for _ in 0..400 {
        press(model, ".");
        let trips = against(model).trips.as_ref();
        if trips
            .is_some_and(|(own, other)| own.widest().is_some() && other.as_ref().is_some_and(|o| o.widest().is_some()))
        {
            return;
        }
    }
    panic!("no packet on a cable");
}

fn enter(model: &mut Model) {
    update(model, Msg::Key(Key::Enter));
}

fn differing(model: &Model) -> Vec<(Place, i64)> {
    let extra = against(model).extra.as_ref().expect("it was asked for");
    let more = |row: &Row| (row.place, row.bytes[1] as i64 - row.bytes[0] as i64);
    extra.rows.iter().map(more).filter(|(_, more)| *more != 0).collect()
}

#[test]
fn every_envelope_is_told_header_by_header() {
    let outer = |name, more| (Place::In(Part::Outer, name), more);
    let tunnel = |name, more| (Place::In(Part::Tunnel, name), more);
    let frame = (Place::In(Part::Inner, "eth"), 14);
    // Of the 16 bytes of Geneve 8 are an option of the lab.
    for (variant, wanted) in [
        ("ipip", vec![outer("ipv4", 20)]),
        ("gre", vec![outer("ipv4", 20), tunnel("gre", 4)]),
        ("flannel-udp", vec![outer("ipv4", 20), outer("udp", 8)]),
        ("gretap", vec![outer("ipv4", 20), tunnel("gre", 4), frame]),
        ("vxlan", vec![outer("ipv4", 20), outer("udp", 8), tunnel("vxlan", 8), frame]),
        ("geneve", vec![outer("ipv4", 20), outer("udp", 8), tunnel("geneve", 16), frame]),
        ("sleeve", vec![outer("ipv4", 20), outer("udp", 8), tunnel("sleeve", 20), frame]),
    ] {
        let mut model = zoo("none");
        run(&mut model, &format!("against {variant}"));
        to_a_cable(&mut model);
        enter(&mut model);
        assert_eq!(differing(&model), wanted, "{variant}");
        let extra = against(&model).extra.as_ref().expect("it was asked for");
        let (own, other) = against(&model).trips.as_ref().expect("a packet");
        let on_wire = [own, other.as_ref().expect("there too")].map(|trip| trip.largest().map_or(0, beside::on_wire));
        assert_eq!(extra.total(), on_wire, "{variant}: all bytes have a place");
        assert!(extra.put[0].is_empty() && extra.put[1].len() == 1, "{variant}: {:?}", extra.put);
    }
}

#[test]
fn an_encrypted_envelope_has_a_tag_and_padding_too() {
    let mut model = zoo("none");
    run(&mut model, "against wireguard");
    to_a_cable(&mut model);
    enter(&mut model);
    let found = differing(&model);
    let more = |name| found.iter().find(|(place, _)| *place == Place::In(Part::Tunnel, name)).map_or(0, |(_, n)| *n);
    assert_eq!(more("wireguard"), 16);
    assert!(more("wireguard-tag") >= 16, "the tag, and what fills the packet up: {found:?}");
}

#[test]
fn enter_asks_escape_goes_back_and_the_cursor_moves_both() {
    let mut model = zoo("none");
    press(&mut model, "7");
    enter(&mut model);
    let notice = model.notice.as_ref().map(|notice| notice.text.clone());
    assert_eq!(notice.as_deref(), Some(model.words().against_alone));
    run(&mut model, "against vxlan");
    enter(&mut model);
    assert!(against(&model).asked && against(&model).extra.is_none(), "nothing was on a cable");
    to_a_cable(&mut model);
    let first = differing(&model);
    press(&mut model, "G");
    assert!(against(&model).extra.is_some(), "it stays open");
    press(&mut model, "g");
    to_a_cable(&mut model);
    assert_eq!(differing(&model), first, "back is the same");
    run(&mut model, "zoom");
    update(&mut model, Msg::Key(Key::Esc));
    assert!(!against(&model).asked && bench(&model).zoomed, "one at a time");
    press(&mut model, "1");
    enter(&mut model);
    assert_eq!(bench(&model).focus, Pane::Tables, "on the map it is what it was");
    assert!(!against(&model).asked);
}

#[test]
fn both_keys_swap_the_sides_and_the_file_follows() {
    let mut model = zoo("none");
    run(&mut model, "against vxlan");
    to_a_cable(&mut model);
    enter(&mut model);
    let file = |model: &mut Model| {
        let effects = command::run(model, "export a.csv").expect("there is something");
        let [Effect::Export { text, .. }] = effects.as_slice() else { panic!("{effects:?}") };
        text.clone()
    };
    let told = file(&mut model);
    assert!(told.contains(",header,none,vxlan\n") && told.contains(",VXLAN header,0 B,8 B\n"), "{told}");
    let branches = bench(&model).session.timeline().branches().len();
    for key in ["o", "u"] {
        press(&mut model, key);
        assert!(against(&model).swapped, "{key}");
        let told = file(&mut model);
        assert!(told.contains(",header,vxlan,none\n") && told.contains(",VXLAN header,8 B,0 B\n"), "{told}");
        press(&mut model, key);
        assert_eq!(file(&mut model), file(&mut model));
        assert!(!against(&model).swapped, "{key}");
    }
    assert_eq!(bench(&model).session.timeline().branches().len(), branches, "no branch was made or left");
    // With the other run gone they are the keys of branches again.
    run(&mut model, "against");
    run(&mut model, "pane compare");
    press(&mut model, "u");
    assert!(model.notice.is_some(), "there is nothing to take back");
    assert!(command::run(&mut model, "swap").is_err() && command::run(&mut model, "extra").is_err());
}
