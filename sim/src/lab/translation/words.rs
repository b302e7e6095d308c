//! A translation file as typed, compared with its lab.

use std::collections::BTreeMap;

use super::shape::{LAB, Path, SAID, Shape, may_stay, name_of, named, shown, texts};
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::question::words::placeholders;
use crate::lab::read::{self, Args, Field, Form, Tree};
use crate::lab::schema::lab::FORMAT;
use crate::lab::schema::section::{Section, pairs};
use crate::lab::schema::value;
use crate::lab::source::{Source, Spanned};
use crate::lab::units;
use crate::lang::Lang;

const FIELDS: &[&str] =
    &["format", "of", "lang", "title", "idea", "variants", "steps", "repair", "design", "translated_from"];
const EXAMPLE: &str = "Translation(format: 1, of: \"my-lab\", lang: \"zh\", title: \"…\", …)";

/// A translation that can be used.
#[derive(Debug)]
pub struct Words {
    /// The sound texts in it.
    pub texts: BTreeMap<Path, Spanned<String>>,
    /// Numbers of the texts they were made from, by what they belong to.
    pub from: BTreeMap<String, Spanned<String>>,
    /// The file.
    pub tree: Tree,
}

/// Reads a translation and compares it with the tree of its lab, whose file is called `lab`.
pub fn read(source: &Source, tree: &Tree, lab: &str, lang: Lang, found: &mut Findings) -> Option<Words> {
    let typed = read::read(source, found)?;
    if !matches!(&typed.form, Form::Call(Some(name), _) if name.value == "Translation") {
        let finding = Finding::new(Code::OtherFile, "a translation begins with `Translation(`", typed.head());
        found.push(finding.label("expected `Translation`").help(EXAMPLE));
        return None;
    }
    let mut shape = Findings::default();
    let section = Section::fields("Translation", &typed, FIELDS, &mut shape)?;
    // The version comes first: a newer file may well have fields that are unknown here.
    if !is_known_format(&section, found) {
        return None;
    }
    found.extend(shape);
    belongs(&section, lab, lang, found);
    let mut reading = Reading { texts: BTreeMap::new(), found };
    for (name, words) in section.given() {
        reading.top(name, words, tree);
    }
    let texts = reading.texts;
    let from = section.get("translated_from").map(|tree| numbers(tree, found)).unwrap_or_default();
    Some(Words { texts, from, tree: typed.clone() })
}

fn is_known_format(section: &Section<'_>, found: &mut Findings) -> bool {
    let Some(tree) = section.need("format", "1", found) else { return true };
    if matches!(&tree.form, Form::Number(digits) if digits.parse() == Ok(FORMAT)) {
        return true;
    }
    let finding = Finding::new(Code::Format, "this translation is of another format", tree.span);
    found.push(finding.label(format!("this program reads format {FORMAT}")).help(format!("format: {FORMAT}")));
    false
}

/// Whether it says that it is of this lab, and in this language.
fn belongs(section: &Section<'_>, lab: &str, lang: Lang, found: &mut Findings) {
    let names = names_of(lab);
    let example = format!("\"{}\"", names.last().map_or("my-lab", String::as_str));
    let of = section.need("of", &example, found).and_then(|tree| value::text("of", tree, found));
    if let Some(of) = of.filter(|of| !names.is_empty() && !names.contains(&of.value)) {
        let text = format!("this is said to be a translation of `{}`", of.value);
        let finding = Finding::new(Code::Elsewhere, text, of.span).label(format!("but it lies beside {lab}"));
        found.push(finding.help(format!("of: {example}")));
    }
    let typed = section.need("lang", &format!("\"{lang}\""), found).and_then(|tree| value::text("lang", tree, found));
    if let Some(typed) = typed.filter(|typed| typed.value != lang.to_string()) {
        let finding = Finding::new(Code::Elsewhere, format!("this file is for `{lang}` by its name"), typed.span);
        found.push(finding.label("another language").help(format!("lang: \"{lang}\"")));
    }
}

/// What a lab may be called, by the path of its file; none if that says nothing.
fn names_of(file: &str) -> Vec<String> {
    let parts: Vec<&str> = file.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    let name = match parts.as_slice() {
        [.., folder, "lab.ron"] => folder,
        ["lab.ron"] | [] => return Vec::new(),
        [.., file] => file.strip_suffix(".ron").unwrap_or(file),
    };
    let plain = name.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('-');
    vec![name.to_owned(), plain.to_owned()]
}

