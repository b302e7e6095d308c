//! Settings, neighbours and routes that can be changed while a host runs.

use std::net::Ipv4Addr;

use super::fib::{self, Kind, NextHop, Protocol, Route};
use super::groups::Holder;
use super::multipath::Policy;
use super::net::Net;
use super::reverse::ReversePath;
use super::{NEIGH, ROUTES, neigh};
use crate::engine::{ChangeError, DeviceChange, Outbox, RowChange, Value};
use crate::id::PortNo;
use crate::time::SimTime;
use crate::wire::{MacAddr, ipv4};

/// Settings that can be changed while a host runs.
pub const SETTINGS: [&str; 12] = [
    "allow_own_as",
    "clear",
    "forwarding",
    "gateway",
    "mtu",
    "multipath",
    "no_shutdown",
    "proxy_arp",
    "rp_filter",
    "shutdown",
    "split_horizon",
    "triggered",
];
const TABLES: [&str; 3] = ["neigh", "routes", "groups"];
const POLICIES: &str = "L3, L4 or PerPacket";
const FILTERS: &str = "Off, Strict or Loose";

fn bad(field: &str, value: &str, expected: &'static str) -> ChangeError {
    ChangeError::BadValue { field: field.to_owned(), value: value.to_owned(), expected }
}

/// `10.1.0.0/16`, or an address alone for all 32 bits.
fn prefix_of(field: &str, text: &str) -> Result<(Ipv4Addr, u8), ChangeError> {
    ipv4::prefix(text).ok_or_else(|| bad(field, text, "a prefix such as 10.1.0.0/16"))
}

/// Cells of a row to be written or found.
#[derive(Debug, Default)]
struct Cells {
    ip: Option<Ipv4Addr>,
    mac: Option<MacAddr>,
    prefix: Option<(Ipv4Addr, u8)>,
    via: Vec<Ipv4Addr>,
    src: Option<Ipv4Addr>,
    kind: Option<Kind>,
    dev: Option<PortNo>,
    onlink: Option<bool>,
}

impl Net {
    pub(super) fn make_change(
        &mut self,
        now: SimTime,
        change: &DeviceChange,
        out: &mut Outbox<'_>,
    ) -> Result<(), ChangeError> {
        match change {
            DeviceChange::Set { port, field, value } => self.set(*port, field, value, out),
            DeviceChange::AddRow { table, cells } => match table.as_str() {
                "neigh" => self.add_neighbour(now, &self.cells("neigh", cells)?, out),
                "routes" => self.add_route(&self.cells("routes", cells)?, out),
                "groups" => self.change_group(&self.cells("groups", cells)?, true, out),
                _ => Err(unknown(table)),
            },
            DeviceChange::DelRow { table, cells } => match table.as_str() {
                "neigh" => {
                    let cells = self.cells("neigh", cells)?;
                    self.forget(|key, entry| cells.is(key, entry), out);
                    Ok(())
                }
                "routes" => self.del_route(&self.cells("routes", cells)?, out),
                "groups" => self.change_group(&self.cells("groups", cells)?, false, out),
                _ => Err(unknown(table)),
            },
            DeviceChange::Flush { table } if table == "neigh" => {
                self.forget(|_, entry| entry.state != neigh::State::Permanent, out);
                Ok(())
            }
            DeviceChange::Flush { table } => {
                Err(ChangeError::UnknownTable { table: table.clone(), known: vec!["neigh"] })
            }
        }
    }

    fn set(
        &mut self,
        port: Option<PortNo>,
        field: &str,
        value: &Value,
        out: &mut Outbox<'_>,
    ) -> Result<(), ChangeError> {
        match (field, value) {
            ("forwarding", Value::Flag(on)) => self.forwarding = *on,
            ("gateway", Value::Text(text)) => {
                let via: Ipv4Addr = text.parse().map_err(|_| bad(field, text, "an address such as 10.0.0.1"))?;
                let port = self.link_to(via).ok_or_else(|| bad(field, text, "an address on a connected network"))?;
                let route = Route { via: Some(via), ..Route::on(port, Protocol::Static) };
                self.write_route((Ipv4Addr::UNSPECIFIED, 0), route, out);
            }
            ("mtu", Value::Number(n)) if (68..=65_535).contains(n) => {
                let at = port.unwrap_or(PortNo(0));
                let number = u64::from(at.0);
                let interface = self.interfaces.get_mut(at.index());
                interface.ok_or(ChangeError::Missing { what: "interface", number })?.mtu = *n as u16;
            }
            ("proxy_arp", Value::Flag(_) | Value::Span(_)) => {
                let at = port.unwrap_or(PortNo(0));
                let number = u64::from(at.0);
                let interface = self.interfaces.get_mut(at.index());
                interface.ok_or(ChangeError::Missing { what: "interface", number })?.proxy_arp = match value {
                    Value::Flag(on) => on.then_some(super::proxy::DELAY),
                    Value::Span(delay) => Some(*delay),
                    _ => None,
                };
            }
            ("multipath", Value::Text(word)) => {
                let known = Policy::WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
                self.multipath.policy = known.ok_or_else(|| bad(field, word, POLICIES))?.1;
            }
            ("rp_filter", Value::Text(word)) => {
                let mode = ReversePath::of(word).ok_or_else(|| bad(field, word, FILTERS))?;
                let at = port.unwrap_or(PortNo(0));
                let number = u64::from(at.0);
                let interface = self.interfaces.get_mut(at.index());
                interface.ok_or(ChangeError::Missing { what: "interface", number })?.rp_filter = mode;
            }
            ("rp_filter", other) => return Err(bad(field, &other.to_string(), FILTERS)),
            ("multipath", other) => return Err(bad(field, &other.to_string(), POLICIES)),
            ("proxy_arp", other) => return Err(bad(field, &other.to_string(), "true, false or a delay such as 0s")),
            ("forwarding", other) => return Err(bad(field, &other.to_string(), "true or false")),
            ("gateway", other) => return Err(bad(field, &other.to_string(), "an address such as 10.0.0.1")),
            ("mtu", other) => return Err(bad(field, &other.to_string(), "a number from 68 to 65535")),
            ("allow_own_as" | "clear" | "shutdown" | "no_shutdown", other) => {
                return Err(bad(field, &other.to_string(), "a router that speaks BGP"));
            }
            ("split_horizon" | "triggered", other) => {
                return Err(bad(field, &other.to_string(), "a router that speaks RIP, and a word of `Rip(…)`"));
            }
            _ => return Err(ChangeError::UnknownField { field: field.to_owned(), known: SETTINGS.to_vec() }),
        }
        Ok(())
    }

