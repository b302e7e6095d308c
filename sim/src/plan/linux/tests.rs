use super::*;
use crate::app::mac_flood::MacFloodConfig;
use crate::app::ping::PingConfig;
use crate::app::tcp_flow::TcpFlowConfig;
use crate::app::tcp_sink::TcpSinkConfig;
use crate::app::udp_flow::UdpFlowConfig;
use crate::app::udp_sink::UdpSinkConfig;
use crate::device::bridge::{BridgeConfig, PortConfig, PortSecurity, PortVlan, WhenFull};
use crate::device::nic::{HOST, NicConfig, WIRE};
use crate::engine::{CableConfig, Change, DeviceChange, Value, When};
use crate::id::{CableId, FlowId, NodeId, PortNo};
use crate::plan::{AppSpec, Bilingual, Op};
use crate::stack::{InterfaceConfig, StackConfig};
use crate::time::SimTime;
use crate::wire::{LinkType, MacAddr};

fn push(plan: &mut Plan, op: Op) {
    plan.push(op, Bilingual::default());
}

fn at(seconds: u64) -> When {
    When::At(SimTime::ZERO + SimDuration::from_secs(seconds))
}

/// Node 0: a switch of two ports, device 0. Node 1: a host, its card device 1 and its stack device 2, plugged into
/// the first port.
fn plan(bridge: BridgeConfig) -> Plan {
    let mut plan = Plan::default();
    push(&mut plan, Op::Node { name: "sw".to_owned(), kind: "Switch" });
    push(&mut plan, Op::Device { node: NodeId(0), name: "sw".to_owned(), spec: DeviceSpec::Bridge(bridge) });
    push(&mut plan, Op::Node { name: "ann".to_owned(), kind: "Host" });
    let (mac, name, mtu) = (MacAddr([2, 0, 0, 0, 0, 1]), "eth0".to_owned(), 1500);
    let nic = NicConfig { mac, promiscuous: true, ..NicConfig::default() };
    push(&mut plan, Op::Device { node: NodeId(1), name: name.clone(), spec: DeviceSpec::Nic(nic) });
    let addresses = vec![("10.0.0.1".parse().unwrap(), 24)];
    let stack = StackConfig {
        interfaces: vec![InterfaceConfig { name, mac, mtu, addresses, ..InterfaceConfig::default() }],
        gateway: Some("10.0.0.254".parse().unwrap()),
        neighbours: vec![("10.0.0.2".parse().unwrap(), MacAddr([2, 0, 0, 0, 0, 2]))],
        forwarding: true,
        ..StackConfig::default()
    };
    push(&mut plan, Op::Device { node: NodeId(1), name: "ip".to_owned(), spec: DeviceSpec::Stack(stack) });
    push(&mut plan, Op::Wire { a: (DeviceId(1), HOST), b: (DeviceId(2), PortNo(0)) });
    let (a, b) = ((DeviceId(1), WIRE), (DeviceId(0), PortNo(0)));
    push(&mut plan, Op::Cable { name: "ann--sw".to_owned(), a, b, config: CableConfig::default() });
    plan
}

fn two_ports() -> BridgeConfig {
    let ports = ["1", "2"].map(PortConfig::named).to_vec();
    BridgeConfig { ports, ..BridgeConfig::default() }
}

fn ping() -> AppSpec {
    AppSpec::Ping(PingConfig { to: "10.0.0.2".parse().unwrap(), count: 3, ..PingConfig::default() })
}

fn flow(plan: &mut Plan, name: &str, app: AppSpec, start: When) {
    let (from, to) = ("ann".to_owned(), String::new());
    push(plan, Op::Flow { name: name.to_owned(), from, to, home: DeviceId(2), app, start });
}

fn event(plan: &mut Plan, change: Change, when: When) {
    push(plan, Op::Event { name: "event".to_owned(), change, when });
}

/// What comes behind the helpers.
fn body(plan: &Plan) -> String {
    let text = script(plan).unwrap();
    text.split_once("# Cables").unwrap().1.to_owned()
}

/// The only commands that a change becomes.
fn commands(device: u32, change: DeviceChange) -> Vec<String> {
    let mut plan = plan(two_ports());
    event(&mut plan, Change::Device { device: DeviceId(device), change }, at(0));
    let text = body(&plan);
    let (_, rest) = text.split_once("# event\n").unwrap();
    rest.lines().take_while(|line| !line.starts_with(':')).map(|line| line.replace("\"$OU-", "\"")).collect()
}

