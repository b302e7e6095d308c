//! OpenStack: a real segment, at whose ports everybody is asked for papers.

use super::{Environment, documented, optional};
use crate::device::fabric::{Delivery, Rule};

const OVN: &str = "OVN ovn-northd(8), ingress table 0 and port security";
const PORT: &str = "OpenStack Networking guide, port security and allowed address pairs";
const GROUP: &str = "OpenStack Networking guide, security groups";

/// The environment.
pub const ENVIRONMENT: Environment = Environment {
    name: "OpenStack",
    en: "Virtual machines of OpenStack, ports with port security",
    zh: "OpenStack 虚拟机,端口启用 port security",
    rules: &[
        optional(documented(Rule::GroupSource, OVN)),
        optional(documented(Rule::Tagged, OVN)),
        optional(documented(Rule::ForeignMac, PORT)),
        optional(documented(Rule::ForeignArp, PORT)),
        optional(documented(Rule::ForeignIp, PORT)),
        optional(documented(Rule::Closed, GROUP)),
    ],
    delivery: Delivery::Segment,
    most_pairs: 10,
    has_routes: false,
    off: "port security is off",
    off_zh: "关闭端口安全",
};
