//! What gateways are made of: an IP stack of their own on each host, with an interface in the bridge of each overlay.
//!
//! The stack is what Linux calls a VRF: its routes and neighbours are those of one tenant and of nobody else. On the
//! hosts of an anycast gateway, rows stand in bridges, VTEPs and stacks as a control plane would have written them.

use super::Door;
use crate::lab::lower::expand::host::Making;
use crate::lab::lower::expand::members::{Member, Members, Net};
use crate::lab::lower::expand::overlay::{bridge_of, envelopes, router_mac, vtep_of};
use crate::lab::lower::expand::{Placed, card, end, spanned};
use crate::lab::lower::wiring::STACK;
use crate::lab::schema::gateway::{Anycast, Bridged, Gateway, Leg, Mode};
use crate::lab::schema::node::{Bridge, Inner, Nic, Port, Stack, Vtep};
use crate::lab::schema::overlay::Between;
use crate::lab::source::{Span, Spanned};
use crate::plan::Bilingual;
use crate::wire::MacAddr;

/// What the parts of a gateway need to know.
struct At<'a, 'l> {
    door: &'a Door<'l>,
    host: &'a str,
    members: &'a Members<'l>,
    placed: &'a [Placed<'l>],
    span: Span,
}

/// Adds a gateway to a host that it is on.
pub fn spell(door: &Door<'_>, host: &str, members: &Members<'_>, placed: &[Placed<'_>], making: &mut Making) {
    let at = At { door, host, members, placed, span: door.name.span };
    match door.what {
        Gateway::Central(central) => at.router(&central.ports, None, making),
        Gateway::Bridged(cable) => bridged(cable, making),
        Gateway::Anycast(anycast) => {
            at.router(&[], Some(anycast), making);
            for leg in door.legs_on(host) {
                at.network(&leg.0.value, anycast, making);
            }
            if let Mode::Symmetric { announced, .. } = &anycast.mode {
                at.routers(announced, making);
            }
        }
    }
}

impl<'l> At<'_, 'l> {
    fn name(&self) -> &str {
        &self.door.name.value
    }

    fn net(&self, name: &str) -> Option<(&Net<'l>, &Member)> {
        let net = self.members.nets.iter().find(|net| net.name.value == name)?;
        net.member(self.host).map(|member| (net, member))
    }

    /// The stack, and what leads to it.
    fn router(&self, ports: &[Leg], anycast: Option<&Anycast>, making: &mut Making) {
        let (span, name) = (self.span, self.name());
        let mut stack = Stack { forwarding: Some(true), ..Stack::default() };
        for (net, address) in self.door.legs_on(self.host) {
            let own = bridge_of(&net.value);
            stack.interfaces.push((spanned(&*own, span), vec![address.clone()]));
            if let Some(anycast) = anycast {
                stack.mac.named.push((spanned(&*own, span), self.mac(anycast)));
            }
            let mtu = self.net(&net.value).map(|(net, member)| Spanned::new(net.mtu(member), span));
            stack.mtu.named.extend(mtu.map(|mtu| (spanned(&*own, span), mtu)));
            making.wire(end(name, &own, span), end(&own, name, span));
        }
        for (port, address) in ports {
            let why = Bilingual::new("the card for a network without tunnels", "通向没有隧道的网络的网卡");
            making.device(&port.value, port.span, Inner::Nic(Nic::default()), why);
            stack.interfaces.push((port.clone(), vec![address.clone()]));
            making.wire(end(name, &port.value, port.span), card(&port.value, port.span));
        }
        if let Some(Anycast { mode: Mode::Symmetric { vni, .. }, .. }) = anycast {
            self.third_network(vni, &mut stack, making);
        }
        let why = Bilingual::new(
            format!("the gateway `{name}`: an IP stack of its own, so its routes are nobody else's (a VRF)"),
            format!("网关 `{name}`:自己的 IP 协议栈,路由不与别人共用(即 VRF)"),
        );
        making.device(name, span, Inner::Stack(stack), why);
    }

    /// The address of an anycast gateway, the same on every host.
    fn mac(&self, anycast: &Anycast) -> Spanned<MacAddr> {
        let [high, low] = (self.door.number as u16 + 1).to_be_bytes();
        let made = MacAddr([2, 0, 0x5e, 1, high, low]);
        anycast.mac.clone().unwrap_or(Spanned::new(made, self.span))
    }

    /// The network between the routers of a tenant: a VTEP for the L3 VNI, in a bridge with the stack.
    fn third_network(&self, vni: &Spanned<u32>, stack: &mut Stack, making: &mut Making) {
        let (span, name) = (self.span, self.name());
        let (bridge, vtep) = (bridge_of(name), vtep_of(name));
        let Some((net, member)) = self.door.legs_on(self.host).find_map(|(net, _)| self.net(&net.value)) else {
            return;
        };
        // Of the first overlay the gateway joins, here or not: the routers must agree.
        let first = self.door.what.joins().first();
        let first = first.and_then(|(name, _)| self.members.nets.iter().find(|net| net.name.value == name.value));
        let Some(Between::Vxlan(vxlan)) = first.map(|net| &net.overlay.between) else { return };
        let device = Vtep {
            vni: Some(vni.clone()),
            local: Some(Spanned::new(member.address, span)),
            port: Some(vxlan.port),
            learning: Some(false),
            ..Vtep::default()
        };
        let why = Bilingual::new(
            format!("the network between the routers of `{name}`"),
            format!("`{name}` 各路由器之间的网络"),
        );
        making.device(&bridge, span, Inner::Bridge(Bridge::default()), why);
        let why = Bilingual::new(
            format!("the tunnel between the routers of `{name}`, L3 VNI {}", vni.value),
            format!("`{name}` 各路由器之间的隧道,三层 VNI {}", vni.value),
        );
        making.device(&vtep, span, Inner::Vtep(device), why);
        making.wire(end(&vtep, "outer", span), end(STACK, &envelopes(&vtep), span));
        making.wire(end(&vtep, "inner", span), end(&bridge, &vtep, span));
        stack.interfaces.push((spanned(&*bridge, span), Vec::new()));
        stack.mac.named.push((spanned(&*bridge, span), Spanned::new(router_mac(member.address), span)));
        stack.mtu.named.push((spanned(&*bridge, span), Spanned::new(net.room(member), span)));
        making.wire(end(name, &bridge, span), end(&bridge, name, span));
    }

    /// The rows of one overlay: where the gateway is, and where the containers on other hosts are.
    fn network(&self, net: &str, anycast: &Anycast, making: &mut Making) {
        let (span, name) = (self.span, self.name());
        let Some((net, _)) = self.net(net) else { return };
        let (bridge, vtep) = (bridge_of(&net.name.value), vtep_of(&net.name.value));
        let why = Bilingual::new(
            format!("`{name}` is here, as on every host: no frame from the tunnel may move its address away"),
            format!("`{name}` 就在这里,每台主机都一样:隧道来的帧不许把它的地址挪走"),
        );
        let mac = self.mac(anycast).value.to_string();
        let cells = [("mac", mac), ("port", name.to_owned()), ("kind", "sticky".to_owned())];
        making.row_because(&bridge, "fdb", span, &cells, why);
        for at in self.placed.iter().filter(|at| at.net == net.name.value && at.on != self.host) {
            let (Some(other), Some(ip)) = (net.member(at.on), &at.spec.ip) else { continue };
            let (mac, ip) = (format!("{}/{}", at.on, at.name.value), ip.value.0.to_string());
            let (who, on) = (&at.name.value, at.on);
            let why = Bilingual::new(
                format!("`{who}` lives on `{on}`: what `{on}` would announce as an EVPN type 2 route"),
                format!("`{who}` 在 `{on}` 上:`{on}` 会用 EVPN 2 型路由通告这件事"),
            );
            let cells = [("mac", mac.clone()), ("port", vtep.clone())];
            making.row_because(&bridge, "fdb", span, &cells, why.clone());
            let cells = [("mac", mac.clone()), ("remote", net.end(other))];
            making.row_because(&vtep, "fdb", span, &cells, why);
            let why = Bilingual::new(
                format!("ARP for `{who}` is answered here and never crosses the tunnel"),
                format!("询问 `{who}` 的 ARP 在本机应答,不过隧道"),
            );
            making.row_because(&vtep, "neigh", span, &[("ip", ip.clone()), ("mac", mac.clone())], why);
            if anycast.mode == Mode::Asymmetric {
                let why = Bilingual::new(
                    format!("the sender's host alone routes, so it must know the MAC address of `{who}`"),
                    format!("路由只在发送方主机上做,所以本机要知道 `{who}` 的 MAC 地址"),
                );
                making.row_because(name, "neigh", span, &[("ip", ip), ("mac", mac), ("dev", bridge.clone())], why);
            }
        }
    }

    /// The rows of the network between the routers: who they are, where they are, and who is behind them.
    fn routers(&self, announced: &[(Spanned<String>, Spanned<MacAddr>)], making: &mut Making) {
        let (span, name) = (self.span, self.name());
        let (bridge, vtep) = (bridge_of(name), vtep_of(name));
        for (on, nets) in self.door.hosts.iter().filter(|(on, _)| *on != self.host) {
            let mut member = self.members.nets.iter().filter(|net| nets.contains(&net.name.value.as_str()));
            let Some(member) = member.find_map(|net| net.member(on)) else { continue };
            let told = announced.iter().find(|(host, _)| host.value == *on).map(|(_, mac)| mac.value);
            let mac = told.unwrap_or(router_mac(member.address)).to_string();
            let via = member.address.to_string();
            let why = Bilingual::new(
                format!("the router of `{on}`, by the router MAC that `{on}` announces"),
                format!("`{on}` 的路由器,用的是 `{on}` 通告的路由器 MAC"),
            );
            let cells = [("ip", via.clone()), ("mac", mac.clone()), ("dev", bridge.clone())];
            making.row_because(name, "neigh", span, &cells, why.clone());
            making.row_because(&vtep, "fdb", span, &[("mac", mac), ("remote", via.clone())], why);
            let joined = |at: &&Placed<'_>| at.on == *on && self.door.address(at.net).is_some();
            for at in self.placed.iter().filter(joined) {
                let Some(ip) = &at.spec.ip else { continue };
                let why = Bilingual::new(
                    format!("`{}` is behind the router of `{on}`", at.name.value),
                    format!("`{}` 在 `{on}` 的路由器后面", at.name.value),
                );
                let prefix = format!("{}/32", ip.value.0);
                let cells = [("prefix", prefix), ("via", via.clone()), ("dev", bridge.clone())];
                making.row_because(name, "routes", span, &cells, why);
            }
        }
    }
}

