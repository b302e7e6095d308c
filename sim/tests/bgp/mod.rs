//! BGP in the simulator, FRR's `bgpd` and BIRD: after everything has settled each router knows the same paths for each
//! prefix, by the same neighbours, and has chosen the same one; before a failure and after. FRR names what decided, too.
//!
//! Ties are broken by the identifier on all sides: FRR and BIRD can be told to prefer the older path, as FRR does unless
//! `bgp bestpath compare-routerid` is set, and then the order of messages would decide.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use overunder_sim::engine::World;
use serde_json::Value;

use crate::daemons::{Daemon, Failure, Network};
use crate::{Trial, clique, grid, line, ring, rows, together};

/// A way to a prefix, as a router knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Path {
    /// The neighbour that told it; nobody for an own one.
    from: Option<String>,
    ases: String,
    /// Nothing for an own one.
    next_hop: Option<String>,
    local_pref: u32,
    /// One that is not there counts as 0.
    med: u32,
    best: bool,
}

/// What a router knows.
#[derive(Debug, Default, PartialEq)]
struct Known {
    paths: BTreeMap<String, BTreeSet<Path>>,
    /// By prefix the steps at which paths have lost. FRR names only one of them, BIRD none.
    steps: BTreeMap<String, BTreeSet<String>>,
}

/// What is special about a neighbour of a router.
#[derive(Clone, Copy, Debug, Default)]
struct Taste {
    local_pref: Option<u32>,
    med: Option<u32>,
    prepend: usize,
}

#[derive(Clone, Copy, Default)]
struct Map<'a> {
    count: usize,
    links: &'a [(usize, usize)],
    /// Routers of one AS on one network; the first one reflects for the others, who tell it their own address as next
    /// hop.
    inside: &'a [usize],
    /// Router, neighbour, what is special.
    tastes: &'a [(usize, usize, Taste)],
}

/// A neighbour of a router: who, the own address, and the other one.
struct Side {
    other: usize,
    own: String,
    there: String,
}

