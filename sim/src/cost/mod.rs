//! What work costs: the names of costs, and the profiles that turn them into time.
//!
//! A device says what it did, never how long it took: each of its reasons names costs, and a node's profile has a price
//! for each. A node without a profile pays nothing, and then nothing takes time but cables. Prices are numbers of a
//! model, chosen to rank ways of sending as measurements do; the book's chapter on cost profiles says where each comes
//! from and what the model leaves out. Adding a profile is a file here and a line in [`PROFILES`]; a lab may give one of
//! its own, as changes to one of these.

mod server;
mod server_offload;
mod small_vm;

use std::borrow::Cow;

use crate::lang::Lang;
use crate::time::SimDuration;

/// A piece of work that a processor does on a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cost {
    /// The driver of a card: an interrupt on the way in, a doorbell on the way out.
    Interrupt,
    /// Once through an IP stack, to or from a socket.
    StackPass,
    /// A packet is looked up in the routes and passed on.
    Forward,
    /// A look into the table of a bridge, and out of the port.
    BridgeLookup,
    /// From one end of a veth pair to the other.
    VethCrossing,
    /// A VXLAN or Geneve header put on or taken off, with the second pass through IP and UDP.
    Encap,
    /// An IPIP or GRE header put on or taken off, with the second pass through IP.
    EncapIp,
    /// Encryption or decryption.
    Crypto,
    /// A packet copied between the kernel and a program that carries a tunnel, with its system call.
    UserCopy,
    /// The processor turns to another program, or back.
    ContextSwitch,
    /// The bytes of a packet copied to the program they are for.
    SocketCopy,
    /// A packet that is routed is tracked and compared with one set of rules.
    Netfilter,
}

/// What a cost is called.
#[derive(Clone, Copy, Debug)]
pub struct CostName {
    /// The cost.
    pub cost: Cost,
    /// Its name in labs and JSON.
    pub slug: &'static str,
    /// What people say.
    pub en: &'static str,
    /// The same in Chinese.
    pub zh: &'static str,
}

const fn name(cost: Cost, slug: &'static str, en: &'static str, zh: &'static str) -> CostName {
    CostName { cost, slug, en, zh }
}

/// All costs, in the order of their numbers.
pub static COSTS: [CostName; Cost::COUNT] = [
    name(Cost::Interrupt, "interrupt", "card and interrupt", "网卡与中断"),
    name(Cost::StackPass, "stack-pass", "IP stack", "IP 协议栈"),
    name(Cost::Forward, "forward", "routing", "路由转发"),
    name(Cost::BridgeLookup, "bridge-lookup", "bridge", "网桥查表"),
    name(Cost::VethCrossing, "veth-crossing", "veth pair", "veth 对"),
    name(Cost::Encap, "encap", "VXLAN or Geneve header", "VXLAN 或 Geneve 报头"),
    name(Cost::EncapIp, "encap-ip", "IPIP or GRE header", "IPIP 或 GRE 报头"),
    name(Cost::Crypto, "crypto", "encryption", "加解密"),
    name(Cost::UserCopy, "user-copy", "copy to or from the tunnel program", "与隧道程序之间的复制"),
    name(Cost::ContextSwitch, "context-switch", "context switch", "上下文切换"),
    name(Cost::SocketCopy, "socket-copy", "copy to the program", "复制给程序"),
    name(Cost::Netfilter, "netfilter", "a set of rules", "一组过滤规则"),
];

impl Cost {
    /// How many costs there are.
    pub const COUNT: usize = 12;

    /// Its place in [`COSTS`] and in a profile.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// What it is called.
    pub fn name(self) -> &'static CostName {
        &COSTS[self.index()]
    }

    /// Whether segments of a connection that follow each other share it, where there is segmentation offload. The card
    /// still sees each frame, and bytes are copied or encrypted frame by frame.
    pub const fn is_shared(self) -> bool {
        matches!(
            self,
            Self::StackPass
                | Self::Forward
                | Self::BridgeLookup
                | Self::VethCrossing
                | Self::Encap
                | Self::EncapIp
                | Self::Netfilter
        )
    }

    /// The cost of this name.
    pub fn find(slug: &str) -> Option<Self> {
        COSTS.iter().find(|name| name.slug == slug).map(|name| name.cost)
    }
}

