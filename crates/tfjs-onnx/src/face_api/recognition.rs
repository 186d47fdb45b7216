//! `FaceRecognitionNet`: dlib's residual network for face descriptors, 29 convolutions.

use crate::error::{Failure, GraphError};
use crate::graph::{GraphBuilder, Kernel, Padding, Value, Window};
use crate::tensor::Tensor;
use crate::weights::Weights;

/// A residual block: keeps the size, or halves it.
enum Block {
    Keep(&'static str),
    Halve(&'static str),
}

use Block::{Halve, Keep};

const BLOCKS: [Block; 14] = [
    Keep("conv32_1"),
    Keep("conv32_2"),
    Keep("conv32_3"),
    Halve("conv64_down"),
    Keep("conv64_1"),
    Keep("conv64_2"),
    Keep("conv64_3"),
    Halve("conv128_down"),
    Keep("conv128_1"),
    Keep("conv128_2"),
    Halve("conv256_down"),
    Keep("conv256_1"),
    Keep("conv256_2"),
    Halve("conv256_down_out"),
];

/// 150 × 150 × 3 → `descriptor`, 128 values.
pub(crate) fn build(weights: &Weights, graph: &mut GraphBuilder) -> Result<(), Failure> {
    let mut x = stem(weights, graph).map_err(|p| Failure::new("stem", "conv32_down", p))?;
    for block in &BLOCKS {
        let (name, converted) = match block {
            Keep(name) => (name, residual(weights, graph, &x, name)),
            Halve(name) => (name, residual_halving(weights, graph, &x, name)),
        };
        x = converted.map_err(|problem| Failure::new("residual block", name, problem))?;
    }
    head(weights, graph, &x).map_err(|problem| Failure::new("dense layer", "fc", problem))
}

fn stem(weights: &Weights, graph: &mut GraphBuilder) -> Result<Value, GraphError> {
    let input = graph.image_input(150, 150, 3)?;
    let window = Window::square(2, Padding::Valid);
    let x = scaled_conv(weights, graph, &input, "conv32_down", &window)?;
    let x = graph.relu(&x);
    graph.max_pool(&x, [3, 3], &window)
}

fn head(weights: &Weights, graph: &mut GraphBuilder, x: &Value) -> Result<(), GraphError> {
    let mean = graph.spatial_mean(x)?;
    let descriptor = graph.dense(&mean, weights.get("fc")?, None)?;
    graph.output(&descriptor, "descriptor");
    Ok(())
}

fn residual(
    weights: &Weights,
    graph: &mut GraphBuilder,
    x: &Value,
    name: &str,
) -> Result<Value, GraphError> {
    let window = Window::square(1, Padding::Same);
    let inner = two_convs(weights, graph, x, name, &window)?;
    let sum = graph.add(&inner, x)?;
    Ok(graph.relu(&sum))
}

/// The shortcut is averaged down. Zeros fill what one side lacks: the shortcut's new channels, and
/// a last row and column of the convolutions.
fn residual_halving(
    weights: &Weights,
    graph: &mut GraphBuilder,
    x: &Value,
    name: &str,
) -> Result<Value, GraphError> {
    let inner = two_convs(weights, graph, x, name, &Window::square(2, Padding::Valid))?;
    let shortcut = graph.average_pool(x, 2, 2)?;
    let (size, _) = shortcut.image()?;
    let (_, channels) = inner.image()?;
    let inner = graph.pad_to(&inner, size, channels)?;
    let shortcut = graph.pad_to(&shortcut, size, channels)?;
    let sum = graph.add(&shortcut, &inner)?;
    Ok(graph.relu(&sum))
}

fn two_convs(
    weights: &Weights,
    graph: &mut GraphBuilder,
    x: &Value,
    name: &str,
    first: &Window,
) -> Result<Value, GraphError> {
    let x = scaled_conv(weights, graph, x, &format!("{name}/conv1"), first)?;
    let x = graph.relu(&x);
    let window = Window::square(1, Padding::Same);
    scaled_conv(weights, graph, &x, &format!("{name}/conv2"), &window)
}

/// dlib's affine layer, which stands in for batch normalisation, is folded into the convolution:
/// (w∗x + b)·s + t = (s·w)∗x + (s·b + t).
fn scaled_conv(
    weights: &Weights,
    graph: &mut GraphBuilder,
    x: &Value,
    name: &str,
    window: &Window,
) -> Result<Value, GraphError> {
    let floats = |part: &str| {
        weights
            .get(&format!("{name}/{part}"))
            .and_then(Tensor::floats)
    };
    let (bias, scale, shift) = (
        floats("conv/bias")?,
        floats("scale/weights")?,
        floats("scale/biases")?,
    );
    let kernel = Kernel::dense(weights.get(&format!("{name}/conv/filters"))?)?.scaled(scale)?;
    let folded: Vec<f32> = bias
        .iter()
        .zip(scale)
        .zip(shift)
        .map(|((bias, scale), shift)| bias * scale + shift)
        .collect();
    graph.conv(x, &kernel, Some(&folded), window)
}
