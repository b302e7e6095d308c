//! Virtual functions with stacks above and a switch beside them: who reaches whom in each mode, what stands on a bridge
//! behind one, what changes while they run. Read off Linux drivers and datasheets; there is no such card here to ask.

use crate::engine::Stop;
use crate::id::FlowId;
use crate::lab::{EVENT_BUDGET, LabFile, Source, diagnostic::render, open, run_variant};
use crate::lang::Lang;

const LAB: &str = r#"Lab(
    format: 1,
    title: "A switch inside a card",
    idea: "Who reaches whom.",
    nodes: {
        "h": Host(ip: "10.0.0.1/24", sriov: (mode: MODE, vfs: 2)), "x": Host(ip: "10.0.0.9/24"), "sw": Switch(),
        "a": Container(on: "h", nic: Vf(), ip: "10.0.0.11/24"),
        "b": Container(on: "h", nic: Vf(VLAN), ip: "10.0.0.12/24"),
    },
    links: [("h", "sw:1"), ("x", "sw:2")],
    traffic: {
        "near": Ping(from: "a", to: "b"),
        "out": Ping(from: "a", to: "x", start: "5s"),
        "in": Ping(from: "x", to: "a", start: "10s"),
        "up": Ping(from: "a", to: "h", start: "15s"),
        "down": Ping(from: "h", to: "a", start: "20s"),
    },
    variants: {"switch": {"plain": (), "reflects": (set: {"sw:1": (hairpin: true)})}},
)
"#;

fn sound(text: &str) -> LabFile {
    let source = Source::new("lab.ron", text);
    let lab = open(source.clone()).unwrap_or_else(|findings| panic!("{}", render::all(&findings, &source)));
    assert_eq!(render::all(&lab.warnings, &lab.source), "");
    lab
}

#[test]
fn who_reaches_whom() {
    // Of near, out, in, up, down those that are answered: with a plain switch, and with one that sends back.
    for (mode, vlan, plain, reflects) in [
        ("Veb", "", "near out in up down", "near out in up down"),
        ("Vepa", "", "out in", "near out in up down"),
        ("Veb", "vlan: 10", "out in up down", "out in up down"),
        ("Vepa", "vlan: 10", "out in", "out in up down"),
    ] {
        let lab = sound(&LAB.replace("MODE", mode).replace("VLAN", vlan));
        for (variant, wanted) in [("plain", plain), ("reflects", reflects)] {
            let ran = run_variant(&lab, Some(variant), None, EVENT_BUDGET).unwrap();
            assert_eq!(ran.stop, Stop::Quiet);
            let answered = |at: u16| ran.world.flow_stats(FlowId(at)).is_some_and(|stats| stats.received > 0);
            let names = ["near", "out", "in", "up", "down"];
            let found: Vec<&str> = names.into_iter().zip(0..).filter(|(_, at)| answered(*at)).map(|at| at.0).collect();
            assert_eq!(found.join(" "), wanted, "{mode} {vlan} {variant}");
        }
    }
}

