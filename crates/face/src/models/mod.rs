//! The models: which there are, whether their files are the right ones, and running them.
//!
//! Two sets exist. **Default** is made by `./x` from registry packages on any machine: `BlazeFace` finds faces, Face Mesh
//! places 468 points, dlib's ResNet embeds. It is demo grade: its embedding separates East Asian faces badly, and it
//! has no passive presentation-attack detection. **Recommended** is installed by an operator: `YuNet`, Face Mesh, two
//! `MiniFASNet` models against presented prints and screens, and `MobileFaceNet`. How good each is, and for whom worse, is
//! measured by `./x bench faces` and `./x bench pad`; `docs/src/models.md` has the figures.
//!
//! `models-src/manifest.json`, compiled into the program, names every file with its SHA-256, source, licence and the
//! input that the model wants. A directory holds a set if it holds all of the set's files; a file whose hash differs is
//! refused, never skipped over.

mod catalogue;
mod family;
mod manifest;
mod network;
mod set;

pub(crate) use family::Family;
use manifest::FileEntry;
pub(crate) use network::{Network, Outputs, Runtime};
pub(crate) use set::{ModelSet, Models};

pub use catalogue::PinnedFile;
pub use set::{ModelInfo, ModelSetName};

/// Why models could not be loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The manifest that is compiled in can't be read.
    #[error("the model manifest can't be read: {0}")]
    Manifest(String),
    /// No directory holds a complete set.
    #[error("no complete set of face models: {0}; run `./x setup`, or install the recommended set")]
    NoSet(String),
    /// A model file can't be read.
    #[error("can't read the model file {path}: {source}")]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A model file is not the one that the manifest names.
    #[error(
        "{path} was changed: its SHA-256 is {actual}, the manifest says {expected}; install the set again"
    )]
    Changed {
        /// The file.
        path: std::path::PathBuf,
        /// Hash in the manifest.
        expected: String,
        /// Hash of the file.
        actual: String,
    },
    /// The manifest names a model that this program can't run.
    #[error("the manifest names {0}, which this version of the program can't run")]
    Unknown(String),
    /// A model file can't be rewritten for the runtime.
    #[error("can't prepare the model {model}: {source}")]
    Rewrite {
        /// File name of the model.
        model: String,
        /// Why.
        source: shiming_onnx::TuneError,
    },
    /// The inference runtime can't be loaded.
    #[error(
        "can't load the onnxruntime library {path}: {reason}; run `./x setup`, or set the path to the library"
    )]
    Runtime {
        /// The library.
        path: std::path::PathBuf,
        /// Why.
        reason: String,
    },
    /// The inference runtime failed.
    #[error("inference failed: {0}")]
    Inference(#[from] ort::Error),
    /// A model's output has not the shape that its file promises.
    #[error("the model {model} gave {got} values for {output}")]
    Output {
        /// File name of the model.
        model: String,
        /// Name of the output.
        output: &'static str,
        /// How many values came.
        got: usize,
    },
}
