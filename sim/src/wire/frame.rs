//! A frame: a 16-byte handle to a block of bytes with room in front.
//!
//! A frame moves by its handle and is copied only where it goes several ways at once. Blocks have one holder: copies
//! that share their bytes were measured to cost every frame more, at each change of its bytes, than flooding saves.
//! The number of the frame, the frame it was made from and the flow it belongs to travel in front of the bytes, in the
//! same allocation. Blocks come from a [`Pool`] and go back to it when a device is done with a frame, so a warm
//! simulation allocates nothing per frame.

use crate::id::{FlowId, FrameId};

/// What a wire carries, as in Linux's layer-2 and layer-3 devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkType {
    /// Ethernet frames, from the destination MAC on, without FCS.
    #[default]
    Ethernet,
    /// Bare IP packets: TUN, IPIP, ipvlan L3.
    Ip,
}

/// On whose behalf a frame is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The flow that made this frame necessary, or [`FlowId::NONE`].
    pub flow: FlowId,
    /// True for the flow's own packets; false for what they caused: ARP, ICMP errors.
    pub own: bool,
}

impl Origin {
    /// No flow at all.
    pub const NONE: Self = Self { flow: FlowId::NONE, own: false };

    /// A packet of `flow` itself.
    pub const fn of(flow: FlowId) -> Self {
        Self { flow, own: true }
    }

    /// Something made necessary by what this origin sent.
    pub const fn caused(self) -> Self {
        Self { own: false, ..self }
    }
}

/// Free bytes in front of a minted frame: two tunnel headers of 50 bytes and some.
pub const HEADROOM: usize = 128;

/// Most bytes that headers may take beyond that: three of the longest envelopes in one another, and some. A tunnel that
/// leads into itself ends there.
const MORE_ROOM: u16 = 1_400;

/// Sizes of the blocks, headroom included: a small frame, an ordinary one, a jumbo frame, the largest IP packet.
const CLASSES: [usize; 4] = [320, 2_048, 10_240, 70_000];

/// Largest frame that can be minted: the largest IP packet with its Ethernet and tunnel headers.
pub const MAX_LEN: usize = CLASSES[3] - HEADROOM;

#[derive(Debug)]
struct Block<B: ?Sized> {
    start: u32,
    end: u32,
    id: FrameId,
    parent: FrameId,
    origin: Origin,
    link: LinkType,
    /// By how much the room in front has been enlarged.
    grown: u16,
    bytes: B,
}

/// A frame on its way; see the module text.
#[derive(Debug)]
pub struct Frame(Box<Block<[u8]>>);

impl Clone for Frame {
    fn clone(&self) -> Self {
        let mut copy = Self(Block::of_class(class_of(self.0.bytes.len())));
        copy.take_after(self);
        copy
    }
}

impl Block<()> {
    fn fresh<const N: usize>() -> Box<Block<[u8]>> {
        Box::new(Block {
            start: 0,
            end: 0,
            id: FrameId::NONE,
            parent: FrameId::NONE,
            origin: Origin::NONE,
            link: LinkType::Ethernet,
            grown: 0,
            bytes: [0_u8; N],
        })
    }

    fn of_class(class: usize) -> Box<Block<[u8]>> {
        match class {
            0 => Self::fresh::<{ CLASSES[0] }>(),
            1 => Self::fresh::<{ CLASSES[1] }>(),
            2 => Self::fresh::<{ CLASSES[2] }>(),
            _ => Self::fresh::<{ CLASSES[3] }>(),
        }
    }
}

fn class_of(size: usize) -> usize {
    CLASSES.iter().position(|&class| size <= class).unwrap_or(CLASSES.len() - 1)
}

