//! Constant tensors, as read from a model.

use crate::error::GraphError;

/// Values of a constant. Integers are shapes, paddings and axes, which ONNX wants as 64 bits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Data {
    Float(Vec<f32>),
    Int(Vec<i64>),
}

/// A constant: dimensions in the source's order, values row-major.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tensor {
    pub dims: Vec<i64>,
    pub data: Data,
}

impl Tensor {
    pub fn float(dims: Vec<i64>, values: Vec<f32>) -> Self {
        Self {
            dims,
            data: Data::Float(values),
        }
    }

    pub fn int(dims: Vec<i64>, values: Vec<i64>) -> Self {
        Self {
            dims,
            data: Data::Int(values),
        }
    }

    pub fn floats(&self) -> Result<&[f32], GraphError> {
        match &self.data {
            Data::Float(values) => Ok(values),
            Data::Int(_) => Err(GraphError::mismatch("constant", "floats", "integers")),
        }
    }

    pub fn ints(&self) -> Result<&[i64], GraphError> {
        match &self.data {
            Data::Int(values) => Ok(values),
            Data::Float(_) => Err(GraphError::mismatch("constant", "integers", "floats")),
        }
    }

    /// The four dimensions of a filter.
    pub fn dims4(&self) -> Result<[i64; 4], GraphError> {
        self.dims
            .as_slice()
            .try_into()
            .map_err(|_| GraphError::mismatch("filter", "4 dimensions", &self.dims))
    }
}

/// Number of values in a tensor of these dimensions; `None` for a negative dimension or an absurd
/// size.
pub(crate) fn element_count(dims: &[i64]) -> Option<usize> {
    dims.iter().try_fold(1_usize, |count, &dim| {
        count.checked_mul(usize::try_from(dim).ok()?)
    })
}
