//! The commands of who writes labs and grades sessions, as typed: packs, templates, watching, grading.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overunder"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    for name in ["LANG", "LC_ALL", "LC_MESSAGES", "NO_COLOR", "OVERUNDER_LABS"] {
        command.env_remove(name);
    }
    command
}

fn run(args: &[&str]) -> Output {
    program().args(args).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("author").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

const SMALL: &str = r#"Lab(
    format: 1, title: "Small", idea: "i",
    nodes: {"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24")},
    links: [("a", "b")],
    traffic: {"ping": Ping(from: "a", to: "b")},
    expect: {"answered": Delivered("ping")},
)"#;

#[test]
fn every_template_passes_its_check() {
    let folder = folder("templates");
    let listed = text(&run(&["new"]).stdout);
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["blank", "hosts", "switch", "repair", "cluster", "design"]);
    for name in names {
        let file = path(&folder, &format!("{name}.ron"));
        assert!(run(&["new", name, "-o", &file]).status.success());
        let checked = run(&["check", &file]);
        assert!(checked.status.success() && checked.stderr.is_empty(), "{}", text(&checked.stdout));
        let again = run(&["new", "blank", "-o", &file]);
        assert_eq!(again.status.code(), Some(2));
        assert!(text(&again.stderr).contains("is kept"));
    }
    let all = fs::read_dir(&folder).expect("a folder").count();
    assert_eq!(all, 6, "nothing else is left there");
}

#[test]
fn labs_of_packs_are_listed_run_and_checked() {
    let folder = folder("packs/course");
    fs::write(folder.join("small.ron"), SMALL).expect("a file");
    fs::create_dir(folder.join("bad")).expect("a folder");
    fs::write(folder.join("bad/lab.ron"), SMALL.replace("Delivered", "Deliverd")).expect("a file");
    let list = std::env::join_paths([folder.join("nowhere"), folder.clone()]).expect("a list");
    let with = |args: &[&str]| program().env("OVERUNDER_LABS", &list).args(args).output().expect("the program starts");

    let listed = with(&["list"]);
    assert!(listed.status.success());
    assert!(text(&listed.stdout).contains("course/small  Small"), "{}", text(&listed.stdout));
    let warnings = text(&listed.stderr);
    assert!(warnings.contains("nowhere") && warnings.contains("overunder check course/bad"), "{warnings}");
    for name in ["course/small", "small"] {
        assert!(with(&["run", name]).status.success(), "{name}");
        assert!(with(&["check", name]).status.success(), "{name}");
    }
    let invalid = with(&["check", "course/bad"]);
    assert_eq!(invalid.status.code(), Some(3));
    assert!(text(&invalid.stdout).contains("did you mean `Delivered`?"));
    let unknown = with(&["run", "course/smal"]);
    assert!(text(&unknown.stderr).contains("did you mean `course/small`?"), "{}", text(&unknown.stderr));
    assert_eq!(run(&["run", "course/small"]).status.code(), Some(2), "without the variable there is no such lab");
}

#[test]
fn a_missing_part_of_a_pack_is_told_and_the_rest_is_checked() {
    let folder = folder("rest");
    fs::write(folder.join("small.ron"), SMALL).expect("a file");
    let list = std::env::join_paths([folder.join("nowhere"), folder]).expect("a list");
    let all = program().env("OVERUNDER_LABS", &list).args(["check", "--quiet"]).output().expect("the program starts");
    assert_eq!(all.status.code(), Some(2));
    let (told, checked) = (text(&all.stderr), text(&all.stdout));
    assert!(told.contains("nowhere") && checked.contains("rest/small") && checked.contains("01-first-ping"), "{told}");
}

/// Waits for a line of a program that goes on; the test ends when the program does.
fn until(lines: &mut impl Iterator<Item = std::io::Result<String>>, wanted: &str) -> Vec<String> {
    let mut seen = Vec::new();
    for line in lines {
        let line = line.expect("UTF-8");
        let found = line.contains(wanted);
        seen.push(line);
        if found {
            return seen;
        }
    }
    panic!("no `{wanted}` in {seen:?}");
}

