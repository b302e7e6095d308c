//! What routers speak.

use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::lower::directory::{Directory, Home};
use crate::lab::schema::Lab;
use crate::lab::schema::node::{Inner, NodeSpec, Stack};
use crate::plan::{AppSpec, Bilingual, Op, Plan};

/// Adds the routing daemons.
pub fn routing(lab: &Lab, names: &Directory, plan: &mut Plan, found: &mut Findings) {
    for (named, node) in lab.nodes.iter().zip(&names.nodes) {
        let Some(NodeSpec::Linux(linux)) = &named.value else { continue };
        for device in &linux.devices {
            let Some(Inner::Stack(stack)) = &device.value else { continue };
            let inside = node.devices.iter().find(|inside| inside.name == device.name.value);
            let home = inside.and_then(|inside| node.homes.iter().find(|home| home.device == inside.id));
            if let Some(home) = home {
                speak(stack, home, plan, found);
            }
        }
    }
}

fn speak(stack: &Stack, home: &Home, plan: &mut Plan, found: &mut Findings) {
    let Some(routing) = &stack.routing else { return };
    let known: Vec<&str> = stack.interfaces.iter().map(|(name, _)| name.value.as_str()).collect();
    for name in &routing.value.passive {
        if !known.contains(&name.value.as_str()) {
            let text = format!("`{}` has no interface `{}`", home.name, name.value);
            let finding = Finding::new(Code::NoSuchPort, text, name.span).label("it could not be silent there");
            let finding = finding.suggest(&name.value, known.iter().copied());
            found.push(finding.help(format!("interfaces: {}", list(known.iter().copied()))));
        }
    }
    let why = Bilingual::new(
        format!("`{}` tells its neighbours how far it thinks all networks are, and believes them", home.name),
        format!("`{}` 告诉邻居自己认为各网络有多远,也相信邻居的话", home.name),
    );
    plan.push(Op::Serve { home: home.device, app: AppSpec::Rip(routing.value.rip.clone()) }, why);
}
