//! Namespaces, cables, bridges and hosts.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::wires::Wiring;
use super::{Interface, Script, seconds};
use crate::device::bridge::{BridgeConfig, PortConfig, PortVlan, WhenFull};
use crate::device::nic::NicConfig;
use crate::engine::CableConfig;
use crate::id::{DeviceId, PortNo};
use crate::plan::{DeviceSpec, Op};
use crate::stack::StackConfig;
use crate::stack::multipath::Policy;
use crate::stack::reverse::ReversePath;
use crate::wire::MacAddr;

/// `on` or `off`.
pub(super) fn switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// Hundredths of a second, as bridges count them.
pub(super) fn hundredths(span: crate::time::SimDuration) -> u64 {
    span.0 / 10_000_000
}

/// Rules that lower what SYNs announce: in frames that come in by a port, and in those of the host itself.
pub(super) fn clamp(bridge: &Interface, mss: u16) -> Vec<String> {
    let Interface { space, name } = bridge;
    let nft = format!("inside {space} nft");
    let chain = |hook: &str, at: &str| {
        let chain = format!("bridge overunder {hook}-{name}");
        [
            format!("{nft} add chain {chain} '{{ type filter hook {hook} priority 0; }}'"),
            format!("{nft} flush chain {chain}"),
            format!("{nft} add rule {chain} meta {at} {name} tcp flags syn tcp option maxseg size set {mss}"),
        ]
    };
    let chains = [chain("prerouting", "ibrname"), chain("output", "obrname")];
    [vec![format!("{nft} add table bridge overunder")], chains.concat()].concat()
}

