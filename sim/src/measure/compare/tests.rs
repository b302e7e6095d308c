//! One byte more in one header is found, and named.

use super::difference::{Difference, Verdict, differences};
use super::snapshot::{Broken, Kept, Snapshot, TOLERANCE_PPM};
use super::{Bench, Row};
use crate::lab::suite::shipped;
use crate::lab::{EVENT_BUDGET, Source};
use crate::lang::Lang;
use crate::measure::account::title;

fn suite() -> Bench {
    Bench::open(shipped::find("encapsulations").expect("it is there").source()).expect("it is sound")
}

fn rows(bench: &Bench, wanted: &str) -> Vec<Row> {
    let names = bench.names().into_iter().enumerate().filter(|(_, name)| name.starts_with(wanted));
    names.map(|(at, _)| bench.run(at, EVENT_BUDGET).expect("it runs")).collect()
}

fn snapshot() -> Snapshot {
    Snapshot::of("encapsulations", &rows(&suite(), "vxlan+64"), TOLERANCE_PPM)
}

/// The run whose VXLAN header had one byte less in each frame.
fn one_byte_less(kept: &mut Kept) {
    let [frames, bytes] = kept.headers["tunnel/vxlan"];
    kept.headers.insert("tunnel/vxlan".to_owned(), [frames, bytes - frames]);
    let [frames, bytes] = kept.kinds["data"];
    kept.kinds.insert("data".to_owned(), [frames, bytes - frames]);
    let value = kept.values.get_mut("wire-bytes").expect("it is measured");
    value.value = value.value.map(|bytes| bytes - frames as i64);
}

#[test]
fn one_byte_more_in_a_header_is_named() {
    let now = snapshot();
    let mut accepted = now.clone();
    accepted.runs.values_mut().for_each(one_byte_less);
    let (found, tolerated) = differences(&accepted, &now, false);
    assert_eq!((found.len(), tolerated), (2, 0), "two runs: {found:?}");
    let Difference::Moved { run, values, because } = &found[0] else { panic!("{found:?}") };
    assert_eq!(run, "vxlan+64+1500");
    assert_eq!((values.len(), values[0].name.as_str()), (1, "wire-bytes"));
    assert_eq!(values[0].verdict, Verdict::Regression);
    let because: Vec<&str> = because.iter().map(|told| told.en.as_str()).collect();
    assert_eq!(because, ["outer headers: 49 → 50 bytes per frame: VXLAN header 7 → 8"]);
}

/// Every header that any envelope of the suite puts on, and the parts of the packet within: with the number that was
/// accepted one byte lower or higher in each frame, the comparison fails and says which header it is and how long it was.
#[test]
fn one_byte_in_any_header_of_any_envelope_is_named() {
    let bench = suite();
    let mut named = std::collections::BTreeSet::new();
    for envelope in bench.names().iter().filter_map(|name| name.strip_suffix("+64+1500")) {
        let now = Snapshot::of("encapsulations", &rows(&bench, &format!("{envelope}+64+1500")), TOLERANCE_PPM);
        let kept = now.runs.values().next().expect("the run");
        let [frames, all] = kept.kinds["data"];
        for (header, [has, bytes]) in kept.headers.iter().filter(|(header, _)| !header.starts_with("line/")) {
            assert_eq!(*has, frames, "{envelope} {header}: in every frame");
            for by in [frames as i64, -(frames as i64)] {
                let mut accepted = now.clone();
                let old = accepted.runs.values_mut().next().expect("the run");
                old.headers.insert(header.clone(), [frames, bytes.strict_add_signed(-by)]);
                old.kinds.insert("data".to_owned(), [frames, all.strict_add_signed(-by)]);
                let wire = old.values.get_mut("wire-bytes").expect("it is measured");
                wire.value = wire.value.map(|bytes| bytes - by);
                let (found, _) = differences(&accepted, &now, true);
                let [Difference::Moved { values, because, .. }] = found.as_slice() else { panic!("{found:?}") };
                let verdict = if by > 0 { Verdict::Regression } else { Verdict::Improvement };
                assert_eq!(
                    values.iter().map(|moved| moved.verdict).collect::<Vec<_>>(),
                    [verdict],
                    "{envelope} {header}"
                );
                let (_, name) = header.split_once('/').expect("a part and a name");
                let each = (bytes / frames) as i64;
                let wanted = format!("{} {} → {each}", title(name, Lang::En), each - by.signum());
                assert!(because.len() == 1 && because[0].en.ends_with(&wanted), "{wanted}: {because:?}");
            }
            named.insert(header.clone());
        }
    }
    let envelopes = [
        "outer/ipv4",
        "outer/ipv6",
        "outer/udp",
        "tunnel/geneve",
        "tunnel/gre",
        "tunnel/sleeve",
        "tunnel/vxlan",
        "tunnel/wireguard",
        "tunnel/wireguard-tag",
    ];
    assert!(envelopes.iter().all(|header| named.contains(*header)), "{named:?}");
}

