//! The decision process (RFC 4271 §9.1.2): the routes for a prefix lose one by one, each at a named step.

use std::cmp::Ordering;
use std::net::Ipv4Addr;
use std::sync::Arc;

use super::Config;
use super::table::{Entry, From};
use crate::wire::bgp::Attributes;

/// The step at which a route lost, in the order in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Another is liked more: LOCAL_PREF.
    LocalPref,
    /// Another is of this router itself.
    Own,
    /// Another came through fewer ASes.
    PathLength,
    /// Another has a better ORIGIN.
    Origin,
    /// Another by the same neighbouring AS has a smaller MED.
    Med,
    /// Another was heard outside the AS.
    External,
    /// The next hop of another is nearer.
    Distance,
    /// Another was told by a router with a smaller identifier.
    RouterId,
    /// Another went through fewer route reflectors.
    Clusters,
    /// Another was told from a smaller address.
    Address,
}

impl Step {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LocalPref => "LOCAL_PREF",
            Self::Own => "own route",
            Self::PathLength => "AS_PATH length",
            Self::Origin => "ORIGIN",
            Self::Med => "MED",
            Self::External => "eBGP over iBGP",
            Self::Distance => "IGP distance",
            Self::RouterId => "router id",
            Self::Clusters => "CLUSTER_LIST length",
            Self::Address => "peer address",
        }
    }
}

/// What the choice needs to know of the neighbour that told a route.
#[derive(Clone, Copy, Debug)]
pub struct Teller {
    /// Inside the own AS.
    pub internal: bool,
    /// Its identifier.
    pub id: Ipv4Addr,
    /// Its address.
    pub address: Ipv4Addr,
}

impl Teller {
    /// This router.
    pub const OWN: Self = Self { internal: false, id: Ipv4Addr::UNSPECIFIED, address: Ipv4Addr::UNSPECIFIED };
}

/// A route in the running.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Who told it.
    pub from: From,
    /// What is said of it.
    pub attributes: &'a Attributes,
    /// More of who told it.
    pub teller: Teller,
    /// How far its next hop is.
    pub distance: u32,
}

impl Candidate<'_> {
    fn id(&self) -> Ipv4Addr {
        self.attributes.more.as_ref().and_then(|more| more.originator).unwrap_or(self.teller.id)
    }

    fn clusters(&self) -> usize {
        self.attributes.more.as_ref().map_or(0, |more| more.clusters.len())
    }

    /// Where it stands at a step; smaller is better. The MED is not a number on which all routes can be ranked.
    fn rank(&self, step: Step) -> u64 {
        match step {
            Step::LocalPref | Step::Own | Step::PathLength | Step::Origin | Step::Med => {
                said(self.from, self.attributes, step)
            }
            Step::External => u64::from(self.teller.internal),
            Step::Distance => u64::from(self.distance),
            Step::RouterId => u64::from(self.id().to_bits()),
            Step::Clusters => self.clusters() as u64,
            Step::Address => u64::from(self.teller.address.to_bits()),
        }
    }
}

/// Where a route stands at a step for which only the route itself has to be looked at.
fn said(from: From, attributes: &Attributes, step: Step) -> u64 {
    match step {
        Step::LocalPref => u64::from(u32::MAX - attributes.local_pref.unwrap_or(100)),
        Step::Own => u64::from(from != From::Own),
        Step::PathLength => attributes.path.len() as u64,
        Step::Origin => attributes.origin as u64,
        _ => 0,
    }
}

/// Which of two routes is better by what is said of them, if that settles it, and at which step the other lost.
pub(super) fn compare_said(a: (From, &Attributes), b: (From, &Attributes)) -> Option<(Ordering, Step)> {
    BEFORE_MED.into_iter().find_map(|step| match said(a.0, a.1, step).cmp(&said(b.0, b.1, step)) {
        Ordering::Equal => None,
        order => Some((order, step)),
    })
}

/// The steps before the MED is looked at.
const BEFORE_MED: [Step; 4] = [Step::LocalPref, Step::Own, Step::PathLength, Step::Origin];
/// The steps after it that say how good a route is.
const AFTER_MED: [Step; 2] = [Step::External, Step::Distance];
/// The steps that only settle which of equally good routes is taken.
const TIES: [Step; 3] = [Step::RouterId, Step::Clusters, Step::Address];

/// Which of two routes without MED is better, and at which step the other lost.
pub fn compare(a: &Candidate<'_>, b: &Candidate<'_>) -> (Ordering, Step) {
    for step in BEFORE_MED.into_iter().chain(AFTER_MED).chain(TIES) {
        match a.rank(step).cmp(&b.rank(step)) {
            Ordering::Equal => {}
            order => return (order, step),
        }
    }
    (Ordering::Equal, Step::Address)
}

/// Where every route lost; the chosen one has no step. Routes that lost at a tie are as good as the chosen one.
pub fn verdicts(all: &[Candidate<'_>], config: &Config) -> Vec<Option<Step>> {
    let mut lost = vec![None; all.len()];
    let by_rank = |lost: &mut [Option<Step>], step: Step| {
        let left = || all.iter().zip(lost.iter()).filter(|(_, lost)| lost.is_none()).map(|(one, _)| one);
        let Some(best) = left().map(|one| one.rank(step)).min() else { return };
        for (one, lost) in all.iter().zip(lost.iter_mut()) {
            if lost.is_none() && one.rank(step) > best {
                *lost = Some(step);
            }
        }
    };
    for step in BEFORE_MED {
        by_rank(&mut lost, step);
    }
    by_med(&mut lost, all, config);
    for step in AFTER_MED.into_iter().chain(TIES) {
        by_rank(&mut lost, step);
    }
    lost
}

/// The MED tells the doors of one neighbour apart; without one a route counts as having 0.
fn by_med(lost: &mut [Option<Step>], all: &[Candidate<'_>], config: &Config) {
    let med = |one: &Candidate<'_>| one.attributes.med.unwrap_or(0);
    let comparable = |a: &Candidate<'_>, b: &Candidate<'_>| {
        config.always_compare_med || a.attributes.path.first() == b.attributes.path.first()
    };
    let left: Vec<usize> = (0..all.len()).filter(|&at| lost[at].is_none()).collect();
    for &at in &left {
        if left.iter().any(|&other| comparable(&all[at], &all[other]) && med(&all[other]) < med(&all[at])) {
            lost[at] = Some(Step::Med);
        }
    }
}

/// The best of the routes of an entry when none has a MED, by a rule that compares two.
pub(super) fn scan<'a>(
    entry: &'a Entry,
    compare: impl Fn((From, &'a Arc<Attributes>), (From, &'a Arc<Attributes>)) -> Ordering,
) -> Option<From> {
    let best = entry.routes().reduce(|best, one| if compare(one, best) == Ordering::Less { one } else { best });
    best.map(|(from, _)| from)
}

/// A route that lost at one of these was as good: it may be used beside the chosen one.
pub fn is_tie(step: Step) -> bool {
    TIES.contains(&step)
}
