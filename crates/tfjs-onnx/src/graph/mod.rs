//! An ONNX graph under construction, which knows every value's shape.
//!
//! Sources think in NHWC; values here are [`Shape::Image`] (stored NCHW) until something flattens
//! them. A batch is always one image.

mod conv;
mod elementwise;
mod kernel;
mod layout;
mod matrix;
mod pad;
mod pool;
mod window;

pub(crate) use kernel::Kernel;
pub(crate) use window::{Padding, Window};

use crate::error::GraphError;
use crate::onnx::{self, Attribute, GraphProto};
use crate::tensor::Tensor;

/// A value's dimensions, and whether ONNX holds it in another order than TensorFlow did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One image: NHWC to TensorFlow, NCHW in the graph.
    Image {
        height: i64,
        width: i64,
        channels: i64,
    },
    /// Anything else, in the source's order.
    Flat(Vec<i64>),
}

/// The output of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    name: String,
    pub shape: Shape,
}

impl Value {
    /// (height, width) and channels, if this is an image.
    pub fn image(&self) -> Result<([i64; 2], i64), GraphError> {
        match &self.shape {
            &Shape::Image {
                height,
                width,
                channels,
            } => Ok(([height, width], channels)),
            Shape::Flat(dims) => Err(GraphError::mismatch("input", "an image", dims)),
        }
    }
}

/// Collects operations and constants in the order in which they are added, so that the same calls
/// give the same bytes.
pub(crate) struct GraphBuilder {
    graph: GraphProto,
    created: u32,
}

impl GraphBuilder {
    pub fn new(name: &str) -> Self {
        Self {
            graph: GraphProto {
                name: name.to_owned(),
                ..GraphProto::default()
            },
            created: 0,
        }
    }

    /// The graph's input; there can be only one.
    pub fn image_input(
        &mut self,
        height: i64,
        width: i64,
        channels: i64,
    ) -> Result<Value, GraphError> {
        if !self.graph.input.is_empty() {
            return Err(GraphError::Unsupported("a second input".to_owned()));
        }
        let name = "input".to_owned();
        self.graph
            .input
            .push(onnx::value_info(&name, &[1, channels, height, width]));
        Ok(Value {
            name,
            shape: Shape::Image {
                height,
                width,
                channels,
            },
        })
    }

    /// The bytes of the finished ONNX file.
    pub fn encode(self) -> Vec<u8> {
        onnx::encode(self.graph)
    }

    fn constant(&mut self, tensor: &Tensor) -> String {
        let name = self.next_name("const");
        self.graph
            .initializer
            .push(onnx::initializer(name.clone(), tensor));
        name
    }

    fn operation(
        &mut self,
        op: &str,
        inputs: Vec<String>,
        attributes: Vec<(&str, Attribute)>,
        shape: Shape,
    ) -> Value {
        let name = self.next_name(&op.to_lowercase());
        self.graph
            .node
            .push(onnx::node(op, inputs, name.clone(), attributes));
        Value { name, shape }
    }

    fn next_name(&mut self, kind: &str) -> String {
        self.created += 1;
        format!("{kind}_{}", self.created)
    }
}
