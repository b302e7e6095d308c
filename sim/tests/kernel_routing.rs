//! The same networks of routers in the simulator and with real daemons in network namespaces of this machine: the routes
//! they agree on, before a cable is cut and after. FRR speaks all protocols of these tests, BIRD all but IS-IS.
//!
//! Needs root, `ip`, FRR (Debian package `frr`) and BIRD 2 (`bird2`); without these each test says so and compares
//! nothing.

mod bgp;
mod daemons;
mod isis;
mod ospf;
mod rip;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::time::Duration;

use daemons::{Daemon, Failure, Network};
use overunder_sim::engine::World;
use overunder_sim::id::DeviceId;
use overunder_sim::lab::{EVENT_BUDGET, parse};
use overunder_sim::time::{SimDuration, SimTime};

/// What a router knows: how far each network is, and by which routers.
type Routes = BTreeMap<String, (u32, BTreeSet<String>)>;
/// When the failure comes in every lab, and when the lab ends.
const TIMES: &str = "events: {\"cut\": (at: \"60s\", do: Down(\"CABLE\"))}, end: \"120s\"";
/// Just before the failure, and the end.
const LOOKS: [u64; 2] = [59, 120];
/// So long real daemons may take until all agree.
const PATIENCE: Duration = Duration::from_mins(1);

/// Routers one behind the other.
fn line(count: usize) -> Vec<(usize, usize)> {
    (1..count).map(|at| (at - 1, at)).collect()
}

fn ring(count: usize) -> Vec<(usize, usize)> {
    (0..count).map(|at| (at, (at + 1) % count)).collect()
}

/// Everybody with everybody.
fn clique(count: usize) -> Vec<(usize, usize)> {
    (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b))).collect()
}

/// Six routers in two rows.
fn grid() -> Vec<(usize, usize)> {
    let across = (0..6).filter(|at| at % 3 < 2).map(|at| (at, at + 1));
    across.chain((0..3).map(|at| (at, at + 3))).collect()
}

/// The rows of a table of a router, each by the names of its columns.
fn rows(world: &World, router: usize, table: &str) -> Vec<BTreeMap<&'static str, String>> {
    let name = format!("r{router}/ip");
    let id = (0..world.device_count() as u32).map(DeviceId).find(|id| world.device_name(*id) == name).unwrap();
    let tables = world.device(id).unwrap().tables();
    let view = tables.iter().find(|view| view.name == table).unwrap();
    let cells = |row: &overunder_sim::engine::TableRow| row.cells.iter().map(ToString::to_string).collect::<Vec<_>>();
    let names = || view.columns.iter().map(|column| column.name);
    view.rows.iter().map(|row| names().zip(cells(row)).collect()).collect()
}

/// The table `rib` of a router.
fn rib(world: &World, router: usize) -> Routes {
    let route = |row: BTreeMap<&str, String>| {
        let ways = row["via"].split(',').map(str::to_owned).collect();
        (row["prefix"].clone(), (row["metric"].parse().unwrap(), ways))
    };
    rows(world, router, "rib").into_iter().map(route).collect()
}

/// Real routers, and how to read what they know.
struct Real<R> {
    network: Network,
    read: fn(&Network, usize) -> R,
}

/// The same routers in the simulator and real ones.
struct Trial<'a, R> {
    claim: &'a str,
    count: usize,
    links: &'a [(usize, usize)],
    /// The simulated ones, with [`TIMES`] for what happens.
    lab: String,
    failure: Failure,
    ours: fn(&World, usize) -> R,
    real: Vec<Real<R>>,
}

impl<R: PartialEq + Debug> Trial<'_, R> {
    /// Adds real routers, where they can be; `dress` has a say before they start.
    fn beside(
        &mut self,
        daemon: Daemon,
        read: fn(&Network, usize) -> R,
        dress: impl FnOnce(&Network),
        config: impl Fn(usize) -> String,
    ) {
        let Some(mut network) = Network::start(self.claim, daemon, self.count, self.links) else { return };
        dress(&network);
        network.speak(config);
        self.real.push(Real { network, read });
    }

    /// Before the failure and after it all have to know the same, as `differ` of ours and theirs sees it, and the failure
    /// has to be one for them.
    fn run(self, differ: impl Fn(&[R], &[R]) -> Option<String>) {
        if self.real.is_empty() {
            return;
        }
        let (claim, all) = (self.claim, 0..self.count);
        let cable = match self.failure {
            Failure::Cable(link) => format!("r{}--r{}", self.links[link].0, self.links[link].1),
            Failure::Lan(router) => format!("r{router}--sw"),
        };
        let lab = self.lab.replace("TIMES", TIMES).replace("CABLE", &cable);
        let file = parse("lab.ron", &lab).unwrap_or_else(|found| panic!("{found:?}\n{lab}"));
        let mut runner = overunder_sim::lab::run::start(file.variant(None).unwrap(), None, EVENT_BUDGET).unwrap();
        let mut settled = Vec::new();
        for end in LOOKS {
            let end = SimTime::ZERO + SimDuration::from_secs(end);
            while runner.world.next_time().is_some_and(|at| at <= end) && runner.step().is_none() {}
            let ours: Vec<R> = all.clone().map(|router| (self.ours)(&runner.world, router)).collect();
            for real in &self.real {
                let theirs = || all.clone().map(|router| (real.read)(&real.network, router)).collect::<Vec<R>>();
                let mut differs = None;
                daemons::wait(PATIENCE, || {
                    differs = differ(&ours, &theirs());
                    differs.is_none()
                });
                let who = real.network.daemon();
                assert!(differs.is_none(), "{claim}, {who:?} at {end}: {}", differs.unwrap_or_default());
            }
            for real in &self.real {
                real.network.fail(self.failure);
            }
            settled.push(ours);
        }
        assert_ne!(settled[0], settled[1], "{claim}: the failure changes nothing");
    }
}

/// Compares on several networks at once: real daemons spend their time waiting for timers.
fn together(all: &[fn()]) {
    std::thread::scope(|scope| {
        for one in all {
            scope.spawn(one);
        }
    });
}

/// Where what two routers know is not the same, if so.
fn unequal<R: PartialEq + Debug>(ours: &[R], theirs: &[R]) -> Option<String> {
    let router = ours.iter().zip(theirs).position(|(own, real)| own != real)?;
    Some(format!("r{router}\nours {:#?}\nreal {:#?}", ours[router], theirs[router]))
}
