//! The same plan on the kernel and in the simulator, and what differs.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use overunder_sim::device::bridge::BridgeConfig;
use overunder_sim::engine::{Entry, TableRow, TableView, World};
use overunder_sim::id::{DeviceId, PortNo};
use overunder_sim::plan::linux::Names;
use overunder_sim::plan::{AppSpec, DeviceSpec, Op, Plan};
use overunder_sim::time::{SimDuration, SimTime};
use overunder_sim::wire::{ethernet, ipv4};

use super::{Seen, is_interface, place, points};

/// UDP ports behind which frames are looked into.
const TUNNELS: [u16; 2] = [4789, 8472];

/// What the simulator shows of the same run, `lasts` after its start or when nothing more happens.
pub fn simulate(plan: &Plan, lasts: Option<SimDuration>) -> Seen {
    let shared = super::cards_of_children(plan);
    let mut plan = plan.clone();
    let cards = plan.steps.iter_mut().filter_map(|step| match &mut step.op {
        Op::Device { spec, .. } => Some(spec),
        _ => None,
    });
    for (spec, device) in cards.zip((0..).map(DeviceId)) {
        if let DeviceSpec::Nic(card) = spec {
            card.pads = false;
            // A veth has no filter. Elsewhere that is not seen: the stack behind it drops what the card would.
            card.promiscuous |= shared.contains(&device);
        }
    }
    let names = Names::of(&plan);
    let points = points(&plan, &names);
    let mut world = overunder_sim::plan::world::build(&plan).unwrap();
    world.set_logging(true);
    let mut seen = Seen::default();
    seen.frames.extend(points.values().map(|at| (place(at), Vec::new())));
    let until = lasts.map_or(SimTime::MAX, |span| SimTime::ZERO + span);
    while (lasts.is_some() || !world.is_quiet()) && world.next_time().is_some_and(|next| next <= until) {
        world.step();
        for entry in world.log().entries() {
            let (ends, bytes) = match entry {
                Entry::Crossing { device, port, bytes, .. } => ([(*device, *port); 2], bytes),
                Entry::Inner { from, to, bytes, .. } => ([*from, *to], bytes),
                _ => continue,
            };
            if let Some(at) = ends.iter().find_map(|end| points.get(end)) {
                seen.frames.get_mut(&place(at)).unwrap().push(world.log().bytes(*bytes).to_vec());
            }
        }
    }
    assert_eq!(world.refused(), []);
    tables(&plan, &names, &world, &mut seen);
    let apps = plan.steps.iter().filter_map(|step| if let Op::Flow { app, .. } = &step.op { Some(app) } else { None });
    let counts = plan.flows().zip(apps).map(|((flow, _), app)| {
        let stats = world.flow_stats(flow).unwrap();
        match app {
            AppSpec::Tcp(_) => stats.bytes,
            AppSpec::Udp(_) => stats.sent,
            _ => stats.received,
        }
    });
    seen.received = counts.collect();
    seen
}

fn tables(plan: &Plan, names: &Names, world: &World, seen: &mut Seen) {
    for (device, .., spec) in plan.devices() {
        let known = plan.device_name(device);
        for table in world.device(device).unwrap().tables() {
            let cell = |row: &TableRow, name| row.cells[table.column(name).unwrap()].to_string();
            match (table.name, spec) {
                ("fdb", DeviceSpec::Bridge(config)) => {
                    seen.fdb.insert(known.clone(), bridge_rows(names, device, config, &table));
                }
                ("mdb", DeviceSpec::Bridge(_)) => {
                    let member = |row: &&TableRow| cell(row, "kind") == "member";
                    let line = |row: &TableRow| {
                        let port = config_port(spec, &cell(row, "port"));
                        format!("{} {}", cell(row, "group"), names.port((device, port)).unwrap().name)
                    };
                    seen.mdb.insert(known.clone(), table.rows.iter().filter(member).map(line).collect());
                }
                ("fdb", DeviceSpec::Vtep(_)) => {
                    let line = |row: &TableRow| {
                        let [mac, remote, port, vni, kind] =
                            ["mac", "remote", "port", "vni", "kind"].map(|name| cell(row, name));
                        format!("{mac} {remote} port {port} vni {vni} {kind}")
                    };
                    seen.fdb.insert(known.clone(), table.rows.iter().map(line).collect());
                }
                ("neigh", DeviceSpec::Vtep(_)) if !is_interface(plan, device) => {
                    let line = |row| format!("{} {}", cell(row, "ip"), cell(row, "mac"));
                    seen.neigh.insert(known.clone(), table.rows.iter().map(line).collect());
                }
                ("neigh", DeviceSpec::Stack(_)) => {
                    let line = |row| format!("{} {} {}", cell(row, "ip"), cell(row, "mac"), cell(row, "state"));
                    let space = names.device(device).unwrap().space;
                    seen.neigh.insert(space, table.rows.iter().map(line).collect());
                }
                _ => {}
            }
        }
    }
    let bridges = plan.devices().filter(|(.., spec)| matches!(spec, DeviceSpec::Bridge(_)));
    for (device, ..) in bridges {
        seen.mdb.entry(plan.device_name(device)).or_default();
    }
    let all = seen.fdb.values_mut().chain(seen.neigh.values_mut()).chain(seen.mdb.values_mut());
    all.for_each(|rows| rows.sort());
}

