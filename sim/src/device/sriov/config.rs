//! What a card with virtual functions is told.

use std::fmt;
use std::str::FromStr;

use crate::wire::MacAddr;

/// Virtual functions a card offers where nobody says otherwise (Intel 82599: 64, of which Linux uses 63).
pub const USUAL_LIMIT: u16 = 64;
/// The most a card may be said to offer: PCI Express counts functions in 16 bits, but no card comes near.
pub const MOST: u16 = 256;

/// Where frames between functions of one card are switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// In the card (Virtual Ethernet Bridge).
    #[default]
    Veb,
    /// In the switch at the other end of the cable, which must send them back (Virtual Ethernet Port Aggregator).
    Vepa,
}

impl Mode {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Veb, Self::Vepa];

    /// The word in tables, which is also that of `bridge link set … hwmode`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Veb => "veb",
            Self::Vepa => "vepa",
        }
    }

    /// The word in lab files.
    pub fn lab_word(self) -> &'static str {
        match self {
            Self::Veb => "Veb",
            Self::Vepa => "Vepa",
        }
    }
}

/// What a virtual function takes for the state of its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum State {
    /// That of the cable.
    #[default]
    Auto,
    /// Up, whatever the cable does: functions of one card go on talking.
    Enable,
    /// Down: nothing goes in or out.
    Disable,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Enable, Self::Disable];

    /// The word in tables, which is also that of `ip link set … vf … state`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Enable => "enable",
            Self::Disable => "disable",
        }
    }

    /// The word in lab files.
    pub fn lab_word(self) -> &'static str {
        match self {
            Self::Auto => "Auto",
            Self::Enable => "Enable",
            Self::Disable => "Disable",
        }
    }
}

macro_rules! words {
    ($($kind:ty),+) => {$(
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }

        impl FromStr for $kind {
            type Err = ();

            /// Both spellings, that of labs and that of the commands.
            fn from_str(word: &str) -> Result<Self, ()> {
                Self::ALL.into_iter().find(|is| is.word() == word || is.lab_word() == word).ok_or(())
            }
        }
    )+};
}

words!(Mode, State);

/// A virtual function.
#[derive(Clone, Debug, PartialEq)]
pub struct VfConfig {
    /// Name of its port here.
    pub name: String,
    /// The address its host wrote for it.
    pub mac: MacAddr,
    /// Its VLAN; 0 for none.
    pub vlan: u16,
    /// What it sends must have its own address.
    pub spoofchk: bool,
    /// What it asks for is granted: further addresses, promiscuous mode.
    pub trust: bool,
    /// Its link.
    pub state: State,
    /// It asks for every frame that no row claims.
    pub promiscuous: bool,
    /// Further addresses it asks for.
    pub asks: Vec<MacAddr>,
}

impl Default for VfConfig {
    fn default() -> Self {
        Self {
            name: "vf0".to_owned(),
            mac: MacAddr::ZERO,
            vlan: 0,
            // As drivers begin: checked and not trusted (ixgbe_sriov.c `ixgbe_enable_sriov`).
            spoofchk: true,
            trust: false,
            state: State::Auto,
            promiscuous: false,
            asks: Vec::new(),
        }
    }
}

/// The functions of one card and the switch between them.
#[derive(Clone, Debug, PartialEq)]
pub struct SriovConfig {
    /// Where frames between functions are switched.
    pub mode: Mode,
    /// Address of the physical function, which the host uses.
    pub mac: MacAddr,
    /// The physical function gets every frame that no row claims.
    pub promiscuous: bool,
    /// Virtual functions the card offers.
    pub limit: u16,
    /// Those in use, in the order of their numbers.
    pub vfs: Vec<VfConfig>,
}

impl Default for SriovConfig {
    fn default() -> Self {
        Self { mode: Mode::Veb, mac: MacAddr::ZERO, promiscuous: false, limit: USUAL_LIMIT, vfs: Vec::new() }
    }
}
