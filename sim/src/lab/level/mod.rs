//! A variant of a lab at the level beneath: every node device by device, nothing left open.
//!
//! What is printed is a lab like any other and gives the same trace, so there is no hidden knowledge in how the short
//! words are lowered. Traffic, events and checks stay as they are: their places are the same on both levels.

mod allow;
mod daemons;
mod fabric;
mod ipvlan;
mod macvlan;
mod routing;
mod sriov;
mod tunnels;

use crate::cost::Profile;
use crate::device::bridge::{BridgeConfig, PortConfig, PortSecurity, PortVlan};
use crate::device::nic::{HOST, NicConfig};
use crate::device::sriov::VF;
use crate::engine::{CableConfig, DeviceChange, Value};
use crate::id::{DeviceId, NodeId, PortNo};
use crate::lab::file::{LabFile, Variant};
use crate::lab::place::is_name;
use crate::lab::print::{made, pretty};
use crate::lab::read::{Args, Field, Form, Tree};
use crate::lab::schema::profile;
use crate::lab::units;
use crate::plan::show::rate;
use crate::plan::{AppSpec, DeviceSpec, Op, Plan};
use crate::stack::StackConfig;
use crate::stack::multipath::Policy;
use crate::stack::reverse::ReversePath;

/// Parts of a lab that are about more than one variant, or about how it is taught.
const LEFT_OUT: &[&str] = &["variants", "steps", "repair", "design"];

/// A field and its value.
type Part = (String, Tree);

/// The text of a lab whose only variant is this one, device by device.
pub fn text(file: &LabFile, variant: &Variant) -> String {
    let Some((tree, checks)) = file.tree(variant) else { return String::new() };
    let Form::Call(name, Args::Fields(fields)) = tree.form else { return String::new() };
    let mut parts: Vec<Part> = Vec::new();
    let mut left_out = Vec::new();
    let given = |name: &str| fields.iter().any(|field| field.name.value == name);
    let (no_nodes, no_links) = (!given("nodes"), !given("links"));
    for Field { name, value } in fields {
        match name.value.as_str() {
            // Spelt out as nodes and links.
            "cluster" => {
                parts.extend(no_nodes.then(|| part("nodes", nodes(variant.plan()))));
                parts.extend(no_links.then(|| part("links", links(variant.plan()))));
            }
            "nodes" => parts.push((name.value, nodes(variant.plan()))),
            "links" => parts.push((name.value, links(variant.plan()))),
            // Spelt out in the nodes.
            "expect" | "overlays" | "gateways" | "profile" | "routing" => {}
            other if LEFT_OUT.contains(&other) => left_out.push(name.value),
            _ => parts.push((name.value, value)),
        }
    }
    allow::complete(&mut parts, variant.plan());
    let expect = expect(file, variant, checks);
    if let Form::Map(list) = &expect.form
        && !list.is_empty()
    {
        parts.push(("expect".to_owned(), expect));
    }
    let kind = name.map_or_else(String::new, |name| name.value);
    let of = if variant.name.is_empty() { String::new() } else { format!(", variant {}", variant.name) };
    let mut text = format!("// {}{of}, device by device.\n", file.source.name);
    if !left_out.is_empty() {
        let list = left_out.join(", ");
        text.extend(["// Left out, because they are not about this one network: ", &list, ".\n"]);
    }
    text + &pretty(&made::call(&kind, parts))
}

/// The checks of all variants and those of this one. What looks into other variants has none to look into, and what
/// tries a setting speaks of words that are lowered here.
fn expect(file: &LabFile, variant: &Variant, own: Vec<Field>) -> Tree {
    let common = file.tree(variant).and_then(|(tree, _)| match tree.form {
        Form::Call(_, Args::Fields(fields)) => fields.into_iter().find(|field| field.name.value == "expect"),
        _ => None,
    });
    let common = common.map(|field| match field.value.form {
        Form::Map(fields) => fields,
        _ => Vec::new(),
    });
    let mut parts: Vec<Part> = Vec::new();
    for Field { name, value } in common.unwrap_or_default().into_iter().chain(own) {
        if !mentions_in(&value) {
            let mut name = name.value;
            while parts.iter().any(|(known, _)| *known == name) {
                name.push_str("-too");
            }
            parts.push((name, value));
        }
    }
    made::map(parts)
}

