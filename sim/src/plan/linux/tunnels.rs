//! Tunnels other than VXLAN, as the devices of the same names.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use super::changes::{Cells, address, cells, prefix};
use super::{Interface, Script, vxlan};
use crate::device::outer::Df;
use crate::device::tunnel::TunnelConfig;
use crate::device::tunnel::format::{Format, Gre};
use crate::engine::DeviceChange;
use crate::id::DeviceId;
use crate::plan::DeviceSpec;
use crate::wire::{LinkType, MacAddr};

/// Commands, or why there are none.
type Lines = Result<Vec<String>, &'static str>;

/// The route that stands for everything.
const ALL: &str = "0.0.0.0/0";

impl Script<'_> {
    /// Makes a tunnel.
    pub(super) fn tunnel(&mut self, device: DeviceId, config: &TunnelConfig) {
        let Some(Interface { space, name }) = self.names.device(device) else { return };
        let frames = config.format.encapsulation().carries() == LinkType::Ethernet;
        let remote = self.only_remote(device);
        let words = words(config, remote).and_then(|words| match remote {
            None if frames => Err("a device for frames has one other end on Linux"),
            _ => Ok(words),
        });
        let words = match words {
            Ok(words) => words,
            Err(why) => return self.refuse(format!("{}: {why}", self.plan.device_name(device))),
        };
        self.line(format!("\n# Tunnel {name} of {space}."));
        let mac = if frames { config.mac } else { MacAddr::ZERO };
        let made = vxlan::made(&name, mac, self.inner_mtu(device));
        self.line(format!("ip -n \"$OU-{space}\" link add {made} type {words}"));
        self.line(format!("ip -n \"$OU-{space}\" link set dev {name} up"));
    }

    /// The other end, if there is one for everything.
    fn only_remote(&self, device: DeviceId) -> Option<Ipv4Addr> {
        let mut rows = self.first_rows(device, "peers");
        let (first, None) = (rows.next()?, rows.next()) else { return None };
        let all = first.get("prefix").is_none_or(|prefix| *prefix == ALL);
        let flood = first.get("mac").is_none_or(|mac| mac.parse() == Ok(MacAddr::ZERO));
        first.get("remote").filter(|_| all && flood).and_then(|remote| address(remote))
    }

    /// The commands for a change to a tunnel. Where packets of a prefix go is a route on Linux: the tunnel sends to the
    /// router it names.
    pub(super) fn tunnel_change(&self, device: DeviceId, config: &TunnelConfig, change: &DeviceChange) -> Lines {
        let Interface { space, name } = self.names.device(device).ok_or("")?;
        let only = self.only_remote(device).is_some();
        let frames = config.format.encapsulation().carries() == LinkType::Ethernet;
        match change {
            DeviceChange::AddRow { cells, .. } if only => {
                let cells = self::cells(cells);
                let same = self.first_rows(device, "peers").any(|row| row == cells);
                if same { Ok(Vec::new()) } else { Err("the other end of a tunnel stays what it was made with") }
            }
            // Refused when the device is made.
            DeviceChange::AddRow { .. } if frames => Ok(Vec::new()),
            DeviceChange::AddRow { cells, .. } | DeviceChange::DelRow { cells, .. } if !frames && !only => {
                let cells = self::cells(cells);
                let to = prefix(cells.get("prefix").unwrap_or(&ALL)).ok_or("that is no prefix")?;
                if matches!(change, DeviceChange::DelRow { .. }) {
                    return Ok(vec![format!("ip -n \"$OU-{space}\" route del {to} dev {name} || :")]);
                }
                let remote = cells.get("remote").and_then(|remote| address(remote)).ok_or("the row names no host")?;
                Ok(vec![format!("ip -n \"$OU-{space}\" route replace {to} via {remote} dev {name} onlink")])
            }
            DeviceChange::AddRow { .. } | DeviceChange::DelRow { .. } => {
                Err("the other end of a tunnel stays what it was made with")
            }
            DeviceChange::Flush { .. } => Err("such a tunnel learns nothing on Linux"),
            DeviceChange::Set { .. } => Err("a tunnel stays what it was made with"),
        }
    }

    /// Whether a route into a tunnel is made with the row of the tunnel that says where its packets go.
    pub(super) fn routed_by_peers(&self, stack: DeviceId, cells: &Cells<'_>, to: &str) -> bool {
        let Some(DeviceSpec::Stack(config)) = self.spec(stack) else { return false };
        let place = config.interfaces.iter().position(|at| Some(&at.name.as_str()) == cells.get("dev"));
        let end = place.and_then(|place| self.across((stack, crate::id::PortNo(place as u16))));
        let Some((tunnel, _)) = end.filter(|end| matches!(self.spec(end.0), Some(DeviceSpec::Tunnel(_)))) else {
            return false;
        };
        let mut rows = self.first_rows(tunnel, "peers");
        self.only_remote(tunnel).is_none()
            && rows.any(|row| row.get("prefix").is_some_and(|own| prefix(own).is_some_and(|own| own == to)))
    }
}

