//! `overunder compare`: tables, documents, baselines, and what a CI job sees of a regression.

#[path = "compare/pipeline.rs"]
mod pipeline;
#[path = "compare/schema.rs"]
mod schema;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_overunder");
const SUITE: &str = "scenarios/suites/encapsulations.ron";

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tui lies in the workspace")
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(args).current_dir(top()).env_remove("GITHUB_STEP_SUMMARY").env("LC_ALL", "C");
    command
}

fn run(args: &[&str]) -> Output {
    command(args).output().expect("the program runs")
}

fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (output.status.code().expect("no signal"), text(&output.stdout), text(&output.stderr))
}

fn stdout(args: &[&str]) -> String {
    let (code, out, err) = told(&run(args));
    assert_eq!(code, 0, "{args:?}: {out}{err}");
    out
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("compare-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn shown(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// The baseline of the suite as it would be if the VXLAN header had one byte less.
fn one_byte_less() -> String {
    let text = fs::read_to_string(top().join("scenarios/suites/encapsulations.baseline.json")).expect("it ships");
    let mut baseline: Value = serde_json::from_str(&text).expect("JSON");
    let runs = baseline["runs"].as_object_mut().expect("runs");
    let mut changed = 0;
    for (_, run) in runs.iter_mut().filter(|(name, _)| name.starts_with("vxlan+")) {
        let frames = run["headers"]["tunnel/vxlan"][0].as_i64().expect("a number");
        let less = |value: &mut Value| *value = Value::from(value.as_i64().expect("a number") - frames);
        less(&mut run["headers"]["tunnel/vxlan"][1]);
        less(&mut run["kinds"]["data"][1]);
        less(&mut run["values"]["wire-bytes"]["value"]);
        changed += 1;
    }
    assert!(changed > 3, "the suite has runs with VXLAN");
    baseline.to_string()
}

const SENTENCE: &str = "outer headers: 49 → 50 bytes per frame: VXLAN header 7 → 8";

#[test]
fn one_byte_in_one_header_fails_the_job_and_is_named() {
    let folder = folder("byte");
    let (baseline, summary, junit) = (folder.join("old.json"), folder.join("summary.md"), folder.join("report.xml"));
    fs::write(&baseline, one_byte_less()).expect("a file");
    fs::write(&summary, "what another step wrote\n").expect("a file");
    let args = ["compare", SUITE, "--baseline", shown(&baseline), "--junit", shown(&junit)];
    let (code, out, err) =
        told(&command(&args).env("GITHUB_STEP_SUMMARY", &summary).output().expect("the program runs"));
    assert_eq!(code, 1, "{out}{err}");
    assert!(out.contains(&format!("regression: {SENTENCE}")), "{out}");
    assert!(out.contains("vxlan+64+1500  wire-bytes 15500 → 15600 (+0.6 %, regression)"), "{out}");
    assert!(err.contains("::error file=scenarios/suites/encapsulations.ron,") && err.contains(SENTENCE), "{err}");
    let summary = fs::read_to_string(summary).expect("a file");
    assert!(summary.starts_with("what another step wrote\n") && summary.contains(SENTENCE), "{summary}");
    let junit = fs::read_to_string(junit).expect("a file");
    assert!(junit.contains("VXLAN header 7 → 8") && junit.contains("failures=\"7\""), "{junit}");
    let json = told(&run(&["compare", SUITE, "--baseline", shown(&baseline), "--json"])).1;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let first = &json["suites"][0]["baseline"]["differences"][0];
    assert_eq!((&first["verdict"], &first["because"][0]), (&"regression".into(), &SENTENCE.into()), "{first}");
    assert_eq!((&json["holds"], schema::slips(&json)), (&false.into(), Vec::new()));
}

#[test]
fn shipped_suites_are_as_their_baselines_say() {
    let out = stdout(&["compare", "scenarios/suites"]);
    assert_eq!(out.matches(", no difference").count(), 6, "{out}");
    assert_eq!(out.matches("model numbers; what work costs: ").count(), 6, "{out}");
    let long: Vec<&str> = out.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(long.is_empty(), "{long:?}");
}

#[test]
fn the_number_of_processors_changes_no_byte() {
    for form in ["--json", "--csv", "--markdown", "--quiet"] {
        let one = stdout(&["compare", form, "--jobs", "1"]);
        assert_eq!(one, stdout(&["compare", form, "--jobs", "5"]), "{form}");
        assert!(one.len() > 1_000, "{form}");
    }
}

#[test]
fn the_document_is_as_its_schema_says() {
    for args in
        [&["compare", "--json"][..], &["compare", "scenarios/suites", "--quick", "--json"], &["compare", "3", "--json"]]
    {
        let json: Value = serde_json::from_str(&stdout(args)).expect("JSON");
        assert_eq!(schema::slips(&json), Vec::<String>::new(), "{args:?}");
        assert_eq!(json["format"], 1);
        for run in
            json["suites"].as_array().expect("suites").iter().filter_map(|suite| suite["runs"].as_array()).flatten()
        {
            let account = &run["account"];
            let bytes = |list: &Value| -> u64 {
                list.as_array().expect("a list").iter().map(|at| at["bytes"].as_u64().expect("a number")).sum()
            };
            let kinds: u64 = account["kinds"]
                .as_object()
                .expect("kinds")
                .values()
                .map(|at| at["bytes"].as_u64().expect("a number"))
                .sum();
            assert_eq!(account["total"]["bytes"], kinds, "{run}");
            assert_eq!(account["kinds"]["data"]["bytes"], bytes(&account["headers"]), "{run}");
        }
    }
    let mut wrong: Value = serde_json::from_str(&stdout(&["compare", "hub-or-switch", "--json"])).expect("JSON");
    wrong["suites"][0]["runs"][0]["events"] = "many".into();
    wrong["more"] = 1.into();
    assert_eq!(schema::slips(&wrong).len(), 2, "the schema is strict");
}

#[test]
fn quick_is_a_part_and_a_baseline_of_all_will_do() {
    let out = stdout(&["compare", SUITE, "--quick"]);
    assert!(out.contains(": 20 runs, no difference") && !out.contains("+9000 "), "{out}");
}

#[test]
fn a_baseline_is_written_and_compared_with() {
    let folder = folder("write");
    let file = folder.join("own.json");
    let (code, _, err) =
        told(&run(&["compare", "hub-or-switch", "--write-baseline", shown(&file), "--tolerance", "2.5"]));
    assert!(code == 0 && err.contains("6 runs written"), "{err}");
    assert!(fs::read_to_string(&file).expect("a file").contains("\"tolerance_ppm\": 25000"));
    // The line is folded at 80 columns, and where depends on how long the folder's name is.
    let same = stdout(&["compare", "hub-or-switch", "--baseline", shown(&file)]);
    assert!(one_line(&same).contains("6 runs, no difference"), "{same}");
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1, "nothing else is left behind");
    // Half a percent of a time is no difference, ten percent is one.
    let text = fs::read_to_string(&file).expect("a file");
    for (rtt, code) in [("40464", 0), ("36000", 1)] {
        fs::write(&file, text.replace("40664", rtt)).expect("a file");
        let (status, out, _) = told(&run(&["compare", "hub-or-switch", "--baseline", shown(&file)]));
        assert_eq!(status, code, "{out}");
        let says = if code == 0 { "moved within 2.5 %" } else { "(+12.9 %, regression)" };
        assert!(one_line(&out).contains(says), "{out}");
    }
}

/// Arguments behind `compare`, the exit code, and what the message must say.
fn refused(args: &[&str], wanted: i32, says: &[&str]) {
    let (code, out, err) = told(&run(&[&["compare"], args].concat()));
    assert_eq!(code, wanted, "{args:?}: {out}{err}");
    for text in says {
        let said = [&err, &out].iter().any(|said| said.contains(text) || one_line(said).contains(text));
        assert!(said, "{args:?}: no `{text}` in {err}{out}");
    }
}

#[test]
fn whatever_is_wrong_is_said_with_what_to_do() {
    let folder = folder("wrong");
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    };
    refused(&["rankng"], 2, &["there is no suite or lab `rankng`", "did you mean `ranking`?"]);
    refused(&["ranking", "--baseline", "no-such.json"], 2, &["there is no baseline no-such.json", "--write-baseline"]);
    let old = file("old.json", "{\"format\": 0}");
    refused(&["ranking", "--baseline", &old], 2, &["older than format 1", "--write-baseline"]);
    let newer = file("newer.json", "{\"format\": 2}");
    refused(&["ranking", "--baseline", &newer], 2, &["a newer version of overunder"]);
    let half = file("half.json", &one_byte_less()[..500]);
    refused(&["ranking", "--baseline", &half], 2, &["is no baseline", "write it anew"]);
    let other = "scenarios/suites/hub-or-switch.baseline.json";
    refused(&["ranking", "--baseline", other], 2, &["have no run in common", "of `hub-or-switch`"]);
    refused(&["--baseline", other], 2, &["a baseline is of one suite"]);
    refused(&["3", "--quick"], 2, &["has no quick runs", "leave out --quick"]);
    refused(&["ranking", "--quick", "--write-baseline", "x"], 2, &["cannot be used with"]);
    refused(&["ranking", "--tolerance", "1"], 2, &["--write-baseline"]);
    let broken = file("broken.ron", "Suite(format: 1)");
    refused(&[&broken], 3, &["error[L007]", "needs `title`"]);
    let empty = folder.join("empty");
    fs::create_dir(&empty).expect("a folder");
    refused(&[shown(&empty)], 2, &["there is no suite in"]);
    if !cfg!(feature = "charts") {
        refused(&["hub-or-switch", "--svg", "x.svg"], 2, &["built without charts", "--features charts"]);
    }
}

