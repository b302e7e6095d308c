//! `Controller(store: "ctl", device: "vx", stations: {"10.1.0.1": "c1"})`, `Evpn(…)`: the daemons of a VTEP.

use std::net::Ipv4Addr;

use super::Daemon;
use crate::lab::diagnostic::Findings;
use crate::lab::read::{Form, Tree};
use crate::lab::schema::node::{Neighbour, neighbour};
use crate::lab::schema::section::{Section, pairs};
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::time::SimDuration;

pub(super) const CONTROLLER: &[&str] = &["store", "device", "stations", "rows", "ttl"];
pub(super) const GOSSIP: &[&str] = &["device", "seeds", "stations"];
pub(super) const EVPN: &[&str] = &["store", "device", "stations", "ttl"];

/// The daemon of a VTEP.
#[derive(Clone, Debug, PartialEq)]
pub struct Agent {
    /// The node with the store, by name or address.
    pub store: Spanned<String>,
    /// The VTEP.
    pub device: Spanned<String>,
    /// The stations behind it.
    pub stations: Vec<(Ipv4Addr, Neighbour)>,
    /// What is written for the others.
    pub rows: Rows,
    /// How long announcements outlive the host.
    pub ttl: Option<SimDuration>,
}

/// What is written for the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rows {
    /// Flood list, FDB rows and answers.
    #[default]
    All,
    /// The flood list alone.
    Flood,
}

impl Rows {
    /// As it is typed.
    pub const WORDS: [(&'static str, Self); 2] = [("All", Self::All), ("Flood", Self::Flood)];
}

pub(super) fn controller(section: &Section<'_>, found: &mut Findings) -> Option<Daemon> {
    read(section, found).map(Daemon::Controller)
}

pub(super) fn evpn(section: &Section<'_>, found: &mut Findings) -> Option<Daemon> {
    read(section, found).map(Daemon::Evpn)
}

/// The daemon of a VTEP that finds its peers by gossip.
#[derive(Clone, Debug, PartialEq)]
pub struct Gossip {
    /// The VTEP.
    pub device: Spanned<String>,
    /// Nodes it asks to join, by name or address.
    pub seeds: Vec<Spanned<String>>,
    /// The stations behind it.
    pub stations: Vec<(Ipv4Addr, Neighbour)>,
}

pub(super) fn gossip(section: &Section<'_>, found: &mut Findings) -> Option<Daemon> {
    let device = section.need("device", "\"vx\"", found).and_then(|tree| value::text("device", tree, found));
    let seeds = section.need("seeds", "[\"h1\"]", found)?;
    let seeds = value::items("seeds", "seeds: [\"h1\"]", seeds, found);
    let seeds = seeds.iter().filter_map(|tree| value::text("a seed", tree, found)).collect();
    let stations = section.get("stations").map(|tree| stations(tree, found)).unwrap_or_default();
    Some(Daemon::Gossip(Gossip { device: device?, seeds, stations }))
}

fn read(section: &Section<'_>, found: &mut Findings) -> Option<Agent> {
    let store = section.need("store", "\"ctl\"", found).and_then(|tree| value::text("store", tree, found));
    let device = section.need("device", "\"vx\"", found).and_then(|tree| value::text("device", tree, found));
    let stations = section.get("stations").map(|tree| stations(tree, found)).unwrap_or_default();
    let rows = section.get("rows").and_then(|tree| value::word("a choice of rows", tree, &Rows::WORDS, found));
    let ttl = section.get("ttl").and_then(|tree| value::positive_time("ttl", tree, found));
    Some(Agent { store: store?, device: device?, stations, rows: rows.unwrap_or_default(), ttl })
}

fn stations(tree: &Tree, found: &mut Findings) -> Vec<(Ipv4Addr, Neighbour)> {
    let mut list = Vec::new();
    for field in pairs("stations", tree, found) {
        let address = Tree { span: field.name.span, form: Form::Text(field.name.value.clone()) };
        let ip = value::ip(&address, found);
        list.extend(ip.zip(neighbour(&field.value, found)));
    }
    list
}
