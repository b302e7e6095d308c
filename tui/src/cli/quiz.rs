//! `overunder quiz LAB`: a guided lab in plain text, for pipes and screen readers.
//!
//! One line in, a few lines out; nothing is drawn over, no colour says anything that words do not.

use std::fs;
use std::io::{self, BufRead, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Args;
use overunder_sim::lab::guide::{Player, Record, Session, Stage, Sure};
use overunder_sim::lab::question::{Form, Question, Reveal};
use overunder_sim::lab::{Answer, LabFile, Verdict};
use overunder_sim::lang::Lang;
use overunder_sim::view::work;

use super::failure::Failure;
use super::output::Output;
use super::words;

#[derive(Args, Debug)]
pub struct Quiz {
    /// Name or number of a shipped lab, or a path
    lab: String,
    /// Keeps the answers in a new file when the quiz is left
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    save: Option<PathBuf>,
    /// Goes on where the answers in this file end, and keeps them there
    #[arg(long, value_name = "FILE", conflicts_with = "seed")]
    resume: Option<PathBuf>,
    /// Also asks how sure you are
    #[arg(long)]
    sure: bool,
    /// Seed of all random numbers; the lab's own if not given
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// What was typed.
enum Typed {
    Line(String),
    /// `q`, or the end of the input.
    Leave,
}

/// What came of a question.
enum Reply {
    Answer(Option<Answer>, Option<Sure>),
    Leave,
}

/// A quiz in progress.
struct Asking<'a> {
    file: &'a LabFile,
    player: Player<'a>,
    session: Session,
    sure: bool,
    echo: bool,
}

impl Quiz {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        let lab = words::load(&self.lab, out)?;
        let file = lab.file();
        if file.steps.is_empty() {
            let hint = format!("`overunder run {}` runs it", self.lab);
            return Err(Failure::usage(format!("{} has no guide", lab.name), hint));
        }
        if let Some(path) = self.save.as_ref().filter(|path| path.exists()) {
            let hint = format!("to go on with it: --resume {}", path.display());
            return Err(Failure::usage(format!("{} exists already", path.display()), hint));
        }
        let session = match &self.resume {
            Some(path) => resumed(path, file)?,
            None => Session::new(file, &lab.name, self.seed),
        };
        let player = Player::new(file, session.record.seed);
        let echo = !io::stdin().is_terminal();
        let mut asking = Asking { file, player, session, sure: self.sure, echo };
        asking.introduce(&lab.name, out)?;
        asking.all(out)?;
        asking.farewell(out)?;
        match self.save.as_ref().or(self.resume.as_ref()) {
            Some(path) => save(path, &asking.session, out),
            None => Ok(()),
        }
    }
}

fn resumed(path: &Path, file: &LabFile) -> Result<Session, Failure> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| Failure::File(shown.to_string(), error))?;
    let session: Session = serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format!("{shown} holds no quiz: {error}"), "give a file that `--save` made"))?;
    session.fits(file).map_err(|error| Failure::usage(format!("{shown}: {error}"), "start a new one with --save"))?;
    Ok(session)
}

fn save(path: &Path, session: &Session, out: &mut Output) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(session).unwrap_or_default();
    crate::whole::write(path, (text + "\n").as_bytes())
        .map_err(|error| Failure::File(path.display().to_string(), error))?;
    out.finish()?;
    let word = out.lang.pick("answers kept in", "答案保存在");
    out.remark(&format!("{word} {}", path.display()));
    Ok(())
}

