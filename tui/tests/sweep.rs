//! `overunder sweep` and `overunder merge`: the same bytes on any number of processors and machines, and nothing lost.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_overunder");
const GRID: [&str; 4] = ["--vary", "ping.count=1,2,3", "--vary", "a--sw.delay=1ms..9ms/4ms"];

const LAB: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24"), "sw": Switch()},
    links: [("a", "sw:1"), ("b", "sw:2")],
    traffic: {"ping": Ping(from: "a", to: "b")},
)"#;

/// A folder of this test's own, with a lab in it.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sweep-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("lab.ron"), LAB).expect("a file");
    folder
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(args).current_dir(folder).env("LC_ALL", "C");
    command
}

fn run(folder: &Path, args: &[&str]) -> (i32, String) {
    let output = command(folder, args).output().expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().expect("no signal"), text)
}

fn sweep(folder: &Path, more: &[&str]) -> (i32, String) {
    run(folder, &[&["sweep", "lab.ron"], &GRID[..], more].concat())
}

fn done(folder: &Path, more: &[&str]) {
    let (code, text) = sweep(folder, more);
    assert_eq!(code, 0, "{more:?}: {text}");
}

fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// A command that is refused, and what it must say.
fn refused(folder: &Path, args: &[&str], wanted: i32, says: &[&str]) {
    let (code, text) = run(folder, args);
    assert_eq!(code, wanted, "{args:?}: {text}");
    for what in says {
        assert!(text.contains(what), "{args:?}: no `{what}` in {text}");
    }
}

#[test]
fn the_number_of_processors_changes_no_byte() {
    let folder = folder("jobs");
    for ending in ["csv", "ndjson"] {
        let files: Vec<String> = ["1", "4"].iter().map(|jobs| format!("of-{jobs}.{ending}")).collect();
        for (file, jobs) in files.iter().zip(["1", "4"]) {
            done(&folder, &["-o", file, "--jobs", jobs]);
        }
        assert_eq!(read(&folder, &files[0]), read(&folder, &files[1]));
    }
    let csv = read(&folder, "of-1.csv");
    assert!(csv.lines().nth(1) == Some("point,ping.count,a--sw.delay,name,value,unit"), "{csv}");
    assert!(csv.contains("\n6,2,9ms,ping.rtt,18020332,ns\n") || csv.contains("6,2,9ms,ping.rtt,"), "{csv}");
    let lines: Vec<Value> =
        read(&folder, "of-4.ndjson").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((lines.len(), &lines[9]["point"], &lines[9]["settings"]["ping.count"]), (10, &9.into(), &"3".into()));
    // The delay is there and back, on the first ping and on ARP before it.
    let rtt = |at: usize| {
        let values = lines[at]["values"].as_array().expect("values");
        values.iter().find(|value| value["name"] == "ping.rtt").expect("it is measured")["value"]
            .as_u64()
            .expect("a number")
    };
    assert_eq!(rtt(9) - rtt(8), 8_000_000, "two ways of 4 ms more");
}

