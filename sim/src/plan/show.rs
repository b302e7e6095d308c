//! A plan as people read it.

use std::fmt::Write as _;

use crate::device::ipvlan;
use crate::device::macvlan::ChildConfig;
use crate::device::sriov::{SriovConfig, VfConfig};
use crate::engine::{CableConfig, Change, DeviceChange, Value, When};
use crate::id::{DeviceId, PortNo};
use crate::lang::Lang;
use crate::plan::op::full_name;
use crate::plan::{AppSpec, DeviceSpec, Op, Plan};

/// One line an operation: number, what is done, and why.
pub fn text(plan: &Plan, lang: Lang) -> String {
    let names = Names::of(plan);
    let mut out = String::new();
    for (at, step) in plan.steps.iter().enumerate() {
        let (verb, what) = names.describe(&step.op);
        let _ = writeln!(out, "{:>4}  {verb:<7} {what}", at + 1);
        let _ = writeln!(out, "              {}", step.why.get(lang));
    }
    out
}

/// Names by number, collected once: a plan may have thousands of operations.
pub(in crate::plan) struct Names {
    nodes: Vec<String>,
    devices: Vec<(String, Vec<String>)>,
    cables: Vec<String>,
    flows: Vec<String>,
    commands: Vec<String>,
}

impl Names {
    pub fn of(plan: &Plan) -> Self {
        let nodes: Vec<String> = plan.nodes().map(|(_, name, _)| name.to_owned()).collect();
        let device = |(_, node, name, spec): (DeviceId, crate::id::NodeId, &str, &DeviceSpec)| {
            (full_name(nodes.get(node.index()).map_or("?", String::as_str), name), spec.port_names())
        };
        let devices = plan.devices().map(device).collect();
        let commands = plan.steps.iter().filter_map(|step| match &step.op {
            Op::Flow { name, .. } => Some(format!("start {name}")),
            Op::Event { name, .. } => Some(name.clone()),
            _ => None,
        });
        Self {
            devices,
            cables: plan.cables().map(|(_, name)| name.to_owned()).collect(),
            flows: plan.flows().map(|(_, name)| name.to_owned()).collect(),
            commands: commands.collect(),
            nodes,
        }
    }

    pub fn device(&self, device: DeviceId) -> &str {
        self.devices.get(device.index()).map_or("?", |(name, _)| name)
    }

    /// `sw:1`, `ann/eth0:wire`.
    pub fn port(&self, (device, port): (DeviceId, PortNo)) -> String {
        let name = self.devices.get(device.index()).and_then(|(_, ports)| ports.get(port.index()));
        format!("{}:{}", self.device(device), name.map_or("?", String::as_str))
    }

    pub fn describe(&self, op: &Op) -> (&'static str, String) {
        match op {
            Op::Node { name, kind } => ("node", format!("{name}  {kind}")),
            Op::Profile { node, profile } => {
                let home = self.nodes.get(node.index()).map_or("?", String::as_str);
                ("profile", format!("{home}  {}", profile.name))
            }
            Op::Device { node, name, spec } => {
                let home = self.nodes.get(node.index()).map_or("?", String::as_str);
                ("device", format!("{}  {}", full_name(home, name), spec.describe()))
            }
            Op::Row { device, change } => ("row", format!("{}  {}", self.device(*device), device_change(change))),
            Op::Wire { a, b } => ("wire", format!("{} = {}", self.port(*a), self.port(*b))),
            Op::Cable { name, a, b, config } => {
                ("cable", format!("{name}  {} -- {}  {}", self.port(*a), self.port(*b), cable(config)))
            }
            Op::Serve { home, app } => ("app", format!("{}  {}", self.device(*home), app.describe())),
            Op::Flow { name, home, app, start, .. } => {
                let (home, start) = (self.device(*home), self.when(start));
                ("flow", format!("{name}  {home}  {}  {start}", app.describe()))
            }
            Op::Probe { home, app, .. } => ("probe", format!("{}  {}", self.device(*home), app.describe())),
            Op::Event { name, change, when } => {
                ("event", format!("{name}  {}  {}", self.change(change), self.when(when)))
            }
        }
    }

