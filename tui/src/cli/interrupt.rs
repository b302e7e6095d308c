//! What to do when somebody ends the program by Ctrl-C, or the machine's scheduler does by SIGTERM.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

/// Ctrl-C.
pub const INT: i32 = 2;
/// What `kill` and batch systems send when the time is over.
pub const TERM: i32 = 15;
/// The terminal is gone.
pub const HUP: i32 = 1;

/// Whether a signal has come, for work that has to clean up behind itself.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicI32>);

impl Stop {
    /// Notes the first of these signals, which do not end the program any more.
    pub fn on(signals: &[i32]) -> Self {
        let stop = Self::default();
        let noted = stop.clone();
        watch(signals, move |signal| {
            let _ = noted.0.compare_exchange(0, signal, Ordering::Relaxed, Ordering::Relaxed);
        });
        stop
    }

    /// The signal that came.
    pub fn signal(&self) -> Option<i32> {
        Some(self.0.load(Ordering::Relaxed)).filter(|signal| *signal != 0)
    }
}

/// Calls `told` on a thread of its own whenever one of these signals comes, instead of ending at once.
#[cfg(unix)]
pub fn watch(signals: &[i32], mut told: impl FnMut(i32) + Send + 'static) {
    // Without the means to listen, the signals do what they always do.
    if let Ok(mut signals) = signal_hook::iterator::Signals::new(signals) {
        std::thread::spawn(move || signals.forever().for_each(&mut told));
    }
}

/// Nothing to listen to on this system.
#[cfg(not(unix))]
pub fn watch(_signals: &[i32], _told: impl FnMut(i32) + Send + 'static) {}

/// The exit code of a program that a signal ended, as shells count.
pub const fn code(signal: i32) -> u8 {
    128 + signal as u8
}
