//! The back end for real Linux: a plan becomes a shell script of network namespaces, veth pairs and bridges.
//!
//! Every node is a namespace, and so is every further IP stack in it: a container. Bridges and tunnels live in that of
//! the node. The script builds the network, makes the changes and sends the traffic of the plan, prints what they say, and
//! takes everything away again. With `OU_PAUSE` set it says when it is ready and when it is done
//! and waits for a line each time, for whoever wants to look around; the kernel test does.
//!
//! What Linux or this script cannot do as the simulator does it is refused, not left out: see [`script`]. Left as it
//! is on the machine: how long things take, and that veth pads no short frames.

mod changes;
mod ipvlan;
mod macvlan;
mod moments;
mod names;
mod network;
mod sriov;
mod transfers;
mod tunnels;
mod vxlan;
mod wires;

pub use names::{Interface, Names};
pub use vxlan::at_start;

use std::fmt::Write as _;

use crate::id::DeviceId;
use crate::plan::{DeviceSpec, Plan};
use crate::time::SimDuration;
#[cfg(test)]
use names::DEVICE_NAME;
use names::plain;

/// The script for a plan, or all that it would need and cannot have.
pub fn script(plan: &Plan) -> Result<String, Vec<String>> {
    let mut script =
        Script { names: Names::of(plan), plan, text: String::new(), refused: Vec::new(), heard: Vec::new() };
    script.prelude();
    script.build_network();
    script.run_traffic();
    if script.refused.is_empty() { Ok(script.text) } else { Err(script.refused) }
}

/// Why there is no script for the network of a provider.
const FABRIC: &str = "a provider's network is nothing that Linux has";

/// A script in the making.
struct Script<'p> {
    plan: &'p Plan,
    names: Names,
    text: String,
    refused: Vec<String>,
    /// Places where traffic is received.
    heard: Vec<String>,
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
        let (helpers, back) = if self.needs_hardware() { (sriov::HELPERS, sriov::CLEAN_UP) } else { ("", "") };
        let _ = write!(
            self.text,
            r#"#!/bin/sh
# Builds a network of namespaces as a lab of overunder describes it, sends its traffic, and takes it away again.
# Needs root, iproute2, the ping of iputils, and python3 if there is more than pings. OU=prefix names the namespaces;
# OU_PAUSE=1 waits for a line when all is built and again when all has run.
set -eu
OU=${{OU:-ou$$}}
SPACES="{spaces}"
DIR=$(mktemp -d)
JOBS=
FLOWS=

clean_up() {{
    status=$?
    trap - EXIT
    for job in $JOBS; do kill "$job" 2>/dev/null || :; done
{back}    # What still runs in a namespace would keep it alive.
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
{helpers}"#
        );
        self.transfer_helpers();
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
