//! Convolutions.

use super::window::{Span, pads};
use super::{GraphBuilder, Kernel, Shape, Value, Window};
use crate::error::GraphError;
use crate::onnx::Attribute;
use crate::tensor::Tensor;

/// Where a convolution's window goes.
pub(super) struct Placement {
    pub stride: [i64; 2],
    pub dilation: [i64; 2],
    pub spans: [Span; 2],
}

impl GraphBuilder {
    /// Convolves an image. `bias` has one value per output channel.
    pub fn conv(
        &mut self,
        x: &Value,
        kernel: &Kernel,
        bias: Option<&[f32]>,
        window: &Window,
    ) -> Result<Value, GraphError> {
        let (size, _) = x.image()?;
        let spans = window.over(size, kernel.size)?;
        let placement = Placement {
            stride: window.stride,
            dilation: window.dilation,
            spans,
        };
        self.place(x, kernel, bias, &placement)
    }

    pub(super) fn place(
        &mut self,
        x: &Value,
        kernel: &Kernel,
        bias: Option<&[f32]>,
        placement: &Placement,
    ) -> Result<Value, GraphError> {
        let (_, channels) = x.image()?;
        if channels != kernel.inputs {
            return Err(GraphError::mismatch(
                "input channels",
                kernel.inputs,
                channels,
            ));
        }
        let mut inputs = vec![x.name.clone(), self.constant(&kernel.weights)];
        if let Some(bias) = bias {
            kernel.check_per_output("bias", bias)?;
            inputs.push(self.constant(&Tensor::float(vec![kernel.outputs], bias.to_vec())));
        }
        let attributes = vec![
            ("dilations", Attribute::Ints(placement.dilation.to_vec())),
            ("group", Attribute::Int(kernel.groups)),
            ("kernel_shape", Attribute::Ints(kernel.size.to_vec())),
            ("pads", Attribute::Ints(pads(placement.spans))),
            ("strides", Attribute::Ints(placement.stride.to_vec())),
        ];
        let [height, width] = placement.spans.map(|span| span.positions);
        let shape = Shape::Image {
            height,
            width,
            channels: kernel.outputs,
        };
        Ok(self.operation("Conv", inputs, attributes, shape))
    }
}
