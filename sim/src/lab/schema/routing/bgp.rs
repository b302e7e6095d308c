//! `routing: Bgp(asn: 65001, networks: ["10.9.0.0/24"], …)`.

use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::read::Tree;
use crate::lab::schema::routing::evpn::{self, Network};
use crate::lab::schema::section::{Section, pairs};
use crate::lab::schema::value;
use crate::lab::source::Spanned;
use crate::routing::bgp::{Families, Relation};
use crate::time::SimDuration;
use crate::wire::bgp::attributes::{NO_ADVERTISE, NO_EXPORT};
use crate::wire::bgp::{AS_TRANS, Prefix};
use crate::wire::ipv4::mask;

/// The words for what a neighbour is.
pub const RELATIONS: [(&str, Relation); 4] = [
    ("None", Relation::None),
    ("Customer", Relation::Customer),
    ("Peer", Relation::Peer),
    ("Provider", Relation::Provider),
];
/// Communities that have a name.
pub const COMMUNITIES: [(&str, u32); 2] = [("no-export", NO_EXPORT), ("no-advertise", NO_ADVERTISE)];
/// AS numbers: 0 and the last one are nobody's (RFC 7607, RFC 7300).
const ASES: RangeInclusive<u64> = 1..=u32::MAX as u64 - 1;
/// Most paths side by side.
const PATHS: RangeInclusive<u64> = 1..=64;

pub(super) const FIELDS: &[&str] = &[
    "asn",
    "networks",
    "communities",
    "neighbours",
    "clients",
    "only_named",
    "mesh",
    "id",
    "cluster",
    "hold",
    "retry",
    "mrai",
    "mrai_internal",
    "jitter",
    "withdrawals_wait",
    "fallover",
    "always_compare_med",
    "allow_own_as",
    "multipath",
    "families",
    "evpn",
    "tunnel",
    "pool",
    "cross_subnet",
];
const NEIGHBOUR: &[&str] =
    &["asn", "from", "relation", "client", "passive", "next_hop_self", "local_pref", "med", "prepend"];

/// BGP as typed.
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own in a lab")]
#[derive(Clone, Debug, PartialEq)]
pub struct Bgp {
    /// The AS.
    pub asn: Option<u32>,
    /// Its number was typed and is wrong: nothing more is said about it.
    pub wrong_asn: bool,
    /// Networks it tells of; those of its links without neighbours when nothing is said.
    pub networks: Option<Vec<Prefix>>,
    /// Communities that go with them.
    pub communities: Vec<u32>,
    /// Neighbours by name or address.
    pub neighbours: Vec<(Spanned<String>, Neighbour)>,
    /// Routers of the same AS for whom it reflects.
    pub clients: Vec<Spanned<String>>,
    /// Nobody else is a neighbour.
    pub only_named: bool,
    /// All routers of the same AS are neighbours.
    pub mesh: bool,
    /// Its identifier.
    pub id: Option<Ipv4Addr>,
    /// What it signs with as a reflector.
    pub cluster: Option<Ipv4Addr>,
    /// Longest silence, in seconds.
    pub hold: u16,
    /// After a failed call it waits so long.
    pub retry: SimDuration,
    /// Least time between two UPDATEs to another AS.
    pub mrai: SimDuration,
    /// The same inside the AS.
    pub mrai_internal: SimDuration,
    /// Timers are shortened at random.
    pub jitter: bool,
    /// Withdrawals wait for the MRAI too.
    pub withdrawals_wait: bool,
    /// A session ends with the carrier of its link.
    pub fallover: bool,
    /// MEDs of different ASes are compared.
    pub always_compare_med: bool,
    /// Paths through the own AS are taken.
    pub allow_own_as: bool,
    /// So many equally good routes are used side by side.
    pub multipath: usize,
    /// Kinds of routes it speaks; those of IPv4, or with networks of VTEPs theirs, when nothing is said.
    pub families: Option<Families>,
    /// Networks of its VTEPs, by the name of the VTEP.
    pub evpn: Vec<(Spanned<String>, Network)>,
    /// Routes of the pool lead through this tunnel.
    pub tunnel: Option<Spanned<String>>,
    /// The pool.
    pub pool: Option<Spanned<Prefix>>,
    /// Only next hops that are on no link of this router need the tunnel.
    pub cross_subnet: bool,
}

