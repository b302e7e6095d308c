//! What the processors of a run have done: numbers of a model, and told as such.

use serde_json::{Map, Value, json};

use crate::cost::COSTS;
use crate::engine::{Cpu, World};
use crate::id::NodeId;
use crate::lang::Lang;

fn cpus(world: &World) -> impl Iterator<Item = (&str, &Cpu)> {
    let nodes = world.nodes().iter().enumerate();
    nodes.filter_map(|(at, node)| Some((node.name.as_str(), world.cpu(NodeId(at as u32))?)))
}

/// The profiles that nodes of this world have, each once.
pub fn profiles(world: &World) -> Vec<String> {
    let mut found: Vec<String> = cpus(world).map(|(_, cpu)| cpu.profile.name.to_string()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// `model numbers, profile small-vm`; nothing where work costs nothing.
pub fn label(names: &[String], lang: Lang) -> Option<String> {
    let (names, plural) = (names.join(", "), if names.len() > 1 { "s" } else { "" });
    (!names.is_empty()).then(|| match lang {
        Lang::En => format!("model numbers, profile{plural} {names}"),
        Lang::Zh => format!("模型数值,成本模型 {names}"),
    })
}

/// A row for each node and cost, with headings: how often it was charged, and what that took.
pub fn rows(world: &World, lang: Lang) -> Vec<Vec<String>> {
    let heading: [&str; 5] = match lang {
        Lang::En => ["node", "profile", "work", "times", "time of its cores"],
        Lang::Zh => ["节点", "成本模型", "工作", "次数", "占用核的时间"],
    };
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for (node, cpu) in cpus(world) {
        let times: u64 = COSTS.iter().map(|name| cpu.spent(name.cost).times).sum();
        let all = lang.pick("all together", "合计");
        rows.push(row([node, &cpu.profile.name, all], times, cpu.busy()));
        for name in &COSTS {
            let spent = cpu.spent(name.cost);
            if spent.times > 0 {
                let work = format!("{} [{}]", lang.pick(name.en, name.zh), name.slug);
                rows.push(row(["", "", &work], spent.times, spent.time));
            }
        }
    }
    rows
}

fn row(names: [&str; 3], times: u64, time: crate::time::SimDuration) -> Vec<String> {
    names.map(str::to_owned).into_iter().chain([times.to_string(), time.to_string()]).collect()
}

/// The same for programs: by node, with the profile; nothing where work costs nothing.
pub fn json(world: &World) -> Option<Value> {
    let mut nodes = Map::new();
    for (node, cpu) in cpus(world) {
        let spent = COSTS.iter().map(|name| (name, cpu.spent(name.cost))).filter(|(_, spent)| spent.times > 0);
        let costs: Map<String, Value> = spent
            .map(|(name, spent)| (name.slug.to_owned(), json!({"times": spent.times, "time_ns": spent.time.0})))
            .collect();
        let told = json!({"profile": cpu.profile.name, "busy_ns": cpu.busy().0, "costs": costs});
        nodes.insert(node.to_owned(), told);
    }
    (!nodes.is_empty()).then(|| json!({"model": true, "nodes": nodes}))
}
