//! How routers came to agree after a change, told to people: how long it took, and what went wrong on the way.

use crate::engine::World;
use crate::lab::judge::Convergence;
use crate::lab::judge::convergence::{Episode, Phase, Wrong};
use crate::lang::Lang;
use crate::view::names::node_name;
use crate::view::tables::{grid, pad};

/// Loops and black holes listed at most.
const LISTED: usize = 20;

fn word(wrong: Wrong, lang: Lang) -> &'static str {
    match wrong {
        Wrong::Loop => lang.pick("loop", "环路"),
        Wrong::Hole => lang.pick("black hole", "黑洞"),
    }
}

fn nodes(episode: &Episode, world: &World, lang: Lang) -> String {
    let names: Vec<String> = episode.routers.iter().map(|at| node_name(world, *at)).collect();
    names.join(lang.pick(", ", "、"))
}

/// What begins, or is over, in the world's last event.
pub fn sentence(episode: &Episode, begins: bool, world: &World, lang: Lang) -> String {
    let (nodes, (ip, len)) = (nodes(episode, world, lang), episode.prefix);
    let lasted = episode.ended.map(|ended| ended.time.since(episode.began.time)).unwrap_or_default();
    match (lang, episode.wrong, begins) {
        (Lang::En, Wrong::Loop, true) => format!("a loop: {nodes} pass packets for {ip}/{len} round among themselves"),
        (Lang::Zh, Wrong::Loop, true) => format!("环路:{nodes} 之间来回转发去 {ip}/{len} 的包"),
        (Lang::En, Wrong::Hole, true) => format!("a black hole: {nodes} would lose packets for {ip}/{len}"),
        (Lang::Zh, Wrong::Hole, true) => format!("黑洞:{nodes} 会丢失去 {ip}/{len} 的包,尽管有路可走"),
        (Lang::En, wrong, false) => format!("the {} for {ip}/{len} is over after {lasted}", word(wrong, lang)),
        (Lang::Zh, wrong, false) => format!("去 {ip}/{len} 的{}在 {lasted} 后结束", word(wrong, lang)),
    }
}

/// Lines about the world's last event, in the narration; often none.
pub fn news(known: &Convergence, world: &World, lang: Lang) -> Vec<String> {
    let line = |(episode, begins): (&Episode, bool)| {
        let text = sentence(episode, begins, world, lang);
        format!("── {} {} ── {text}", pad(&world.event().to_string(), 5), world.now())
    };
    known.news(world.event()).map(line).collect()
}

fn phase(phase: &Phase, lang: Lang) -> Vec<String> {
    let told = phase.told.all().iter().map(|(name, count, bytes)| match lang {
        Lang::En => format!("{name}: {count} messages, {bytes} bytes"),
        Lang::Zh => format!("{name}:{count} 条报文,{bytes} 字节"),
    });
    let told: Vec<String> = told.collect();
    let said = if told.is_empty() { "-".to_owned() } else { told.join("; ") };
    let time = phase.last.map_or_else(|| "-".to_owned(), |_| phase.span().to_string());
    vec![phase.name.clone(), phase.began.time.to_string(), time, phase.changes.to_string(), said]
}

fn episode(episode: &Episode, known: &Convergence, world: &World, lang: Lang) -> Vec<String> {
    let (ip, len) = episode.prefix;
    let cause = known.phases().iter().rev().find(|phase| phase.began <= episode.began);
    let ended = match episode.ended {
        Some(ended) => ended.time.since(episode.began.time).to_string(),
        None => lang.pick("not over", "未结束").to_owned(),
    };
    vec![
        word(episode.wrong, lang).to_owned(),
        format!("{ip}/{len}"),
        nodes(episode, world, lang),
        cause.map_or_else(String::new, |phase| phase.name.clone()),
        episode.began.event.to_string(),
        episode.began.time.to_string(),
        ended,
    ]
}

/// What is told at the end of a run: one line for each change, one for each loop and black hole.
pub fn report(known: &Convergence, world: &World, lang: Lang) -> Vec<String> {
    let heading: [&str; 5] = match lang {
        Lang::En => ["change", "at", "until the last rewrite", "rewrites", "said until then"],
        Lang::Zh => ["变化", "时刻", "到最后一次改写", "改写行数", "在此之前的报文"],
    };
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(known.phases().iter().map(|at| phase(at, lang)));
    let mut lines = grid(&rows);
    let lasting: Vec<&Episode> =
        known.episodes().iter().filter(|at| at.ended.is_none_or(|ended| ended.time > at.began.time)).collect();
    // Before anything was told everybody knows nothing, which is no surprise: loops come first.
    let (mut shown, rest): (Vec<&Episode>, Vec<&Episode>) =
        lasting.iter().partition(|at| at.wrong == Wrong::Loop || at.began.event.0 > 0);
    let untold = rest.len() + shown.len().saturating_sub(LISTED);
    shown.truncate(LISTED);
    let heading: [&str; 7] = match lang {
        Lang::En => ["wrong", "network", "routers", "after", "event", "from", "for"],
        Lang::Zh => ["错误", "网络", "路由器", "起因", "事件", "开始", "持续"],
    };
    if !shown.is_empty() {
        let mut rows = vec![heading.map(str::to_owned).to_vec()];
        rows.extend(shown.into_iter().map(|at| episode(at, known, world, lang)));
        lines.push(String::new());
        lines.extend(grid(&rows));
    }
    if untold > 0 {
        lines.push(match lang {
            Lang::En => format!("… and {untold} more, most of them before the routers knew of each other"),
            Lang::Zh => format!("…… 另有 {untold} 个,多半在路由器彼此认识之前"),
        });
    }
    lines
}
