//! The fully connected layer.

use super::{GraphBuilder, Shape, Value};
use crate::error::GraphError;
use crate::tensor::Tensor;

impl GraphBuilder {
    /// Multiplies the row `x`, `[1, n]`, with the matrix `weights`, `[n, m]`, and adds `bias` where
    /// there is one.
    pub fn dense(
        &mut self,
        x: &Value,
        weights: &Tensor,
        bias: Option<&Tensor>,
    ) -> Result<Value, GraphError> {
        let &[inputs, outputs] = weights.dims.as_slice() else {
            return Err(GraphError::mismatch(
                "matrix",
                "2 dimensions",
                &weights.dims,
            ));
        };
        if x.shape != Shape::Flat(vec![1, inputs]) {
            return Err(GraphError::mismatch(
                "row",
                Shape::Flat(vec![1, inputs]),
                &x.shape,
            ));
        }
        let mut operands = vec![x.name.clone(), self.constant(weights)];
        if let Some(bias) = bias {
            if bias.dims != [outputs] {
                return Err(GraphError::mismatch("bias", [outputs], &bias.dims));
            }
            operands.push(self.constant(bias));
        }
        Ok(self.operation("Gemm", operands, vec![], Shape::Flat(vec![1, outputs])))
    }
}
