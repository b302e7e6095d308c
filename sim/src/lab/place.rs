//! Places: one grammar for everything one can point at.
//!
//! `node`, `node:port`, `node/device`, `node/device:port`, `a--b` (a link; ports where several join the same two),
//! and `*` at the end as a wildcard where settings are changed.

use std::fmt;

/// One end: a node, perhaps one device of it, perhaps one port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Name of the node (or flow, where flows may stand).
    pub node: String,
    /// Name of the device inside.
    pub device: Option<String>,
    /// Name of the port.
    pub port: Option<String>,
}

/// Something one can point at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A node, a device or a port.
    End(End),
    /// A link, by its ends.
    Link(End, End),
    /// Everything whose name begins so.
    Prefix(String),
}

/// Longest name.
const MAX_NAME: usize = 64;

/// Whether a text can be a name: letters, digits, `-`, `_`, `.`, beginning with a letter or digit, no `--`.
pub fn is_name(text: &str) -> bool {
    text.starts_with(char::is_alphanumeric)
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && !text.contains("--")
        && text.len() <= MAX_NAME
}

/// The nearest text that can be a name.
pub fn to_name(text: &str) -> String {
    let mut name = String::new();
    for c in text.trim().chars() {
        let c = if c.is_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' };
        if !(c == '-' && (name.is_empty() || name.ends_with('-'))) && name.len() + c.len_utf8() <= MAX_NAME {
            name.push(c);
        }
    }
    let name = name.trim_start_matches(['_', '.']).trim_end_matches('-').to_owned();
    if is_name(&name) { name } else { "name".to_owned() }
}

impl End {
    fn parse(text: &str) -> Option<Self> {
        let (path, port) = match text.split_once(':') {
            Some((path, port)) => (path, Some(port)),
            None => (text, None),
        };
        let (node, device) = match path.split_once('/') {
            Some((node, device)) => (node, Some(device)),
            None => (path, None),
        };
        let sound = is_name(node) && device.is_none_or(is_name) && port.is_none_or(is_name);
        sound.then(|| Self { node: node.to_owned(), device: device.map(str::to_owned), port: port.map(str::to_owned) })
    }
}

impl Place {
    /// Reads a place.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(prefix) = text.strip_suffix('*') {
            return (prefix.is_empty() || is_name(prefix.trim_end_matches(['-', '/'])))
                .then(|| Self::Prefix(prefix.to_owned()));
        }
        match text.split_once("--") {
            Some((a, b)) => Some(Self::Link(End::parse(a)?, End::parse(b)?)),
            None => End::parse(text).map(Self::End),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.node)?;
        if let Some(device) = &self.device {
            write!(f, "/{device}")?;
        }
        self.port.as_ref().map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End(end) => end.fmt(f),
            Self::Link(a, b) => write!(f, "{a}--{b}"),
            Self::Prefix(prefix) => write!(f, "{prefix}*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_print_as_they_are_written() {
        for text in ["ann", "sw:3", "h1/vx-blue", "h1/br:2", "a--b", "a:1--b:2", "h*", "*", "web-1.x"] {
            assert_eq!(Place::parse(text).map(|place| place.to_string()), Some(text.to_owned()));
        }
        for text in ["", ":1", "a:", "a/", "/x", "a b", "a--", "-a", "a:1:2", "a/b/c"] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_bad_name_has_a_good_neighbour() {
        for (bad, good) in
            [("web server", "web-server"), ("a--b", "a-b"), ("", "name"), ("_x", "x"), ("a/b:c", "a-b-c")]
        {
            assert_eq!(to_name(bad), good);
            assert!(is_name(good));
        }
    }
}
