//! Convolutions.

use super::window::pads;
use super::{GraphBuilder, Kernel, Shape, Value, Window};
use crate::error::GraphError;
use crate::onnx::Attribute;
use crate::tensor::Tensor;

impl GraphBuilder {
    /// Convolves an image. `bias` has one value per output channel.
    pub fn conv(
        &mut self,
        x: &Value,
        kernel: &Kernel,
        bias: Option<&[f32]>,
        window: &Window,
    ) -> Result<Value, GraphError> {
        let (size, channels) = x.image()?;
        if channels != kernel.inputs {
            return Err(GraphError::mismatch(
                "input channels",
                kernel.inputs,
                channels,
            ));
        }
        let spans = window.over(size, kernel.size)?;
        let mut inputs = vec![x.name.clone(), self.constant(&kernel.weights)];
        if let Some(bias) = bias {
            kernel.check_per_output("bias", bias)?;
            inputs.push(self.constant(&Tensor::float(vec![kernel.outputs], bias.to_vec())));
        }
        let attributes = vec![
            ("dilations", Attribute::Ints(window.dilation.to_vec())),
            ("group", Attribute::Int(kernel.groups)),
            ("kernel_shape", Attribute::Ints(kernel.size.to_vec())),
            ("pads", Attribute::Ints(pads(spans))),
            ("strides", Attribute::Ints(window.stride.to_vec())),
        ];
        let shape = Shape::Image {
            height: spans[0].positions,
            width: spans[1].positions,
            channels: kernel.outputs,
        };
        Ok(self.operation("Conv", inputs, attributes, shape))
    }
}