fn set(port: Option<u16>, field: &str, value: Value) -> DeviceChange {
    DeviceChange::Set { port: port.map(PortNo), field: field.to_owned(), value }
}

fn cells(cells: &[(&str, &str)]) -> Vec<(String, String)> {
    cells.iter().map(|(column, value)| ((*column).to_owned(), (*value).to_owned())).collect()
}

fn add(table: &str, row: &[(&str, &str)]) -> DeviceChange {
    DeviceChange::AddRow { table: table.to_owned(), cells: cells(row) }
}

fn delete(table: &str, row: &[(&str, &str)]) -> DeviceChange {
    DeviceChange::DelRow { table: table.to_owned(), cells: cells(row) }
}

fn flush(table: &str) -> DeviceChange {
    DeviceChange::Flush { table: table.to_owned() }
}

#[test]
fn a_small_network_is_these_commands() {
    let mut plan = plan(BridgeConfig { capacity: Some(1000), ..two_ports() });
    flow(&mut plan, "first", ping(), at(0));
    let expected = r#": each is a veth pair.
ip link add name eth0 netns "$OU-ann" mtu 1500 address 02:00:00:00:00:01 type veth peer name p1 netns "$OU-sw" mtu 1500
ip link add name p2 netns "$OU-sw" mtu 1500 type veth peer name loose0 netns "$OU-sw"

# Switch sw.
ip link help bridge 2>&1 | grep -q fdb_max_learned || {
    echo "fdb_max_learned needs iproute2 6.7 or newer" >&2
    exit 1
}
ip -n "$OU-sw" link add name sw type bridge mcast_snooping 0 stp_state 0 ageing_time 30000 fdb_max_learned 1000
ip -n "$OU-sw" link set dev p1 master sw up
ip -n "$OU-sw" link set dev p2 master sw up
ip -n "$OU-sw" link set dev sw up

# Card eth0 of ann.
ip -n "$OU-ann" link set dev eth0 promisc on
ip -n "$OU-ann" link set dev eth0 up

# Addresses, routes and neighbours of ann.
ip -n "$OU-ann" link set dev eth0 mtu 1500 up
ip -n "$OU-ann" addr add 10.0.0.1/24 dev eth0
inside ann sysctl -qw net.ipv4.ip_forward=1
ip -n "$OU-ann" route add default via 10.0.0.254
ip -n "$OU-ann" neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 nud permanent dev eth0

forwarding sw p1
pause ready

# first
(
    trap '[ $? = 0 ] || : > "$DIR/failed"' EXIT
    sleep 0
    : > "$DIR/command0"
    inside ann ping -n -c 3 -i 1 -s 56 -M do -W 5 10.0.0.2 > "$DIR/flow0.out" 2>&1 || :
    : > "$DIR/flow0.done"
) &
JOBS="$JOBS $!"
FLOWS="$FLOWS $!"

for job in $FLOWS; do wait "$job" || :; done
[ ! -e "$DIR/failed" ]
sed 's/^/first: /' "$DIR/flow0.out"
pause done
"#;
    assert_eq!(body(&plan), expected);
    let text = script(&plan).unwrap();
    assert!(text.starts_with("#!/bin/sh\n") && text.contains("\nset -eu\n") && text.contains("\ntrap clean_up EXIT\n"));
    assert!(text.contains("SPACES=\"sw ann\"\n"));
}