/// `ipip local 192.0.2.1 remote 192.0.2.2`.
fn words(config: &TunnelConfig, remote: Option<Ipv4Addr>) -> Result<String, &'static str> {
    let remote = remote.map(|remote| format!(" remote {remote}")).unwrap_or_default();
    if config.outer.local6.is_some() && matches!(config.format, Format::Geneve(_)) {
        return Err("a geneve device over IPv6 is not written yet");
    }
    match &config.format {
        Format::Ipip(_) => Ok(format!("ipip{remote}{}", strict(config, false)?)),
        Format::Gre(gre) => Ok(format!("gre{remote}{}{}", strict(config, true)?, header(*gre))),
        Format::Gretap(gretap) => Ok(format!("gretap{remote}{}{}", strict(config, true)?, header(gretap.0))),
        Format::Geneve(geneve) if geneve.options > 0 => Err("a geneve device writes no options of its own"),
        Format::Geneve(geneve) => {
            let mut words = format!("geneve id {}{remote} dstport {}", geneve.vni, geneve.port);
            if let Some(ttl) = config.outer.ttl {
                let _ = write!(words, " ttl {ttl}");
            } else if config.outer.inherit_ttl {
                words += " ttl inherit";
            }
            if config.outer.df != Df::Unset {
                let _ = write!(words, " df {}", vxlan::df(config.outer.df));
            }
            Ok(words + if config.outer.checksum { " udpcsum" } else { "" })
        }
        Format::Udp(_) => Err("packets in plain UDP are the work of a program, not of Linux"),
        Format::Fastdp(_) => Err("flows of the openvswitch module are written by Weave's program"),
        Format::Sleeve(_) => Err("Weave's framing is the work of a program, not of Linux"),
        Format::Wireguard(_) => Err("a WireGuard device encrypts, and the simulator has no keys to give it"),
    }
}

/// Local address, time to live and fragments, as IPIP and GRE devices are told.
fn strict(config: &TunnelConfig, gre: bool) -> Result<String, &'static str> {
    let mut words = format!(" local {}", config.outer.local);
    if let Some(ttl) = config.outer.ttl {
        let _ = write!(words, " ttl {ttl}");
    }
    match config.outer.df {
        Df::Set => {}
        _ if config.outer.ttl.is_some() => return Err("with a time to live of its own Linux forbids fragments"),
        // Without path MTU discovery the outer header says what the inner one says.
        Df::Inherit => words += " nopmtudisc",
        Df::Unset if gre => words += " nopmtudisc ignore-df",
        Df::Unset => return Err("an ipip device takes over what the packet inside says of fragments"),
    }
    if config.outer.ttl.is_none() && !config.outer.inherit_ttl {
        return Err("without a time to live Linux takes that of the packet inside");
    }
    Ok(words)
}

fn header(gre: Gre) -> String {
    let mut words = String::new();
    if let Some(key) = gre.key {
        let _ = write!(words, " key {key}");
    }
    for (on, word) in [(gre.checksum, " csum"), (gre.sequence, " seq")] {
        words += if on { word } else { "" };
    }
    words
}
