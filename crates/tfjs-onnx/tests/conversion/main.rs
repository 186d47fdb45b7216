//! Conversions from the outside: files in, ONNX out, run on onnxruntime (`cargo xtask models`
//! brings it) where numbers matter.

mod determinism;
mod face_api;
mod refusals;
mod support;
mod tensorflow_semantics;
