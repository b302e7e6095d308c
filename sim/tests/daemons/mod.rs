//! Routers of real daemons in network namespaces: one namespace and its daemons each. Nothing stays behind.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

/// Where Debian puts the daemons.
const HOME: &str = "/usr/lib/frr";

/// A routing daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Daemon {
    /// `ripd`.
    Rip,
    /// `ospfd`.
    Ospf,
    /// `isisd`.
    Isis,
    /// `zebra`, which writes what the others have found.
    Zebra,
}

impl Daemon {
    const fn program(self) -> &'static str {
        match self {
            Self::Rip => "ripd",
            Self::Ospf => "ospfd",
            Self::Isis => "isisd",
            Self::Zebra => "zebra",
        }
    }
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
}

impl Network {
    /// Namespaces and cables; nothing where that cannot be, and says so.
    pub fn start(claim: &str, count: usize, links: &[(usize, usize)]) -> Option<Self> {
        let prefix = format!("our{}x{}r", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let there = |name: &str| PathBuf::from(HOME).join(name).exists();
        if !there("zebra") || !there("ripd") || !there("ospfd") || !there("isisd") || !works("vtysh", &["--help"]) {
            eprintln!("SKIPPED: {claim}: FRR is not here");
            return None;
        }
        let home = std::env::temp_dir().join(&prefix);
        let network = Self { prefix, home, links: links.to_vec(), children: Vec::new(), count };
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

    /// Puts some of the routers on one network, by a bridge in a namespace of its own.
    pub fn lan(&self, routers: &[usize]) {
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

    /// Starts a daemon on every router, and the one that writes its routes into the kernel.
    pub fn speak(&mut self, daemon: Daemon, config: impl Fn(usize) -> String) {
        for router in 0..self.count {
            let folder = self.folder(router);
            std::fs::create_dir_all(&folder).unwrap();
            for (program, text) in [("zebra", String::new()), (daemon.program(), config(router))] {
                std::fs::write(folder.join(format!("{program}.conf")), format!("hostname r{router}\n{text}")).unwrap();
            }
            // The daemons give up being root.
            assert!(works("chown", &["-R", "frr:frr", folder.to_str().unwrap()]));
            self.run(router, "zebra");
            assert!(wait(Duration::from_secs(20), || folder.join("zebra.vty").exists()), "zebra does not start");
            self.run(router, daemon.program());
        }
        for router in 0..self.count {
            let socket = self.folder(router).join(format!("{}.vty", daemon.program()));
            assert!(wait(Duration::from_secs(20), || socket.exists()), "{} does not start", daemon.program());
        }
    }

    fn run(&mut self, router: usize, program: &str) {
        let folder = self.folder(router);
        let path = |name: &str| folder.join(name).display().to_string();
        let child = Command::new("ip")
            .args(["netns", "exec", &self.space(router), &format!("{HOME}/{program}"), "-P", "0"])
            .args(["-f", &path(&format!("{program}.conf")), "-i", &path(&format!("{program}.pid"))])
            .args(["-z", &path("zebra.api"), "--vty_socket", &folder.display().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.children.push(child);
    }

    /// What a daemon answers.
    pub fn asks(&self, daemon: Daemon, router: usize, question: &str) -> String {
        let folder = self.folder(router).display().to_string();
        let words = ["--vty_socket", &folder, "-d", daemon.program(), "-c", question];
        let output = Command::new("vtysh").args(words).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Takes an interface down, which its other end sees.
    pub fn lose(&self, router: usize, interface: &str) {
        self.inside(router, &["link", "set", interface, "down"]);
    }

    /// Cuts a cable: both ends see it.
    pub fn cut(&self, link: usize) {
        let (a, b) = self.links[link];
        self.inside(a, &["link", "set", &format!("e{b}"), "down"]);
        self.inside(b, &["link", "set", &format!("e{a}"), "down"]);
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
