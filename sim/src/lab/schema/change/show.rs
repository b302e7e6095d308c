//! A change as it is written in a lab, as it is typed, and as it is told.

use std::fmt;

use super::{Cells, Change, Setting};
use crate::engine::Value;
use crate::lab::units;
use crate::lang::Lang;
use crate::plan::Bilingual;

/// A word of the format: a capital, then letters, perhaps with brackets. Everything else is a text.
fn is_word(text: &str) -> bool {
    let name = text.split('(').next().unwrap_or_default();
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|c| c.is_ascii_alphanumeric())
        && (name == text || text.ends_with(')'))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn value(value: &Value) -> String {
    match value {
        Value::Flag(on) => on.to_string(),
        Value::Number(n) => n.to_string(),
        Value::Span(span) => quoted(&span.to_string()),
        Value::Text(text) if is_word(text) => text.clone(),
        Value::Text(text) => quoted(text),
    }
}

/// A value without quotes where the line can be read without them.
fn typed(value: &Value) -> String {
    match value {
        Value::Flag(on) => on.to_string(),
        Value::Number(n) => n.to_string(),
        Value::Span(span) => span.to_string(),
        Value::Text(text) => bare(text),
    }
}

fn bare(text: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '"' | '\\' | '=');
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { quoted(text) }
}

fn settings(list: &[Setting]) -> String {
    let one = |(name, to): &Setting| format!("{}: {}", name.value, value(&to.value));
    list.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn cells(list: &Cells) -> String {
    let one = |(column, cell): &(crate::lab::source::Spanned<String>, crate::lab::source::Spanned<String>)| {
        format!("{}: {}", quoted(&column.value), quoted(&cell.value))
    };
    list.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// As it stands in a lab: `Set("sw", (ageing: "10s"))`.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(place, list) => write!(f, "Set(\"{}\", ({}))", place.value, settings(list)),
            Self::AddRow(place, table, list) => {
                write!(f, "AddRow(\"{}\", {}, {{{}}})", place.value, quoted(&table.value), cells(list))
            }
            Self::DelRow(place, table, list) => {
                write!(f, "DelRow(\"{}\", {}, {{{}}})", place.value, quoted(&table.value), cells(list))
            }
            Self::Flush(place, table) => write!(f, "Flush(\"{}\", {})", place.value, quoted(&table.value)),
            Self::Down(place) => write!(f, "Down(\"{}\")", place.value),
            Self::Up(place) => write!(f, "Up(\"{}\")", place.value),
            Self::Power(place, on) => write!(f, "Power(\"{}\", {})", place.value, if *on { "On" } else { "Off" }),
            Self::Loss(place, ppm, of) => {
                let of = of.map_or(String::new(), |of| format!(", \"{of}\""));
                write!(f, "Loss(\"{}\", \"{}\"{of})", place.value, units::show_share(*ppm))
            }
            Self::Start(flow) => write!(f, "Start({})", quoted(&flow.value)),
            Self::Stop(flow) => write!(f, "Stop({})", quoted(&flow.value)),
        }
    }
}

impl Change {
    /// As it is typed: `set sw ageing 10s`.
    pub fn line(&self) -> String {
        let row = |verb: &str, place: &dyn fmt::Display, table: &str, list: &Cells| {
            let cells = list.iter().map(|(column, cell)| format!(" {}={}", bare(&column.value), bare(&cell.value)));
            format!("{verb} {place} {}{}", bare(table), cells.collect::<String>())
        };
        match self {
            Self::Set(place, list) => {
                let each = list.iter().map(|(name, to)| format!(" {} {}", name.value, typed(&to.value)));
                format!("set {}{}", place.value, each.collect::<String>())
            }
            Self::AddRow(place, table, list) => row("addrow", &place.value, &table.value, list),
            Self::DelRow(place, table, list) => row("delrow", &place.value, &table.value, list),
            Self::Flush(place, table) => format!("flush {} {}", place.value, bare(&table.value)),
            Self::Down(place) => format!("down {}", place.value),
            Self::Up(place) => format!("up {}", place.value),
            Self::Power(place, on) => format!("power {} {}", place.value, if *on { "on" } else { "off" }),
            Self::Loss(place, ppm, of) => {
                let of = of.map_or(String::new(), |of| format!(" {of}"));
                format!("loss {} {}{of}", place.value, units::show_share(*ppm))
            }
            Self::Start(flow) => format!("start {}", bare(&flow.value)),
            Self::Stop(flow) => format!("stop {}", bare(&flow.value)),
        }
    }

    /// A sentence about it.
    pub fn say(&self) -> Bilingual {
        Bilingual::new(self.sentence(Lang::En), self.sentence(Lang::Zh))
    }

    fn sentence(&self, lang: Lang) -> String {
        let row = |list: &Cells| {
            let one = |(column, cell): &(crate::lab::source::Spanned<String>, crate::lab::source::Spanned<String>)| {
                format!("{} {}", column.value, cell.value)
            };
            let text = list.iter().map(one).collect::<Vec<_>>().join(", ");
            if text.is_empty() { lang.pick("everything", "全部").to_owned() } else { text }
        };
        match self {
            Self::Set(place, list) => {
                let each = list.iter().map(|(name, to)| match lang {
                    Lang::En => format!("set `{}` of {} to {}", name.value, place.value, typed(&to.value)),
                    Lang::Zh => format!("把 {} 的 `{}` 设为 {}", place.value, name.value, typed(&to.value)),
                });
                each.collect::<Vec<_>>().join(lang.pick(", ", ","))
            }
            Self::AddRow(place, table, list) => match lang {
                Lang::En => format!("write a row into {} of {}: {}", table.value, place.value, row(list)),
                Lang::Zh => format!("在 {} 的 {} 中写入一行:{}", place.value, table.value, row(list)),
            },
            Self::DelRow(place, table, list) => match lang {
                Lang::En => format!("remove rows from {} of {}: {}", table.value, place.value, row(list)),
                Lang::Zh => format!("从 {} 的 {} 中删除:{}", place.value, table.value, row(list)),
            },
            Self::Flush(place, table) => match lang {
                Lang::En => format!("forget what {} of {} has learned", table.value, place.value),
                Lang::Zh => format!("清空 {} 的 {} 学到的内容", place.value, table.value),
            },
            Self::Down(place) => format!("{} {}", lang.pick("take down", "断开"), place.value),
            Self::Up(place) => format!("{} {}", lang.pick("bring up", "恢复"), place.value),
            Self::Power(place, true) => format!("{} {}", lang.pick("switch on", "接通电源"), place.value),
            Self::Power(place, false) => format!("{} {}", lang.pick("switch off", "切断电源"), place.value),
            Self::Loss(place, ppm, of) => {
                let (place, share) = (&place.value, units::show_share(*ppm));
                match (lang, of) {
                    (Lang::En, None) => format!("let {place} lose {share} of its frames"),
                    (Lang::En, Some(of)) => format!("let {place} lose {share} of the frames that carry {of}"),
                    (Lang::Zh, None) => format!("让 {place} 丢失 {share} 的帧"),
                    (Lang::Zh, Some(of)) => format!("让 {place} 丢失 {share} 的携带 {of} 的帧"),
                }
            }
            Self::Start(flow) => format!("{} {}", lang.pick("start", "启动"), flow.value),
            Self::Stop(flow) => format!("{} {}", lang.pick("stop", "停止"), flow.value),
        }
    }
}
