//! How far something is that takes a while: one line on standard error, if that is a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use overunder_sim::engine::World;

use super::output::Output;

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

/// Events between two looks at the clock.
const LOOK: u64 = 1 << 12;
/// A run that takes less says nothing of itself.
const PATIENCE: Duration = Duration::from_secs(2);

/// How far a run is whose end nobody knows. Beside results on the same terminal it is a line now and then; where they
/// go elsewhere it is one line that is drawn over.
#[derive(Debug)]
pub struct Pulse {
    events: u64,
    last: Instant,
    every: Duration,
    /// Results are on the terminal too.
    mixed: bool,
    shown: bool,
    drawn: bool,
}

impl Pulse {
    /// Begins to count.
    pub fn new(out: &Output) -> Self {
        let mixed = io::stdout().is_terminal() && !out.quiet;
        let shown = io::stderr().is_terminal();
        Self { events: 0, last: clock(), every: PATIENCE, mixed, shown, drawn: false }
    }

    /// After each event.
    pub fn beat(&mut self, world: &World, out: &mut Output) -> io::Result<()> {
        self.events += 1;
        if !self.shown || !self.events.is_multiple_of(LOOK) || self.last.elapsed() < self.every {
            return Ok(());
        }
        let text = how_far(self.events, &world.now().to_string(), out);
        if self.mixed {
            out.finish()?;
            eprintln!("... {text}");
        } else {
            self.every = Duration::from_millis(250);
            eprint!("\r\u{1b}[K{text}");
            self.drawn = true;
        }
        self.last = clock();
        io::stderr().flush()
    }

    /// Makes room for what is said in the end.
    pub fn wipe(&mut self) {
        if std::mem::take(&mut self.drawn) {
            eprint!("\r\u{1b}[K");
            let _ = io::stderr().flush();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "how long somebody has waited is not of the simulation")]
fn clock() -> Instant {
    Instant::now()
}

fn how_far(events: u64, now: &str, out: &Output) -> String {
    let en = format!("at {now} of the run, {events} events");
    let zh = format!("运行到 {now},{events} 个事件");
    out.lang.pick(&en, &zh).to_owned()
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
