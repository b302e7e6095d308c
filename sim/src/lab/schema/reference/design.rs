//! Briefs: what is left to others, and what passes.

use super::Sort::{Map, Names, Other, Text};
use super::network::lab;
use super::{Form, Group, Word, words};

const DESIGN: &[Word] = words! {
    /// The cluster of the file is as somebody has left it; this says what has to come of it.
    design(
        /// The brief.
        say["required"]: Text,
        /// Fields of `cluster` that are left to whoever designs.
        free["[\"plugin\"]"]: Names("fields: `plugin`, `environment`, `pod_network`, `pod_subnet`, `mtu`"),
        /// What has to hold with a design.
        goals["required"]: Map("check"),
        /// Clusters that pass.
        passes["required"]: Map("design answer"),
        /// Clusters that tempt and fail.
        fails["required"]: Map("design answer"),
    )
};

const ANSWERS: &[Word] = words! {
    /// A cluster somebody might hand in.
    answer(
        /// The fields it sets.
        cluster["required"]: Other("fields of `cluster`, such as `(plugin: FlannelVxlan())`"),
        /// What to say to it.
        say: Text,
    )
};

pub const GROUPS: &[Group] = &[
    Group {
        name: "design",
        title: "Design",
        says: "What stands as `design`. Whoever designs hands in a file `Design(format: 1, brief: \"…\", cluster: (…), because: \"…\")`.",
        form: Form::Plain,
        words: DESIGN,
        example: lab!("design: @"),
    },
    Group {
        name: "design answer",
        title: "Designs that pass and fail",
        says: "What stands in the `passes` and `fails` of `design`.",
        form: Form::Plain,
        words: ANSWERS,
        example: lab!("design: (say: \"x\", goals: {}, passes: {\"p\": @}, fails: {})"),
    },
];
