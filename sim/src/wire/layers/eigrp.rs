//! What routers that speak EIGRP say to each other.

use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::ops::Range;

use super::{Field, FieldValue, Layer, Walk, field};
use crate::lang::Lang;
use crate::wire::eigrp::tlv::TLV_LEN;
use crate::wire::eigrp::{
    CONDITIONAL, END_OF_TABLE, Fault, GOODBYE, HEADER_LEN, INIT, Opcode, Packet, RESTART, Tlv, UNREACHABLE,
};
use crate::wire::{Malformed, be16};

const FLAGS: [(u32, &str); 4] = [(INIT, "INIT"), (CONDITIONAL, "CR"), (RESTART, "RS"), (END_OF_TABLE, "EOT")];

/// A packet behind IP; what is none is malformed.
pub(super) fn eigrp(walk: &mut Walk<'_>, range: Range<usize>) {
    let bytes = walk.slice(range.clone());
    let packet = match Packet::read(bytes) {
        Ok(packet) => packet,
        Err(Fault::Length) => return walk.malformed(range, Malformed::Length),
        Err(Fault::Checksum) => return walk.malformed(range, Malformed::Checksum),
        Err(Fault::Version(_) | Fault::Opcode(_)) => return walk.rest("payload", range),
    };
    let base = range.start;
    let number = |n: u32| FieldValue::Number(u64::from(n));
    let set: Vec<&str> = FLAGS.iter().filter(|(flag, _)| packet.flags & flag != 0).map(|(_, word)| *word).collect();
    let flags = if set.is_empty() { FieldValue::Word("-") } else { FieldValue::Text(set.join(" ")) };
    let is_goodbye = |tlv: &Tlv| matches!(tlv, Tlv::Parameters(told) if told.k == GOODBYE);
    let goodbye = packet.opcode == Opcode::Hello && packet.tlvs.iter().any(is_goodbye);
    let mut fields = vec![
        field("version", base, 0, 1, FieldValue::Number(2)),
        field("type", base, 1, 1, FieldValue::Word(if goodbye { "goodbye" } else { packet.word() })),
        field("checksum", base, 2, 2, FieldValue::Hex(u64::from(be16(bytes, 2)), 4)),
        field("flags", base, 4, 4, flags),
        field("seq", base, 8, 4, number(packet.sequence)),
        field("ack", base, 12, 4, number(packet.ack)),
        field("virtual-router", base, 16, 2, number(u32::from(packet.virtual_router))),
        field("as", base, 18, 2, number(u32::from(packet.system))),
    ];
    let mut at = HEADER_LEN;
    for tlv in &packet.tlvs {
        let len = usize::from(be16(bytes, at + 2));
        push(tlv, base + at, len, &mut fields);
        at += len;
    }
    walk.push("eigrp", range, fields);
}

/// The fields of a TLV that begins at `base`.
fn push(tlv: &Tlv, base: usize, len: usize, fields: &mut Vec<Field>) {
    let number = |n: u32| FieldValue::Number(u64::from(n));
    let addresses =
        |all: &[Ipv4Addr]| FieldValue::Text(all.iter().map(Ipv4Addr::to_string).collect::<Vec<_>>().join(" "));
    let value = |name, value| field(name, base, TLV_LEN, len - TLV_LEN, value);
    match tlv {
        Tlv::Parameters(told) => {
            let k = told.k.iter().map(u8::to_string).collect::<Vec<_>>().join(" ");
            fields.push(field("k", base, TLV_LEN, 6, FieldValue::Text(k)));
            fields.push(field("hold", base, TLV_LEN + 6, 2, number(u32::from(told.hold))));
        }
        Tlv::Authentication(told) => {
            let kind = match told.kind {
                2 => "MD5".to_owned(),
                3 => "SHA-256".to_owned(),
                other => other.to_string(),
            };
            fields.push(value("auth", FieldValue::Text(format!("{kind}, key {}", told.key))));
        }
        Tlv::Sequence(all) => fields.push(value("not-for", addresses(all))),
        Tlv::Version(program, tlvs) => {
            let text = format!("{}.{}, TLV {}.{}", program[0], program[1], tlvs[0], tlvs[1]);
            fields.push(value("software", FieldValue::Text(text)));
        }
        Tlv::NextMulticast(next) => fields.push(value("next-multicast", number(*next))),
        Tlv::Termination(all) => fields.push(value("terminated", addresses(all))),
        Tlv::Other(..) => fields.push(value("tlv", FieldValue::Bytes(len - TLV_LEN))),
        Tlv::Route(route) => {
            fields.push(field("next-hop", base, 4, 4, FieldValue::Ipv4(route.next_hop)));
            let metric = &route.metric;
            let mut at = 8;
            if let Some(external) = &route.external {
                fields.push(field("origin", base, 8, 20, FieldValue::Ipv4(external.router)));
                at = 28;
            }
            let mut all = |name, len, number| {
                fields.push(field(name, base, at, len, number));
                at += len;
            };
            all("delay", 4, number(metric.delay));
            all("bandwidth", 4, number(metric.bandwidth));
            all("mtu", 3, number(metric.mtu));
            all("hops", 1, number(u32::from(metric.hops)));
            all("reliability", 1, number(u32::from(metric.reliability)));
            all("load", 1, number(u32::from(metric.load)));
            all("tag", 1, number(u32::from(metric.tag)));
            all("route-flags", 1, FieldValue::Hex(u64::from(metric.flags), 2));
            for (ip, bits) in &route.networks {
                let len = 1 + usize::from(*bits).div_ceil(8);
                all("prefix", len, FieldValue::Text(format!("{ip}/{bits}")));
            }
        }
    }
}

/// `EIGRP update 3: 10.9.0.0/24 delay 2560 bandwidth 25600 +3`.
pub(super) fn summary(layer: &Layer, lang: Lang) -> String {
    let text = |name| layer.field(name).map_or_else(String::new, |field| field.value.to_string());
    let comma = lang.pick(", ", ",");
    let word = match text("type").as_str() {
        "hello" => return format!("EIGRP {}{comma}AS {}", lang.pick("hello", "Hello"), text("as")),
        "goodbye" => return format!("EIGRP {}{comma}AS {}", lang.pick("goodbye", "告别"), text("as")),
        "acknowledgement" => return format!("EIGRP {} {}", lang.pick("acknowledgement of", "确认"), text("ack")),
        "update" => lang.pick("update", "更新"),
        "query" => lang.pick("query", "查询"),
        "reply" => lang.pick("reply", "应答"),
        "SIA query" => lang.pick("SIA query", "SIA 查询"),
        _ => lang.pick("SIA reply", "SIA 应答"),
    };
    let mut line = format!("EIGRP {word} {}", text("seq"));
    if let Some(first) = layer.field("prefix") {
        _ = write!(line, "{}{}", lang.pick(": ", ":"), first.value);
        if layer.number("delay") == Some(u64::from(UNREACHABLE)) {
            _ = write!(line, " {}", lang.pick("unreachable", "不可达"));
        } else {
            let (delay, bandwidth) = (lang.pick("delay", "时延"), lang.pick("bandwidth", "带宽"));
            _ = write!(line, " {delay} {} {bandwidth} {}", text("delay"), text("bandwidth"));
        }
        let more = layer.fields.iter().filter(|field| field.name == "prefix").count() - 1;
        if more > 0 {
            _ = write!(line, " +{more}");
        }
    } else if text("flags") != "-" {
        _ = write!(line, "{comma}{}", text("flags"));
    }
    line
}
