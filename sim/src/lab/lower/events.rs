//! Events become scripted changes of the world.

use crate::engine::World;
use crate::lab::diagnostic::Findings;
use crate::lab::lower::changes::Resolver;
use crate::lab::lower::directory::Directory;
use crate::lab::lower::moments::when;
use crate::lab::schema::Lab;
use crate::plan::{Bilingual, Op, Plan};

/// Adds all events. `probe` is a world with the lab's devices, to try changes on.
pub fn events(lab: &Lab, names: &Directory, probe: Option<&World>, plan: &mut Plan, found: &mut Findings) {
    let mut resolver = Resolver::new(names, probe.filter(|_| !lab.events.is_empty()));
    for named in &lab.events {
        let Some(event) = &named.value else { continue };
        let at = when(&event.at, names, found);
        let changes = resolver.resolve(&event.change, found);
        let (Some(at), Some(changes)) = (at, changes) else { continue };
        for change in changes {
            let name = named.name.value.clone();
            let why = Bilingual::new(format!("event `{name}` of the lab"), format!("实验的事件 `{name}`"));
            plan.push(Op::Event { name, change, when: at.clone() }, why);
        }
    }
}
