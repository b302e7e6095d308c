//! The CNI of AWS: every pod has a secondary address of an interface of its node, an address of the VPC like any other.
//! So the network itself finds the pod, its check finds nothing foreign, and nothing is put in front of a packet. The price
//! is that addresses are counted: a machine has so many interfaces with so many addresses, of which each keeps the first.
//!
//! Left out: the further interfaces of a node and the rules that choose between them. All addresses of its pods are on the
//! first one here.

use super::offer::{Instance, Offer, Room, instance};
use super::param::{Kind, Settings};
use super::{Param, Plugin, eni};

static OFFER: Offer = Offer {
    environment: "Aws",
    types: &[
        instance("m5.large", 3, 10),
        instance("t3.nano", 2, 2),
        instance("t3.small", 3, 4),
        instance("m5.4xlarge", 8, 30),
    ],
    room,
    source: "awslabs/amazon-eks-ami eni-max-pods.txt; AWS EC2 user guide, IP addresses per network interface",
};

pub const PLUGIN: Plugin = Plugin {
    name: "VpcCni",
    params: &[Param { name: "instance", kind: Kind::Instance(&OFFER) }, Param::MTU],
    apart: &[],
    overhead: 0,
    node: |on| eni::shared(on, "eni-"),
    // The network below knows where every address is.
    peer: |_, _| Vec::new(),
};

fn room(is: &Instance, _: &Settings) -> Room {
    let pods = is.cards * (is.ips - 1);
    let how = format!(
        "{} interfaces x ({} addresses - 1) = {pods}; with two pods on the node's own address the limit is called {}",
        is.cards,
        is.ips,
        pods + 2
    );
    Room { pods, how }
}
