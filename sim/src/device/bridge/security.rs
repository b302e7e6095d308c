//! Port security: a limit on the source addresses of a port.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::device::bridge::config::{PortSecurity, Violation};
use crate::device::bridge::fdb::key;

/// How an address came to belong to a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecureKind {
    /// Written by hand.
    Configured,
    /// Learned; lost with the carrier.
    Dynamic,
    /// Learned and kept.
    Sticky,
}

impl SecureKind {
    /// The word in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Configured => "static",
            Self::Dynamic => "dynamic",
            Self::Sticky => "sticky",
        }
    }
}

/// What port security says to a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The address belongs to the port.
    Known,
    /// The address has just become one of the port's.
    Added,
    /// One address too many, or another port's.
    Violation(Violation),
}

/// The secured ports and their addresses.
#[derive(Clone, Debug, Default)]
pub struct Security {
    ports: Vec<Option<PortSecurity>>,
    owners: IndexMap<u64, (u16, SecureKind), FxBuildHasher>,
    violations: Vec<u64>,
}

impl Security {
    /// With the configured addresses, in the given VLAN of each port.
    pub fn new(ports: Vec<Option<PortSecurity>>, vlan_of: impl Fn(u16) -> u16) -> Self {
        let mut security = Self { violations: vec![0; ports.len()], ports, ..Self::default() };
        for port in 0..security.ports.len() as u16 {
            let secure = security.ports[usize::from(port)].iter().flat_map(|config| config.secure.clone());
            for mac in secure.collect::<Vec<_>>() {
                security.owners.insert(key(vlan_of(port), mac), (port, SecureKind::Configured));
            }
        }
        security
    }

    /// Whether any port is secured at all.
    pub fn active(&self) -> bool {
        self.ports.iter().any(Option::is_some)
    }

    /// The settings of a port.
    pub fn config(&self, port: u16) -> Option<&PortSecurity> {
        self.ports.get(usize::from(port)).and_then(Option::as_ref)
    }

    /// Violations counted at a port.
    pub fn violations(&self, port: u16) -> u64 {
        self.violations.get(usize::from(port)).copied().unwrap_or(0)
    }

    /// All addresses with their ports.
    pub fn addresses(&self) -> impl Iterator<Item = (u64, u16, SecureKind)> {
        self.owners.iter().map(|(key, (port, kind))| (*key, *port, *kind))
    }

    /// How many addresses a port has.
    pub fn used(&self, port: u16) -> usize {
        self.owners.values().filter(|(owner, _)| *owner == port).count()
    }

    /// Gives an address to a port, by hand.
    pub fn give(&mut self, source: u64, port: u16, kind: SecureKind) {
        self.owners.insert(source, (port, kind));
    }

    /// Judges a source address at a port; `None` when the port is not secured.
    pub fn judge(&mut self, source: u64, port: u16) -> Option<Verdict> {
        let config = self.ports.get(usize::from(port))?.as_ref()?;
        if self.owners.get(&source).is_some_and(|(owner, _)| *owner == port) {
            return Some(Verdict::Known);
        }
        let taken = self.owners.contains_key(&source);
        if !taken && self.used(port) < config.maximum as usize {
            let kind = if config.sticky { SecureKind::Sticky } else { SecureKind::Dynamic };
            self.owners.insert(source, (port, kind));
            return Some(Verdict::Added);
        }
        // Protect is silent by definition: nothing is counted.
        self.violations[usize::from(port)] += u64::from(config.violation != Violation::Protect);
        Some(Verdict::Violation(config.violation))
    }

    /// Forgets what a port learned, because its carrier went; returns the keys in order.
    pub fn forget(&mut self, port: u16) -> Vec<u64> {
        let lost = |(owner, kind): &(u16, SecureKind)| *owner == port && *kind == SecureKind::Dynamic;
        let mut keys: Vec<u64> = self.owners.iter().filter(|(_, at)| lost(at)).map(|(key, _)| *key).collect();
        keys.sort_unstable();
        for key in &keys {
            self.owners.swap_remove(key);
        }
        keys
    }

    /// Forgets an address, whose row was removed by hand.
    pub fn forget_address(&mut self, source: u64) {
        self.owners.swap_remove(&source);
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.owners.capacity() * 32 + self.ports.len() * 64
    }
}
