//! The command line: everything a key does to the run, and what-if changes. The journal speaks it too.

use overunder_sim::id::{EventNo, NodeId};
use overunder_sim::lab::judge::convergence::Wrong;
use overunder_sim::lab::units;
use overunder_sim::lang::Lang;
use overunder_sim::time::SimTime;
use overunder_sim::view::sentence::fill;

use crate::app::against;
use crate::app::effect::Effect;
use crate::app::export;
use crate::app::filter::{self, Filter};
use crate::app::guide;
use crate::app::model::{Ask, Breakpoint, Model, Overlay, Pane, SPEED, Stage};
use crate::app::moves;
use crate::app::sizes;
use crate::app::update;
use crate::app::whatif;

/// A command: its name, what follows it, and what it does in both languages.
#[derive(Debug)]
pub struct Command {
    /// The first word.
    pub name: &'static str,
    /// What follows.
    pub follows: &'static str,
    /// What it does.
    pub en: &'static str,
    /// The same in Chinese.
    pub zh: &'static str,
}

impl Command {
    /// What it does.
    pub fn says(&self, lang: Lang) -> &'static str {
        lang.pick(self.en, self.zh)
    }
}

/// The command a line begins with.
pub fn begun(line: &str) -> Option<&'static Command> {
    let name = line.split(' ').next().unwrap_or_default();
    COMMANDS.iter().find(|command| command.name == name)
}

const fn command(name: &'static str, follows: &'static str, en: &'static str, zh: &'static str) -> Command {
    Command { name, follows, en, zh }
}

/// All commands.
pub static COMMANDS: &[Command] = &[
    command("down", "LINK|NODE", "cut a link, switch a node off", "断开链路或关闭节点"),
    command("up", "LINK|NODE", "mend a link, switch a node on", "恢复链路或打开节点"),
    command("set", "DEVICE[:PORT] FIELD VALUE", "change a setting", "修改设置"),
    command("add", "DEVICE TABLE COLUMN=VALUE…", "write a row", "写入表项"),
    command("del", "DEVICE TABLE COLUMN=VALUE…", "remove rows", "删除表项"),
    command("flush", "DEVICE TABLE", "remove learned rows", "清除学到的表项"),
    command("loss", "LINK SHARE", "let a link lose frames", "让链路丢帧"),
    command("start", "FLOW", "start a flow", "启动流量"),
    command("stop", "FLOW", "stop a flow", "停止流量"),
    command("undo", "", "take the last change back", "撤销上一次改动"),
    command("branch", "N", "go to another branch", "切换分支"),
    command("goto", "STEP|start|end", "go to a step", "跳到某一步"),
    command("time", "1.5ms", "go to a time", "跳到某个时刻"),
    command("loop", "", "to where the next loop of routers begins", "跳到下一个路由环路开始处"),
    command("hole", "", "to where the next black hole begins", "跳到下一个路由黑洞开始处"),
    command("break", "FILTER", "stop where a filter matches", "在符合条件处停下"),
    command("nobreak", "[STEP]", "remove one breakpoint, or all", "删除断点"),
    command("continue", "", "run to the next breakpoint", "运行到下一个断点"),
    command("filter", "[FILTER]", "show matching steps only", "只显示符合条件的步骤"),
    command("mark", "", "mark this moment for comparison", "标记此刻以便对比"),
    command(
        "against",
        "[VARIANT]",
        "another variant beside this run, at the same packet",
        "并排看另一个变体中的同一个报文",
    ),
    command("extra", "", "where the extra bytes come from, or as before", "多出的字节从何而来,或返回"),
    command("swap", "", "swap the sides of the Compare pane", "对比窗格左右互换"),
    command("sizes", "[BYTES,…]", "both runs with short and long packets", "用长短报文各跑两次运行"),
    command("export", "FILE.csv|FILE.md", "write the Compare pane to a file", "把对比窗格写入文件"),
    command("select", "NODE", "look at a node and stay there", "固定观察某个节点"),
    command("follow", "", "look where the frame is", "跟随帧所在的节点"),
    command("pane", "NAME", "go to a pane", "切换窗格"),
    command("table", "NAME", "look at a table", "查看某张表"),
    command("zoom", "", "enlarge the pane, or as before", "放大或还原窗格"),
    command("speed", "1/8…8", "speed of playing", "播放速度"),
    command("next", "", "go on in the guide", "继续导读"),
    command("answer", "TEXT", "answer the question", "回答问题"),
    command("sure", "1|2|3", "how sure the next answer is", "对下一个答案有多大把握"),
    command("hint", "", "a hint", "提示"),
    command("skip", "", "pass over the question", "跳过这道题"),
    command("check", "", "check the repair, or what must hold", "检查修复结果,或必须成立的事"),
    command("evidence", "", "to the step that shows the answer", "跳到说明答案的那一步"),
    command("predict", "on|off", "hide what follows an open question, or nothing", "隐藏待答问题之后的内容,或不隐藏"),
    command("save", "[FILE]", "save the session", "保存会话"),
    command("shot", "FILE.svg", "write the screen as a picture", "把屏幕存为图片"),
    command("reset", "", "lab from the start", "重新开始实验"),
    command("labs", "", "to the list of labs", "返回实验列表"),
    command("help", "", "all keys", "全部按键"),
    command("quit", "", "leave", "离开"),
];

