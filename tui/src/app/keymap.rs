//! Which key does what. Help, footer and tests read the same tables.

use std::fmt;

use crate::app::model::Pane;
use crate::app::words::Words;

/// A key, as any terminal or browser may report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A character.
    Char(char),
    /// A function key.
    F(u8),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Char(' ') => f.pad("Space"),
            Self::Char(c) => f.pad(c.encode_utf8(&mut [0; 4])),
            Self::F(n) => f.pad(&format!("F{n}")),
            Self::BackTab => f.pad("S-Tab"),
            Self::PageUp => f.pad("PgUp"),
            Self::PageDown => f.pad("PgDn"),
            other => f.pad(&format!("{other:?}")),
        }
    }
}

/// What a key can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Step,
    Back,
    NextSame,
    PrevSame,
    NextCable,
    PrevCable,
    Play,
    Slower,
    Faster,
    First,
    Last,
    Break,
    Continue,
    Cause,
    Return,
    Mark,
    Diff,
    Filter,
    Command,
    Zoom,
    NextPane,
    PrevPane,
    Pane(Pane),
    Help,
    Mouse,
    Save,
    Copy,
    Undo,
    Branch,
    Reset,
    Picker,
    Quit,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Open,
    Escape,
    Follow,
    Collapse,
    Inside,
    Links,
    PanLeft,
    PanRight,
    View,
    Raw,
    NextTable,
    PrevTable,
    Answer,
    Hint,
    Check,
    Skip,
    Evidence,
    Against,
    Extra,
    Swap,
    Sizes,
    Export,
}

/// Where bindings belong in the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Guide,
    Time,
    Place,
    WhatIf,
    Rest,
    Here,
}

impl Group {
    /// All in the order of the help.
    pub const ALL: [Self; 6] = [Self::Here, Self::Guide, Self::Time, Self::Place, Self::WhatIf, Self::Rest];

    /// Its heading.
    pub fn title(self, words: &Words) -> &'static str {
        match self {
            Self::Guide => words.guide,
            Self::Time => words.group_time,
            Self::Place => words.group_place,
            Self::WhatIf => words.group_what,
            Self::Rest => words.group_rest,
            Self::Here => words.group_here,
        }
    }
}

/// A line of the keymap.
#[derive(Debug)]
pub struct Binding {
    /// The keys; those after the first are other names for it.
    pub keys: &'static [Key],
    /// What they do.
    pub action: Action,
    /// What the help says.
    pub say: fn(&Words) -> &'static str,
    /// Where it belongs.
    pub group: Group,
}

const fn bind(keys: &'static [Key], action: Action, say: fn(&Words) -> &'static str, group: Group) -> Binding {
    Binding { keys, action, say, group }
}

use Action as A;
use Group as G;
use Key::{BackTab, Backspace, Char, Down, End, Enter, Esc, F, Home, Left, PageDown, PageUp, Right, Tab, Up};

