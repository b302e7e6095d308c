//! Alibaba Cloud: no segment between machines; the network's own table has a route for each node's pods.

use super::{Environment, optional, reported};
use crate::device::fabric::{Delivery, Rule};

const TERWAY: &str = "Terway docs/design.md: no broadcast domain between instances, routes of the VPC for pods";

/// The environment.
pub const ENVIRONMENT: Environment = Environment {
    name: "Alibaba",
    en: "Instances in a VPC of Alibaba Cloud",
    zh: "阿里云 VPC 中的实例",
    rules: &[
        reported(Rule::NotIp, TERWAY),
        reported(Rule::ForeignMac, TERWAY),
        reported(Rule::Broadcast, TERWAY),
        reported(Rule::Group, TERWAY),
        optional(reported(Rule::ForeignIp, TERWAY)),
        optional(reported(Rule::ForeignDestination, TERWAY)),
        reported(Rule::Closed, "Alibaba Cloud ECS documentation, security groups"),
    ],
    delivery: Delivery::Addresses,
    most_pairs: 0,
    has_routes: true,
    off: "the checks of the interfaces are off",
    off_zh: "关闭接口检查",
};