    fn when(&self, when: &When) -> String {
        let flow = |flow: &crate::id::FlowId| self.flows.get(flow.index()).map_or("?", String::as_str).to_owned();
        match when {
            When::At(time) => format!("at {time}"),
            When::Done(of) => format!("when {} is done", flow(of)),
            When::Answered(of, n) => format!("when {} has received {n}", flow(of)),
            When::Event(n) => {
                format!("when {} has happened", self.commands.get(*n as usize).map_or("?", String::as_str))
            }
            When::After(base, span) => format!("{span} after ({})", self.when(base)),
        }
    }

    /// A change in words that also serve as a heading in a narration.
    pub fn change(&self, change: &Change) -> String {
        let cable = |id: &crate::id::CableId| self.cables.get(id.index()).map_or("?", String::as_str).to_owned();
        let flow = |id: &crate::id::FlowId| self.flows.get(id.index()).map_or("?", String::as_str).to_owned();
        let node = |id: &crate::id::NodeId| self.nodes.get(id.index()).map_or("?", String::as_str).to_owned();
        match change {
            Change::Carrier { cable: id, up } => format!("{} {}", if *up { "up" } else { "down" }, cable(id)),
            Change::Power { node: id, up } => format!("power {} {}", if *up { "on" } else { "off" }, node(id)),
            Change::Loss { cable: id, ppm, of } => {
                let of = of.map_or(String::new(), |of| format!(" that carry {of}"));
                format!("loss {} {ppm} of a million{of}", cable(id))
            }
            Change::Device { device, change } => format!("{} {}", self.device(*device), device_change(change)),
            Change::Start(id) => format!("start {}", flow(id)),
            Change::Stop(id) => format!("stop {}", flow(id)),
            Change::Inject { device, port, bytes, .. } => {
                format!("inject {} bytes at {}", bytes.len(), self.port((*device, *port)))
            }
        }
    }
}

/// `set ageing 300s`, `add fdb mac=… port=1`.
pub fn device_change(change: &DeviceChange) -> String {
    let list = |cells: &[(String, String)]| {
        cells.iter().map(|(column, value)| format!("{column}={value}")).collect::<Vec<_>>().join(" ")
    };
    match change {
        DeviceChange::Set { port, field, value } => {
            let place = port.map(|port| format!("port {} ", port.0 + 1)).unwrap_or_default();
            format!("set {place}{field} {}", show_value(value))
        }
        DeviceChange::AddRow { table, cells } => format!("add {table} {}", list(cells)),
        DeviceChange::DelRow { table, cells } => format!("delete {table} {}", list(cells)),
        DeviceChange::Flush { table } => format!("flush {table}"),
    }
}

fn show_value(value: &Value) -> String {
    match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Number(n) => n.to_string(),
        Value::Span(span) => span.to_string(),
        Value::Text(text) => text.clone(),
    }
}

fn cable(config: &CableConfig) -> String {
    let mut text = format!("{} {} queue {}", rate(config.rate_bps), config.delay, config.queue_bytes);
    if config.loss_ppm > 0 {
        let _ = write!(text, " loss {}/1000000", config.loss_ppm);
    }
    if !config.up {
        text.push_str(" down");
    }
    text
}

/// A rate in the largest unit that keeps it whole.
pub fn rate(bps: u64) -> String {
    for (unit, name) in [(1_000_000_000, "Gbps"), (1_000_000, "Mbps"), (1_000, "kbps")] {
        if bps >= unit && bps.is_multiple_of(unit) {
            return format!("{}{name}", bps / unit);
        }
    }
    format!("{bps}bps")
}

