//! Docker's overlay: hosts with a container in the network tell each other by gossip who lives where.
//!
//! Each knows the stations of all others and nothing of those it has no business with: a host without a container in the
//! network writes no row. There is no flood list; the VTEP answers ARP itself and swallows what it does not know.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::agent::{Agent, AgentConfig, Known, Local, Lost, Scheme, Shown, Station, Wanted, is_usable, last_believed};
use super::gossip::{Gossip, GossipConfig};
use super::session::Seen;
use super::why;
use crate::id::EventNo;
use crate::wire::MacAddr;

/// Peer records of Docker.
#[derive(Clone, Copy, Debug)]
pub struct Docker;

/// The daemon of a host whose peers are found by gossip.
pub type GossipAgent = Agent<Docker, Gossip>;

impl GossipAgent {
    /// A daemon that asks some hosts to join.
    pub fn gossiping(config: AgentConfig, seeds: Vec<Ipv4Addr>) -> Self {
        let gossip = Gossip::new(GossipConfig { agent: Docker::NAME, own: config.vtep, seeds });
        Self::over(config, gossip)
    }
}

fn read(prefix: &str, key: &str, value: &str) -> Option<(Station, Ipv4Addr)> {
    key.strip_prefix(prefix)?;
    let value: Value = serde_json::from_str(value).ok()?;
    let text = |name: &str| value[name].as_str();
    let station = (text("EndpointIP")?.parse().ok()?, text("EndpointMAC")?.parse().ok()?);
    let vtep = text("TunnelEndpointIP")?.parse().ok()?;
    is_usable(station, vtep).then_some((station, vtep))
}

/// What the others have told, the oldest first.
fn all(config: &AgentConfig, known: &Known) -> Vec<(Station, Ipv4Addr, EventNo)> {
    let prefix = Docker::prefix(config);
    let mut all: Vec<(&String, &Seen)> = known.iter().collect();
    all.sort_by_key(|(_, seen)| seen.revision);
    let told = |(key, seen): (&String, &Seen)| {
        let (station, vtep) = read(&prefix, key, &seen.value)?;
        (vtep != config.vtep).then_some((station, vtep, seen.written))
    };
    all.into_iter().filter_map(told).collect()
}

impl Scheme for Docker {
    const NAME: &'static str = "gossip";

    fn prefix(config: &AgentConfig) -> String {
        format!("overlay_peer_table/{}/", config.vni)
    }

    fn own(config: &AgentConfig, local: &Local) -> BTreeMap<String, String> {
        let (prefix, vtep) = (Self::prefix(config), config.vtep);
        let station = |((ip, mac), _): (&Station, &u32)| {
            let record = json!({"EndpointIP": ip, "EndpointMAC": mac.to_string(), "TunnelEndpointIP": vtep});
            (format!("{prefix}{vtep}/{mac}"), record.to_string())
        };
        local.iter().map(station).collect()
    }

    fn wanted(config: &AgentConfig, local: &Local, known: &Known) -> Wanted {
        if local.is_empty() {
            return Wanted::new();
        }
        let told = all(config, known).into_iter().map(|(station, vtep, _)| (station, vtep));
        last_believed(config, told, (&why::GOSSIP_PEER, &why::GOSSIP_ANSWER))
    }

    fn stations(config: &AgentConfig, local: &Local, known: &Known) -> Vec<Shown> {
        let own = local.keys().map(|station| Shown { station: *station, vtep: None, moves: None, written: EventNo(0) });
        let others = all(config, known).into_iter().map(|(station, vtep, written)| Shown {
            station,
            vtep: Some(vtep),
            moves: None,
            written,
        });
        own.chain(others).collect()
    }

    fn arrives(_config: &AgentConfig, _mac: MacAddr, _known: &Known) -> u32 {
        0
    }

    fn lost(_config: &AgentConfig, _local: &Local, _known: &Known) -> Vec<(Station, Lost)> {
        Vec::new()
    }

    fn is_sound(config: &AgentConfig, key: &str, value: &str) -> bool {
        read(&Self::prefix(config), key, value).is_some()
    }
}
