//! Routing daemons as they are typed on a stack.

use super::{Part, flag_unless, part};
use crate::lab::print::made;
use crate::lab::read::Tree;
use crate::lab::schema::routing::bgp::{Bgp, COMMUNITIES, RELATIONS};
use crate::lab::schema::routing::evpn::FAMILIES;
use crate::plan::AppSpec;
use crate::routing::bgp::daemon::BgpConfig;
use crate::routing::bgp::evpn::network::NetworkConfig;
use crate::routing::bgp::overlay::Overlay;
use crate::routing::bgp::{Families, PeerConfig, Relation};
use crate::routing::eigrp::{self, EigrpConfig};
use crate::routing::isis::{self, IsisConfig};
use crate::routing::ospf::{FaceConfig, OspfConfig};
use crate::routing::rip::RipConfig;
use crate::wire::isis::Levels;

/// `routing` of a stack; nothing for what is no routing daemon.
pub(super) fn routing(app: &AppSpec) -> Option<Tree> {
    match app {
        AppSpec::Rip(config) => Some(rip(config)),
        AppSpec::Eigrp(config) => Some(eigrp(config)),
        AppSpec::Ospf(config) => Some(ospf(config)),
        AppSpec::Isis(config) => Some(isis(config)),
        AppSpec::Bgp(config) => Some(bgp(config)),
        _ => None,
    }
}

fn rip(config: &RipConfig) -> Tree {
    let default = RipConfig::default();
    let mut parts: Vec<Part> = Vec::new();
    if config.split_horizon != default.split_horizon {
        parts.push(part("split_horizon", made::word(config.split_horizon.word())));
    }
    flag_unless(&mut parts, "triggered", config.triggered, default.triggered);
    let times = [
        ("update", config.update, default.update),
        ("jitter", config.jitter, default.jitter),
        ("first", config.first, default.first),
        ("timeout", config.timeout, default.timeout),
        ("garbage", config.garbage, default.garbage),
    ];
    let changed = config.update != default.update;
    for (name, own, default) in times {
        if own != default || (name == "jitter" && changed) {
            parts.push(part(name, made::text(own.to_string())));
        }
    }
    if !config.passive.is_empty() {
        parts.push(part("passive", made::list(config.passive.iter().map(|name| made::text(name.clone())))));
    }
    made::call("Rip", parts)
}

fn eigrp(config: &EigrpConfig) -> Tree {
    let default = EigrpConfig::default();
    let mut parts = vec![part("asn", made::number(config.system))];
    if config.k != default.k {
        parts.push(part("k", made::list(config.k.iter().map(|k| made::number(*k)))));
    }
    if config.delay != default.delay {
        parts.push(part("delay", made::text(config.delay.to_string())));
    }
    if config.bandwidth != default.bandwidth {
        parts.push(part("bandwidth", made::text(format!("{}kbps", config.bandwidth))));
    }
    let timers = config.hello != default.hello || config.hold != default.hold;
    let times = [
        ("hello", config.hello, timers),
        ("hold", config.hold, timers),
        ("retransmit", config.retransmit, config.retransmit != default.retransmit),
        ("active", config.active, config.active != default.active),
    ];
    parts.extend(times.into_iter().filter(|at| at.2).map(|at| part(at.0, made::text(at.1.to_string()))));
    flag_unless(&mut parts, "split_horizon", config.split_horizon, default.split_horizon);
    if !config.passive.is_empty() {
        parts.push(part("passive", made::list(config.passive.iter().map(|name| made::text(name.clone())))));
    }
    if !config.interfaces.is_empty() {
        let own = config.interfaces.iter().map(|(name, own)| (name.clone(), eigrp_interface(own)));
        parts.push(part("interfaces", made::map(own)));
    }
    made::call("Eigrp", parts)
}

fn eigrp_interface(own: &eigrp::FaceConfig) -> Tree {
    let parts = [
        own.delay.map(|delay| part("delay", made::text(delay.to_string()))),
        own.bandwidth.map(|bandwidth| part("bandwidth", made::text(format!("{bandwidth}kbps")))),
        own.hello.map(|hello| part("hello", made::text(hello.to_string()))),
        own.hold.map(|hold| part("hold", made::text(hold.to_string()))),
    ];
    made::call("", parts.into_iter().flatten())
}

