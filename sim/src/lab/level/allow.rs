//! Findings a lab has to allow at this level: what short words give by intent is a slip when typed by hand.

use std::collections::BTreeSet;

use super::Part;
use crate::lab::print::made;
use crate::lab::read::{Form, Tree};
use crate::plan::{DeviceSpec, Plan};

const TWICE: &str = "duplicate-address";

/// What the lab allows already, and what two hosts with one address ask for: each has a gateway for its own pods, and
/// nothing forbids that both are called the same.
pub(super) fn complete(parts: &mut Vec<Part>, plan: &Plan) {
    if !repeated(plan) {
        return;
    }
    let Some((_, allowed)) = parts.iter_mut().find(|(name, _)| name == "allow") else {
        let after = parts.iter().position(|(name, _)| name == "nodes").unwrap_or(parts.len());
        parts.insert(after, ("allow".to_owned(), made::list([made::text(TWICE)])));
        return;
    };
    let Form::List(items) = &mut allowed.form else { return };
    let is_there = |item: &Tree| matches!(&item.form, Form::Text(text) if text == TWICE);
    if !items.iter().any(is_there) {
        items.push(made::text(TWICE));
    }
}

/// An IP or a MAC address is there more than once.
fn repeated(plan: &Plan) -> bool {
    let (mut ips, mut macs) = (BTreeSet::new(), BTreeSet::new());
    let stacks = plan.devices().filter_map(|(.., spec)| match spec {
        DeviceSpec::Stack(config) => Some(config),
        _ => None,
    });
    let mut interfaces = stacks.flat_map(|config| &config.interfaces);
    interfaces.any(|at| {
        let again = !macs.insert(at.mac);
        at.addresses.iter().any(|(ip, _)| !ips.insert(*ip)) || again
    })
}
