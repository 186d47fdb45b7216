//! Why a model can't be rewritten.

/// A model that can't be rewritten. Nothing is wrong with running it as it is.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TuneError {
    /// The bytes are no ONNX model.
    #[error("the bytes are no ONNX model: {0}")]
    NotOnnx(String),
    /// The model uses something of ONNX that this crate would lose.
    #[error("the model can't be rewritten: {0} is not supported")]
    Unsupported(String),
    /// An operation takes a value that nothing gives.
    #[error(
        "the model can't be rewritten: operation `{node}` takes `{value}`, which nothing gives"
    )]
    Missing {
        /// The operation.
        node: String,
        /// The value.
        value: String,
    },
    /// An output that was asked for is not among the model's.
    #[error("the model has no output `{0}`")]
    NoOutput(String),
}
