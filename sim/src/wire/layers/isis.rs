//! What systems that speak IS-IS say to each other.

use std::fmt::Write as _;
use std::ops::Range;

use super::{Field, FieldValue, Layer, Walk, field};
use crate::lang::Lang;
use crate::wire::isis::tlv::{self, Entry, Tlv};
use crate::wire::isis::{Fault, Hello, HelloKind, Pdu, lsp};
use crate::wire::{Malformed, be16};

/// A PDU behind LLC; what is none is malformed.
pub(super) fn isis(walk: &mut Walk<'_>, range: Range<usize>) {
    let bytes = walk.slice(range.clone());
    let pdu = match Pdu::read(bytes) {
        Ok(pdu) => pdu,
        Err(Fault::Length | Fault::Tlv) => return walk.malformed(range, Malformed::Length),
        Err(Fault::Checksum) => return walk.malformed(range, Malformed::Checksum),
        Err(Fault::Protocol(_) | Fault::Version(_) | Fault::IdLength(_) | Fault::Type(_)) => {
            return walk.rest("payload", range);
        }
    };
    let base = range.start;
    let at = Pdu::length_at(pdu.kind());
    let len = usize::from(be16(bytes, at));
    let mut fields = vec![
        field("type", base, 4, 1, FieldValue::Word(word(&pdu))),
        field("len", base, at, 2, FieldValue::Number(len as u64)),
    ];
    let number = |n: u16| FieldValue::Number(u64::from(n));
    match &pdu {
        Pdu::Hello(told) => hello(told, base, &mut fields),
        Pdu::Lsp(lsp) => fields.extend([
            field("lifetime", base, 10, 2, number(lsp.lifetime)),
            field("lsp", base, 12, 8, FieldValue::Text(lsp.id.to_string())),
            field("seq", base, 20, 4, FieldValue::Hex(u64::from(lsp.seq), 8)),
            field("checksum", base, 24, 2, FieldValue::Hex(u64::from(lsp.checksum), 4)),
            field("flags", base, 26, 1, FieldValue::Hex(u64::from(lsp.flags), 2)),
        ]),
        Pdu::Snp(snp) => {
            fields.push(field("system", base, 10, 7, FieldValue::Text(snp.source.to_string())));
        }
    }
    let header = usize::from(bytes[1]);
    for (kind, at, value) in tlv::raw(&bytes[header..len]).flatten() {
        if let Some(read) = Tlv::read(kind, value) {
            inside(&read, base + header + at + 2, value.len(), &mut fields);
        }
    }
    walk.push("isis", base..base + len, fields);
    walk.rest("payload", base + len..range.end);
}

/// The word for it, with its level where it has one.
const fn word(pdu: &Pdu) -> &'static str {
    match pdu.kind() {
        15 => "L1 LAN hello",
        16 => "L2 LAN hello",
        17 => "p2p hello",
        18 => "L1 LSP",
        20 => "L2 LSP",
        24 => "L1 CSNP",
        25 => "L2 CSNP",
        26 => "L1 PSNP",
        _ => "L2 PSNP",
    }
}

fn hello(hello: &Hello, base: usize, fields: &mut Vec<Field>) {
    fields.extend([
        field("levels", base, 8, 1, FieldValue::Word(hello.levels.word())),
        field("system", base, 9, 6, FieldValue::Text(hello.system.to_string())),
        field("hold", base, 15, 2, FieldValue::Number(u64::from(hello.hold))),
    ]);
    match hello.kind {
        HelloKind::Lan { priority, lan, .. } => fields.extend([
            field("priority", base, 19, 1, FieldValue::Number(u64::from(priority))),
            field("lan", base, 20, 7, FieldValue::Text(lan.to_string())),
        ]),
        HelloKind::Point { circuit } => {
            fields.push(field("circuit", base, 19, 1, FieldValue::Number(u64::from(circuit))));
        }
    }
}

/// `0000.0000.0001.00-00 seq 00000002 for 1164 s`.
fn told(entry: &Entry) -> String {
    format!("{} seq {:08x} for {} s", entry.id, entry.seq, entry.lifetime)
}

const fn state(state: u8) -> &'static str {
    match state {
        tlv::UP => "up",
        tlv::INITIALIZING => "initializing",
        tlv::DOWN => "down",
        _ => "unknown",
    }
}