#[test]
fn ports_of_a_switch_get_what_differs_from_linux() {
    let mut config = BridgeConfig { vlan_filtering: true, learning: false, ..two_ports() };
    config.ports[0].vlan = PortVlan::Access(7);
    config.ports[1].vlan = PortVlan::Trunk { native: Some(1), allowed: vec![7, 8] };
    config.ports[1].broadcast_flood = false;
    config.ports[1].isolated = true;
    config.ports[1].hairpin = true;
    let text = body(&plan(config)).replace("\"$OU-", "\"");
    for line in [
        "type bridge mcast_snooping 0 stp_state 0 ageing_time 30000 vlan_filtering 1 vlan_default_pvid 0\n",
        "bridge -n \"sw\" link set dev p1 learning off\n",
        "bridge -n \"sw\" link set dev p2 learning off bcast_flood off hairpin on isolated on\n",
        "bridge -n \"sw\" vlan add dev p1 vid 7 pvid untagged\n",
        "vlan add dev p2 vid 7\nbridge -n \"sw\" vlan add dev p2 vid 8\n",
        "vlan add dev p2 vid 1 pvid untagged\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
}

#[test]
fn routes_of_all_kinds_and_answers_for_others_become_commands() {
    let ip = |words: &str| vec![format!("ip -n \"ann\" {words}")];
    let inside = |words: &[&str]| words.iter().map(|words| format!("inside ann sysctl -qw net.ipv4.{words}")).collect();
    let to = ("prefix", "10.9.0.0/16");
    for (change, expected) in [
        (add("routes", &[to, ("type", "blackhole")]), ip("route replace blackhole 10.9.0.0/16")),
        (add("routes", &[to, ("type", "prohibit")]), ip("route replace prohibit 10.9.0.0/16")),
        (
            add("routes", &[to, ("via", "10.0.0.7"), ("src", "10.0.0.1")]),
            ip("route replace 10.9.0.0/16 via 10.0.0.7 src 10.0.0.1"),
        ),
        (
            add("routes", &[to, ("via", "10.0.0.7,10.0.0.8"), ("src", "10.0.0.1")]),
            ip("route replace 10.9.0.0/16 src 10.0.0.1 nexthop via 10.0.0.7 nexthop via 10.0.0.8"),
        ),
        (set(None, "multipath", Value::Text("L4".to_owned())), inside(&["fib_multipath_hash_policy=1"])),
        (set(Some(0), "rp_filter", Value::Text("Strict".to_owned())), inside(&["conf.eth0.rp_filter=1"])),
        (set(Some(0), "rp_filter", Value::Text("loose".to_owned())), inside(&["conf.eth0.rp_filter=2"])),
        (set(Some(0), "proxy_arp", Value::Flag(false)), inside(&["conf.eth0.proxy_arp=0"])),
        (set(Some(0), "proxy_arp", Value::Flag(true)), inside(&["conf.eth0.proxy_arp=1", "neigh.eth0.proxy_delay=80"])),
    ] {
        assert_eq!(commands(2, change.clone()), expected, "{change:?}");
    }
}

#[test]
fn changes_become_commands() {
    let ip = |words: &str| vec![format!("ip -n \"ann\" {words}")];
    let bridge = |words: &str| vec![format!("bridge -n \"sw\" {words}")];
    let (mac, text) = ("02:00:00:00:00:07", |text: &str| Value::Text(text.to_owned()));
    for (device, change, expected) in [
        (
            2,
            set(None, "forwarding", Value::Flag(false)),
            vec!["inside ann sysctl -qw net.ipv4.ip_forward=0".to_owned()],
        ),
        (2, set(None, "gateway", text("10.0.0.9")), ip("route replace default via 10.0.0.9")),
        (2, set(Some(0), "mtu", Value::Number(900)), ip("link set dev eth0 mtu 900")),
        (
            2,
            add("neigh", &[("ip", "10.0.0.7"), ("mac", mac)]),
            ip(&format!("neigh replace 10.0.0.7 lladdr {mac} nud permanent dev eth0")),
        ),
        (2, delete("neigh", &[("ip", "10.0.0.7")]), ip("neigh del 10.0.0.7 dev eth0 || :")),
        (2, flush("neigh"), ip("neigh flush dev eth0")),
        (
            2,
            add("routes", &[("prefix", "10.9.1.1/16"), ("via", "10.0.0.7"), ("dev", "eth0")]),
            ip("route replace 10.9.0.0/16 via 10.0.0.7 dev eth0"),
        ),
        (2, delete("routes", &[("prefix", "10.9.0.0/16")]), ip("route del 10.9.0.0/16 || :")),
        (1, set(None, "promiscuous", Value::Flag(false)), ip("link set dev eth0 promisc off")),
        (1, set(None, "mtu", Value::Number(900)), ip("link set dev eth0 mtu 900")),
        (
            0,
            set(None, "ageing", Value::Span(SimDuration::from_ms(1500))),
            vec!["ip -n \"sw\" link set dev sw type bridge ageing_time 150".to_owned()],
        ),
        (0, set(Some(1), "unicast_flood", Value::Flag(false)), bridge("link set dev p2 flood off")),
        (0, add("fdb", &[("mac", mac), ("port", "2")]), bridge(&format!("fdb replace {mac} dev p2 master static"))),
        (
            0,
            add("fdb", &[("mac", mac), ("port", "2"), ("kind", "sticky"), ("vlan", "7")]),
            bridge(&format!("fdb replace {mac} dev p2 master static sticky vlan 7")),
        ),
        (
            0,
            delete("fdb", &[("mac", mac), ("port", "1")]),
            bridge(&format!("fdb del {mac} dev p1 master 2>/dev/null || :")),
        ),
        (0, flush("fdb"), vec!["ip -n \"sw\" link set dev sw type bridge fdb_flush".to_owned()]),
    ] {
        assert_eq!(commands(device, change.clone()), expected, "{change:?}");
    }
    assert_eq!(commands(0, delete("fdb", &[("mac", mac)])).len(), 2, "tried at every port");
}

#[test]
fn moments_wait_for_each_other() {
    let mut plan = plan(two_ports());
    flow(&mut plan, "first", ping(), at(2));
    let cut = Change::Carrier { cable: CableId(0), up: false };
    event(&mut plan, cut, When::After(Box::new(When::Done(FlowId(0))), SimDuration::from_ms(1500)));
    flow(&mut plan, "second", ping(), When::Event(1));
    event(&mut plan, Change::Loss { cable: CableId(0), ppm: 12_500, of: None }, at(9));
    let text = body(&plan).replace("\"$OU-", "\"");
    for lines in [
        "    sleep 2\n    : > \"$DIR/command0\"\n    inside ann ping",
        "    seen flow0.done; sleep 1.5\n    ip -n \"sw\" link set dev p1 down\n    : > \"$DIR/command1\"\n",
        "    seen command1\n    : > \"$DIR/command2\"\n    inside ann ping",
        "    sleep 9\n    tc -n \"ann\" qdisc replace dev eth0 root netem limit 1000 loss 1.25%\n    tc -n \"sw\" qdisc",
    ] {
        assert!(text.contains(lines), "{lines}{text}");
    }
}

#[test]
fn a_cable_unlike_the_usual_one_is_shaped_at_both_ends() {
    let mut plan = plan(two_ports());
    for step in &mut plan.steps {
        if let Op::Cable { config, .. } = &mut step.op {
            let delay = SimDuration::from_ms(2);
            *config = CableConfig { delay, rate_bps: 10_000_000, loss_ppm: 500, ..config.clone() };
        }
    }
    let how = "root netem limit 1000 delay 2000us rate 10000000bit loss 0.05%\n";
    assert_eq!(body(&plan).matches(how).count(), 2);
}

#[test]
fn what_linux_does_otherwise_is_refused_and_all_of_it_told() {
    let mut config = BridgeConfig { capacity: Some(5), when_full: WhenFull::EvictOldest, ..two_ports() };
    config.ports[1].security = Some(PortSecurity::default());
    let mut plan = plan(config);
    push(&mut plan, Op::Serve { home: DeviceId(2), app: AppSpec::UdpSink(UdpSinkConfig::default()) });
    flow(&mut plan, "flood", AppSpec::MacFlood(MacFloodConfig::default()), at(0));
    flow(&mut plan, "late", ping(), When::Answered(FlowId(0), 3));
    let (device, bytes, link) = (DeviceId(0), vec![0; 60], LinkType::Ethernet);
    for change in [
        Change::Power { node: NodeId(1), up: false },
        Change::Stop(FlowId(0)),
        Change::Inject { device, port: PortNo(0), link, bytes },
        Change::Device { device, change: set(None, "when_full", Value::Text("DropFrame".to_owned())) },
        Change::Device { device, change: add("fdb", &[("mac", "$(reboot)"), ("port", "1")]) },
        Change::Device { device: DeviceId(2), change: add("routes", &[("prefix", "10.0.0.0/8; reboot")]) },
    ] {
        event(&mut plan, change, at(1));
    }
    let refused = script(&plan).unwrap_err();
    let expected = [
        "sw: a table that is full at 5 rows and then EvictOldest",
        "sw port 2: port security",
        "flood (a MAC flood): only pings, TCP transfers and datagrams are run on Linux",
        "late: waiting for an answer in the middle of a flow",
        "event: power off ann is not done on Linux",
        "event: stop flood is not done on Linux",
        "event: inject 60 bytes at sw:1 is not done on Linux",
        "event: sw set when_full DropFrame is not done on Linux",
        "event: sw add fdb mac=$(reboot) port=1 is not done on Linux",
        "event: ann/ip add routes prefix=10.0.0.0/8; reboot is not done on Linux",
    ];
    assert_eq!(refused, expected);
}

#[test]
fn transfers_are_calls_of_a_program_in_the_script() {
    let mut plan = plan(two_ports());
    assert!(!script(&plan).unwrap().contains("transfer.py"), "who only pings needs no Python");
    let (to, lasts) = ("10.0.0.2".parse().unwrap(), Some(SimDuration::from_ms(1500)));
    for app in [AppSpec::UdpSink(UdpSinkConfig { port: 9 }), AppSpec::TcpSink(TcpSinkConfig { port: 80 })] {
        push(&mut plan, Op::Serve { home: DeviceId(2), app });
    }
    let tcp = TcpFlowConfig { to, port: 80, bytes: Some(9000), lasts: None };
    flow(&mut plan, "copy", AppSpec::Tcp(tcp.clone()), at(0));
    flow(&mut plan, "stream", AppSpec::Tcp(TcpFlowConfig { bytes: None, lasts, ..tcp }), at(1));
    let udp = UdpFlowConfig { to, every: SimDuration::from_ms(20), size: 300, ..UdpFlowConfig::default() };
    flow(&mut plan, "news", AppSpec::Udp(udp), at(2));
    let text = script(&plan).unwrap();
    assert_eq!(text.matches("<<'PYTHON'\n").count(), 1);
    let (_, body) = text.split_once("pause ready\n").unwrap();
    let place = |line: &str| body.find(line).unwrap_or_else(|| panic!("{line}\n{body}"));
    let calls = [
        "listen ann udp-sink 9\nlisten ann tcp-sink 80\ncut_up ann\n\n",
        "inside ann python3 \"$DIR/transfer.py\" tcp 10.0.0.2 80 9000 - > \"$DIR/flow0.out\" 2>&1 || :\n",
        "inside ann python3 \"$DIR/transfer.py\" tcp 10.0.0.2 80 - 1.5 > \"$DIR/flow1.out\" 2>&1 || :\n",
        "inside ann python3 \"$DIR/transfer.py\" udp 10.0.0.2 9 - - 0.02 300 > \"$DIR/flow2.out\" 2>&1 || :\n",
        ": > \"$DIR/over\"\nwait\nsed 's/^/ann port 9: /' \"$DIR/sink0.out\"\nsed 's/^/ann port 80: /' ",
    ];
    assert!(calls.map(place).is_sorted(), "who receives is up before anybody sends\n{body}");
}

#[test]
fn names_that_are_no_names_on_linux_become_others() {
    let mut plan = Plan::default();
    let names = ["a", "a", "x y;z", "", "-rf", "$(reboot)", "一号机"];
    for (at, name) in names.into_iter().enumerate() {
        push(&mut plan, Op::Node { name: name.to_owned(), kind: "Switch" });
        let ports = ["1", "1", "a port with a long name", "\n"].map(PortConfig::named).to_vec();
        let spec = DeviceSpec::Bridge(BridgeConfig { ports, ..BridgeConfig::default() });
        push(&mut plan, Op::Device { node: NodeId(at as u32), name: name.to_owned(), spec });
    }
    let text = script(&plan).unwrap();
    assert!(text.contains("SPACES=\"a node0 xyz node1 node2 reboot node3\"\n"), "{text}");
    assert!(text.is_ascii() && !text.contains("$(reboot)"));
    let own = Names::of(&plan);
    assert_eq!(own.devices[0].ports, ["p1", "p0", "p2", "p"]);
    assert!(own.devices.iter().all(|device| device.ports.iter().all(|port| port.len() <= DEVICE_NAME)));
    flow(&mut plan, "f'; reboot; '", ping(), at(0));
    let refused_or_safe = script(&plan).map_or(true, |text| !text.contains("; reboot"));
    assert!(refused_or_safe);
}
