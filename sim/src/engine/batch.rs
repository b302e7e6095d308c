//! Segmentation offload: work that segments of one connection share.
//!
//! With it the kernel handles what has come in, or is to go out, together as one packet, and pays once. What is together
//! is not decided by a rule: it is what found the core at work. A core that has time to spare sees each segment alone,
//! and one that falls behind sees ever more of them at once, until 64 KB are full (`napi_gro_receive`, net/core/gro.c).
//! So offload shortens no round trip, and a way that costs twice as much reaches nearly the same rate.
//!
//! Simplified: acknowledgements share what the segments do that cause them, as a receiver acknowledges one large packet
//! once; and a program that carries a tunnel gives packets to the kernel one by one, which share again here.

use std::collections::BTreeMap;

use crate::cost::Cost;
use crate::id::{DeviceId, FlowId, FrameId};

/// Segments that a device has handled together so far.
#[derive(Clone, Copy, Debug)]
struct Batch {
    /// Since when the core has been at work without a break.
    shift: u64,
    /// The segment that paid.
    first: FrameId,
    bytes: u32,
}

/// What each device handles together, by connection and by work.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Batches {
    open: BTreeMap<(DeviceId, FlowId, Cost), Batch>,
}

impl Batches {
    /// Whether a segment shares work that one before it has paid for; if not, it is the first of the next batch.
    pub fn join(
        &mut self,
        (device, flow, cost): (DeviceId, FlowId, Cost),
        (frame, len): (FrameId, usize),
        shift: u64,
        most: u32,
    ) -> bool {
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        let batch = self.open.entry((device, flow, cost)).or_insert(Batch { shift, first: frame, bytes: most });
        let bytes = batch.bytes.saturating_add(len);
        // The same device may do the same twice for one segment, inside and outside of a tunnel: it pays for both.
        if batch.shift == shift && bytes <= most && batch.first != frame {
            batch.bytes = bytes;
            return true;
        }
        *batch = Batch { shift, first: frame, bytes: len };
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_ends_with_its_bytes_with_the_shift_or_with_its_first_segment() {
        let mut batches = Batches::default();
        let key = (DeviceId(1), FlowId(0), Cost::Encap);
        let mut joins = |frame, shift| batches.join(key, (FrameId(frame), 1_500), shift, 4_000);
        assert_eq!(
            [(1, 0), (2, 0), (3, 0), (4, 0)].map(|(frame, shift)| joins(frame, shift)),
            [false, true, false, true]
        );
        assert_eq!(
            [(5, 1), (6, 1), (5, 1), (5, 1)].map(|(frame, shift)| joins(frame, shift)),
            [false, true, false, false]
        );
        let other = (DeviceId(1), FlowId(1), Cost::Encap);
        assert!(!batches.join(other, (FrameId(7), 1_500), 1, 4_000));
    }
}
