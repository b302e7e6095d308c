//! The reference as a JSON schema, for labs written as JSON.
//!
//! `Kind(a: 1)` is `{"Kind": {"a": 1}}`, `Kind(1, 2)` is `{"Kind": [1, 2]}`, `(a: 1)` and `{"a": 1}` are `{"a": 1}`, and
//! a word is a text.

use overunder_sim::lab::schema::reference::{Field, Form, Group, Sort, Word, groups};
use serde_json::{Map, Value, json};

/// The schema (JSON Schema 2020-12).
pub fn schema() -> Value {
    let definitions: Map<String, Value> = groups().map(|group| (group.name.to_owned(), definition(group))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A lab or a comparison suite of overunder, format 1",
        "anyOf": [{"$ref": "#/$defs/lab"}, {"$ref": "#/$defs/suite"}],
        "$defs": definitions,
    })
}

fn definition(group: &Group) -> Value {
    let mut choices: Vec<Value> = group.words.iter().map(|word| written(group, word)).collect();
    match group.name {
        // A time, or a word such as Quiet.
        "moment" => choices.push(json!({"type": "string"})),
        "value" => choices.extend([json!({"type": ["string", "number", "array"]})]),
        // A group address in brackets, without a name.
        "discovery" => {
            let address = json!({"type": "array", "prefixItems": [{"type": "string"}], "maxItems": 1});
            choices.push(named("Multicast", address));
        }
        // A check alone is a column, too.
        "column" => choices.push(json!({"$ref": "#/$defs/check"})),
        // A router changes parts of what the lab says, with brackets alone.
        "protocol" => choices.extend(group.words.iter().map(brackets)),
        _ => {}
    }
    if ["discovery", "irb"].contains(&group.name) {
        // What has no fields is typed as a word.
        let alone = group.words.iter().filter(|word| word.fields.is_empty()).map(|word| word.name);
        choices.push(json!({"type": "string", "enum": alone.collect::<Vec<_>>()}));
    }
    json!({"title": group.title, "description": group.says, "anyOf": choices})
}

fn written(group: &Group, word: &Word) -> Value {
    let fields = brackets(word);
    match group.form {
        Form::Plain => fields,
        Form::Kind => named(word.name, fields),
        Form::Call => {
            let items: Vec<Value> = word.fields.iter().map(|field| sort(field.sort)).collect();
            let row = json!({"type": "array", "prefixItems": items, "maxItems": word.fields.len()});
            named(word.name, json!({"anyOf": [fields, row]}))
        }
    }
}

/// `{"Kind": …}`.
fn named(name: &str, value: Value) -> Value {
    let properties = Map::from_iter([(name.to_owned(), value)]);
    json!({"type": "object", "properties": properties, "required": [name], "additionalProperties": false})
}

fn brackets(word: &Word) -> Value {
    let one = |field: &Field| {
        let mut value = sort(field.sort);
        if let Value::Object(map) = &mut value {
            map.insert("description".to_owned(), field.says.trim().into());
        }
        (field.name.to_owned(), value)
    };
    let properties: Map<String, Value> = word.fields.iter().map(one).collect();
    let required: Vec<&str> = word.fields.iter().filter(|field| field.is_required()).map(|field| field.name).collect();
    json!({
        "type": "object", "description": word.says.trim(), "properties": properties, "required": required,
        "additionalProperties": false,
    })
}

