//! The lab as a whole and the network in it.

use super::Sort::{
    Address, Flag, Ip, List, Mac, Map, Name, Names, Of, Other, Place, Rate, Share, Text, Time, Whole, Words,
};
use super::port::{PORTS, SECURITY};
use super::profile::PROFILE;
use super::{Form, Group, Word, gateway, overlay, words};

const DF: super::Sort = Words(&["Unset", "Set", "Inherit"]);
const ENDS: super::Sort = Other("IPv4 address, or the `ip6` of this host for an outer header of IPv6");
const NEIGHBOURS: super::Sort = Other("`{\"10.0.0.2\": \"bob\"}`: addresses, each with a MAC address or a node");
const ROUTES: super::Sort = Other("`{\"10.1.0.0/24\": \"10.0.0.254\"}`: prefixes and next hops, one or `[several]`");
const WHEN_FULL: super::Sort = Words(&["RefuseNew", "EvictOldest", "Overwrite", "DropFrame"]);

const LAB: &[Word] = words! {
    /// The whole file: the network, its traffic, its guide, and what a run of it must show.
    Lab(
        /// The version of the format: 1.
        format["required"]: Whole,
        /// The name people see.
        title["required"]: Text,
        /// One sentence: what will be remembered.
        idea["required"]: Text,
        /// Labs to have done before.
        after: Names("labs"),
        /// What the work of computers costs, as a model has it: `"ideal"` is nothing.
        profile["\"ideal\""]: PROFILE,
        /// Seed of all random numbers: the same seed, the same run.
        seed["1"]: Whole,
        /// Findings that are the lesson of this lab and no slip.
        allow: Names("findings: `duplicate-address`, `mtu-too-small`, `unreachable`, `node-without-link`, …"),
        /// Computers, switches, containers, routers.
        nodes["required without `cluster`"]: Map("node"),
        /// Cables: `("ann", "sw:1")`, or with options `("ann", "sw:1", (delay: "5ms"))`.
        links: Other("`[(end, end), (end, end, (link options))]`"),
        /// What is sent, by name of the flow.
        traffic: Map("traffic"),
        /// What changes while the lab runs.
        events: Map("event"),
        /// Worlds to compare: `{"axis": {"value": (…)}}`; the first value of each axis is the default.
        variants: Other("`{\"axis\": {\"value\": (variant)}}`"),
        /// What must hold at the end of every variant.
        expect: Map("check"),
        /// When a run ends, if it is not quiet before.
        end["Quiet"]: Of("moment"),
        /// The guide, step by step.
        steps: Map("step"),
        /// What is broken, and what counts as repaired: makes the lab a repair lab.
        repair: Of("repair"),
        /// What others have to choose about the cluster, and what has to hold then: makes the lab a brief.
        design: Of("design"),
        /// Nodes with pods, joined by a plugin; with it `nodes` may be left out.
        cluster: Of("cluster"),
        /// Networks that containers join by name.
        overlays: Map("overlay"),
        /// What all routers speak.
        routing: Of("protocol"),
        /// What joins overlays to each other, and to networks without tunnels.
        gateways: Map("gateway"),
    )
};

