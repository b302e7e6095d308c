//! The back end for real Linux: a plan becomes a shell script of network namespaces, veth pairs and bridges.
//!
//! Every node is a namespace. The script builds the network, makes the changes and runs the pings of the plan, prints
//! what they say, and takes everything away again. With `OU_PAUSE` set it says when it is ready and when it is done
//! and waits for a line each time, for whoever wants to look around; the kernel test does.
//!
//! What Linux or this script cannot do as the simulator does it is refused, not left out: see [`script`]. Left as it
//! is on the machine: how long things take, and that veth pads no short frames.

mod changes;
mod moments;
mod network;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::id::{DeviceId, NodeId, PortNo};
use crate::plan::{DeviceSpec, Op, Plan};
use crate::stack::InterfaceConfig;
use crate::time::SimDuration;

/// The script for a plan, or all that it would need and cannot have.
pub fn script(plan: &Plan) -> Result<String, Vec<String>> {
    let mut script = Script { names: Names::of(plan), plan, text: String::new(), refused: Vec::new() };
    script.prelude();
    script.build_network();
    script.run_traffic();
    if script.refused.is_empty() { Ok(script.text) } else { Err(script.refused) }
}

/// A script in the making.
struct Script<'p> {
    plan: &'p Plan,
    names: Names,
    text: String,
    refused: Vec<String>,
}

/// What a port is called on Linux, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Interface {
    /// Name of the namespace, without the prefix.
    space: String,
    /// Name of the device in it.
    name: String,
}

/// Names of namespaces and of the ports of all devices.
#[derive(Debug, Default)]
struct Names {
    spaces: Vec<String>,
    devices: Vec<Device>,
}

#[derive(Debug, Default)]
struct Device {
    home: usize,
    /// Name of a bridge.
    own: String,
    /// Ports; those of a stack are named after the cards they are wired to.
    ports: Vec<String>,
}

/// Letters and digits only, so that a name needs no quotes and hides no command.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// The name as Linux can have it, or another that nobody else has.
fn fitting(name: &str, most: usize, taken: &[String], other: impl Fn(usize) -> String) -> String {
    let own = plain(name);
    let free = |name: &String| !name.is_empty() && name.len() <= most && !taken.contains(name);
    let ready = Some(own).filter(|own| free(own) && !own.starts_with('-'));
    // One of these is free: there is one more of them than names taken.
    ready.or_else(|| (0..=taken.len()).map(other).find(free)).unwrap_or_default()
}

/// Longest name of a network device (`IFNAMSIZ` less its end).
const DEVICE_NAME: usize = 15;

impl Names {
    fn of(plan: &Plan) -> Self {
        let mut names = Self::default();
        for (.., name, _) in plan.nodes() {
            let space = fitting(name, 60, &names.spaces, |n| format!("node{n}"));
            names.spaces.push(space);
        }
        let wires = plan.steps.iter().filter_map(|step| match &step.op {
            Op::Wire { a, b } => Some([*a, *b]),
            _ => None,
        });
        let wired: BTreeSet<(DeviceId, PortNo)> = wires.flatten().collect();
        let mut used: Vec<Vec<String>> = vec![vec!["lo".to_owned()]; names.spaces.len()];
        for (_, home, name, spec) in plan.devices() {
            let home = home.index();
            let mut none = Vec::new();
            let taken = used.get_mut(home).unwrap_or(&mut none);
            let mut take = |name: &str, prefix: &str| {
                let name = fitting(name, DEVICE_NAME, taken, |n| format!("{prefix}{n}"));
                taken.push(name.clone());
                name
            };
            let device = match spec {
                DeviceSpec::Nic(nic) => {
                    let name = take(&nic.name, "eth");
                    Device { home, own: name.clone(), ports: vec![name.clone(), name] }
                }
                DeviceSpec::Bridge(bridge) => {
                    let own = take(name, "br");
                    let ports = bridge.ports.iter().map(|port| take(&format!("p{}", port.name), "p")).collect();
                    Device { home, own, ports }
                }
                DeviceSpec::Vtep(_) | DeviceSpec::Tunnel(_) => {
                    let own = take(name, "tun");
                    Device { home, own: own.clone(), ports: vec![own.clone(), own] }
                }
                DeviceSpec::Stack(stack) => {
                    let here = DeviceId(names.devices.len() as u32);
                    let port = |(at, interface): (usize, &InterfaceConfig)| {
                        let wired = wired.contains(&(here, PortNo(at as u16)));
                        if wired { String::new() } else { take(&interface.name, "eth") }
                    };
                    let ports = stack.interfaces.iter().enumerate().map(port).collect();
                    Device { home, own: String::new(), ports }
                }
            };
            names.devices.push(device);
        }
        names.share_cards(plan);
        names
    }

