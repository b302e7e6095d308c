//! Labs in the language that is spoken: words of shipped ones come out of the program, others lie beside the lab.

use std::path::PathBuf;

use overunder_sim::lab::shipped;
use overunder_sim::lab::translation::{self, renew};
use overunder_sim::lab::{Finding, Source};
use overunder_sim::lang::Lang;

use super::failure::Failure;
use super::output::Output;
use super::source::{self, Lab};
use crate::packs;

/// Where the words of a lab file are: `lab.zh.ron` for `lab.ron`. Nothing for a shipped lab.
pub fn path(given: &str, lang: Lang) -> Option<PathBuf> {
    if shipped::find(given).is_some() || lang == Lang::En {
        return None;
    }
    let mut path = PathBuf::from(given);
    if path.is_dir() {
        path.push("lab.ron");
    }
    Some(path.with_extension(format!("{lang}.ron")))
}

/// The file with the words of a lab; nothing if there is none.
pub fn find(given: &str, lang: Lang) -> Result<Option<Source>, Failure> {
    if let Some(lab) = shipped::find(given) {
        return Ok(lab.words(lang));
    }
    let Some(path) = path(given, lang).filter(|path| path.exists()) else { return Ok(None) };
    let shown = path.display().to_string();
    let bytes = packs::read(&path).map_err(|error| Failure::File(shown.clone(), error))?;
    Ok(Some(Source::from_bytes(&shown, &bytes)))
}

/// Loads a lab in the language of the output. What is wrong with its words is no reason not to.
pub fn load(given: &str, out: &Output) -> Result<Lab, Failure> {
    load_forced(given, false, out)
}

/// The same, forced or not.
pub fn load_forced(given: &str, force: bool, out: &Output) -> Result<Lab, Failure> {
    let (name, source) = source::find_forced(given, force, out)?;
    let words = find(given, out.lang)?;
    if let Some(words) = words.as_ref().filter(|_| shipped::find(given).is_none()) {
        let count = translation::check(&source, words, out.lang).len();
        if count > 0 {
            let (file, lang) = (&words.name, out.lang);
            out.remark(&match lang {
                Lang::En => format!("{file}: {count} findings, see `overunder check {given}`"),
                Lang::Zh => format!("{file}:{count} 处问题,见 `overunder check {given}`"),
            });
        }
    }
    match translation::open(source.clone(), words.as_ref(), out.lang) {
        Ok(file) => Ok(Lab { name, file }),
        Err(findings) => Err(Failure::Invalid(source::told(&findings, &source))),
    }
}

/// What is wrong with the words of a sound lab, in each language there are some in.
pub fn check(given: &str, lab: &Source) -> Result<Vec<(Source, Vec<Finding>)>, Failure> {
    let words = find(given, Lang::Zh)?;
    Ok(words.map(|words| (words.clone(), translation::check(lab, &words, Lang::Zh))).into_iter().collect())
}

/// Notes in the words of these labs that they fit the labs as they are now. Words that cannot be used stay as they are.
pub fn accept(labs: &[String], out: &Output) -> Result<(), Failure> {
    let mut any = false;
    for given in labs {
        let Some(path) = path(given, Lang::Zh).filter(|path| path.exists()) else { continue };
        any = true;
        let (Some(words), (_, lab)) = (find(given, Lang::Zh)?, source::find(given)?) else { continue };
        if let Ok(Some(text)) = renew::renewed(&lab, &words, Lang::Zh) {
            crate::whole::write(&path, text.as_bytes()).map_err(|error| Failure::File(words.name.clone(), error))?;
            let (name, lang) = (&words.name, out.lang);
            out.remark(&format!("{name}: {}", lang.pick("fits the lab now", "已与实验对应")));
        }
    }
    if any {
        return Ok(());
    }
    let hint = "name a lab by its path; its words lie beside it: lab.zh.ron beside lab.ron";
    Err(Failure::usage("none of these labs has a file with words in another language", hint))
}