impl DeviceSpec {
    /// Names of its ports in order.
    pub fn port_names(&self) -> Vec<String> {
        match self {
            Self::Nic(_) => vec!["wire".to_owned(), "host".to_owned()],
            Self::Bridge(config) => config.ports.iter().map(|port| port.name.clone()).collect(),
            Self::Stack(config) => {
                let tunnels = config.tunnels.iter().map(|tunnel| tunnel.name.clone());
                config.interfaces.iter().map(|interface| interface.name.clone()).chain(tunnels).collect()
            }
            Self::Macvlan(config) => {
                let own = ["lower".to_owned(), "host".to_owned()];
                own.into_iter().chain(config.children.iter().map(|child| child.name.clone())).collect()
            }
            Self::Ipvlan(config) => {
                let own = ["lower", "host", "routed"].map(str::to_owned);
                own.into_iter().chain(config.children.iter().map(|child| child.name.clone())).collect()
            }
            Self::Sriov(config) => {
                let own = ["lower".to_owned(), "host".to_owned()];
                own.into_iter().chain(config.vfs.iter().map(|vf| vf.name.clone())).collect()
            }
            Self::Fabric(config) => config.ports.clone(),
            Self::Vtep(_) | Self::Tunnel(_) => vec!["inner".to_owned(), "outer".to_owned()],
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Nic(nic) => format!("nic {} mtu {}", nic.mac, nic.mtu),
            Self::Vtep(vtep) => {
                let learning = if vtep.learning { "" } else { " learning off" };
                let proxy = if vtep.proxy { " proxy" } else { "" };
                format!("vtep vni {} local {} port {}{learning}{proxy}", vtep.vni, local(&vtep.outer), vtep.port)
            }
            Self::Tunnel(tunnel) => {
                let encapsulation = tunnel.format.encapsulation();
                format!("tunnel {} local {} overhead {}", encapsulation.name(), local(&tunnel.outer), tunnel.overhead())
            }
            Self::Macvlan(macvlan) => {
                let child = |child: &ChildConfig| format!(" {} {} {}", child.name, child.mac, child.mode);
                format!("macvlan{}", macvlan.children.iter().map(child).collect::<String>())
            }
            Self::Ipvlan(ipvlan) => {
                let child = |child: &ipvlan::ChildConfig| {
                    let addresses: Vec<String> = child.addresses.iter().map(ToString::to_string).collect();
                    format!(" {} {}", child.name, addresses.join(" "))
                };
                let (mode, flag) = ipvlan.agreed();
                format!("ipvlan {mode} {flag}{}", ipvlan.children.iter().map(child).collect::<String>())
            }
            Self::Sriov(card) => sriov(card),
            Self::Fabric(fabric) => {
                let check = if fabric.check { "" } else { " check off" };
                format!("fabric {} ports {} rules{check}", fabric.ports.len(), fabric.rules.len())
            }
            Self::Bridge(bridge) => {
                let capacity = bridge.capacity.map(|n| format!(" fdb_size {n} when_full {:?}", bridge.when_full));
                let learning = if bridge.learning { "" } else { " learning off" };
                let (ports, ageing) = (bridge.ports.len(), bridge.ageing);
                let clamp = bridge.clamp_mss.map(|mss| format!(" clamp_mss {mss}")).unwrap_or_default();
                format!("bridge {ports} ports ageing {ageing}{}{learning}{clamp}", capacity.unwrap_or_default())
            }
            Self::Stack(stack) => {
                let mut text = "stack".to_owned();
                for interface in &stack.interfaces {
                    for (ip, len) in &interface.addresses {
                        let _ = write!(text, " {} {ip}/{len}", interface.name);
                    }
                }
                if let Some(gateway) = stack.gateway {
                    let _ = write!(text, " gateway {gateway}");
                }
                text
            }
        }
    }
}

impl AppSpec {
    fn describe(&self) -> String {
        match self {
            Self::Ping(ping) => {
                format!("ping {} count {} every {} size {}", ping.to, ping.count, ping.every, ping.size)
            }
            Self::Udp(udp) => format!("udp {}:{} every {} size {}", udp.to, udp.port, udp.every, udp.size),
            Self::UdpSink(sink) => format!("udp sink on port {}", sink.port),
            Self::Tcp(tcp) => {
                let bytes = tcp.bytes.map(|n| format!(" bytes {n}")).unwrap_or_default();
                let lasts = tcp.lasts.map(|span| format!(" lasts {span}")).unwrap_or_default();
                format!("tcp {}:{}{bytes}{lasts}", tcp.to, tcp.port)
            }
            Self::TcpSink(sink) => format!("tcp sink on port {}", sink.port),
            Self::Client(client) => format!("request {}:{} count {}", client.to, client.port, client.count),
            Self::Server(server) => format!("server on port {}", server.port),
            Self::MacFlood(flood) => format!("mac flood every {}, EtherType {:#06x}", flood.every, flood.ethertype),
            Self::Raw(raw) => format!("frames to {} count {} every {}", raw.to, raw.count, raw.every),
            Self::Sniffer(_) => "sniffer".to_owned(),
            Self::Controller(config) => format!("controller {}", agent(config)),
            Self::Evpn(config) => format!("evpn {}", agent(config)),
            Self::Gossip(config, seeds) => {
                let seeds: Vec<String> = seeds.iter().map(ToString::to_string).collect();
                let seeds = if seeds.is_empty() { "nobody".to_owned() } else { seeds.join(", ") };
                let (at, stations) = (format!("vni {} vtep {}", config.vni, config.vtep), config.stations.len());
                format!("gossip {} {at} stations {stations} joins {seeds}", config.device)
            }
            Self::Store(store) => {
                format!("store on port {}{}", store.port, if store.persistent { "" } else { ", data in memory only" })
            }
            Self::Felix(config) => felix(config),
            Self::Rip(config) => rip(config),
            Self::Eigrp(config) => eigrp(config),
            Self::Ospf(config) => ospf(config),
            Self::Isis(config) => isis(config),
            Self::Bgp(config) => bgp(config),
            Self::Flanneld(config) => {
                let ((ip, len), (store, port)) = (config.subnet, config.store);
                format!("flanneld {} subnet {ip}/{len} store {store}:{port} ttl {}", config.backend.word(), config.ttl)
            }
        }
    }
}

