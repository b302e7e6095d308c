//! The network below a cluster in an environment with rules: a fabric that knows which node is at which port.

use super::host::Making;
use crate::cni::Cluster;
use crate::lab::schema::cluster;
use crate::lab::schema::environment::{Fabric, Provider};
use crate::lab::schema::node::{Inner, Linux, Stack};
use crate::lab::source::Spanned;
use crate::plan::Bilingual;

/// Name of the device.
const FABRIC: &str = "fabric";

/// The node: a port for each node of the cluster, numbered like those of a switch.
pub fn spell(typed: &cluster::Cluster, cluster: &Cluster, chosen: &Provider) -> Linux {
    let span = chosen.span;
    let linux = Linux { called: "Fabric", ..Linux::default() };
    let mut making = Making { linux, stack: Stack::default() };
    let ports = (1..=cluster.nodes.len()).map(|port| Spanned::new(port.to_string(), span)).collect();
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
    making.linux
}
