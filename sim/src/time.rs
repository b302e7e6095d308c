//! Simulated time: whole nanoseconds, never a clock of the machine.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

/// A point in simulated time, in nanoseconds since the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SimTime(pub u64);

/// A span of simulated time, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SimDuration(pub u64);

impl SimTime {
    /// The start of every run.
    pub const ZERO: Self = Self(0);
    /// Later than anything a run reaches: the queue keeps 56 bits of time, about 834 days.
    pub const MAX: Self = Self((1 << 56) - 1);

    /// The span since `earlier`; zero when `earlier` lies ahead.
    pub const fn since(self, earlier: Self) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }

    /// This time moved by `span`, stopping at [`SimTime::MAX`].
    pub const fn saturating_add(self, span: SimDuration) -> Self {
        let t = self.0.saturating_add(span.0);
        if t > Self::MAX.0 { Self::MAX } else { Self(t) }
    }
}

impl SimDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of whole nanoseconds.
    pub const fn from_ns(ns: u64) -> Self {
        Self(ns)
    }
    /// A span of whole microseconds.
    pub const fn from_us(us: u64) -> Self {
        Self(us.saturating_mul(1_000))
    }
    /// A span of whole milliseconds.
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms.saturating_mul(1_000_000))
    }
    /// A span of whole seconds.
    pub const fn from_secs(s: u64) -> Self {
        Self(s.saturating_mul(1_000_000_000))
    }
}

impl Add<SimDuration> for SimTime {
    type Output = Self;
    fn add(self, span: SimDuration) -> Self {
        self.saturating_add(span)
    }
}

impl AddAssign<SimDuration> for SimTime {
    fn add_assign(&mut self, span: SimDuration) {
        *self = *self + span;
    }
}

impl Add for SimDuration {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for SimTime {
    type Output = SimDuration;
    fn sub(self, earlier: Self) -> SimDuration {
        self.since(earlier)
    }
}

/// The largest unit that keeps at most six decimals exact, so `1500000` ns prints as `1.5ms`.
fn write_ns(ns: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (unit, digits, name) = match ns {
        0..=999 => (1, 0, "ns"),
        1_000..=999_999 => (1_000, 3, "us"),
        1_000_000..=999_999_999 => (1_000_000, 6, "ms"),
        _ => (1_000_000_000, 9, "s"),
    };
    let (whole, rest) = (ns / unit, ns % unit);
    if rest == 0 {
        return f.pad(&format!("{whole}{name}"));
    }
    let fraction = format!("{rest:0digits$}");
    f.pad(&format!("{whole}.{}{name}", fraction.trim_end_matches('0')))
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_ns(self.0, f)
    }
}

impl fmt::Display for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_ns(self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_the_largest_unit_without_losing_a_nanosecond() {
        for (ns, text) in [
            (0, "0ns"),
            (999, "999ns"),
            (1_500, "1.5us"),
            (1_000_001, "1.000001ms"),
            (300_000_000_000, "300s"),
            (1_000_000_007, "1.000000007s"),
        ] {
            assert_eq!(SimTime(ns).to_string(), text);
        }
    }

    #[test]
    fn never_passes_the_end_of_time() {
        assert_eq!(SimTime::MAX + SimDuration::from_secs(u64::MAX), SimTime::MAX);
        assert_eq!(SimTime(5) - SimTime(9), SimDuration::ZERO);
    }
}
