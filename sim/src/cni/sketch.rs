//! What a plugin makes of a node: devices, interfaces, wires and rows, each with its reason.
//!
//! Cards, stacks and cables are there already: a sketch holds only what the plugin adds.

use std::net::Ipv4Addr;

use crate::device::ipvlan;
use crate::device::macvlan::Mode;
use crate::device::tunnel::format::Format;
use crate::plan::Bilingual;
use crate::stack::reverse::ReversePath;
use crate::time::SimDuration;
use crate::wire::MacAddr;

/// Name of the IP stack of a node.
pub const HOST: &str = "ip";
/// Name of the card of a node, and of the interface of a pod.
pub const CARD: &str = "eth0";

/// What a plugin adds to a node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sketch {
    /// Devices, in order.
    pub devices: Vec<Device>,
    /// Interfaces that the stack of the node gets.
    pub interfaces: Vec<Interface>,
    /// What is joined: device and port at both ends.
    pub wires: Vec<[(String, String); 2]>,
    /// Rows that are there from the start.
    pub rows: Vec<Row>,
    /// Programs in the background.
    pub daemons: Vec<Daemon>,
    /// Addresses it asks the provider for.
    pub leases: Vec<Lease>,
    /// The BGP daemon.
    pub speaker: Option<Speaker>,
}

/// A BGP daemon, as the plugin configures it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// Its AS.
    pub asn: u32,
    /// Its identifier.
    pub id: Ipv4Addr,
    /// What it signs with as a reflector, if that is not its identifier.
    pub cluster: Option<Ipv4Addr>,
    /// Prefixes it tells of.
    pub networks: Vec<(Ipv4Addr, u8)>,
    /// Its neighbours, by name or address, and whether it reflects for them. There are no others.
    pub neighbours: Vec<(String, bool)>,
    /// The tunnel for routes of this pool, and whether only next hops behind a router need it.
    pub tunnel: Option<(&'static str, (Ipv4Addr, u8), bool)>,
}

/// An address that the provider hands out for a pod.
#[derive(Clone, Debug, PartialEq)]
pub struct Lease {
    /// The pod.
    pub pod: String,
    /// The address.
    pub ip: Ipv4Addr,
    /// The interface of its own on which the pod has it; nothing for that of the node.
    pub card: Option<String>,
}

/// A program in the background, which finds out itself what others are told from the start.
#[derive(Clone, Debug, PartialEq)]
pub enum Daemon {
    /// Flannel's: it registers the range of its node in a store and writes rows for those of the others.
    Flanneld {
        /// The node with the store.
        store: String,
        /// The VTEP; nothing where packets travel by routes alone.
        vtep: Option<String>,
    },
    /// Docker's: it tells the others which containers are here, and writes rows for theirs.
    Gossip {
        /// Address of the node it asks to join; nothing for the one that the others ask.
        manager: Option<Ipv4Addr>,
        /// The VTEP.
        vtep: String,
        /// The containers of its node.
        stations: Vec<(Ipv4Addr, MacAddr)>,
    },
    /// Calico's: it registers the node with its blocks in a store and writes rows for those of the others.
    Felix {
        /// The node with the store.
        store: String,
        /// The tunnel; nothing where packets travel by routes alone.
        device: Option<String>,
        /// The blocks of the node.
        blocks: Vec<(Ipv4Addr, u8)>,
        /// Nodes on the same wire need no envelope.
        cross_subnet: bool,
    },
}

/// A device.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    /// Its name in the node.
    pub name: String,
    /// What it is.
    pub piece: Piece,
    /// Why it is there.
    pub why: Bilingual,
}

/// What a device is.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// A bridge; frames may leave these ports by the way they came.
    Bridge {
        /// Names of the ports.
        hairpin: Vec<String>,
    },
    /// The end of a VXLAN tunnel.
    Vtep(Vtep),
    /// The end of another tunnel.
    Tunnel(Format),
    /// Macvlan children of the card, which stand between it and the stack of the node.
    Macvlan {
        /// How all of them treat each other.
        mode: Mode,
        /// Names of the ports.
        children: Vec<String>,
    },
    /// Ipvlan children of the card, likewise.
    Ipvlan {
        /// What all of them do with frames.
        mode: ipvlan::Mode,
        /// Names of the ports.
        children: Vec<String>,
    },
    /// Virtual functions of the card, likewise.
    Sriov {
        /// The VLAN of all of them; 0 for none.
        vlan: u16,
        /// What they send must have their own addresses.
        spoofchk: bool,
        /// What they ask for is granted.
        trust: bool,
        /// Names of the ports.
        functions: Vec<String>,
    },
    /// A further card of the node, which a pod has for itself; its cable leads to the network below.
    Card,
    /// A pod: an IP stack with one interface.
    Pod {
        /// Its address and the length of the network part.
        address: (Ipv4Addr, u8),
        /// Where packets for other networks go.
        gateway: Option<Ipv4Addr>,
        /// Its largest packet.
        mtu: u16,
        /// Its hardware address, where the plugin chooses it.
        mac: Option<MacAddr>,
    },
}

