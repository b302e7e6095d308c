//! `overunder matrix`: every plugin in every environment, by trying.

use clap::Args;
use overunder_sim::lab::diagnostic::nearest;
use overunder_sim::lang::Lang;
use overunder_sim::measure::matrix::{self, Cell, Obstacle, PLACES, PROBES, Place, Probe, Verdict};
use overunder_sim::measure::row;
use serde_json::{Value, json};

use super::failure::Failure;
use super::output::Output;
use crate::view::paint::wrap;

/// Columns of the table and of its notes.
const WIDTH: usize = 80;

#[derive(Args, Debug)]
pub struct Matrix {
    /// As a JSON document, with what became of each pair in each cell
    #[arg(long, conflicts_with = "markdown")]
    json: bool,

    /// As a page with a table
    #[arg(long)]
    markdown: bool,

    /// Prints the lab of one cell, for `overunder open`
    #[arg(long, value_name = "PLUGIN@PLACE", conflicts_with_all = ["json", "markdown"])]
    lab: Option<String>,
}

impl Matrix {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        if let Some(name) = &self.lab {
            let cell = one(name)?;
            return Ok(out.part(&cell.lab)?);
        }
        let cells: Vec<Cell> = matrix::all().collect();
        if self.json {
            let text = serde_json::to_string_pretty(&document(&cells, out.lang)).unwrap_or_default();
            return Ok(out.line(&text)?);
        }
        if self.markdown { page(&cells, out) } else { table(&cells, out) }
    }
}

/// `FlannelHostGw@aws`.
fn one(name: &str) -> Result<Cell, Failure> {
    let places = || PLACES.iter().map(|place| place.name);
    let rows = || row::all().map(|row| row.name);
    let Some((plugin, place)) = name.split_once('@') else {
        return Err(Failure::usage(format!("`{name}` is no cell"), "PLUGIN@PLACE, such as FlannelHostGw@aws"));
    };
    let unknown = |what: &str, name: &str, known: Vec<&'static str>| {
        let near = nearest(name, known.iter().copied()).map(|near| format!("did you mean {near}? "));
        let hint = format!("{}there is: {}", near.unwrap_or_default(), known.join(", "));
        Failure::usage(format!("there is no {what} `{name}`"), hint)
    };
    let row = row::find(plugin).ok_or_else(|| unknown("plugin", plugin, rows().collect()))?;
    let place = matrix::find(place).ok_or_else(|| unknown("place", place, places().collect()))?;
    Ok(matrix::cell(row, place))
}

/// Something in the way, in a sentence.
pub fn told(obstacle: &Obstacle, lang: Lang) -> String {
    match obstacle {
        Obstacle::Refused(told) => told.clone(),
        Obstacle::Silence => lang.pick("nothing comes back", "没有任何回应").to_owned(),
        Obstacle::Dropped(dropped) => dropped.sentence(lang),
    }
}

/// Who says so: the source of the rule, when it was read, how well it is known.
pub fn source(obstacle: &Obstacle) -> Option<String> {
    if let Obstacle::Dropped(dropped) = obstacle { Some(dropped.source()) } else { None }
}

/// The change that helps, in words.
pub fn remedy(cell: &Cell, lang: Lang) -> Option<String> {
    let Verdict::WorksIf(remedy) = cell.verdict else { return None };
    Some(remedy.words(cell.environment()?, lang))
}

/// What stands in the document of `--json`; grows when a field changes its meaning or goes.
const FORMAT: u64 = 1;

fn document(cells: &[Cell], lang: Lang) -> Value {
    let place = |at: &Place| json!({"name": at.name, "title": title(at, lang)});
    let probe = |at: &Probe| json!({"name": at.name, "title": lang.pick(at.en, at.zh)});
    json!({
        "format": FORMAT,
        "places": PLACES.iter().map(place).collect::<Vec<_>>(),
        "probes": PROBES.iter().map(probe).collect::<Vec<_>>(),
        "cells": cells.iter().map(|cell| json(cell, lang)).collect::<Vec<_>>(),
    })
}

