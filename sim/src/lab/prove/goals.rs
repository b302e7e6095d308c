//! What repair labs and briefs have in common: goals that all hold, or some of which fails, and none of which is idle.

use crate::lab::judge::Outcome;
use crate::plan::Bilingual;

/// What is asked of goals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Every one holds.
    AllHold,
    /// One does not, at least.
    SomeFails,
}

/// Whether goals came out as wanted; where they were judged is said in both languages, as it stands in the sentence.
pub fn proof<'a>(
    goals: Result<impl Iterator<Item = (&'a str, &'a Outcome)>, &Bilingual>,
    wanted: Wanted,
    place: [&str; 2],
) -> Outcome {
    let mut goals = match goals {
        Ok(goals) => goals,
        Err(why) => return Outcome { holds: false, text: why.clone() },
    };
    let failed = goals.find(|(_, outcome)| !outcome.holds);
    let found = failed.map_or_else(
        || Bilingual::new("they all hold", "全部成立"),
        |(name, outcome)| {
            let Bilingual { en, zh } = &outcome.text;
            Bilingual::new(format!("`{name}` fails: {en}"), format!("`{name}` 不成立:{zh}"))
        },
    );
    let (en, zh) = match wanted {
        Wanted::AllHold => ("all goals to hold", "所有目标都应成立"),
        Wanted::SomeFails => ("some goal to fail", "应有目标不成立"),
    };
    let text =
        Bilingual::new(format!("expected {en}{}: {}", place[0], found.en), format!("{}{zh}:{}", place[1], found.zh));
    Outcome { holds: failed.is_none() == (wanted == Wanted::AllHold), text }
}

/// Whether a goal fails where it may: one that never does is decoration.
pub fn can_fail(does: bool, place: [&str; 2]) -> Outcome {
    let (en, zh) = if does { ("it does", "确实如此") } else { ("it always holds", "它总是成立") };
    let text = Bilingual::new(
        format!("expected this goal to fail {}: {en}", place[0]),
        format!("这个目标在{}应不成立:{zh}", place[1]),
    );
    Outcome { holds: does, text }
}