impl Map<'_> {
    fn asn(&self, router: usize) -> u32 {
        let lead = self.inside.first().filter(|_| self.inside.contains(&router));
        65001 + *lead.unwrap_or(&router) as u32
    }

    /// Against the order of the addresses, so that it is seen which of the two decides.
    fn id(router: usize) -> String {
        format!("10.255.0.{}", 99 - router)
    }

    fn reflects_for(&self, router: usize, other: usize) -> bool {
        self.inside.first() == Some(&router) && self.inside.contains(&other)
    }

    fn is_inside(&self, router: usize, other: usize) -> bool {
        self.inside.contains(&router) && self.inside.contains(&other)
    }

    fn taste(&self, router: usize, other: usize) -> Taste {
        let meant = |(own, far, _): &&(usize, usize, Taste)| (*own, *far) == (router, other);
        self.tastes.iter().find(meant).map(|(.., taste)| *taste).unwrap_or_default()
    }

    fn sides(&self, router: usize) -> Vec<Side> {
        let mut sides = Vec::new();
        for (at, (a, b)) in self.links.iter().enumerate() {
            let address = |host: u8| format!("10.0.{at}.{host}");
            match router {
                own if own == *a => sides.push(Side { other: *b, own: address(1), there: address(2) }),
                own if own == *b => sides.push(Side { other: *a, own: address(2), there: address(1) }),
                _ => {}
            }
        }
        let lan = |router: usize| format!("10.9.0.{}", router + 1);
        for &other in self.inside.iter().filter(|_| self.inside.contains(&router)) {
            if self.reflects_for(router, other) != self.reflects_for(other, router) {
                sides.push(Side { other, own: lan(router), there: lan(other) });
            }
        }
        sides
    }

    fn lab(&self) -> String {
        let mut nodes = String::new();
        for router in 0..self.count {
            let (mut ips, mut said) = (String::new(), String::new());
            for Side { other, own, .. } in self.sides(router) {
                let Taste { local_pref, med, prepend } = self.taste(router, other);
                let number = |name: &str, of: Option<u32>| of.map_or_else(String::new, |of| format!("{name}: {of}, "));
                let _ = write!(
                    said,
                    "\"r{other}\": (client: {}, next_hop_self: {}, {}{}prepend: {prepend}), ",
                    self.reflects_for(router, other),
                    self.reflects_for(other, router),
                    number("local_pref", local_pref),
                    number("med", med),
                );
                if !self.is_inside(router, other) {
                    let _ = write!(ips, "\"e{other}\": \"{own}/24\", ");
                }
            }
            if self.inside.contains(&router) {
                let _ = write!(ips, "\"lan\": \"10.9.0.{}/24\", ", router + 1);
            }
            let _ = writeln!(
                nodes,
                "\"r{router}\": Router(ips: {{{ips}}}, routing: (asn: {}, id: \"{}\",
                    networks: [\"10.200.{router}.0/24\"], neighbours: {{{said}}})),",
                self.asn(router),
                Self::id(router)
            );
        }
        let cables = self.links.iter().map(|(a, b)| format!("(\"r{a}:e{b}\", \"r{b}:e{a}\")"));
        let lan = self.inside.iter().map(|router| format!("(\"r{router}:lan\", \"sw\")"));
        let links: Vec<String> = cables.chain(lan).collect();
        if !self.inside.is_empty() {
            nodes.push_str("\"sw\": Switch(),");
        }
        let links = links.join(", ");
        format!(
            "Lab(format: 1, title: \"t\", idea: \"i\", routing: Bgp(), nodes: {{{nodes}}}, links: [{links}], TIMES)"
        )
    }

    fn frr(&self, router: usize) -> String {
        let (mut about, mut family, mut maps) = (String::new(), String::new(), String::new());
        let asn = self.asn(router);
        for Side { other, there, .. } in self.sides(router) {
            let _ = write!(
                about,
                " neighbor {there} remote-as {}\n neighbor {there} timers connect 1\n \
                 neighbor {there} advertisement-interval 0\n",
                self.asn(other)
            );
            if self.reflects_for(router, other) {
                let _ = writeln!(family, "  neighbor {there} route-reflector-client");
            }
            if self.reflects_for(other, router) {
                let _ = writeln!(family, "  neighbor {there} next-hop-self");
            }
            let Taste { local_pref, med, prepend } = self.taste(router, other);
            if let Some(local_pref) = local_pref {
                let _ = writeln!(family, "  neighbor {there} route-map in{other} in");
                let _ = write!(maps, "route-map in{other} permit 10\n set local-preference {local_pref}\n");
            }
            if med.is_some() || prepend > 0 {
                let _ = writeln!(family, "  neighbor {there} route-map out{other} out");
                let _ = writeln!(maps, "route-map out{other} permit 10");
                if let Some(med) = med {
                    let _ = writeln!(maps, " set metric {med}");
                }
                if prepend > 0 {
                    let _ = writeln!(maps, " set as-path prepend{}", format!(" {asn}").repeat(prepend));
                }
            }
        }
        format!(
            "router bgp {asn}\n bgp router-id {}\n no bgp ebgp-requires-policy\n no bgp network import-check\n \
             bgp bestpath compare-routerid\n timers bgp 3 9\n{about} address-family ipv4 unicast\n  \
             network 10.200.{router}.0/24\n{family} exit-address-family\n{maps}",
            Self::id(router)
        )
    }

    fn bird(&self, router: usize) -> String {
        let asn = self.asn(router);
        let mut text = format!(
            "router id {};\nprotocol device {{ scan time 1; }}\n\
             protocol static {{ ipv4; route 10.200.{router}.0/24 blackhole; }}\n",
            Self::id(router)
        );
        for Side { other, own, there } in self.sides(router) {
            let Taste { local_pref, med, prepend } = self.taste(router, other);
            let (mut before, mut after, mut more) = (String::new(), String::new(), "");
            if let Some(local_pref) = local_pref {
                let _ = write!(before, "bgp_local_pref = {local_pref}; ");
            }
            if let Some(med) = med {
                let _ = write!(after, "bgp_med = {med}; ");
            }
            after.push_str(&format!("bgp_path.prepend({asn}); ").repeat(prepend));
            if self.reflects_for(router, other) {
                more = "rr client;";
            }
            let hop = if self.reflects_for(other, router) { "next hop self;" } else { "" };
            let _ = writeln!(
                text,
                "protocol bgp {} {{ local {own} as {asn}; neighbor {there} as {}; direct; {more} hold time 9;
                    connect delay time 1; connect retry time 1; error wait time 1, 2;
                    ipv4 {{ {hop} import filter {{ {before}accept; }}; export filter {{ {after}accept; }}; }};\n}}",
                name(&there),
                self.asn(other),
            );
        }
        text
    }
}

