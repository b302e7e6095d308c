//! Labs in another language.

use crate::lab::diagnostic::render;
use crate::lab::shipped::LABS;
use crate::lab::translation::renew::renewed;
use crate::lab::translation::{check, open};
use crate::lab::{LabFile, Source};
use crate::lang::Lang;

pub const LAB: &str = r#"Lab(
    format: 1,
    title: "Who answers?",
    idea: "ARP asks everybody, one answers.",
    nodes: {"ann": Host(ip: "10.0.0.1/24"), "bob": Host(ip: "10.0.0.2/24"), "sw": Switch()},
    links: [("ann", "sw:1"), ("bob", "sw:2")],
    traffic: {"ping": Ping(from: "ann", to: "bob")},
    variants: {"device": {"switch": (), "hub": (say: "As in 1990.", set: {"sw": Hub()})}},
    steps: {"ask": (say: "ann asks for bob.", play: Done("ping"), ask: {
        "heard": Number(
            say: "How many frames reach bob?", answer: Count(Frames(into: "bob")), unit: "frames",
            wrong: {"one": (is: 1, say: "One echo, yes, and before it?")},
            hints: ["Look into bob.", "First comes a question.", "{answer}: ARP and an echo."],
        ),
        "reply": Choice(
            say: "What does sw do with the answer?",
            options: {
                "known": (say: "forwards it", holds: Saw(Frames(into: "ann", src: "bob"))),
                "late": (say: "keeps it", holds: Never(Frames(into: "ann", src: "bob")), why: "It has no time."),
            },
            hints: ["Look at sw.", "It knows ann.", "It {answer}."],
        ),
    })},
)
"#;

pub const WORDS: &str = r#"// Words for ann and bob.
Translation(
    format: 1, of: "asks", lang: "zh",
    title: "谁来应答?",
    idea: "ARP 问所有人,只有一个回答。", // the whole idea
    variants: {"device": {"hub": "1990 年的样子。"}},
    steps: {"ask": (say: "ann 找 bob。", ask: {
        "heard": (
            say: "多少个帧到达 bob?", unit: "个帧",
            wrong: {"one": "一个回显请求,没错;那之前呢?"},
            hints: ["看看 bob。", "先有一个问题。", "{answer}:ARP 和一个回显请求。"],
        ),
        "reply": (
            say: "sw 怎样处理应答?",
            options: {"known": "转发它", "late": (say: "扣下它", why: "它没有时间。")},
            hints: ["看看 sw。", "它认识 ann。", "它{answer}。"],
        ),
    })},
    translated_from: {
        "title": "0000",
        // nobody has this any more
        "gone": "1234",
    },
)
"#;

pub fn lab() -> Source {
    Source::new("asks/lab.ron", LAB)
}

pub fn words(text: &str) -> Source {
    Source::new("asks/lab.zh.ron", text)
}

/// The words with which all is well.
pub fn accepted() -> String {
    renewed(&lab(), &words(WORDS), Lang::Zh).unwrap().unwrap()
}

fn opened(text: Option<&str>, lang: Lang) -> LabFile {
    open(lab(), text.map(words).as_ref(), lang).unwrap_or_else(|found| panic!("{}", render::all(&found, &lab())))
}

/// All that a learner reads in it.
fn read(file: &LabFile) -> String {
    let mut text = format!("{}\n{}\n", file.title, file.idea);
    let variants = file.variants().iter().flat_map(|variant| variant.say.clone());
    text.extend(variants.map(|say| say + "\n"));
    for step in &file.steps {
        text += &format!("{}\n", step.say);
        for question in &step.questions {
            let (hints, form) = (question.hints.join(" | "), question.asked().form());
            text += &format!("{}\n{hints}\n{form:?}\n", question.say);
        }
    }
    text
}

