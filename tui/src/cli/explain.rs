//! `overunder explain SLUG|CODE`.

use clap::Args;
use overunder_sim::cost::{self, COSTS, Cost, CostName, PROFILES, Profile};
use overunder_sim::explain::Reason;
use overunder_sim::lang::Lang;
use overunder_sim::view::sentence::fill;
use overunder_sim::view::{catalogue, tables};

use super::failure::Failure;
use super::output::Output;
use super::source;

#[derive(Args, Debug)]
pub struct Explain {
    /// A reason such as bridge.table-full, a finding such as L010, a cost profile or a cost; without it all are listed
    name: Option<String>,
}

impl Explain {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        match &self.name {
            None => list(out),
            Some(name) => match catalogue::find(name) {
                Some(reason) => reason_in_full(reason, out),
                None => match (cost::find(name), Cost::find(name)) {
                    (Some(profile), _) => profile_in_full(profile, out),
                    (_, Some(cost)) => cost_in_full(cost, out),
                    (None, None) => finding_in_full(name, out),
                },
            },
        }
    }
}

fn list(out: &mut Output) -> Result<(), Failure> {
    for (device, reasons) in catalogue::lists() {
        out.heading(device)?;
        for reason in reasons {
            out.line(&format!("  {:<28} {}", reason.slug, sentence(reason, out.lang)))?;
        }
    }
    out.heading(out.lang.pick("cost profiles: what work costs in the model", "成本模型:工作在模型中的代价"))?;
    for profile in PROFILES {
        out.line(&format!("  {:<28} {}", profile.name, out.lang.pick(&profile.en, &profile.zh)))?;
    }
    for name in &COSTS {
        out.line(&format!("  {:<28} {}", name.slug, out.lang.pick(name.en, name.zh)))?;
    }
    out.heading(out.lang.pick("findings in lab files", "实验文件中的问题"))?;
    for (code, title) in source::codes(out.lang) {
        out.line(&format!("  {code:<28} {title}"))?;
    }
    Ok(())
}

/// The sentence with `<dst>` where a run names the destination.
fn sentence(reason: Reason, lang: Lang) -> String {
    fill(lang.pick(reason.en, reason.zh), |name| Some(format!("<{name}>")))
}

fn reason_in_full(reason: Reason, out: &mut Output) -> Result<(), Failure> {
    out.heading(reason.slug)?;
    out.line(&format!("  {}", sentence(reason, out.lang)))?;
    out.line("")?;
    out.line(&format!("  {}", out.lang.pick(reason.because, reason.because_zh)))?;
    let (source, linux) = match out.lang {
        Lang::En => ("source", "in Linux"),
        Lang::Zh => ("出处", "Linux 中"),
    };
    out.line(&format!("  {source}: {}", reason.source))?;
    if !reason.linux.is_empty() {
        out.line(&format!("  {linux}: {}", reason.linux))?;
    }
    Ok(())
}

/// What each piece of work costs on one kind of machine.
fn profile_in_full(profile: &Profile, out: &mut Output) -> Result<(), Failure> {
    out.heading(&profile.name)?;
    out.line(&format!("  {}", out.lang.pick(&profile.en, &profile.zh)))?;
    out.line("")?;
    let row = |name: &CostName| {
        let price = profile.price(name.cost).text(out.lang);
        vec![name.slug.to_owned(), out.lang.pick(name.en, name.zh).to_owned(), price]
    };
    for line in tables::grid(&COSTS.iter().map(row).collect::<Vec<_>>()) {
        out.line(&format!("  {line}"))?;
    }
    out.line("")?;
    out.say("  Numbers of a model, each for one packet.", "  模型数值,每项按一个报文计。")?;
    let source = out.lang.pick("source", "出处");
    Ok(out.line(&format!("  {source}: {}", profile.source))?)
}

/// What one piece of work costs on each kind of machine.
fn cost_in_full(cost: Cost, out: &mut Output) -> Result<(), Failure> {
    let name = cost.name();
    out.heading(name.slug)?;
    out.line(&format!("  {}", out.lang.pick(name.en, name.zh)))?;
    out.line("")?;
    let row = |profile: &&Profile| vec![profile.name.to_string(), profile.price(cost).text(out.lang)];
    for line in tables::grid(&PROFILES.iter().map(row).collect::<Vec<_>>()) {
        out.line(&format!("  {line}"))?;
    }
    Ok(())
}

fn finding_in_full(name: &str, out: &mut Output) -> Result<(), Failure> {
    if let Some(lines) = source::explain_code(name, out.lang) {
        for line in lines {
            out.line(&line)?;
        }
        return Ok(());
    }
    let all = catalogue::all().map(|reason| reason.slug.to_owned());
    let prices = PROFILES.iter().map(|profile| &*profile.name).chain(COSTS.iter().map(|name| name.slug));
    let codes = source::codes(out.lang).map(|(code, _)| code);
    let known: Vec<String> = all.chain(prices.chain(codes).map(str::to_owned)).collect();
    let near = source::nearest(name, known.iter().map(String::as_str));
    let hint = near.map_or_else(
        || "`overunder explain` lists all reasons and findings".to_owned(),
        |near| format!("did you mean `{near}`? `overunder explain` lists all"),
    );
    Err(Failure::usage(format!("there is no reason or finding `{name}`"), hint))
}