#[test]
fn parts_make_the_whole_and_every_slip_is_told() {
    let folder = folder("parts");
    done(&folder, &["-o", "whole.csv"]);
    for part in ["1/3", "2/3", "3/3"] {
        done(&folder, &["--partition", part, "-o", &format!("part-{}.csv", &part[..1])]);
    }
    let merged = run(&folder, &["merge", "part-3.csv", "part-1.csv", "part-2.csv", "-o", "merged.csv"]);
    assert_eq!((merged.0, read(&folder, "merged.csv")), (0, read(&folder, "whole.csv")), "{}", merged.1);
    let merge = |parts: &[&str], says: &[&str]| {
        refused(&folder, &[&["merge"], parts, &["-o", "none.csv"]].concat(), 2, says);
        assert!(!folder.join("none.csv").exists());
    };
    merge(&["part-1.csv", "part-3.csv"], &["parts are missing: 2/3", "--partition 2/3"]);
    fs::copy(folder.join("part-1.csv"), folder.join("again.csv")).expect("a copy");
    merge(&["part-1.csv", "part-2.csv", "part-3.csv", "again.csv"], &["part 1 of 3 is there twice", "again.csv"]);
    merge(&["part-1.csv", "no-such.csv"], &["there is no part no-such.csv"]);
    merge(&["part-1.csv", "whole.csv"], &["not of the same sweep", "one of 1 parts"]);
    let other = ["sweep", "lab.ron", "--vary", "ping.count=1,2", "--partition", "2/3", "-o", "other.csv"];
    assert_eq!(run(&folder, &other).0, 0);
    merge(&["part-1.csv", "other.csv"], &["not of the same sweep", "`vary` is"]);
    let text = read(&folder, "part-2.csv");
    let over = ["merge", "part-1.csv", "part-2.csv", "part-3.csv", "-o", "./part-2.csv"];
    refused(&folder, &over, 2, &["part-2.csv is a part itself", "a name of its own"]);
    assert_eq!(read(&folder, "part-2.csv"), text, "nothing is lost");
    fs::write(folder.join("cut.csv"), &text[..text.len() / 2]).expect("a file");
    merge(&["part-1.csv", "cut.csv", "part-3.csv"], &["cut.csv is"]);
    merge(&["part-1.csv", "lab.ron"], &["name it .csv or .ndjson"]);
}

#[test]
fn what_was_done_before_is_not_done_again() {
    let folder = folder("resume");
    done(&folder, &["-o", "whole.csv"]);
    let whole = read(&folder, "whole.csv");
    let head = whole.lines().next().expect("a head").trim_start_matches("# ");
    // A point that was done, which nobody would compute so, and one that was being written.
    let kept = Value::from(vec![Value::from(1), Value::from("1,1,1ms,complaints,7,\n")]);
    fs::write(folder.join("again.csv.partial"), format!("{head}\n{kept}\n[2,\"2,1,5m")).expect("a file");
    let (code, text) = sweep(&folder, &["-o", "again.csv"]);
    assert!(code == 0 && text.contains("1 of 9 points were done before"), "{text}");
    let again = read(&folder, "again.csv");
    assert!(again.contains("\n1,1,1ms,complaints,7,\n2,1,5ms,"), "{again}");
    assert!(again.lines().count() < whole.lines().count() && !folder.join("again.csv.partial").exists());
    // What is whole is left as it is, and so is what is of another sweep.
    let (code, text) = sweep(&folder, &["-o", "again.csv"]);
    assert!(code == 0 && text.contains("all of it is there already"), "{text}");
    let other = ["sweep", "lab.ron", "--vary", "ping.count=1", "-o", "again.csv"];
    refused(&folder, &other, 2, &["of another sweep", "name another file"]);
    fs::write(folder.join("x.csv.partial"), format!("{head}\n")).expect("a file");
    refused(
        &folder,
        &["sweep", "lab.ron", "--vary", "ping.count=1", "-o", "x.csv"],
        2,
        &["of another sweep", "remove"],
    );
}

