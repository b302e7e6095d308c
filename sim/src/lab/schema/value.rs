//! Single values: numbers, flags, times, addresses, words.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::place::Place;
use crate::lab::print::fix;
use crate::lab::read::{Args, Form, Tree};
use crate::lab::schema::section::unknown_word;
use crate::lab::source::Spanned;
use crate::lab::units::{self, Rate, Wrong};
use crate::time::SimDuration;
use crate::wire::{MacAddr, ipv6};

/// Longest span of time a lab may name: the engine's clock ends after 834 days.
const MAX_TIME: SimDuration = SimDuration::from_secs(60 * 60 * 24 * 400);

fn wrong_type(name: &str, wanted: &str, tree: &Tree, fix: String) -> Finding {
    let finding = Finding::new(Code::WrongType, format!("`{name}` is {wanted}"), tree.span);
    finding.label(format!("this is {}", tree.sort())).help(fix)
}

/// A text.
pub fn text(name: &str, tree: &Tree, found: &mut Findings) -> Option<Spanned<String>> {
    match &tree.form {
        Form::Text(text) => Some(Spanned::new(text.clone(), tree.span)),
        Form::Word(word) => {
            let finding = Finding::new(Code::Unquoted, format!("`{word}` needs quotes"), tree.span);
            found.push(finding.label("bare words are words of the format").help(format!("{name}: \"{word}\"")));
            None
        }
        _ => {
            let typed = if let Form::Number(digits) = &tree.form { digits } else { "…" };
            found.push(wrong_type(name, "a text", tree, format!("{name}: \"{typed}\"")));
            None
        }
    }
}

/// A whole number within limits.
pub fn whole(name: &str, tree: &Tree, range: RangeInclusive<u64>, found: &mut Findings) -> Option<u64> {
    let digits = match &tree.form {
        Form::Number(digits) => digits,
        Form::Text(text) if !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit() || c == b'_') => {
            found.push(wrong_type(name, "a number, without quotes", tree, format!("{name}: {text}")));
            return None;
        }
        _ => {
            let usual = if name == "mtu" { 1500 } else { 1000 };
            let example = u64::clamp(usual, *range.start(), *range.end());
            found.push(wrong_type(name, "a number", tree, format!("{name}: {example}")));
            return None;
        }
    };
    let value = digits.parse().ok().filter(|value| range.contains(value));
    if value.is_none() {
        let (low, high) = (range.start(), range.end());
        let finding = Finding::new(Code::OutOfRange, format!("`{name}` cannot be {digits}"), tree.span);
        let nearest = if digits.starts_with('-') || digits.parse::<u64>().is_ok_and(|n| n < *low) { low } else { high };
        found.push(finding.label(format!("possible are {low} to {high}")).help(format!("{name}: {nearest}")));
    }
    value
}

/// `true` or `false`.
pub fn flag(name: &str, tree: &Tree, found: &mut Findings) -> Option<bool> {
    match &tree.form {
        Form::Word(word) if word == "true" => Some(true),
        Form::Word(word) if word == "false" => Some(false),
        other => {
            let on = matches!(other, Form::Word(w) | Form::Text(w) if matches!(w.to_lowercase().as_str(), "yes" | "on" | "true"));
            let off = matches!(other, Form::Word(w) | Form::Text(w) if matches!(w.to_lowercase().as_str(), "no" | "off" | "false"));
            let fix = if off || !on { "false" } else { "true" };
            found.push(wrong_type(name, "`true` or `false`", tree, format!("{name}: {fix}")));
            None
        }
    }
}

fn unit<T>(
    name: &str,
    tree: &Tree,
    parse: impl Fn(&str) -> Result<T, Wrong>,
    example: &str,
    found: &mut Findings,
) -> Option<T> {
    let (label, fix) = match &tree.form {
        Form::Text(text) => match parse(text) {
            Ok(value) => return Some(value),
            Err(wrong) => (wrong.label, wrong.fix),
        },
        Form::Number(digits) => {
            let unit = example.trim_start_matches(|c: char| c.is_ascii_digit());
            ("a number without a unit".to_owned(), format!("{}{unit}", digits.trim_start_matches('-')))
        }
        _ => (format!("this is {}", tree.sort()), example.to_owned()),
    };
    let finding = Finding::new(Code::Unit, format!("`{name}` needs a unit"), tree.span);
    found.push(finding.label(label).help(format!("{name}: \"{fix}\"")));
    None
}