const NODES: &[Word] = words! {
    /// A computer with one card, `eth0`, and one IP stack.
    Host(
        /// Its address and the length of the network part.
        ip["required"]: Address,
        /// An IPv6 address, for tunnels with an outer header of IPv6 and nothing else.
        ip6: Other("`\"fd00::1/64\"`"),
        /// Where packets for other networks go; without it they go nowhere.
        gateway: Ip,
        /// Largest IP packet its card sends.
        mtu["1500"]: Whole,
        /// Hardware address of its card.
        mac["made from its place in the file"]: Mac,
        /// Its card accepts every frame.
        promiscuous["false"]: Flag,
        /// Unicast addresses the card compares exactly; with more it accepts everything.
        unicast_slots["16"]: Whole,
        /// Multicast groups it has joined.
        groups: Other("`[\"239.1.1.1\"]`"),
        /// Neighbours it knows from the start, so that it need not ask.
        neighbours: NEIGHBOURS,
        /// Routes written by hand.
        routes: ROUTES,
        /// It passes packets of others on.
        forwarding["false"]: Flag,
        /// Programs that run in the background from the start.
        daemons: List("daemon"),
        /// What its own work costs.
        profile["that of the lab"]: PROFILE,
        /// The address of a child of its own, `mac0` or `ipv0`, as its containers are: by it the host reaches containers on
        /// its card, and there are routes for them.
        shim: Address,
        /// Virtual functions of its card.
        sriov: Of("sriov"),
    )
    /// A switch: one bridge whose ports are numbered from 1.
    Switch(
        /// It learns where an address lives from the frames it sends.
        learning["true"]: Flag,
        /// Rows its table has room for.
        fdb_size: Whole,
        /// How long a row outlives the last frame from its address.
        ageing["\"300s\""]: Time,
        /// What becomes of a new address when the table is full.
        when_full["RefuseNew"]: WHEN_FULL,
        /// Largest IP packet on all its ports.
        mtu["1500"]: Whole,
        /// It sends a multicast group only where somebody has said to listen to it.
        snooping["false"]: Flag,
        /// It asks, as a router would, who listens; without anybody who asks, snooping holds nothing back.
        querier["false"]: Flag,
        /// The version of IGMP it asks in: 2 or 3.
        igmp["2"]: Whole,
        /// Ports with settings of their own, by number: `{"3": (isolated: true)}`.
        ports: Map("port"),
    )
    /// A switch that never learns: it repeats every frame.
    Hub()
    /// A node device by device: what all other kinds stand for.
    Linux(
        /// Its devices by name.
        devices["required"]: Map("device"),
        /// What is joined inside: `("host:eth0", "eth0")`.
        wires: Other("`[(\"device:port\", \"device:port\")]`"),
        /// Rows that are in its tables from the start.
        rows: List("change"),
        /// What its own work costs.
        profile["that of the lab"]: PROFILE,
    )
    /// An IP stack of its own inside a host.
    Container(
        /// The host it runs on.
        on["required"]: Name("a host"),
        /// Its address and the length of the network part.
        ip["required"]: Address,
        /// The overlay it joins; the host gets a bridge and a tunnel for it.
        net["required, or `nic`"]: Name("an overlay"),
        /// Instead of an overlay, the card of the host, and how it is shared.
        nic: Of("shared"),
        /// Largest IP packet.
        mtu["what fits"]: Whole,
        /// Its hardware address.
        mac["made from its place in the file"]: Mac,
        /// Where packets for other networks go.
        gateway: Ip,
        /// Neighbours it knows from the start, so that it need not ask.
        neighbours: NEIGHBOURS,
    )
    /// A host that passes packets on.
    Router(
        /// Its ports in order, each with its address.
        ips["required"]: Other("`{\"eth0\": \"10.0.0.254/24\", \"eth1\": \"10.1.0.254/24\"}`"),
        /// Routes written by hand.
        routes: ROUTES,
        /// Where packets for all other networks go.
        gateway: Ip,
        /// Largest IP packet on all its ports.
        mtu["1500"]: Whole,
        /// What picks one of several next hops: a hash of outer addresses, of addresses and ports, or each in turn.
        multipath["L3"]: Words(&["L3", "L4", "PerPacket"]),
        /// What it speaks with other routers.
        routing["that of the lab, if any"]: Of("protocol"),
        /// What its own work costs.
        profile["that of the lab"]: PROFILE,
    )
};

