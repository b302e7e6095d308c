//! Two nodes and a pod on each, tried: whether the network below carries what a plugin sends, and what stops it.

use std::net::Ipv4Addr;

use crate::cni::Plugin;
use crate::device::fabric::{Clause, tables};
use crate::engine::{Entry, Verdict, World};
use crate::environment::{Environment, OPEN};
use crate::explain::Reason;
use crate::id::FlowId;
use crate::lab::diagnostic::Findings;
use crate::lab::lower::lower;
use crate::lab::run::EVENT_BUDGET;
use crate::lab::schema::cluster::{Cluster, Member, Pods};
use crate::lab::schema::environment::Provider;
use crate::lab::schema::lab::LINTS;
use crate::lab::schema::traffic::{Ping, Traffic};
use crate::lab::schema::when::Moment;
use crate::lab::schema::{Lab, Named};
use crate::lab::source::Spanned;
use crate::lang::Lang;
use crate::plan::world;
use crate::time::SimDuration;

/// The first packet that was thrown away, and by which rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropped {
    /// What the device said.
    pub reason: Reason,
    /// The number its sentence names.
    pub n: Option<u64>,
    /// The rule of the environment, if it was one.
    pub clause: Option<Clause>,
}

impl Dropped {
    /// `fabric.closed-protocol: IP protocol 4 is not open towards this machine`.
    pub fn sentence(&self, lang: Lang) -> String {
        let mut text = String::new();
        let mut rest = lang.pick(self.reason.en, self.reason.zh);
        while let Some((before, name, after)) = rest
            .split_once('{')
            .and_then(|(before, rest)| rest.split_once('}').map(|(name, after)| (before, name, after)))
        {
            text.push_str(before);
            match (name, self.n) {
                ("n", Some(n)) => text.push_str(&n.to_string()),
                (name, _) => text.extend(["<", name, ">"]),
            }
            rest = after;
        }
        format!("{}: {text}{rest}", self.reason.slug)
    }

    /// Who says so: the source of the rule, when it was read, how well it is known.
    pub fn source(&self) -> String {
        match self.clause {
            Some(clause) => format!("{} ({}, {})", clause.source, clause.as_of, clause.confidence.word()),
            None => self.reason.source.to_owned(),
        }
    }
}

/// The first drops of each flow in a run: by a rule of the environment, and by anything else of its own packets.
#[derive(Clone, Debug)]
pub struct Watch {
    environment: Option<&'static Environment>,
    first: Vec<[Option<Dropped>; 2]>,
}

impl Watch {
    /// For so many flows.
    pub fn new(environment: Option<&'static Environment>, flows: usize) -> Self {
        Self { environment, first: vec![[None; 2]; flows] }
    }

    /// Looks at what the last event wrote into the log.
    pub fn observe(&mut self, world: &World) {
        for entry in world.log().entries() {
            let Entry::Decision { decision, .. } = entry else { continue };
            let Some([ruled, other]) = self.first.get_mut(usize::from(decision.origin.flow.0)) else { continue };
            if decision.verdict != Verdict::Drop {
                continue;
            }
            let dropped = |clause| Dropped { reason: decision.reason, n: Some(decision.n), clause };
            if decision.reason.slug.starts_with("fabric.") {
                let rule = decision.row.filter(|row| row.table == tables::RULES);
                let rules = self.environment.map_or(&[][..], |environment| environment.rules);
                ruled.get_or_insert_with(|| dropped(rule.and_then(|row| rules.get(row.key as usize).copied())));
            } else if decision.origin.own && !decision.reason.slug.starts_with("nic.") {
                other.get_or_insert_with(|| dropped(None));
            }
        }
    }

    /// What stopped a flow: a rule rather than what came of it; else why its sender gave up.
    pub fn stopped(&self, world: &World, flow: FlowId) -> Option<Dropped> {
        let [ruled, other] = self.first.get(usize::from(flow.0)).copied().unwrap_or_default();
        let failed = || world.flow_stats(flow).and_then(|stats| stats.failed);
        ruled.or(other).or_else(|| failed().map(|reason| Dropped { reason, n: None, clause: None }))
    }
}

/// What a user of an environment can change about it, the least trouble first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// IP protocol 4 is opened.
    Open4,
    /// An address pair for the range of all pods, at every port.
    Range,
    /// An address pair for each pod.
    Pods,
    /// Checks are off.
    Unchecked,
    /// Checks are off, and the network has routes to the pods.
    Routed,
}

impl Remedy {
    /// Those that an environment has.
    pub fn of(is: &Environment) -> Vec<Self> {
        let asks = is.rules.iter().any(|clause| clause.rule == crate::device::fabric::Rule::Closed);
        let all = [Self::Open4, Self::Range, Self::Pods, Self::Unchecked, Self::Routed];
        let has = |remedy: &Self| match remedy {
            Self::Open4 => asks,
            Self::Range | Self::Pods => is.most_pairs > 0,
            Self::Unchecked => true,
            Self::Routed => is.has_routes,
        };
        all.into_iter().filter(has).collect()
    }

