//! What BGP routers say to each other: each message of a segment that begins with one is a layer.

use std::ops::Range;

use super::{Field, FieldValue, Layer, Walk, field};
use crate::lang::Lang;
use crate::wire::be16;
use crate::wire::bgp::attributes::{self, EXTENDED, MP_REACH, MP_UNREACH, PMSI};
use crate::wire::bgp::extended::{Community, VXLAN};
use crate::wire::bgp::update::EVPN;
use crate::wire::bgp::{Attributes, Dialect, HEADER_LEN, Message, Open, PORT, Prefix, Routes, Update, evpn, whole};

/// Both ends of most sessions write AS numbers with four bytes.
const INSIDE: Dialect = Dialect { four_bytes: true, internal: true, wide_path: false };

/// A message as one between two routers of an AS, or else, since LOCAL_PREF has to stand in those, of two ASes.
fn read(bytes: &[u8]) -> Option<Message> {
    match Message::read(bytes, INSIDE).ok()? {
        Message::Update(update) if update.treated.is_some() => Message::read(bytes, Dialect::EXTERNAL).ok(),
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
    let own = !update.routes.is_empty();
    let vpn = update.reach.as_ref().is_some_and(|reach| reach.family == EVPN);
    if let Some(told) = update.attributes.as_ref().filter(|_| own || vpn) {
        let mut say = |name, value| fields.push(field(name, at, attributes, routes - attributes, value));
        say("path", FieldValue::Text(told.path.to_string()));
        if own {
            say("next-hop", FieldValue::Ipv4(told.next_hop));
        }
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
    of_vpns(fields, at, bytes, update);
    for route in &update.routes {
        fields.push(field("prefix", at, routes, bytes.len().saturating_sub(routes), prefix(route)));
    }
}

/// Routes of an Ethernet VPN and what is said of them, each at its place.
fn of_vpns(fields: &mut Vec<Field>, at: usize, bytes: &[u8], update: &Update) {
    let vpn = |routes: &Option<Box<Routes>>| routes.as_ref().is_some_and(|routes| routes.family == EVPN);
    let (there, gone) = (vpn(&update.reach), vpn(&update.unreach));
    if !there && !gone {
        return;
    }
    for (code, range) in attributes::places(bytes) {
        let Some(value) = bytes.get(range.clone()) else { return };
        match (code, &update.attributes) {
            (MP_REACH, _) if there => reached(fields, at, range.start, value),
            (MP_UNREACH, _) if gone => listed("evpn-withdrawn", fields, at, range.start + 3, &value[3..]),
            (EXTENDED | PMSI, Some(told)) => marked(fields, at, (code, range), told),
            _ => {}
        }
    }
}

fn reached(fields: &mut Vec<Field>, at: usize, start: usize, value: &[u8]) {
    let len = usize::from(value[3]);
    if let Ok(ip) = <[u8; 4]>::try_from(&value[4..4 + len]) {
        fields.push(field("next-hop", at, start + 4, len, FieldValue::Ipv4(ip.into())));
    }
    listed("evpn", fields, at, start + 5 + len, &value[5 + len..]);
}

fn listed(name: &'static str, fields: &mut Vec<Field>, at: usize, mut start: usize, nlri: &[u8]) {
    for (route, len) in evpn::read_places(nlri) {
        fields.push(field(name, at, start, len, FieldValue::Text(route.to_string())));
        let mut say = |name, place, len, value| fields.push(field(name, at, start + place, len, value));
        say("route-type", 0, 1, FieldValue::Number(u64::from(route.kind())));
        if let Some(rd) = route.rd() {
            say("rd", 2, 8, FieldValue::Text(rd.to_string()));
        }
        if let evpn::Route::MacIp { label, router_label, .. } = &route {
            let labels = if router_label.is_some() { 6 } else { 3 };
            say("vni", len - labels, 3, FieldValue::Number(u64::from(*label)));
        }
        start += len;
    }
}

fn marked(fields: &mut Vec<Field>, at: usize, (code, range): (u8, Range<usize>), told: &Attributes) {
    if code == PMSI {
        let Some(pmsi) = told.more.as_ref().and_then(|more| more.pmsi.as_ref()) else { return };
        let mut say = |name, place, len, value| fields.push(field(name, at, range.start + place, len, value));
        say("tunnel-type", 1, 1, FieldValue::Number(u64::from(pmsi.kind)));
        say("vni", 2, 3, FieldValue::Number(u64::from(pmsi.label)));
        if let Some(vtep) = pmsi.vtep() {
            say("copies-to", 5, 4, FieldValue::Ipv4(vtep));
        }
        return;
    }
    for (place, community) in told.extended().enumerate() {
        let (name, value) = match community {
            Community::RouteTarget(target) => ("route-target", FieldValue::Text(target.to_string())),
            Community::Encapsulation(VXLAN) => ("encapsulation", FieldValue::Word("VXLAN")),
            Community::Encapsulation(kind) => ("encapsulation", FieldValue::Number(u64::from(kind))),
            Community::Mobility { sticky, sequence } => {
                fields.push(field("sticky", at, range.start + 8 * place + 2, 1, FieldValue::Flag(sticky)));
                ("sequence", FieldValue::Number(u64::from(sequence)))
            }
            Community::RouterMac(mac) => ("router-mac", FieldValue::Mac(mac)),
            Community::Other(_) => continue,
        };
        fields.push(field(name, at, range.start + 8 * place, 8, value));
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
            "UPDATE" if count("evpn") + count("evpn-withdrawn") > 0 => {
                let told = (count("evpn") > 0).then(|| match text("sequence") {
                    Some(sequence) => format!(" {} {} {sequence}", some("evpn"), lang.pick("sequence", "序号")),
                    None => format!(" {}", some("evpn")),
                });
                let gone = (count("evpn-withdrawn") > 0)
                    .then(|| format!(" {} {}", lang.pick("gone:", "撤销"), some("evpn-withdrawn")));
                format!("UPDATE EVPN{}{}", told.unwrap_or_default(), gone.unwrap_or_default())
            }
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

    /// The layer of an UPDATE by which FRR told that a station has moved.
    #[test]
    fn routes_of_an_ethernet_vpn_are_read_field_by_field() {
        let hex = "00980200000081900e0053001946040a63010100022100010aff0001000200000000000000000000000000003002000000aa\
                   0200000064022500010aff0001000200000000000000000000000000003002000000aa0220ac100001000064400101005002\
                   000040050400000064c01018030c0000000000080002fde8000000640600000000000001";
        let mut bytes = vec![0xff; 16];
        bytes.extend((0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()));
        let mut walk = Walk { bytes: &bytes, layers: Vec::new(), quoted: false, depth: 0 };
        assert_eq!(over_tcp(&mut walk, 0..bytes.len(), [PORT, 40_000]), bytes.len());
        let layer = &walk.layers[0];
        let said: Vec<String> = layer.fields.iter().map(|field| format!("{}={}", field.name, field.value)).collect();
        let wanted = "length=152 type=UPDATE path= local-pref=100 next-hop=10.99.1.1 \
            evpn=type 2 02:00:00:00:aa:02 route-type=2 rd=10.255.0.1:2 vni=100 \
            evpn=type 2 02:00:00:00:aa:02 172.16.0.1 route-type=2 rd=10.255.0.1:2 vni=100 \
            encapsulation=VXLAN route-target=65000:100 sticky=0 sequence=1";
        assert_eq!(said.join(" "), wanted);
        let vni = layer.fields.iter().rfind(|field| field.name == "vni").unwrap();
        assert_eq!(bytes[vni.range.clone()], [0, 0, 100]);
        let target = layer.field("route-target").unwrap();
        assert_eq!(bytes[target.range.clone()], [0, 2, 0xfd, 0xe8, 0, 0, 0, 100]);
        let summary = summary(&[layer], Lang::En);
        assert_eq!(summary, "BGP UPDATE EVPN type 2 02:00:00:00:aa:02 +1 sequence 1");
    }

    #[test]
    fn updates_are_read_inside_an_as_and_between_two() {
        assert_eq!(said(&[2, 1], None), ("BGP UPDATE 10.9.0.0/24 path 2 1, KEEPALIVE".to_owned(), None));
        assert_eq!(said(&[9], Some(200)), ("BGP UPDATE 10.9.0.0/24 path 9, KEEPALIVE".to_owned(), Some(200)));
    }
}
