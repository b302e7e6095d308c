//! Macvlan devices on Linux: each child is made beside its card and moved to where it is used.

use super::{Interface, Script};
use crate::device::macvlan::{self, MacvlanConfig, Mode};
use crate::device::nic;
use crate::engine::{DeviceChange, Value};
use crate::id::{DeviceId, PortNo};
use crate::plan::DeviceSpec;
use crate::wire::MacAddr;

impl Script<'_> {
    /// The card below.
    fn parent(&self, device: DeviceId) -> Option<Interface> {
        self.across((device, macvlan::LOWER)).and_then(|(card, _)| self.names.device(card))
    }

    /// The interface that a child is.
    fn child(&self, device: DeviceId, child: usize) -> Option<Interface> {
        self.across((device, PortNo(macvlan::CHILD + child as u16))).and_then(|end| self.names.port(end))
    }

    /// The addresses of the children of a card.
    pub(super) fn child_addresses(&self, card: DeviceId) -> Vec<MacAddr> {
        let above = self.across((card, nic::HOST)).and_then(|(device, _)| self.spec(device));
        match above {
            Some(DeviceSpec::Macvlan(config)) => config.children.iter().map(|child| child.mac).collect(),
            _ => Vec::new(),
        }
    }

    /// Makes the children. One that nothing uses is made all the same, for it takes part in what is refused.
    pub(super) fn macvlan(&mut self, device: DeviceId, config: &MacvlanConfig) {
        let Some(Interface { space, name: card }) = self.parent(device) else {
            return self.refuse(format!("{}: macvlan without a card", self.plan.device_name(device)));
        };
        self.line(format!("\n# Macvlan devices on {card} of {space}."));
        for (place, child) in config.children.iter().enumerate() {
            let made = format!("mv{}-{place}", device.index());
            let address = if child.mode == Mode::Passthru { String::new() } else { format!(" address {}", child.mac) };
            let kind = format!("type macvlan mode {}{}", child.mode, if child.takes { " nodst" } else { "" });
            self.line(format!("ip -n \"$OU-{space}\" link add link {card} name {made}{address} {kind}"));
            if !child.sources.is_empty() {
                let list: Vec<String> = child.sources.iter().map(MacAddr::to_string).collect();
                let set = format!("macvlan macaddr set {}", list.join(" "));
                self.line(format!("ip -n \"$OU-{space}\" link set dev {made} type {set}"));
            }
            if let Some(at) = self.child(device, place) {
                let to = format!("netns \"$OU-{}\" name {}", at.space, at.name);
                self.line(format!("ip -n \"$OU-{space}\" link set dev {made} {to}"));
                self.line(format!("ip -n \"$OU-{}\" link set dev {} up", at.space, at.name));
            }
        }
    }

    /// A change of a child.
    pub(super) fn macvlan_change(
        &self,
        device: DeviceId,
        config: &MacvlanConfig,
        change: &DeviceChange,
    ) -> Option<Vec<String>> {
        let link = |child: usize, words: String| {
            let Interface { space, name } = self.child(device, child)?;
            Some(vec![format!("ip -n \"$OU-{space}\" link set dev {name} type macvlan {words}")])
        };
        let row = |cells: &[(String, String)], verb: &str| {
            let cell = |wanted: &str| cells.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
            let child = config.children.iter().position(|child| Some(child.name.as_str()) == cell("child"))?;
            let mac: MacAddr = cell("mac")?.parse().ok()?;
            link(child, format!("macaddr {verb} {mac}"))
        };
        match change {
            DeviceChange::Set { port: Some(port), field, value: Value::Text(word) } if field == "mode" => {
                let mode: Mode = word.parse().ok()?;
                link(usize::from(port.0.checked_sub(macvlan::CHILD)?), format!("mode {mode}"))
            }
            DeviceChange::AddRow { cells, .. } => row(cells, "add"),
            DeviceChange::DelRow { cells, .. } => row(cells, "del"),
            _ => None,
        }
    }
}
