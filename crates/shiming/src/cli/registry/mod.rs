//! `shiming registry`: the embedded registry.

mod import;
mod show;
mod stats;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args as ClapArgs, Subcommand};

use crate::config::Config;

/// What to do with the registry.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Read enterprises from a CSV or JSON Lines file, and reference photos; may be repeated
    Import(import::Args),
    /// Count what the registry holds
    Stats,
}

/// Imports or counts.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    super::block_on(async {
        match &args.task {
            Task::Import(args) => import::run(args, config).await,
            Task::Stats => stats::run(config).await,
        }
    })
}
