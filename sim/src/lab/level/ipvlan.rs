//! Ipvlan devices as they are typed device by device.

use super::{Part, part};
use crate::device::ipvlan::{ChildConfig, Flag, IpvlanConfig};
use crate::lab::print::made;
use crate::lab::read::Tree;

pub(super) fn ipvlan(config: &IpvlanConfig) -> Tree {
    let child = |child: &ChildConfig| {
        let mut parts: Vec<Part> = vec![part("mode", made::word(child.mode.lab_word()))];
        if child.flag != Flag::default() {
            parts.push(part("flag", made::word(child.flag.lab_word())));
        }
        (child.name.clone(), made::call("", parts))
    };
    made::call("Ipvlan", vec![part("children", made::map(config.children.iter().map(child)))])
}
