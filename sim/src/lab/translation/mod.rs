//! Labs in another language: a file beside the lab that holds words only.
//!
//! `lab.zh.ron` mirrors the shape of `lab.ron` and has a text wherever that has one: [`shape`] says where that is.
//! [`words`] reads such a file and compares it with its lab; its texts then take the places of the lab's own before
//! the lab is read, so that everything else knows one language at a time. What is missing stays English and is marked.
//!
//! A text is stale when the English one it was made from has changed: `translated_from` keeps a short number of each,
//! and [`renew`] writes them.

pub mod renew;
mod shape;
mod words;

use std::collections::BTreeMap;

use crate::lab::diagnostic::{Finding, Findings};
use crate::lab::file::{self, LabFile};
use crate::lab::read::{Form, Tree, read};
use crate::lab::source::Source;
use crate::lang::Lang;

use shape::{LAB, Path, visit};
use words::Words;

/// Stands before a text that nobody has translated.
pub const UNTRANSLATED: &str = "[en] ";

/// Reads a lab in a language. Whatever is wrong with its translation, the lab can be read: [`check`] tells about that.
pub fn open(lab: Source, translation: Option<&Source>, lang: Lang) -> Result<LabFile, Vec<Finding>> {
    if lang == Lang::En {
        return file::open(lab);
    }
    let texts = read(&lab, &mut Findings::default()).and_then(|tree| {
        let words = words::read(translation?, &tree, &lab.name, lang, &mut Findings::default())?;
        Some(words.texts.into_iter().map(|(path, text)| (path, text.value)).collect())
    });
    file::open_with(lab, |tree| lay(tree, texts.as_ref()))
}

/// What is wrong with a translation of a sound lab.
pub fn check(lab: &Source, translation: &Source, lang: Lang) -> Vec<Finding> {
    let found = &mut Findings::default();
    if let Some((tree, words)) = both(lab, translation, lang, found) {
        // A misspelt name is one mistake, not two.
        if !found.has_errors() {
            words::missing(&words, &tree, lang, found);
        }
        words::stale(&words, &tree, found);
    }
    std::mem::take(found).into_vec()
}

/// A lab and its translation, as far as they can be read.
fn both(lab: &Source, translation: &Source, lang: Lang, found: &mut Findings) -> Option<(Tree, Words)> {
    let tree = read(lab, &mut Findings::default())?;
    let words = words::read(translation, &tree, &lab.name, lang, found)?;
    Some((tree, words))
}

/// Puts texts into their places. Without any the title alone says that it is not translated.
fn lay(tree: &mut Tree, texts: Option<&BTreeMap<Path, String>>) {
    visit(tree, &LAB, &mut Vec::new(), &mut |path, text| {
        let Form::Text(own) = &mut text.form else { return };
        match texts.map(|texts| texts.get(path)) {
            Some(Some(text)) => text.clone_into(own),
            Some(None) if !shape::may_stay(path) => own.insert_str(0, UNTRANSLATED),
            None if *path == ["title"] => own.insert_str(0, UNTRANSLATED),
            _ => {}
        }
    });
}
