//! `overunder`: a teaching lab for overlay and underlay networks.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
