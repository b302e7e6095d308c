//! A way through a guide: predictions before the future, saved and graded again.

use super::samples::GUIDE;
use crate::lab::guide::session::RecordError;
use crate::lab::guide::{Session, Stage, Sure};
use crate::lab::{Answer, LabFile, Verdict, parse};
use crate::lang::Lang;

fn guide() -> LabFile {
    parse("lab.ron", GUIDE).unwrap()
}

/// Answers the question that is asked as typed.
fn reply(session: &mut Session, file: &LabFile, typed: &str) {
    let answer = session.question(file).unwrap().parse(typed, Lang::En).unwrap();
    session.answer(file, Some(answer), Some(Sure::Fairly));
}

#[test]
fn a_prediction_comes_before_the_run_and_the_answer_after_it() {
    let file = guide();
    let mut session = Session::new(&file, "guide", None);
    assert_eq!((session.stage(), session.step(&file).unwrap().name.as_str()), (Stage::Tell, "hub"));
    session.advance(&file);
    assert_eq!(session.stage(), Stage::Ask(0));
    // Nothing but an answer leads on.
    session.advance(&file);
    assert_eq!(session.stage(), Stage::Ask(0));
    assert_eq!([session.hint(), session.hint(), session.hint(), session.hint()], [Some(0), Some(1), Some(2), None]);
    reply(&mut session, &file, "2");
    assert_eq!((session.stage(), session.hints()), (Stage::Play, 0));
    assert_eq!(session.hint(), None);
    session.advance(&file);
    assert_eq!(session.stage(), Stage::Reveal(0));
    let answered = session.answered(&file).unwrap();
    assert_eq!((answered.hints, answered.sure, &answered.given), (3, Some(Sure::Fairly), &Some(Answer::Number(2))));
    session.advance(&file);
    assert_eq!((session.stage(), session.step_number()), (Stage::Tell, 1));
}

#[test]
fn a_guide_comes_to_its_end() {
    let file = guide();
    let mut session = Session::new(&file, "guide", None);
    let mut stages = Vec::new();
    while session.stage() != Stage::Over {
        stages.push(session.stage());
        if matches!(session.stage(), Stage::Ask(_)) {
            session.answer(&file, None, None);
        } else {
            session.advance(&file);
        }
        assert!(stages.len() < 100);
    }
    assert_eq!(session.record.answers.len(), 9);
    assert!(session.step(&file).is_none() && session.question(&file).is_none());
    // The last step plays nothing: its answer follows the question at once.
    assert_eq!(&stages[stages.len() - 3..], [Stage::Tell, Stage::Ask(0), Stage::Reveal(0)]);
}

#[test]
fn what_is_saved_is_graded_again() {
    let file = guide();
    let mut session = Session::new(&file, "guide", None);
    session.advance(&file);
    reply(&mut session, &file, "2");
    for _ in 0..3 {
        session.advance(&file);
    }
    for typed in ["2", "sw, bob, eve", "3 2 1"] {
        reply(&mut session, &file, typed);
    }
    session.answer(&file, None, None);
    let saved = serde_json::to_string(&session).unwrap();
    let again: Session = serde_json::from_str(&saved).unwrap();
    assert_eq!(again, session);
    assert_eq!(again.fits(&file), Ok(()));
    let graded = again.record.regrade(&file, Lang::En).unwrap();
    let verdicts: Vec<_> = graded.iter().map(|graded| graded.verdict.as_ref()).collect();
    let misconception =
        |verdict: Option<&Verdict>| matches!(verdict, Some(Verdict::Misconception(id, _)) if id == "ping-only");
    assert!(misconception(verdicts[0]), "{verdicts:?}");
    assert_eq!(verdicts[1..], [Some(&Verdict::Right), Some(&Verdict::Right), Some(&Verdict::Wrong), None]);
    assert_eq!((graded[0].given.as_str(), graded[0].right.as_str()), ("2", "4"));
}

#[test]
fn a_foreign_record_is_refused_by_name() {
    let file = guide();
    let session = Session::new(&file, "guide", None);
    let other = parse("lab.ron", &GUIDE.replace("ann pings bob once.", "ann pings bob.")).unwrap();
    assert_eq!(session.fits(&other), Err(RecordError::OtherLab("guide".to_owned())));
    let mut record = session.record.clone();
    record.format = 9;
    assert_eq!(record.regrade(&file, Lang::En), Err(RecordError::Format(9)));
    // Ends of lines are no difference.
    assert_eq!(session.fits(&parse("lab.ron", &GUIDE.replace('\n', "\r\n")).unwrap()), Ok(()));
}
