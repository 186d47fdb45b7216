//! Finds how many face scans one core carries: simulated phones stream over real `WebSockets` to the real server.

#![allow(
    clippy::disallowed_methods,
    reason = "measures how long things take: nothing here decides anything"
)]

mod api;
mod clips;
mod driver;
mod figures;
mod memory;
mod phone;
mod server;
mod tally;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Finds how many face scans one core carries")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Simulated phones against the server on one core
    Scan(driver::Args),
    /// Memory that the models of one worker take
    #[command(hide = true)]
    Memory(memory::Args),
}

fn main() -> Result<()> {
    // The client wants one, although it speaks plain http here. Set only once, so there can't be another.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match Cli::parse().command {
        Command::Scan(args) => driver::run(&args),
        Command::Memory(args) => memory::run(&args),
    }
}