#[test]
fn a_snapshot_reads_back_and_equals_itself() {
    let now = snapshot();
    let text = now.text();
    assert!(text.contains("\"tunnel/vxlan\": [100, 800]"), "{text}");
    let read = Snapshot::read(&text).expect("it is sound");
    assert_eq!(read, now);
    assert_eq!(differences(&read, &now, false), (Vec::new(), 0));
}

#[test]
fn files_that_are_none_are_told_apart() {
    let text = snapshot().text();
    assert_eq!(Snapshot::read(&text.replace("\"format\": 1", "\"format\": 9")), Err(Broken::Format(9)));
    for wrong in ["", "[]", "{}", "{\"format\": 1}", &text[..text.len() / 2]] {
        assert!(matches!(Snapshot::read(wrong), Err(Broken::Unreadable(_))), "{wrong}");
    }
}

#[test]
fn times_may_move_a_little_and_counts_not_at_all() {
    let now = snapshot();
    for (unit, by, differs) in [("ns", 1, false), ("ns", 3, true), ("", 1, true)] {
        let mut accepted = now.clone();
        let mut later = now.clone();
        for (snapshot, value) in [(&mut accepted, 200), (&mut later, 200 + by)] {
            let kept = snapshot.runs.get_mut("vxlan+64+1500").expect("a run");
            let number = kept.values.get_mut("lost").expect("a value");
            (number.value, number.unit) = (Some(value), unit.to_owned());
        }
        let (found, tolerated) = differences(&accepted, &later, false);
        assert_eq!((found.is_empty(), tolerated), (!differs, usize::from(!differs)), "{unit} {by}");
    }
}

#[test]
fn runs_that_come_and_go_are_told() {
    let now = snapshot();
    let mut accepted = now.clone();
    let kept = accepted.runs.remove("vxlan+64+1500").expect("a run");
    accepted.runs.insert("vxlan+65+1500".to_owned(), kept);
    let (found, _) = differences(&accepted, &now, false);
    let names: Vec<(&str, bool)> =
        found.iter().map(|found| (found.run(), matches!(found, Difference::New { .. }))).collect();
    assert_eq!(names, [("vxlan+64+1500", true), ("vxlan+65+1500", false)]);
    let (some, _) = differences(&accepted, &now, true);
    assert_eq!(some.len(), 1, "with a part of the runs, the others are not missed");
}

#[test]
fn a_price_that_changed_is_named() {
    let text = shipped::find("encapsulations").expect("it is there").text;
    let text = text.replacen("bench: (", "bench: (profile: \"server\",", 1);
    let bench = Bench::open(Source::new("suite.ron", &text)).expect("it is sound");
    let now = Snapshot::of("x", &rows(&bench, "vxlan+64+1500"), TOLERANCE_PPM);
    let mut accepted = now.clone();
    let kept = accepted.runs.get_mut("vxlan+64+1500").expect("a run");
    let [times, ns] = kept.work["encap"];
    kept.work.insert("encap".to_owned(), [times, ns + times * 50]);
    kept.kinds.insert("arp".to_owned(), [9, 756]);
    let (found, _) = differences(&accepted, &now, false);
    let Difference::Moved { because, .. } = &found[0] else { panic!("{found:?}") };
    let told: Vec<&str> = because.iter().map(|told| told.en.as_str()).collect();
    assert!(told.contains(&"work of VXLAN or Geneve header [encap]: 700ns → 650ns each time"), "{told:?}");
    assert!(told.iter().any(|told| told.starts_with("ARP: 9 → 6 frames")), "{told:?}");
}

#[test]
fn a_lab_is_measured_by_its_flows() {
    let lab = crate::lab::shipped::find("14-tunnel-zoo").expect("it is there");
    let bench = Bench::open(Source::new("lab.ron", lab.text)).expect("it is sound");
    let rows = rows(&bench, "ipip");
    let names: Vec<&str> = rows[0].values.iter().map(|value| value.name.as_str()).collect();
    assert_eq!(names, ["ping.lost", "ping.rtt", "wire", "frames", "rows"]);
    assert!(bench.quick().is_none() && rows[0].complaints.is_empty());
}