#[test]
fn a_run_that_does_not_end_fails_and_is_no_baseline() {
    let folder = folder("endless");
    let file = folder.join("new.json");
    let args = ["1", "--events", "20", "--write-baseline", shown(&file)];
    refused(&args, 2, &["did not end within 20 events", "give the lab an `end`", "the baseline was not written"]);
    assert!(!file.exists());
    refused(&["1", "--events", "20"], 1, &["FAIL  learning: the run did not end"]);
}

#[test]
fn a_file_that_cannot_be_written_leaves_nothing_behind() {
    let folder = folder("unwritable");
    let lost = folder.join("no/report.xml");
    refused(&["hub-or-switch", "--junit", shown(&lost)], 2, &["could not be written", "make the folder first"]);
    refused(&["hub-or-switch", "--write-baseline", shown(&folder)], 2, &["could not be written", "name a file in"]);
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 0);
    if Path::new("/dev/full").exists() {
        refused(&["hub-or-switch", "--junit", "/dev/full"], 2, &["No space left", "make room"]);
        // What is read first never ends, and is no baseline.
        refused(&["hub-or-switch", "--write-baseline", "/dev/full"], 2, &["No space left", "make room"]);
        refused(&["hub-or-switch", "--baseline", "/dev/zero"], 2, &["/dev/zero is no baseline"]);
        assert!(!Path::new("/dev/full").metadata().expect("it is there").is_file(), "a device stays one");
    }
}

