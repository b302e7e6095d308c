//! A learner's way through a guide: which step, what was predicted, how many hints it took.
//!
//! The session knows no world: whoever shows it runs one, and asks the [`crate::lab::guide::Player`] for verdicts. So
//! it can be saved at any time, and what is saved can be graded again by running the lab again.

use serde::{Deserialize, Serialize};

use crate::lab::file::LabFile;
use crate::lab::guide::Step;
use crate::lab::guide::player::Player;
use crate::lab::question::{Answer, Question, Verdict};
use crate::lab::run::RunError;
use crate::lang::Lang;

/// Version of what is saved.
const FORMAT: u32 = 1;
/// Hints a question has.
const HINTS: u8 = 3;

/// How sure somebody is of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sure {
    /// A guess.
    Guess,
    /// Fairly.
    Fairly,
    /// Certain.
    Certain,
}

/// What was answered to one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Name of the step.
    pub step: String,
    /// Name of the question.
    pub question: String,
    /// The answer; nothing when it was passed over.
    pub given: Option<Answer>,
    /// Hints seen before.
    pub hints: u8,
    /// How sure, if said.
    pub sure: Option<Sure>,
}

/// What is saved: enough to grade it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Version of this format.
    pub format: u32,
    /// Name of the lab.
    pub lab: String,
    /// What the lab file was like, see [`LabFile::hash`].
    pub hash: String,
    /// Another seed than the lab's own.
    pub seed: Option<u64>,
    /// The answers in order.
    pub answers: Vec<Answered>,
}

/// Where in a step somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The step is told.
    Tell,
    /// A question waits for an answer; the future has not been run.
    Ask(usize),
    /// The run goes on to the end of the step.
    Play,
    /// An answer is compared with what happened.
    Reveal(usize),
    /// The guide is over.
    Over,
}

/// A way through a guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// What was answered.
    pub record: Record,
    step: usize,
    stage: Stage,
    hints: u8,
}

/// One question of a record, judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Graded {
    /// What was answered.
    pub answered: Answered,
    /// What became of it; nothing when no answer was given.
    pub verdict: Option<Verdict>,
    /// The answer as text.
    pub given: String,
    /// The right answer as text.
    pub right: String,
}

/// Why a record cannot be graded or gone on with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RecordError {
    /// The format of the record is of another version.
    #[error("it was saved in format {0}, this program reads format {FORMAT}")]
    Format(u32),
    /// The lab file has changed since.
    #[error("it was saved with another version of the lab `{0}`")]
    OtherLab(String),
    /// It speaks of a question there is none of.
    #[error("the lab has no question `{0}`")]
    UnknownQuestion(String),
    /// The lab cannot be run.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl Session {
    /// At the start of a guide.
    pub fn new(file: &LabFile, lab: &str, seed: Option<u64>) -> Self {
        let record = Record { format: FORMAT, lab: lab.to_owned(), hash: file.hash(), seed, answers: Vec::new() };
        let stage = if file.steps.is_empty() { Stage::Over } else { Stage::Tell };
        Self { record, step: 0, stage, hints: 0 }
    }

    /// Where in the step.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Number of the step, from 0.
    pub fn step_number(&self) -> usize {
        self.step
    }

    /// The step; nothing when the guide is over.
    pub fn step<'f>(&self, file: &'f LabFile) -> Option<&'f Step> {
        if self.stage == Stage::Over { None } else { file.steps.get(self.step) }
    }

    /// The question that is asked or whose answer is told.
    pub fn question<'f>(&self, file: &'f LabFile) -> Option<&'f Question> {
        match self.stage {
            Stage::Ask(at) | Stage::Reveal(at) => self.step(file)?.questions.get(at),
            _ => None,
        }
    }

    /// What was answered to the question of this stage.
    pub fn answered(&self, file: &LabFile) -> Option<&Answered> {
        let (step, question) = (self.step(file)?, self.question(file)?);
        self.record.answers.iter().find(|given| given.step == step.name && given.question == question.id)
    }

    /// Hints seen of this question.
    pub fn hints(&self) -> u8 {
        self.hints
    }

    /// One hint more: its place in the question's list. Nothing when there are no more, or no question is asked.
    pub fn hint(&mut self) -> Option<usize> {
        if !matches!(self.stage, Stage::Ask(_)) || self.hints >= HINTS {
            return None;
        }
        self.hints += 1;
        Some(usize::from(self.hints) - 1)
    }

    /// Takes the answer to the question that is asked, or passes it over, and goes on.
    pub fn answer(&mut self, file: &LabFile, given: Option<Answer>, sure: Option<Sure>) {
        let (Stage::Ask(_), Some(step), Some(question)) = (self.stage, self.step(file), self.question(file)) else {
            return;
        };
        let answered =
            Answered { step: step.name.clone(), question: question.id.clone(), given, hints: self.hints, sure };
        self.record.answers.push(answered);
        self.hints = 0;
        self.go_on(file);
    }

    /// From one stage to the next. A question is left by [`Session::answer`] only.
    pub fn advance(&mut self, file: &LabFile) {
        if !matches!(self.stage, Stage::Ask(_)) {
            self.go_on(file);
        }
    }

    fn go_on(&mut self, file: &LabFile) {
        let Some(step) = self.step(file) else { return };
        let count = step.questions.len();
        let played = if count > 0 { Some(Stage::Reveal(0)) } else { None };
        let play = if step.play.is_some() { Some(Stage::Play) } else { played };
        let next = match self.stage {
            Stage::Tell if count > 0 => Some(Stage::Ask(0)),
            Stage::Ask(at) if at + 1 < count => Some(Stage::Ask(at + 1)),
            Stage::Tell | Stage::Ask(_) => play,
            Stage::Play => played,
            Stage::Reveal(at) if at + 1 < count => Some(Stage::Reveal(at + 1)),
            Stage::Reveal(_) | Stage::Over => None,
        };
        self.stage = next.unwrap_or_else(|| {
            self.step += 1;
            if self.step < file.steps.len() { Stage::Tell } else { Stage::Over }
        });
    }

    /// Whether this session can go on with this lab.
    pub fn fits(&self, file: &LabFile) -> Result<(), RecordError> {
        self.record.fits(file)
    }
}

impl Record {
    /// Whether it was made with this lab, as it is now.
    pub fn fits(&self, file: &LabFile) -> Result<(), RecordError> {
        if self.format != FORMAT {
            return Err(RecordError::Format(self.format));
        }
        if self.hash == file.hash() { Ok(()) } else { Err(RecordError::OtherLab(self.lab.clone())) }
    }

    /// Judges all answers again, by running the lab again.
    pub fn regrade(&self, file: &LabFile, lang: Lang) -> Result<Vec<Graded>, RecordError> {
        self.fits(file)?;
        let mut player = Player::new(file, self.seed);
        let mut list = Vec::new();
        for answered in &self.answers {
            let name = || RecordError::UnknownQuestion(format!("{}.{}", answered.step, answered.question));
            let at = file.steps.iter().position(|step| step.name == answered.step).ok_or_else(name)?;
            let questions = &file.steps[at].questions;
            let question = questions.iter().find(|known| known.id == answered.question).ok_or_else(name)?;
            player.play(at)?;
            let seen = player.seen(at).ok_or_else(name)?;
            let reveal = question.reveal(answered.given.as_ref(), seen, lang);
            list.push(Graded {
                answered: answered.clone(),
                verdict: reveal.verdict,
                given: reveal.given.unwrap_or_default(),
                right: reveal.answer,
            });
        }
        Ok(list)
    }
}
