//! What became of each named flow of a lab.

use crate::time::SimDuration;

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
    rtts: Vec<u64>,
    extremes: Option<(u64, u64)>,
}

impl FlowStats {
    /// Packets sent that did not arrive.
    pub fn lost(&self) -> u64 {
        self.sent.saturating_sub(self.received)
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
