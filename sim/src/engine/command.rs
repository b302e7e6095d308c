//! One vocabulary of changes: scripted events of a lab and what a person types while a run is on.

use crate::id::{CableId, DeviceId, FlowId, NodeId, PortNo};
use crate::time::{SimDuration, SimTime};
use crate::wire::LinkType;
use crate::wire::layers::Content;

/// When a scripted change takes place, or a flow starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// At this time of the run.
    At(SimTime),
    /// When the flow has sent everything and waits for nothing more.
    Done(FlowId),
    /// When the flow has received this many packets.
    Answered(FlowId, u64),
    /// When the scripted change of this number has been made.
    Event(u32),
    /// This long after the other moment.
    After(Box<When>, SimDuration),
}

/// Something happened that a [`When`] may wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A flow finished.
    Done(FlowId),
    /// A flow received its n-th packet.
    Answered(FlowId, u64),
    /// A scripted change was made.
    Event(u32),
}

/// A value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A count or a number of bytes.
    Number(u64),
    /// A span of time.
    Span(SimDuration),
    /// A word, a name or an address.
    Text(String),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(on) => write!(f, "{on}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Span(span) => write!(f, "{span}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// A change inside one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceChange {
    /// Gives a setting of the device, or of one of its ports, another value.
    Set {
        /// The port the setting belongs to, if it belongs to one.
        port: Option<PortNo>,
        /// Name of the setting, as in the lab file.
        field: String,
        /// Its new value.
        value: Value,
    },
    /// Writes a row that does not age.
    AddRow {
        /// Name of the table.
        table: String,
        /// Column names and values as text.
        cells: Vec<(String, String)>,
    },
    /// Removes every row that has all these cells.
    DelRow {
        /// Name of the table.
        table: String,
        /// Column names and values as text.
        cells: Vec<(String, String)>,
    },
    /// Removes every learned row.
    Flush {
        /// Name of the table.
        table: String,
    },
}

/// A change of the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Takes the carrier of a cable away or gives it back.
    Carrier {
        /// Which cable.
        cable: CableId,
        /// The new state.
        up: bool,
    },
    /// Switches a node off or on. Off: cables lose carrier, tables lose what they learned, timers stop.
    Power {
        /// Which node.
        node: NodeId,
        /// The new state.
        up: bool,
    },
    /// Makes a cable lose frames by chance, in millionths: all kinds, or one. What it lost before it loses no more.
    Loss {
        /// Which cable.
        cable: CableId,
        /// Frames lost of a million; 1,000,000 loses all.
        ppm: u32,
        /// Only frames that carry this.
        of: Option<Content>,
    },
    /// Changes a device.
    Device {
        /// Which device.
        device: DeviceId,
        /// What changes.
        change: DeviceChange,
    },
    /// Starts a flow.
    Start(FlowId),
    /// Ends a flow early.
    Stop(FlowId),
    /// Puts bytes on a port as if they had just arrived there.
    Inject {
        /// Which device.
        device: DeviceId,
        /// Which of its ports.
        port: PortNo,
        /// What the bytes are.
        link: LinkType,
        /// The bytes; anything at all.
        bytes: Vec<u8>,
    },
}

/// Why a device refused a change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The device has no setting of this name.
    #[error("there is no setting `{field}` here; there is: {}", known.join(", "))]
    UnknownField {
        /// What was asked for.
        field: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// The device has no table of this name.
    #[error("there is no table `{table}` here; there is: {}", known.join(", "))]
    UnknownTable {
        /// What was asked for.
        table: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// The table has no column of this name, or cannot be searched by it.
    #[error("table `{table}` has no column `{column}` that can be written; write: {}", known.join(", "))]
    UnknownColumn {
        /// The table.
        table: &'static str,
        /// What was asked for.
        column: String,
        /// What can be given.
        known: Vec<&'static str>,
    },
    /// A value does not fit.
    #[error("`{value}` is no value for `{field}`: expected {expected}")]
    BadValue {
        /// Setting or column.
        field: String,
        /// What was given.
        value: String,
        /// What would fit.
        expected: &'static str,
    },
    /// The node has no device of this name.
    #[error("there is no device `{name}` in this node")]
    UnknownDevice {
        /// What was asked for.
        name: String,
    },
    /// The device, cable, flow or port does not exist.
    #[error("there is no {what} {number} in this world")]
    Missing {
        /// Kind of thing.
        what: &'static str,
        /// Its number.
        number: u64,
    },
}
