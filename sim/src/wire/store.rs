//! What clients and the key-value store say to each other: one datagram a message, on port 2379.
//!
//! A model, not etcd's encoding: etcd speaks gRPC over HTTP/2 over TCP. The operations are etcd's (put, delete, range,
//! leases, watches from a revision), but a message carries a number and is answered, so that it can be asked again when
//! nothing comes back.
//!
//! ```text
//!  0  2  "kv"
//!  2  1  version, 1
//!  3  1  operation; the highest bit is set in an answer
//!  4  4  number of the request; of an event the store's own
//!  8  8  revision: of the store in what it says, else the last one the client has
//! 16  8  put, delete, read: 0; grant: time to live in ms; event: the revision told before
//! 24  4  the store's mark: another one after its data were lost
//! 28  4  lease, or 0
//! 32  1  outcome of an answer: 0 done, 1 no such lease, 2 revision not kept, 3 does not fit
//! 33  1  flags: 1 more follows, 2 the asker's watch is known
//! 34  2  entries; each: 1 byte (0 there, 1 deleted), revision (8), lease (4), lengths (2 + 2), key, value
//! ```

use crate::wire::{be16, be32, be64};

/// etcd's port for clients (IANA).
pub const PORT: u16 = 2379;
/// Bytes before the entries.
pub const HEADER_LEN: usize = 36;
/// Bytes of an entry before its key.
const ENTRY_LEN: usize = 17;
/// Most bytes of entries in one message, so that none is split on its way.
pub const ROOM: usize = 1_200;
const MAGIC: [u8; 3] = *b"kv\x01";
const ANSWER: u8 = 0x80;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Op {
    /// Write a key.
    Put,
    /// Remove a key.
    Delete,
    /// Read the keys with a prefix, from the second key given on.
    Read,
    /// Make a lease.
    Grant,
    /// Renew a lease, and ask whether one's watch is still known.
    KeepAlive,
    /// Tell what changes under a prefix, after a revision.
    Watch,
    /// The store tells of changes; the answer says that they came.
    Event,
}

impl Op {
    const ALL: [Self; 7] =
        [Self::Put, Self::Delete, Self::Read, Self::Grant, Self::KeepAlive, Self::Watch, Self::Event];

    /// The word in summaries.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Delete => "delete",
            Self::Read => "read",
            Self::Grant => "grant",
            Self::KeepAlive => "keep-alive",
            Self::Watch => "watch",
            Self::Event => "event",
        }
    }
}

/// How it went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    #[default]
    Done,
    /// The lease has expired, or never was.
    NoLease,
    /// What changed after that revision is not kept any more.
    NotKept,
    /// Key and value are too long for a message.
    TooLong,
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Done, Self::NoLease, Self::NotKept, Self::TooLong];

    /// The word in the packet pane.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NoLease => "no such lease",
            Self::NotKept => "revision not kept",
            Self::TooLong => "too long",
        }
    }
}

/// A key with its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// It is gone.
    pub deleted: bool,
    /// The revision that wrote or removed it.
    pub revision: u64,
    /// The lease it hangs on, or 0.
    pub lease: u32,
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

impl Item {
    /// A key without more.
    pub fn key(key: impl Into<String>) -> Self {
        Self { key: key.into(), ..Self::default() }
    }

    /// Bytes in a message.
    pub fn len(&self) -> usize {
        ENTRY_LEN + self.key.len() + self.value.len()
    }

    /// Never: an item has a header.
    pub fn is_empty(&self) -> bool {
        false
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What is asked.
    pub op: Op,
    /// It is the answer.
    pub answer: bool,
    /// Number of the request.
    pub id: u32,
    /// See the table above.
    pub revision: u64,
    /// See the table above.
    pub extra: u64,
    /// The store's mark.
    pub mark: u32,
    /// The lease, or 0.
    pub lease: u32,
    /// How it went.
    pub outcome: Outcome,
    /// There is more than fits.
    pub more: bool,
    /// The watch of whoever asks is known.
    pub watched: bool,
    /// Keys and values.
    pub items: Vec<Item>,
}

impl Message {
    /// A question without content.
    pub fn new(op: Op) -> Self {
        Self {
            op,
            answer: false,
            id: 0,
            revision: 0,
            extra: 0,
            mark: 0,
            lease: 0,
            outcome: Outcome::Done,
            more: false,
            watched: false,
            items: Vec::new(),
        }
    }

