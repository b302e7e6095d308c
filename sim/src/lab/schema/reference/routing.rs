//! Routing protocols.

use super::Sort::{Flag, Ip, Map, Name, Names, Other, Text, Time, Whole, Words};
use super::{Form, Group, Word, words};

const PROTOCOLS: &[Word] = words! {
    /// RIP version 2 on all interfaces with an address: every router tells its neighbours how far it thinks all networks
    /// are. Its tables are `rip` and `rib`.
    Rip(
        /// What is told to those a route was heard from: the same as to everybody, nothing, or that it leads nowhere.
        split_horizon["On"]: Words(&["Off", "On", "Poison"]),
        /// Changes are told at once, and not only with the next regular update.
        triggered["true"]: Flag,
        /// From one regular update to the next.
        update["\"30s\""]: Time,
        /// Each update comes so much earlier or later at most.
        jitter["\"5s\", at most a sixth of `update`"]: Time,
        /// When the first regular update is sent.
        first["\"1s\""]: Time,
        /// A route that nobody repeats for so long is gone.
        timeout["\"180s\""]: Time,
        /// So long the end of a route is told before it is forgotten.
        garbage["\"120s\""]: Time,
        /// Interfaces on which it listens and does not speak.
        passive["none"]: Names("interfaces"),
    )
    /// EIGRP on all interfaces with an address: every router tells its neighbours distances, and uses only those that are
    /// surely nearer; when there is none it asks all of them. Its tables are `eigrp` with the neighbours, `topology` with
    /// all ways, and `rib`.
    Eigrp(
        /// The autonomous system. Both ends of a link must have the same.
        asn["1"]: Whole,
        /// K1 to K5, the weights of bandwidth, load, delay and reliability. Both ends must have the same.
        k["[1, 0, 1, 0, 0]"]: Other("`[1, 0, 1, 0, 0]`: five numbers"),
        /// Delay of the interfaces for the metric, in whole tens of microseconds.
        delay["\"100us\""]: Time,
        /// Bandwidth of the interfaces for the metric.
        bandwidth["\"100Mbps\""]: Other("`\"100Mbps\"`: bits a second"),
        /// From one hello to the next.
        hello["\"5s\""]: Time,
        /// So long after its last hello this router is gone for its neighbours, in whole seconds.
        hold["three times `hello`"]: Time,
        /// What was not acknowledged is sent again after so long, sixteen times at most.
        retransmit["\"2s\""]: Time,
        /// A neighbour that does not answer a question for so long is given up; after half of it it is asked about it.
        active["\"180s\""]: Time,
        /// Nothing is told on the link a route leads to.
        split_horizon["true"]: Flag,
        /// Interfaces on which it neither speaks nor listens; their networks are told all the same.
        passive["none"]: Names("interfaces"),
        /// What is different on some interfaces, by name.
        interfaces["nothing"]: Map("eigrp-interface"),
    )
    /// OSPF version 2 on all interfaces with an address: every router tells all others of its area what its links are,
    /// and computes the shortest paths on the map they all have. Its tables are `ospf` with the neighbours, `lsdb` with
    /// the map, and `rib`.
    Ospf(
        /// Kind of network of the interfaces: any number of routers, of which one is designated, or two.
        network["Broadcast"]: Words(&["Broadcast", "PointToPoint"]),
        /// Area of the interfaces. A router with interfaces in several is a border router; 0 is the backbone.
        area["0"]: Other("`1` or `\"0.0.0.1\"`"),
        /// Areas that take a default route in place of all that is outside of OSPF.
        stub["none"]: Other("`[1]`: areas"),
        /// What it costs to send by an interface.
        cost["10"]: Whole,
        /// Priority for becoming designated router; 0 for never.
        priority["1"]: Whole,
        /// From one hello to the next, in whole seconds. Both ends of a link must have the same.
        hello["\"10s\""]: Time,
        /// So long after its last hello a neighbour is gone. Both ends must have the same.
        dead["four times `hello`"]: Time,
        /// What was not answered or acknowledged is sent again after so long.
        retransmit["\"5s\""]: Time,
        /// From a change of the map to the computation, after a rest.
        spf_delay["\"0s\""]: Time,
        /// From one computation to the next, once more for each one that follows closely.
        spf_hold["\"50ms\""]: Time,
        /// At most so long.
        spf_max["\"5s\""]: Time,
        /// The id of the router.
        router_id["the largest of its addresses"]: Ip,
        /// A password of up to eight bytes, which everybody on the wire can read.
        password["none"]: Text,
        /// Interfaces on which it neither speaks nor listens; their networks are on the map all the same.
        passive["none"]: Names("interfaces"),
        /// What is different on some interfaces, by name.
        interfaces["nothing"]: Map("ospf-interface"),
    )
    /// IS-IS on all interfaces: the same idea as OSPF, right on the link and not in IP. Its tables are `isis` with the
    /// neighbours, `lsdb` with the maps of its levels, and `rib`.
    Isis(
        /// Kind of network of the interfaces: any number of routers, of which one is designated, or two.
        network["Broadcast"]: Words(&["Broadcast", "PointToPoint"]),
        /// The area of the router, in pairs of hexadecimal digits.
        area["\"49.0001\""]: Text,
        /// Levels it speaks: 1 within its area, 2 between areas, or both. At level 1 neighbours must be of one area; a router
        /// of level 1 alone leaves it by the nearest one of both levels that reaches another.
        level["Both"]: Other("`1`, `2` or `Both`"),
        /// What it costs to send by an interface.
        metric["10"]: Whole,
        /// Priority for becoming designated system, 0 to 127. Who has a higher one takes the office at any time.
        priority["64"]: Whole,
        /// From one hello to the next, in whole seconds. A designated system takes a third.
        hello["\"10s\""]: Time,
        /// So long after its last hello others shall give this router up. The ends of a link need not agree.
        hold["three times `hello`"]: Time,
        /// So often a designated system lists all it has.
        csnp["\"10s\""]: Time,
        /// So long acknowledgements and questions are gathered.
        psnp["\"2s\""]: Time,
        /// What was not acknowledged on a link of two is sent again after so long.
        retransmit["\"5s\""]: Time,
        /// At least so long between two versions of what a router says of itself.
        lsp_interval["\"30s\""]: Time,
        /// From a change of the map to the computation, after a rest.
        spf_delay["\"0s\""]: Time,
        /// From one computation to the next, once more for each one that follows closely.
        spf_hold["\"1s\""]: Time,
        /// At most so long.
        spf_max["\"1s\", or `spf_hold`"]: Time,
        /// The id of the router.
        system["made of the largest of its addresses"]: Text,
        /// A password in its hellos, which everybody on the wire can read.
        password["none"]: Text,
        /// Hellos are as long as the longest packet, so that they arrive only where that one does.
        padding["true"]: Flag,
        /// Interfaces on which it neither speaks nor listens; their networks are on the map all the same.
        passive["none"]: Names("interfaces"),
        /// What is different on some interfaces, by name.
        interfaces["nothing"]: Map("isis-interface"),
    )
    /// BGP-4 over TCP: every router tells its neighbours by which ASes it reaches a network. Routers on one link are
    /// neighbours, and so are all routers of one AS, wherever they are. Its tables are `bgp`, `peers` and `rib`.
    Bgp(
        /// The AS of the router. The lab's `routing` need not name one, each router does.
        asn["each router has its own"]: Whole,
        /// Networks it tells of; one of its own links is told of only while that link has carrier.
        networks["those of its links without neighbours"]: Other("`[\"10.9.0.0/24\"]`: prefixes"),
        /// Communities that go with its networks.
        communities["none"]: Other("`[\"65001:100\", \"no-export\", \"no-advertise\"]`: communities"),
        /// What is special about some neighbours, by name or address. One that is not on a link becomes a neighbour by
        /// this, and one outside of the lab, for which `asn` must be given.
        neighbours["nothing"]: Map("neighbour"),
        /// Routers of the same AS for whom this one reflects. They speak inside the AS with their reflectors only.
        clients["none"]: Names("routers"),
        /// Nobody is a neighbour but those that are named here or name this router.
        only_named["false"]: Flag,
        /// All routers of the same AS are neighbours, except clients of a reflector; otherwise those on the same link.
        mesh["true"]: Flag,
        /// The identifier.
        id["the largest of its addresses"]: Ip,
        /// What it signs with as a reflector.
        cluster["its identifier"]: Ip,
        /// Longest silence; the smaller one of both ends counts, and a third of it lies between two KEEPALIVEs.
        hold["\"90s\""]: Time,
        /// After a call that failed it waits so long; after a session that failed 1 s, 2 s, 4 s, … up to this.
        retry["\"120s\""]: Time,
        /// Least time between two UPDATEs to the same neighbour in another AS. RFC 4271 has 30 s; most routers have none.
        mrai["\"0s\""]: Time,
        /// The same inside the AS. RFC 4271 has 5 s.
        mrai_internal["\"0s\""]: Time,
        /// Timers are shortened by up to a quarter, at random.
        jitter["false"]: Flag,
        /// Routes that are gone wait for the MRAI as well.
        withdrawals_wait["true"]: Flag,
        /// A session with a neighbour in another AS ends when their link has no carrier, and not with the hold time.
        fallover["true"]: Flag,
        /// MEDs are compared between neighbours of different ASes too.
        always_compare_med["false"]: Flag,
        /// Paths through the own AS are taken.
        allow_own_as["false"]: Flag,
        /// So many equally good routes are used side by side.
        multipath["1"]: Whole,
        /// Kinds of routes it speaks; two routers need one in common. A route reflector of VTEPs has `[Evpn]`.
        families["[Ipv4], or [Evpn] with `evpn`"]: Other("`[Ipv4, Evpn]`: kinds of routes"),
        /// VTEPs whose stations it tells as routes of EVPN, by name. Its table of them is `evpn`.
        evpn["none"]: Map("evpn-network"),
        /// Routes of `pool` lead through this tunnel of the same node, with the next hop as its other end.
        tunnel: Name("a tunnel for bare packets"),
        /// Prefixes in here go through `tunnel`.
        pool: Other("`\"10.244.0.0/16\"`: a prefix"),
        /// A next hop on a link of this router needs no tunnel.
        cross_subnet["false"]: Flag,
    )
};

