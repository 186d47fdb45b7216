//! Operations that treat every element alike.

use super::{GraphBuilder, Value};
use crate::error::GraphError;
use crate::tensor::Tensor;

impl GraphBuilder {
    /// max(x, 0)
    pub fn relu(&mut self, x: &Value) -> Value {
        self.operation("Relu", vec![x.name.clone()], vec![], x.shape.clone())
    }

    /// x clamped to 0…6
    pub fn relu6(&mut self, x: &Value) -> Value {
        let bounds = [0.0, 6.0].map(|bound| self.constant(&Tensor::float(vec![], vec![bound])));
        let inputs = [vec![x.name.clone()], bounds.to_vec()].concat();
        self.operation("Clip", inputs, vec![], x.shape.clone())
    }

    /// x where positive, elsewhere x times its channel's slope.
    pub fn prelu(&mut self, x: &Value, slopes: &[f32]) -> Result<Value, GraphError> {
        let (_, channels) = x.image()?;
        if i64::try_from(slopes.len()) != Ok(channels) {
            return Err(GraphError::mismatch("slopes", channels, slopes.len()));
        }
        let slopes = self.constant(&Tensor::float(vec![channels, 1, 1], slopes.to_vec()));
        Ok(self.operation(
            "PRelu",
            vec![x.name.clone(), slopes],
            vec![],
            x.shape.clone(),
        ))
    }

    /// 1 / (1 + e⁻ˣ)
    pub fn sigmoid(&mut self, x: &Value) -> Value {
        self.operation("Sigmoid", vec![x.name.clone()], vec![], x.shape.clone())
    }

    /// Sum of two values of one shape.
    pub fn add(&mut self, a: &Value, b: &Value) -> Result<Value, GraphError> {
        if a.shape != b.shape {
            return Err(GraphError::mismatch(
                "shape of the second summand",
                &a.shape,
                &b.shape,
            ));
        }
        Ok(self.operation(
            "Add",
            vec![a.name.clone(), b.name.clone()],
            vec![],
            a.shape.clone(),
        ))
    }
}
