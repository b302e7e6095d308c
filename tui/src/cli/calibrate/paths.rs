//! The paths on which datagrams are timed, each in namespaces of its own.

use std::io::{self, BufRead, BufReader};
use std::process::{self, Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::cli::interrupt::Stop;

const PORT: u16 = 7_000;

/// A way from a sender to a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// Within one host.
    Loopback,
    /// Two hosts and a veth pair.
    Veth,
    /// A bridge between them.
    Bridge,
    /// A router between them.
    Routed,
    /// Two hosts, in VXLAN.
    Vxlan,
    /// Two hosts, in IPIP.
    Ipip,
}

impl Path {
    pub const fn en(self) -> &'static str {
        match self {
            Self::Loopback => "loopback",
            Self::Veth => "a veth pair",
            Self::Bridge => "two veth pairs and a bridge",
            Self::Routed => "two veth pairs and a router",
            Self::Vxlan => "VXLAN over a veth pair",
            Self::Ipip => "IPIP over a veth pair",
        }
    }

    pub const fn zh(self) -> &'static str {
        match self {
            Self::Loopback => "环回",
            Self::Veth => "一对 veth",
            Self::Bridge => "两对 veth 加网桥",
            Self::Routed => "两对 veth 加路由器",
            Self::Vxlan => "一对 veth 上的 VXLAN",
            Self::Ipip => "一对 veth 上的 IPIP",
        }
    }

    /// Where the socket is, and in which namespace: `A` sends, `B` receives, `C` stands between.
    const fn socket(self) -> (&'static str, &'static str) {
        match self {
            Self::Loopback => ("127.0.0.1", "A"),
            Self::Veth | Self::Bridge => ("10.231.0.2", "B"),
            Self::Routed => ("10.231.1.2", "B"),
            Self::Vxlan | Self::Ipip => ("10.232.0.2", "B"),
        }
    }

    /// Arguments of `ip`, a line each.
    fn commands(self) -> &'static str {
        match self {
            Self::Loopback => "-n A link set lo up",
            Self::Veth => VETH,
            Self::Bridge => {
                "link add a0 netns A type veth peer name c0 netns C
                 link add b0 netns B type veth peer name c1 netns C
                 -n C link add br0 type bridge
                 -n C link set c0 master br0 up
                 -n C link set c1 master br0 up
                 -n C link set br0 up
                 -n A address add 10.231.0.1/24 dev a0
                 -n B address add 10.231.0.2/24 dev b0
                 -n A link set a0 up
                 -n B link set b0 up"
            }
            Self::Routed => {
                "link add a0 netns A type veth peer name c0 netns C
                 link add b0 netns B type veth peer name c1 netns C
                 -n A address add 10.231.0.1/24 dev a0
                 -n C address add 10.231.0.254/24 dev c0
                 -n C address add 10.231.1.254/24 dev c1
                 -n B address add 10.231.1.2/24 dev b0
                 -n A link set a0 up
                 -n B link set b0 up
                 -n C link set c0 up
                 -n C link set c1 up
                 -n A route add default via 10.231.0.254
                 -n B route add default via 10.231.1.254
                 netns exec C sh -c echo\u{a0}1\u{a0}>/proc/sys/net/ipv4/ip_forward"
            }
            Self::Vxlan => {
                "-n A link add t0 type vxlan id 42 local 10.231.0.1 remote 10.231.0.2 dstport 4789 dev a0
                 -n B link add t0 type vxlan id 42 local 10.231.0.2 remote 10.231.0.1 dstport 4789 dev b0
                 -n A address add 10.232.0.1/24 dev t0
                 -n B address add 10.232.0.2/24 dev t0
                 -n A link set t0 up
                 -n B link set t0 up"
            }
            Self::Ipip => {
                "-n A link add t0 type ipip local 10.231.0.1 remote 10.231.0.2
                 -n B link add t0 type ipip local 10.231.0.2 remote 10.231.0.1
                 -n A address add 10.232.0.1/24 dev t0
                 -n B address add 10.232.0.2/24 dev t0
                 -n A link set t0 up
                 -n B link set t0 up"
            }
        }
    }
}