fn ospf(config: &OspfConfig) -> Tree {
    let default = OspfConfig::default();
    let mut parts: Vec<Part> = Vec::new();
    if config.network != default.network {
        parts.push(part("network", made::word(config.network.word())));
    }
    if config.area != default.area {
        parts.push(part("area", made::text(config.area.to_string())));
    }
    if !config.stub.is_empty() {
        parts.push(part("stub", made::list(config.stub.iter().map(|area| made::text(area.to_string())))));
    }
    if config.cost != default.cost {
        parts.push(part("cost", made::number(config.cost)));
    }
    if config.priority != default.priority {
        parts.push(part("priority", made::number(config.priority)));
    }
    let timers = config.hello != default.hello || config.dead != default.dead;
    let times = [
        ("hello", config.hello, timers),
        ("dead", config.dead, timers),
        ("retransmit", config.retransmit, config.retransmit != default.retransmit),
        ("spf_delay", config.spf_delay, config.spf_delay != default.spf_delay),
        ("spf_hold", config.spf_hold, config.spf_hold != default.spf_hold),
        ("spf_max", config.spf_max, config.spf_max != default.spf_max),
    ];
    parts.extend(times.into_iter().filter(|at| at.2).map(|at| part(at.0, made::text(at.1.to_string()))));
    parts.extend(config.router_id.map(|id| part("router_id", made::text(id.to_string()))));
    parts.extend(config.password.as_ref().map(|password| part("password", made::text(password.clone()))));
    if !config.passive.is_empty() {
        parts.push(part("passive", made::list(config.passive.iter().map(|name| made::text(name.clone())))));
    }
    if !config.interfaces.is_empty() {
        let own = config.interfaces.iter().map(|(name, own)| (name.clone(), interface(own)));
        parts.push(part("interfaces", made::map(own)));
    }
    made::call("Ospf", parts)
}

fn interface(own: &FaceConfig) -> Tree {
    let parts = [
        own.area.map(|area| part("area", made::text(area.to_string()))),
        own.network.map(|network| part("network", made::word(network.word()))),
        own.cost.map(|cost| part("cost", made::number(cost))),
        own.priority.map(|priority| part("priority", made::number(priority))),
        own.hello.map(|hello| part("hello", made::text(hello.to_string()))),
        own.dead.map(|dead| part("dead", made::text(dead.to_string()))),
    ];
    made::call("", parts.into_iter().flatten())
}

fn isis(config: &IsisConfig) -> Tree {
    let default = IsisConfig::default();
    let mut parts: Vec<Part> = Vec::new();
    if config.network != default.network {
        parts.push(part("network", made::word(config.network.word())));
    }
    if config.area != default.area {
        parts.push(part("area", made::text(config.area.to_string())));
    }
    if config.level != default.level {
        parts.push(part("level", level(config.level)));
    }
    if config.metric != default.metric {
        parts.push(part("metric", made::number(config.metric)));
    }
    if config.priority != default.priority {
        parts.push(part("priority", made::number(config.priority)));
    }
    let timers = config.hello != default.hello || config.hold != default.hold;
    let held = config.spf_hold != default.spf_hold;
    let times = [
        ("hello", config.hello, timers),
        ("hold", config.hold, timers),
        ("csnp", config.csnp, config.csnp != default.csnp),
        ("psnp", config.psnp, config.psnp != default.psnp),
        ("retransmit", config.retransmit, config.retransmit != default.retransmit),
        ("lsp_interval", config.lsp_interval, config.lsp_interval != default.lsp_interval),
        ("spf_delay", config.spf_delay, config.spf_delay != default.spf_delay),
        ("spf_hold", config.spf_hold, held),
        ("spf_max", config.spf_max, held || config.spf_max != default.spf_max),
    ];
    parts.extend(times.into_iter().filter(|at| at.2).map(|at| part(at.0, made::text(at.1.to_string()))));
    parts.extend(config.system.map(|id| part("system", made::text(id.to_string()))));
    parts.extend(config.password.as_ref().map(|password| part("password", made::text(password.clone()))));
    flag_unless(&mut parts, "padding", config.padding, default.padding);
    if !config.passive.is_empty() {
        parts.push(part("passive", made::list(config.passive.iter().map(|name| made::text(name.clone())))));
    }
    if !config.interfaces.is_empty() {
        let own = config.interfaces.iter().map(|(name, own)| (name.clone(), isis_interface(own)));
        parts.push(part("interfaces", made::map(own)));
    }
    made::call("Isis", parts)
}

fn level(levels: Levels) -> Tree {
    if levels == Levels::BOTH { made::word("Both") } else { made::number(levels.0) }
}

