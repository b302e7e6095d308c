//! The network below a cluster in an environment with rules: a fabric that knows which node is at which port.

use std::net::Ipv4Addr;

use super::host::Making;
use crate::cni::{Cluster, Lease, Node, Pod};
use crate::lab::schema::cluster;
use crate::lab::schema::environment::{Fabric, Provider};
use crate::lab::schema::node::{Inner, Linux, Stack};
use crate::lab::source::{Span, Spanned};
use crate::plan::Bilingual;

/// Name of the device.
const FABRIC: &str = "fabric";

/// What the pods of a node have from the network below.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Addresses that were handed out.
    pub leases: Vec<Lease>,
    /// Pods with an address pair, and whether it names their hardware address.
    pub pairs: Vec<(Pod, bool)>,
}

/// The node: a port for each node of the cluster, numbered like those of a switch; then one for each card that a pod has
/// for itself, and for each other machine that is plugged in.
pub fn spell(typed: &cluster::Cluster, cluster: &Cluster, chosen: &Provider, given: &[Given], more: &[Other]) -> Linux {
    let span = chosen.span;
    let linux = Linux { called: "Fabric", ..Linux::default() };
    let mut making = Making { linux, stack: Stack::default() };
    let numbers = (1..=cluster.nodes.len()).map(|port| port.to_string());
    let cards = given.iter().flat_map(|given| given.leases.iter().filter_map(|lease| lease.card.clone()));
    let ports = numbers.chain(cards).chain(more.iter().map(|other| other.port.clone()));
    let ports = ports.map(|port| Spanned::new(port, span)).collect();
    // Nodes in different subnets are told apart by the prefix of their addresses.
    let subnet = cluster.nodes.first().map_or(24, |node| node.address.1);
    let fabric = Fabric { environment: Some(chosen.clone()), ports, subnet };
    let why = Bilingual::new(format!("the network of {}", chosen.is.name), format!("{}的网络", chosen.is.zh));
    making.device(FABRIC, span, Inner::Fabric(fabric), why);
    for (at, node) in cluster.nodes.iter().enumerate() {
        let port = (at + 1).to_string();
        let why = Bilingual::new(
            format!("`{}` was given this interface at port {port}", node.name),
            format!("端口 {port} 的接口分配给了 `{}`", node.name),
        );
        let cells = [("port", port.clone()), ("mac", node.name.clone()), ("ip", node.address.0.to_string())];
        making.row_because(FABRIC, "interfaces", typed.nodes[at].name.span, &cells, why);
        let own = given.get(at).cloned().unwrap_or_default();
        for lease in &own.leases {
            handed_out(lease, node, &port, span, &mut making);
        }
        for (pod, shown) in &own.pairs {
            paired(pod, *shown, node, &port, span, &mut making);
        }
        for (ip, len) in &chosen.pairs {
            let cells = [("port", port.clone()), ("prefix", format!("{ip}/{len}"))];
            let why = Bilingual::new("an address pair that was allowed", "允许的地址对");
            making.row_because(FABRIC, "pairs", span, &cells, why);
        }
        if chosen.routes {
            let cells = [("prefix", node.prefix()), ("port", port)];
            let why = Bilingual::new(
                format!("the network has a route to the pods of `{}`", node.name),
                format!("网络里有通往 `{}` 的 Pod 的路由", node.name),
            );
            making.row_because(FABRIC, "routes", span, &cells, why);
        }
    }
    for other in more {
        let why = Bilingual::new(
            format!("`{}` is another machine in this network, at port {}", other.name, other.port),
            format!("`{}` 是这个网络里的另一台机器,在端口 {}", other.name, other.port),
        );
        let cells = [("port", other.port.clone()), ("mac", other.name.clone()), ("ip", other.ip.to_string())];
        making.row_because(FABRIC, "interfaces", other.span, &cells, why);
    }
    making.linux
}

/// A machine of the network that is no node of the cluster.
#[derive(Clone, Debug)]
pub struct Other {
    /// Its name.
    pub name: String,
    /// The port it is plugged into.
    pub port: String,
    /// Its address.
    pub ip: Ipv4Addr,
    /// Where it is plugged in.
    pub span: Span,
}

/// An address that the provider hands out for a pod.
fn handed_out(lease: &Lease, node: &Node, port: &str, span: Span, making: &mut Making) {
    let pod = format!("{}/{}", node.name, lease.pod);
    let (port, mac) = match &lease.card {
        Some(card) => (card.clone(), pod),
        None => (port.to_owned(), node.name.clone()),
    };
    let why = Bilingual::new(
        format!("`{}` was given this address, at port {port}", lease.pod),
        format!("这个地址分配给了 `{}`,在端口 {port}", lease.pod),
    );
    making.row_because(FABRIC, "interfaces", span, &[("port", port), ("mac", mac), ("ip", lease.ip.to_string())], why);
}

/// An address pair for one pod.
fn paired(pod: &Pod, shown: bool, node: &Node, port: &str, span: Span, making: &mut Making) {
    let mut cells = vec![("port", port.to_owned()), ("prefix", format!("{}/32", pod.ip))];
    if shown {
        cells.push(("mac", format!("{}/{}", node.name, pod.name)));
    }
    let why = Bilingual::new(format!("the address pair of `{}`", pod.name), format!("`{}` 的地址对", pod.name));
    making.row_because(FABRIC, "pairs", span, &cells, why);
}
