//! NOTIFICATION: a code, a subcode and what they are about (RFC 4271 §4.5, §6; RFC 4486 for the last code).

use std::fmt;

/// The header of a message.
pub const HEADER: u8 = 1;
/// An OPEN.
pub const OPEN: u8 = 2;
/// An UPDATE.
pub const UPDATE: u8 = 3;
/// Silence for longer than the hold time.
pub const HOLD: u8 = 4;
/// A message out of turn.
pub const STATE: u8 = 5;
/// No fault: the session is to end.
pub const CEASE: u8 = 6;

/// What a NOTIFICATION says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind of message was at fault.
    pub code: u8,
    /// The fault.
    pub subcode: u8,
    /// The bytes it is about.
    pub data: Vec<u8>,
}

impl Fault {
    /// A fault that needs no more words.
    pub const fn new(code: u8, subcode: u8) -> Self {
        Self { code, subcode, data: Vec::new() }
    }

    /// A fault and what it is about.
    pub fn with(code: u8, subcode: u8, data: &[u8]) -> Self {
        Self { code, subcode, data: data.to_vec() }
    }

    /// Its name in the standard.
    pub const fn name(&self) -> &'static str {
        match (self.code, self.subcode) {
            (HEADER, 1) => "connection not synchronized",
            (HEADER, 2) => "bad message length",
            (HEADER, 3) => "bad message type",
            (HEADER, _) => "message header error",
            (OPEN, 1) => "unsupported version number",
            (OPEN, 2) => "bad peer AS",
            (OPEN, 3) => "bad BGP identifier",
            (OPEN, 4) => "unsupported optional parameter",
            (OPEN, 6) => "unacceptable hold time",
            (OPEN, 7) => "unsupported capability",
            (OPEN, _) => "OPEN message error",
            (UPDATE, 1) => "malformed attribute list",
            (UPDATE, 2) => "unrecognized well-known attribute",
            (UPDATE, 3) => "missing well-known attribute",
            (UPDATE, 4) => "attribute flags error",
            (UPDATE, 5) => "attribute length error",
            (UPDATE, 6) => "invalid ORIGIN attribute",
            (UPDATE, 8) => "invalid NEXT_HOP attribute",
            (UPDATE, 9) => "optional attribute error",
            (UPDATE, 10) => "invalid network field",
            (UPDATE, 11) => "malformed AS_PATH",
            (UPDATE, _) => "UPDATE message error",
            (HOLD, _) => "hold timer expired",
            (STATE, 1) => "unexpected message in OpenSent",
            (STATE, 2) => "unexpected message in OpenConfirm",
            (STATE, 3) => "unexpected message in Established",
            (STATE, _) => "finite state machine error",
            (CEASE, 1) => "maximum number of prefixes reached",
            (CEASE, 2) => "administrative shutdown",
            (CEASE, 3) => "peer de-configured",
            (CEASE, 4) => "administrative reset",
            (CEASE, 5) => "connection rejected",
            (CEASE, 6) => "other configuration change",
            (CEASE, 7) => "connection collision resolution",
            (CEASE, 8) => "out of resources",
            (CEASE, 9) => "hard reset",
            (CEASE, _) => "cease",
            _ => "unknown error",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} {}", self.code, self.subcode, self.name())
    }
}