const DEVICES: &[Word] = words! {
    /// A network card.
    Nic(
        /// Its hardware address.
        mac["made from its place in the file"]: Mac,
        /// Largest IP packet.
        mtu["1500"]: Whole,
        /// It accepts every frame.
        promiscuous["false; true behind a bridge"]: Flag,
        /// It accepts every multicast frame.
        allmulti["false"]: Flag,
        /// Unicast addresses it compares exactly.
        unicast_slots["16"]: Whole,
        /// Unicast addresses it accepts beside its own.
        unicast: Other("`[\"02:00:00:00:00:01\"]`"),
        /// Multicast addresses it accepts.
        multicast: Other("`[\"01:00:5e:01:01:01\"]`"),
        /// It fills short frames up to 60 bytes.
        pads["true"]: Flag,
    )
    /// A bridge.
    Bridge(
        /// It learns where an address lives.
        learning["true"]: Flag,
        /// Rows its table has room for.
        fdb_size: Whole,
        /// How long a row outlives the last frame from its address.
        ageing["\"300s\""]: Time,
        /// What becomes of a new address when the table is full.
        when_full["RefuseNew"]: WHEN_FULL,
        /// Rows of a hash bucket, where full buckets are overwritten.
        ways: Whole,
        /// Largest IP packet on all its ports.
        mtu["1500"]: Whole,
        /// Ports belong to VLANs even where none says to which.
        vlan_filtering["true where a port names a VLAN"]: Flag,
        /// It sends a multicast group only where somebody has said to listen to it.
        snooping["false"]: Flag,
        /// It asks, as a router would, who listens; without anybody who asks, snooping holds nothing back.
        querier["false"]: Flag,
        /// The version of IGMP it asks in: 2 or 3.
        igmp["2"]: Whole,
        /// TCP connections through it announce no longer segments than this: a SYN that promises more is rewritten.
        clamp_mss: Whole,
        /// Its ports by name, in order.
        ports: Map("port"),
    )
    /// An IP stack.
    Stack(
        /// Its interfaces in order, each with one address or several in square brackets.
        ip["required"]: Other("`{\"eth0\": \"10.0.0.1/24\"}`"),
        /// IPv6 addresses, for tunnels with an outer header of IPv6 and nothing else.
        ip6: Other("`{\"eth0\": \"fd00::1/64\"}`"),
        /// Hardware addresses; one that is not given is that of the card behind the interface.
        mac: Other("one value, or `{\"eth0\": …}`"),
        /// Largest IP packets; one that is not given is that of the card behind the interface.
        mtu: Other("one value, or `{\"eth0\": …}`"),
        /// Where packets for other networks go.
        gateway: Ip,
        /// It passes packets of others on.
        forwarding["false"]: Flag,
        /// Neighbours it knows from the start.
        neighbours: NEIGHBOURS,
        /// Multicast groups it has joined.
        groups: Other("`[\"239.1.1.1\"]`"),
        /// It answers ARP for whatever it can route elsewhere, after a random time up to this one (`true`: 0.8 s).
        proxy_arp["false"]: Other("`true`, `\"0ms\"`, or `{\"eth0\": true}`"),
        /// What comes in is dropped unless the route back to its source leads out there too (`Loose`: unless there is one).
        rp_filter["Off"]: Other("`Off`, `Strict`, `Loose`, or `{\"eth0\": Strict}`"),
        /// Programs that run in the background from the start.
        daemons: List("daemon"),
        /// What picks one of several next hops: a hash of outer addresses, of addresses and ports, or each in turn.
        multipath["L3"]: Words(&["L3", "L4", "PerPacket"]),
        /// What it speaks with other routers.
        routing["nothing"]: Of("protocol"),
    )
    /// The end of a VXLAN tunnel.
    Vtep(
        /// The number of its network.
        vni["required"]: Whole,
        /// Address of this end.
        local["that of the stack behind its outer port"]: ENDS,
        /// The other ends, or a group: where frames go for which no row fits.
        remote: Other("one address, or several in square brackets; of IPv6 where `local` is"),
        /// UDP port.
        port["4789"]: Whole,
        /// Largest inner IP packet.
        mtu["what fits the interface below"]: Whole,
        /// Its own hardware address.
        mac: Mac,
        /// It learns which host an inner address lives on.
        learning["true"]: Flag,
        /// How long a learned row outlives the last frame from its address.
        ageing["\"300s\""]: Time,
        /// Rows its table has room for.
        fdb_size: Whole,
        /// It answers ARP from its own table and sends none.
        proxy["false"]: Flag,
        /// It tells when a destination is in no row.
        l2miss["false"]: Flag,
        /// It tells when a question has no answer.
        l3miss["false"]: Flag,
        /// Whether the outer packet may be fragmented.
        df["Unset"]: DF,
        /// Time to live of the outer packet.
        ttl["64, 1 to a group"]: Whole,
        /// It makes a checksum for the outer UDP header.
        checksum["true"]: Flag,
        /// UDP source ports: the first, and the one behind the last.
        srcport: Other("`[49152, 65535]`"),
    )
    /// The network that a provider shows its machines: rules and no learning. Its rows hand out addresses.
    Fabric(
        /// Whose network, and what its user has changed.
        environment["required"]: Of("environment"),
        /// Names of its ports.
        ports["required"]: Names("ports"),
        /// Length of the prefix of a subnet.
        subnet["24"]: Whole,
    )
    /// The end of a tunnel of another kind.
    Tunnel(
        /// The kind of envelope.
        kind["required"]: Of("tunnel"),
        /// Address of this end.
        local["that of the stack behind its outer port"]: ENDS,
        /// The other ends.
        remote: Other("one address, or several in square brackets; of IPv6 where `local` is"),
        /// Largest inner IP packet.
        mtu["what fits the interface below"]: Whole,
        /// Its own hardware address, where frames are carried.
        mac: Mac,
        /// It learns which host an inner address lives on.
        learning["true"]: Flag,
        /// Whether the outer packet may be fragmented.
        df["Unset"]: DF,
        /// Time to live of the outer packet.
        ttl["64, 1 to a group"]: Whole,
    )
    /// Macvlan devices on one card: `lower` joins it, `host` is the host's own interface.
    Macvlan(
        /// The devices by name, in order; each is a port.
        children["required"]: Map("child"),
    )
    /// Ipvlan devices on one card: `lower` joins it, `host` is the host's own interface, `routed` leads to a port of the
    /// same stack for what it routes in modes L3 and L3s.
    Ipvlan(
        /// The devices by name, in order; each is a port.
        children["required"]: Map("ipvlan-child"),
    )
    /// The virtual functions of one card and the switch between them: `lower` joins it, `host` is the host's own interface.
    Sriov(
        /// Frames between functions are switched in the card, or by the switch at the other end of its cable.
        mode["Veb"]: Words(super::sriov::MODES),
        /// Virtual functions the card has.
        vfs["64"]: Whole,
        /// Those in use by name, in order; each is a port.
        functions["required"]: Map("function"),
    )
};