/// The fields of a value of so many bytes.
fn inside(tlv: &Tlv, mut at: usize, len: usize, fields: &mut Vec<Field>) {
    let mut put = |name, size: usize, value| {
        fields.push(field(name, at, 0, size, value));
        at += size;
    };
    let text = FieldValue::Text;
    match tlv {
        Tlv::Areas(areas) => {
            for area in areas {
                put("area", 1 + area.0.len(), text(area.to_string()));
            }
        }
        Tlv::NarrowNeighbours(flag, all) => {
            put("flags", 1, FieldValue::Hex(u64::from(*flag), 2));
            for one in all {
                put("neighbour", 11, text(format!("{} metric {}", one.id, one.metrics[0] & 63)));
            }
        }
        Tlv::Heard(macs) => macs.iter().for_each(|mac| put("heard", 6, FieldValue::Mac(*mac))),
        Tlv::Padding(_) => put("padding", len, FieldValue::Bytes(len)),
        Tlv::Entries(entries) => entries.iter().for_each(|entry| put("entry", lsp::ENTRY_LEN, text(told(entry)))),
        Tlv::Password(_) => put("auth", len, FieldValue::Word("password")),
        Tlv::Neighbours(all) => {
            for one in all {
                put("neighbour", 11 + one.more.len(), text(format!("{} metric {}", one.id, one.metric)));
            }
        }
        Tlv::NarrowPrefixes(_, all) => {
            for one in all {
                let len = one.mask.to_bits().leading_ones();
                put("prefix", 12, text(format!("{}/{len} metric {}", one.ip, one.metrics[0] & 63)));
            }
        }
        Tlv::Prefixes(all) => {
            for one in all {
                put("prefix", one.size(), text(format!("{}/{} metric {}", one.ip, one.len, one.metric)));
            }
        }
        Tlv::Protocols(all) => all.iter().for_each(|one| put("protocol", 1, FieldValue::Hex(u64::from(*one), 2))),
        Tlv::Addresses(all) => all.iter().for_each(|one| put("address", 4, FieldValue::Ipv4(*one))),
        Tlv::Name(name) => put("name", len, text(String::from_utf8_lossy(name).into_owned())),
        Tlv::ThreeWay(told) => {
            put("state", 1, FieldValue::Word(state(told.state)));
            if let Some(system) = told.neighbour {
                put("circuit", 4, FieldValue::Number(u64::from(told.circuit.unwrap_or_default())));
                put("neighbour", 6, text(system.to_string()));
            }
        }
        Tlv::Other(10, _) => put("auth", len, FieldValue::Word("other")),
        Tlv::Other(kind, _) => put("tlv", len, FieldValue::Number(u64::from(*kind))),
    }
}

/// `IS-IS L2 LSP 0000.0000.0001.00-00 seq 00000003: 2 neighbours, 3 networks`.
pub(super) fn summary(layer: &Layer, lang: Lang) -> String {
    let all = |name: &'static str| layer.fields.iter().filter(move |field| field.name == name);
    let text = |name: &'static str| all(name).next().map_or_else(String::new, |field| field.value.to_string());
    let kind = text("type");
    let (of, from) = (lang.pick("of", "来自"), text("system"));
    let colon = lang.pick(": ", ":");
    let listed = |name: &'static str| {
        let mut names = all(name).map(|field| field.value.to_string());
        names.next().map(|first| (first, names.count()))
    };
    let mut line = match lang {
        Lang::En => format!("IS-IS {kind}"),
        Lang::Zh => format!("IS-IS {}", kind.replace("hello", "Hello")),
    };
    match () {
        () if kind.ends_with("LAN hello") => {
            let heard: Vec<String> = all("heard").map(|field| field.value.to_string()).collect();
            let nobody = || lang.pick("nobody yet", "还没有人").to_owned();
            let whom = if heard.is_empty() { nobody() } else { heard.join(lang.pick(", ", "、")) };
            _ = write!(line, " {of} {from}{}{whom}", lang.pick(", hears ", ",听到 "));
        }
        () if kind.ends_with("hello") => {
            _ = write!(line, " {of} {from}{}{}", lang.pick(", ", ","), text("state"));
        }
        () if kind.ends_with("LSP") => {
            _ = write!(line, " {} seq {}", text("lsp"), text("seq").trim_start_matches("0x"));
            if text("lifetime") == "0" {
                line.push_str(lang.pick(": is gone", ":已清除"));
            } else {
                let (near, far) = (all("neighbour").count(), all("prefix").count());
                _ = match lang {
                    Lang::En => write!(line, "{colon}neighbours {near}, networks {far}"),
                    Lang::Zh => write!(line, "{colon}邻居 {near},网络 {far}"),
                };
            }
        }
        () => {
            _ = write!(line, " {of} {from}");
            if let Some((first, more)) = listed("entry") {
                let more = if more > 0 { format!(" +{more}") } else { String::new() };
                _ = write!(line, "{colon}{first}{more}");
            }
        }
    }
    line
}