/// Keys that do the same in every pane.
pub static GLOBAL: &[Binding] = &[
    bind(&[Char('n'), F(10)], A::Step, |w| w.key_step, G::Time),
    bind(&[Char('p')], A::Back, |w| w.key_back, G::Time),
    bind(&[Char('N')], A::NextSame, |w| w.key_next_same, G::Time),
    bind(&[Char('P')], A::PrevSame, |w| w.key_prev_same, G::Time),
    bind(&[Char('.')], A::NextCable, |w| w.key_next_cable, G::Time),
    bind(&[Char(',')], A::PrevCable, |w| w.key_prev_cable, G::Time),
    bind(&[Char(' ')], A::Play, |w| w.key_play, G::Time),
    bind(&[Char('-')], A::Slower, |w| w.key_slower, G::Time),
    bind(&[Char('='), Char('+')], A::Faster, |w| w.key_faster, G::Time),
    bind(&[Char('g'), Home], A::First, |w| w.key_first, G::Time),
    bind(&[Char('G'), End], A::Last, |w| w.key_last, G::Time),
    bind(&[Char('b')], A::Break, |w| w.key_break, G::Time),
    bind(&[Char('c'), F(5)], A::Continue, |w| w.key_continue, G::Time),
    bind(&[Char('^')], A::Cause, |w| w.key_cause, G::Time),
    bind(&[Backspace], A::Return, |w| w.key_return, G::Time),
    bind(&[Char('m')], A::Mark, |w| w.key_mark, G::Time),
    bind(&[Char('D')], A::Diff, |w| w.key_diff, G::Time),
    bind(&[Char('/')], A::Filter, |w| w.key_filter, G::Time),
    bind(&[Char('a')], A::Answer, |w| w.key_answer, G::Guide),
    bind(&[Char('H')], A::Hint, |w| w.key_hint, G::Guide),
    bind(&[Char('C')], A::Check, |w| w.key_check, G::Guide),
    bind(&[Char('S')], A::Skip, |w| w.key_skip, G::Guide),
    bind(&[Tab], A::NextPane, |w| w.key_next_pane, G::Place),
    bind(&[BackTab], A::PrevPane, |w| w.key_prev_pane, G::Place),
    bind(&[Char('1')], A::Pane(Pane::Map), |w| w.map, G::Place),
    bind(&[Char('2')], A::Pane(Pane::Why), |w| w.why, G::Place),
    bind(&[Char('3')], A::Pane(Pane::Time), |w| w.time, G::Place),
    bind(&[Char('4')], A::Pane(Pane::Packet), |w| w.packet, G::Place),
    bind(&[Char('5')], A::Pane(Pane::Tables), |w| w.tables, G::Place),
    bind(&[Char('6')], A::Pane(Pane::Guide), |w| w.guide, G::Place),
    bind(&[Char('7')], A::Pane(Pane::Compare), |w| w.compare, G::Place),
    bind(&[Char('8')], A::Pane(Pane::Charts), |w| w.charts, G::Place),
    bind(&[Char('9')], A::Pane(Pane::Log), |w| w.log, G::Place),
    bind(&[Char('z')], A::Zoom, |w| w.key_zoom, G::Place),
    bind(&[Char(':')], A::Command, |w| w.key_command, G::WhatIf),
    bind(&[Char('u')], A::Undo, |w| w.key_undo, G::WhatIf),
    bind(&[Char('o')], A::Branch, |w| w.key_branch, G::WhatIf),
    bind(&[Char('R')], A::Reset, |w| w.key_reset, G::WhatIf),
    bind(&[Char('?'), F(1)], A::Help, |w| w.key_help, G::Rest),
    bind(&[Char('s')], A::Save, |w| w.key_save, G::Rest),
    bind(&[Char('y')], A::Copy, |w| w.key_copy, G::Rest),
    bind(&[Char('M')], A::Mouse, |w| w.key_mouse, G::Rest),
    bind(&[Char('L')], A::Picker, |w| w.key_picker, G::Rest),
    bind(&[Char('q')], A::Quit, |w| w.key_quit, G::Rest),
    bind(&[Esc], A::Escape, |w| w.key_escape, G::Rest),
];

/// Keys for moving about in a pane; the same in all of them.
pub static MOVING: &[Binding] = &[
    bind(&[Char('k'), Up], A::Up, |w| w.key_up, G::Here),
    bind(&[Char('j'), Down], A::Down, |w| w.key_down, G::Here),
    bind(&[Char('h'), Left], A::Left, |w| w.key_left, G::Here),
    bind(&[Char('l'), Right], A::Right, |w| w.key_right, G::Here),
    bind(&[PageUp], A::PageUp, |w| w.key_page_up, G::Here),
    bind(&[PageDown], A::PageDown, |w| w.key_page_down, G::Here),
    bind(&[Enter], A::Open, |w| w.key_open, G::Here),
];

static MAP: &[Binding] = &[
    bind(&[Char('f')], A::Follow, |w| w.key_follow, G::Here),
    bind(&[Char('e')], A::Collapse, |w| w.key_collapse, G::Here),
    bind(&[Char('i')], A::Inside, |w| w.key_inside, G::Here),
    bind(&[Char('v')], A::Links, |w| w.key_links, G::Here),
    bind(&[Char('[')], A::PanLeft, |w| w.key_pan_left, G::Here),
    bind(&[Char(']')], A::PanRight, |w| w.key_pan_right, G::Here),
];
static PACKET: &[Binding] = &[
    bind(&[Char('i')], A::View, |w| w.key_view, G::Here),
    bind(&[Char('x')], A::Raw, |w| w.key_raw, G::Here),
    bind(&[Char('f')], A::Follow, |w| w.key_follow, G::Here),
];
static GUIDE: &[Binding] = &[bind(&[Char('e')], A::Evidence, |w| w.key_evidence, G::Here)];
static COMPARE: &[Binding] = &[
    bind(&[Char('v')], A::Against, |w| w.key_against, G::Here),
    bind(&[Char('x')], A::Sizes, |w| w.key_sizes, G::Here),
    bind(&[Char('e')], A::Export, |w| w.key_export, G::Here),
];
/// Besides those while another run stands beside this one. What `o` and `u` are elsewhere is for branches, and these are
/// not compared then.
static BESIDE: &[Binding] = &[
    bind(&[Enter], A::Extra, |w| w.key_extra, G::Here),
    bind(&[Char('o'), Char('u')], A::Swap, |w| w.key_swap, G::Here),
];
static CHARTS: &[Binding] = &[bind(&[Char('x')], A::Raw, |w| w.key_axis, G::Here)];
static TABLES: &[Binding] = &[
    bind(&[Char('t')], A::NextTable, |w| w.key_next_table, G::Here),
    bind(&[Char('T')], A::PrevTable, |w| w.key_prev_table, G::Here),
    bind(&[Char('f')], A::Follow, |w| w.key_follow, G::Here),
];

