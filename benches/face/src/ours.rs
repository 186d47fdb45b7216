//! The engine's side: the stages through the same interface that the server uses.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use shiming_face::{Embedding, Engine, EngineOptions, FrameReport, Reference, Track, Want};

use crate::answering;
use crate::stages::{FOLLOWED, FOLLOWED_FRAMES, GUIDANCE, JUDGEMENT, PHOTO};

/// What the engine is to work with.
#[derive(clap::Args)]
pub struct Args {
    /// Directory of the model set
    #[arg(long)]
    models: PathBuf,
    /// The onnxruntime library
    #[arg(long)]
    runtime: PathBuf,
    /// Threads inside one inference
    #[arg(long)]
    threads: usize,
    /// JPEG frames
    #[arg(required = true)]
    frames: Vec<PathBuf>,
}

/// Answers questions until the input ends.
pub fn serve(args: &Args) -> Result<()> {
    let ours = Ours::load(args)?;
    answering::serve(&format!("engine on {}", ours.version()), |stage, frame| {
        ours.run(stage, frame)
    })
}

struct Ours {
    engine: Engine,
    frames: Vec<Vec<u8>>,
    reference: Embedding,
    photo: Reference,
}

impl Ours {
    fn load(args: &Args) -> Result<Self> {
        let mut options = EngineOptions::new(vec![args.models.clone()], args.runtime.clone());
        options.intra_threads = args.threads;
        let engine = Engine::load(&options)?;
        let frames = args
            .frames
            .iter()
            .map(|path| std::fs::read(path).with_context(|| path.display().to_string()))
            .collect::<Result<Vec<_>>>()?;
        let first = frames.first().context("no frames")?;
        Ok(Self {
            reference: everything(&engine, first)?
                .embedding
                .context("the first frame shows no face")?,
            photo: engine.enrol(first)?,
            engine,
            frames,
        })
    }

    fn version(&self) -> &str {
        let runtime = &self.engine.info().runtime;
        runtime.split(',').next().unwrap_or(runtime)
    }

    fn run(&self, stage: &str, frame: usize) -> Result<Value> {
        match stage {
            GUIDANCE => {
                let report = self.guide(&mut Track::default(), frame, Want::default())?;
                Ok(places(&report))
            }
            FOLLOWED => {
                let mut track = Track::default();
                let mut last = Value::Null;
                for step in 0..FOLLOWED_FRAMES as usize {
                    last = places(&self.guide(&mut track, frame + step, Want::default())?);
                }
                Ok(last)
            }
            JUDGEMENT => self.judge(frame),
            PHOTO => {
                let decision = self.engine.judge(&self.photo, &[self.frame(frame)])?;
                Ok(json!({ "similarity": decision.similarity }))
            }
            other => bail!("the engine has no stage {other}"),
        }
    }

    fn judge(&self, frame: usize) -> Result<Value> {
        let report = everything(&self.engine, self.frame(frame))?;
        let embedding = report.embedding.as_ref().context("no face")?;
        let mut found = places(&report);
        found["similarity"] = json!(embedding.similarity(&self.reference));
        found["pad"] = json!(report.pad.map(|pad| [pad.near, pad.wide]));
        found["embedding"] = serde_json::to_value(embedding)?;
        Ok(found)
    }

    fn guide(&self, track: &mut Track, frame: usize, want: Want) -> Result<FrameReport> {
        Ok(self.engine.analyse_frame(track, self.frame(frame), want)?)
    }

    fn frame(&self, index: usize) -> &[u8] {
        &self.frames[index % self.frames.len()]
    }
}

fn everything(engine: &Engine, frame: &[u8]) -> Result<FrameReport> {
    let want = Want {
        embedding: true,
        pad: true,
    };
    Ok(engine.analyse_frame(&mut Track::default(), frame, want)?)
}

fn places(report: &FrameReport) -> Value {
    let points = report
        .face
        .as_ref()
        .map(|face| face.five_points.map(|point| [point.x, point.y]));
    json!({ "five_points": points })
}