/// The session with an address, as BIRD calls it.
fn name(address: &str) -> String {
    format!("with_{}", address.replace('.', "_"))
}

/// The table `bgp` of a router.
fn ours(world: &World, router: usize) -> Known {
    let mut known = Known::default();
    for row in rows(world, router, "bgp") {
        let own = row["from"] == "own";
        let given = |name: &str| (row[name] != "-").then(|| row[name].clone());
        let path = Path {
            from: given("from").filter(|_| !own),
            ases: if row["path"] == "local" { String::new() } else { row["path"].clone() },
            next_hop: given("next-hop"),
            local_pref: row["local-pref"].parse().unwrap(),
            med: given("med").map_or(0, |med| med.parse().unwrap()),
            best: row["state"] == "best",
        };
        assert!(path.best || row["state"] == "lost", "{row:?}");
        known.paths.entry(row["prefix"].clone()).or_default().insert(path);
        known.steps.entry(row["prefix"].clone()).or_default().extend(given("lost-at"));
    }
    known
}

/// FRR's words for what decided, as the table `bgp` has them.
fn step(reason: &str) -> &str {
    match reason {
        "Local Pref" => "LOCAL_PREF",
        "AS Path" => "AS_PATH length",
        "MED" => "MED",
        "Peer Type" => "eBGP over iBGP",
        "IGP Metric" => "IGP distance",
        "Router ID" => "router id",
        "Cluster length" => "CLUSTER_LIST length",
        "Neighbor IP" => "peer address",
        other => other,
    }
}

/// What FRR's `show bgp ipv4 unicast json` says, and for prefixes with several paths what decided.
fn of_frr(network: &Network, router: usize) -> Known {
    let mut known = Known::default();
    let text = network.asks(router, "show bgp ipv4 unicast json");
    let Ok(all) = serde_json::from_str::<Value>(&text) else { return known };
    for (prefix, paths) in all["routes"].as_object().into_iter().flatten() {
        let paths = paths.as_array().map(Vec::as_slice).unwrap_or_default();
        let number = |path: &Value, name: &str, plain: u32| path[name].as_u64().map_or(plain, |it| it as u32);
        for path in paths.iter().filter(|path| path["valid"] == Value::Bool(true)) {
            let from = path["peerId"].as_str().filter(|from| *from != "(unspec)").map(str::to_owned);
            let hop = path["nexthops"][0]["ip"].as_str().filter(|_| from.is_some());
            let one = Path {
                ases: path["path"].as_str().unwrap_or_default().to_owned(),
                next_hop: hop.map(str::to_owned),
                local_pref: number(path, "locPrf", 100),
                med: number(path, "metric", 0),
                best: path["bestpath"] == Value::Bool(true),
                from,
            };
            if let Some(reason) = path["selectionReason"].as_str().filter(|_| one.best && paths.len() > 1) {
                known.steps.entry(prefix.clone()).or_default().insert(step(reason).to_owned());
            }
            known.paths.entry(prefix.clone()).or_default().insert(one);
        }
    }
    known
}

/// What BIRD's `show route all` says.
fn of_bird(network: &Network, router: usize) -> Known {
    let mut known = Known::default();
    let mut prefix = String::new();
    let mut last: Option<Path> = None;
    let text = network.asks(router, "show route all");
    for line in text.lines().chain(["unicast"]) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["BGP.as_path:", ref ases @ ..] => last.as_mut().unwrap().ases = ases.join(" "),
            ["BGP.next_hop:", hop] => last.as_mut().unwrap().next_hop = Some(hop.to_owned()),
            ["BGP.local_pref:", liked] => last.as_mut().unwrap().local_pref = liked.parse().unwrap(),
            ["BGP.med:", med] => last.as_mut().unwrap().med = med.parse().unwrap(),
            _ => {}
        }
        // `10.200.1.0/24  unicast [with_10_0_0_2 12:00:00.000] * (100) [AS65002i]`; further ones do without the prefix.
        let Some(at) = words.iter().position(|word| ["unicast", "blackhole"].contains(word)) else { continue };
        if let Some(before) = last.take() {
            known.paths.entry(prefix.clone()).or_default().insert(before);
        }
        if at == 1 {
            words[0].clone_into(&mut prefix);
        }
        let Some(session) = words.get(at + 1) else { continue };
        let from = session.strip_prefix("[with_").map(|from| from.replace('_', "."));
        let best = words.contains(&"*");
        last = Some(Path { from, ases: String::new(), next_hop: None, local_pref: 100, med: 0, best });
    }
    known
}