    /// Bytes.
    pub fn len(&self) -> usize {
        HEADER_LEN + self.items.iter().map(Item::len).sum::<usize>()
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
        let place = Op::ALL.iter().position(|op| *op == self.op).unwrap_or(0) as u8 + 1;
        put(&[place | if self.answer { ANSWER } else { 0 }]);
        put(&self.id.to_be_bytes());
        put(&self.revision.to_be_bytes());
        put(&self.extra.to_be_bytes());
        put(&self.mark.to_be_bytes());
        put(&self.lease.to_be_bytes());
        put(&[Outcome::ALL.iter().position(|word| *word == self.outcome).unwrap_or(0) as u8]);
        put(&[u8::from(self.more) | u8::from(self.watched) << 1]);
        put(&(self.items.len() as u16).to_be_bytes());
        for item in &self.items {
            put(&[u8::from(item.deleted)]);
            put(&item.revision.to_be_bytes());
            put(&item.lease.to_be_bytes());
            put(&(item.key.len() as u16).to_be_bytes());
            put(&(item.value.len() as u16).to_be_bytes());
            put(item.key.as_bytes());
            put(item.value.as_bytes());
        }
    }

    /// Reads a message; nothing when these bytes are none.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() < HEADER_LEN || bytes[..3] != MAGIC {
            return None;
        }
        let op = *Op::ALL.get(usize::from(bytes[3] & !ANSWER).checked_sub(1)?)?;
        let mut message = Self {
            op,
            answer: bytes[3] & ANSWER != 0,
            id: be32(bytes, 4),
            revision: be64(bytes, 8),
            extra: be64(bytes, 16),
            mark: be32(bytes, 24),
            lease: be32(bytes, 28),
            outcome: *Outcome::ALL.get(usize::from(bytes[32]))?,
            more: bytes[33] & 1 != 0,
            watched: bytes[33] & 2 != 0,
            items: Vec::new(),
        };
        let mut at = HEADER_LEN;
        for _ in 0..be16(bytes, 34) {
            let head = bytes.get(at..at + ENTRY_LEN)?;
            let (key, value) = (usize::from(be16(head, 13)), usize::from(be16(head, 15)));
            let text = |from: usize, len: usize| String::from_utf8(bytes.get(from..from + len)?.to_vec()).ok();
            message.items.push(Item {
                deleted: head[0] != 0,
                revision: be64(head, 1),
                lease: be32(head, 9),
                key: text(at + ENTRY_LEN, key)?,
                value: text(at + ENTRY_LEN + key, value)?,
            });
            at += ENTRY_LEN + key + value;
        }
        (at == bytes.len()).then_some(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Message {
        let items = vec![
            Item { deleted: true, revision: 7, lease: 0, key: "/a".to_owned(), value: String::new() },
            Item { deleted: false, revision: 8, lease: 3, key: "/b".to_owned(), value: "值".to_owned() },
        ];
        let (id, revision, extra, mark) = (9, 8, u64::MAX, 5);
        let outcome = Outcome::NotKept;
        Message {
            answer: true,
            id,
            revision,
            extra,
            mark,
            lease: 4,
            outcome,
            more: true,
            items,
            ..Message::new(Op::Event)
        }
    }

    #[test]
    fn a_message_reads_back() {
        for op in Op::ALL {
            for message in [Message::new(op), Message { op, ..sample() }, Message { op, watched: true, ..sample() }] {
                let mut bytes = vec![0; message.len()];
                message.write(&mut bytes);
                assert_eq!(Message::read(&bytes), Some(message));
            }
        }
    }

    #[test]
    fn damaged_messages_are_none() {
        let message = sample();
        let mut bytes = vec![0; message.len()];
        message.write(&mut bytes);
        for len in 0..bytes.len() {
            assert_eq!(Message::read(&bytes[..len]), None, "cut to {len}");
        }
        for (at, value) in [(0, 0), (2, 9), (3, 0), (3, 0x7f), (32, 9), (34, 0xff), (HEADER_LEN + 13, 0xff)] {
            let mut damaged = bytes.clone();
            damaged[at] = value;
            assert_eq!(Message::read(&damaged), None, "byte {at} is {value}");
        }
        assert_eq!(Message::read(&[bytes, vec![0]].concat()), None);
    }
}
