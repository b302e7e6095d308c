//! What is said to a key-value store and by it.

use std::fmt::Write as _;
use std::ops::Range;

use super::{FieldValue, Layer, Walk, field};
use crate::lang::Lang;
use crate::wire::store::{HEADER_LEN, Message, Op, PORT};

/// A message of the store, if one of the ports is the store's and the bytes are one.
pub(super) fn over_udp(walk: &mut Walk<'_>, range: Range<usize>, ports: [u16; 2]) -> bool {
    if !ports.contains(&PORT) {
        return false;
    }
    let Some(message) = Message::read(walk.slice(range.clone())) else { return false };
    let base = range.start;
    let number = |n: u64| FieldValue::Number(n);
    let mut fields = vec![
        field("op", base, 3, 1, FieldValue::Word(message.op.word())),
        field("answer", base, 3, 1, FieldValue::Flag(message.answer)),
        field("id", base, 4, 4, number(u64::from(message.id))),
        field("revision", base, 8, 8, number(message.revision)),
        field("extra", base, 16, 8, number(message.extra)),
        field("mark", base, 24, 4, number(u64::from(message.mark))),
        field("lease", base, 28, 4, number(u64::from(message.lease))),
        field("outcome", base, 32, 1, FieldValue::Word(message.outcome.word())),
        field("items", base, 34, 2, number(message.items.len() as u64)),
    ];
    let mut at = HEADER_LEN;
    for item in &message.items {
        let text = at + item.len() - item.key.len() - item.value.len();
        fields.push(field("deleted", base, at, 1, FieldValue::Flag(item.deleted)));
        fields.push(field("written", base, at + 1, 8, number(item.revision)));
        fields.push(field("key", base, text, item.key.len(), FieldValue::Text(item.key.clone())));
        if !item.value.is_empty() {
            let start = text + item.key.len();
            fields.push(field("value", base, start, item.value.len(), FieldValue::Text(item.value.clone())));
        }
        at += item.len();
    }
    walk.push("store", range, fields);
    true
}

/// `store put /coreos.com/network/subnets/10.244.2.0-24 rev 3`.
pub(super) fn summary(layer: &Layer, lang: Lang) -> String {
    let text = |name: &str| layer.field(name).map_or_else(String::new, |field| field.value.to_string());
    let number = |name: &str| layer.number(name).unwrap_or(0);
    let (op, answer) = (text("op"), number("answer") == 1);
    let keys = layer.fields.iter().filter(|field| field.name == "key").count();
    let is = |wanted: Op| op == wanted.word();
    let told = if is(Op::Event) && number("deleted") == 1 {
        " delete"
    } else if is(Op::Event) && keys > 0 {
        " put"
    } else {
        ""
    };
    let mut line = format!("{} {op}{told}", lang.pick("store", "存储"));
    if keys > 0 {
        line.push(' ');
        line.push_str(&text("key"));
    }
    if keys > 1 {
        let _ = write!(line, " +{}", keys - 1);
    }
    let revision = layer.number("written").filter(|n| *n > 0 && keys == 1).unwrap_or_else(|| number("revision"));
    if revision > 0 {
        let _ = write!(line, " rev {revision}");
    }
    if number("lease") > 0 {
        let _ = write!(line, " {} {}", lang.pick("lease", "租约"), number("lease"));
    }
    if answer {
        let outcome = if text("outcome") == "done" { String::new() } else { format!(": {}", text("outcome")) };
        let _ = write!(line, " ({}{outcome})", lang.pick("answer", "应答"));
    }
    line
}
