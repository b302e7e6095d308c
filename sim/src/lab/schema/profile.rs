//! `profile: "small-vm"`: what the work of a computer costs.

use std::borrow::Cow;
use std::sync::Arc;

use crate::cost::{self, COSTS, Cost, MOST_OFFLOAD, Price, Profile};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::print::made;
use crate::lab::read::{Args, Form, Tree};
use crate::lab::schema::section::{Section, entries, unknown_word};
use crate::lab::schema::value;
use crate::time::SimDuration;

const FIELDS: &[&str] = &["like", "name", "cores", "offload", "rule_sets", "prices"];
const PRICE: &[&str] = &["packet", "byte"];

/// At which prices a node works.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Prices {
    /// Those of the lab.
    #[default]
    OfLab,
    /// None: its work takes no time.
    Ideal,
    /// Those of a profile.
    Of(Arc<Profile>),
}

impl Prices {
    /// The profile of a node in a lab with these prices.
    pub fn within(&self, lab: &Self) -> Option<Arc<Profile>> {
        match (self, lab) {
            (Self::Of(profile), _) | (Self::OfLab, Self::Of(profile)) => Some(Arc::clone(profile)),
            _ => None,
        }
    }
}

/// Reads the name of a profile, or a profile like another but for what is given.
pub fn read(tree: &Tree, found: &mut Findings) -> Option<Prices> {
    if let Form::Call(None, Args::Fields(_)) = &tree.form {
        return own(tree, found).map(|profile| Prices::Of(Arc::new(profile)));
    }
    let name = value::text("profile", tree, found)?;
    if name.value == cost::IDEAL {
        return Some(Prices::Ideal);
    }
    let profile = cost::find(&name.value);
    if profile.is_none() {
        found.push(unknown_word("a cost profile", &name.value, tree.span, &cost::names()));
    }
    profile.map(|profile| Prices::Of(Arc::new(profile.clone())))
}

/// `(like: "server", rule_sets: 3, prices: {"encap": "1us"})`.
fn own(tree: &Tree, found: &mut Findings) -> Option<Profile> {
    let section = Section::fields("a cost profile", tree, FIELDS, found)?;
    let like = value::text("like", section.need("like", "\"server\"", found)?, found)?;
    let Some(like) = cost::find(&like.value) else {
        let known: Vec<&str> = cost::PROFILES.iter().map(|profile| &*profile.name).collect();
        found.push(unknown_word("a profile to begin with", &like.value, like.span, &known));
        return None;
    };
    let mut profile = like.clone();
    let mut changes = Vec::new();
    for (field, most) in [("cores", 1..=256), ("offload", 0..=u64::from(MOST_OFFLOAD)), ("rule_sets", 0..=100)] {
        let Some(number) = section.get(field).and_then(|tree| value::whole(field, tree, most, found)) else { continue };
        match field {
            "cores" => profile.cores = number as u16,
            "offload" => profile.offload = number as u32,
            _ => profile.rule_sets = number as u16,
        }
        changes.push(format!("{field} {number}"));
    }
    for field in section.get("prices").map(|tree| entries("prices", tree, found)).unwrap_or_default() {
        let Some(cost) = Cost::find(&field.name.value) else {
            let known = COSTS.map(|name| name.slug);
            found.push(unknown_word("a cost", &field.name.value, field.name.span, &known));
            continue;
        };
        profile.prices[cost.index()].1 = price(&field.value, found)?;
        changes.push(cost.name().slug.to_owned());
    }
    let name = section.get("name").and_then(|tree| value::text("name", tree, found));
    let named = name.map(|name| name.value).filter(|name| !name.trim().is_empty());
    profile.name = Cow::Owned(match named {
        Some(name) => name,
        None if changes.is_empty() => return Some(like.clone()),
        None => format!("{} with {}", like.name, changes.join(", ")),
    });
    profile.source = Cow::Owned(format!("the lab; what it leaves open is that of {}", like.name));
    Some(profile)
}

/// `"650ns"`, or `(packet: "350ns", byte: "600ps")`.
fn price(tree: &Tree, found: &mut Findings) -> Option<Price> {
    let Form::Call(..) = tree.form else {
        return Some(Price::packet(nanoseconds(tree, found)?));
    };
    let section = Section::call("a price", tree, PRICE, found)?;
    let packet = section.get("packet").map_or(Some(0), |tree| nanoseconds(tree, found))?;
    let byte = section.get("byte").map_or(Some(0), |tree| value::picoseconds("byte", tree, found))?;
    if byte > MOST_BYTE {
        let finding = Finding::new(Code::OutOfRange, "a byte cannot cost that much", section.get("byte")?.span);
        found.push(finding.label("1000ns at most").help("byte: \"150ps\""));
        return None;
    }
    Some(Price::with_bytes(packet, byte as u32))
}

/// Picoseconds that a byte may cost.
const MOST_BYTE: u64 = 1_000_000;
/// What a packet may cost.
const MOST_PACKET: SimDuration = SimDuration::from_secs(1);

fn nanoseconds(tree: &Tree, found: &mut Findings) -> Option<u32> {
    let time = value::time("packet", tree, found)?;
    if time > MOST_PACKET {
        let finding = Finding::new(Code::OutOfRange, "a packet cannot cost that much", tree.span);
        found.push(finding.label("1s at most").help("\"650ns\""));
        return None;
    }
    Some(time.0 as u32)
}

/// The profile as a lab says it: its name if everybody knows it, else all that is not as on the server.
pub fn tree(profile: &Profile) -> Tree {
    let Some(server) = cost::PROFILES.first().filter(|_| cost::find(&profile.name) != Some(profile)) else {
        return made::text(&*profile.name);
    };
    let mut fields =
        vec![("like".to_owned(), made::text(&*server.name)), ("name".to_owned(), made::text(&*profile.name))];
    let numbers = |profile: &Profile| {
        let Profile { cores, offload, rule_sets, .. } = profile;
        [("cores", u64::from(*cores)), ("offload", u64::from(*offload)), ("rule_sets", u64::from(*rule_sets))]
    };
    for ((name, number), (_, usual)) in numbers(profile).into_iter().zip(numbers(server)) {
        if number != usual {
            fields.push((name.to_owned(), made::number(number)));
        }
    }
    let other = COSTS.iter().filter(|name| profile.price(name.cost) != server.price(name.cost));
    let prices: Vec<(&str, Tree)> = other.map(|name| (name.slug, price_tree(profile.price(name.cost)))).collect();
    if !prices.is_empty() {
        fields.push(("prices".to_owned(), made::map(prices)));
    }
    made::call("", fields)
}

fn price_tree(price: Price) -> Tree {
    let packet = made::text(SimDuration(u64::from(price.packet_ns)).to_string());
    if price.byte_ps == 0 {
        return packet;
    }
    let byte = made::text(format!("{}ps", price.byte_ps));
    made::call("", vec![("packet".to_owned(), packet), ("byte".to_owned(), byte)])
}
