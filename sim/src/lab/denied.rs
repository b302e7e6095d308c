//! An environment that denies what the plugin of a cluster needs: said before the lab runs, with what remains.
//!
//! Nothing is looked up for it. Two nodes of the cluster are tried with a pod on each; if a rule of the environment stops
//! them, each change that its user can make is tried, and each other plugin.

use crate::cni::{self, PLUGINS, Plugin};
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::schema::Lab;
use crate::lab::schema::cluster::{Cluster, Member};
use crate::lab::schema::environment::{BARE_METAL, Provider};
use crate::lab::source::Spanned;
use crate::lab::trial::{Dropped, Remedy, Trial};
use crate::lang::Lang;
use crate::wire::ipv4::mask;

/// The word that allows it.
const LINT: &str = "denied";
const ALLOW: &str = "to run it all the same and see the drop: --force; if that is the lesson: allow: [\"denied\"]";

/// Tries the cluster of a sound lab.
pub fn check(lab: &Lab, found: &mut Findings) {
    let Some(cluster) = lab.cluster.as_ref().filter(|_| !lab.allow.contains(&LINT) && !found.has_errors()) else {
        return;
    };
    let Some(plugin) = cluster.plugin.as_ref().filter(|plugin| found.is_news(Code::Denied, plugin.span)) else {
        return;
    };
    if nobody_to_ask(cluster, plugin, found) {
        return;
    }
    let Some(chosen) = &cluster.environment else { return };
    for nodes in pairs(cluster) {
        let trial = Trial::of(cluster, nodes);
        if let Some(Err(Some(dropped))) = trial.run()
            && dropped.reason.slug.starts_with("fabric.")
        {
            return found.push(denied(&trial, plugin, chosen, &dropped));
        }
    }
}

/// The first two nodes of one subnet, and the first two of different ones.
fn pairs(cluster: &Cluster) -> Vec<[&Member; 2]> {
    let Some(first) = cluster.nodes.first() else { return Vec::new() };
    let beside = |other: &Member| match (&first.ip, &other.ip) {
        (Some(a), Some(b)) => (a.value.0.to_bits() ^ b.value.0.to_bits()) & mask(a.value.1) == 0,
        _ => true,
    };
    let pair = |wanted: bool| cluster.nodes[1..].iter().find(|other| beside(other) == wanted);
    [true, false].into_iter().filter_map(pair).map(|other| [first, other]).collect()
}

/// A plugin that asks one provider for addresses, in the network of another.
fn nobody_to_ask(cluster: &Cluster, plugin: &Spanned<&'static Plugin>, found: &mut Findings) -> bool {
    let Some(offer) = cni::offer(plugin.value) else { return false };
    let here = cluster.environment.as_ref().map_or(BARE_METAL, |chosen| chosen.is.name);
    if here == offer.environment {
        return false;
    }
    let text =
        format!("`{}` asks {} for the addresses of pods, and this is {here}", plugin.value.name, offer.environment);
    let finding = Finding::new(Code::Denied, text, plugin.span).label("nobody answers here");
    let finding = match &cluster.environment {
        Some(chosen) => finding.also(chosen.span, "another provider"),
        None => finding,
    };
    let finding = finding.help(format!("environment: {}()", offer.environment));
    let own = PLUGINS.iter().find(|other| cni::offer(other).is_some_and(|offer| offer.environment == here));
    let other = own.map_or("FlannelVxlan", |other| other.name);
    found.push(finding.help(format!("plugin: {other}()")).help(ALLOW));
    true
}

fn denied(trial: &Trial, plugin: &Spanned<&'static Plugin>, chosen: &Provider, dropped: &Dropped) -> Finding {
    let (is, name) = (chosen.is, plugin.value.name);
    let works = |trial: &Trial| trial.run() == Some(Ok(()));
    let text = format!("pods of `{name}` do not reach each other: `{}` throws their packets away", is.name);
    let finding = Finding::new(Code::Denied, text, plugin.span).label(dropped.sentence(Lang::En));
    let finding = finding.also(chosen.span, format!("its rule: {}", dropped.source()));
    let finding = match Remedy::of(is).into_iter().find(|remedy| works(&trial.with(*remedy))) {
        Some(remedy) => finding.help(format!("environment: {}({})", is.name, remedy.typed())),
        None => finding,
    };
    let fits = |other: &&Plugin| cni::offer(other).is_none_or(|offer| offer.environment == is.name);
    let others = PLUGINS.iter().filter(fits).filter(|other| works(&trial.with_plugin(other)));
    let others: Vec<&str> = others.map(|other| other.name).collect();
    let finding = if others.is_empty() {
        finding
    } else {
        finding.help(format!("plugins it carries as it is: {}", list(others)))
    };
    finding.help(ALLOW)
}
