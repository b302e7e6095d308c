//! A router of the simulator on one cable with a real daemon in a network namespace. Nothing stays behind.
//!
//! Frames go through a VXLAN tunnel whose one end is a device of the kernel, which the daemon has as its interface, and whose
//! other end is a UDP socket of this test: that needs no more than the standard library. The simulator keeps pace with
//! the clock on the wall, since daemons do.

#![expect(clippy::disallowed_methods, reason = "a real daemon goes by the clock on the wall")]
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

pub mod bird;
pub mod frr;

use std::io::ErrorKind;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use overunder_sim::engine::log::Crossing;
use overunder_sim::engine::{Change, Entry, World};
use overunder_sim::id::{CableId, DeviceId, PortNo};
use overunder_sim::lab::{EVENT_BUDGET, parse};
use overunder_sim::time::{SimDuration, SimTime};
use overunder_sim::wire::{LinkType, checksum, ethernet, ipv4, vxlan};

/// The interface of the daemon's side.
pub const INTERFACE: &str = "out";
const VNI: u32 = 42;
/// RFC 7348 §5.
const VXLAN_PORT: u16 = 4789;
/// Outer headers and a full frame go through.
const UNDERLAY_MTU: &str = "1600";
/// So long a daemon may take to begin.
const START: Duration = Duration::from_secs(20);
/// Between two looks at the socket.
const PAUSE: Duration = Duration::from_millis(2);

static COUNT: AtomicU32 = AtomicU32::new(0);

fn works(command: &str, words: &[&str]) -> bool {
    Command::new(command).args(words).output().is_ok_and(|output| output.status.success())
}

/// A namespace in which a daemon runs, and the way to it.
pub struct Far {
    space: String,
    home: PathBuf,
    socket: Option<UdpSocket>,
    ip: Ipv4Addr,
    children: Vec<Child>,
}

impl Far {
    /// A namespace that has this address on the cable; nothing where that cannot be, and says so.
    pub fn start(claim: &str, address: &str) -> Option<Self> {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let space = format!("oul{}x{number}", std::process::id());
        if !works("ip", &["netns", "add", &space]) {
            eprintln!("SKIPPED: {claim}: `ip netns add` fails: root is needed");
            return None;
        }
        // A network for benchmarks (RFC 2544), another one for each run.
        let [.., third, fourth] = (std::process::id().wrapping_mul(32) + number * 4).to_be_bytes();
        let near = Ipv4Addr::new(198, 18, third, fourth & !3 | 1);
        let ip = Ipv4Addr::new(198, 18, third, fourth & !3 | 2);
        let home = std::env::temp_dir().join(&space);
        let mut far = Self { space, home, socket: None, ip, children: Vec::new() };
        if !far.tunnel(near, address) {
            eprintln!("SKIPPED: {claim}: this kernel has no veth or no vxlan");
            return None;
        }
        let socket = UdpSocket::bind((near, VXLAN_PORT)).unwrap();
        socket.set_nonblocking(true).unwrap();
        far.socket = Some(socket);
        std::fs::create_dir_all(&far.home).unwrap();
        Some(far)
    }

    fn inside(&self, words: &[&str]) -> bool {
        works("ip", &[&["-n", &self.space], words].concat())
    }

    /// The two ends of the tunnel, and the network below it.
    fn tunnel(&self, near: Ipv4Addr, address: &str) -> bool {
        let (space, near_address, far_address) = (&self.space, format!("{near}/30"), format!("{}/30", self.ip));
        let veth = ["type", "veth", "peer", "name", "under", "mtu", UNDERLAY_MTU, "netns", space];
        let vxlan = ["type", "vxlan", "id", &VNI.to_string(), "dstport", &VXLAN_PORT.to_string(), "nolearning"];
        let everywhere = ["fdb", "append", "00:00:00:00:00:00", "dev", INTERFACE, "dst", &near.to_string()];
        works("ip", &[&["link", "add", "name", space, "mtu", UNDERLAY_MTU][..], &veth].concat())
            && works("ip", &["addr", "add", &near_address, "dev", space])
            && works("ip", &["link", "set", space, "up"])
            && self.inside(&["link", "set", "lo", "up"])
            && self.inside(&["addr", "add", &far_address, "dev", "under"])
            && self.inside(&["link", "set", "under", "up"])
            && self.inside(&[&["link", "add", "name", INTERFACE][..], &vxlan].concat())
            && works("bridge", &[&["-n", space][..], &everywhere].concat())
            && self.inside(&["addr", "add", address, "dev", INTERFACE])
            // Nothing leaves in one piece that has to become several frames.
            && self.inside(&["link", "set", INTERFACE, "mtu", "1500", "gso_max_segs", "1", "up"])
    }

    fn path(&self, name: &str) -> String {
        self.home.join(name).display().to_string()
    }

    /// Starts a program inside.
    fn run(&mut self, program: &str, words: &[&str]) {
        let child = Command::new("ip")
            .args([&["netns", "exec", &self.space, program][..], words].concat())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.children.push(child);
    }

    /// Waits for a file, by which a program says that it is ready.
    fn appears(&self, name: &str) -> bool {
        let start = Instant::now();
        while !self.home.join(name).exists() {
            if start.elapsed() > START {
                return false;
            }
            sleep(Duration::from_millis(50));
        }
        true
    }

    fn send(&self, frame: &[u8]) {
        let mut bytes = vec![0; vxlan::HEADER_LEN];
        vxlan::write(&mut bytes, VNI);
        bytes.extend_from_slice(frame);
        self.socket.as_ref().unwrap().send_to(&bytes, (self.ip, VXLAN_PORT)).unwrap();
    }

