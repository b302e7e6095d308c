//! `Raw(from: "eve", to: "ann", src: "bob", …)`.

use std::net::Ipv4Addr;

use super::{Traffic, count, every, node, start};
use crate::lab::diagnostic::Findings;
use crate::lab::read::{Form, Tree};
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::schema::when::Moment;
use crate::lab::source::Spanned;
use crate::time::SimDuration;
use crate::wire::MacAddr;

pub(super) const FIELDS: &[&str] = &["from", "to", "src", "count", "every", "start"];

/// Frames written by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Raw {
    /// Who sends.
    pub from: Spanned<String>,
    /// Destination of the frames.
    pub to: Address,
    /// Source addresses, used in turn; the sender's own if there are none.
    pub src: Vec<Address>,
    /// How many.
    pub count: Option<u64>,
    /// Time between two.
    pub every: Option<SimDuration>,
    /// When it begins.
    pub start: Moment,
}

/// An address in a frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Address {
    /// Of the card of the node with this name.
    Name(Spanned<String>),
    /// As written.
    Mac(MacAddr),
    /// Of an IPv4 group, or everybody.
    Group(Ipv4Addr),
}

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Option<Traffic> {
    let from = node(section, "from", found);
    let to = section.need("to", "\"…\"", found).and_then(|tree| address("to", tree, found));
    let src = match section.get("src").map(|tree| (tree, &tree.form)) {
        Some((_, Form::List(items))) => items.iter().map(|item| source(item, found)).collect(),
        Some((tree, _)) => source(tree, found).map(|src| vec![src]),
        None => Some(Vec::new()),
    };
    let (count, every, start) = (count(section, found), every(section, found), start(section, found));
    Some(Traffic::Raw(Raw { from: from?, to: to?, src: src?, count, every, start: start? }))
}

/// A name, any hardware address, or an IPv4 address that means several.
fn address(name: &str, tree: &Tree, found: &mut Findings) -> Option<Address> {
    let text = value::text(name, tree, found)?;
    if let Ok(mac) = text.value.parse() {
        return Some(Address::Mac(mac));
    }
    let group = text.value.parse().ok().filter(|ip: &Ipv4Addr| ip.is_multicast() || ip.is_broadcast());
    Some(group.map_or(Address::Name(text), Address::Group))
}

/// A name or the address of a station: no group ever sends.
fn source(tree: &Tree, found: &mut Findings) -> Option<Address> {
    let text = value::text("src", tree, found)?;
    if text.value.contains(':') {
        return value::mac(tree, found).map(|mac| Address::Mac(mac.value));
    }
    Some(Address::Name(text))
}
