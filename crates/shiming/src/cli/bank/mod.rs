//! `shiming bank`: the bank channel and what belongs to it.

mod branches;
mod outstanding;
mod statement;

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
    /// Statements and reports of the bank
    Statement(statement::Args),
    /// Transfers without a last word, and entries that belong to none
    Outstanding(outstanding::Args),
}

/// Does it.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    super::block_on(async {
        match &args.task {
            Task::Branches(args) => branches::run(args, config).await,
            Task::Statement(args) => statement::run(args, config).await,
            Task::Outstanding(args) => outstanding::run(args, config).await,
        }
    })
}
