//! A program of the host that is told which stations live here, as daemons are by netlink (Linux: the group
//! `RTNLGRP_NEIGH`), and which IP addresses those say they have (RFC 9161 §3.2, learning from ARP).
//!
//! A station lives here when its row names any port but the one that leads into the tunnel.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::change::bad;
use super::{Bridge, FDB, why};
use crate::engine::agent::Saying;
use crate::engine::{ChangeError, DeviceChange, Outbox, RowChange};
use crate::explain::Reason;
use crate::wire::arp::Arp;
use crate::wire::{Frame, MacAddr, ethernet};

/// Table of the program that is told.
pub const TABLE: &str = "local";
/// The setting by which a program asks: the device it runs on, and the port that leads into the tunnel.
pub const SETTING: &str = "monitor";
const AGENT: &str = "bridge";

/// Who is told, and what it was told.
#[derive(Clone, Debug)]
pub struct Monitor {
    /// The device the program runs on.
    program: String,
    /// The port behind which nobody lives here.
    tunnel: u16,
    /// Stations by address, with their IP addresses.
    told: BTreeMap<MacAddr, BTreeSet<Ipv4Addr>>,
}

impl Monitor {
    fn tell(&self, name: &str, (mac, ip): (MacAddr, Option<Ipv4Addr>), here: bool, out: &mut Outbox<'_>) {
        let mut cells = vec![("tunnel".to_owned(), name.to_owned()), ("mac".to_owned(), mac.to_string())];
        cells.extend(ip.map(|ip| ("ip".to_owned(), ip.to_string())));
        let table = TABLE.to_owned();
        let (change, reason): (_, Reason) = match (here, ip) {
            (true, None) => (DeviceChange::AddRow { table, cells }, &why::STATION_HERE),
            (true, Some(_)) => (DeviceChange::AddRow { table, cells }, &why::STATION_IP),
            (false, _) => (DeviceChange::DelRow { table, cells }, &why::STATION_GONE),
        };
        let about = ip.map_or_else(|| mac.to_string(), |ip| format!("{mac} {ip}"));
        out.notify_row(&self.program, change, Saying { agent: AGENT, reason, about: &about });
    }
}

impl Bridge {
    /// A row was written, changed or removed.
    #[inline]
    pub(super) fn wrote(&mut self, key: u64, change: RowChange, out: &mut Outbox<'_>) {
        out.wrote(FDB, key, change);
        if self.monitor.is_some() {
            self.report(key, out);
        }
    }

    /// Tells the program if a station has come or gone.
    #[cold]
    fn report(&mut self, key: u64, out: &mut Outbox<'_>) {
        let Some(monitor) = &mut self.monitor else { return };
        let name = self.names.get(usize::from(monitor.tunnel)).map_or("", String::as_str);
        let mac = MacAddr::from_key(key);
        let here = self.fdb.get(key).is_some_and(|row| row.port != monitor.tunnel);
        if here == monitor.told.contains_key(&mac) {
            return;
        }
        if here {
            monitor.told.insert(mac, BTreeSet::new());
        } else {
            monitor.told.remove(&mac);
        }
        monitor.tell(name, (mac, None), here, out);
    }

    /// Whoever asks or answers says which IP address is its own.
    #[cold]
    pub(super) fn hear_address(&mut self, port: u16, frame: &Frame, out: &mut Outbox<'_>) {
        let Some(monitor) = self.monitor.as_mut().filter(|monitor| monitor.tunnel != port) else { return };
        let Some(body) = frame.bytes().get(ethernet::HEADER_LEN..) else { return };
        let Ok(arp) = Arp::parse(body) else { return };
        let one = !arp.spa.is_unspecified() && !arp.spa.is_multicast() && !arp.spa.is_broadcast();
        if let Some(known) = monitor.told.get_mut(&arp.sha).filter(|_| one)
            && known.insert(arp.spa)
        {
            let name = self.names.get(usize::from(monitor.tunnel)).map_or("", String::as_str);
            monitor.tell(name, (arp.sha, Some(arp.spa)), true, out);
        }
    }

    /// A program wants to be told from now on; it hears of those who are here already.
    pub(super) fn set_monitor(&mut self, text: &str, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let expected = "the device of the program and the port into the tunnel";
        let (program, tunnel) = text.split_once(' ').ok_or_else(|| bad(SETTING, text, expected))?;
        let tunnel = self.port_named(tunnel)?;
        self.monitor = Some(Box::new(Monitor { program: program.to_owned(), tunnel, told: BTreeMap::new() }));
        let mut keys: Vec<u64> = self.fdb.iter().map(|(key, _)| key).collect();
        keys.sort_unstable();
        for key in keys {
            self.report(key, out);
        }
        Ok(())
    }
}