impl Frame {
    /// The bytes, from the destination MAC (or the IP header) to the end of the payload.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        &self.0.bytes[self.0.start as usize..self.0.end as usize]
    }

    /// Number of bytes; no FCS.
    #[inline]
    pub fn len(&self) -> usize {
        (self.0.end - self.0.start) as usize
    }

    /// True when nothing is left.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The frame's number.
    #[inline]
    pub fn id(&self) -> FrameId {
        self.0.id
    }

    /// The frame this one was made from by encapsulation or fragmentation, or [`FrameId::NONE`].
    #[inline]
    pub fn parent(&self) -> FrameId {
        self.0.parent
    }

    /// On whose behalf it travels.
    #[inline]
    pub fn origin(&self) -> Origin {
        self.0.origin
    }

    /// What kind of bytes these are.
    #[inline]
    pub fn link(&self) -> LinkType {
        self.0.link
    }

    /// The bytes for writing.
    #[inline]
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        let block = &mut *self.0;
        &mut block.bytes[block.start as usize..block.end as usize]
    }

    /// Removes `n` bytes in front (all, if there are fewer) without copying what stays.
    #[inline]
    pub fn strip(&mut self, n: usize) {
        let link = self.link();
        self.unwrap(n, link);
    }

    /// Cuts the frame after `n` bytes; does nothing when it is shorter.
    #[inline]
    pub fn truncate(&mut self, n: usize) {
        if n < self.len() {
            self.0.end = self.0.start + n as u32;
        }
    }

    /// Adds `n` zero bytes at the end. False, and no change, when the block cannot hold them.
    pub fn pad(&mut self, n: usize) -> bool {
        if n == 0 {
            return true;
        }
        if self.0.end as usize + n > self.0.bytes.len() {
            return false;
        }
        let block = &mut *self.0;
        let end = block.end as usize;
        block.bytes[end..end + n].fill(0);
        block.end = (end + n) as u32;
        true
    }

    /// Opens `n` bytes in front and returns the whole frame for writing; the new bytes hold old data.
    /// `None`, and no change, when there are too many headers already.
    #[inline]
    pub fn prepend(&mut self, n: usize) -> Option<&mut [u8]> {
        let link = self.link();
        self.wrap(n, link)
    }

    /// Opens `n` bytes in front, as [`Frame::prepend`], for a header with which the frame becomes one of `link`.
    #[inline]
    pub fn wrap(&mut self, n: usize, link: LinkType) -> Option<&mut [u8]> {
        if (self.0.start as usize) < n && !self.grow(n) {
            return None;
        }
        let block = &mut *self.0;
        block.start -= n as u32;
        block.link = link;
        Some(&mut block.bytes[block.start as usize..block.end as usize])
    }

    /// Moves into a larger block, with room for `n` bytes and some in front. False when that would be too much.
    #[cold]
    fn grow(&mut self, n: usize) -> bool {
        let (room, len) = (n + HEADROOM, self.len());
        let grown = usize::from(self.0.grown) + room;
        if grown > usize::from(MORE_ROOM) || room + len > CLASSES[CLASSES.len() - 1] {
            return false;
        }
        let mut larger = Self(Block::of_class(class_of(room + len)));
        larger.0.bytes[room..room + len].copy_from_slice(self.bytes());
        larger.be(self);
        (larger.0.start, larger.0.end, larger.0.grown) = (room as u32, (room + len) as u32, grown as u16);
        *self = larger;
        true
    }

    /// Removes `n` bytes in front, as [`Frame::strip`], without which the frame is one of `link`.
    #[inline]
    pub fn unwrap(&mut self, n: usize, link: LinkType) {
        let n = n.min(self.len()) as u32;
        self.0.start += n;
        self.0.link = link;
    }

    /// Changes what kind of bytes these are, after a header was taken off or put on.
    #[inline]
    pub fn set_link(&mut self, link: LinkType) {
        self.0.link = link;
    }

    /// Names the frame this one was made from.
    pub fn descend_from(&mut self, parent: FrameId) {
        self.0.parent = parent;
    }

    /// Gives the frame a new number, with its old one as parent: it is now another frame, made from the first.
    #[inline]
    pub fn rename(&mut self, id: FrameId) {
        self.0.parent = self.0.id;
        self.0.id = id;
    }

    /// Becomes a copy of a frame whose bytes fit into this one's block.
    fn take_after(&mut self, other: &Self) {
        let (to, from) = (&mut *self.0, &*other.0);
        let range = from.start as usize..from.end as usize;
        to.bytes[range.clone()].copy_from_slice(&from.bytes[range]);
        (to.start, to.end) = (from.start, from.end);
        self.be(other);
    }

    /// Takes over all that a frame is besides its bytes.
    fn be(&mut self, other: &Self) {
        let (to, from) = (&mut *self.0, &*other.0);
        (to.id, to.parent, to.origin) = (from.id, from.parent, from.origin);
        (to.link, to.grown) = (from.link, from.grown);
    }
}

/// Blocks that wait to be used again. A cloned world starts with an empty pool.
#[derive(Debug, Default)]
pub struct Pool {
    free: [Vec<Frame>; CLASSES.len()],
}

impl Clone for Pool {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Pool {
    /// A frame of `len` zero bytes with [`HEADROOM`] in front. At most [`MAX_LEN`] bytes: longer asks get that.
    #[inline]
    pub fn mint(&mut self, len: usize, link: LinkType, id: FrameId, origin: Origin) -> Frame {
        let len = len.min(MAX_LEN);
        let mut frame = self.take(class_of(len + HEADROOM));
        let block = &mut *frame.0;
        block.bytes[HEADROOM..HEADROOM + len].fill(0);
        (block.start, block.end) = (HEADROOM as u32, (HEADROOM + len) as u32);
        (block.id, block.parent, block.origin) = (id, FrameId::NONE, origin);
        (block.link, block.grown) = (link, 0);
        frame
    }