#[test]
fn a_sweep_that_was_killed_goes_on() {
    let folder = folder("killed");
    let args = ["sweep", "lab.ron", "--vary", "lab.seed=1..400/1", "--vary", "ping.count=50", "--jobs", "1", "-o"];
    let all = |file: &'static str| [&args[..], &[file]].concat();
    assert_eq!(run(&folder, &all("whole.ndjson")).0, 0);
    let mut child = command(&folder, &all("killed.ndjson")).stderr(Stdio::null()).spawn().expect("it starts");
    let partial = folder.join("killed.ndjson.partial");
    for _ in 0..2_000 {
        if fs::read_to_string(&partial).is_ok_and(|text| text.lines().count() > 5) {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("it is ours");
    child.wait().expect("it ends");
    let (code, text) = run(&folder, &all("killed.ndjson"));
    assert_eq!(code, 0, "{text}");
    assert_eq!(read(&folder, "killed.ndjson"), read(&folder, "whole.ndjson"));
}

#[test]
fn drawn_points_are_the_same_everywhere() {
    let folder = folder("drawn");
    for (file, seed) in [("one.csv", "7"), ("two.csv", "7"), ("three.csv", "8")] {
        let args =
            ["sweep", "lab.ron", "--vary", "a--sw.delay=1us..900us", "--random", "5", "--seed", seed, "-o", file];
        assert_eq!(run(&folder, &args).0, 0);
    }
    assert_eq!(read(&folder, "one.csv"), read(&folder, "two.csv"));
    assert_ne!(read(&folder, "one.csv"), read(&folder, "three.csv"));
}

#[test]
fn whatever_is_wrong_is_said_before_anything_runs() {
    let folder = folder("wrong");
    let vary = |vary: &'static str| ["sweep", "lab.ron", "--vary", vary, "-o", "x.csv"];
    refused(&folder, &vary("ping.cont=1"), 2, &["no field `cont`", "overunder schema"]);
    refused(&folder, &vary("pong.count=1"), 2, &["pong"]);
    refused(&folder, &vary("ping.count=many"), 2, &["ping.count=many"]);
    refused(&folder, &vary("ping.count"), 2, &["PLACE.FIELD=VALUES"]);
    refused(&folder, &vary("a--sw.delay=1ms..5ms"), 2, &["has no step", "--random"]);
    refused(&folder, &["sweep", "lab.ron", "--vary", "ping.count=1", "-o", "x.txt"], 2, &[".csv or .ndjson"]);
    refused(&folder, &["sweep", "lab.ron", "--vary", "ping.count=1", "-o", "no/x.csv"], 2, &["make the folder first"]);
    refused(&folder, &["sweep", "lab.ron", "-o", "x.csv"], 2, &["--vary"]);
    refused(&folder, &["sweep", "no-lab", "--vary", "a.b=1", "-o", "x.csv"], 2, &["there is no lab"]);
    let part = ["sweep", "lab.ron", "--vary", "ping.count=1", "--partition", "5/4", "-o", "x.csv"];
    refused(&folder, &part, 2, &["numbered from 1"]);
    let endless = ["sweep", "lab.ron", "--vary", "ping.count=1,2", "--events", "5", "-o", "x.csv"];
    refused(&folder, &endless, 1, &["ping.count=2: the run did not end within 5 events"]);
    assert!(read(&folder, "x.csv").contains("\n2,2,complaints,1,\n"), "it is told in the file, too");
}

/// A sweep that takes long enough to be ended, once it has done some points.
fn under_way(folder: &Path, file: &str) -> (std::process::Child, Vec<String>) {
    let args =
        ["sweep", "lab.ron", "--vary", "lab.seed=1..400/1", "--vary", "ping.count=50", "--jobs", "1", "-o", file];
    let child = command(folder, &args).stderr(Stdio::piped()).spawn().expect("it starts");
    let partial = folder.join(format!("{file}.partial"));
    for _ in 0..2_000 {
        if fs::read_to_string(&partial).is_ok_and(|text| text.lines().count() > 5) {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    (child, args.map(str::to_owned).to_vec())
}

#[cfg(unix)]
#[test]
fn a_sweep_that_is_interrupted_says_how_far_it_came() {
    let folder = folder("interrupted");
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let file = format!("{signal}.csv");
        let (child, args) = under_way(&folder, &file);
        let sent = Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success(), "it was still running");
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        let kept = format!(" of 400 points are done and kept in {file}.partial\nhint: the same command goes on");
        assert!(said.starts_with("interrupted: ") && said.contains(&kept), "{said}");
        assert!(!folder.join(&file).exists() && folder.join(format!("{file}.partial")).exists());
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let (code, text) = run(&folder, &args);
        assert!(code == 0 && text.contains(" of 400 points were done before"), "{text}");
    }
    assert_eq!(read(&folder, "INT.csv"), read(&folder, "TERM.csv"));
}

#[test]
fn a_part_that_is_being_done_is_not_done_by_another_process() {
    let folder = folder("twice");
    let (mut child, args) = under_way(&folder, "one.csv");
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    refused(&folder, &args, 2, &["one.csv.partial is being written by another process", "wait until it is done"]);
    child.kill().expect("it is ours");
    child.wait().expect("it ends");
    assert_eq!(run(&folder, &args).0, 0);
}
