//! `Design(format: 1, brief: "c2-openstack", cluster: (…), because: "…")`: a file that is handed in, made a lab.

use crate::lab::design::Design;
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::file::{Chosen, LabFile, of_tree, open};
use crate::lab::place::{End, Place};
use crate::lab::print::{made, pretty};
use crate::lab::read::{Args, Field, Form, Tree, read};
use crate::lab::schema::section::Section;
use crate::lab::schema::{lab, patch, value};
use crate::lab::shipped;
use crate::lab::source::{Source, Span, Spanned};

const WORD: &str = "Design";
const FIELDS: &[&str] = &["format", "brief", "cluster", "because"];
/// Parts of a brief that a design does not take over: what belongs to the teacher.
const LEFT_OUT: &[&str] = &["design", "steps", "variants", "repair", "expect", "allow"];

/// A design as typed.
#[derive(Clone, Debug)]
pub struct HandedIn {
    /// The lab it answers.
    pub brief: Spanned<String>,
    /// Why this one, and what would change it.
    pub because: String,
    pub(super) cluster: Tree,
}

/// Whether a file is a design that is handed in.
pub fn is_design(source: &Source) -> bool {
    read(source, &mut Findings::default()).is_some_and(|tree| is(&tree))
}

/// The name of the brief a design answers, as far as it can be read.
pub fn brief_of(source: &Source) -> Option<String> {
    let tree = read(source, &mut Findings::default()).filter(is)?;
    let section = Section::fields(WORD, &tree, FIELDS, &mut Findings::default())?;
    value::text("brief", section.get("brief")?, &mut Findings::default()).map(|name| name.value)
}

pub(in crate::lab) fn is(tree: &Tree) -> bool {
    matches!(&tree.form, Form::Call(Some(word), _) if word.value == WORD)
}

impl HandedIn {
    /// The design of a file, and the lab that it makes of its brief.
    pub fn open(source: &Source, tree: &Tree, found: &mut Findings) -> Option<(Self, Source)> {
        Self::read(tree, found).and_then(|handed| {
            let brief = handed.find_brief(source, found)?;
            let design = brief.design.as_ref()?;
            let lab = merged(&brief.source, design, &handed.cluster, found)?;
            Some((handed, Source::new(&source.name, &pretty(&lab))))
        })
    }

    fn read(tree: &Tree, found: &mut Findings) -> Option<Self> {
        let section = Section::fields(WORD, tree, FIELDS, found)?;
        if !lab::format(&section, found) {
            return None;
        }
        let brief = section.need("brief", "\"c2-openstack\"", found).and_then(|tree| value::text("brief", tree, found));
        let cluster = section.need("cluster", "(plugin: FlannelVxlan())", found);
        let because = section.need("because", "\"…\"", found).and_then(|tree| {
            let text = value::text("because", tree, found)?;
            if text.value.trim().is_empty() {
                let finding = Finding::new(Code::Missing, "nothing is said in `because`", text.span);
                let help = "because: \"why this network, and what would make you change it\"";
                found.push(finding.label("half a page is read by a person").help(help));
                return None;
            }
            Some(text.value)
        });
        Some(Self { brief: brief?, because: because?, cluster: cluster?.clone() })
    }

    /// The brief that came with the source, else the shipped one of that name.
    fn find_brief(&self, source: &Source, found: &mut Findings) -> Option<LabFile> {
        let Spanned { value: name, span } = &self.brief;
        let shipped = || shipped::find(name).map(|lab| Source::new(&lab.file_name(), lab.text));
        let Some(file) = source.brief.as_deref().cloned().or_else(shipped) else {
            let finding = Finding::new(Code::UnknownName, format!("there is no brief `{name}`"), *span);
            let known: Vec<&str> = shipped::briefs().collect();
            let finding = finding.label("not known").suggest(name, known.iter().copied());
            found.push(finding.help(format!("briefs: {}; or the path of a lab with a `design`", list(known))));
            return None;
        };
        match open(file) {
            Ok(brief) if brief.design.is_some() => Some(brief),
            Ok(_) => {
                let finding = Finding::new(Code::OtherFile, format!("the lab `{name}` is no brief"), *span);
                found.push(finding.label("it has no `design`").help(format!("briefs: {}", list(shipped::briefs()))));
                None
            }
            Err(all) => {
                let first = all.first().map_or_else(String::new, |first| first.message.clone());
                let finding = Finding::new(Code::OtherFile, format!("the brief `{name}` is unsound: {first}"), *span);
                found.push(finding.label("see it").help(format!("overunder check {name}")));
                None
            }
        }
    }
}

