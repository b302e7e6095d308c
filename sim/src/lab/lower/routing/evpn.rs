//! Networks of VTEPs whose stations are told by BGP: the bridge each VTEP is in, and the marks of their routes.

use super::bgp::Speaker;
use crate::device::vtep;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::daemons::vtep_of;
use crate::lab::lower::directory::Node;
use crate::lab::lower::linux::Config;
use crate::lab::schema::routing::evpn::Network;
use crate::lab::source::Spanned;
use crate::routing::bgp::evpn::network::NetworkConfig;
use crate::wire::bgp::evpn::Rd;
use crate::wire::bgp::extended::RouteTarget;
use std::net::Ipv4Addr;

/// The networks of a router.
pub(super) fn networks(own: &Speaker<'_>, (asn, id): (u32, Ipv4Addr), found: &mut Findings) -> Vec<NetworkConfig> {
    let all = own.bgp.evpn.iter().enumerate();
    all.filter_map(|(at, (name, said))| network(own, (asn, Rd::of(id, at as u16 + 1)), (name, said), found)).collect()
}

fn network(
    own: &Speaker<'_>,
    (asn, rd): (u32, Rd),
    (name, said): (&Spanned<String>, &Network),
    found: &mut Findings,
) -> Option<NetworkConfig> {
    let config = vtep_of(own.node, name, found)?;
    let Some((bridge, tunnel)) = bridge_of(own.node, &name.value) else {
        let text = format!("the VTEP `{}` is in no bridge", name.value);
        let finding = Finding::new(Code::OtherKind, text, name.span).label("nobody here could be heard of");
        found.push(finding.help(format!("wires: [(\"{}:inner\", \"br:{}\")]", name.value, name.value)));
        return None;
    };
    let derived = RouteTarget::of(asn, config.vni);
    let local = config.outer.local;
    let stack = own.node.device(own.home.device)?.name.clone();
    Some(NetworkConfig {
        device: name.value.clone(),
        bridge,
        tunnel,
        stack,
        vni: config.vni,
        vtep: if local.is_unspecified() { own.home.ip()? } else { local },
        rd,
        import: said.import.unwrap_or(derived),
        export: said.export.unwrap_or(derived),
        flood: said.flood.unwrap_or(true),
        answers: config.proxy,
    })
}

/// The bridge into which a VTEP leads, and its port there.
fn bridge_of(node: &Node, name: &str) -> Option<(String, String)> {
    let layout = node.layout.as_ref()?;
    let at = layout.devices.iter().position(|(device, ..)| device == name)?;
    let ends = layout.wires.iter().flat_map(|[a, b]| [(*a, *b), (*b, *a)]);
    let (device, port) = ends.filter(|(from, _)| *from == (at, vtep::INNER)).map(|(_, to)| to).next()?;
    let (bridge, config, ports) = layout.devices.get(device)?;
    matches!(config, Config::Bridge(_)).then(|| Some((bridge.clone(), ports.get(port.index())?.clone())))?
}
