//! `overunder calibrate`: what work costs on the kernel of this machine, as a profile that a lab can use.
//!
//! The paths are laid in network namespaces of their own, so nothing of the machine's network is touched. What is timed
//! is a program that sends datagrams: on these paths the kernel does all the work of a packet before the call returns,
//! up to the queue of the socket at the other end. A price is the difference of two paths.

mod child;
mod paths;
mod prices;

use std::path::Path;
use std::process::Command;

use clap::Args;
use overunder_sim::lab::print::pretty;
use overunder_sim::lab::schema::profile::tree;

use super::failure::Failure;
use super::interrupt::{self, Stop};
use super::output::Output;
use super::parallel::cores;
use prices::Measured;

#[derive(Args, Debug)]
pub struct Calibrate {
    /// What the profile is called
    #[arg(long, value_name = "NAME", default_value = "measured")]
    name: String,
    /// Datagrams of one round; of all rounds the fastest counts
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..=10_000_000))]
    packets: u32,
    /// Sends as many datagrams of `--size` bytes there, and prints nanoseconds for one: used by itself
    #[arg(long, hide = true)]
    blast: Option<std::net::SocketAddr>,
    #[arg(long, hide = true, default_value_t = 64)]
    size: usize,
    /// Opens a socket there until its input ends: used by itself
    #[arg(long, hide = true, conflicts_with = "blast")]
    sink: Option<std::net::SocketAddr>,
}

/// How often each path is laid: what disturbs may last longer than all rounds on one.
const TIMES: u32 = 3;

/// What is said when a signal ends it.
const ENDED: &str = "not all paths were measured, so there is no profile; the namespaces are gone";

/// What no price stands for, and what it does to the others.
const LEFT_OUT: [(&str, &str); 3] = [
    ("offload, which is 0: each datagram passes alone", "卸载,为 0:每个数据报单独通过"),
    (
        "the receiver's read, as nobody reads the socket: a stack-pass is a little too cheap",
        "接收方的读取,因为没有人读套接字:stack-pass 略微偏低",
    ),
    (
        "cold caches, as one flow has the machine for itself: expect more where many flows share it",
        "冷缓存,因为只有一条流独占机器:多条流共享时会更贵",
    ),
];

impl Calibrate {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        if let Some(to) = self.blast {
            let nanos = child::blast(to, self.packets, self.size)?;
            return Ok(out.line(&nanos.to_string())?);
        }
        if let Some(at) = self.sink {
            return Ok(child::sink(at, out)?);
        }
        possible().map_err(|why| Failure::usage(why, "the profiles that are there: overunder explain server"))?;
        if self.name.trim().is_empty() || self.name.contains(['"', '\\']) || self.name.contains(char::is_control) {
            return Err(Failure::usage("this cannot be the name of a profile", "--name measured"));
        }
        let measured = self.measure(out)?;
        self.report(&measured, out)
    }

    fn measure(&self, out: &Output) -> Result<Measured, Failure> {
        let stop = Stop::on(&[interrupt::INT, interrupt::TERM, interrupt::HUP]);
        let ended = |signal| Failure::Interrupted(signal, ENDED.to_owned(), String::new());
        let failed = |error| {
            let failure = Failure::File("the measurement".to_owned(), error);
            stop.signal().map_or(failure, ended)
        };
        let time = |path: paths::Path, size: usize| {
            out.remark(&format!("{}, {size} bytes …", out.lang.pick(path.en(), path.zh())));
            let first = paths::time(path, self.packets, size, &stop)?;
            (1..TIMES).try_fold(first, |best, _| Ok(best.min(paths::time(path, self.packets, size, &stop)?)))
        };
        let loopback = time(paths::Path::Loopback, 64).map_err(failed)?;
        let long = time(paths::Path::Loopback, child::LONG).map_err(failed)?;
        let veth = time(paths::Path::Veth, 64).map_err(failed)?;
        let bridge = time(paths::Path::Bridge, 64).map_err(failed)?;
        let routed = time(paths::Path::Routed, 64).map_err(failed)?;
        // A kernel without the module has no such path.
        let vxlan = time(paths::Path::Vxlan, 64).ok();
        let ipip = time(paths::Path::Ipip, 64).ok();
        let (copy, byte_ps) = child::copies().map_err(failed)?;
        let wake = child::wakes().map_err(failed)?;
        if let Some(signal) = stop.signal() {
            return Err(ended(signal));
        }
        Ok(Measured { loopback, long, veth, bridge, routed, vxlan, ipip, copy, byte_ps, wake })
    }

    fn report(&self, measured: &Measured, out: &mut Output) -> Result<(), Failure> {
        let (profile, kept) = prices::profile(measured, &self.name, cores() as u16);
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let kernel = kernel.trim();
        let (n, rounds) = (self.packets, TIMES * child::ROUNDS);
        out.say(
            &format!("// Linux {kernel}: the fastest of {rounds} rounds of {n} datagrams on each path."),
            &format!("// Linux {kernel}:每条路径发 {rounds} 轮、每轮 {n} 个数据报,取最快的一轮。"),
        )?;
        for (path, nanos) in measured.paths() {
            let nanos = nanos
                .map_or_else(|| out.lang.pick("not on this kernel", "此内核没有").to_owned(), |n| format!("{n} ns"));
            out.line(&format!("//   {}: {nanos}", out.lang.pick(path.en(), path.zh())))?;
        }
        out.say("// Not measured, so the prices of server stand:", "// 没有测量,沿用 server 的价格:")?;
        for cost in kept {
            let price = profile.price(cost).text(out.lang);
            let (en, zh) = prices::why(cost);
            out.line(&format!("//   {} {price}: {}", cost.name().slug, out.lang.pick(en, zh)))?;
        }
        for (en, zh) in LEFT_OUT {
            out.say(&format!("// Left out: {en}"), &format!("// 未计入:{zh}"))?;
        }
        Ok(out.line(&format!("profile: {},", pretty(&tree(&profile)).trim_end()))?)
    }
}

/// Whether this can be done here, or why not.
fn possible() -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        return Err("`calibrate` measures the kernel of Linux, and this is another system".to_owned());
    }
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).unwrap_or_default();
    let user = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    if user.and_then(|user| user.split_whitespace().nth(1)) != Some("0") {
        return Err("`calibrate` makes network namespaces, which only root may".to_owned());
    }
    match Command::new("ip").arg("-V").output() {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err("`calibrate` needs the program `ip` of iproute2, which is not here".to_owned()),
    }
}
