//! `overunder advise PLACE`: which plugins remain, and why each other one fell.

use clap::Args;
use overunder_sim::lab::diagnostic::nearest;
use overunder_sim::lang::Lang;
use overunder_sim::measure::advice::{self, Advice, Lack, NEEDS, Need};
use overunder_sim::measure::matrix::{self, PLACES, Place};
use serde_json::{Value, json};

use super::failure::Failure;
use super::matrix::{remedy, source, told};
use super::output::Output;
use crate::view::paint::wrap;

const WIDTH: usize = 80;
/// Columns in front of the reasons.
const INDENT: usize = 16;
/// What stands in the document of `--json`; grows when a field changes its meaning or goes.
const FORMAT: u64 = 1;

#[derive(Args, Debug)]
pub struct Advise {
    /// Where the nodes are: metal, metal-strict, metal-routed, openstack, aws, aws-subnets, gcp, azure, alibaba, …
    place: String,
    /// What pods need: l2, multicast, speed or policy; several times for several needs
    #[arg(long, value_name = "NEED")]
    need: Vec<String>,
    /// Pods on each node
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=200))]
    pods: u16,
    /// As a JSON document
    #[arg(long)]
    json: bool,
}

impl Advise {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        let unknown = |what: &str, name: &str, known: Vec<&'static str>| {
            let near = nearest(name, known.iter().copied()).map(|near| format!("did you mean {near}? "));
            let hint = format!("{}there is: {}", near.unwrap_or_default(), known.join(", "));
            Failure::usage(format!("there is no {what} `{name}`"), hint)
        };
        let places = || PLACES.iter().map(|place| place.name).collect();
        let place = matrix::find(&self.place).ok_or_else(|| unknown("place", &self.place, places()))?;
        let mut needs: Vec<&'static Need> = Vec::new();
        for name in &self.need {
            let known = || NEEDS.iter().map(|need| need.name).collect();
            needs.push(advice::find(name).ok_or_else(|| unknown("need", name, known()))?);
        }
        let all = advice::advise(place, &needs, self.pods);
        if self.json {
            let document = self.document(place, &all, out.lang);
            return Ok(out.line(&serde_json::to_string_pretty(&document).unwrap_or_default())?);
        }
        let pods = match out.lang {
            Lang::En => format!("{} pods on each node", self.pods),
            Lang::Zh => format!("每个节点 {} 个 Pod", self.pods),
        };
        let needs = needs.iter().map(|need| out.lang.pick(need.en, need.zh).to_owned());
        let asked = std::iter::once(pods).chain(needs).collect::<Vec<_>>().join(out.lang.pick("; ", ";"));
        out.heading(&format!("{}: {asked}", out.lang.pick(place.en, place.zh)))?;
        for (fell, en, zh) in [(false, "Remain", "可用"), (true, "Fall", "落选")] {
            out.line("")?;
            out.heading(out.lang.pick(en, zh))?;
            let mut some = false;
            for advice in all.iter().filter(|advice| advice.fell.is_some() == fell) {
                some = true;
                row(advice, out)?;
            }
            if !some {
                out.say("  none", "  无")?;
            }
        }
        Ok(())
    }

    fn document(&self, place: &Place, all: &[Advice], lang: Lang) -> Value {
        let one = |advice: &Advice| {
            let fell = advice.fell.as_ref().map(|(need, lack)| {
                let (text, source) = why(lack, lang);
                json!({"need": need, "text": text, "source": source})
            });
            json!({"plugin": advice.cell.plugin, "remains": fell.is_none(), "if": remedy(&advice.cell, lang), "fell": fell,
                   "envelope": advice.cell.tried.envelope})
        };
        json!({"format": FORMAT, "place": place.name, "needs": self.need, "pods": self.pods,
               "plugins": all.iter().map(one).collect::<Vec<_>>()})
    }
}

/// Why a plugin fell, and who says so.
fn why(lack: &Lack, lang: Lang) -> (String, Option<String>) {
    match lack {
        Lack::Connection(obstacle) | Lack::Blocked(obstacle) => (told(obstacle, lang), source(obstacle)),
        Lack::Unfit(words) => (words.get(lang).to_owned(), None),
    }
}

fn row(advice: &Advice, out: &mut Output) -> Result<(), Failure> {
    let lang = out.lang;
    let text = match &advice.fell {
        None => match remedy(&advice.cell, lang) {
            Some(remedy) => format!("{}{remedy}", lang.pick("if ", "须")),
            None => lang.pick("as it comes", "默认即可").to_owned(),
        },
        Some((need, lack)) => {
            let (text, source) = why(lack, lang);
            format!("{need}: {text}{}", source.map(|source| format!(" [{source}]")).unwrap_or_default())
        }
    };
    for (at, line) in wrap(&text, WIDTH - INDENT - 2).iter().enumerate() {
        let name = if at == 0 { advice.cell.plugin } else { "" };
        out.line(&format!("  {name:<INDENT$}{line}"))?;
    }
    Ok(())
}
