//! `profile: "small-vm"`: what the work of a computer costs.

use crate::cost::{self, Profile};
use crate::lab::diagnostic::Findings;
use crate::lab::read::Tree;
use crate::lab::schema::section::unknown_word;
use crate::lab::schema::value;

/// At which prices a node works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prices {
    /// Those of the lab.
    #[default]
    OfLab,
    /// None: its work takes no time.
    Ideal,
    /// Those of a profile.
    Of(&'static Profile),
}

impl Prices {
    /// The profile of a node in a lab with these prices.
    pub fn within(self, lab: Self) -> Option<&'static Profile> {
        match (self, lab) {
            (Self::Of(profile), _) | (Self::OfLab, Self::Of(profile)) => Some(profile),
            _ => None,
        }
    }
}

/// Reads the name of a profile.
pub fn read(tree: &Tree, found: &mut Findings) -> Option<Prices> {
    let name = value::text("profile", tree, found)?;
    if name.value == cost::IDEAL {
        return Some(Prices::Ideal);
    }
    let profile = cost::find(&name.value);
    if profile.is_none() {
        found.push(unknown_word("a cost profile", &name.value, tree.span, &cost::names()));
    }
    profile.map(Prices::Of)
}