/// A card that is a port of the overlay's bridge.
fn bridged(cable: &Bridged, making: &mut Making) {
    let (net, port) = (&cable.net.value, &cable.port);
    let why = Bilingual::new(
        format!("what is on this cable is in `{net}`, without a tunnel"),
        format!("这条电缆上的设备属于 `{net}`,不经隧道"),
    );
    making.device(&port.value, port.span, Inner::Nic(Nic::default()), why);
    making.wire(card(&port.value, port.span), end(&bridge_of(net), &port.value, port.span));
}

/// On a cable with tags, the bridge has VLANs: that of the cable is the overlay's, and untagged everywhere else. Called
/// when all ports of the bridge are there.
pub fn seal(door: &Door<'_>, making: &mut Making) {
    let Gateway::Bridged(Bridged { net, port: tagged, vlan: Some(vlan), .. }) = door.what else { return };
    let bridge = bridge_of(&net.value);
    let ends = making.linux.wires.iter().flatten().filter(|end| end.value.node == bridge);
    let mut names: Vec<String> = ends.filter_map(|end| end.value.port.clone()).collect();
    names.dedup();
    let device = making.linux.devices.iter_mut().find(|device| device.name.value == bridge);
    let Some(Some(Inner::Bridge(bridge))) = device.map(|device| &mut device.value) else { return };
    for name in names {
        let membership = if name == tagged.value {
            crate::device::bridge::PortVlan::Trunk { native: None, allowed: vec![*vlan] }
        } else {
            crate::device::bridge::PortVlan::Access(*vlan)
        };
        match bridge.ports.iter_mut().find(|(known, _)| known.value == name) {
            // Another cable with the same tag.
            Some((_, port)) if name == tagged.value => port.vlan = Some(membership),
            Some(_) => {}
            None => {
                let port = Port { vlan: Some(membership), ..Port::default() };
                bridge.ports.push((spanned(name, tagged.span), port));
            }
        }
    }
}
