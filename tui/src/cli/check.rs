//! `overunder check [LAB|DIR]…`.

use std::path::{Path, PathBuf};

use clap::Args;
use overunder_sim::lab::judge::Quantity;
use overunder_sim::lang::Lang;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};

use super::failure::Failure;
use super::output::Output;
use super::progress::Progress;
use super::source::{self, Checked};
use super::words;
use crate::packs;

/// Version of the JSON document; raised when a field is renamed, removed or means something else.
const FORMAT: u32 = 1;

#[derive(Args, Debug)]
pub struct Check {
    /// Labs, or folders with labs in them; all that `list` shows if none is given
    labs: Vec<String>,
    /// Also writes a JUnit report
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
    /// Notes in the translations of these labs that they fit the labs as they are now
    #[arg(long)]
    accept_translation: bool,
    /// Runs labs though a finding warns, as if the labs allowed it
    #[arg(long)]
    force: bool,
}

impl Check {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        let (targets, complaints) = self.targets()?;
        if self.accept_translation {
            words::accept(&targets, out)?;
        }
        let mut all = Vec::new();
        let mut progress = Progress::new(targets.len(), !out.quiet);
        for (at, target) in targets.iter().enumerate() {
            progress.at(at, target);
            let checked = source::check(target, self.force);
            progress.wipe();
            let checked = checked?;
            if !self.json {
                tell(&checked, out)?;
                out.finish()?;
            }
            all.push(checked);
        }
        if self.json {
            let text = serde_json::to_string_pretty(&document(&all, out.lang)).unwrap_or_default();
            out.line(&text)?;
        }
        if let Some(path) = &self.junit {
            write_junit(path, &all, out.lang)?;
        }
        summary(&all, self.json, out)?;
        if all.iter().any(|lab| lab.invalid) {
            out.finish()?;
            return Err(Failure::Invalid(String::new()));
        }
        if all.iter().any(|lab| !lab.holds()) {
            return Err(Failure::Expectation);
        }
        if complaints.is_empty() {
            return Ok(());
        }
        out.finish()?;
        Err(Failure::usage("some labs could not be looked for", "the rest was checked; see the warnings"))
    }

    /// What to check, and what could not be read on the way.
    fn targets(&self) -> Result<(Vec<String>, Vec<String>), Failure> {
        if self.labs.is_empty() {
            let packs = packs::usual();
            for complaint in &packs.complaints {
                Output::warn(complaint);
            }
            let packed = packs.labs.into_iter().map(|lab| lab.name);
            return Ok((source::shipped().map(str::to_owned).chain(packed).collect(), packs.complaints));
        }
        let (mut targets, mut complaints) = (Vec::new(), Vec::new());
        for given in &self.labs {
            let path = Path::new(given);
            if path.is_dir() && !path.join("lab.ron").is_file() {
                let (found, lost) = packs::checkable_in(path);
                for complaint in &lost {
                    Output::warn(complaint);
                }
                complaints.extend(lost);
                if found.is_empty() {
                    let hint = "labs are files ending in `.ron` that begin with `Lab(`";
                    return Err(Failure::usage(format!("there is no lab in {given}"), hint));
                }
                targets.extend(found.into_iter().map(|path| path.display().to_string()));
            } else {
                targets.push(given.clone());
            }
        }
        Ok((targets, complaints))
    }
}

pub(super) fn tell(lab: &Checked, out: &mut Output) -> Result<(), Failure> {
    out.heading(&lab.name)?;
    for line in lab.findings.lines() {
        out.line(line)?;
    }
    for variant in &lab.variants {
        let place = if variant.name.is_empty() { String::new() } else { format!("{}: ", variant.name) };
        if let Some((en, zh)) = variant.label.as_ref().filter(|_| !out.quiet) {
            out.line(&format!("  note  {place}{}", out.lang.pick(en, zh)))?;
        }
        for (name, outcome) in &variant.checks {
            let word = if outcome.holds { "ok  " } else { "FAIL" };
            if outcome.holds && out.quiet {
                continue;
            }
            out.line(&format!("  {word}  {place}{name}"))?;
            if !outcome.holds {
                out.line(&format!("          {}", outcome.text(out.lang)))?;
            }
        }
        for complaint in &variant.complaints {
            out.line(&format!("  FAIL  {place}{complaint}"))?;
        }
        if !variant.measured.is_empty() {
            if !out.quiet {
                let values: Vec<String> =
                    variant.measured.iter().map(|(name, value)| format!("{name} {value}")).collect();
                out.line(&format!("  ran   {place}{}", values.join(", ")))?;
            }
        } else if variant.checks.is_empty() {
            let none = out.lang.pick("nothing is expected here", "这里没有任何预期");
            out.line(&format!("  ok    {place}{none}"))?;
        }
    }
    Ok(())
}