    /// The next frame that has come, if one has.
    fn take(&self) -> Option<Vec<u8>> {
        let mut bytes = vec![0; 2048];
        match self.socket.as_ref().unwrap().recv(&mut bytes) {
            Ok(len) => {
                assert_eq!(vxlan::check(&bytes[..len]), Ok(VNI));
                let mut frame = bytes[vxlan::HEADER_LEN..len].to_vec();
                complete(&mut frame);
                Some(frame)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(error) => panic!("the tunnel: {error}"),
        }
    }
}

/// The kernel leaves checksums of TCP and UDP to the card, and there is none here.
fn complete(frame: &mut [u8]) {
    let Some(packet) = frame.get_mut(ethernet::HEADER_LEN..) else { return };
    let Ok(header) = ipv4::check(packet) else { return };
    let at = match header.protocol {
        ipv4::TCP => 16,
        ipv4::UDP => 6,
        _ => return,
    };
    let Some(segment) = packet.get_mut(header.header_len..header.total_len).filter(|all| all.len() > at + 1) else {
        return;
    };
    segment[at..at + 2].fill(0);
    let pseudo = checksum::pseudo(header.src, header.dst, header.protocol, segment.len() as u16);
    let sum = checksum::finish(pseudo + checksum::sum(segment));
    segment[at..at + 2].copy_from_slice(&sum.to_be_bytes());
}

impl Drop for Far {
    fn drop(&mut self) {
        for child in &mut self.children {
            _ = child.kill();
            _ = child.wait();
        }
        works("ip", &["link", "del", &self.space]);
        works("ip", &["netns", "del", &self.space]);
        _ = std::fs::remove_dir_all(&self.home);
    }
}

/// A simulated world, one cable of which leads to a daemon.
pub struct Live<P> {
    pub world: World,
    pub peer: P,
    cable: CableId,
    /// The port at this end of it.
    port: (DeviceId, PortNo),
    began: Instant,
}

impl<P: AsRef<Far>> Live<P> {
    /// Plugs the port of `node` on the cable `name` into the daemon's interface. What is at the other end of that cable in the
    /// lab only keeps the light on: frames are taken before it and put in behind it.
    pub fn new(mut world: World, name: &str, node: &str, peer: P) -> Self {
        world.set_logging(true);
        let cable = world.cables().iter().position(|cable| cable.name == name).unwrap();
        let own =
            |end: &&(DeviceId, PortNo)| world.node_of(end.0).is_some_and(|at| world.nodes()[at.index()].name == node);
        let port = *world.cables()[cable].ends.iter().find(own).unwrap();
        Self { world, peer, cable: CableId(cable as u32), port, began: Instant::now() }
    }

    /// Gives the daemon what has left the port in the present event.
    fn hand_over(&self) {
        let log = self.world.log();
        for entry in log.entries() {
            if let Entry::Crossing { crossing: Crossing::Sent, cable, device, port, bytes, .. } = *entry
                && (cable, (device, port)) == (self.cable, self.port)
            {
                self.peer.as_ref().send(log.bytes(bytes));
            }
        }
    }

    /// Both go on until it is so, or for as long as it is worth.
    pub fn until(&mut self, longest: Duration, mut so: impl FnMut(&World, &P) -> bool) -> bool {
        let start = Instant::now();
        let mut asked = start;
        while start.elapsed() < longest {
            let now = SimTime::ZERO + SimDuration(self.began.elapsed().as_nanos() as u64);
            while self.world.step_by(now) {
                self.hand_over();
            }
            while let Some(bytes) = self.peer.as_ref().take() {
                let (device, port) = self.port;
                let change = Change::Inject { device, port, link: LinkType::Ethernet, bytes };
                self.world.apply("from outside", &change).unwrap();
            }
            // Asking takes the daemon and this test a moment, in which nothing is handed over.
            if asked.elapsed() > Duration::from_millis(200) {
                if so(&self.world, &self.peer) {
                    return true;
                }
                asked = Instant::now();
            }
            sleep(PAUSE);
        }
        false
    }
}

/// The rows of a table of `node`, each as its cells with a space between them.
pub fn rows(world: &World, node: &str, table: &str) -> Vec<String> {
    let name = format!("{node}/ip");
    let id = (0..world.device_count() as u32).map(DeviceId).find(|id| world.device_name(*id) == name).unwrap();
    let tables = world.device(id).unwrap().tables();
    let view = tables.iter().find(|view| view.name == table).unwrap();
    let text =
        |row: &overunder_sim::engine::TableRow| row.cells.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    view.rows.iter().map(text).collect()
}

/// A router with a network of its own and a cable to a daemon. The echoes only make the simulated clock tick: a frame from
/// outside comes at the time of the last event.
pub fn world(routing: &str, of_router: &str) -> World {
    let lab = format!(
        "Lab(format: 1, title: \"t\", idea: \"i\", routing: {routing},
            nodes: {{
                \"n\": Host(ip: \"10.9.0.1/24\", gateway: \"10.9.0.254\"),
                \"r\": Router(ips: {{\"n\": \"10.9.0.254/24\", \"out\": \"10.0.0.1/24\"}}, routing: ({of_router})),
                \"far\": Hub(),
            }},
            links: [(\"n\", \"r:n\"), (\"r:out\", \"far\")],
            traffic: {{\"clock\": Ping(from: \"n\", to: \"r\", count: 100000, every: \"5ms\")}}, end: \"500s\")"
    );
    let file = parse("lab.ron", &lab).unwrap_or_else(|found| panic!("{found:?}"));
    let variant = file.variant(None).unwrap();
    overunder_sim::lab::run::start(variant, None, EVENT_BUDGET).unwrap().world
}
