//! What the description of the format promises of its messages, and of the pitfalls found on the way; which test shows
//! that each promise is kept. A promise whose test is gone fails here.

/// Files of tests, with their text.
const FILES: &[(&str, &str)] = &[
    ("file", include_str!("file.rs")),
    ("guide", include_str!("guide.rs")),
    ("mod", include_str!("mod.rs")),
    ("names", include_str!("names.rs")),
    ("overlay", include_str!("overlay.rs")),
    ("pitfalls", include_str!("pitfalls.rs")),
    ("proofs", include_str!("proofs.rs")),
    ("repair", include_str!("repair.rs")),
    ("sense", include_str!("sense.rs")),
    ("shape", include_str!("shape.rs")),
    ("values", include_str!("values.rs")),
    ("../heavy", include_str!("../heavy.rs")),
    ("../mutated", include_str!("../mutated.rs")),
    ("../tcp", include_str!("../tcp.rs")),
    ("../whole", include_str!("../whole.rs")),
    ("../words", include_str!("../words.rs")),
];

/// A promise, and the tests that show it: file and name.
type Row = (&'static str, &'static [(&'static str, &'static str)]);

/// Messages: what is said, and in which order.
const MESSAGES: &[Row] = &[
    ("an unknown name is underlined, the nearest one suggested, all listed", &[("names", "unknown_name")]),
    ("an address used twice shows both places and how to allow it", &[("sense", "duplicate_address")]),
    ("packets that do not fit show the sum, both cures, and how to allow it", &[("sense", "mtu_too_small")]),
    ("the same through a tunnel", &[("overlay", "every_slip_has_a_sentence_that_names_the_fix")]),
    ("an unknown field names its kind, the nearest one and all", &[("shape", "unknown_field")]),
    (
        "wrong brackets are named, not what follows them",
        &[("shape", "wrong_brackets"), ("shape", "a_list_for_named_things")],
    ),
    (
        "L001 to L009: shape",
        &[
            ("shape", "syntax"),
            ("shape", "unknown_word"),
            ("shape", "twice"),
            ("shape", "needs_brackets"),
            ("shape", "wrong_type"),
            ("shape", "missing"),
            ("shape", "unquoted"),
        ],
    ),
    (
        "L010 to L019: names",
        &[
            ("names", "other_kind"),
            ("names", "not_a_name"),
            ("names", "name_taken"),
            ("names", "unknown_reason"),
            ("names", "no_such_port"),
            ("names", "unknown_table"),
            ("shape", "too_deep"),
            ("shape", "not_yet"),
        ],
    ),
    (
        "L020 to L029: values",
        &[
            ("values", "unit"),
            ("values", "address"),
            ("values", "network_address"),
            ("sense", "port_taken"),
            ("values", "out_of_range"),
            ("sense", "link_to_self"),
            ("values", "units_disagree"),
            ("names", "refused"),
        ],
    ),
    (
        "L030 to L039: teaching",
        &[
            ("guide", "hints"),
            ("guide", "why_missing"),
            ("guide", "given_away"),
            ("guide", "placeholder"),
            ("guide", "a_typed_answer"),
            ("proofs", "a_fragile_answer"),
            ("proofs", "two_options_hold"),
            ("proofs", "a_mistake_that_is_right"),
            ("proofs", "a_step_that_never_ends"),
        ],
    ),
    (
        "L040 to L049: sense of the network",
        &[
            ("sense", "unreachable"),
            ("sense", "not_linked"),
            ("sense", "not_promiscuous"),
            ("sense", "gateway_elsewhere"),
            ("sense", "never_happens"),
        ],
    ),
    ("L050 to L059: proofs", &[("proofs", "a_check_that_cannot_fail"), ("proofs", "a_slow_lab")]),
    (
        "L060 to L069: the file",
        &[
            ("file", "empty"),
            ("file", "not_text"),
            ("file", "too_big"),
            ("file", "format"),
            ("file", "other_file"),
            ("file", "too_many_variants"),
        ],
    ),
    ("all findings of a file come at once", &[("shape", "several_mistakes_at_once")]),
    ("every code has a damaged lab", &[("mod", "every_code_has_a_damaged_lab")]),
    ("machines are told the same", &[("mod", "machines_read_the_same")]),
];