const LINKS: &[Word] = words! {
    /// The third part of a link.
    options(
        /// Largest IP packet at both ends.
        mtu["1500"]: Whole,
        /// How fast bits go in.
        rate["\"10Gbps\""]: Rate,
        /// How long a bit travels.
        delay["\"5us\""]: Time,
        /// Bytes that may wait at its beginning.
        queue: Whole,
        /// Share of the frames that are lost.
        loss["\"0%\""]: Share,
        /// Another name than `a--b`.
        name["`a--b`"]: Text,
    )
};

const CHANGES: &[Word] = words! {
    /// Gives settings of a device or port new values.
    Set(
        /// The device or port.
        place["required"]: Place,
        /// The settings: `(ageing: "10s")`.
        fields["required"]: Other("`(setting: value, …)`"),
    )
    /// Writes a row.
    AddRow(
        /// The device.
        place["required"]: Place,
        /// The table.
        table["required"]: Name("a table"),
        /// The row.
        cells["required"]: super::Sort::Cells,
    )
    /// Removes all rows with these cells.
    DelRow(
        /// The device.
        place["required"]: Place,
        /// The table.
        table["required"]: Name("a table"),
        /// Cells that a row must have to be removed.
        cells["required"]: super::Sort::Cells,
    )
    /// Removes all rows that were learned.
    Flush(
        /// The device.
        place["required"]: Place,
        /// The table.
        table["required"]: Name("a table"),
    )
    /// Cuts a link, unplugs a port, or switches a node off.
    Down(
        /// What.
        place["required"]: Place,
    )
    /// The opposite of `Down`.
    Up(
        /// What.
        place["required"]: Place,
    )
    /// Switches a node off or on.
    Power(
        /// The node.
        node["required"]: Name("a node"),
        /// `On` or `Off`.
        state["required"]: Words(&["On", "Off"]),
    )
    /// Makes a link lose frames, from now on. A second `Loss` takes the place of the first; a share of `"0%"` ends it.
    Loss(
        /// The link.
        place["required"]: Place,
        /// How many of them.
        share["required"]: Share,
        /// Only frames that carry this layer, as with `Frames(carries: …)`: `"ipv4"`, `"ospf"`, `"isis"`.
        carries: Name("a layer"),
    )
    /// Starts a flow, also one that is over.
    Start(
        /// The flow.
        flow["required"]: Name("a flow"),
    )
    /// Ends a flow.
    Stop(
        /// The flow.
        flow["required"]: Name("a flow"),
    )
};