fn rip(config: &crate::routing::rip::RipConfig) -> String {
    let triggered = if config.triggered { "" } else { ", no triggered updates" };
    let (first, update, jitter) = (config.first, config.update, config.jitter);
    let every = format!("first {first}, then every {update} give or take {jitter}");
    let split = config.split_horizon.word().to_lowercase();
    format!("rip split horizon {split}, {every}, timeout {}, garbage {}{triggered}", config.timeout, config.garbage)
}

fn eigrp(config: &crate::routing::eigrp::EigrpConfig) -> String {
    let k = config.k.map(|k| k.to_string()).join(" ");
    let (hello, hold, again) = (config.hello, config.hold, config.retransmit);
    let mut text = format!("eigrp AS {}, K {k}, delay {}, {} kb/s", config.system, config.delay, config.bandwidth);
    _ = write!(text, ", hello {hello}, hold {hold}, again {again}, active {}", config.active);
    if !config.split_horizon {
        text.push_str(", no split horizon");
    }
    if !config.passive.is_empty() {
        _ = write!(text, ", passive {}", config.passive.join(" "));
    }
    for (name, own) in &config.interfaces {
        _ = write!(text, ", {name}");
        let words = [
            own.delay.map(|delay| format!(" delay {delay}")),
            own.bandwidth.map(|bandwidth| format!(" {bandwidth} kb/s")),
            own.hello.map(|hello| format!(" hello {hello}")),
            own.hold.map(|hold| format!(" hold {hold}")),
        ];
        text.extend(words.into_iter().flatten());
    }
    text
}

fn ospf(config: &crate::routing::ospf::OspfConfig) -> String {
    let id = config.router_id.map_or_else(String::new, |id| format!(" id {id}"));
    let (network, area) = (config.network.word(), config.area);
    let mut text = format!("ospf{id} {network}, area {area}, cost {}, priority {}", config.cost, config.priority);
    _ = write!(text, ", hello {}, dead {}, again {}", config.hello, config.dead, config.retransmit);
    let (delay, hold, max) = (config.spf_delay, config.spf_hold, config.spf_max);
    _ = write!(text, ", computes after {delay}, then {hold} to {max}");
    let stub: Vec<String> = config.stub.iter().map(ToString::to_string).collect();
    for (what, names) in [("stub", stub), ("passive", config.passive.clone())] {
        if !names.is_empty() {
            _ = write!(text, ", {what} {}", names.join(" "));
        }
    }
    if config.password.is_some() {
        text.push_str(", with a password");
    }
    for (name, own) in &config.interfaces {
        _ = write!(text, ", {name}");
        let words = [
            own.area.map(|area| format!(" area {area}")),
            own.network.map(|network| format!(" {}", network.word())),
            own.cost.map(|cost| format!(" cost {cost}")),
            own.priority.map(|priority| format!(" priority {priority}")),
            own.hello.map(|hello| format!(" hello {hello}")),
            own.dead.map(|dead| format!(" dead {dead}")),
        ];
        text.extend(words.into_iter().flatten());
    }
    text
}

