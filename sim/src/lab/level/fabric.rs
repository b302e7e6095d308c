//! The network of a provider as it is typed device by device.

use super::{Part, part};
use crate::device::fabric::FabricConfig;
use crate::environment::{ENVIRONMENTS, OPEN};
use crate::lab::print::made;
use crate::lab::read::Tree;

pub(super) fn fabric(config: &FabricConfig) -> Tree {
    let mut own: Vec<Part> = Vec::new();
    if !config.check {
        own.push(part("check", made::flag(false)));
    }
    if config.open != OPEN {
        own.push(part("open", made::list(config.open.iter().map(made::number))));
    }
    // Two environments with the same rules and the same way to deliver are the same to a machine.
    let is = |environment: &&crate::environment::Environment| {
        environment.rules == config.rules.as_slice() && environment.delivery == config.delivery
    };
    let name = ENVIRONMENTS.iter().find(is).map_or("?", |environment| environment.name);
    let mut parts = vec![part("environment", made::call(name, own))];
    parts.push(part("ports", made::list(config.ports.iter().map(|port| made::text(port.clone())))));
    parts.push(part("subnet", made::number(config.subnet)));
    made::call("Fabric", parts)
}