/// What is in the way: reason, sentence, source; nothing where nothing is.
fn because(obstacle: Option<&Obstacle>, lang: Lang) -> Value {
    let Some(obstacle) = obstacle else { return Value::Null };
    let reason = if let Obstacle::Dropped(dropped) = obstacle { Some(dropped.reason.slug) } else { None };
    json!({"reason": reason, "text": told(obstacle, lang), "source": source(obstacle)})
}

fn json(cell: &Cell, lang: Lang) -> Value {
    let verdict = match &cell.verdict {
        Verdict::Works => "works",
        Verdict::WorksIf(_) => "works-if",
        Verdict::Fails => "fails",
    };
    let probes = PROBES.iter().zip(&cell.tried.answers);
    let probes = probes.map(|(probe, answer)| {
        json!({"name": probe.name, "reaches": answer.is_none(), "because": because(answer.as_ref(), lang)})
    });
    json!({
        "plugin": cell.plugin, "place": cell.place.name, "verdict": verdict, "if": remedy(cell, lang),
        "because": because(cell.obstacle.as_ref(), lang), "probes": probes.collect::<Vec<_>>(),
        "envelope": cell.tried.envelope, "policed": cell.tried.policed, "lab": cell.lab,
    })
}

/// What the cells refer to, numbered in the order in which they come.
#[derive(Default)]
struct Notes(Vec<String>);

impl Notes {
    fn number(&mut self, text: String) -> usize {
        let at = self.0.iter().position(|known| *known == text);
        at.unwrap_or_else(|| {
            self.0.push(text);
            self.0.len() - 1
        }) + 1
    }

    /// `yes`, `if 1`, `no 2`.
    fn mark(&mut self, cell: &Cell, lang: Lang) -> String {
        let from = cell.obstacle.as_ref().and_then(source).map(|source| format!(" [{source}]")).unwrap_or_default();
        let obstacle = cell.obstacle.as_ref().map(|obstacle| told(obstacle, lang)).unwrap_or_default();
        match &cell.verdict {
            Verdict::Works => lang.pick("yes", "通").to_owned(),
            Verdict::WorksIf(_) => {
                let unless = lang.pick("; as it comes: ", ";默认情况:");
                let cure = remedy(cell, lang).unwrap_or_default();
                let note = self.number(format!("{cure}{unless}{obstacle}{from}"));
                format!("{} {note}", lang.pick("if", "须"))
            }
            Verdict::Fails => {
                let note = self.number(format!("{obstacle}{from}"));
                format!("{} {note}", lang.pick("no", "否"))
            }
        }
    }
}

/// Marks of all cells, a row for each plugin.
fn rows(cells: &[Cell], notes: &mut Notes, lang: Lang) -> Vec<(&'static str, Vec<String>)> {
    let marks = cells.iter().map(|cell| notes.mark(cell, lang)).collect::<Vec<_>>();
    let rows = marks.chunks(PLACES.len()).map(<[String]>::to_vec);
    row::all().map(|row| row.name).zip(rows).collect()
}

fn title(place: &Place, lang: Lang) -> &'static str {
    lang.pick(place.en, place.zh)
}

