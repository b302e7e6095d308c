//! What BGP routers say to each other: each message of a segment that begins with one is a layer.

use std::ops::Range;

use super::{Field, FieldValue, Layer, Walk, field};
use crate::lang::Lang;
use crate::wire::be16;
use crate::wire::bgp::{Dialect, HEADER_LEN, Message, Open, PORT, Prefix, Update, whole};

/// Both ends of most sessions write AS numbers with four bytes.
const INSIDE: Dialect = Dialect { four_bytes: true, internal: true, wide_path: false };

/// A message as one between two routers of an AS, or else, since LOCAL_PREF has to stand in those, of two ASes.
fn read(bytes: &[u8]) -> Option<Message> {
    match Message::read(bytes, INSIDE).ok()? {
        Message::Update(update) if update.attributes.is_none() && !update.routes.is_empty() => {
            Message::read(bytes, Dialect::EXTERNAL).ok()
        }
        message => Some(message),
    }
}

/// Messages of BGP from the beginning of a segment on, if one port is its port; where the first half message begins.
pub(super) fn over_tcp(walk: &mut Walk<'_>, range: Range<usize>, ports: [u16; 2]) -> usize {
    let mut at = range.start;
    if !ports.contains(&PORT) {
        return at;
    }
    while let Ok(Some(len)) = whole(walk.slice(at..range.end))
        && at + len <= range.end
        && let Some(message) = read(walk.slice(at..at + len))
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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::wire::bgp::{AsPath, Attributes, write_update};

    fn said(path: &[u32], local_pref: Option<u32>) -> (String, Option<u64>) {
        let (path, next_hop) = (AsPath::sequence(path), Ipv4Addr::new(10, 1, 2, 1));
        let told = Attributes { path, next_hop, local_pref, ..Attributes::default() };
        let dialect = Dialect { internal: local_pref.is_some(), ..Dialect::EXTERNAL };
        let route = (Ipv4Addr::new(10, 9, 0, 0), 24);
        let mut bytes = write_update(&[], Some(&told), &[route], dialect);
        bytes.extend(Message::Keepalive.write(dialect));
        bytes.extend([0xff; 5]);
        let mut walk = Walk { bytes: &bytes, layers: Vec::new(), quoted: false, depth: 0 };
        let rest = over_tcp(&mut walk, 0..bytes.len(), [PORT, 40_000]);
        assert_eq!(rest, bytes.len() - 5, "half a message is payload");
        let layers: Vec<&Layer> = walk.layers.iter().collect();
        (summary(&layers, Lang::En), layers[0].number("local-pref"))
    }

    #[test]
    fn updates_are_read_inside_an_as_and_between_two() {
        assert_eq!(said(&[2, 1], None), ("BGP UPDATE 10.9.0.0/24 path 2 1, KEEPALIVE".to_owned(), None));
        assert_eq!(said(&[9], Some(200)), ("BGP UPDATE 10.9.0.0/24 path 9, KEEPALIVE".to_owned(), Some(200)));
    }
}
