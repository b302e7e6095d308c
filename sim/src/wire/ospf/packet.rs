//! The five packets (RFC 2328 §A.3), each behind the same header of 24 bytes.

use std::net::Ipv4Addr;

use super::lsa::{self, Header, Key, Lsa};
use super::{ip, items};
use crate::wire::{be16, be32, checksum};

/// Version, type, length, router id, area, checksum, authentication type, authentication.
pub const HEADER_LEN: usize = 24;
/// Where the authentication begins, which no checksum covers.
const AUTH_AT: usize = 16;

/// What is wrong with a packet as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its fields do not fill its length, or its length is not that of its bytes.
    Length,
    /// Another version, with its number.
    Version(u8),
    /// An unknown type, with its number.
    Type(u8),
    /// The checksum does not add up.
    Checksum,
    /// A kind of authentication nobody here knows, with its number.
    Authentication(u16),
}

/// How a packet shows that it may be believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Auth {
    /// Not at all.
    #[default]
    Null,
    /// By a password that everybody on the wire can read.
    Simple([u8; 8]),
}

/// "I am here, and this is whom I hear."
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// Mask of the sender's interface.
    pub mask: Ipv4Addr,
    /// Seconds between two hellos.
    pub interval: u16,
    /// Options.
    pub options: u8,
    /// Priority for becoming designated router; 0 for never.
    pub priority: u8,
    /// Seconds of silence after which the sender is gone.
    pub dead: u32,
    /// Address of the designated router, as the sender sees it; 0 for none.
    pub dr: Ipv4Addr,
    /// Address of its backup.
    pub bdr: Ipv4Addr,
    /// Router ids of those the sender has heard.
    pub neighbours: Vec<Ipv4Addr>,
}

/// A database description: which LSAs the sender has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Largest IP packet of the sender's interface.
    pub mtu: u16,
    /// Options.
    pub options: u8,
    /// [`super::INIT`], [`super::MORE`], [`super::MASTER`].
    pub flags: u8,
    /// Number of the description, counted by the master.
    pub seq: u32,
    /// Headers of LSAs.
    pub headers: Vec<Header>,
}

/// What a packet is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Type 1.
    Hello(Hello),
    /// Type 2.
    Description(Description),
    /// Type 3: wants these LSAs.
    Request(Vec<Key>),
    /// Type 4: tells these.
    Update(Vec<Lsa>),
    /// Type 5: has received these.
    Ack(Vec<Header>),
}

impl Body {
    /// The number of its type.
    pub const fn kind(&self) -> u8 {
        match self {
            Self::Hello(_) => 1,
            Self::Description(_) => 2,
            Self::Request(_) => 3,
            Self::Update(_) => 4,
            Self::Ack(_) => 5,
        }
    }

    /// The word for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Hello(_) => "hello",
            Self::Description(_) => "database description",
            Self::Request(_) => "request",
            Self::Update(_) => "update",
            Self::Ack(_) => "acknowledgement",
        }
    }
}

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Router id of the sender.
    pub router: Ipv4Addr,
    /// The area of the link.
    pub area: Ipv4Addr,
    /// How it is authenticated.
    pub auth: Auth,
    /// What it is for.
    pub body: Body,
}

