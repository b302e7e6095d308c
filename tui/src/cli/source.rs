//! Labs by name, number or path, and what the library says about them.

use std::path::PathBuf;

use overunder_sim::engine::{Stop, World};
use overunder_sim::lab::design;
use overunder_sim::lab::diagnostic::catalogue::{self, CATALOGUE};
use overunder_sim::lab::diagnostic::{self, render};
use overunder_sim::lab::judge::{Outcome, Quantity};
use overunder_sim::lab::shipped::{self, BRIEFS, LABS};
use overunder_sim::lab::suite;
use overunder_sim::lab::{
    self, EVENT_BUDGET, Finding, LabFile, Ran, RunError, Runner, Severity, Source, translation, units,
};
use overunder_sim::lang::Lang;
use overunder_sim::plan::Plan;
use overunder_sim::time::SimDuration;
use overunder_sim::view::work;
use serde_json::{Value, json};

use super::failure::Failure;
use super::output::Output;
use super::words;
use crate::packs::{self, Packed, Packs};

/// A lab that can be run.
#[derive(Debug)]
pub struct Lab {
    /// Name of a shipped one, else the path as it was given.
    pub name: String,
    pub(super) file: LabFile,
}

/// Names of the shipped labs in teaching order, then those of the briefs.
pub fn shipped() -> impl Iterator<Item = &'static str> {
    LABS.iter().chain(BRIEFS).map(|lab| lab.name)
}

/// A span of time as labs write it.
pub fn duration(text: &str) -> Option<SimDuration> {
    units::time(text).ok()
}

/// The name most like a wrong one.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    diagnostic::nearest(wrong, known)
}

/// Codes of findings with their titles.
pub fn codes(lang: Lang) -> impl Iterator<Item = (&'static str, &'static str)> {
    CATALOGUE.iter().map(move |entry| (entry.id, entry.title(lang)))
}

/// The page of a code.
pub fn explain_code(code: &str, lang: Lang) -> Option<Vec<String>> {
    let entry = catalogue::find(code)?;
    let (wrong, right) = match lang {
        Lang::En => ("instead of", "write"),
        Lang::Zh => ("不要写", "要写"),
    };
    Some(vec![
        format!("{}  {}", entry.id, entry.title(lang)),
        String::new(),
        format!("  {}", entry.means(lang)),
        format!("  {wrong}: {}", entry.wrong),
        format!("  {right}: {}", entry.right),
    ])
}

/// The file of a lab: shipped ones come out of the program, those of packs and paths are read.
pub fn find(given: &str) -> Result<(String, Source), Failure> {
    let (name, source) = find_alone(given)?;
    Ok((name, with_brief(source)))
}

fn find_alone(given: &str) -> Result<(String, Source), Failure> {
    if let Some(lab) = shipped::find(given) {
        return Ok((lab.name.to_owned(), Source::new(&lab.file_name(), lab.text)));
    }
    let packs = packs::usual();
    if let Some(lab) = packs.find(given) {
        return Ok((lab.name.clone(), packed(lab)?));
    }
    let mut path = PathBuf::from(given);
    if path.is_dir() {
        path.push("lab.ron");
        if !path.exists() {
            let hint = "name the file, or a folder that has a lab.ron; `overunder check` takes folders of labs too";
            return Err(Failure::usage(format!("the folder `{given}` has no lab.ron"), hint));
        }
    }
    if !path.exists() {
        return Err(unknown(given, &packs));
    }
    let shown = path.display().to_string();
    let bytes = packs::read(&path).map_err(|error| Failure::File(shown.clone(), error))?;
    Ok((shown.clone(), Source::from_bytes(&shown, &bytes)))
}

/// A design that answers a brief of a pack or a path gets it along; the shipped ones are known without.
fn with_brief(source: Source) -> Source {
    let named = design::brief_of(&source).filter(|name| shipped::find(name).is_none());
    // One that cannot be found is told of where the design is read, with its place in the file.
    match named.and_then(|name| find_alone(&name).ok()) {
        Some((_, brief)) if !design::is_design(&brief) => source.to_brief(brief),
        _ => source,
    }
}

/// The same; with `force`, what a lab can allow is told and allowed.
pub fn find_forced(given: &str, force: bool, out: &Output) -> Result<(String, Source), Failure> {
    let (name, source) = find(given)?;
    if force && let Err(findings) = lab::file::open(source.clone()) {
        out.remark(&told(&findings, &source));
        let (en, zh) =
            ("--force: it runs all the same, as far as a lab can allow this", "--force:在实验可以允许的范围内照样运行");
        out.remark(out.lang.pick(en, zh));
    }
    Ok((name, source.forced(force)))
}

/// The text of a lab in a pack.
pub fn packed(lab: &Packed) -> Result<Source, Failure> {
    lab.source().map_err(|error| Failure::File(lab.path.display().to_string(), error))
}

