//! Resident memory of processes.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use shiming_face::{Engine, EngineOptions};

/// Which models.
#[derive(clap::Args)]
pub struct Args {
    /// Folders that may hold model sets
    #[arg(required = true)]
    models: Vec<PathBuf>,
    /// The onnxruntime library
    #[arg(long)]
    runtime: PathBuf,
}

/// What an engine adds to a process, in MiB: with one worker, and for each worker more.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
pub struct EngineMemory {
    pub first_worker: f64,
    pub next_worker: f64,
}

/// Prints what engines of one worker and of two take, each having looked at a frame.
pub fn run(args: &Args) -> Result<()> {
    let frame = std::fs::read("fixtures/faces/stills/neutral_0.jpg")?;
    let before = resident_mib(std::process::id())?;
    let load = |workers| -> Result<Engine> {
        let mut options = EngineOptions::new(args.models.clone(), args.runtime.clone());
        options.workers = workers;
        let engine = Engine::load(&options)?;
        engine.inspect(&frame)?;
        Ok(engine)
    };
    let _one = load(1)?;
    let with_one = resident_mib(std::process::id())?;
    let _another = load(1)?;
    let with_two = resident_mib(std::process::id())?;
    let memory = EngineMemory {
        first_worker: with_one - before,
        next_worker: with_two - with_one,
    };
    println!("{}", serde_json::to_string(&memory)?);
    Ok(())
}

/// Asks a process of its own.
pub fn of_engine(models: &[PathBuf], runtime: &std::path::Path) -> Result<EngineMemory> {
    let output = Command::new(std::env::current_exe()?)
        .arg("memory")
        .args(models)
        .arg("--runtime")
        .arg(runtime)
        .output()?;
    serde_json::from_slice(&output.stdout).with_context(|| {
        format!(
            "measuring memory: {}",
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

/// Resident memory of a process, in MiB.
pub fn resident_mib(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    let kib: f64 = kib.context("no VmRSS; this bench runs on Linux")?.parse()?;
    Ok(kib / 1024.0)
}
