//! Runs one workload and prints one JSON object: what peers are timed against and instruction counters put around.

use std::process::ExitCode;

use overunder_benches::measure::Report;
use overunder_benches::{distances, fat_tree, hold, paths, switched, switched::Shape, timeline, tunnelled};

const USAGE: &str = "\
usage: workload s1 --hosts N [--frames N]      hosts on one learning switch, UDP with 64 bytes
       workload s2 --hosts N [--frames N]      hosts on three switches in a line
       workload s3 --k N [--frames N]          hosts on a fat tree of routers with k ports
       workload s4 --vteps N [--frames N]      four pods behind each VTEP, VXLAN over one router
       workload s5 --routers N                 RIP until everybody can reach every cable
       workload b1 --ases N [--prefixes N] [--mrai S] [--money 1]  BGP: the newest ASes announce a prefix each
       workload b2 --ases N [--prefixes N] [--mrai S] [--money 1]  BGP: the oldest announce them too, the newest withdraw
       workload b3 --ases N [--prefixes N] [--mrai S] [--money 1]  BGP: they withdraw it
       workload setup --hosts N                building a switch with hosts
       workload timeline --hosts N [--events N]  longest seek and step back after a first pass
       workload timeline --pods N [--events N]   the same with macvlan pods, fifty on a node
       workload hold --pending N [--events N]  the event queue alone

Prints one JSON object. `cpu_s` is CPU time of this process without what it took to build and warm up, `per_cpu_s` is
what was done for each second of it, `peak_mb` the most memory that was resident.";

/// The flags of the command line.
struct Flags(Vec<(String, u64)>);

impl Flags {
    fn parse(words: &[String], known: &[&str]) -> Result<Self, String> {
        let mut flags = Vec::new();
        let mut words = words.iter();
        while let Some(flag) = words.next() {
            if !known.contains(&flag.as_str()) {
                return Err(format!("unknown flag `{flag}`; known here: {}", known.join(", ")));
            }
            let value = words.next().ok_or_else(|| format!("`{flag}` needs a number"))?;
            let number = value.replace('_', "").parse().ok().filter(|&n| n > 0);
            let number = number.ok_or_else(|| format!("`{flag} {value}`: expected a number of at least 1"))?;
            if flags.iter().any(|(name, _)| name == flag) {
                return Err(format!("`{flag}` is given twice"));
            }
            flags.push((flag.clone(), number));
        }
        Ok(Self(flags))
    }

    fn get(&self, name: &str) -> Option<u64> {
        self.0.iter().find(|(flag, _)| flag == name).map(|&(_, number)| number)
    }

    fn need(&self, name: &str) -> Result<u64, String> {
        self.get(name).ok_or_else(|| format!("`{name}` is missing"))
    }
}

/// Frames sent when nothing else is asked for.
const FRAMES: u64 = 1_000_000;
/// Most hosts: their addresses share one /16.
const MOST_HOSTS: u64 = 65_534;

/// Most pods: fifty on each of 26 nodes.
const MOST_PODS: u64 = 1_300;
/// Most VTEPs: every one has a row for every other.
const MOST_VTEPS: u64 = 1_024;

/// Most routers: each has a route for every cable, and there are twice as many of those.
const MOST_ROUTERS: u64 = 4_096;

/// Most pending events: they take 2 GB or so.
const MOST_PENDING: u64 = 100_000_000;

/// Most ASes: more than the Internet has.
const MOST_ASES: u64 = 200_000;

/// The graph and what happens in it.
fn ases(flags: &Flags, mrai: u64) -> Result<paths::Shape, String> {
    let (ases, prefixes) = (flags.need("--ases")?, flags.get("--prefixes").unwrap_or(1));
    if !(3..=MOST_ASES).contains(&ases) {
        return Err(format!("`--ases {ases}`: expected 3 to {MOST_ASES}"));
    }
    if prefixes > ases.min(10_000) {
        return Err(format!("`--prefixes {prefixes}`: expected 1 to {}", ases.min(10_000)));
    }
    let mrai = flags.get("--mrai").unwrap_or(mrai);
    if mrai > 3_600 {
        return Err(format!("`--mrai {mrai}`: expected 1 to 3600"));
    }
    let money = flags.get("--money").is_some();
    Ok(paths::Shape { ases: ases as u32, prefixes: prefixes as u32, mrai, money })
}

fn hosts(flags: &Flags, least: u64) -> Result<usize, String> {
    let hosts = flags.need("--hosts")?;
    if !(least..=MOST_HOSTS).contains(&hosts) {
        return Err(format!("`--hosts {hosts}`: expected {least} to {MOST_HOSTS}"));
    }
    Ok(hosts as usize)
}

