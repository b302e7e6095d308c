//! `overunder calibrate`: on a machine that can, a profile that labs can use; elsewhere a refusal.

use std::fs;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_overunder");

fn calibrate(args: &[&str]) -> Output {
    Command::new(PROGRAM).arg("calibrate").args(args).output().expect("it starts")
}

#[test]
fn without_iproute2_it_says_what_it_needs() {
    let output = Command::new(PROGRAM).arg("calibrate").env("PATH", "/nowhere").output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("only root may") || said.contains("`ip` of iproute2") || said.contains("Linux"), "{said}");
    assert!(said.contains("hint: ") && output.stdout.is_empty(), "{said}");
}

#[test]
fn what_it_prints_is_a_profile_that_a_lab_can_use() {
    let mut command = Command::new(PROGRAM);
    command.args(["calibrate", "--packets", "2000", "--name", "mine", "--quiet"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let process = child.id();
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(2) {
        println!("skipped: {said}");
        return;
    }
    assert!(output.status.success(), "{said}");
    let printed = String::from_utf8(output.stdout).expect("it is text");
    for word in [
        "name: \"mine\"",
        "\"stack-pass\": ",
        "\"context-switch\": ",
        "// Not measured",
        "//   crypto ",
        "// Left out: ",
    ] {
        assert!(printed.contains(word), "{word}: {printed}");
    }
    let lab = format!(
        "Lab(format: 1, title: \"t\", idea: \"i\", {printed}
        nodes: {{\"a\": Host(ip: \"10.0.0.1/24\"), \"b\": Host(ip: \"10.0.0.2/24\")}}, links: [(\"a\", \"b\")],
        traffic: {{\"one\": Udp(from: \"a\", to: \"b\", count: 1)}})"
    );
    let file = std::env::temp_dir().join(format!("overunder-calibrate-{}.ron", std::process::id()));
    fs::write(&file, lab).expect("it is written");
    let run = Command::new(PROGRAM).args(["run", "--quiet"]).arg(&file).output().expect("it starts");
    fs::remove_file(&file).expect("it was there");
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && told.contains("profile mine"), "{told}{}", String::from_utf8_lossy(&run.stderr));
    // Nothing is left behind, also when it has measured on all paths.
    assert_eq!(namespaces(process), Vec::<String>::new());
}

#[test]
fn slips_are_explained() {
    for args in [&["--packets", "0"][..], &["--packets", "many"], &["--sink", "nowhere"]] {
        let output = calibrate(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The namespaces of one process; none where there is no `ip`.
fn namespaces(process: u32) -> Vec<String> {
    let Ok(list) = Command::new("ip").args(["netns", "list"]).output() else { return Vec::new() };
    let prefix = format!("overunder-{process}-");
    String::from_utf8_lossy(&list.stdout).lines().filter(|line| line.starts_with(&prefix)).map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn whoever_ends_it_finds_no_namespace_left() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        // Far longer than anybody waits.
        let mut command = Command::new(PROGRAM);
        command.args(["calibrate", "--packets", "10000000"]).stderr(Stdio::piped()).stdout(Stdio::piped());
        let child = command.spawn().expect("it starts");
        let process = child.id();
        for _ in 0..500 {
            if namespaces(process).len() == 3 {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        // In the middle of sending, not of laying the path.
        thread::sleep(Duration::from_millis(300));
        let _ = Command::new("kill").args([format!("-{signal}"), process.to_string()]).output();
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.code() == Some(2) {
            println!("skipped: {said}");
            return;
        }
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains("interrupted: ") && said.contains("the namespaces are gone"), "{said}");
        assert!(output.stdout.is_empty(), "half a profile is none");
        assert_eq!(namespaces(process), Vec::<String>::new());
    }
}
