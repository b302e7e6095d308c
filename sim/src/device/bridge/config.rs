//! What a switch can be told.

use std::fmt;
use std::str::FromStr;

use super::snoop::SnoopConfig;
use crate::time::SimDuration;
use crate::wire::MacAddr;

/// A switch, a hub or a Linux bridge.
#[derive(Clone, Debug, PartialEq)]
pub struct BridgeConfig {
    /// The ports in order.
    pub ports: Vec<PortConfig>,
    /// False makes it a hub: nothing is learned and everything repeated.
    pub learning: bool,
    /// Most learned rows; `None` is no limit (Linux without `fdb_max_learned`).
    pub capacity: Option<u32>,
    /// What happens to a new source when the table is full.
    pub when_full: WhenFull,
    /// Rows a hash bucket, for [`WhenFull::Overwrite`].
    pub ways: u32,
    /// How long a row outlives the last frame from its address; 0 never learns (Linux `br_fdb.c`).
    pub ageing: SimDuration,
    /// Whether ports belong to VLANs (Linux `vlan_filtering`).
    pub vlan_filtering: bool,
    /// Whether groups are sent to their members only, and how members are found.
    pub snooping: Option<SnoopConfig>,
    /// The longest TCP segment that connections through it may announce (nftables `tcp option maxseg size set`).
    pub clamp_mss: Option<u16>,
    /// Its own address, from which it asks who listens.
    pub mac: MacAddr,
}

impl Default for BridgeConfig {
    fn default() -> Self {
        Self {
            ports: Vec::new(),
            learning: true,
            capacity: None,
            when_full: WhenFull::RefuseNew,
            ways: 4,
            ageing: SimDuration::from_secs(300),
            vlan_filtering: false,
            snooping: None,
            clamp_mss: None,
            mac: MacAddr::ZERO,
        }
    }
}

/// What happens to a new source when the table is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenFull {
    /// It is not learned, its frame goes on (Linux `fdb_max_learned`).
    #[default]
    RefuseNew,
    /// The row that was silent longest makes room.
    EvictOldest,
    /// Rows live in hash buckets; the oldest of a full bucket is overwritten, even while others have room.
    Overwrite,
    /// Its frame is dropped.
    DropFrame,
}

/// One port.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own, as Linux names them")]
pub struct PortConfig {
    /// Name people know it by.
    pub name: String,
    /// Learns sources.
    pub learning: bool,
    /// Gets frames to unknown destinations.
    pub unicast_flood: bool,
    /// Gets frames to groups.
    pub multicast_flood: bool,
    /// Gets broadcasts.
    pub broadcast_flood: bool,
    /// May send a frame back out of the port it came in by.
    pub hairpin: bool,
    /// Exchanges nothing with other isolated ports.
    pub isolated: bool,
    /// VLAN membership, when the switch filters VLANs.
    pub vlan: PortVlan,
    /// Limit on source addresses.
    pub security: Option<PortSecurity>,
    /// Largest IP packet; longer frames are dropped silently.
    pub mtu: u16,
}

impl PortConfig {
    /// A port with everything at its default.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            learning: true,
            unicast_flood: true,
            multicast_flood: true,
            broadcast_flood: true,
            hairpin: false,
            isolated: false,
            vlan: PortVlan::Access(1),
            security: None,
            mtu: 1500,
        }
    }
}

/// VLAN membership of a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortVlan {
    /// Untagged frames belong to this VLAN, tagged ones of other VLANs are refused.
    Access(u16),
    /// Tagged frames of several VLANs.
    Trunk {
        /// VLAN of untagged frames; `None` refuses them.
        native: Option<u16>,
        /// VLANs that may pass; empty lets all pass.
        allowed: Vec<u16>,
    },
}

/// As labs write it: `Access(10)`, `Trunk(native: 1, allowed: [10, 20])`.
impl fmt::Display for PortVlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Access(vid) => write!(f, "Access({vid})"),
            Self::Trunk { native, allowed } => {
                let native = native.map(|native| format!("native: {native}"));
                let list = allowed.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                let allowed = (!allowed.is_empty()).then(|| format!("allowed: [{list}]"));
                let parts: Vec<String> = native.into_iter().chain(allowed).collect();
                write!(f, "Trunk({})", parts.join(", "))
            }
        }
    }
}

impl FromStr for PortVlan {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let vid = |text: &str| text.trim().parse().ok().filter(|vid| super::vlan::VLANS.contains(vid)).ok_or(());
        let inside = |kind: &str| text.trim().strip_prefix(kind)?.trim().strip_prefix('(')?.strip_suffix(')');
        if let Some(number) = inside("Access") {
            return vid(number).map(Self::Access);
        }
        let rest = inside("Trunk").ok_or(())?;
        let (mut native, mut allowed) = (None, Vec::new());
        let (plain, list) = match rest.split_once('[') {
            Some((plain, list)) => (plain, Some(list.trim_end().trim_end_matches(',').strip_suffix(']').ok_or(())?)),
            None => (rest, None),
        };
        for part in plain.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.split_once(':').map(|(name, value)| (name.trim(), value.trim())) {
                Some(("native", number)) => native = Some(vid(number)?),
                Some(("allowed", "")) if list.is_some() => {}
                _ => return Err(()),
            }
        }
        for number in list.unwrap_or_default().split(',').filter(|number| !number.trim().is_empty()) {
            allowed.push(vid(number)?);
        }
        Ok(Self::Trunk { native, allowed })
    }
}

/// Limit on the source addresses of a port (Cisco "port security").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortSecurity {
    /// Most addresses.
    pub maximum: u32,
    /// Learned addresses outlive a loss of carrier.
    pub sticky: bool,
    /// What happens to a frame from one address too many.
    pub violation: Violation,
    /// When a port shut down comes back by itself; `None` never.
    pub recovery: Option<SimDuration>,
    /// Addresses configured by hand.
    pub secure: Vec<MacAddr>,
}

impl Default for PortSecurity {
    fn default() -> Self {
        Self { maximum: 1, sticky: false, violation: Violation::Shutdown, recovery: None, secure: Vec::new() }
    }
}

/// What happens to a frame from one address too many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Violation {
    /// Dropped, and nobody hears of it.
    Protect,
    /// Dropped and counted.
    Restrict,
    /// The port is switched off.
    #[default]
    Shutdown,
}
