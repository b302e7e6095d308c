//! AWS: a subnet that answers ARP for its interfaces, and asks both ends of a packet whether it is theirs.

use super::{Environment, documented, optional, reported};
use crate::device::fabric::{Delivery, Rule};

const GUIDE: &str = "AWS VPC user guide: no broadcast, no multicast without a transit gateway";
const CHECK: &str = "AWS EC2 user guide, source/destination checking of a network interface";
const GROUP: &str = "AWS VPC user guide, security groups; Calico documentation, AWS";

/// The environment.
pub const ENVIRONMENT: Environment = Environment {
    name: "Aws",
    en: "Instances in a VPC of AWS",
    zh: "AWS VPC 中的实例",
    rules: &[
        reported(Rule::NotIp, GUIDE),
        reported(Rule::ForeignMac, "AWS VPC: frames from other hardware addresses are dropped, as users report"),
        documented(Rule::Broadcast, GUIDE),
        documented(Rule::Group, GUIDE),
        optional(documented(Rule::ForeignIp, CHECK)),
        optional(documented(Rule::ForeignDestination, CHECK)),
        documented(Rule::Closed, GROUP),
    ],
    delivery: Delivery::Subnets,
    most_pairs: 0,
    has_routes: true,
    off: "the source/destination check is off",
    off_zh: "关闭源/目的检查",
};
