//! What routers that speak RIP say to each other.

use std::fmt::Write as _;
use std::ops::Range;

use super::{FieldValue, Layer, Walk, field};
use crate::lang::Lang;
use crate::wire::rip::{AUTHENTICATION, ENTRY_LEN, HEADER_LEN, Message, PORT};

/// A message of RIP, if one port is its port and the bytes are one.
pub(super) fn over_udp(walk: &mut Walk<'_>, range: Range<usize>, ports: [u16; 2]) -> bool {
    if !ports.contains(&PORT) {
        return false;
    }
    let Ok(message) = Message::read(walk.slice(range.clone())) else { return false };
    let base = range.start;
    let mut fields = vec![
        field("command", base, 0, 1, FieldValue::Word(message.command.word())),
        field("version", base, 1, 1, FieldValue::Number(2)),
        field(
            "entries",
            base,
            HEADER_LEN,
            range.len() - HEADER_LEN,
            FieldValue::Number(message.entries().len() as u64),
        ),
    ];
    for (number, entry) in message.entries().enumerate() {
        let at = HEADER_LEN + number * ENTRY_LEN;
        if entry.family == AUTHENTICATION {
            fields.push(field("authentication", base, at, ENTRY_LEN, FieldValue::Bytes(ENTRY_LEN)));
            continue;
        }
        let prefix = match entry.prefix_len() {
            Some(len) => format!("{}/{len}", entry.prefix),
            None => format!("{} mask {}", entry.prefix, entry.mask),
        };
        fields.push(field("tag", base, at + 2, 2, FieldValue::Number(u64::from(entry.tag))));
        fields.push(field("prefix", base, at + 4, 8, FieldValue::Text(prefix)));
        fields.push(field("next-hop", base, at + 12, 4, FieldValue::Ipv4(entry.next_hop)));
        fields.push(field("metric", base, at + 16, 4, FieldValue::Number(u64::from(entry.metric))));
    }
    walk.push("rip", range, fields);
    true
}

/// `RIP response: 10.9.0.0/24 metric 2, 10.1.2.0/24 metric 1 +3`.
pub(super) fn summary(layer: &Layer, lang: Lang) -> String {
    let all = |name: &'static str| layer.fields.iter().filter(move |field| field.name == name);
    let text = |name: &'static str| all(name).next().map_or_else(String::new, |field| field.value.to_string());
    if text("command") == "request" {
        return lang.pick("RIP request", "RIP 请求").to_owned();
    }
    let routes: Vec<String> = all("prefix")
        .zip(all("metric"))
        .map(|(prefix, metric)| format!("{} {} {}", prefix.value, lang.pick("metric", "度量"), metric.value))
        .collect();
    let mut line = format!("RIP {}", lang.pick("response: ", "响应:"));
    line.push_str(&routes.iter().take(2).map(String::as_str).collect::<Vec<_>>().join(lang.pick(", ", ",")));
    if routes.len() > 2 {
        _ = write!(line, " +{}", routes.len() - 2);
    }
    line
}