/// A span of time.
pub fn time(name: &str, tree: &Tree, found: &mut Findings) -> Option<SimDuration> {
    let example = if ["ageing", "lasts", "recovery", "time"].contains(&name) { "10s" } else { "5ms" };
    let span = unit(name, tree, units::time, example, found)?;
    if span > MAX_TIME {
        let finding = Finding::new(Code::OutOfRange, format!("`{name}` cannot be that long"), tree.span);
        found.push(finding.label("a run lasts 400 days at most").help(format!("{name}: \"300s\"")));
        return None;
    }
    Some(span)
}

/// What a byte costs, in picoseconds.
pub fn picoseconds(name: &str, tree: &Tree, found: &mut Findings) -> Option<u64> {
    unit(name, tree, units::picoseconds, "150ps", found)
}

/// A span of time that is not zero.
pub fn positive_time(name: &str, tree: &Tree, found: &mut Findings) -> Option<SimDuration> {
    let span = time(name, tree, found)?;
    if span == SimDuration::ZERO {
        let finding = Finding::new(Code::OutOfRange, format!("`{name}` cannot be zero"), tree.span);
        found.push(finding.label("nothing could happen in between").help(format!("{name}: \"1ms\"")));
        return None;
    }
    Some(span)
}

/// Bits a second, at least 1.
pub fn bits(name: &str, tree: &Tree, found: &mut Findings) -> Option<u64> {
    let bits = unit(name, tree, units::bits, "1Gbps", found)?;
    let rate = nonzero(name, tree, Rate::Bits(bits), "1Gbps", found)?;
    (rate == Rate::Bits(bits)).then_some(bits)
}

/// Bits or frames a second, at least 1.
pub fn rate(name: &str, tree: &Tree, found: &mut Findings) -> Option<Rate> {
    let rate = unit(name, tree, units::rate, "1000pps", found)?;
    nonzero(name, tree, rate, "1000pps", found)
}

fn nonzero(name: &str, tree: &Tree, rate: Rate, example: &str, found: &mut Findings) -> Option<Rate> {
    let possible = match rate {
        Rate::Bits(n) => (1..=10_000_000_000_000).contains(&n),
        Rate::Frames(n) => (1..=1_000_000_000).contains(&n),
    };
    if !possible {
        let finding = Finding::new(Code::OutOfRange, format!("`{name}` cannot be this"), tree.span);
        let label = "possible are 1bps to 10000Gbps, 1pps to 1000000000pps";
        found.push(finding.label(label).help(format!("{name}: \"{example}\"")));
    }
    possible.then_some(rate)
}

/// A share, in millionths.
pub fn share(name: &str, tree: &Tree, found: &mut Findings) -> Option<u32> {
    unit(name, tree, units::share, "2%", found)
}

fn bad_address(tree: &Tree, what: &str, label: String, fix: &str, found: &mut Findings) {
    let shown = if let Form::Text(text) = &tree.form { format!("`{text}`") } else { "this".to_owned() };
    let finding = Finding::new(Code::Address, format!("{shown} is not {what}"), tree.span);
    found.push(finding.label(label).help(format!("\"{fix}\"")));
}

/// An address of IPv6 where one of IPv4 is needed: true, and reported.
fn only_ipv4(text: &str, tree: &Tree, found: &mut Findings) -> bool {
    let host = text.split('/').next().unwrap_or_default();
    if host.parse::<Ipv6Addr>().is_err() {
        return false;
    }
    let finding = Finding::new(Code::NotYet, format!("`{text}` is an IPv6 address"), tree.span);
    let finding = finding.label("IPv6 carries tunnels between hosts, and nothing else");
    found.push(finding.help("an address for tunnels: Host(ip: \"192.0.2.1/24\", ip6: \"fd00::1/64\")"));
    true
}

/// `fd00::1`.
pub fn ip6(tree: &Tree, found: &mut Findings) -> Option<Spanned<Ipv6Addr>> {
    let text = if let Form::Text(text) = &tree.form { text.as_str() } else { "" };
    let ip: Option<Ipv6Addr> = text.parse().ok();
    let Some(ip) = ip else {
        let label =
            if text.contains('/') { "no prefix length here" } else { "eight numbers of four hexadecimal digits" };
        bad_address(tree, "an IPv6 address", label.to_owned(), "fd00::1", found);
        return None;
    };
    if ipv6::is_of_a_host(ip) {
        return Some(Spanned::new(ip, tree.span));
    }
    let finding = Finding::new(Code::NetworkAddress, format!("no host can have {ip}"), tree.span);
    found.push(finding.label("a group, or an address that never leaves its host").help("\"fd00::1\""));
    None
}