/// What one cost comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Nanoseconds for each packet.
    pub packet_ns: u32,
    /// Picoseconds for each of its bytes.
    pub byte_ps: u32,
}

impl Price {
    /// So much for each packet, whatever its length.
    pub const fn packet(packet_ns: u32) -> Self {
        Self { packet_ns, byte_ps: 0 }
    }

    /// So much for each packet and for each of its bytes.
    pub const fn with_bytes(packet_ns: u32, byte_ps: u32) -> Self {
        Self { packet_ns, byte_ps }
    }

    /// `12.5us`, `3us + 0.3ns a byte`.
    pub fn text(self, lang: Lang) -> String {
        let packet = SimDuration(u64::from(self.packet_ns));
        let byte = f64::from(self.byte_ps) / 1_000.0;
        match (self.packet_ns, self.byte_ps, lang) {
            (_, 0, _) => packet.to_string(),
            (0, _, Lang::En) => format!("{byte}ns a byte"),
            (0, _, Lang::Zh) => format!("每字节 {byte}ns"),
            (_, _, Lang::En) => format!("{packet} + {byte}ns a byte"),
            (_, _, Lang::Zh) => format!("{packet},每字节加 {byte}ns"),
        }
    }

    /// What a packet of this length costs, in whole nanoseconds.
    pub const fn of(self, len: usize) -> SimDuration {
        SimDuration(self.packet_ns as u64 + self.byte_ps as u64 * len as u64 / 1_000)
    }
}

/// The prices of one kind of machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name in labs.
    pub name: Cow<'static, str>,
    /// What machine it stands for.
    pub en: Cow<'static, str>,
    /// The same in Chinese.
    pub zh: Cow<'static, str>,
    /// What its prices are taken from.
    pub source: Cow<'static, str>,
    /// Processor cores; all packets of one flow meet the same one.
    pub cores: u16,
    /// Bytes of one connection that pass the kernel as one packet when they wait together: generic segmentation offload
    /// on the way out, generic receive offload on the way in. 0 is none.
    pub offload: u32,
    /// Sets of rules, of a service proxy or of policies, that each packet goes through which is routed.
    pub rule_sets: u16,
    /// The price of each cost.
    pub prices: [(Cost, Price); Cost::COUNT],
}

impl Profile {
    /// The price of a cost.
    pub const fn price(&self, cost: Cost) -> Price {
        self.prices[cost.index()].1
    }
}

/// A node of this name works for nothing: it has no profile.
pub const IDEAL: &str = "ideal";

/// The most that Linux hands through at once: `GSO_LEGACY_MAX_SIZE` of include/linux/netdevice.h.
pub const MOST_OFFLOAD: u32 = 65_536;

/// Every profile there is.
pub static PROFILES: &[&Profile] = &[&server::SERVER, &server_offload::SERVER_OFFLOAD, &small_vm::SMALL_VM];

/// The profile of this name.
pub fn find(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name).copied()
}

/// Names that a lab may give.
pub fn names() -> Vec<&'static str> {
    [IDEAL].into_iter().chain(PROFILES.iter().map(|profile| &*profile.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cost_stands_at_its_place_and_has_a_price_everywhere() {
        for (at, name) in COSTS.iter().enumerate() {
            assert_eq!((name.cost.index(), Cost::find(name.slug)), (at, Some(name.cost)));
            for profile in PROFILES {
                assert_eq!(profile.prices[at].0, name.cost, "{} of {}", name.slug, profile.name);
                assert!(profile.price(name.cost).of(1_500).0 > 0, "{} is free in {}", name.slug, profile.name);
            }
        }
        assert_eq!((find("server").map(|profile| profile.cores), find(IDEAL)), (Some(4), None));
    }

    #[test]
    fn the_bytes_of_a_packet_count_in_whole_nanoseconds() {
        let price = Price::with_bytes(1_500, 150);
        assert_eq!([0, 6, 7, 1_420].map(|len| price.of(len).0), [1_500, 1_500, 1_501, 1_713]);
        assert_eq!(price.text(Lang::En), "1.5us + 0.15ns a byte");
        assert_eq!(Price::packet(250).text(Lang::Zh), "250ns");
    }
}
