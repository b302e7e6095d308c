//! Daemons become programs on stacks: whom they talk to, and which devices of their node they write to.

mod felix;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::control::{agent, flanneld, store};
use crate::device::vtep::VtepConfig;
use crate::id::DeviceId;
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::lower::directory::{Directory, Home, Node};
use crate::lab::lower::linux::Config;
use crate::lab::lower::wiring::CARD;
use crate::lab::schema::daemon::{Agent, Backend, Daemon, Flanneld, Gossip, Prefix, Rows};
use crate::lab::schema::node::{Inner, Neighbour, NodeSpec};
use crate::lab::schema::{Lab, Named};
use crate::lab::source::{Span, Spanned};
use crate::plan::{AppSpec, Bilingual, Op, Plan};
use crate::wire::ipv4::mask;

/// Daemons and the stack they run on.
type Running<'l> = Vec<(&'l Node, &'l Home, &'l [Spanned<Daemon>])>;

/// Adds all daemons.
pub fn daemons(lab: &Lab, names: &Directory, plan: &mut Plan, found: &mut Findings) {
    let running = running(lab, names);
    let mut lowering = Lowering { names, stores: BTreeMap::new(), subnets: Vec::new() };
    let mut gossips = BTreeMap::new();
    for (_, home, daemons) in &running {
        for daemon in *daemons {
            let (ports, what, help) = match daemon.value {
                Daemon::Store(_) => (&mut lowering.stores, "stores", "a stack has room for one store: UDP port 2379"),
                Daemon::Gossip(_) => (&mut gossips, "that gossip", "a stack has room for one: UDP port 7946"),
                _ => continue,
            };
            if let Some(first) = ports.insert(home.device, daemon.span) {
                let finding = Finding::new(Code::PortTaken, format!("two {what} on `{}`", home.name), daemon.span);
                found.push(finding.label("and here").also(first, "one is here").help(help));
            }
        }
    }
    for (node, home, daemons) in running {
        for daemon in daemons {
            let (app, why) = match &daemon.value {
                Daemon::Store(own) => {
                    let default = store::StoreConfig::default();
                    let persistent = own.persistent.unwrap_or(default.persistent);
                    let app = AppSpec::Store(store::StoreConfig { persistent, ..default });
                    (
                        Some(app),
                        Bilingual::new("keeps what the daemons of all hosts share", "保存所有主机的守护进程共享的内容"),
                    )
                }
                Daemon::Controller(own) => {
                    let app = lowering.agent(node, home, own, found).map(AppSpec::Controller);
                    (app, told_by(home, "a controller", "控制器"))
                }
                Daemon::Evpn(own) => {
                    let app = lowering.agent(node, home, own, found).map(AppSpec::Evpn);
                    (app, told_by(home, "EVPN", "EVPN"))
                }
                Daemon::Gossip(own) => {
                    let app = lowering.gossip(node, home, own, found);
                    (app.map(|(config, seeds)| AppSpec::Gossip(config, seeds)), told_by(home, "the others", "其他主机"))
                }
                Daemon::Felix(own) => {
                    let app = felix::lower(&mut lowering, node, home, own, found).map(AppSpec::Felix);
                    let why = Bilingual::new(
                        format!("registers `{}` with its blocks and writes rows for those of the others", home.name),
                        format!("登记 `{}` 和它的地址块,并为其他主机的地址块写表项", home.name),
                    );
                    (app, why)
                }
                Daemon::Flanneld(own) => {
                    let app = lowering.flanneld(node, home, own, found).map(AppSpec::Flanneld);
                    let why = Bilingual::new(
                        format!("registers the subnet of `{}` and writes rows for those of the others", home.name),
                        format!("注册 `{}` 的子网,并为其他主机的子网写表项", home.name),
                    );
                    (app, why)
                }
            };
            if let Some(app) = app {
                plan.push(Op::Serve { home: home.device, app }, why);
            }
        }
    }
    if !lab.allow.contains(&"overlapping-subnets") {
        overlapping(&lowering.subnets, found);
    }
}

fn running<'l>(lab: &'l Lab, names: &'l Directory) -> Running<'l> {
    let mut running = Running::new();
    for (named, node) in lab.nodes.iter().zip(&names.nodes) {
        match &named.value {
            Some(NodeSpec::Host(host)) => running.extend(node.home().map(|home| (node, home, &host.daemons[..]))),
            Some(NodeSpec::Linux(linux)) => {
                for Named { name, value } in &linux.devices {
                    let Some(Inner::Stack(stack)) = value else { continue };
                    let device = node.devices.iter().find(|device| device.name == name.value);
                    let home = device.and_then(|device| node.homes.iter().find(|home| home.device == device.id));
                    running.extend(home.map(|home| (node, home, &stack.daemons[..])));
                }
            }
            _ => {}
        }
    }
    running
}

