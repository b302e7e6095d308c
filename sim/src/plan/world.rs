//! The back end that simulates: a plan becomes a [`World`].

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::app;
use crate::device::bridge::Bridge;
use crate::device::fabric::Fabric;
use crate::device::ipvlan::Ipvlan;
use crate::device::macvlan::Macvlan;
use crate::device::nic::Nic;
use crate::device::sriov::Sriov;
use crate::device::tunnel::Tunnel;
use crate::device::vtep::Vtep;
use crate::engine::world::Flow;
use crate::engine::{BuildError, Device, World, WorldBuilder};
use crate::id::{DeviceId, FlowId};
use crate::plan::op::full_name;
use crate::plan::{AppSpec, DeviceSpec, Op, Plan, veths};
use crate::routing;
use crate::stack::{App, Stack};

impl AppSpec {
    /// The application itself.
    pub fn build(&self) -> Box<dyn App> {
        match self {
            Self::Ping(config) => Box::new(app::ping::Ping::new(config.clone())),
            Self::Udp(config) => Box::new(app::udp_flow::UdpFlow::new(config.clone())),
            Self::Tcp(config) => Box::new(app::tcp_flow::TcpFlow::new(config.clone())),
            Self::TcpSink(config) => Box::new(app::tcp_sink::TcpSink::new(config.clone())),
            Self::UdpSink(config) => Box::new(app::udp_sink::UdpSink::new(config.clone())),
            Self::Client(config) => Box::new(app::request_response::Client::new(config.clone())),
            Self::Server(config) => Box::new(app::request_response::Server::new(config.clone())),
            Self::MacFlood(config) => Box::new(app::mac_flood::MacFlood::new(config.clone())),
            Self::Raw(config) => Box::new(app::raw::Raw::new(config.clone())),
            Self::Store(config) => Box::new(crate::control::store::Store::new(config.clone())),
            Self::Flanneld(config) => Box::new(crate::control::flanneld::Flanneld::new(config.clone())),
            Self::Felix(config) => Box::new(crate::control::felix::Felix::new(config.clone())),
            Self::Controller(config) => Box::new(crate::control::controller::ControllerAgent::new(config.clone())),
            Self::Evpn(config) => Box::new(crate::control::evpn::EvpnAgent::new(config.clone())),
            Self::Gossip(config, seeds) => {
                Box::new(crate::control::docker::GossipAgent::gossiping(config.clone(), seeds.clone()))
            }
            Self::Rip(config) => Box::new(routing::Daemon::new(routing::rip::Rip::new(config.clone()))),
            Self::Eigrp(config) => Box::new(routing::Daemon::new(routing::eigrp::Eigrp::new(config.as_ref().clone()))),
            Self::Ospf(config) => Box::new(routing::Daemon::new(routing::ospf::Ospf::new(config.as_ref().clone()))),
            Self::Isis(config) => Box::new(routing::Daemon::new(routing::isis::Isis::new(config.as_ref().clone()))),
            Self::Bgp(config) => Box::new(routing::bgp::daemon::Bgp::new(config.as_ref().clone())),
            Self::Sniffer(config) => Box::new(app::sniffer::Sniffer::new(config.clone())),
        }
    }
}

/// Applications by the stack they run on, in the order of the plan.
type Apps = BTreeMap<DeviceId, Vec<(FlowId, AppSpec)>>;

/// Builds the world a plan describes.
pub fn build(plan: &Plan) -> Result<World, BuildError> {
    let mut apps = collect_apps(plan);
    let mut builder = WorldBuilder::new(plan.seed);
    let mut devices = 0;
    let mut nodes: Vec<&str> = Vec::new();
    for step in &plan.steps {
        match &step.op {
            Op::Node { name, kind } => {
                nodes.push(name);
                builder.node(name, kind);
            }
            Op::Profile { node, profile } => builder.profile(*node, Arc::clone(profile)),
            Op::Device { node, name, spec } => {
                let id = DeviceId(devices);
                devices += 1;
                let device = device(spec, apps.remove(&id).unwrap_or_default());
                let home = nodes.get(node.index()).copied().unwrap_or_default();
                builder.device(*node, &full_name(home, name), device)?;
            }
            Op::Row { device, change } => builder.preset(*device, change.clone()),
            Op::Wire { a, b } => builder.wire(*a, *b)?,
            Op::Cable { name, a, b, config } => {
                builder.cable(name, *a, *b, config.clone())?;
            }
            Op::Serve { .. } => {}
            Op::Flow { name, from, to, home, start, app } => {
                let flow = Flow { name: name.clone(), from: from.clone(), to: to.clone(), home: *home };
                let flow = builder.flow(flow, start.clone());
                if matches!(app, AppSpec::Tcp(_)) {
                    builder.stream(flow);
                }
            }
            Op::Probe { from, to, home, .. } => {
                let name = format!("{from} to {to}");
                builder.probe(Flow { name, from: from.clone(), to: to.clone(), home: *home });
            }
            Op::Event { name, change, when } => {
                builder.command(name, change.clone(), when.clone());
            }
        }
    }
    for ends in veths::of(plan) {
        builder.veth(ends);
    }
    builder.build()
}

fn collect_apps(plan: &Plan) -> Apps {
    let mut apps = Apps::new();
    let mut flows = 0;
    for step in &plan.steps {
        match &step.op {
            Op::Serve { home, app } => apps.entry(*home).or_default().push((FlowId::NONE, app.clone())),
            Op::Flow { home, app, .. } | Op::Probe { home, app, .. } => {
                apps.entry(*home).or_default().push((FlowId(flows), app.clone()));
                flows += 1;
            }
            _ => {}
        }
    }
    apps
}

fn device(spec: &DeviceSpec, apps: Vec<(FlowId, AppSpec)>) -> Box<dyn Device> {
    match spec {
        DeviceSpec::Nic(config) => Box::new(Nic::new(config.clone())),
        DeviceSpec::Bridge(config) => Box::new(Bridge::new(config.clone())),
        DeviceSpec::Vtep(config) => Box::new(Vtep::new(config.clone())),
        DeviceSpec::Macvlan(config) => Box::new(Macvlan::new(config.clone())),
        DeviceSpec::Sriov(config) => Box::new(Sriov::new(config.clone())),
        DeviceSpec::Ipvlan(config) => Box::new(Ipvlan::new(config.clone())),
        DeviceSpec::Tunnel(config) => Box::new(Tunnel::new(config.clone())),
        DeviceSpec::Fabric(config) => Box::new(Fabric::new(config.clone())),
        DeviceSpec::Stack(config) => {
            let mut stack = Stack::new(config.clone());
            for (flow, spec) in apps {
                stack.add_app(flow, spec.build());
            }
            Box::new(stack)
        }
    }
}
