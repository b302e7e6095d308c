//! The chapter on sweeps with many machines: its files are taken from the page and run, and what comes out is what one
//! machine writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_overunder");
const CHAPTER: &str = "../book/src/sweeps-on-clusters.md";
const PARTS: usize = 4;

const LAB: &str = r#"Lab(
    format: 1, title: "t", idea: "i",
    nodes: {"a": Host(ip: "10.0.0.1/24"), "b": Host(ip: "10.0.0.2/24"), "sw": Switch()},
    links: [("a", "sw:1"), ("b", "sw:2")],
    traffic: {"ping": Ping(from: "a", to: "b")},
)"#;

/// The file of the chapter with this name: the block whose first comment names it.
fn recipe(name: &str) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(CHAPTER)).expect("the chapter is there");
    let blocks = text.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    let named = |text: &str| {
        let comment = text.lines().find(|line| line.starts_with("# ")).unwrap_or_default();
        comment.trim_start_matches("# ").split(':').next() == Some(name)
    };
    let found: Vec<String> =
        blocks.filter(|(_, text)| named(text)).map(|(_, text)| format!("{}\n", text.trim_end())).collect();
    assert_eq!(found.len(), 1, "{CHAPTER} has one file {name}");
    found[0].clone()
}

/// A folder with the lab and these files of the chapter.
fn folder(name: &str, files: &[&str]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("recipe-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("my-lab.ron"), LAB).expect("a file");
    for file in ["part.sh"].iter().chain(files) {
        fs::write(folder.join(file), recipe(file)).expect("a file");
    }
    folder
}

/// A program in that folder, which finds `overunder` as it would on a machine of the cluster.
fn command(folder: &Path, program: &str, args: &[&str]) -> Command {
    let own = Path::new(PROGRAM).parent().expect("it lies somewhere");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::env::join_paths(std::iter::once(own.to_owned()).chain(std::env::split_paths(&path)));
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).env("LC_ALL", "C").env("PATH", all.expect("a path"));
    command
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn works(folder: &Path, program: &str, args: &[&str]) -> String {
    let output = command(folder, program, args).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    let told = told(&output);
    assert!(output.status.success(), "{program} {args:?}: {told}");
    told
}

/// Whether a program can be had here. Loud where it cannot: the recipe is then not tried.
fn is_here(program: &str, args: &[&str], package: &str) -> bool {
    let here = Command::new(program).args(args).output().is_ok_and(|output| output.status.success());
    if !here {
        println!("skipped: {program} {args:?} does not work here; {package} brings it");
    }
    here
}

/// The sweep of `part.sh` without parts.
fn whole(folder: &Path) -> String {
    let script = recipe("part.sh").replace("\"$1/4\"", "1/1").replace("part-$1.csv", "one-machine.csv");
    works(folder, "sh", &["-c", &script]);
    let text = fs::read_to_string(folder.join("one-machine.csv")).expect("it was written");
    assert!(text.contains("\"points\":40,"), "{}", text.lines().next().unwrap_or_default());
    text
}

fn merged(folder: &Path) -> String {
    fs::read_to_string(folder.join("whole.csv")).expect("it was merged")
}

/// All parts are there: together they are what one machine writes.
fn parts_make_the_whole(folder: &Path) {
    let parts: Vec<String> = (1..=PARTS).map(|k| format!("part-{k}.csv")).collect();
    let args: Vec<&str> = ["merge"].into_iter().chain(parts.iter().map(String::as_str)).collect();
    works(folder, "overunder", &[&args[..], &["-o", "whole.csv"]].concat());
    assert_eq!(merged(folder), whole(folder));
}

#[test]
fn gnu_parallel() {
    if !is_here("parallel", &["--version"], "apt-get install parallel") {
        return;
    }
    let folder = folder("parallel", &["parallel.sh"]);
    works(&folder, "sh", &["parallel.sh"]);
    assert_eq!(merged(&folder), whole(&folder));
    // A part that fails makes the whole fail, and nothing is merged.
    fs::remove_file(folder.join("whole.csv")).expect("it is there");
    fs::write(folder.join("part-3.csv"), "something else\n").expect("a file");
    let output = command(&folder, "sh", &["parallel.sh"]).output().expect("it starts");
    let told = told(&output);
    assert!(!output.status.success() && told.contains("part-3.csv: there is something else in this file"), "{told}");
    assert!(!folder.join("whole.csv").exists());
}

#[test]
fn hyperqueue_with_its_own_server() {
    if !is_here("python3", &["-c", "import hyperqueue"], "pip install hyperqueue") {
        return;
    }
    let folder = folder("hyperqueue", &["sweep.py"]);
    works(&folder, "python3", &["sweep.py"]);
    assert_eq!(merged(&folder), whole(&folder));
    fs::remove_file(folder.join("whole.csv")).expect("it is there");
    fs::write(folder.join("part-3.csv"), "something else\n").expect("a file");
    let output = command(&folder, "python3", &["sweep.py"]).output().expect("it starts");
    assert!(!output.status.success() && !folder.join("whole.csv").exists(), "{}", told(&output));
}

#[test]
fn arrays_of_slurm_and_hyperqueue() {
    for (script, variable) in [("sweep.sbatch", "SLURM_ARRAY_TASK_ID"), ("hyperqueue.sh", "HQ_TASK_ID")] {
        let folder = folder(variable, &[script, "slurm.sh"]);
        let text = recipe(script);
        if script == "sweep.sbatch" {
            let array = text.lines().find_map(|line| line.strip_prefix("#SBATCH --array="));
            assert_eq!(array, Some(format!("1-{PARTS}").as_str()), "numbers as parts have them");
            assert!(text.starts_with("#!/bin/sh\n"), "sbatch wants an interpreter");
        }
        for number in 1..=PARTS {
            let output = command(&folder, "sh", &[script]).env(variable, number.to_string()).output();
            let output = output.expect("it starts");
            assert!(output.status.success(), "{script} {number}: {}", told(&output));
        }
        parts_make_the_whole(&folder);
    }
}

/// `slurm.sh` with an `sbatch` that writes down how it is called.
#[test]
fn the_merge_of_slurm_waits_for_all_parts() {
    let folder = folder("sbatch", &["slurm.sh", "sweep.sbatch"]);
    let bin = folder.join("bin");
    fs::create_dir(&bin).expect("a folder");
    let fake = "sbatch() { echo \"$@\" >>calls; echo 4711; }\n";
    works(&folder, "sh", &["-c", &(fake.to_owned() + &recipe("slurm.sh"))]);
    let calls = fs::read_to_string(folder.join("calls")).expect("it was called");
    let wanted = "--parsable sweep.sbatch\n\
        --dependency=afterok:4711 --wrap overunder merge part-*.csv -o whole.csv\n";
    assert_eq!(calls, wanted);
}

/// YAML as JSON.
fn yaml(text: &str) -> Option<Value> {
    let script = "import json, sys, yaml; json.dump(yaml.safe_load(sys.argv[1]), sys.stdout)";
    if !is_here("python3", &["-c", "import yaml"], "pip install pyyaml") {
        return None;
    }
    let output = Command::new("python3").args(["-c", script, text]).output().expect("it starts");
    assert!(output.status.success(), "{}", told(&output));
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

#[test]
fn an_indexed_job_of_kubernetes() {
    let Some(job) = yaml(&recipe("sweep.yaml")) else { return };
    assert_eq!((&job["apiVersion"], &job["kind"]), (&"batch/v1".into(), &"Job".into()));
    let spec = &job["spec"];
    assert_eq!((&spec["completionMode"], &spec["completions"]), (&"Indexed".into(), &PARTS.into()));
    let pod = &spec["template"]["spec"];
    // A job refuses pods that are always started again.
    assert!(["OnFailure", "Never"].map(Value::from).contains(&pod["restartPolicy"]), "{pod}");
    let container = &pod["containers"][0];
    let (mount, volume) = (&container["volumeMounts"][0], &pod["volumes"][0]);
    assert_eq!((&mount["name"], &mount["mountPath"]), (&volume["name"], &container["workingDir"]));
    let words: Vec<&str> =
        container["command"].as_array().expect("a list").iter().map(|word| word.as_str().expect("a word")).collect();
    let folder = folder("kubernetes", &[]);
    for index in 0..PARTS {
        let output = command(&folder, words[0], &words[1..]).env("JOB_COMPLETION_INDEX", index.to_string()).output();
        let output = output.expect("it starts");
        assert!(output.status.success(), "{index}: {}", told(&output));
    }
    parts_make_the_whole(&folder);
}
