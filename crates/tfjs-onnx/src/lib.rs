//! Converts TensorFlow.js models to ONNX, so that the default face models can be made on any
//! machine without Python.
//!
//! Two sources are understood: TFJS graph models (a `model.json` with its topology, and `.bin`
//! shards) and face-api weight manifests (8-bit weights only; the two architectures that need them
//! are written down in the module `face_api`).
//!
//! TensorFlow keeps images as NHWC, ONNX as NCHW. Every converted model takes one float32 input
//! named `input` of shape `[1, channels, height, width]`; outputs keep TensorFlow's names and axis
//! order. The same source always gives the same bytes.

mod error;
mod face_api;
mod graph;
mod onnx;
mod tensor;
mod tfjs;
mod weights;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use error::{ConvertError, GraphError};

/// Which reader and architecture turn a source file into ONNX.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conversion {
    /// A TFJS graph model: topology and weights come from the file.
    TfjsGraph,
    /// face-api's `FaceRecognitionNet` (dlib's residual network): 150 × 150 RGB to 128 values,
    /// output `descriptor`.
    FaceApiRecognition,
    /// face-api's `FaceLandmark68Net`: 112 × 112 RGB to 68 points as x, y fractions of the input,
    /// output `landmarks`.
    #[serde(rename = "face-api-landmarks68")]
    FaceApiLandmarks68,
}

/// Converts the model whose JSON file is at `source`; its shards are looked for beside it. Returns
/// the ONNX file's bytes.
///
/// # Errors
/// When a file can't be read or understood, or when the model uses something that this converter
/// doesn't know; the error names the file, and the operation or tensor.
pub fn convert(conversion: Conversion, source: &Path) -> Result<Vec<u8>, ConvertError> {
    match conversion {
        Conversion::TfjsGraph => tfjs::convert(source),
        Conversion::FaceApiRecognition => face_api::convert(source, face_api::recognition::build),
        Conversion::FaceApiLandmarks68 => face_api::convert(source, face_api::landmarks68::build),
    }
}
