//! What is joined to what: questions about a plan that need no run.
//!
//! Cards and switches pass frames on, interfaces of IP stacks end them; so a stack with two interfaces is two places
//! here, and joined only in the sense of [`Topology::reachable`]. Settings of ports (VLANs, isolation, flood flags)
//! are not looked at: they can only take something away from what is said here.

use std::collections::BTreeMap;

use petgraph::Undirected;
use petgraph::algo::astar;
use petgraph::graph::{EdgeReference, Graph, NodeIndex};
use petgraph::unionfind::UnionFind;
use petgraph::visit::{Bfs, EdgeRef as _};

use crate::id::{CableId, DeviceId, NodeId, PortNo};
use crate::plan::{DeviceSpec, Op, Plan};

/// Where frames pass or end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// A card or a switch, with all its ports.
    Device(DeviceId),
    /// One interface of an IP stack.
    Interface(DeviceId, PortNo),
}

/// The cables and wires of a plan. Cables without carrier at the start are left out.
#[derive(Clone, Debug, Default)]
pub struct Topology {
    /// Edges are the cables, or `None` for a wire inside a node.
    graph: Graph<Place, Option<CableId>, Undirected>,
    places: BTreeMap<Place, NodeIndex>,
    homes: Vec<NodeId>,
}

impl Topology {
    /// The topology of a plan. What names a device that does not exist is left out.
    pub fn of(plan: &Plan) -> Self {
        let mut topology = Self::default();
        let mut stacks = Vec::new();
        for (device, home, _, spec) in plan.devices() {
            topology.homes.push(home);
            stacks.push(matches!(spec, DeviceSpec::Stack(_)));
            match spec {
                DeviceSpec::Stack(stack) => {
                    for port in 0..(stack.interfaces.len() + stack.tunnels.len()) as u16 {
                        topology.add(Place::Interface(device, PortNo(port)));
                    }
                }
                // What a tunnel carries ends where its envelope begins.
                DeviceSpec::Nic(_)
                | DeviceSpec::Bridge(_)
                | DeviceSpec::Macvlan(_)
                | DeviceSpec::Ipvlan(_)
                | DeviceSpec::Sriov(_)
                | DeviceSpec::Fabric(_)
                | DeviceSpec::Vtep(_)
                | DeviceSpec::Tunnel(_) => {
                    topology.add(Place::Device(device));
                }
            }
        }
        let place = |(device, port): (DeviceId, PortNo)| match stacks.get(device.index()) {
            Some(true) => Place::Interface(device, port),
            _ => Place::Device(device),
        };
        let mut cables = 0;
        for step in &plan.steps {
            match &step.op {
                Op::Wire { a, b } => topology.join(place(*a), place(*b), None),
                Op::Cable { a, b, config, .. } => {
                    if config.up {
                        topology.join(place(*a), place(*b), Some(CableId(cables)));
                    }
                    cables += 1;
                }
                _ => {}
            }
        }
        topology
    }

    fn add(&mut self, place: Place) {
        let at = self.graph.add_node(place);
        self.places.insert(place, at);
    }

    fn join(&mut self, a: Place, b: Place, cable: Option<CableId>) {
        if let (Some(a), Some(b)) = (self.places.get(&a), self.places.get(&b)) {
            self.graph.add_edge(*a, *b, cable);
        }
    }

    /// Some chain of cables, switches and hosts joins two nodes.
    pub fn reachable(&self, a: NodeId, b: NodeId) -> bool {
        // Here the interfaces of one node are one place, so nodes are what is united.
        let nodes = self.homes.iter().map(|home| home.index() + 1).max().unwrap_or(0);
        let mut groups: UnionFind<usize> = UnionFind::new(nodes);
        for edge in self.graph.edge_references() {
            let [a, b] = [edge.source(), edge.target()].map(|at| self.home(self.graph[at]));
            groups.union(a.index(), b.index());
        }
        a == b || groups.try_equiv(a.index(), b.index()).unwrap_or(false)
    }

    fn home(&self, place: Place) -> NodeId {
        let (Place::Device(device) | Place::Interface(device, _)) = place;
        self.homes[device.index()]
    }

