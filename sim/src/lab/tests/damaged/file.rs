//! The file as a whole.

use insta::assert_snapshot;

use super::shown;
use crate::lab::Code;

#[test]
fn empty() {
    assert_snapshot!(shown(Code::Empty), @r#"
    error[L060]: this file is empty
     --> lab.ron:1:1
      |
    1 |  
      | ^
      |
      = help: the smallest lab is in the book: Lab(format: 1, title: …, idea: …, nodes: {…}, …)
    "#);
}

#[test]
fn not_text() {
    assert_snapshot!(shown(Code::NotText), @r#"
    error[L061]: this file is not text
     --> lab.ron:3:17
      |
    3 |     title: "Who ␇answers?",
      |                 ^ a control character (U+0007)
      |
      = help: is this the right file?
    "#);
}

#[test]
fn too_big() {
    assert_snapshot!(shown(Code::TooBig), @r#"
    error[L062]: this file has 1048577 bytes, more than a lab may have
     --> lab.ron:1:1
      |
    1 |
      | ^
      |
      = help: at most 1048576 bytes; a lab shows one idea and has about 75 lines
    "#);
}

#[test]
fn format() {
    assert_snapshot!(shown(Code::Format), @r#"
    error[L063]: format 2 is not known here
     --> lab.ron:2:13
      |
    2 |     format: 2, flavour: "new",
      |             ^ this program reads format 1
      |
      = help: a newer version of overunder reads this file
    "#);
}

#[test]
fn other_file() {
    assert_snapshot!(shown(Code::OtherFile), @r#"
    error[L064]: this file is not a lab but a `Suite`
     --> lab.ron:1:1
      |
    1 | Suite(
      | ^^^^^ expected `Lab`
      |
      = help: a suite is many runs: `overunder check FILE` does, judges and measures them
    "#);
}

#[test]
fn too_many_variants() {
    assert_snapshot!(shown(Code::TooManyVariants), @r#"
    error[L065]: 256 combinations of variants
      --> lab.ron:14:15
       |
    14 |     variants: {"0": {"a0": (), "b0": ()}, "1": {"a1": (), "b1": ()}, "2": {"a2": (), "b2": ()}, "3": {"a3": (), "b3": ()}, "4": {"a4...
       |               ^ at most 64
       |
       = help: leave an axis out, or make a comparison suite of it
    "#);
}