/// `fd00::1/64`: the address of a host for tunnels.
pub fn host_address6(tree: &Tree, found: &mut Findings) -> Option<Spanned<(Ipv6Addr, u8)>> {
    let text = if let Form::Text(text) = &tree.form { text.as_str() } else { "" };
    let parts =
        text.split_once('/').and_then(|(ip, len)| Some((ip.parse::<Ipv6Addr>().ok()?, len.parse::<u8>().ok()?)));
    let Some((ip, len)) = parts.filter(|(_, len)| (1..=128).contains(len)) else {
        let label = "eight numbers of four hexadecimal digits, a slash, a length from 1 to 128";
        bad_address(tree, "the IPv6 address of a host", label.to_owned(), "fd00::1/64", found);
        return None;
    };
    let host = Tree { span: tree.span, form: Form::Text(ip.to_string()) };
    ip6(&host, found).map(|ip| Spanned::new((ip.value, len), tree.span))
}

/// `10.0.0.1`.
pub fn ip(tree: &Tree, found: &mut Findings) -> Option<Ipv4Addr> {
    let text = if let Form::Text(text) = &tree.form { text.as_str() } else { "" };
    if only_ipv4(text, tree, found) {
        return None;
    }
    let ip = text.parse().ok();
    if ip.is_none() {
        let host = text.split('/').next().unwrap_or_default();
        let fix = if host.parse::<Ipv4Addr>().is_ok() { host } else { "10.0.0.1" };
        let label = if text.contains('/') { "no prefix length here" } else { "four numbers from 0 to 255" };
        bad_address(tree, "an IPv4 address", label.to_owned(), fix, found);
    }
    ip
}

/// `10.0.0.1/24`: the address of a host, which cannot name the subnet, everybody in it, or nobody.
pub fn host_address(tree: &Tree, found: &mut Findings) -> Option<Spanned<(Ipv4Addr, u8)>> {
    let text = if let Form::Text(text) = &tree.form { text.as_str() } else { "" };
    let (host, len) = text.split_once('/').map_or((text, None), |(host, len)| (host, Some(len)));
    let ip: Option<Ipv4Addr> = host.parse().ok();
    let bits = len.and_then(|len| len.parse::<u8>().ok()).filter(|bits| (1..=32).contains(bits));
    if only_ipv4(text, tree, found) {
        return None;
    }
    let (Some(ip), Some(bits)) = (ip, bits) else {
        let fix = format!("{}/24", ip.unwrap_or(Ipv4Addr::new(10, 0, 0, 1)));
        let label = match (ip, len) {
            (Some(_), None) => "the length of the network part is missing",
            (Some(_), Some(_)) => "the length is a number from 1 to 32",
            _ => "four numbers from 0 to 255, a slash, a length",
        };
        bad_address(tree, "the address of a host", label.to_owned(), &fix, found);
        return None;
    };
    let mask = u32::MAX << (32 - u32::from(bits));
    let (network, broadcast) = (ip.to_bits() & mask, ip.to_bits() | !mask);
    let label = match ip {
        ip if ip.is_loopback() => "a loopback address never leaves its host",
        ip if ip.is_multicast() => "a multicast group, not a host",
        ip if ip.octets()[0] == 0 || ip.octets()[0] >= 240 => "reserved: no host can have it",
        ip if bits < 31 && ip.to_bits() == network => "names the subnet itself",
        ip if bits < 31 && ip.to_bits() == broadcast => "is the broadcast address of its subnet",
        _ => return Some(Spanned::new((ip, bits), tree.span)),
    };
    let finding = Finding::new(Code::NetworkAddress, format!("no host can have {text}"), tree.span).label(label);
    let inside = if ip.to_bits() == broadcast { broadcast - 1 } else { network | 1 };
    let fix = if ip.is_loopback() || ip.is_multicast() || bits == 32 {
        Ipv4Addr::new(10, 0, 0, 1)
    } else {
        Ipv4Addr::from_bits(inside)
    };
    let fix = if matches!(fix.octets()[0], 0 | 127 | 224..) { Ipv4Addr::new(10, 0, 0, 1) } else { fix };
    found.push(finding.help(format!("\"{fix}/{bits}\"")));
    None
}

/// `239.1.1.1`, of a group.
pub fn group(tree: &Tree, found: &mut Findings) -> Option<Ipv4Addr> {
    let group = ip(tree, found)?;
    if group.is_multicast() {
        return Some(group);
    }
    let finding = Finding::new(Code::NetworkAddress, format!("{group} is not a group"), tree.span);
    found.push(finding.label("groups are 224.0.0.0 to 239.255.255.255").help("\"239.1.1.1\""));
    None
}

