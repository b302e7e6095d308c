//! The operations.

use std::net::Ipv4Addr;
use std::sync::Arc;

use crate::app::{mac_flood, ping, raw, request_response, sniffer, tcp_flow, tcp_sink, udp_flow, udp_sink};
use crate::control::{agent, felix, flanneld, store};
use crate::cost::Profile;
use crate::device::bridge::BridgeConfig;
use crate::device::fabric::FabricConfig;
use crate::device::ipvlan::IpvlanConfig;
use crate::device::macvlan::MacvlanConfig;
use crate::device::nic::NicConfig;
use crate::device::sriov::SriovConfig;
use crate::device::tunnel::TunnelConfig;
use crate::device::vtep::VtepConfig;
use crate::engine::{CableConfig, Change, DeviceChange, When};
use crate::id::{CableId, DeviceId, FlowId, NodeId, PortNo};
use crate::lang::Lang;
use crate::stack::StackConfig;
use crate::wire::vxlan;

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

impl Bilingual {
    /// Both texts.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// The one in this language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// `sw` for a device that is its whole node, else `ann/eth0`.
pub fn full_name(node: &str, device: &str) -> String {
    if node == device { device.to_owned() } else { format!("{node}/{device}") }
}

/// What kind of device, with all its settings.
#[derive(Clone, Debug, PartialEq)]
pub enum DeviceSpec {
    /// A network card.
    Nic(NicConfig),
    /// A switch, a hub, a Linux bridge.
    Bridge(BridgeConfig),
    /// An IP stack: one network namespace.
    Stack(StackConfig),
    /// The end of a VXLAN tunnel.
    Vtep(VtepConfig),
    /// The end of another tunnel.
    Tunnel(TunnelConfig),
    /// All macvlan devices on one card.
    Macvlan(MacvlanConfig),
    /// All ipvlan devices on one card.
    Ipvlan(IpvlanConfig),
    /// The virtual functions of one card.
    Sriov(SriovConfig),
    /// The network of a provider.
    Fabric(FabricConfig),
}

impl DeviceSpec {
    /// The UDP port of a tunnel whose packets Wireshark has to be told about, and its word for what is in them.
    pub fn decode_as(&self) -> Option<(u16, &'static str)> {
        match self {
            Self::Vtep(vtep) if vtep.port != vxlan::PORT => Some((vtep.port, "vxlan")),
            Self::Tunnel(tunnel) => tunnel.format.encapsulation().decode_as(),
            _ => None,
        }
    }
}

/// An application with all its settings.
#[derive(Clone, Debug, PartialEq)]
pub enum AppSpec {
    /// Asks for echoes.
    Ping(ping::PingConfig),
    /// Sends datagrams one way.
    Udp(udp_flow::UdpFlowConfig),
    /// Receives what [`AppSpec::Udp`] sends.
    UdpSink(udp_sink::UdpSinkConfig),
    /// Sends bytes over a connection.
    Tcp(tcp_flow::TcpFlowConfig),
    /// Receives what [`AppSpec::Tcp`] sends.
    TcpSink(tcp_sink::TcpSinkConfig),
    /// Asks and waits for answers.
    Client(request_response::ClientConfig),
    /// Answers [`AppSpec::Client`].
    Server(request_response::ServerConfig),
    /// Fills switch tables with invented addresses.
    MacFlood(mac_flood::MacFloodConfig),
    /// Sends frames just as they are written.
    Raw(raw::RawConfig),
    /// Listens to what is not meant for it.
    Sniffer(sniffer::SnifferConfig),
    /// A key-value store.
    Store(store::StoreConfig),
    /// Flannel's daemon.
    Flanneld(flanneld::FlanneldConfig),
    /// Calico's daemon.
    Felix(felix::FelixConfig),
    /// The daemon of a VTEP that is told by a controller.
    Controller(agent::AgentConfig),
    /// The daemon of a VTEP in an EVPN.
    Evpn(agent::AgentConfig),
    /// The daemon of a VTEP that finds its peers by gossip, and whom it asks to join.
    Gossip(agent::AgentConfig, Vec<Ipv4Addr>),
    /// A router that speaks RIP.
    Rip(crate::routing::rip::RipConfig),
    /// A router that speaks EIGRP.
    Eigrp(Box<crate::routing::eigrp::EigrpConfig>),
    /// A router that speaks OSPF.
    Ospf(Box<crate::routing::ospf::OspfConfig>),
    /// A router that speaks IS-IS.
    Isis(Box<crate::routing::isis::IsisConfig>),
    /// A router that speaks BGP.
    Bgp(Box<crate::routing::bgp::daemon::BgpConfig>),
}

impl AppSpec {
    /// It runs in the background from the moment its host has power: a part of the host, not of the traffic.
    pub const fn is_daemon(&self) -> bool {
        matches!(
            self,
            Self::Store(_)
                | Self::Flanneld(_)
                | Self::Felix(_)
                | Self::Controller(_)
                | Self::Evpn(_)
                | Self::Gossip(..)
                | Self::Rip(_)
                | Self::Eigrp(_)
                | Self::Ospf(_)
                | Self::Isis(_)
                | Self::Bgp(_)
        )
    }
}

/// One operation. Numbers count the operations of the same kind before it; [`When::Event`] counts flows and events
/// together, since a flow's start is a scripted change too.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// Makes an empty node.
    Node {
        /// The author's name for it.
        name: String,
        /// What the author called it.
        kind: &'static str,
    },
    /// Has a node work for time, at the prices of a profile.
    Profile {
        /// The node.
        node: NodeId,
        /// Its prices.
        profile: Arc<Profile>,
    },
    /// Puts a device into a node.
    Device {
        /// The node.
        node: NodeId,
        /// Name within the node; the node's own name when the device is all there is.
        name: String,
        /// What it is.
        spec: DeviceSpec,
    },
    /// Writes a row that is there from the start.
    Row {
        /// The device.
        device: DeviceId,
        /// The row.
        change: DeviceChange,
    },
    /// Joins two ports inside a node.
    Wire {
        /// One end.
        a: (DeviceId, PortNo),
        /// The other end.
        b: (DeviceId, PortNo),
    },
    /// Joins two nodes.
    Cable {
        /// `ann--sw`, or the author's name for it.
        name: String,
        /// One end.
        a: (DeviceId, PortNo),
        /// The other end.
        b: (DeviceId, PortNo),
        /// What it is like.
        config: CableConfig,
    },
    /// Runs an application that belongs to no flow of its own: a receiver, a listener.
    Serve {
        /// The stack it runs on.
        home: DeviceId,
        /// What it is.
        app: AppSpec,
    },
    /// Announces a flow and the application that sends it.
    Flow {
        /// The author's name for it.
        name: String,
        /// Name of the sending node.
        from: String,
        /// Name of the receiving node, empty when there is none.
        to: String,
        /// The stack it runs on.
        home: DeviceId,
        /// What it is.
        app: AppSpec,
        /// When it begins.
        start: When,
    },
    /// Announces a flow that starts only when a check asks whether it would arrive. These follow all other flows.
    Probe {
        /// Name of the sending node.
        from: String,
        /// Name of the receiving node.
        to: String,
        /// The stack it runs on.
        home: DeviceId,
        /// What it is.
        app: AppSpec,
    },
    /// Makes a change at a moment of the run.
    Event {
        /// The author's name for it.
        name: String,
        /// What happens.
        change: Change,
        /// When.
        when: When,
    },
}

