//! `overunder explain SLUG|CODE`.

use clap::Args;
use overunder_sim::explain::Reason;
use overunder_sim::lang::Lang;
use overunder_sim::view::catalogue;
use overunder_sim::view::sentence::fill;

use super::failure::Failure;
use super::output::Output;
use super::source;

#[derive(Args, Debug)]
pub struct Explain {
    /// A reason such as bridge.table-full, a finding such as L010; without it all are listed
    name: Option<String>,
}

impl Explain {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        match &self.name {
            None => list(out),
            Some(name) => match catalogue::find(name) {
                Some(reason) => reason_in_full(reason, out),
                None => finding_in_full(name, out),
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

fn finding_in_full(name: &str, out: &mut Output) -> Result<(), Failure> {
    if let Some(lines) = source::explain_code(name, out.lang) {
        for line in lines {
            out.line(&line)?;
        }
        return Ok(());
    }
    let all = catalogue::all().map(|reason| reason.slug.to_owned());
    let known: Vec<String> = all.chain(source::codes(out.lang).map(|(code, _)| code.to_owned())).collect();
    let near = source::nearest(name, known.iter().map(String::as_str));
    let hint = near.map_or_else(
        || "`overunder explain` lists all reasons and findings".to_owned(),
        |near| format!("did you mean `{near}`? `overunder explain` lists all"),
    );
    Err(Failure::usage(format!("there is no reason or finding `{name}`"), hint))
}
