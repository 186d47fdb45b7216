//! `shiming bank`: the bank channel and what belongs to it.

mod branches;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args as ClapArgs, Subcommand};

use crate::config::Config;

/// What to do.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// The directory of bank branches (CNAPS codes)
    Branches(branches::Args),
}

/// Does it.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    super::block_on(async {
        match &args.task {
            Task::Branches(args) => branches::run(args, config).await,
        }
    })
}
