//! Addresses that a provider hands out for pods: which they are, and how many there may be.

use std::net::Ipv4Addr;

use crate::cni::{self, Node, Sketch};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::schema::Lab;
use crate::lab::schema::cluster::{self, Pods};
use crate::lab::source::Span;
use crate::wire::ipv4::mask;

/// Whether the plugin asks the provider for the addresses of its pods.
pub fn are_asked_for(typed: &cluster::Cluster) -> bool {
    typed.plugin.as_ref().is_some_and(|plugin| cni::offer(plugin.value).is_some())
}

/// Gives every pod the next address of the network of its node that nobody has.
pub fn hand_out(typed: &cluster::Cluster, nodes: &mut [Node], found: &mut Findings) {
    without_effect(typed, found);
    let mut taken: Vec<Ipv4Addr> =
        nodes.iter().flat_map(|node| node.gateway.into_iter().chain([node.address.0])).collect();
    for at in 0..nodes.len() {
        let (ip, len) = nodes[at].address;
        let own = |other: &Ipv4Addr| (other.to_bits() ^ ip.to_bits()) & mask(len) == 0;
        // Machines come first, then what they ask for.
        let machines = nodes.iter().map(|node| node.address.0).filter(own).max().unwrap_or(ip);
        let last = ip.to_bits() | !mask(len);
        let mut next = machines.to_bits() + 1;
        let count = nodes[at].pods.len();
        for pod in &mut nodes[at].pods {
            while taken.contains(&Ipv4Addr::from_bits(next)) {
                next += 1;
            }
            if next >= last {
                let text = format!("the subnet of `{}` has no room for {count} pods", nodes[at].name);
                let finding = Finding::new(Code::OutOfRange, text, pods_span(typed));
                let finding = finding.label(format!("{ip}/{len} ends before"));
                found.push(
                    finding.help("a shorter length leaves more room: nodes: {\"node1\": (ip: \"10.0.0.11/20\")}"),
                );
                return;
            }
            pod.ip = Ipv4Addr::from_bits(next);
            taken.push(pod.ip);
        }
    }
}

fn pods_span(typed: &cluster::Cluster) -> Span {
    match &typed.pods {
        Pods::Each(count) => count.span,
        Pods::Named(list) => list.last().map_or(typed.span, |(name, _)| name.span),
    }
}

/// Ranges for pods say nothing where the provider chooses.
fn without_effect(typed: &cluster::Cluster, found: &mut Findings) {
    let own = typed.nodes.iter().filter_map(|member| member.pods.as_ref().map(|range| range.span));
    let given = [typed.network.span, typed.subnet.span].into_iter().filter(|span| *span != typed.span).chain(own);
    let Some(plugin) = &typed.plugin else { return };
    for span in given {
        let text = format!("`{}` has no range for pods", plugin.value.name);
        let finding = Finding::new(Code::UnknownField, text, span).label("without effect");
        let finding = finding.also(plugin.span, "pods have addresses of the network of their node");
        found.push(finding.help("leave it out"));
    }
}

/// How many of the pods of each node the network below serves; more are a finding.
pub fn served(lab: &Lab, typed: &cluster::Cluster, node: &Node, found: &mut Findings) -> usize {
    let Some(plugin) = &typed.plugin else { return usize::MAX };
    let Some(offer) = cni::offer(plugin.value) else { return usize::MAX };
    if typed.environment.as_ref().is_none_or(|chosen| chosen.is.name != offer.environment) {
        return 0;
    }
    let room = offer.room(&typed.settings);
    let (has, most) = (node.pods.len(), usize::from(room.pods));
    if has > most && !lab.allow.contains(&"quota") {
        let is = typed.settings.instance().unwrap_or(offer.usual());
        let text = format!("pods that fit on {}: {most}, and `{}` has {has}", is.name, node.name);
        let finding =
            Finding::new(Code::Quota, text, pods_span(typed)).label(format!("{} more than there are", has - most));
        let finding = finding.also(typed.at("instance").unwrap_or(plugin.span), room.how).help(format!("pods: {most}"));
        let fits = |other: &&'static cni::Instance| {
            let mut set = typed.settings.clone();
            set.choose("instance", cni::Value::Instance(other));
            usize::from(offer.room(&set).pods) >= has
        };
        let finding = match offer.types.iter().find(fits) {
            Some(other) => finding.help(format!("a larger machine: instance: \"{}\"", other.name)),
            None => finding.help(format!("no type known here has room for {has}: {}", offer.source)),
        };
        let finding = finding.help("a plugin whose pods have addresses of their own: FlannelVxlan()");
        found.push(finding.help("if that is the lesson: allow: [\"quota\"]"));
    }
    most
}

/// Pairs at a port: a pod each, as many as there may be; more are a finding.
pub fn paired(lab: &Lab, typed: &cluster::Cluster, node: &Node, found: &mut Findings) -> usize {
    let Some((chosen, span)) = typed.environment.as_ref().and_then(|chosen| Some((chosen, chosen.pod_pairs?))) else {
        return 0;
    };
    let (has, most) = (node.pods.len(), chosen.is.most_pairs);
    if has > most && !lab.allow.contains(&"quota") {
        let text = format!(
            "a port of `{}` has at most {most} address pairs, and `{}` has {has} pods",
            chosen.is.name, node.name
        );
        let finding = Finding::new(Code::Quota, text, span).label(format!("pod {} is refused", most + 1));
        let finding = finding.also(pods_span(typed), format!("{has} pods")).help(format!("pods: {most}"));
        let finding = finding
            .help("one prefix stands for many addresses, if pods show no hardware address: pairs: [\"10.244.0.0/16\"]");
        found.push(finding.help("if that is the lesson: allow: [\"quota\"]"));
    }
    most.min(has)
}

/// What the pods of a node have asked for, as far as it is served.
pub fn granted(sketch: &Sketch, served: usize) -> Vec<cni::Lease> {
    sketch.leases.iter().take(served).cloned().collect()
}
