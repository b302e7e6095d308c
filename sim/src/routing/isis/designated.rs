//! The designated system of a LAN: it speaks for the LAN, which is a node of the map by a name of its own
//! (ISO/IEC 10589 §8.4.5).

use super::circuit::number_of;
use super::{Isis, why};
use crate::engine::RowChange;
use crate::routing::{Effect, Io};
use crate::time::SimTime;
use crate::wire::isis::{Level, NodeId, SystemId};

/// What a system knows of a LAN at one level.
#[derive(Clone, Debug, Default)]
pub(super) struct Lan {
    /// Who is designated, if anybody.
    pub designated: Option<SystemId>,
    /// The LAN as the designated system calls it; nothing but zeros as long as that is not known.
    pub id: NodeId,
    /// Until when it only listens who there is.
    pub wait: Option<SimTime>,
    /// The designated system is to be chosen again.
    pub elect: bool,
    /// When this system says next what there is, if it is designated.
    pub csnp_at: Option<SimTime>,
}

impl Lan {
    /// This system speaks for the LAN.
    pub fn is_designated(&self, own: SystemId) -> bool {
        self.designated == Some(own)
    }
}

impl Isis {
    /// Chooses the designated system: highest priority, then highest address. Nobody keeps the office against a better
    /// one, and there is no deputy: the next election is soon.
    pub(super) fn elect(&mut self, link: usize, level: Level, io: &mut Io<'_>) {
        let own = self.id;
        let circuit = &mut self.circuits[link];
        let lan = &mut circuit.lan[level.index()];
        lan.elect = false;
        if lan.wait.is_some() || !circuit.up {
            return;
        }
        let best = circuit.up_at(level).max_by_key(|near| (near.priority, near.mac));
        let own_rank = circuit.mac.map(|mac| (circuit.priority, mac));
        // The name a system gives counts only if it speaks for itself.
        let (designated, id) = match best {
            None => (None, NodeId::default()),
            Some(best) if own_rank > Some((best.priority, best.mac)) => {
                (Some(own), NodeId { system: own, pseudonode: number_of(link) })
            }
            Some(best) if best.lan.system == best.system => (Some(best.system), best.lan),
            Some(best) => (Some(best.system), NodeId::default()),
        };
        let lan = &mut circuit.lan[level.index()];
        let before = (lan.designated, lan.id);
        (lan.designated, lan.id) = (designated, id);
        if before == (designated, id) {
            return;
        }
        self.dirty = true;
        if before.0 == designated {
            return;
        }
        let is_own = designated == Some(own);
        self.circuits[link].lan[level.index()].csnp_at = is_own.then_some(io.now + self.config.csnp);
        io.say(if designated.is_some() { &why::ELECTED } else { &why::NOBODY }, |links| {
            let who = designated.map_or_else(|| "-".to_owned(), |system| system.to_string());
            format!("{}: level {}, {who}", links[link].name, level.number())
        });
        for at in 0..self.circuits[link].near.len() {
            let near = &mut self.circuits[link].near[at];
            if near.levels.has(level) {
                near.written = io.event;
                io.effects.push(Effect::Wrote(self.row((link, at)), RowChange::Changed));
            }
        }
        if is_own {
            self.hello(link, level, io);
        }
    }
}
