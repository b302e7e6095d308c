//! What reading and proving labs may cost, in CPU time of the thread: other work on the machine matters little then.
//!
//! `cargo test -p overunder-benches --test labs -- --nocapture` prints what it cost.

#![cfg(unix)]

use std::fmt::Write as _;

use overunder_benches::measure::thread_cpu_s;
use overunder_sim::lab::shipped::LABS;
use overunder_sim::lab::{self, EVENT_BUDGET, LabFile, prove, repair};

/// CPU seconds of the cheapest of some tries.
fn cheapest<T>(tries: u32, mut work: impl FnMut() -> T) -> (f64, T) {
    let mut once = || {
        let before = thread_cpu_s();
        let result = work();
        (thread_cpu_s() - before, result)
    };
    let first = once();
    (1..tries).map(|_| once()).fold(first, |best, next| if next.0 < best.0 { next } else { best })
}

fn read(name: &str, text: &str) -> LabFile {
    lab::parse(name, text).unwrap_or_else(|found| panic!("{name}: {:?}", found.first()))
}

#[test]
fn a_shipped_lab_is_read_in_two_milliseconds() {
    for shipped in LABS {
        let (cost, file) = cheapest(7, || read(shipped.name, shipped.text));
        let each = cost / file.variants().len() as f64;
        println!("{:22} {:6.2} ms, {:5.2} ms a variant", shipped.name, cost * 1e3, each * 1e3);
        assert!(each < 0.002, "{}: {:.2} ms for each variant", shipped.name, each * 1e3);
    }
}

/// Switches in a line, each with its hosts.
fn many(nodes: usize) -> String {
    let switches = nodes.div_ceil(250);
    let hosts = nodes - switches;
    let mut text = "Lab(format: 1, title: \"Many\", idea: \"i\", nodes: {\n".to_owned();
    let mut links = String::new();
    for host in 0..hosts {
        let (switch, number) = (host / 249, host % 249 + 1);
        writeln!(text, "\"h{host}\": Host(ip: \"10.0.{switch}.{number}/16\"),").expect("text takes text");
        writeln!(links, "(\"h{host}\", \"s{switch}\"),").expect("text takes text");
    }
    for switch in 0..switches {
        writeln!(text, "\"s{switch}\": Switch(),").expect("text takes text");
        if switch > 0 {
            writeln!(links, "(\"s{}\", \"s{switch}\"),", switch - 1).expect("text takes text");
        }
    }
    let last = hosts - 1;
    let ping = format!("traffic: {{\"p\": Ping(from: \"h0\", to: \"h{last}\")}}, expect: {{\"ok\": Delivered(\"p\")}}");
    format!("{text}}}, links: [\n{links}], {ping})")
}

#[test]
fn ten_thousand_nodes_are_read_in_a_second() {
    let text = many(10_000);
    let (cost, file) = cheapest(3, || read("many.ron", &text));
    println!("10,000 nodes: {cost:.2} s");
    assert_eq!(file.variants().len(), 1);
    assert!(cost < 1.0, "{cost:.2} s");
    // Twice as much may cost twice as much and a little, not four times.
    let half = many(5_000);
    let (less, _) = cheapest(3, || read("half.ron", &half));
    println!(" 5,000 nodes: {less:.2} s");
    assert!(cost < less * 3.0, "{less:.2} s became {cost:.2} s");
}

#[test]
fn all_proofs_of_all_shipped_labs_take_seconds() {
    let mut total = 0.0;
    for shipped in LABS {
        let file = read(shipped.name, shipped.text);
        let (cost, ()) = cheapest(1, || {
            for variant in file.variants() {
                lab::run_variant(&file, Some(&variant.name), None, EVENT_BUDGET).expect("a run");
            }
            repair::prove(&file, EVENT_BUDGET).expect("a proof");
            assert_eq!(prove::prove(&file, EVENT_BUDGET), [], "{}", shipped.name);
        });
        println!("{:22} {cost:6.3} s", shipped.name);
        // The largest one has 48 runs of a full cable.
        assert!(cost < 4.0, "{}: {cost:.2} s", shipped.name);
        total += cost;
    }
    println!("all together {total:.2} s");
    assert!(total < 30.0, "{total:.1} s");
}
