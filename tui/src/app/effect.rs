//! What the program wants done outside itself.

use crate::app::progress::Progress;

/// Something for the runtime to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// End the program.
    Quit,
    /// Write a session to a path, or where sessions of this lab belong.
    Save {
        /// Where; nothing means the usual place.
        path: Option<String>,
        /// Name of the lab.
        lab: String,
        /// The file.
        text: String,
    },
    /// Keep how far a lab was done.
    Keep(Progress),
    /// Write a picture of the screen.
    Shot {
        /// Where.
        path: String,
    },
    /// Write what is compared to a file.
    Export {
        /// Where.
        path: String,
        /// The file.
        text: String,
        /// Whether a file that is there already may be written over.
        over: bool,
    },
    /// Put a text on the clipboard.
    Copy(String),
    /// Take the mouse, or give it back.
    Mouse(bool),
}
