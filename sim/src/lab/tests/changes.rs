//! Changes: the same words in a lab, on a command line and on paper, and what a slip in them is told.

use insta::assert_snapshot;

use super::samples::FLOOD;
use crate::engine::{self, DeviceChange, Value};
use crate::lab::diagnostic::{Findings, render};
use crate::lab::read::read;
use crate::lab::schema::change::{self, Change, WORDS, line};
use crate::lab::{LabFile, Source, open};
use crate::lang::Lang;

fn lab(text: &str) -> LabFile {
    let source = Source::new("lab.ron", text);
    open(source.clone()).unwrap_or_else(|findings| panic!("{}", render::all(&findings, &source)))
}

/// Each change as written, as typed, and told in both languages.
const ALL: &[(&str, &str, &str, &str)] = &[
    (
        r#"Set("sw:2", (learning: false))"#,
        "set sw:2 learning false",
        "set `learning` of sw:2 to false",
        "把 sw:2 的 `learning` 设为 false",
    ),
    (
        r#"Set("sw", (ageing: "10s", when_full: EvictOldest, fdb_size: 9))"#,
        "set sw ageing 10s when_full EvictOldest fdb_size 9",
        "set `ageing` of sw to 10s, set `when_full` of sw to EvictOldest, set `fdb_size` of sw to 9",
        "把 sw 的 `ageing` 设为 10s,把 sw 的 `when_full` 设为 EvictOldest,把 sw 的 `fdb_size` 设为 9",
    ),
    (
        r#"Set("ann", (gateway: "10.0.0.9"))"#,
        "set ann gateway 10.0.0.9",
        "set `gateway` of ann to 10.0.0.9",
        "把 ann 的 `gateway` 设为 10.0.0.9",
    ),
    (
        r#"Set("sw:2", (vlan: Access(20)))"#,
        "set sw:2 vlan Access(20)",
        "set `vlan` of sw:2 to Access(20)",
        "把 sw:2 的 `vlan` 设为 Access(20)",
    ),
    (
        r#"Set("sw:2", (vlan: Trunk(native: 1, allowed: [10, 20])))"#,
        "set sw:2 vlan \"Trunk(native: 1, allowed: [10, 20])\"",
        "set `vlan` of sw:2 to \"Trunk(native: 1, allowed: [10, 20])\"",
        "把 sw:2 的 `vlan` 设为 \"Trunk(native: 1, allowed: [10, 20])\"",
    ),
    (
        r#"AddRow("sw", "fdb", {"mac": "ann", "port": "1"})"#,
        "addrow sw fdb mac=ann port=1",
        "write a row into fdb of sw: mac ann, port 1",
        "在 sw 的 fdb 中写入一行:mac ann, port 1",
    ),
    (
        r#"DelRow("sw", "fdb", {})"#,
        "delrow sw fdb",
        "remove rows from fdb of sw: everything",
        "从 sw 的 fdb 中删除:全部",
    ),
    (
        r#"Flush("bob", "neigh")"#,
        "flush bob neigh",
        "forget what neigh of bob has learned",
        "清空 bob 的 neigh 学到的内容",
    ),
    (r#"Down("ann--sw")"#, "down ann--sw", "take down ann--sw", "断开 ann--sw"),
    (r#"Up("sw:1")"#, "up sw:1", "bring up sw:1", "恢复 sw:1"),
    (r#"Power("sw", Off)"#, "power sw off", "switch off sw", "切断电源 sw"),
    (r#"Power("sw", On)"#, "power sw on", "switch on sw", "接通电源 sw"),
    (
        r#"Loss("bob--sw", "2.5%")"#,
        "loss bob--sw 2.5%",
        "let bob--sw lose 2.5% of its frames",
        "让 bob--sw 丢失 2.5% 的帧",
    ),
    (
        r#"Loss("bob--sw", "100%", "ipv4")"#,
        "loss bob--sw 100% ipv4",
        "let bob--sw lose 100% of the frames that carry ipv4",
        "让 bob--sw 丢失 100% 的携带 ipv4 的帧",
    ),
    (r#"Start("flood")"#, "start flood", "start flood", "启动 flood"),
    (r#"Stop("flood")"#, "stop flood", "stop flood", "停止 flood"),
];

fn written(text: &str) -> Change {
    let source = Source::new("x", text);
    let found = &mut Findings::default();
    let tree = read(&source, found).unwrap();
    change::read(&tree, found).unwrap_or_else(|| panic!("{text}"))
}

fn typed(text: &str) -> Change {
    let source = Source::new("x", text);
    let found = &mut Findings::default();
    let change = line::read(&source, found);
    change.unwrap_or_else(|| panic!("{}", render::all(&std::mem::take(found).into_vec(), &source)))
}

#[test]
fn every_change_is_written_typed_and_told() {
    for (word, line, en, zh) in ALL {
        for change in [written(word), typed(line)] {
            assert_eq!(change.to_string(), *word);
            assert_eq!(change.line(), *line);
            assert_eq!([change.say().get(Lang::En), change.say().get(Lang::Zh)], [*en, *zh]);
        }
    }
    for word in WORDS {
        assert!(ALL.iter().any(|(written, ..)| written.starts_with(word)), "{word}");
        assert!(line::VERBS.iter().any(|(verb, ..)| word.to_lowercase() == *verb), "{word}");
    }
    for (_, _, example) in line::VERBS {
        assert_eq!(typed(example).line(), *example);
    }
}

#[test]
fn a_line_is_read_as_people_type_it() {
    for (line, same) in [
        ("  SET   sw  ageing   10s ", "set sw ageing 10s"),
        ("set sw when_full \"EvictOldest\"", "set sw when_full EvictOldest"),
        ("addrow sw fdb \"mac=ann\" port=1", "addrow sw fdb mac=ann port=1"),
        ("set sw fdb_size 1_000", "set sw fdb_size 1000"),
        ("Power sw OFF", "power sw off"),
        ("loss bob--sw 25000ppm", "loss bob--sw 2.5%"),
        ("set sw:2 vlan Trunk(native: 1, allowed: [10, 20])", "set sw:2 vlan \"Trunk(native: 1, allowed: [10, 20])\""),
    ] {
        assert_eq!(typed(line).line(), same);
    }
}

#[test]
fn a_typed_change_is_ready_for_the_world() {
    let lab = lab(FLOOD);
    let variant = &lab.variants()[0];
    let command = variant.command("set ann mtu 1400").unwrap();
    let set = |device: u32| engine::Change::Device {
        device: crate::id::DeviceId(device),
        change: DeviceChange::Set { port: None, field: "mtu".to_owned(), value: Value::Number(1400) },
    };
    assert_eq!(command.changes, [set(0), set(1)], "what a host sends and what its card takes go together");
    assert_eq!(command.word, "Set(\"ann\", (mtu: 1400))");
    for line in [
        "down spy",
        "up sw:3",
        "down sw",
        "power bob off",
        "loss spy 1%",
        "loss spy 1% arp",
        "start secret",
        "stop flood",
        "delrow sw fdb mac=ann",
    ] {
        let command = variant.command(line).unwrap_or_else(|refusal| panic!("{:?}", refusal.findings));
        assert_eq!(command.changes.len(), 1, "{line}");
        let mut world = crate::plan::world::build(variant.plan()).unwrap();
        world.apply(&command.line, &command.changes[0]).unwrap();
    }
}

fn refused(line: &str) -> String {
    let lab = lab(FLOOD);
    let refusal = lab.variants()[0].command(line).unwrap_err();
    render::all(&refusal.findings, &refusal.source)
}

#[test]
fn a_slip_on_the_line_is_told_with_its_fix() {
    let all: Vec<String> = [
        "",
        "sett sw ageing 10s",
        "set",
        "set sw",
        "set sw ageing",
        "set sw aging 10s",
        "set sw ageing never",
        "set nobody ageing 10s",
        "set sw:9 learning false",
        "set spy loss 2",
        "set spy rate 1Gbps",
        "set ann speed 10",
        "addrow sw fdb mac ann",
        "addrow sw fdb mac=zoe port=1",
        "addrow sw fbd mac=ann port=1",
        "delrow sw fdb mca=ann",
        "flush sw neigh",
        "down ann--bob",
        "down ann sw",
        "power sw:1 off",
        "power sw maybe",
        "loss spy 2",
        "loss spy 200%",
        "loss spy 2% ipx",
        "loss spy 2% arp now",
        "start ears",
        "stop ping",
        "set sw \"ageing 10s",
        "move c1 h2",
        "set sw:1 vlan Acess(3)",
    ]
    .iter()
    .map(|line| format!("> {line}\n{}", refused(line)))
    .collect();
    assert_snapshot!(all.join("\n\n"));
}