fn isis_interface(own: &isis::FaceConfig) -> Tree {
    let parts = [
        own.level.map(|levels| part("level", level(levels))),
        own.network.map(|network| part("network", made::word(network.word()))),
        own.metric.map(|metric| part("metric", made::number(metric))),
        own.priority.map(|priority| part("priority", made::number(priority))),
        own.hello.map(|hello| part("hello", made::text(hello.to_string()))),
        own.hold.map(|hold| part("hold", made::text(hold.to_string()))),
    ];
    made::call("", parts.into_iter().flatten())
}

fn bgp(config: &BgpConfig) -> Tree {
    let (own, default) = (&config.own, Bgp::default());
    let networks = config.networks.iter().map(|(ip, len)| made::text(format!("{ip}/{len}")));
    let mut parts = vec![part("asn", made::number(own.asn)), part("networks", made::list(networks))];
    if !config.communities.is_empty() {
        let all = config.communities.iter().map(|community| made::text(named(*community)));
        parts.push(part("communities", made::list(all)));
    }
    parts.push(part("only_named", made::flag(true)));
    if !config.peers.is_empty() {
        parts.push(part("neighbours", made::map(config.peers.iter().map(peer))));
    }
    parts.push(part("id", made::text(own.id.to_string())));
    parts.extend(own.cluster.map(|cluster| part("cluster", made::text(cluster.to_string()))));
    if own.hold != default.hold {
        parts.push(part("hold", made::text(format!("{}s", own.hold))));
    }
    let times = [
        ("retry", own.connect_retry, default.retry),
        ("mrai", own.mrai, default.mrai),
        ("mrai_internal", own.mrai_internal, default.mrai_internal),
    ];
    for (name, own, default) in times {
        if own != default {
            parts.push(part(name, made::text(own.to_string())));
        }
    }
    flag_unless(&mut parts, "jitter", own.jitter, default.jitter);
    flag_unless(&mut parts, "withdrawals_wait", own.withdrawals_wait, default.withdrawals_wait);
    flag_unless(&mut parts, "fallover", config.fallover, default.fallover);
    flag_unless(&mut parts, "always_compare_med", own.always_compare_med, default.always_compare_med);
    flag_unless(&mut parts, "allow_own_as", !own.refuse_own_as, default.allow_own_as);
    if own.paths != default.multipath {
        parts.push(part("multipath", made::number(own.paths)));
    }
    if own.families != Families::IPV4 {
        let spoken =
            |families: Families| (!families.ipv4 || own.families.ipv4) && (!families.evpn || own.families.evpn);
        let words = FAMILIES.iter().filter(|(_, families)| spoken(*families)).map(|(word, _)| made::word(*word));
        parts.push(part("families", made::list(words)));
    }
    if !config.vpns.is_empty() {
        parts.push(part("evpn", made::map(config.vpns.iter().map(network))));
    }
    if let Some(Overlay { device, pool: (ip, len), cross_subnet }) = &config.overlay {
        parts.push(part("tunnel", made::text(device.clone())));
        parts.push(part("pool", made::text(format!("{ip}/{len}"))));
        flag_unless(&mut parts, "cross_subnet", *cross_subnet, false);
    }
    made::call("Bgp", parts)
}

fn network(network: &NetworkConfig) -> (String, Tree) {
    let mut parts = vec![
        part("import", made::text(network.import.to_string())),
        part("export", made::text(network.export.to_string())),
    ];
    flag_unless(&mut parts, "flood", network.flood, true);
    (network.device.clone(), made::call("", parts))
}

fn named(community: u32) -> String {
    let name = COMMUNITIES.iter().find(|(_, number)| *number == community).map(|(name, _)| (*name).to_owned());
    name.unwrap_or_else(|| format!("{}:{}", community >> 16, community & 0xffff))
}

fn peer(peer: &PeerConfig) -> (String, Tree) {
    let mut parts = vec![part("asn", made::number(peer.asn)), part("from", made::text(peer.own.to_string()))];
    if peer.relation != Relation::None {
        let word = RELATIONS.iter().find(|(_, relation)| *relation == peer.relation).map_or("None", |(word, _)| word);
        parts.push(part("relation", made::word(word)));
    }
    for (name, flag) in [("client", peer.client), ("passive", peer.passive), ("next_hop_self", peer.next_hop_self)] {
        flag_unless(&mut parts, name, flag, false);
    }
    parts.extend(peer.local_pref.map(|number| part("local_pref", made::number(number))));
    parts.extend(peer.med.map(|number| part("med", made::number(number))));
    if peer.prepend > 0 {
        parts.push(part("prepend", made::number(peer.prepend)));
    }
    (peer.address.to_string(), made::call("", parts))
}
