//! `Macvlan(children: {"c1": (mode: Bridge), …})`: macvlan devices on one card.

use super::Inner;
use crate::device::macvlan::Mode;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::place::{is_name, to_name};
use crate::lab::read::Tree;
use crate::lab::schema::section::{Section, pairs};
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::wire::MacAddr;

pub(super) const FIELDS: &[&str] = &["children"];
/// Fields of a child.
const CHILD: &[&str] = &["mode", "mac", "sources", "takes"];
/// The same for a container, whose address stands beside.
pub(in crate::lab::schema) const SHARED: &[&str] = &["mode", "sources", "takes"];

/// All macvlan devices on one card.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Macvlan {
    /// By the names of their ports, in order.
    pub children: Vec<(Spanned<String>, Child)>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Child {
    /// How it treats its siblings.
    pub mode: Option<Spanned<Mode>>,
    /// Its address.
    pub mac: Option<Spanned<MacAddr>>,
    /// Whose frames it gets copies of.
    pub sources: Vec<MacAddr>,
    /// Nobody else gets what it listens to.
    pub takes: bool,
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Inner {
    let mut macvlan = Macvlan::default();
    let children = section.need("children", "{\"c1\": (mode: Bridge)}", found);
    for field in children.map(|tree| pairs("children", tree, found)).unwrap_or_default() {
        let name = &field.name;
        if !is_name(&name.value) || ["lower", "host"].contains(&name.value.as_str()) {
            let text = format!("`{}` cannot be the name of a child", name.value);
            let finding = Finding::new(Code::NotAName, text, name.span);
            let finding = finding.label("letters, digits, `-`, `_` and `.`, and neither `lower` nor `host`");
            found.push(finding.help(format!("\"{}1\"", to_name(&name.value))));
            continue;
        }
        let section = Section::fields("a child", &field.value, CHILD, found);
        let child = section.map(|section| child(&section, found));
        macvlan.children.extend(child.map(|child| (name.clone(), child)));
    }
    Inner::Macvlan(macvlan)
}

/// Reads a child.
pub(in crate::lab::schema) fn child(section: &Section<'_>, found: &mut Findings) -> Child {
    let mode = section.need("mode", "Bridge", found).and_then(|tree| mode(tree, found));
    let mac = section.get("mac").and_then(|tree| value::mac(tree, found));
    let sources = section.get("sources").map(|tree| super::nic::each("sources", tree, found, value::mac));
    let takes = section.get("takes").and_then(|tree| value::flag("takes", tree, found)).unwrap_or(false);
    let child = Child { mode, mac, sources: sources.unwrap_or_default(), takes };
    listeners(section, &child, found);
    child
}

/// Senders are chosen in source mode only: elsewhere the list would do nothing.
fn listeners(section: &Section<'_>, child: &Child, found: &mut Findings) {
    let Some(mode) = child.mode.as_ref().filter(|mode| mode.value != Mode::Source) else { return };
    for name in ["sources", "takes"] {
        let Some(tree) = section.get(name) else { continue };
        let finding = Finding::new(Code::WrongType, format!("`{name}` is for the mode `Source`"), tree.head());
        let finding = finding.label("without effect").also(mode.span, "another mode");
        found.push(finding.help("leave it out, or mode: Source"));
    }
}

/// A mode, with its place.
pub(in crate::lab::schema) fn mode(tree: &Tree, found: &mut Findings) -> Option<Spanned<Mode>> {
    let words: Vec<(&'static str, Mode)> = Mode::ALL.into_iter().map(|mode| (mode.lab_word(), mode)).collect();
    value::word("a mode", tree, &words, found).map(|mode| Spanned::new(mode, tree.span))
}
