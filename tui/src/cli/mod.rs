//! The command line: one file = one subcommand, and a line in [`Command`].
//!
//! Results go to standard output, everything else to standard error. Exit codes are a contract: 0 all is well, 1 an
//! expectation does not hold, 2 wrong usage or nothing to do, 3 a lab is invalid.

mod advise;
mod calibrate;
mod capture;
mod check;
mod compare;
mod explain;
mod failure;
mod grade;
mod interrupt;
mod list;
mod matrix;
mod migrate;
mod new;
mod open;
mod output;
mod parallel;
mod plan;
mod progress;
mod quiz;
mod report;
mod run;
mod schema;
mod shot;
mod source;
mod sweep;
mod watch;
mod words;
mod write;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use overunder_sim::lang::Lang;

use output::Output;

/// Simulates overlay and underlay networks with real frame bytes, and says why each frame went where it went.
#[derive(Debug, Parser)]
#[command(name = "overunder", version, after_help = "LAB is the name or the number of a shipped lab, or a path.")]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What holds for every subcommand.
#[derive(Args, Clone, Copy, Debug)]
struct Global {
    /// Only the result, no remarks
    #[arg(long, global = true)]
    quiet: bool,
    /// No colours (also: the environment variable NO_COLOR)
    #[arg(long, global = true)]
    no_color: bool,
    /// Language: en or zh
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<Lang>,
}

impl Global {
    /// What was asked for, else what the environment says, else English.
    fn lang(self) -> Lang {
        let environment = || {
            let value = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok());
            value.and_then(|value| value.parse().ok())
        };
        self.lang.or_else(environment).unwrap_or_default()
    }

    fn colors(self) -> bool {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        !self.no_color && !refused
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Opens a lab on the screen: step forward, step back, see why
    Open(open::Open),
    /// Lists the labs in teaching order
    List(list::List),
    /// Runs a lab and tells what happens, and why
    Run(run::Run),
    /// Asks the questions of a lab in plain text: predict, then see what happens
    Quiz(quiz::Quiz),
    /// Checks labs: are they sound, and do they show what they say?
    Check(check::Check),
    /// Compares runs of suites and labs side by side, and with accepted numbers
    Compare(compare::Compare),
    /// Runs a lab with its parameters at many values
    Sweep(sweep::Sweep),
    /// Puts the parts of a sweep together
    Merge(sweep::Merge),
    /// Checks labs again whenever they are saved
    Watch(watch::Watch),
    /// Grades recorded sessions by doing them again, and designs by running them
    Grade(grade::Grade),
    /// Shows what a lab is made of, each piece with the reason it is there
    Plan(plan::Plan),
    /// Tries every plugin in every environment: which network carries it, and what stops it
    Matrix(matrix::Matrix),
    /// Says which plugins remain in an environment for what pods need, and why each other one fell
    Advise(advise::Advise),
    /// Measures what work costs on the kernel of this machine, and prints it as a profile for labs
    Calibrate(calibrate::Calibrate),
    /// Prints the reference of the lab format
    Schema(schema::Schema),
    /// Brings a lab of an older format up to date
    Migrate(migrate::Migrate),
    /// Writes a lab to begin with
    New(new::New),
    /// Draws a screen as a picture, without a terminal
    Shot(shot::Shot),
    /// Explains a reason (bridge.table-full) or a finding (L010) in full
    Explain(explain::Explain),
}

/// Runs the program and returns its exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return ExitCode::from(if asked { 0 } else { 2 });
        }
    };
    let mut out = Output::new(cli.global);
    let result = match cli.command {
        None if crate::runtime::has_terminal() => open::Open::default().run(cli.global, &mut out),
        None => list::List::default().run(&mut out),
        Some(Command::Open(open)) => open.run(cli.global, &mut out),
        Some(Command::Shot(shot)) => shot.run(&mut out),
        Some(Command::List(list)) => list.run(&mut out),
        Some(Command::Run(run)) => run.run(&mut out),
        Some(Command::Quiz(quiz)) => quiz.run(&mut out),
        Some(Command::New(new)) => new.run(&mut out),
        Some(Command::Check(check)) => check.run(&mut out),
        Some(Command::Compare(compare)) => compare.run(&mut out),
        Some(Command::Sweep(sweep)) => sweep.run(&mut out),
        Some(Command::Merge(merge)) => merge.run(&mut out),
        Some(Command::Watch(watch)) => watch.run(&mut out),
        Some(Command::Grade(grade)) => grade.run(&mut out),
        Some(Command::Matrix(matrix)) => matrix.run(&mut out),
        Some(Command::Advise(advise)) => advise.run(&mut out),
        Some(Command::Calibrate(calibrate)) => calibrate.run(&mut out),
        Some(Command::Schema(schema)) => schema.run(&mut out),
        Some(Command::Migrate(migrate)) => migrate.run(&mut out),
        Some(Command::Plan(plan)) => plan.run(&mut out),
        Some(Command::Explain(explain)) => explain.run(&mut out),
    };
    match result.and_then(|()| Ok(out.finish()?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(cli.global),
    }
}
