//! VTEPs as vxlan devices.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};

use super::changes::{Cells, address, cells, station};
use super::{Interface, Script};
use crate::device::outer::{Df, Outer, flow};
use crate::device::vtep::{INNER, OUTER, VtepConfig};
use crate::engine::{DeviceChange, Value};
use crate::id::DeviceId;
use crate::plan::{DeviceSpec, Op, Plan};
use crate::time::SimDuration;
use crate::wire::MacAddr;

/// Commands, or why there are none.
type Lines = Result<Vec<String>, &'static str>;

const SECONDS: u64 = 1_000_000_000;

/// `df set`.
pub(super) fn df(df: Df) -> &'static str {
    match df {
        Df::Unset => "unset",
        Df::Set => "set",
        Df::Inherit => "inherit",
    }
}

/// A VTEP with the settings that the plan changes before anything happens: a vxlan device keeps most of what it was
/// made with.
pub fn at_start(plan: &Plan, device: DeviceId, config: &VtepConfig) -> VtepConfig {
    let mut config = config.clone();
    for step in &plan.steps {
        if let Op::Row { device: at, change: DeviceChange::Set { field, value, .. } } = &step.op
            && *at == device
        {
            set(&mut config, field, value);
        }
    }
    config
}

/// Makes a setting; false when it cannot be made so.
fn set(config: &mut VtepConfig, field: &str, value: &Value) -> bool {
    match (field, value) {
        ("vni", Value::Number(n)) => config.vni = *n as u32,
        ("port", Value::Number(n)) => config.port = *n as u16,
        ("fdb_size", Value::Number(n)) => config.fdb_size = Some(*n as u32),
        ("learning", Value::Flag(on)) => config.learning = *on,
        ("proxy", Value::Flag(on)) => config.proxy = *on,
        ("l2miss", Value::Flag(on)) => config.l2miss = *on,
        ("l3miss", Value::Flag(on)) => config.l3miss = *on,
        ("ageing", Value::Span(span)) => config.ageing = *span,
        ("local", Value::Text(text)) => match address(text) {
            Some(local) => config.outer.local = local,
            None => return false,
        },
        ("df", Value::Text(word)) => match word.to_ascii_lowercase().as_str() {
            "unset" => config.outer.df = Df::Unset,
            "set" => config.outer.df = Df::Set,
            "inherit" => config.outer.df = Df::Inherit,
            _ => return false,
        },
        _ => return false,
    }
    true
}

