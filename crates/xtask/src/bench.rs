//! `bench`: what the face engine is worth on this machine, and how quick it is.

use anyhow::Result;

use crate::{project, setup, shell};

/// What to measure.
#[derive(clap::Args)]
pub struct Args {
    /// `faces --set FOLDER …` for accuracy, `speed FRAME.jpg …` for time; `--help` lists the rest
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    arguments: Vec<String>,
}

/// Builds the measuring program with all optimisation and runs it, on the models of the checkout unless others are
/// named.
pub fn run(args: &Args) -> Result<()> {
    setup::run(&setup::Args::default())?;
    let cargo = [
        "run",
        "--locked",
        "--release",
        "--quiet",
        "--package",
        "shiming-face",
        "--example",
        "bench",
        "--",
    ];
    let mut bench = shell::program("cargo", &cargo);
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
