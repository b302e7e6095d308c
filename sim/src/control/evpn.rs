//! EVPN (RFC 7432, RFC 8365): what BGP tells VTEPs of each other, over whatever carries announcements.
//!
//! Two kinds of routes. Type 3 says "this VTEP is in the network": all others put it on their flood lists. Type 2 says
//! "this MAC address, with this IP address, is behind me": all others write an FDB row, and answer questions for it
//! themselves. Each VTEP's routes are its own, told apart by its address, so two that claim one station are both seen. The
//! one with the higher sequence number is believed, because a station that moves is announced with one more (§7.7); with
//! the same number the lower VTEP address, and whoever is not believed withdraws (§15). Frames teach nothing: learning is
//! off, or a forged one would win against the control plane.
//!
//! Left out: Ethernet segments (types 1 and 4), prefixes (type 5), the extended communities that carry a router's MAC
//! address, and the damping of stations that move too often.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::agent::{
    AgentConfig, Known, Local, Lost, Scheme, Shown, Station, Wanted, answer_row, fdb_row, flood_row, is_usable,
};
use super::why;
use crate::id::EventNo;
use crate::wire::MacAddr;

/// Announcements of EVPN.
#[derive(Clone, Copy, Debug)]
pub struct Evpn;

/// The daemon of a VTEP in an EVPN.
pub type EvpnAgent = super::agent::Agent<Evpn>;

/// A route of another VTEP, or an own one.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Route {
    /// Type 2: MAC/IP advertisement.
    MacIp { station: Station, vtep: Ipv4Addr, sequence: u32 },
    /// Type 3: inclusive multicast.
    Inclusive { vtep: Ipv4Addr },
}

impl Route {
    /// The part that names the route: type, who speaks, what it is about.
    fn key(&self, prefix: &str) -> String {
        match self {
            Self::MacIp { station: (ip, mac), vtep, .. } => format!("{prefix}2/{vtep}/{mac}/{ip}"),
            Self::Inclusive { vtep } => format!("{prefix}3/{vtep}"),
        }
    }

    /// Its attributes.
    fn value(&self, vni: u32) -> String {
        match self {
            Self::MacIp { vtep, sequence, .. } => {
                json!({"NextHop": vtep, "VNI": vni, "Sequence": sequence}).to_string()
            }
            Self::Inclusive { vtep } => json!({"NextHop": vtep, "VNI": vni}).to_string(),
        }
    }

    fn read(prefix: &str, key: &str, value: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(value).ok()?;
        let vtep = value["NextHop"].as_str()?.parse().ok()?;
        let parts: Vec<&str> = key.strip_prefix(prefix)?.split('/').collect();
        match parts[..] {
            ["2", _, mac, ip] => {
                let sequence = u32::try_from(value["Sequence"].as_u64()?).ok()?;
                let station = (ip.parse().ok()?, mac.parse().ok()?);
                is_usable(station, vtep).then_some(Self::MacIp { station, vtep, sequence })
            }
            ["3", _] => Some(Self::Inclusive { vtep }),
            _ => None,
        }
    }
}

/// A claim to a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Claim {
    station: Station,
    sequence: u32,
    vtep: Ipv4Addr,
    written: EventNo,
}

impl Claim {
    fn beats(&self, other: &Self) -> bool {
        self.sequence > other.sequence || self.sequence == other.sequence && self.vtep < other.vtep
    }
}

/// All claims, this host's own among them.
fn claims(config: &AgentConfig, local: &Local, known: &Known) -> Vec<Claim> {
    let prefix = Evpn::prefix(config);
    let own = |(station, sequence): (&Station, &u32)| Claim {
        station: *station,
        sequence: *sequence,
        vtep: config.vtep,
        written: EventNo(0),
    };
    let others = known.iter().filter_map(|(key, seen)| match Route::read(&prefix, key, &seen.value)? {
        Route::MacIp { station, vtep, sequence } if vtep != config.vtep => {
            Some(Claim { station, sequence, vtep, written: seen.written })
        }
        _ => None,
    });
    local.iter().map(own).chain(others).collect()
}

/// The best claim to each of whatever `of` names.
fn best<K: Ord>(claims: impl IntoIterator<Item = Claim>, of: impl Fn(&Claim) -> K) -> BTreeMap<K, Claim> {
    let mut best: BTreeMap<K, Claim> = BTreeMap::new();
    for claim in claims {
        let held = best.entry(of(&claim)).or_insert(claim);
        if claim.beats(held) {
            *held = claim;
        }
    }
    best
}

/// The claims of those who are believed to have the station's MAC address.
fn believed(config: &AgentConfig, local: &Local, known: &Known) -> Vec<Claim> {
    let all = claims(config, local, known);
    let winners = best(all.iter().copied(), |claim| claim.station.1);
    all.into_iter().filter(|claim| winners[&claim.station.1].vtep == claim.vtep).collect()
}

impl Scheme for Evpn {
    const NAME: &'static str = "evpn";

    fn prefix(config: &AgentConfig) -> String {
        format!("/evpn/{}/", config.vni)
    }

    fn own(config: &AgentConfig, local: &Local) -> BTreeMap<String, String> {
        let (prefix, vtep) = (Self::prefix(config), config.vtep);
        let stations =
            local.iter().map(|(station, sequence)| Route::MacIp { station: *station, vtep, sequence: *sequence });
        let routes = std::iter::once(Route::Inclusive { vtep }).chain(stations);
        routes.map(|route| (route.key(&prefix), route.value(config.vni))).collect()
    }