/// `01:00:5e:01:01:01`, of a group.
pub fn group_mac(tree: &Tree, found: &mut Findings) -> Option<Spanned<MacAddr>> {
    let text = if let Form::Text(text) = &tree.form { text.as_str() } else { "" };
    let mac = text.parse::<MacAddr>().ok().filter(|mac| mac.is_multicast());
    if mac.is_none() {
        let label = "an odd first byte, six pairs of hexadecimal digits".to_owned();
        bad_address(tree, "the MAC address of a group", label, "01:00:5e:01:01:01", found);
    }
    mac.map(|mac| Spanned::new(mac, tree.span))
}

/// `02:00:00:00:00:01`, of one station.
pub fn mac(tree: &Tree, found: &mut Findings) -> Option<Spanned<MacAddr>> {
    let text = if let Form::Text(text) = &tree.form { text.as_str() } else { "" };
    match text.parse::<MacAddr>() {
        Ok(mac) if mac.is_unicast() => Some(Spanned::new(mac, tree.span)),
        Ok(mac) => {
            let label = if mac == MacAddr::ZERO { "the address of nobody" } else { "a group, not a station" };
            let finding = Finding::new(Code::NetworkAddress, format!("no card can have {text}"), tree.span);
            found.push(finding.label(label).help("\"02:00:00:00:00:01\""));
            None
        }
        Err(_) => {
            let dashes = text.replace('-', ":").to_lowercase();
            let fix = if dashes.parse::<MacAddr>().is_ok() { dashes.as_str() } else { "02:00:00:00:00:01" };
            let label = "six pairs of hexadecimal digits with colons between".to_owned();
            bad_address(tree, "a MAC address", label, fix, found);
            None
        }
    }
}

/// The parts of a list; the example shows one.
pub fn items<'t>(what: &str, example: &str, tree: &'t Tree, found: &mut Findings) -> &'t [Tree] {
    if let Form::List(items) = &tree.form {
        return items;
    }
    let finding = Finding::new(Code::WrongBrackets, format!("{what} stand in square brackets"), tree.head());
    found.push(finding.label(format!("this is {}", tree.sort())).help(listed(tree, example)));
    &[]
}

/// What was typed in the brackets of a list, if it can be a part of one like the example; else the example.
fn listed(tree: &Tree, example: &str) -> String {
    let Some((name, parts)) = example.split_once('[') else { return example.to_owned() };
    let inside = match &tree.form {
        Form::Call(None, Args::Items(items)) if !parts.starts_with('(') => {
            items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        }
        Form::Text(_) if parts.starts_with('"') => tree.to_string(),
        Form::Call(Some(_), _) if parts.starts_with(|c: char| c.is_ascii_uppercase()) => tree.to_string(),
        Form::Call(None, _) if parts.starts_with('(') => tree.to_string(),
        _ => return example.to_owned(),
    };
    fix(format!("{name}[{inside}]"), example)
}

/// One of a few words.
pub fn word<T: Copy>(what: &str, tree: &Tree, choices: &[(&'static str, T)], found: &mut Findings) -> Option<T> {
    let names: Vec<&'static str> = choices.iter().map(|(name, _)| *name).collect();
    match &tree.form {
        Form::Word(word) => {
            let choice = choices.iter().find(|(name, _)| name == word);
            if choice.is_none() {
                found.push(unknown_word(what, word, tree.span, &names));
            }
            choice.map(|(_, value)| *value)
        }
        Form::Text(text) if names.contains(&text.as_str()) => {
            let finding = Finding::new(Code::WrongType, format!("`{text}` is a word of the format"), tree.span);
            found.push(finding.label("words stand without quotes").help(text.clone()));
            None
        }
        _ => {
            let finding = Finding::new(Code::WrongType, format!("{what} is one of a few words"), tree.span);
            found.push(finding.label(format!("this is {}", tree.sort())).help(format!("one of: {}", names.join(", "))));
            None
        }
    }
}

/// A place.
pub fn place(name: &str, tree: &Tree, found: &mut Findings) -> Option<Spanned<Place>> {
    let text = text(name, tree, found)?;
    parse_place(&text, found)
}

/// A text that must be a place.
pub fn parse_place(text: &Spanned<String>, found: &mut Findings) -> Option<Spanned<Place>> {
    let place = Place::parse(&text.value).map(|place| Spanned::new(place, text.span));
    if place.is_none() {
        let finding = Finding::new(Code::NotAName, format!("`{}` is not a place", text.value), text.span);
        found.push(
            finding.label("cannot be read").help("`node`, `node:port`, `node/device`, `node/device:port` or `a--b`"),
        );
    }
    place
}
