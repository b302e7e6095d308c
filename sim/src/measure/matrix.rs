//! Which plugin works in which environment, by trying: each cell is a lab that is run.
//!
//! A cell is tried as the environment comes first. When pods of two nodes do not reach each other, it is tried again with
//! each change that a user of the environment can make, in the order of the trouble they are; the first one that helps
//! is what "works if" names. When none helps, the first packet thrown away says why, with the source of its rule.

use crate::cni::{PLUGINS, Plugin};
use crate::device::fabric::{Clause, Delivery, tables};
use crate::engine::{Entry, Verdict as Judged, World};
use crate::environment::{self, Environment};
use crate::explain::Reason;
use crate::id::FlowId;
use crate::lab::schema::environment::BARE_METAL;
use crate::lab::{EVENT_BUDGET, parse};
use crate::plan::world;

/// A column: an environment and where in it the nodes are.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Short name: `aws`, `aws-subnets`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub en: &'static str,
    /// The same in Chinese.
    pub zh: &'static str,
    /// The environment, if it has rules.
    pub environment: Option<&'static str>,
    /// The nodes share no subnet.
    pub apart: bool,
}

/// All columns.
pub static PLACES: &[Place] = &[
    place("metal", "bare metal, one segment", "裸机,同一网段", None, false),
    place("metal-routed", "bare metal, a router between the nodes", "裸机,节点之间有路由器", None, true),
    place("openstack", "OpenStack, port security", "OpenStack,端口安全", Some("OpenStack"), false),
    place("aws", "AWS, one subnet", "AWS,同一子网", Some("Aws"), false),
    place("aws-subnets", "AWS, two subnets", "AWS,两个子网", Some("Aws"), true),
    place("gcp", "Google Cloud", "Google Cloud", Some("Gcp"), false),
    place("azure", "Azure", "Azure", Some("Azure"), false),
    place("alibaba", "Alibaba Cloud", "阿里云", Some("Alibaba"), false),
];

const fn place(
    name: &'static str,
    en: &'static str,
    zh: &'static str,
    environment: Option<&'static str>,
    apart: bool,
) -> Place {
    Place { name, en, zh, environment, apart }
}

/// What a user of an environment can change about it, in words, and what is typed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cure {
    /// In words.
    pub en: String,
    /// The same in Chinese.
    pub zh: String,
    typed: &'static str,
}

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As the environment comes.
    Works,
    /// After this change.
    WorksIf(Cure),
    /// Whatever is changed.
    Fails,
}

/// The first packet that was thrown away, and by which rule.
#[derive(Clone, Copy, Debug)]
pub struct Dropped {
    /// What the device said.
    pub reason: Reason,
    /// The number its sentence names.
    pub n: Option<u64>,
    /// The rule of the environment, if it was one.
    pub clause: Option<Clause>,
}

/// Why pods of two nodes do not reach each other as the environment comes.
#[derive(Clone, Debug)]
pub enum Obstacle {
    /// A packet was thrown away.
    Dropped(Dropped),
    /// The lab is refused before it runs, with what its finding says.
    Refused(String),
    /// Nothing was thrown away, and nothing came.
    Silence,
}

/// Two pods on one node.
pub const NEAR: usize = 0;
/// Two pods on two nodes.
pub const FAR: usize = 1;
/// A pod and its own node.
pub const NODE: usize = 2;
/// A pod and another node.
pub const OTHER_NODE: usize = 3;

/// Whether the pairs above reach each other, as the environment comes or after the change that helps.
pub type Reach = [bool; 4];

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The plugin's word.
    pub plugin: &'static str,
    /// The column.
    pub place: &'static str,
    /// How it went.
    pub verdict: Verdict,
    /// Who reaches whom.
    pub reach: Reach,
    /// Why not at once.
    pub obstacle: Option<Obstacle>,
    /// The lab: as the environment comes, or with the change that helps.
    pub lab: String,
}

/// Names of the flows, in the order of [`Reach`].
const FLOWS: [(&str, &str, &str); 4] =
    [("near", "a1", "a2"), ("far", "a1", "b1"), ("node", "a1", "node1"), ("other-node", "a1", "node2")];
const JUDGED: FlowId = FlowId(FAR as u16);

/// The column with a name.
pub fn find(name: &str) -> Option<&'static Place> {
    PLACES.iter().find(|place| place.name == name)
}

/// All cells, plugin after plugin.
pub fn all() -> impl Iterator<Item = Cell> {
    PLUGINS.iter().flat_map(|plugin| PLACES.iter().map(move |place| cell(plugin, place)))
}