/// The end of a VXLAN tunnel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vtep {
    /// Network identifier.
    pub vni: u32,
    /// UDP port.
    pub port: u16,
    /// Its own hardware address, where others must know it.
    pub mac: Option<MacAddr>,
    /// It learns who lives where from what arrives.
    pub learning: bool,
    /// Where frames go for which no row fits.
    pub group: Option<Ipv4Addr>,
    /// It answers questions for addresses itself, tells what it cannot answer, and lets no question pass.
    pub answers: bool,
}

/// An interface of the stack of the node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// Its addresses; a router needs none where its neighbours do not ask for it.
    pub addresses: Vec<(Ipv4Addr, u8)>,
    /// Its hardware address, where it is not left to the device behind it.
    pub mac: Option<MacAddr>,
    /// Its largest packet, where it is not left to the device behind it.
    pub mtu: Option<u16>,
    /// It answers for others after so long at most.
    pub proxy_arp: Option<SimDuration>,
    /// How it judges sources of what comes in.
    pub rp_filter: ReversePath,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The device.
    pub device: String,
    /// The table.
    pub table: &'static str,
    /// Columns and values.
    pub cells: Vec<(&'static str, String)>,
    /// Why it is there.
    pub why: Bilingual,
}

impl Row {
    /// A route of the node.
    pub fn route(prefix: impl Into<String>, cells: &[(&'static str, String)], why: Bilingual) -> Self {
        let cells = [("prefix", prefix.into())].into_iter().chain(cells.iter().cloned()).collect();
        Self { device: HOST.to_owned(), table: "routes", cells, why }
    }

    /// A neighbour of the node, so that nobody has to ask for it.
    pub fn neighbour(ip: Ipv4Addr, mac: MacAddr, dev: &str, why: Bilingual) -> Self {
        let cells = vec![("ip", ip.to_string()), ("mac", mac.to_string()), ("dev", dev.to_owned())];
        Self { device: HOST.to_owned(), table: "neigh", cells, why }
    }

    /// A row of a VTEP: behind which host a hardware address lives.
    pub fn fdb(device: &str, mac: MacAddr, remote: Ipv4Addr, why: Bilingual) -> Self {
        let cells = vec![("mac", mac.to_string()), ("remote", remote.to_string())];
        Self { device: device.to_owned(), table: "fdb", cells, why }
    }

    /// A row of a VTEP that answers: which hardware address an address has.
    pub fn answer(device: &str, ip: Ipv4Addr, mac: MacAddr, why: Bilingual) -> Self {
        let cells = vec![("ip", ip.to_string()), ("mac", mac.to_string())];
        Self { device: device.to_owned(), table: "neigh", cells, why }
    }

    /// A row of a tunnel: behind which host a prefix lives.
    pub fn peer(device: &str, prefix: impl Into<String>, remote: Ipv4Addr, why: Bilingual) -> Self {
        let cells = vec![("prefix", prefix.into()), ("remote", remote.to_string())];
        Self { device: device.to_owned(), table: "peers", cells, why }
    }

    /// A row of a tunnel that carries Ethernet: where copies go of what no row fits.
    pub fn flood(device: &str, remote: Ipv4Addr, why: Bilingual) -> Self {
        Self { device: device.to_owned(), table: "peers", cells: vec![("remote", remote.to_string())], why }
    }
}

impl Sketch {
    /// Adds a device.
    pub fn device(&mut self, name: impl Into<String>, piece: Piece, why: Bilingual) {
        self.devices.push(Device { name: name.into(), piece, why });
    }

    /// Joins two ports.
    pub fn wire(&mut self, a: (&str, &str), b: (&str, &str)) {
        let owned = |(device, port): (&str, &str)| (device.to_owned(), port.to_owned());
        self.wires.push([owned(a), owned(b)]);
    }

    /// Pods whose own hardware addresses the network below gets to see.
    pub fn shown(&self) -> impl Iterator<Item = &str> {
        self.devices.iter().flat_map(|device| match &device.piece {
            Piece::Macvlan { children: own, .. } | Piece::Sriov { functions: own, .. } => {
                own.iter().map(String::as_str).collect::<Vec<_>>()
            }
            _ => Vec::new(),
        })
    }

    /// Joins a tunnel to the stack below it, which carries its envelopes. What the stack itself sends into the tunnel
    /// leaves by an interface of the tunnel's own name, as on Linux.
    pub fn carry(&mut self, tunnel: &str) {
        self.wire((tunnel, "outer"), (HOST, &format!("{tunnel}.out")));
    }

    /// Joins a tunnel to the stack above it: the node routes into it by an interface of the same name.
    pub fn route_into(&mut self, tunnel: &str, addresses: Vec<(Ipv4Addr, u8)>) {
        self.interfaces.push(Interface { name: tunnel.to_owned(), addresses, ..Interface::default() });
        self.wire((tunnel, "inner"), (HOST, tunnel));
        self.carry(tunnel);
    }
}
