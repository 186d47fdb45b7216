//! Where a sliding window goes: TensorFlow's SAME and VALID, made explicit.

use crate::error::GraphError;

/// TensorFlow's padding schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Padding {
    /// ceil(size / stride) positions; what is missing is padded, the odd one after.
    Same,
    /// Only positions where the window lies inside.
    Valid,
}

/// How a window moves, as (vertical, horizontal).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub stride: [i64; 2],
    pub dilation: [i64; 2],
    pub padding: Padding,
}

/// Padding and number of positions along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub before: i64,
    pub after: i64,
    pub positions: i64,
}

impl Window {
    pub fn square(stride: i64, padding: Padding) -> Self {
        Self {
            stride: [stride; 2],
            dilation: [1; 2],
            padding,
        }
    }

    /// The spans over an image of `size` for a window of `kernel`, both (height, width).
    pub(super) fn over(&self, size: [i64; 2], kernel: [i64; 2]) -> Result<[Span; 2], GraphError> {
        Ok([
            self.span(0, size[0], kernel[0])?,
            self.span(1, size[1], kernel[1])?,
        ])
    }

    fn span(&self, axis: usize, size: i64, kernel: i64) -> Result<Span, GraphError> {
        let (stride, dilation) = (self.stride[axis], self.dilation[axis]);
        if kernel < 1 || stride < 1 || dilation < 1 {
            return Err(GraphError::mismatch(
                "window",
                "positive sizes",
                (kernel, stride, dilation),
            ));
        }
        let reach = (kernel - 1) * dilation + 1;
        match self.padding {
            Padding::Same => {
                let positions = (size + stride - 1) / stride;
                let missing = ((positions - 1) * stride + reach - size).max(0);
                Ok(Span {
                    before: missing / 2,
                    after: missing - missing / 2,
                    positions,
                })
            }
            Padding::Valid if reach > size => Err(GraphError::mismatch(
                "image size",
                format!("at least {reach}"),
                size,
            )),
            Padding::Valid => Ok(Span {
                before: 0,
                after: 0,
                positions: (size - reach) / stride + 1,
            }),
        }
    }
}

/// ONNX's `pads`: both starts, then both ends.
pub(super) fn pads([vertical, horizontal]: [Span; 2]) -> Vec<i64> {
    vec![
        vertical.before,
        horizontal.before,
        vertical.after,
        horizontal.after,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_placed_as_tensorflow_places_them() {
        use Padding::{Same, Valid};
        let cases = [
            // padding, size, kernel, stride, dilation → before, after, positions
            (Same, 256, 5, 2, 1, (1, 2, 128)),
            (Same, 192, 3, 2, 1, (0, 1, 96)),
            (Same, 7, 3, 2, 1, (1, 1, 4)),
            (Same, 16, 3, 1, 1, (1, 1, 16)),
            (Same, 8, 1, 2, 1, (0, 0, 4)),
            (Same, 10, 3, 1, 2, (2, 2, 10)),
            (Valid, 150, 7, 2, 1, (0, 0, 72)),
            (Valid, 3, 3, 3, 1, (0, 0, 1)),
            (Valid, 7, 3, 1, 3, (0, 0, 1)),
        ];
        for (padding, size, kernel, stride, dilation, (before, after, positions)) in cases {
            let window = Window {
                stride: [stride; 2],
                dilation: [dilation; 2],
                padding,
            };
            let expected = Ok([Span {
                before,
                after,
                positions,
            }; 2]);
            assert_eq!(
                window.over([size; 2], [kernel; 2]),
                expected,
                "{padding:?} {size} {kernel} {stride} {dilation}"
            );
        }
    }

    #[test]
    fn a_window_larger_than_the_image_is_refused() {
        let window = Window::square(1, Padding::Valid);
        assert!(matches!(
            window.over([2, 9], [3, 3]),
            Err(GraphError::Mismatch {
                what: "image size",
                ..
            })
        ));
    }
}
