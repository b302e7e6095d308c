//! A change typed while a run is on: read, looked up in the lab, ready for the world.

use crate::engine;
use crate::lab::diagnostic::{Finding, Findings};
use crate::lab::file::Variant;
use crate::lab::lower::Resolver;
use crate::lab::schema::Change;
use crate::lab::schema::change::line;
use crate::lab::source::Source;
use crate::plan::Bilingual;

/// A typed change.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// As the program would have typed it; reading that again gives the same.
    pub line: String,
    /// As it would stand in a lab file.
    pub word: String,
    /// A sentence about it.
    pub say: Bilingual,
    /// What to do to the world, in order.
    pub changes: Vec<engine::Change>,
}

/// Why a line cannot be carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The line, for showing the findings.
    pub source: Source,
    /// What is wrong, pointing into the line.
    pub findings: Vec<Finding>,
}

impl Variant {
    /// Reads a line such as `set sw ageing 10s`; names are those of this variant.
    #[expect(clippy::result_large_err, reason = "once for each line a person types")]
    pub fn command(&self, line: &str) -> Result<Command, Refusal> {
        let source = Source::new("typed", line);
        let found = &mut Findings::default();
        // An empty line is told about below, in words of its own.
        if let Some(defect) = source.defect.clone().filter(|_| !line.trim().is_empty()) {
            found.push(defect);
        }
        let change = if found.has_errors() { None } else { line::read(&source, found) };
        let command = change.and_then(|change| self.resolved(&change, found));
        match command {
            Some(command) if !found.has_errors() => Ok(command),
            _ => {
                let mut findings = std::mem::take(found).into_vec();
                // Where a name is defined is a place in the lab file, which is not what is shown here.
                for finding in &mut findings {
                    finding.others.clear();
                }
                Err(Refusal { source, findings })
            }
        }
    }

    fn resolved(&self, change: &Change, found: &mut Findings) -> Option<Command> {
        let mut resolver = Resolver::new(self.names(), self.probe());
        let changes = resolver.resolve(change, found)?;
        Some(Command { line: change.line(), word: change.to_string(), say: change.say(), changes })
    }
}
