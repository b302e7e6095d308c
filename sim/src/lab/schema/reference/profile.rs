//! Cost profiles: what the work of computers costs.

use super::Sort::{Map, Other, Text, Time, Whole, Words};
use super::{Form, Group, Sort, Word, words};

/// Where a profile stands.
pub const PROFILE: Sort =
    Other("`\"ideal\"`, `\"server\"`, `\"server-offload\"`, `\"small-vm\"`, or a profile of its own, `(…)`");

const PROFILES: &[Word] = words! {
    /// A profile like another one but for what is given.
    Profile(
        /// The profile to begin with.
        like["required"]: Words(&["\"server\"", "\"server-offload\"", "\"small-vm\""]),
        /// What reports call it.
        name["what is other"]: Text,
        /// Cores; all packets of one flow meet the same one.
        cores: Whole,
        /// Bytes of one TCP connection that pass the kernel as one packet when they wait together; 0 is no segmentation
        /// offload, 65536 the most.
        offload: Whole,
        /// Sets of rules, of a service proxy or of policies, that each packet meets which a node routes.
        rule_sets: Whole,
        /// What single costs come to: `{"encap": "1us", "crypto": (packet: "350ns", byte: "600ps")}`.
        prices: Map("price"),
    )
};

const PRICES: &[Word] = words! {
    /// What one piece of work costs. A time alone is for each packet: `"650ns"`.
    Price(
        /// For each packet, whatever its length.
        packet["\"0ns\""]: Time,
        /// For each of its bytes, to be multiplied: `"150ps"`.
        byte["\"0ps\""]: Other("time, `\"150ps\"` or `\"0.15ns\"`"),
    )
};

pub(super) const GROUPS: &[Group] = &[
    Group {
        name: "profile",
        title: "Cost profiles",
        says: "What stands as `profile` where none of the names fits.",
        form: Form::Plain,
        words: PROFILES,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Hub()}, profile: @)",
    },
    Group {
        name: "price",
        title: "Prices",
        says: "What stands in the `prices` of a cost profile, by the name of the cost.",
        form: Form::Plain,
        words: PRICES,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Hub()}, profile: (like: \"server\", prices: {\"encap\": @}))",
    },
];
