//! What can go wrong in a conversion, told so that the file and the place in it can be found.

use std::path::PathBuf;

/// A conversion that failed.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// A source file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A source file is not the JSON that its format asks for.
    #[error("{} is not a model description this converter understands: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What the JSON reader said.
        source: serde_json::Error,
    },
    /// A weight can't be decoded.
    #[error("{}: tensor `{tensor}`: {problem}", path.display())]
    Weight {
        /// The description that lists the tensor.
        path: PathBuf,
        /// The tensor's name.
        tensor: String,
        /// What is wrong with it.
        problem: String,
    },
    /// An operation can't be converted.
    #[error("{}: operation {op} at `{node}`: {problem}", path.display())]
    Node {
        /// The description that holds the operation.
        path: PathBuf,
        /// The operation's kind.
        op: String,
        /// The operation's name in the model.
        node: String,
        /// What is wrong.
        problem: Box<GraphError>,
    },
}

/// Why an operation can't become part of an ONNX graph.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// The converter has no rule for this.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// A tensor or node that is referred to doesn't exist.
    #[error("`{0}` is missing from the model")]
    Missing(String),
    /// Shapes don't fit each other.
    #[error("{what}: expected {expected}, found {found}")]
    Mismatch {
        /// What was compared.
        what: &'static str,
        /// What would fit.
        expected: String,
        /// What the model has.
        found: String,
    },
    /// The graph refers back to itself.
    #[error("the graph has a cycle through this node")]
    Cycle,
}

impl GraphError {
    pub(crate) fn mismatch(
        what: &'static str,
        expected: impl std::fmt::Debug,
        found: impl std::fmt::Debug,
    ) -> Self {
        Self::Mismatch {
            what,
            expected: format!("{expected:?}"),
            found: format!("{found:?}"),
        }
    }
}

/// A problem and the operation that has it; the file is added where it is known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub op: String,
    pub node: String,
    pub problem: GraphError,
}

impl Failure {
    pub fn new(op: &str, node: &str, problem: GraphError) -> Self {
        Self {
            op: op.to_owned(),
            node: node.to_owned(),
            problem,
        }
    }

    pub fn in_file(self, path: &std::path::Path) -> ConvertError {
        let Self { op, node, problem } = self;
        ConvertError::Node {
            path: path.to_owned(),
            op,
            node,
            problem: Box::new(problem),
        }
    }
}
