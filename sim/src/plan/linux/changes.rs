//! Changes made while the network runs, as commands.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::network::{hundredths, percent, switch};
use super::{Interface, Script};
use crate::engine::{Change, DeviceChange, Value};
use crate::id::{CableId, DeviceId, PortNo};
use crate::plan::{DeviceSpec, Op};
use crate::stack::multipath::Policy;
use crate::stack::reverse::ReversePath;

pub(super) type Cells<'c> = BTreeMap<&'c str, &'c str>;

impl Script<'_> {
    /// The commands that make a change; what cannot be made is refused.
    pub(super) fn change(&mut self, name: &str, change: &Change) -> Vec<String> {
        let plainly = |lines: Option<Vec<String>>| lines.ok_or("");
        let lines = match change {
            Change::Carrier { cable, up } => plainly(self.carrier(*cable, *up)),
            Change::Loss { of: Some(_), .. } => Err("netem loses frames of every kind"),
            Change::Loss { cable, ppm, of: None } => plainly(self.loss(*cable, *ppm)),
            Change::Device { device, change } => match self.spec(*device) {
                Some(DeviceSpec::Stack(_)) => plainly(self.stack_change(*device, change)),
                Some(DeviceSpec::Bridge(_)) => plainly(self.bridge_change(*device, change)),
                Some(DeviceSpec::Nic(_)) => plainly(self.card_change(*device, change)),
                Some(DeviceSpec::Vtep(config)) => self.vtep_change(*device, config, change),
                Some(DeviceSpec::Tunnel(config)) => self.tunnel_change(*device, config, change),
                Some(DeviceSpec::Macvlan(config)) => plainly(self.macvlan_change(*device, config, change)),
                Some(DeviceSpec::Ipvlan(config)) => self.ipvlan_change(*device, config, change),
                Some(DeviceSpec::Sriov(config)) => self.sriov_change(*device, config, change),
                Some(DeviceSpec::Fabric(_)) => Err(super::FABRIC),
                None => Err(""),
            },
            Change::Power { .. } | Change::Start(_) | Change::Stop(_) | Change::Inject { .. } => Err(""),
        };
        lines.unwrap_or_else(|why| {
            let (what, colon) = (crate::plan::show::change(self.plan, change), if why.is_empty() { "" } else { ": " });
            self.refuse(format!("{name}: {what} is not done on Linux{colon}{why}"));
            Vec::new()
        })
    }

    /// Rows that are there from the start.
    pub(super) fn rows(&mut self) {
        let mut lines = Vec::new();
        for step in &self.plan.steps {
            if let Op::Row { device, change } = &step.op
                && !self.is_made_so(*device, change)
            {
                lines.extend(self.change("a row", &Change::Device { device: *device, change: change.clone() }));
            }
        }
        if !lines.is_empty() {
            self.line("\n# Rows that are there from the start.");
            for line in &lines {
                self.line(line);
            }
        }
    }

    fn ends(&self, cable: CableId) -> Option<[(DeviceId, PortNo); 2]> {
        let ends = self.plan.steps.iter().filter_map(|step| match &step.op {
            Op::Cable { a, b, .. } => Some([*a, *b]),
            _ => None,
        });
        ends.into_iter().nth(cable.index())
    }

    /// The switch's end goes down: the other end loses its carrier, as with a cut cable, and keeps its routes.
    fn carrier(&self, cable: CableId, up: bool) -> Option<Vec<String>> {
        let is_bridge = |end: &&(DeviceId, PortNo)| matches!(self.spec(end.0), Some(DeviceSpec::Bridge(_)));
        let ends = self.ends(cable)?;
        let Interface { space, name } = self.names.port(*ends.iter().find(is_bridge)?)?;
        let mut lines = vec![format!("ip -n \"$OU-{space}\" link set dev {name} {}", if up { "up" } else { "down" })];
        if up {
            lines.push(format!("forwarding {space} {name}"));
        }
        Some(lines)
    }

    fn loss(&self, cable: CableId, ppm: u32) -> Option<Vec<String>> {
        let ends = self.ends(cable)?.map(|end| self.names.port(end));
        let line = |end: Option<Interface>| {
            let Interface { space, name } = end?;
            let percent = percent(ppm);
            Some(format!("tc -n \"$OU-{space}\" qdisc replace dev {name} root netem limit 1000 loss {percent}%"))
        };
        ends.into_iter().map(line).collect()
    }

    fn stack_change(&self, device: DeviceId, change: &DeviceChange) -> Option<Vec<String>> {
        let space = self.names.device(device)?.space;
        let ip = |words: String| Some(vec![format!("ip -n \"$OU-{space}\" {words}")]);
        match change {
            DeviceChange::Set { port, field, value } => match (field.as_str(), value) {
                ("forwarding", Value::Flag(on)) => {
                    Some(vec![format!("inside {space} sysctl -qw net.ipv4.ip_forward={}", u8::from(*on))])
                }
                ("gateway", Value::Text(via)) => ip(format!("route replace default via {}", address(via)?)),
                ("multipath", Value::Text(word)) => {
                    let known = Policy::WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
                    known.and_then(|(_, policy)| super::network::multipath(&space, *policy)).map(|line| vec![line])
                }
                ("proxy_arp", value) => {
                    let port = self.names.port((device, port.unwrap_or(PortNo(0))))?;
                    Some(super::network::proxy_arp(&space, &port.name, answers_within(value)?))
                }
                ("rp_filter", Value::Text(word)) => {
                    let (at, mode) = (self.names.port((device, port.unwrap_or(PortNo(0))))?, ReversePath::of(word)?);
                    Some(vec![super::network::rp_filter(&space, &at.name, mode)])
                }
                ("mtu", Value::Number(mtu)) => {
                    let port = self.names.port((device, port.unwrap_or(PortNo(0))))?;
                    ip(format!("link set dev {} mtu {mtu}", port.name))
                }
                _ => None,
            },
            DeviceChange::AddRow { table, cells } | DeviceChange::DelRow { table, cells } => {
                let (add, cells) = (matches!(change, DeviceChange::AddRow { .. }), self::cells(cells));
                match table.as_str() {
                    "neigh" => {
                        let who = address(cells.get("ip")?)?;
                        let dev = self.dev(device, &cells).or_else(|| self.interface_towards(device, who))?;
                        match (add, cells.get("mac")) {
                            (true, Some(mac)) => {
                                ip(format!("neigh replace {who} lladdr {} nud permanent dev {dev}", station(mac)?))
                            }
                            (false, None) => ip(format!("neigh del {who} dev {dev} || :")),
                            _ => None,
                        }
                    }
                    "groups" => self.group_row(device, &cells, add).and_then(ip),
                    "routes" => {
                        let to = prefix(cells.get("prefix")?)?;
                        if !add {
                            return ip(format!("route del {to} || :"));
                        }
                        // Only words that the stack knows are passed on to a shell.
                        if let Some(word) = cells.get("type").filter(|word| **word != "unicast") {
                            let known = crate::stack::fib::Kind::WORDS.iter().find(|(known, _)| known == word)?;
                            return ip(format!("route replace {} {to}", known.0));
                        }
                        if self.routed_by_peers(device, &cells, &to) {
                            return Some(Vec::new());
                        }
                        self.way(device, &cells).and_then(|way| ip(format!("route replace {to}{way}")))
                    }
                    _ => None,
                }
            }
            DeviceChange::Flush { table } => (table == "neigh").then(|| {
                let ports = (0..).map_while(|port| self.names.port((device, PortNo(port))));
                ports.map(|port| format!("ip -n \"$OU-{space}\" neigh flush dev {}", port.name)).collect()
            }),
        }
    }

    /// The words by which a host joins a group, or leaves it: with the group as an address that is joined by itself, from
    /// which nothing is sent.
    fn group_row(&self, stack: DeviceId, cells: &Cells<'_>, join: bool) -> Option<String> {
        let group = address(cells.get("group")?).filter(std::net::Ipv4Addr::is_multicast)?;
        let first = || self.names.port((stack, PortNo(0))).map(|at| at.name);
        let dev = if cells.contains_key("dev") { self.dev(stack, cells) } else { first() }?;
        Some(if join {
            format!("addr add {group}/32 dev {dev} autojoin")
        } else {
            format!("addr del {group}/32 dev {dev}")
        })
    }

    /// The words of a route behind its prefix.
    fn way(&self, stack: DeviceId, cells: &Cells<'_>) -> Option<String> {
        let mut way = String::new();
        let vias = cells.get("via").map_or("", |via| *via).split([',', ' ']).filter(|via| !via.is_empty());
        let vias: Vec<std::net::Ipv4Addr> = vias.map(address).collect::<Option<_>>()?;
        let dev = self.dev(stack, cells);
        let src = cells.get("src").map(|src| address(src).ok_or(())).transpose().ok()?;
        let hop = |way: &mut String, via: Option<std::net::Ipv4Addr>| {
            if let Some(via) = via {
                let _ = write!(way, " via {via}");
            }
            if let Some(dev) = &dev {
                let _ = write!(way, " dev {dev}");
                // A router in no network of the interface: Linux asks to be told that it is meant.
                if cells.get("onlink") != Some(&"false") && via.is_some_and(|via| !self.is_near(stack, cells, via)) {
                    *way += " onlink";
                }
            }
        };
        if vias.len() < 2 {
            hop(&mut way, vias.first().copied());
        }
        if let Some(src) = src {
            let _ = write!(way, " src {src}");
        }
        for via in vias.iter().filter(|_| vias.len() > 1) {
            way += " nexthop";
            hop(&mut way, Some(*via));
        }
        Some(way)
    }

    /// The interface named in a row, as Linux knows it.
    pub(super) fn dev(&self, stack: DeviceId, cells: &Cells<'_>) -> Option<String> {
        let Some(DeviceSpec::Stack(config)) = self.spec(stack) else { return None };
        let place = config.interfaces.iter().position(|at| Some(&at.name.as_str()) == cells.get("dev"))?;
        self.names.port((stack, PortNo(place as u16))).map(|at| at.name)
    }

    fn interface(&self, stack: DeviceId, cells: &Cells<'_>) -> Option<&crate::stack::InterfaceConfig> {
        let Some(DeviceSpec::Stack(config)) = self.spec(stack) else { return None };
        config.interfaces.iter().find(|at| Some(&at.name.as_str()) == cells.get("dev"))
    }

    /// Whether an address is in a network of the interface that a row names.
    fn is_near(&self, stack: DeviceId, cells: &Cells<'_>, ip: std::net::Ipv4Addr) -> bool {
        let mask = crate::wire::ipv4::mask;
        let near = |(own, len): &(std::net::Ipv4Addr, u8)| (own.to_bits() ^ ip.to_bits()) & mask(*len) == 0;
        self.interface(stack, cells).is_some_and(|at| at.addresses.iter().any(near))
    }

    fn bridge_change(&self, device: DeviceId, change: &DeviceChange) -> Option<Vec<String>> {
        let Interface { space, name } = self.names.device(device)?;
        let own = |words: String| Some(vec![format!("ip -n \"$OU-{space}\" link set dev {name} type bridge {words}")]);
        match change {
            DeviceChange::Set { port: None, field, value } => match (field.as_str(), value) {
                ("ageing", Value::Span(span)) => own(format!("ageing_time {}", hundredths(*span))),
                ("snooping", Value::Flag(on)) => own(format!("mcast_snooping {}", u8::from(*on))),
                ("querier", Value::Flag(on)) => own(format!("mcast_querier {}", u8::from(*on))),
                ("clamp_mss", Value::Number(mss)) => {
                    Some(super::network::clamp(&Interface { space, name }, u16::try_from(*mss).ok()?))
                }
                ("fdb_size", Value::Number(most)) if *most > 0 => own(format!("fdb_max_learned {most}")),
                _ => None,
            },
            DeviceChange::Set { port: Some(port), field, value: Value::Flag(on) } => {
                let port = self.names.port((device, *port))?.name;
                let word = match field.as_str() {
                    "learning" | "hairpin" | "isolated" => field.as_str(),
                    "unicast_flood" => "flood",
                    "multicast_flood" => "mcast_flood",
                    "broadcast_flood" => "bcast_flood",
                    _ => return None,
                };
                Some(vec![format!("bridge -n \"$OU-{space}\" link set dev {port} {word} {}", switch(*on))])
            }
            DeviceChange::AddRow { table, cells } if table == "fdb" => {
                let cells = self::cells(cells);
                let (mac, port) = (station(cells.get("mac")?)?, self.port_named(device, cells.get("port")?)?);
                let kind = match cells.get("kind").copied().unwrap_or("static") {
                    "static" => "static",
                    "sticky" => "static sticky",
                    "dynamic" => "dynamic",
                    _ => return None,
                };
                let vlan = vlan(&cells)?;
                Some(vec![format!("bridge -n \"$OU-{space}\" fdb replace {mac} dev {port} master {kind}{vlan}")])
            }
            DeviceChange::DelRow { table, cells } if table == "fdb" => {
                let cells = self::cells(cells);
                let (mac, vlan) = (station(cells.get("mac")?)?, vlan(&cells)?);
                let ports = match cells.get("port") {
                    Some(port) => vec![self.port_named(device, port)?],
                    None => (0..).map_while(|port| self.names.port((device, PortNo(port)))).map(|at| at.name).collect(),
                };
                let line =
                    |port| format!("bridge -n \"$OU-{space}\" fdb del {mac} dev {port} master{vlan} 2>/dev/null || :");
                Some(ports.iter().map(line).collect())
            }
            DeviceChange::Flush { table } if table == "fdb" => own("fdb_flush".to_owned()),
            _ => None,
        }
    }

    fn port_named(&self, bridge: DeviceId, name: &str) -> Option<String> {
        let Some(DeviceSpec::Bridge(config)) = self.spec(bridge) else { return None };
        let place = config.ports.iter().position(|port| port.name == name)?;
        self.names.port((bridge, PortNo(place as u16))).map(|at| at.name)
    }

    fn card_change(&self, device: DeviceId, change: &DeviceChange) -> Option<Vec<String>> {
        let Interface { space, name } = self.names.device(device)?;
        let link = |words: String| Some(vec![format!("ip -n \"$OU-{space}\" link set dev {name} {words}")]);
        match change {
            DeviceChange::Set { field, value, .. } => match (field.as_str(), value) {
                ("promiscuous", Value::Flag(on)) => link(format!("promisc {}", switch(*on))),
                ("allmulti", Value::Flag(on)) => link(format!("allmulticast {}", switch(*on))),
                ("mtu", Value::Number(mtu)) => link(format!("mtu {mtu}")),
                _ => None,
            },
            _ => None,
        }
    }
}

