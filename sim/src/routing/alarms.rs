//! The two timers of a routing daemon.

use crate::stack::AppOut;
use crate::time::SimTime;

const WAITED_FOR: u8 = 0;
const IN_THE_BACKGROUND: u8 = 1;

/// When a daemon is called: for what a run waits for, and for what goes on for ever.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alarms([Option<SimTime>; 2]);

impl Alarms {
    /// Sets both anew, where they are not set so already.
    pub fn set(&mut self, due: [Option<SimTime>; 2], out: &mut AppOut<'_, '_>) {
        for (at, kind) in [WAITED_FOR, IN_THE_BACKGROUND].into_iter().enumerate() {
            if due[at] == self.0[at] {
                continue;
            }
            self.0[at] = due[at];
            match due[at] {
                None => out.disarm(kind),
                Some(due) if kind == WAITED_FOR => out.arm(kind, due),
                Some(due) => out.arm_background(kind, due),
            }
        }
    }

    /// One of them has rung.
    pub fn rang(&mut self, kind: u8) {
        if let Some(armed) = self.0.get_mut(usize::from(kind)) {
            *armed = None;
        }
    }
}
