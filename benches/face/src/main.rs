//! Measures the face engine side by side with the same work in Python: on `OpenCV`, and on onnxruntime.
//!
//! One run starts three processes on the same cores: this program's own `serve`, which is the engine as the server
//! uses it, and two Python peers. They are asked in turn, stage by stage and round by round, so that whatever else the
//! machine does hits all alike.

#![allow(
    clippy::disallowed_methods,
    reason = "measures how long things take: nothing here decides anything"
)]

mod agreement;
mod alone;
mod answering;
mod driver;
mod figures;
mod ours;
mod peers;
mod protocol;
mod report;
mod selection;
mod stages;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Measures the face engine side by side with the same work in Python")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Guidance, judgement and each model alone, on one core and on two, against both peers
    Face(driver::Args),
    /// The engine's side of it; answers questions on its input
    #[command(hide = true)]
    Serve(ours::Args),
    /// The engine's models by themselves; answers questions on its input
    #[command(hide = true)]
    ServeModels(alone::Args),
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Face(args) => driver::run(&args),
        Command::Serve(args) => ours::serve(&args),
        Command::ServeModels(args) => alone::serve(&args),
    }
}
