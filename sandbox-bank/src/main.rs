//! A bank to test with. See README.md for its rules.

#![allow(
    clippy::disallowed_methods,
    reason = "a program of its own, which lives by the real clock"
)]

mod book;
mod command;
mod message;
mod order;
mod page;
mod rule;
mod serve;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// A bank to test with.
#[derive(Parser)]
#[command(name = "sandbox-bank", version, about)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Take payment files from a folder and answer them
    Serve(serve::Args),
    #[command(flatten)]
    Command(command::Command),
}

#[tokio::main]
async fn main() -> Result<()> {
    match Cli::parse().task {
        Task::Serve(args) => serve::run(args).await,
        Task::Command(command) => command::run(&command),
    }
}
