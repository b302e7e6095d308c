//! Each question has one answer, also a moment later; wrong answers are wrong; and nothing tells it too early.

use std::collections::BTreeMap;

use crate::engine::Stop;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::file::LabFile;
use crate::lab::guide::{Player, Step};
use crate::lab::prove::Work;
use crate::lab::question::{Answer, Kind, Mistake, Question, Seen};
use crate::lab::read::{Form, read};
use crate::lab::source::{Span, Spanned};
use crate::lab::translation::{Path, texts};
use crate::lang::Lang;
use crate::time::SimDuration;

/// How much later an answer must still be the same.
const LATER: SimDuration = SimDuration(1_000_000);

/// Texts of a lab by the way to them.
type Texts = BTreeMap<Path, Spanned<String>>;

/// Reports what is wrong with the questions of a lab.
pub fn prove(file: &LabFile, work: &Work, found: &mut Findings) {
    let own = read(&file.source, &mut Findings::default()).map(|tree| texts(&tree)).unwrap_or_default();
    let text = |(path, tree): (Path, crate::lab::read::Tree)| match tree.form {
        Form::Text(text) => Some((path, Spanned::new(text, tree.span))),
        _ => None,
    };
    let own: Texts = own.into_iter().filter_map(text).collect();
    let mut player = Player::new(file, None);
    for (at, step) in file.steps.iter().enumerate() {
        if !plays(&mut player, at, step, found) {
            return;
        }
        let (later, Some(seen)) = (player.longer(LATER), player.seen(at)) else { return };
        for question in &step.questions {
            let later = later.as_ref().map(|later| Seen { run: later.run(), ..seen });
            if let Some(answer) = one_answer(question, seen, later, found) {
                wrong_is_wrong(question, &answer, seen, found);
                tells(question, &step.name, &answer, &own, found);
            }
        }
        work.0.set(work.0.get() + seen.run.world.event().0);
    }
}

/// Reports translated texts that give an answer away; `file` is the lab in that language.
pub fn given_away(file: &LabFile, words: &Texts, found: &mut Findings) {
    let mut player = Player::new(file, None);
    for (at, step) in file.steps.iter().enumerate() {
        if !plays(&mut player, at, step, &mut Findings::default()) {
            return;
        }
        let Some(seen) = player.seen(at) else { return };
        for question in &step.questions {
            if let Ok(answer) = question.answer(seen) {
                tells(question, &step.name, &answer, words, found);
            }
        }
    }
}

/// Runs a step; whether there is something to judge.
fn plays(player: &mut Player<'_>, at: usize, step: &Step, found: &mut Findings) -> bool {
    let Ok(played) = player.play(at) else { return false };
    if played.stop == Stop::Budget {
        return false;
    }
    if !played.arrived {
        let text = format!("step `{}` never comes to its end", step.name);
        let finding = Finding::new(Code::NeverComes, text, step.end).label("the run is over before this happens");
        found.push(finding.help("play: Quiet"));
    }
    played.arrived
}

fn one_answer(question: &Question, seen: Seen<'_>, later: Option<Seen<'_>>, found: &mut Findings) -> Option<Answer> {
    let (asked, id) = (question.asked(), &question.id);
    let answer = match question.answer(seen) {
        Ok(answer) => answer,
        Err(why) => {
            let finding = Finding::new(Code::NoAnswer, format!("`{id}` has no one answer"), question.span);
            found.push(finding.label(why.0).help("a question is answered by what happens in its step"));
            return None;
        }
    };
    if let Kind::Choice(choice) = &question.kind
        && let Some(option) = choice.without_why(seen)
    {
        let text = format!("option `{}` is wrong and does not say why", option.value);
        found.push(Finding::new(Code::WhyMissing, text, option.span).label("no `why`").help("why: \"…\""));
    }
    if let Kind::Order(order) = &question.kind
        && asked.same(&order.offered(), &answer)
    {
        let text = format!("the items of `{id}` are offered in the right order");
        let finding = Finding::new(Code::GivenAway, text, question.span).label("1 2 3 … is the answer");
        found.push(finding.help("the names of the question and its items decide: give it, or one of them, another"));
    }
    let same = |later: &Answer| asked.same(&answer, later);
    match later.map(|later| question.answer(later)) {
        Some(Ok(later)) if !same(&later) => {
            let (now, then) = (asked.show(&answer, Lang::En), asked.show(&later, Lang::En));
            let text = format!("the answer to `{id}` depends on where its step stops");
            let finding = Finding::new(Code::Fragile, text, question.span).label(format!("{now}; 1 ms later {then}"));
            found.push(finding.help("end the step with what it shows: play: Done(\"…\"), or: play: Quiet"));
        }
        _ => {}
    }
    Some(answer)
}

