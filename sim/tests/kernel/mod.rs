//! Runs the script of a plan on the kernel of this machine, captures on every cable and at every port of every
//! bridge, and reads the tables at the end. Nothing stays behind, however the run ends.

#![allow(dead_code, reason = "the tests of bridges and of tunnels each use a part")]

pub mod capture;
pub mod compare;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{sleep, spawn};
use std::time::Duration;

use overunder_sim::device::vtep::{self, VtepConfig};
use overunder_sim::device::{ipvlan, macvlan};
use overunder_sim::id::{DeviceId, PortNo};
use overunder_sim::plan::linux::{self, Interface, Names};
use overunder_sim::plan::{AppSpec, DeviceSpec, Op, Plan};
use serde_json::Value;

/// Longest wait for anything the script or a capture has to say.
const PATIENCE: Duration = Duration::from_mins(2);

/// What was seen of a run.
#[derive(Debug, Default)]
pub struct Seen {
    /// Frames at each place of [`points`], as `sw:p1`, in order.
    pub frames: BTreeMap<String, Vec<Vec<u8>>>,
    /// Rows of each bridge, as `02:00:00:00:00:01 p1 dynamic`, and of each VTEP, as
    /// `02:00:00:00:00:01 192.0.2.2 port 4789 vni 42 learned`.
    pub fdb: BTreeMap<String, Vec<String>>,
    /// Neighbours of each stack, as `10.0.0.2 02:00:00:00:00:02 REACHABLE`, and of each VTEP in a bridge.
    pub neigh: BTreeMap<String, Vec<String>>,
    /// Members of groups of each bridge, as `239.1.1.1 p1`.
    pub mdb: BTreeMap<String, Vec<String>>,
    /// IGMP messages at each place, in order; only where they are asked for.
    pub igmp: BTreeMap<String, Vec<Vec<u8>>>,
    /// Echo replies that each flow got, bytes of TCP that arrived, datagrams it sent.
    pub received: Vec<u64>,
}

/// Why nothing can be compared here, if so; asked once.
static MISSING: LazyLock<Option<String>> = LazyLock::new(missing);

fn works(command: &str, words: &[&str]) -> bool {
    Command::new(command).args(words).output().is_ok_and(|output| output.status.success())
}

fn missing() -> Option<String> {
    for (command, word) in [("ip", "-V"), ("bridge", "-V"), ("ping", "-V"), ("dumpcap", "-v"), ("tc", "-V")] {
        if !works(command, &[word]) {
            return Some(format!("`{command}` is not here"));
        }
    }
    let space = format!("ouk{}t", std::process::id());
    if !works("ip", &["netns", "add", &space]) {
        return Some("`ip netns add` fails: root is needed".to_owned());
    }
    let bridge = works("ip", &["-n", &space, "link", "add", "name", "probe", "type", "bridge"]);
    let veth = works("ip", &["-n", &space, "link", "add", "name", "va", "type", "veth", "peer", "name", "vb"]);
    works("ip", &["netns", "del", &space]);
    (!(bridge && veth)).then(|| "this kernel has no veth or no bridge".to_owned())
}

/// Says loudly that a comparison is not made, and why. True when it can be made.
pub fn able(claim: &str) -> bool {
    if let Some(why) = &*MISSING {
        eprintln!("SKIPPED: {claim}: {why}");
    }
    MISSING.is_none()
}

