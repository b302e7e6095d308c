//! `axes: {"encapsulation": Named({"gre": (set: {…})}), "payload": Each("ping", "size", [64, 1400])}`.

use std::collections::BTreeMap;

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::place::is_name;
use crate::lab::read::{Args, Field, Form, Tree};
use crate::lab::schema::section::{Section, entries, kind, pairs};
use crate::lab::schema::value;
use crate::lab::source::{Span, Spanned};

const KINDS: &[&str] = &["Named", "Each"];
const NAMED: &str = "{\"gre\": (set: {\"net\": Gre()})}";
const EACH: &str = "Each(\"ping\", \"size\", [64, 1400])";

/// The same as variants of a lab. Nothing when an axis makes no sense.
pub fn read(tree: &Tree, found: &mut Findings) -> Option<Tree> {
    let fields = entries("axes", tree, found);
    if matches!(&tree.form, Form::Map(all) if all.is_empty()) {
        let finding = Finding::new(Code::Missing, "a suite without axes compares nothing", tree.head());
        found.push(finding.label("no axes").help(format!("axes: {{\"payload\": {EACH}}}")));
        return None;
    }
    let mut seen = BTreeMap::new();
    let mut axes = Vec::new();
    let count = fields.len();
    for field in fields {
        let Some(value) = axis(&field.value, found) else { continue };
        unlike(field, &value, &mut seen, found);
        axes.push(Field { name: field.name.clone(), value });
    }
    (count > 0 && axes.len() == count).then_some(Tree { span: tree.span, form: Form::Map(axes) })
}

fn axis(tree: &Tree, found: &mut Findings) -> Option<Tree> {
    if matches!(tree.form, Form::Map(_) | Form::Call(None, _)) {
        let finding = Finding::new(Code::UnknownWord, "an axis begins with `Named` or `Each`", tree.head());
        found.push(finding.label("its kind is missing before this").help(format!("Named({NAMED}), or {EACH}")));
        return None;
    }
    match kind("an axis", tree, KINDS, &[], found)? {
        "Named" => {
            let section = Section::call("Named", tree, &["values"], found)?;
            let values = section.need("values", NAMED, found)?;
            // Slips in what is between these braces are told when they are read as variants.
            matches!(values.form, Form::Map(_)).then(|| values.clone()).or_else(|| {
                pairs("values of an axis", values, found);
                None
            })
        }
        _ => each(tree, found),
    }
}

/// One change a value.
fn each(tree: &Tree, found: &mut Findings) -> Option<Tree> {
    let section = Section::call("Each", tree, &["place", "field", "values"], found)?;
    let place = section.need("place", "\"ping\"", found).and_then(|tree| value::text("place", tree, found));
    let field = section.need("field", "\"size\"", found).and_then(|tree| value::text("field", tree, found));
    let values = section.need("values", "[64, 1400]", found)?;
    let items = value::items("values", EACH, values, found);
    if items.is_empty() && matches!(values.form, Form::List(_)) {
        let finding = Finding::new(Code::Missing, "an axis without values", values.span);
        found.push(finding.label("nothing to choose from").help(EACH));
    }
    let (place, field) = place.zip(field)?;
    let named: Vec<Field> = items.iter().filter_map(|item| one(&place, &field, item, found)).collect();
    (!items.is_empty() && named.len() == items.len()).then_some(Tree { span: values.span, form: Form::Map(named) })
}

/// `"64": (set: {"ping": (size: 64)})`.
fn one(place: &Spanned<String>, field: &Spanned<String>, item: &Tree, found: &mut Findings) -> Option<Field> {
    let name = match &item.form {
        Form::Number(name) | Form::Text(name) | Form::Word(name) => name.clone(),
        _ => String::new(),
    };
    if !is_name(&name) {
        let finding = Finding::new(Code::NotAName, "this value cannot be the name of a run", item.head());
        let fix = format!("Named({{\"one\": (set: {{\"{}\": ({}: {item})}})}})", place.value, field.value);
        found.push(finding.label("runs are named by their values").help(fix));
        return None;
    }
    let at = |span: Span, form: Form| Tree { span, form };
    let fields = |name: &Spanned<String>, value: Tree| Args::Fields(vec![Field { name: name.clone(), value }]);
    let patch = at(item.span, Form::Call(None, fields(field, item.clone())));
    let places = at(item.span, Form::Map(vec![Field { name: place.clone(), value: patch }]));
    let set = Spanned::new("set".to_owned(), item.span);
    Some(Field { name: Spanned::new(name, item.span), value: at(item.span, Form::Call(None, fields(&set, places))) })
}

/// A run is named by its values alone, so no two axes may share one.
fn unlike(axis: &Field, values: &Tree, seen: &mut BTreeMap<String, Span>, found: &mut Findings) {
    let Form::Map(values) = &values.form else { return };
    let own = values.iter().map(|value| &value.name);
    for name in own.clone() {
        let Some(first) = seen.get(&name.value) else { continue };
        let finding = Finding::new(Code::NameTaken, format!("two axes have a value `{}`", name.value), name.span);
        let finding = finding.label("again here").also(*first, "first here");
        let fix = format!("Named({{\"{}-{}\": (set: {{…}}), …}})", axis.name.value, name.value);
        found.push(finding.help(format!("a run is named by its values, so each needs its own name: {fix}")));
    }
    seen.extend(own.map(|name| (name.value.clone(), name.span)));
}
