//! A controller in a store: each host writes down its VTEP and its stations, all others read it.
//!
//! There is one key for each station, so whoever wrote last is believed, right or wrong. (EVPN keeps what each one says
//! apart and has a rule; see [`super::evpn`].)

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::agent::{
    AgentConfig, Known, Local, Lost, Scheme, Shown, Station, Wanted, flood_row, is_usable, last_believed,
};
use super::session::Seen;
use super::why;
use crate::id::EventNo;
use crate::wire::MacAddr;

/// Announcements of a controller.
#[derive(Clone, Copy, Debug)]
pub struct Controller;

/// The daemon of a VTEP that is told by a controller.
pub type ControllerAgent = super::agent::Agent<Controller>;

/// What a key says, read again.
enum Said {
    Vtep(Ipv4Addr),
    Station(Station, Ipv4Addr),
}

fn read(prefix: &str, key: &str, value: &str) -> Option<Said> {
    let (kind, name) = key.strip_prefix(prefix)?.split_once('/')?;
    let value: Value = serde_json::from_str(value).ok()?;
    let ip = |name: &str| value[name].as_str()?.parse::<Ipv4Addr>().ok();
    match kind {
        "vteps" => name.parse().ok().map(Said::Vtep),
        "stations" => {
            let (station, vtep) = ((ip("IP")?, name.parse().ok()?), ip("VTEP")?);
            is_usable(station, vtep).then_some(Said::Station(station, vtep))
        }
        _ => None,
    }
}

/// What stands in the store, the oldest first.
fn all(config: &AgentConfig, known: &Known) -> Vec<(Said, EventNo)> {
    let prefix = Controller::prefix(config);
    let mut all: Vec<(&String, &Seen)> = known.iter().collect();
    all.sort_by_key(|(_, seen)| seen.revision);
    all.into_iter().filter_map(|(key, seen)| Some((read(&prefix, key, &seen.value)?, seen.written))).collect()
}

impl Scheme for Controller {
    const NAME: &'static str = "controller";

    fn prefix(config: &AgentConfig) -> String {
        format!("/overlays/{}/", config.vni)
    }

    fn own(config: &AgentConfig, local: &Local) -> BTreeMap<String, String> {
        let prefix = Self::prefix(config);
        let vtep = (format!("{prefix}vteps/{}", config.vtep), json!({"VNI": config.vni}).to_string());
        let station = |((ip, mac), _): (&Station, &u32)| {
            (format!("{prefix}stations/{mac}"), json!({"IP": ip, "VTEP": config.vtep}).to_string())
        };
        let stations = local.iter().filter(|_| config.rows).map(station);
        std::iter::once(vtep).chain(stations).collect()
    }

    fn wanted(config: &AgentConfig, _local: &Local, known: &Known) -> Wanted {
        let all = all(config, known);
        let stations = all.iter().filter_map(|(said, _)| match said {
            Said::Station(station, vtep) if config.rows => Some((*station, *vtep)),
            _ => None,
        });
        let mut wanted = last_believed(config, stations, (&why::CONTROLLER_STATION, &why::CONTROLLER_ANSWER));
        for (said, _) in &all {
            if let Said::Vtep(vtep) = said
                && *vtep != config.vtep
                && config.flood
            {
                wanted.insert(flood_row(*vtep), (&why::CONTROLLER_VTEP, vtep.to_string()));
            }
        }
        wanted
    }

    fn stations(config: &AgentConfig, local: &Local, known: &Known) -> Vec<Shown> {
        let own = local.keys().map(|station| Shown { station: *station, vtep: None, moves: None, written: EventNo(0) });
        let others = all(config, known).into_iter().filter_map(|(said, written)| match said {
            Said::Station(station, vtep) if vtep != config.vtep => {
                Some(Shown { station, vtep: Some(vtep), moves: None, written })
            }
            _ => None,
        });
        own.chain(others).collect()
    }

    fn arrives(_config: &AgentConfig, _mac: MacAddr, _known: &Known) -> u32 {
        0
    }

    /// Nobody notices: the key is another's now, and that is all.
    fn lost(_config: &AgentConfig, _local: &Local, _known: &Known) -> Vec<(Station, Lost)> {
        Vec::new()
    }

    fn is_sound(config: &AgentConfig, key: &str, value: &str) -> bool {
        read(&Self::prefix(config), key, value).is_some()
    }
}
