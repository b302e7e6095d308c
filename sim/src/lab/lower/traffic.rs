//! Traffic becomes flows, and whatever must listen at their other end.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::app::{mac_flood, ping, raw, request_response, sniffer, tcp_flow, tcp_sink, udp_flow, udp_sink};
use crate::engine::{Change, DeviceChange, When};
use crate::id::{DeviceId, FlowId};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::directory::{Directory, Home};
use crate::lab::lower::moments::when;
use crate::lab::schema::traffic::{
    self, Address, Ethertype, Length, MacFlood, Ping, Raw, Request, Sniff, Sources, Tcp, Traffic, Udp,
};
use crate::lab::schema::{Lab, Moment};
use crate::lab::source::{Span, Spanned};
use crate::lab::units::Rate;
use crate::plan::{AppSpec, Bilingual, DeviceSpec, Op, Plan};
use crate::time::SimDuration;
use crate::wire::{MacAddr, ethernet, ipv4, udp};

/// Applications a stack can run.
const MOST: usize = 255;

/// Adds all traffic.
pub fn traffic(lab: &Lab, names: &Directory, plan: &mut Plan, found: &mut Findings) {
    let mut running = BTreeMap::new();
    for step in &plan.steps {
        if let Op::Serve { home, .. } = &step.op {
            *running.entry(*home).or_default() += 1;
        }
    }
    let mut adding = Adding { names, plan, found, served: BTreeMap::new(), accepting: BTreeSet::new(), running };
    for named in &lab.traffic {
        match &named.value {
            Some(Traffic::Ping(ping)) => adding.ping(&named.name, ping),
            Some(Traffic::Udp(udp)) => adding.udp(&named.name, udp),
            Some(Traffic::Tcp(tcp)) => adding.tcp(&named.name, tcp),
            Some(Traffic::Request(request)) => adding.request(&named.name, request),
            Some(Traffic::MacFlood(flood)) => adding.mac_flood(&named.name, flood),
            Some(Traffic::Raw(raw)) => adding.raw(&named.name, raw),
            Some(Traffic::Sniff(sniff)) => adding.sniff(sniff),
            None => None,
        };
    }
}

struct Adding<'a> {
    names: &'a Directory,
    plan: &'a mut Plan,
    found: &'a mut Findings,
    /// Listeners by stack and UDP port, with what a server answers.
    served: BTreeMap<(DeviceId, u16), u16>,
    /// Receivers of connections by stack and TCP port.
    accepting: BTreeSet<(DeviceId, u16)>,
    running: BTreeMap<DeviceId, usize>,
}

/// Adds a ping for each pair of hosts that some check asks about; it starts when the check is judged.
pub fn probes(lab: &Lab, names: &mut Directory, plan: &mut Plan) {
    let mut next = names.flows.iter().filter(|(_, id)| id.is_some()).count() as u16;
    for (from, to) in &lab.reaches {
        let home = |name: &str| names.host(&Spanned::new(name.to_owned(), Span::default()), &mut Findings::default());
        let ends = home(from).map(|home| home.device).zip(home(to).and_then(Home::ip));
        let Some((home, ip)) = ends.filter(|_| names.probe(from, to).is_none()) else { continue };
        let app = AppSpec::Ping(ping::PingConfig { to: ip, ..ping::PingConfig::default() });
        let why = Bilingual::new(
            format!("a check asks whether `{from}` reaches `{to}`"),
            format!("有检查要问 `{from}` 能否到达 `{to}`"),
        );
        plan.push(Op::Probe { from: from.clone(), to: to.clone(), home, app }, why);
        names.probes.push(((from.clone(), to.clone()), FlowId(next)));
        next += 1;
    }
}

fn receives(target: &str, flow: &str) -> Bilingual {
    Bilingual::new(
        format!("`{target}` receives and counts what `{flow}` sends"),
        format!("`{target}` 接收并统计 `{flow}` 发来的数据"),
    )
}

/// Receivers of datagrams on all hosts that are in the group they are for, from the start or by an event.
pub fn receivers_of_groups(plan: &mut Plan) {
    let mut members: BTreeSet<(Ipv4Addr, DeviceId)> = BTreeSet::new();
    for (device, .., spec) in plan.devices() {
        if let DeviceSpec::Stack(stack) = spec {
            members.extend(stack.groups.iter().map(|group| (*group, device)));
        }
    }
    let mut serving = BTreeSet::new();
    let mut flows = Vec::new();
    for step in &plan.steps {
        match &step.op {
            Op::Row { device, change: DeviceChange::AddRow { table, cells } }
            | Op::Event { change: Change::Device { device, change: DeviceChange::AddRow { table, cells } }, .. }
                if table == "groups" =>
            {
                let group = cells.iter().find(|(name, _)| name == "group").and_then(|(_, cell)| cell.parse().ok());
                members.extend(group.map(|group| (group, *device)));
            }
            Op::Serve { home, app: AppSpec::UdpSink(sink) } => _ = serving.insert((*home, sink.port)),
            Op::Flow { name, app: AppSpec::Udp(flow), .. } if flow.to.is_multicast() => {
                flows.push((name.clone(), flow.to, flow.port));
            }
            _ => {}
        }
    }
    for (name, group, port) in flows {
        for (_, home) in members.iter().filter(|(own, _)| *own == group) {
            if serving.insert((*home, port)) {
                let why = receives(&plan.device_name(*home), &name);
                let app = AppSpec::UdpSink(udp_sink::UdpSinkConfig { port });
                plan.push(Op::Serve { home: *home, app }, why);
            }
        }
    }
}

