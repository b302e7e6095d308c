//! `Sriov(mode: Veb, vfs: 8, functions: {"c1": (vlan: 10), …})`: the virtual functions of one card.

use super::Inner;
use crate::device::sriov::config::{MOST, Mode, State};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::place::{is_name, to_name};
use crate::lab::read::Tree;
use crate::lab::schema::section::{Section, pairs};
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::wire::MacAddr;

pub(super) const FIELDS: &[&str] = &["mode", "vfs", "functions"];
/// What a host says of its card.
const CARD: &[&str] = &["mode", "vfs"];
/// Fields of a function.
const FUNCTION: &[&str] = &["mac", "vlan", "spoofchk", "trust", "state", "promiscuous", "asks"];
/// The same for a container, whose address stands beside.
pub(in crate::lab::schema) const SHARED: &[&str] = &["vlan", "spoofchk", "trust", "state", "promiscuous", "asks"];
/// The highest VLAN; 4095 is reserved (IEEE 802.1Q §9.6).
const LAST_VLAN: u64 = 4094;

/// The virtual functions of a card, and the switch between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sriov {
    /// The card as a whole.
    pub card: Card,
    /// By the names of their ports, in order.
    pub functions: Vec<(Spanned<String>, Function)>,
}

/// What is said of the card as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Card {
    /// Where frames between functions are switched.
    pub mode: Option<Mode>,
    /// Virtual functions it offers.
    pub vfs: Option<Spanned<u16>>,
}

/// A virtual function; what is not given is as drivers begin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Function {
    /// Its address.
    pub mac: Option<Spanned<MacAddr>>,
    /// Its VLAN.
    pub vlan: Option<Spanned<u16>>,
    /// What it sends must have its own address.
    pub spoofchk: Option<bool>,
    /// What it asks for is granted.
    pub trust: Option<bool>,
    /// Its link.
    pub state: Option<State>,
    /// It asks for every frame that no row claims.
    pub promiscuous: Option<bool>,
    /// Further addresses it asks for.
    pub asks: Vec<MacAddr>,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Inner {
    let mut sriov = Sriov { card: card(section, found), functions: Vec::new() };
    let functions = section.need("functions", "{\"c1\": (vlan: 10)}", found);
    for field in functions.map(|tree| pairs("functions", tree, found)).unwrap_or_default() {
        let name = &field.name;
        if !is_name(&name.value) || ["lower", "host"].contains(&name.value.as_str()) {
            let text = format!("`{}` cannot be the name of a function", name.value);
            let finding = Finding::new(Code::NotAName, text, name.span);
            let finding = finding.label("letters, digits, `-`, `_` and `.`, and neither `lower` nor `host`");
            found.push(finding.help(format!("\"{}1\"", to_name(&name.value))));
            continue;
        }
        let section = Section::fields("a function", &field.value, FUNCTION, found);
        let function = section.map(|section| function(&section, found));
        sriov.functions.extend(function.map(|function| (name.clone(), function)));
    }
    Inner::Sriov(sriov)
}

/// Reads `(mode: Vepa, vfs: 8)` of a host.
pub(in crate::lab::schema) fn of_host(tree: &Tree, found: &mut Findings) -> Option<Spanned<Card>> {
    let section = Section::fields("sriov", tree, CARD, found)?;
    Some(Spanned::new(card(&section, found), tree.span))
}

fn card(section: &Section<'_>, found: &mut Findings) -> Card {
    let modes: Vec<(&'static str, Mode)> = Mode::ALL.into_iter().map(|mode| (mode.lab_word(), mode)).collect();
    let vfs = section.get("vfs").and_then(|tree| {
        let number = value::whole("vfs", tree, 0..=u64::from(MOST), found)?;
        Some(Spanned::new(number as u16, tree.span))
    });
    Card { mode: section.get("mode").and_then(|tree| value::word("a mode", tree, &modes, found)), vfs }
}

/// Reads a function.
pub(in crate::lab::schema) fn function(section: &Section<'_>, found: &mut Findings) -> Function {
    let mut function = Function::default();
    let states: Vec<(&'static str, State)> = State::ALL.into_iter().map(|state| (state.lab_word(), state)).collect();
    for (name, tree) in section.given() {
        match name {
            "mac" => function.mac = value::mac(tree, found),
            "vlan" => {
                let vlan = value::whole(name, tree, 0..=LAST_VLAN, found);
                function.vlan = vlan.map(|vlan| Spanned::new(vlan as u16, tree.span));
            }
            "spoofchk" => function.spoofchk = value::flag(name, tree, found),
            "trust" => function.trust = value::flag(name, tree, found),
            "state" => function.state = value::word("a state of a link", tree, &states, found),
            "promiscuous" => function.promiscuous = value::flag(name, tree, found),
            _ => function.asks = super::nic::each(name, tree, found, value::mac),
        }
    }
    function
}