/// What daemons of VTEPs have in common.
struct Told<'a> {
    device: &'a Spanned<String>,
    stations: &'a [(Ipv4Addr, Neighbour)],
    store: (Ipv4Addr, u16),
}

struct Lowering<'l> {
    names: &'l Directory,
    /// Stacks with a store.
    stores: BTreeMap<DeviceId, Span>,
    /// Subnets by store.
    subnets: Vec<(Ipv4Addr, Prefix, Span)>,
}

impl Lowering<'_> {
    /// The address of the store a daemon names.
    fn store(&self, name: &Spanned<String>, found: &mut Findings) -> Option<Ipv4Addr> {
        let all = || self.names.nodes.iter().flat_map(|node| &node.homes);
        let (home, ip) = if let Ok(ip) = name.value.parse::<Ipv4Addr>() {
            (all().find(|home| home.ips.iter().any(|(own, _)| *own == ip)), Some(ip))
        } else {
            let home = self.names.host(name, found)?;
            (Some(home), home.ip())
        };
        if home.is_some_and(|home| self.stores.contains_key(&home.device)) {
            return ip;
        }
        let finding = Finding::new(Code::OtherKind, format!("`{}` runs no store", name.value), name.span);
        let known: Vec<&str> =
            all().filter(|home| self.stores.contains_key(&home.device)).map(|home| home.name.as_str()).collect();
        let help = if known.is_empty() {
            "daemons: [Store()]".to_owned()
        } else {
            format!("nodes with a store: {}", list(known))
        };
        found.push(finding.label("nobody would answer").help(help));
        None
    }

    fn gossip(
        &self,
        node: &Node,
        home: &Home,
        own: &Gossip,
        found: &mut Findings,
    ) -> Option<(agent::AgentConfig, Vec<Ipv4Addr>)> {
        let seed = |name: &Spanned<String>, found: &mut Findings| match name.value.parse::<Ipv4Addr>() {
            Ok(ip) => Some(ip),
            Err(_) => self.names.host(name, found).and_then(Home::ip),
        };
        let seeds = own.seeds.iter().filter_map(|name| seed(name, found)).collect();
        let of = Told { device: &own.device, stations: &own.stations, store: (Ipv4Addr::UNSPECIFIED, 0) };
        let config = self.announced(node, home, &of, found)?;
        Some((agent::AgentConfig { flood: false, ..config }, seeds))
    }

    fn agent(&self, node: &Node, home: &Home, own: &Agent, found: &mut Findings) -> Option<agent::AgentConfig> {
        let store = self.store(&own.store, found);
        let store = (store.unwrap_or(Ipv4Addr::UNSPECIFIED), crate::wire::store::PORT);
        let config =
            self.announced(node, home, &Told { device: &own.device, stations: &own.stations, store }, found)?;
        let rows = own.rows == Rows::All;
        let ttl = own.ttl.unwrap_or(agent::TTL);
        (!store.0.is_unspecified()).then_some(agent::AgentConfig {
            rows,
            answers: rows && config.answers,
            ttl,
            ..config
        })
    }

    /// What a VTEP announces of itself.
    fn announced(&self, node: &Node, home: &Home, of: &Told<'_>, found: &mut Findings) -> Option<agent::AgentConfig> {
        let vtep = vtep_of(node, of.device, found);
        let mac = |who: &Neighbour, found: &mut Findings| match who {
            Neighbour::Mac(mac) => Some(*mac),
            Neighbour::Name(name) => self.names.host(name, found).and_then(Home::mac),
        };
        let stations = of.stations.iter().filter_map(|(ip, who)| Some((*ip, mac(who, found)?))).collect();
        let vtep = vtep?;
        let local = vtep.outer.local;
        Some(agent::AgentConfig {
            store: of.store,
            device: of.device.value.clone(),
            vni: vtep.vni,
            vtep: if local.is_unspecified() { home.ip()? } else { local },
            stations,
            flood: true,
            rows: true,
            answers: vtep.proxy,
            ttl: agent::TTL,
        })
    }

    fn flanneld(
        &mut self,
        node: &Node,
        home: &Home,
        own: &Flanneld,
        found: &mut Findings,
    ) -> Option<flanneld::FlanneldConfig> {
        let store = self.store(&own.store, found);
        let backend = match own.backend {
            Backend::Vxlan => own.device.as_ref().and_then(|device| vtep(node, home, device, found)),
            Backend::HostGw => {
                let device = own.device.as_ref().map_or(CARD, |device| device.value.as_str());
                let known = own.device.as_ref().is_none_or(|at| interface(node, home, at, found));
                known.then(|| flanneld::Backend::HostGw { device: device.to_owned() })
            }
        };
        let backend = backend.map(|backend| match (backend, own.mac) {
            (flanneld::Backend::Vxlan { device, vni, .. }, Some(mac)) => flanneld::Backend::Vxlan { device, vni, mac },
            (backend, _) => backend,
        });
        if let (Backend::HostGw, Some(public)) = (own.backend, &own.public)
            && !home.ips.iter().any(|(ip, _)| *ip == public.value)
        {
            let text = format!("{} is no address of `{}`", public.value, home.name);
            let finding =
                Finding::new(Code::Address, text, public.span).label("the others would hand packets to nobody");
            found.push(finding.help("HostGw works behind no translation of addresses: leave `public` out"));
            return None;
        }
        let store = store?;
        self.subnets.push((store, own.subnet.value, own.subnet.span));
        Some(flanneld::FlanneldConfig {
            store: (store, crate::wire::store::PORT),
            network: own.network.clone().unwrap_or_else(|| flanneld::NETWORK.to_owned()),
            subnet: own.subnet.value,
            public: own.public.as_ref().map(|ip| ip.value).or_else(|| home.ip())?,
            backend: backend?,
            ttl: own.ttl.unwrap_or(flanneld::TTL),
        })
    }
}