fn travelled(flags: &Flags) -> Result<timeline::Of, String> {
    match flags.get("--pods") {
        None => Ok(timeline::Of::Hosts(hosts(flags, 2)?)),
        Some(_) if flags.get("--hosts").is_some() => Err("`--hosts` or `--pods`, not both".to_owned()),
        Some(pods) if (2..=MOST_PODS).contains(&pods) => Ok(timeline::Of::Pods(pods as usize)),
        Some(pods) => Err(format!("`--pods {pods}`: expected 2 to {MOST_PODS}")),
    }
}

/// What went wrong: the question (exit 2) or the run (exit 1).
enum Failure {
    Usage(String),
    Run(String),
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self::Usage(text)
    }
}

/// One of the scenes with BGP.
fn bgp(name: &str, rest: &[String]) -> Result<Report, Failure> {
    let flags = Flags::parse(rest, &["--ases", "--prefixes", "--mrai", "--money"])?;
    let (what, mrai) = match name {
        "b1" => (paths::Scene::Announce, 0),
        "b2" => (paths::Scene::FailOver, 30),
        _ => (paths::Scene::Withdraw, 30),
    };
    let shape = ases(&flags, mrai)?;
    if what == paths::Scene::FailOver && 2 * shape.prefixes > shape.ases {
        let told = format!("`--prefixes {}`: each needs two ASes, its first and its other origin", shape.prefixes);
        return Err(Failure::Usage(told));
    }
    paths::run(what, shape).map_err(Failure::Run)
}

fn run(words: &[String]) -> Result<Report, Failure> {
    let Some((name, rest)) = words.split_first() else {
        return Err(Failure::Usage("which workload?".to_owned()));
    };
    match name.as_str() {
        "timeline" => {
            let flags = Flags::parse(rest, &["--hosts", "--pods", "--events"])?;
            let events = flags.get("--events").unwrap_or(1_000_000);
            timeline::run(travelled(&flags)?, events).map_err(Failure::Run)
        }
        "hold" => {
            let flags = Flags::parse(rest, &["--pending", "--events"])?;
            let (pending, events) = (flags.need("--pending")?, flags.get("--events").unwrap_or(10_000_000));
            if pending > MOST_PENDING {
                return Err(Failure::Usage(format!("`--pending {pending}`: expected 1 to {MOST_PENDING}")));
            }
            hold::run(pending, events).map_err(Failure::Run)
        }
        "s1" => {
            let flags = Flags::parse(rest, &["--hosts", "--frames"])?;
            let shape = Shape::one_switch(hosts(&flags, 2)?);
            switched::run("s1", shape, flags.get("--frames").unwrap_or(FRAMES)).map_err(Failure::Run)
        }
        "s2" => {
            let flags = Flags::parse(rest, &["--hosts", "--frames"])?;
            let shape = Shape::three_switches(hosts(&flags, 3)?);
            switched::run("s2", shape, flags.get("--frames").unwrap_or(FRAMES)).map_err(Failure::Run)
        }
        "s3" => {
            let flags = Flags::parse(rest, &["--k", "--frames"])?;
            let k = flags.need("--k")?;
            if !(2..=fat_tree::MOST_PORTS as u64).contains(&k) || k % 2 == 1 {
                let most = fat_tree::MOST_PORTS;
                return Err(Failure::Usage(format!("`--k {k}`: expected an even number from 2 to {most}")));
            }
            fat_tree::run(k as usize, flags.get("--frames").unwrap_or(FRAMES)).map_err(Failure::Run)
        }
        "s5" => {
            let flags = Flags::parse(rest, &["--routers"])?;
            let routers = flags.need("--routers")?;
            if !(3..=MOST_ROUTERS).contains(&routers) {
                return Err(Failure::Usage(format!("`--routers {routers}`: expected 3 to {MOST_ROUTERS}")));
            }
            distances::run(routers as u32).map_err(Failure::Run)
        }
        "s4" => {
            let flags = Flags::parse(rest, &["--vteps", "--frames"])?;
            let vteps = flags.need("--vteps")?;
            if !(2..=MOST_VTEPS).contains(&vteps) {
                return Err(Failure::Usage(format!("`--vteps {vteps}`: expected 2 to {MOST_VTEPS}")));
            }
            tunnelled::run(vteps as usize, flags.get("--frames").unwrap_or(FRAMES)).map_err(Failure::Run)
        }
        "b1" | "b2" | "b3" => bgp(name, rest),
        "setup" => {
            let flags = Flags::parse(rest, &["--hosts"])?;
            switched::set_up(hosts(&flags, 2)?).map_err(Failure::Run)
        }
        _ => Err(Failure::Usage(format!("unknown workload `{name}`"))),
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if matches!(words.first().map(String::as_str), Some("--help" | "-h" | "help")) {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    match run(&words) {
        Ok(report) => {
            println!("{}", report.json());
            ExitCode::SUCCESS
        }
        Err(Failure::Usage(text)) => {
            eprintln!("workload: {text}\n{USAGE}");
            ExitCode::from(2)
        }
        Err(Failure::Run(text)) => {
            eprintln!("workload: {text}");
            ExitCode::from(1)
        }
    }
}
