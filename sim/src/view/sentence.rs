//! A decision in words: the reason's sentence with its placeholders filled in.

use crate::engine::{Decision, Entry, RowRef, World};
use crate::explain::Reason;
use crate::id::{DeviceId, EventNo, PortNo};
use crate::lang::Lang;
use crate::plan::show;
use crate::view::names::{Book, port_name};
use crate::wire::layers::{Content, FieldValue, Layer, find};

/// What an agent said or had written, in words.
#[derive(Clone, Debug)]
pub struct Said {
    /// The device it runs on.
    pub device: DeviceId,
    /// What it is: `flanneld`.
    pub name: &'static str,
    /// Why.
    pub reason: Reason,
    /// Why, in one sentence.
    pub why: String,
    /// The event in which it decided so.
    pub asked: EventNo,
    /// The device that was to change, and the change.
    pub change: Option<(String, String)>,
    /// The change was refused.
    pub refused: bool,
}

/// Everything a sentence may speak of.
#[derive(Debug)]
pub struct Context<'a> {
    /// The world after the event.
    pub world: &'a World,
    /// Names for addresses.
    pub book: &'a Book,
    /// The language to speak.
    pub lang: Lang,
}

impl Context<'_> {
    /// Why it was decided so, in one sentence.
    pub fn why(&self, decision: &Decision, layers: &[Layer], out: &[PortNo]) -> String {
        let template = match self.lang {
            Lang::En => decision.reason.en,
            Lang::Zh => decision.reason.zh,
        };
        fill(template, |name| self.value(name, decision, layers, out))
    }

    fn value(&self, name: &str, decision: &Decision, layers: &[Layer], out: &[PortNo]) -> Option<String> {
        let port = |port: PortNo| port_name(self.world, decision.device, port);
        Some(match name {
            "src" => self.address(decision.reason, layers, "src"),
            "dst" => self.address(decision.reason, layers, "dst"),
            "in" => decision.port.map_or_else(|| "-".to_owned(), port),
            "out" if out.is_empty() => "-".to_owned(),
            "out" => out.iter().copied().map(port).collect::<Vec<_>>().join(", "),
            "n" => decision.n.to_string(),
            "layer" => Content::of_number(decision.n)?.to_string(),
            "row" => decision.row.map_or_else(|| "-".to_owned(), |row| self.row(decision, row)),
            _ => return None,
        })
    }

    /// What an agent said or had written; nothing for other entries.
    pub fn said(&self, entry: &Entry) -> Option<Said> {
        let Entry::Agent { agent, name, reason, about, asked, change, refused } = *entry else { return None };
        let log = self.world.log();
        let template = self.lang.pick(reason.en, reason.zh);
        let why = fill(template, |placeholder| (placeholder == "what").then(|| log.text(about).to_owned()));
        let change = change.and_then(|(device, number)| {
            Some((self.world.device_name(device).to_owned(), show::device_change(log.change(number)?)))
        });
        Some(Said { device: agent, name, reason, why, asked, change, refused })
    }

    /// The address the device looked at: the outermost IP address for what an IP stack decides, which reads no further,
    /// else the outer MAC address.
    fn address(&self, reason: Reason, layers: &[Layer], which: &str) -> String {
        let family = reason.slug.split('.').next().unwrap_or_default();
        let places: &[&str] = match (family, which) {
            ("ip6" | "ndisc", "src") => &["outer.ipv6.src"],
            ("ndisc", _) => &["icmpv6.target", "outer.ipv6.dst"],
            ("ip6", _) => &["outer.ipv6.dst"],
            ("ip" | "neigh", "src") if find(layers, "outer.ipv6.src").is_some() => &["outer.ipv6.src"],
            ("ip" | "neigh", _) if find(layers, "outer.ipv6.src").is_some() => &["outer.ipv6.dst"],
            ("ip" | "udp" | "tcp" | "icmp" | "app" | "igmp" | "routing", "src") => &["outer.ipv4.src", "eth.src"],
            ("ip" | "udp" | "tcp" | "icmp" | "app" | "routing", _) => &["outer.ipv4.dst", "eth.dst"],
            ("igmp", _) => &["igmp.group", "ipv4.dst", "eth.dst"],
            ("arp" | "neigh", "src") => &["arp.spa", "ipv4.src", "eth.src"],
            ("arp" | "neigh", _) => &["arp.tpa", "ipv4.dst", "eth.dst"],
            // Looks at addresses of packets, and of questions.
            ("ipvlan", "src") => &["outer.ipv4.src", "arp.spa", "eth.src"],
            ("ipvlan", _) => &["outer.ipv4.dst", "arp.tpa", "eth.dst"],
            (_, "src") => &["outer.eth.src", "ipv4.src"],
            _ => &["outer.eth.dst", "ipv4.dst"],
        };
        let field = places.iter().find_map(|place| find(layers, place));
        match field.map(|field| &field.value) {
            Some(FieldValue::Mac(mac)) => self.book.mac(*mac),
            Some(FieldValue::Ipv4(ip)) => self.book.ip(*ip),
            Some(other) => other.to_string(),
            None => "?".to_owned(),
        }
    }

    /// A row in words: `b, port 2, dynamic`.
    fn row(&self, decision: &Decision, row: RowRef) -> String {
        let tables = self.world.device(decision.device).map(crate::engine::Device::tables).unwrap_or_default();
        let Some(table) = tables.get(usize::from(row.table)) else { return "-".to_owned() };
        match table.row(row.key) {
            Some(found) => {
                let cells: Vec<String> = found.cells.iter().map(|cell| self.book.cell(cell)).collect();
                format!("{} [{}]", table.name, cells.join(" "))
            }
            None => format!("{} [-]", table.name),
        }
    }
}

/// Replaces each `{name}` for which `value` knows something.
pub fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let (before, tail) = rest.split_at(start);
        text.push_str(before);
        let Some(end) = tail.find('}') else {
            rest = tail;
            break;
        };
        match value(&tail[1..end]) {
            Some(filled) => text.push_str(&filled),
            None => text.push_str(&tail[..=end]),
        }
        rest = &tail[end + 1..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_and_unknown_ones_stay() {
        let value = |name: &str| (name == "dst").then(|| "b".to_owned());
        assert_eq!(fill("{dst} is behind {out}, {dst}", value), "b is behind {out}, b");
        assert_eq!(fill("an open { stays", value), "an open { stays");
        assert_eq!(fill("", value), "");
    }
}
