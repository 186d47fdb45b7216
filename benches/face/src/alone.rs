//! The models by themselves, rewritten as the engine rewrites them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use ort::environment::Environment;
use ort::session::Session;
use ort::value::TensorRef;
use serde_json::{Value, json};

use crate::answering;

/// Which models.
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
}

/// Answers questions until the input ends.
pub fn serve(args: &Args) -> Result<()> {
    let environment = ort::init_from(&args.runtime)?.build()?;
    let mut loaded: HashMap<String, Alone> = HashMap::new();
    answering::serve("rewritten models", |stage, _| {
        let file = stage.strip_prefix("model:").context("not a model")?;
        if !loaded.contains_key(file) {
            let alone = Alone::load(&environment, &args.models.join(file), args.threads)?;
            loaded.insert(file.to_owned(), alone);
        }
        loaded.get_mut(file).context("just loaded")?.run()
    })
}

/// A model and one input for it.
struct Alone {
    session: Session,
    name: String,
    dims: Vec<i64>,
    values: Vec<f32>,
}

impl Alone {
    fn load(environment: &Environment, path: &Path, threads: usize) -> Result<Self> {
        let file = std::fs::read(path).with_context(|| path.display().to_string())?;
        let session = Session::builder(environment)?
            .with_intra_threads(threads)
            .map_err(ort::Error::<()>::from)?
            .commit_from_memory(&shiming_onnx::tune(&file)?)?;
        let input = session.inputs().first().context("the model has no input")?;
        let dims = input.dtype().tensor_shape();
        let dims = dims.context("the input is no tensor")?.to_vec();
        let count = usize::try_from(dims.iter().product::<i64>())?;
        let value = |at: usize| f32::from(u8::try_from(at * 7 % 251).unwrap_or(0)) / 251.0;
        Ok(Self {
            name: input.name().to_owned(),
            dims,
            values: (0..count).map(value).collect(),
            session,
        })
    }

    fn run(&mut self) -> Result<Value> {
        let input = TensorRef::from_array_view((self.dims.as_slice(), self.values.as_slice()))?;
        let outputs = self
            .session
            .run(ort::inputs![self.name.as_str() => input])?;
        Ok(json!(outputs.len()))
    }
}
