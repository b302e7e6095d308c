//! A session as a file: what was done, as command lines, and what came of it.
//!
//! Opening it does everything again. The digest at the end says whether the same things happened: if not, the lab or
//! the program has changed since.

use overunder_sim::lang::Lang;
use serde::{Deserialize, Serialize};

use crate::app::command;
use crate::app::lab::Lab;
use crate::app::model::{Bench, Model, Motion, Stage};
use crate::app::moves;

/// Version of the file's format.
const FORMAT: u32 = 1;

/// What stands in the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    /// Version of the format.
    pub format: u32,
    /// The lab.
    pub lab: String,
    /// Its variant, empty for a lab without.
    pub variant: String,
    /// Its seed.
    pub seed: u64,
    /// What was done, in order.
    pub journal: Vec<String>,
    /// The step at which it was saved.
    pub step: u64,
    /// Digest of the world there.
    pub digest: String,
}

/// The file of a session.
pub fn write(bench: &Bench) -> String {
    let first = bench.guide.as_ref().and_then(|guide| guide.file.steps.first()).map(|step| &step.variant);
    let saved = Saved {
        format: FORMAT,
        lab: bench.lab.name.clone(),
        // The guide may have gone on to another variant; doing it again begins at its first.
        variant: first.unwrap_or(&bench.lab.variant).clone(),
        seed: bench.lab.plan.seed,
        journal: bench.journal.clone(),
        step: bench.session.event().0,
        digest: format!("{:016x}", bench.session.world().digest()),
    };
    let text = serde_json::to_string_pretty(&saved).unwrap_or_default();
    text + "\n"
}

/// Reads the file of a session; the error says what is wrong with it.
pub fn read(text: &str) -> Result<Saved, String> {
    let saved: Saved = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if saved.format != FORMAT {
        return Err(format!("it has format {}, this program reads format {FORMAT}", saved.format));
    }
    Ok(saved)
}

/// Does what a session did. The error names the first line that does not work, or says that something else came of it.
pub fn replay(model: &mut Model, saved: &Saved, lab: Lab) -> Result<(), String> {
    let lang: Lang = model.lang();
    model.stage = Stage::Bench(Box::new(lab.open(lang)?));
    for (at, line) in saved.journal.iter().enumerate() {
        let wrong = |error: String| format!("line {} of the journal, `{line}`: {error}", at + 1);
        command::run(model, line).map_err(wrong)?;
        while model.bench().is_some_and(|bench| bench.motion != Motion::Still) {
            moves::tick(model);
        }
    }
    model.notice = None;
    model.unsaved = false;
    // Who looks at another's session keeps own answers.
    if let Some(guide) = model.bench_mut().and_then(|bench| bench.guide.as_mut()) {
        guide.changed = false;
    }
    let Some(bench) = model.bench() else { return Ok(()) };
    let digest = format!("{:016x}", bench.session.world().digest());
    if bench.session.event().0 != saved.step || digest != saved.digest {
        return Err(format!(
            "the session ended at step {} with digest {}, doing it again at step {} with {digest}: \
             the lab or the program has changed since",
            saved.step,
            saved.digest,
            bench.session.event()
        ));
    }
    Ok(())
}
