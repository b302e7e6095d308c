//! What tunnels and containers become in a script for Linux. Some of these devices this kernel may lack; the commands
//! are compared as text, and the shell must be able to read them.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use overunder_sim::lab::parse;
use overunder_sim::plan::linux;

const ZOO: &str = include_str!("../../scenarios/14-tunnel-zoo/lab.ron");

fn script(text: &str, variant: Option<&str>) -> Result<String, Vec<String>> {
    let file = parse("lab.ron", text).unwrap_or_else(|findings| panic!("{findings:#?}"));
    linux::script(&file.plan(variant, None).unwrap())
}

/// Lines of a script with all of these words, without the prefix of namespaces.
fn lines(script: &str, words: &[&str]) -> Vec<String> {
    let fits = |line: &String| words.iter().all(|word| line.contains(word));
    script.lines().map(|line| line.replace("$OU-", "")).filter(fits).collect()
}

/// Two hosts device by device; `device` is the tunnel of each, and `inner` where its inner port leads.
fn by_hand(device: &str, inner: &str, rows: &str) -> String {
    let mut parts = String::from("nodes: {");
    for (own, other) in [(1, 2), (2, 1)] {
        let device = device.replace("OWN", &format!("192.0.2.{own}")).replace("OTHER", &format!("192.0.2.{other}"));
        let _ = write!(
            parts,
            r#""h{own}": Linux(
                devices: {{
                    "eth0": Nic(), "ip": Stack(ip: {{"eth0": "192.0.2.{own}/24", "t": "10.9.0.{own}/24"}}),
                    "br": Bridge(), "t": {device},
                }},
                wires: [("ip:eth0", "eth0"), ("t:outer", "ip:t.out"), {inner}],
                rows: [{rows}],
            ), "#
        );
    }
    let traffic = r#"traffic: {"ping": Ping(from: "h1", to: "h2")}"#;
    format!("Lab(format: 1, title: \"T\", idea: \"T.\", {parts}}}, links: [(\"h1:eth0\", \"h2:eth0\")], {traffic})")
}

const TO_STACK: &str = "(\"t:inner\", \"ip:t\")";

#[test]
fn every_kind_is_the_device_of_its_name() {
    for (variant, made) in [
        ("ipip", "name ipip-blue mtu 1480 type ipip local 192.0.2.1"),
        ("gre", "name gre-blue mtu 1476 type gre local 192.0.2.1"),
        ("gretap", "type gretap remote 192.0.2.2 local 192.0.2.1"),
        ("vxlan", "type vxlan id 42 dstport 4789 local 192.0.2.1 dev eth0 ageing 300"),
    ] {
        let text = script(ZOO, Some(variant)).unwrap();
        let made = lines(&text, &["ip -n \"h1\" link add", made]);
        assert_eq!(made.len(), 1, "{variant}: {:?}", lines(&text, &["link add", "h1"]));
    }
}

#[test]
fn tunnels_of_frames_have_one_other_end() {
    let tunnel = |kind: &str| format!("Tunnel(kind: {kind}, local: \"OWN\", remote: [\"OTHER\"])");
    let text = script(&by_hand(&tunnel("Geneve(vni: 42)"), TO_STACK, ""), None).unwrap();
    let words = "type geneve id 42 remote 192.0.2.2 dstport 6081 udpcsum";
    assert_eq!(lines(&text, &["ip -n \"h1\" link add name t ", words]).len(), 1, "{:?}", lines(&text, &["geneve"]));
    let several = tunnel("Geneve(vni: 42)").replace("[\"OTHER\"]", "[\"OTHER\", \"192.0.2.9\"]");
    let refused = script(&by_hand(&several, TO_STACK, ""), None).unwrap_err();
    assert!(refused.iter().any(|line| line == "h1/t: a device for frames has one other end on Linux"), "{refused:?}");
    let refused = script(ZOO, Some("geneve")).unwrap_err();
    assert!(refused.iter().any(|line| line.contains("a geneve device writes no options of its own")), "{refused:?}");
}

#[test]
fn packets_of_a_prefix_go_to_the_host_of_its_route() {
    let text = script(ZOO, Some("ipip")).unwrap();
    let routes = lines(&text, &["route", "ipip-blue"]);
    assert_eq!(routes.len(), 2, "one on each host: {routes:?}");
    assert!(
        routes[0].starts_with("ip -n \"h1\" route replace ")
            && routes[0].contains(" via 192.0.2.2 dev ipip-blue onlink")
    );
}

#[test]
fn what_programs_do_is_refused_in_a_sentence() {
    for (variant, why) in [
        ("flannel-udp", "h1/udp-blue: packets in plain UDP are the work of a program, not of Linux"),
        ("sleeve", "h1/sleeve-blue: Weave's framing is the work of a program, not of Linux"),
        ("wireguard", "h1/wireguard-blue: a WireGuard device encrypts, and the simulator has no keys to give it"),
    ] {
        let refused = script(ZOO, Some(variant)).unwrap_err();
        assert!(refused.iter().any(|line| line == why), "{refused:?}");
    }
}

