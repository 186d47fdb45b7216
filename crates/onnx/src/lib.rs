//! ONNX files as data, and rewriting a network so that onnxruntime runs it faster.
//!
//! [`proto`] declares ONNX's messages. [`tune`] takes a model and gives one that computes the same,
//! up to rounding, but stays in the blocked memory order in which onnxruntime's CPU convolutions are
//! fast. Each rewriting is a function from graph to graph in a file of its own; none is specific to
//! a model.

mod conv;
mod error;
mod graph;
mod node;
mod passes;
pub mod proto;
mod tensor;
mod tuner;

pub use error::TuneError;
pub use tuner::{Tuner, tune};