impl Asking<'_> {
    fn introduce(&self, name: &str, out: &mut Output) -> Result<(), Failure> {
        out.heading(&format!("{name}  {}", self.file.title))?;
        let (steps, questions) =
            (self.file.steps.len(), self.file.steps.iter().map(|step| step.questions.len()).sum::<usize>());
        match out.lang {
            Lang::En => {
                out.line(&format!("{steps} steps, {questions} questions. Predict first, then the network runs."))?;
            }
            Lang::Zh => out.line(&format!("{steps} 个步骤,{questions} 道题。先预测,再让网络运行。"))?,
        }
        let mut profiles: Vec<String> =
            self.file.variants().iter().flat_map(|variant| variant.plan().profiles()).collect();
        profiles.sort_unstable();
        profiles.dedup();
        match (work::label(&profiles, out.lang), out.lang) {
            (Some(label), Lang::En) => out.line(&format!("What work costs here: {label}."))?,
            (Some(label), Lang::Zh) => out.line(&format!("这里工作的代价:{label}。"))?,
            (None, _) => {}
        }
        out.say(
            "Type an answer, ? for a hint, skip to pass over a question, q to quit.",
            "输入答案;? 要提示,skip 跳过这道题,q 退出。",
        )?;
        Ok(())
    }

    fn all(&mut self, out: &mut Output) -> Result<(), Failure> {
        loop {
            match self.session.stage() {
                Stage::Over => return Ok(()),
                Stage::Tell => self.tell(out)?,
                Stage::Ask(_) => match self.ask(out)? {
                    Reply::Answer(given, sure) => {
                        self.session.answer(self.file, given, sure);
                        continue;
                    }
                    Reply::Leave => return Ok(()),
                },
                Stage::Play => self.play(out)?,
                Stage::Reveal(_) => self.reveal(out)?,
            }
            self.session.advance(self.file);
        }
    }

    fn tell(&self, out: &mut Output) -> Result<(), Failure> {
        let Some(step) = self.session.step(self.file) else { return Ok(()) };
        let (number, all) = (self.session.step_number() + 1, self.file.steps.len());
        out.line("")?;
        out.heading(&match out.lang {
            Lang::En => format!("Step {number} of {all}: {}", step.name),
            Lang::Zh => format!("第 {number} 步,共 {all} 步:{}", step.name),
        })?;
        out.line(&step.say)?;
        let before = number.checked_sub(2).and_then(|before| self.file.steps.get(before));
        if before.map_or(number > 1, |before| before.variant != step.variant) {
            let says = self.file.variant(Some(&step.variant)).map(|variant| variant.say.join(" ")).unwrap_or_default();
            let world = out.lang.pick("A new network, from the start", "换一个新的网络,从头开始");
            let colon = if says.is_empty() { "." } else { ": " };
            out.line(&format!("{world} ({}){colon}{says}", step.variant))?;
        }
        Ok(())
    }

    fn ask(&mut self, out: &mut Output) -> Result<Reply, Failure> {
        let Some(question) = self.session.question(self.file) else { return Ok(Reply::Leave) };
        out.line("")?;
        let number = self.session.record.answers.len() + 1;
        let word = match out.lang {
            Lang::En => format!("Question {number}: "),
            Lang::Zh => format!("第 {number} 题:"),
        };
        out.line(&format!("{word}{}", question.say))?;
        offer(question, out)?;
        let expects = question.asked().expects(out.lang);
        out.line(&format!("{}{expects}", out.lang.pick("Expected: ", "请输入:")))?;
        loop {
            let line = match self.line("> ", out)? {
                Typed::Leave => return Ok(Reply::Leave),
                Typed::Line(line) => line,
            };
            if ["?", "\u{ff1f}", "hint"].contains(&line.as_str()) {
                self.hint(out)?;
            } else if ["skip", "跳过"].contains(&line.as_str()) {
                return Ok(Reply::Answer(None, None));
            } else {
                match question.parse(&line, out.lang) {
                    Ok(answer) => return self.sure(answer, out),
                    Err(expected) => out.line(&format!("{}{expected}", out.lang.pick("Please type ", "请输入:")))?,
                }
            }
        }
    }

    fn sure(&mut self, answer: Answer, out: &mut Output) -> Result<Reply, Failure> {
        if !self.sure {
            return Ok(Reply::Answer(Some(answer), None));
        }
        out.say(
            "How sure? 1 a guess, 2 fairly, 3 certain; Enter alone: not said.",
            "有多大把握? 1 猜的,2 还行,3 肯定;直接回车表示不说。",
        )?;
        loop {
            let line = match self.line("> ", out)? {
                // What was answered is not lost by leaving here.
                Typed::Leave => return Ok(Reply::Answer(Some(answer), None)),
                Typed::Line(line) => line,
            };
            let sure = match line.as_str() {
                "" => None,
                "1" => Some(Sure::Guess),
                "2" => Some(Sure::Fairly),
                "3" => Some(Sure::Certain),
                _ => {
                    out.say("Please type 1, 2 or 3, or nothing.", "请输入 1、2、3,或直接回车。")?;
                    continue;
                }
            };
            return Ok(Reply::Answer(Some(answer), sure));
        }
    }

    fn hint(&mut self, out: &mut Output) -> Result<(), Failure> {
        let (Some(level), Some(question)) = (self.session.hint(), self.session.question(self.file)) else {
            return Ok(out.say("There are no more hints.", "没有更多提示了。")?);
        };
        let step = self.session.step_number();
        self.run(step)?;
        let text = self.player.seen(step).and_then(|seen| question.hint(level, seen, out.lang)).unwrap_or_default();
        let word = match out.lang {
            Lang::En => format!("Hint {}: ", level + 1),
            Lang::Zh => format!("提示 {}:", level + 1),
        };
        Ok(out.line(&format!("{word}{text}"))?)
    }

    fn run(&mut self, step: usize) -> Result<(), Failure> {
        let played = self.player.play(step);
        let failed = |error| Failure::usage(format!("{error}"), "please report this: a sound lab must run");
        played.map(|_| ()).map_err(failed)
    }

    fn play(&mut self, out: &mut Output) -> Result<(), Failure> {
        let step = self.session.step_number();
        self.run(step)?;
        let Ok(played) = self.player.play(step) else { return Ok(()) };
        let (count, time) = (played.until().0 - played.from.0, played.ended());
        out.line("")?;
        let text = match out.lang {
            Lang::En => format!("The network runs: {count} events, up to {time}."),
            Lang::Zh => format!("网络运行:{count} 个事件,到 {time}。"),
        };
        Ok(out.line(&text)?)
    }

    fn reveal(&mut self, out: &mut Output) -> Result<(), Failure> {
        let step = self.session.step_number();
        self.run(step)?;
        let (Some(question), Some(seen)) = (self.session.question(self.file), self.player.seen(step)) else {
            return Ok(());
        };
        let answered = self.session.answered(self.file);
        let given = answered.and_then(|answered| answered.given.as_ref());
        let reveal = question.reveal(given, seen, out.lang);
        out.line("")?;
        out.line(&question.say)?;
        let own = reveal.given.as_deref().unwrap_or_else(|| out.lang.pick("none", "无"));
        out.line(&format!("{}{own}", out.lang.pick("Your answer: ", "你的答案:")))?;
        told(&reveal, out)
    }

    fn line(&mut self, prompt: &str, out: &mut Output) -> Result<Typed, Failure> {
        out.part(prompt)?;
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        let ended = match read {
            Ok(0) => true,
            Ok(_) => false,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                // Bytes that are no text are an answer nobody expects; they are asked for again.
                "\u{fffd}".clone_into(&mut line);
                false
            }
            Err(error) => return Err(Failure::File("standard input".to_owned(), error)),
        };
        let line = line.trim().to_owned();
        if self.echo {
            out.line(&line)?;
        }
        if ended && !self.echo {
            out.line("")?;
        }
        let leaves = ended || ["q", "quit", "退出"].contains(&line.to_lowercase().as_str());
        Ok(if leaves { Typed::Leave } else { Typed::Line(line) })
    }

    fn farewell(&self, out: &mut Output) -> Result<(), Failure> {
        out.line("")?;
        let over = self.session.stage() == Stage::Over;
        if !over {
            out.say("You leave before the end.", "你在结束之前离开。")?;
        }
        let (asked, right, hints) = score(&self.session.record, self.file, out.lang);
        match out.lang {
            Lang::En => out.line(&format!("{right} of {asked} answers right, {hints} hints."))?,
            Lang::Zh => out.line(&format!("{asked} 个答案中 {right} 个正确,用了 {hints} 条提示。"))?,
        }
        if over {
            out.line(&format!("{}{}", out.lang.pick("Remember: ", "记住:"), self.file.idea))?;
        }
        Ok(())
    }
}

