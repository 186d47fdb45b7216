//! Operations that treat every element alike.

use super::{GraphBuilder, Kernel, Padding, Value, Window};
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

    /// x where positive, elsewhere x times its channel's slope s: s·x + (1 − s)·max(x, 0).
    ///
    /// ONNX has `PRelu`, but onnxruntime computes it in plain order only and so rearranges the
    /// image before and after each one. Scalings by channel, written as depthwise convolutions,
    /// stay in its blocked order: that more than halves the time of the networks that are full of
    /// these.
    pub fn prelu(&mut self, x: &Value, slopes: &[f32]) -> Result<Value, GraphError> {
        let (_, channels) = x.image()?;
        if i64::try_from(slopes.len()) != Ok(channels) {
            return Err(GraphError::mismatch("slopes", channels, slopes.len()));
        }
        let rest: Vec<f32> = slopes.iter().map(|slope| 1.0 - slope).collect();
        let everywhere = self.scale_channels(x, slopes.to_vec())?;
        let positive = self.relu(x);
        let on_top = self.scale_channels(&positive, rest)?;
        self.add(&everywhere, &on_top)
    }

    fn scale_channels(&mut self, x: &Value, factors: Vec<f32>) -> Result<Value, GraphError> {
        let (_, channels) = x.image()?;
        let kernel = Kernel::by_channel(factors, channels);
        self.conv(x, &kernel, None, &Window::square(1, Padding::Valid))
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
