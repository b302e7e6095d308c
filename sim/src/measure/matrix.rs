//! Which plugin works in which environment, by trying: each cell is a lab that is run.
//!
//! A cell is tried as the environment comes first. When pods of two nodes do not reach each other, it is tried again with
//! each change that a user of the environment can make, in the order of the trouble they are; the first one that helps
//! is what "works if" names. When none helps, the first packet thrown away says why, with the source of its rule.
//!
//! Beside the pods of two nodes, each cell asks about six more pairs: see [`PROBES`].

use std::collections::BTreeSet;

use super::row::{self, Row};
use crate::cni;
use crate::device::fabric::Delivery;
use crate::engine::{Entry, Verdict as Judged, World};
use crate::environment::{self, Environment};
use crate::id::{DeviceId, FlowId};
use crate::lab::schema::environment::BARE_METAL;
use crate::lab::trial::Watch;
pub use crate::lab::trial::{Dropped, Remedy};
use crate::lab::{EVENT_BUDGET, parse};
use crate::plan::{Plan, world};
use crate::wire::ethernet;

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
    /// What was changed about it, as it is typed.
    pub typed: &'static str,
    /// What lies between the nodes.
    pub between: Between,
}

/// What lies between the nodes of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// One segment, or one subnet.
    Segment,
    /// A switch each of whose ports admits one hardware address.
    Strict,
    /// A router, or two subnets.
    Router,
}

/// All columns.
pub static PLACES: &[Place] = &[
    place("metal", "bare metal, one segment", "裸机,同一网段", None, Between::Segment),
    place("metal-strict", "bare metal, one MAC address a port", "裸机,每端口一个 MAC 地址", None, Between::Strict),
    place("metal-routed", "bare metal, a router between the nodes", "裸机,节点之间有路由器", None, Between::Router),
    place("openstack", "OpenStack, port security", "OpenStack,端口安全", Some("OpenStack"), Between::Segment),
    Place {
        typed: "pairs: [\"10.244.0.0/16\"]",
        ..place(
            "openstack-pairs",
            "OpenStack, pairs for the pods",
            "OpenStack,Pod 网段地址对",
            Some("OpenStack"),
            Between::Segment,
        )
    },
    place("aws", "AWS, one subnet", "AWS,同一子网", Some("Aws"), Between::Segment),
    place("aws-subnets", "AWS, two subnets", "AWS,两个子网", Some("Aws"), Between::Router),
    place("gcp", "Google Cloud", "Google Cloud", Some("Gcp"), Between::Segment),
    place("azure", "Azure", "Azure", Some("Azure"), Between::Segment),
    place("alibaba", "Alibaba Cloud", "阿里云", Some("Alibaba"), Between::Segment),
];

const fn place(
    name: &'static str,
    en: &'static str,
    zh: &'static str,
    environment: Option<&'static str>,
    between: Between,
) -> Place {
    Place { name, en, zh, environment, typed: "", between }
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As the environment comes.
    Works,
    /// After this change.
    WorksIf(Remedy),
    /// Whatever is changed.
    Fails,
}

/// What is in the way.
#[derive(Clone, Debug)]
pub enum Obstacle {
    /// A packet was thrown away.
    Dropped(Dropped),
    /// The lab is refused before it runs, with what its finding says.
    Refused(String),
    /// Nothing was thrown away, and nothing came.
    Silence,
}

/// A pair that is asked about.
#[derive(Debug)]
pub struct Probe {
    /// Its word.
    pub name: &'static str,
    /// What it asks.
    pub en: &'static str,
    /// The same in Chinese.
    pub zh: &'static str,
    traffic: &'static str,
}