    fn add_neighbour(&mut self, now: SimTime, cells: &Cells, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let ip = cells.ip.ok_or_else(|| bad("ip", "", "the address of the neighbour"))?;
        let mac = cells.mac.ok_or_else(|| bad("mac", "", "the hardware address of the neighbour"))?;
        let port = cells.dev.or_else(|| self.fib.lookup(ip).map(|(_, route)| route.port)).unwrap_or(PortNo(0));
        let key = neigh::key(port, ip);
        let change = if self.neigh.get(key).is_some() { RowChange::Changed } else { RowChange::Added };
        let waiting = self.set_permanent(now, out.event(), key, mac);
        out.wrote(NEIGH, key, change);
        self.send_waiting(out, key, mac, waiting);
        self.rearm(out);
        Ok(())
    }

    fn forget(&mut self, which: impl Fn(u64, &neigh::Entry) -> bool, out: &mut Outbox<'_>) {
        let mut keys: Vec<u64> =
            self.neigh.iter().filter(|(key, entry)| which(*key, entry)).map(|(key, _)| key).collect();
        keys.sort_unstable();
        for key in keys {
            let waiting = self.neigh.remove(key).map(|mut entry| entry.release()).unwrap_or_default();
            out.wrote(NEIGH, key, RowChange::Removed);
            for frame in waiting {
                self.fail(&frame, super::NetError::HostUnreachable);
                out.drop(frame, &super::why::NEIGH_FAILED);
            }
        }
        self.rearm(out);
    }

    fn add_route(&mut self, cells: &Cells, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let (prefix, len) = cells.prefix.ok_or_else(|| bad("prefix", "", "a prefix such as 10.1.0.0/16"))?;
        let kind = cells.kind.unwrap_or(Kind::Unicast);
        if let Some(via) = cells.via.first().filter(|_| kind != Kind::Unicast) {
            return Err(bad("via", &via.to_string(), "no next hop: such a route sends nothing on"));
        }
        if let Some(src) = cells.src.filter(|src| !self.is_local(*src)) {
            return Err(bad("src", &src.to_string(), "an address of this host"));
        }
        if cells.via.len() > 1 {
            return self.add_several((prefix, len), cells, out);
        }
        let via = cells.via.first().copied();
        // With a dev the next hop may be anywhere on its link, as with Linux's word `onlink`. Without that word the kernel
        // wants it in a network of the dev (`fib_check_nh`: "Nexthop has invalid gateway").
        if let (Some(dev), Some(far), false) = (cells.dev, via, cells.onlink.unwrap_or(true))
            && self.link_to(far) != Some(dev)
        {
            return Err(bad(
                "via",
                &far.to_string(),
                "a neighbour in a network of its dev: no router can be in between",
            ));
        }
        let port = cells.dev.or_else(|| via.and_then(|via| self.link_to(via)));
        let port = port.or((kind != Kind::Unicast).then_some(PortNo(0)));
        let port = port.ok_or_else(|| bad("via", "", "an address on a connected network, or a dev"))?;
        let route = Route { via, src: cells.src, kind, ..Route::on(port, Protocol::Static) };
        self.write_route((prefix, len), route, out);
        Ok(())
    }

