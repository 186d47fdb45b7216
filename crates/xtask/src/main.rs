//! What `./x` calls: everything around the code that a shell script would do badly.

mod models;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// One variant a subcommand; each has its own file.
#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tasks around the code")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make the default face models and fetch the inference runtime
    Models(models::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Models(args) => models::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
