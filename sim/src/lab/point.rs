//! A lab with some of its fields at other values: one point of a sweep.
//!
//! What is changed is a variant like any other, so a slip in it is found as it would be in a file.

use super::diagnostic::{Finding, Findings};
use super::file::{LabFile, open_with};
use super::print::made;
use super::read::{Args, Field, Form, Tree, read};
use super::source::{Source, Span, Spanned};

/// The axis that holds the change, and its only value.
const AXIS: &str = "sweep";
const VALUE: &str = "here";

/// A field of a node, flow, overlay, link or `lab`, and what it is set to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Setting {
    /// The place: `sw`, `a--b`, `h*`, `lab`.
    pub place: String,
    /// The field.
    pub field: String,
    /// The value as it is typed; quotes may be left out.
    pub value: String,
}

/// Reads a lab with these settings. What is wrong with them comes as findings that speak of no place in the file.
pub fn open(source: Source, settings: &[Setting]) -> Result<LabFile, Vec<Finding>> {
    let mut places: Vec<(String, Vec<(String, Tree)>)> = Vec::new();
    for setting in settings {
        let field = (setting.field.clone(), value(&setting.value));
        match places.iter_mut().find(|(place, _)| *place == setting.place) {
            Some((_, fields)) => fields.push(field),
            None => places.push((setting.place.clone(), vec![field])),
        }
    }
    let set = made::map(places.into_iter().map(|(place, fields)| (place, made::call("", fields))));
    let choice = made::call("", [("set", set)]);
    open_with(source, |tree| add(tree, made::map([(VALUE, choice)])))
}

/// Numbers, words and kinds as they are; anything else is a text.
fn value(typed: &str) -> Tree {
    let is_number = !typed.is_empty() && typed.bytes().all(|byte| byte.is_ascii_digit());
    let is_word = typed == "true" || typed == "false" || typed.starts_with(|first: char| first.is_ascii_uppercase());
    if is_number {
        return made::number(typed);
    }
    let is_form = is_word || typed.starts_with(['[', '(', '{', '"']);
    let form = is_form.then(|| read(&Source::new("value", typed), &mut Findings::default())).flatten();
    form.unwrap_or_else(|| made::text(typed))
}

fn add(tree: &mut Tree, values: Tree) {
    let Form::Call(_, Args::Fields(fields)) = &mut tree.form else { return };
    let named = |name: &str| Spanned::new(name.to_owned(), Span::default());
    let axis = Field { name: named(AXIS), value: values };
    match fields.iter_mut().find(|field| field.name.value == "variants") {
        Some(Field { value: Tree { form: Form::Map(axes), .. }, .. }) => axes.push(axis),
        Some(_) => {}
        None => {
            let value = Tree { span: Span::default(), form: Form::Map(vec![axis]) };
            fields.push(Field { name: named("variants"), value });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Setting, open};
    use crate::lab::shipped;
    use crate::lab::source::Source;

    fn setting(place: &str, field: &str, value: &str) -> Setting {
        Setting { place: place.to_owned(), field: field.to_owned(), value: value.to_owned() }
    }

    fn lab(name: &str, settings: &[Setting]) -> Result<Vec<String>, String> {
        let lab = shipped::find(name).expect("it ships");
        let opened = open(Source::new("lab.ron", lab.text), settings);
        let told = |found: Vec<super::Finding>| found.first().map(|first| first.message.clone()).unwrap_or_default();
        opened.map(|file| file.variant_names().map(str::to_owned).collect()).map_err(told)
    }

    #[test]
    fn a_point_is_a_variant_of_its_own() {
        let names = lab("40-hub-and-switch", &[setting("lab", "seed", "7")]).expect("it is sound");
        assert!(names.iter().all(|name| name.ends_with("here")) && !names.is_empty(), "{names:?}");
    }

    #[test]
    fn a_field_that_is_none_is_told() {
        assert_eq!(lab("1", &[setting("a", "speed", "7")]).expect_err("no such field"), "no field `speed` in `Host`");
        let none = lab("1", &[setting("zzz", "mtu", "1400")]).expect_err("no such place");
        assert!(none.contains("zzz"), "{none}");
        assert!(lab("1", &[setting("a", "mtu", "much")]).is_err());
    }
}
