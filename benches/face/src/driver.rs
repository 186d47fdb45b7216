//! Asks all sides in turn and reports.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::agreement::Agreement;
use crate::figures::Times;
use crate::peers::{self, Python};
use crate::protocol::{Question, Side};
use crate::report::Report;
use crate::selection;
use crate::stages::{self, GEMM, JUDGEMENT, MODELS, PIPELINE};

/// How to measure.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of pictures and raw clips (.jpg, .png, .mjpeg) that each show one face
    #[arg(long, default_value = "fixtures/faces/stills")]
    set: PathBuf,
    /// Directory of the recommended model set; where the server looks for it if not given
    #[arg(long)]
    models: Option<PathBuf>,
    /// The onnxruntime library
    #[arg(long, default_value = "models/runtime/libonnxruntime.so")]
    runtime: PathBuf,
    /// Rounds; in each, every side does every stage twice
    #[arg(long, default_value_t = 20)]
    rounds: usize,
    /// Numbers of cores to measure on, one after the other
    #[arg(long, value_delimiter = ',', default_value = "1,2")]
    cores: Vec<usize>,
    /// Where to write the figures as JSON
    #[arg(long, default_value = "target/bench-face.json")]
    json: PathBuf,
}

/// Where the recommended model set may be.
const MODEL_PLACES: [&str; 2] = ["models/recommended", "../shared/models/recommended"];

/// How often a side repeats a stage before it is another's turn.
const REPEAT: usize = 2;

/// Frames that are used of a set.
const MOST_FRAMES: usize = 24;

pub fn run(args: &Args) -> Result<()> {
    let checkout = std::env::current_dir()?;
    if !checkout.join("benches/face/peer").is_dir() {
        bail!("call this at the root of the checkout, as `./x bench face` does");
    }
    let models = find_models(args.models.as_deref())?;
    let runtime = absolute(&args.runtime)
        .context("run `./x models` first: it brings the inference runtime")?;
    let python = Python::install(&checkout)?;
    let frames = selection::frames(&python, &args.set, MOST_FRAMES, &models, &runtime)?;
    let flops = count_flops(&python, &models)?;
    let mut reports = Vec::new();
    for &cores in &args.cores {
        let contest = Contest {
            models: &models,
            runtime: &runtime,
            frames: &frames,
            cores,
        };
        let report = contest.run(&python, args.rounds, &flops)?;
        print!("{}", report.print());
        reports.push(report);
    }
    if let Some(directory) = args.json.parent() {
        std::fs::create_dir_all(directory)?;
    }
    std::fs::write(&args.json, serde_json::to_string_pretty(&reports)?)?;
    println!("\n{}", args.json.display());
    Ok(())
}

fn absolute(path: &Path) -> Result<PathBuf> {
    path.canonicalize()
        .with_context(|| format!("{} is not there", path.display()))
}

/// The directory that was named, or else the first of those where the server looks, if it holds all models.
fn find_models(named: Option<&Path>) -> Result<PathBuf> {
    let directories =
        named.map_or_else(|| MODEL_PLACES.map(Path::new).to_vec(), |named| vec![named]);
    let complete = |place: &&Path| MODELS.iter().all(|file| place.join(file).is_file());
    match directories.iter().copied().find(complete) {
        Some(directory) => absolute(directory),
        None => bail!(
            "this measures the recommended model set, and none of {directories:?} holds all of it. Put its files into \
             {}, or name another directory with --models; models-src/README.md says where they come from",
            MODEL_PLACES[0]
        ),
    }
}

fn count_flops(python: &Python, models: &Path) -> Result<Vec<(String, f64)>> {
    let mut command = python.module("peer.flops");
    command.args(MODELS.map(|file| models.join(file)));
    let counts: Value = serde_json::from_str(&peers::answer(&mut command)?)?;
    MODELS
        .iter()
        .map(|file| {
            let count = counts[models.join(file).to_string_lossy().as_ref()].as_f64();
            Ok((
                (*file).to_owned(),
                count.with_context(|| format!("no count for {file}"))?,
            ))
        })
        .collect()
}

