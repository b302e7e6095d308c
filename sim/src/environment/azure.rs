//! Azure: packets by IP address, and no IPIP or GRE for anybody.

use super::{Environment, documented, optional, reported};
use crate::device::fabric::{Delivery, Rule};

const FAQ: &str = "Azure Virtual Network FAQ: no multicast or broadcast, IP-in-IP and GRE packets are blocked";
const FORWARD: &str = "Azure network interface: enableIPForwarding; user-defined routes";

/// The environment.
pub const ENVIRONMENT: Environment = Environment {
    name: "Azure",
    en: "Machines in a virtual network of Azure",
    zh: "Azure 虚拟网络中的机器",
    rules: &[
        reported(Rule::NotIp, FAQ),
        reported(Rule::ForeignMac, FAQ),
        documented(Rule::Broadcast, FAQ),
        documented(Rule::Group, FAQ),
        documented(Rule::Blocked(4), FAQ),
        documented(Rule::Blocked(47), FAQ),
        optional(documented(Rule::ForeignIp, FORWARD)),
        optional(documented(Rule::ForeignDestination, FORWARD)),
    ],
    delivery: Delivery::Addresses,
    most_pairs: 0,
    has_routes: true,
    off: "IP forwarding of the interfaces is on",
    off_zh: "开启接口的 IP 转发",
};
