//! Which wires of a plan are veth pairs, so that a profile can charge for crossing them.

use std::collections::BTreeMap;

use crate::id::{DeviceId, PortNo};
use crate::plan::{DeviceSpec, Op, Plan};

/// Name of the stack of a host itself, beside those of its containers.
const OWN: &str = "ip";

/// The ends of all veth pairs: wires from one network namespace to another, or to a bridge outside of it. The way from a
/// bridge to the stack of its own host is none.
pub fn of(plan: &Plan) -> Vec<[(DeviceId, PortNo); 2]> {
    let wires: Vec<[(DeviceId, PortNo); 2]> = plan
        .steps
        .iter()
        .filter_map(|step| match &step.op {
            Op::Wire { a, b } => Some([*a, *b]),
            _ => None,
        })
        .collect();
    let devices: BTreeMap<DeviceId, (&str, &DeviceSpec)> =
        plan.devices().map(|(id, _, name, spec)| (id, (name, spec))).collect();
    let spec = |id: DeviceId| devices.get(&id).map(|(_, spec)| *spec);
    let is_nic = |id: DeviceId| matches!(spec(id), Some(DeviceSpec::Nic(_)));
    let has_card = |id: DeviceId| {
        wires.iter().flat_map(|[a, b]| [(a.0, b.0), (b.0, a.0)]).any(|(from, to)| from == id && is_nic(to))
    };
    let is_own = |id: DeviceId| match devices.get(&id) {
        Some((name, DeviceSpec::Stack(stack))) => *name == OWN || !stack.tunnels.is_empty() || has_card(id),
        _ => false,
    };
    let is_veth = |[a, b]: &[(DeviceId, PortNo); 2]| match (spec(a.0), spec(b.0)) {
        (Some(DeviceSpec::Stack(_)), Some(DeviceSpec::Stack(_)))
        | (Some(DeviceSpec::Bridge(_)), Some(DeviceSpec::Bridge(_))) => true,
        (Some(DeviceSpec::Stack(_)), Some(DeviceSpec::Bridge(_))) => !is_own(a.0),
        (Some(DeviceSpec::Bridge(_)), Some(DeviceSpec::Stack(_))) => !is_own(b.0),
        _ => false,
    };
    wires.iter().filter(|wire| is_veth(wire)).copied().collect()
}
