//! Everything that can go wrong, with its exit code and what to do about it.

use std::io;
use std::process::ExitCode;

use super::{Global, interrupt};

/// Why a subcommand ends early.
#[derive(Debug)]
pub enum Failure {
    /// An expectation does not hold; it was told already.
    Expectation,
    /// Wrong usage, or nothing to do: what, and what to type instead.
    Usage(String, String),
    /// A lab is invalid: the findings, ready to be shown.
    Invalid(String),
    /// Reading or writing failed: of what, and how.
    File(String, io::Error),
    /// A signal ended it, which says what is left: which one, what, and how to go on.
    Interrupted(i32, String, String),
    /// Standard output could not be written.
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Failure {
    /// Wrong usage.
    pub fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage(what.into(), hint.into())
    }

    /// Tells what went wrong on standard error.
    pub fn report(&self, global: Global) -> ExitCode {
        match self {
            Self::Expectation => ExitCode::from(1),
            Self::Usage(what, hint) => {
                eprintln!("error: {what}");
                if !hint.is_empty() && !global.quiet {
                    eprintln!("hint: {hint}");
                }
                ExitCode::from(2)
            }
            Self::Interrupted(signal, what, hint) => {
                eprintln!("interrupted: {what}");
                if !hint.is_empty() && !global.quiet {
                    eprintln!("hint: {hint}");
                }
                ExitCode::from(interrupt::code(*signal))
            }
            Self::Invalid(findings) => {
                eprint!("{findings}");
                ExitCode::from(3)
            }
            Self::File(path, error) => {
                eprintln!("error: {path}: {error}");
                ExitCode::from(2)
            }
            // `overunder run … | head` closes the pipe on purpose.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::Output(error) => {
                eprintln!("error: standard output: {error}");
                ExitCode::from(2)
            }
        }
    }
}
