//! Ports of switches, and port security.

use super::Sort::{Flag, Of, Other, Time, Whole, Words};
use super::{Word, words};

pub(super) const PORTS: &[Word] = words! {
    /// Settings of one port.
    port(
        /// A frame may leave by the port it came in by.
        hairpin["false"]: Flag,
        /// It exchanges frames with ports that are not isolated only.
        isolated["false"]: Flag,
        /// The switch learns from frames that come in here.
        learning["true"]: Flag,
        /// Frames for unknown addresses leave here too.
        unicast_flood["true"]: Flag,
        /// Frames for groups leave here too.
        multicast_flood["true"]: Flag,
        /// Frames for everybody leave here too.
        broadcast_flood["true"]: Flag,
        /// Largest IP packet.
        mtu["1500"]: Whole,
        /// `Access(10)`, or `Trunk(native: 1, allowed: [10, 20])`.
        vlan: Other("`Access(10)` or `Trunk(native: 1, allowed: [10, 20])`"),
        /// A limit on source addresses.
        port_security: Of("security"),
    )
};

pub(super) const SECURITY: &[Word] = words! {
    /// A limit on the source addresses of a port.
    port_security(
        /// How many.
        maximum["1"]: Whole,
        /// Addresses that were learned stay.
        sticky["false"]: Flag,
        /// What a frame too many does.
        violation["Shutdown"]: Words(&["Protect", "Restrict", "Shutdown"]),
        /// After how long a port that was shut down comes back.
        recovery: Time,
        /// Addresses that are allowed in any case.
        secure: Other("`[\"02:00:00:00:00:01\"]`"),
    )
};