fn mentions_in(tree: &Tree) -> bool {
    match &tree.form {
        Form::Call(Some(name), _) if ["In", "Refused"].contains(&name.value.as_str()) => true,
        Form::Call(_, Args::Fields(fields)) | Form::Map(fields) => fields.iter().any(|field| mentions_in(&field.value)),
        Form::Call(_, Args::Items(items)) | Form::List(items) => items.iter().any(mentions_in),
        _ => false,
    }
}

fn part(name: &str, value: Tree) -> Part {
    (name.to_owned(), value)
}

fn flag_unless(parts: &mut Vec<Part>, name: &str, value: bool, default: bool) {
    if value != default {
        parts.push(part(name, made::flag(value)));
    }
}

/// A port, by its device.
type At = (DeviceId, PortNo);

/// What belongs to one node.
#[derive(Clone, Debug, Default)]
struct Contents<'p> {
    name: &'p str,
    devices: Vec<(DeviceId, &'p str, &'p DeviceSpec)>,
    wires: Vec<[At; 2]>,
    rows: Vec<(DeviceId, &'p DeviceChange)>,
    daemons: Vec<(DeviceId, &'p AppSpec)>,
    profile: Option<&'p Profile>,
}

fn contents(plan: &Plan) -> Vec<Contents<'_>> {
    let mut nodes: Vec<Contents<'_>> =
        plan.nodes().map(|(_, name, _)| Contents { name, ..Contents::default() }).collect();
    let mut homes: Vec<NodeId> = Vec::new();
    for (id, home, name, spec) in plan.devices() {
        homes.push(home);
        nodes[home.index()].devices.push((id, name, spec));
    }
    for step in &plan.steps {
        match &step.op {
            Op::Profile { node, profile } => nodes[node.index()].profile = Some(profile),
            Op::Wire { a, b } => nodes[homes[a.0.index()].index()].wires.push([*a, *b]),
            Op::Row { device, change } => nodes[homes[device.index()].index()].rows.push((*device, change)),
            Op::Serve { home, app } if app.is_daemon() => {
                nodes[homes[home.index()].index()].daemons.push((*home, app));
            }
            _ => {}
        }
    }
    nodes
}

fn nodes(plan: &Plan) -> Tree {
    made::map(contents(plan).iter().map(|contents| (contents.name, node(contents))))
}

