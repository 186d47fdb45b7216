//! Whole verifications over real HTTP, on both engines, against what the database alone can do with the same statements.

#![allow(
    clippy::disallowed_methods,
    reason = "measures how long things take: nothing here decides anything"
)]

mod applicants;
mod bare;
mod driver;
mod judged;
mod pages;
mod pgbench;
mod plan;
mod recording;
mod report;
mod setup;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// The server's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(about = "Measures whole verifications, and how many pages may wait")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Verifications against the database's limit, on SQLite and PostgreSQL; then waiting pages
    Flow(driver::Args),
    /// The server, with a route that judges scans without looking
    #[command(hide = true)]
    Serve(judged::Args),
}

fn main() -> Result<()> {
    // Set only once, so there can't be another.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match Cli::parse().command {
        Command::Flow(args) => driver::run(&args),
        Command::Serve(args) => judged::serve(&args),
    }
}