    /// The interfaces that a broadcast from this one reaches, itself left out, in order.
    pub fn segment(&self, stack: DeviceId, port: PortNo) -> Vec<(DeviceId, PortNo)> {
        let own = Place::Interface(stack, port);
        let interface = |at: NodeIndex| match self.graph[at] {
            Place::Interface(stack, port) if self.graph[at] != own => Some((stack, port)),
            _ => None,
        };
        let mut found: Vec<(DeviceId, PortNo)> = self.around(own).into_iter().filter_map(interface).collect();
        found.sort_unstable();
        found
    }

    /// A broadcast from this interface gets into a circle and never ends.
    pub fn storms(&self, stack: DeviceId, port: PortNo) -> bool {
        let around = self.around(Place::Interface(stack, port));
        let ends: usize = around.iter().map(|at| self.graph.edges(*at).map(ends_at(*at)).sum::<usize>()).sum();
        // A tree has one edge less than places.
        ends / 2 >= around.len().max(1)
    }

    /// All places frames get to from one, itself included.
    fn around(&self, place: Place) -> Vec<NodeIndex> {
        let Some(start) = self.places.get(&place) else { return Vec::new() };
        let mut walk = Bfs::new(&self.graph, *start);
        std::iter::from_fn(|| walk.next(&self.graph)).collect()
    }

    /// Circles in which switches would send a broadcast for ever: for each cable that closes one, in the order of the
    /// plan, its cables. A plan without such circles is a forest.
    pub fn loops(&self) -> Vec<Vec<CableId>> {
        let mut groups: UnionFind<usize> = UnionFind::new(self.graph.node_count());
        let mut forest: Graph<Place, Option<CableId>, Undirected> =
            self.graph.map(|_, place| *place, |_, cable| *cable);
        forest.clear_edges();
        let mut loops = Vec::new();
        for edge in self.graph.edge_references() {
            let (a, b) = (edge.source(), edge.target());
            if groups.union(a.index(), b.index()) {
                forest.add_edge(a, b, *edge.weight());
                continue;
            }
            let way = astar(&forest, a, |at| at == b, |_| 1, |_| 0).map(|(_, way)| way).unwrap_or_default();
            let edges = way.windows(2).filter_map(|two| forest.find_edge(two[0], two[1]));
            let mut cables: Vec<CableId> = edges.filter_map(|edge| forest[edge]).chain(*edge.weight()).collect();
            cables.sort_unstable();
            loops.push(cables);
        }
        loops
    }
}

