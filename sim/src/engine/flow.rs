//! What became of each named flow of a lab.

use crate::explain::Reason;
use crate::time::{SimDuration, SimTime};

/// Round-trip times kept for the median; further ones only move minimum and maximum.
const KEPT: usize = 65_536;

/// Counts of one flow. A ping counts as received when its answer came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowStats {
    /// The application has begun.
    pub started: bool,
    /// The application will send nothing more and waits for nothing more.
    pub finished: bool,
    /// Packets the application asked to send.
    pub sent: u64,
    /// Packets that arrived where they should (for a ping: answers that came back).
    pub received: u64,
    /// Payload bytes received.
    pub bytes: u64,
    /// Bytes handed to TCP so far, if it is a TCP flow.
    pub streamed: Option<u64>,
    /// Why its connection came to a bad end, if it did.
    pub failed: Option<Reason>,
    /// When payload arrived first, and the bytes that did not arrive after that moment.
    first: Option<(SimTime, u64)>,
    /// When payload arrived last.
    last: SimTime,
    rtts: Vec<u64>,
    extremes: Option<(u64, u64)>,
}

impl FlowStats {
    /// Packets sent that did not arrive.
    pub fn lost(&self) -> u64 {
        self.sent.saturating_sub(self.received)
    }

    /// Notes payload that arrived.
    #[inline]
    pub fn deliver(&mut self, now: SimTime, bytes: u64) {
        self.bytes += bytes;
        if bytes > 0 {
            self.last = now;
            if self.first.is_none() {
                self.first = Some((now, bytes));
            }
        }
    }

    /// Payload bits a second from the first payload that arrived to the last. What arrived first starts the clock and
    /// does not count: the time it took lies before.
    pub fn goodput(&self) -> Option<u64> {
        let (since, before) = self.first?;
        let span = u128::from(self.last.since(since).0);
        let bits = u128::from(self.bytes - before.min(self.bytes)) * 8 * 1_000_000_000;
        u64::try_from(bits.checked_div(span)?).ok()
    }

    /// What was counted since an earlier moment of the same flow.
    pub fn since(&self, earlier: &Self) -> Self {
        let rtts = self.rtts.get(earlier.rtts.len()..).unwrap_or_default().to_vec();
        let extremes = rtts.iter().min().copied().zip(rtts.iter().max().copied());
        Self {
            started: self.started,
            finished: self.finished,
            sent: self.sent - earlier.sent.min(self.sent),
            received: self.received - earlier.received.min(self.received),
            bytes: self.bytes - earlier.bytes.min(self.bytes),
            streamed: self.streamed.map(|bytes| bytes - earlier.streamed.unwrap_or(0).min(bytes)),
            failed: self.failed,
            first: earlier.first.map_or(self.first, |_| Some((earlier.last, 0))),
            last: self.last,
            rtts,
            extremes,
        }
    }

    /// Notes a round trip.
    pub fn round_trip(&mut self, rtt: SimDuration) {
        let (low, high) = self.extremes.unwrap_or((u64::MAX, 0));
        self.extremes = Some((low.min(rtt.0), high.max(rtt.0)));
        if self.rtts.len() < KEPT {
            self.rtts.push(rtt.0);
        }
    }

    /// Shortest, median (lower one of an even count) and longest round trip.
    pub fn rtt(&self) -> Option<[SimDuration; 3]> {
        let (low, high) = self.extremes?;
        let mut sorted = self.rtts.clone();
        sorted.sort_unstable();
        Some([low, sorted[(sorted.len() - 1) / 2], high].map(SimDuration))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_is_the_middle_round_trip() {
        let mut flow = FlowStats { sent: 4, received: 3, ..FlowStats::default() };
        assert_eq!(flow.rtt(), None);
        for ns in [900, 100, 300] {
            flow.round_trip(SimDuration(ns));
        }
        assert_eq!(flow.rtt(), Some([100, 300, 900].map(SimDuration)));
        assert_eq!(flow.lost(), 1);
    }

    #[test]
    fn goodput_is_what_came_after_the_first_payload_by_the_time_since_then() {
        let mut flow = FlowStats::default();
        flow.deliver(SimTime(5_000), 0);
        flow.deliver(SimTime(1_000_000), 700);
        assert_eq!(flow.goodput(), None);
        let earlier = flow.clone();
        flow.deliver(SimTime(2_000_000), 1_000);
        flow.deliver(SimTime(3_000_000), 500);
        assert_eq!(flow.goodput(), Some(6_000_000));
        assert_eq!(flow.since(&earlier).goodput(), Some(6_000_000));
    }

    #[test]
    fn a_later_moment_counts_only_what_came_since() {
        let mut flow = FlowStats { sent: 1, received: 1, bytes: 56, ..FlowStats::default() };
        flow.round_trip(SimDuration(900));
        let earlier = flow.clone();
        flow.sent = 3;
        flow.received = 2;
        flow.round_trip(SimDuration(100));
        let since = flow.since(&earlier);
        assert_eq!((since.sent, since.received, since.bytes), (2, 1, 0));
        assert_eq!(since.rtt(), Some([SimDuration(100); 3]));
        assert_eq!(flow.since(&flow).rtt(), None);
    }
}