fn numbers(tree: &Tree, found: &mut Findings) -> BTreeMap<String, Spanned<String>> {
    let fields = pairs("numbers of texts", tree, found);
    let one = |field: &&Field| Some((field.name.value.clone(), value::text("a number", &field.value, found)?));
    fields.iter().filter_map(one).collect()
}

/// A short number that the same text always has, and another text hardly ever.
pub fn number(text: &str) -> String {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{:04x}", (hash ^ (hash >> 16)) & 0xffff)
}

/// Reports texts of the lab that have no translation.
pub fn missing(words: &Words, lab: &Tree, lang: Lang, found: &mut Findings) {
    let all = texts(lab);
    let lacks = |path: &Path| !words.texts.contains_key(path) && !may_stay(path);
    let names: Vec<String> = all.iter().filter(|(path, _)| lacks(path)).map(|(path, _)| shown(path)).collect();
    if names.is_empty() {
        return;
    }
    let (texts, are) = if names.len() == 1 { ("text", "is") } else { ("texts", "are") };
    let text = format!("{} {texts} {are} not translated into {lang}", names.len());
    let finding = Finding::new(Code::Untranslated, text, words.tree.head()).label("not in this file");
    let names = list(names.iter().map(String::as_str));
    found.push(finding.help(names).help("until then the English text is shown, marked [en]"));
}

/// Reports translations of texts that have changed since.
pub fn stale(words: &Words, lab: &Tree, found: &mut Findings) {
    for (path, text) in texts(lab) {
        let (Some(translated), Form::Text(own)) = (words.texts.get(&path), &text.form) else { continue };
        let known = words.from.get(&named(&path).0);
        if known.is_some_and(|known| known.value.split(' ').any(|known| known == number(own))) {
            continue;
        }
        let (what, name) = (if known.is_some() { "has changed since" } else { "is not known" }, shown(&path));
        let text = format!("the English text that `{name}` was made from {what}");
        let finding = Finding::new(Code::Stale, text, translated.span).label(format!("now it reads: {own}"));
        found.push(finding.help("read it again, then: overunder check --accept-translation LAB"));
    }
}

/// A translation being compared with its lab.
struct Reading<'f> {
    texts: BTreeMap<Path, Spanned<String>>,
    found: &'f mut Findings,
}

