//! Bytes over TCP and datagrams: a small Python program in the script sends and receives them.

use super::{Script, seconds};
use crate::app::tcp_flow::TcpFlowConfig;
use crate::app::udp_flow::UdpFlowConfig;
use crate::id::DeviceId;
use crate::plan::{AppSpec, Op};
use crate::time::SimDuration;

/// What the script needs for it, from the top of the script on.
const PROGRAM: &str = include_str!("transfer.py");

/// Programs that listen, and one segment to a packet.
const HELPERS: &str = r#"
SINKS=0
listen() {
    inside "$1" python3 "$DIR/transfer.py" "$2" "$3" "$DIR/sink$SINKS.up" "$DIR/over" > "$DIR/sink$SINKS.out" 2>&1 &
    JOBS="$JOBS $!"
    tries=0
    until [ -e "$DIR/sink$SINKS.up" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 250 ] || { echo "nobody listens on port $3 of $1:" >&2; cat "$DIR/sink$SINKS.out" >&2; exit 1; }
        sleep 0.02
    done
    SINKS=$((SINKS + 1))
}

# Linux hands many segments at once to a card that can cut them up (GSO), and bridges and tunnels let them pass whole.
# On a cable every segment is a packet of its own, and so it is here.
cut_up() {
    for device in $(inside "$1" ls /sys/class/net); do
        [ "$device" = lo ] || ip -n "$OU-$1" link set dev "$device" gso_max_segs 1
    done
}
"#;

/// A limit, if there is one.
fn limit<T: ToString>(most: Option<T>) -> String {
    most.map_or_else(|| "-".to_owned(), |most| most.to_string())
}

fn lasting(span: Option<SimDuration>) -> String {
    limit(span.map(seconds))
}

impl Script<'_> {
    /// The program and its helpers, if the plan has any use for them.
    pub(super) fn transfer_helpers(&mut self) {
        let transfers = |op: &Op| {
            matches!(
                op,
                Op::Flow { app: AppSpec::Tcp(_) | AppSpec::Udp(_), .. }
                    | Op::Serve { app: AppSpec::TcpSink(_) | AppSpec::UdpSink(_), .. }
            )
        };
        if !self.plan.steps.iter().any(|step| transfers(&step.op)) {
            return;
        }
        self.line(HELPERS.trim_end());
        self.line("\ncat > \"$DIR/transfer.py\" <<'PYTHON'");
        self.text.push_str(PROGRAM);
        self.line("PYTHON");
    }

    /// A receiver, up before anything is sent.
    pub(super) fn sink(&mut self, home: DeviceId, kind: &str, port: u16) {
        let Some(space) = self.space_of(home, kind) else { return };
        self.line(format!("listen {space} {kind} {port}"));
        self.heard.push(format!("{space} port {port}"));
        if kind == "tcp-sink" {
            self.cut_up(&space);
        }
    }

    fn cut_up(&mut self, space: &str) {
        let line = format!("\ncut_up {space}\n");
        if !self.text.contains(&line) {
            self.text.push_str(&line[1..]);
        }
    }

    pub(super) fn tcp(&mut self, name: &str, home: DeviceId, flow: &TcpFlowConfig) -> Option<String> {
        let space = self.space_of(home, name)?;
        self.cut_up(&space);
        let TcpFlowConfig { to, port, bytes, lasts } = flow;
        let [bytes, lasts] = [limit(*bytes), lasting(*lasts)];
        Some(format!("inside {space} python3 \"$DIR/transfer.py\" tcp {to} {port} {bytes} {lasts}"))
    }

    pub(super) fn udp(&mut self, name: &str, home: DeviceId, flow: &UdpFlowConfig) -> Option<String> {
        let space = self.space_of(home, name)?;
        let UdpFlowConfig { to, port, count, lasts, every, size } = flow;
        let [count, lasts, every] = [limit(*count), lasting(*lasts), seconds(*every)];
        Some(format!("inside {space} python3 \"$DIR/transfer.py\" udp {to} {port} {count} {lasts} {every} {size}"))
    }

    /// What receivers have to say, once all is sent.
    pub(super) fn tell_received(&mut self) {
        if self.heard.is_empty() {
            return;
        }
        self.line(": > \"$DIR/over\"\nwait");
        for (at, place) in std::mem::take(&mut self.heard).iter().enumerate() {
            self.line(format!("sed 's/^/{place}: /' \"$DIR/sink{at}.out\""));
        }
    }
}
