//! Environments: what the network below a cluster allows, and who says so.
//!
//! One file is one environment: its rules in the order in which they are asked, how it delivers, and what its user can
//! change about it. Each rule names its source, when that was read, and how well it is known. Bare metal has no rules:
//! there the switches decide.

mod alibaba;
mod aws;
mod azure;
mod gcp;
mod openstack;

use crate::device::fabric::{Clause, Confidence, Delivery, FabricConfig, Rule};

/// An environment.
#[derive(Debug)]
pub struct Environment {
    /// Its word in a lab.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub en: &'static str,
    /// The same in Chinese.
    pub zh: &'static str,
    /// Its rules, in the order in which they are asked.
    pub rules: &'static [Clause],
    /// How it delivers.
    pub delivery: Delivery,
    /// Address pairs a port may have.
    pub most_pairs: usize,
    /// Whether it has a table of routes that its user can write.
    pub has_routes: bool,
    /// Its checks are switched off, as its users say it.
    pub off: &'static str,
    /// The same in Chinese.
    pub off_zh: &'static str,
}

/// IP protocols that are open if nobody says otherwise: ICMP, TCP, UDP.
pub const OPEN: [u8; 3] = [1, 6, 17];

/// All environments with rules.
pub static ENVIRONMENTS: &[Environment] =
    &[openstack::ENVIRONMENT, aws::ENVIRONMENT, gcp::ENVIRONMENT, azure::ENVIRONMENT, alibaba::ENVIRONMENT];

/// The environment with a name.
pub fn find(name: &str) -> Option<&'static Environment> {
    ENVIRONMENTS.iter().find(|environment| environment.name == name)
}

impl Environment {
    /// Its network, with these ports.
    pub fn fabric(&self, ports: Vec<String>) -> FabricConfig {
        FabricConfig {
            ports,
            rules: self.rules.to_vec(),
            delivery: self.delivery,
            subnet: 24,
            check: true,
            open: OPEN.to_vec(),
            most_pairs: self.most_pairs,
        }
    }
}

const fn documented(rule: Rule, source: &'static str) -> Clause {
    Clause { rule, can_be_off: false, source, as_of: "2026-11", confidence: Confidence::Documented }
}

const fn reported(rule: Rule, source: &'static str) -> Clause {
    Clause { rule, can_be_off: false, source, as_of: "2026-11", confidence: Confidence::Reported }
}

/// The same rule, asked only while checks are on.
const fn optional(clause: Clause) -> Clause {
    Clause { can_be_off: true, ..clause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_source_and_stands_once() {
        for environment in ENVIRONMENTS {
            for (at, clause) in environment.rules.iter().enumerate() {
                assert!(clause.source.len() > 10 && clause.as_of.len() == 7, "{} {:?}", environment.name, clause.rule);
                let again = environment.rules[..at].iter().any(|earlier| earlier.rule == clause.rule);
                assert!(!again, "{} asks {:?} twice", environment.name, clause.rule);
            }
            let optional = environment.rules.iter().any(|clause| clause.can_be_off);
            assert!(optional && !environment.off.is_empty() && !environment.off_zh.is_empty(), "{}", environment.name);
            assert!(find(environment.name).is_some());
        }
    }
}
