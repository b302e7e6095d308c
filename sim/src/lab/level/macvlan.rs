//! Macvlan devices as they are typed device by device.

use super::{Part, part};
use crate::device::macvlan::{ChildConfig, MacvlanConfig, Mode};
use crate::lab::print::made;
use crate::lab::read::Tree;

pub(super) fn macvlan(config: &MacvlanConfig) -> Tree {
    let child = |child: &ChildConfig| {
        let mut parts: Vec<Part> = vec![part("mode", made::word(child.mode.lab_word()))];
        if child.mode != Mode::Passthru {
            parts.push(part("mac", made::text(child.mac.to_string())));
        }
        if !child.sources.is_empty() {
            parts.push(part("sources", made::list(child.sources.iter().map(|mac| made::text(mac.to_string())))));
        }
        if child.takes {
            parts.push(part("takes", made::flag(true)));
        }
        (child.name.clone(), made::call("", parts))
    };
    made::call("Macvlan", vec![part("children", made::map(config.children.iter().map(child)))])
}
