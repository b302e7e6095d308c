//! Comparison suites: a bench, axes, and what is measured in every run.

use super::Sort::{Map, Name, Names, Of, Other, Text, Whole, Words};
use super::{Form, Group, Word, words};

const SUITES: &[Word] = words! {
    /// A file of its own: the same bench in all combinations of the values of its axes.
    Suite(
        /// The version of the format: 1.
        format["required"]: Whole,
        /// The name people see.
        title["required"]: Text,
        /// What is compared: a lab without a guide.
        bench["required"]: Of("bench"),
        /// What differs, by name of the axis; a run is named by its values, `gre+1400`.
        axes["required"]: Map("axis"),
        /// Combinations that are not run: those that have all values of one of these rules.
        skip: Other("`[{\"payload\": \"8900\", \"mtu\": \"1500\"}]`"),
        /// Values that are enough for a first look; axes that are not named keep all of theirs.
        quick: Other("`{\"payload\": [\"64\", \"1472\"]}`"),
        /// What is measured in every run.
        measure: Map("measure"),
        /// Figures that `compare` tells of every run, too: bytes, rows, work.
        account: Names("figures: `wire`, `wire-per-1000`, `frames`, `floods`, `control`, `rows`, `work-per-packet`, …"),
        /// What must hold at the end of every run; what compares whole runs with `In` is judged once.
        expect: Map("check"),
        /// A JSON file beside the suite with the values that were accepted.
        baseline: Text,
    )
};

const BENCHES: &[Word] = words! {
    /// The network and its traffic, as in a lab.
    bench(
        /// What the work of computers costs, as a model has it.
        profile["\"ideal\""]: super::profile::PROFILE,
        /// Seed of all random numbers: the same seed, the same run.
        seed["1"]: Whole,
        /// Findings that are meant and no slip.
        allow: Names("findings: `duplicate-address`, `mtu-too-small`, `unreachable`, `node-without-link`, …"),
        /// Computers, switches, containers, routers.
        nodes: Map("node"),
        /// Cables: `("ann", "sw:1")`, or with options `("ann", "sw:1", (delay: "5ms"))`.
        links: Other("`[(end, end), (end, end, (link options))]`"),
        /// Networks that containers join by name.
        overlays: Map("overlay"),
        /// Nodes with pods, joined by a plugin; with it `nodes` may be left out.
        cluster: Of("cluster"),
        /// What all routers speak.
        routing: Of("protocol"),
        /// What is sent, by name of the flow.
        traffic: Map("traffic"),
        /// What changes while the bench runs.
        events: Map("event"),
        /// When a run ends, if it is not quiet before.
        end["Quiet"]: Of("moment"),
    )
};

const AXES: &[Word] = words! {
    /// Values with names of yours, each with what it sets.
    Named(
        /// `{"gre": (set: {"net": Gre()})}`; `()` sets nothing.
        values["required"]: Map("variant"),
    )
    /// One field with one value after another; a run is named by the value.
    Each(
        /// A node, flow, overlay or link, a name with `*` at its end, or `"lab"`.
        place["required"]: Name("what is set"),
        /// A field of it.
        field["required"]: Name("a field"),
        /// Its values.
        values["required"]: Other("`[64, 1400]`"),
    )
};

const MEASURES: &[Word] = words! {
    /// A number of the run.
    measure(
        /// What is measured.
        value["required"]: Of("value"),
        /// Whether a larger or a smaller value is good news.
        better["required"]: Words(&["Lower", "Higher"]),
    )
};

macro_rules! suite {
    ($text:literal) => {
        concat!("Suite(format: 1, title: \"x\", ", $text, ")")
    };
}

/// Groups of this file.
pub const GROUPS: &[Group] = &[
    Group {
        name: "suite",
        title: "Suite",
        says: "A file that begins with `Suite(` compares the same traffic in many networks.",
        form: Form::Kind,
        words: SUITES,
        example: "@",
    },
    Group {
        name: "bench",
        title: "Bench",
        says: "What stands as `bench` of a suite.",
        form: Form::Plain,
        words: BENCHES,
        example: suite!("bench: @, axes: {\"a\": Named({\"on\": ()})}"),
    },
    Group {
        name: "axis",
        title: "Axes",
        says: "What stands in the `axes` of a suite.",
        form: Form::Call,
        words: AXES,
        example: suite!("bench: (nodes: {\"a\": Hub()}), axes: {\"a\": @}"),
    },
    Group {
        name: "measure",
        title: "Measures",
        says: "What stands in the `measure` of a suite.",
        form: Form::Plain,
        words: MEASURES,
        example: suite!("bench: (nodes: {\"a\": Hub()}), axes: {\"a\": Named({\"on\": ()})}, measure: {\"m\": @}"),
    },
];
