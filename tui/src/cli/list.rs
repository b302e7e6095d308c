//! `overunder list`.

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::output::Output;
use super::{source, words};
use crate::packs;

#[derive(Args, Debug, Default)]
pub struct List {
    /// As a JSON array
    #[arg(long)]
    json: bool,
}

impl List {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        let mut labs = Vec::new();
        for shipped in source::shipped() {
            labs.push(words::load(shipped, out)?);
        }
        let packs = packs::usual();
        for lab in &packs.labs {
            // One lab that cannot be read hides no other.
            match source::load(&lab.name) {
                Ok(lab) => labs.push(lab),
                Err(_) => out.warn(&format!("{}: `overunder check {}` says what is wrong", lab.name, lab.name)),
            }
        }
        packs.complaints.iter().for_each(|complaint| out.warn(complaint));
        if self.json {
            let one = |lab: &source::Lab| {
                json!({
                    "name": lab.name, "title": lab.title(), "idea": lab.idea(), "part": lab.part(),
                    "after": lab.after(), "variants": lab.variants(),
                })
            };
            let all: Vec<_> = labs.iter().map(one).collect();
            let text = serde_json::to_string_pretty(&all).unwrap_or_default();
            return Ok(out.line(&text)?);
        }
        for lab in &labs {
            out.heading(&format!("{}  {}", lab.name, lab.title()))?;
            out.line(&format!("    {}", lab.idea()))?;
            let variants = lab.variants();
            if variants.len() > 1 {
                let word = out.lang.pick("variants", "变体");
                out.line(&format!("    {word}: {}", variants.join(", ")))?;
            }
        }
        if !out.quiet {
            out.line("")?;
            out.say(
                "Type `overunder run 1` to see the first one, `overunder help` for everything else.",
                "输入 `overunder run 1` 运行第一个实验,`overunder help` 查看其他命令。",
            )?;
        }
        Ok(())
    }
}