#[test]
fn watching_outlives_a_broken_and_a_missing_file() {
    let file = folder("watch").join("lab.ron");
    fs::write(&file, SMALL).expect("a file");
    let mut watch = program();
    let shown = file.display().to_string();
    let mut watch =
        watch.args(["watch", "--every", "20", &shown]).stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut lines = BufReader::new(watch.stdout.take().expect("a pipe")).lines();
    let first = until(&mut lines, "-- round 1:");
    assert!(first.iter().any(|line| line.contains("ok    answered")), "{first:?}");
    fs::write(&file, SMALL.replace("\"b\")}", "\"bb\")}")).expect("a file");
    let second = until(&mut lines, "-- round 2:");
    assert!(second.iter().any(|line| line.starts_with("error[L010]")), "{second:?}");
    fs::remove_file(&file).expect("it is there");
    until(&mut lines, "waiting for it");
    fs::write(&file, SMALL).expect("a file");
    let last = until(&mut lines, "-- round 4:");
    assert!(last.iter().any(|line| line.contains("ok    answered")), "{last:?}");
    watch.kill().expect("it still runs");
    watch.wait().expect("it ends");
}

#[test]
fn what_comes_with_the_program_is_not_watched() {
    let refused = run(&["watch", "40"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("does not change"));
}

/// Answers the questions of a lab.
fn quiz(lab: &str, file: &Path, answers: &str) {
    let shown = file.display().to_string();
    let mut quiz = program();
    let quiz = quiz.args(["quiz", lab, "--sure", "--save", &shown]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut quiz = quiz.spawn().expect("the program starts");
    quiz.stdin.take().expect("a pipe").write_all(answers.as_bytes()).expect("it listens");
    assert!(quiz.wait().expect("it ends").success());
}

#[test]
fn sessions_are_graded_by_doing_them_again() {
    let folder = folder("grade");
    // Guess 1; certain 7; the third is left out.
    quiz("40", &folder.join("ann.json"), "1\n1\n7\n3\nq\n");
    let repaired = r#"{"format":1,"lab":"42-repair-port","variant":"","seed":1,"journal":[JOURNAL],"step":STEP,"digest":"DIGEST"}"#;
    let opened = repaired.replace("JOURNAL", "").replace("STEP", "0").replace("DIGEST", "0");
    fs::write(folder.join("cheat.json"), opened).expect("a file");
    fs::write(folder.join("foreign.json"), "{\"name\": \"package\"}").expect("a file");
    fs::write(folder.join("torn.json"), "{\"record\": {\"for").expect("a file");
    let shown = folder.display().to_string();
    let graded = run(&["grade", "--json", &shown]);
    assert_eq!(graded.status.code(), Some(3), "some could not be graded");
    let told = text(&graded.stderr);
    // What came of it in truth, for a session that does not cheat.
    let again = told.split("doing it again at step ").nth(1).expect("the difference");
    let mut words = again.split([' ', ':']);
    let (step, digest) = (words.next().expect("a step"), words.nth(1).expect("a digest"));
    let cheat = repaired.replace("JOURNAL", "").replace("STEP", step).replace("DIGEST", digest);
    fs::write(folder.join("idle.json"), cheat).expect("a file");
    let idle = text(&run(&["grade", "--csv", &path(&folder, "idle.json")]).stdout);
    assert!(idle.contains("goal c-prints,wrong") && idle.contains("goal a-and-b-go-on,right"), "{idle}");
    for name in ["cheat.json: the session ended at", "foreign.json: it is no session", "torn.json: it is not JSON"] {
        assert!(told.contains(name), "{told}");
    }
    let document: Value = serde_json::from_slice(&graded.stdout).expect("JSON");
    let ann = &document["sessions"][0];
    assert_eq!((&ann["points"], &ann["most"]), (&Value::from(1), &Value::from(9)), "{ann}");
    let marks: Vec<&str> = ann["items"].as_array().unwrap().iter().map(|item| item["mark"].as_str().unwrap()).collect();
    assert_eq!(marks, ["wrong", "wrong", "open"]);
    let csv = text(&run(&["grade", "--csv", &path(&folder, "ann.json")]).stdout);
    assert_eq!(csv.lines().count(), 4, "{csv}");
    let columns = |line: &str| line.split(',').count();
    assert!(csv.lines().all(|line| columns(line) == 14), "{csv}");
}

#[test]
fn a_record_that_was_edited_gains_nothing() {
    let folder = folder("edited");
    let file = folder.join("eve.json");
    quiz("40", &file, "1\n1\n7\n3\nq\n");
    let mut saved: Value = serde_json::from_slice(&fs::read(&file).unwrap()).expect("JSON");
    // A second, right answer to the first question.
    let mut second = saved["record"]["answers"][0].clone();
    second["given"] = serde_json::json!({"number": 40});
    saved["record"]["answers"].as_array_mut().expect("answers").push(second);
    fs::write(&file, saved.to_string()).expect("a file");
    let graded = run(&["grade", "--json", &file.display().to_string()]);
    assert_eq!(graded.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&graded.stdout).expect("JSON");
    assert_eq!(document["sessions"][0]["points"], 1, "only what was answered first counts");
    saved["record"]["hash"] = "0".into();
    fs::write(&file, saved.to_string()).expect("a file");
    let other = run(&["grade", &file.display().to_string()]);
    assert_eq!(other.status.code(), Some(3));
    assert!(text(&other.stderr).contains("another version of the lab"), "{}", text(&other.stderr));
}

#[test]
fn nothing_to_grade_is_wrong_usage() {
    let empty = folder("empty").display().to_string();
    for args in [&["grade", empty.as_str()], &["grade", "no-such-file.json"]] {
        assert_eq!(run(args).status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn every_code_and_reason_that_is_listed_is_explained_in_both_languages() {
    let listed = text(&run(&["explain"]).stdout);
    let names = listed.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    let names: Vec<&str> = names.collect();
    let codes = names.iter().filter(|name| name.starts_with('L')).count();
    assert_eq!(codes, overunder_sim::lab::diagnostic::catalogue::CATALOGUE.len());
    for name in names {
        for lang in ["en", "zh"] {
            let page = run(&["explain", name, "--lang", lang]);
            let lines = text(&page.stdout).lines().filter(|line| !line.trim().is_empty()).count();
            assert!(page.status.success() && lines >= 3, "{name} {lang}: {}", text(&page.stdout));
        }
    }
}

#[test]
fn migrating_says_what_it_would_do() {
    let folder = folder("migrate");
    let file = path(&folder, "lab.ron");
    fs::write(&file, SMALL).expect("a file");
    let newest = run(&["migrate", &file]);
    assert!(newest.status.success() && text(&newest.stdout).contains("nothing to do"));
    assert_eq!(fs::read_to_string(&file).expect("it is kept"), SMALL);
    fs::write(&file, SMALL.replace("format: 1", "format: 7")).expect("a file");
    let newer = run(&["migrate", &file]);
    assert_eq!(newer.status.code(), Some(3));
    assert!(text(&newer.stderr).contains("a newer version of overunder"), "{}", text(&newer.stderr));
    assert_eq!(run(&["migrate", "40"]).status.code(), Some(2));
}

#[test]
fn a_suite_is_done_run_by_run_and_measured() {
    let folder = folder("suite");
    let file = path(&folder, "s.ron");
    let suite = fs::read_to_string("../scenarios/suites/hub-or-switch.ron").expect("it ships");
    fs::write(&file, &suite).expect("a file");
    let sound = run(&["check", &file]);
    let told = text(&sound.stdout);
    assert!(sound.status.success(), "{told}");
    assert!(told.contains("  ran   switch+1: overheard 1, rtt "), "{told}");
    assert!(told.contains("  ran   hub+100: overheard 202, rtt "), "{told}");
    let report = path(&folder, "r.xml");
    let folded = folder.display().to_string();
    let json = run(&["check", &folded, "--json", "--junit", &report]);
    let document: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let runs = document["labs"][0]["variants"].as_array().expect("runs");
    assert_eq!((runs.len(), &runs[5]["measured"][0]["value"]), (6, &Value::from(202)), "{document}");
    assert!(fs::read_to_string(&report).expect("a report").contains("hub+10"));
    // A check that does not hold is 1, a slip is 3 with its place and fix, a lab is asked for elsewhere.
    fs::write(&file, suite.replace("202", "203")).expect("a file");
    assert_eq!(run(&["check", &file]).status.code(), Some(1));
    fs::write(&file, suite.replace("\"count\"", "\"cuont\"")).expect("a file");
    let wrong = run(&["check", &file]);
    assert_eq!(wrong.status.code(), Some(3));
    assert!(text(&wrong.stdout).contains("did you mean `count`?"), "{}", text(&wrong.stdout));
    for command in ["run", "plan", "quiz", "shot"] {
        let refused = run(&[command, "scenarios/suites/hub-or-switch.ron"]);
        assert_eq!(refused.status.code(), Some(3), "{command}");
        assert!(text(&refused.stderr).contains("overunder check FILE"), "{command}: {}", text(&refused.stderr));
    }
}

#[test]
fn what_ships_as_a_suite_holds() {
    let checked = run(&["check", "--quiet", "scenarios/suites"]);
    assert!(checked.status.success() && checked.stderr.is_empty(), "{}", text(&checked.stdout));
}

/// Designs are judged beside sessions; labs that lie in the folder are left out.
#[test]
fn designs_that_are_handed_in_are_graded_by_what_happens() {
    let folder = folder("designs");
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a file");
    let design = |brief: &str, cluster: &str| {
        format!("Design(format: 1, brief: \"{brief}\", cluster: ({cluster}), because: \"x\")")
    };
    write("lab.ron", SMALL);
    write("ann.ron", &design("c2-openstack", "plugin: FlannelVxlan()"));
    write("bob.ron", &design("c2-openstack", "plugin: CalicoIpip()"));
    let graded = run(&["grade", &folder.display().to_string()]);
    let told = text(&graded.stdout);
    assert_eq!(graded.status.code(), Some(1), "{told}");
    assert!(told.contains("12/12") && told.contains("far was stopped by fabric.closed-protocol"), "{told}");
    assert!(told.contains("Protocol 4 is neither TCP, UDP nor ICMP."), "{told}");
    write("eve.ron", &design("c2-openstack", "pods: 0"));
    let graded = run(&["grade", "--json", &folder.display().to_string()]);
    assert_eq!(graded.status.code(), Some(3));
    let json: Value = serde_json::from_slice(&graded.stdout).expect("JSON");
    assert_eq!(json["sessions"].as_array().map(Vec::len), Some(3));
    assert_eq!(json["sessions"][0]["kind"], "design");
    assert!(json["sessions"][2]["error"].as_str().is_some_and(|error| error.contains("`pods` is not yours")));
    // A brief of one's own, named in the file or on the command line.
    let brief = path(&folder, "brief.txt");
    let own = fs::read_to_string("../scenarios/c2-iptv/lab.ron").expect("a brief");
    fs::write(&brief, own).expect("a file");
    write("eve.ron", &design(&brief, "plugin: Macvlan()"));
    assert!(run(&["grade", &path(&folder, "eve.ron")]).status.success());
    assert_eq!(run(&["grade", "--lab", "c2-iptv", &path(&folder, "ann.ron")]).status.code(), Some(1));
    assert!(run(&["run", "--quiet", &path(&folder, "ann.ron")]).status.success());
}
