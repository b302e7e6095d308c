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
        "flood": MacFlood(from: "eve", rate: "100pps", lasts: "2s", ethertype: Ipv4),
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

/// A guide with every kind of question.
pub const GUIDE: &str = r#"Lab(
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
    traffic: {"ping": Ping(from: "ann", to: "bob"), "more": Ping(from: "ann", to: "bob", start: After(Done("ping"), "1s"))},
    variants: {
        "device": {"switch": (), "hub": (set: {"sw": Hub()})},
        "cable": {"whole": (), "cut": (set: {"more": (start: After(Done("ping"), "2s"))})},
    },
    steps: {
        "hub": (
            variant: "hub",
            say: "The node in the middle has no memory. ann pings bob once.",
            ask: {"copies": Number(
                say: "How many frames reach eve?",
                answer: Count(Frames(into: "eve")),
                wrong: {
                    "ping-only": (is: 2, say: "You counted the ping, not what comes before it."),
                    "M01-switch": (is: In("switch", Count(Frames(into: "eve"))), say: "A switch would be so private: {answer} it is."),
                },
                hints: ["Count all that ann and bob send.", "A hub repeats each frame.", "{answer}: two ARP, two ICMP."],
                because: "Each of {answer} frames went everywhere.",
            )},
            play: Done("ping"),
        ),
        "learn": (
            say: "Same cables, same ping, but the node may now remember one thing per frame.",
            ask: {
                "reply": Choice(
                    say: "bob's ARP reply arrives. What does the switch do with it?",
                    options: {
                        "one": (
                            say: "sends it to ann only",
                            holds: Saw(Decisions(at: "sw", src: "bob", carries: "arp", reason: "bridge.forward-known")),
                        ),
                        "all": (
                            say: "floods it",
                            holds: Saw(Decisions(at: "sw", src: "bob", carries: "arp", reason: "bridge.flood-unknown")),
                            why: "ann's request came by a moment ago, and its source was noted.",
                        ),
                    },
                    hints: ["What did the switch see before?", "It learns from sources.", "{answer}: it knows her."],
                ),
                "who": Pick(
                    say: "Point at every node that hears ann's question.",
                    answer: Nodes(Frames(carries: "arp", src: "ann")),
                    wrong: {"bob-only": (is: ["sw", "bob"], say: "Nobody knows yet which one bob is.")},
                    hints: ["Look at the destination.", "ff:ff:ff:ff:ff:ff means everybody.", "{answer}"],
                ),
                "order": Order(
                    say: "What arrives first at its receiver, what last?",
                    items: {
                        "ask": (say: "the question", by: Time(Frames(into: "bob", carries: "arp"))),
                        "answer": (say: "the answer", by: Time(Frames(into: "ann", carries: "arp"))),
                        "echo": (say: "the echo", by: Time(Frames(into: "bob", flow: "ping"))),
                    },
                    hints: ["Who needs what?", "No echo without an address.", "{answer}"],
                ),
                "table": Fill(
                    say: "Fill in the switch's table as it will be after the ping.",
                    table: ("sw", "fdb"), blanks: ["port"],
                    wrong: {"eve-known": (row: {"mac": "eve"}, say: "Hearing is not speaking.")},
                    hints: ["Who has sent a frame?", "One row per source address.", "{answer}"],
                ),
            },
            play: Done("ping"),
        ),
        "again": (
            say: "A second later ann pings bob once more.",
            ask: {
                "again": Number(
                    say: "How many frames does ann send now?", answer: Count(Frames(out_of: "ann")),
                    hints: ["Look at ann.", "She has a neighbour table.", "{answer}"],
                ),
                "lost": Number(
                    say: "How many pings are lost?", answer: Lost("more"), unit: "pings",
                    hints: ["Look at the flow.", "Nothing is broken.", "{answer}"],
                ),
                "pause": Number(
                    say: "How long after the start does her echo leave?",
                    answer: Time(Frames(out_of: "ann")), unit: "s", within: "100ms",
                    wrong: {"twice": (is: "2s", say: "That is the other variant.")},
                    hints: ["Look at the clock.", "It starts a while after the first is done.", "{answer}"],
                ),
            },
            play: Quiet,
        ),
        "truth": (
            say: "Both devices.",
            ask: {"truth": Grid(
                say: "What holds where?",
                rows: ["device"],
                cells: {"works": Delivered("ping"), "eve reads it": Saw(Frames(into: "eve", flow: "ping"))},
                hints: ["Who is in the middle?", "Only one of them forgets.", "{answer}"],
            )},
        ),
    },
    expect: {"it-works": Delivered("ping")},
)
"#;
