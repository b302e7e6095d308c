//! The command line as scripts and people use it: names, exit codes and machine outputs are a contract.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overunder"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    for name in ["LANG", "LC_ALL", "LC_MESSAGES", "NO_COLOR"] {
        command.env_remove(name);
    }
    command
}

fn run(args: &[&str]) -> Output {
    program().args(args).output().expect("the program starts")
}

fn code(args: &[&str]) -> i32 {
    run(args).status.code().expect("no signal")
}

fn stdout(args: &[&str]) -> String {
    let output = run(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn stderr(args: &[&str]) -> String {
    String::from_utf8(run(args).stderr).expect("UTF-8")
}

/// A file in a folder of this test's own.
fn scratch(name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("lab.ron");
    fs::write(&path, text).expect("a file");
    path
}

const SMALL: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24"), "sw": Switch()},
    links: [("a", "sw:1"), ("b", "sw:2")],
    traffic: {"ping": Ping(from: "a", to: "b")},
    expect: {"answered": Delivered("ping")},
)"#;

fn json_lines(args: &[&str]) -> Vec<Value> {
    stdout(args).lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect()
}

#[test]
fn without_arguments_and_terminal_the_labs_are_listed() {
    let text = stdout(&[]);
    assert!(text.contains("01-first-ping") && text.contains("overunder run 1"), "{text}");
    assert!(!text.contains('\u{1b}'), "no escape codes where there is no terminal");
}

#[test]
fn list_json_has_the_promised_fields() {
    let labs: Value = serde_json::from_str(&stdout(&["list", "--json"])).unwrap();
    let labs = labs.as_array().expect("an array");
    let names: Vec<&str> = labs.iter().map(|lab| lab["name"].as_str().unwrap()).collect();
    assert!(names.is_sorted() && names.contains(&"03-mac-flood"), "{names:?}");
    for lab in labs {
        for (field, kind) in [("title", 's'), ("idea", 's'), ("part", 'n'), ("after", 'a'), ("variants", 'a')] {
            let value = &lab[field];
            let fits =
                matches!((kind, value), ('s', Value::String(_)) | ('n', Value::Number(_)) | ('a', Value::Array(_)));
            assert!(fits, "{field}: {value}");
        }
    }
}

#[test]
fn run_json_is_start_decisions_end_in_order() {
    let lines = json_lines(&["run", "1", "--json", "--tables", "--hex"]);
    let (first, last) = (&lines[0], &lines[lines.len() - 1]);
    for field in ["lab", "format", "seed", "version"] {
        assert!(!first[field].is_null(), "start.{field}");
    }
    for field in ["t_ns", "events", "digest", "flows", "tables", "counters"] {
        assert!(!last[field].is_null(), "end.{field}");
    }
    assert_eq!((&first["kind"], &last["kind"]), (&Value::from("start"), &Value::from("end")));
    let decisions: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "decision").collect();
    let events: Vec<u64> = decisions.iter().map(|line| line["event"].as_u64().unwrap()).collect();
    assert!(events.is_sorted() && events.len() > 20);
    for line in &decisions {
        for field in ["t_ns", "node", "device", "verdict", "reason", "frame", "len", "layers", "text", "hex"] {
            assert!(!line[field].is_null(), "decision.{field}: {line}");
        }
        assert_eq!(line["hex"].as_str().unwrap().len() as u64, line["len"].as_u64().unwrap() * 2);
    }
    assert!(lines.iter().any(|line| line["kind"] == "table" && line["table"] == "fdb" && line["change"] == "added"));
    assert_eq!(last["flows"][0]["received"], 1);
    assert_eq!(last["tables"]["sw"]["fdb"].as_array().unwrap().len(), 2);
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_another_flood() {
    let run = |seed| stdout(&["run", "3", "--json", "--until", "3s", "--seed", seed]);
    assert_eq!(run("7"), run("7"));
    assert_ne!(run("7").replace("\"seed\":7", ""), run("8").replace("\"seed\":8", ""));
}

#[test]
fn until_ends_a_run_early_and_says_so() {
    let text = stdout(&["run", "3", "--until", "1500ms"]);
    assert!(text.contains("as far as asked"), "{text}");
    assert!(text.contains("who heard") || text.contains("Who heard"), "{text}");
    let wrong = run(&["run", "3", "--until", "2"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("300ms"), "the hint shows a time");
}

#[test]
fn the_flooding_lab_says_whom_the_attacker_overheard_and_why() {
    let text = stdout(&["run", "03-mac-flood"]);
    let line = text.lines().find(|line| line.contains("m read 19 frames of later for c")).expect("the line");
    assert!(line.contains("its table was full when c spoke") && line.contains("bridge.table-full"), "{line}");
    assert!(
        !text.lines().any(|line| line.contains("m read") && line.contains("of during")),
        "known pairs stay private"
    );
}

#[test]
fn wrong_usage_is_2_with_a_remedy() {
    for (args, says) in [
        (&["run", "3-mac-flod"][..], "did you mean"),
        (&["run", "3", "--variant", "evict-olest"], "evict-oldest"),
        (&["run", "3", "--hex"], "--json"),
        (&["run"], "Usage"),
        (&["run", "3", "--nonsense"], "--nonsense"),
        (&["explain", "bridge.table-ful"], "bridge.table-full"),
        (&["schema", "Brigde"], "did you mean Bridge?"),
        (&["schema", "Bridge", "--format", "json"], "overunder schema Bridge"),
        (&["matrix", "--lab", "FlanelHostGw@aws"], "did you mean FlannelHostGw?"),
        (&["matrix", "--lab", "FlannelHostGw"], "PLUGIN@PLACE"),
        (&["frobnicate"], "frobnicate"),
        (&["list", "--lang", "fr"], "fr"),
        (&["check", "benches"], "no lab in"),
        (&["run", "3", "--until", "1s", "--pcap", "/nowhere/at/all.pcapng"], "/nowhere/at/all.pcapng"),
    ] {
        assert_eq!(code(args), 2, "{args:?}");
        let text = stderr(args);
        assert!(text.contains(says), "{args:?}: {text}");
    }
}

#[test]
fn the_schema_can_be_asked_for_one_word() {
    let kind = stdout(&["schema", "ping"]);
    assert!(kind.starts_with("# `Ping(…)`\n") && kind.lines().count() < 40, "{kind}");
    let field = stdout(&["schema", "ageing"]);
    assert!(field.contains("# `ageing` of Switch(…) (Nodes)") && !field.contains("fdb_size"), "{field}");
}

#[test]
fn the_matrix_names_rules_and_a_cell_is_a_lab() {
    let table = stdout(&["matrix"]);
    assert!(
        table.lines().all(|line| line.starts_with(|c: char| c == ' ' || c.is_ascii_alphanumeric()) || line.is_empty())
    );
    assert!(table.contains("fabric.foreign-ip") && table.contains("source/destination check is off"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    let document: Value = serde_json::from_str(&stdout(&["matrix", "--json"])).unwrap();
    let (cells, places) = (document["cells"].as_array().unwrap(), document["places"].as_array().unwrap());
    let cell = cells.iter().find(|cell| cell["plugin"] == "CalicoIpip" && cell["place"] == "azure").unwrap();
    assert_eq!(cell["because"]["reason"], "fabric.blocked-protocol");
    // The fields that the book lists, each of its kind.
    assert_eq!(document["format"], 1);
    let probes: Vec<&Value> = document["probes"].as_array().unwrap().iter().map(|probe| &probe["name"]).collect();
    let because =
        |of: &Value| of.is_null() || of["text"].is_string() && (of["source"].is_string() || of["reason"].is_null());
    assert_eq!(cells.len() % places.len(), 0);
    for cell in cells {
        assert!(["works", "works-if", "fails"].iter().any(|verdict| cell["verdict"] == *verdict), "{cell}");
        assert_eq!(cell["if"].is_string(), cell["verdict"] == "works-if", "{cell}");
        assert_eq!(cell["because"].is_null(), cell["verdict"] == "works", "{cell}");
        assert!(because(&cell["because"]) && cell["envelope"].is_u64() && cell["policed"].is_boolean(), "{cell}");
        assert!(places.iter().any(|place| place["name"] == cell["place"]) && cell["lab"].is_string(), "{cell}");
        let own = cell["probes"].as_array().unwrap();
        assert_eq!(own.iter().map(|probe| &probe["name"]).collect::<Vec<_>>(), probes);
        assert!(own.iter().all(|probe| probe["reaches"] == probe["because"].is_null() && because(&probe["because"])));
    }
    let lab = stdout(&["matrix", "--lab", "CalicoIpip@azure"]);
    let path = scratch("cell", lab);
    assert!(stdout(&["run", path.to_str().unwrap()]).contains("fabric.blocked-protocol"));
}

#[test]
fn what_an_environment_denies_is_told_before_it_runs_and_forced_it_is_shown() {
    let lab = "Lab(format: 1, title: \"t\", idea: \"i\", traffic: {\"p\": Ping(from: \"a1\", to: \"b1\")},
        cluster: (plugin: FlannelHostGw(), environment: OpenStack(), nodes: 2, pods: 1))";
    let path = scratch("denied", lab);
    let path = path.to_str().unwrap();
    for command in ["run", "plan", "check"] {
        let output = run(&[command, path]);
        assert_eq!(output.status.code(), Some(3), "{command}");
        let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        for part in ["L090", "fabric.foreign-ip", "OpenStack(pairs:", "FlannelVxlan", "--force"] {
            assert!(text.contains(part), "{command}: no {part} in {text}");
        }
        let forced = run(&[command, path, "--force"]);
        assert_ne!(forced.status.code(), Some(3), "{command}");
    }
    let forced = run(&["run", path, "--force"]);
    assert!(String::from_utf8_lossy(&forced.stderr).contains("L090"), "the finding comes first");
    assert!(String::from_utf8_lossy(&forced.stdout).contains("fabric.foreign-ip"), "the drop is shown");
}

#[test]
fn advice_names_what_remains_and_why_others_fell() {
    let told = stdout(&["advise", "azure", "--need", "speed"]);
    let (remain, fall) = told.split_once("Fall").unwrap();
    assert!(fall.contains("CalicoIpip") && fall.contains("fabric.blocked-protocol"), "{told}");
    assert!(!remain.contains("Vxlan") && fall.contains("50 bytes of envelope"), "{told}");
    let document: Value = serde_json::from_str(&stdout(&["advise", "aws", "--pods", "28", "--json"])).unwrap();
    assert_eq!((&document["format"], &document["pods"]), (&Value::from(1), &Value::from(28)));
    let own = document["plugins"].as_array().unwrap().iter().find(|one| one["plugin"] == "VpcCni").unwrap();
    assert_eq!(own["remains"], false);
    assert!(own["fell"]["text"].as_str().unwrap().contains("L091"), "{own}");
    let wrong = run(&["advise", "azur", "--need", "speed"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean azure?"));
}

#[test]
fn an_invalid_lab_is_3_with_place_code_and_fix() {
    let path = scratch("invalid", SMALL.replace("to: \"b\"", "to: \"bb\""));
    let path = path.to_str().unwrap();
    for args in [&["run", path][..], &["plan", path], &["check", path]] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(3), "{args:?}");
        let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        for part in ["L010", "lab.ron:5:", "`bb`", "nodes: a, b, sw", "^^"] {
            assert!(text.contains(part), "{args:?} lacks {part}: {text}");
        }
    }
}

#[test]
fn damaged_files_never_panic() {
    let deep = "[".repeat(100_000);
    let cases: [(&str, Vec<u8>); 6] = [
        ("empty", Vec::new()),
        ("binary", (0..=255).collect()),
        ("nul", b"Lab(\0)".to_vec()),
        ("deep", deep.into_bytes()),
        ("huge", vec![b'x'; 3 << 20]),
        ("cut", SMALL.as_bytes()[..SMALL.len() / 2].to_vec()),
    ];
    for (name, bytes) in cases {
        let path = scratch(name, bytes);
        let output = run(&["run", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(3), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stderr).contains("error[L"), "{name}");
    }
}

#[test]
fn check_tells_what_holds_and_what_does_not() {
    let good = scratch("good", SMALL);
    assert_eq!(code(&["check", good.to_str().unwrap()]), 0);
    let bad = scratch("bad", SMALL.replace("Delivered(\"ping\")", "Is(Count(Frames(into: \"b\")), 7)"));
    let output = run(&["check", bad.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("FAIL") && text.contains('7') && text.contains('2'), "expected and found: {text}");
}

#[test]
fn check_json_and_junit_agree() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reports");
    fs::create_dir_all(&folder).unwrap();
    let junit = folder.join("report.xml");
    let bad = scratch("junit", SMALL.replace("Delivered(\"ping\")", "Fails(\"ping\")"));
    let output = run(&["check", bad.to_str().unwrap(), "1", "--json", "--junit", junit.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&document["format"], &document["holds"]), (&Value::from(1), &Value::from(false)));
    assert_eq!(document["labs"][0]["variants"][0]["checks"][0]["holds"], false);
    assert_eq!(document["labs"][1]["holds"], true);
    let xml = fs::read_to_string(junit).unwrap();
    assert!(xml.contains("failures=\"1\"") && xml.contains("name=\"answered\""), "{xml}");
}

#[test]
fn plan_gives_each_operation_its_reason() {
    let text = stdout(&["plan", "1"]);
    assert!(text.contains("device  a/eth0  nic 02:00:00:00:00:01 mtu 1500"), "{text}");
    let lines: Vec<&str> = text.lines().collect();
    for pair in lines.chunks(2) {
        assert!(pair.len() == 2 && pair[1].starts_with("              ") && pair[1].trim().len() > 5, "{pair:?}");
    }
}

#[test]
fn explain_speaks_both_languages() {
    assert!(stdout(&["explain", "bridge.table-full"]).contains("br_fdb.c"));
    assert!(stdout(&["explain", "bridge.table-full", "--lang", "zh"]).contains("表已满"));
    assert!(stdout(&["explain", "L010"]).contains("L010"));
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let mut child = program().args(["run", "3"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut some = [0; 100];
    child.stdout.take().unwrap().read_exact(&mut some).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn captures_are_read_by_tshark_without_complaint() {
    if Command::new("tshark").arg("--version").output().is_err() {
        eprintln!("SKIPPED: tshark is not installed, captures are not read by a second program");
        return;
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("flood.pcapng");
    let path = path.to_str().unwrap();
    stdout(&["run", "3", "--until", "90s", "--pcap", path]);
    let bad = "_ws.malformed or ip.checksum.status==0 or udp.checksum.status==0 or icmp.checksum.status==0";
    let checks = ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"];
    let read = |filter: &str| {
        let output = Command::new("tshark").args(["-r", path]).args(checks).args(["-Y", filter]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).lines().count()
    };
    assert_eq!(read(bad), 0);
    assert_eq!(read("icmp && frame.interface_name == \"m:eth0\" && icmp.type == 8 && frame.time_relative > 2"), 0);
    assert!(read("frame.comment contains \"bridge.table-full\"") > 100);
}

#[test]
fn a_capture_of_a_tunnel_at_an_unusual_port_says_how_to_read_it() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tunnels.pcapng");
    let path = path.to_str().unwrap();
    assert!(stderr(&["run", "10", "--pcap", path]).ends_with("For tshark: -d udp.port==8472,vxlan\n"));
    assert!(stderr(&["run", "17", "--variant", "weave+wide", "--pcap", path]).contains("-d udp.port==6784,vxlan"));
    assert_eq!(stderr(&["run", "7", "--pcap", path]), "");
    assert_eq!(stderr(&["run", "10"]), "");
}

#[test]
fn every_template_is_a_lab_that_holds() {
    let templates = stdout(&["new"]);
    let names: Vec<&str> = templates.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["blank", "hosts", "switch", "repair", "cluster", "design"]);
    for name in names {
        let path = scratch(&format!("new-{name}"), "");
        fs::remove_file(&path).expect("was there");
        let path = path.to_str().expect("UTF-8");
        stdout(&["new", name, "-o", path]);
        assert_eq!(stdout(&["new", name, "-o", "-"]), fs::read_to_string(path).expect("written"));
        let checked = run(&["check", path]);
        assert!(checked.status.success(), "{name}: {}", String::from_utf8_lossy(&checked.stdout));
    }
}

#[test]
fn a_new_lab_never_replaces_a_file() {
    let path = scratch("new-twice", "mine");
    let path = path.to_str().expect("UTF-8");
    assert_eq!(code(&["new", "blank", "-o", path]), 2);
    assert!(stderr(&["new", "blank", "-o", path]).contains("is there already and is kept"));
    assert_eq!(fs::read_to_string(path).expect("still there"), "mine");
    let unknown = stderr(&["new", "swich", "-o", "-"]);
    assert!(unknown.contains("did you mean `switch`?"), "{unknown}");
    assert_eq!(code(&["new", "blank", "-o", "no-such-folder/x.ron"]), 2);
    assert_eq!(code(&["new", "-o", "-"]), 2);
}

const REPAIR: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24"), "sw": Switch()},
    links: [("a", "sw:1"), ("b", "sw:2")],
    traffic: {"ping": Ping(from: "a", to: "b")},
    repair: (
        say: "a has lost b.", broken: [Down("b--sw")], goals: {"back": Delivered("ping")}, solution: [Up("b--sw")],
        hints: ["Look at sw.", "No carrier, no frames.", "{solution}"],
    ),
)"#;

#[test]
fn check_proves_a_repair_lab_and_fails_when_it_cannot() {
    let good = scratch("repair-good", REPAIR);
    let text = stdout(&["check", good.to_str().unwrap()]);
    for proof in ["healthy", "broken", "solution", "goal back"] {
        assert!(text.contains(&format!("ok    repair: {proof}\n")), "{text}");
    }
    let bad = scratch("repair-bad", REPAIR.replace("[Up(\"b--sw\")]", "[Flush(\"sw\", \"fdb\")]"));
    let (bad, junit) = (bad.to_str().unwrap(), good.with_file_name("report.xml"));
    let output = run(&["check", bad, "--json", "--junit", junit.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = report["labs"][0]["variants"][0]["checks"].as_array().unwrap();
    let failed: Vec<&Value> = checks.iter().filter(|check| check["holds"] == false).collect();
    assert_eq!((failed.len(), &failed[0]["name"]), (1, &Value::from("repair: solution")));
    assert!(failed[0]["text"].as_str().unwrap().contains("`back` fails"), "{}", failed[0]);
    let xml = fs::read_to_string(junit).unwrap();
    assert!(xml.contains("failures=\"1\"") && xml.contains("repair: solution"), "{xml}");
    let told = String::from_utf8(run(&["check", bad, "--lang", "zh"]).stdout).unwrap();
    assert!(told.contains("按解法修复后所有目标都应成立"), "{told}");
}

#[test]
fn a_repair_lab_can_be_run_as_it_is_found() {
    let path = scratch("repair-run", REPAIR);
    let path = path.to_str().unwrap();
    let received = |args: &[&str]| json_lines(args).pop().expect("an end")["flows"][0]["received"].clone();
    assert_eq!(received(&["run", path, "--json"]), 1);
    assert_eq!(received(&["run", path, "--json", "--broken"]), 0);
    assert_eq!(code(&["run", "1", "--broken"]), 2);
    assert!(stderr(&["run", "1", "--broken"]).contains("nothing is broken in 01-first-ping"));
}

#[test]
fn a_check_that_cannot_fail_fails() {
    let path = scratch("unproven", SMALL.replace("Delivered(\"ping\")", "AtMost(Rows(\"sw\", \"fdb\", {}), 9)"));
    let (path, junit) = (path.to_str().unwrap(), path.with_file_name("report.xml"));
    let output = run(&["check", path, "--json", "--junit", junit.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let lab = &report["labs"][0];
    assert_eq!((&lab["valid"], &lab["proven"], &lab["holds"]), (&true.into(), &false.into(), &false.into()));
    assert_eq!(lab["findings"][0]["code"], "L050");
    let xml = fs::read_to_string(junit).unwrap();
    assert!(xml.contains("failures=\"1\"") && xml.contains("1 proofs fail"), "{xml}");
    let told = String::from_utf8(run(&["check", path, "--lang", "zh"]).stdout).unwrap();
    assert!(told.contains("1 项证明失败"), "{told}");
}

#[test]
fn words_beside_a_lab_are_used_checked_and_accepted() {
    let path = scratch("words", SMALL);
    let words = path.with_file_name("lab.zh.ron");
    let (lab, listed) =
        (path.to_str().unwrap(), |args: &[&str]| stdout(&[&["run", "--quiet", "--lang", "zh"], args].concat()));
    assert!(listed(&[lab]).contains("[en] t"));
    assert_eq!(code(&["check", lab, "--accept-translation"]), 2);
    let text = "// mine\nTranslation(format: 1, of: \"words\", lang: \"zh\", title: \"标题\", idea: \"想法\")\n";
    fs::write(&words, text).unwrap();
    assert!(listed(&[lab]).contains("标题"));
    assert!(stderr(&["run", lab, "--lang", "zh"]).contains("2 处问题"));
    assert!(stdout(&["check", lab]).contains("[L071]"));
    let told = stdout(&["check", lab, "--accept-translation"]);
    assert!(!told.contains("L07"), "{told}");
    let accepted = fs::read_to_string(&words).unwrap();
    assert!(accepted.starts_with("// mine\n") && accepted.contains("translated_from"), "{accepted}");
    assert_eq!(stderr(&["run", lab, "--lang", "zh"]), "");
    // Words that cannot be used are an invalid lab for `check`, and no reason not to run it.
    fs::write(&words, "Translation(").unwrap();
    assert_eq!(code(&["check", lab, "--accept-translation"]), 3);
    assert_eq!(fs::read_to_string(&words).unwrap(), "Translation(");
    assert!(listed(&[lab]).contains("[en] t"));
}