fn isis(config: &crate::routing::isis::IsisConfig) -> String {
    let id = config.system.map_or_else(String::new, |id| format!(" id {id}"));
    let (network, area, level) = (config.network.word(), &config.area, config.level.word());
    let mut text = format!("isis{id} {network}, area {area}, level {level}, metric {}", config.metric);
    _ = write!(text, ", priority {}, hello {}, hold {}", config.priority, config.hello, config.hold);
    _ = write!(text, ", lists every {}, asks after {}, again {}", config.csnp, config.psnp, config.retransmit);
    let (delay, hold, max) = (config.spf_delay, config.spf_hold, config.spf_max);
    _ = write!(text, ", LSPs every {}, computes after {delay}, then {hold} to {max}", config.lsp_interval);
    if !config.padding {
        text.push_str(", hellos are not padded");
    }
    if !config.passive.is_empty() {
        _ = write!(text, ", passive {}", config.passive.join(" "));
    }
    if config.password.is_some() {
        text.push_str(", with a password");
    }
    for (name, own) in &config.interfaces {
        _ = write!(text, ", {name}");
        let words = [
            own.level.map(|level| format!(" level {}", level.word())),
            own.network.map(|network| format!(" {}", network.word())),
            own.metric.map(|metric| format!(" metric {metric}")),
            own.priority.map(|priority| format!(" priority {priority}")),
            own.hello.map(|hello| format!(" hello {hello}")),
            own.hold.map(|hold| format!(" hold {hold}")),
        ];
        text.extend(words.into_iter().flatten());
    }
    text
}

fn bgp(config: &crate::routing::bgp::daemon::BgpConfig) -> String {
    let networks: Vec<String> = config.networks.iter().map(|(ip, len)| format!("{ip}/{len}")).collect();
    let peers: Vec<String> =
        config.peers.iter().map(|peer| format!("{} of AS {} from {}", peer.address, peer.asn, peer.own)).collect();
    let all = |list: Vec<String>| if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    let own = &config.own;
    let timers = format!("hold {}s retry {} mrai {}", own.hold, own.connect_retry, own.mrai);
    let vpn = |own: &crate::routing::bgp::evpn::network::NetworkConfig| {
        let flood = if own.flood { "" } else { ", no type 3" };
        format!(", evpn {} vni {} import {} export {}{flood}", own.device, own.vni, own.import, own.export)
    };
    let vpns: String = config.vpns.iter().map(vpn).collect();
    let (networks, peers) = (all(networks), all(peers));
    format!("bgp AS {} id {} {timers}, networks {networks}, neighbours {peers}{vpns}", own.asn, own.id)
}

fn sriov(card: &SriovConfig) -> String {
    let function = |vf: &VfConfig| {
        let vlan = if vf.vlan == 0 { String::new() } else { format!(" vlan {}", vf.vlan) };
        format!(" {} {}{vlan}", vf.name, vf.mac)
    };
    format!("sriov {} vfs {}{}", card.mode, card.limit, card.vfs.iter().map(function).collect::<String>())
}

fn felix(config: &crate::control::felix::FelixConfig) -> String {
    let (backend, (store, port)) = (&config.backend, config.store);
    let blocks: Vec<String> = config.blocks.iter().map(|(ip, len)| format!("{ip}/{len}")).collect();
    let by = match (backend.device(), &config.cross_subnet) {
        (None, towards) => format!("routes {}", towards.as_deref().unwrap_or_default()),
        (Some(device), Some(_)) => format!("{} {device}, none within the subnet", backend.word()),
        (Some(device), None) => format!("{} {device}", backend.word()),
    };
    format!("felix {} blocks {} by {by} store {store}:{port}", config.node, blocks.join(", "))
}

fn agent(config: &crate::control::agent::AgentConfig) -> String {
    let ((store, port), stations) = (config.store, config.stations.len());
    let rows = if config.rows { "" } else { ", flood list only" };
    format!("{} vni {} vtep {} stations {stations} store {store}:{port}{rows}", config.device, config.vni, config.vtep)
}

/// A change in words: `down ann--sw`, `sw set ageing 30s`.
pub fn change(plan: &Plan, change: &Change) -> String {
    Names::of(plan).change(change)
}

/// The own end of a tunnel, of whatever family.
fn local(outer: &crate::device::outer::Outer) -> String {
    outer.local6.map_or_else(|| outer.local.to_string(), |ip| ip.to_string())
}
