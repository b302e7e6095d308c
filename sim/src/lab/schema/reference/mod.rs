//! What every word of the format means: the text of `overunder schema` and of the reference in the book.
//!
//! The comment above a word or field is what is printed. A test types each word with a field that does not exist and
//! compares what the reader then says is possible with what is described here, so neither can have a word more.

mod cluster;
mod control;
mod design;
mod gateway;
mod guide;
mod ipvlan;
mod macvlan;
mod network;
mod overlay;
mod port;
mod profile;
mod proof;
mod routing;
mod sriov;
mod suite;
#[cfg(test)]
mod tests;
mod traffic;
mod tunnel;

/// What may stand as the value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A text to be read by people.
    Text,
    /// A name the author has given to something: of what, in words.
    Name(&'static str),
    /// Names in square brackets: of what.
    Names(&'static str),
    /// A whole number.
    Whole,
    /// `true` or `false`.
    Flag,
    /// `"5ms"`.
    Time,
    /// `"10Mbps"`, `"1000pps"`.
    Rate,
    /// `"2%"`.
    Share,
    /// `"10.0.0.1"`.
    Ip,
    /// `"10.0.0.1/24"`.
    Address,
    /// `"02:00:00:00:00:01"`.
    Mac,
    /// `"sw"`, `"sw:1"`, `"h1/vx-blue"`, `"a--b"`.
    Place,
    /// `{"mac": "ann", "port": 2}`.
    Cells,
    /// One of these words.
    Words(&'static [&'static str]),
    /// One thing of this group.
    Of(&'static str),
    /// `{"name": …}` with things of this group.
    Map(&'static str),
    /// `[…]` with things of this group.
    List(&'static str),
    /// Something else, described in words.
    Other(&'static str),
}

/// A field of a word.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What may stand there.
    pub sort: Sort,
    /// `required`, what is meant when it is not given, or nothing.
    pub otherwise: &'static str,
    /// What it says.
    pub says: &'static str,
}

impl Field {
    /// Whether it must be given.
    pub fn is_required(&self) -> bool {
        self.otherwise == "required"
    }
}

/// A word with its brackets, or brackets without a word.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// `Host`; for brackets without a word, what they are.
    pub name: &'static str,
    /// What it is.
    pub says: &'static str,
    /// What may stand between its brackets, in the order in which values may stand without their names.
    pub fields: &'static [Field],
}

/// Words that may stand at the same places.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// How [`Sort`] refers to it.
    pub name: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What is common to its words.
    pub says: &'static str,
    /// How one is written.
    pub form: Form,
    /// The words.
    pub words: &'static [Word],
    /// A lab in which `@` stands for one: where the test tries them.
    pub example: &'static str,
}

/// How something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `Kind(field: …)`.
    Kind,
    /// `Word(…)`: the names of the fields may be left out.
    Call,
    /// `(field: …)`, without a word.
    Plain,
}

macro_rules! words {
    ($(
        $(#[doc = $says:literal])+
        $name:ident ( $($(#[doc = $means:literal])+ $field:ident $([$otherwise:literal])? : $sort:expr,)* )
    )*) => {
        &[$(crate::lab::schema::reference::Word {
            name: stringify!($name),
            says: concat!($($says),+),
            fields: &[$(crate::lab::schema::reference::Field {
                name: stringify!($field),
                sort: $sort,
                otherwise: concat!($($otherwise)?),
                says: concat!($($means),+),
            }),*],
        }),*]
    };
}
use words;

/// All groups, in the order in which one meets them.
pub fn groups() -> impl Iterator<Item = &'static Group> {
    let network = [
        network::GROUPS,
        macvlan::GROUPS,
        ipvlan::GROUPS,
        sriov::GROUPS,
        cluster::GROUPS,
        profile::GROUPS,
        control::GROUPS,
        routing::GROUPS,
    ];
    network.into_iter().chain([traffic::GROUPS, guide::GROUPS, design::GROUPS, proof::GROUPS, suite::GROUPS]).flatten()
}

/// The group of a name.
pub fn group(name: &str) -> Option<&'static Group> {
    groups().find(|group| group.name == name)
}

impl Sort {
    /// In words, as a page shows it.
    pub fn label(self) -> String {
        let of = |name: &str| group(name).map_or(name, |group| group.title).to_lowercase();
        match self {
            Self::Text => "text".to_owned(),
            Self::Name(what) => format!("name of {what}"),
            Self::Names(what) => format!("`[…]` of names of {what}"),
            Self::Whole => "number".to_owned(),
            Self::Flag => "`true` or `false`".to_owned(),
            Self::Time => "time, `\"5ms\"`".to_owned(),
            Self::Rate => "rate, `\"10Mbps\"` or `\"1000pps\"`".to_owned(),
            Self::Share => "share, `\"2%\"`".to_owned(),
            Self::Ip => "address, `\"10.0.0.1\"`".to_owned(),
            Self::Address => "address with length, `\"10.0.0.1/24\"`".to_owned(),
            Self::Mac => "MAC address, `\"02:00:00:00:00:01\"`".to_owned(),
            Self::Place => "place, `\"sw\"`, `\"sw:1\"`, `\"h1/vx-blue\"`, `\"a--b\"`".to_owned(),
            Self::Cells => "cells, `{\"mac\": \"ann\", \"port\": 2}`".to_owned(),
            Self::Words(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
            Self::Of(name) => format!("one of: {}", of(name)),
            Self::Map(name) => format!("`{{\"name\": …}}` of {}", of(name)),
            Self::List(name) => format!("`[…]` of {}", of(name)),
            Self::Other(words) => words.to_owned(),
        }
    }
}