fn sort(sort: Sort) -> Value {
    let group = |name: &str| json!({"$ref": format!("#/$defs/{name}")});
    match sort {
        Sort::Text
        | Sort::Name(_)
        | Sort::Place
        | Sort::Time
        | Sort::Rate
        | Sort::Share
        | Sort::Ip
        | Sort::Address
        | Sort::Mac => json!({"type": "string"}),
        Sort::Names(_) => json!({"type": "array", "items": {"type": "string"}}),
        Sort::Whole => json!({"type": "number"}),
        Sort::Flag => json!({"type": "boolean"}),
        Sort::Cells => json!({"type": "object", "additionalProperties": {"type": ["string", "number"]}}),
        Sort::Words(words) => json!({"type": "string", "enum": words}),
        Sort::Of(name) => group(name),
        Sort::Map(name) => json!({"type": "object", "additionalProperties": group(name)}),
        Sort::List(name) => json!({"type": "array", "items": group(name)}),
        Sort::Other(_) => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use overunder_sim::lab::Source;
    use overunder_sim::lab::diagnostic::Findings;
    use overunder_sim::lab::read::{Args, Field, Form, Tree, read};
    use overunder_sim::lab::shipped::LABS;

    use super::*;

    fn value(tree: &Tree) -> Value {
        let object = |fields: &[Field]| {
            Value::Object(fields.iter().map(|field| (field.name.value.clone(), value(&field.value))).collect())
        };
        let list = |items: &[Tree]| Value::Array(items.iter().map(value).collect());
        match &tree.form {
            Form::Word(word) if word == "true" || word == "false" => Value::Bool(word == "true"),
            Form::Text(text) | Form::Word(text) => text.clone().into(),
            Form::Number(digits) => digits.parse::<u64>().map_or_else(|_| digits.clone().into(), Value::from),
            Form::List(items) => list(items),
            Form::Map(fields) => object(fields),
            Form::Call(name, args) => {
                let inner = match args {
                    Args::Fields(fields) => object(fields),
                    Args::Items(items) => list(items),
                };
                match name {
                    Some(name) => Value::Object(Map::from_iter([(name.value.clone(), inner)])),
                    None => inner,
                }
            }
        }
    }

    fn lab(text: &str) -> Value {
        value(&read(&Source::new("lab.ron", text), &mut Findings::default()).expect("it is RON"))
    }

    fn is(kind: &str, value: &Value) -> bool {
        match kind {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            other => panic!("no type {other}"),
        }
    }

    /// Whether a value is what a schema asks for. Knows the keywords used here and stops at every other.
    fn fits(schema: &Value, value: &Value, root: &Value) -> bool {
        let all = |key: &str, of: &Value| match key {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => fits(root.pointer(&of.as_str().unwrap()[1..]).expect("a definition"), value, root),
            "anyOf" => of.as_array().unwrap().iter().any(|one| fits(one, value, root)),
            "type" => match of {
                Value::Array(kinds) => kinds.iter().any(|kind| is(kind.as_str().unwrap(), value)),
                kind => is(kind.as_str().unwrap(), value),
            },
            "enum" => of.as_array().unwrap().contains(value),
            "required" => of.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some()),
            "properties" => of
                .as_object()
                .unwrap()
                .iter()
                .all(|(name, of)| value.get(name).is_none_or(|value| fits(of, value, root))),
            "additionalProperties" => value.as_object().unwrap().iter().all(|(name, value)| {
                schema.pointer("/properties").is_some_and(|known| known.get(name).is_some())
                    || *of == Value::Bool(true)
                    || of.is_object() && fits(of, value, root)
            }),
            "items" => value.as_array().unwrap().iter().all(|value| fits(of, value, root)),
            "prefixItems" => {
                of.as_array().unwrap().iter().zip(value.as_array().unwrap()).all(|(of, value)| fits(of, value, root))
            }
            "maxItems" => value.as_array().unwrap().len() as u64 <= of.as_u64().unwrap(),
            other => panic!("no keyword {other}"),
        };
        // The type comes first: the others may rely on it.
        schema.get("type").is_none_or(|of| all("type", of))
            && schema.as_object().unwrap().iter().all(|(key, of)| all(key, of))
    }

    #[test]
    fn shipped_labs_and_templates_fit_the_schema() {
        let schema = schema();
        let templates = ["blank", "hosts", "switch", "repair", "cluster"];
        let text = |name| std::fs::read_to_string(format!("templates/{name}.ron")).expect("a template");
        let shipped = LABS.iter().map(|lab| (lab.name, lab.text.to_owned()));
        for (name, text) in shipped.chain(templates.map(|name| (name, text(name)))) {
            let lab = lab(&text);
            let Some(fields) = lab["Lab"].as_object() else { panic!("{name}") };
            let wrong: Vec<&String> = fields
                .iter()
                .filter(|(field, value)| {
                    let of = &schema["$defs"]["lab"]["anyOf"][0]["properties"]["Lab"]["properties"][field.as_str()];
                    !fits(of, value, &schema)
                })
                .map(|(field, _)| field)
                .collect();
            assert!(wrong.is_empty() && fits(&schema, &lab, &schema), "{name}: {wrong:?}");
        }
    }

    #[test]
    fn what_is_no_lab_does_not_fit() {
        let schema = schema();
        let good = include_str!("../../../templates/switch.ron");
        assert!(fits(&schema, &lab(good), &schema));
        for (right, wrong) in [
            ("format: 1,", ""),
            ("Host(ip: \"10.0.0.1/24\")", "Host(ipp: \"10.0.0.1/24\")"),
            ("Host(ip: \"10.0.0.1/24\")", "Hosst(ip: \"10.0.0.1/24\")"),
            ("Delivered(\"ping\")", "Delivered(\"ping\", \"pong\")"),
            ("say: \"ann knows", "sya: \"ann knows"),
            ("Done(\"ping\")", "Done(7)"),
        ] {
            let text = good.replacen(right, wrong, 1);
            assert!(text != good && !fits(&schema, &lab(&text), &schema), "{wrong}");
        }
    }
}
