//! Virtual functions.

use super::Sort::{Flag, Mac, Other, Whole, Words};
use super::{Form, Group, Word, words};

pub(super) const MODES: &[&str] = &["Veb", "Vepa"];
pub(super) const STATES: &[&str] = &["Auto", "Enable", "Disable"];

const FUNCTIONS: &[Word] = words! {
    /// A virtual function.
    function(
        /// Its address.
        mac: Mac,
        /// Its VLAN, 1 to 4094; the card puts the tag on and takes it off. 0 is none.
        vlan["0"]: Whole,
        /// What it sends must have its own address.
        spoofchk["true"]: Flag,
        /// What it asks for is granted: promiscuous mode, further addresses.
        trust["false"]: Flag,
        /// Its link follows the cable, or is up or down whatever the cable does.
        state["Auto"]: Words(STATES),
        /// It asks for every frame that no row claims.
        promiscuous["false, in a bridge true"]: Flag,
        /// Further addresses it asks for.
        asks: Other("`[\"02:00:00:00:00:55\"]`"),
    )
};

const CARD: &[Word] = words! {
    /// The virtual functions of a host's card.
    sriov(
        /// Frames between functions are switched in the card, or by the switch at the other end of its cable.
        mode["Veb"]: Words(MODES),
        /// Virtual functions the card has.
        vfs["64"]: Whole,
    )
};

const FUNCTION: Group = Group {
    name: "function",
    title: "Virtual functions",
    says: "What stands among the `functions` of an `Sriov`.",
    form: Form::Plain,
    words: FUNCTIONS,
    example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Linux(devices: {\"d\": Sriov(functions: {\"c\": @})})})",
};

const OF_HOST: Group = Group {
    name: "sriov",
    title: "A card with virtual functions",
    says: "What a host says of its card: `sriov: (mode: Vepa, vfs: 8)`.",
    form: Form::Plain,
    words: CARD,
    example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Host(ip: \"10.0.0.1/24\", sriov: @)})",
};

pub(super) const GROUPS: &[Group] = &[OF_HOST, FUNCTION];