#[test]
fn settings_of_vteps_are_words_or_refused() {
    let vtep = "Vtep(vni: 7, local: \"OWN\", remote: [\"OTHER\"], ";
    let made = |settings: &str| script(&by_hand(&format!("{vtep}{settings})"), TO_STACK, ""), None);
    for (settings, words) in [
        ("", "mtu 1450"),
        ("port: 8472, ttl: 9, df: Set", "dstport 8472 local 192.0.2.1 dev eth0 ttl 9 df set ageing 300"),
        ("proxy: true, l2miss: true, l3miss: true, learning: false", "nolearning proxy l2miss l3miss"),
        ("ageing: \"60s\", fdb_size: 9, df: Inherit", "df inherit ageing 60 maxaddress 9"),
        ("checksum: false", "noudpcsum"),
    ] {
        let text = made(settings).unwrap();
        assert_eq!(lines(&text, &["ip -n \"h1\" link add", "type vxlan", words]).len(), 1, "{settings}: {text}");
    }
    let wide = made("mtu: 1500").unwrap();
    assert_eq!(lines(&wide, &["type vxlan", " dev "]), Vec::<String>::new());
    let refused = made("ageing: \"1500ms\"").unwrap_err();
    assert!(refused.iter().any(|line| line.contains("whole seconds")), "{refused:?}");
}

#[test]
fn rows_of_vteps_are_commands() {
    let rows = r#"
        AddRow("t", "fdb", {"mac": "02:00:00:00:00:07", "remote": "192.0.2.9", "port": "8472", "vni": "8"}),
        AddRow("ip", "neigh", {"ip": "10.9.0.9", "mac": "02:00:00:00:00:07", "dev": "t"}),
        AddRow("ip", "routes", {"prefix": "10.8.0.0/24", "via": "10.8.0.0", "dev": "t"}),
    "#;
    let vtep = "Vtep(vni: 7, local: \"OWN\", remote: [\"OTHER\"])";
    let text = script(&by_hand(vtep, TO_STACK, rows), None).unwrap();
    for line in [
        "bridge -n \"h1\" fdb append 00:00:00:00:00:00 dev t self permanent dst 192.0.2.2",
        "bridge -n \"h1\" fdb replace 02:00:00:00:00:07 dev t self permanent dst 192.0.2.9 port 8472 vni 8",
        "ip -n \"h1\" neigh replace 10.9.0.9 lladdr 02:00:00:00:00:07 nud permanent dev t",
        "ip -n \"h1\" route replace 10.8.0.0/24 via 10.8.0.0 dev t onlink",
        "ip -n \"h1\" addr add 10.9.0.1/24 dev t",
    ] {
        assert_eq!(lines(&text, &[]).iter().filter(|own| *own == line).count(), 1, "{line}\n{text}");
    }
}

#[test]
fn a_host_in_a_bridge_and_a_container_beside_it() {
    let text = include_str!("../../scenarios/13-mtu-black-hole/lab.ron");
    let text = script(text, Some("routed-1450")).unwrap();
    assert!(text.contains("SPACES=\"h1 h2 h1-c1 h2-c3\"\n"));
    assert_eq!(lines(&text, &["addr add 10.1.1.1/24"]), ["ip -n \"h1\" addr add 10.1.1.1/24 dev br-blue"]);
    let pair = lines(&text, &["type veth", "h1-c1"]);
    assert!(pair[0].contains("name eth0 netns \"h1-c1\" mtu 1500") && pair[0].contains("peer name pc1 netns \"h1\""));
    assert_eq!(lines(&text, &["link set dev pc1 master br-blue up"]).len(), 1);
    assert!(lines(&text, &["sysctl", "h1-c1"]).is_empty(), "a container does not forward");
}

#[test]
fn what_a_device_keeps_is_not_changed_on_the_way() {
    let change = |what: &str| {
        let lab = include_str!("../../scenarios/07-vxlan-by-hand/lab.ron");
        let events = format!("events: {{\"now\": (at: \"1s\", do: Set(\"h1/vx-blue\", ({what})))}}, variants:");
        script(&lab.replace("variants:", &events), None)
    };
    for (what, why) in [
        ("vni: 7", "h1/vx-blue set vni 7 is not done on Linux: the VNI of a vxlan device stays what it was made with"),
        ("port: 7", "the UDP port of a vxlan device stays"),
        ("proxy: true", "flags of a vxlan device stay"),
    ] {
        let refused = change(what).unwrap_err();
        assert!(refused.iter().any(|line| line.contains(why)), "{refused:?}");
    }
    let text = change("learning: false").unwrap();
    assert_eq!(lines(&text, &["    ip -n \"h1\" link set dev vx-blue type vxlan id 42 nolearning"]).len(), 1);
}

#[test]
fn a_shell_can_read_them() {
    for variant in ["none", "ipip", "gre", "gretap", "vxlan"] {
        let text = script(ZOO, Some(variant)).unwrap();
        let mut shell = Command::new("sh").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut shell.stdin.take().unwrap(), text.as_bytes()).unwrap();
        assert!(shell.wait().unwrap().success(), "{variant}");
    }
}
