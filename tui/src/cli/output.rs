//! Where results go: standard output, buffered, with colours only on a terminal.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use overunder_sim::lang::Lang;

use super::Global;

/// Standard output.
#[derive(Debug)]
pub struct Output {
    stdout: BufWriter<StdoutLock<'static>>,
    colors: bool,
    /// Only results, no remarks.
    pub quiet: bool,
    /// Language to speak.
    pub lang: Lang,
}

impl Output {
    /// As the global options and the environment ask for.
    pub fn new(global: Global) -> Self {
        let stdout = io::stdout();
        let colors = global.colors() && stdout.is_terminal();
        Self { stdout: BufWriter::new(stdout.lock()), colors, quiet: global.quiet, lang: global.lang() }
    }

    /// One line of the result.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.stdout, "{text}")
    }

    /// The beginning of a line that somebody will end; written at once.
    pub fn part(&mut self, text: &str) -> io::Result<()> {
        write!(self.stdout, "{text}")?;
        self.stdout.flush()
    }

    /// A heading: bold on a terminal.
    pub fn heading(&mut self, text: &str) -> io::Result<()> {
        if self.colors { writeln!(self.stdout, "\u{1b}[1m{text}\u{1b}[0m") } else { self.line(text) }
    }

    /// One of two texts, in the language spoken.
    pub fn say(&mut self, en: &str, zh: &str) -> io::Result<()> {
        self.line(self.lang.pick(en, zh))
    }

    /// Writes out what is left.
    pub fn finish(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }

    /// Something that went wrong and spoils nothing else: told in any case.
    pub fn warn(&self, text: &str) {
        eprintln!("warning: {text}");
    }

    /// A remark beside the result.
    pub fn remark(&self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }
}
