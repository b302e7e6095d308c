//! What BGP routers say to each other: each message of a segment that begins with one is a layer.

use std::ops::Range;

use super::{Field, FieldValue, Layer, Walk, field};
use crate::lang::Lang;
use crate::wire::be16;
use crate::wire::bgp::{Dialect, HEADER_LEN, Message, Open, PORT, Prefix, Update, whole};

/// Both ends of most sessions write AS numbers with four bytes; LOCAL_PREF is shown wherever it stands.
const DIALECT: Dialect = Dialect { four_bytes: true, internal: true, wide_path: false };

/// Messages of BGP from the beginning of a segment on, if one port is its port; where the first half message begins.
pub(super) fn over_tcp(walk: &mut Walk<'_>, range: Range<usize>, ports: [u16; 2]) -> usize {
    let mut at = range.start;
    if !ports.contains(&PORT) {
        return at;
    }
    while let Ok(Some(len)) = whole(walk.slice(at..range.end))
        && at + len <= range.end
        && let Ok(message) = Message::read(walk.slice(at..at + len), DIALECT)
    {
        let bytes = walk.slice(at..at + len);
        let mut fields = vec![
            field("length", at, 16, 2, FieldValue::Number(len as u64)),
            field("type", at, 18, 1, FieldValue::Word(message.word())),
        ];
        match &message {
            Message::Open(open) => opened(&mut fields, at, open),
            Message::Update(update) => told(&mut fields, at, bytes, update),
            Message::Notification(fault) => {
                fields.push(field("code", at, 19, 1, FieldValue::Number(u64::from(fault.code))));
                fields.push(field("subcode", at, 20, 1, FieldValue::Number(u64::from(fault.subcode))));
                fields.push(field("error", at, 19, 2, FieldValue::Word(fault.name())));
            }
            Message::Keepalive | Message::Refresh(..) => {}
        }
        walk.push("bgp", at..at + len, fields);
        at += len;
    }
    at
}

fn opened(fields: &mut Vec<Field>, at: usize, open: &Open) {
    fields.push(field("as", at, 20, 2, FieldValue::Number(u64::from(open.asn()))));
    fields.push(field("hold", at, 22, 2, FieldValue::Number(u64::from(open.hold))));
    fields.push(field("id", at, 24, 4, FieldValue::Ipv4(open.id)));
}

fn told(fields: &mut Vec<Field>, at: usize, bytes: &[u8], update: &Update) {
    let withdrawn = usize::from(be16(bytes, HEADER_LEN));
    let attributes = HEADER_LEN + 4 + withdrawn;
    let routes = attributes + usize::from(be16(bytes, attributes - 2));
    let prefix = |(ip, len): &Prefix| FieldValue::Text(format!("{ip}/{len}"));
    for gone in &update.withdrawn {
        fields.push(field("withdrawn", at, HEADER_LEN + 2, withdrawn, prefix(gone)));
    }
    if let Some(told) = update.attributes.as_ref().filter(|_| !update.routes.is_empty()) {
        let mut say = |name, value| fields.push(field(name, at, attributes, routes - attributes, value));
        say("path", FieldValue::Text(told.path.to_string()));
        say("next-hop", FieldValue::Ipv4(told.next_hop));
        if let Some(med) = told.med {
            say("med", FieldValue::Number(u64::from(med)));
        }
        if let Some(liked) = told.local_pref {
            say("local-pref", FieldValue::Number(u64::from(liked)));
        }
        if let Some(originator) = told.more.as_ref().and_then(|more| more.originator) {
            say("originator", FieldValue::Ipv4(originator));
        }
        for cluster in told.more.iter().flat_map(|more| &more.clusters) {
            say("cluster", FieldValue::Ipv4(*cluster));
        }
    }
    for route in &update.routes {
        fields.push(field("prefix", at, routes, bytes.len().saturating_sub(routes), prefix(route)));
    }
}

/// `BGP UPDATE 10.9.0.0/24 path 2 1, KEEPALIVE`.
pub(super) fn summary(layers: &[&Layer], lang: Lang) -> String {
    let said = layers.iter().filter(|layer| layer.name == "bgp").map(|layer| {
        let text = |name: &str| layer.field(name).map(|field| field.value.to_string());
        let count = |name: &str| layer.fields.iter().filter(|field| field.name == name).count();
        let some = |name: &str| match (text(name), count(name)) {
            (Some(first), 1) => first,
            (Some(first), more) => format!("{first} +{}", more - 1),
            _ => String::new(),
        };
        let word = text("type").unwrap_or_default();
        match word.as_str() {
            "OPEN" => format!("OPEN AS {}", text("as").unwrap_or_default()),
            "NOTIFICATION" => format!("NOTIFICATION {}", text("error").unwrap_or_default()),
            "UPDATE" => match (count("prefix"), count("withdrawn")) {
                (0, 0) => lang.pick("UPDATE: all told", "UPDATE:已说完").to_owned(),
                (0, _) => format!("UPDATE {} {}", lang.pick("gone:", "撤销"), some("withdrawn")),
                _ => {
                    let path = text("path").unwrap_or_default();
                    format!("UPDATE {} {} {path}", some("prefix"), lang.pick("path", "路径"))
                }
            },
            _ => word,
        }
    });
    format!("BGP {}", said.collect::<Vec<_>>().join(lang.pick(", ", ",")))
}
