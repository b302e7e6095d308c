//! Holds a document against the schema the program prints: the words of JSON Schema that it uses, and no others.

use serde_json::Value;

/// Everything in a document that the schema does not allow.
pub fn slips(document: &Value) -> Vec<String> {
    let text = super::stdout(&["compare", "--schema"]);
    let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    let mut found = Vec::new();
    check(&schema, &schema, document, "", &mut found);
    found
}

const KNOWN: [&str; 11] = [
    "$schema",
    "$defs",
    "$ref",
    "title",
    "description",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
];

fn check(root: &Value, rule: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
    if let Some(name) = rule.get("$ref").and_then(Value::as_str) {
        let rule = root.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("no {name}"));
        return check(root, rule, value, place, found);
    }
    if let Some(any) = rule.get("anyOf").and_then(Value::as_array) {
        let fits = any.iter().any(|rule| {
            let mut lost = Vec::new();
            check(root, rule, value, place, &mut lost);
            lost.is_empty()
        });
        if !fits {
            found.push(format!("{place}: fits nothing: {value}"));
        }
        return;
    }
    for word in rule.as_object().expect("a rule").keys() {
        assert!(KNOWN.contains(&word.as_str()), "the test does not know `{word}`");
    }
    if let Some(all) = rule.get("enum").and_then(Value::as_array)
        && !all.contains(value)
    {
        found.push(format!("{place}: {value} is none of {all:?}"));
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    match rule.get("type") {
        Some(Value::String(wanted)) if wanted != kind => found.push(format!("{place}: {kind} for {wanted}")),
        Some(Value::Array(any)) if !any.contains(&kind.into()) => found.push(format!("{place}: {kind} for {any:?}")),
        _ => {}
    }
    if let (Some(rule), Some(items)) = (rule.get("items"), value.as_array()) {
        for (at, item) in items.iter().enumerate() {
            check(root, rule, item, &format!("{place}/{at}"), found);
        }
    }
    if let Some(fields) = value.as_object() {
        object(root, rule, fields, place, found);
    }
}

fn object(root: &Value, rule: &Value, fields: &serde_json::Map<String, Value>, place: &str, found: &mut Vec<String>) {
    let required = rule.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    found.extend(required.filter(|name| !fields.contains_key(*name)).map(|name| format!("{place}: no {name}")));
    for (name, value) in fields {
        let place = format!("{place}/{name}");
        match (rule.get("properties").and_then(|all| all.get(name)), rule.get("additionalProperties")) {
            (Some(rule), _) | (None, Some(rule @ Value::Object(_))) => check(root, rule, value, &place, found),
            (None, Some(Value::Bool(false))) => found.push(format!("{place} is not known")),
            _ => {}
        }
    }
}