/// A flow as the plan has it.
struct Flow<'a> {
    name: &'a Spanned<String>,
    from: &'a Home,
    /// A name, or an address; nothing where there is no other end.
    to: Option<&'a str>,
    app: AppSpec,
    start: &'a Moment,
}

impl<'a> Adding<'a> {
    fn ends(&mut self, from: &Spanned<String>, to: &Spanned<String>) -> Option<(&'a Home, &'a Home)> {
        let (from, to) = (self.names.host(from, self.found), self.names.host(to, self.found));
        from.zip(to)
    }

    fn flow(&mut self, flow: Flow<'_>) -> Option<()> {
        let start: Option<When> = when(flow.start, self.names, self.found);
        let home = flow.from.device;
        self.fits(home, flow.name)?;
        let from = flow.from.name.clone();
        let to = flow.to.unwrap_or_default().to_owned();
        let why = Bilingual::new(
            format!("traffic `{}` of the lab starts at `{from}`", flow.name.value),
            format!("实验的流量 `{}` 从 `{from}` 发出", flow.name.value),
        );
        let op = Op::Flow { name: flow.name.value.clone(), from, to, home, app: flow.app, start: start? };
        self.plan.push(op, why);
        Some(())
    }

    fn fits(&mut self, home: DeviceId, name: &Spanned<String>) -> Option<()> {
        let count = self.running.entry(home).or_default();
        *count += 1;
        if *count > MOST {
            let text = format!("more than {MOST} applications run on one host");
            let finding = Finding::new(Code::OutOfRange, text, name.span).label("one too many");
            self.found.push(finding.help("spread the traffic over more hosts"));
            return None;
        }
        Some(())
    }

    fn serve(&mut self, at: &Home, port: u16, answer: u16, app: AppSpec, why: Bilingual, name: &Spanned<String>) {
        let home = at.device;
        if self.served.insert((home, port), answer).is_none() && self.fits(home, name).is_some() {
            self.plan.push(Op::Serve { home, app }, why);
        }
    }

    fn ping(&mut self, name: &Spanned<String>, spec: &Ping) -> Option<()> {
        let (from, (ip, to)) = match spec.to.value.parse() {
            // Nobody need have it.
            Ok(ip) => (self.names.host(&spec.from, self.found)?, (ip, &spec.to.value)),
            Err(_) => self.ends(&spec.from, &spec.to).and_then(|(from, to)| Some((from, (to.ip()?, &to.name))))?,
        };
        let default = ping::PingConfig::default();
        let app = AppSpec::Ping(ping::PingConfig {
            to: ip,
            count: spec.count.unwrap_or(default.count),
            every: spec.every.unwrap_or(default.every),
            size: spec.size.unwrap_or(default.size),
            df: spec.df.unwrap_or(default.df),
        });
        self.flow(Flow { name, from, to: Some(to), app, start: &spec.start })
    }

    fn udp(&mut self, name: &Spanned<String>, spec: &Udp) -> Option<()> {
        let (from, ip, to) = match spec.to.value.parse() {
            // Nobody need have it; those who join a group are found once all is known.
            Ok(ip) => (self.names.host(&spec.from, self.found)?, ip, None),
            Err(_) => self.ends(&spec.from, &spec.to).and_then(|(from, to)| Some((from, to.ip()?, Some(to))))?,
        };
        let mut config = udp_flow::UdpFlowConfig { to: ip, ..udp_flow::UdpFlowConfig::default() };
        config.size = spec.size.unwrap_or(config.size);
        (config.count, config.lasts) = limits(spec.length);
        let headers = ethernet::HEADER_LEN + ipv4::HEADER_LEN + udp::HEADER_LEN;
        config.every = spec.rate.map_or(config.every, |rate| interval(rate, usize::from(config.size) + headers));
        if let Some(to) = to {
            let why = receives(&to.name, &name.value);
            let sink = AppSpec::UdpSink(udp_sink::UdpSinkConfig { port: config.port });
            self.serve(to, config.port, 0, sink, why, name);
        }
        let to = to.map_or(&spec.to.value, |to| &to.name);
        self.flow(Flow { name, from, to: Some(to), app: AppSpec::Udp(config), start: &spec.start })
    }