const NEIGHBOURS: &[Word] = words! {
    /// What is special about a neighbour.
    Neighbour(
        /// The AS it is believed to be of.
        asn["its own"]: Whole,
        /// The own address towards it.
        from["that on their link, or the first one"]: Ip,
        /// What it is to this AS. Routes of customers have LOCAL_PREF 300 and go to all, those of peers 200 and those of
        /// providers 100, and both go to customers only. The other end need not say the reverse.
        relation["None"]: Words(&["None", "Customer", "Peer", "Provider"]),
        /// A client for whom this router reflects.
        client["false"]: Flag,
        /// It has to call; this router only waits.
        passive["false"]: Flag,
        /// Inside the AS it is told the own address as next hop, and not that of the neighbour outside.
        next_hop_self["false"]: Flag,
        /// LOCAL_PREF of its routes, whatever the relation.
        local_pref["100, or that of the relation"]: Whole,
        /// MED that is told to it.
        med["none"]: Whole,
        /// The own AS stands so many times more in front of the path it is told.
        prepend["0"]: Whole,
    )
};

const NETWORKS: &[Word] = words! {
    /// What is special about the network of a VTEP.
    Network(
        /// Routes with this route target are taken.
        import["the AS and the VNI"]: Other("`\"65000:42\"`: a route target"),
        /// The route target of its own routes.
        export["the AS and the VNI"]: Other("`\"65000:42\"`: a route target"),
        /// Routes of type 3 are told and believed; otherwise nothing is flooded.
        flood["true"]: Flag,
    )
};

