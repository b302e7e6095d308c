//! The shortest paths of an area, computed from the map alone (RFC 2328 §16.1).

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::routing::spf;
pub use crate::routing::spf::{Node, Way};
use crate::wire::ospf::{Content, Link, LinkKind};

/// A node of the map. Networks come first: at the same distance they are looked at before routers, so that no way of
/// the same length is missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vertex {
    /// A network with several routers, by the address of its designated router.
    Network(Ipv4Addr),
    /// A router, by its id.
    Router(Ipv4Addr),
}

/// The map of an area, read once.
#[derive(Debug, Default)]
pub(super) struct Map<'a> {
    /// Flags and links of routers.
    pub routers: BTreeMap<Ipv4Addr, (u8, &'a [Link])>,
    /// Masks and routers of networks.
    pub networks: BTreeMap<Ipv4Addr, (Ipv4Addr, &'a [Ipv4Addr])>,
}

impl<'a> Map<'a> {
    pub fn of(lsas: impl Iterator<Item = (Ipv4Addr, &'a Content)>) -> Self {
        let mut map = Self::default();
        for (id, content) in lsas {
            match content {
                Content::Router { flags, links } => _ = map.routers.insert(id, (*flags, links)),
                Content::Network { mask, routers } => _ = map.networks.insert(id, (*mask, routers)),
                _ => {}
            }
        }
        map
    }

    fn links(&self, router: Ipv4Addr) -> &'a [Link] {
        self.routers.get(&router).map_or(&[], |(_, links)| links)
    }

    /// Nodes that can be gone to from one: both ends must say so (RFC 2328 §16.1 (2) (b)).
    fn edges(&self, from: Vertex) -> Vec<(Vertex, u32, Option<&'a Link>)> {
        match from {
            Vertex::Network(id) => {
                let here = |link: &Link| link.kind == LinkKind::Transit && link.id == id;
                let routers = self.networks.get(&id).map_or(&[][..], |(_, routers)| routers);
                let back = routers.iter().filter_map(|router| {
                    let link = self.links(*router).iter().find(|link| here(link))?;
                    Some((Vertex::Router(*router), 0, Some(link)))
                });
                back.collect()
            }
            Vertex::Router(id) => {
                let to = |link: &'a Link| {
                    let target = match link.kind {
                        LinkKind::Point => {
                            let back = |other: &Link| other.kind == LinkKind::Point && other.id == id;
                            self.links(link.id).iter().any(back).then_some(Vertex::Router(link.id))
                        }
                        LinkKind::Transit => {
                            let there = self.networks.get(&link.id)?;
                            there.1.contains(&id).then_some(Vertex::Network(link.id))
                        }
                        LinkKind::Stub | LinkKind::Virtual => None,
                    };
                    Some((target?, u32::from(link.metric), Some(link)))
                };
                self.links(id).iter().filter_map(to).collect()
            }
        }
    }
}

/// Dijkstra's algorithm from a router. `first` says which way a link of that router is, with the router behind it.
pub(super) fn tree(map: &Map<'_>, root: Ipv4Addr, first: impl Fn(&Link) -> Option<Way>) -> BTreeMap<Vertex, Node> {
    let next = |(from, _): (Vertex, Vertex), link: Option<&Link>, ways: &[Way]| match (from, link) {
        (Vertex::Router(id), Some(link)) if id == root => first(link).into_iter().collect(),
        // The network is on a link of this router: the next hop is the router behind it.
        (Vertex::Network(_), Some(link)) => {
            ways.iter().map(|way| Way { via: way.via.or(Some(link.data)), ..*way }).collect()
        }
        _ => ways.to_vec(),
    };
    spf::tree(Vertex::Router(root), |from| map.edges(from), next)
}