/// Why the two do not say the same, if so: all paths must be equal, and what decided must be a step at which ours decided.
fn differ(ours: &[Known], theirs: &[Known]) -> Option<String> {
    for (router, (own, real)) in ours.iter().zip(theirs).enumerate() {
        let prefixes: BTreeSet<&String> = own.paths.keys().chain(real.paths.keys()).collect();
        if let Some(prefix) = prefixes.into_iter().find(|prefix| own.paths.get(*prefix) != real.paths.get(*prefix)) {
            let [own, real] = [own, real].map(|known| known.paths.get(prefix));
            return Some(format!("r{router} to {prefix}\nours {own:#?}\nreal {real:#?}"));
        }
        let wrong = |(prefix, named): &(&String, &BTreeSet<String>)| !named.is_subset(&own.steps[*prefix]);
        if let Some((prefix, named)) = real.steps.iter().find(wrong) {
            return Some(format!("r{router} to {prefix}: ours lost at {:?}, real {named:?}", own.steps[prefix]));
        }
    }
    None
}

fn compare(claim: &str, map: &Map<'_>, cut: usize) {
    let (links, count, failure) = (map.links, map.count, Failure::Cable(cut));
    let mut trial = Trial { claim, count, links, lab: map.lab(), failure, ours, real: Vec::new() };
    trial.beside(Daemon::Bgp, of_frr, |network| network.lan(map.inside), |router| map.frr(router));
    trial.beside(Daemon::Bird, of_bird, |network| network.lan(map.inside), |router| map.bird(router));
    trial.run(differ);
}

fn on_a_line() {
    compare("BGP on a line", &Map { count: 5, links: &line(5), ..Map::default() }, 1);
}

fn on_a_ring() {
    compare("BGP on a ring", &Map { count: 6, links: &ring(6), ..Map::default() }, 0);
}

fn on_a_clique() {
    compare("BGP on a clique", &Map { count: 5, links: &clique(5), ..Map::default() }, 0);
}

fn on_a_grid() {
    compare("BGP on a grid", &Map { count: 6, links: &grid(), ..Map::default() }, 2);
}

fn with_preferences() {
    let tastes = [
        (1, 2, Taste { local_pref: Some(200), ..Taste::default() }),
        (0, 3, Taste { prepend: 2, ..Taste::default() }),
        (2, 0, Taste { med: Some(50), prepend: 1, ..Taste::default() }),
    ];
    compare("BGP with preferences", &Map { count: 4, links: &clique(4), tastes: &tastes, ..Map::default() }, 4);
}

fn with_a_reflector() {
    // r0 reflects for r1, r2 and r3; r1 and r2 have a door each to r4.
    let map = Map { count: 5, links: &[(1, 4), (2, 4)], inside: &[0, 1, 2, 3], tastes: &[] };
    compare("BGP with a reflector", &map, 1);
}

fn with_a_reflector_and_med() {
    let tastes =
        [(4, 1, Taste { med: Some(20), ..Taste::default() }), (4, 2, Taste { med: Some(10), ..Taste::default() })];
    let map = Map { count: 5, links: &[(1, 4), (2, 4)], inside: &[0, 1, 2, 3], tastes: &tastes };
    compare("BGP with a reflector and MED", &map, 1);
}

#[test]
fn bgp_ends_with_the_paths_of_frr_and_bird() {
    together(&[
        on_a_line,
        on_a_ring,
        on_a_clique,
        on_a_grid,
        with_preferences,
        with_a_reflector,
        with_a_reflector_and_med,
    ]);
}