#[test]
fn a_suite_in_a_file_that_lost_its_baseline_does_not_pass() {
    let folder = folder("lost");
    let suite = folder.join("hub-or-switch.ron");
    fs::copy(top().join("scenarios/suites/hub-or-switch.ron"), &suite).expect("a copy");
    refused(&[shown(&suite)], 2, &["there is no baseline", "--no-baseline"]);
    assert!(stdout(&["compare", shown(&suite), "--no-baseline"]).contains("hub+100"));
    // A run that the baseline does not know, and one that is gone.
    fs::copy(top().join("scenarios/suites/hub-or-switch.baseline.json"), folder.join("hub-or-switch.baseline.json"))
        .expect("a copy");
    let text = fs::read_to_string(&suite).expect("a file").replace("[1, 10, 100]", "[1, 11, 100]");
    fs::write(&suite, text).expect("a file");
    refused(&[shown(&suite)], 1, &["not in the baseline", "hub+11", "there is no such run any more", "hub+10\n"]);
}

#[test]
fn the_other_language_speaks_of_the_same_numbers() {
    let out = stdout(&["compare", "hub-or-switch", "--lang", "zh"]);
    assert!(out.contains("模型数值") && out.contains("40.664us"), "{out}");
}

#[cfg(feature = "charts")]
#[test]
fn charts_are_the_same_every_time() {
    let folder = folder("charts");
    let (one, two) = (folder.join("one.svg"), folder.join("two.svg"));
    for (file, jobs) in [(&one, "1"), (&two, "3")] {
        stdout(&["compare", "ranking", "--svg", shown(file), "--jobs", jobs]);
    }
    let text = fs::read_to_string(&one).expect("a file");
    assert_eq!(text, fs::read_to_string(&two).expect("a file"));
    for word in ["<svg", "ranking: goodput", "macvlan", "flannel-udp", "what work costs: server", "8.943Gbps"] {
        assert!(text.contains(word), "no {word}");
    }
    stdout(&["compare", "ranking", "--svg", shown(&one), "--draw", "cpu,wire-per-1000"]);
    let text = fs::read_to_string(&one).expect("a file");
    assert!(text.contains("ranking: cpu") && text.contains("lower is better") && !text.contains("goodput"), "{text}");
    assert!(text.contains("ranking: wire-per-1000"), "{text}");
    refused(&["ranking", "--svg", shown(&one), "--draw", "gpu"], 2, &["no value `gpu`", "cpu, wire-per-1000"]);
}

