//! Routers of real daemons in network namespaces: one namespace and its daemons each. Nothing stays behind.

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

/// Where Debian puts the daemons.
const HOME: &str = "/usr/lib/frr";

/// A routing daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Daemon {
    /// `ripd` of FRR.
    Rip,
    /// `ospfd` of FRR.
    Ospf,
    /// `isisd` of FRR.
    Isis,
    /// `bgpd` of FRR.
    Bgp,
    /// `zebra` of FRR, which writes what the others have found.
    Zebra,
    /// BIRD, which speaks what its configuration says.
    Bird,
}

impl Daemon {
    const fn program(self) -> &'static str {
        match self {
            Self::Rip => "ripd",
            Self::Ospf => "ospfd",
            Self::Isis => "isisd",
            Self::Bgp => "bgpd",
            Self::Zebra => "zebra",
            Self::Bird => "bird",
        }
    }

    /// Whether the programs are here that are needed for it.
    fn is_here(self) -> bool {
        let there = |name: &str| PathBuf::from(HOME).join(name).exists();
        match self {
            Self::Bird => works("bird", &["--version"]) && Command::new("birdc").arg("-v").output().is_ok(),
            _ => there("zebra") && there(self.program()),
        }
    }
}

/// What fails.
#[derive(Clone, Copy, Debug)]
pub enum Failure {
    /// A cable: both ends see it.
    Cable(usize),
    /// The cable of a router to the network that [`Network::lan`] has made.
    Lan(usize),
}

/// What a daemon of FRR answers at its socket, asked as `vtysh` does: that one takes a hundred times as long to begin.
/// Every answer ends with three zeros and whether it went well.
fn answer(socket: &Path, question: &str) -> std::io::Result<String> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut text = Vec::new();
    for line in ["enable", question] {
        stream.write_all(line.as_bytes())?;
        stream.write_all(&[0])?;
        text.clear();
        let mut part = [0; 4096];
        while !(text.len() >= 4 && text[text.len() - 4..].starts_with(&[0; 3])) {
            match stream.read(&mut part)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                len => text.extend_from_slice(&part[..len]),
            }
        }
    }
    text.truncate(text.len() - 4);
    Ok(String::from_utf8_lossy(&text).into_owned())
}

static COUNT: AtomicU32 = AtomicU32::new(0);

fn works(command: &str, words: &[&str]) -> bool {
    Command::new(command).args(words).output().is_ok_and(|output| output.status.success())
}

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(300);

/// Tries until it is so, or for as long as it is worth.
pub fn wait(longest: Duration, mut so: impl FnMut() -> bool) -> bool {
    for _ in 0..longest.as_millis() / PAUSE.as_millis() {
        if so() {
            return true;
        }
        sleep(PAUSE);
    }
    so()
}

/// Routers with cables between them.
pub struct Network {
    prefix: String,
    home: PathBuf,
    links: Vec<(usize, usize)>,
    children: Vec<Child>,
    count: usize,
    daemon: Daemon,
}

