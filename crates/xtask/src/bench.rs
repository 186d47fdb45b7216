//! `bench`: how quick the server and its parts are on this machine, and what the face engine is worth.

use std::process::Command;

use anyhow::Result;

use crate::{project, setup, shell};

/// What to measure.
#[derive(clap::Args)]
pub struct Args {
    /// `face …` for time side by side with Python, `scan …` for the scans that a core carries, `faces --set FOLDER …`
    /// for accuracy, `registry …` for imports and answers up to ten million enterprises, `flow …` for whole verifications
    /// against the database's limit; `--help` behind each lists the rest
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    arguments: Vec<String>,
}

/// Programs that are called like their first argument, and whether they start the server.
const PROGRAMS: [(&str, &str, bool); 4] = [
    ("face", "shiming-face-bench", false),
    ("scan", "shiming-scan-bench", true),
    ("registry", "shiming-registry-bench", false),
    ("flow", "shiming-flow-bench", true),
];

/// Builds the measuring program with all optimisation and runs it, on the models of the checkout unless others are
/// named.
pub fn run(args: &Args) -> Result<()> {
    let first = args.arguments.first().map_or("", String::as_str);
    let program = PROGRAMS.iter().find(|(name, ..)| *name == first);
    setup::run(&setup::Args {
        tests: first == "flow",
    })?;
    if let Some((_, package, server)) = program {
        if *server {
            let build = [
                "build",
                "--locked",
                "--release",
                "--quiet",
                "--package",
                "shiming",
            ];
            shell::run(&mut shell::program("cargo", &build))?;
        }
        return shell::run(measuring(&["--package", package]).args(&args.arguments));
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
