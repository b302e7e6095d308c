//! The `overunder` command.
fn main() {}
