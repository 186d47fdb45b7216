//! Convolution weights in ONNX's order, read from TensorFlow's.

use crate::error::GraphError;
use crate::tensor::{Tensor, element_count};

/// Weights of a convolution: \[output channel, input channel within its group, row, column\].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kernel {
    pub(super) weights: Tensor,
    pub(super) size: [i64; 2],
    pub(super) inputs: i64,
    pub(super) outputs: i64,
    pub(super) groups: i64,
}

impl Kernel {
    /// From TensorFlow's `[row, column, input channel, output channel]`.
    pub fn dense(filter: &Tensor) -> Result<Self, GraphError> {
        let [height, width, inputs, outputs] = filter.dims4()?;
        let weights = Tensor::float(
            vec![outputs, inputs, height, width],
            channels_first(filter, |input, output| (output, input))?,
        );
        Ok(Self {
            weights,
            size: [height, width],
            inputs,
            outputs,
            groups: 1,
        })
    }

    /// From TensorFlow's `[row, column, input channel, multiplier]`: every input channel has
    /// `multiplier` outputs of its own.
    pub fn depthwise(filter: &Tensor) -> Result<Self, GraphError> {
        let [height, width, inputs, multiplier] = filter.dims4()?;
        let outputs = inputs * multiplier;
        let weights = Tensor::float(
            vec![outputs, 1, height, width],
            channels_first(filter, |input, copy| (input, copy))?,
        );
        Ok(Self {
            weights,
            size: [height, width],
            inputs,
            outputs,
            groups: inputs,
        })
    }

    /// Multiplies each channel with its factor.
    pub(super) fn by_channel(factors: Vec<f32>, channels: i64) -> Self {
        Self {
            weights: Tensor::float(vec![channels, 1, 1, 1], factors),
            size: [1, 1],
            inputs: channels,
            outputs: channels,
            groups: channels,
        }
    }

    /// Copies each channel, with `before` and `after` channels of zeros around them.
    pub(super) fn copy(channels: i64, before: i64, after: i64) -> Result<Self, GraphError> {
        let outputs = before + channels + after;
        if outputs == channels {
            let count = element_count(&[channels]).unwrap_or_default();
            return Ok(Self::by_channel(vec![1.0; count], channels));
        }
        let dims = vec![outputs, channels, 1, 1];
        let misfit = || GraphError::mismatch("channels", "a sensible number", outputs);
        let mut weights = vec![0.0; element_count(&dims).ok_or_else(misfit)?];
        for channel in 0..channels {
            let index = usize::try_from((before + channel) * channels + channel);
            weights[index.map_err(|_| misfit())?] = 1.0;
        }
        let weights = Tensor::float(dims, weights);
        Ok(Self {
            weights,
            size: [1, 1],
            inputs: channels,
            outputs,
            groups: 1,
        })
    }

    /// The same convolution with each output channel multiplied by its factor.
    pub fn scaled(mut self, factors: &[f32]) -> Result<Self, GraphError> {
        let per_output = self.check_per_output("scale", factors)?;
        let weights = self.weights.floats()?;
        let scaled = weights
            .chunks(per_output)
            .zip(factors)
            .flat_map(|(chunk, factor)| chunk.iter().map(move |w| w * factor));
        self.weights = Tensor::float(self.weights.dims.clone(), scaled.collect());
        Ok(self)
    }

    /// Checks that there is one value per output channel; returns how many weights each output
    /// channel has.
    pub(super) fn check_per_output(
        &self,
        what: &'static str,
        values: &[f32],
    ) -> Result<usize, GraphError> {
        if i64::try_from(values.len()) != Ok(self.outputs) {
            return Err(GraphError::mismatch(what, self.outputs, values.len()));
        }
        Ok((self.weights.floats()?.len() / values.len().max(1)).max(1))
    }
}

/// Values of a filter with its two channel axes first; `order` says which of them (third and fourth
/// of the source) leads.
fn channels_first(
    filter: &Tensor,
    order: fn(usize, usize) -> (usize, usize),
) -> Result<Vec<f32>, GraphError> {
    let values = filter.floats()?;
    let [height, width, third, fourth] =
        filter.dims4()?.map(|dim| usize::try_from(dim).unwrap_or(0));
    let (leading, following) = order(third, fourth);
    let mut reordered = Vec::with_capacity(values.len());
    for a in 0..leading {
        for b in 0..following {
            // `order` is its own inverse: a swap or nothing.
            let (t, f) = order(a, b);
            reordered.extend(
                (0..height * width).map(|position| values[(position * third + t) * fourth + f]),
            );
        }
    }
    Ok(reordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter() -> Tensor {
        // 1 × 2 positions, 2 input channels, 3 in the last axis: value = position · 100 + input ·
        // 10 + last.
        let values = [
            0.0, 1.0, 2.0, 10.0, 11.0, 12.0, 100.0, 101.0, 102.0, 110.0, 111.0, 112.0,
        ];
        Tensor::float(vec![1, 2, 2, 3], values.to_vec())
    }

    #[test]
    fn a_dense_filter_leads_with_its_outputs() {
        let kernel = Kernel::dense(&filter()).expect("a filter");
        let expected = vec![
            0.0, 100.0, 10.0, 110.0, 1.0, 101.0, 11.0, 111.0, 2.0, 102.0, 12.0, 112.0,
        ];
        assert_eq!(kernel.weights, Tensor::float(vec![3, 2, 1, 2], expected));
        assert_eq!((kernel.inputs, kernel.outputs, kernel.groups), (2, 3, 1));
    }

    #[test]
    fn a_depthwise_filter_keeps_each_inputs_outputs_together() {
        let kernel = Kernel::depthwise(&filter()).expect("a filter");
        let expected = vec![
            0.0, 100.0, 1.0, 101.0, 2.0, 102.0, 10.0, 110.0, 11.0, 111.0, 12.0, 112.0,
        ];
        assert_eq!(kernel.weights, Tensor::float(vec![6, 1, 1, 2], expected));
        assert_eq!((kernel.inputs, kernel.outputs, kernel.groups), (2, 6, 2));
    }

    #[test]
    fn scaling_needs_one_factor_for_each_output() {
        let kernel = Kernel::dense(&filter()).expect("a filter");
        let scaled = kernel
            .clone()
            .scaled(&[1.0, 2.0, 0.0])
            .expect("three factors");
        assert_eq!(
            scaled.weights.floats().expect("floats")[4..],
            [2.0, 202.0, 22.0, 222.0, 0.0, 0.0, 0.0, 0.0]
        );
        assert_eq!(
            kernel.scaled(&[1.0]),
            Err(GraphError::mismatch("scale", 3, 1))
        );
    }
}
