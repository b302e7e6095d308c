//! `Bgp(…, families: [Evpn], evpn: {"vx-blue": (import: "65000:42")})`: networks of VTEPs, told by routes of BGP.

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::Tree;
use crate::lab::schema::section::{Section, pairs};
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::routing::bgp::Families;
use crate::wire::bgp::extended::RouteTarget;

const FIELDS: &[&str] = &["import", "export", "flood"];
/// The words for kinds of routes.
pub const FAMILIES: [(&str, Families); 2] = [("Ipv4", Families::IPV4), ("Evpn", Families { ipv4: false, evpn: true })];

/// What is said of the network of a VTEP.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// Routes with this mark are taken.
    pub import: Option<RouteTarget>,
    /// The mark of its own routes.
    pub export: Option<RouteTarget>,
    /// Routes of type 3 are told and believed.
    pub flood: Option<bool>,
}

/// Networks by the name of their VTEP.
pub(super) fn networks(tree: &Tree, found: &mut Findings) -> Vec<(Spanned<String>, Network)> {
    let all = pairs("networks", tree, found).into_iter();
    all.filter_map(|field| Some((field.name.clone(), network(&field.value, found)?))).collect()
}

fn network(tree: &Tree, found: &mut Findings) -> Option<Network> {
    let section = Section::fields("a network", tree, FIELDS, found)?;
    let target = |name, found: &mut Findings| section.get(name).and_then(|tree| route_target(tree, found));
    Some(Network {
        import: target("import", found),
        export: target("export", found),
        flood: section.get("flood").and_then(|tree| value::flag("flood", tree, found)),
    })
}

/// `"65000:42"`.
pub(in crate::lab::schema) fn route_target(tree: &Tree, found: &mut Findings) -> Option<RouteTarget> {
    let text = value::text("a route target", tree, found)?;
    let target = text.value.parse().ok();
    if target.is_none() {
        let finding = Finding::new(Code::OutOfRange, format!("`{}` is no route target", text.value), text.span);
        let finding = finding.label("an AS or an address, and a number; behind an AS above 65535 up to 65535");
        found.push(finding.help("\"65000:42\""));
    }
    target
}

/// `[Ipv4, Evpn]`.
pub(super) fn families(tree: &Tree, found: &mut Findings) -> Option<Families> {
    let mut all = Families::default();
    for item in value::items("families", "families: [Evpn]", tree, found) {
        let one = value::word("a kind of routes", item, &FAMILIES, found)?;
        all = Families { ipv4: all.ipv4 || one.ipv4, evpn: all.evpn || one.evpn };
    }
    if all == Families::default() {
        let finding = Finding::new(Code::OutOfRange, "a router speaks of some kind of routes", tree.span);
        found.push(finding.label("none is left").help("families: [Ipv4], [Evpn] or [Ipv4, Evpn]"));
        return None;
    }
    Some(all)
}
