//! What can happen to the program.

use overunder_sim::id::NodeId;

use crate::app::keymap::{Action, Key};
use crate::app::model::Pane;

/// Something on the screen that was clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Anywhere in a pane.
    Pane(Pane),
    /// A step of the timeline, by its place; `None` is the start.
    Moment(Option<usize>),
    /// A node of the map.
    Node(NodeId),
    /// A line of a pane.
    Line(Pane, usize),
    /// A lab of the list.
    Card(usize),
    /// A hint.
    Action(Action),
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Something was clicked.
    Click(Target),
    /// The wheel turned over a pane: lines down.
    Wheel(Option<Pane>, i32),
    /// A tenth of a second went by while something moves.
    Tick,
    /// The screen has another size.
    Resize(u16, u16),
    /// A session was written to this path, or could not be.
    Saved(Result<String, String>),
    /// Something besides the session was written to a path, or could not be.
    Written {
        /// The command that wanted it, to be given again with another path.
        line: String,
        /// Where it is now, or what to say.
        result: Result<String, String>,
    },
    /// There is a file in the place where one is to be written: its path and the new text.
    Exists(String, String),
    /// A text was put on the clipboard.
    Copied,
}
