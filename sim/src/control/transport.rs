//! How announcements get from one daemon to the others.
//!
//! An announcement is a key and a value, as a BGP route is a prefix (NLRI) and its attributes: the key says what it is
//! about and who speaks, the value says the rest, and a later value replaces an earlier one of the same key. Whoever
//! carries announcements shows to each daemon what stands at all others; what that means is the daemon's affair. The
//! [`Session`] with a store does it, and [gossip](super::gossip); a session of a routing protocol can do it as well.

use std::collections::BTreeMap;
use std::fmt::Debug;

use super::session::{News, Seen, Session};
use crate::stack::{AppOut, Datagram};

/// Carries announcements.
pub trait Transport: Debug + Clone + Send + 'static {
    /// The host has power: begin.
    fn boot(&mut self, out: &mut AppOut<'_, '_>);

    /// The host lost its power: nothing is known any more.
    fn reset(&mut self);

    /// Tells all others, until it is withdrawn.
    fn announce(&mut self, key: String, value: String, out: &mut AppOut<'_, '_>);

    /// Takes an announcement back.
    fn withdraw(&mut self, key: &str, out: &mut AppOut<'_, '_>);

    /// What all daemons announce, as far as it is known here; the own ones too.
    fn known(&self) -> &BTreeMap<String, Seen>;

    /// The port it listens on from the beginning.
    fn port(&self) -> Option<u16> {
        None
    }

    /// One of its timers has run out: what is different now.
    fn timer(&mut self, kind: u8, out: &mut AppOut<'_, '_>) -> Vec<News>;

    /// A datagram for the daemon: what is different now.
    fn udp(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) -> Vec<News>;

    /// Rough heap size in bytes.
    fn heap_bytes(&self) -> usize;
}

impl Transport for Session {
    fn boot(&mut self, out: &mut AppOut<'_, '_>) {
        Session::boot(self, out);
    }

    fn reset(&mut self) {
        Session::reset(self);
    }

    fn announce(&mut self, key: String, value: String, out: &mut AppOut<'_, '_>) {
        Session::announce(self, key, value, out);
    }

    fn withdraw(&mut self, key: &str, out: &mut AppOut<'_, '_>) {
        Session::withdraw(self, key, out);
    }

    fn known(&self) -> &BTreeMap<String, Seen> {
        self.mirror()
    }

    fn timer(&mut self, kind: u8, out: &mut AppOut<'_, '_>) -> Vec<News> {
        Session::timer(self, kind, out);
        Vec::new()
    }

    fn udp(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) -> Vec<News> {
        Session::udp(self, datagram, out)
    }

    fn heap_bytes(&self) -> usize {
        Session::heap_bytes(self)
    }
}
