//! Briefs and designs: each proof holds where it should and can fail, and what is handed in is told its slips.

use std::fmt::Write;
use std::sync::Arc;

use insta::assert_snapshot;

use crate::lab::design::{judge, prove};
use crate::lab::diagnostic::render;
use crate::lab::shipped::BRIEFS;
use crate::lab::{EVENT_BUDGET, LabFile, Source, file, parse, translation};
use crate::lang::Lang;

/// Two virtual machines behind ports that check addresses; whoever designs has the plugin and the ports.
const SOUND: &str = r#"Lab(
    format: 1, title: "A brief", idea: "It is judged by what happens.", allow: ["denied"],
    cluster: (plugin: FlannelHostGw(), environment: OpenStack(), nodes: 2, pods: 1),
    traffic: {"ping": Ping(from: "a1", to: "b1")},
    design: (
        say: "Pods reach each other, without an envelope.",
        free: ["plugin", "environment"],
        goals: {"reach": Delivered("ping"), "plain": Is(Size(Frames(out_of: "node1", flow: "ping")), 98)},
        passes: {"pairs": (cluster: (environment: OpenStack(pairs: ["10.244.0.0/16"])))},
        fails: {"vxlan": (cluster: (plugin: FlannelVxlan()), say: "It wraps.")},
    ),
)"#;

fn brief(changes: &[(&str, &str)]) -> Source {
    let text = changes.iter().fold(SOUND.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from} is not in the sound brief");
        text.replacen(from, to, 1)
    });
    Source::new("brief.ron", &text)
}

fn failing(changes: &[(&str, &str)]) -> String {
    let source = brief(changes);
    let lab = file::open(source.clone()).unwrap_or_else(|found| panic!("{}", render::all(&found, &source)));
    let mut told = String::new();
    for (name, outcome) in prove(&lab, EVENT_BUDGET) {
        if !outcome.holds {
            writeln!(told, "{name}\n  {}\n  {}", outcome.text(Lang::En), outcome.text(Lang::Zh)).unwrap();
        }
    }
    told
}

/// The lab that a design makes of the sound brief, or what is wrong with it.
fn handed_in(fields: &str) -> Result<LabFile, String> {
    let source = Source::new("mine.ron", &format!("Design({fields})"));
    let source = Source { brief: Some(Arc::new(brief(&[]))), ..source };
    file::open(source.clone()).map_err(|found| render::all(&found, &source))
}

#[test]
fn all_shipped_briefs_are_proved() {
    for shipped in BRIEFS {
        let lab = shipped.open(Lang::En).unwrap();
        let proofs = prove(&lab, EVENT_BUDGET);
        assert!(proofs.len() > 6, "{}", shipped.name);
        for (name, outcome) in proofs {
            assert!(outcome.holds, "{} {name}: {}", shipped.name, outcome.text.en);
        }
        let (lab, words) =
            (Source::new(shipped.name, shipped.text), shipped.words(Lang::Zh).expect("it is translated"));
        assert_eq!(translation::check(&lab, &words, Lang::Zh), [], "{}", shipped.name);
    }
}

#[test]
fn each_proof_can_fail() {
    assert_eq!(failing(&[]), "");
    let told = failing(&[
        ("OpenStack()", "OpenStack(check: false)"),
        (
            "\"pairs\":",
            "\"udp\": (cluster: (plugin: FlannelUdp())), \"slip\": (cluster: (plugin: Nothing())), \"pairs\":",
        ),
        ("FlannelVxlan()), say", "CalicoNone()), say"),
        ("\"plain\":", "\"sent\": Is(Sent(\"ping\"), 1), \"plain\":"),
    ]);
    assert_snapshot!(told);
}

#[test]
fn a_design_is_judged_by_what_happens() {
    let judged = |cluster: &str| {
        let file = handed_in(&format!("format: 1, brief: \"brief.ron\", because: \"x\", cluster: {cluster}")).unwrap();
        let handed = file.answers.as_ref().unwrap();
        let brief = file::open(brief(&[])).unwrap().design.unwrap();
        let say = brief.says_to(handed).map(str::to_owned);
        (judge(&file, EVENT_BUDGET).unwrap(), say)
    };
    let (good, say) = judged("(environment: (pairs: [\"10.244.0.0/16\"]))");
    assert!(good.passes() && good.stopped.is_empty() && say.is_none());
    let (bad, say) = judged("(plugin: Macvlan())");
    assert!(!bad.passes() && say.is_none());
    let told: Vec<String> = bad.stopped.iter().map(|one| one.flow.clone() + " " + one.dropped.reason.slug).collect();
    assert_eq!(told, ["ping fabric.foreign-mac"]);
    assert!(bad.stopped[0].dropped.source().starts_with("OpenStack"));
    let (wrapped, say) = judged("( plugin: FlannelVxlan( ) )");
    assert_eq!((wrapped.passes(), wrapped.stopped.len(), say.as_deref()), (false, 0, Some("It wraps.")));
}

#[test]
fn what_is_handed_in_is_told_its_slips() {
    let mut told = String::new();
    for fields in [
        "brief: \"brief.ron\"",
        "format: 1, brief: \"brief.ron\", because: \" \", cluster: (plugin: FlannelVxlan())",
        "format: 1, brief: \"brief.ron\", because: \"x\", cluster: (nodes: 3)",
        "format: 1, brief: \"brief.ron\", because: \"x\", cluster: FlannelVxlan()",
        "format: 1, brief: \"brief.ron\", because: \"x\", cluster: (environment: Aws())",
        "format: 1, brief: \"brief.ron\", because: \"x\", cluster: (plugin: FlannelHostGw(store: \"etcd\"))",
    ] {
        let slip = handed_in(fields).err().unwrap_or_else(|| panic!("{fields} is sound"));
        writeln!(told, "{slip}").unwrap();
    }
    assert_snapshot!(told);
    let text = "Design(format: 1, brief: \"c2-openstak\", because: \"x\", cluster: ())";
    let unknown = parse("mine.ron", text).unwrap_err();
    assert_eq!(unknown[0].message, "there is no brief `c2-openstak`");
    assert_eq!(unknown[0].helps[0], "did you mean `c2-openstack`?");
    let text = "Design(format: 1, brief: \"01-first-ping\", because: \"x\", cluster: ())";
    assert_eq!(parse("mine.ron", text).unwrap_err()[0].message, "the lab `01-first-ping` is no brief");
}

#[test]
fn a_brief_is_told_its_slips() {
    let source = brief(&[
        ("\"environment\"]", "\"nodes\"]"),
        ("passes: {\"pairs\": (cluster: (environment: OpenStack(pairs: [\"10.244.0.0/16\"])))}", "passes: {}"),
        ("Delivered(\"ping\")", "Delivered(\"pong\")"),
    ]);
    assert_snapshot!(render::all(&file::open(source.clone()).unwrap_err(), &source));
}
