//! Node kinds: one file each, one line in [`KINDS`].

mod container;
mod host;
mod linux;
mod router;
mod snoop;
mod switch;

pub use container::{Container, Shared};
pub use host::{Host, Neighbour};
pub(super) use host::{mtu, neighbour};
pub use linux::{
    Bridge, Inner, Ipvlan, IpvlanChild, Linux, Macvlan, MacvlanChild, Nic, PerInterface, Sriov, SriovCard,
    SriovFunction, Stack, Tunnel, Vtep,
};
pub(super) use linux::{clamp_mss, ipvlan, macvlan, tunnel, vtep};
pub use router::{Router, hops_cell};
pub(in crate::lab) use switch::port_number;
pub use switch::{Port, Ports, Switch};

use crate::lab::diagnostic::Findings;
use crate::lab::read::Tree;
use crate::lab::schema::section::{Section, kind};

/// A node as typed.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeSpec {
    /// A computer with one card and one IP stack.
    Host(Host),
    /// A switch or a hub.
    Switch(Switch),
    /// Device by device.
    Linux(Linux),
    /// A network namespace on a host.
    Container(Container),
    /// A host that passes packets on.
    Router(Router),
}

/// A kind of node: its word, its fields, how they are read.
struct Kind {
    name: &'static str,
    fields: &'static [&'static str],
    read: fn(&Section<'_>, &mut Findings) -> NodeSpec,
}

static KINDS: &[Kind] = &[
    Kind { name: "Host", fields: host::FIELDS, read: host::read },
    Kind { name: "Switch", fields: switch::FIELDS, read: switch::read },
    Kind { name: "Hub", fields: &[], read: switch::read_hub },
    Kind { name: "Linux", fields: linux::FIELDS, read: linux::read },
    Kind { name: "Container", fields: container::FIELDS, read: container::read },
    Kind { name: "Router", fields: router::FIELDS, read: router::read },
];

const LATER: &[&str] = &[];

impl NodeSpec {
    /// What the author called it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Host(_) => "Host",
            Self::Switch(switch) if switch.hub => "Hub",
            Self::Switch(_) => "Switch",
            Self::Linux(linux) => linux.called,
            Self::Container(_) => "Container",
            Self::Router(_) => "Router",
        }
    }
}

/// Reads `Kind( … )`.
pub fn read(tree: &Tree, found: &mut Findings) -> Option<NodeSpec> {
    let names: Vec<&'static str> = KINDS.iter().map(|kind| kind.name).collect();
    let name = kind("a kind of node", tree, &names, LATER, found)?;
    let kind = KINDS.iter().find(|kind| kind.name == name)?;
    let section = Section::fields(name, tree, kind.fields, found)?;
    Some((kind.read)(&section, found))
}