fn wrong_is_wrong(question: &Question, answer: &Answer, seen: Seen<'_>, found: &mut Findings) {
    let asked = question.asked();
    let mistakes = asked.mistakes(seen);
    for (at, mistake) in mistakes.iter().enumerate() {
        let Mistake { id, span, is: Some(is), .. } = mistake else {
            let text = format!("`{}` leads to no answer", mistake.id);
            let finding = Finding::new(Code::NoAnswer, text, mistake.span).label("there is nothing to measure");
            found.push(finding.help("let `is` be a value that the run of this step has"));
            continue;
        };
        let shown = asked.show(is, Lang::En);
        if asked.makes(is, answer) {
            let finding = Finding::new(Code::SameAnswer, format!("`{id}` leads to the right answer"), *span);
            found
                .push(finding.label(format!("{shown}, which is right")).help("leave it out, or ask where they differ"));
        }
        let same = |other: &&Mistake| other.is.as_ref().is_some_and(|other| asked.makes(other, is));
        if let Some(other) = mistakes[..at].iter().find(same) {
            let text = format!("`{}` and `{id}` lead to the same answer", other.id);
            let finding = Finding::new(Code::SameAnswer, text, *span).label(format!("{shown} here"));
            found.push(finding.also(other.span, "and here").help("leave one of them out, or ask where they differ"));
        }
    }
}

/// Reports the answer as a word of the question or of the first two hints.
fn tells(question: &Question, step: &str, answer: &Answer, texts: &Texts, found: &mut Findings) {
    let literals = question.asked().giveaways(answer);
    let way = |rest: &[&str]| {
        let start = ["steps", step, "ask", &question.id];
        start.iter().chain(rest).map(|part| (*part).to_owned()).collect::<Path>()
    };
    for rest in [&["say"][..], &["hints", "1"], &["hints", "2"]] {
        let Some(text) = texts.get(&way(rest)) else { continue };
        let told = literals.iter().find_map(|literal| Some((literal, find(&text.value, literal)?)));
        if let Some((literal, at)) = told {
            let plain = text.span.range().len() == text.value.len();
            let span: Span = if plain { text.span.part(at..at + literal.len()) } else { text.span };
            let text = format!("the answer to `{}` is told before it is asked for", question.id);
            let finding = Finding::new(Code::GivenAway, text, span).label(format!("the answer is {literal}"));
            found.push(finding.help("leave it to the third hint, as {answer}"));
        }
    }
}

/// Where a text has a word or number of its own that reads like this: not `3` in `13`, `10.0.0.3` or `sw:3`.
fn find(text: &str, literal: &str) -> Option<usize> {
    if literal.is_empty() {
        return None;
    }
    let part = |c: char| c.is_ascii_alphanumeric();
    let joint = |c: char| matches!(c, '.' | ',' | ':' | '-' | '_' | '/');
    let (head, tail) = (literal.starts_with(part), literal.ends_with(part));
    let free = |at: &usize| {
        let mut before = text[..*at].chars().rev();
        let mut after = text[at + literal.len()..].chars();
        let bound = |first: Option<char>, second: Option<char>| {
            first.is_some_and(part) || first.is_some_and(joint) && second.is_some_and(part)
        };
        let left = head && bound(before.next(), before.next());
        let right = tail && bound(after.next(), after.next());
        !left && !right
    };
    text.match_indices(literal).map(|(at, _)| at).find(free)
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn only_whole_words_tell() {
        assert_eq!(find("3 frames", "3"), Some(0));
        assert_eq!(find("how many of 13, of 3?", "3"), Some(19));
        for text in ["13", "10.0.0.3", "sw:3", "3,000", "x-3", "3rd", "3.5 s"] {
            assert_eq!(find(text, "3"), None, "{text}");
        }
        assert_eq!(find("\u{6709}3\u{4e2a}\u{5e27}", "3"), Some(3));
        assert_eq!(find("it floods them, always", "floods them"), Some(3));
        assert_eq!(find("it floods themes", "floods them"), None);
        assert_eq!(find("anything", ""), None);
    }
}