/// One cell.
pub fn cell(plugin: &'static Plugin, place: &'static Place) -> Cell {
    let first = lab(plugin, place, "");
    let tried = try_out(&first);
    let made =
        |verdict, reach, obstacle, lab| Cell { plugin: plugin.name, place: place.name, verdict, reach, obstacle, lab };
    let (reach, obstacle) = match tried {
        Ok((reach, _)) if reach[FAR] => return made(Verdict::Works, reach, None, first),
        Ok((reach, obstacle)) => (reach, obstacle),
        Err(told) => ([false; 4], Obstacle::Refused(told)),
    };
    for cure in cures(place) {
        let lab = lab(plugin, place, cure.typed);
        if let Ok((reach, _)) = try_out(&lab)
            && reach[FAR]
        {
            return made(Verdict::WorksIf(cure), reach, Some(obstacle), lab);
        }
    }
    made(Verdict::Fails, reach, Some(obstacle), first)
}

/// What can be changed at a place, the least trouble first.
fn cures(place: &Place) -> Vec<Cure> {
    let Some(is) = place.environment.and_then(environment::find) else { return Vec::new() };
    let cure = |en: String, zh: String, typed| Cure { en, zh, typed };
    let mut cures = vec![cure("protocol 4 is opened".to_owned(), "放行协议 4".to_owned(), "open: [1, 6, 17, 4]")];
    if is.most_pairs > 0 {
        let (en, zh) = ("address pairs name the pods' range".to_owned(), "地址对写上 Pod 网段".to_owned());
        cures.push(cure(en, zh, "pairs: [\"10.244.0.0/16\"]"));
    }
    let (en, zh) = (is.off.to_owned(), is.off_zh.to_owned());
    cures.push(cure(en.clone(), zh.clone(), "check: false"));
    if is.has_routes {
        let with = |text: String, routes: &str| format!("{text}{routes}");
        let (en, zh) = (with(en, ", and the network has routes to the pods"), with(zh, ",并在网络里为 Pod 加路由"));
        cures.push(cure(en, zh, "check: false, routes: true"));
    }
    cures
}

/// The lab of a cell, with changes to its environment.
fn lab(plugin: &Plugin, place: &Place, changed: &str) -> String {
    let environment = place.environment.unwrap_or(BARE_METAL);
    let traffic = FLOWS.map(|(name, from, to)| format!("\"{name}\": Ping(from: \"{from}\", to: \"{to}\")")).join(", ");
    // Machines of a cloud have a gateway, whoever their neighbours are.
    let second = if place.apart { 3 } else { 2 };
    let apart = format!(
        "{{\"node1\": (ip: \"192.0.2.11/24\", gateway: \"192.0.2.1\"), \
         \"node2\": (ip: \"192.0.{second}.12/24\", gateway: \"192.0.{second}.1\")}}"
    );
    let router = "nodes: {\"r\": Router(ips: {\"1\": \"192.0.2.1/24\", \"2\": \"192.0.3.1/24\"})},\n    \
                  links: [(\"node1\", \"r:1\"), (\"node2\", \"r:2\")],\n    ";
    let is = place.environment.and_then(environment::find);
    let (nodes, more) = match is {
        None if place.apart => (apart, router),
        Some(is) if is.delivery != Delivery::Segment => (apart, ""),
        _ => ("2".to_owned(), ""),
    };
    let with = if changed.is_empty() { String::new() } else { format!(", {}", changed.replace('"', "")) };
    format!(
        "Lab(\n    format: 1,\n    title: \"{} in {}{with}\",\n    idea: \"Which packets does this network carry?\",\n    \
         {more}cluster: (plugin: {}(), environment: {environment}({changed}), nodes: {nodes}, pods: 2),\n    \
         traffic: {{{traffic}}},\n)\n",
        plugin.name, place.en, plugin.name
    )
}

/// Runs a lab; what its findings say, if it is refused.
fn try_out(text: &str) -> Result<(Reach, Obstacle), String> {
    let told = |found: Vec<crate::lab::Finding>| {
        found.first().map_or_else(String::new, |first| format!("{}: {}", first.code.id(), first.message))
    };
    let lab = parse("cell.ron", text).map_err(told)?;
    let plan = lab.plan(None, None).map_err(told)?;
    let mut world = world::build(&plan).map_err(|error| error.to_string())?;
    world.set_logging(true);
    let (mut ruled, mut other) = (None, None);
    for _ in 0..EVENT_BUDGET {
        // Daemons go on for ever; the pings do not.
        if world.is_quiet() || !world.step() {
            break;
        }
        for entry in world.log().entries() {
            let Entry::Decision { decision, .. } = entry else { continue };
            if decision.verdict != Judged::Drop || decision.origin.flow != JUDGED {
                continue;
            }
            let of = |rule: Option<u64>| Dropped {
                reason: decision.reason,
                n: Some(decision.n),
                clause: rule.and_then(|at| clause(text, at)),
            };
            if decision.reason.slug.starts_with("fabric.") {
                let rule = decision.row.filter(|row| row.table == tables::RULES).map(|row| row.key);
                ruled = ruled.or_else(|| Some(of(rule)));
            } else if decision.origin.own && !decision.reason.slug.starts_with("nic.") {
                other = other.or_else(|| Some(of(None)));
            }
        }
    }
    let reached = |flow: usize| world.flow_stats(FlowId(flow as u16)).is_some_and(|stats| stats.received > 0);
    let reach = [NEAR, FAR, NODE, OTHER_NODE].map(reached);
    let obstacle = ruled.or(other).map_or_else(|| gave_up(&world), Obstacle::Dropped);
    Ok((reach, obstacle))
}