impl Script<'_> {
    pub(super) fn build_network(&mut self) {
        self.namespaces();
        self.cables();
        let devices: Vec<(DeviceId, DeviceSpec)> =
            self.plan.devices().map(|(device, .., spec)| (device, spec.clone())).collect();
        for (device, spec) in &devices {
            if let DeviceSpec::Stack(stack) = spec {
                self.speak_ipv6(*device, stack);
            }
        }
        // A tunnel has to be there before it can be in a bridge.
        for (device, spec) in &devices {
            match spec {
                DeviceSpec::Vtep(vtep) => self.vtep(*device, vtep),
                DeviceSpec::Tunnel(tunnel) => self.tunnel(*device, tunnel),
                DeviceSpec::Macvlan(macvlan) => self.macvlan(*device, macvlan),
                DeviceSpec::Ipvlan(ipvlan) => self.ipvlan(*device, ipvlan),
                DeviceSpec::Sriov(sriov) => self.sriov(*device, sriov),
                DeviceSpec::Fabric(_) => self.refuse(super::FABRIC),
                _ => {}
            }
        }
        for (device, spec) in &devices {
            if let DeviceSpec::Bridge(bridge) = spec {
                self.bridge(*device, bridge);
            }
        }
        for (device, spec) in &devices {
            match spec {
                DeviceSpec::Nic(nic) => self.card(*device, nic),
                DeviceSpec::Stack(stack) => self.stack(*device, stack),
                _ => {}
            }
        }
        self.rows();
        self.ready(&devices);
    }

    fn namespaces(&mut self) {
        self.line("\n# Nodes. IPv6 would talk by itself; redirects and firewalls on bridges are not part of the lab, source checks only where it says so.");
        self.line("for space in $SPACES; do");
        self.line("    ip netns add \"$OU-$space\"");
        for of in ["all", "default"] {
            self.line(format!("    inside \"$space\" sysctl -qw net.ipv6.conf.{of}.disable_ipv6=1 2>/dev/null || :"));
            let quiet = format!("net.ipv4.conf.{of}.send_redirects=0 net.ipv4.conf.{of}.rp_filter=0");
            self.line(format!("    inside \"$space\" sysctl -qw {quiet}"));
        }
        let firewall = "net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-arptables=0";
        self.line(format!("    inside \"$space\" sysctl -qw {firewall} 2>/dev/null || :"));
        self.line("    ip -n \"$OU-$space\" link set lo up");
        self.line("done");
    }

    fn cables(&mut self) {
        self.line("\n# Cables: each is a veth pair.");
        let mut plugged = BTreeSet::new();
        let mut wires = Vec::new();
        for step in &self.plan.steps {
            match &step.op {
                Op::Wire { a, b } => wires.push((*a, *b)),
                Op::Cable { name, a, b, config } => {
                    let (Some(from), Some(to)) = (self.names.port(*a), self.names.port(*b)) else {
                        self.refuse(format!("{name}: an end that does not exist"));
                        continue;
                    };
                    if !self.real_cable([(*a, &from), (*b, &to)]) {
                        let peer = format!("type veth peer {}", self.end(*b, &to));
                        let made = self.end(*a, &from);
                        self.line(format!("ip link add {made} {peer}"));
                    }
                    self.shape([&from, &to], config);
                    plugged.extend([from, to]);
                    if !config.up {
                        self.refuse(format!("{name}: a cable that is dark from the start"));
                    }
                }
                _ => {}
            }
        }
        for (a, b) in wires {
            self.wire(a, b);
            plugged.extend(self.joined(a, b));
        }
        self.unplugged(&plugged);
    }

    /// `name eth0 netns ou-a address 02:… mtu 1500`: one end of a pair.
    pub(super) fn end(&self, end: (DeviceId, PortNo), at: &Interface) -> String {
        let (mac, mtu) = match self.spec(end.0) {
            Some(DeviceSpec::Nic(nic)) => (Some(nic.mac), nic.mtu),
            Some(DeviceSpec::Bridge(bridge)) => (None, bridge.ports.get(end.1.index()).map_or(1500, |port| port.mtu)),
            Some(DeviceSpec::Stack(stack)) => {
                stack.interfaces.get(end.1.index()).map_or((None, 1500), |at| (Some(at.mac), at.mtu))
            }
            // None of these is one end of a pair.
            _ => (None, 1500),
        };
        let mac = mac.filter(|mac| *mac != MacAddr::ZERO).map(|mac| format!(" address {mac}")).unwrap_or_default();
        format!("name {} netns \"$OU-{}\" mtu {mtu}{mac}", at.name, at.space)
    }

    /// A cable that is slower, longer or worse than the usual one is made so by netem, at both ends.
    fn shape(&mut self, ends: [&Interface; 2], config: &CableConfig) {
        let usual = CableConfig::default();
        let mut how = String::new();
        if config.delay != usual.delay {
            let _ = write!(how, " delay {}us", config.delay.0 / 1_000);
        }
        if config.rate_bps != usual.rate_bps {
            let _ = write!(how, " rate {}bit", config.rate_bps);
        }
        if config.loss_ppm > 0 {
            let _ = write!(how, " loss {}%", percent(config.loss_ppm));
        }
        if how.is_empty() {
            return;
        }
        for end in ends {
            self.line(format!("tc -n \"$OU-{}\" qdisc add dev {} root netem limit 1000{how}", end.space, end.name));
        }
    }

    /// Cards and ports into which nothing is plugged exist all the same, without carrier.
    fn unplugged(&mut self, plugged: &BTreeSet<Interface>) {
        let (mut loose, wiring) = (0, Wiring::of(self.plan));
        for (device, .., spec) in self.plan.devices() {
            let ports = match spec {
                DeviceSpec::Nic(_) => 1,
                DeviceSpec::Bridge(bridge) => bridge.ports.len() as u16,
                DeviceSpec::Stack(stack) => stack.interfaces.len() as u16,
                _ => 0,
            };
            // Ports that are a card, a tunnel or a bridge are made with it.
            for port in (0..ports).map(PortNo).filter(|port| !wiring.is_shared((device, *port))) {
                let Some(at) = self.names.port((device, port)).filter(|at| !plugged.contains(at)) else { continue };
                if self.real_end((device, port), &at) {
                    continue;
                }
                let made = self.end((device, port), &at);
                self.line(format!("ip link add {made} type veth peer name loose{loose} netns \"$OU-{}\"", at.space));
                loose += 1;
            }
        }
    }

    fn bridge(&mut self, device: DeviceId, config: &BridgeConfig) {
        let Some(own) = self.names.device(device) else { return };
        let Interface { space, name } = &own;
        self.line(format!("\n# Switch {name}."));
        let snoops = u8::from(config.snooping.is_some());
        let mut settings = format!("mcast_snooping {snoops} stp_state 0 ageing_time {}", hundredths(config.ageing));
        if let Some(snooping) = config.snooping {
            let querier = u8::from(snooping.querier);
            let _ = write!(settings, " mcast_querier {querier} mcast_igmp_version {}", snooping.version);
        }
        if let Some(most) = config.capacity {
            // Linux counts 0 as no limit, and refuses newcomers when full.
            if config.when_full != WhenFull::RefuseNew || most == 0 {
                self.refuse(format!("{name}: a table that is full at {most} rows and then {:?}", config.when_full));
            }
            self.line("ip link help bridge 2>&1 | grep -q fdb_max_learned || {");
            self.line("    echo \"fdb_max_learned needs iproute2 6.7 or newer\" >&2");
            self.line("    exit 1");
            self.line("}");
            let _ = write!(settings, " fdb_max_learned {most}");
        }
        if config.vlan_filtering {
            settings += " vlan_filtering 1 vlan_default_pvid 0";
        }
        let address = self.host_address(device, config).or(config.snooping.map(|_| config.mac));
        let address = address.map(|mac| format!(" address {mac}")).unwrap_or_default();
        self.line(format!("ip -n \"$OU-{space}\" link add name {name}{address} type bridge {settings}"));
        for rule in config.clamp_mss.iter().flat_map(|mss| clamp(&own, *mss)) {
            self.line(rule);
        }
        for (at, port) in config.ports.iter().enumerate() {
            let Some(end) = self.names.port((device, PortNo(at as u16))) else { continue };
            if end.name == *name {
                self.own_port(&end, port, config);
                continue;
            }
            self.line(format!("ip -n \"$OU-{space}\" link set dev {} master {name} up", end.name));
            self.port(&end, port, config);
        }
        self.line(format!("ip -n \"$OU-{space}\" link set dev {name} up"));
    }

    fn port(&mut self, end: &Interface, port: &PortConfig, config: &BridgeConfig) {
        let usual = PortConfig::named("");
        let flags = [
            ("learning", port.learning && config.learning, usual.learning),
            ("flood", port.unicast_flood, usual.unicast_flood),
            ("mcast_flood", port.multicast_flood, usual.multicast_flood),
            ("bcast_flood", port.broadcast_flood, usual.broadcast_flood),
            ("hairpin", port.hairpin, usual.hairpin),
            ("isolated", port.isolated, usual.isolated),
        ];
        let mut changed = String::new();
        for (word, on, _) in flags.into_iter().filter(|(_, on, usual)| on != usual) {
            let _ = write!(changed, " {word} {}", switch(on));
        }
        let Interface { space, name } = end;
        if !changed.is_empty() {
            self.line(format!("bridge -n \"$OU-{space}\" link set dev {name}{changed}"));
        }
        if port.security.is_some() {
            self.refuse(format!("{space} port {}: port security", port.name));
        }
        self.vlans(end, port, config, "");
    }

    /// The port that leads to the host itself: the bridge as an interface.
    fn own_port(&mut self, end: &Interface, port: &PortConfig, config: &BridgeConfig) {
        let usual =
            PortConfig { name: port.name.clone(), mtu: port.mtu, vlan: port.vlan.clone(), ..PortConfig::named("") };
        if *port != usual || !config.learning {
            self.refuse(format!("{} port {}: settings of the port that is the bridge itself", end.name, port.name));
        }
        self.vlans(end, port, config, " self");
    }

    fn vlans(&mut self, Interface { space, name }: &Interface, port: &PortConfig, config: &BridgeConfig, of: &str) {
        if !config.vlan_filtering {
            return;
        }
        let mut vlan = |words: String| self.line(format!("bridge -n \"$OU-{space}\" vlan add dev {name} {words}{of}"));
        match &port.vlan {
            PortVlan::Access(vid) => vlan(format!("vid {vid} pvid untagged")),
            PortVlan::Trunk { native, allowed } => {
                if allowed.is_empty() {
                    vlan("vid 1-4094".to_owned());
                }
                for vid in allowed {
                    vlan(format!("vid {vid}"));
                }
                if let Some(vid) = native {
                    vlan(format!("vid {vid} pvid untagged"));
                }
            }
        }
    }

    fn card(&mut self, device: DeviceId, config: &NicConfig) {
        let Some(Interface { space, name }) = self.names.device(device) else { return };
        // Those of macvlan children come with the children.
        let children = self.child_addresses(device);
        if config.unicast.iter().any(|mac| !children.contains(mac)) {
            self.refuse(format!("{space}: further unicast addresses on {name}, which veth cannot filter by"));
        }
        self.line(format!("\n# Card {name} of {space}."));
        for (word, on) in [("promisc", config.promiscuous), ("allmulticast", config.allmulti)] {
            if on {
                self.line(format!("ip -n \"$OU-{space}\" link set dev {name} {word} on"));
            }
        }
        for group in &config.multicast {
            self.line(format!("ip -n \"$OU-{space}\" maddr add {group} dev {name}"));
        }
        self.line(format!("ip -n \"$OU-{space}\" link set dev {name} up"));
    }

    /// Interfaces with an address for tunnels say nothing of IPv6 by themselves: no link-local address, no search for
    /// duplicates or routers. They speak it before the tunnels are made: Linux refuses those otherwise.
    fn speak_ipv6(&mut self, device: DeviceId, config: &StackConfig) {
        let Some(Interface { space, .. }) = self.names.device(device) else { return };
        for (at, interface) in config.interfaces.iter().enumerate() {
            let Some(Interface { name, .. }) = self.names.port((device, PortNo(at as u16))) else { continue };
            if interface.address6.is_none() {
                continue;
            }
            let quiet = ["accept_dad=0", "accept_ra=0", "router_solicitations=0", "addr_gen_mode=1", "disable_ipv6=0"];
            let settings = quiet.map(|setting| format!("net.ipv6.conf.{name}.{setting}")).join(" ");
            self.line(format!("inside {space} sysctl -qw {settings}"));
        }
    }

    fn stack(&mut self, device: DeviceId, config: &StackConfig) {
        let Some(Interface { space, .. }) = self.names.device(device) else { return };
        self.line(format!("\n# Addresses, routes and neighbours of {space}."));
        for (at, interface) in config.interfaces.iter().enumerate() {
            let Some(Interface { name, .. }) = self.names.port((device, PortNo(at as u16))) else { continue };
            self.line(format!("ip -n \"$OU-{space}\" link set dev {name} mtu {} up", interface.mtu));
            for (ip, len) in &interface.addresses {
                self.line(format!("ip -n \"$OU-{space}\" addr add {ip}/{len} dev {name}"));
            }
            if let Some((ip, len)) = interface.address6 {
                self.line(format!("ip -n \"$OU-{space}\" addr add {ip}/{len} dev {name} nodad"));
            }
        }
        for (at, interface) in config.interfaces.iter().enumerate() {
            let end = self.names.port((device, PortNo(at as u16)));
            if let (Some(delay), Some(end)) = (interface.proxy_arp, end) {
                for line in proxy_arp(&space, &end.name, Some(delay)) {
                    self.line(line);
                }
            }
            let end = self.names.port((device, PortNo(at as u16)));
            if let (Some(end), true) = (end, interface.rp_filter != ReversePath::Off) {
                self.line(rp_filter(&space, &end.name, interface.rp_filter));
            }
        }
        if config.forwarding {
            self.line(format!("inside {space} sysctl -qw net.ipv4.ip_forward=1"));
        }
        if config.multipath != Policy::default()
            && let Some(line) = multipath(&space, config.multipath)
        {
            self.line(line);
        }
        if let Some(gateway) = config.gateway {
            self.line(format!("ip -n \"$OU-{space}\" route add default via {gateway}"));
        }
        for (ip, mac) in &config.neighbours {
            let Some(dev) = self.interface_towards(device, *ip) else { continue };
            let row = format!("{ip} lladdr {mac} nud permanent dev {dev}");
            self.line(format!("ip -n \"$OU-{space}\" neigh replace {row}"));
        }
        if let (false, Some(first)) = (config.groups.is_empty(), self.names.port((device, PortNo(0)))) {
            // As an address, the group would be this host alone, and no tunnel could send to it.
            let joined = self.joined_by_vteps(device);
            for group in config.groups.iter().filter(|group| !joined.contains(group)) {
                self.line(format!("ip -n \"$OU-{space}\" addr add {group}/32 dev {} autojoin", first.name));
            }
        }
    }

    /// Waits for ports to forward, then lets whoever asked for it look.
    fn ready(&mut self, devices: &[(DeviceId, DeviceSpec)]) {
        let mut plugged: BTreeSet<Interface> = BTreeSet::new();
        for step in &self.plan.steps {
            match &step.op {
                Op::Cable { a, b, .. } => plugged.extend([*a, *b].into_iter().filter_map(|end| self.names.port(end))),
                Op::Wire { a, b } => plugged.extend(self.joined(*a, *b)),
                _ => {}
            }
        }
        self.line("");
        for (device, spec) in devices {
            let DeviceSpec::Bridge(bridge) = spec else { continue };
            let own = self.names.device(*device);
            for port in 0..bridge.ports.len() as u16 {
                let end = self.names.port((*device, PortNo(port)));
                if let Some(end) = end.filter(|end| plugged.contains(end) && Some(end) != own.as_ref()) {
                    self.line(format!("forwarding {} {}", end.space, end.name));
                }
            }
        }
        self.line("pause ready");
    }

    /// The interface whose network an address is in, else the first.
    pub(super) fn interface_towards(&self, stack: DeviceId, ip: std::net::Ipv4Addr) -> Option<String> {
        let Some(DeviceSpec::Stack(config)) = self.spec(stack) else { return None };
        let near = |at: &crate::stack::InterfaceConfig| {
            let mask = crate::wire::ipv4::mask;
            at.addresses.iter().any(|(own, len)| (own.to_bits() ^ ip.to_bits()) & mask(*len) == 0)
        };
        let place = config.interfaces.iter().position(near).unwrap_or(0);
        self.names.port((stack, PortNo(place as u16))).map(|at| at.name)
    }
}

