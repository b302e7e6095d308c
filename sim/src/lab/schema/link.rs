//! `("ann", "sw:1")`, `("ann", "sw:1", (delay: "5ms"))`.

use crate::engine::CableConfig;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::place::{End, Place, is_name, to_name};
use crate::lab::read::{Args, Form, Tree};
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::source::{Span, Spanned};

const OPTIONS: &[&str] = &["mtu", "rate", "delay", "queue", "loss", "name"];

/// A cable as typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The whole entry.
    pub span: Span,
    /// One end.
    pub a: Spanned<End>,
    /// The other end.
    pub b: Spanned<End>,
    /// What it is like.
    pub config: CableConfig,
    /// Largest IP packet both ends send, if the link says so.
    pub mtu: Option<Spanned<u16>>,
    /// The author's name for it.
    pub name: Option<Spanned<String>>,
}

/// Reads one entry of `links`.
pub fn read(tree: &Tree, found: &mut Findings) -> Option<Link> {
    let items = match &tree.form {
        Form::Call(None, Args::Items(items)) if (2..=3).contains(&items.len()) => items,
        _ => {
            let finding = Finding::new(Code::WrongType, "a link is two ends in round brackets", tree.span);
            let label = match &tree.form {
                Form::Call(None, Args::Items(items)) => format!("{} values instead of two ends", items.len()),
                _ => format!("this is {}", tree.sort()),
            };
            found.push(finding.label(label).help("(\"ann\", \"sw:1\") or (\"ann\", \"sw:1\", (delay: \"5ms\"))"));
            return None;
        }
    };
    let (a, b) = (end(&items[0], found), end(&items[1], found));
    let mut link = Link { span: tree.span, a: a?, b: b?, config: CableConfig::default(), mtu: None, name: None };
    if let Some(options) = items.get(2) {
        read_options(&mut link, options, found);
    }
    Some(link)
}

fn end(tree: &Tree, found: &mut Findings) -> Option<Spanned<End>> {
    let place = value::place("an end", tree, found)?;
    match place.value {
        Place::End(end) if end.device.is_none() => Some(Spanned::new(end, place.span)),
        other => {
            let finding = Finding::new(Code::NotAName, format!("`{other}` is not the end of a cable"), place.span);
            found.push(finding.label("`node` or `node:port`").help("\"sw:1\""));
            None
        }
    }
}

fn read_options(link: &mut Link, tree: &Tree, found: &mut Findings) {
    let Some(section) = Section::fields("link options", tree, OPTIONS, found) else { return };
    for (name, tree) in section.given() {
        match name {
            "rate" => link.config.rate_bps = value::bits(name, tree, found).unwrap_or(link.config.rate_bps),
            "delay" => link.config.delay = value::time(name, tree, found).unwrap_or_default(),
            "queue" => {
                let bytes = value::whole(name, tree, 64..=1 << 32, found);
                link.config.queue_bytes = bytes.unwrap_or(link.config.queue_bytes);
            }
            "loss" => link.config.loss_ppm = value::share(name, tree, found).unwrap_or_default(),
            "mtu" => link.mtu = super::node::mtu(tree, found),
            _ => link.name = value::text(name, tree, found).filter(|name| sound(name, found)),
        }
    }
}

fn sound(name: &Spanned<String>, found: &mut Findings) -> bool {
    let sound = is_name(&name.value);
    if !sound {
        let finding = Finding::new(Code::NotAName, format!("`{}` cannot be a name", name.value), name.span);
        let finding = finding.label("letters, digits, `-`, `_` and `.`, but no `--`");
        found.push(finding.help(format!("name: \"{}\"", to_name(&name.value))));
    }
    sound
}