/// The port of a bridge by the name the lab gave it.
fn config_port(spec: &DeviceSpec, name: &str) -> PortNo {
    let DeviceSpec::Bridge(config) = spec else { panic!("no bridge") };
    PortNo(config.ports.iter().position(|port| port.name == name).unwrap() as u16)
}

/// Rows of a bridge. Where it is an interface of its host, Linux keeps a permanent row for that address from the
/// start; here it is learned, so it is left out on both sides.
fn bridge_rows(names: &Names, device: DeviceId, config: &BridgeConfig, table: &TableView) -> Vec<String> {
    let mut rows = Vec::new();
    for row in &table.rows {
        let cell = |name| row.cells[table.column(name).unwrap()].to_string();
        let port = config.ports.iter().position(|port| port.name == cell("port")).unwrap();
        let name = names.port((device, PortNo(port as u16))).unwrap().name;
        if name != names.device(device).unwrap().name {
            rows.push(format!("{} {name} {}", cell("mac"), cell("kind")));
        }
    }
    rows
}

/// The frame without what every run chooses anew: numbers of packets and pings, times in their payload, ports that
/// spread tunnels over paths, and the checksums over these.
fn lasting(frame: &[u8]) -> Vec<u8> {
    let mut bytes = frame.to_vec();
    mask_frame(&mut bytes);
    bytes
}

fn mask_frame(frame: &mut [u8]) {
    if ethernet::ethertype(frame) == Some(ethernet::IPV4) {
        mask_packet(&mut frame[14..]);
    } else if ethernet::ethertype(frame) == Some(ethernet::IPV6) && frame.get(20) == Some(&ipv4::UDP) {
        // A tunnel: its source port is drawn from a hash with a secret, and the checksum covers it.
        for range in [54..56, 60..62] {
            frame.get_mut(range).into_iter().for_each(|at| at.fill(0));
        }
        if frame.len() > 70 {
            mask_frame(&mut frame[70..]);
        }
    }
}

fn mask_packet(packet: &mut [u8]) {
    let mut blank = |range: std::ops::Range<usize>| {
        let end = range.end.min(packet.len());
        if range.start < end {
            packet[range.start..end].fill(0);
        }
    };
    blank(4..6);
    blank(10..12);
    let Some(&[high, low]) = packet.get(6..8) else { return };
    if u16::from_be_bytes([high & 0x1f, low]) > 0 {
        return;
    }
    match packet.get(9) {
        Some(&ipv4::UDP) => {
            let mut blank = |range: std::ops::Range<usize>| packet.get_mut(range).into_iter().for_each(|at| at.fill(0));
            blank(20..22);
            blank(26..28);
            let tunnel = packet.get(22..24).is_some_and(|at| TUNNELS.contains(&u16::from_be_bytes([at[0], at[1]])));
            if tunnel && packet.len() > 36 {
                mask_frame(&mut packet[36..]);
            }
        }
        Some(&ipv4::ICMP) => mask_icmp(&mut packet[20..]),
        _ => {}
    }
}

fn mask_icmp(message: &mut [u8]) {
    let blank = |message: &mut [u8], range: std::ops::Range<usize>| {
        let end = range.end.min(message.len());
        message.get_mut(range.start..end).into_iter().for_each(|at| at.fill(0));
    };
    blank(message, 2..4);
    match message.first() {
        Some(0 | 8) => {
            blank(message, 4..6);
            // iputils puts the time of sending into the first sixteen bytes.
            blank(message, 8..24);
        }
        Some(3 | 11) if message.len() > 8 => mask_packet(&mut message[8..]),
        _ => {}
    }
}

/// One line for a frame, for people.
fn line(frame: Option<&Vec<u8>>) -> String {
    let Some(frame) = frame else { return "nothing more".to_owned() };
    let ends = format!("{} bytes, station {} to {}", frame.len(), frame[11], frame[5]);
    match ethernet::ethertype(frame) {
        Some(ethernet::ARP) => format!("{ends}, ARP operation {} {:?}", frame[21], &frame[22..42]),
        Some(ethernet::IPV4) => format!("{ends}, IP protocol {} {}", frame[23], hex(&lasting(frame)[14..])),
        other => format!("{ends}, type {other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes.iter().take(100) {
        let _ = write!(text, "{byte:02x}");
    }
    text + if bytes.len() > 100 { "…" } else { "" }
}

fn is_igmp(frame: &[u8]) -> bool {
    const IGMP: u8 = 2;
    ethernet::ethertype(frame) == Some(ethernet::IPV4) && frame.get(23) == Some(&IGMP)
}

/// Which frames at one place must come in the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// All.
    OfAll,
    /// Those between the same two addresses. Two hosts that answer at the same moment answer in any order on a kernel
    /// with several processors.
    OfPairs,
}

