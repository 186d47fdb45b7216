//! Pooling.

use super::window::pads;
use super::{GraphBuilder, Padding, Shape, Value, Window};
use crate::error::GraphError;
use crate::onnx::Attribute;

impl GraphBuilder {
    /// The largest value in each window; padding never wins.
    pub fn max_pool(
        &mut self,
        x: &Value,
        kernel: [i64; 2],
        window: &Window,
    ) -> Result<Value, GraphError> {
        self.pool("MaxPool", x, kernel, window)
    }

    /// The mean of each square window that lies inside the image.
    pub fn average_pool(
        &mut self,
        x: &Value,
        kernel: i64,
        stride: i64,
    ) -> Result<Value, GraphError> {
        self.pool(
            "AveragePool",
            x,
            [kernel; 2],
            &Window::square(stride, Padding::Valid),
        )
    }

    /// The mean of each channel over the whole image, as `[1, channels]`.
    pub fn spatial_mean(&mut self, x: &Value) -> Result<Value, GraphError> {
        let (_, channels) = x.image()?;
        let attributes = vec![
            ("axes", Attribute::Ints(vec![2, 3])),
            ("keepdims", Attribute::Int(0)),
        ];
        Ok(self.operation(
            "ReduceMean",
            vec![x.name.clone()],
            attributes,
            Shape::Flat(vec![1, channels]),
        ))
    }

    fn pool(
        &mut self,
        op: &str,
        x: &Value,
        kernel: [i64; 2],
        window: &Window,
    ) -> Result<Value, GraphError> {
        let (size, channels) = x.image()?;
        let spans = window.over(size, kernel)?;
        let attributes = vec![
            ("kernel_shape", Attribute::Ints(kernel.to_vec())),
            ("pads", Attribute::Ints(pads(spans))),
            ("strides", Attribute::Ints(window.stride.to_vec())),
        ];
        let shape = Shape::Image {
            height: spans[0].positions,
            width: spans[1].positions,
            channels,
        };
        Ok(self.operation(op, vec![x.name.clone()], attributes, shape))
    }
}
