//! Networks whose hosts tell each other by BGP: what one host says of all its networks has to fit together.

use super::Placed;
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::schema::overlay::{Between, Discovery, Spoken, Vxlan};
use crate::lab::schema::{Lab, Named, Overlay};
use crate::lab::source::Spanned;

fn spoken(overlay: &Named<Overlay>) -> Option<&Spoken> {
    match overlay.value.as_ref().map(|overlay| &overlay.between) {
        Some(Between::Vxlan(Vxlan { discovery: Discovery::Bgp(spoken), .. })) => Some(spoken),
        _ => None,
    }
}

/// Says what does not fit together.
pub fn check(lab: &Lab, placed: &[Placed<'_>], found: &mut Findings) {
    let all: Vec<(&str, &Spoken)> =
        lab.overlays.iter().filter_map(|at| Some((at.name.value.as_str(), spoken(at)?))).collect();
    let mut ases: Vec<(&str, &Spanned<u32>)> = Vec::new();
    for (net, spoken) in all {
        let mut hosts: Vec<&str> = placed.iter().filter(|at| at.net == net).map(|at| at.on).collect();
        hosts.sort_unstable();
        hosts.dedup();
        for (name, _) in spoken.targets.iter().filter(|(name, _)| !hosts.contains(&name.value.as_str())) {
            let text = format!("no container of `{net}` is on `{}`", name.value);
            let finding = Finding::new(Code::UnknownName, text, name.span).label("its route target would mark nothing");
            let finding = finding.suggest(&name.value, hosts.iter().copied());
            found.push(finding.help(format!("hosts of `{net}`: {}", list(hosts.iter().copied()))));
        }
        for host in hosts {
            match ases.iter().find(|(known, _)| *known == host) {
                Some((_, first)) if first.value != spoken.asn.value => {
                    let text = format!("`{host}` would be of two ASes");
                    let finding = Finding::new(Code::OtherKind, text, spoken.asn.span).label("here another");
                    let finding = finding.also(first.span, "one here");
                    found.push(finding.help(format!("a host is one router for all its networks: {}", first.value)));
                    return;
                }
                Some(_) => {}
                None => ases.push((host, &spoken.asn)),
            }
        }
    }
}
