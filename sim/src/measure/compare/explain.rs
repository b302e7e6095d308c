//! Why numbers are others: the header, the frames, the cost or the rows that changed.

use std::collections::{BTreeMap, BTreeSet};

use super::snapshot::Kept;
use crate::cost::Cost;
use crate::lang::Lang;
use crate::measure::account::{KINDS, PARTS, title};
use crate::plan::Bilingual;
use crate::time::SimDuration;

/// Everything that is different between two runs, what comes first causing what comes later.
pub fn explain(before: &Kept, after: &Kept) -> Vec<Bilingual> {
    let mut told = Vec::new();
    if before.profiles != after.profiles {
        let names = |kept: &Kept| if kept.profiles.is_empty() { "ideal".to_owned() } else { kept.profiles.join(", ") };
        let (old, new) = (names(before), names(after));
        told.push(Bilingual::new(format!("profile: {old} → {new}"), format!("成本模型:{old} → {new}")));
    }
    told.extend(headers(before, after));
    told.extend(kinds(before, after));
    told.extend(work(before, after));
    told.extend(rows(before, after));
    if told.is_empty() {
        told.push(Bilingual::new(
            "the cables carried the same, the processors did the same: what changed is when, or what is counted",
            "电缆承载的内容和处理器的工作都没变:变的是时间,或统计的口径",
        ));
    }
    told
}

/// Bytes in each frame that has them: whole where all are alike, else with tenths.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Each {
    tenths: u64,
}

impl Each {
    fn of([frames, bytes]: [u64; 2]) -> Self {
        Self { tenths: (bytes * 10 + frames / 2).checked_div(frames).unwrap_or(0) }
    }
}

impl std::fmt::Display for Each {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.tenths % 10 {
            0 => write!(f, "{}", self.tenths / 10),
            rest => write!(f, "{}.{rest}", self.tenths / 10),
        }
    }
}

/// Headers that are longer, shorter, new or gone; part by part. The header of a tunnel is one of the outer headers.
fn headers(before: &Kept, after: &Kept) -> Vec<Bilingual> {
    let mut groups: BTreeMap<usize, Vec<(&str, Each, Each)>> = BTreeMap::new();
    let names: BTreeSet<&String> = before.headers.keys().chain(after.headers.keys()).collect();
    for full in names {
        let of = |kept: &Kept| Each::of(kept.headers.get(full).copied().unwrap_or_default());
        let (old, new) = (of(before), of(after));
        if old != new
            && let Some((part, name)) = full.split_once('/')
        {
            groups.entry(group(part)).or_default().push((name, old, new));
        }
    }
    let told = groups.into_iter().map(|(group, changed)| {
        let sum = |kept: &Kept| Each::of([data(kept), bytes(kept, group)]);
        let (old, new) = (sum(before), sum(after));
        let line = |lang: Lang| {
            let part = PARTS[group].title(lang);
            let header = |(name, old, new): &(&str, Each, Each)| format!("{} {old} → {new}", title(name, lang));
            let changed = changed.iter().map(header).collect::<Vec<_>>().join(", ");
            match lang {
                Lang::En => format!("{part}: {old} → {new} bytes per frame: {changed}"),
                Lang::Zh => format!("{part}:每帧 {old} → {new} 字节:{changed}"),
            }
        };
        Bilingual::new(line(Lang::En), line(Lang::Zh))
    });
    told.collect()
}

/// Place of the part under which a header is told.
fn group(part: &str) -> usize {
    let at = |name: &str| PARTS.iter().position(|known| known.name() == name);
    at(if part == "tunnel" { "outer" } else { part }).unwrap_or(0)
}

fn bytes(kept: &Kept, wanted: usize) -> u64 {
    let of = |(full, tally): (&String, &[u64; 2])| {
        let part = full.split_once('/').map_or("", |(part, _)| part);
        if group(part) == wanted { tally[1] } else { 0 }
    };
    kept.headers.iter().map(of).sum()
}

fn data(kept: &Kept) -> u64 {
    kept.kinds.get("data").map_or(0, |tally| tally[0])
}

/// More or fewer frames of a kind, or longer ones.
fn kinds(before: &Kept, after: &Kept) -> Vec<Bilingual> {
    let of = |kept: &Kept, name: &str| kept.kinds.get(name).copied().unwrap_or_default();
    let changed = KINDS.iter().filter_map(|kind| {
        let (old, new) = (of(before, kind.name()), of(after, kind.name()));
        // What is in frames with payload was told header by header.
        let is_told = kind.name() == "data" && old[0] == new[0];
        if old == new || is_told {
            return None;
        }
        let line = |lang: Lang| {
            let (kind, frames, bytes) =
                (kind.title(lang), lang.pick("frames", "帧"), lang.pick("bytes on the wire", "线上字节"));
            let count = if old[0] == new[0] { String::new() } else { format!("{} → {} {frames}, ", old[0], new[0]) };
            let colon = lang.pick(": ", ":");
            format!("{kind}{colon}{count}{} → {} {bytes}", old[1], new[1])
        };
        Some(Bilingual::new(line(Lang::En), line(Lang::Zh)))
    });
    changed.collect()
}

/// Costs that are charged at another price, or another number of times.
fn work(before: &Kept, after: &Kept) -> Vec<Bilingual> {
    let names: BTreeSet<&String> = before.work.keys().chain(after.work.keys()).collect();
    let changed = names.into_iter().filter_map(|slug| {
        let of = |kept: &Kept| kept.work.get(slug).copied().unwrap_or_default();
        let (old, new) = (of(before), of(after));
        if old == new {
            return None;
        }
        let each = |[times, ns]: [u64; 2]| SimDuration(ns.checked_div(times).unwrap_or(0));
        let line = |lang: Lang| {
            let name = Cost::find(slug)
                .map_or_else(|| slug.clone(), |cost| lang.pick(cost.name().en, cost.name().zh).to_owned());
            let mut parts = Vec::new();
            if each(old) != each(new) {
                parts.push(format!("{} → {} {}", each(old), each(new), lang.pick("each time", "每次")));
            }
            if old[0] != new[0] {
                parts.push(format!("{} → {} {}", old[0], new[0], lang.pick("times", "次")));
            }
            if parts.is_empty() {
                parts.push(format!("{} → {}", SimDuration(old[1]), SimDuration(new[1])));
            }
            let head = lang.pick("work of", "工作");
            format!("{head} {name} [{slug}]{} {}", lang.pick(":", ":"), parts.join(", "))
        };
        Some(Bilingual::new(line(Lang::En), line(Lang::Zh)))
    });
    changed.collect()
}

/// Tables that have more rows or fewer.
fn rows(before: &Kept, after: &Kept) -> Vec<Bilingual> {
    let names: BTreeSet<&String> = before.rows.keys().chain(after.rows.keys()).collect();
    let changed = names.into_iter().filter_map(|full| {
        let of = |kept: &Kept| kept.rows.get(full).copied().unwrap_or(0);
        let (old, new) = (of(before), of(after));
        let (kind, table) = full.split_once('/')?;
        (old != new).then(|| {
            Bilingual::new(
                format!("rows of `{table}` in nodes of the kind {kind}: {old} → {new}"),
                format!("{kind} 类节点的 `{table}` 表项:{old} → {new}"),
            )
        })
    });
    changed.collect()
}
