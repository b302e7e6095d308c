//! What macvlan devices on one parent are told.

use std::fmt;
use std::str::FromStr;

use crate::wire::MacAddr;

/// How a child treats its siblings (Linux `enum macvlan_mode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Mode {
    /// Talks with nobody on its parent, even when a switch reflects its frames.
    Private,
    /// Sends everything to the wire and hears siblings only by reflection there (Virtual Ethernet Port Aggregator).
    #[default]
    Vepa,
    /// Hands frames to siblings of this mode itself.
    Bridge,
    /// The only child: it has the parent's address and gets everything.
    Passthru,
    /// Gets copies of frames by who sent them.
    Source,
}

impl Mode {
    /// All of them, in the order of the kernel's bits.
    pub const ALL: [Self; 5] = [Self::Private, Self::Vepa, Self::Bridge, Self::Passthru, Self::Source];

    /// The word in tables, which is also that of `ip link`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Vepa => "vepa",
            Self::Bridge => "bridge",
            Self::Passthru => "passthru",
            Self::Source => "source",
        }
    }

    /// The word in lab files.
    pub fn lab_word(self) -> &'static str {
        match self {
            Self::Private => "Private",
            Self::Vepa => "Vepa",
            Self::Bridge => "Bridge",
            Self::Passthru => "Passthru",
            Self::Source => "Source",
        }
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

/// One macvlan device.
#[derive(Clone, Debug, PartialEq)]
pub struct ChildConfig {
    /// Name of its port here.
    pub name: String,
    /// Its address; that of the parent for a child in passthru mode.
    pub mac: MacAddr,
    /// How it treats its siblings.
    pub mode: Mode,
    /// Whose frames it gets copies of, in source mode.
    pub sources: Vec<MacAddr>,
    /// In source mode: the parent does not get what this child got (`nodst`).
    pub takes: bool,
}

impl Default for ChildConfig {
    fn default() -> Self {
        Self {
            name: "macvlan0".to_owned(),
            mac: MacAddr::ZERO,
            mode: Mode::default(),
            sources: Vec::new(),
            takes: false,
        }
    }
}

/// All macvlan devices on one parent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MacvlanConfig {
    /// In the order they were made.
    pub children: Vec<ChildConfig>,
}