fn told_by(home: &Home, en: &str, zh: &str) -> Bilingual {
    let name = &home.name;
    Bilingual::new(
        format!("tells {en} what is behind the VTEP of `{name}`, and writes rows for what is behind the others"),
        format!("向{zh}宣告 `{name}` 的 VTEP 后面有什么,并为其他 VTEP 后面的内容写表项"),
    )
}

/// The VTEP of this name in a node.
pub(in crate::lab::lower) fn vtep_of<'l>(
    node: &'l Node,
    name: &Spanned<String>,
    found: &mut Findings,
) -> Option<&'l VtepConfig> {
    let devices = node.layout.as_ref().map(|layout| &layout.devices[..]).unwrap_or_default();
    let Some((_, config, _)) = devices.iter().find(|(device, ..)| *device == name.value) else {
        let known: Vec<&str> = node.devices.iter().map(|device| device.name.as_str()).collect();
        let text = format!("`{}` has no device `{}`", node.name.value, name.value);
        let finding = Finding::new(Code::UnknownName, text, name.span).label("not defined");
        let finding = finding.suggest(&name.value, known.iter().copied());
        found.push(finding.help(format!("devices: {}", list(known))));
        return None;
    };
    if let Config::Vtep(config) = config {
        return Some(config);
    }
    let finding = Finding::new(Code::OtherKind, format!("`{}` is no VTEP", name.value), name.span);
    found.push(finding.label("FDB rows are written here").help("\"flannel.1\": Vtep(vni: 1, port: 8472)"));
    None
}

/// The VTEP a daemon writes to, which must be an interface of its stack too.
fn vtep(node: &Node, home: &Home, name: &Spanned<String>, found: &mut Findings) -> Option<flanneld::Backend> {
    let config = vtep_of(node, name, found)?;
    let (vni, mac) = (config.vni, config.mac);
    interface(node, home, name, found).then(|| flanneld::Backend::Vxlan { device: name.value.clone(), vni, mac })
}

/// Whether the stack of a daemon has an interface.
fn interface(node: &Node, home: &Home, name: &Spanned<String>, found: &mut Findings) -> bool {
    let device = node.device(home.device);
    let layout = node.layout.iter().flat_map(|layout| &layout.devices);
    let config = layout.into_iter().find(|(name, ..)| device.is_some_and(|device| device.name == *name));
    let known: Vec<&str> = match config {
        Some((_, Config::Stack(stack), _)) => stack.interfaces.iter().map(|at| at.name.as_str()).collect(),
        _ => vec![CARD],
    };
    if known.contains(&name.value.as_str()) {
        return true;
    }
    let text = format!("`{}` has no interface `{}`", home.name, name.value);
    let finding = Finding::new(Code::NoSuchPort, text, name.span).label("the route could not lead there");
    let finding = finding.suggest(&name.value, known.iter().copied());
    found.push(finding.help(format!("interfaces: {}", list(known))));
    false
}

/// Hosts that register the same subnet in one store overwrite each other's key.
fn overlapping(subnets: &[(Ipv4Addr, Prefix, Span)], found: &mut Findings) {
    for (at, (store, (ip, len), span)) in subnets.iter().enumerate() {
        let meets = |(other, (there, short), _): &&(Ipv4Addr, Prefix, Span)| {
            other == store && (ip.to_bits() ^ there.to_bits()) & mask((*len).min(*short)) == 0
        };
        if let Some((.., first)) = subnets[..at].iter().find(meets) {
            let finding = Finding::new(Code::OverlappingSubnets, "two hosts register one subnet", *span);
            let finding = finding.label(format!("{ip}/{len} again")).also(*first, "first here");
            let finding = finding.help("each host has a subnet of its own, such as 10.244.1.0/24");
            found.push(finding.help("if that is the lesson: allow: [\"overlapping-subnets\"]"));
        }
    }
}
