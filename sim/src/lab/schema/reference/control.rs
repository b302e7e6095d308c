//! Daemons.

use super::Sort::{Flag, Ip, Mac, Name, Names, Other, Text, Time, Whole, Words};
use super::{Form, Group, Word, words};

const STATIONS: super::Sort = Other("`{\"10.1.0.1\": \"c1\"}`: addresses, each with a MAC address or a node");

const DAEMONS: &[Word] = words! {
    /// A key-value store like etcd, on UDP port 2379: leases, revisions, watches. Its table is `store`.
    Store(
        /// Its data survive when its host loses power.
        persistent["true"]: Flag,
    )
    /// Flannel's daemon: registers the subnet of its host and writes neighbour, FDB row and route for each other one.
    Flanneld(
        /// The node with the store.
        store["required"]: Name("a node with a `Store`"),
        /// The subnet of its host.
        subnet["required"]: Other("`\"10.244.1.0/24\"`"),
        /// The VTEP of its host, and the interface into it; with `HostGw` the interface towards the other hosts.
        device["required for `Vxlan`, else `eth0`"]: Text,
        /// How packets get from host to host.
        backend["Vxlan"]: Words(&["Vxlan", "HostGw"]),
        /// The address the other hosts are told.
        public["the first of its host"]: Ip,
        /// The hardware address the other hosts are told for its VTEP.
        mac["that of the VTEP"]: Mac,
        /// Where the network is kept in the store.
        network["\"/coreos.com/network\""]: Text,
        /// How long its lease lives when it is not heard of.
        ttl["\"24h\""]: Time,
    )
    /// Calico's daemon: registers its host with its blocks of addresses, and for each block of another host writes the
    /// route, and what the tunnel needs before it. Its keys hang on no lease: they stay until somebody removes them.
    Felix(
        /// The node with the store.
        store["required"]: Name("a node with a `Store`"),
        /// The blocks of its host.
        blocks["required"]: Other("`[\"10.244.1.0/26\"]`"),
        /// The tunnel of its host, a `Vtep` or a `Tunnel` with `Ipip`, and the interface into it. Without one packets get
        /// no envelope, and hosts of other subnets no route.
        device["none"]: Text,
        /// Hosts of the same subnet need no envelope.
        cross_subnet["false"]: Flag,
        /// The name by which its host is registered.
        node["that of its host"]: Text,
        /// The address the other hosts are told.
        public["the first of its host"]: Ip,
        /// The hardware address the other hosts are told for its VTEP.
        mac["that of the VTEP"]: Mac,
    )
    /// The daemon of a VTEP that registers with a controller and is told by it where all others are.
    Controller(
        /// The node with the store.
        store["required"]: Name("a node with a `Store`"),
        /// The VTEP of its host.
        device["required"]: Text,
        /// The stations behind the VTEP.
        stations: STATIONS,
        /// What it writes: flood list, FDB rows and answers, or the flood list alone.
        rows["All"]: Words(&["All", "Flood"]),
        /// How long its keys live when it is not heard of.
        ttl["\"30s\""]: Time,
    )
    /// The daemon of a VTEP in an EVPN: type 3 routes make the flood list, type 2 routes FDB rows and answers.
    Evpn(
        /// The node with the store, which carries the routes.
        store["required"]: Name("a node with a `Store`"),
        /// The VTEP of its host.
        device["required"]: Text,
        /// The stations behind the VTEP.
        stations: STATIONS,
        /// How long its routes live when it is not heard of.
        ttl["\"30s\""]: Time,
    )
    /// The daemon of a VTEP that finds its peers by gossip on UDP port 7946, as Docker's do.
    Gossip(
        /// The VTEP of its host.
        device["required"]: Text,
        /// Whom it asks to join.
        seeds["required"]: Names("nodes"),
        /// The stations behind the VTEP. With none its host is told of no others.
        stations: STATIONS,
    )
};

const DISCOVERY: &[Word] = words! {
    /// Typed `StaticList`. Each VTEP has a flood list of all others, and learns the rest from frames.
    StaticList()
    /// Typed `Multicast("239.1.1.1")`. Each VTEP joins the group, sends there what fits no row, and learns the rest.
    Multicast()
    /// A daemon on each host registers with a store and writes what the others have registered. In a network with
    /// `gateway: Distributed` it is Flannel's, and writes a neighbour, an FDB row and a route for each other host.
    Controller(
        /// The node with the store.
        store["required"]: Name("a node with a `Store`"),
        /// What it writes: flood list and stations, or the flood list alone.
        rows["All"]: Words(&["All", "Flood"]),
        /// VTEPs answer ARP themselves from what is registered, and send none through the tunnel.
        suppress["true, with `rows: All`"]: Flag,
        /// How long its keys live when it is not heard of.
        ttl["\"30s\""]: Time,
    )
    /// Each host is a router that tells routes of EVPN by BGP: type 3 for its VTEP, type 2 for each station its bridge
    /// learns at its own ports. Routers of one AS speak with each other, or with their route reflector alone. With `store`
    /// and without `asn`, a daemon on each host keeps the same routes in a store, for stations known from the start.
    Evpn(
        /// The AS of all hosts.
        asn["required without `store`"]: Whole,
        /// VTEPs answer ARP themselves from routes of type 2. As with Linux's `proxy`, what is in none is not asked.
        suppress["false"]: Flag,
        /// Routes of type 3 are told and believed; otherwise nothing is flooded.
        flood["true"]: Flag,
        /// Hosts that import and export another route target than the AS and the VNI.
        targets["none"]: Other("`{\"h4\": \"65000:99\"}`: hosts, each with a route target"),
        /// The node with the store, which carries the routes in place of BGP.
        store["none"]: Name("a node with a `Store`"),
        /// How long its routes live in the store when it is not heard of.
        ttl["\"30s\""]: Time,
    )
    /// Typed `Gossip`. Hosts with a container in the network tell each other by gossip, as with Docker: no flood list,
    /// VTEPs answer ARP themselves, and what is not known is swallowed.
    Gossip()
};

pub(super) const GROUPS: &[Group] = &[
    Group {
        name: "discovery",
        title: "Ways of discovery",
        says: "What stands as `discovery` of a `Vxlan` overlay.",
        form: Form::Kind,
        words: DISCOVERY,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Hub()}, \
                  overlays: {\"o\": Vxlan(vni: 1, discovery: @)})",
    },
    Group {
        name: "daemon",
        title: "Daemons",
        says: "What stands in the `daemons` of a `Host` or a `Stack`: programs that run from the start, talk to each other in \
           frames, and write rows into the devices of their node.",
        form: Form::Kind,
        words: DAEMONS,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Host(ip: \"10.0.0.1/24\", daemons: [@])})",
    },
];
