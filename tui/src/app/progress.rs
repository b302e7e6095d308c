//! How far a lab was done, as a file: what was answered, as command lines.

use serde::{Deserialize, Serialize};

use crate::app::model::Model;

/// Version of the file's format.
const FORMAT: u32 = 1;

/// What stands in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Version of the format.
    pub format: u32,
    /// The lab.
    pub lab: String,
    /// What its file was like.
    pub hash: String,
    /// Another seed than the lab's own.
    pub seed: Option<u64>,
    /// What was done in the guide, in order.
    pub lines: Vec<String>,
    /// Steps that are over.
    pub step: usize,
    /// Steps there are.
    pub steps: usize,
    /// It was done to the end once.
    pub done: bool,
}

impl Progress {
    /// At the start of a lab.
    pub fn new(lab: &str, hash: String, seed: Option<u64>) -> Self {
        Self { format: FORMAT, lab: lab.to_owned(), hash, seed, lines: Vec::new(), step: 0, steps: 0, done: false }
    }

    /// The file.
    pub fn write(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Reads the file; the error says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let read: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if read.format != FORMAT {
            return Err(format!("it has format {}, this program reads format {FORMAT}", read.format));
        }
        Ok(read)
    }
}

/// Marks in the list what is known of each lab.
pub fn mark(model: &mut Model) {
    for card in &mut model.library {
        let known = model.progress.get(&card.name);
        card.done = known.is_some_and(|known| known.done);
        card.progress = known.filter(|known| !known.lines.is_empty()).map(|known| (known.step, known.steps));
    }
}
