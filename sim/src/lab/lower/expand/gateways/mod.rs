//! Gateways: who is where. What cannot be is told by [`sense`], what they are made of by [`spell`].

mod sense;
mod spell;

pub use sense::{numbers, sound};
pub use spell::{seal, spell};

use std::net::Ipv4Addr;

use super::Placed;
use crate::lab::schema::Gateway;
use crate::lab::schema::gateway::{Anycast, Leg};
use crate::lab::source::Spanned;

/// A gateway whose hosts and networks exist.
#[derive(Clone, Debug)]
pub struct Door<'l> {
    /// Its name.
    pub name: &'l Spanned<String>,
    /// What it is.
    pub what: &'l Gateway,
    /// Its place among the gateways of the lab.
    pub number: usize,
    /// The hosts it is on, each with the overlays it joins there.
    pub hosts: Vec<(&'l str, Vec<&'l str>)>,
}

impl<'l> Door<'l> {
    fn of(name: &'l Spanned<String>, what: &'l Gateway, number: usize, placed: &[Placed<'l>]) -> Self {
        let all: Vec<&str> = what.joins().iter().map(|(net, _)| net.value.as_str()).collect();
        let hosts = match what {
            Gateway::Central(central) => vec![(central.on.value.as_str(), all)],
            Gateway::Bridged(door) => vec![(door.on.value.as_str(), vec![door.net.value.as_str()])],
            Gateway::Anycast(anycast) => on_all(anycast, &all, placed),
        };
        Self { name, what, number, hosts }
    }

    /// The overlays it joins on a host; nothing where it is not.
    pub fn nets_on(&self, host: &str) -> Option<&[&'l str]> {
        self.hosts.iter().find(|(at, _)| *at == host).map(|(_, nets)| nets.as_slice())
    }

    /// Its address in an overlay.
    pub fn address(&self, net: &str) -> Option<(Ipv4Addr, u8)> {
        self.what.joins().iter().find(|(name, _)| name.value == net).map(|(_, address)| address.value)
    }

    /// What is written on the host's bridges and VTEPs, where the gateway is the same on every host.
    pub fn anycast(&self) -> Option<&'l Anycast> {
        match self.what {
            Gateway::Anycast(anycast) => Some(anycast),
            _ => None,
        }
    }

    fn legs_on(&self, host: &str) -> impl Iterator<Item = &'l Leg> {
        let nets = self.nets_on(host).unwrap_or_default();
        self.what.joins().iter().filter(move |(name, _)| nets.contains(&name.value.as_str()))
    }
}

/// Every host with a container in one of the overlays, in the order of the containers.
fn on_all<'l>(anycast: &Anycast, all: &[&'l str], placed: &[Placed<'l>]) -> Vec<(&'l str, Vec<&'l str>)> {
    let mut hosts: Vec<(&str, Vec<&str>)> = Vec::new();
    for at in placed.iter().filter(|at| all.contains(&at.net)) {
        if hosts.iter().any(|(host, _)| *host == at.on) {
            continue;
        }
        let here = |net: &&&str| placed.iter().any(|other| other.on == at.on && other.net == **net);
        let nets = all.iter().filter(|net| anycast.everywhere() || here(net)).copied();
        hosts.push((at.on, nets.collect()));
    }
    hosts
}