impl Packet {
    /// Reads the bytes behind the IP header. Bytes behind its own length are not part of it.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let head = bytes.get(..HEADER_LEN).ok_or(Fault::Length)?;
        if head[0] != 2 {
            return Err(Fault::Version(head[0]));
        }
        let bytes = bytes.get(..usize::from(be16(head, 2))).filter(|all| all.len() >= HEADER_LEN);
        let bytes = bytes.ok_or(Fault::Length)?;
        let auth = match be16(head, 14) {
            0 => Auth::Null,
            1 => Auth::Simple(std::array::from_fn(|at| head[AUTH_AT + at])),
            other => return Err(Fault::Authentication(other)),
        };
        if checksum::finish(checksum::sum(&bytes[..AUTH_AT]) + checksum::sum(&bytes[HEADER_LEN..])) != 0 {
            return Err(Fault::Checksum);
        }
        let body = &bytes[HEADER_LEN..];
        let body = match head[1] {
            1 => hello(body).map(Body::Hello),
            2 => description(body).map(Body::Description),
            3 => items(body, 12, wanted).map(Body::Request),
            4 => update(body).map(Body::Update),
            5 => items(body, lsa::LEN, Header::read).map(Body::Ack),
            other => return Err(Fault::Type(other)),
        };
        Ok(Self { router: ip(head, 4), area: ip(head, 8), auth, body: body.ok_or(Fault::Length)? })
    }

    /// The packet as bytes.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = vec![2, self.body.kind(), 0, 0];
        bytes.extend(self.router.octets());
        bytes.extend(self.area.octets());
        bytes.extend([0; 12]);
        bytes[15] = u8::from(self.auth != Auth::Null);
        self.body.write(&mut bytes);
        let len = bytes.len() as u16;
        bytes[2..4].copy_from_slice(&len.to_be_bytes());
        let sum = checksum::finish(checksum::sum(&bytes));
        bytes[12..14].copy_from_slice(&sum.to_be_bytes());
        if let Auth::Simple(password) = self.auth {
            bytes[AUTH_AT..HEADER_LEN].copy_from_slice(&password);
        }
        bytes
    }
}

impl Body {
    fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Hello(hello) => {
                bytes.extend(hello.mask.octets());
                bytes.extend(hello.interval.to_be_bytes());
                bytes.extend([hello.options, hello.priority]);
                bytes.extend(hello.dead.to_be_bytes());
                let all = [hello.dr, hello.bdr].into_iter().chain(hello.neighbours.iter().copied());
                bytes.extend(all.flat_map(|ip| ip.octets()));
            }
            Self::Description(description) => {
                bytes.extend(description.mtu.to_be_bytes());
                bytes.extend([description.options, description.flags]);
                bytes.extend(description.seq.to_be_bytes());
                for header in &description.headers {
                    header.write(bytes);
                }
            }
            Self::Request(keys) => {
                for key in keys {
                    bytes.extend(u32::from(key.kind).to_be_bytes());
                    bytes.extend(key.id.octets());
                    bytes.extend(key.router.octets());
                }
            }
            Self::Update(lsas) => {
                bytes.extend((lsas.len() as u32).to_be_bytes());
                for lsa in lsas {
                    lsa.write(bytes);
                }
            }
            Self::Ack(headers) => {
                for header in headers {
                    header.write(bytes);
                }
            }
        }
    }
}

fn hello(bytes: &[u8]) -> Option<Hello> {
    let (head, neighbours) = bytes.split_at_checked(20)?;
    Some(Hello {
        mask: ip(head, 0),
        interval: be16(head, 4),
        options: head[6],
        priority: head[7],
        dead: be32(head, 8),
        dr: ip(head, 12),
        bdr: ip(head, 16),
        neighbours: items(neighbours, 4, |bytes| ip(bytes, 0))?,
    })
}

fn description(bytes: &[u8]) -> Option<Description> {
    let (head, headers) = bytes.split_at_checked(8)?;
    Some(Description {
        mtu: be16(head, 0),
        options: head[2],
        flags: head[3],
        seq: be32(head, 4),
        headers: items(headers, lsa::LEN, Header::read)?,
    })
}

/// An entry of a request. Types above 255 do not exist; they become one that does not either.
fn wanted(bytes: &[u8]) -> Key {
    Key { kind: u8::try_from(be32(bytes, 0)).unwrap_or(0), id: ip(bytes, 4), router: ip(bytes, 8) }
}

fn update(bytes: &[u8]) -> Option<Vec<Lsa>> {
    let (head, mut rest) = bytes.split_at_checked(4)?;
    let mut lsas = Vec::new();
    for _ in 0..be32(head, 0) {
        let (lsa, behind) = Lsa::read(rest)?;
        lsas.push(lsa);
        rest = behind;
    }
    rest.is_empty().then_some(lsas)
}
