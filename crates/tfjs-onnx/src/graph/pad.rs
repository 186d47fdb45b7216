//! Zeros around an image.
//!
//! ONNX has `Pad`, but onnxruntime has it in plain memory order only. A sum with a padded operand,
//! and every sum after it, would then be computed in plain order too, with a rearrangement before
//! and after each convolution in between. A convolution that copies the image and leaves the rest
//! zero stays in the blocked order.

use super::conv::Placement;
use super::window::Span;
use super::{GraphBuilder, Kernel, Value};
use crate::error::GraphError;

impl GraphBuilder {
    /// Adds zeros: `before` and `after` along TensorFlow's batch, height, width and channel axes.
    pub fn pad(
        &mut self,
        x: &Value,
        before: [i64; 4],
        after: [i64; 4],
    ) -> Result<Value, GraphError> {
        let ([height, width], channels) = x.image()?;
        if before[0] != 0 || after[0] != 0 {
            return Err(GraphError::Unsupported("padding the batch".to_owned()));
        }
        if before.iter().chain(&after).any(|&count| count < 0) {
            return Err(GraphError::mismatch(
                "padding",
                "no negative counts",
                (before, after),
            ));
        }
        let kernel = Kernel::copy(channels, before[3], after[3])?;
        let span = |size: i64, axis: usize| Span {
            before: before[axis],
            after: after[axis],
            positions: before[axis] + size + after[axis],
        };
        let spans = [span(height, 1), span(width, 2)];
        self.place(
            x,
            &kernel,
            None,
            &Placement {
                stride: [1; 2],
                dilation: [1; 2],
                spans,
            },
        )
    }

    /// Adds zeros at the bottom, at the right and as last channels, until `x` has this
    /// (height, width) and this many channels.
    pub fn pad_to(
        &mut self,
        x: &Value,
        size: [i64; 2],
        channels: i64,
    ) -> Result<Value, GraphError> {
        let (own_size, own_channels) = x.image()?;
        let missing = [
            0,
            size[0] - own_size[0],
            size[1] - own_size[1],
            channels - own_channels,
        ];
        if missing == [0; 4] {
            Ok(x.clone())
        } else {
            self.pad(x, [0; 4], missing)
        }
    }
}