/// All pairs. `outside` counts what arrives: without translation of addresses the other side has no way back. `broadcast` asks
/// whether a frame for everybody is heard by a pod of the other node, `multicast` the same of a frame for a group.
pub static PROBES: &[Probe] = &[
    probe("near", "two pods on one node", "同一节点的两个 Pod", "Ping(from: \"a1\", to: \"a2\")"),
    probe("far", "pods on two nodes", "两个节点上的 Pod", "Ping(from: \"a1\", to: \"b1\")"),
    probe("node", "a pod and its own node", "Pod 与所在节点", "Ping(from: \"a1\", to: \"node1\")"),
    probe("other-node", "a pod and another node", "Pod 与另一节点", "Ping(from: \"a1\", to: \"node2\")"),
    probe(
        "outside",
        "a pod to a machine that is no node, one way",
        "Pod 到集群外机器,单向",
        "Ping(from: \"a1\", to: \"db\")",
    ),
    probe(
        "broadcast",
        "a pod's broadcast, such as ARP's question, is heard by a pod of the other node",
        "Pod 的广播(如 ARP 询问)被另一节点的 Pod 听到",
        "Raw(from: \"a1\", to: \"ff:ff:ff:ff:ff:ff\")",
    ),
    probe(
        "multicast",
        "a pod's multicast reaches a pod of the other node",
        "Pod 的组播到达另一节点的 Pod",
        "Raw(from: \"a1\", to: \"224.0.0.1\")",
    ),
];

const fn probe(name: &'static str, en: &'static str, zh: &'static str, traffic: &'static str) -> Probe {
    Probe { name, en, zh, traffic }
}

/// Two pods on one node.
pub const NEAR: usize = 0;
/// Two pods on two nodes.
pub const FAR: usize = 1;
/// A pod and a machine that is no node.
pub const OUTSIDE: usize = 4;
/// A pod's broadcast.
pub const BROADCAST: usize = 5;
/// A pod's multicast.
pub const MULTICAST: usize = 6;

/// What became of a probe: nothing is in the way, or this.
pub type Answer = Option<Obstacle>;

/// A run of a cell.
#[derive(Clone, Debug)]
pub struct Tried {
    /// What became of each of [`PROBES`].
    pub answers: Vec<Answer>,
    /// Bytes in front of the packet of a pod on the way to the other node.
    pub envelope: u32,
    /// Packets of pods pass the IP stack of their node, where rules of policy can stand.
    pub policed: bool,
}

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The plugin's word.
    pub plugin: &'static str,
    /// The column.
    pub place: &'static Place,
    /// How it went.
    pub verdict: Verdict,
    /// What was seen as the environment comes, or after the change that helps.
    pub tried: Tried,
    /// Why not at once.
    pub obstacle: Option<Obstacle>,
    /// The lab: as the environment comes, or with the change that helps.
    pub lab: String,
}

impl Cell {
    /// Whether a probe got through.
    pub fn reaches(&self, probe: usize) -> bool {
        self.tried.answers[probe].is_none()
    }

    /// The environment, if it has rules.
    pub fn environment(&self) -> Option<&'static Environment> {
        self.place.environment.and_then(environment::find)
    }
}

/// The column with a name.
pub fn find(name: &str) -> Option<&'static Place> {
    PLACES.iter().find(|place| place.name == name)
}

/// All cells, plugin after plugin.
pub fn all() -> impl Iterator<Item = Cell> {
    row::all().flat_map(|row| PLACES.iter().map(move |place| cell(row, place)))
}

/// One cell.
pub fn cell(row: impl Into<Row>, place: &'static Place) -> Cell {
    cell_with(row, place, PODS)
}

/// Pods on each node, if nobody asks for more.
const PODS: u16 = 2;