/// An operation and why it is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What is done.
    pub op: Op,
    /// Why.
    pub why: Bilingual,
}

/// A whole network, ready to be built.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Seed of all random streams.
    pub seed: u64,
    /// The operations in order.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Adds an operation.
    pub fn push(&mut self, op: Op, why: Bilingual) {
        self.steps.push(Step { op, why });
    }

    /// Names of the nodes in order.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &str, &'static str)> {
        let nodes = self.steps.iter().filter_map(|step| match &step.op {
            Op::Node { name, kind } => Some((name.as_str(), *kind)),
            _ => None,
        });
        nodes.enumerate().map(|(at, (name, kind))| (NodeId(at as u32), name, kind))
    }

    /// The devices in order: node, name within the node, what it is.
    pub fn devices(&self) -> impl Iterator<Item = (DeviceId, NodeId, &str, &DeviceSpec)> {
        let devices = self.steps.iter().filter_map(|step| match &step.op {
            Op::Device { node, name, spec } => Some((*node, name.as_str(), spec)),
            _ => None,
        });
        devices.enumerate().map(|(at, (node, name, spec))| (DeviceId(at as u32), node, name, spec))
    }

    /// The cables in order.
    pub fn cables(&self) -> impl Iterator<Item = (CableId, &str)> {
        let cables = self.steps.iter().filter_map(|step| match &step.op {
            Op::Cable { name, .. } => Some(name.as_str()),
            _ => None,
        });
        cables.enumerate().map(|(at, name)| (CableId(at as u32), name))
    }

    /// The flows in order.
    pub fn flows(&self) -> impl Iterator<Item = (FlowId, &str)> {
        let flows = self.steps.iter().filter_map(|step| match &step.op {
            Op::Flow { name, .. } => Some(name.as_str()),
            _ => None,
        });
        flows.enumerate().map(|(at, name)| (FlowId(at as u16), name))
    }

    /// The profiles of its nodes, each once.
    pub fn profiles(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .steps
            .iter()
            .filter_map(|step| match &step.op {
                Op::Profile { profile, .. } => Some(profile.name.to_string()),
                _ => None,
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Full name of a device: `sw`, or `ann/eth0`.
    pub fn device_name(&self, device: DeviceId) -> String {
        let Some((_, node, name, _)) = self.devices().nth(device.index()) else { return format!("device {device}") };
        full_name(self.nodes().nth(node.index()).map_or("?", |(_, node, _)| node), name)
    }

    /// The address of the first interface of the first stack of a node.
    pub fn address_of(&self, node: NodeId) -> Option<Ipv4Addr> {
        self.devices().filter(|(_, home, ..)| *home == node).find_map(|(.., spec)| match spec {
            DeviceSpec::Stack(stack) => stack.interfaces.iter().find_map(|i| i.addresses.first().map(|(ip, _)| *ip)),
            _ => None,
        })
    }
}