    /// What is typed between the brackets of the environment.
    pub const fn typed(self) -> &'static str {
        match self {
            Self::Open4 => "open: [1, 6, 17, 4]",
            Self::Range => "pairs: [\"10.244.0.0/16\"]",
            Self::Pods => "pairs: Pods",
            Self::Unchecked => "check: false",
            Self::Routed => "check: false, routes: true",
        }
    }

    /// In words.
    pub fn words(self, is: &Environment, lang: Lang) -> String {
        let off = lang.pick(is.off, is.off_zh);
        match self {
            Self::Open4 => lang.pick("protocol 4 is opened", "放行协议 4").to_owned(),
            Self::Range => lang.pick("address pairs name the pods' range", "地址对写上 Pod 网段").to_owned(),
            Self::Pods => lang
                .pick(
                    "each pod has an address pair with its hardware address, at most 10 a port",
                    "每个 Pod 一个带硬件地址的地址对,每端口至多 10 个",
                )
                .to_owned(),
            Self::Unchecked => off.to_owned(),
            Self::Routed => {
                format!("{off}{}", lang.pick(", and the network has routes to the pods", ",并在网络里为 Pod 加路由"))
            }
        }
    }

    fn make(self, provider: &mut Provider, network: (Ipv4Addr, u8)) {
        match self {
            Self::Open4 => provider.open = OPEN.into_iter().chain([4]).collect(),
            Self::Range => provider.pairs = vec![network],
            Self::Pods => provider.pod_pairs = Some(provider.span),
            Self::Unchecked => provider.check = false,
            Self::Routed => (provider.check, provider.routes) = (false, true),
        }
    }
}

/// A cluster of two nodes.
#[derive(Clone, Debug)]
pub struct Trial {
    cluster: Cluster,
}

impl Trial {
    /// The cluster of an author, cut down to these two of its nodes, with a pod on each. Rows are there from the start.
    pub fn of(cluster: &Cluster, nodes: [&Member; 2]) -> Self {
        let mut cluster = cluster.clone();
        cluster.settings = cluster.settings.known_from_the_start();
        cluster.nodes = nodes.into_iter().cloned().collect();
        let pod = |at: usize| {
            let node = &cluster.nodes[at].name;
            (Spanned::new(format!("pod-of-{}", node.value), node.span), node.clone())
        };
        cluster.pods = Pods::Named(vec![pod(0), pod(1)]);
        Self { cluster }
    }

    /// The same with something changed about the environment.
    pub fn with(&self, remedy: Remedy) -> Self {
        let mut trial = self.clone();
        let network = trial.cluster.network.value;
        if let Some(provider) = &mut trial.cluster.environment {
            remedy.make(provider, network);
        }
        trial
    }

    /// The same with another plugin.
    pub fn with_plugin(&self, plugin: &'static Plugin) -> Self {
        let mut trial = self.clone();
        let span = trial.cluster.plugin.as_ref().map_or(trial.cluster.span, |plugin| plugin.span);
        trial.cluster.plugin = Some(Spanned::new(plugin, span));
        trial.cluster.settings = crate::cni::Settings::usual(plugin.params).known_from_the_start();
        (trial.cluster.given, trial.cluster.pod_mtu) = (Vec::new(), None);
        trial
    }

    /// Runs it. `Ok(None)` when the pods reach each other; nothing when the lab cannot be built.
    pub fn run(&self) -> Option<Result<(), Option<Dropped>>> {
        let Pods::Named(pods) = &self.cluster.pods else { return None };
        let ping = Ping {
            from: pods[0].0.clone(),
            to: pods[1].0.clone(),
            count: None,
            every: None,
            size: None,
            df: None,
            start: Moment::At(SimDuration::ZERO),
        };
        let name = Spanned::new("ping".to_owned(), self.cluster.span);
        let lab = Lab {
            seed: 1,
            head: self.cluster.span,
            allow: LINTS.to_vec(),
            cluster: Some(self.cluster.clone()),
            traffic: vec![Named { name, value: Some(Traffic::Ping(ping)) }],
            ..Lab::default()
        };
        let mut found = Findings::default();
        let lowered = lower(&lab, &mut found);
        if found.has_errors() {
            return None;
        }
        let mut world = world::build(&lowered.plan).ok()?;
        world.set_logging(true);
        let flow = FlowId(0);
        let mut watch = Watch::new(self.cluster.environment.as_ref().map(|chosen| chosen.is), 1);
        let done = |world: &World| {
            world.flow_stats(flow).is_some_and(|stats| stats.received > 0 || stats.failed.is_some()) || world.is_quiet()
        };
        for _ in 0..EVENT_BUDGET {
            if done(&world) || !world.step() {
                break;
            }
            watch.observe(&world);
        }
        let reached = world.flow_stats(flow).is_some_and(|stats| stats.received > 0);
        Some(if reached { Ok(()) } else { Err(watch.stopped(&world, flow)) })
    }
}