    fn tcp(&mut self, name: &Spanned<String>, spec: &Tcp) -> Option<()> {
        let (from, to) = self.ends(&spec.from, &spec.to)?;
        let mut config = tcp_flow::TcpFlowConfig { to: to.ip()?, ..tcp_flow::TcpFlowConfig::default() };
        config.port = spec.port.unwrap_or(config.port);
        if spec.bytes.is_some() || spec.lasts.is_some() {
            (config.bytes, config.lasts) = (spec.bytes, spec.lasts);
        }
        let (home, target) = (to.device, &to.name);
        if self.accepting.insert((home, config.port)) && self.fits(home, name).is_some() {
            let why = Bilingual::new(
                format!("`{target}` accepts the connection of `{}` and counts what comes", name.value),
                format!("`{target}` 接受 `{}` 的连接并统计收到的数据", name.value),
            );
            let app = AppSpec::TcpSink(tcp_sink::TcpSinkConfig { port: config.port });
            self.plan.push(Op::Serve { home, app }, why);
        }
        self.flow(Flow { name, from, to: Some(&to.name), app: AppSpec::Tcp(config), start: &spec.start })
    }

    fn request(&mut self, name: &Spanned<String>, spec: &Request) -> Option<()> {
        let (from, to) = self.ends(&spec.from, &spec.to)?;
        let (home, default) = (to.device, request_response::ServerConfig::default());
        let answer = spec.answer.unwrap_or(default.size);
        // Servers that answer alike are one; another size needs a port of its own.
        let free = |port: &u16| self.served.get(&(home, *port)).is_none_or(|size| *size == answer);
        let port = (request_response::PORT..=u16::MAX).find(free)?;
        let client = request_response::ClientConfig { to: to.ip()?, port, ..request_response::ClientConfig::default() };
        let client = request_response::ClientConfig {
            count: spec.count.unwrap_or(client.count),
            every: spec.every.unwrap_or(client.every),
            size: spec.size.unwrap_or(client.size),
            ..client
        };
        let target = &to.name;
        let why = Bilingual::new(
            format!("`{target}` answers the requests of `{}`", name.value),
            format!("`{target}` 回答 `{}` 的请求", name.value),
        );
        let server = AppSpec::Server(request_response::ServerConfig { port, size: answer });
        self.serve(to, port, answer, server, why, name);
        self.flow(Flow { name, from, to: Some(&to.name), app: AppSpec::Client(client), start: &spec.start })
    }

    fn mac_flood(&mut self, name: &Spanned<String>, spec: &MacFlood) -> Option<()> {
        let from = self.names.host(&spec.from, self.found)?;
        let (count, lasts) = limits(Some(spec.length));
        let sources = match spec.sources {
            Sources::Random => mac_flood::Sources::Random,
            Sources::Sequential => mac_flood::Sources::Sequential,
        };
        let every = interval(spec.rate, 60);
        let ethertype = match spec.ethertype {
            Ethertype::Experimental => ethernet::EXPERIMENTAL,
            Ethertype::Ipv4 => ethernet::IPV4,
        };
        let app = AppSpec::MacFlood(mac_flood::MacFloodConfig { every, count, lasts, sources, ethertype });
        self.flow(Flow { name, from, to: None, app, start: &spec.start })
    }

    fn raw(&mut self, name: &Spanned<String>, spec: &Raw) -> Option<()> {
        let from = self.names.host(&spec.from, self.found)?;
        let to = self.address(&spec.to)?;
        let sources: Vec<MacAddr> = spec.src.iter().filter_map(|src| self.address(src)).map(|(mac, _)| mac).collect();
        let default = raw::RawConfig::default();
        let app = AppSpec::Raw(raw::RawConfig {
            to: to.0,
            group: to.1,
            sources: if spec.src.is_empty() { from.mac().into_iter().collect() } else { sources },
            count: spec.count.unwrap_or(default.count),
            every: spec.every.unwrap_or(default.every),
        });
        self.flow(Flow { name, from, to: None, app, start: &spec.start })
    }

    fn address(&mut self, address: &Address) -> Option<(MacAddr, Option<Ipv4Addr>)> {
        match address {
            Address::Mac(mac) => Some((*mac, None)),
            Address::Group(ip) if ip.is_broadcast() => Some((MacAddr::BROADCAST, Some(*ip))),
            Address::Group(ip) => Some((MacAddr::of_ipv4_group(*ip), Some(*ip))),
            Address::Name(name) => self.names.host(name, self.found)?.mac().map(|mac| (mac, None)),
        }
    }

    fn sniff(&mut self, spec: &Sniff) -> Option<()> {
        let at = self.names.host(&spec.on, self.found)?;
        let home = at.device;
        self.fits(home, &spec.on)?;
        let name = &at.name;
        let why = Bilingual::new(
            format!("`{name}` listens to what reaches it and is meant for others"),
            format!("`{name}` 监听到达它、却是发给别人的帧"),
        );
        self.plan.push(Op::Serve { home, app: AppSpec::Sniffer(sniffer::SnifferConfig {}) }, why);
        Some(())
    }
}

fn limits(length: Option<Length>) -> (Option<u64>, Option<SimDuration>) {
    match length {
        Some(Length::Count(n)) => (Some(n), None),
        Some(Length::Lasts(span)) => (None, Some(span)),
        None => (None, None),
    }
}

/// Time between two frames of so many bytes; a rate in bits counts what a frame occupies on the cable.
fn interval(rate: Rate, frame: usize) -> SimDuration {
    traffic::interval(rate, crate::engine::wire::wire_bytes(frame as u64) * 8)
}
