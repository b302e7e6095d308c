//! Agents: programs on a host that write rows into other devices of their node, as daemons do through netlink.
//!
//! A change asked for with [`Outbox::write_row`] becomes an event of its own at the present instant, behind what is due
//! already, so several come in the order in which they were asked for. It goes through [`Device::change`] like a change
//! of the lab; the log holds who asked, in which event and why. Nothing of it is in a journal: it follows from the
//! frames and timers of the run, so a replay asks for the same again.
//!
//! [`Device::change`]: crate::engine::Device::change

use crate::engine::command::{ChangeError, DeviceChange};
use crate::engine::core::Instant;
use crate::engine::log::Entry;
use crate::engine::outbox::Outbox;
use crate::engine::world::World;
use crate::explain::Reason;
use crate::id::{DeviceId, EventNo};

/// A row an agent wrote: device, table, cells.
pub(in crate::engine) type Written = (DeviceId, String, Vec<(String, String)>);

/// What an agent gives as its reason.
#[derive(Clone, Copy, Debug)]
pub struct Saying<'t> {
    /// Its name: `flanneld`.
    pub agent: &'static str,
    /// The rule.
    pub reason: Reason,
    /// What it is about; fills `{what}`.
    pub about: &'t str,
}

/// A change an agent has asked for.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Write {
    pub by: DeviceId,
    agent: &'static str,
    reason: Reason,
    about: String,
    asked: EventNo,
    ticket: u64,
    /// It is news and no row of the kernel's: nothing to be undone when the power goes.
    news: bool,
    /// Name of the device in the node; nothing for the agent's own.
    device: Option<String>,
    change: DeviceChange,
}

impl Outbox<'_> {
    /// Has a device of this node, or with no name this one, make a change: next, as an event of its own. `ticket` comes
    /// back with a refusal.
    pub fn write_row(&mut self, device: Option<&str>, change: DeviceChange, saying: Saying<'_>, ticket: u64) {
        let Saying { agent, reason, about } = saying;
        let (by, asked) = (self.device, self.core.event);
        let (device, about) = (device.map(str::to_owned), about.to_owned());
        let write = Write { by, agent, reason, about, asked, ticket, news: false, device, change };
        self.core.lane.push(Instant::Write(Box::new(write)));
    }

    /// Tells a program on a device of this node that a row of the own table has come or gone, as the kernel does
    /// through netlink. It goes the same way as [`Outbox::write_row`].
    pub fn notify_row(&mut self, device: &str, change: DeviceChange, saying: Saying<'_>) {
        let Saying { agent, reason, about } = saying;
        let (by, asked) = (self.device, self.core.event);
        let (device, about) = (Some(device.to_owned()), about.to_owned());
        let write = Write { by, agent, reason, about, asked, ticket: 0, news: true, device, change };
        self.core.lane.push(Instant::Write(Box::new(write)));
    }

    /// Whether what is said is kept: else nobody needs its text.
    pub fn is_heard(&self) -> bool {
        self.core.log.is_some()
    }

    /// An agent says something that is about no frame and writes no row.
    pub fn say(&mut self, saying: Saying<'_>) {
        let (agent, asked) = (self.device, self.core.event);
        self.core.count_saying(agent, saying.reason);
        if let Some(log) = &mut self.core.log {
            let about = log.keep_text(saying.about);
            let (name, reason) = (saying.agent, saying.reason);
            log.push(Entry::Agent { agent, name, reason, about, asked, change: None, refused: false });
        }
    }
}

impl crate::engine::Core {
    fn count_saying(&mut self, agent: DeviceId, reason: Reason) {
        self.mix(u64::from(reason.hash) << 32 | u64::from(agent.0));
        self.said.entry((agent, reason.index, reason.hash)).or_insert((reason, 0)).1 += 1;
    }
}

impl World {
    /// Makes the change an agent has asked for.
    #[cold]
    #[expect(clippy::boxed_local, reason = "unpacked here and not in the run loop, which it would make slower")]
    pub(in crate::engine) fn write_event(&mut self, write: Box<Write>) {
        self.begin(0);
        self.core.count_saying(write.by, write.reason);
        let target = match &write.device {
            None => Some(write.by),
            Some(name) => self.neighbour(write.by, name),
        };
        let at = self.core.log.as_mut().map(|log| {
            let about = log.keep_text(&write.about);
            let change = log.keep_change(&write.change);
            let (agent, name, reason, asked) = (write.by, write.agent, write.reason, write.asked);
            let change = Some((target.unwrap_or(write.by), change));
            log.push(Entry::Agent { agent, name, reason, about, asked, change, refused: false });
            log.len() - 1
        });
        let result = match target {
            Some(device) => self.with_device(device, |at, now, out| at.change(now, &write.change, out)),
            None => Err(ChangeError::UnknownDevice { name: write.device.clone().unwrap_or_default() }),
        };
        match (result, target) {
            (Ok(()), Some(device)) => {
                self.tell_neighbours(device);
                if !write.news {
                    self.note_written(device, write.change);
                }
            }
            (Ok(()), None) => {}
            (Err(error), _) => {
                if let (Some(log), Some(at)) = (&mut self.core.log, at) {
                    log.refuse(at);
                }
                let told = self.with_device(write.by, |at, now, out| {
                    at.refused(now, write.ticket, &error, out);
                    Ok(())
                });
                debug_assert!(told.is_ok(), "the agent's own device exists");
            }
        }
    }

    /// The device of this name in the node of another.
    fn neighbour(&self, of: DeviceId, name: &str) -> Option<DeviceId> {
        let node = self.nodes().get(self.node_of(of)?.index())?;
        let is = |device: &&DeviceId| {
            let full = self.device_name(**device);
            full.strip_prefix(node.name.as_str()).and_then(|rest| rest.strip_prefix('/')).unwrap_or(full) == name
        };
        node.devices.iter().find(is).copied()
    }

    fn note_written(&mut self, device: DeviceId, change: DeviceChange) {
        match change {
            DeviceChange::AddRow { table, cells } => {
                self.written.insert((device, table, cells));
            }
            DeviceChange::DelRow { table, cells } => {
                self.written.remove(&(device, table, cells));
            }
            DeviceChange::Set { .. } | DeviceChange::Flush { .. } => {}
        }
    }

    /// What agents wrote into a node's devices lived in its kernel, and that is gone with the power.
    pub(in crate::engine) fn forget_written(&mut self, devices: &[DeviceId]) {
        let (gone, kept) = std::mem::take(&mut self.written).into_iter().partition(|row| devices.contains(&row.0));
        self.written = kept;
        for (device, table, cells) in gone as std::collections::BTreeSet<Written> {
            let change = DeviceChange::DelRow { table, cells };
            // A row that something else has removed meanwhile is no loss.
            let _ = self.with_device(device, |at, now, out| at.change(now, &change, out));
        }
    }

    pub(in crate::engine) fn boot(&mut self, device: DeviceId) {
        let booted = self.with_device(device, |at, now, out| {
            at.boot(now, out);
            Ok(())
        });
        debug_assert!(booted.is_ok(), "devices of a node exist");
    }
}