/// Keys of the list of labs.
pub static PICKER: &[Binding] = &[
    bind(&[Char('k'), Up], A::Up, |w| w.key_up, G::Here),
    bind(&[Char('j'), Down], A::Down, |w| w.key_down, G::Here),
    bind(&[PageUp], A::PageUp, |w| w.key_page_up, G::Here),
    bind(&[PageDown], A::PageDown, |w| w.key_page_down, G::Here),
    bind(&[Char('g'), Home], A::First, |w| w.key_first, G::Here),
    bind(&[Char('G'), End], A::Last, |w| w.key_last, G::Here),
    bind(&[Enter, Right, Char('l')], A::Open, |w| w.key_open, G::Here),
    bind(&[Char('?'), F(1)], A::Help, |w| w.key_help, G::Rest),
    bind(&[Char('q')], A::Quit, |w| w.key_quit, G::Rest),
    bind(&[Esc], A::Escape, |w| w.key_escape, G::Rest),
];

/// Keys of a pane besides the common ones.
pub fn own(pane: Pane) -> &'static [Binding] {
    match pane {
        Pane::Map => MAP,
        Pane::Packet => PACKET,
        Pane::Tables => TABLES,
        Pane::Charts => CHARTS,
        Pane::Guide => GUIDE,
        Pane::Compare => COMPARE,
        _ => &[],
    }
}

/// All bindings that hold in a pane; `None` is the list of labs. With another run `beside` this one the Compare pane has
/// keys that hide common ones.
pub fn bindings(pane: Option<Pane>, beside: bool) -> Vec<&'static Binding> {
    let Some(pane) = pane else { return PICKER.iter().collect() };
    let first = if beside && pane == Pane::Compare { BESIDE } else { &[] };
    let is_free = |binding: &&Binding| !first.iter().any(|over| over.keys.contains(&binding.keys[0]));
    first.iter().chain(own(pane).iter().chain(MOVING).chain(GLOBAL).filter(is_free)).collect()
}

/// What a key does in a pane; `None` is the list of labs.
pub fn action(pane: Option<Pane>, beside: bool, key: Key) -> Option<Action> {
    bindings(pane, beside).into_iter().find(|binding| binding.keys.contains(&key)).map(|binding| binding.action)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn everywhere() -> impl Iterator<Item = (Option<Pane>, bool)> {
        let panes = || Pane::ALL.into_iter().map(Some).chain([None]);
        panes().map(|pane| (pane, false)).chain(panes().map(|pane| (pane, true)))
    }

    #[test]
    fn two_runs_beside_each_other_take_the_keys_of_branches() {
        let compare = Some(Pane::Compare);
        for (key, alone, beside) in [('o', A::Branch, A::Swap), ('u', A::Undo, A::Swap)] {
            assert_eq!(action(compare, false, Char(key)), Some(alone));
            assert_eq!(action(compare, true, Char(key)), Some(beside));
            assert_eq!(action(Some(Pane::Map), true, Char(key)), Some(alone), "another pane");
        }
        assert_eq!(action(compare, true, Enter), Some(A::Extra));
    }

    #[test]
    fn no_key_is_bound_twice_in_a_pane() {
        for (pane, beside) in everywhere() {
            let mut seen = BTreeSet::new();
            for key in bindings(pane, beside).into_iter().flat_map(|binding| binding.keys) {
                assert!(seen.insert(*key), "{key} is bound twice in {pane:?}, beside {beside}");
            }
        }
    }

    #[test]
    fn question_mark_is_help_and_escape_never_quits() {
        for (pane, beside) in everywhere() {
            assert_eq!(action(pane, beside, Char('?')), Some(A::Help));
            assert_eq!(action(pane, beside, Esc), Some(A::Escape));
        }
        for pane in Pane::ALL {
            assert_eq!(action(Some(pane), false, Char('h')), Some(A::Left));
        }
    }
}
