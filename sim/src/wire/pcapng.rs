//! A pcapng writer (draft-ietf-opsawg-pcapng): one interface per port, nanoseconds, packet numbers, and comments.
//!
//! Little-endian on every machine, so that a capture is a golden file.

use std::fmt::Write as _;

use crate::time::SimTime;
use crate::wire::LinkType;

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const ENHANCED_PACKET: u32 = 6;
const COMMENT: u16 = 1;

/// Which way a packet went, seen from its interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It came in.
    In,
    /// It went out.
    Out,
}

/// A packet to be written.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// Number of its interface.
    pub interface: u32,
    /// When.
    pub time: SimTime,
    /// Which way.
    pub direction: Direction,
    /// The frame's number: equal on every interface it passes.
    pub id: u64,
    /// The bytes.
    pub bytes: &'a [u8],
    /// One comment a line.
    pub comments: &'a [String],
}

/// A capture in the making.
#[derive(Clone, Debug)]
pub struct Capture {
    bytes: Vec<u8>,
    interfaces: u32,
}

impl Default for Capture {
    fn default() -> Self {
        let mut capture = Self { bytes: Vec::new(), interfaces: 0 };
        let mut application = String::new();
        let _ = write!(application, "overunder {}", env!("CARGO_PKG_VERSION"));
        let mut body = Vec::new();
        body.extend_from_slice(&0x1a2b_3c4d_u32.to_le_bytes());
        body.extend_from_slice(&[1, 0, 0, 0]);
        body.extend_from_slice(&u64::MAX.to_le_bytes()); // section length: not given
        option(&mut body, 4, application.as_bytes());
        end_of_options(&mut body);
        capture.block(SECTION, &body);
        capture
    }
}

fn option(body: &mut Vec<u8>, code: u16, value: &[u8]) {
    // Lengths are 16 bits; a longer comment is cut at a character.
    let mut len = value.len().min(usize::from(u16::MAX));
    while len < value.len() && value[len] & 0xc0 == 0x80 {
        len -= 1;
    }
    body.extend_from_slice(&code.to_le_bytes());
    body.extend_from_slice(&(len as u16).to_le_bytes());
    body.extend_from_slice(&value[..len]);
    pad(body);
}

fn end_of_options(body: &mut Vec<u8>) {
    body.extend_from_slice(&[0; 4]);
}

fn pad(body: &mut Vec<u8>) {
    body.resize(body.len().next_multiple_of(4), 0);
}

impl Capture {
    fn block(&mut self, kind: u32, body: &[u8]) {
        let total = (body.len() + 12) as u32;
        self.bytes.extend_from_slice(&kind.to_le_bytes());
        self.bytes.extend_from_slice(&total.to_le_bytes());
        self.bytes.extend_from_slice(body);
        self.bytes.extend_from_slice(&total.to_le_bytes());
    }

    /// Announces an interface and returns its number.
    pub fn interface(&mut self, name: &str, link: LinkType) -> u32 {
        let link: u16 = match link {
            LinkType::Ethernet => 1,
            LinkType::Ip => 101,
        };
        let mut body = Vec::new();
        body.extend_from_slice(&link.to_le_bytes());
        body.extend_from_slice(&[0; 6]); // reserved, no snap length
        option(&mut body, 2, name.as_bytes());
        option(&mut body, 9, &[9]); // nanoseconds
        end_of_options(&mut body);
        self.block(INTERFACE, &body);
        self.interfaces += 1;
        self.interfaces - 1
    }

    /// Number of interfaces announced.
    pub fn interfaces(&self) -> u32 {
        self.interfaces
    }

    /// Adds a packet.
    pub fn packet(&mut self, packet: &Packet<'_>) {
        let len = packet.bytes.len() as u32;
        let mut body = Vec::with_capacity(packet.bytes.len() + 64);
        body.extend_from_slice(&packet.interface.to_le_bytes());
        body.extend_from_slice(&((packet.time.0 >> 32) as u32).to_le_bytes());
        body.extend_from_slice(&(packet.time.0 as u32).to_le_bytes());
        body.extend_from_slice(&len.to_le_bytes());
        body.extend_from_slice(&len.to_le_bytes());
        body.extend_from_slice(packet.bytes);
        pad(&mut body);
        for comment in packet.comments {
            option(&mut body, COMMENT, comment.as_bytes());
        }
        let direction: u32 = match packet.direction {
            Direction::In => 1,
            Direction::Out => 2,
        };
        option(&mut body, 2, &direction.to_le_bytes());
        option(&mut body, 5, &packet.id.to_le_bytes());
        end_of_options(&mut body);
        self.block(ENHANCED_PACKET, &body);
    }

    /// The file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes what was written so far, so that a long capture can go to its file in pieces.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_whole_and_end_with_their_length() {
        let mut capture = Capture::default();
        let port = capture.interface("sw:1", LinkType::Ethernet);
        let comments = ["泛洪 flood".to_owned(), "x".repeat(70_000)];
        let packet = Packet {
            interface: port,
            time: SimTime(0x1_0000_0002),
            direction: Direction::Out,
            id: 7,
            bytes: &[0xaa; 61],
            comments: &comments,
        };
        capture.packet(&packet);
        let bytes = capture.bytes();
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        let (mut at, mut kinds) = (0, Vec::new());
        while at < bytes.len() {
            let total = word(at + 4) as usize;
            assert_eq!(total % 4, 0);
            assert_eq!(word(at + total - 4) as usize, total);
            kinds.push(word(at));
            at += total;
        }
        assert_eq!((at, kinds), (bytes.len(), vec![SECTION, INTERFACE, ENHANCED_PACKET]));
    }

    #[test]
    fn interface_block_byte_for_byte() {
        let mut capture = Capture { bytes: Vec::new(), interfaces: 0 };
        capture.interface("sw:1", LinkType::Ethernet);
        let expected = [
            1, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 4, 0, b's', b'w', b':', b'1', 9, 0, 1, 0, 9, 0, 0,
            0, 0, 0, 0, 0, 40, 0, 0, 0,
        ];
        assert_eq!(capture.bytes(), expected);
    }
}
