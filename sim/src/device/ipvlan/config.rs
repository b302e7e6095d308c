//! What ipvlan devices on one parent are told.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use crate::wire::MacAddr;

/// What the devices on a parent do with frames (Linux `enum ipvlan_mode`). All of them do the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Mode {
    /// Children speak ARP and send frames, as hosts on one wire do.
    L2,
    /// Children speak no ARP; what they send is routed in the namespace of their parent.
    #[default]
    L3,
    /// The same, and what comes in passes the packet filter of the parent too.
    L3s,
}

impl Mode {
    /// All of them, in the order of the kernel's numbers.
    pub const ALL: [Self; 3] = [Self::L2, Self::L3, Self::L3s];

    /// The word in tables, which is also that of `ip link`.
    pub fn word(self) -> &'static str {
        match self {
            Self::L2 => "l2",
            Self::L3 => "l3",
            Self::L3s => "l3s",
        }
    }

    /// The word in lab files.
    pub fn lab_word(self) -> &'static str {
        match self {
            Self::L2 => "L2",
            Self::L3 => "L3",
            Self::L3s => "L3s",
        }
    }

    /// Children ask for hardware addresses and answer such questions; otherwise they have `NOARP` set.
    pub fn speaks_arp(self) -> bool {
        self == Self::L2
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Mode {
    type Err = ();

    /// Both spellings, that of labs and that of `ip link`.
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|mode| mode.word() == word || mode.lab_word() == word).ok_or(())
    }
}

/// Whether children of a parent reach each other (Linux `IPVLAN_F_PRIVATE`, `IPVLAN_F_VEPA`, neither).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Flag {
    /// They do.
    #[default]
    Bridge,
    /// They do not.
    Private,
    /// Only by whatever is outside.
    Vepa,
}

impl Flag {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Bridge, Self::Private, Self::Vepa];

    /// The word in tables, which is also that of `ip link`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bridge => "bridge",
            Self::Private => "private",
            Self::Vepa => "vepa",
        }
    }

    /// The word in lab files.
    pub fn lab_word(self) -> &'static str {
        match self {
            Self::Bridge => "Bridge",
            Self::Private => "Private",
            Self::Vepa => "Vepa",
        }
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Flag {
    type Err = ();

    /// Both spellings, that of labs and that of `ip link`.
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|flag| flag.word() == word || flag.lab_word() == word).ok_or(())
    }
}

/// One ipvlan device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChildConfig {
    /// Name of its port here.
    pub name: String,
    /// The mode it was made with, which all on its parent have from then on.
    pub mode: Mode,
    /// The flag it was made with, likewise.
    pub flag: Flag,
    /// The IP addresses on it.
    pub addresses: Vec<Ipv4Addr>,
}

/// All ipvlan devices on one parent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IpvlanConfig {
    /// The address of the parent, which all have.
    pub mac: MacAddr,
    /// In the order they were made.
    pub children: Vec<ChildConfig>,
}

impl IpvlanConfig {
    /// Mode and flag of all: those the last one was made with (`ipvlan_link_new`).
    pub fn agreed(&self) -> (Mode, Flag) {
        self.children.last().map(|child| (child.mode, child.flag)).unwrap_or_default()
    }
}
