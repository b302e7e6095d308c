//! `overunder`: a teaching lab for overlay and underlay networks.

mod app;
mod cli;
mod fresh;
mod packs;
mod runtime;
mod shot;
mod store;
mod view;
mod whole;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
