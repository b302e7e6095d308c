//! A second run beside the first: the same lab as another variant, at the same packet.
//!
//! Packets of two runs have nothing in common but what they are for: the third packet of a flow here is the third packet
//! of that flow there, whatever is put in front of it on the way. What ARP asks meanwhile is not counted, as one run may
//! have to ask and the other not.

use overunder_sim::engine::Verdict;
use overunder_sim::id::{EventNo, FrameId};
use overunder_sim::lang::Lang;
use overunder_sim::time::SimTime;

use crate::app::beside::{self, Held};
use crate::app::extra::Extra;
use crate::app::history::{LAYERS, Moment, Via};
use crate::app::lab::Lab;
use crate::app::model::Model;
use crate::app::session::{Moved, Session};
use crate::app::sizes::Sizes;

/// Steps of the other run that are looked at.
const MOST: usize = 50_000;

/// Another run of the lab.
#[derive(Debug)]
pub struct Against {
    /// The variant it is of.
    pub variant: String,
    session: Session,
    /// The event and branch for which [`Against::trips`] was found.
    key: Option<(EventNo, usize)>,
    /// The packet of the present step here and there; nothing there when the other run has no such packet.
    pub trips: Option<(Trip, Option<Trip>)>,
    /// Rows of the tables here and there, at that packet.
    pub held: Option<[Held; 2]>,
    /// What both do with packets of other sizes, once somebody asked.
    pub sizes: Option<Sizes>,
    /// The other run stands on the left.
    pub swapped: bool,
    /// Somebody asks where the extra bytes come from.
    pub asked: bool,
    /// The answer, where the packet was on a cable in both runs.
    pub extra: Option<Extra>,
}

/// The way of a packet, as far as it was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trip {
    /// What the packet is.
    pub text: String,
    /// Where it was, step by step.
    pub hops: Vec<Hop>,
    /// Where the cursor stands among them.
    pub at: usize,
}

/// A step of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The device it came to.
    pub device: String,
    /// Bytes of the frame, if a cable brought it.
    pub on_cable: Option<u32>,
    /// When.
    pub time: SimTime,
    /// The step itself.
    pub event: EventNo,
    /// What became of the packet there.
    pub verdict: Option<Verdict>,
}

impl Trip {
    /// The steps up to the cursor.
    pub fn behind(&self) -> &[Hop] {
        self.hops.get(..=self.at).unwrap_or(&self.hops)
    }

    /// The largest frame on a cable so far.
    pub fn largest(&self) -> Option<u32> {
        self.behind().iter().filter_map(|hop| hop.on_cable).max()
    }

    /// Where that frame came off its cable, by its number among the steps.
    pub fn widest(&self) -> Option<usize> {
        (0..self.behind().len()).filter(|at| self.hops[*at].on_cable.is_some()).max_by_key(|at| self.hops[*at].on_cable)
    }

    /// Nanoseconds from its first step to the cursor.
    pub fn lasted(&self) -> u64 {
        let ends = self.hops.first().zip(self.behind().last());
        ends.map_or(0, |(first, last)| last.time.since(first.time).0)
    }

    /// Where each stretch begins: at the start, and wherever a cable ends.
    fn stretches(&self) -> Vec<usize> {
        let cables = self.hops.iter().enumerate().skip(1).filter(|(_, hop)| hop.on_cable.is_some());
        std::iter::once(0).chain(cables.map(|(at, _)| at)).collect()
    }

    /// Puts the cursor where another packet's is: behind as many cables, and as many steps from there if there are.
    fn lock(&mut self, other: &Self) {
        let theirs = other.stretches();
        let stretch = theirs.partition_point(|begin| *begin <= other.at) - 1;
        let steps = other.at - theirs[stretch];
        let own = self.stretches();
        let begin = own.get(stretch).copied().unwrap_or(self.hops.len() - 1);
        let end = own.get(stretch + 1).copied().unwrap_or(self.hops.len());
        self.at = (begin + steps).min(end - 1);
    }
}

/// Puts another variant beside this run; without a name, takes it away.
pub fn set(model: &mut Model, variant: &str) -> Result<(), String> {
    let words = model.words();
    let lang = model.lang();
    let bench = model.bench_mut().ok_or(words.not_here)?;
    if variant.is_empty() {
        bench.against = None;
        return Ok(());
    }
    if bench.session.masked(EventNo(u64::MAX)) {
        return Err(words.is_masked.to_owned());
    }
    let Some(file) = bench.lab.file.clone() else { return Err(words.not_here.to_owned()) };
    let told = |found: Vec<overunder_sim::lab::Finding>| {
        found.first().map_or_else(String::new, |finding| format!("{}; {}", finding.message, finding.helps.join("; ")))
    };
    let lab = Lab::of(&bench.lab.name, &file, Some(variant), bench.lab.seed).map_err(told)?;
    let session = to_the_end(&lab, lang)?;
    bench.against = Some(Against {
        variant: lab.variant,
        session,
        key: None,
        trips: None,
        held: None,
        sizes: None,
        swapped: false,
        asked: false,
        extra: None,
    });
    bench.focus = crate::app::model::Pane::Compare;
    Ok(())
}

