//! Every reason there is, by the part of the program that gives it.

use crate::explain::Reason;

/// The lists of all devices, and of the cables.
pub fn lists() -> Vec<(&'static str, &'static [Reason])> {
    vec![
        ("cable", crate::engine::wire::ALL),
        ("nic", crate::device::nic::why::ALL),
        ("bridge", crate::device::bridge::why::ALL),
        ("stack", &crate::stack::why::WHOLE),
        ("vtep", crate::device::vtep::why::ALL),
        ("tunnel", crate::device::tunnel::why::ALL),
        ("macvlan", crate::device::macvlan::why::ALL),
        ("ipvlan", crate::device::ipvlan::why::ALL),
        ("sriov", crate::device::sriov::why::ALL),
        ("fabric", crate::device::fabric::why::ALL),
        ("control", crate::control::why::ALL),
        ("routing", crate::routing::why::ALL),
        ("bgp", crate::routing::bgp::why::ALL),
        ("evpn", crate::routing::bgp::evpn::why::ALL),
        ("eigrp", crate::routing::eigrp::why::ALL),
        ("ospf", crate::routing::ospf::why::ALL),
        ("isis", crate::routing::isis::why::ALL),
    ]
}

/// All reasons in the order of their lists.
pub fn all() -> impl Iterator<Item = Reason> {
    lists().into_iter().flat_map(|(_, list)| list.iter().copied())
}

/// The reason with this slug.
pub fn find(slug: &str) -> Option<Reason> {
    all().find(|reason| reason.slug == slug)
}
