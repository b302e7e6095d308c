//! `Fabric(environment: Aws(), ports: ["1", "2"])`: the network that a provider shows its machines.

use super::Inner;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::place::{is_name, to_name};
use crate::lab::read::Form;
use crate::lab::schema::environment::{self, BARE_METAL, Fabric};
use crate::lab::schema::section::Section;
use crate::lab::schema::value;
use crate::lab::source::Spanned;

pub(super) const FIELDS: &[&str] = &["environment", "ports", "subnet"];

/// Length of a subnet, if nobody says otherwise.
const SUBNET: u8 = 24;

pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Inner {
    let tree = section.need("environment", "Aws()", found);
    let environment = tree.and_then(|tree| {
        let chosen = environment::read(tree, found);
        if matches!(&tree.form, Form::Call(Some(name), _) if name.value == BARE_METAL) {
            let finding = Finding::new(Code::WrongType, format!("`{BARE_METAL}` has no rules"), tree.head());
            found.push(finding.label("a switch does it").help("\"sw\": Switch()"));
        }
        chosen
    });
    let ports = section.need("ports", "[\"1\", \"2\"]", found);
    let ports = ports.map(|tree| value::items("ports", "ports: [\"1\", \"2\"]", tree, found)).unwrap_or_default();
    let mut names: Vec<Spanned<String>> = Vec::new();
    for item in ports {
        let Some(name) = value::text("ports", item, found) else { continue };
        if !is_name(&name.value) {
            let text = format!("`{}` cannot be the name of a port", name.value);
            let finding = Finding::new(Code::NotAName, text, name.span).label("letters, digits, `-`, `_` and `.`");
            found.push(finding.help(format!("\"{}\"", to_name(&name.value))));
        } else if let Some(first) = names.iter().find(|known| known.value == name.value) {
            let finding = Finding::new(Code::Twice, format!("two ports are called `{}`", name.value), name.span);
            found.push(finding.label("again here").also(first.span, "first here").help("ports: [\"1\", \"2\"]"));
        } else {
            names.push(name);
        }
    }
    let subnet = section.get("subnet").and_then(|tree| value::whole("subnet", tree, 8..=30, found));
    Inner::Fabric(Fabric { environment, ports: names, subnet: subnet.map_or(SUBNET, |len| len as u8) })
}
