//! `bench`: what the face engine is worth on this machine, and how quick it is.

use std::process::Command;

use anyhow::Result;

use crate::{project, setup, shell};

/// What to measure.
#[derive(clap::Args)]
pub struct Args {
    /// `faces --set FOLDER …` for accuracy, `face …` for time side by side with Python, `speed FRAME.jpg …` for time
    /// alone; `--help` behind each lists the rest
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    arguments: Vec<String>,
}

/// Builds the measuring program with all optimisation and runs it, on the models of the checkout unless others are
/// named.
pub fn run(args: &Args) -> Result<()> {
    setup::run(&setup::Args::default())?;
    if args.arguments.first().is_some_and(|first| first == "face") {
        return shell::run(measuring(&["--package", "shiming-face-bench"]).args(&args.arguments));
    }
    let mut bench = measuring(&["--package", "shiming-face", "--example", "bench"]);
    bench.args(&args.arguments);
    let named = |option: &str| {
        args.arguments
            .iter()
            .any(|argument| argument.starts_with(option))
    };
    if !named("--models") && !named("--help") {
        bench.arg("--models").arg(project::path("models"));
    }
    if !named("--runtime") && !named("--help") {
        bench
            .arg("--runtime")
            .arg(project::path("models/runtime/libonnxruntime.so"));
    }
    shell::run(&mut bench)
}

fn measuring(program: &[&str]) -> Command {
    let mut cargo = shell::program("cargo", &["run", "--locked", "--release", "--quiet"]);
    cargo.args(program).arg("--");
    cargo
}
