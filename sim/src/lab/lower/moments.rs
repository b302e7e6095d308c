//! Moments, and those that would never come.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::When;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::directory::Directory;
use crate::lab::schema::section::not_yet;
use crate::lab::schema::{Lab, Moment, Traffic};
use crate::lab::source::Spanned;
use crate::time::SimTime;

/// A moment with its names resolved. `Quiet` and `Converged` are none: they are ends of a run.
pub fn when(moment: &Moment, names: &Directory, found: &mut Findings) -> Option<When> {
    match moment {
        Moment::At(span) => Some(When::At(SimTime::ZERO + *span)),
        Moment::Done(flow) => names.flow(flow, found).map(When::Done),
        Moment::Answered(flow, count) => names.flow(flow, found).map(|flow| When::Answered(flow, *count)),
        Moment::Event(event) => names.event(event, found).map(When::Event),
        Moment::After(base, span) => when(base, names, found).map(|base| When::After(Box::new(base), *span)),
        Moment::First(tree) => {
            not_yet("First", tree.head(), found);
            None
        }
        Moment::Quiet | Moment::Converged(_) => None,
    }
}

/// What a moment waits for.
fn waits_for(moment: &Moment) -> Option<&Spanned<String>> {
    match moment {
        Moment::Done(name) | Moment::Answered(name, _) | Moment::Event(name) => Some(name),
        Moment::After(base, _) => waits_for(base),
        Moment::At(_) | Moment::First(_) | Moment::Quiet | Moment::Converged(_) => None,
    }
}

fn start(traffic: &Traffic) -> Option<&Moment> {
    match traffic {
        Traffic::Ping(ping) => Some(&ping.start),
        Traffic::Udp(udp) => Some(&udp.start),
        Traffic::Tcp(tcp) => Some(&tcp.start),
        Traffic::Request(request) => Some(&request.start),
        Traffic::MacFlood(flood) => Some(&flood.start),
        Traffic::Raw(raw) => Some(&raw.start),
        Traffic::Sniff(_) => None,
    }
}

/// Flows and events that wait for themselves. Each waits for at most one other, so from every name one way leads on;
/// a way that comes back to itself is a circle, and is told once.
pub fn circles(lab: &Lab, found: &mut Findings) {
    let flows = lab.traffic.iter().filter_map(|named| Some((&named.name, start(named.value.as_ref()?)?)));
    let events = lab.events.iter().filter_map(|named| Some((&named.name, &named.value.as_ref()?.at)));
    let waits: Vec<(&Spanned<String>, &Spanned<String>)> =
        flows.chain(events).filter_map(|(name, moment)| Some((name, waits_for(moment)?))).collect();
    let next: BTreeMap<&str, &Spanned<String>> =
        waits.iter().map(|(name, next)| (name.value.as_str(), *next)).collect();
    let mut walked: BTreeSet<&str> = BTreeSet::new();
    for (name, first) in &waits {
        let mut way: Vec<&str> = Vec::new();
        let mut here = Some(name.value.as_str());
        while let Some(at) = here.filter(|at| walked.insert(at)) {
            way.push(at);
            here = next.get(at).map(|next| next.value.as_str());
        }
        let Some(from) = here.and_then(|here| way.iter().position(|at| *at == here)) else { continue };
        let circle: Vec<&str> = way[from..].iter().chain(&way[from..=from]).take(8).copied().collect();
        let span = next.get(circle[0]).map_or(first.span, |next| next.span);
        let finding = Finding::new(Code::NeverHappens, format!("`{}` waits for itself", circle[0]), span);
        found.push(finding.label(circle.join(" waits for ")).help("start one of them at a time: \"5ms\""));
    }
}