fn unknown(given: &str, packs: &Packs) -> Failure {
    let mut known: Vec<&str> = shipped().collect();
    known.extend(packs.labs.iter().map(|lab| lab.name.as_str()));
    let guess = nearest(given, known.iter().copied()).map(|near| format!("did you mean `{near}`? "));
    let lost = [String::new()].into_iter().chain(packs.complaints.iter().cloned()).collect::<Vec<_>>().join("; ");
    let (guess, all) = (guess.unwrap_or_default(), known.join(", "));
    let hint = format!("{guess}labs: {all}; anything else is taken for a path{lost}");
    Failure::usage(format!("there is no lab `{given}`"), hint)
}

/// Loads a lab; what is wrong with it comes as findings.
pub fn load(given: &str) -> Result<Lab, Failure> {
    read(find(given)?)
}

/// Loads a lab, forced or not.
pub fn load_forced(given: &str, force: bool, out: &Output) -> Result<Lab, Failure> {
    read(find_forced(given, force, out)?)
}

fn read((name, source): (String, Source)) -> Result<Lab, Failure> {
    match lab::file::open(source.clone()) {
        Ok(file) => Ok(Lab { name, file }),
        Err(findings) => Err(Failure::Invalid(told(&findings, &source))),
    }
}

pub(super) fn told(findings: &[Finding], source: &Source) -> String {
    format!("{}\n", render::all(findings, source))
}

impl Lab {
    /// What was read.
    pub fn file(&self) -> &LabFile {
        &self.file
    }

    pub fn title(&self) -> &str {
        &self.file.title
    }

    pub fn idea(&self) -> &str {
        &self.file.idea
    }

    pub fn after(&self) -> &[String] {
        &self.file.after
    }

    /// The part of the course a shipped lab belongs to.
    pub fn part(&self) -> u32 {
        if BRIEFS.iter().any(|brief| brief.name == self.name) {
            return 5;
        }
        let number: u32 = self.name.split('-').next().and_then(|number| number.parse().ok()).unwrap_or(0);
        match number {
            0 => 0,
            1..=6 => 1,
            7..=18 => 2,
            19..=25 => 3,
            26..=33 => 4,
            _ => 5,
        }
    }

    pub fn variants(&self) -> Vec<&str> {
        self.file.variant_names().collect()
    }

    fn variant(&self, name: Option<&str>) -> Result<&lab::Variant, Failure> {
        self.file.variant(name).map_err(|findings| {
            // A wrong variant on the command line is no mistake in the file.
            let what = findings.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>().join("; ");
            let hint = findings.iter().flat_map(|finding| finding.helps.iter().map(String::as_str));
            Failure::usage(what, hint.collect::<Vec<_>>().join("; "))
        })
    }

    /// The whole name of a variant, in which missing axes are at their default.
    pub fn variant_name(&self, name: Option<&str>) -> Result<String, Failure> {
        Ok(self.variant(name)?.name.clone())
    }

    pub fn plan(&self, variant: Option<&str>, seed: Option<u64>) -> Result<Plan, Failure> {
        let mut plan = self.variant(variant)?.plan().clone();
        plan.seed = seed.unwrap_or(plan.seed);
        Ok(plan)
    }

    /// Breaks what a repair lab says is broken, in a run that has not begun.
    pub fn damage(&self, variant: &str, runner: &mut Runner) -> Result<(), Failure> {
        let Some(repair) = self.file.repair.as_ref().filter(|repair| repair.variant == variant) else {
            let what = format!("nothing is broken in {}", self.name);
            return Err(Failure::usage(what, "--broken is for the default variant of labs with a `repair`"));
        };
        let refused = |error| Failure::usage(format!("{}: {error}", self.name), "`overunder check` tells more");
        runner.make("repair", &repair.broken.changes).map_err(refused)
    }

    /// A run that has not begun.
    pub fn start(&self, variant: Option<&str>, seed: Option<u64>) -> Result<Runner, Failure> {
        let variant = self.variant(variant)?;
        lab::run::start(variant, seed, EVENT_BUDGET).map_err(|error| {
            Failure::usage(format!("{}: {error}", self.name), "please report this: a sound lab must build")
        })
    }
}

/// One variant that was run.
#[derive(Debug)]
pub struct Variant {
    pub name: String,
    pub checks: Vec<(String, Outcome)>,
    /// What went wrong besides the checks.
    pub complaints: Vec<String>,
    pub events: u64,
    pub digest: String,
    /// Profiles of its nodes, and the label that numbers of a model have; nothing where work costs nothing.
    pub profiles: Vec<String>,
    pub label: Option<(String, String)>,
    /// What a suite measures in it, by name.
    pub measured: Vec<(String, Quantity)>,
}

/// A lab that was checked.
#[derive(Debug)]
pub struct Checked {
    pub name: String,
    pub file: String,
    pub invalid: bool,
    pub findings: String,
    pub findings_json: Vec<Value>,
    pub variants: Vec<Variant>,
    /// Proofs that failed, each one a finding.
    pub unproven: usize,
}

impl Checked {
    pub fn failed(&self) -> usize {
        let of = |variant: &Variant| {
            variant.checks.iter().filter(|(_, outcome)| !outcome.holds).count() + variant.complaints.len()
        };
        self.variants.iter().map(of).sum()
    }

    pub fn holds(&self) -> bool {
        !self.invalid && self.failed() == 0 && self.unproven == 0
    }

