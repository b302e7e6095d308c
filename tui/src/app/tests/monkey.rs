//! Keys in any order, on screens of any size: nothing may fail, whatever somebody does.

use overunder_sim::lab::Source;
use overunder_sim::lang::Lang;

use super::open;
use crate::app::effect::Effect;
use crate::app::keymap::Key;
use crate::app::lab::{self, Lab, Text};
use crate::app::message::Msg;
use crate::app::model::{Model, Pane};
use crate::app::sample;
use crate::app::update::update;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

const SPECIAL: [Key; 14] = [
    Key::Enter,
    Key::Esc,
    Key::Tab,
    Key::BackTab,
    Key::Backspace,
    Key::Delete,
    Key::Up,
    Key::Down,
    Key::Left,
    Key::Right,
    Key::PageUp,
    Key::PageDown,
    Key::Home,
    Key::F(5),
];

fn play(model: &mut Model, seed: u64, turns: usize) {
    let mut dice = Dice(seed);
    for turn in 0..turns {
        let message = match dice.roll(10) {
            0 => Msg::Resize(1 + dice.roll(180) as u16, 1 + dice.roll(60) as u16),
            1 => Msg::Tick,
            2 => Msg::Wheel(Some(Pane::ALL[dice.roll(9)]), dice.roll(7) as i32 - 3),
            3 => Msg::Key(SPECIAL[dice.roll(SPECIAL.len())]),
            _ => Msg::Key(Key::Char(char::from(b' ' + dice.roll(95) as u8))),
        };
        let effects = update(model, message);
        if effects.contains(&Effect::Quit) {
            // Somebody else would have left; we stay to try more.
            model.overlay = None;
        }
        if turn % 7 == 0 {
            let (width, height) = model.size;
            let mut buffer = ratatui::buffer::Buffer::empty(ratatui::layout::Rect { x: 0, y: 0, width, height });
            let hits = crate::view::render(model, &mut buffer);
            let place = (dice.roll(usize::from(width)) as u16, dice.roll(usize::from(height)) as u16);
            if let Some(target) = hits.at(place.0, place.1) {
                update(model, Msg::Click(target));
            }
        }
    }
}

#[test]
fn no_keys_in_any_order_make_it_fail() {
    for seed in 0..6 {
        let plan = if seed % 2 == 0 { sample::flood_plan() } else { sample::fabric_plan(3, 5) };
        let mut model = open(plan);
        model.library = lab::library(Lang::En);
        play(&mut model, seed, 1_500);
    }
}

#[test]
fn nor_in_labs_with_a_guide_or_a_repair() {
    for (seed, name) in [(21, "02"), (22, "04"), (23, "40"), (24, "42")] {
        let mut model = open(sample::ping_plan());
        model.library = lab::library(Lang::En);
        lab::put(&mut model, Lab::shipped(name, Lang::En, None, None).expect("it is shipped").expect("it is sound"));
        play(&mut model, seed, 700);
    }
}

#[test]
fn a_broken_lab_shows_what_is_wrong_and_lives() {
    let broken = "Lab(format: 1, title: \"x\", nodes: {\"a\": Hots(ip: \"10.0.0.1/24\")})";
    let text = Text { source: Source::new("broken.ron", broken), words: None, lang: Lang::En };
    let lab = Lab::read("broken", text, None, None).expect("it is opened all the same");
    assert!(lab.findings.iter().any(|line| line.contains("Hots")), "{:?}", lab.findings);
    let mut model = open(sample::ping_plan());
    let mut lab = Some(lab);
    lab::put(&mut model, lab.take().expect("once"));
    model.settings.lang = Lang::Zh;
    update(&mut model, Msg::Key(Key::Char('6')));
    let shown = crate::shot::text(&model);
    assert!(shown.contains("Hots"), "{shown}");
    play(&mut model, 99, 1_000);
}