fn node(contents: &Contents<'_>) -> Tree {
    let Contents { devices: own, wires, .. } = contents;
    let find = |device: DeviceId| own.iter().find(|(id, ..)| *id == device);
    let name = |device: DeviceId| find(device).map_or("?", |(_, name, _)| name);
    let port_name =
        |device, port: PortNo| find(device).and_then(|(.., spec)| spec.port_names().into_iter().nth(port.index()));
    let rows: Vec<Tree> = contents
        .rows
        .iter()
        .filter_map(|(device, change)| row(name(*device), change, |port| port_name(*device, port)))
        .collect();
    let is_bridge = |device| matches!(find(device), Some((.., DeviceSpec::Bridge(_))));
    let card = |at: At| {
        let other = wires.iter().find_map(|[a, b]| match at {
            at if at == *a => Some(*b),
            at if at == *b => Some(*a),
            _ => None,
        })?;
        match find(other.0)?.2 {
            DeviceSpec::Nic(card) => Some(card),
            _ => None,
        }
    };
    // A port says its MTU where a tunnel behind it would say another.
    let tunnelled = |at: At| {
        let other = wires.iter().find_map(|[a, b]| (*a == at).then_some(*b).or_else(|| (*b == at).then_some(*a)));
        other
            .and_then(|(other, _)| find(other))
            .is_some_and(|(.., spec)| matches!(spec, DeviceSpec::Vtep(_) | DeviceSpec::Tunnel(_)))
    };
    let in_bridge = |at: At| {
        let joins = |[a, b]: &[At; 2]| (*a == at && is_bridge(b.0)) || (*b == at && is_bridge(a.0));
        wires.iter().any(joins)
    };
    let device = |(id, name, spec): &(DeviceId, &str, &DeviceSpec)| {
        let tree = match spec {
            DeviceSpec::Nic(config) => nic(config, in_bridge((*id, HOST))),
            DeviceSpec::Bridge(config) => bridge(config, |port| tunnelled((*id, PortNo(port as u16)))),
            DeviceSpec::Stack(config) => {
                let own = contents.daemons.iter().filter(|(home, _)| home == id);
                let daemons = own.filter_map(|(_, app)| daemons::daemon(app)).collect();
                let mut routing = contents.daemons.iter().filter(|(home, _)| home == id);
                let routing = routing.find_map(|(_, app)| routing::routing(app));
                stack(config, (daemons, routing), |port| card((*id, PortNo(port as u16))))
            }
            DeviceSpec::Vtep(config) => tunnels::vtep(config),
            DeviceSpec::Tunnel(config) => tunnels::tunnel(config),
            DeviceSpec::Macvlan(config) => macvlan::macvlan(config),
            DeviceSpec::Ipvlan(config) => ipvlan::ipvlan(config),
            DeviceSpec::Sriov(config) => sriov::sriov(config, |at| in_bridge((*id, PortNo(at as u16 + VF)))),
            DeviceSpec::Fabric(config) => fabric::fabric(config),
        };
        ((*name).to_owned(), tree)
    };
    let mut parts: Vec<Part> =
        contents.profile.map(|prices| part("profile", profile::tree(prices))).into_iter().collect();
    parts.push(part("devices", made::map(own.iter().map(device))));
    if !wires.is_empty() {
        let end = |(device, port): At| match find(device) {
            Some((_, name, DeviceSpec::Nic(_))) if port == HOST => made::text(*name),
            Some((_, name, spec)) => made::text(format!("{name}:{}", spec.port_names()[port.index()])),
            None => made::text("?"),
        };
        parts.push(part("wires", made::list(wires.iter().map(|[a, b]| made::items("", [end(*a), end(*b)])))));
    }
    if !rows.is_empty() {
        parts.push(part("rows", made::list(rows)));
    }
    made::call("Linux", parts)
}

/// A row or a setting that is there from the start.
fn row(device: &str, change: &DeviceChange, port_name: impl Fn(PortNo) -> Option<String>) -> Option<Tree> {
    match change {
        DeviceChange::AddRow { table, cells } => {
            let cells = made::map(cells.iter().map(|(column, cell)| (column.clone(), made::text(cell.clone()))));
            Some(made::items("AddRow", [made::text(device), made::text(table.clone()), cells]))
        }
        DeviceChange::Set { port, field, value } => {
            let fields = made::call("", vec![part(field, setting(value))]);
            let place = match port {
                Some(port) => format!("{device}:{}", port_name(*port)?),
                None => device.to_owned(),
            };
            Some(made::items("Set", [made::text(place), fields]))
        }
        _ => None,
    }
}

/// A value as `Set` takes it; words of the format stand without quotes, and any text is read as one of them too.
fn setting(value: &Value) -> Tree {
    match value {
        Value::Flag(flag) => made::flag(*flag),
        Value::Number(number) => made::number(number),
        Value::Span(span) => made::text(span.to_string()),
        Value::Text(text) => made::text(text.clone()),
    }
}

fn nic(config: &NicConfig, bridged: bool) -> Tree {
    let default = NicConfig::default();
    let mut parts = vec![part("mac", made::text(config.mac.to_string())), part("mtu", made::number(config.mtu))];
    flag_unless(&mut parts, "promiscuous", config.promiscuous, bridged);
    flag_unless(&mut parts, "allmulti", config.allmulti, default.allmulti);
    if config.unicast_slots != default.unicast_slots {
        parts.push(part("unicast_slots", made::number(config.unicast_slots)));
    }
    for (name, list) in [("unicast", &config.unicast), ("multicast", &config.multicast)] {
        if !list.is_empty() {
            parts.push(part(name, made::list(list.iter().map(|mac| made::text(mac.to_string())))));
        }
    }
    flag_unless(&mut parts, "pads", config.pads, default.pads);
    made::call("Nic", parts)
}