impl Default for Bgp {
    fn default() -> Self {
        Self {
            asn: None,
            wrong_asn: false,
            networks: None,
            communities: Vec::new(),
            neighbours: Vec::new(),
            clients: Vec::new(),
            only_named: false,
            mesh: true,
            id: None,
            cluster: None,
            hold: 90,
            retry: SimDuration::from_secs(120),
            mrai: SimDuration::ZERO,
            mrai_internal: SimDuration::ZERO,
            jitter: false,
            withdrawals_wait: true,
            fallover: true,
            always_compare_med: false,
            allow_own_as: false,
            multipath: 1,
            families: None,
            evpn: Vec::new(),
            tunnel: None,
            pool: None,
            cross_subnet: false,
        }
    }
}

impl Bgp {
    /// Kinds of routes it speaks.
    pub fn speaks(&self) -> Families {
        let evpn = !self.evpn.is_empty();
        self.families.unwrap_or(Families { ipv4: !evpn, evpn })
    }
}

/// What is said of one neighbour.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Neighbour {
    /// The AS it is believed to be of; its true one when nothing is said.
    pub asn: Option<u32>,
    /// The own address towards it.
    pub from: Option<Spanned<Ipv4Addr>>,
    /// What it is to this AS.
    pub relation: Option<Relation>,
    /// It is a client of this reflector.
    pub client: bool,
    /// It calls, this one waits.
    pub passive: bool,
    /// The own address is told as next hop inside the AS too.
    pub next_hop_self: bool,
    /// How much its routes are liked.
    pub local_pref: Option<u32>,
    /// MED that is told to it.
    pub med: Option<u32>,
    /// The own AS is put in front so many times more.
    pub prepend: u8,
}

/// Reads what stands in the brackets.
pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Bgp {
    let mut bgp = Bgp::default();
    for (name, tree) in section.given() {
        match name {
            "asn" => {
                bgp.asn = asn(tree, found);
                bgp.wrong_asn = bgp.asn.is_none();
            }
            "networks" => {
                let items = value::items(name, "networks: [\"10.9.0.0/24\"]", tree, found);
                bgp.networks = Some(items.iter().filter_map(|item| network(name, item, found)).collect());
            }
            "communities" => {
                let items = value::items(name, "communities: [\"no-export\"]", tree, found);
                bgp.communities = items.iter().filter_map(|item| community(item, found)).collect();
            }
            "neighbours" => {
                let all = pairs("neighbours", tree, found).into_iter();
                let known = all.filter_map(|field| Some((field.name.clone(), neighbour(&field.value, found)?)));
                bgp.neighbours = known.collect();
            }
            "clients" => {
                let items = value::items(name, "clients: [\"r2\"]", tree, found);
                bgp.clients = items.iter().filter_map(|item| value::text("a router", item, found)).collect();
            }
            "id" => bgp.id = value::ip(tree, found).filter(|id| super::ospf::sound_id(*id, "id", tree, found)),
            "tunnel" => bgp.tunnel = value::text(name, tree, found),
            "pool" => bgp.pool = network(name, tree, found).map(|pool| Spanned::new(pool, tree.span)),
            "cluster" => bgp.cluster = value::ip(tree, found),
            "families" => bgp.families = evpn::families(tree, found),
            "evpn" => bgp.evpn = evpn::networks(tree, found),
            "multipath" => bgp.multipath = value::whole(name, tree, PATHS, found).unwrap_or(1) as usize,
            _ => flag_or_time(&mut bgp, name, tree, found),
        }
    }
    bgp
}

fn flag_or_time(bgp: &mut Bgp, name: &str, tree: &Tree, found: &mut Findings) {
    let flag = match name {
        "only_named" => Some(&mut bgp.only_named),
        "mesh" => Some(&mut bgp.mesh),
        "jitter" => Some(&mut bgp.jitter),
        "withdrawals_wait" => Some(&mut bgp.withdrawals_wait),
        "fallover" => Some(&mut bgp.fallover),
        "always_compare_med" => Some(&mut bgp.always_compare_med),
        "allow_own_as" => Some(&mut bgp.allow_own_as),
        "cross_subnet" => Some(&mut bgp.cross_subnet),
        _ => None,
    };
    if let Some(flag) = flag {
        *flag = value::flag(name, tree, found).unwrap_or(*flag);
        return;
    }
    match name {
        "hold" => bgp.hold = hold(tree, found).unwrap_or(bgp.hold),
        "retry" => bgp.retry = value::positive_time(name, tree, found).unwrap_or(bgp.retry),
        "mrai" => bgp.mrai = value::time(name, tree, found).unwrap_or(bgp.mrai),
        _ => bgp.mrai_internal = value::time(name, tree, found).unwrap_or(bgp.mrai_internal),
    }
}

