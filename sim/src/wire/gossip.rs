//! What daemons that gossip say to each other: one datagram a message, on port 7946.
//!
//! A model, not memberlist's encoding (which is msgpack): the messages are memberlist's and NetworkDB's. Whole states are
//! exchanged over TCP there, in datagrams here, several if one has no room.
//!
//! ```text
//!  0  2  "gs"
//!  2  1  version, 1
//!  3  1  kind of message
//!  4  4  number of the question, which the answer repeats
//!  8  2  rumours; each: kind (1), state (1), whom it is about (4), clock (8), lengths (2 + 2), key, value
//! ```

use std::net::Ipv4Addr;

use crate::wire::{be16, be32, be64};

/// The port of Docker's nodes (and memberlist's own).
pub const PORT: u16 = 7946;
/// Bytes before the rumours.
pub const HEADER_LEN: usize = 10;
/// Bytes of a rumour before its key.
const RUMOUR_LEN: usize = 18;
/// Most bytes of rumours in one message (memberlist: `UDPBufferSize` 1400).
pub const ROOM: usize = 1_200;
const MAGIC: [u8; 3] = *b"gs\x01";

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Are you there?
    Ping,
    /// I am.
    Ack,
    /// All I know; tell me all you know.
    Push,
    /// All I know.
    Pull,
    /// Rumours and nothing else.
    News,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Ping, Self::Ack, Self::Push, Self::Pull, Self::News];

    /// The word in summaries.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Ack => "ack",
            Self::Push => "push",
            Self::Pull => "pull",
            Self::News => "news",
        }
    }
}

/// What a rumour says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The member is alive; the key is there.
    There,
    /// The member does not answer.
    Suspect,
    /// The member is dead; the key is gone.
    Gone,
}

impl State {
    const ALL: [Self; 3] = [Self::There, Self::Suspect, Self::Gone];

    /// The word in the packet pane.
    pub const fn word(self) -> &'static str {
        match self {
            Self::There => "alive",
            Self::Suspect => "suspect",
            Self::Gone => "gone",
        }
    }
}

/// One piece of news: about a member when its key is empty, else about a key of that member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rumour {
    /// What it says.
    pub state: State,
    /// The member it is about, or whose key it is.
    pub owner: Ipv4Addr,
    /// Later news have a higher one.
    pub clock: u64,
    /// The key; empty for the member itself.
    pub key: String,
    /// The value; of a member the networks it is in.
    pub value: String,
}

impl Rumour {
    /// Bytes in a message.
    pub fn len(&self) -> usize {
        RUMOUR_LEN + self.key.len() + self.value.len()
    }

    /// Never: a rumour has a header.
    pub fn is_empty(&self) -> bool {
        false
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it is for.
    pub kind: Kind,
    /// Number of the question.
    pub id: u32,
    /// The rumours.
    pub rumours: Vec<Rumour>,
}

impl Message {
    /// Bytes.
    pub fn len(&self) -> usize {
        HEADER_LEN + self.rumours.iter().map(Rumour::len).sum::<usize>()
    }

    /// Never: a message has a header.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Writes it; `bytes` has [`Message::len`].
    pub fn write(&self, bytes: &mut [u8]) {
        let mut at = 0;
        let mut put = |part: &[u8]| {
            bytes[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        };
        put(&MAGIC);
        put(&[Kind::ALL.iter().position(|kind| *kind == self.kind).unwrap_or(0) as u8]);
        put(&self.id.to_be_bytes());
        put(&(self.rumours.len() as u16).to_be_bytes());
        for rumour in &self.rumours {
            put(&[rumour.state as u8, 0]);
            put(&rumour.owner.octets());
            put(&rumour.clock.to_be_bytes());
            put(&(rumour.key.len() as u16).to_be_bytes());
            put(&(rumour.value.len() as u16).to_be_bytes());
            put(rumour.key.as_bytes());
            put(rumour.value.as_bytes());
        }
    }

    /// Reads a message; nothing when these bytes are none.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() < HEADER_LEN || bytes[..3] != MAGIC {
            return None;
        }
        let kind = *Kind::ALL.get(usize::from(bytes[3]))?;
        let mut message = Self { kind, id: be32(bytes, 4), rumours: Vec::new() };
        let mut at = HEADER_LEN;
        for _ in 0..be16(bytes, 8) {
            let head = bytes.get(at..at + RUMOUR_LEN)?;
            let (key, value) = (usize::from(be16(head, 14)), usize::from(be16(head, 16)));
            let text = |from: usize, len: usize| String::from_utf8(bytes.get(from..from + len)?.to_vec()).ok();
            message.rumours.push(Rumour {
                state: *State::ALL.get(usize::from(head[0]))?,
                owner: Ipv4Addr::from_bits(be32(head, 2)),
                clock: be64(head, 6),
                key: text(at + RUMOUR_LEN, key)?,
                value: text(at + RUMOUR_LEN + key, value)?,
            });
            at += RUMOUR_LEN + key + value;
        }
        (at == bytes.len()).then_some(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(kind: Kind) -> Message {
        let rumour = |state, key: &str, value: &str| Rumour {
            state,
            owner: Ipv4Addr::new(192, 0, 2, 1),
            clock: u64::MAX - 1,
            key: key.to_owned(),
            value: value.to_owned(),
        };
        let rumours = vec![rumour(State::Suspect, "", "42"), rumour(State::Gone, "/k", "值")];
        Message { kind, id: 7, rumours }
    }

    #[test]
    fn a_message_reads_back() {
        for kind in Kind::ALL {
            for message in [sample(kind), Message { kind, id: 0, rumours: Vec::new() }] {
                let mut bytes = vec![0; message.len()];
                message.write(&mut bytes);
                assert_eq!(Message::read(&bytes), Some(message));
            }
        }
    }

    #[test]
    fn damaged_messages_are_none() {
        let message = sample(Kind::News);
        let mut bytes = vec![0; message.len()];
        message.write(&mut bytes);
        for len in 0..bytes.len() {
            assert_eq!(Message::read(&bytes[..len]), None, "cut to {len}");
        }
        for (at, value) in [(0, 0), (2, 9), (3, 9), (8, 0xff), (HEADER_LEN, 9), (HEADER_LEN + 16, 0xff)] {
            let mut damaged = bytes.clone();
            damaged[at] = value;
            assert_eq!(Message::read(&damaged), None, "byte {at} is {value}");
        }
    }
}
