//! Routes whose packets go into a tunnel: what Calico has BIRD write into the kernel (`krt_tunnel`), for the addresses of
//! its pools and no others.
//!
//! On Linux the next hop of such a route is where the tunnel sends to (`onlink`), so it need not be on a wire of this
//! router. Here a tunnel has a table for that, so every such route comes with a row of it.
//!
//! Before editing read calico `confd/etc/calico/confd/templates/bird_ipam.cfg.template`.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::daemon::NAME;
use super::why;
use crate::engine::DeviceChange;
use crate::engine::agent::Saying;
use crate::explain::Reason;
use crate::id::PortNo;
use crate::stack::AppOut;
use crate::stack::fib::NextHop;
use crate::wire::bgp::Prefix;
use crate::wire::ipv4::mask;

/// Which routes, and which tunnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// The tunnel, and the interface that leads into it.
    pub device: String,
    /// Prefixes in here go through it.
    pub pool: Prefix,
    /// Routers on a link of this one need no envelope.
    pub cross_subnet: bool,
}

/// The rows of the tunnel: behind which router a prefix lives.
pub(super) type Rows = BTreeMap<Prefix, Ipv4Addr>;

impl Overlay {
    /// The envelope is for a router that needs none.
    fn is_near(&self, next_hop: Ipv4Addr, out: &AppOut<'_, '_>) -> bool {
        let on = |(own, len): &Prefix| (own.to_bits() ^ next_hop.to_bits()) & mask(*len) == 0;
        self.cross_subnet && out.interfaces().iter().any(|at| at.addresses.iter().any(on))
    }

    fn holds(&self, (ip, len): Prefix) -> bool {
        let (pool, of) = self.pool;
        len >= of && (ip.to_bits() ^ pool.to_bits()) & mask(of) == 0
    }

    /// Whether packets for a prefix get an envelope for its next hop, and by which interface they leave then.
    fn port(&self, prefix: Prefix, next_hop: Ipv4Addr, out: &AppOut<'_, '_>) -> Option<PortNo> {
        if !self.holds(prefix) || self.is_near(next_hop, out) || out.way(next_hop).is_none() {
            return None;
        }
        let at = out.interfaces().iter().position(|at| at.name == self.device)?;
        Some(PortNo(at as u16))
    }
}

/// How far a next hop is. An envelope travels by the default route as well.
pub(super) fn distance(overlay: Option<&Overlay>, next_hop: Ipv4Addr, out: &AppOut<'_, '_>) -> Option<u32> {
    let wrapped = || overlay.filter(|_| out.way(next_hop).is_some()).map(|_| 1);
    out.resolve(next_hop).map(|(_, steps)| steps).or_else(wrapped)
}

/// Where packets for a prefix go to reach a next hop.
pub(super) fn way(
    overlay: Option<&Overlay>,
    prefix: Prefix,
    next_hop: Ipv4Addr,
    out: &AppOut<'_, '_>,
) -> Option<NextHop> {
    match overlay.and_then(|overlay| overlay.port(prefix, next_hop, out)) {
        Some(port) => Some(NextHop { via: next_hop, port }),
        None => out.resolve(next_hop).map(|(way, _)| way),
    }
}

/// Writes the row of the tunnel for a prefix whose way is this one now, or removes it.
pub(super) fn settle(
    overlay: Option<&Overlay>,
    prefix: Prefix,
    way: Option<NextHop>,
    rows: &mut Rows,
    out: &mut AppOut<'_, '_>,
) {
    let Some(overlay) = overlay else { return };
    let tunnel = out.interfaces().iter().position(|at| at.name == overlay.device);
    let remote = way.filter(|way| tunnel == Some(way.port.index())).map(|way| way.via);
    if rows.get(&prefix).copied() == remote {
        return;
    }
    let (ip, len) = prefix;
    let about = format!("{ip}/{len}");
    let cells =
        |remote: Ipv4Addr| vec![("prefix".to_owned(), about.clone()), ("remote".to_owned(), remote.to_string())];
    let table = "peers".to_owned();
    let (change, reason): (_, Reason) = if let Some(remote) = remote {
        (DeviceChange::AddRow { table, cells: cells(remote) }, &why::WRAPPED)
    } else {
        let Some(before) = rows.get(&prefix) else { return };
        (DeviceChange::DelRow { table, cells: cells(*before) }, &why::NOT_WRAPPED)
    };
    match remote {
        Some(remote) => _ = rows.insert(prefix, remote),
        None => _ = rows.remove(&prefix),
    }
    out.write(Some(&overlay.device), change, Saying { agent: NAME, reason, about: &about }, 0);
}
