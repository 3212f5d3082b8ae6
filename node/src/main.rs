//! `raum`: a citizens' portal, a staff desk and a set of standard interfaces for the members of a region.

use std::process::ExitCode;

use clap::Parser as _;
use node::commands::Cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("raum: {problem}");
            ExitCode::FAILURE
        }
    }
}