/// How many ends of an edge are at a place: two for a cable from a switch to itself.
fn ends_at<'g>(at: NodeIndex) -> impl Fn(EdgeReference<'g, Option<CableId>>) -> usize {
    move |edge| usize::from(edge.source() == at) + usize::from(edge.target() == at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::bridge::{BridgeConfig, PortConfig};
    use crate::device::nic::{HOST, NicConfig, WIRE};
    use crate::engine::CableConfig;
    use crate::plan::Bilingual;
    use crate::stack::{InterfaceConfig, StackConfig};
    use crate::wire::MacAddr;

    /// Device and port.
    type End = (u32, u16);

    /// Nodes 0 to 2 are switches of four ports; then come a host with one card and a host with two.
    fn plan(cables: &[(End, End)]) -> Plan {
        let mut plan = Plan::default();
        let mut push = |op| plan.push(op, Bilingual::default());
        for node in 0..3 {
            push(Op::Node { name: format!("sw{node}"), kind: "Switch" });
            let ports = (1..=4).map(|port: u16| PortConfig::named(port.to_string())).collect();
            let spec = DeviceSpec::Bridge(BridgeConfig { ports, ..BridgeConfig::default() });
            push(Op::Device { node: NodeId(node), name: format!("sw{node}"), spec });
        }
        for (node, cards, first) in [(3, 1, 3), (4, 2, 5)] {
            push(Op::Node { name: format!("h{node}"), kind: "Host" });
            for card in 0..cards {
                let spec = DeviceSpec::Nic(NicConfig::default());
                push(Op::Device { node: NodeId(node), name: format!("eth{card}"), spec });
            }
            let interface = InterfaceConfig {
                name: "eth".to_owned(),
                mac: MacAddr::ZERO,
                mtu: 1500,
                addresses: Vec::new(),
                ..InterfaceConfig::default()
            };
            let interfaces = vec![interface; cards as usize];
            let spec = DeviceSpec::Stack(StackConfig { interfaces, ..StackConfig::default() });
            push(Op::Device { node: NodeId(node), name: "ip".to_owned(), spec });
            for card in 0..cards {
                let (a, b) = ((DeviceId(first + card), HOST), (DeviceId(first + cards), PortNo(card as u16)));
                push(Op::Wire { a, b });
            }
        }
        for (at, (a, b)) in cables.iter().enumerate() {
            let end = |(device, port): End| (DeviceId(device), PortNo(port));
            let up = at != 7;
            let config = CableConfig { up, ..CableConfig::default() };
            push(Op::Cable { name: format!("c{at}"), a: end(*a), b: end(*b), config });
        }
        plan
    }

    const ONE: End = (3, WIRE.0);
    const TWO: [End; 2] = [(5, WIRE.0), (6, WIRE.0)];

    #[test]
    fn a_host_with_two_cards_joins_nodes_but_not_segments() {
        let topology = Topology::of(&plan(&[(ONE, (0, 0)), (TWO[0], (0, 1)), (TWO[1], (1, 0))]));
        let (one, two) = (DeviceId(4), DeviceId(7));
        assert_eq!(topology.segment(one, PortNo(0)), [(two, PortNo(0))]);
        assert_eq!(topology.segment(two, PortNo(1)), []);
        assert!(topology.reachable(NodeId(3), NodeId(1)) && topology.reachable(NodeId(0), NodeId(1)));
        assert!(!topology.reachable(NodeId(3), NodeId(2)) && topology.reachable(NodeId(2), NodeId(2)));
        assert_eq!(topology.loops(), Vec::<Vec<CableId>>::new());
        assert_eq!((topology.segment(one, PortNo(9)), topology.storms(one, PortNo(9))), (Vec::new(), false));
    }

    #[test]
    fn each_cable_that_closes_a_circle_is_told_with_the_circle() {
        let triangle = [((0, 0), (1, 0)), ((1, 1), (2, 1)), ((2, 2), (0, 2))];
        let ids = |ids: &[u32]| ids.iter().map(|id| CableId(*id)).collect::<Vec<_>>();
        assert_eq!(Topology::of(&plan(&triangle[..2])).loops(), Vec::<Vec<CableId>>::new());
        assert_eq!(Topology::of(&plan(&triangle)).loops(), [ids(&[0, 1, 2])]);
        let twice = [((0, 0), (1, 0)), ((0, 1), (1, 1)), ((0, 2), (1, 2)), ((2, 0), (2, 1))];
        assert_eq!(Topology::of(&plan(&twice)).loops(), [ids(&[0, 1]), ids(&[0, 2]), ids(&[3])]);
        for closing in [((0, 1), (0, 2)), ((0, 1), (1, 1))] {
            let topology = Topology::of(&plan(&[(ONE, (0, 0)), ((0, 3), (1, 3)), closing]));
            assert!(topology.storms(DeviceId(4), PortNo(0)) && !topology.storms(DeviceId(7), PortNo(0)));
        }
        // A host with two cards on one switch is no circle: its stack passes nothing on.
        assert_eq!(Topology::of(&plan(&[(TWO[0], (0, 0)), (TWO[1], (0, 1))])).loops(), Vec::<Vec<CableId>>::new());
    }

    #[test]
    fn a_cable_without_carrier_joins_nothing() {
        let spare = ((0, 3), (1, 3));
        let mut cables = vec![((2, 0), (2, 1)); 7];
        cables.push(spare);
        assert!(!Topology::of(&plan(&cables)).reachable(NodeId(0), NodeId(1)));
        cables.push(((0, 1), (1, 1)));
        assert!(Topology::of(&plan(&cables)).reachable(NodeId(0), NodeId(1)));
    }

    #[test]
    fn what_does_not_exist_is_left_out() {
        let topology = Topology::of(&plan(&[((0, 0), (99, 0)), ((4, 9), (0, 1))]));
        assert!(!topology.reachable(NodeId(0), NodeId(99)) && !topology.reachable(NodeId(0), NodeId(3)));
        assert!(Topology::of(&Plan::default()).loops().is_empty());
    }
}