    /// A copy of a frame, number and all.
    pub fn copy(&mut self, frame: &Frame) -> Frame {
        let mut copy = self.take(class_of(frame.0.bytes.len()));
        copy.take_after(frame);
        copy
    }

    #[inline]
    fn take(&mut self, class: usize) -> Frame {
        self.free[class].pop().unwrap_or_else(|| Frame(Block::of_class(class)))
    }

    /// Takes a frame nobody needs any more, and keeps its block.
    #[inline]
    pub fn recycle(&mut self, frame: Frame) {
        const KEEP: usize = 4_096; // bounds what a burst leaves behind
        let class = class_of(frame.0.bytes.len());
        if self.free[class].len() < KEEP {
            self.free[class].push(frame);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mint(len: usize) -> Frame {
        Pool::default().mint(len, LinkType::Ethernet, FrameId(1), Origin::NONE)
    }

    #[test]
    fn handle_is_two_words() {
        assert_eq!(size_of::<Frame>(), 16);
    }

    #[test]
    fn writing_a_frame_leaves_its_copies_alone() {
        let mut a = mint(60);
        let mut pool = Pool::default();
        // A block used before, of whose old bytes nothing may be left.
        pool.recycle(mint(180));
        for (copy, written) in [(a.clone(), 7), (pool.copy(&a), 9)] {
            a.bytes_mut()[0] = written;
            assert_eq!((a.bytes()[0], copy.bytes()[0], copy.len(), copy.id()), (written, 0, 60, a.id()));
        }
    }

    #[test]
    fn prepend_then_strip_restores_the_bytes() {
        let mut frame = mint(100);
        frame.bytes_mut().iter_mut().enumerate().for_each(|(i, b)| *b = i as u8);
        let before = frame.bytes().to_vec();
        frame.prepend(50).unwrap().get_mut(..50).unwrap().fill(0xaa);
        assert_eq!(frame.len(), 150);
        frame.strip(50);
        assert_eq!(frame.bytes(), before);
        assert!(frame.prepend(usize::from(MORE_ROOM) + 1).is_none());
        assert_eq!((frame.bytes(), frame.id()), (&before[..], FrameId(1)));
    }

    #[test]
    fn a_frame_moves_where_there_is_room_for_its_headers() {
        let (mut frame, mut headers) = (mint(100), 0);
        frame.bytes_mut().fill(7);
        frame.rename(FrameId(2));
        while let Some(bytes) = frame.prepend(300) {
            bytes[..300].fill(9);
            headers += 300;
        }
        assert_eq!((headers, frame.len()), (900, 1_000), "three envelopes of 300 bytes");
        assert_eq!((frame.id(), frame.parent()), (FrameId(2), FrameId(1)));
        let copy = Pool::default().copy(&frame);
        for mut frame in [frame.clone(), copy, frame] {
            assert!(frame.prepend(300).is_none(), "copies have no more room");
            assert!(frame.bytes()[..900].iter().all(|&byte| byte == 9));
            frame.strip(900);
            assert_eq!(frame.bytes(), [7; 100]);
        }
        // However short the headers are, there is an end.
        let mut frame = mint(60);
        assert!((0..200).any(|_| frame.prepend(14).is_none()));
        let mut frame = mint(MAX_LEN);
        assert!(frame.prepend(HEADROOM).is_some() && frame.prepend(1).is_none(), "the largest block is full");
    }

    #[test]
    fn a_recycled_block_comes_back_clean() {
        let mut pool = Pool::default();
        let mut frame = pool.mint(60, LinkType::Ethernet, FrameId(1), Origin::NONE);
        frame.bytes_mut().fill(0xff);
        pool.recycle(frame);
        let again = pool.mint(64, LinkType::Ip, FrameId(2), Origin::of(FlowId(3)));
        assert!(again.bytes().iter().all(|&b| b == 0));
        assert_eq!((again.id(), again.origin().flow, again.link()), (FrameId(2), FlowId(3), LinkType::Ip));
    }

    #[test]
    fn padding_stops_at_the_block() {
        let mut frame = mint(42);
        assert!(frame.pad(18));
        assert_eq!(frame.len(), 60);
        assert!(!frame.pad(1_000));
        assert_eq!(mint(1_000_000).len(), MAX_LEN);
    }
}
