//! Daemons.

use super::Sort::{Flag, Ip, Mac, Name, Other, Text, Time, Words};
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
};

pub(super) const GROUPS: &[Group] = &[Group {
    name: "daemon",
    title: "Daemons",
    says: "What stands in the `daemons` of a `Host` or a `Stack`: programs that run from the start, talk to each other in \
           frames, and write rows into the devices of their node.",
    form: Form::Kind,
    words: DAEMONS,
    example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Host(ip: \"10.0.0.1/24\", daemons: [@])})",
}];
