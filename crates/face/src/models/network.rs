//! One model, loaded and ready: pixels in, named rows of numbers out.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ort::environment::{Environment, GlobalThreadPoolOptions};
use ort::session::{Session, SessionOutputs};
use ort::value::TensorRef;

use super::{FileEntry, ModelError};
use crate::geometry::Affine;
use crate::picture::{Normalisation, Picture};

/// A process has one environment: the first library that is loaded serves all engines.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// The inference runtime.
pub(crate) struct Runtime {
    environment: Environment,
    intra_threads: usize,
    /// The runtime's own words about its version.
    pub version: String,
}

impl Runtime {
    /// Loads the shared library, or takes the one that this process has loaded before.
    pub fn load(library: &Path, intra_threads: usize) -> Result<Self, ModelError> {
        let mut loaded = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
        let environment = match &*loaded {
            Some(environment) => environment.clone(),
            None => loaded.insert(environment(library, intra_threads)?).clone(),
        };
        Ok(Self {
            environment,
            intra_threads,
            version: ort::info().to_owned(),
        })
    }
}

/// With more than one thread, one pool for all networks: each network's own threads would go on turning for a while
/// after its run, and so take the cores from the next network.
fn environment(library: &Path, intra_threads: usize) -> Result<Environment, ModelError> {
    let failed = |reason: String| ModelError::Runtime {
        path: library.to_owned(),
        reason,
    };
    if !library.is_file() {
        return Err(failed("no such file".into()));
    }
    let mut builder = ort::init_from(library).map_err(|e| failed(e.to_string()))?;
    if intra_threads > 1 {
        let pool = GlobalThreadPoolOptions::default().with_intra_threads(intra_threads);
        builder = builder.with_global_thread_pool(pool.map_err(|e| failed(e.to_string()))?);
    }
    builder
        .with_name("shiming")
        .with_telemetry(false)
        .build()
        .map_err(|e| failed(e.to_string()))
}

/// A loaded model with its input buffer, which is filled in place for every run.
pub(crate) struct Network {
    name: String,
    session: Session,
    input_name: String,
    input: Vec<f32>,
    shape: [usize; 4],
    /// Width of the input as the manifest says.
    side: usize,
    how: Normalisation,
}

impl Network {
    pub fn load(runtime: &Runtime, entry: &FileEntry, model: &[u8]) -> Result<Self, ModelError> {
        let session = Session::builder(&runtime.environment)?
            .with_intra_threads(runtime.intra_threads)
            .map_err(ort::Error::from)?
            .commit_from_memory(model)?;
        Ok(Self {
            name: entry.name.clone(),
            session,
            input_name: entry.input.name.clone(),
            input: vec![0.0; entry.input.shape.iter().product()],
            shape: entry.input.shape,
            side: entry.input.shape[3],
            how: entry.input.normalisation(),
        })
    }

    /// The same for as many images at once as the model was rewritten for.
    pub fn of_images(mut self, count: usize) -> Self {
        self.shape[0] = count;
        self.input.resize(self.shape.iter().product(), 0.0);
        self
    }

    /// Width of the input in pixels as it was made.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Width and height of the input in pixels.
    pub fn input_size(&self) -> (usize, usize) {
        (self.shape[3], self.shape[2])
    }

    /// Lets the input have another size from now on; only some networks can.
    pub fn set_input_size(&mut self, (width, height): (usize, usize)) {
        self.shape[2..].copy_from_slice(&[height, width]);
        self.input.resize(self.shape.iter().product(), 0.0);
    }

    /// Fills the input, of several images the first, from a picture. `to_source` takes a pixel of the input to a place in the picture.
    pub fn fill(&mut self, picture: &Picture, to_source: &Affine) {
        let (size, image) = (self.input_size(), self.image_length());
        picture.cut(to_source, size, &self.how, &mut self.input[..image]);
    }

    /// The input as it was filled, plane by plane.
    pub fn input(&self) -> &[f32] {
        &self.input
    }

    /// Makes every further image the mirror image, left to right, of the first.
    pub fn mirror(&mut self) {
        let (width, image) = (self.shape[3], self.image_length());
        let (first, others) = self.input.split_at_mut(image);
        for other in others.chunks_exact_mut(image) {
            other.copy_from_slice(first);
            other.chunks_exact_mut(width).for_each(<[f32]>::reverse);
        }
    }

    /// Numbers of one image.
    fn image_length(&self) -> usize {
        self.shape[1..].iter().product()
    }

    /// Runs the model over the input as it was filled.
    pub fn run(&mut self) -> Result<Outputs<'_>, ModelError> {
        let input = TensorRef::from_array_view((self.shape, self.input.as_slice()))?;
        let values = self
            .session
            .run(ort::inputs![self.input_name.as_str() => input])?;
        Ok(Outputs {
            model: &self.name,
            values,
        })
    }
}

/// What a run gave.
pub(crate) struct Outputs<'a> {
    model: &'a str,
    values: SessionOutputs<'a>,
}

impl Outputs<'_> {
    /// The values of one output, row by row; `expected` of them.
    pub fn get(&self, output: &'static str, expected: usize) -> Result<&[f32], ModelError> {
        let wrong = |got| ModelError::Output {
            model: self.model.to_owned(),
            output,
            got,
        };
        let value = self.values.get(output).ok_or_else(|| wrong(0))?;
        let (_, numbers) = value.try_extract_tensor::<f32>()?;
        if numbers.len() == expected {
            Ok(numbers)
        } else {
            Err(wrong(numbers.len()))
        }
    }
}
