//! Rewrites model files and says what came of it: outputs that differ, time to rewrite, time to run.
//!
//! `cargo run --release -p shiming-onnx --example tune -- models/recommended/*.onnx`
//!
//! Fails if an output differs by more than 1e-4 of the output's largest value, or of 1.

#![allow(
    clippy::disallowed_methods,
    reason = "measures how long models take: nothing here decides anything"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Parser;
use ort::environment::Environment;
use ort::session::Session;
use ort::value::TensorRef;
use shiming_onnx::tune;

/// Runs of each model, each once before and once after the other's.
const RUNS: usize = 100;

/// Largest difference of an output, as a share of its largest value or of 1.
const TOLERANCE: f32 = 1e-4;

/// Rewrites model files and compares them with the originals.
#[derive(Parser)]
struct Args {
    /// The onnxruntime library
    #[arg(long, default_value = "models/runtime/libonnxruntime.so")]
    runtime: PathBuf,
    /// A directory for the rewritten files
    #[arg(long)]
    out: Option<PathBuf>,
    /// Models with one image as input
    #[arg(required = true)]
    models: Vec<PathBuf>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let environment = ort::init_from(&args.runtime)?.build()?;
    println!(
        "{:<32}{:>12}{:>12}{:>12}{:>9}{:>12}",
        "model", "rewrite ms", "before ms", "after ms", "ratio", "difference"
    );
    let mut wrong = 0;
    for path in &args.models {
        let model =
            std::fs::read(path).with_context(|| format!("can't read {}", path.display()))?;
        let started = Instant::now();
        let tuned = tune(&model)?;
        let rewriting = started.elapsed();
        let file = path.file_name().unwrap_or_default();
        if let Some(directory) = &args.out {
            std::fs::write(directory.join(file), &tuned)?;
        }
        let mut pair = [
            Runner::new(&environment, &model)?,
            Runner::new(&environment, &tuned)?,
        ];
        let difference = largest_difference(&mut pair)?;
        let [before, after] = times(&mut pair)?;
        println!(
            "{:<32}{:>12.1}{:>12.3}{:>12.3}{:>9.2}{:>12.1e}",
            Path::new(file).display(),
            milliseconds(rewriting),
            milliseconds(before),
            milliseconds(after),
            milliseconds(after) / milliseconds(before),
            difference
        );
        wrong += usize::from(difference > TOLERANCE || difference.is_nan());
    }
    if wrong > 0 {
        bail!("{wrong} models differ by more than {TOLERANCE} from what they were");
    }
    Ok(())
}

/// A model and its input.
struct Runner {
    session: Session,
    name: String,
    dims: Vec<i64>,
    values: Vec<f32>,
}

impl Runner {
    fn new(environment: &Environment, model: &[u8]) -> Result<Self> {
        let session = Session::builder(environment)?
            .with_intra_threads(1)
            .map_err(ort::Error::<()>::from)?
            .commit_from_memory(model)?;
        let input = session.inputs().first().context("the model has no input")?;
        let name = input.name().to_owned();
        let dims = input
            .dtype()
            .tensor_shape()
            .context("the input is no tensor")?
            .to_vec();
        let count: i64 = dims.iter().product();
        Ok(Self {
            session,
            name,
            dims,
            values: vec![0.0; usize::try_from(count)?],
        })
    }

    fn fill(&mut self, kind: Filling) {
        let mut state = 1_u32;
        for (index, value) in self.values.iter_mut().enumerate() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = f32::from(u8::try_from(state >> 24).unwrap_or(0));
            let slope = f32::from(u8::try_from(index / 7 % 256).unwrap_or(0));
            *value = match kind {
                Filling::Noise => noise,
                Filling::Slopes => slope,
                Filling::SmallNoise => noise / 127.5 - 1.0,
            };
        }
    }

    fn run(&mut self) -> Result<Vec<Vec<f32>>> {
        let input = TensorRef::from_array_view((self.dims.as_slice(), self.values.as_slice()))?;
        let outputs = self
            .session
            .run(ort::inputs![self.name.as_str() => input])?;
        let floats = outputs
            .values()
            .map(|value| Ok(value.try_extract_tensor::<f32>()?.1.to_vec()));
        floats.collect()
    }
}

/// Images of different kinds, so that every part of a network has something to do.
#[derive(Clone, Copy)]
enum Filling {
    Noise,
    Slopes,
    SmallNoise,
}

fn largest_difference([before, after]: &mut [Runner; 2]) -> Result<f32> {
    let mut largest = 0.0_f32;
    for kind in [Filling::Noise, Filling::Slopes, Filling::SmallNoise] {
        before.fill(kind);
        after.fill(kind);
        for (expected, found) in before.run()?.iter().zip(after.run()?) {
            let scale = expected.iter().fold(1.0_f32, |max, v| max.max(v.abs()));
            let relative = expected
                .iter()
                .zip(&found)
                .map(|(a, b)| (a - b).abs() / scale);
            largest = relative.fold(largest, f32::max);
        }
    }
    Ok(largest)
}

/// Medians of interleaved runs.
fn times(pair: &mut [Runner; 2]) -> Result<[Duration; 2]> {
    let mut taken = [Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        for (runner, taken) in pair.iter_mut().zip(&mut taken) {
            runner.run()?;
            let started = Instant::now();
            runner.run()?;
            taken.push(started.elapsed());
        }
    }
    Ok(taken.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    }))
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
