//! What `./x` calls: everything around the code that a shell script would do badly.

#![allow(
    clippy::disallowed_methods,
    reason = "measures how long steps take and draws test images: nothing here decides anything"
)]

mod audit;
mod bench;
mod e2e;
mod example;
mod lint;
mod models;
mod programs;
mod project;
mod release;
mod sandbox_bank;
mod serve;
mod setup;
mod shell;
mod supply_chain;
mod test;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// One variant a subcommand; each has its own file.
#[derive(Parser)]
#[command(
    name = "./x",
    about = "Tasks around the code",
    disable_help_subcommand = false
)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Bring everything that a start needs: system packages, face models, the pages
    Setup(setup::Args),
    /// Start a server with the demonstration on; arguments go to `shiming serve`
    Run(serve::Args),
    /// Check everything that the project promises; ends with the number of tests
    Test(test::Args),
    /// Formatting and lints of all languages
    Lint,
    /// The browser tests; arguments go to Playwright
    E2e(e2e::Args),
    /// Start a small platform in front of a server of its own, to see how platforms connect
    Example,
    /// Build the binary for production, with the pages inside
    Build,
    /// Measure the server and its parts; arguments go to the measuring program
    Bench(bench::Args),
    /// Look for known vulnerabilities in dependencies (needs access to github.com)
    Audit,
    /// Make the default face models and fetch the inference runtime
    Models(models::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Setup(args) => setup::run(&args),
        Task::Run(args) => serve::run(&args),
        Task::Test(args) => return test::run(&args),
        Task::Lint => lint::run(),
        Task::E2e(args) => e2e::run(&args),
        Task::Example => example::run(),
        Task::Build => release::run(),
        Task::Bench(args) => bench::run(&args),
        Task::Audit => audit::run(),
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
