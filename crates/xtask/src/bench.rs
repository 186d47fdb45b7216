//! `bench`: what the face engine is worth on this machine, and how quick it is.

use std::process::Command;

use anyhow::Result;

use crate::{project, setup, shell};

/// What to measure.
#[derive(clap::Args)]
pub struct Args {
    /// `face …` for time side by side with Python, `scan …` for the scans that a core carries, `faces --set FOLDER …`
    /// for accuracy; `--help` behind each lists the rest
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    arguments: Vec<String>,
}

/// Builds the measuring program with all optimisation and runs it, on the models of the checkout unless others are
/// named.
pub fn run(args: &Args) -> Result<()> {
    setup::run(&setup::Args::default())?;
    let first = args.arguments.first().map(String::as_str);
    if first == Some("face") {
        return shell::run(measuring(&["--package", "shiming-face-bench"]).args(&args.arguments));
    }
    if first == Some("scan") {
        let build = [
            "build",
            "--locked",
            "--release",
            "--quiet",
            "--package",
            "shiming",
        ];
        shell::run(&mut shell::program("cargo", &build))?;
        return shell::run(measuring(&["--package", "shiming-scan-bench"]).args(&args.arguments));
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
