//! A lab with some of its fields at other values: one point of a sweep.
//!
//! What is changed is a variant like any other, so a slip in it is found as it would be in a file.

use super::diagnostic::{Finding, Findings};
use super::file::{LabFile, open_with};
use super::print::made;
use super::read::{Args, Field, Form, Tree, read};
use super::source::{Source, Span, Spanned};

/// The axis that holds the change, and its only value; longer where a lab has such a name itself.
const AXIS: &str = "sweep";
const VALUE: &str = "swept";

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
    open_with(source, |tree| add(tree, choice))
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

fn add(tree: &mut Tree, choice: Tree) {
    let Form::Call(_, Args::Fields(fields)) = &mut tree.form else { return };
    if fields.iter().all(|field| field.name.value != "variants") {
        let name = Spanned::new("variants".to_owned(), Span::default());
        fields.push(Field { name, value: made::map(Vec::<(String, Tree)>::new()) });
    }
    let variants = fields.iter_mut().find(|field| field.name.value == "variants");
    let Some(Field { value: Tree { form: Form::Map(axes), .. }, .. }) = variants else { return };
    let taken = |axis: &Field| match &axis.value.form {
        Form::Map(values) => values.iter().map(|value| value.name.value.clone()).collect(),
        _ => Vec::new(),
    };
    let (axis, values) =
        (axes.iter().map(|axis| axis.name.value.clone()).collect::<Vec<_>>(), axes.iter().flat_map(taken));
    let (axis, value) = (free(AXIS, &axis), free(VALUE, &values.collect::<Vec<_>>()));
    axes.push(Field { name: Spanned::new(axis, Span::default()), value: made::map([(value, choice)]) });
}

/// The name, made longer until nobody has it.
fn free(name: &str, taken: &[String]) -> String {
    let longer = |name: &String| Some(format!("{name}_"));
    std::iter::successors(Some(name.to_owned()), longer).find(|name| !taken.contains(name)).unwrap_or_default()
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
        assert!(names.iter().all(|name| name.ends_with("swept")) && !names.is_empty(), "{names:?}");
        // Names of a lab's own are no obstacle, whatever they are.
        let text = shipped::find("24").expect("it ships").text.replace("\"here\": ()", "\"swept\": ()");
        let text = text.replace("In(\"here+", "In(\"swept+").replace("variants: {\"node4\"", "variants: {\"sweep\"");
        let text = text.replace("rows: [\"node4\"", "rows: [\"sweep\"");
        let own = open(Source::new("lab.ron", &text), &[setting("lab", "seed", "7")]).expect("it is sound");
        assert!(own.variant_names().all(|name| name.ends_with("+swept_")), "{:?}", own.variant_names().next());
    }

    #[test]
    fn a_field_that_is_none_is_told() {
        assert_eq!(lab("1", &[setting("a", "speed", "7")]).expect_err("no such field"), "no field `speed` in `Host`");
        let none = lab("1", &[setting("zzz", "mtu", "1400")]).expect_err("no such place");
        assert!(none.contains("zzz"), "{none}");
        assert!(lab("1", &[setting("a", "mtu", "much")]).is_err());
    }
}
