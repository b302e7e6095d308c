//! `Ipvlan(children: {"c1": (mode: L2), …})`: ipvlan devices on one card.

use super::Inner;
use crate::device::ipvlan::{Flag, Mode};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::place::{is_name, to_name};
use crate::lab::read::Tree;
use crate::lab::schema::section::{Section, pairs};
use crate::lab::schema::value;
use crate::lab::source::Spanned;

pub(super) const FIELDS: &[&str] = &["children"];
/// Fields of a child, and of a container that is one.
pub(in crate::lab::schema) const CHILD: &[&str] = &["mode", "flag"];

/// All ipvlan devices on one card.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ipvlan {
    /// By the names of their ports, in order.
    pub children: Vec<(Spanned<String>, Child)>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Child {
    /// What it does with frames, and all on its card with it.
    pub mode: Option<Spanned<Mode>>,
    /// Whether children reach each other, likewise.
    pub flag: Option<Spanned<Flag>>,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Inner {
    let mut ipvlan = Ipvlan::default();
    let children = section.need("children", "{\"c1\": (mode: L2)}", found);
    for field in children.map(|tree| pairs("children", tree, found)).unwrap_or_default() {
        let name = &field.name;
        if !is_name(&name.value) || ["lower", "host", "routed"].contains(&name.value.as_str()) {
            let text = format!("`{}` cannot be the name of a child", name.value);
            let finding = Finding::new(Code::NotAName, text, name.span);
            let finding = finding.label("letters, digits, `-`, `_` and `.`, and none of `lower`, `host`, `routed`");
            found.push(finding.help(format!("\"{}1\"", to_name(&name.value))));
            continue;
        }
        let section = Section::fields("a child", &field.value, CHILD, found);
        let child = section.map(|section| child(&section, found));
        ipvlan.children.extend(child.map(|child| (name.clone(), child)));
    }
    Inner::Ipvlan(ipvlan)
}

/// Reads a child.
pub(in crate::lab::schema) fn child(section: &Section<'_>, found: &mut Findings) -> Child {
    let mode = section.need("mode", "L2", found).and_then(|tree| mode(tree, found));
    let flags: Vec<(&'static str, Flag)> = Flag::ALL.into_iter().map(|flag| (flag.lab_word(), flag)).collect();
    let flag = section
        .get("flag")
        .and_then(|tree| value::word("a flag", tree, &flags, found).map(|flag| Spanned::new(flag, tree.span)));
    Child { mode, flag }
}

/// A mode, with its place.
pub(in crate::lab::schema) fn mode(tree: &Tree, found: &mut Findings) -> Option<Spanned<Mode>> {
    let words: Vec<(&'static str, Mode)> = Mode::ALL.into_iter().map(|mode| (mode.lab_word(), mode)).collect();
    value::word("a mode", tree, &words, found).map(|mode| Spanned::new(mode, tree.span))
}