/// All sides on the same cores.
struct Contest<'a> {
    models: &'a Path,
    runtime: &'a Path,
    frames: &'a [PathBuf],
    cores: usize,
}

impl Contest<'_> {
    fn run(&self, python: &Python, rounds: usize, flops: &[(String, f64)]) -> Result<Report> {
        let mut sides = vec![Side::start(&self.ours("serve", true)?, self.cores)?];
        for engine in ["onnxruntime", "opencv"] {
            sides.push(Side::start(&self.peer(python, engine), self.cores)?);
        }
        self.check(&mut sides)?;
        let mut times = Times::default();
        measure(&mut sides, &mut times, rounds, &pipeline())?;
        let names: Vec<String> = sides.iter().map(|side| side.name.clone()).collect();
        // A process can hold one runtime only, so the models by themselves have one of their own.
        sides[0] = Side::start(&self.ours("serve-models", false)?, self.cores)?;
        measure(&mut sides, &mut times, rounds, &models())?;
        for round in 0..rounds {
            let answer = sides[1].ask(&question(GEMM, round))?;
            times.add(GEMM, 1, &answer.wall_ns, &answer.cpu_ns, 1);
        }
        Ok(Report::new(self.cores, &names, &times, flops))
    }

    fn ours(&self, command: &str, frames: bool) -> Result<Command> {
        let mut ours = Command::new(std::env::current_exe()?);
        ours.arg(command)
            .arg("--models")
            .arg(self.models)
            .arg("--runtime")
            .arg(self.runtime);
        ours.args(["--threads", &self.cores.to_string()]);
        if frames {
            ours.args(self.frames);
        }
        Ok(ours)
    }

    fn peer(&self, python: &Python, engine: &str) -> Command {
        let mut peer = python.module("peer");
        peer.args(["--engine", engine, "--models"]).arg(self.models);
        peer.args(["--threads", &self.cores.to_string()])
            .args(self.frames);
        peer
    }

    fn check(&self, sides: &mut [Side]) -> Result<()> {
        let mut worst: Vec<Option<Agreement>> = vec![None; sides.len()];
        for frame in 0..self.frames.len() {
            let question = question(JUDGEMENT, frame);
            let found: Vec<Value> = sides
                .iter_mut()
                .map(|side| Ok(side.ask(&question)?.found))
                .collect::<Result<_>>()?;
            for (index, theirs) in found.iter().enumerate().skip(1) {
                let agreement = Agreement::of(&found[0], theirs);
                worst[index] = Some(worst[index].map_or(agreement, |worst| worst.and(agreement)));
            }
        }
        for (side, worst) in sides.iter().zip(worst) {
            let Some(worst) = worst else { continue };
            worst.check(&side.name)?;
            println!(
                "{} and the engine agree on {} frames: {worst:.3?}",
                side.name,
                self.frames.len()
            );
        }
        Ok(())
    }
}

/// Lets every side do every stage in every round.
fn measure(
    sides: &mut [Side],
    times: &mut Times,
    rounds: usize,
    stages: &[(String, u32)],
) -> Result<()> {
    for round in 0..rounds {
        for (stage, frames) in stages {
            for turn in 0..sides.len() {
                // Whoever begins is another one in every round.
                let index = (turn + round) % sides.len();
                let answer = sides[index].ask(&question(stage, round))?;
                times.add(stage, index, &answer.wall_ns, &answer.cpu_ns, *frames);
            }
        }
    }
    Ok(())
}

fn question(stage: &str, frame: usize) -> Question {
    Question {
        stage: stage.to_owned(),
        frame,
        repeat: REPEAT,
    }
}

fn pipeline() -> Vec<(String, u32)> {
    PIPELINE
        .iter()
        .map(|(stage, _, frames)| ((*stage).to_owned(), *frames))
        .collect()
}

fn models() -> Vec<(String, u32)> {
    MODELS
        .iter()
        .map(|model| (stages::alone(model), 1))
        .collect()
}
