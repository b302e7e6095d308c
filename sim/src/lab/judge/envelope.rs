//! What is in an envelope, known from what was put into it rather than from what a reader of headers makes of it: a device
//! may write a header that is longer than the reader believes.

use crate::id::FrameId;
use crate::lab::judge::trace::{Crossed, Trace};
use crate::lab::judge::value::Quantity;
use crate::wire::layers::{Layer, find, walk};
use crate::wire::{LinkType, ipv6};

/// So many bytes of a frame are enough to find it in another one: no header is longer without being its own.
const KNOWN_BY: usize = 20;

/// A frame that was put into an envelope, as it was before.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// Whether it begins with an Ethernet header.
    pub link: LinkType,
    /// All of it.
    pub bytes: &'a [u8],
}

impl Content<'_> {
    /// Where in a frame it begins: all of it, or as much as a first fragment has room for.
    pub fn begin_in(&self, bytes: &[u8]) -> Option<usize> {
        let last = bytes.len().checked_sub(KNOWN_BY.min(self.bytes.len()))?;
        let is_there = |at: &usize| {
            let len = self.bytes.len().min(bytes.len() - at);
            bytes[*at..at + len] == self.bytes[..len]
        };
        (self.bytes.len() >= KNOWN_BY).then_some(1..=last)?.find(is_there)
    }
}

/// What is inside of a frame on a cable, with no envelope around it; nothing where nobody put it into one, or where it
/// cannot be found since it was encrypted or rewritten.
pub fn inside<'a>(trace: &'a Trace, record: &Crossed) -> Option<Content<'a>> {
    let bytes = trace.bytes_of(record);
    let older = std::iter::successors(Some(record.frame), |frame| parent(trace, *frame));
    let seen = older.skip(1).filter_map(|frame| before(trace, frame, record.place));
    seen.filter(|content| content.begin_in(bytes).is_some()).last()
}

fn parent(trace: &Trace, frame: FrameId) -> Option<FrameId> {
    let of_frame = trace.frames.iter().find(|record| record.frame == frame).map(|record| record.parent);
    let decided = || trace.decisions.iter().map(|record| &record.decision).find(|decision| decision.frame == frame);
    let parent = of_frame.or_else(|| decided().map(|decision| decision.parent))?;
    (parent != FrameId::NONE && parent < frame).then_some(parent)
}

/// A frame as it was last seen before a place in the trace.
fn before(trace: &Trace, frame: FrameId, place: u64) -> Option<Content<'_>> {
    let record = trace.frames.iter().rfind(|record| record.frame == frame && record.place < place)?;
    Some(Content { link: record.link, bytes: trace.bytes_of(record) })
}

/// Bytes by which the IP packet on a cable is longer than the one inside of it.
pub fn growth(layers: &[Layer], content: Option<Content<'_>>) -> Quantity {
    let number =
        |layers: &[Layer], name| find(layers, name).and_then(|field| field.value.to_string().parse::<i64>().ok());
    // The length field of IPv6 leaves its own header out.
    let over_ipv6 = layers.iter().find(|layer| matches!(layer.name, "ipv4" | "ipv6")).filter(|at| at.name == "ipv6");
    let outer = over_ipv6.and_then(|_| number(layers, "outer.ipv6.len")).map(|len| len + ipv6::HEADER_LEN as i64);
    let inner = content.and_then(|content| number(&walk(content.link, content.bytes), "inner.ipv4.len"));
    match (outer.or_else(|| number(layers, "outer.ipv4.len")), inner.or_else(|| number(layers, "inner.ipv4.len"))) {
        (Some(outer), Some(inner)) => Quantity::Number(outer - inner),
        _ => Quantity::Nothing,
    }
}