/// The number of an AS.
pub fn asn(tree: &Tree, found: &mut Findings) -> Option<u32> {
    let asn = value::whole("asn", tree, ASES, found)? as u32;
    if asn == AS_TRANS {
        let finding = Finding::new(Code::OutOfRange, format!("no AS has the number {AS_TRANS}"), tree.span);
        let finding = finding.label("it stands for numbers that do not fit two bytes (RFC 6793)");
        found.push(finding.help("asn: 65001"));
        return None;
    }
    Some(asn)
}

/// Whole seconds, none or at least three (RFC 4271 §4.2).
fn hold(tree: &Tree, found: &mut Findings) -> Option<u16> {
    let span = value::time("hold", tree, found)?;
    let seconds = u16::try_from(span.0 / SimDuration::from_secs(1).0).ok();
    let whole = span.0.is_multiple_of(SimDuration::from_secs(1).0);
    let sound = seconds.filter(|seconds| whole && !(1..3).contains(seconds));
    if sound.is_none() {
        let finding = Finding::new(Code::OutOfRange, format!("the hold time cannot be {span}"), tree.span);
        let finding = finding.label("whole seconds, from 3s to 65535s, or 0s for none");
        found.push(finding.help("hold: \"90s\""));
    }
    sound
}

/// `10.9.0.0/24`.
fn network(name: &str, tree: &Tree, found: &mut Findings) -> Option<Prefix> {
    let text = value::text(name, tree, found)?;
    let example = if name == "pool" { "pool: \"10.244.0.0/16\"" } else { "networks: [\"10.9.0.0/24\"]" };
    let parts = text.value.split_once('/').and_then(|(ip, len)| {
        let len: u8 = len.parse().ok().filter(|len| *len <= 32)?;
        Some((ip.parse::<Ipv4Addr>().ok()?, len))
    });
    let Some((ip, len)) = parts else {
        let finding = Finding::new(Code::Address, format!("`{}` is not a prefix", text.value), text.span);
        found.push(finding.label("an address and a length").help(example));
        return None;
    };
    let network = Ipv4Addr::from_bits(ip.to_bits() & mask(len));
    if network != ip {
        let finding = Finding::new(Code::Address, format!("`{}` is a host, not a network", text.value), text.span);
        found.push(finding.label("bits behind the length are set").help(format!("\"{network}/{len}\"")));
        return None;
    }
    Some((ip, len))
}

/// `65001:100`, or a name.
fn community(tree: &Tree, found: &mut Findings) -> Option<u32> {
    let text = value::text("a community", tree, found)?;
    let named = COMMUNITIES.iter().find(|(name, _)| *name == text.value).map(|(_, number)| *number);
    let number = || {
        let (high, low) = text.value.split_once(':')?;
        Some(u32::from(high.parse::<u16>().ok()?) << 16 | u32::from(low.parse::<u16>().ok()?))
    };
    let community = named.or_else(number);
    if community.is_none() {
        let finding = Finding::new(Code::UnknownWord, format!("`{}` is not a community", text.value), text.span);
        let finding =
            finding.label("two numbers up to 65535, or a name").suggest(&text.value, ["no-export", "no-advertise"]);
        found.push(finding.help("communities: [\"65001:100\"], [\"no-export\"] or [\"no-advertise\"]"));
    }
    community
}

fn neighbour(tree: &Tree, found: &mut Findings) -> Option<Neighbour> {
    let section = Section::fields("a neighbour", tree, NEIGHBOUR, found)?;
    let mut own = Neighbour::default();
    let number = |name: &str, tree, found: &mut Findings| {
        value::whole(name, tree, 0..=u64::from(u32::MAX), found).map(|number| number as u32)
    };
    for (name, tree) in section.given() {
        match name {
            "asn" => own.asn = asn(tree, found),
            "from" => own.from = value::ip(tree, found).map(|ip| Spanned::new(ip, tree.span)),
            "relation" => own.relation = value::word("what a neighbour is", tree, &RELATIONS, found),
            "client" => own.client = value::flag(name, tree, found).unwrap_or(false),
            "passive" => own.passive = value::flag(name, tree, found).unwrap_or(false),
            "next_hop_self" => own.next_hop_self = value::flag(name, tree, found).unwrap_or(false),
            "local_pref" => own.local_pref = number(name, tree, found),
            "med" => own.med = number(name, tree, found),
            _ => own.prepend = value::whole(name, tree, 0..=20, found).unwrap_or(0) as u8,
        }
    }
    Some(own)
}
