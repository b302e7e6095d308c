//! Sound labs to run and to damage.

/// Ping through a switch that may be a hub.
pub const HUB_AND_SWITCH: &str = r#"// A comment, and 中文 before everything else.
Lab(
    format: 1,
    title: "A hub repeats, a switch learns",
    idea: "A switch remembers behind which port each source address lives.",
    nodes: {
        "ann": Host(ip: "10.0.0.1/24"),
        "bob": Host(ip: "10.0.0.2/24"),
        "eve": Host(ip: "10.0.0.3/24"),
        "sw": Switch(),
    },
    links: [("ann", "sw:1"), ("bob", "sw:2"), ("eve", "sw:3")],
    traffic: {"ping": Ping(from: "ann", to: "bob")},
    variants: {"device": {
        "hub": (
            say: "It has no memory.",
            set: {"sw": Hub()},
            expect: {
                "eve-hears-all": Is(Count(Frames(into: "eve")), 4),
                "no-memory": Is(Rows("sw", "fdb", {}), 0),
            },
        ),
        "switch": (expect: {
            "eve-hears-one": Is(Count(Frames(into: "eve")), 1),
            "memory": Is(Rows("sw", "fdb", {}), 2),
            "bob-is-behind-2": Is(Cell("sw", "fdb", {"mac": "bob"}, "port"), 2),
            "reply-is-known": Saw(Decisions(at: "sw", src: "bob", carries: "arp", reason: "bridge.forward-known")),
            "asked-for-bob": Is(Field(Frames(carries: "arp", src: "ann"), "arp.tpa"), "bob"),
            "who-hears": Is(Nodes(Frames(carries: "arp", src: "ann")), ["sw", "bob", "eve"]),
        }),
    }},
    expect: {
        "it-works": Delivered("ping"),
        "hub-tells-more": In("hub", AtLeast(Count(Frames(into: "eve", flow: "ping")), 2)),
    },
)
"#;

/// A flooded table, port security, a listener, events.
pub const FLOOD: &str = r#"Lab(
    format: 1,
    title: "The forgetful switch",
    idea: "A full table cannot learn.",
    after: ["first-ping"],
    seed: 7,
    nodes: {
        "ann": Host(ip: "10.0.0.1/24", neighbours: {"10.0.0.2": "bob"}),
        "bob": Host(ip: "10.0.0.2/24", neighbours: {"10.0.0.1": "02:00:00:00:00:01"}),
        "eve": Host(ip: "10.0.0.3/24", promiscuous: true),
        "sw": Switch(fdb_size: 50, ageing: "30s", when_full: RefuseNew, ports: {"3": (hairpin: false)}),
    },
    links: [("ann", "sw:1", (rate: "1Gbps", delay: "10us")), ("bob", "sw:2"), ("eve", "sw:3", (name: "spy"))],
    traffic: {
        "ears": Sniff(on: "eve"),
        "flood": MacFlood(from: "eve", rate: "100pps", lasts: "2s"),
        "secret": Ping(from: "ann", to: "bob", count: 5, every: "10ms", start: After(Done("flood"), "1s")),
        "data": Udp(from: "ann", to: "bob", count: 10, rate: "100pps", size: 200, start: Done("secret")),
        "web": Request(from: "bob", to: "ann", count: 2, answer: 300, start: Event("cut-spy")),
    },
    events: {
        "cut-spy": (at: After(Done("data"), "1s"), do: Down("spy")),
        "slow": (at: "5ms", do: Set("sw", (ageing: "10s", learning: true))),
        "row": (at: "6ms", do: AddRow("sw", "fdb", {"mac": "ann", "port": 1})),
        "lossy": (at: "7ms", do: Loss("bob--sw", "0%")),
        "forget": (at: Event("slow"), do: Flush("bob", "neigh")),
    },
    variants: {
        "defence": {
            "none": (expect: {
                "full": Saw(Decisions(at: "sw", reason: "bridge.table-full")),
                "overheard": Saw(Decisions(at: "eve", reason: "app.overheard")),
            }),
            "port-security": (
                set: {"sw:3": (port_security: (maximum: 1, violation: Restrict))},
                expect: {
                    "shut": Dropped(flow: "flood", at: "sw:3", reason: "bridge.port-security"),
                    "private": Never(Frames(into: "eve", flow: "data")),
                },
            ),
        },
        "size": {"small": (), "large": (set: {"data": (size: 1000), "a*": (mtu: 1500), "ann--sw": (delay: "20us")})},
    },
    expect: {
        "works": All([Delivered("secret"), Delivered("data"), Delivered("web")]),
        "bytes": In("large", AtLeast(Bytes(Frames(into: "bob", flow: "data")), 10000)),
        "rtt": AtMost(Rtt("secret", Max), "1ms"),
    },
    end: Quiet,
)
"#;