const EIGRP_INTERFACES: &[Word] = words! {
    /// What is different on an interface.
    Interface(
        /// Delay for the metric.
        delay["that of the router"]: Time,
        /// Bandwidth for the metric.
        bandwidth["that of the router"]: Other("`\"100Mbps\"`: bits a second"),
        /// From one hello to the next.
        hello["that of the router"]: Time,
        /// So long after its last hello this router is gone for its neighbours.
        hold["that of the router"]: Time,
    )
};

const INTERFACES: &[Word] = words! {
    /// What is different on an interface.
    Interface(
        /// Its area.
        area["that of the router"]: Other("`1` or `\"0.0.0.1\"`"),
        /// Kind of network it is on.
        network["that of the router"]: Words(&["Broadcast", "PointToPoint"]),
        /// What it costs to send there.
        cost["that of the router"]: Whole,
        /// Priority for becoming designated router; 0 for never.
        priority["that of the router"]: Whole,
        /// From one hello to the next.
        hello["that of the router"]: Time,
        /// So long after its last hello a neighbour is gone.
        dead["four times `hello`, or that of the router"]: Time,
    )
};

const ISIS_INTERFACES: &[Word] = words! {
    /// What is different on an interface.
    Interface(
        /// Levels spoken there, of those the router speaks.
        level["that of the router"]: Other("`1`, `2` or `Both`"),
        /// Kind of network it is on.
        network["that of the router"]: Words(&["Broadcast", "PointToPoint"]),
        /// What it costs to send there.
        metric["that of the router"]: Whole,
        /// Priority for becoming designated system.
        priority["that of the router"]: Whole,
        /// From one hello to the next.
        hello["that of the router"]: Time,
        /// So long after its last hello others shall give it up.
        hold["three times `hello`, or that of the router"]: Time,
    )
};