/// Why the sender itself gave up.
fn gave_up(world: &World) -> Obstacle {
    let reason = world.flow_stats(JUDGED).and_then(|stats| stats.failed);
    reason.map_or(Obstacle::Silence, |reason| Obstacle::Dropped(Dropped { reason, n: None, clause: None }))
}

/// The rule that stands at this place in the list of the environment a lab names.
fn clause(lab: &str, at: u64) -> Option<Clause> {
    let named = |is: &&Environment| lab.contains(&format!("environment: {}(", is.name));
    environment::ENVIRONMENTS.iter().find(named)?.rules.get(at as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is known of the cells, by the columns in order: `+` works, a letter for the change that helps (`4` protocol
    /// 4 is opened, `p` address pairs, `c` checks off, `r` routes too), `-` nothing helps.
    ///
    /// Where this says more than the usual tables do: routes of the network's own help host-gw in a cloud, which is how
    /// Flannel's cloud backends work, and even a plain bridge, which is kubenet; and VXLAN with multicast works in a
    /// tenant network of OpenStack, because that is a segment.
    /// Where it says less: macvlan and ipvlan are judged with one pod network over all nodes, so a router between nodes
    /// stops them, though on each side of it they work. And ipvlan in AWS needs each pod's address on the interface of
    /// its node, which is what the CNIs of providers see to.
    const KNOWN: &[(&str, &str)] = &[
        ("Bridge", "---rrrrr"),
        ("MulticastVxlan", "+-+-----"),
        ("FlannelVxlan", "++++++++"),
        ("FlannelUdp", "++++++++"),
        ("FlannelIpip", "++4444-4"),
        ("FlannelHostGw", "+-pc-rrr"),
        ("CalicoIpip", "++4444-4"),
        ("CalicoVxlan", "++++++++"),
        ("DockerOverlay", "++++++++"),
        ("Weave", "++++++++"),
        ("Macvlan", "+-c-----"),
        ("Ipvlan", "+-p--rrr"),
    ];

    fn letter(cell: &Cell) -> char {
        match &cell.verdict {
            Verdict::Works => '+',
            Verdict::Fails => '-',
            Verdict::WorksIf(cure) if cure.typed.contains("routes") => 'r',
            Verdict::WorksIf(cure) if cure.typed.contains("check") => 'c',
            Verdict::WorksIf(cure) if cure.typed.contains("pairs") => 'p',
            Verdict::WorksIf(_) => '4',
        }
    }

    #[test]
    fn every_cell_is_what_is_known_of_it() {
        for plugin in PLUGINS {
            let cells: Vec<Cell> = PLACES.iter().map(|place| cell(plugin, place)).collect();
            let found: String = cells.iter().map(letter).collect();
            let wanted = KNOWN.iter().find(|(name, _)| *name == plugin.name).expect("a row for every plugin").1;
            assert_eq!(found, wanted, "{}", plugin.name);
            for cell in &cells {
                assert_eq!(cell.verdict == Verdict::Works, cell.obstacle.is_none(), "{} {}", cell.plugin, cell.place);
            }
        }
    }

    #[test]
    fn what_fails_in_a_cloud_names_the_rule_and_its_source() {
        for (plugin, place, slug) in [
            ("FlannelHostGw", "openstack", "fabric.foreign-ip"),
            ("FlannelHostGw", "aws", "fabric.foreign-ip"),
            ("CalicoIpip", "azure", "fabric.blocked-protocol"),
            ("CalicoIpip", "gcp", "fabric.closed-protocol"),
            ("MulticastVxlan", "aws", "fabric.group"),
        ] {
            let cell = cell(crate::cni::find(plugin).unwrap(), find(place).unwrap());
            let Some(Obstacle::Dropped(dropped)) = cell.obstacle else { panic!("{plugin} in {place} is not stopped") };
            assert_eq!(dropped.reason.slug, slug, "{plugin} in {place}");
            assert!(dropped.clause.is_some_and(|clause| !clause.source.is_empty()), "{plugin} in {place}");
        }
    }
}