#[test]
fn words_take_their_places() {
    insta::assert_snapshot!(read(&opened(Some(WORDS), Lang::Zh)), @r#"
    谁来应答?
    ARP 问所有人,只有一个回答。
    1990 年的样子。
    ann 找 bob。
    多少个帧到达 bob?
    看看 bob。 | 先有一个问题。 | {answer}:ARP 和一个回显请求。
    Number(Some("个帧"))
    sw 怎样处理应答?
    看看 sw。 | 它认识 ann。 | 它{answer}。
    Choice([("known", "转发它"), ("late", "扣下它")])
    "#);
    assert_eq!(read(&opened(Some(WORDS), Lang::En)), read(&opened(None, Lang::En)));
    assert_eq!(opened(Some(WORDS), Lang::Zh).hash(), opened(None, Lang::En).hash());
}

#[test]
fn what_is_missing_stays_and_is_marked() {
    let part = "Translation(format: 1, of: \"asks\", lang: \"zh\", title: \"谁?\", steps: {\"ask\": \"去问。\"})";
    insta::assert_snapshot!(read(&opened(Some(part), Lang::Zh)), @r#"
    谁?
    [en] ARP asks everybody, one answers.
    [en] As in 1990.
    去问。
    [en] How many frames reach bob?
    [en] Look into bob. | [en] First comes a question. | [en] {answer}: ARP and an echo.
    Number(Some("frames"))
    [en] What does sw do with the answer?
    [en] Look at sw. | [en] It knows ann. | [en] It {answer}.
    Choice([("known", "[en] forwards it"), ("late", "[en] keeps it")])
    "#);
    let none = opened(None, Lang::Zh);
    assert_eq!((none.title.as_str(), none.idea.as_str()), ("[en] Who answers?", "ARP asks everybody, one answers."));
    // A file that cannot be read at all is as good as none.
    assert_eq!(read(&opened(Some("Translation("), Lang::Zh)), read(&none));
}

#[test]
fn accepting_renews_the_numbers_and_keeps_all_else() {
    let text = accepted();
    assert_eq!(render::all(&check(&lab(), &words(&text), Lang::Zh), &words(&text)), "");
    assert_eq!(renewed(&lab(), &words(&text), Lang::Zh), Ok(None));
    let tail = text.split("translated_from").nth(1).unwrap();
    insta::assert_snapshot!(tail, @r#"
    : {
            "title": "6fd2",
            // nobody has this any more
            "idea": "bd0a",
            "variants.device.hub": "b818",
            "ask": "dbb7",
            "ask.heard": "8851 493e 02d4 6b6c 8dd8 4a90",
            "ask.reply": "9bbf 2d25 5d70 5ec9 4019 6c0e de09",
        },
    )
    "#);
    let head = |text: &str| text.split("translated_from").next().unwrap().to_owned();
    assert_eq!(head(&text), head(WORDS));
}

#[test]
fn accepting_begins_a_list_where_there_is_none() {
    let at = WORDS.find("    translated_from").unwrap();
    for end in [")\n", "    // the end\n)", "/* x */ )"] {
        for cut in [0, 2] {
            // With and without a comma behind the last field.
            let text = format!("{}\n{end}", &WORDS[..at - cut]);
            let new = renewed(&lab(), &words(&text), Lang::Zh).unwrap().unwrap();
            assert_eq!(render::all(&check(&lab(), &words(&new), Lang::Zh), &words(&new)), "", "{new}");
        }
    }
    let empty = format!("{}    translated_from: {{ }},\n)\n", &WORDS[..at]);
    let new = renewed(&lab(), &words(&empty), Lang::Zh).unwrap().unwrap();
    assert_eq!(render::all(&check(&lab(), &words(&new), Lang::Zh), &words(&new)), "", "{new}");
}

#[test]
fn a_changed_text_is_named() {
    let text = accepted();
    let changed = Source::new("asks/lab.ron", &LAB.replacen("It knows ann.", "It has learned ann.", 1));
    insta::assert_snapshot!(render::all(&check(&changed, &words(&text), Lang::Zh), &words(&text)), @r#"
    warning[L071]: the English text that `ask.reply.hints.2` was made from has changed since
      --> asks/lab.zh.ron:16:32
       |
    16 |             hints: ["看看 sw。", "它认识 ann。", "它{answer}。"],
       |                                   ^^^^^^^^^^^^ now it reads: It has learned ann.
       |
       = help: read it again, then: overunder check --accept-translation LAB
    "#);
}

#[test]
fn what_is_shipped_is_translated() {
    for shipped in LABS {
        let source = Source::new(&shipped.file_name(), shipped.text);
        let words = shipped.words(Lang::Zh).unwrap_or_else(|| panic!("{} has no lab.zh.ron", shipped.name));
        assert_eq!(render::all(&check(&source, &words, Lang::Zh), &words), "");
        let file = shipped.open(Lang::Zh).unwrap_or_else(|found| panic!("{}", render::all(&found, &source)));
        assert!(!read(&file).contains("[en]"), "{}", shipped.name);
    }
}
