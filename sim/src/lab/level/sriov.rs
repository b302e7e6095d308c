//! Virtual functions as they are typed device by device.

use super::{Part, flag_unless, part};
use crate::device::sriov::config::USUAL_LIMIT;
use crate::device::sriov::{Mode, SriovConfig, State, VfConfig};
use crate::lab::print::made;
use crate::lab::read::Tree;

/// A function in a bridge asks to hear everything by itself.
pub(super) fn sriov(config: &SriovConfig, bridged: impl Fn(usize) -> bool) -> Tree {
    let default = VfConfig::default();
    let function = |(place, vf): (usize, &VfConfig)| {
        let mut parts: Vec<Part> = vec![part("mac", made::text(vf.mac.to_string()))];
        if vf.vlan != 0 {
            parts.push(part("vlan", made::number(vf.vlan)));
        }
        flag_unless(&mut parts, "spoofchk", vf.spoofchk, default.spoofchk);
        flag_unless(&mut parts, "trust", vf.trust, default.trust);
        if vf.state != State::default() {
            parts.push(part("state", made::word(vf.state.lab_word())));
        }
        flag_unless(&mut parts, "promiscuous", vf.promiscuous, bridged(place));
        if !vf.asks.is_empty() {
            parts.push(part("asks", made::list(vf.asks.iter().map(|mac| made::text(mac.to_string())))));
        }
        (vf.name.clone(), made::call("", parts))
    };
    let mut parts = Vec::new();
    if config.mode != Mode::default() {
        parts.push(part("mode", made::word(config.mode.lab_word())));
    }
    if config.limit != USUAL_LIMIT {
        parts.push(part("vfs", made::number(config.limit)));
    }
    parts.push(part("functions", made::map(config.vfs.iter().enumerate().map(function))));
    made::call("Sriov", parts)
}
