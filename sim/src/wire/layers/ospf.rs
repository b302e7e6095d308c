//! What routers that speak OSPF say to each other.

use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::ops::Range;

use super::{Field, FieldValue, Layer, Walk, field};
use crate::lang::Lang;
use crate::wire::ospf::{Auth, Body, Content, Description, Fault, HEADER_LEN, Header, Hello, Key, Lsa, Packet};
use crate::wire::{Malformed, be16};

const LSA_LEN: usize = 20;

/// A packet behind IP; what is none is malformed.
pub(super) fn ospf(walk: &mut Walk<'_>, range: Range<usize>) {
    let bytes = walk.slice(range.clone());
    let packet = match Packet::read(bytes) {
        Ok(packet) => packet,
        Err(Fault::Length) => return walk.malformed(range, Malformed::Length),
        Err(Fault::Checksum) => return walk.malformed(range, Malformed::Checksum),
        Err(Fault::Version(_) | Fault::Type(_) | Fault::Authentication(_)) => return walk.rest("payload", range),
    };
    let base = range.start;
    let mut fields = vec![
        field("version", base, 0, 1, FieldValue::Number(2)),
        field("type", base, 1, 1, FieldValue::Word(packet.body.word())),
        field("len", base, 2, 2, FieldValue::Number(u64::from(be16(bytes, 2)))),
        field("router", base, 4, 4, FieldValue::Ipv4(packet.router)),
        field("area", base, 8, 4, FieldValue::Ipv4(packet.area)),
        field("checksum", base, 12, 2, FieldValue::Hex(u64::from(be16(bytes, 12)), 4)),
        field("auth", base, 14, 2, FieldValue::Word(if packet.auth == Auth::Null { "none" } else { "password" })),
    ];
    match &packet.body {
        Body::Hello(told) => hello(told, base, &mut fields),
        Body::Description(told) => description(told, base, &mut fields),
        Body::Request(keys) => {
            for (at, key) in keys.iter().enumerate() {
                fields.push(field("lsa", base, HEADER_LEN + 12 * at, 12, FieldValue::Text(named(key))));
            }
        }
        Body::Update(lsas) => update(lsas, base, &mut fields),
        Body::Ack(headers) => all_headers(headers, base, HEADER_LEN, &mut fields),
    }
    let end = base + usize::from(be16(bytes, 2));
    walk.push("ospf", base..end, fields);
    walk.rest("payload", end..range.end);
}

fn hello(hello: &Hello, base: usize, fields: &mut Vec<Field>) {
    let number = |n: u32| FieldValue::Number(u64::from(n));
    let at = HEADER_LEN;
    fields.extend([
        field("mask", base, at, 4, FieldValue::Ipv4(hello.mask)),
        field("hello", base, at + 4, 2, number(u32::from(hello.interval))),
        field("options", base, at + 6, 1, FieldValue::Hex(u64::from(hello.options), 2)),
        field("priority", base, at + 7, 1, number(u32::from(hello.priority))),
        field("dead", base, at + 8, 4, number(hello.dead)),
        field("dr", base, at + 12, 4, FieldValue::Ipv4(hello.dr)),
        field("bdr", base, at + 16, 4, FieldValue::Ipv4(hello.bdr)),
    ]);
    for (place, router) in hello.neighbours.iter().enumerate() {
        fields.push(field("neighbour", base, at + 20 + 4 * place, 4, FieldValue::Ipv4(*router)));
    }
}

fn description(told: &Description, base: usize, fields: &mut Vec<Field>) {
    let at = HEADER_LEN;
    fields.extend([
        field("mtu", base, at, 2, FieldValue::Number(u64::from(told.mtu))),
        field("options", base, at + 2, 1, FieldValue::Hex(u64::from(told.options), 2)),
        field("flags", base, at + 3, 1, FieldValue::Hex(u64::from(told.flags), 1)),
        field("seq", base, at + 4, 4, FieldValue::Number(u64::from(told.seq))),
    ]);
    all_headers(&told.headers, base, at + 8, fields);
}

fn all_headers(headers: &[Header], base: usize, from: usize, fields: &mut Vec<Field>) {
    for (at, header) in headers.iter().enumerate() {
        fields.push(field("lsa", base, from + LSA_LEN * at, LSA_LEN, FieldValue::Text(instance(header))));
    }
}

fn update(lsas: &[Lsa], base: usize, fields: &mut Vec<Field>) {
    let mut at = HEADER_LEN + 4;
    for lsa in lsas {
        let mut text = instance(&lsa.header);
        if let Some(content) = lsa.content() {
            _ = write!(text, "{}", says(&content));
        }
        let len = LSA_LEN + lsa.bytes.len();
        fields.push(field("lsa", base, at, len, FieldValue::Text(text)));
        at += len;
    }
}

/// `router 10.0.0.1`, and who made it where that is somebody else.
fn named(key: &Key) -> String {
    let mut text = format!("{} {}", key.word(), key.id);
    if key.id != key.router {
        _ = write!(text, " of {}", key.router);
    }
    text
}

fn instance(header: &Header) -> String {
    format!("{} seq {:08x} age {}", named(&header.key), header.seq, header.age)
}

fn says(content: &Content) -> String {
    let len = |mask: Ipv4Addr| mask.to_bits().leading_ones();
    match content {
        Content::Router { links, .. } => format!(", {} links", links.len()),
        Content::Network { mask, routers } => format!(", /{} with {} routers", len(*mask), routers.len()),
        Content::Summary { mask, metric } | Content::External { mask, metric, .. } => {
            format!(", /{} metric {metric}", len(*mask))
        }
        Content::Other => String::new(),
    }
}

/// `OSPF update: router 10.0.0.1 seq 80000002 age 1, 3 links +2`.
pub(super) fn summary(layer: &Layer, lang: Lang) -> String {
    let all = |name: &'static str| layer.fields.iter().filter(move |field| field.name == name);
    let text = |name: &'static str| all(name).next().map_or_else(String::new, |field| field.value.to_string());
    let from = text("router");
    match text("type").as_str() {
        "hello" => {
            let heard: Vec<String> = all("neighbour").map(|field| field.value.to_string()).collect();
            let whom = if heard.is_empty() {
                lang.pick("nobody yet", "还没有人").to_owned()
            } else {
                heard.join(lang.pick(", ", "、"))
            };
            match lang {
                Lang::En => format!("OSPF hello of {from}, hears {whom}"),
                Lang::Zh => format!("OSPF Hello,来自 {from},听到 {whom}"),
            }
        }
        kind => {
            let word = match kind {
                "database description" => lang.pick("database description", "数据库描述"),
                "request" => lang.pick("request", "请求"),
                "update" => lang.pick("update", "更新"),
                _ => lang.pick("acknowledgement", "确认"),
            };
            let mut line = format!("OSPF {word} {} {from}", lang.pick("of", "来自"));
            if let Some(first) = all("lsa").next() {
                _ = write!(line, "{}{}", lang.pick(": ", ":"), first.value);
            }
            let more = all("lsa").count().saturating_sub(1);
            if more > 0 {
                _ = write!(line, " +{more}");
            }
            line
        }
    }
}