const VETH: &str = "link add a0 netns A type veth peer name b0 netns B
     -n A address add 10.231.0.1/24 dev a0
     -n B address add 10.231.0.2/24 dev b0
     -n A link set a0 up
     -n B link set b0 up";

/// Namespaces, which are gone when this is.
struct Spaces {
    /// `overunder-4711`.
    prefix: String,
}

impl Spaces {
    fn new() -> io::Result<Self> {
        let spaces = Self { prefix: format!("overunder-{}", process::id()) };
        for letter in ["A", "B", "C"] {
            ip(&["netns", "add", &spaces.full(letter)])?;
        }
        Ok(spaces)
    }

    fn full(&self, letter: &str) -> String {
        format!("{}-{letter}", self.prefix)
    }

    fn lay(&self, commands: &str) -> io::Result<()> {
        for line in commands.lines() {
            let words = line.split_ascii_whitespace().map(|word| match word {
                "A" | "B" | "C" => self.full(word),
                // A word of its own that has blanks.
                word => word.replace('\u{a0}', " "),
            });
            ip(&words.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    fn child(&self, letter: &str, args: &[&str]) -> io::Result<Command> {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.full(letter)]).arg(std::env::current_exe()?).arg("calibrate").args(args);
        command.stderr(Stdio::null());
        Ok(apart(command))
    }
}

impl Drop for Spaces {
    fn drop(&mut self) {
        for letter in ["A", "B", "C"] {
            let _ = ip(&["netns", "del", &self.full(letter)]);
        }
    }
}

/// A child that a Ctrl-C at the terminal does not reach: what ends it is this program, when it has cleaned up.
fn apart(mut command: Command) -> Command {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

fn ip<S: AsRef<str>>(args: &[S]) -> io::Result<()> {
    let mut command = Command::new("ip");
    command.args(args.iter().map(AsRef::as_ref));
    let output = apart(command).output()?;
    if output.status.success() {
        return Ok(());
    }
    let words: Vec<&str> = args.iter().map(AsRef::as_ref).collect();
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("ip {}: {}", words.join(" "), said.trim())))
}

/// A child that ends when its input does.
struct Sink {
    child: Child,
    said: Option<BufReader<ChildStdout>>,
}

impl Sink {
    fn start(mut command: Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let said = child.stdout.take().map(BufReader::new);
        Ok(Self { child, said })
    }

    /// The next line it says.
    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.said.as_mut().map(|said| said.read_line(&mut line)).transpose()?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// What a child says until it ends, or an error as soon as this program is to stop.
fn output(mut command: Command, stop: &Stop) -> io::Result<String> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    while child.try_wait()?.is_none() {
        if stop.signal().is_some() {
            child.kill()?;
            child.wait()?;
            return Err(io::ErrorKind::Interrupted.into());
        }
        thread::sleep(Duration::from_millis(5));
    }
    // It says one line, which a pipe holds.
    Ok(String::from_utf8_lossy(&child.wait_with_output()?.stdout).into_owned())
}

/// Nanoseconds that a datagram takes on a path.
pub fn time(path: Path, packets: u32, size: usize, stop: &Stop) -> io::Result<u64> {
    if stop.signal().is_some() {
        return Err(io::ErrorKind::Interrupted.into());
    }
    let spaces = Spaces::new()?;
    if matches!(path, Path::Vxlan | Path::Ipip) {
        spaces.lay(VETH)?;
    }
    spaces.lay(path.commands())?;
    let (ip, letter) = path.socket();
    let at = format!("{ip}:{PORT}");
    let mut sink = Sink::start(spaces.child(letter, &["--sink", &at])?)?;
    if sink.line()? != "ready" {
        return Err(io::Error::other(format!("{}: no socket at {at}", path.en())));
    }
    let (packets, size) = (packets.to_string(), size.to_string());
    let blast = spaces.child("A", &["--blast", &at, "--packets", &packets, "--size", &size])?;
    let said = output(blast, stop)?;
    drop(sink.child.stdin.take());
    let arrived = sink.line()?.parse::<u32>().unwrap_or(0);
    let nanos = said.trim().parse().ok().filter(|_| arrived > 1);
    nanos.ok_or_else(|| io::Error::other(format!("{}: nothing arrived at {at}", path.en())))
}