/// Pitfalls, by their number.
const PITFALLS: &[Row] = &[
    (
        "1 one bare word hides nothing behind it",
        &[("pitfalls", "a_dash_in_a_link"), ("shape", "a_bare_place"), ("shape", "a_bare_address")],
    ),
    (
        "2 the place of a slip is the value, not what is behind it",
        &[("values", "unit"), ("pitfalls", "a_number_with_a_point")],
    ),
    ("3 a missing comma is shown where it is missing", &[("shape", "a_missing_comma")]),
    ("4 texts with a backslash", &[("pitfalls", "a_backslash_that_means_nothing")]),
    ("5 numbers and flags have places of their own", &[("values", "out_of_range"), ("values", "a_negative_number")]),
    (
        "6 brackets in brackets have a limit with a sentence",
        &[("shape", "too_deep"), ("../heavy", "large_files_are_answered")],
    ),
    ("7 what all variants share is told once", &[("pitfalls", "a_slip_in_what_all_variants_share")]),
    ("8 a misspelt definition is one finding", &[("pitfalls", "a_definition_misspelt_is_one_finding")]),
    (
        "9 lines and characters: Chinese before it, CRLF, BOM, tabs",
        &[
            ("pitfalls", "chinese_text_before_the_slip"),
            ("mod", "windows_files_are_read_alike"),
            ("pitfalls", "a_tab_before_the_slip"),
            ("mod", "bytes_that_are_no_text_are_placed"),
        ],
    ),
    (
        "10 slips of newcomers",
        &[
            ("shape", "needs_brackets"),
            ("shape", "wrong_brackets"),
            ("shape", "a_list_for_named_things"),
            ("shape", "unquoted"),
            ("pitfalls", "a_list_in_round_brackets"),
            ("pitfalls", "a_comment_of_another_language"),
            ("pitfalls", "quotes_of_a_word_processor"),
            ("pitfalls", "a_comparison_in_signs"),
            ("pitfalls", "a_name_without_its_colon"),
            ("pitfalls", "values_without_their_names"),
            ("pitfalls", "an_address_where_a_name_belongs"),
            ("pitfalls", "a_moment_that_is_a_name"),
        ],
    ),
    ("11 the kind of a file is demanded", &[("pitfalls", "a_file_without_its_kind"), ("file", "other_file")]),
    ("12 flow leaves ARP out, caused_by takes it in", &[("../words", "a_flow_leaves_out_what_it_caused")]),
    ("13 a step that ends in the middle of an instant", &[("proofs", "a_fragile_answer")]),
    ("14 a flood must outlast the ageing it shows", &[("../whole", "a_flooded_switch_does_what_the_lab_says")]),
    ("15 the cure of a narrow way needs TCP", &[("../tcp", "a_ping_stays_too_big_where_tcp_recovers")]),
    ("17 values that do not go together are told", &[("overlay", "every_slip_has_a_sentence_that_names_the_fix")]),
    (
        "whatever else is damaged",
        &[("../mutated", "no_damage_makes_it_panic"), ("../mutated", "no_damage_to_a_translation_makes_it_panic")],
    ),
];

#[test]
fn every_promise_has_its_test() {
    for (promise, tests) in MESSAGES.iter().chain(PITFALLS) {
        assert!(!tests.is_empty(), "{promise}: no test");
        for (file, test) in *tests {
            let text = FILES.iter().find(|(name, _)| name == file).unwrap_or_else(|| panic!("{promise}: no {file}")).1;
            let is_test = text.contains(&format!("#[test]\nfn {test}()"));
            assert!(is_test, "{promise}: {file} has no test `{test}`");
        }
    }
}
