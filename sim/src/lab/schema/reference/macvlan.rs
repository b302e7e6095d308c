//! Macvlan devices.

use super::Sort::{Flag, Mac, Other, Whole, Words};
use super::{Form, Group, Word, words};

const MODES: &[&str] = &["Private", "Vepa", "Bridge", "Passthru", "Source"];

const CHILDREN: &[Word] = words! {
    /// A macvlan device.
    child(
        /// How it treats its siblings: it talks with none of them, by way of the switch, by itself; it has the card
        /// alone; or it hears by who sent a frame.
        mode["required"]: Words(MODES),
        /// Its address; in passthru mode always the card's.
        mac: Mac,
        /// In source mode: whose frames it gets copies of.
        sources: Other("`[\"02:00:00:00:00:01\"]`"),
        /// In source mode: nobody else gets what it got (`nodst`).
        takes["false"]: Flag,
    )
};

const SHARED: &[Word] = words! {
    /// A macvlan device of its own on the card: an address of its own, on the same cable.
    Macvlan(
        /// How it treats its siblings: it talks with none of them, by way of the switch, by itself; it has the card
        /// alone; or it hears by who sent a frame.
        mode["required"]: Words(MODES),
        /// In source mode: whose frames it gets copies of.
        sources: Other("`[\"02:00:00:00:00:01\"]`"),
        /// In source mode: nobody else gets what it got (`nodst`).
        takes["false"]: Flag,
    )
    /// An ipvlan device on the card: an IP address of its own behind the MAC address of the card.
    Ipvlan(
        /// Children speak ARP and are sorted by IP address; they speak none and are routed by their host; the same, and
        /// its packet filter sees what comes in. The last container on a card decides for all.
        mode["required"]: Words(super::ipvlan::MODES),
        /// Children of one card reach each other, or do not, or only by way of what is outside.
        flag["Bridge"]: Words(super::ipvlan::FLAGS),
    )
    /// A virtual function of the card: a card of its own, with a switch between it and the others that learns nothing.
    Vf(
        /// Its VLAN, 1 to 4094; the card puts the tag on and takes it off. 0 is none.
        vlan["0"]: Whole,
        /// What it sends must have its own address.
        spoofchk["true"]: Flag,
        /// What it asks for is granted: promiscuous mode, further addresses.
        trust["false"]: Flag,
        /// Its link follows the cable, or is up or down whatever the cable does.
        state["Auto"]: Words(super::sriov::STATES),
        /// It asks for every frame that no row claims.
        promiscuous["false"]: Flag,
        /// Further addresses it asks for.
        asks: Other("`[\"02:00:00:00:00:55\"]`"),
    )
};

const CHILD: Group = Group {
    name: "child",
    title: "Macvlan children",
    says: "What stands among the `children` of a `Macvlan`.",
    form: Form::Plain,
    words: CHILDREN,
    example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Linux(devices: {\"d\": Macvlan(children: {\"c\": @})})})",
};

const NIC: Group = Group {
    name: "shared",
    title: "A shared card",
    says: "What stands as `nic` of a container: `Macvlan(mode: Bridge)`, `Ipvlan(mode: L2)`, `Vf()`.",
    form: Form::Kind,
    words: SHARED,
    example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Container(on: \"h\", ip: \"10.0.0.1/24\", nic: @)})",
};

pub(super) const GROUPS: &[Group] = &[NIC, CHILD];