/// Whether the switches of this kernel and its tools know a setting; says loudly when they do not.
pub fn knows(claim: &str, setting: &[&str]) -> bool {
    let space = format!("ouk{}s{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    works("ip", &["netns", "add", &space]);
    let words = [&["-n", &space, "link", "add", "name", "probe", "type", "bridge"], setting].concat();
    let known = works("ip", &words);
    works("ip", &["netns", "del", &space]);
    if !known {
        eprintln!("SKIPPED: {claim}: no `{}` for bridges here", setting.join(" "));
    }
    known
}

/// Whether there are vxlan devices; asked once.
static VXLAN: LazyLock<bool> = LazyLock::new(|| {
    let space = format!("ouk{}v", std::process::id());
    works("ip", &["netns", "add", &space]);
    let words = ["link", "add", "name", "probe", "type", "vxlan", "id", "1", "dstport", "4789"];
    let known = works("ip", &[&["-n", &space], &words[..]].concat());
    works("ip", &["netns", "del", &space]);
    known
});

/// Whether this kernel and its tools know vxlan devices; says loudly when they do not.
pub fn has_vxlan(claim: &str) -> bool {
    if !*VXLAN {
        eprintln!("SKIPPED: {claim}: no vxlan devices here");
    }
    *VXLAN
}

/// Whether there are macvlan devices; asked once.
static MACVLAN: LazyLock<bool> = LazyLock::new(|| {
    let space = format!("ouk{}m", std::process::id());
    works("ip", &["netns", "add", &space]);
    let inside = |words: &[&str]| works("ip", &[&["-n", &space], words].concat());
    let known = inside(&["link", "add", "name", "va", "type", "veth", "peer", "name", "vb"])
        && inside(&["link", "add", "link", "va", "name", "probe", "type", "macvlan", "mode", "source"]);
    works("ip", &["netns", "del", &space]);
    known
});

/// Whether this kernel and its tools know macvlan devices; says loudly when they do not.
pub fn has_macvlan(claim: &str) -> bool {
    if !*MACVLAN {
        eprintln!("SKIPPED: {claim}: no macvlan devices here");
    }
    *MACVLAN
}

/// Whether there are ipvlan devices; asked once.
static IPVLAN: LazyLock<bool> = LazyLock::new(|| {
    let space = format!("ouk{}i", std::process::id());
    works("ip", &["netns", "add", &space]);
    let inside = |words: &[&str]| works("ip", &[&["-n", &space], words].concat());
    let known = inside(&["link", "add", "name", "va", "type", "veth", "peer", "name", "vb"])
        && inside(&["link", "add", "link", "va", "name", "probe", "type", "ipvlan", "mode", "l3s", "private"]);
    works("ip", &["netns", "del", &space]);
    known
});

/// Whether this kernel and its tools know ipvlan devices; says loudly when they do not.
pub fn has_ipvlan(claim: &str) -> bool {
    if !*IPVLAN {
        eprintln!("SKIPPED: {claim}: no ipvlan devices here");
    }
    *IPVLAN
}

/// One run of a script; ends it and all it made when dropped.
struct Run {
    prefix: String,
    file: PathBuf,
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    told: Vec<String>,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Runs a plan on the kernel.
pub fn run(plan: &Plan) -> Seen {
    let mut run = Run::start(&linux::script(plan).unwrap());
    run.wait_for("ready:");
    let mut spaces: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for at in points(plan, &Names::of(plan)).into_values() {
        spaces.entry(at.space).or_default().push(at.name);
    }
    let captures: Vec<capture::Capture> =
        spaces.iter().map(|(space, ports)| capture::Capture::start(&run.space(space), space, ports)).collect();
    run.go_on();
    run.wait_for("done:");
    // What is on its way to the capture shall get there.
    sleep(Duration::from_millis(300));
    let mut seen = run.tables(plan);
    for capture in captures {
        seen.frames.extend(capture.stop());
    }
    run.go_on();
    run.end();
    seen.received = run.received(plan);
    seen
}

/// Where frames are looked at: every port of every bridge, one end of every cable between others and of every wire between
/// two stacks, every child of a card, and every VTEP that is an interface. All have names of their own on Linux.
pub fn points(plan: &Plan, names: &Names) -> BTreeMap<(DeviceId, PortNo), Interface> {
    let mut ends = Vec::new();
    for (device, .., spec) in plan.devices() {
        if let DeviceSpec::Bridge(config) = spec {
            ends.extend((0..config.ports.len() as u16).map(|port| (device, PortNo(port))));
        }
    }
    let bridged: BTreeSet<(DeviceId, PortNo)> = ends.iter().copied().collect();
    for step in &plan.steps {
        if let Op::Cable { a, b, .. } = &step.op
            && !bridged.contains(a)
            && !bridged.contains(b)
        {
            ends.push(*a);
        }
    }
    ends.extend(between_stacks(plan));
    ends.extend(users_of_children(plan));
    let vteps = plan.devices().filter(|(.., spec)| matches!(spec, DeviceSpec::Vtep(_)));
    ends.extend(vteps.map(|(device, ..)| (device, vtep::INNER)));
    let (mut points, mut known) = (BTreeMap::new(), BTreeSet::new());
    for end in ends {
        let at = names.port(end).unwrap();
        if known.insert(at.clone()) {
            points.insert(end, at);
        }
    }
    points
}

/// One end of every wire from stack to stack: on Linux a veth pair, such as that of a routed pod.
fn between_stacks(plan: &Plan) -> Vec<(DeviceId, PortNo)> {
    let stacks: BTreeSet<DeviceId> =
        plan.devices().filter(|(.., spec)| matches!(spec, DeviceSpec::Stack(_))).map(|(device, ..)| device).collect();
    let wires =
        plan.steps.iter().filter_map(|step| if let Op::Wire { a, b } = &step.op { Some((*a, *b)) } else { None });
    wires.filter(|(a, b)| stacks.contains(&a.0) && stacks.contains(&b.0)).map(|(a, _)| a).collect()
}

/// Both ends of every wire at a device whose ports are children of a card, its own first, with its first child.
fn ends_of_children(plan: &Plan) -> Vec<([(DeviceId, PortNo); 2], u16)> {
    let first = |device: DeviceId| match plan.devices().nth(device.index()).map(|(.., spec)| spec) {
        Some(DeviceSpec::Macvlan(_)) => Some(macvlan::CHILD),
        Some(DeviceSpec::Ipvlan(_)) => Some(ipvlan::CHILD),
        _ => None,
    };
    let wires = plan.steps.iter().filter_map(|step| match &step.op {
        Op::Wire { a, b } => Some([[*a, *b], [*b, *a]]),
        _ => None,
    });
    wires.flatten().filter_map(|ends| Some((ends, first(ends[0].0)?))).collect()
}

/// The interfaces that children of a card are.
fn users_of_children(plan: &Plan) -> Vec<(DeviceId, PortNo)> {
    let children = ends_of_children(plan).into_iter().filter(|([(_, port), _], first)| port.0 >= *first);
    children.map(|([_, user], _)| user).collect()
}

/// The cards that have children.
pub fn cards_of_children(plan: &Plan) -> Vec<DeviceId> {
    let lower = ends_of_children(plan).into_iter().filter(|([(_, port), _], _)| *port == macvlan::LOWER);
    lower.map(|([_, (card, _)], _)| card).collect()
}

/// How a place is called in [`Seen::frames`].
pub fn place(at: &Interface) -> String {
    format!("{}:{}", at.space, at.name)
}

impl Run {
    fn start(script: &str) -> Self {
        let prefix = format!("ouk{}x{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let file = std::env::temp_dir().join(format!("{prefix}.sh"));
        std::fs::write(&file, script).unwrap();
        let mut child = Command::new("sh")
            .arg(&file)
            .envs([("OU", prefix.as_str()), ("OU_PAUSE", "1")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, lines) = channel();
        spawn(move || {
            let ends = |line: Result<String, _>| line.ok().is_none_or(|line| sender.send(line).is_err());
            BufReader::new(output).lines().any(ends)
        });
        Self { prefix, file, child, input, lines, told: Vec::new() }
    }

    fn space(&self, node: &str) -> String {
        format!("{}-{node}", self.prefix)
    }

    fn wait_for(&mut self, word: &str) {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("the script never said `{word}`, but: {:?}", self.told));
            let found = line.starts_with(word);
            self.told.push(line);
            if found {
                return;
            }
        }
    }

    fn go_on(&mut self) {
        self.input.write_all(b"\n").unwrap();
        self.input.flush().unwrap();
    }

    fn end(&mut self) {
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {:?}", self.told);
        assert_eq!(self.leftovers(), Vec::<String>::new(), "namespaces left behind");
    }

    fn leftovers(&self) -> Vec<String> {
        let output =
            Command::new("ip").args(["netns", "list"]).output().map(|output| output.stdout).unwrap_or_default();
        let list = String::from_utf8_lossy(&output);
        let names = list.lines().filter_map(|line| line.split_whitespace().next());
        names.filter(|name| name.starts_with(&format!("{}-", self.prefix))).map(str::to_owned).collect()
    }

    fn json(words: &[&str]) -> Vec<Value> {
        let output = Command::new(words[0]).args(&words[1..]).output().unwrap();
        // Nothing to show is an empty text.
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    fn tables(&self, plan: &Plan) -> Seen {
        let (mut seen, names) = (Seen::default(), Names::of(plan));
        let stack = |spec: &DeviceSpec| matches!(spec, DeviceSpec::Stack(_));
        for (device, .., spec) in plan.devices() {
            let Interface { space, name } = names.device(device).unwrap();
            let (space, known) = (self.space(&space), plan.device_name(device));
            match spec {
                DeviceSpec::Bridge(_) => {
                    seen.mdb.insert(known.clone(), Self::members(&space, &name));
                    seen.fdb.insert(known, Self::bridge_rows(&space, &name));
                }
                DeviceSpec::Vtep(config) => {
                    seen.fdb
                        .insert(known.clone(), Self::vtep_rows(&space, &name, &linux::at_start(plan, device, config)));
                    if !is_interface(plan, device) {
                        seen.neigh.insert(known, Self::neighbours(&space, |dev| dev == name, false));
                    }
                }
                _ => {}
            }
        }
        for (device, ..) in plan.devices().filter(|(.., spec)| stack(spec)) {
            let space = names.device(device).unwrap().space;
            let vteps = plan
                .devices()
                .filter(|(device, .., spec)| matches!(spec, DeviceSpec::Vtep(_)) && !is_interface(plan, *device));
            let others: Vec<Interface> = vteps.map(|(device, ..)| names.device(device).unwrap()).collect();
            let own = |dev: &str| others.iter().all(|other| other.space != space || other.name != dev);
            let rows = Self::neighbours(&self.space(&space), own, true);
            seen.neigh.insert(space, rows);
        }
        seen
    }

    fn bridge_rows(space: &str, name: &str) -> Vec<String> {
        let rows = Self::json(&["bridge", "-n", space, "-j", "fdb", "show", "br", name]);
        let learned = rows.iter().filter(|row| row["master"] == name && row["state"] != "permanent");
        let line = |row: &Value| {
            let sticky = row["flags"].as_array().is_some_and(|flags| flags.iter().any(|flag| flag == "sticky"));
            let kind = match (text(row, "state").as_str(), sticky) {
                ("static", false) => "static",
                ("static", true) => "sticky",
                _ => "dynamic",
            };
            format!("{} {} {kind}", text(row, "mac"), text(row, "ifname"))
        };
        sorted(learned.map(line))
    }

    /// Members of groups of IPv4.
    fn members(space: &str, name: &str) -> Vec<String> {
        let tables = Self::json(&["bridge", "-n", space, "-j", "mdb", "show", "dev", name]);
        let rows: Vec<Value> = tables.iter().filter_map(|table| table["mdb"].as_array()).flatten().cloned().collect();
        let old = rows.iter().filter(|row| text(row, "grp").contains('.'));
        sorted(old.map(|row| format!("{} {}", text(row, "grp"), text(row, "port"))))
    }

    fn vtep_rows(space: &str, name: &str, config: &VtepConfig) -> Vec<String> {
        let rows = Self::json(&["bridge", "-n", space, "-j", "fdb", "show", "dev", name]);
        let line = |row: &Value| {
            let kind = if row["state"] == "permanent" { "permanent" } else { "learned" };
            // What is that of the device itself is not told.
            let port = row["port"].as_u64().unwrap_or(u64::from(config.port));
            let vni = row["vni"].as_u64().unwrap_or(u64::from(config.vni));
            format!("{} {} port {port} vni {vni} {kind}", text(row, "mac"), text(row, "dst"))
        };
        sorted(rows.iter().filter(|row| row["dst"].is_string()).map(line))
    }

    fn neighbours(space: &str, which: impl Fn(&str) -> bool, with_state: bool) -> Vec<String> {
        let mut rows = Self::json(&["ip", "-n", space, "-j", "-4", "neigh", "show"]);
        rows.extend(Self::json(&["ip", "-n", space, "-j", "-6", "neigh", "show"]));
        let line = |row: &Value| {
            let mac = row["lladdr"].as_str().unwrap_or("-");
            let state = row["state"][0].as_str().filter(|_| with_state).unwrap_or_default();
            format!("{} {mac} {state}", text(row, "dst")).trim_end().to_owned()
        };
        sorted(rows.iter().filter(|row| which(&text(row, "dev"))).map(line))
    }

    /// From lines such as `first: 2 packets transmitted, 2 received, …`; see [`Seen::received`].
    fn received(&mut self, plan: &Plan) -> Vec<u64> {
        self.told.extend(self.lines.try_iter());
        let count = |name: &str, before: &str, behind: &str| {
            let prefix = format!("{name}: ");
            let lines = self.told.iter().filter_map(|line| line.strip_prefix(&prefix));
            let mut counts =
                lines.filter_map(|line| line.split_once(before)?.1.split_once(behind)?.0.trim().parse().ok());
            counts.next_back().unwrap_or_else(|| panic!("{name} says nothing: {:?}", self.told))
        };
        let flows = plan.steps.iter().filter_map(|step| match &step.op {
            Op::Flow { name, app, .. } => Some((name, app)),
            _ => None,
        });
        let counts = flows.map(|(name, app)| match app {
            AppSpec::Tcp(_) => count(name, " bytes written, ", " acknowledged"),
            AppSpec::Udp(_) => count(name, "", " datagrams sent"),
            _ => count(name, " packets transmitted, ", " received"),
        });
        counts.collect()
    }
}

fn text(row: &Value, field: &str) -> String {
    row[field].as_str().unwrap_or_default().to_owned()
}

fn sorted(rows: impl Iterator<Item = String>) -> Vec<String> {
    let mut rows: Vec<String> = rows.collect();
    rows.sort();
    rows
}

/// Whether a VTEP is an interface of a stack, so that its neighbours are those of the stack.
fn is_interface(plan: &Plan, vtep: DeviceId) -> bool {
    let inner = (vtep, vtep::INNER);
    let across = plan.steps.iter().find_map(|step| match &step.op {
        Op::Wire { a, b } if *a == inner => Some(b.0),
        Op::Wire { a, b } if *b == inner => Some(a.0),
        _ => None,
    });
    let spec = across.and_then(|device| plan.devices().nth(device.index()));
    spec.is_some_and(|(.., spec)| matches!(spec, DeviceSpec::Stack(_)))
}

impl Drop for Run {
    fn drop(&mut self) {
        // The script takes everything away when it is asked to stop; killed, it could not.
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            works("kill", &["-TERM", &self.child.id().to_string()]);
            for _ in 0..100 {
                if matches!(self.child.try_wait(), Ok(Some(_))) {
                    break;
                }
                sleep(Duration::from_millis(50));
            }
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        for space in self.leftovers() {
            works("ip", &["netns", "del", &space]);
        }
        let _ = std::fs::remove_file(&self.file);
    }
}
