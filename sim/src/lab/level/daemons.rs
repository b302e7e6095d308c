//! Daemons as they are typed on a stack.

use std::net::Ipv4Addr;

use super::{Part, flag_unless, part};
use crate::control::agent::AgentConfig;
use crate::control::felix::{self, FelixConfig};
use crate::control::flanneld::{Backend, FlanneldConfig};
use crate::control::store::StoreConfig;
use crate::lab::print::made;
use crate::lab::read::Tree;
use crate::plan::AppSpec;

/// Nothing for what is no daemon.
pub(super) fn daemon(app: &AppSpec) -> Option<Tree> {
    match app {
        AppSpec::Store(config) => Some(store(config)),
        AppSpec::Flanneld(config) => Some(flanneld(config)),
        AppSpec::Felix(config) => Some(felix(config)),
        AppSpec::Controller(config) => Some(agent("Controller", config)),
        AppSpec::Evpn(config) => Some(agent("Evpn", config)),
        AppSpec::Gossip(config, seeds) => Some(gossip(config, seeds)),
        _ => None,
    }
}

fn store(config: &StoreConfig) -> Tree {
    let mut parts: Vec<Part> = Vec::new();
    flag_unless(&mut parts, "persistent", config.persistent, true);
    made::call("Store", parts)
}

fn flanneld(config: &FlanneldConfig) -> Tree {
    let (ip, len) = config.subnet;
    let mut parts =
        vec![part("store", made::text(config.store.0.to_string())), part("subnet", made::text(format!("{ip}/{len}")))];
    match &config.backend {
        Backend::Vxlan { device, mac, .. } => {
            parts.push(part("device", made::text(device.clone())));
            parts.push(part("mac", made::text(mac.to_string())));
        }
        Backend::HostGw { device } => {
            parts.push(part("device", made::text(device.clone())));
            parts.push(part("backend", made::word("HostGw")));
        }
    }
    parts.push(part("public", made::text(config.public.to_string())));
    parts.push(part("network", made::text(config.network.clone())));
    parts.push(part("ttl", made::text(config.ttl.to_string())));
    made::call("Flanneld", parts)
}

fn felix(config: &FelixConfig) -> Tree {
    let blocks = config.blocks.iter().map(|(ip, len)| made::text(format!("{ip}/{len}")));
    let mut parts = vec![part("store", made::text(config.store.0.to_string())), part("blocks", made::list(blocks))];
    if let Some(device) = config.backend.device() {
        parts.push(part("device", made::text(device.to_owned())));
        flag_unless(&mut parts, "cross_subnet", config.cross_subnet.is_some(), false);
    }
    parts.push(part("node", made::text(config.node.clone())));
    parts.push(part("public", made::text(config.public.0.to_string())));
    if let felix::Backend::Vxlan { mac, .. } = &config.backend {
        parts.push(part("mac", made::text(mac.to_string())));
    }
    made::call("Felix", parts)
}

fn gossip(config: &AgentConfig, seeds: &[Ipv4Addr]) -> Tree {
    let seeds = seeds.iter().map(|seed| made::text(seed.to_string()));
    let mut parts = vec![part("device", made::text(config.device.clone())), part("seeds", made::list(seeds))];
    parts.extend(stations(config));
    made::call("Gossip", parts)
}

/// Nothing when there are none.
fn stations(config: &AgentConfig) -> Option<Part> {
    let stations = config.stations.iter().map(|(ip, mac)| (ip.to_string(), made::text(mac.to_string())));
    (!config.stations.is_empty()).then(|| part("stations", made::map(stations)))
}

fn agent(word: &str, config: &AgentConfig) -> Tree {
    let mut parts =
        vec![part("store", made::text(config.store.0.to_string())), part("device", made::text(config.device.clone()))];
    parts.extend(stations(config));
    if !config.rows {
        parts.push(part("rows", made::word("Flood")));
    }
    parts.push(part("ttl", made::text(config.ttl.to_string())));
    made::call(word, parts)
}
