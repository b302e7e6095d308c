//! What routers speak.

mod adjacent;
mod bgp;
mod evpn;
mod places;

use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::lower::directory::{Directory, Home};
use crate::lab::schema::Lab;
use crate::lab::schema::node::{Inner, NodeSpec, Stack};
use crate::lab::schema::routing::Routing;
use crate::lab::schema::routing::eigrp::Eigrp;
use crate::lab::schema::routing::isis::Isis;
use crate::lab::schema::routing::ospf::Ospf;
use crate::lab::source::Spanned;
use crate::plan::{AppSpec, Bilingual, Op, Plan};
use crate::routing::rip::RipConfig;

/// Adds the routing daemons.
pub fn routing(lab: &Lab, names: &Directory, plan: &mut Plan, found: &mut Findings) {
    let (mut speakers, mut voices) = (Vec::new(), Vec::new());
    for (named, node) in lab.nodes.iter().zip(&names.nodes) {
        let Some(NodeSpec::Linux(linux)) = &named.value else { continue };
        for device in &linux.devices {
            let Some(Inner::Stack(stack)) = &device.value else { continue };
            let inside = node.devices.iter().find(|inside| inside.name == device.name.value);
            let home = inside.and_then(|inside| node.homes.iter().find(|home| home.device == inside.id));
            if let (Some(home), Some(routing)) = (home, stack.routing.as_deref()) {
                voices.push(adjacent::Voice { stack, home, routing });
            }
            match (home, stack.routing.as_deref()) {
                (Some(home), Some(Spanned { value: Routing::Rip(rip, passive), .. })) => {
                    speak_rip(stack, home, (rip, passive), plan, found);
                }
                (Some(home), Some(Spanned { value: Routing::Eigrp(eigrp), .. })) => {
                    speak_eigrp(stack, home, eigrp, plan, found);
                }
                (Some(home), Some(Spanned { value: Routing::Ospf(ospf), .. })) => {
                    speak_ospf(stack, home, ospf, plan, found);
                }
                (Some(home), Some(Spanned { value: Routing::Isis(isis), .. })) => {
                    speak_isis(stack, home, isis, plan, found);
                }
                (Some(home), Some(Spanned { value: Routing::Bgp(bgp), span })) => {
                    speakers.push(bgp::Speaker { node, stack, home, bgp, span: *span });
                }
                _ => {}
            }
        }
    }
    bgp::speak(&speakers, names, plan, found);
    places::stubs(&voices, found);
    if !lab.allow.contains(&"overlapping-subnets") {
        places::doubled(&voices, names, found);
    }
    // What could not be read may be what makes them neighbours.
    if !lab.allow.contains(&adjacent::LINT) && !found.has_errors() {
        adjacent::check(&voices, names, found);
    }
}

fn speak_rip(
    stack: &Stack,
    home: &Home,
    (rip, passive): (&RipConfig, &[Spanned<String>]),
    plan: &mut Plan,
    found: &mut Findings,
) {
    known_interfaces(stack, home, (passive, "it could not be silent there"), found);
    let why = Bilingual::new(
        format!("`{}` tells its neighbours how far it thinks all networks are, and believes them", home.name),
        format!("`{}` 告诉邻居自己认为各网络有多远,也相信邻居的话", home.name),
    );
    plan.push(Op::Serve { home: home.device, app: AppSpec::Rip(rip.clone()) }, why);
}

fn speak_eigrp(stack: &Stack, home: &Home, eigrp: &Eigrp, plan: &mut Plan, found: &mut Findings) {
    known_interfaces(stack, home, (&eigrp.named, "nothing could be said about it"), found);
    let why = Bilingual::new(
        format!("`{}` uses only neighbours that are surely nearer, and asks all of them when there is none", home.name),
        format!("`{}` 只用确定更近的邻居;没有时就询问所有邻居", home.name),
    );
    plan.push(Op::Serve { home: home.device, app: AppSpec::Eigrp(Box::new(eigrp.config.clone())) }, why);
}

fn speak_ospf(stack: &Stack, home: &Home, ospf: &Ospf, plan: &mut Plan, found: &mut Findings) {
    known_interfaces(stack, home, (&ospf.named, "nothing could be said about it"), found);
    let why = Bilingual::new(
        format!(
            "`{}` tells all routers of its area what its links are, and computes on the map they all have",
            home.name
        ),
        format!("`{}` 把自己的链路告诉本区域所有路由器,并在大家共有的地图上自己计算", home.name),
    );
    plan.push(Op::Serve { home: home.device, app: AppSpec::Ospf(Box::new(ospf.config.clone())) }, why);
}

fn speak_isis(stack: &Stack, home: &Home, isis: &Isis, plan: &mut Plan, found: &mut Findings) {
    known_interfaces(stack, home, (&isis.named, "nothing could be said about it"), found);
    let why = Bilingual::new(
        format!(
            "`{}` tells all others what its links are, beside IP, and computes on the map they all have",
            home.name
        ),
        format!("`{}` 不经 IP 就把自己的链路告诉所有同类,并在大家共有的地图上自己计算", home.name),
    );
    plan.push(Op::Serve { home: home.device, app: AppSpec::Isis(Box::new(isis.config.clone())) }, why);
}

/// Names of interfaces that a stack does not have.
fn known_interfaces(stack: &Stack, home: &Home, (names, label): (&[Spanned<String>], &str), found: &mut Findings) {
    let known: Vec<&str> = stack.interfaces.iter().map(|(name, _)| name.value.as_str()).collect();
    for name in names {
        if !known.contains(&name.value.as_str()) {
            let text = format!("`{}` has no interface `{}`", home.name, name.value);
            let finding = Finding::new(Code::NoSuchPort, text, name.span).label(label);
            let finding = finding.suggest(&name.value, known.iter().copied());
            found.push(finding.help(format!("interfaces: {}", list(known.iter().copied()))));
        }
    }
}
