//! Traffic and changes, each in a job of its own that waits for its moment.

use super::{Script, plain, seconds};
use crate::app::ping::{PingConfig, WAIT};
use crate::engine::{Change, When};
use crate::id::DeviceId;
use crate::plan::{AppSpec, Op};
use crate::time::{SimDuration, SimTime};

/// Why there is no script for other traffic.
const ONLY: &str = "only pings, TCP transfers and datagrams are run on Linux";

impl Script<'_> {
    pub(super) fn run_traffic(&mut self) {
        let (mut flows, mut commands) = (0, 0);
        let mut jobs = Vec::new();
        for step in &self.plan.steps {
            match &step.op {
                Op::Serve { home, app } => self.serve(*home, app),
                Op::Flow { name, home, app, start, .. } => {
                    if let Some((moment, command)) = self.moment(name, start).zip(self.traffic(name, *home, app)) {
                        let command = format!("{command} > \"$DIR/flow{flows}.out\" 2>&1 || :");
                        let done = format!(": > \"$DIR/flow{flows}.done\"");
                        jobs.push((name.clone(), [moment, marker(commands), command, done].join("\n    ")));
                    }
                    flows += 1;
                    commands += 1;
                }
                Op::Event { name, change, when } => {
                    let moment = self.moment(name, when);
                    let lines = self.change(name, change);
                    // What holds from the start is done before anything else.
                    if *when == When::At(SimTime::ZERO) && matches!(change, Change::Device { .. }) {
                        self.line(format!("\n# {}", plain(name)));
                        for line in &lines {
                            self.line(line);
                        }
                        self.line(marker(commands));
                    } else if let Some(moment) = moment {
                        let steps = [vec![moment], lines, vec![marker(commands)]].concat();
                        jobs.push((name.clone(), steps.join("\n    ")));
                    }
                    commands += 1;
                }
                _ => {}
            }
        }
        for (name, job) in &jobs {
            self.line(format!("\n# {}", plain(name)));
            let end = "trap '[ $? = 0 ] || : > \"$DIR/failed\"' EXIT";
            self.line(format!("(\n    {end}\n    {job}\n) &\nJOBS=\"$JOBS $!\"\nFLOWS=\"$FLOWS $!\""));
        }
        self.line("\nfor job in $FLOWS; do wait \"$job\" || :; done\n[ ! -e \"$DIR/failed\" ]");
        let names: Vec<String> = self.plan.flows().map(|(_, name)| plain(name)).collect();
        for (at, name) in names.iter().enumerate() {
            self.line(format!("sed 's/^/{name}: /' \"$DIR/flow{at}.out\""));
        }
        self.tell_received();
        self.line("pause done");
    }

    fn serve(&mut self, home: DeviceId, app: &AppSpec) {
        match app {
            AppSpec::TcpSink(sink) => self.sink(home, "tcp-sink", sink.port),
            AppSpec::UdpSink(sink) => self.sink(home, "udp-sink", sink.port),
            // A listener reads what the card gives it; nothing else depends on it.
            AppSpec::Sniffer(_) => {}
            daemon if daemon.is_daemon() => self.refuse(format!(
                "{}: the script runs no daemons; write the rows it would write into `rows`, or have the plugin \
                 write them (without `store`, with `gossip: false`)",
                daemon.word()
            )),
            other => self.refuse(format!("{}: {ONLY}", other.word())),
        }
    }

    fn traffic(&mut self, name: &str, home: DeviceId, app: &AppSpec) -> Option<String> {
        match app {
            AppSpec::Ping(ping) => self.ping(name, home, ping),
            AppSpec::Tcp(flow) => self.tcp(name, home, flow),
            AppSpec::Udp(flow) => self.udp(name, home, flow),
            other => {
                self.refuse(format!("{name} ({}): {ONLY}", other.word()));
                None
            }
        }
    }

    /// Where a flow begins or ends.
    pub(super) fn space_of(&mut self, home: DeviceId, name: &str) -> Option<String> {
        let space = self.names.device(home).map(|at| at.space);
        if space.is_none() {
            self.refuse(format!("{name}: starts at a host that does not exist"));
        }
        space
    }

    fn ping(&mut self, name: &str, home: DeviceId, ping: &PingConfig) -> Option<String> {
        let PingConfig { to, count, every, size, df } = ping;
        let space = self.space_of(home, name)?;
        let (every, wait, fragment) = (seconds(*every), seconds(WAIT), if *df { "do" } else { "dont" });
        if *count == 0 {
            return Some(":".to_owned());
        }
        Some(format!("inside {space} ping -n -c {count} -i {every} -s {size} -M {fragment} -W {wait} {to}"))
    }

    /// What a job does until its moment has come.
    fn moment(&mut self, name: &str, when: &When) -> Option<String> {
        let sleep = |span: SimDuration| format!("sleep {}", seconds(span));
        match when {
            When::At(time) => Some(sleep(SimDuration(time.0))),
            When::Done(flow) => Some(format!("seen flow{}.done", flow.0)),
            When::Event(number) => Some(format!("seen command{number}")),
            When::After(base, span) => Some(format!("{}; {}", self.moment(name, base)?, sleep(*span))),
            When::Answered(..) => {
                self.refuse(format!("{name}: waiting for an answer in the middle of a flow"));
                None
            }
        }
    }
}

/// Tells that a change was made or a flow begun.
fn marker(command: u32) -> String {
    format!(": > \"$DIR/command{command}\"")
}

impl AppSpec {
    /// What kind of traffic, in a word.
    fn word(&self) -> &'static str {
        match self {
            Self::Ping(_) => "ping",
            Self::Udp(_) => "datagrams",
            Self::UdpSink(_) => "a receiver of datagrams",
            Self::Tcp(_) => "a TCP connection",
            Self::TcpSink(_) => "a receiver of TCP connections",
            Self::Client(_) => "requests",
            Self::Server(_) => "a server",
            Self::MacFlood(_) => "a MAC flood",
            Self::Raw(_) => "frames written by hand",
            Self::Sniffer(_) => "a listener",
            Self::Store(_) => "a store",
            Self::Flanneld(_) => "flanneld",
            Self::Felix(_) => "felix",
            Self::Controller(_) => "a controller's daemon",
            Self::Evpn(_) => "an EVPN daemon",
            Self::Gossip(..) => "a gossiping daemon",
            Self::Rip(_) => "a RIP daemon",
            Self::Eigrp(_) => "an EIGRP daemon",
            Self::Ospf(_) => "an OSPF daemon",
            Self::Isis(_) => "an IS-IS daemon",
            Self::Bgp(_) => "a BGP daemon",
        }
    }
}
