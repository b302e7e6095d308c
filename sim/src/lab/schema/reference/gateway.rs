//! What joins overlays.

use super::Sort::{Mac, Name, Of, Other, Whole, Words};
use super::{Form, Group, Word, words};

const JOINS: super::Sort = Other("`{\"blue\": \"10.1.0.254/24\", …}`: overlays, each with its address there");

const GATEWAYS: &[Word] = words! {
    /// One router on one host: what goes from one of its networks to another passes that host, wherever both ends are.
    Central(
        /// The host. It needs no container; it gets a bridge and a VTEP for every overlay.
        on["required"]: Name("a host"),
        /// The overlays it joins. Containers in them that name no gateway send to it.
        joins["required"]: JOINS,
        /// Further cards of the host, for networks without tunnels: `{"eth1": "10.9.0.254/24"}`; a link leads to `g:eth1`.
        ports: Other("`{\"eth1\": \"10.9.0.254/24\"}`: cards, each with its address there"),
    )
    /// The same router, with the same addresses, on every host with a container in one of its overlays. Rows for
    /// containers on other hosts are written as EVPN would write them; the VTEPs of these overlays learn nothing and
    /// answer ARP themselves, so no question, and no answer in the gateway's name, crosses a tunnel.
    Anycast(
        /// The overlays it joins, all `Vxlan`. Containers in them that name no gateway send to it.
        joins["required"]: JOINS,
        /// Who routes.
        mode["Asymmetric"]: Of("irb"),
        /// The overlays a host has: `All` that are joined, or `Local`, those of its containers.
        vnis["All for `Asymmetric`, Local for `Symmetric`"]: Words(&["All", "Local"]),
        /// Its hardware address in every overlay, on every host.
        mac["made from its place in the file"]: Mac,
    )
    /// A cable that is a port of an overlay: what is on it is in the overlay without a tunnel.
    Bridged(
        /// The host.
        on["required"]: Name("a host"),
        /// The overlay.
        net["required"]: Name("an overlay"),
        /// A further card of the host: `"eth1"`; a link leads to `g:eth1`.
        port["required"]: Name("a card"),
        /// The VLAN of the frames on the cable.
        vlan["no tag"]: Whole,
    )
};

const MODES: &[Word] = words! {
    /// The host of the sender routes into the network of the receiver, which only bridges: each host needs every VNI.
    Asymmetric()
    /// Both hosts route, and meet in a network of their own: each host needs its own VNIs and that one.
    Symmetric(
        /// The number of the network between the routers, the L3 VNI.
        vni["required"]: Whole,
        /// Router MACs the others are told instead of the true ones: `{"h2": "02:00:00:00:00:99"}`.
        announced: Other("`{\"h2\": \"02:00:00:00:00:99\"}`: hosts, each with a MAC address"),
    )
};

pub const GATEWAY: Group = Group {
    name: "gateway",
    title: "Gateways",
    says: "What stands in `gateways`: routers between overlays, each an IP stack of its own (a VRF), and doors to networks without tunnels.",
    form: Form::Kind,
    words: GATEWAYS,
    example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Hub()}, gateways: {\"g\": @})",
};

pub const MODE: Group = Group {
    name: "irb",
    title: "Modes of anycast gateways",
    says: "What stands as `mode` of `Anycast` (integrated routing and bridging, RFC 9135).",
    form: Form::Kind,
    words: MODES,
    example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Hub()}, gateways: {\"g\": Anycast(mode: @)})",
};
