//! `daemons: [Store(), Flanneld(store: "etcd", …)]`: programs in the background; one file each, one line in [`KINDS`].

mod agent;
mod felix;
mod flanneld;
mod store;

pub use agent::{Agent, Gossip, Rows};
pub use felix::Felix;
pub use flanneld::{Backend, Flanneld};
pub use store::Store;

use std::net::Ipv4Addr;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::{Form, Tree};
use crate::lab::schema::section::{Section, kind};
use crate::lab::schema::value;
use crate::lab::source::Spanned;

/// A daemon as typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Daemon {
    /// A key-value store.
    Store(Store),
    /// Calico's daemon.
    Felix(Felix),
    /// Flannel's daemon.
    Flanneld(Flanneld),
    /// The daemon of a VTEP that is told by a controller.
    Controller(Agent),
    /// The daemon of a VTEP in an EVPN.
    Evpn(Agent),
    /// The daemon of a VTEP that finds its peers by gossip.
    Gossip(Gossip),
}

/// A prefix: address and length.
pub type Prefix = (Ipv4Addr, u8);

struct Kind {
    name: &'static str,
    fields: &'static [&'static str],
    read: fn(&Section<'_>, &mut Findings) -> Option<Daemon>,
}

static KINDS: &[Kind] = &[
    Kind { name: "Store", fields: store::FIELDS, read: store::read },
    Kind { name: "Flanneld", fields: flanneld::FIELDS, read: flanneld::read },
    Kind { name: "Felix", fields: felix::FIELDS, read: felix::read },
    Kind { name: "Controller", fields: agent::CONTROLLER, read: agent::controller },
    Kind { name: "Evpn", fields: agent::EVPN, read: agent::evpn },
    Kind { name: "Gossip", fields: agent::GOSSIP, read: agent::gossip },
];

/// Reads a list of daemons.
pub fn list(tree: &Tree, found: &mut Findings) -> Vec<Spanned<Daemon>> {
    let items = value::items("daemons", "daemons: [Store()]", tree, found);
    items.iter().filter_map(|item| read(item, found).map(|daemon| Spanned::new(daemon, item.head()))).collect()
}

fn read(tree: &Tree, found: &mut Findings) -> Option<Daemon> {
    let names: Vec<&'static str> = KINDS.iter().map(|kind| kind.name).collect();
    let name = kind("a kind of daemon", tree, &names, &[], found)?;
    let kind = KINDS.iter().find(|kind| kind.name == name)?;
    let section = Section::fields(name, tree, kind.fields, found)?;
    (kind.read)(&section, found)
}

/// `10.244.1.0/24`; bits behind the length must be zero.
fn prefix(tree: &Tree, found: &mut Findings) -> Option<Spanned<Prefix>> {
    let text = if let Form::Text(text) = &tree.form { text.as_str() } else { "" };
    let parts = text.split_once('/').and_then(|(ip, len)| {
        let len: u8 = len.parse().ok().filter(|len| (1..=32).contains(len))?;
        Some((ip.parse::<Ipv4Addr>().ok()?, len))
    });
    let first = parts.map(|(ip, len)| (Ipv4Addr::from_bits(ip.to_bits() & crate::wire::ipv4::mask(len)), len));
    if first.is_some() && first == parts {
        return first.map(|first| Spanned::new(first, tree.span));
    }
    let finding = Finding::new(Code::Address, format!("`{text}` is not a subnet"), tree.span);
    let (label, fix) = match first {
        Some((ip, len)) => ("an address in it", format!("\"{ip}/{len}\"")),
        None => ("an address and a length", "\"10.244.1.0/24\"".to_owned()),
    };
    found.push(finding.label(label).help(fix));
    None
}