/// Does a line. The error is for the person who typed it.
pub fn run(model: &mut Model, line: &str) -> Result<Vec<Effect>, String> {
    let line = line.trim();
    let (name, rest) = line.split_once(' ').map_or((line, ""), |(name, rest)| (name, rest.trim()));
    if name.is_empty() {
        return Ok(Vec::new());
    }
    if whatif::VERBS.contains(&name) {
        return change(model, line).map(|()| Vec::new());
    }
    match name {
        "goto" | "time" | "branch" | "undo" | "continue" | "mark" | "loop" | "hole" => travel(model, name, rest)?,
        "break" | "nobreak" | "filter" => sieve(model, name, rest)?,
        "select" | "follow" | "pane" | "table" | "zoom" | "speed" => look(model, name, rest)?,
        "against" => against::set(model, rest)?,
        "extra" => against::ask(model)?,
        "swap" => against::swap(model)?,
        "sizes" => sizes::sweep(model, rest)?,
        "export" => return export::export(model, rest),
        "next" => guide::advance(model)?,
        "answer" => guide::answer(model, rest)?,
        "sure" => guide::sure(model, rest)?,
        "hint" => guide::hint(model)?,
        "skip" => guide::skip(model)?,
        "check" => guide::check(model)?,
        "evidence" => guide::evidence(model)?,
        "predict" => guide::predict(model, rest)?,
        "save" | "shot" | "reset" | "labs" | "help" | "quit" => return house(model, name, rest),
        _ => return Err(fill(model.words().unknown_command, |_| Some(name.to_owned()))),
    }
    Ok(Vec::new())
}

/// Makes a change in the network.
fn change(model: &mut Model, line: &str) -> Result<(), String> {
    let words = model.words();
    let bench = model.bench_mut().ok_or(words.not_here)?;
    let change = whatif::parse(bench.session.world(), line)?;
    let refused = |error: overunder_sim::engine::ChangeError| fill(words.refused, |_| Some(error.to_string()));
    bench.session.apply(line, change).map_err(refused)?;
    bench.trail.clear();
    bench.record(line);
    bench.forget_verdict();
    let text = moves::branch_name(bench, words);
    model.unsaved = true;
    model.say(text);
    Ok(())
}

fn travel(model: &mut Model, name: &str, rest: &str) -> Result<(), String> {
    match (name, rest) {
        ("goto", "start") => moves::jump(model, None),
        ("goto", "end") => moves::run(model, true),
        ("goto", step) => {
            let step = step.trim_start_matches('#').parse().map_err(|_| format!("`{step}` is no step"))?;
            moves::to_event(model, EventNo(step));
        }
        ("time", time) => {
            let wrong = |wrong: units::Wrong| format!("`{time}`: {}; write {}", wrong.label, wrong.fix);
            moves::to_time(model, SimTime(units::time(time).map_err(wrong)?.0));
        }
        ("branch", number) => {
            let number = number.parse().map_err(|_| format!("`{number}` is no branch"))?;
            moves::switch(model, number);
        }
        ("undo", _) => moves::undo(model),
        ("continue", _) => moves::run(model, false),
        ("loop", _) => moves::to_wrong(model, Wrong::Loop),
        ("hole", _) => moves::to_wrong(model, Wrong::Hole),
        _ => moves::mark(model),
    }
    Ok(())
}

fn sieve(model: &mut Model, name: &str, rest: &str) -> Result<(), String> {
    let words = model.words();
    let bench = model.bench_mut().ok_or(words.not_here)?;
    match name {
        "break" if rest.is_empty() => moves::toggle_break(model),
        "break" => {
            let filter = Filter::parse(rest)?;
            let step = rest.strip_prefix("step=").and_then(|step| step.parse().ok());
            bench.breakpoints.push(step.map_or(Breakpoint::Filter(filter), Breakpoint::Event));
            bench.record(format!("break {rest}"));
        }
        "nobreak" => {
            let step: Option<u64> = rest.parse().ok();
            bench.breakpoints.retain(|at| step.is_some_and(|step| *at != Breakpoint::Event(step)));
            bench.record(format!("nobreak {rest}").trim_end().to_owned());
            model.say(words.break_gone);
        }
        _ => {
            bench.filter = Filter::parse(rest)?;
            bench.record(format!("filter {rest}").trim_end().to_owned());
        }
    }
    Ok(())
}

