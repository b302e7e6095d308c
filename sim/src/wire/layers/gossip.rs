//! What members that gossip say to each other.

use std::fmt::Write as _;
use std::ops::Range;

use super::{FieldValue, Layer, Walk, field};
use crate::lang::Lang;
use crate::wire::gossip::{HEADER_LEN, Message, PORT};

/// A message of gossip, if both ports are its port and the bytes are one.
pub(super) fn over_udp(walk: &mut Walk<'_>, range: Range<usize>, ports: [u16; 2]) -> bool {
    if !ports.contains(&PORT) {
        return false;
    }
    let Some(message) = Message::read(walk.slice(range.clone())) else { return false };
    let base = range.start;
    let mut fields = vec![
        field("kind", base, 3, 1, FieldValue::Word(message.kind.word())),
        field("id", base, 4, 4, FieldValue::Number(u64::from(message.id))),
        field("rumours", base, 8, 2, FieldValue::Number(message.rumours.len() as u64)),
    ];
    let mut at = HEADER_LEN;
    for rumour in &message.rumours {
        let text = at + rumour.len() - rumour.key.len() - rumour.value.len();
        fields.push(field("state", base, at, 1, FieldValue::Word(rumour.state.word())));
        fields.push(field("owner", base, at + 2, 4, FieldValue::Ipv4(rumour.owner)));
        fields.push(field("clock", base, at + 6, 8, FieldValue::Number(rumour.clock)));
        for (name, start, part) in [("key", text, &rumour.key), ("value", text + rumour.key.len(), &rumour.value)] {
            if !part.is_empty() {
                fields.push(field(name, base, start, part.len(), FieldValue::Text(part.clone())));
            }
        }
        at += rumour.len();
    }
    walk.push("gossip", range, fields);
    true
}

/// `gossip news: 2 members, overlay_peer_table/42/192.0.2.1/02:00:00:00:00:01`.
pub(super) fn summary(layer: &Layer, lang: Lang) -> String {
    let text = |name: &str| layer.field(name).map_or_else(String::new, |field| field.value.to_string());
    let count = |name: &str| layer.fields.iter().filter(|field| field.name == name).count();
    let mut line = format!("{} {}", lang.pick("gossip", "闲聊"), text("kind"));
    let (keys, members) = (count("key"), count("owner") - count("key"));
    match members {
        0 => {}
        1 => _ = write!(line, " {}", lang.pick("1 member", "1 个成员")),
        n => _ = write!(line, " {n} {}", lang.pick("members", "个成员")),
    }
    if keys > 0 {
        _ = write!(line, " {}", text("key"));
    }
    if keys > 1 {
        _ = write!(line, " +{}", keys - 1);
    }
    line
}
