//! The JSON schema of `compare --json`.

/// As it is printed; a test holds real documents against it.
pub const TEXT: &str = include_str!("schema.json");
