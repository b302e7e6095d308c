//! The pipelines of the chapter for CI users: every command in them is run, as the job would, and fails when it should.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{PROGRAM, folder, one_byte_less, told, top};

const CHAPTER: &str = "book/src/ci.md";

/// The commands of a pipeline, in order: those of `overunder`, behind `run:` or as items of a `script:`.
fn commands(yaml: &str) -> Vec<String> {
    let lines = yaml.lines().map(|line| line.trim().trim_start_matches("- ").trim_start_matches("run: ").trim());
    lines.filter(|line| line.starts_with("overunder ")).map(str::to_owned).collect()
}

fn pipelines() -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(top().join(CHAPTER)).expect("the chapter is there");
    let blocks = text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    blocks.map(|yaml| (yaml.lines().next().unwrap_or_default().to_owned(), commands(yaml))).collect()
}

/// A repository as the chapter has it: `labs/` and `suites/`.
fn repository(name: &str) -> std::path::PathBuf {
    let folder = folder(name);
    for part in ["labs", "suites"] {
        fs::create_dir(folder.join(part)).expect("a folder");
    }
    fs::copy(top().join("scenarios/01-first-ping/lab.ron"), folder.join("labs/first.ron")).expect("a copy");
    for file in ["encapsulations.ron", "encapsulations.baseline.json"] {
        fs::copy(top().join("scenarios/suites").join(file), folder.join("suites").join(file)).expect("a copy");
    }
    folder
}

/// The exit codes of all commands, and everything they say.
fn play(commands: &[String], folder: &Path) -> (Vec<i32>, String) {
    let (mut codes, mut said) = (Vec::new(), String::new());
    for line in commands {
        let mut command = Command::new(PROGRAM);
        command.args(line.split_whitespace().skip(1)).current_dir(folder).env("LC_ALL", "C");
        command.env("GITHUB_STEP_SUMMARY", folder.join("summary.md"));
        let (code, out, err) = told(&command.output().expect("the program runs"));
        codes.push(code);
        said.push_str(&out);
        said.push_str(&err);
    }
    (codes, said)
}

#[test]
fn the_pipelines_of_the_chapter_work_and_fail_on_a_byte() {
    let all = pipelines();
    assert_eq!(all.len(), 2, "one of GitHub, one of GitLab: {all:?}");
    for (at, (first, commands)) in all.iter().enumerate() {
        assert!(commands.len() >= 2, "{first}: {commands:?}");
        let folder = repository(&format!("pipeline-{at}"));
        let (codes, said) = play(commands, &folder);
        assert!(codes.iter().all(|code| *code == 0), "{first}: {codes:?} {said}");
        for report in commands
            .iter()
            .flat_map(|line| line.split_whitespace())
            .filter(|word| Path::new(word).extension().is_some_and(|ending| ending == "xml"))
        {
            assert!(folder.join(report).is_file(), "{report}");
        }
        fs::write(folder.join("suites/encapsulations.baseline.json"), one_byte_less()).expect("a file");
        let (codes, said) = play(commands, &folder);
        assert!(codes.contains(&1), "{first}: {codes:?}");
        assert!(said.contains("VXLAN header 7 → 8") && said.contains("::error "), "{first}: {said}");
    }
}
