//! Routing protocols.

use super::Sort::{Flag, Names, Time, Words};
use super::{Form, Group, Word, words};

const PROTOCOLS: &[Word] = words! {
    /// RIP version 2 on all interfaces with an address: every router tells its neighbours how far it thinks all networks
    /// are. Its tables are `rip` and `rib`.
    Rip(
        /// What is told to those a route was heard from: the same as to everybody, nothing, or that it leads nowhere.
        split_horizon["On"]: Words(&["Off", "On", "Poison"]),
        /// Changes are told at once, and not only with the next regular update.
        triggered["true"]: Flag,
        /// From one regular update to the next.
        update["\"30s\""]: Time,
        /// Each update comes so much earlier or later at most.
        jitter["\"5s\", at most a sixth of `update`"]: Time,
        /// When the first regular update is sent.
        first["\"1s\""]: Time,
        /// A route that nobody repeats for so long is gone.
        timeout["\"180s\""]: Time,
        /// So long the end of a route is told before it is forgotten.
        garbage["\"120s\""]: Time,
        /// Interfaces on which it listens and does not speak.
        passive["none"]: Names("interfaces"),
    )
};

pub(super) const GROUPS: &[Group] = &[Group {
    name: "protocol",
    title: "Routing protocols",
    says: "`Rip(…)` stands as `routing` of the lab, which then goes for all its routers, of a `Router` or of a `Stack`. It is \
           version 2, on all interfaces with an address; its tables are `rip` and `rib`. Where the lab has one, a router may \
           change parts of it with brackets alone: `routing: (first: \"11s\")`.",
    form: Form::Kind,
    words: PROTOCOLS,
    example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Router(ips: {\"eth0\": \"10.0.0.1/24\"}, routing: @)})",
}];