fn look(model: &mut Model, name: &str, rest: &str) -> Result<(), String> {
    let words = model.words();
    let bench = model.bench_mut().ok_or(words.not_here)?;
    match name {
        "select" => {
            let node = bench.session.world().nodes().iter().position(|node| node.name == rest);
            let node = node.ok_or_else(|| format!("there is no node `{rest}`"))?;
            bench.select(NodeId(node as u32));
        }
        "follow" => {
            bench.selection.pinned = false;
            bench.follow();
        }
        "pane" => bench.focus = Pane::find(rest).ok_or_else(|| format!("there is no pane `{rest}`"))?,
        "table" => {
            let tables = bench.session.tables(bench.selection.node);
            let mut names = tables.iter().flat_map(|(_, tables)| tables).map(|table| table.name);
            let place = names.position(|name| name == rest).ok_or_else(|| format!("there is no table `{rest}`"))?;
            (bench.places.table, bench.places.row) = (place, 0);
        }
        "zoom" => bench.zoomed = !bench.zoomed,
        _ => {
            let speed = SPEED.iter().position(|speed| *speed == rest);
            bench.speed = speed.ok_or_else(|| format!("speeds are {}", SPEED.join(" ")))?;
        }
    }
    Ok(())
}

fn house(model: &mut Model, name: &str, rest: &str) -> Result<Vec<Effect>, String> {
    match name {
        "save" => return Ok(update::save(model, (!rest.is_empty()).then(|| rest.to_owned()))),
        "shot" if rest.is_empty() => return Err("shot FILE.svg".to_owned()),
        "shot" => return Ok(vec![Effect::Shot { path: rest.to_owned() }]),
        "reset" => model.overlay = Some(Overlay::Ask(Ask::Reset)),
        "labs" => model.stage = Stage::Picker(0),
        "help" => model.overlay = Some(Overlay::Help { search: String::new(), line: 0 }),
        _ => return Ok(update::quit(model)),
    }
    Ok(Vec::new())
}

/// What the word being typed on the command line could become.
pub fn choices(model: &Model, before: &str) -> Vec<String> {
    let mut words: Vec<&str> = before.split(' ').collect();
    let last = words.pop().unwrap_or_default();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let all: Vec<String> = match (words.as_slice(), model.bench()) {
        ([], _) => COMMANDS.iter().map(|command| command.name.to_owned()).collect(),
        (["break" | "filter", ..], Some(_)) => return filter_choices(model, last),
        (["pane"], _) => Pane::ALL.iter().map(|pane| pane.name().to_owned()).collect(),
        (["against"], Some(bench)) => bench.lab.variants.clone(),
        (["predict"], _) => vec!["on".to_owned(), "off".to_owned()],
        (["speed"], _) => SPEED.iter().map(|speed| (*speed).to_owned()).collect(),
        (["goto"], _) => vec!["start".to_owned(), "end".to_owned()],
        (["select"], Some(bench)) => bench.session.world().nodes().iter().map(|node| node.name.clone()).collect(),
        (["table"], Some(bench)) => {
            let tables = bench.session.tables(bench.selection.node);
            tables.iter().flat_map(|(_, tables)| tables).map(|table| table.name.to_owned()).collect()
        }
        (words, Some(bench)) => {
            // A cell's value is completed by nodes' names.
            if let Some((_, value)) = last.split_once('=') {
                let nodes = bench.session.world().nodes().iter().map(|node| node.name.clone());
                return starting(nodes.collect(), value);
            }
            whatif::choices(bench.session.world(), words)
        }
        _ => Vec::new(),
    };
    starting(all, last)
}

fn starting(all: Vec<String>, typed: &str) -> Vec<String> {
    all.into_iter().filter(|choice| choice.starts_with(typed)).collect()
}

/// What a word of a filter could become.
pub fn filter_choices(model: &Model, last: &str) -> Vec<String> {
    let last = last.trim_start_matches('!');
    let Some(bench) = model.bench() else { return Vec::new() };
    let world = bench.session.world();
    let Some((key, values)) = last.split_once('=') else {
        let keys = filter::KEYS.iter().map(|key| format!("{key}="));
        return starting(keys.chain(filter::FLAGS.iter().map(|flag| (*flag).to_owned())).collect(), last);
    };
    let value = values.rsplit(',').next().unwrap_or_default();
    let all: Vec<String> = match key {
        "node" => world.nodes().iter().map(|node| node.name.clone()).collect(),
        "flow" => world.flows().iter().map(|flow| flow.name.clone()).collect(),
        "cable" => world.cables().iter().map(|cable| cable.name.clone()).collect(),
        "proto" => crate::app::history::LAYERS.iter().map(|&name| name.to_owned()).collect(),
        "verdict" => ["forward", "flood", "deliver", "consume", "drop", "send"].map(str::to_owned).to_vec(),
        "reason" => {
            let mut slugs: Vec<String> = bench
                .session
                .history()
                .moments()
                .iter()
                .filter_map(|moment| moment.verdict.map(|(_, reason)| reason.slug.to_owned()))
                .collect();
            slugs.sort();
            slugs.dedup();
            slugs
        }
        _ => Vec::new(),
    };
    starting(all, value)
}
