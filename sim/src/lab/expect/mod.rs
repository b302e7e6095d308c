//! What a run must show: checks, values and selectors as typed, resolved to what [`crate::lab::judge`] evaluates.
//!
//! One word = one line in a list ([`check`], [`value`]) or one field ([`select`]). Every name is looked up in the
//! variant that will be judged, so a check inside `In("other", …)` sees the other variant's names.

mod check;
pub(in crate::lab) mod fields;
mod select;
mod value;

pub(in crate::lab) use check::is_in;
pub(in crate::lab) use value::{Sort, sort};

use crate::engine::{When, World};
use crate::id::{DeviceId, FlowId};
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::judge::{Check, Number};
use crate::lab::lower::{self, Directory, Lowered, rows};
use crate::lab::place::Place;
use crate::lab::read::{Field, Tree};
use crate::lab::run::Until;
use crate::lab::schema::Moment;
use crate::lab::schema::change::Cells;
use crate::lab::schema::section::Section;
use crate::lab::schema::value as plain;
use crate::lab::source::Spanned;
use crate::time::SimDuration;

/// The variants of a lab, by name.
pub trait Variants {
    /// The variant a name means, with its whole name; reports one that does not exist.
    fn find(&self, name: &Spanned<String>, found: &mut Findings) -> Option<(String, &Lowered)>;

    /// The variant without a name: the first one.
    fn first(&self) -> Option<(String, &Lowered)>;

    /// Names of the axes, each with the names of its values.
    fn axes(&self) -> Vec<(String, Vec<String>)>;

    /// The errors of one of them with more set; what is wrong with the setting itself is a finding.
    fn with(&self, one: &Lowered, set: &[Set], found: &mut Findings) -> Option<Vec<Finding>>;
}

/// A place and what is set there.
pub type Set = (Spanned<Place>, Tree);

/// Where the names of a check are looked up.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    lowered: &'a Lowered,
    names: &'a Directory,
    probe: Option<&'a World>,
    variants: &'a dyn Variants,
}

impl<'a> Context<'a> {
    /// Looks names up in one variant.
    pub fn new(lowered: &'a Lowered, variants: &'a dyn Variants) -> Self {
        Self { lowered, names: &lowered.names, probe: lowered.probe.as_ref(), variants }
    }

    /// Names of all nodes.
    pub fn nodes(self) -> Vec<String> {
        self.names.nodes.iter().map(|node| node.name.value.clone()).collect()
    }

    /// Addresses of all hosts, as text, each with its host.
    pub fn owners(self) -> Vec<(String, String)> {
        // A host with containers is not all of them: each goes by its own name.
        let of = |home: &lower::directory::Home| {
            let macs = home.macs.iter().map(ToString::to_string);
            let ips = home.ips.iter().map(|(ip, _)| ip.to_string());
            macs.chain(ips).map(|address| (address, home.name.clone())).collect::<Vec<_>>()
        };
        self.names.nodes.iter().flat_map(|node| &node.homes).flat_map(of).collect()
    }

    /// The device at a place that has a table, and the names of its columns.
    pub fn table(
        self,
        place: &Spanned<Place>,
        table: &Spanned<String>,
        found: &mut Findings,
    ) -> Option<(DeviceId, Vec<&'static str>)> {
        rows::table(self.names, self.probe, place, table, found)
    }

    /// Cells as text, names of hosts as the addresses they stand for.
    pub fn cells(self, cells: &Cells, found: &mut Findings) -> Vec<(String, String)> {
        rows::cells(self.names, cells, found)
    }

    /// Another variant, by its whole name, and where names are looked up in it.
    pub fn elsewhere(self, name: &Spanned<String>, found: &mut Findings) -> Option<(String, Self)> {
        let (full, lowered) = self.variants.find(name, found)?;
        Some((full, Self::new(lowered, self.variants)))
    }

    /// Names of the axes, each with the names of its values.
    pub fn axes(self) -> Vec<(String, Vec<String>)> {
        self.variants.axes()
    }

    /// What keeps this variant from running once more is set: codes, and a sentence of each.
    fn with(self, set: &[Set], found: &mut Findings) -> Option<Vec<(Code, String)>> {
        let errors = self.variants.with(self.lowered, set, found)?;
        Some(errors.into_iter().map(|error| (error.code, error.message)).collect())
    }

    fn flow(self, section: &Section<'_>, found: &mut Findings) -> Option<(FlowId, String)> {
        let tree = section.need("flow", "\"…\"", found)?;
        let name = plain::text("flow", tree, found)?;
        self.names.flow(&name, found).map(|id| (id, name.value))
    }
}

/// Reads `{"name": Check, …}`. With `judged_once`, only checks that begin with `In`; without, only the others.
pub fn read(fields: &[Field], context: Context<'_>, judged_once: bool, found: &mut Findings) -> Vec<(String, Check)> {
    let wanted = fields.iter().filter(|field| is_in(&field.value) == judged_once);
    wanted.filter_map(|field| Some((field.name.value.clone(), check::read(&field.value, context, found)?))).collect()
}

/// Reads one value.
pub fn value(tree: &Tree, context: Context<'_>, found: &mut Findings) -> Option<Number> {
    value::read(tree, context, found)
}

/// Reads the end of a run or of a step.
pub fn until(moment: &Moment, context: Context<'_>, found: &mut Findings) -> Option<Until> {
    match moment {
        Moment::Quiet => Some(Until::Quiet),
        Moment::Converged(span) => {
            if context.probe.is_some_and(|world| world.patience().is_none()) {
                let finding = Finding::new(Code::NeverHappens, "nothing converges here", *span);
                let finding = finding.label("no router speaks a routing protocol");
                found.push(finding.help("Quiet, or let the routers speak: routing: Rip()"));
                return None;
            }
            Some(Until::Converged)
        }
        Moment::First(tree) => {
            let selector = select::read(tree, context, found)?;
            Some(Until::First(Box::new(selector), SimDuration::ZERO))
        }
        Moment::After(base, span) if matches!(**base, Moment::First(_) | Moment::After(..)) => {
            match until(base, context, found)? {
                Until::First(selector, before) => Some(Until::First(selector, before + *span)),
                Until::When(when) => Some(Until::When(When::After(Box::new(when), *span))),
                Until::Quiet | Until::Converged => None,
            }
        }
        other => lower::when(other, context.names, found).map(Until::When),
    }
}

/// Reads one check.
pub fn check(tree: &Tree, context: Context<'_>, found: &mut Findings) -> Option<Check> {
    check::read(tree, context, found)
}
