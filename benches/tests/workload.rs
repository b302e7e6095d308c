//! What other programs rely on: names and fields of the `workload` binary, and its exit codes.

use std::process::{Command, Output};

use serde_json::Value;

fn workload(words: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_workload")).args(words.split_whitespace()).output().expect("the binary runs")
}

#[test]
fn each_workload_prints_one_object() {
    let runs = [
        ("s1 --hosts 16 --frames 2000", "frames", 2_000),
        ("s2 --hosts 9 --frames 2000", "frames", 2_000),
        ("s3 --k 4 --frames 2000", "frames", 2_000),
        ("s4 --vteps 4 --frames 2000", "frames", 2_000),
        ("s5 --routers 16", "links", 29),
        ("hold --pending 100 --events 5000", "events", 5_000),
        ("setup --hosts 20", "hosts", 20),
        ("b1 --ases 100 --prefixes 10", "ases", 100),
        ("b1 --ases 100 --money 1", "prefixes", 1),
        ("b2 --ases 100 --prefixes 5", "prefixes", 5),
        ("b3 --ases 20", "mrai_s", 30),
        ("timeline --hosts 4 --events 30000", "events", 30_000),
        ("timeline --pods 60 --events 30000", "events", 30_000),
    ];
    for (words, unit, count) in runs {
        let output = workload(words);
        assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
        let object: Value = serde_json::from_slice(&output.stdout).expect(words);
        assert_eq!(object["workload"], words.split(' ').next().expect("a name"));
        assert_eq!(object[unit], count, "{words}");
        for field in ["cpu_s", "setup_cpu_s", "per_cpu_s", "peak_mb"] {
            assert!(object[field].is_number(), "{words}: {field}");
        }
    }
}

#[test]
fn a_wrong_question_is_answered_with_usage_and_exit_2() {
    let wrong = [
        "",
        "s9",
        "s1",
        "s1 --hosts",
        "s1 --hosts many",
        "s1 --hosts -1",
        "s1 --hosts 0",
        "s1 --hosts 1",
        "s1 --hosts 70000",
        "s1 --hosts 16 --hosts 17",
        "s1 --hosts 16 --vteps 2",
        "s2 --hosts 2",
        "s3",
        "s3 --k 3",
        "s3 --k 50",
        "s5 --routers 2",
        "s5 --routers 5000",
        "timeline --pods 1301",
        "timeline --pods 10 --hosts 10",
        "b1",
        "b1 --ases 2",
        "b1 --ases 200001",
        "b2 --ases 10 --prefixes 6",
        "b3 --ases 10 --prefixes 11",
        "b3 --ases 10 --mrai 3601",
        "hold --pending 99999999999999999999",
        "hold --pending 100000001",
    ];
    for words in wrong {
        let output = workload(words);
        assert_eq!(output.status.code(), Some(2), "{words}");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.starts_with("workload: ") && text.contains("usage:"), "{words}: {text}");
        assert!(output.stdout.is_empty(), "{words}");
    }
}

#[test]
fn the_same_workload_does_the_same_every_time() {
    let events = |words| serde_json::from_slice::<Value>(&workload(words).stdout).expect(words)["events"].clone();
    assert_eq!(events("s2 --hosts 30 --frames 3000"), events("s2 --hosts 30 --frames 3000"));
    assert_eq!(events("b3 --ases 100"), events("b3 --ases 100"));
}
