//! What a frame on a cable was there for.

use std::collections::BTreeMap;

use super::Kind;
use super::way::Useful;
use crate::id::{CableId, DeviceId};
use crate::lab::judge::trace::Crossed;
use crate::wire::layers::{FieldValue, Layer};

/// A direction of a TCP connection on one end of a cable.
type Stream = (CableId, DeviceId, [String; 2], [u64; 2]);

/// Which bytes of each stream of TCP have gone over each cable.
#[derive(Debug, Default)]
pub struct Again(BTreeMap<Stream, Seen>);

/// Bytes of a stream that were seen, as ranges that do not touch, numbered on where sequence numbers go round.
#[derive(Debug, Default)]
struct Seen {
    last: i64,
    ranges: BTreeMap<i64, i64>,
}

impl Again {
    /// Whether all of this payload had been seen before.
    fn is_known(&mut self, stream: Stream, seq: u32, len: usize) -> bool {
        self.0.entry(stream).or_insert_with(|| Seen { last: i64::from(seq), ..Seen::default() }).take(seq, len)
    }
}

impl Seen {
    fn take(&mut self, seq: u32, len: usize) -> bool {
        let ahead = seq.wrapping_sub(self.last as u32).cast_signed();
        let (mut start, mut end) = (self.last + i64::from(ahead), self.last + i64::from(ahead) + len as i64);
        self.last = start;
        let before = self.ranges.range(..=start).next_back().map(|(from, to)| (*from, *to));
        if before.is_some_and(|(_, to)| to >= end) {
            return true;
        }
        if let Some((from, _)) = before.filter(|(_, to)| *to >= start) {
            start = from;
        }
        // What touches the new range becomes part of it.
        while let Some((from, to)) = self.ranges.range(start..=end).next().map(|(from, to)| (*from, *to)) {
            self.ranges.remove(&from);
            end = end.max(to);
        }
        self.ranges.insert(start, end);
        false
    }
}

/// What a frame was there for.
pub fn of(record: &Crossed, layers: &[Layer], useful: &Useful, at: usize, again: &mut Again) -> Kind {
    let plain = |name: &str| layers.iter().rev().find(|layer| layer.name == name && !layer.quoted);
    if plain("arp").is_some() {
        return Kind::Arp;
    }
    if !record.origin.own {
        return if plain("icmp").is_some() { Kind::Error } else { Kind::Control };
    }
    if !useful.sent.contains(&at) {
        return if useful.is_copy(record.frame) { Kind::Flood } else { Kind::Lost };
    }
    let Some(tcp) = plain("tcp") else { return Kind::Data };
    let payload: usize = layers.iter().filter(|layer| layer.name == "payload").map(|layer| layer.range.len()).sum();
    if payload == 0 {
        return Kind::Ack;
    }
    let seq = tcp.number("seq").unwrap_or(0) as u32;
    let known = stream(record, tcp, plain("ipv4")).is_some_and(|stream| again.is_known(stream, seq, payload));
    if known { Kind::Again } else { Kind::Data }
}

fn stream(record: &Crossed, tcp: &Layer, ip: Option<&Layer>) -> Option<Stream> {
    let ends = |name| match &ip?.field(name)?.value {
        FieldValue::Ipv4(address) => Some(address.to_string()),
        _ => None,
    };
    let ports = [tcp.number("src")?, tcp.number("dst")?];
    Some((record.cable?, record.device, [ends("src")?, ends("dst")?], ports))
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn a_hole_that_is_filled_is_new_and_what_was_there_is_not() {
        let mut seen = Seen { last: i64::from(u32::MAX - 50), ..Seen::default() };
        let start = u32::MAX - 50;
        let at = |offset: u32| start.wrapping_add(offset);
        assert!(!seen.take(at(0), 100));
        assert!(!seen.take(at(200), 100), "beyond the end of the numbers");
        assert!(!seen.take(at(100), 100), "the hole");
        assert!(seen.take(at(0), 300) && seen.take(at(150), 100));
        assert!(!seen.take(at(250), 100), "half of it is new");
        assert_eq!(seen.ranges.len(), 1);
    }
}
