//! How a narrated run ends: flows, tables, and who heard what was not meant for them.

use std::io;

use overunder_sim::engine::World;
use overunder_sim::id::{DeviceId, FlowId};
use overunder_sim::lab::judge::Quantity;
use overunder_sim::lab::run::Runner;
use overunder_sim::lang::Lang;
use overunder_sim::view::{self, Book, Bystanders, tables, work};

use super::output::Output;

/// Writes the end of a run.
pub fn write(world: &World, book: &Book, heard: &Bystanders, out: &mut Output) -> io::Result<()> {
    refusals(world, out)?;
    flows(world, out)?;
    work(world, out)?;
    out.line("")?;
    out.heading(out.lang.pick("Tables at the end", "结束时的表"))?;
    for line in tables::all(world, book, out.lang) {
        out.line(&line)?;
    }
    counts(world, out)?;
    out.heading(out.lang.pick("Who heard what was not meant for them", "谁听到了不是发给自己的东西"))?;
    let lines = heard.text(world, out.lang);
    if lines.is_empty() {
        out.say("  nobody", "  没有人")?;
    }
    for line in lines {
        out.line(&format!("  {line}"))?;
    }
    Ok(())
}

/// How routers came to agree, where they speak with each other.
pub fn convergence(runner: &Runner, out: &mut Output) -> io::Result<()> {
    let Some(known) = &runner.trace.convergence else { return Ok(()) };
    out.line("")?;
    out.heading(out.lang.pick("How the forwarding tables came to agree", "转发表如何达成一致"))?;
    for line in view::convergence::report(known, &runner.world, out.lang) {
        out.line(format!("  {line}").trim_end())?;
    }
    Ok(())
}

/// Forwarding tables were still being written when the run was stopped.
pub fn unsettled(runner: &Runner) -> bool {
    let last = runner.trace.convergence.as_ref().map(|known| known.last());
    last.zip(runner.world.patience()).is_some_and(|(last, patience)| last + patience > runner.world.now())
}

/// What the processors did, where work takes time.
fn work(world: &World, out: &mut Output) -> io::Result<()> {
    let Some(label) = work::label(&work::profiles(world), out.lang) else { return Ok(()) };
    out.line("")?;
    out.heading(&format!("{} ({label})", out.lang.pick("Work of the processors", "处理器的工作")))?;
    for line in tables::grid(&work::rows(world, out.lang)) {
        out.line(&format!("  {line}"))?;
    }
    Ok(())
}

/// How often each device gave each of its reasons: what a card accepted and filtered, what a switch flooded.
fn counts(world: &World, out: &mut Output) -> io::Result<()> {
    out.heading(out.lang.pick("How often each rule decided", "每条规则决定了多少次"))?;
    let mut rows = Vec::new();
    for number in 0..world.device_count() {
        let id = DeviceId(number as u32);
        let counted = world.reason_counts(id).into_iter().enumerate();
        rows.extend(counted.map(|(at, (reason, count))| {
            let owner = if at == 0 { world.device_name(id) } else { "" };
            vec![owner.to_owned(), reason.slug.to_owned(), count.to_string()]
        }));
    }
    for line in tables::grid(&rows) {
        out.line(&format!("  {line}"))?;
    }
    out.line("")
}

fn refusals(world: &World, out: &mut Output) -> io::Result<()> {
    for (name, error) in world.refused() {
        let word = out.lang.pick("was refused", "被拒绝");
        out.line(&format!("{name} {word}: {error}"))?;
    }
    Ok(())
}

fn flows(world: &World, out: &mut Output) -> io::Result<()> {
    out.line("")?;
    out.heading(out.lang.pick("Flows", "流"))?;
    let heading: [&str; 7] = match out.lang {
        Lang::En => ["flow", "from", "to", "sent", "received", "lost", "round trip min / median / max"],
        Lang::Zh => ["流", "从", "到", "发出", "收到", "丢失", "往返时间 最小 / 中位 / 最大"],
    };
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for (at, flow) in world.flows().iter().enumerate() {
        let Some(stats) = world.flow_stats(FlowId(at as u16)) else { continue };
        let to = if flow.to.is_empty() { "-" } else { &flow.to };
        // Without a destination there is nobody to receive: a flood counts what it sent and nothing else.
        let counts = if flow.to.is_empty() {
            [stats.sent.to_string(), "-".to_owned(), "-".to_owned()]
        } else {
            [stats.sent.to_string(), stats.received.to_string(), stats.lost().to_string()]
        };
        let rtt = stats.rtt().map_or_else(|| "-".to_owned(), |rtt| rtt.map(|span| span.to_string()).join(" / "));
        let names = [flow.name.clone(), flow.from.clone(), to.to_owned()];
        rows.push(names.into_iter().chain(counts).chain([rtt]).collect());
    }
    for line in tables::grid(&rows) {
        out.line(&format!("  {line}"))?;
    }
    streams(world, out)
}

/// What TCP flows brought over: bytes, not packets, are what their programs know of.
fn streams(world: &World, out: &mut Output) -> io::Result<()> {
    let heading: [&str; 5] = match out.lang {
        Lang::En => ["TCP flow", "bytes sent", "bytes received", "goodput", "failed"],
        Lang::Zh => ["TCP 流", "发出字节", "收到字节", "有效吞吐量", "失败"],
    };
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for (at, flow) in world.flows().iter().enumerate() {
        let Some(stats) = world.flow_stats(FlowId(at as u16)) else { continue };
        let Some(sent) = stats.streamed else { continue };
        let goodput = stats.goodput().map_or_else(|| "-".to_owned(), |bits| Quantity::Rate(bits as i64).to_string());
        let failed = stats.failed.map_or("-", |reason| reason.slug).to_owned();
        rows.push(vec![flow.name.clone(), sent.to_string(), stats.bytes.to_string(), goodput, failed]);
    }
    if rows.len() > 1 {
        out.line("")?;
        for line in tables::grid(&rows) {
            out.line(&format!("  {line}"))?;
        }
    }
    Ok(())
}