pub(super) const GROUPS: &[Group] = &[
    Group {
        name: "protocol",
        title: "Routing protocols",
        says: "They stand as `routing` of the lab, which then goes for all its routers, of a `Router` or of a `Stack`. Where the \
               lab has one, a router may change parts of it with brackets alone: `routing: (first: \"11s\")`.",
        form: Form::Kind,
        words: PROTOCOLS,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Router(ips: {\"eth0\": \"10.0.0.1/24\"}, routing: @)})",
    },
    Group {
        name: "eigrp-interface",
        title: "Interfaces of an EIGRP router",
        says: "What stands behind a name in `interfaces`.",
        form: Form::Plain,
        words: EIGRP_INTERFACES,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Router(ips: {\"eth0\": \"10.0.0.1/24\"}, routing: Eigrp(interfaces: {\"eth0\": @}))})",
    },
    Group {
        name: "ospf-interface",
        title: "Interfaces of an OSPF router",
        says: "What stands behind a name in `interfaces`.",
        form: Form::Plain,
        words: INTERFACES,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Router(ips: {\"eth0\": \"10.0.0.1/24\"}, routing: Ospf(interfaces: {\"eth0\": @}))})",
    },
    Group {
        name: "evpn-network",
        title: "Networks of VTEPs",
        says: "What stands behind the name of a VTEP in `evpn` of a BGP router.",
        form: Form::Plain,
        words: NETWORKS,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Router(ips: {\"eth0\": \"10.0.0.1/24\"}, routing: Bgp(asn: 1, evpn: {\"vx\": @}))})",
    },
    Group {
        name: "isis-interface",
        title: "Interfaces of an IS-IS router",
        says: "What stands behind a name in `interfaces`.",
        form: Form::Plain,
        words: ISIS_INTERFACES,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Router(ips: {\"eth0\": \"10.0.0.1/24\"}, routing: Isis(interfaces: {\"eth0\": @}))})",
    },
    Group {
        name: "neighbour",
        title: "Neighbours of a BGP router",
        says: "What stands behind a name or an address in `neighbours`.",
        form: Form::Plain,
        words: NEIGHBOURS,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Router(ips: {\"eth0\": \"10.0.0.1/24\"}, routing: Bgp(asn: 1, neighbours: {\"10.0.0.2\": @})), \"b\": Router(ips: {\"eth0\": \"10.0.0.2/24\"}, routing: Bgp(asn: 2))}, links: [(\"a:eth0\", \"b:eth0\")])",
    },
];