/// A suite of its own, whose envelope is edited as in a pull request.
fn envelope(net: &str, far: &str) -> String {
    format!(
        r#"Suite(
    format: 1, title: "t",
    bench: (
        nodes: {{
            "h1": Host(ip: "192.0.2.1/24"), "h2": Host(ip: "192.0.2.2/24"),
            "c1": Container(on: "h1", net: "net", ip: "10.1.1.2/24"),
            "c2": Container(on: "h2", net: "net", ip: "{far}"),
        }},
        links: [("h1", "h2")], overlays: {{"net": {net}}},
        traffic: {{"probe": Udp(from: "c1", to: "c2", count: 10, size: 500)}},
    ),
    axes: {{"mtu": Each("h*", "mtu", [1500, 9000])}},
    measure: {{"wire": (value: Bytes(Frames(on: "h1--h2", flow: "probe")), better: Lower)}},
)"#
    )
}

#[test]
fn a_longer_header_of_the_device_itself_is_named() {
    let folder = folder("longer");
    let (suite, baseline) = (folder.join("mine.ron"), folder.join("accepted.json"));
    // What is in the lab, and what it is edited to; the device writes the longer header, the receiver reads it.
    let edits = [
        ("Gre()", "Gre(key: 7)", "10.1.2.2/24", "GRE header 4 → 8"),
        ("Geneve(vni: 42)", "Geneve(vni: 42, options: 4)", "10.1.1.3/24", "Geneve header with options 8 → 12"),
    ];
    for (accepted, edited, far, sentence) in edits {
        fs::write(&suite, envelope(accepted, far)).expect("a file");
        let _ = fs::remove_file(&baseline);
        stdout(&["compare", shown(&suite), "--write-baseline", shown(&baseline)]);
        stdout(&["compare", shown(&suite), "--baseline", shown(&baseline)]);
        fs::write(&suite, envelope(edited, far)).expect("a file");
        let (code, out, err) = told(&run(&["compare", shown(&suite), "--baseline", shown(&baseline)]));
        assert_eq!(code, 1, "{edited}: {out}{err}");
        let said = one_line(&out);
        assert!(said.contains("regression: outer headers: ") && said.contains(sentence), "{edited}: {out}");
        assert_eq!(out.matches(" %, regression)").count(), 2, "both runs: {out}");
    }
}