/// Answers given, how many are right, hints taken.
fn score(record: &Record, file: &LabFile, lang: Lang) -> (usize, usize, usize) {
    let graded = record.regrade(file, lang).unwrap_or_default();
    let right = graded.iter().filter(|one| one.verdict == Some(Verdict::Right)).count();
    let given = graded.iter().filter(|one| one.verdict.is_some()).count();
    (given, right, record.answers.iter().map(|answered| usize::from(answered.hints)).sum())
}

/// What can be chosen, one line each.
fn offer(question: &Question, out: &mut Output) -> Result<(), Failure> {
    match question.asked().form() {
        Form::Choice(options) | Form::Order(options) => {
            for (at, (_, say)) in options.iter().enumerate() {
                out.line(&format!("  {}. {say}", at + 1))?;
            }
        }
        Form::Grid(rows, columns) => {
            for row in &rows {
                out.line(&format!("  {row}: {}", columns.join(" / ")))?;
            }
        }
        Form::Number(_) | Form::Pick(_) | Form::Fill(_) => {}
    }
    Ok(())
}

fn told(reveal: &Reveal, out: &mut Output) -> Result<(), Failure> {
    for line in &reveal.text {
        out.line(line)?;
    }
    for line in &reveal.lines {
        out.line(&format!("  {line}"))?;
    }
    let evidence = &reveal.evidence;
    if evidence.pieces.is_empty() {
        return Ok(());
    }
    out.say("What shows it:", "依据:")?;
    for piece in &evidence.pieces {
        let time = piece.time.map(|time| format!(" {time}")).unwrap_or_default();
        let event = out.lang.pick("event", "事件");
        out.line(&format!("  {event} {}{time}  {}  {}", piece.event, piece.place, piece.what.get(out.lang)))?;
    }
    let more = evidence.total.saturating_sub(evidence.pieces.len());
    if more > 0 {
        out.line(&match out.lang {
            Lang::En => format!("  and {more} more"),
            Lang::Zh => format!("  还有 {more} 条"),
        })?;
    }
    Ok(())
}
