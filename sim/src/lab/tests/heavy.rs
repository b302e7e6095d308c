//! Files as large as they may be: an answer comes at once. What is quadratic does not end in this test.

use crate::lab::source::MAX_BYTES;
use crate::lab::{Code, parse};

fn fill(head: &str, item: impl Fn(usize) -> String, tail: &str) -> String {
    let mut text = head.to_owned();
    let mut n = 0;
    while text.len() + 64 + tail.len() < MAX_BYTES {
        text.push_str(&item(n));
        n += 1;
    }
    text + tail
}

fn codes(text: &str) -> Vec<Code> {
    match parse("big.ron", text) {
        Ok(_) => Vec::new(),
        Err(found) => found.iter().map(|finding| finding.code).collect(),
    }
}

#[test]
fn large_files_are_answered() {
    let head = "Lab(format: 1, title: \"x\", idea: \"x\", nodes: {";
    let host = |n: usize| format!("\"h{n}\": Host(ip: \"10.{}.{}.1/24\"),", n / 250 % 250, n % 250);
    assert!(codes(&fill(head, host, "})")).contains(&Code::OutOfRange));
    assert_eq!(codes(&fill("Lab", |_| "(".to_owned(), "")), [Code::TooDeep]);
    assert!(!codes(&fill(head, |_| "\"a\": 1, ".to_owned(), "})")).is_empty());
    let links = format!("{head}\"a\": Host(ip: \"10.0.0.1/24\")}}, links: [");
    assert_eq!(codes(&fill(&links, |n| format!("(\"x{n}\", \"y{n}\"),"), "])")).len(), 100);
    let pings = format!("{head}\"a\": Host(ip: \"10.0.0.1/24\")}}, traffic: {{");
    let waiting = |n: usize| format!("\"p{n}\": Ping(from: \"a\", to: \"a\", start: Done(\"p{}\")),", n + 1);
    assert!(!codes(&fill(&pings, waiting, "})")).is_empty());
    assert!(codes(&fill("Lab(title: \"", |_| "x".to_owned(), "\")")).contains(&Code::Missing));
    assert!(!codes(&fill("", |_| "/*".to_owned(), "")).is_empty());
    assert!(!codes(&fill("", |_| "\"\n".to_owned(), "")).is_empty());
    assert!(!codes(&fill("", |_| "Lab ".to_owned(), "")).is_empty());
}

#[test]
fn many_variants_of_a_large_lab_are_answered() {
    let nodes: Vec<String> =
        (0..1000).map(|n| format!("\"h{n}\": Host(ip: \"10.0.{}.{}/16\"),", n / 250, n % 250 + 1)).collect();
    let nodes = nodes.concat();
    let values: Vec<String> = (0..64).map(|n| format!("\"v{n}\": (set: {{\"nobody\": (mtu: 9000)}}),")).collect();
    let values = values.concat();
    let text = format!(
        "Lab(format: 1, title: \"x\", idea: \"x\", allow: [\"node-without-link\"], nodes: {{{nodes}}}, variants: {{\"v\": {{{values}}}}})"
    );
    assert_eq!(codes(&text), [Code::UnknownName]);
}
