//! Moments, and those that would never come.

use std::collections::BTreeSet;

use crate::engine::When;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::lower::directory::Directory;
use crate::lab::schema::{Lab, Moment, Traffic};
use crate::lab::source::{Span, Spanned};
use crate::time::SimTime;

/// A moment with its names resolved. `Quiet` is none: it is the end of a run.
pub fn when(moment: &Moment, names: &Directory, found: &mut Findings) -> Option<When> {
    match moment {
        Moment::At(span) => Some(When::At(SimTime::ZERO + *span)),
        Moment::Done(flow) => names.flow(flow, found).map(When::Done),
        Moment::Answered(flow, count) => names.flow(flow, found).map(|flow| When::Answered(flow, *count)),
        Moment::Event(event) => names.event(event, found).map(When::Event),
        Moment::After(base, span) => when(base, names, found).map(|base| When::After(Box::new(base), *span)),
        Moment::Quiet => None,
    }
}

/// What a moment waits for.
fn waits_for(moment: &Moment) -> Option<&Spanned<String>> {
    match moment {
        Moment::Done(name) | Moment::Answered(name, _) | Moment::Event(name) => Some(name),
        Moment::After(base, _) => waits_for(base),
        Moment::At(_) | Moment::Quiet => None,
    }
}

fn start(traffic: &Traffic) -> Option<&Moment> {
    match traffic {
        Traffic::Ping(ping) => Some(&ping.start),
        Traffic::Udp(udp) => Some(&udp.start),
        Traffic::Request(request) => Some(&request.start),
        Traffic::MacFlood(flood) => Some(&flood.start),
        Traffic::Sniff(_) => None,
    }
}

/// Flows and events that wait for themselves.
pub fn circles(lab: &Lab, found: &mut Findings) {
    let flows = lab.traffic.iter().filter_map(|named| Some((&named.name, start(named.value.as_ref()?)?)));
    let events = lab.events.iter().filter_map(|named| Some((&named.name, &named.value.as_ref()?.at)));
    let waits: Vec<(&Spanned<String>, &Spanned<String>)> =
        flows.chain(events).filter_map(|(name, moment)| Some((name, waits_for(moment)?))).collect();
    let mut told: BTreeSet<Span> = BTreeSet::new();
    for (name, first) in &waits {
        let mut circle = vec![*name];
        let mut next = *first;
        // Each name waits for at most one other, so the way either ends or comes back within as many steps.
        while next.value != name.value && circle.len() <= waits.len() {
            circle.push(next);
            match waits.iter().find(|(waiting, _)| waiting.value == next.value) {
                Some((_, further)) => next = further,
                None => break,
            }
        }
        if next.value != name.value || !told.insert(name.span) {
            continue;
        }
        if waits
            .iter()
            .any(|(n, _)| told.contains(&n.span) && n.span != name.span && circle.iter().any(|c| c.value == n.value))
        {
            continue;
        }
        let names: Vec<&str> = circle.iter().map(|name| name.value.as_str()).chain([name.value.as_str()]).collect();
        let finding = Finding::new(Code::NeverHappens, format!("`{}` waits for itself", name.value), first.span);
        found.push(finding.label(names.join(" waits for ")).help("start one of them at a time: \"5ms\""));
    }
}
