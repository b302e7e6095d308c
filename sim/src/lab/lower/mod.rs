//! From the lab as typed to a plan: names resolved, the network checked, everything the author left open chosen.

mod changes;
mod daemons;
pub mod directory;
mod events;
mod expand;
mod ipvlan;
mod linux;
mod macvlan;
mod moments;
mod nodes;
mod routing;
pub(in crate::lab) mod rows;
mod sense;
mod sriov;
mod traffic;
mod tunnels;
mod wires;
mod wiring;

pub use changes::Resolver;
pub use directory::Directory;
pub(in crate::lab) use moments::when;

use crate::engine::World;
use crate::lab::diagnostic::Findings;
use crate::lab::schema::Lab;
use crate::plan::{Op, Plan, world};

/// One variant of a lab, lowered.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// What its names stand for.
    pub names: Directory,
    /// What is built. Not to be used when there were errors.
    pub plan: Plan,
    /// A world with its devices but without cables, to ask about tables and to try changes on.
    pub probe: Option<World>,
}

/// Lowers one variant.
pub fn lower(lab: &Lab, found: &mut Findings) -> Lowered {
    let expand::Expanded { lab, lost, cards_lost } = expand::expand(lab, found);
    let lab = &lab;
    let mut names = wiring::directory(lab, cards_lost, found);
    names.lost = lost;
    let mut plan = Plan { seed: lab.seed, steps: Vec::new() };
    nodes::nodes(lab, &names, &mut plan, found);
    nodes::cables(lab, &names, &mut plan);
    daemons::daemons(lab, &names, &mut plan, found);
    routing::routing(lab, &names, &mut plan, found);
    traffic::traffic(lab, &names, &mut plan, found);
    traffic::probes(lab, &mut names, &mut plan);
    let probe = probe(&names, &plan);
    nodes::rows(lab, &names, probe.as_ref(), &mut plan, found);
    nodes::presets(lab, &names, probe.as_ref(), &mut plan, found);
    events::events(lab, &names, probe.as_ref(), &mut plan, found);
    traffic::receivers_of_groups(&mut plan);
    moments::circles(lab, found);
    sense::check(lab, &names, found);
    Lowered { names, plan, probe }
}

/// Broken nodes have no devices, and then numbers in the plan do not fit: better no world than a wrong one.
fn probe(names: &Directory, plan: &Plan) -> Option<World> {
    if names.nodes.iter().any(|node| node.kind.is_empty()) {
        return None;
    }
    let kept = |op: &Op| matches!(op, Op::Node { .. } | Op::Device { .. } | Op::Row { .. } | Op::Serve { .. });
    let steps = plan.steps.iter().filter(|step| kept(&step.op)).cloned().collect();
    world::build(&Plan { seed: plan.seed, steps }).ok()
}