/// Puts the other run on the left, or back on the right.
pub fn swap(model: &mut Model) -> Result<(), String> {
    let against = other(model)?;
    against.swapped = !against.swapped;
    Ok(())
}

/// Asks where the extra bytes come from, or no longer.
pub fn ask(model: &mut Model) -> Result<(), String> {
    let against = other(model)?;
    against.asked = !against.asked;
    against.key = None;
    if let Some(bench) = model.bench_mut() {
        bench.places.compare = 0;
        bench.focus = crate::app::model::Pane::Compare;
    }
    Ok(())
}

fn other(model: &mut Model) -> Result<&mut Against, String> {
    let words = model.words();
    let bench = model.bench_mut().ok_or(words.not_here)?;
    let others = bench.lab.others().count();
    let alone = if others == 0 { words.against_none } else { words.against_alone };
    bench.against.as_mut().ok_or_else(|| alone.to_owned())
}

/// A run of a lab from its start.
pub fn to_the_end(lab: &Lab, lang: Lang) -> Result<Session, String> {
    let mut session = lab.begin(lang)?;
    while session.history().moments().len() < MOST && !session.is_over() && session.forward() == Moved::Yes {}
    Ok(session)
}

/// The lengths of a flow's frames on cables, one for each cable they crossed.
pub fn on_cables(session: &Session, flow: usize) -> impl Iterator<Item = u32> {
    let moments = session.history().moments().iter();
    let own = moments.filter(move |moment| is_own(moment) && moment.flow.index() == flow);
    own.filter(|moment| matches!(moment.via, Via::Cable(..))).map(|moment| moment.len)
}

impl Against {
    /// What is known of both runs, the left one first.
    pub fn sides<T>(&self, [here, there]: [T; 2]) -> [T; 2] {
        if self.swapped { [there, here] } else { [here, there] }
    }

    /// Goes to the packet of the present step.
    pub fn follow(&mut self, here: &mut Session) {
        let key = (here.event(), here.timeline().current());
        if self.key == Some(key) {
            return;
        }
        self.key = Some(key);
        self.trips = here.moment().and_then(|moment| {
            let n = packets(here, moment).position(|root| root == moment.root)?;
            let own = trip(here, moment.root, moment.event)?;
            let name = &here.world().flows().get(moment.flow.index())?.name;
            Some((own, self.there(name, n)))
        });
        self.held = None;
        self.extra = None;
        if let Some((own, Some(other))) = &mut self.trips {
            other.lock(own);
            let event = other.hops[other.at].event;
            self.session.go_to_event(event);
            self.held = Some([beside::held(here.world()), beside::held(self.session.world())]);
            if self.asked {
                self.extra = Extra::of([(here, own), (&mut self.session, other)]);
            }
        }
    }

    /// The packet of a flow with a number, in the other run.
    fn there(&self, flow: &str, n: usize) -> Option<Trip> {
        let session = &self.session;
        let flow = session.world().flows().iter().position(|known| known.name == flow)?;
        let moments = session.history().moments();
        let first = moments.iter().find(|moment| is_own(moment) && moment.flow.index() == flow)?;
        let root = packets(session, first).nth(n)?;
        trip(session, root, EventNo(0))
    }
}

/// Whether a step is one of a packet of a flow, and not of what ARP asks for it.
fn is_own(moment: &Moment) -> bool {
    let arp = LAYERS.iter().position(|layer| *layer == "arp").map_or(0, |at| 1 << at);
    moment.frame != FrameId::NONE && moment.layers & arp == 0 && moment.flow != overunder_sim::id::FlowId::NONE
}

/// The packets of the flow of a moment, in the order in which they were first seen.
fn packets(session: &Session, like: &Moment) -> impl Iterator<Item = FrameId> {
    let mut roots = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for moment in session.history().moments().iter().filter(|moment| is_own(moment) && moment.flow == like.flow) {
        if known.insert(moment.root) {
            roots.push(moment.root);
        }
    }
    roots.into_iter()
}

fn trip(session: &Session, root: FrameId, at: EventNo) -> Option<Trip> {
    let history = session.history();
    let mut trip = Trip::default();
    for moment in history.moments().iter().filter(|moment| is_own(moment) && moment.root == root) {
        // The first step may be that a program begins, the second one has a packet.
        if trip.hops.len() < 2 {
            history.text(moment).clone_into(&mut trip.text);
        }
        if moment.event <= at {
            trip.at = trip.hops.len();
        }
        trip.hops.push(Hop {
            device: session.world().device_name(moment.device).to_owned(),
            on_cable: matches!(moment.via, Via::Cable(..)).then_some(moment.len),
            time: moment.time,
            event: moment.event,
            verdict: moment.verdict.map(|(verdict, _)| verdict),
        });
    }
    (!trip.hops.is_empty()).then_some(trip)
}