pub(super) fn summary(all: &[Checked], json: bool, out: &mut Output) -> Result<(), Failure> {
    if json || out.quiet {
        return Ok(());
    }
    let checks: usize = all.iter().flat_map(|lab| &lab.variants).map(|variant| variant.checks.len()).sum();
    let failed: usize = all.iter().map(Checked::failed).sum();
    let invalid = all.iter().filter(|lab| lab.invalid).count();
    out.line("")?;
    let (labs, text) = (
        all.len(),
        match out.lang {
            Lang::En => "labs, {checks} checks: {failed} do not hold, {unproven} proofs fail, {invalid} labs invalid",
            Lang::Zh => "个实验,{checks} 项检查:{failed} 项不成立,{unproven} 项证明失败,{invalid} 个实验无效",
        },
    );
    let unproven: usize = all.iter().map(|lab| lab.unproven).sum();
    let text = text.replace("{unproven}", &unproven.to_string());
    let text = text.replace("{checks}", &checks.to_string()).replace("{failed}", &failed.to_string());
    out.line(&format!("{labs} {}", text.replace("{invalid}", &invalid.to_string())))?;
    Ok(())
}

fn document(all: &[Checked], lang: Lang) -> Value {
    let labs = all.iter().map(|lab| {
        let variants = lab.variants.iter().map(|variant| {
            let checks = variant
                .checks
                .iter()
                .map(|(name, outcome)| json!({"name": name, "holds": outcome.holds, "text": outcome.text(lang)}));
            json!({
                "name": variant.name, "checks": checks.collect::<Vec<_>>(), "complaints": variant.complaints,
                "events": variant.events, "digest": variant.digest, "profiles": variant.profiles,
                "measured": variant.measured.iter().map(|(name, value)| measured(name, value)).collect::<Vec<_>>(),
            })
        });
        json!({
            "name": lab.name, "file": lab.file, "valid": !lab.invalid, "holds": lab.holds(),
            "proven": lab.unproven == 0, "findings": lab.findings_json, "variants": variants.collect::<Vec<_>>(),
        })
    });
    json!({"format": FORMAT, "holds": all.iter().all(Checked::holds), "labs": labs.collect::<Vec<_>>()})
}

/// Numbers are whole, in the smallest unit; nothing was there to be measured where there is none.
fn measured(name: &str, value: &Quantity) -> Value {
    match value {
        Quantity::Number(n) => json!({"name": name, "value": n, "unit": ""}),
        Quantity::Span(ns) => json!({"name": name, "value": ns, "unit": "ns"}),
        Quantity::Rate(bits) => json!({"name": name, "value": bits, "unit": "bps"}),
        Quantity::Text(_) | Quantity::Set(_) | Quantity::Way(_) => {
            json!({"name": name, "value": value.to_string(), "unit": ""})
        }
        Quantity::Nothing => json!({"name": name, "value": null, "unit": ""}),
    }
}

fn write_junit(path: &Path, all: &[Checked], lang: Lang) -> Result<(), Failure> {
    let mut report = Report::new("overunder check");
    for lab in all {
        let mut suite = TestSuite::new(lab.name.as_str());
        let mut sound = TestCaseStatus::success();
        if lab.invalid {
            sound = TestCaseStatus::non_success(NonSuccessKind::Error);
            sound.set_message("the lab is invalid");
            sound.set_description(lab.findings.as_str());
        }
        suite.add_test_case(TestCase::new("the file is sound", sound));
        if !lab.invalid {
            let mut proven = TestCaseStatus::success();
            if lab.unproven > 0 {
                proven = TestCaseStatus::non_success(NonSuccessKind::Failure);
                proven.set_message(format!("{} proofs fail", lab.unproven));
                proven.set_description(lab.findings.as_str());
            }
            suite.add_test_case(TestCase::new("checks can fail and questions have one answer", proven));
        }
        for variant in &lab.variants {
            let class =
                if variant.name.is_empty() { lab.name.clone() } else { format!("{}.{}", lab.name, variant.name) };
            for (name, outcome) in &variant.checks {
                let mut status = TestCaseStatus::success();
                if !outcome.holds {
                    status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_message(outcome.text(lang));
                }
                let mut case = TestCase::new(name.as_str(), status);
                case.set_classname(class.as_str());
                if let Some((label, _)) = &variant.label {
                    case.set_system_out(label.as_str());
                }
                suite.add_test_case(case);
            }
            for complaint in &variant.complaints {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(complaint.as_str());
                let mut case = TestCase::new("the run", status);
                case.set_classname(class.as_str());
                suite.add_test_case(case);
            }
        }
        report.add_test_suite(suite);
    }
    let failed = |error: std::io::Error| Failure::File(path.display().to_string(), error);
    let text = report.to_string().map_err(|error| failed(std::io::Error::other(error)))?;
    crate::whole::write(path, text.as_bytes()).map_err(failed)
}
