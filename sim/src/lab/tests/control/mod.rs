//! Labs in which daemons fill tables: what they write, when, why, and what happens when something is in the way.

pub mod felix;
mod findings;
mod flannel;
mod gossip;
mod overlay;
mod store;

use std::fmt::Write as _;

use crate::engine::{Entry, Stop, World};
use crate::lab::diagnostic::render;
use crate::lab::run::start;
use crate::lab::{EVENT_BUDGET, LabFile, Source, parse};
use crate::plan::show;

/// Three hosts, each with a pod, and a store; `@ttl`, `@store`, `@vtep` and `@rest` are put in.
const FLANNEL: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {
        "etcd": Host(ip: "192.0.2.9/24", daemons: [Store(@store)]),
        @hosts
        "sw": Switch(),
    },
    links: [("etcd", "sw"), ("n1:eth0", "sw"), ("n2:eth0", "sw"), ("n3:eth0", "sw")],
    @rest
)"#;

const HOST: &str = r#""n@": Linux(
            devices: {
                "eth0": Nic(),
                "ip": Stack(
                    ip: {"eth0": "192.0.2.@/24", "flannel.1": "10.244.@.0/32", "cni0": "10.244.@.1/24"},
                    forwarding: true,
                    daemons: [Flanneld(store: "etcd", subnet: "10.244.@.0/24", device: "flannel.1", ttl: "3s")],
                ),
                "flannel.1": Vtep(vni: 1, port: 8472, learning: false),
                "cni0": Bridge(),
                "p@": Stack(ip: {"eth0": "10.244.@.2/24"}, gateway: "10.244.@.1"),
            },
            wires: [
                ("ip:eth0", "eth0"), ("flannel.1:outer", "ip:vx"), ("flannel.1:inner", "ip:flannel.1"),
                ("ip:cni0", "cni0:host"), ("p@:eth0", "cni0:1"),
            ],
        ),
        "#;

fn flannel(store: &str, rest: &str) -> String {
    let hosts: String = ["1", "2", "3"].iter().map(|host| HOST.replace('@', host)).collect();
    FLANNEL.replace("@hosts", &hosts).replace("@store", store).replace("@rest", rest)
}

fn sound(text: &str) -> LabFile {
    let read = parse("lab.ron", text);
    read.unwrap_or_else(|found| panic!("{}", render::all(&found, &Source::new("lab.ron", text))))
}

/// What agents said or had written: `n1/ip flannel.fdb 10.244.2.0/24: n1/flannel.1 add fdb …`.
struct Ran {
    world: World,
    said: Vec<(f64, String)>,
}

/// Runs a lab to its end, in which all checks must hold.
fn run(text: &str) -> Ran {
    let lab = sound(text);
    let mut runner = start(lab.variant(None).unwrap(), None, EVENT_BUDGET).unwrap();
    let mut said = Vec::new();
    let stop = loop {
        if let Some(stop) = runner.step() {
            break stop;
        }
        let world = &runner.world;
        let log = world.log();
        for entry in log.entries() {
            let Entry::Agent { agent, reason, about, change, refused, .. } = *entry else { continue };
            let mut line = format!("{} {} {}", world.device_name(agent), reason.slug, log.text(about));
            if let Some((device, number)) = change {
                let change = show::device_change(log.change(number).unwrap());
                let _ = write!(line, ": {} {change}", world.device_name(device));
            }
            if refused {
                line.push_str(" (refused)");
            }
            said.push((world.now().0 as f64 / 1e9, line));
        }
    };
    assert_ne!(stop, Stop::Budget);
    assert_eq!(runner.world.refused(), []);
    let ran = crate::lab::run_variant(&lab, None, None, EVENT_BUDGET).unwrap();
    assert_eq!(ran.world.digest(), runner.world.digest(), "the same lab runs the same");
    for (name, outcome) in &ran.outcomes {
        assert!(outcome.holds, "{name}: {}", outcome.text(crate::lang::Lang::En));
    }
    Ran { world: runner.world, said }
}

impl Ran {
    /// Rows of a table at the end, cells separated by blanks.
    fn rows(&self, device: &str, table: &str) -> Vec<String> {
        let all = (0..self.world.device_count() as u32).map(crate::id::DeviceId);
        let id = all.clone().find(|id| self.world.device_name(*id) == device).unwrap_or_else(|| panic!("{device}"));
        let tables = self.world.device(id).unwrap().tables();
        let table = tables.into_iter().find(|view| view.name == table).unwrap_or_else(|| panic!("{device} {table}"));
        let line =
            |row: crate::engine::TableRow| row.cells.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        table.rows.into_iter().map(line).collect()
    }

    /// What was said by one device, or with this in it.
    fn said(&self, with: &str) -> Vec<&str> {
        self.said.iter().map(|(_, line)| line.as_str()).filter(|line| line.contains(with)).collect()
    }

    /// When something was first said, in seconds.
    fn first(&self, with: &str) -> f64 {
        self.said.iter().find(|(_, line)| line.contains(with)).unwrap_or_else(|| panic!("nobody said {with}")).0
    }
}