impl Script<'_> {
    /// Makes a vxlan device.
    pub(super) fn vtep(&mut self, device: DeviceId, config: &VtepConfig) {
        let config = &at_start(self.plan, device, config);
        let Some(Interface { space, name }) = self.names.device(device) else { return };
        self.line(format!("\n# VTEP {name} of {space}."));
        let mut words = format!("id {} dstport {}", config.vni, config.port);
        if config.source_ports != VtepConfig::default().source_ports {
            let _ = write!(words, " srcport {} {}", config.source_ports.0, config.source_ports.1);
        }
        if let Some(local) = config.outer.local6 {
            let _ = write!(words, " local {local}");
        } else if !config.outer.local.is_unspecified() {
            let _ = write!(words, " local {}", config.outer.local);
        }
        let mtu = self.inner_mtu(device);
        let group = self.group(device);
        if let Some((below, room)) = self.below(device, &config.outer) {
            // With `dev`, Linux refuses an MTU that does not fit the interface below; without, it takes any.
            if mtu.is_none_or(|mtu| mtu + config.overhead() <= room) {
                let _ = write!(words, " dev {below}");
                if let Some(group) = group {
                    let _ = write!(words, " group {group}");
                }
            } else if group.is_some() {
                self.refuse(format!("{name}: a group, and an MTU that is too large for the interface below"));
            } else {
                self.line("# No `dev`: with it Linux would not take an MTU that is too large for the interface below.");
            }
        }
        words += &self.vtep_words(&name, config);
        let made = made(&name, config.mac, mtu);
        self.line(format!("ip -n \"$OU-{space}\" link add {made} type vxlan {words}"));
        self.line(format!("ip -n \"$OU-{space}\" link set dev {name} up"));
    }

    fn vtep_words(&mut self, name: &str, config: &VtepConfig) -> String {
        let mut words = String::new();
        if config.outer.inherit_ttl {
            words += " ttl inherit";
        } else if let Some(ttl) = config.outer.ttl {
            let _ = write!(words, " ttl {ttl}");
        }
        if config.outer.df != Df::Unset {
            let _ = write!(words, " df {}", df(config.outer.df));
        }
        if config.source_ports != flow::LINUX_PORTS {
            let _ = write!(words, " srcport {} {}", config.source_ports.0, config.source_ports.1);
        }
        match ageing(config.ageing) {
            Ok(seconds) => {
                let _ = write!(words, " ageing {seconds}");
            }
            Err(why) => self.refuse(format!("{name}: ageing {}: {why}", config.ageing)),
        }
        match config.fdb_size {
            None => {}
            Some(0) => self.refuse(format!("{name}: no rows at all, which Linux reads as no limit")),
            Some(most) => {
                let _ = write!(words, " maxaddress {most}");
            }
        }
        let flags = [
            (!config.learning, "nolearning"),
            (config.proxy, "proxy"),
            (config.l2miss, "l2miss"),
            (config.l3miss, "l3miss"),
            (!config.outer.checksum, "noudpcsum"),
        ];
        for (_, word) in flags.into_iter().filter(|(on, _)| *on) {
            let _ = write!(words, " {word}");
        }
        words
    }

    /// The group that a VTEP sends to what no row fits, and listens to.
    fn group(&self, vtep: DeviceId) -> Option<Ipv4Addr> {
        let floods = |row: &Cells<'_>| row.get("mac").and_then(|mac| station(mac)) == Some(MacAddr::ZERO);
        let groups = self.first_rows(vtep, "fdb").filter(floods).filter_map(|row| address(row.get("remote")?));
        groups.into_iter().find(Ipv4Addr::is_multicast)
    }

    /// Groups that the VTEPs over a stack join by themselves.
    pub(super) fn joined_by_vteps(&self, stack: DeviceId) -> Vec<Ipv4Addr> {
        let devices = self.plan.devices().filter(|(.., spec)| matches!(spec, DeviceSpec::Vtep(_)));
        let over = devices.filter(|(device, ..)| self.across((*device, OUTER)).is_some_and(|(at, _)| at == stack));
        over.filter_map(|(device, ..)| self.group(device)).collect()
    }

    /// The interface with an address of the stack that a tunnel runs over, and its MTU.
    fn below(&self, tunnel: DeviceId, outer: &Outer) -> Option<(String, u16)> {
        let (stack, _) = self.across((tunnel, OUTER))?;
        let Some(DeviceSpec::Stack(config)) = self.spec(stack) else { return None };
        let has = |at: &crate::stack::InterfaceConfig| match outer.local6 {
            Some(local) => at.address6.is_some_and(|(ip, _)| ip == local),
            None => at.addresses.iter().any(|(ip, _)| *ip == outer.local),
        };
        let at = config.interfaces.iter().position(has)?;
        let own = self.names.port((stack, crate::id::PortNo(at as u16)))?.name;
        Some((own, config.interfaces[at].mtu))
    }

    /// The MTU of a tunnel: that of the interface it is, or of its port in a bridge.
    pub(super) fn inner_mtu(&self, tunnel: DeviceId) -> Option<u16> {
        let (device, port) = self.across((tunnel, INNER))?;
        match self.spec(device)? {
            DeviceSpec::Stack(stack) => stack.interfaces.get(port.index()).map(|at| at.mtu),
            DeviceSpec::Bridge(bridge) => bridge.ports.get(port.index()).map(|at| at.mtu),
            _ => None,
        }
    }

    /// The commands for a change to a VTEP.
    pub(super) fn vtep_change(&self, device: DeviceId, config: &VtepConfig, change: &DeviceChange) -> Lines {
        let Interface { space, name } = self.names.device(device).ok_or("")?;
        let vni = config.vni;
        let set =
            |words: String| Ok(vec![format!("ip -n \"$OU-{space}\" link set dev {name} type vxlan id {vni} {words}")]);
        match change {
            DeviceChange::Set { field, value, .. } => match (field.as_str(), value) {
                ("local", Value::Text(text)) => set(format!("local {}", address(text).ok_or("that is no address")?)),
                // The membership moves with the group since Linux 6.15.
                ("group", Value::Text(text)) => {
                    let group = address(text).filter(Ipv4Addr::is_multicast).ok_or("that is no group")?;
                    let below = self.below(device, &config.outer).ok_or("no interface leads to a group")?.0;
                    set(format!("group {group} dev {below}"))
                }
                ("learning", Value::Flag(on)) => set(if *on { "learning" } else { "nolearning" }.to_owned()),
                ("ageing", Value::Span(span)) => set(format!("ageing {}", ageing(*span)?)),
                ("df", Value::Text(word)) => match word.to_ascii_lowercase().as_str() {
                    word @ ("unset" | "set" | "inherit") => set(format!("df {word}")),
                    _ => Err("that is not Unset, Set or Inherit"),
                },
                ("vni", _) => Err("the VNI of a vxlan device stays what it was made with"),
                ("port", _) => Err("the UDP port of a vxlan device stays what it was made with"),
                ("fdb_size", _) => Err("the limit of a vxlan device stays what it was made with"),
                ("proxy" | "l2miss" | "l3miss", _) => Err("flags of a vxlan device stay what it was made with"),
                ("underlay_mtu", _) => Err("change the MTU of the interface below"),
                _ => Err(""),
            },
            DeviceChange::AddRow { table, cells } if table == "fdb" => {
                let cells = self::cells(cells);
                let (mac, row) = self.remote_row(device, &cells)?;
                let several = mac == MacAddr::ZERO || mac.is_multicast();
                let word = if several { "append" } else { "replace" };
                Ok(vec![format!("bridge -n \"$OU-{space}\" fdb {word} {mac} dev {name} self permanent{row}")])
            }
            DeviceChange::DelRow { table, cells } if table == "fdb" => {
                let cells = self::cells(cells);
                if cells.contains_key("kind") {
                    return Err("rows of one kind are not deleted alone");
                }
                let (mac, row) = self.remote_row(device, &cells)?;
                Ok(vec![format!("bridge -n \"$OU-{space}\" fdb del {mac} dev {name} self{row} 2>/dev/null || :")])
            }
            DeviceChange::Flush { table } if table == "fdb" => {
                Ok(vec![format!("bridge -n \"$OU-{space}\" fdb flush dev {name} self nopermanent")])
            }
            DeviceChange::AddRow { table, cells } | DeviceChange::DelRow { table, cells } if table == "neigh" => {
                let cells = self::cells(cells);
                let ip = cells.get("ip").and_then(|ip| address(ip)).ok_or("the row names no address")?;
                if matches!(change, DeviceChange::DelRow { .. }) {
                    return Ok(vec![format!("ip -n \"$OU-{space}\" neigh del {ip} dev {name} 2>/dev/null || :")]);
                }
                let mac = cells.get("mac").and_then(|mac| station(mac)).ok_or("the row names no MAC address")?;
                Ok(vec![format!("ip -n \"$OU-{space}\" neigh replace {ip} lladdr {mac} nud permanent dev {name}")])
            }
            DeviceChange::Flush { table } if table == "neigh" => Ok(Vec::new()),
            _ => Err(""),
        }
    }

    /// The MAC address of a row, and ` dst 192.0.2.2 port 8472 vni 7`.
    fn remote_row(&self, device: DeviceId, cells: &Cells<'_>) -> Result<(MacAddr, String), &'static str> {
        let mac = cells.get("mac").and_then(|mac| station(mac)).ok_or("the row names no MAC address")?;
        let mut row = String::new();
        if let Some(remote) = cells.get("remote") {
            let remote: IpAddr = remote.parse().map_err(|_| "that is no address of a host")?;
            let _ = write!(row, " dst {remote}");
            // Without an interface Linux would not know by which to send to a group.
            if remote.is_multicast()
                && let Some(DeviceSpec::Vtep(config)) = self.spec(device)
                && let Some((below, _)) = self.below(device, &config.outer)
            {
                let _ = write!(row, " via {below}");
            }
        }
        for word in ["port", "vni"] {
            if let Some(number) = cells.get(word) {
                let number: u32 = number.parse().map_err(|_| "that is no number")?;
                let _ = write!(row, " {word} {number}");
            }
        }
        Ok((mac, row))
    }

    /// Whether a change from the start is part of how a VTEP is made.
    pub(super) fn is_made_so(&self, device: DeviceId, change: &DeviceChange) -> bool {
        let Some(DeviceSpec::Vtep(config)) = self.spec(device) else { return false };
        matches!(change, DeviceChange::Set { field, value, .. } if set(&mut config.clone(), field, value))
    }

    /// The rows a device has from the start in a table.
    pub(super) fn first_rows<'s>(&'s self, device: DeviceId, table: &'s str) -> impl Iterator<Item = Cells<'s>> {
        self.plan.steps.iter().filter_map(move |step| match &step.op {
            Op::Row { device: at, change: DeviceChange::AddRow { table: name, cells } }
                if *at == device && name == table =>
            {
                Some(self::cells(cells))
            }
            _ => None,
        })
    }
}

/// `name vx-blue mtu 1450 address 02:…`.
pub(super) fn made(name: &str, mac: MacAddr, mtu: Option<u16>) -> String {
    let mut made = format!("name {name}");
    if let Some(mtu) = mtu {
        let _ = write!(made, " mtu {mtu}");
    }
    if mac != MacAddr::ZERO {
        let _ = write!(made, " address {mac}");
    }
    made
}

/// Whole seconds; Linux takes 0 for 300.
fn ageing(span: SimDuration) -> Result<u64, &'static str> {
    match (span.0 / SECONDS, span.0 % SECONDS) {
        (0, 0) => Err("0, which Linux reads as 300 s"),
        (seconds, 0) => Ok(seconds),
        _ => Err("vxlan devices count whole seconds"),
    }
}
