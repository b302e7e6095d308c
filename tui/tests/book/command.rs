//! A command of the book: `overunder ARGUMENTS`, and behind `|` the few filters that keep an excerpt short.
//!
//! No shell is involved, so that pages are checked in the same way on every system.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command as Process, Stdio};

/// What a page may put behind `|`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// `head -N`
    Head(usize),
    /// `tail -N`
    Tail(usize),
    /// `grep -F TEXT`
    Grep(String),
}

/// A command with its filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The arguments of `overunder`.
    pub arguments: Vec<String>,
    /// What its output goes through, in order.
    pub filters: Vec<Filter>,
}

impl Command {
    /// Reads a command line without its `$ `.
    pub fn parse(line: &str) -> Result<Self, String> {
        let mut parts = pieces(line)?.into_iter();
        let mut arguments = parts.next().unwrap_or_default();
        if arguments.first().map(String::as_str) != Some("overunder") {
            return Err(format!("`{line}` does not begin with overunder"));
        }
        arguments.remove(0);
        Ok(Self { arguments, filters: parts.map(|words| filter(&words)).collect::<Result<_, _>>()? })
    }

    /// Runs `program` in `folder`: its filtered output, then its errors, then `exit N` when that is not 0.
    pub fn run(&self, program: &Path, folder: &Path) -> Result<String, String> {
        let mut process = Process::new(program);
        process.args(&self.arguments).current_dir(folder).stdin(Stdio::null());
        for setting in ["LANG", "LC_ALL", "LC_MESSAGES", "COLUMNS", "CLICOLOR_FORCE"] {
            process.env_remove(setting);
        }
        let output = process.output().map_err(|error| format!("cannot run {}: {error}", program.display()))?;
        let text = |bytes| String::from_utf8(bytes).map_err(|_| "prints something that is not UTF-8".to_owned());
        let mut shown = ended(self.filters.iter().fold(text(output.stdout)?, |text, filter| filter.apply(&text)));
        shown.push_str(&ended(text(output.stderr)?));
        match output.status.code() {
            Some(0) => {}
            Some(code) => writeln!(shown, "exit {code}").map_err(|error| error.to_string())?,
            None => return Err("was killed".to_owned()),
        }
        Ok(shown)
    }
}

impl Filter {
    /// What is left of a text.
    pub fn apply(&self, text: &str) -> String {
        let lines = text.split_inclusive('\n');
        match self {
            Self::Head(count) => lines.take(*count).collect(),
            Self::Tail(count) => lines.clone().skip(lines.count().saturating_sub(*count)).collect(),
            Self::Grep(wanted) => lines.filter(|line| line.trim_end_matches('\n').contains(wanted)).collect(),
        }
    }
}

/// The text with a line end at its end, if there is any.
fn ended(mut text: String) -> String {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn filter(words: &[String]) -> Result<Filter, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let count = |word: &str| word.strip_prefix('-').and_then(|count| count.parse().ok());
    let found = match words.as_slice() {
        ["head", word] => count(word).map(Filter::Head),
        ["tail", word] => count(word).map(Filter::Tail),
        ["grep", "-F", wanted] => Some(Filter::Grep((*wanted).to_owned())),
        _ => None,
    };
    found.ok_or_else(|| format!("`| {}`: only head -N, tail -N and grep -F TEXT are known here", words.join(" ")))
}

/// The words of a command line, one list for each part between `|`; quotes keep blanks and bars together.
fn pieces(line: &str) -> Result<Vec<Vec<String>>, String> {
    let mut parts = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ' | '|') => {
                parts.last_mut().expect("never empty").extend(word.take());
                if c == '|' {
                    parts.push(Vec::new());
                }
            }
            (None, '>' | '<' | ';' | '&' | '$' | '*' | '`' | '\\') => {
                return Err(format!("`{c}` needs a shell, and there is none here"));
            }
            _ => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed".to_owned());
    }
    parts.last_mut().expect("never empty").extend(word);
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_and_filters_are_read() {
        let command = Command::parse("overunder run 01-first-ping --until 2s | grep -F 'a | b' | tail -3|head -1");
        let arguments = ["run", "01-first-ping", "--until", "2s"].map(str::to_owned).to_vec();
        let filters = vec![Filter::Grep("a | b".to_owned()), Filter::Tail(3), Filter::Head(1)];
        assert_eq!(command, Ok(Command { arguments, filters }));
        let quoted = Command::parse("overunder explain \"\"").map(|command| command.arguments);
        assert_eq!(quoted, Ok(vec!["explain".to_owned(), String::new()]));
    }

    #[test]
    fn what_needs_a_shell_is_refused() {
        for line in [
            "overunder run x > file",
            "overunder list | wc -l",
            "overunder list | head -n 3",
            "overunder list | head -x",
            "overunder list |",
            "overunder 'list",
            "over list",
        ] {
            assert!(Command::parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn filters_keep_whole_lines() {
        let text = "one\ntwo\nthree\n";
        assert_eq!(Filter::Head(2).apply(text), "one\ntwo\n");
        assert_eq!(Filter::Tail(1).apply(text), "three\n");
        assert_eq!(Filter::Tail(9).apply(text), text);
        assert_eq!(Filter::Grep("t".to_owned()).apply(text), "two\nthree\n");
    }

    #[test]
    fn a_failure_shows_its_exit_code() {
        // The program of this test knows `--list`, and fails on an option it does not know.
        let program = std::env::current_exe().expect("a running program");
        let run = |line: &str| Command::parse(line).and_then(|command| command.run(&program, Path::new(".")));
        let fine = run("overunder --list | grep -F a_failure_shows").expect("it runs");
        assert!(fine.ends_with("a_failure_shows_its_exit_code: test\n") && fine.lines().count() == 1, "{fine}");
        let failed = run("overunder --no-such-option").expect("it runs");
        assert!(failed.lines().count() > 1 && failed.lines().last().is_some_and(|line| line.starts_with("exit ")));
    }
}