    fn add(&mut self, findings: &[Finding], source: &Source) {
        if !findings.is_empty() {
            self.findings.push_str(&told(findings, source));
            self.findings_json.extend(findings.iter().map(|finding| json!(render::json(finding, source))));
        }
    }
}

/// Reads a lab, runs each variant and judges it; a repair lab is proved to be one.
pub fn check(given: &str, force: bool) -> Result<Checked, Failure> {
    let (name, source) = find(given)?;
    let source = source.forced(force);
    if suite::is_suite(&source) {
        return Ok(check_suite(name, &source));
    }
    let opened = lab::file::open(source.clone());
    let (findings, invalid) = match &opened {
        Ok(file) => (file.warnings.as_slice(), false),
        Err(findings) => (findings.as_slice(), true),
    };
    let mut checked = Checked {
        name,
        file: source.name.clone(),
        invalid,
        findings: String::new(),
        findings_json: Vec::new(),
        variants: Vec::new(),
        unproven: 0,
    };
    checked.add(findings, &source);
    if let Ok(file) = &opened {
        for variant in file.variants() {
            checked.variants.push(run(file, &variant.name));
        }
        // A check that does not hold proves nothing; that is mended first.
        if checked.failed() == 0 && file.answers.is_none() {
            let findings = lab::prove::prove(file, EVENT_BUDGET);
            checked.unproven += errors(&findings);
            checked.add(&findings, &source);
        }
        for (words, findings) in words::check(given, &source)? {
            checked.invalid |= errors(&findings) > 0;
            checked.add(&findings, &words);
            if !checked.invalid {
                let findings = translation::prove(&source, &words, Lang::Zh);
                checked.unproven += errors(&findings);
                checked.add(&findings, &words);
            }
        }
    }
    Ok(checked)
}

fn errors(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.severity == Severity::Error).count()
}

/// Reads a comparison suite, does all its runs and judges them.
fn check_suite(name: String, source: &Source) -> Checked {
    let opened = suite::open(source.clone());
    let (findings, invalid) = match &opened {
        Ok(suite) => (suite.file.warnings.as_slice(), false),
        Err(findings) => (findings.as_slice(), true),
    };
    let mut checked = Checked {
        name,
        file: source.name.clone(),
        invalid,
        findings: String::new(),
        findings_json: Vec::new(),
        variants: Vec::new(),
        unproven: 0,
    };
    checked.add(findings, source);
    if let Ok(suite) = &opened {
        let compared = suite.compared(EVENT_BUDGET);
        let mut values = Vec::new();
        for (at, name) in suite.names().enumerate() {
            let mut measured = Vec::new();
            let done = suite.run(at, &compared, EVENT_BUDGET).map(|run| {
                let names = suite.measures.iter().map(|measure| measure.name.value.clone());
                measured = names.zip(run.values.iter().cloned()).collect();
                values.push(run.values);
                run.ran
            });
            checked.variants.push(Variant { measured, ..judged(name, done) });
        }
        let findings = suite.unmeasured(&values);
        checked.unproven += errors(&findings);
        checked.add(&findings, source);
    }
    checked
}

/// A run that is over, as it is told.
fn judged(name: &str, ran: Result<Ran, RunError>) -> Variant {
    let ran = match ran {
        Ok(ran) => ran,
        Err(error) => {
            let (name, complaints) = (name.to_owned(), vec![error.to_string()]);
            return Variant {
                name,
                checks: Vec::new(),
                complaints,
                events: 0,
                digest: String::new(),
                profiles: Vec::new(),
                label: None,
                measured: Vec::new(),
            };
        }
    };
    let mut complaints: Vec<String> = refusals(&ran.world).collect();
    if ran.stop == Stop::Budget {
        complaints.push(format!("the run did not end within {EVENT_BUDGET} events: give the lab an `end`"));
    }
    let (events, digest) = (ran.world.event().0, format!("{:016x}", ran.world.digest()));
    let profiles = work::profiles(&ran.world);
    let label = work::label(&profiles, Lang::En).zip(work::label(&profiles, Lang::Zh));
    let (name, checks) = (ran.variant, ran.outcomes);
    Variant { name, checks, complaints, events, digest, profiles, label, measured: Vec::new() }
}

fn run(file: &LabFile, name: &str) -> Variant {
    let mut variant = judged(name, lab::run_variant(file, Some(name), None, EVENT_BUDGET));
    // Beside what must hold in the variant that is broken and repaired.
    if file.repair.as_ref().is_some_and(|repair| repair.variant == variant.name) {
        match lab::repair::prove(file, EVENT_BUDGET) {
            Ok(proofs) => variant.checks.extend(proofs),
            Err(error) => variant.complaints.push(error.to_string()),
        }
    }
    if file.variants().first().is_some_and(|first| first.name == variant.name) {
        variant.checks.extend(design::prove(file, EVENT_BUDGET));
    }
    variant
}

fn refusals(world: &World) -> impl Iterator<Item = String> {
    world.refused().iter().map(|(name, error)| format!("event `{name}` was refused: {error}"))
}
