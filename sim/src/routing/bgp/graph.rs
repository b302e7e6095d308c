//! ASes and the links between them, made at random but from a seed: few have many neighbours, most have two.

use super::Relation;

/// A link between two ASes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// One end.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// What `a` is to `b`.
    pub is: Relation,
}

/// ASes 0, 1, … and their links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// How many ASes.
    pub ases: u32,
    /// The links.
    pub edges: Vec<Edge>,
}

/// What a relation is from the other end.
pub const fn reverse(relation: Relation) -> Relation {
    match relation {
        Relation::None => Relation::None,
        Relation::Customer => Relation::Provider,
        Relation::Peer => Relation::Peer,
        Relation::Provider => Relation::Customer,
    }
}

impl Graph {
    /// Everybody linked with everybody.
    pub fn clique(ases: u32) -> Self {
        let edges = (0..ases).flat_map(|b| (0..b).map(move |a| Edge { a, b, is: Relation::None })).collect();
        Self { ases, edges }
    }

    /// A graph after Barabási and Albert: a triangle, and every newcomer links with two of those there, more likely
    /// with those who have many links. `below` draws a number below its argument.
    pub fn barabasi_albert(ases: u32, mut below: impl FnMut(u64) -> u64) -> Self {
        let mut graph = Self { ases, edges: Vec::with_capacity(2 * ases as usize) };
        let mut ends: Vec<u32> = vec![0, 1, 1, 2, 2, 0];
        for (a, b) in [(0, 1), (1, 2), (2, 0)] {
            if a.max(b) < ases {
                graph.edges.push(Edge { a, b, is: Relation::None });
            }
        }
        let mut draw = |ends: &[u32]| ends[below(ends.len() as u64) as usize];
        for newcomer in 3..ases {
            let first = draw(&ends);
            let second = loop {
                let other = draw(&ends);
                if other != first {
                    break other;
                }
            };
            for old in [first, second] {
                graph.edges.push(Edge { a: newcomer, b: old, is: Relation::None });
                ends.extend([newcomer, old]);
            }
        }
        graph
    }

    /// The same graph with money: whoever is older is the provider, and the first three are peers. So everybody can be
    /// reached over paths that nobody pays for in vain.
    pub fn valley_free(ases: u32, below: impl FnMut(u64) -> u64) -> Self {
        let mut graph = Self::barabasi_albert(ases, below);
        for edge in &mut graph.edges {
            edge.is = match (edge.a, edge.b) {
                (0..=2, 0..=2) => Relation::Peer,
                (a, b) if a > b => Relation::Customer,
                _ => Relation::Provider,
            };
        }
        graph
    }
}
