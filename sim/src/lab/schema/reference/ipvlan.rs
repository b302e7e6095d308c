//! Ipvlan devices.

use super::Sort::Words;
use super::{Form, Group, Word, words};

pub(super) const MODES: &[&str] = &["L2", "L3", "L3s"];
pub(super) const FLAGS: &[&str] = &["Bridge", "Private", "Vepa"];

const CHILDREN: &[Word] = words! {
    /// An ipvlan device. Mode and flag are those of the card: what the last child says holds for all.
    ipvlan_child(
        /// Children speak ARP and are sorted by IP address; they speak none and are routed by their host; the same, and
        /// its packet filter sees what comes in.
        mode["required"]: Words(MODES),
        /// Children of one card reach each other, or do not, or only by way of what is outside.
        flag["Bridge"]: Words(FLAGS),
    )
};

const CHILD: Group = Group {
    name: "ipvlan-child",
    title: "Ipvlan children",
    says: "What stands among the `children` of an `Ipvlan`.",
    form: Form::Plain,
    words: CHILDREN,
    example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Linux(devices: {\"d\": Ipvlan(children: {\"c\": @})})})",
};

pub(super) const GROUPS: &[Group] = &[CHILD];
