//! Cuts and power: what happens to cables, nodes and the frames on them.

use std::sync::Arc;

use crate::engine::command::ChangeError;
use crate::engine::core::Instant;
use crate::engine::outbox::{Outbox, Why};
use crate::engine::wire::{CABLE_CUT, CABLE_DOWN, CableInfo, End, POWER_OFF};
use crate::engine::world::{World, missing};
use crate::explain::Reason;
use crate::id::{CableId, DeviceId, NodeId, PortNo};
use crate::time::SimTime;
use crate::wire::Frame;

impl World {
    pub(in crate::engine) fn set_carrier(&mut self, cable: CableId, up: bool) -> Result<(), ChangeError> {
        *self.whole.get_mut(cable.index()).ok_or_else(|| missing("cable", cable.0))? = up;
        self.update_carrier(cable);
        Ok(())
    }

    /// A cable has carrier when it is whole and both ends have power.
    fn update_carrier(&mut self, cable: CableId) {
        let wiring = Arc::clone(&self.core.wiring);
        let info = &wiring.cables[cable.index()];
        let powered = info.ends.iter().all(|(device, _)| self.has_power(*device));
        self.switch_cable(cable, info, self.whole[cable.index()] && powered);
    }

    /// Tells the ends of cables that have no carrier at the start.
    pub(in crate::engine) fn tell_dark_ends(&mut self) {
        let wiring = Arc::clone(&self.core.wiring);
        for (at, info) in wiring.cables.iter().enumerate() {
            if !self.whole[at] {
                self.tell_carrier(info, false);
            }
        }
    }

    pub(in crate::engine) fn has_power(&self, device: DeviceId) -> bool {
        self.node_of(device).is_some_and(|node| self.powered[node.index()])
    }

    fn switch_cable(&mut self, cable: CableId, info: &CableInfo, up: bool) {
        let first = cable.index() * 2;
        if self.core.directions[first].up == up {
            return;
        }
        for (at, sender) in [(first, info.ends[0]), (first + 1, info.ends[1])] {
            let direction = &mut self.core.directions[at];
            direction.up = up;
            (direction.busy_until, direction.carry) = (SimTime::ZERO, 0);
            let lost = std::mem::take(&mut direction.in_flight);
            direction.stats.lost[CABLE_CUT.index as usize] += lost.len() as u64;
            self.core.foreground -= lost.len() as u64;
            for (_, frame) in lost {
                let mut out = Outbox::new(&mut self.core, sender.0, None);
                out.report_loss(sender.1, Why::from(&CABLE_CUT), frame);
            }
        }
        self.tell_carrier(info, up);
    }

    fn tell_carrier(&mut self, info: &CableInfo, up: bool) {
        for end in info.ends {
            let (mut next, mut told) = (vec![end], Vec::new());
            // Ends: every port is told once.
            while let Some((device, port)) = next.pop() {
                if told.contains(&(device, port)) {
                    continue;
                }
                told.push((device, port));
                let mut out = Outbox::new(&mut self.core, device, None);
                let now = out.now();
                let at = &mut self.devices[device.index()];
                at.carrier(now, port, up, &mut out);
                let behind = at.carrier_behind(port);
                next.extend(behind.into_iter().rev().filter_map(|behind| {
                    if let End::Internal(device, port) = self.core.wiring.end(device, behind) {
                        return Some((device, port));
                    }
                    None
                }));
            }
        }
    }

    pub(in crate::engine) fn set_power(&mut self, node: NodeId, up: bool) -> Result<(), ChangeError> {
        let powered = self.powered.get_mut(node.index()).ok_or_else(|| missing("node", node.0))?;
        if *powered == up {
            return Ok(());
        }
        *powered = up;
        let devices = self.names.nodes[node.index()].devices.clone();
        let wiring = Arc::clone(&self.core.wiring);
        for (at, info) in wiring.cables.iter().enumerate() {
            if info.ends.iter().any(|(device, _)| devices.contains(device)) {
                self.update_carrier(CableId(at as u32));
            }
        }
        if up {
            for device in devices {
                self.boot(device);
            }
        } else {
            self.forget_written(&devices);
            for device in devices {
                for kind in 0..self.devices[device.index()].timers() {
                    self.core.disarm(device, kind);
                }
                self.devices[device.index()].reset();
            }
            self.empty_node(node);
        }
        Ok(())
    }

    /// Frames between two devices of a node are gone with its power.
    fn empty_node(&mut self, node: NodeId) {
        for ((device, port), frame) in self.core.stop_cpu(node) {
            self.lose_inside(device, port, frame);
        }
        for item in std::mem::take(&mut self.core.lane) {
            match item {
                Instant::Arrive(device, port, frame) if self.node_of(device) == Some(node) => {
                    self.lose_inside(device, port, frame);
                }
                Instant::Write(write) if self.node_of(write.by) == Some(node) => {}
                other => self.core.lane.push(other),
            }
        }
    }

    pub(in crate::engine) fn lose_inside(&mut self, device: DeviceId, port: PortNo, frame: Frame) {
        let mut out = Outbox::new(&mut self.core, device, Some(port));
        out.report_loss(port, Why::from(&POWER_OFF), frame);
    }

    /// Why a cable carries nothing at the moment, if so.
    pub fn cable_down(&self, cable: CableId) -> Option<Reason> {
        let direction = self.core.directions.get(cable.index() * 2)?;
        (!direction.up).then_some(&CABLE_DOWN)
    }
}