/// What can be seen of the frames, and what changes while they run. Behind `v` there is a bridge with a guest on it.
pub const SEEN: &str = r#"Lab(
    format: 1,
    title: "A switch inside a card",
    idea: "It knows what it is told.",
    nodes: {
        "h": Host(ip: "10.0.0.1/24", promiscuous: true, sriov: (vfs: 8)), "x": Host(ip: "10.0.0.9/24"), "sw": Switch(),
        "a": Container(on: "h", nic: Vf(), ip: "10.0.0.11/24", mac: "02:aa:00:00:00:0a"),
        "b": Container(on: "h", nic: Vf(state: Enable), ip: "10.0.0.12/24"),
        "g": Linux(
            devices: {
                "eth0": Nic(), "ip": Stack(ip: {"eth0": "10.0.0.2/24"}), "br": Bridge(),
                "guest": Stack(ip: {"eth0": "10.0.0.22/24"}), "own": Stack(ip: {"eth0": "10.0.0.21/24"}),
                "q": Stack(ip: {"eth0": "10.0.0.23/24"}),
                "sr": Sriov(vfs: 4, functions: {
                    "v": (spoofchk: false), "q": (mac: "02:bb:00:00:00:01", asks: ["02:bb:00:00:00:02"]),
                }),
            },
            wires: [("sr:lower", "eth0"), ("ip:eth0", "sr:host"), ("br:up", "sr:v"), ("own:eth0", "br:own"),
                ("guest:eth0", "br:guest"), ("q:eth0", "sr:q")],
        ),
    },
    links: [("h", "sw:1"), ("x", "sw:2"), ("g", "sw:3")],
    traffic: {
        "near": Ping(from: "a", to: "b"),
        "lost": Ping(from: "g/guest", to: "x", start: "3s"),
        "forged": Raw(from: "a", to: "x", src: "02:cc:00:00:00:01", start: "8s"),
        "granted": Ping(from: "g/guest", to: "x", start: "10s"),
        "apart": Ping(from: "a", to: "b", start: "20s"),
        "dark": Ping(from: "h", to: "b", start: "30s"),
        "kept": Ping(from: "b", to: "a", start: "40s"),
        "hear": Raw(from: "x", to: "239.1.1.1", start: "51s"),
        "asked": Raw(from: "x", to: "02:bb:00:00:00:02", start: "52s"),
        "may": Raw(from: "x", to: "02:bb:00:00:00:02", start: "54s"),
        "eve": Raw(from: "x", to: "02:dd:00:00:00:01", start: "56s"),
        "calm": Raw(from: "x", to: "02:dd:00:00:00:01", start: "58s"),
    },
    events: {
        "trust": (at: "9s", do: Set("g/sr:v", (trust: true))),
        "vlan": (at: "19s", do: Set("h/sriov:a", (vlan: 10))),
        "no-vlan": (at: "29s", do: Set("h/sriov:a", (vlan: 0))),
        "pull": (at: "29s", do: Down("h--sw")),
        "enable": (at: "39s", do: Set("h/sriov:a", (state: Enable))),
        "plug": (at: "49s", do: Up("h--sw")),
        "join": (at: "50s", do: AddRow("b", "groups", {"group": "239.1.1.1"})),
        "grant": (at: "53s", do: Set("g/sr:q", (trust: true))),
        "deaf": (at: "57s", do: Set("h", (promiscuous: false))),
    },
    expect: {
        "near": All([Delivered("near"), Never(Frames(out_of: "h", flow: "near"))]),
        "no-row": All([Fails("lost"), Saw(Frames(into: "x", carries: "arp", caused_by: "lost")),
            Saw(Drops(at: "g/sr", reason: "sriov.no-row"))]),
        "spoofed": All([Saw(Drops(at: "h/sriov", flow: "forged", reason: "sriov.spoofed")),
            Never(Frames(into: "sw", flow: "forged"))]),
        "granted": Delivered("granted"),
        "nothing-learned": Is(Rows("g/sr", "veb", {}), 4),
        "apart": Fails("apart"),
        "dark": Fails("dark"),
        "kept": Delivered("kept"),
        "group": All([Saw(Frames(into: "h/b:eth0", flow: "hear")), Never(Frames(into: "h/a:eth0", flow: "hear"))]),
        "asked": All([Never(Frames(into: "g/q:eth0", flow: "asked")), Saw(Frames(into: "g/q:eth0", flow: "may"))]),
        "promiscuous": All([Saw(Frames(into: "h/ip:eth0", flow: "eve")), Never(Frames(into: "h/ip:eth0", flow: "calm"))]),
    },
)
"#;

#[test]
fn what_is_seen_of_it_and_what_changes_while_it_runs() {
    let ran = run_variant(&sound(SEEN), None, None, EVENT_BUDGET).unwrap();
    assert_eq!(ran.stop, Stop::Quiet);
    for (name, outcome) in &ran.outcomes {
        assert!(outcome.holds, "{name}: {}", outcome.text(Lang::En));
    }
}

#[test]
fn its_script_names_real_cards_and_sets_functions_up_as_one_would_by_hand() {
    let lab = sound(SEEN);
    let Ok(script) = crate::plan::linux::script(&sound(&pings(SEEN)).variants()[0].plan().clone()) else {
        let refused = crate::plan::linux::script(lab.variants()[0].plan()).unwrap_err();
        panic!("{refused:?}");
    };
    for line in [
        ": \"${OU_CARD_h_eth0:?names a card of this machine with virtual functions, to be eth0 of h}\"",
        ": \"${OU_CARD_sw_p1:?names a card of this machine, to be p1 of sw}\"",
        "functions \"$OU_CARD_h_eth0\" 2",
        "bridge -n \"$OU-h\" link set dev eth0 hwmode veb",
        "ip -n \"$OU-h\" link set eth0 vf 0 mac 02:aa:00:00:00:0a vlan 0 spoofchk on trust off state auto",
        "lend \"$(function_of \"$OU_BUS_h_eth0\" 0)\" h-a eth0",
        "ip -n \"$OU-h-a\" link set dev eth0 address 02:aa:00:00:00:0a up",
        "ip -n \"$OU-h\" link set dev eth0 promisc on",
        "lend \"$(function_of \"$OU_BUS_g_eth0\" 0)\" g pup",
        "ip -n \"$OU-g\" link set dev pup promisc on",
        "ip -n \"$OU-g\" link set dev pup master br up",
        "bridge -n \"$OU-g-q\" fdb add 02:bb:00:00:00:02 dev eth0 self permanent",
        "    ip -n \"$OU-g\" link set eth0 vf 0 trust on",
        "    ip -n \"$OU-h\" link set eth0 vf 0 vlan 10",
        "    ip -n \"$OU-h\" link set eth0 vf 0 state enable",
        "    ip -n \"$OU-h\" link set dev eth0 promisc off",
    ] {
        assert!(script.lines().any(|own| own == line), "{line}\n{script}");
    }
    assert!(!script.contains("name eth0 netns \"$OU-h\" mtu"), "no virtual card where functions are");
}

/// The lab with its pings alone, for Linux runs nothing else.
fn pings(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.contains("Raw(") && !line.contains("AddRow("));
    lines.take_while(|line| *line != "    expect: {").collect::<Vec<_>>().join("\n") + "\n)\n"
}
