//! Tunnels as they are typed device by device.

use super::{Part, flag_unless, part};
use crate::device::outer::{Df, Outer};
use crate::device::tunnel::TunnelConfig;
use crate::device::tunnel::format::{Format, Gre};
use crate::device::vtep::VtepConfig;
use crate::lab::print::made;
use crate::lab::read::Tree;

fn outer(parts: &mut Vec<Part>, outer: &Outer, usual: Df) {
    let local = outer.local6.map_or_else(|| outer.local.to_string(), |ip| ip.to_string());
    parts.push(part("local", made::text(local)));
    if outer.df != usual {
        parts.push(part("df", made::word(format!("{:?}", outer.df))));
    }
    parts.extend(outer.ttl.map(|ttl| part("ttl", made::number(ttl))));
}

pub(super) fn vtep(config: &VtepConfig) -> Tree {
    let default = VtepConfig::default();
    let mut parts = vec![part("vni", made::number(config.vni))];
    outer(&mut parts, &config.outer, Df::Unset);
    flag_unless(&mut parts, "checksum", config.outer.checksum, true);
    parts.push(part("port", made::number(config.port)));
    if config.source_ports != default.source_ports {
        let (low, high) = config.source_ports;
        parts.push(part("srcport", made::list([low, high].map(made::number))));
    }
    parts.push(part("mac", made::text(config.mac.to_string())));
    flag_unless(&mut parts, "learning", config.learning, default.learning);
    if config.ageing != default.ageing {
        parts.push(part("ageing", made::text(config.ageing.to_string())));
    }
    parts.extend(config.fdb_size.map(|rows| part("fdb_size", made::number(rows))));
    flag_unless(&mut parts, "proxy", config.proxy, default.proxy);
    flag_unless(&mut parts, "l2miss", config.l2miss, default.l2miss);
    flag_unless(&mut parts, "l3miss", config.l3miss, default.l3miss);
    made::call("Vtep", parts)
}

pub(super) fn tunnel(config: &TunnelConfig) -> Tree {
    let strict = matches!(config.format, Format::Ipip(_) | Format::Gre(_) | Format::Gretap(_));
    let mut parts = vec![part("kind", format(&config.format))];
    let fast = if let Format::Fastdp(own) = &config.format { Some(own) } else { None };
    outer(&mut parts, &config.outer, if strict || fast.is_some() { Df::Set } else { Df::Unset });
    parts.extend(fast.map(|own| part("mtu", made::number(own.mtu))));
    parts.push(part("mac", made::text(config.mac.to_string())));
    flag_unless(&mut parts, "learning", config.learning, true);
    made::call("Tunnel", parts)
}

fn format(format: &Format) -> Tree {
    let port = |port: u16| vec![part("port", made::number(port))];
    match format {
        Format::Ipip(_) => made::call("Ipip", Vec::<Part>::new()),
        Format::Gre(own) => made::call("Gre", gre(*own)),
        Format::Gretap(own) => made::call("Gretap", gre(own.0)),
        Format::Geneve(own) => {
            let mut parts = vec![part("vni", made::number(own.vni)), part("options", made::number(own.options))];
            parts.extend(port(own.port));
            made::call("Geneve", parts)
        }
        Format::Udp(own) => made::call("TunUdp", port(own.port)),
        Format::Wireguard(own) => made::call("Wireguard", port(own.port)),
        Format::Sleeve(own) => made::call("Sleeve", port(own.port)),
        Format::Fastdp(own) => {
            let sleeve = part("sleeve", made::number(own.sleeve.port));
            made::call("FastDatapath", port(own.port).into_iter().chain([sleeve]).collect::<Vec<Part>>())
        }
    }
}

fn gre(own: Gre) -> Vec<Part> {
    let mut parts: Vec<Part> = own.key.map(|key| part("key", made::number(key))).into_iter().collect();
    flag_unless(&mut parts, "checksum", own.checksum, false);
    flag_unless(&mut parts, "sequence", own.sequence, false);
    parts
}
