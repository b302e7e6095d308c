//! Which plugin to take: what remains in an environment after every need was asked about, and why each other one fell.
//!
//! Nothing is looked up: each plugin is a cell of the [`matrix`], run with as many pods as are wanted, and
//! each need is a question to what was seen in the run.

use super::matrix::{self, BROADCAST, Cell, MULTICAST, Obstacle, Place, Verdict};
use crate::cni::{PLUGINS, Plugin};
use crate::plan::Bilingual;

/// A need.
#[derive(Debug)]
pub struct Need {
    /// Its word.
    pub name: &'static str,
    /// What it asks.
    pub en: &'static str,
    /// The same in Chinese.
    pub zh: &'static str,
    asks: fn(&Cell) -> Option<Lack>,
}

/// All needs.
pub static NEEDS: &[Need] = &[
    Need {
        name: "l2", en: "pods share one segment", zh: "Pod 同在一个网段", asks: |cell| missing(cell, BROADCAST)
    },
    Need {
        name: "multicast",
        en: "groups reach pods of other nodes",
        zh: "组播能到达其他节点的 Pod",
        asks: |cell| missing(cell, MULTICAST),
    },
    Need { name: "speed", en: "no envelope on any packet", zh: "包上没有信封", asks: envelope },
    Need {
        name: "policy",
        en: "packets of pods pass their node's IP stack",
        zh: "Pod 的包经过节点协议栈",
        asks: policed,
    },
];

/// Why a plugin fell.
#[derive(Clone, Debug)]
pub enum Lack {
    /// It does not connect pods here, or not so many.
    Connection(Obstacle),
    /// Something else was in the way of a need.
    Blocked(Obstacle),
    /// It gives something else than is needed.
    Unfit(Bilingual),
}

/// What became of a plugin.
#[derive(Clone, Debug)]
pub struct Advice {
    /// Its cell.
    pub cell: Cell,
    /// The need that it fails and why; nothing for one that remains.
    pub fell: Option<(&'static str, Lack)>,
}

/// The need with a name.
pub fn find(name: &str) -> Option<&'static Need> {
    NEEDS.iter().find(|need| need.name == name)
}

/// What became of every plugin at a place, with so many pods on a node: first those that remain.
pub fn advise(place: &'static Place, needs: &[&'static Need], pods: u16) -> Vec<Advice> {
    let one = |plugin: &'static Plugin| {
        let cell = matrix::cell_with(plugin, place, pods.max(2));
        let fell = match (&cell.verdict, &cell.obstacle) {
            (Verdict::Fails, Some(obstacle)) => Some(("pods", Lack::Connection(obstacle.clone()))),
            _ => needs.iter().find_map(|need| Some((need.name, (need.asks)(&cell)?))),
        };
        Advice { cell, fell }
    };
    let mut all: Vec<Advice> = PLUGINS.iter().map(one).collect();
    // What works as it comes before what needs a change; the order of plugins otherwise.
    all.sort_by_key(|advice| (advice.fell.is_some(), advice.cell.verdict != Verdict::Works));
    all
}

fn missing(cell: &Cell, probe: usize) -> Option<Lack> {
    let obstacle = cell.tried.answers[probe].clone()?;
    if matches!(obstacle, Obstacle::Silence) {
        let en = "such frames of a pod come to no pod of another node: something routes, answers or filters between";
        return Some(Lack::Unfit(Bilingual::new(en, "Pod 的这类帧到不了其他节点的 Pod:中间有路由、代答或过滤")));
    }
    Some(Lack::Blocked(obstacle))
}

fn envelope(cell: &Cell) -> Option<Lack> {
    let bytes = cell.tried.envelope;
    (bytes > 0).then(|| {
        let (en, zh) = (format!("{bytes} bytes of envelope on every packet"), format!("每个包多 {bytes} 字节信封"));
        Lack::Unfit(Bilingual::new(en, zh))
    })
}

fn policed(cell: &Cell) -> Option<Lack> {
    (!cell.tried.policed).then(|| {
        let (en, zh) = (
            "no IP stack of the node sees packets of pods, so no rule can stand there",
            "节点协议栈看不到 Pod 的包,规则无处可放",
        );
        Lack::Unfit(Bilingual::new(en, zh))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remaining(place: &str, needs: &[&str], pods: u16) -> Vec<&'static str> {
        let needs: Vec<&Need> = needs.iter().map(|need| find(need).unwrap()).collect();
        let all = advise(matrix::find(place).unwrap(), &needs, pods);
        all.iter().filter(|advice| advice.fell.is_none()).map(|advice| advice.cell.plugin).collect()
    }

    #[test]
    fn the_usual_advice_comes_out_of_runs_with_its_exceptions() {
        let speed = |place| remaining(place, &["speed"], 2);
        assert_eq!(speed("aws-subnets"), ["VpcCni", "Bridge"], "the provider's, or routes of the network");
        assert_eq!(speed("alibaba")[0], "Terway");
        assert_eq!(speed("metal"), ["FlannelHostGw", "CalicoNone", "CalicoBgp", "Macvlan", "Ipvlan", "Sriov"]);
        assert_eq!(remaining("openstack", &["l2"], 2), ["MulticastVxlan", "Weave", "Macvlan", "Ipvlan", "Sriov"]);
        assert_eq!(remaining("gcp", &["multicast"], 2), ["Weave"]);
        assert!(!remaining("metal", &["policy"], 2).contains(&"Macvlan"));
    }

    #[test]
    fn what_is_counted_runs_out() {
        assert!(remaining("aws", &[], 27).contains(&"VpcCni"));
        let all = advise(matrix::find("aws").unwrap(), &[], 28);
        let own = all.iter().find(|advice| advice.cell.plugin == "VpcCni").unwrap();
        let Some((_, Lack::Connection(Obstacle::Refused(told)))) = &own.fell else { panic!("28 pods fit") };
        assert!(told.starts_with("L091"), "{told}");
    }
}
