//! Calico's daemon: which devices of its node it writes to follows from the tunnel it is given.

use super::{Lowering, interface, vtep_of};
use crate::control::felix::{Backend, FelixConfig};
use crate::device::tunnel::format::Format;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::directory::{Home, Node};
use crate::lab::lower::linux::Config;
use crate::lab::lower::wiring::CARD;
use crate::lab::schema::daemon::Felix;
use crate::lab::source::Spanned;
use crate::stack::StackConfig;

/// The daemon as a program.
pub(super) fn lower(
    lowering: &mut Lowering<'_>,
    node: &Node,
    home: &Home,
    own: &Felix,
    found: &mut Findings,
) -> Option<FelixConfig> {
    let store = lowering.store(&own.store, found);
    let backend = match &own.device {
        Some(device) => backend(node, own, device, found).filter(|_| interface(node, home, device, found)),
        None => plain(own, found),
    };
    let public = match &own.public {
        Some(ip) => home.ips.iter().find(|(known, _)| *known == ip.value).copied().or(Some((ip.value, 32))),
        None => home.ips.first().copied(),
    };
    let stack = stack(node, home);
    let tunnel = stack.and_then(|stack| {
        let at = stack.interfaces.iter().find(|at| own.device.as_ref().is_some_and(|own| own.value == at.name))?;
        at.addresses.first().map(|(ip, _)| *ip)
    });
    if let (Some(device), None, Some(Backend::Vxlan { .. })) = (&own.device, tunnel, &backend) {
        let name = &device.value;
        let finding = Finding::new(Code::Missing, format!("`{name}` has no address"), device.span);
        let finding = finding.label("the other hosts are told it as their next hop");
        found.push(finding.help(format!("ip: {{\"{name}\": \"10.244.1.1/32\"}} in the stack of `{}`", home.name)));
        return None;
    }
    let (store, public) = (store?, public?);
    lowering.subnets.extend(own.blocks.iter().map(|block| (store, block.value, block.span)));
    let towards = || {
        let has = |at: &&crate::stack::InterfaceConfig| at.addresses.iter().any(|(ip, _)| *ip == public.0);
        let at = stack.and_then(|stack| stack.interfaces.iter().find(has));
        at.map_or_else(|| CARD.to_owned(), |at| at.name.clone())
    };
    let backend = backend?;
    let near = own.cross_subnet || backend == Backend::Plain;
    Some(FelixConfig {
        store: (store, crate::wire::store::PORT),
        node: own.node.clone().unwrap_or_else(|| node.name.value.clone()),
        blocks: own.blocks.iter().map(|block| block.value).collect(),
        public,
        tunnel,
        backend,
        cross_subnet: near.then(towards),
    })
}

/// The stack a daemon runs on, where it was written device by device.
fn stack<'l>(node: &'l Node, home: &Home) -> Option<&'l StackConfig> {
    let name = &node.device(home.device)?.name;
    let (_, config, _) = node.layout.as_ref()?.devices.iter().find(|(device, ..)| device == name)?;
    if let Config::Stack(stack) = config { Some(stack) } else { None }
}

/// Without a tunnel nothing is left to choose.
fn plain(own: &Felix, found: &mut Findings) -> Option<Backend> {
    let useless = own.cross_subnet.then_some("cross_subnet").or(own.mac.map(|_| "mac"));
    let Some(word) = useless else { return Some(Backend::Plain) };
    let finding = Finding::new(Code::Missing, format!("`{word}` without a tunnel"), own.store.span);
    let finding = finding.label("this `Felix` names no `device`, so no packet gets an envelope");
    found.push(finding.help("device: \"vxlan.calico\"").help(format!("or leave `{word}` out")));
    None
}

/// What the tunnel is: VXLAN or IPIP.
fn backend(node: &Node, own: &Felix, name: &Spanned<String>, found: &mut Findings) -> Option<Backend> {
    let devices = node.layout.as_ref().map(|layout| &layout.devices[..]).unwrap_or_default();
    let tunnel = devices.iter().find(|(device, ..)| *device == name.value).map(|(_, config, _)| config);
    let Some(Config::Tunnel(tunnel)) = tunnel else {
        let vtep = vtep_of(node, name, found)?;
        return Some(Backend::Vxlan { device: name.value.clone(), mac: own.mac.unwrap_or(vtep.mac) });
    };
    if matches!(tunnel.format, Format::Ipip(_)) {
        return Some(Backend::Ipip { device: name.value.clone() });
    }
    let text = format!("`{}` is a tunnel that Calico does not have", name.value);
    let finding = Finding::new(Code::OtherKind, text, name.span).label("neither VXLAN nor IPIP");
    found.push(finding.help("\"tunl0\": Tunnel(format: Ipip())").help("\"vxlan.calico\": Vtep(vni: 4096)"));
    None
}