/// How long answers for others wait at most; the inner value is off.
#[expect(clippy::option_option, reason = "outside: is it such a value; inside: is it on")]
fn answers_within(value: &Value) -> Option<Option<crate::time::SimDuration>> {
    match value {
        Value::Flag(on) => Some(on.then_some(crate::stack::proxy::DELAY)),
        Value::Span(delay) => Some(Some(*delay)),
        _ => None,
    }
}

pub(super) fn cells(cells: &[(String, String)]) -> Cells<'_> {
    cells.iter().map(|(column, value)| (column.as_str(), value.as_str())).collect()
}

// Values are read before they are written, so that no text of a lab becomes a command.

pub(super) fn address(text: &str) -> Option<std::net::Ipv4Addr> {
    text.parse().ok()
}

pub(super) fn station(text: &str) -> Option<crate::wire::MacAddr> {
    text.parse().ok()
}

pub(super) fn prefix(text: &str) -> Option<String> {
    let (ip, len) = text.split_once('/').unwrap_or((text, "32"));
    let len: u8 = len.parse().ok().filter(|len| *len <= 32)?;
    let network = address(ip)?.to_bits() & crate::wire::ipv4::mask(len);
    Some(format!("{}/{len}", std::net::Ipv4Addr::from_bits(network)))
}

fn vlan(cells: &Cells<'_>) -> Option<String> {
    match cells.get("vlan") {
        None => Some(String::new()),
        Some(vid) => vid.parse::<u16>().ok().map(|vid| format!(" vlan {vid}")),
    }
}