/// What decides between next hops; Linux sends no packet of a flow another way than the others.
pub(super) fn multipath(space: &str, policy: Policy) -> Option<String> {
    let policy = match policy {
        Policy::L3 => 0,
        Policy::L4 => 1,
        Policy::PerPacket => return None,
    };
    Some(format!("inside {space} sysctl -qw net.ipv4.fib_multipath_hash_policy={policy}"))
}

/// Lines that let an interface answer for hosts behind others. The delay is counted in hundredths of a second.
pub(super) fn proxy_arp(space: &str, name: &str, delay: Option<crate::time::SimDuration>) -> Vec<String> {
    let set = |what: String| format!("inside {space} sysctl -qw {what}");
    let mut lines = vec![set(format!("net.ipv4.conf.{name}.proxy_arp={}", u8::from(delay.is_some())))];
    lines.extend(delay.map(|delay| set(format!("net.ipv4.neigh.{name}.proxy_delay={}", delay.0 / 10_000_000))));
    lines
}

/// How an interface judges sources of what comes in.
pub(super) fn rp_filter(space: &str, name: &str, mode: ReversePath) -> String {
    format!("inside {space} sysctl -qw net.ipv4.conf.{name}.rp_filter={}", mode.number())
}

/// Millionths as percent, without a trailing zero.
pub(super) fn percent(ppm: u32) -> String {
    // One percent is ten thousand millionths, as one second is a thousand million nanoseconds.
    seconds(crate::time::SimDuration(u64::from(ppm) * 100_000))
}
