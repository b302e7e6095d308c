//! Ipvlan devices on Linux: each child is made beside its card and moved to where it is used.

use super::{Interface, Script};
use crate::device::ipvlan::{self, Flag, IpvlanConfig, Mode};
use crate::engine::{Change, DeviceChange, Value};
use crate::id::{DeviceId, PortNo};
use crate::plan::Op;

impl Script<'_> {
    /// The interface that a child is.
    fn ipvlan_child(&self, device: DeviceId, child: usize) -> Option<Interface> {
        self.across((device, PortNo(ipvlan::CHILD + child as u16))).and_then(|end| self.names.port(end))
    }

    /// Makes the children. One that nothing uses is made all the same, for the last one decides on the mode of all.
    pub(super) fn ipvlan(&mut self, device: DeviceId, config: &IpvlanConfig) {
        let card = self.across((device, ipvlan::LOWER)).and_then(|(card, _)| self.names.device(card));
        let Some(Interface { space, name: card }) = card else {
            return self.refuse(format!("{}: ipvlan without a card", self.plan.device_name(device)));
        };
        self.line(format!("\n# Ipvlan devices on {card} of {space}: the last one sets mode and flag of all."));
        for (place, child) in config.children.iter().enumerate() {
            let made = format!("iv{}-{place}", device.index());
            let kind = format!("type ipvlan mode {} {}", child.mode, child.flag);
            self.line(format!("ip -n \"$OU-{space}\" link add link {card} name {made} {kind}"));
            if let Some(at) = self.ipvlan_child(device, place) {
                let to = format!("netns \"$OU-{}\" name {}", at.space, at.name);
                self.line(format!("ip -n \"$OU-{space}\" link set dev {made} {to}"));
                self.line(format!("ip -n \"$OU-{}\" link set dev {} up", at.space, at.name));
            }
        }
    }

    /// A change of mode or flag, made at any child.
    pub(super) fn ipvlan_change(
        &self,
        device: DeviceId,
        config: &IpvlanConfig,
        change: &DeviceChange,
    ) -> Result<Vec<String>, &'static str> {
        let DeviceChange::Set { port, field, value: Value::Text(word) } = change else { return Err("") };
        let child = port.and_then(|port| port.0.checked_sub(ipvlan::CHILD)).map_or(0, usize::from);
        let Interface { space, name } = self.ipvlan_child(device, child).ok_or("")?;
        let words = match field.as_str() {
            // `ip link` writes the flag whenever it writes the mode, so it has to be said again.
            "mode" if self.changes_flag(device) => {
                return Err("`ip link` writes mode and flag together, and both change here");
            }
            "mode" => format!("mode {} {}", word.parse::<Mode>().map_err(|()| "")?, config.agreed().1),
            _ => word.parse::<Flag>().map_err(|()| "")?.to_string(),
        };
        Ok(vec![format!("ip -n \"$OU-{space}\" link set dev {name} type ipvlan {words}")])
    }

    /// Somewhere in the plan the flag of this card is changed.
    fn changes_flag(&self, device: DeviceId) -> bool {
        let is_flag = |change: &DeviceChange| matches!(change, DeviceChange::Set { field, .. } if field == "flag");
        self.plan.steps.iter().any(|step| match &step.op {
            Op::Row { device: at, change } | Op::Event { change: Change::Device { device: at, change }, .. } => {
                *at == device && is_flag(change)
            }
            _ => false,
        })
    }
}