/// The lab of a brief with these fields of `cluster` in place and the goals as what must hold; nothing with findings.
pub(super) fn merged(brief: &Source, design: &Design, cluster: &Tree, found: &mut Findings) -> Option<Tree> {
    let own = allowed(design, cluster, found)?;
    let mut tree = read(brief, &mut Findings::default())?;
    // What is wrong with the whole is wrong because of what was handed in: there is nowhere else to point at.
    point_at(&mut tree, cluster.head());
    let stays = environment(&tree);
    let own = same_environment(own, stays.as_deref(), found)?;
    let Form::Call(_, Args::Fields(fields)) = &mut tree.form else { return None };
    fields.retain(|field| !LEFT_OUT.contains(&field.name.value.as_str()));
    let mut goals = made::map(design.goals.iter().map(|goal| (goal.name.value.clone(), goal.value.clone())));
    point_at(&mut goals, cluster.head());
    let all = made::list(lab::LINTS.iter().map(|lint| made::text(*lint)));
    for (name, value) in [("expect", goals), ("allow", all)] {
        fields.push(Field { name: Spanned::new(name.to_owned(), cluster.head()), value });
    }
    let place = Place::End(End { node: "cluster".to_owned(), device: None, port: None });
    patch::apply(&mut tree, &Spanned::new(place, cluster.head()), &own, &mut Vec::new(), found);
    let chosen = Chosen { most: 1, keep: &|_| true };
    of_tree(brief.clone(), &tree, &chosen, found);
    (!found.has_errors()).then_some(tree)
}

/// The fields of a cluster, if all of them are left to whoever designs.
fn allowed(design: &Design, cluster: &Tree, found: &mut Findings) -> Option<Tree> {
    let Form::Call(None, Args::Fields(fields)) = &cluster.form else {
        let finding = Finding::new(Code::WrongBrackets, "`cluster` stands in round brackets", cluster.head());
        let finding = finding.label(format!("this is {}", cluster.sort()));
        found.push(finding.help("cluster: (plugin: FlannelVxlan())"));
        return None;
    };
    let mut sound = true;
    for field in fields {
        if !design.free.contains(&field.name.value.as_str()) {
            let text = format!("`{}` is not yours to choose", field.name.value);
            let finding = Finding::new(Code::UnknownField, text, field.name.span).label("the brief says what it is");
            found.push(finding.help(format!("left to you: {}", list(design.free.iter().copied()))));
            sound = false;
        }
    }
    sound.then(|| cluster.clone())
}

fn field<'t>(tree: &'t Tree, name: &str) -> Option<&'t Tree> {
    let Form::Call(_, Args::Fields(fields)) = &tree.form else { return None };
    fields.iter().find(|field| field.name.value == name).map(|field| &field.value)
}

/// The word of the environment of a lab.
fn environment(lab: &Tree) -> Option<String> {
    match &field(field(lab, "cluster")?, "environment")?.form {
        Form::Call(Some(word), _) => Some(word.value.clone()),
        Form::Word(word) => Some(word.clone()),
        _ => None,
    }
}

/// What is in the environment may be changed, not which one it is: then the rest of what the brief says of it stays.
fn same_environment(mut cluster: Tree, stays: Option<&str>, found: &mut Findings) -> Option<Tree> {
    let Form::Call(_, Args::Fields(fields)) = &mut cluster.form else { return Some(cluster) };
    let Some(typed) = fields.iter_mut().find(|field| field.name.value == "environment") else { return Some(cluster) };
    match &mut typed.value.form {
        Form::Call(None, _) => Some(cluster),
        Form::Call(word @ Some(_), _) if word.as_ref().is_some_and(|word| Some(word.value.as_str()) == stays) => {
            *word = None;
            Some(cluster)
        }
        _ => {
            let stays = stays.unwrap_or(crate::lab::schema::environment::BARE_METAL);
            let finding = Finding::new(Code::UnknownField, "another environment is no answer", typed.value.head());
            found.push(finding.label("the brief says where this is").help(format!("environment: {stays}(…)")));
            None
        }
    }
}

fn point_at(tree: &mut Tree, span: Span) {
    tree.span = span;
    let fields = |fields: &mut Vec<Field>| {
        for field in fields {
            field.name.span = span;
            point_at(&mut field.value, span);
        }
    };
    match &mut tree.form {
        Form::Call(name, args) => {
            if let Some(name) = name {
                name.span = span;
            }
            match args {
                Args::Fields(all) => fields(all),
                Args::Items(items) => items.iter_mut().for_each(|item| point_at(item, span)),
            }
        }
        Form::List(items) => items.iter_mut().for_each(|item| point_at(item, span)),
        Form::Map(all) => fields(all),
        Form::Text(_) | Form::Number(_) | Form::Word(_) => {}
    }
}
