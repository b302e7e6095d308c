//! What a provider of machines lends: types of machine, each with so many interfaces and so many addresses on each.
//!
//! A plugin with a parameter of this kind asks the provider for the addresses of its pods, so they are addresses of the
//! network below, and there are no more of them than the machine may have.

use super::param::Settings;

/// What is lent, and by whom.
#[derive(Debug)]
pub struct Offer {
    /// The environment whose provider is asked.
    pub environment: &'static str,
    /// Types of machine; the first one is meant when none is named.
    pub types: &'static [Instance],
    /// Pods for which a machine has addresses.
    pub room: fn(&Instance, &Settings) -> Room,
    /// Where the numbers stand.
    pub source: &'static str,
}

/// A type of machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its name.
    pub name: &'static str,
    /// Network interfaces it may have.
    pub cards: u16,
    /// IPv4 addresses on each of them.
    pub ips: u16,
}

/// Pods that fit, and how that is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// So many.
    pub pods: u16,
    /// The calculation.
    pub how: String,
}

impl Offer {
    /// The type that is meant when none is named.
    pub const fn usual(&self) -> &'static Instance {
        &self.types[0]
    }

    /// The type with a name.
    pub fn find(&self, name: &str) -> Option<&'static Instance> {
        self.types.iter().find(|instance| instance.name == name)
    }

    /// Pods for which a machine has addresses, as it was chosen.
    pub fn room(&self, set: &Settings) -> Room {
        (self.room)(set.instance().unwrap_or(self.usual()), set)
    }
}

/// A type of machine.
pub const fn instance(name: &'static str, cards: u16, ips: u16) -> Instance {
    Instance { name, cards, ips }
}