/// The outer addresses of a frame, the smaller first.
fn pair(frame: &[u8]) -> [[u8; 4]; 2] {
    let at = if ethernet::ethertype(frame) == Some(ethernet::ARP) { [28, 38] } else { [26, 30] };
    let mut pair = at.map(|at| frame.get(at..at + 4).map_or([0; 4], |ip| ip.try_into().unwrap()));
    pair.sort_unstable();
    pair
}

/// The first frame at each place, or between two addresses there, that is not the same in both runs.
fn differences(simulated: &Seen, real: &Seen, order: Order) -> Vec<String> {
    let mut found = Vec::new();
    assert!(simulated.frames.keys().eq(real.frames.keys()));
    for (port, ours) in &simulated.frames {
        let theirs = &real.frames[port];
        let pairs: BTreeSet<_> = ours.iter().chain(theirs).map(|frame| pair(frame)).collect();
        let groups: Vec<Option<_>> = match order {
            Order::OfAll => vec![None],
            Order::OfPairs => pairs.into_iter().map(Some).collect(),
        };
        for group in groups {
            let in_group = |frame: &&Vec<u8>| group.is_none_or(|group| pair(frame) == group);
            let ours: Vec<&Vec<u8>> = ours.iter().filter(in_group).collect();
            let theirs: Vec<&Vec<u8>> = theirs.iter().filter(in_group).collect();
            let same = |at: &usize| ours.get(*at).map(|at| lasting(at)) == theirs.get(*at).map(|at| lasting(at));
            if let Some(at) = (0..ours.len().max(theirs.len())).find(|at| !same(at)) {
                found.push(format!("{port}, frame {}: simulated {}", at + 1, line(ours.get(at).copied())));
                found.push(format!("{port}, frame {}: really    {}", at + 1, line(theirs.get(at).copied())));
            }
        }
    }
    found
}

/// Runs the plan both ways and compares all there is to see.
pub fn compare(claim: &str, plan: &Plan, lasts: Option<SimDuration>, order: Order) -> Option<Seen> {
    compare_both(claim, plan, lasts, order).map(|(simulated, _)| simulated)
}

/// The same, and both runs for a further look: at what was said about groups, which comes at random moments
/// (`net/ipv4/igmp.c`, `igmp_ifc_start_timer`) and therefore is kept apart.
pub fn compare_both(claim: &str, plan: &Plan, lasts: Option<SimDuration>, order: Order) -> Option<(Seen, Seen)> {
    if !super::able(claim) {
        return None;
    }
    let (mut real, mut simulated) = (super::run(plan), simulate(plan, lasts));
    for seen in [&mut real, &mut simulated] {
        for (place, frames) in &mut seen.frames {
            let (igmp, others) = std::mem::take(frames).into_iter().partition(|frame| is_igmp(frame));
            *frames = others;
            seen.igmp.insert(place.clone(), igmp);
        }
    }
    assert!(real.frames.values().map(Vec::len).sum::<usize>() > 0, "nothing was captured");
    let mut different = differences(&simulated, &real, order);
    for (what, ours, theirs) in [("table", &simulated.fdb, &real.fdb), ("neighbours", &simulated.neigh, &real.neigh)] {
        assert!(ours.keys().eq(theirs.keys()));
        // The kernel counts neighbours of all namespaces together, and from 128 on it removes failed rows early
        // (`neigh_periodic_work`): which are left depends on what else runs on this machine.
        let lasting =
            |rows: &[String]| -> Vec<String> { rows.iter().filter(|row| !row.ends_with(" FAILED")).cloned().collect() };
        for (at, rows) in ours.iter().filter(|(at, rows)| lasting(&theirs[*at]) != lasting(rows)) {
            different.push(format!("{what} of {at}: simulated {rows:?}\n{what} of {at}: really    {:?}", theirs[at]));
        }
    }
    if simulated.received != real.received {
        different.push(format!("answers: simulated {:?}, really {:?}", simulated.received, real.received));
    }
    if simulated.mdb != real.mdb {
        different.push(format!("members: simulated {:?}, really {:?}", simulated.mdb, real.mdb));
    }
    assert!(different.is_empty(), "\n{}\n", different.join("\n"));
    Some((simulated, real))
}