/// One cell with so many pods on each node, at least two.
pub fn cell_with(row: impl Into<Row>, place: &'static Place, pods: u16) -> Cell {
    let row: Row = row.into();
    let first = lab(row, place, place.typed, pods);
    let made = |verdict, tried, obstacle, lab| Cell { plugin: row.name, place, verdict, tried, obstacle, lab };
    let (tried, obstacle) = match try_out(&first, place) {
        Ok(tried) => match tried.answers[FAR].clone() {
            None => return made(Verdict::Works, tried, None, first),
            Some(obstacle) => (tried, obstacle),
        },
        Err(told) => {
            let obstacle = Obstacle::Refused(told);
            let answers = vec![Some(obstacle.clone()); PROBES.len()];
            (Tried { answers, envelope: 0, policed: false }, obstacle)
        }
    };
    for remedy in place.environment.and_then(environment::find).map(Remedy::of).unwrap_or_default() {
        // A pair for each pod stands in place of those for their range.
        let own = if remedy.typed().starts_with("pairs") { "" } else { place.typed };
        let typed = [own, remedy.typed()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        let lab = lab(row, place, &typed, pods);
        if typed != place.typed
            && let Ok(tried) = try_out(&lab, place)
            && tried.answers[FAR].is_none()
        {
            return made(Verdict::WorksIf(remedy), tried, Some(obstacle), lab);
        }
    }
    made(Verdict::Fails, tried, Some(obstacle), first)
}

/// Bytes of a request as a pod sends it: Ethernet, IPv4 and ICMP headers, and 56 of payload.
const REQUEST: u32 = ethernet::HEADER_LEN as u32 + 20 + 8 + 56;

/// The lab of a cell, with changes to its environment.
fn lab(row: Row, place: &Place, changed: &str, pods: u16) -> String {
    let environment = place.environment.unwrap_or(BARE_METAL);
    let start = if cni::takes_its_time(row.plugin) { "3s" } else { "10ms" };
    let flow = |probe: &Probe| {
        let traffic = probe.traffic.trim_end_matches(')');
        format!("        \"{}\": {traffic}, start: \"{start}\"),\n", probe.name)
    };
    // Nodes have spoken before pods do.
    let traffic =
        PROBES.iter().map(flow).collect::<String>() + "        \"nodes\": Ping(from: \"node1\", to: \"node2\"),\n";
    // Machines of a cloud have a gateway, whoever their neighbours are.
    let second = if place.between == Between::Router { 3 } else { 2 };
    let apart = format!(
        "{{\"node1\": (ip: \"192.0.2.11/24\", gateway: \"192.0.2.1\"), \
         \"node2\": (ip: \"192.0.{second}.12/24\", gateway: \"192.0.{second}.1\")}}"
    );
    let (nodes, more, links) = match (place.environment.and_then(environment::find), place.between) {
        (None, Between::Router) => (
            apart,
            "\"r\": Router(ips: {\"1\": \"192.0.2.1/24\", \"2\": \"192.0.3.1/24\"}), \"sw\": Switch(), ",
            "(\"node1\", \"sw:1\"), (\"db\", \"sw:2\"), (\"r:1\", \"sw:3\"), (\"node2\", \"r:2\")",
        ),
        (None, Between::Strict) => (
            "2".to_owned(),
            "\"tor\": Switch(ports: {\"1\": (port_security: (maximum: 1)), \"2\": (port_security: (maximum: 1))}), ",
            "(\"node1\", \"tor:1\"), (\"node2\", \"tor:2\"), (\"db\", \"tor:3\")",
        ),
        (Some(is), _) if is.delivery != Delivery::Segment => (apart, "", "(\"db\", \"underlay\")"),
        _ => ("2".to_owned(), "", "(\"db\", \"underlay:9\")"),
    };
    // Where nobody answers a plugin, there is nothing to run.
    let asks = cni::offer(row.plugin).is_some_and(|offer| Some(offer.environment) != place.environment);
    let allow = if asks { "" } else { "allow: [\"denied\"],\n    " };
    let with = if changed.is_empty() { String::new() } else { format!(", {}", changed.replace('"', "")) };
    format!(
        "Lab(\n    format: 1,\n    title: \"{} in {}{with}\",\n    idea: \"Which packets does this network carry?\",\n    \
         {allow}nodes: {{{more}\"db\": Host(ip: \"192.0.2.99/24\")}},\n    links: [{links}],\n    \
         cluster: (plugin: {}({}), environment: {environment}({changed}), nodes: {nodes}, pods: {pods}),\n    \
         traffic: {{\n{traffic}    }},\n)\n",
        row.name, place.en, row.plugin.name, row.typed
    )
}

/// Runs a lab; what its findings say, if it is refused.
fn try_out(text: &str, place: &Place) -> Result<Tried, String> {
    let told = |found: Vec<crate::lab::Finding>| {
        found.first().map_or_else(String::new, |first| format!("{}: {}", first.code.id(), first.message))
    };
    let lab = parse("cell.ron", text).map_err(told)?;
    let plan = lab.plan(None, None).map_err(told)?;
    let mut world = world::build(&plan).map_err(|error| error.to_string())?;
    world.set_logging(true);
    let mut watch = Watch::new(place.environment.and_then(environment::find), PROBES.len());
    let mut seen = Seen::of(&plan);
    for _ in 0..EVENT_BUDGET {
        // Daemons go on for ever; the probes do not.
        if world.is_quiet() || !world.step() {
            break;
        }
        watch.observe(&world);
        seen.observe(&world);
    }
    let answer = |at: usize| {
        let flow = FlowId(at as u16);
        let got = match at {
            OUTSIDE => seen.outside_got,
            BROADCAST | MULTICAST => seen.at_pods.contains(&at),
            _ => world.flow_stats(flow).is_some_and(|stats| stats.received > 0),
        };
        // A node that routes ends these frames by some check or other; the news is that none comes out.
        let told = |dropped: &Dropped| dropped.clause.is_some() || at != BROADCAST && at != MULTICAST;
        (!got).then(|| watch.stopped(&world, flow).filter(told).map_or(Obstacle::Silence, Obstacle::Dropped))
    };
    let envelope = seen.longest.saturating_sub(REQUEST);
    Ok(Tried { answers: (0..PROBES.len()).map(answer).collect(), envelope, policed: seen.policed })
}

/// What is seen on the way.
#[derive(Debug, Default)]
struct Seen {
    /// Pods of the second node.
    pods: BTreeSet<DeviceId>,
    /// The machine that is no node.
    outside: Option<DeviceId>,
    /// The stack of the first node, and its card.
    stack: Option<DeviceId>,
    card: Option<DeviceId>,
    /// Probes that were seen at a pod of the second node, and outside.
    at_pods: BTreeSet<usize>,
    outside_got: bool,
    longest: u32,
    policed: bool,
}

impl Seen {
    fn of(plan: &Plan) -> Self {
        let mut seen = Self::default();
        for (id, ..) in plan.devices() {
            match plan.device_name(id).as_str() {
                "node1/ip" => seen.stack = Some(id),
                "node1/eth0" => seen.card = Some(id),
                "db" | "db/ip" => seen.outside = Some(id),
                name if name.starts_with("node2/b") => drop(seen.pods.insert(id)),
                _ => {}
            }
        }
        seen
    }

    fn observe(&mut self, world: &World) {
        for entry in world.log().entries() {
            match entry {
                Entry::Decision { decision, .. } => {
                    let (at, flow, own) = (decision.device, usize::from(decision.origin.flow.0), decision.origin.own);
                    if self.pods.contains(&at) && own {
                        self.at_pods.insert(flow);
                    }
                    let delivered = matches!(decision.verdict, Judged::Deliver | Judged::Consume) && own;
                    self.outside_got |= delivered && flow == OUTSIDE && Some(at) == self.outside;
                    let routed = decision.reason.slug == "ip.forwarding" && own && flow == FAR;
                    self.policed |= routed && Some(at) == self.stack;
                }
                Entry::Crossing { device, bytes, origin, .. }
                    if Some(*device) == self.card && usize::from(origin.flow.0) == FAR && origin.own =>
                {
                    self.longest = self.longest.max(bytes.1 - bytes.0);
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is known of the cells, by the columns in order: `+` works, a letter for the change that helps (`4` protocol
    /// 4 is opened, `p` address pairs for a range, `m` one for each pod, `c` checks off, `r` routes too), `-` nothing helps.
    ///
    /// Where this says more than the usual tables do: routes of the network's own help host-gw in a cloud, which is how
    /// Flannel's cloud backends work, likewise Calico without an envelope, and even a plain bridge, which is kubenet;
    /// and VXLAN with multicast works in a tenant network of OpenStack, because that is a segment.
    /// CrossSubnet is without an envelope in one subnet and fares there as `CalicoNone` does. In Google Cloud a machine has
    /// an address of 32 bits, so no other is in its subnet and all get an envelope; here nodes have 24.
    /// Where it says less: macvlan and ipvlan are judged with one pod network over all nodes, so a router between nodes
    /// stops them, though on each side of it they work. And ipvlan in AWS needs each pod's address on the interface of
    /// its node, which is what the CNIs of providers see to.
    /// Virtual functions are judged as pods get them on bare metal: functions of the node's card, with addresses that the
    /// network below was not told. So they fare as macvlan does. Where the usual tables have a tick or a triangle for a
    /// cloud, the provider itself hands functions to machines (VF ports, ENA, accelerated networking), each with an
    /// address it knows; for pods that is `VpcCni` and `Terway`.
    const KNOWN: &[(&str, &str)] = &[
        ("Bridge", "-----rrrrr"),
        ("MulticastVxlan", "++-++-----"),
        ("FlannelVxlan", "++++++++++"),
        ("FlannelUdp", "++++++++++"),
        ("FlannelIpip", "+++44444-4"),
        ("FlannelHostGw", "++-p+c-rrr"),
        ("CalicoNone", "++-p+c-rrr"),
        ("CalicoBgp", "++-p+c-rrr"),
        ("BgpIpip", "+++44444-4"),
        ("CalicoIpip", "+++44444-4"),
        ("CrossSubnetIpip", "+++p+c4rrr"),
        ("CalicoVxlan", "++++++++++"),
        ("CrossSubnetVxlan", "+++p+c+rrr"),
        ("DockerOverlay", "++++++++++"),
        ("Weave", "++++++++++"),
        ("Macvlan", "+--mm-----"),
        ("Ipvlan", "++-p+--rrr"),
        ("Sriov", "+--mm-----"),
        ("VpcCni", "-----++---"),
        ("Terway", "---------+"),
    ];

    fn letter(cell: &Cell) -> char {
        match &cell.verdict {
            Verdict::Works => '+',
            Verdict::Fails => '-',
            Verdict::WorksIf(Remedy::Routed) => 'r',
            Verdict::WorksIf(Remedy::Unchecked) => 'c',
            Verdict::WorksIf(Remedy::Range) => 'p',
            Verdict::WorksIf(Remedy::Pods) => 'm',
            Verdict::WorksIf(Remedy::Open4) => '4',
        }
    }

    #[test]
    fn every_cell_is_what_is_known_of_it() {
        for row in row::all() {
            let cells: Vec<Cell> = PLACES.iter().map(|place| cell(row, place)).collect();
            let found: String = cells.iter().map(letter).collect();
            let wanted = KNOWN.iter().find(|(name, _)| *name == row.name).expect("a row for every plugin").1;
            assert_eq!(found, wanted, "{}", row.name);
            for cell in &cells {
                assert_eq!(
                    cell.verdict == Verdict::Works,
                    cell.obstacle.is_none(),
                    "{} {}",
                    cell.plugin,
                    cell.place.name
                );
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
            let cell = cell(cni::find(plugin).unwrap(), find(place).unwrap());
            let Some(Obstacle::Dropped(dropped)) = cell.obstacle else { panic!("{plugin} in {place} is not stopped") };
            assert_eq!(dropped.reason.slug, slug, "{plugin} in {place}");
            assert!(dropped.clause.is_some_and(|clause| !clause.source.is_empty()), "{plugin} in {place}");
        }
    }
}
