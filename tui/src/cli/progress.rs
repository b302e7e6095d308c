//! How far something is that takes a while: one line on standard error, if that is a terminal.

use std::io::{self, IsTerminal, Write};

/// Cells of the bar.
const WIDTH: usize = 24;

/// A bar that is drawn over and over, and wiped away in the end.
#[derive(Debug)]
pub struct Progress {
    total: usize,
    drawn: bool,
    shown: bool,
}

impl Progress {
    /// A bar for so many things; `wanted` is false where nobody wants to see it.
    pub fn new(total: usize, wanted: bool) -> Self {
        Self { total, drawn: false, shown: wanted && total > 1 && io::stderr().is_terminal() }
    }

    /// Says which thing is being done, and how many are.
    pub fn at(&mut self, done: usize, what: &str) {
        if self.shown {
            eprint!("\r\u{1b}[K{}", bar(done, self.total, what));
            self.drawn = true;
            let _ = io::stderr().flush();
        }
    }

    /// Makes room for a result.
    pub fn wipe(&mut self) {
        if std::mem::take(&mut self.drawn) {
            eprint!("\r\u{1b}[K");
            let _ = io::stderr().flush();
        }
    }
}

fn bar(done: usize, total: usize, what: &str) -> String {
    let full = (done * WIDTH).checked_div(total).unwrap_or(WIDTH).min(WIDTH);
    format!("[{}{}] {done}/{total} {what}", "#".repeat(full), ".".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn a_bar_fills_from_left_to_right() {
        assert_eq!(bar(0, 8, "01"), "[........................] 0/8 01");
        assert_eq!(bar(2, 8, "03"), "[######..................] 2/8 03");
        assert_eq!(bar(8, 8, ""), "[########################] 8/8 ");
        assert_eq!(bar(0, 0, ""), "[########################] 0/0 ");
    }
}