impl Network {
    /// Namespaces and cables for a daemon; nothing where that cannot be, and says so.
    pub fn start(claim: &str, daemon: Daemon, count: usize, links: &[(usize, usize)]) -> Option<Self> {
        let prefix = format!("our{}x{}r", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        if !daemon.is_here() {
            eprintln!("SKIPPED: {claim}: `{}` is not here", daemon.program());
            return None;
        }
        let home = std::env::temp_dir().join(&prefix);
        let network = Self { prefix, home, links: links.to_vec(), children: Vec::new(), count, daemon };
        if !works("ip", &["netns", "add", &network.space(0)]) {
            eprintln!("SKIPPED: {claim}: `ip netns add` fails: root is needed");
            return None;
        }
        for router in 0..count {
            if router > 0 {
                assert!(works("ip", &["netns", "add", &network.space(router)]));
            }
            network.inside(router, &["link", "set", "lo", "up"]);
            let forward = ["netns", "exec", &network.space(router), "sysctl", "-qw", "net.ipv4.ip_forward=1"];
            assert!(works("ip", &forward));
        }
        for (at, (a, b)) in links.iter().enumerate() {
            let (from, to) = (format!("e{b}"), format!("e{a}"));
            let space = network.space(*b);
            let peer = ["type", "veth", "peer", "name", &to, "netns", &space];
            network.inside(*a, &[&["link", "add", "name", &from][..], &peer].concat());
            for (router, name, host) in [(*a, &from, 1), (*b, &to, 2)] {
                network.inside(router, &["addr", "add", &format!("10.0.{at}.{host}/24"), "dev", name]);
                network.inside(router, &["link", "set", name, "up"]);
            }
        }
        Some(network)
    }

    /// Puts some of the routers on one network, by a bridge in a namespace of its own; nothing for none.
    pub fn lan(&self, routers: &[usize]) {
        if routers.is_empty() {
            return;
        }
        let switch = self.count;
        let space = self.space(switch);
        assert!(works("ip", &["netns", "add", &space]));
        self.inside(switch, &["link", "add", "name", "sw0", "type", "bridge"]);
        self.inside(switch, &["link", "set", "sw0", "up"]);
        for router in routers {
            let port = format!("p{router}");
            let peer = ["type", "veth", "peer", "name", &port, "netns", &space];
            self.inside(*router, &[&["link", "add", "name", "lan"][..], &peer].concat());
            self.inside(*router, &["addr", "add", &format!("10.9.0.{}/24", router + 1), "dev", "lan"]);
            self.inside(switch, &["link", "set", &port, "master", "sw0", "up"]);
            self.inside(*router, &["link", "set", "lan", "up"]);
        }
    }

    fn space(&self, router: usize) -> String {
        format!("{}{router}", self.prefix)
    }

    fn inside(&self, router: usize, words: &[&str]) {
        let space = self.space(router);
        assert!(works("ip", &[&["-n", &space], words].concat()), "r{router}: ip {words:?}");
    }

    fn folder(&self, router: usize) -> PathBuf {
        self.home.join(format!("r{router}"))
    }

    /// Starts the daemon on every router, and before one of FRR the one that writes its routes into the kernel.
    pub fn speak(&mut self, config: impl Fn(usize) -> String) {
        let programs = match self.daemon {
            Daemon::Bird => vec![("bird", "ctl".to_owned())],
            daemon => ["zebra", daemon.program()].map(|program| (program, format!("{program}.vty"))).to_vec(),
        };
        for router in 0..self.count {
            let folder = self.folder(router);
            std::fs::create_dir_all(&folder).unwrap();
            let name = format!("hostname r{router}\n");
            std::fs::write(folder.join("zebra.conf"), &name).unwrap();
            let name = if self.daemon == Daemon::Bird { "" } else { &name };
            let text = format!("{name}{}", config(router));
            std::fs::write(folder.join(format!("{}.conf", self.daemon.program())), text).unwrap();
            // The daemons of FRR give up being root.
            if self.daemon != Daemon::Bird {
                assert!(works("chown", &["-R", "frr:frr", folder.to_str().unwrap()]));
            }
        }
        for (program, socket) in programs {
            for router in 0..self.count {
                self.run(router, program);
            }
            for router in 0..self.count {
                let socket = self.folder(router).join(&socket);
                assert!(wait(Duration::from_secs(20), || socket.exists()), "r{router}: {program} does not start");
            }
        }
    }

    fn run(&mut self, router: usize, program: &str) {
        let folder = self.folder(router);
        let path = |name: &str| folder.join(name).display().to_string();
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.space(router)]);
        let (conf, pid) = (path(&format!("{program}.conf")), path(&format!("{program}.pid")));
        if program == "bird" {
            command.args([program, "-f", "-c", &conf, "-P", &pid, "-s", &path("ctl")]);
        } else {
            command.args([&format!("{HOME}/{program}"), "-P", "0", "-f", &conf, "-i", &pid]);
            command.args(["-z", &path("zebra.api"), "--vty_socket", &folder.display().to_string()]);
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        self.children.push(child);
    }

    /// Which daemon its routers have.
    pub const fn daemon(&self) -> Daemon {
        self.daemon
    }

    /// What the daemon of a router answers.
    pub fn asks(&self, router: usize, question: &str) -> String {
        self.asks_of(self.daemon, router, question)
    }

    /// What a daemon answers that runs beside it.
    pub fn asks_of(&self, daemon: Daemon, router: usize, question: &str) -> String {
        let folder = self.folder(router);
        if daemon == Daemon::Bird {
            let ctl = folder.join("ctl").display().to_string();
            let output = Command::new("birdc").args(["-s", &ctl, question]).output().unwrap();
            return String::from_utf8_lossy(&output.stdout).into_owned();
        }
        answer(&folder.join(format!("{}.vty", daemon.program())), question).unwrap_or_default()
    }

    /// Lets something fail.
    pub fn fail(&self, failure: Failure) {
        let ends = match failure {
            Failure::Cable(link) => {
                let (a, b) = self.links[link];
                vec![(a, format!("e{b}")), (b, format!("e{a}"))]
            }
            Failure::Lan(router) => vec![(router, "lan".to_owned())],
        };
        for (router, name) in ends {
            self.inside(router, &["link", "set", &name, "down"]);
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for child in &mut self.children {
            _ = child.kill();
            _ = child.wait();
        }
        for router in 0..=self.count {
            works("ip", &["netns", "del", &self.space(router)]);
        }
        _ = std::fs::remove_dir_all(&self.home);
    }
}