    /// A stack knows its interfaces by the names of the cards below.
    fn share_cards(&mut self, plan: &Plan) {
        let is_stack: Vec<bool> = plan.devices().map(|(.., spec)| matches!(spec, DeviceSpec::Stack(_))).collect();
        for step in &plan.steps {
            let Op::Wire { a, b } = &step.op else { continue };
            for (from, to) in [(a, b), (b, a)] {
                if is_stack.get(to.0.index()) == Some(&true)
                    && let Some(name) = self.port(*from).map(|at| at.name)
                    && let Some(port) = self.devices.get_mut(to.0.index()).and_then(|at| at.ports.get_mut(to.1.index()))
                {
                    *port = name;
                }
            }
        }
    }

    fn space(&self, node: NodeId) -> &str {
        self.spaces.get(node.index()).map_or("", String::as_str)
    }

    fn port(&self, (device, port): (DeviceId, PortNo)) -> Option<Interface> {
        let device = self.devices.get(device.index())?;
        let space = self.spaces.get(device.home)?.clone();
        Some(Interface { space, name: device.ports.get(port.index())?.clone() })
    }

    /// A bridge or a card as a whole.
    fn device(&self, device: DeviceId) -> Option<Interface> {
        let device = self.devices.get(device.index())?;
        Some(Interface { space: self.spaces.get(device.home)?.clone(), name: device.own.clone() })
    }
}

/// Seconds as `sleep` and `ping` read them.
fn seconds(span: SimDuration) -> String {
    let text = format!("{}.{:09}", span.0 / 1_000_000_000, span.0 % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl<'p> Script<'p> {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    fn refuse(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.refused.contains(&what) {
            self.refused.push(what);
        }
    }

    fn spec(&self, device: DeviceId) -> Option<&'p DeviceSpec> {
        self.plan.devices().nth(device.index()).map(|(.., spec)| spec)
    }

    /// Rules, helpers, and the promise that nothing is left behind.
    fn prelude(&mut self) {
        let spaces = self.names.spaces.join(" ");
        let _ = write!(
            self.text,
            r#"#!/bin/sh
# Builds a network of namespaces as a lab of overunder describes it, runs its pings, and takes it away again.
# Needs root, iproute2 and the ping of iputils. OU=prefix names the namespaces; OU_PAUSE=1 waits for a line
# when all is built and again when all has run.
set -eu
OU=${{OU:-ou$$}}
SPACES="{spaces}"
DIR=$(mktemp -d)
JOBS=

clean_up() {{
    status=$?
    trap - EXIT
    for job in $JOBS; do kill "$job" 2>/dev/null || :; done
    # What still runs in a namespace would keep it alive.
    for space in $SPACES; do
        for process in $(ip netns pids "$OU-$space" 2>/dev/null || :); do kill "$process" 2>/dev/null || :; done
        ip netns del "$OU-$space" 2>/dev/null || :
    done
    rm -rf "$DIR"
    exit "$status"
}}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

inside() {{
    space=$1
    shift
    ip netns exec "$OU-$space" "$@"
}}

# Waits until something has happened, or gives up because something else has failed.
seen() {{
    until [ -e "$DIR/$1" ]; do
        [ ! -e "$DIR/failed" ] || exit 1
        sleep 0.02
    done
}}

# Waits until a port of a bridge forwards.
forwarding() {{
    tries=0
    until [ "$(inside "$1" cat "/sys/class/net/$2/brport/state")" = 3 ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 250 ] || {{ echo "$2 of $1 does not forward" >&2; exit 1; }}
        sleep 0.02
    done
}}

pause() {{
    [ -n "${{OU_PAUSE:-}}" ] || return 0
    echo "$1: press Enter to go on"
    read -r _ || :
}}
"#
        );
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
