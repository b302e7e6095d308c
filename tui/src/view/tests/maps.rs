//! The map of every shipped lab, in every variant: nothing lies on anything else, whatever room there is.

use overunder_sim::lab::shipped;
use overunder_sim::lang::Lang;
use unicode_width::UnicodeWidthStr;

use crate::app::keymap::Key;
use crate::app::lab::Lab;
use crate::app::message::Msg;
use crate::app::model::{Bench, Links, Pane};
use crate::app::update::update;
use crate::view::map::place::{Place, Run};
use crate::view::map::scene::Scene;
use crate::view::tests::{LARGE, SMALL, open, run};

/// Every shipped lab in each of its variants.
fn benches() -> Vec<(String, Bench)> {
    let mut all = Vec::new();
    for lab in shipped::LABS {
        let file = lab.open(Lang::En).expect("a shipped lab is sound");
        let names: Vec<Option<String>> = match file.variant_names().map(str::to_owned).collect::<Vec<_>>() {
            names if names.is_empty() => vec![None],
            names => names.into_iter().map(Some).collect(),
        };
        for name in names {
            let lab = Lab::shipped(lab.name, Lang::En, name.as_deref(), None).expect("is there").expect("is sound");
            let title = format!("{} {}", lab.name, name.unwrap_or_default());
            all.push((title, lab.open(Lang::En).expect("can be built")));
        }
    }
    all
}

fn cell((x, y): (i32, i32)) -> Place {
    Place { x, y, width: 1, height: 1 }
}

/// What is written inside a node stays in its frame and apart from the rest; tunnels run through no node.
fn check(title: &str, scene: &Scene) {
    let places = &scene.sheet.places;
    for (at, place) in places.iter().enumerate() {
        assert!(!places[at + 1..].iter().any(|other| place.meets(*other)), "{title}: nodes overlap");
        assert!(place.y + place.height <= scene.sheet.size.1, "{title}: a node lies outside");
        let Some(inside) = &scene.stands[at].inside else { continue };
        assert!(inside.size.0 + 2 <= place.width && inside.size.1 + 2 <= place.height, "{title}: contents are cut");
        let spot = |token: &crate::view::map::inside::Token| Place {
            x: token.at.0,
            y: token.at.1,
            width: token.text.width() as i32,
            height: 1,
        };
        for (nth, token) in inside.tokens.iter().enumerate() {
            let spot_of = spot(token);
            assert!(spot_of.x >= 0 && spot_of.x + spot_of.width <= inside.size.0, "{title}: {} is cut", token.text);
            assert!(!inside.tokens[nth + 1..].iter().any(|other| spot(other).meets(spot_of)), "{title}: {token:?}");
            let crossed = |run: &Run| run.cells().iter().any(|at| cell(*at).meets(spot_of));
            assert!(!inside.runs.iter().any(|(_, run)| crossed(run)), "{title}: a line runs through {}", token.text);
        }
    }
    for tunnel in &scene.tunnels {
        for at in tunnel.runs.iter().flat_map(Run::cells) {
            assert!(!places.iter().any(|place| place.meets(cell(at))), "{title}: {} runs through a node", tunnel.label);
            assert!(at.1 < scene.sheet.size.1, "{title}: {} lies outside", tunnel.label);
        }
    }
}

#[test]
fn nothing_overlaps_in_any_room() {
    for (title, mut bench) in benches() {
        for room in [(i32::MAX, i32::MAX), (158, 40), (78, 17), (78, 13), (60, 12), (42, 10), (20, 6)] {
            check(&title, &Scene::of(&bench, room));
        }
        bench.places.folded = true;
        check(&title, &Scene::of(&bench, (42, 10)));
    }
}

#[test]
fn two_hosts_with_containers_show_them_on_a_small_screen() {
    let small = (42, 10);
    let mut shown = 0;
    for (title, bench) in benches().into_iter().filter(|(title, _)| ["06", "07", "13", "14"].contains(&&title[..2])) {
        let scene = Scene::of(&bench, small);
        assert!(scene.sheet.size.0 <= small.0 && scene.sheet.size.1 <= small.1, "{title}: {:?}", scene.sheet.size);
        let inside = scene.stands.iter().filter(|stand| stand.inside.is_some()).count();
        assert_eq!(inside, 2, "{title}: contents are hidden");
        shown += 1;
    }
    assert!(shown > 10, "{shown}");
}

#[test]
fn tunnels_follow_the_tables() {
    let lab = |name: &str, variant: Option<&str>| {
        let lab = Lab::shipped(name, Lang::En, variant, None).expect("is there").expect("is sound");
        Scene::of(&lab.open(Lang::En).expect("can be built"), (158, 40)).tunnels
    };
    let labels = |name, variant| lab(name, variant).into_iter().map(|tunnel| tunnel.label).collect::<Vec<_>>();
    assert_eq!(labels("07", Some("agree")), ["blue VNI 42"]);
    assert_eq!(labels("07", Some("other-vni")), ["blue VNI 24/42"], "both ends keep their own number");
    assert_eq!(labels("14", Some("none")), Vec::<String>::new(), "a routed pod network has no tunnel");
    assert_eq!(labels("14", Some("gre")), ["blue"]);
    assert_eq!(lab("09", None)[0].ends.len(), 4);
}

/// The map as text while a step plays: where the frame is at each tick.
fn film(name: &str, step: &str, ticks: usize) -> Vec<String> {
    let lab = Lab::shipped(name, Lang::En, None, None).expect("is there").expect("is sound");
    let mut model = open(lab.plan.clone(), Lang::En, SMALL);
    model.settings.animation = true;
    run(&mut model, &[&format!("goto {step}"), "pane map", "zoom"]);
    update(&mut model, Msg::Key(Key::Char(' ')));
    let mut pictures = Vec::new();
    for _ in 0..ticks {
        update(&mut model, Msg::Tick);
        pictures.push(crate::shot::text(&model));
    }
    pictures
}

#[test]
fn a_frame_that_plays_moves_on_cables_and_inside_nodes() {
    let dots = |picture: &String| {
        let lines = picture.lines().enumerate().skip(2).take(16);
        lines.filter_map(|(y, line)| line.find('●').map(|x| (x, y))).collect::<Vec<_>>()
    };
    let places: std::collections::BTreeSet<_> = film("07", "60", 80).iter().flat_map(dots).collect();
    assert!(places.len() > 3, "{places:?}");
    let still = film("07", "60", 0);
    assert!(still.is_empty());
}

#[test]
fn the_contents_of_a_node_can_be_closed_and_tunnels_taken_away() {
    let lab = Lab::shipped("07", Lang::En, None, None).expect("is there").expect("is sound");
    let mut model = open(lab.plan.clone(), Lang::En, LARGE);
    run(&mut model, &["goto 30", "pane map", "select h1"]);
    let before = crate::shot::text(&model);
    assert!(before.contains("(c1 10.1.0.1)") && before.contains("blue VNI 42"), "{before}");
    update(&mut model, Msg::Key(Key::Char('i')));
    let closed = crate::shot::text(&model);
    assert!(!closed.contains("(c1 10.1.0.1)") && closed.contains("(c3 10.1.0.3)"), "{closed}");
    update(&mut model, Msg::Key(Key::Char('v')));
    assert!(!crate::shot::text(&model).contains("blue VNI 42"));
    update(&mut model, Msg::Key(Key::Char('v')));
    let bench = model.bench().expect("a lab is open");
    assert_eq!((bench.places.links, bench.focus), (Links::Tunnels, Pane::Map));
    assert!(crate::shot::text(&model).contains("blue VNI 42"));
}