fn stack<'a>(
    config: &StackConfig,
    (daemons, routing): (Vec<Tree>, Option<Tree>),
    card: impl Fn(usize) -> Option<&'a NicConfig>,
) -> Tree {
    let addresses = |list: &[(std::net::Ipv4Addr, u8)]| {
        let text = |(ip, len): &(_, _)| made::text(format!("{ip}/{len}"));
        if let [only] = list { text(only) } else { made::list(list.iter().map(text)) }
    };
    let interfaces = || config.interfaces.iter().enumerate();
    let mut parts =
        vec![part("ip", made::map(interfaces().map(|(_, at)| (at.name.clone(), addresses(&at.addresses)))))];
    let six = interfaces().filter_map(|(_, at)| Some((at, at.address6?)));
    let six: Vec<Part> = six.map(|(at, (ip, len))| part(&at.name, made::text(format!("{ip}/{len}")))).collect();
    let macs = interfaces().filter(|(port, at)| card(*port).is_none_or(|card| card.mac != at.mac));
    let macs: Vec<Part> = macs.map(|(_, at)| part(&at.name, made::text(at.mac.to_string()))).collect();
    let mtus = interfaces().filter(|(port, at)| card(*port).is_none_or(|card| card.mtu != at.mtu));
    let mtus: Vec<Part> = mtus.map(|(_, at)| part(&at.name, made::number(at.mtu))).collect();
    let proxies = interfaces().filter_map(|(_, at)| Some(part(&at.name, made::text(at.proxy_arp?.to_string()))));
    let proxies: Vec<Part> = proxies.collect();
    let judged = interfaces().filter(|(_, at)| at.rp_filter != ReversePath::Off);
    let judged: Vec<Part> = judged.map(|(_, at)| part(&at.name, made::word(at.rp_filter.word()))).collect();
    for (name, list) in [("ip6", six), ("mac", macs), ("mtu", mtus), ("proxy_arp", proxies), ("rp_filter", judged)] {
        if !list.is_empty() {
            parts.push(part(name, made::map(list)));
        }
    }
    parts.extend(config.gateway.map(|gateway| part("gateway", made::text(gateway.to_string()))));
    flag_unless(&mut parts, "forwarding", config.forwarding, false);
    if !config.neighbours.is_empty() {
        let known = config.neighbours.iter().map(|(ip, mac)| (ip.to_string(), made::text(mac.to_string())));
        parts.push(part("neighbours", made::map(known)));
    }
    if !config.groups.is_empty() {
        parts.push(part("groups", made::list(config.groups.iter().map(|group| made::text(group.to_string())))));
    }
    if !daemons.is_empty() {
        parts.push(part("daemons", made::list(daemons)));
    }
    parts.extend(routing.map(|routing| part("routing", routing)));
    if config.multipath != Policy::default() {
        parts.push(part("multipath", made::word(config.multipath.word())));
    }
    made::call("Stack", parts)
}

fn bridge(config: &BridgeConfig, tunnelled: impl Fn(usize) -> bool) -> Tree {
    let default = BridgeConfig::default();
    let mut parts = Vec::new();
    flag_unless(&mut parts, "learning", config.learning, default.learning);
    parts.extend(config.capacity.map(|rows| part("fdb_size", made::number(rows))));
    parts.push(part("ageing", made::text(config.ageing.to_string())));
    if config.when_full != default.when_full {
        parts.push(part("when_full", made::word(format!("{:?}", config.when_full))));
    }
    if config.ways != default.ways {
        parts.push(part("ways", made::number(config.ways)));
    }
    let says = config.ports.iter().any(|port| port.vlan != PortVlan::Access(1));
    flag_unless(&mut parts, "vlan_filtering", config.vlan_filtering, says);
    if let Some(snooping) = config.snooping {
        parts.push(part("snooping", made::word("true")));
        flag_unless(&mut parts, "querier", snooping.querier, false);
        if snooping.version != 2 {
            parts.push(part("igmp", made::number(snooping.version)));
        }
    }
    parts.extend(config.clamp_mss.map(|mss| part("clamp_mss", made::number(mss))));
    let ports = config.ports.iter().enumerate();
    let ports = ports.map(|(at, port)| (port.name.clone(), bridge_port(port, tunnelled(at))));
    parts.push(part("ports", made::map(ports)));
    made::call("Bridge", parts)
}