    fn wanted(config: &AgentConfig, local: &Local, known: &Known) -> Wanted {
        let prefix = Self::prefix(config);
        let mut wanted = Wanted::new();
        for (key, seen) in known {
            if let Some(Route::Inclusive { vtep }) = Route::read(&prefix, key, &seen.value)
                && vtep != config.vtep
            {
                wanted.insert(flood_row(vtep), (&why::EVPN_INCLUSIVE, vtep.to_string()));
            }
        }
        let believed = believed(config, local, known);
        let elsewhere = |claim: &&Claim| claim.vtep != config.vtep;
        for Claim { station: (ip, mac), vtep, .. } in believed.iter().filter(elsewhere) {
            let about = format!("{ip} ({mac})");
            wanted.insert(fdb_row(*mac, *vtep), (&why::EVPN_MAC_IP, about));
        }
        // One address, one answer, whoever has it.
        for (ip, claim) in best(believed.iter().copied(), |claim| claim.station.0) {
            if config.answers && claim.vtep != config.vtep {
                wanted.insert(answer_row(claim.station), (&why::EVPN_ANSWER, format!("{ip} ({})", claim.station.1)));
            }
        }
        wanted
    }

    fn stations(config: &AgentConfig, local: &Local, known: &Known) -> Vec<Shown> {
        let shown = |claim: Claim| Shown {
            station: claim.station,
            vtep: (claim.vtep != config.vtep).then_some(claim.vtep),
            moves: Some(claim.sequence),
            written: claim.written,
        };
        believed(config, local, known).into_iter().map(shown).collect()
    }

    fn arrives(config: &AgentConfig, mac: MacAddr, known: &Known) -> u32 {
        let all = claims(config, &Local::new(), known);
        let highest = all.iter().filter(|claim| claim.station.1 == mac).map(|claim| claim.sequence).max();
        highest.map_or(0, |highest| highest.saturating_add(1))
    }

    fn lost(config: &AgentConfig, local: &Local, known: &Known) -> Vec<(Station, Lost)> {
        let winners = best(claims(config, local, known), |claim| claim.station.1);
        let lost = local.iter().filter_map(|(station, sequence)| {
            let winner = winners.get(&station.1).filter(|claim| claim.vtep != config.vtep)?;
            Some((*station, if winner.sequence > *sequence { Lost::Moved } else { Lost::Beaten }))
        });
        lost.collect()
    }

    fn is_sound(config: &AgentConfig, key: &str, value: &str) -> bool {
        Route::read(&Self::prefix(config), key, value).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);
    const LOW: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
    const HIGH: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 3);
    const STATION: Station = (Ipv4Addr::new(10, 1, 0, 1), MacAddr([2, 0, 0, 0, 0, 9]));

    fn config() -> AgentConfig {
        AgentConfig {
            store: (Ipv4Addr::new(192, 0, 2, 9), 2379),
            device: "vx".to_owned(),
            vni: 42,
            vtep: OWN,
            stations: Vec::new(),
            flood: true,
            rows: true,
            answers: true,
            ttl: crate::time::SimDuration::from_secs(10),
        }
    }

    fn known(claims: &[(Ipv4Addr, u32)]) -> Known {
        let routes =
            claims.iter().map(|(vtep, sequence)| Route::MacIp { station: STATION, vtep: *vtep, sequence: *sequence });
        let seen = |route: Route| {
            let (key, value) = (route.key("/evpn/42/"), route.value(42));
            assert_eq!(Route::read("/evpn/42/", &key, &value), Some(route), "a route reads back");
            (key, Seen { value, revision: 1, written: EventNo(1) })
        };
        routes.map(seen).collect()
    }

    use super::super::session::Seen;

    #[test]
    fn more_moves_win_and_then_the_lower_address() {
        for (claims, winner) in [
            (&[(LOW, 0), (HIGH, 0)][..], LOW),
            (&[(LOW, 0), (HIGH, 1)], HIGH),
            (&[(LOW, 4), (HIGH, 4)], LOW),
            (&[(HIGH, 0)], HIGH),
        ] {
            let wanted = Evpn::wanted(&config(), &Local::new(), &known(claims));
            assert!(wanted.contains_key(&fdb_row(STATION.1, winner)), "{claims:?}");
            assert_eq!(wanted.len(), 2, "one FDB row and one answer");
        }
    }

    #[test]
    fn who_is_not_believed_withdraws() {
        let local = |sequence| Local::from([(STATION, sequence)]);
        let reason = |sequence, claims: &[(Ipv4Addr, u32)]| {
            Evpn::lost(&config(), &local(sequence), &known(claims)).first().map(|(_, lost)| *lost)
        };
        assert_eq!(reason(0, &[(HIGH, 0)]), None);
        assert_eq!(reason(0, &[(LOW, 0)]), Some(Lost::Beaten));
        assert_eq!(reason(0, &[(HIGH, 1)]), Some(Lost::Moved));
        assert_eq!(reason(2, &[(LOW, 1)]), None);
        assert_eq!(Evpn::arrives(&config(), STATION.1, &known(&[(LOW, 3), (HIGH, 1)])), 4);
    }

    #[test]
    fn nonsense_is_no_route() {
        for (key, value) in
            [("/evpn/42/2/a/b", "{}"), ("/evpn/42/9/x", "{}"), ("/evpn/42/3/x", "x"), ("/evpn/43/3/x", "{}")]
        {
            assert_eq!(Route::read("/evpn/42/", key, value), None, "{key}");
        }
    }
}
