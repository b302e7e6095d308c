//! Newtypes for every number that names something.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub $inner);

        impl $name {
            /// The number as an index.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )*};
}

ids! {
    /// A node: a host, a switch, a router; a named group of devices.
    NodeId(u32);
    /// A device: everything that touches a frame.
    DeviceId(u32);
    /// A port of one device, counted from 0.
    PortNo(u16);
    /// A cable between two nodes.
    CableId(u32);
    /// A frame. Copies made by flooding share it until one of them is encapsulated.
    FrameId(u64);
    /// A step of the run, counted from 1; 0 is "before the start".
    EventNo(u64);
    /// A named traffic flow of a lab; see [`FlowId::NONE`].
    FlowId(u16);
}

impl FlowId {
    /// Not part of any flow.
    pub const NONE: Self = Self(u16::MAX);
}

impl FrameId {
    /// "Made from no other frame".
    pub const NONE: Self = Self(0);
}