fn bridge_port(config: &PortConfig, tunnelled: bool) -> Tree {
    let default = PortConfig::named(&config.name);
    let mut parts = Vec::new();
    for (name, value, default) in [
        ("learning", config.learning, default.learning),
        ("unicast_flood", config.unicast_flood, default.unicast_flood),
        ("multicast_flood", config.multicast_flood, default.multicast_flood),
        ("broadcast_flood", config.broadcast_flood, default.broadcast_flood),
        ("hairpin", config.hairpin, default.hairpin),
        ("isolated", config.isolated, default.isolated),
    ] {
        flag_unless(&mut parts, name, value, default);
    }
    if config.mtu != default.mtu || tunnelled {
        parts.push(part("mtu", made::number(config.mtu)));
    }
    if config.vlan != default.vlan {
        parts.push(part("vlan", vlan(&config.vlan)));
    }
    parts.extend(config.security.as_ref().map(|security| part("port_security", port_security(security))));
    made::call("", parts)
}

fn vlan(vlan: &PortVlan) -> Tree {
    match vlan {
        PortVlan::Access(vid) => made::items("Access", [made::number(vid)]),
        PortVlan::Trunk { native, allowed } => {
            let mut parts: Vec<Part> = native.map(|native| part("native", made::number(native))).into_iter().collect();
            if !allowed.is_empty() {
                parts.push(part("allowed", made::list(allowed.iter().map(made::number))));
            }
            made::call("Trunk", parts)
        }
    }
}

fn port_security(config: &PortSecurity) -> Tree {
    let mut parts = vec![part("maximum", made::number(config.maximum))];
    flag_unless(&mut parts, "sticky", config.sticky, false);
    parts.push(part("violation", made::word(format!("{:?}", config.violation))));
    parts.extend(config.recovery.map(|recovery| part("recovery", made::text(recovery.to_string()))));
    if !config.secure.is_empty() {
        parts.push(part("secure", made::list(config.secure.iter().map(|mac| made::text(mac.to_string())))));
    }
    made::call("", parts)
}

fn links(plan: &Plan) -> Tree {
    let nodes: Vec<&str> = plan.nodes().map(|(_, name, _)| name).collect();
    let devices: Vec<(&str, &str, &DeviceSpec)> =
        plan.devices().map(|(_, node, name, spec)| (nodes[node.index()], name, spec)).collect();
    let mut links = Vec::new();
    for step in &plan.steps {
        let Op::Cable { name, a, b, config } = &step.op else { continue };
        let mut parts = vec![made::text(end(&devices, *a)), made::text(end(&devices, *b))];
        let options = options(name, config);
        if !options.is_empty() {
            parts.push(made::call("", options));
        }
        links.push(made::items("", parts));
    }
    made::list(links)
}

/// `ann:eth0`, `sw:1`: the node and the name its port has outside.
fn end(devices: &[(&str, &str, &DeviceSpec)], (device, port): At) -> String {
    let (node, name, spec) = devices[device.index()];
    match spec {
        DeviceSpec::Nic(_) => format!("{node}:{name}"),
        other => format!("{node}:{}", other.port_names()[port.index()]),
    }
}

fn options(name: &str, config: &CableConfig) -> Vec<Part> {
    let default = CableConfig::default();
    let mut parts = Vec::new();
    if config.rate_bps != default.rate_bps {
        parts.push(part("rate", made::text(rate(config.rate_bps))));
    }
    if config.delay != default.delay {
        parts.push(part("delay", made::text(config.delay.to_string())));
    }
    if config.queue_bytes != default.queue_bytes {
        parts.push(part("queue", made::number(config.queue_bytes)));
    }
    if config.loss_ppm != default.loss_ppm {
        parts.push(part("loss", made::text(units::show_share(config.loss_ppm))));
    }
    // A name made of both ends is no author's.
    if is_name(name) {
        parts.push(part("name", made::text(name)));
    }
    parts
}
