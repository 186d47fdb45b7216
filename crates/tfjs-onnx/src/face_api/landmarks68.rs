//! `FaceLandmark68Net`: four blocks of separable convolutions, each of which adds up everything
//! before it.

use crate::error::{Failure, GraphError};
use crate::graph::{GraphBuilder, Kernel, Padding, Value, Window};
use crate::tensor::Tensor;
use crate::weights::Weights;

/// The block that sees the image itself.
const PLAIN_BLOCK: &str = "dense0";

/// 112 × 112 × 3 → `landmarks`, 68 × (x, y).
pub(crate) fn build(weights: &Weights, graph: &mut GraphBuilder) -> Result<(), Failure> {
    let fail = |part: &'static str| move |problem| Failure::new("dense block", part, problem);
    let mut x = graph.image_input(112, 112, 3).map_err(fail("input"))?;
    for block in [PLAIN_BLOCK, "dense1", "dense2", "dense3"] {
        x = dense_block(weights, graph, &x, block).map_err(fail(block))?;
    }
    head(weights, graph, &x).map_err(|problem| Failure::new("dense layer", "fc", problem))
}

fn head(weights: &Weights, graph: &mut GraphBuilder, x: &Value) -> Result<(), GraphError> {
    let pooled = graph.average_pool(x, 7, 2)?;
    let row = graph.reshape(&pooled, &[1, -1])?;
    let bias = weights.get("fc/bias")?;
    let landmarks = graph.dense(&row, weights.get("fc/weights")?, Some(bias))?;
    graph.output(&landmarks, "landmarks");
    Ok(())
}

/// The first convolution halves the image. Each further one sees the rectified sum of all before
/// it, and the block gives the rectified sum of all four.
fn dense_block(
    weights: &Weights,
    graph: &mut GraphBuilder,
    x: &Value,
    block: &str,
) -> Result<Value, GraphError> {
    let halved = first_conv(weights, graph, x, block)?;
    let mut sum = graph.relu(&halved);
    let mut rectified = sum.clone();
    for conv in ["conv1", "conv2", "conv3"] {
        let window = Window::square(1, Padding::Same);
        let name = format!("{block}/{conv}");
        let next = separable_conv(weights, graph, &rectified, &name, &window)?;
        sum = graph.add(&sum, &next)?;
        rectified = graph.relu(&sum);
    }
    Ok(rectified)
}

/// Halves the image. In the first block that is a plain convolution, in the others a separable one.
fn first_conv(
    weights: &Weights,
    graph: &mut GraphBuilder,
    x: &Value,
    block: &str,
) -> Result<Value, GraphError> {
    let window = Window::square(2, Padding::Same);
    if block != PLAIN_BLOCK {
        return separable_conv(weights, graph, x, &format!("{block}/conv0"), &window);
    }
    let filter = weights.get(&format!("{block}/conv0/filters"))?;
    let bias = weights.get(&format!("{block}/conv0/bias"))?.floats()?;
    graph.conv(x, &Kernel::dense(filter)?, Some(bias), &window)
}

/// Each channel on its own over the window, then all channels together point by point.
fn separable_conv(
    weights: &Weights,
    graph: &mut GraphBuilder,
    x: &Value,
    name: &str,
    window: &Window,
) -> Result<Value, GraphError> {
    let part = |part: &str| weights.get(&format!("{name}/{part}"));
    let depthwise = Kernel::depthwise(part("depthwise_filter")?)?;
    let pointwise = Kernel::dense(part("pointwise_filter")?)?;
    let bias = part("bias").and_then(Tensor::floats)?;
    let spread = graph.conv(x, &depthwise, None, window)?;
    graph.conv(
        &spread,
        &pointwise,
        Some(bias),
        &Window::square(1, Padding::Same),
    )
}
