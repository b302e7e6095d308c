//! Google Cloud: every machine has a /32 and hears of nobody but the gateway.

use super::{Environment, documented, optional, reported};
use crate::device::fabric::{Delivery, Rule};

const GUIDE: &str = "Google Cloud VPC documentation: no broadcast, no multicast, each machine a /32";
const FORWARD: &str = "Google Cloud Compute Engine API, instances: canIpForward";
const FIREWALL: &str = "Google Cloud VPC firewall rules; kops pull request 12384 (protocol 4 for IPIP)";

/// The environment.
pub const ENVIRONMENT: Environment = Environment {
    name: "Gcp",
    en: "Instances in a VPC of Google Cloud",
    zh: "Google Cloud VPC 中的实例",
    rules: &[
        reported(Rule::NotIp, GUIDE),
        reported(Rule::ForeignMac, GUIDE),
        documented(Rule::Broadcast, GUIDE),
        documented(Rule::Group, GUIDE),
        optional(documented(Rule::ForeignIp, FORWARD)),
        optional(documented(Rule::ForeignDestination, FORWARD)),
        documented(Rule::Closed, FIREWALL),
    ],
    delivery: Delivery::Addresses,
    most_pairs: 0,
    has_routes: true,
    off: "canIpForward is on",
    off_zh: "开启 canIpForward",
};
