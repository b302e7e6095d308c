//! The filter language: which steps are shown, and where breakpoints stop.
//!
//! Words separated by spaces must all hold; `!` before a word turns it round; commas inside a value mean "one of
//! these"; a `*` at the end of a value stands for anything. `drop`, `rows` and `change` stand alone; any other bare
//! word must occur in the text of the step.

use overunder_sim::engine::World;

use crate::app::history::{LAYERS, Moment, Via};
use crate::app::session::Session;

/// Keys a word may have.
pub const KEYS: &[&str] = &["node", "device", "flow", "proto", "verdict", "reason", "cable", "frame", "step"];
/// Words that stand alone.
pub const FLAGS: &[&str] = &["drop", "rows", "change"];

#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    not: bool,
    key: Option<&'static str>,
    values: Vec<String>,
}

/// A filter as typed, and what it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    text: String,
    words: Vec<Word>,
}

impl Filter {
    /// Reads a filter; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words = text.split_whitespace().map(word).collect::<Result<_, _>>()?;
        Ok(Self { text: text.split_whitespace().collect::<Vec<_>>().join(" "), words })
    }

    /// As typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// It lets everything pass.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a moment passes.
    pub fn matches(&self, session: &Session, moment: &Moment) -> bool {
        self.words.iter().all(|word| word.matches(session, moment) != word.not)
    }
}

fn word(text: &str) -> Result<Word, String> {
    let (not, text) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
    let Some((key, values)) = text.split_once('=') else {
        return Ok(Word { not, key: None, values: vec![text.to_lowercase()] });
    };
    let known = KEYS.iter().find(|known| **known == key);
    let key = known.ok_or_else(|| format!("`{key}` cannot be filtered by; use {}", KEYS.join(", ")))?;
    let values: Vec<String> = values.split(',').filter(|value| !value.is_empty()).map(str::to_owned).collect();
    if values.is_empty() {
        return Err(format!("`{key}=` needs a value"));
    }
    Ok(Word { not, key: Some(key), values })
}

impl Word {
    fn matches(&self, session: &Session, moment: &Moment) -> bool {
        let world = session.world();
        let any = |what: &str| self.values.iter().any(|value| wild(value, what));
        match self.key {
            None => self.stands(session, moment),
            Some("node") => node_names(world, moment).any(any),
            Some("device") => any(world.device_name(moment.device)),
            Some("flow") => world.flows().get(moment.flow.index()).is_some_and(|flow| any(&flow.name)),
            Some("proto") => LAYERS.iter().enumerate().any(|(at, name)| moment.layers & 1 << at != 0 && any(name)),
            Some("verdict") => {
                moment.dropped && any("drop") || moment.verdict.is_some_and(|(verdict, _)| any(verdict.name()))
            }
            Some("reason") => moment.verdict.is_some_and(|(_, reason)| any(reason.slug)),
            Some("cable") => match moment.via {
                Via::Cable(cable, _) => any(&world.cables()[cable.index()].name),
                _ => false,
            },
            Some("frame") => any(&moment.frame.to_string()),
            Some(_) => any(&moment.event.to_string()),
        }
    }

    fn stands(&self, session: &Session, moment: &Moment) -> bool {
        match self.values[0].as_str() {
            "drop" => moment.dropped,
            "rows" => moment.wrote,
            "change" => matches!(moment.via, Via::Change(_)),
            text => session.history().text(moment).to_lowercase().contains(text),
        }
    }
}

fn node_names<'a>(world: &'a World, moment: &Moment) -> impl Iterator<Item = &'a str> {
    let node = world.node_of(moment.device).and_then(|node| world.nodes().get(node.index()));
    node.map(|node| node.name.as_str()).into_iter()
}

fn wild(pattern: &str, text: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => pattern == text,
    }
}
