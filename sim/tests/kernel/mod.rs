//! Runs the script of a plan on the kernel of this machine, captures at every port of every switch, and reads the
//! tables at the end. Nothing stays behind, however the run ends.

pub mod capture;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{sleep, spawn};
use std::time::Duration;

use overunder_sim::device::bridge::BridgeConfig;
use overunder_sim::plan::{DeviceSpec, Plan, linux};
use serde_json::Value;

/// Longest wait for anything the script or a capture has to say.
const PATIENCE: Duration = Duration::from_mins(2);

/// What was seen of a run.
#[derive(Debug, Default)]
pub struct Seen {
    /// Frames at each port of each switch, as `sw:p1`, in order.
    pub frames: BTreeMap<String, Vec<Vec<u8>>>,
    /// Rows of each switch, as `02:00:00:00:00:01 p1 dynamic`.
    pub fdb: BTreeMap<String, Vec<String>>,
    /// Neighbours of each other node, as `10.0.0.2 02:00:00:00:00:02 REACHABLE`.
    pub neigh: BTreeMap<String, Vec<String>>,
    /// Echo replies received by each flow.
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
    let space = format!("ouk{}s", std::process::id());
    works("ip", &["netns", "add", &space]);
    let words = [&["-n", &space, "link", "add", "name", "probe", "type", "bridge"], setting].concat();
    let known = works("ip", &words);
    works("ip", &["netns", "del", &space]);
    if !known {
        eprintln!("SKIPPED: {claim}: no `{}` for bridges here", setting.join(" "));
    }
    known
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
    let captures: Vec<capture::Capture> =
        switches(plan).map(|(name, config)| capture::Capture::start(&run.space(name), name, &ports(config))).collect();
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

pub fn switches(plan: &Plan) -> impl Iterator<Item = (&str, &BridgeConfig)> {
    plan.devices().filter_map(|(.., name, spec)| match spec {
        DeviceSpec::Bridge(config) => Some((name, config)),
        _ => None,
    })
}

/// What the script calls the ports of a switch.
fn ports(config: &BridgeConfig) -> Vec<String> {
    config.ports.iter().map(|port| format!("p{}", port.name)).collect()
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
        let mut seen = Seen::default();
        let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
        for (_, node, kind) in plan.nodes() {
            let space = self.space(node);
            if switches(plan).any(|(name, _)| name == node) {
                let rows = Self::json(&["bridge", "-n", &space, "-j", "fdb", "show", "br", node]);
                let learned = rows.iter().filter(|row| row["master"] == node && row["state"] != "permanent");
                let line = |row: &Value| {
                    let sticky = row["flags"].as_array().is_some_and(|flags| flags.iter().any(|flag| flag == "sticky"));
                    let kind = match (text(row, "state").as_str(), sticky) {
                        ("static", false) => "static",
                        ("static", true) => "sticky",
                        _ => "dynamic",
                    };
                    format!("{} {} {kind}", text(row, "mac"), text(row, "ifname"))
                };
                let mut rows: Vec<String> = learned.map(line).collect();
                rows.sort();
                seen.fdb.insert(node.to_owned(), rows);
            } else {
                assert_eq!(kind, "Host");
                let rows = Self::json(&["ip", "-n", &space, "-j", "-4", "neigh", "show"]);
                let line = |row: &Value| {
                    let mac = row["lladdr"].as_str().unwrap_or("-");
                    let state = row["state"][0].as_str().unwrap_or_default();
                    format!("{} {mac} {state}", text(row, "dst"))
                };
                let mut rows: Vec<String> = rows.iter().map(line).collect();
                rows.sort();
                seen.neigh.insert(node.to_owned(), rows);
            }
        }
        seen
    }

    /// From lines such as `first: 2 packets transmitted, 2 received, …`.
    fn received(&mut self, plan: &Plan) -> Vec<u64> {
        self.told.extend(self.lines.try_iter());
        let count = |name: &str| {
            let prefix = format!("{name}: ");
            let lines = self.told.iter().filter_map(|line| line.strip_prefix(&prefix));
            let counts = lines.filter_map(|line| line.split_once(" packets transmitted, "));
            let mut received = counts.filter_map(|(_, rest)| rest.split_whitespace().next()?.parse().ok());
            received.next_back().unwrap_or_else(|| panic!("{name} says nothing: {:?}", self.told))
        };
        plan.flows().map(|(_, name)| count(name)).collect()
    }
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