impl Reading<'_> {
    fn top(&mut self, name: &'static str, words: &Tree, lab: &Tree) {
        let Shape::Fields(names, shapes) = &LAB else { return };
        if let Some(at) = names.iter().position(|known| *known == name) {
            self.field(name, words, lab, shapes[at], &mut Vec::new());
        }
    }

    fn field(&mut self, name: &str, words: &Tree, lab: &Tree, shape: &Shape, path: &mut Path) {
        path.push(name.to_owned());
        if let Some(lab) = field(lab, name) {
            self.compare(words, lab, shape, path);
        } else {
            let text = format!("the lab has nothing to translate at `{}`", shown(path));
            let finding = Finding::new(Code::NothingThere, text, words.span).label("a text of its own");
            self.found.push(finding.help("a translation has words for what the lab says: leave it out"));
        }
        path.pop();
    }

    fn compare(&mut self, words: &Tree, lab: &Tree, shape: &Shape, path: &mut Path) {
        match (shape, &lab.form) {
            (Shape::Text, Form::Text(own)) => self.text(words, own, path),
            (Shape::Texts, Form::List(own)) => self.texts(words, own, path),
            (Shape::Called, Form::Call(None, _)) => self.compare(words, lab, &SAID, path),
            (Shape::Called, _) => self.name(words, path),
            (Shape::Fields(names, shapes), _) => {
                if names.contains(&"say") && matches!(words.form, Form::Text(_)) {
                    // Where there is nothing to say but `say`, the text may stand alone.
                    let at = names.iter().position(|name| *name == "say").unwrap_or_default();
                    return self.field("say", words, lab, shapes[at], path);
                }
                let Some(section) = Section::fields("a translation", words, names, self.found) else { return };
                for (name, words) in section.given() {
                    if let Some(at) = names.iter().position(|known| *known == name) {
                        self.field(name, words, lab, shapes[at], path);
                    }
                }
            }
            (Shape::Entries(shape), Form::Map(own)) => {
                for entry in pairs("names of the lab", words, self.found) {
                    self.entry(entry, own, shape, path);
                }
            }
            _ => {}
        }
    }

    /// What something is called that the lab calls by its name.
    fn name(&mut self, words: &Tree, path: &Path) {
        let own = path.last().cloned().unwrap_or_default();
        let said = if matches!(words.form, Form::Call(..)) {
            let section = Section::fields("a translation", words, &["say"], self.found);
            section.and_then(|section| section.need("say", "\"…\"", self.found))
        } else {
            Some(words)
        };
        if let Some(words) = said {
            self.text(words, &own, &name_of(path));
        }
    }

    fn entry(&mut self, entry: &Field, own: &[Field], shape: &Shape, path: &mut Path) {
        let Some(lab) = own.iter().find(|field| field.name.value == entry.name.value) else {
            let wanted = &entry.name.value;
            let known = || own.iter().map(|field| field.name.value.as_str());
            let text = format!("the lab has no `{wanted}` in `{}`", shown(path));
            let finding = Finding::new(Code::UnknownName, text, entry.name.span).label("not in the lab");
            self.found.push(finding.suggest(wanted, known()).help(format!("there is: {}", list(known()))));
            return;
        };
        path.push(entry.name.value.clone());
        self.compare(&entry.value, &lab.value, shape, path);
        path.pop();
    }

    fn texts(&mut self, words: &Tree, own: &[Tree], path: &mut Path) {
        let Form::List(items) = &words.form else {
            let finding = Finding::new(Code::WrongBrackets, "texts in order stand in square brackets", words.head());
            self.found.push(finding.label(format!("this is {}", words.sort())).help("hints: [\"…\", \"…\", \"…\"]"));
            return;
        };
        if items.len() != own.len() {
            let text = format!("`{}` has {} texts in the lab, and {} here", shown(path), own.len(), items.len());
            let finding = Finding::new(Code::Hints, text, words.head());
            let label = if items.len() < own.len() { "some are missing" } else { "some are too many" };
            self.found.push(finding.label(label).help("one for each, in the same order"));
            return;
        }
        for (at, (words, own)) in items.iter().zip(own).enumerate() {
            path.push((at + 1).to_string());
            self.compare(words, own, &Shape::Text, path);
            path.pop();
        }
    }

    fn text(&mut self, words: &Tree, own: &str, path: &Path) {
        let Some(text) = value::text(&shown(path), words, self.found) else { return };
        if text.value.trim().is_empty() {
            let finding = Finding::new(Code::Missing, format!("`{}` is translated by nothing", shown(path)), text.span);
            self.found.push(finding.label("empty").help("leave it out, and the English text is shown"));
        } else if path.last().is_some_and(|last| last == "unit") && units::time(&format!("1{own}")).is_ok() {
            let finding = Finding::new(Code::Unit, format!("`{own}` is a unit in all languages"), text.span);
            self.found.push(finding.label("learners type the unit of the lab").help("leave it out"));
        } else if self.same_blanks(&text, own) {
            self.texts.insert(path.clone(), text);
        }
    }

    /// Whether both texts leave room for the same things.
    fn same_blanks(&mut self, text: &Spanned<String>, own: &str) -> bool {
        let blanks = |text: &str| placeholders(text).map(|(_, inside)| inside.to_owned()).collect::<Vec<_>>();
        let (here, there) = (blanks(&text.value), blanks(own));
        let extra = here.iter().find(|blank| !there.contains(blank));
        let lost = there.iter().find(|blank| !here.contains(blank));
        let (what, label) = match (extra, lost) {
            (Some(blank), _) => (format!("`{{{blank}}}` is not in the English text"), "nothing is filled in there"),
            (None, Some(blank)) => (format!("`{{{blank}}}` is lost in translation"), "it is filled in there"),
            (None, None) => return true,
        };
        let finding = Finding::new(Code::Placeholder, what, text.span).label(label);
        self.found.push(finding.help(format!("the English text: {own}")));
        false
    }
}

/// A field of round brackets.
fn field<'t>(tree: &'t Tree, name: &str) -> Option<&'t Tree> {
    let Form::Call(_, Args::Fields(fields)) = &tree.form else { return None };
    fields.iter().find(|field| field.name.value == name).map(|field| &field.value)
}
