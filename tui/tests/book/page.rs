//! A page of the book: its fenced blocks, and the commands in them with what they are said to print.

use std::ops::Range;

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What stands behind the opening fence: `console`, `ron`, or nothing.
    pub language: String,
    /// The line of the opening fence, from 1.
    pub line: usize,
    /// Where the lines between the fences stand in the page.
    pub body: Range<usize>,
}

/// A command whose output is not what the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The line of the command, from 1.
    pub line: usize,
    /// The command, without `$ `.
    pub command: String,
    /// What the page shows.
    pub shown: String,
    /// What it prints.
    pub real: String,
}

/// The fenced blocks of a page, or the line of a fence that nothing closes.
pub fn blocks(text: &str) -> Result<Vec<Block>, usize> {
    let mut found = Vec::new();
    let mut open: Option<(usize, Block)> = None;
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
        let behind = line[ticks..].trim();
        match open.take() {
            Some((fence, mut block)) if ticks >= fence && behind.is_empty() => {
                block.body.end = at;
                found.push(block);
            }
            None if ticks >= 3 => {
                let body = at + line.len()..text.len();
                open = Some((ticks, Block { language: behind.to_owned(), line: number + 1, body }));
            }
            other => open = other,
        }
        at += line.len();
    }
    open.map_or(Ok(found), |(_, block)| Err(block.line))
}

/// A command line of a console block and the text below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Lines from the top of the block, from 0.
    pub offset: usize,
    /// The command, without `$ `.
    pub command: String,
    /// Where the text below it stands in the block.
    pub shown: Range<usize>,
}

/// The commands of a console block.
pub fn entries(body: &str) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let mut at = 0;
    for (offset, line) in body.split_inclusive('\n').enumerate() {
        let next = at + line.len();
        if let Some(command) = line.strip_prefix("$ ") {
            found.push(Entry { offset, command: command.trim().to_owned(), shown: next..next });
        } else if let Some(entry) = found.last_mut() {
            entry.shown.end = next;
        }
        at = next;
    }
    found
}

/// Whether the test can run this command.
pub fn is_ours(command: &str) -> bool {
    command.split_whitespace().next() == Some("overunder")
}

/// Runs each of our commands on the page; returns the page as it should be, and what was stale.
pub fn refresh(
    text: &str,
    mut run: impl FnMut(&str) -> Result<String, String>,
) -> Result<(String, Vec<Stale>), (usize, String)> {
    let mut fresh = String::new();
    let mut stale = Vec::new();
    let mut kept = 0;
    let blocks = blocks(text).map_err(|line| (line, "nothing closes this block".to_owned()))?;
    for block in blocks.into_iter().filter(|block| block.language == "console") {
        let body = &text[block.body.clone()];
        for entry in entries(body).into_iter().filter(|entry| is_ours(&entry.command)) {
            let line = block.line + 1 + entry.offset;
            let shown = &body[entry.shown.clone()];
            let real = run(&entry.command).map_err(|error| (line, error))?;
            fresh.push_str(&text[kept..block.body.start + entry.shown.start]);
            fresh.push_str(&real);
            kept = block.body.start + entry.shown.end;
            if shown != real {
                stale.push(Stale { line, command: entry.command, shown: shown.to_owned(), real });
            }
        }
    }
    fresh.push_str(&text[kept..]);
    Ok((fresh, stale))
}

/// The first line that differs, as shown and as printed.
pub fn first_difference(stale: &Stale) -> String {
    let (mut shown, mut real) = (stale.shown.split_inclusive('\n'), stale.real.split_inclusive('\n'));
    let mut number = 0;
    loop {
        number += 1;
        let (left, right) = (shown.next(), real.next());
        if left != right || left.is_none() {
            let text = |line: Option<&str>| line.map_or_else(|| "nothing more".to_owned(), |line| format!("{line:?}"));
            return format!(
                "line {number} of the output\n    is shown as {}\n    but is      {}",
                text(left),
                text(right)
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = concat!(
        "# A page\n\n",
        "```console\n$ overunder list\nold\n$ tshark -r x\nleft alone\n$ overunder check\n```\n\n",
        "```sh\n$ overunder not run\n```\n",
        "````markdown\n```console\n$ overunder quoted\n```\n````\n",
        "end\n",
    );

    #[test]
    fn blocks_know_their_language_and_longer_fences() {
        let found = blocks(PAGE).expect("all closed");
        let seen: Vec<(&str, usize)> = found.iter().map(|block| (block.language.as_str(), block.line)).collect();
        assert_eq!(seen, [("console", 3), ("sh", 11), ("markdown", 14)]);
        assert_eq!(&PAGE[found[1].body.clone()], "$ overunder not run\n");
        assert_eq!(blocks("a\n```console\n$ overunder list\n"), Err(2));
    }

    #[test]
    fn only_our_commands_are_run_again() {
        let (fresh, stale) = refresh(PAGE, |command| Ok(format!("<{command}>\n"))).expect("a good page");
        let want = PAGE.replace("old\n", "<overunder list>\n").replace("check\n", "check\n<overunder check>\n");
        assert_eq!(fresh, want);
        assert_eq!(stale.iter().map(|stale| stale.line).collect::<Vec<_>>(), [4, 8]);
        assert_eq!(stale[0].shown, "old\n");
        let (again, none) = refresh(&fresh, |command| Ok(format!("<{command}>\n"))).expect("a good page");
        assert_eq!((again, none), (fresh, Vec::new()));
    }

    #[test]
    fn a_command_that_cannot_run_names_its_line() {
        assert_eq!(refresh(PAGE, |_| Err("no".to_owned())), Err((4, "no".to_owned())));
        assert_eq!(refresh("```console\n", |_| Ok(String::new())).map_err(|(line, _)| line), Err(1));
    }

    #[test]
    fn the_first_difference_is_shown() {
        let stale = |shown: &str, real: &str| Stale {
            line: 1,
            command: String::new(),
            shown: shown.to_owned(),
            real: real.to_owned(),
        };
        assert!(first_difference(&stale("a\nb\n", "a\nc\n")).contains("line 2"));
        assert!(first_difference(&stale("a\n", "a\nc\n")).contains("nothing more"));
    }
}