fn table(cells: &[Cell], out: &mut Output) -> Result<(), Failure> {
    let mut notes = Notes::default();
    let rows = rows(cells, &mut notes, out.lang);
    let wide = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let pad = |text: &str| format!("{text}{}", " ".repeat(6_usize.saturating_sub(wide(text))));
    let letters = (0..PLACES.len()).map(|at| pad(&char::from(b'A' + at as u8).to_string())).collect::<String>();
    out.heading(&format!("{:<17}{}", "", letters.trim_end()))?;
    for (plugin, marks) in rows {
        let marks = marks.iter().map(|mark| pad(mark)).collect::<String>();
        out.line(&format!("{plugin:<17}{}", marks.trim_end()))?;
    }
    out.line("")?;
    for (at, place) in PLACES.iter().enumerate() {
        out.line(&format!("{}  {:<15} {}", char::from(b'A' + at as u8), place.name, title(place, out.lang)))?;
    }
    out.line("")?;
    for (at, note) in notes.0.iter().enumerate() {
        for (line, text) in wrap(note, WIDTH - 4).iter().enumerate() {
            let number = if line == 0 { (at + 1).to_string() } else { String::new() };
            out.line(&format!("{number:>2}  {text}"))?;
        }
    }
    if !out.quiet {
        out.line("")?;
        out.say(
            "One cell as a lab: overunder matrix --lab FlannelHostGw@aws > cell.ron",
            "把一格变成实验:overunder matrix --lab FlannelHostGw@aws > cell.ron",
        )?;
    }
    Ok(())
}

const HEAD: [&str; 2] = [
    "\
# Which network carries which plugin

This page is what `overunder matrix --markdown` prints. Nobody typed the table: every cell is a cluster of two nodes that
is run, and asked whether a pod of one reaches a pod of the other. `yes` is the network as it comes; `if` names the
change that helps, and the rule that stops it as it comes; `no` names the first rule in the way, when none of the changes
tried helps: protocol 4 opened, address pairs for the pods' range or for each pod, checks off, routes of the network. A
rule stands where the brackets say, as of the month they say.

`overunder matrix --lab FlannelHostGw@aws > cell.ron` makes a lab of a cell. `overunder matrix --json` prints one document:
`format` (1), `places` and `probes` with names and titles, and `cells`. Each cell has `plugin`, `place`, `verdict`
(`works`, `works-if`, `fails`), `if` (the change), `because` (`reason`, `text` and `source` of what is in the way as it
comes), `envelope` (bytes in front of a packet), `policed` (packets of pods pass the IP stack of their node), `lab`, and
`probes`, each with `name`, `reaches` and `because`: two pods on one node, two on two nodes, a pod and its node, a pod and
another node, a pod and a machine that is no node (one way, since no address is translated), broadcast and multicast
between pods of two nodes.

`overunder advise PLACE --need NEED --pods N` asks the same cells for what pods need. What is left out: translation of
addresses, DHCP, and the CNIs of Azure and Google Cloud, which hand out addresses as that of AWS does.
",
    "\
# 哪种网络承载哪种插件

本页由 `overunder matrix --markdown` 生成。表格不是手写的:每一格都是一个两节点的集群,实际运行后看一个节点的 Pod 能否到达另一个节点的 Pod。
“通”指网络默认状态;“须”给出能解决的改动以及默认情况下拦住它的规则;“不通”给出第一条拦住它的规则,已试过的改动(放行协议 4、为 Pod 网段或每个 Pod 加地址对、关闭检查、网络路由)都无效。方括号里是规则的出处和查阅月份。

`overunder matrix --lab FlannelHostGw@aws > cell.ron` 把一格变成实验。`overunder advise` 按 Pod 的需要从同样的格子里挑选插件。未包含:地址转换、DHCP、Azure 与 Google Cloud 自己的 CNI。
",
];

fn page(cells: &[Cell], out: &mut Output) -> Result<(), Failure> {
    let mut notes = Notes::default();
    let [en, zh] = HEAD;
    out.line(out.lang.pick(en, zh))?;
    let rows = rows(cells, &mut notes, out.lang);
    let names = PLACES.iter().map(|place| title(place, out.lang)).collect::<Vec<_>>().join(" | ");
    out.line(&format!("| | {names} |"))?;
    out.line(&format!("|---|{}", "---|".repeat(PLACES.len())))?;
    for (plugin, marks) in rows {
        out.line(&format!("| {plugin} | {} |", marks.join(" | ")))?;
    }
    out.line("")?;
    for (at, note) in notes.0.iter().enumerate() {
        // `<dst>` is a word here, and no HTML.
        out.line(&format!("{}. {}", at + 1, note.replace('<', "&lt;")))?;
    }
    Ok(())
}