    /// A route with several next hops, each on a link of its own or on one they share.
    fn add_several(&mut self, prefix: (Ipv4Addr, u8), cells: &Cells, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let mut ways = Vec::new();
        for (at, via) in cells.via.iter().enumerate() {
            let wrong = |expected| bad("via", &via.to_string(), expected);
            if cells.via[..at].contains(via) {
                return Err(wrong("every next hop once"));
            }
            let port = cells.dev.or_else(|| self.link_to(*via));
            ways.push(NextHop { via: *via, port: port.ok_or_else(|| wrong("an address on a connected network"))? });
        }
        let route = Route { src: cells.src, written: out.event(), ..Route::on(ways[0].port, Protocol::Static) };
        let new = self.fib.insert_several(prefix.0, prefix.1, route, ways);
        let key = fib::key(prefix.1, prefix.0.to_bits());
        out.wrote(ROUTES, key, if new { RowChange::Added } else { RowChange::Changed });
        Ok(())
    }

    /// The interface on whose link a router is, if any: a router behind a router cannot be handed packets.
    fn link_to(&self, via: Ipv4Addr) -> Option<PortNo> {
        self.way_to(via).filter(|route| route.via.is_none()).map(|route| route.port)
    }

    fn write_route(&mut self, prefix: (Ipv4Addr, u8), route: Route, out: &mut Outbox<'_>) {
        let route = Route { written: out.event(), ..route };
        let new = self.fib.insert(prefix.0, prefix.1, route);
        let key = fib::key(prefix.1, prefix.0.to_bits());
        out.wrote(ROUTES, key, if new { RowChange::Added } else { RowChange::Changed });
        self.settle(prefix, out);
    }

    fn del_route(&mut self, cells: &Cells, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let (prefix, len) = cells.prefix.ok_or_else(|| bad("prefix", "", "a prefix such as 10.1.0.0/16"))?;
        if self.fib.remove(prefix, len).is_some() {
            out.wrote(ROUTES, fib::key(len, prefix.to_bits()), RowChange::Removed);
        }
        self.settle((prefix, len), out);
        Ok(())
    }

    /// The host itself joins or leaves a group: on its first interface, unless one is named.
    fn change_group(&mut self, cells: &Cells, join: bool, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let group = cells.ip.ok_or_else(|| bad("group", "", "a group such as 239.1.1.1"))?;
        if !group.is_multicast() {
            return Err(bad("group", &group.to_string(), "a group: 224.0.0.0 to 239.255.255.255"));
        }
        let port = cells.dev.unwrap_or(PortNo(0));
        if join {
            self.join(port, group, Holder::Host, out);
        } else {
            self.leave(port, group, Holder::Host, out);
        }
        Ok(())
    }

    fn cells(&self, table: &'static str, cells: &[(String, String)]) -> Result<Cells, ChangeError> {
        let mut found = Cells::default();
        for (column, value) in cells {
            let address = || value.parse().map_err(|_| bad(column, value, "an address such as 10.0.0.1"));
            match (table, column.as_str()) {
                ("neigh", "ip") | ("groups", "group") => found.ip = Some(address()?),
                ("neigh", "mac") => found.mac = Some(value.parse().map_err(|_| bad(column, value, "a MAC address"))?),
                ("routes", "prefix") => found.prefix = Some(prefix_of(column, value)?),
                ("routes", "via") => {
                    // Several with commas or blanks between them.
                    for via in value.split([',', ' ']).filter(|via| !via.is_empty()) {
                        let via = via.parse().map_err(|_| bad(column, via, "an address such as 10.0.0.1"))?;
                        found.via.push(via);
                    }
                    if found.via.is_empty() {
                        return Err(bad(column, value, "an address such as 10.0.0.1"));
                    }
                }
                ("routes", "onlink") => {
                    found.onlink = Some(value.parse().map_err(|_| bad(column, value, "true or false"))?);
                }
                ("routes", "src") => found.src = Some(address()?),
                ("routes", "type") => {
                    let known = Kind::WORDS.iter().find(|(word, _)| word == value).map(|(_, kind)| *kind);
                    let wrong = || bad(column, value, "unicast, blackhole, unreachable or prohibit");
                    found.kind = Some(known.ok_or_else(wrong)?);
                }
                (_, "dev") => {
                    let at = self.interfaces.iter().position(|at| at.name == *value);
                    found.dev = Some(PortNo(at.ok_or_else(|| bad(column, value, "the name of an interface"))? as u16));
                }
                _ => {
                    let known = match table {
                        "neigh" => vec!["ip", "mac", "dev"],
                        "groups" => vec!["group", "dev"],
                        _ => vec!["prefix", "via", "dev", "onlink", "src", "type"],
                    };
                    return Err(ChangeError::UnknownColumn { table, column: column.clone(), known });
                }
            }
        }
        Ok(found)
    }
}

impl Cells {
    fn is(&self, key: u64, entry: &neigh::Entry) -> bool {
        self.ip.is_none_or(|ip| neigh::ip_of(key) == ip)
            && self.mac.is_none_or(|mac| entry.mac == mac)
            && self.dev.is_none_or(|dev| neigh::port_of(key) == dev)
    }
}

fn unknown(table: &str) -> ChangeError {
    ChangeError::UnknownTable { table: table.to_owned(), known: TABLES.to_vec() }
}