/// A lab in which only `nodes` may be wrong.
macro_rules! lab {
    ($($part:literal),* $(,)?) => {
        concat!(
            "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Host(ip: \"10.0.0.1/24\"), ",
            "\"b\": Host(ip: \"10.0.0.2/24\")}, links: [(\"a\", \"b\")], ",
            "traffic: {\"p\": Ping(from: \"a\", to: \"b\")}, ",
            $($part,)*
            ")"
        )
    };
}
pub(super) use lab;

pub const GROUPS: &[Group] = &[
    Group { name: "lab", title: "Lab", says: "One file is one lab.", form: Form::Kind, words: LAB, example: "@" },
    Group {
        name: "node",
        title: "Nodes",
        says: "What stands in `nodes`.",
        form: Form::Kind,
        words: NODES,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": @})",
    },
    Group {
        name: "link",
        title: "Link options",
        says: "A link has 10 Gbit/s and 5 us unless its third part says otherwise.",
        form: Form::Plain,
        words: LINKS,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Hub(), \"b\": Hub()}, links: [(\"a:1\", \"b:1\", @)])",
    },
    Group {
        name: "port",
        title: "Port settings",
        says: "Settings of one port of a switch or a bridge.",
        form: Form::Plain,
        words: PORTS,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Switch(ports: {\"1\": @})})",
    },
    Group {
        name: "security",
        title: "Port security",
        says: "What stands in `port_security`.",
        form: Form::Plain,
        words: SECURITY,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Switch(ports: {\"1\": (port_security: @)})})",
    },
    Group {
        name: "overlay",
        title: "Overlays",
        says: "What stands in `overlays`: a network that containers join with `net`.",
        form: Form::Kind,
        words: overlay::OVERLAYS,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Hub()}, overlays: {\"o\": @})",
    },
    gateway::GATEWAY,
    gateway::MODE,
    Group {
        name: "device",
        title: "Devices",
        says: "What stands in the `devices` of `Linux`.",
        form: Form::Kind,
        words: DEVICES,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Linux(devices: {\"d\": @})})",
    },
    Group {
        name: "tunnel",
        title: "Kinds of tunnels",
        says: "What stands as `kind` of a `Tunnel`.",
        form: Form::Kind,
        words: super::tunnel::TUNNELS,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Linux(devices: {\"d\": Tunnel(kind: @)})})",
    },
    Group {
        name: "change",
        title: "Changes",
        says: "What events do, what is broken and repaired, and what a student types.",
        form: Form::Call,
        words: CHANGES,
        example: lab!("events: {\"e\": (at: \"1s\", do: @)}"),
    },
];
