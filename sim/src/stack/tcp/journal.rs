//! What went into a socket, in order; copies share what they have in common.

use std::sync::Arc;

use crate::time::SimTime;

/// Inputs of one piece; a shared piece is never added to, so a copy costs a piece at most.
const PIECE: usize = 256;

/// What becomes of a connection when all that may be written is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// More may come.
    #[default]
    Open,
    /// It is closed.
    Close,
    /// It is broken off, whatever is still to be sent.
    Abort,
}

/// One turn of a socket: what it is told before it may act.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// When.
    pub at: SimTime,
    /// The largest packet that gets through to the other side, as far as is known.
    pub mtu: u16,
    /// How many bytes the program has had to send so far, all in all.
    pub may_write: u64,
    /// And then?
    pub end: End,
    /// A segment that came in: its header, and how many bytes followed.
    pub segment: Option<(Box<[u8]>, u32)>,
    /// What the program says from now on; only of a connection on which the words matter.
    pub said: Box<[u8]>,
    /// What the bytes of the segment were, likewise.
    pub heard: Box<[u8]>,
}

/// All inputs so far.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    last: Arc<Piece>,
}

#[derive(Debug, Default)]
struct Piece {
    before: Option<Arc<Piece>>,
    inputs: Vec<Input>,
}

impl Drop for Piece {
    fn drop(&mut self) {
        // One after the other: left to itself a long chain would be dropped in as deep a recursion.
        let mut next = self.before.take();
        while let Some(mut piece) = next.and_then(Arc::into_inner) {
            next = piece.before.take();
        }
    }
}

impl Journal {
    /// Adds an input.
    pub fn push(&mut self, input: Input) {
        if let Some(piece) = Arc::get_mut(&mut self.last)
            && piece.inputs.len() < PIECE
        {
            return piece.inputs.push(input);
        }
        self.last = Arc::new(Piece { before: Some(self.last.clone()), inputs: vec![input] });
    }

    /// Calls `with` for every input in order.
    pub fn replay(&self, with: impl FnMut(&Input)) {
        let mut pieces = vec![&self.last];
        while let Some(before) = pieces.last().and_then(|piece| piece.before.as_ref()) {
            pieces.push(before);
        }
        pieces.iter().rev().flat_map(|piece| &piece.inputs).for_each(with);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(journal: &Journal) -> Vec<u64> {
        let mut times = Vec::new();
        journal.replay(|input| times.push(input.at.0));
        times
    }

    fn add(journal: &mut Journal, from: u64, to: u64) {
        (from..to).for_each(|n| journal.push(Input { at: SimTime(n), ..Input::default() }));
    }

    #[test]
    fn copies_share_the_past_and_part_from_then_on() {
        let mut one = Journal::default();
        add(&mut one, 0, 700);
        let mut other = one.clone();
        add(&mut one, 700, 1_000);
        add(&mut other, 5_000, 5_002);
        assert_eq!(times(&one), (0..1_000).collect::<Vec<_>>());
        assert_eq!(times(&other), (0..700).chain(5_000..5_002).collect::<Vec<_>>());
    }

    #[test]
    fn a_long_chain_is_dropped_without_recursion() {
        let mut journal = Journal::default();
        let mut kept = Vec::new();
        for n in 0..200_000 {
            add(&mut journal, n, n + 1);
            kept.push(journal.clone());
        }
        drop(journal);
        drop(kept.split_off(1));
        assert_eq!(times(&kept[0]), [0]);
    }
}
