//! Images with as many channels as onnxruntime's blocks want.
//!
//! onnxruntime keeps images in blocks of 16 channels (8 on older processors) only where their
//! number allows: a depthwise convolution over 103 channels is computed in plain order, fifteen
//! times slower, and the image is rearranged before and after. Where nothing but convolutions
//! decides how many channels an image has, zeros are added up to the next block. The new channels
//! stay without effect: every dense convolution that takes them has zeros as weights for them.

use super::streams::{self, slope_count};
use crate::conv::Conv;
use crate::graph::Graph;
use crate::proto::NodeProto;
use crate::tensor::Tensor;

/// Channels of a block.
pub(super) const BLOCK: i64 = 16;

/// How many blocks an image of `channels` takes.
pub(super) fn blocks(channels: i64) -> i64 {
    (channels + BLOCK - 1) / BLOCK
}

/// Fills images up to whole blocks of channels.
pub(super) fn to_blocks(mut graph: Graph) -> Graph {
    let widths = streams::uneven(&graph);
    for place in 0..graph.nodes.len() {
        let node = graph.nodes[place].clone();
        let [input, output] = [node.operand(0), node.result()]
            .map(|value| widths.get(value).map(|&w| blocks(w) * BLOCK));
        if let Some(wider) = widened(&mut graph, node, input, output) {
            graph.nodes[place] = wider;
        }
    }
    graph
}

/// The operation for images of new widths; `None` if it needs no change.
fn widened(
    graph: &mut Graph,
    node: NodeProto,
    input: Option<i64>,
    output: Option<i64>,
) -> Option<NodeProto> {
    if node.op_type == "PRelu" {
        let slopes = graph.floats(node.operand(1))?;
        let slopes = Tensor::new(vec![slope_count(&slopes)?, 1, 1], slopes.values);
        return Some(with_constants(graph, node, &[slopes.with_rows(output?)]));
    }
    let conv = Conv::read(graph, &node)?;
    if input.is_none() && output.is_none() {
        return None;
    }
    let mut weights = graph.floats(node.operand(1))?;
    let depthwise = conv.is_depthwise();
    if let Some(columns) = input.filter(|_| !depthwise) {
        weights = weights.with_columns(columns);
    }
    let rows = output.unwrap_or(weights.dims[0]);
    let bias = graph
        .floats(node.operand(2))
        .map(|bias| bias.with_rows(rows));
    let constants: Vec<Tensor> = [Some(weights.with_rows(rows)), bias]
        .into_iter()
        .flatten()
        .collect();
    let node = with_constants(graph, node, &constants);
    Some(if depthwise {
        node.with_int("group", rows)
    } else {
        node
    })
}

/// The operation with other constants behind its first operand.
fn with_constants(graph: &mut Graph, mut node: NodeProto, constants: &[Tensor]) -> NodeProto {
    node.input.truncate(1);
    for constant in constants {
        let name = graph.add_floats(constant.clone());
        node.input.push(name);
    }
    node
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::node;
    use crate::passes::support::{Sketch, ops};

    /// A dense convolution to 5 channels, a depthwise one, slopes, a squeeze-and-excite product, a
    /// sum with what came first, and a dense convolution to 3.
    fn bottleneck() -> Sketch {
        Sketch::image([1, 2, 6, 5])
            .noise("w1", &[5, 2, 1, 1])
            .noise("b1", &[5])
            .noise("w2", &[5, 1, 3, 3])
            .noise("slopes", &[5, 1, 1])
            .noise("w3", &[5, 5, 1, 1])
            .noise("w4", &[3, 5, 1, 1])
            .node(node("Conv", &["x", "w1", "b1"], "a"))
            .node(
                node("Conv", &["a", "w2"], "b")
                    .with_int("group", 5)
                    .with_ints("pads", &[1, 1, 1, 1]),
            )
            .node(node("PRelu", &["b", "slopes"], "c"))
            .node(node("GlobalAveragePool", &["c"], "p"))
            .node(node("Conv", &["p", "w3"], "q"))
            .node(node("Sigmoid", &["q"], "s"))
            .node(node("Mul", &["c", "s"], "m"))
            .node(node("Add", &["m", "a"], "d"))
            .node(node("Conv", &["d", "w4"], "y"))
    }

    fn width_of(graph: &Graph, place: usize) -> i64 {
        graph.constants[graph.nodes[place].operand(1)].dims[0]
    }

    #[test]
    fn inner_images_are_filled_up_and_the_result_stays() {
        let graph = bottleneck().graph();
        let tuned = to_blocks(graph.clone());
        assert_eq!(ops(&tuned), ops(&graph));
        assert_eq!(
            [0, 1, 2, 4, 8].map(|i| width_of(&tuned, i)),
            [16, 16, 16, 16, 3]
        );
        assert_eq!(tuned.nodes[1].int("group", 1), 16);
        graph.assert_same_results(&tuned);
    }

    #[test]
    fn what_others_see_keeps_its_channels() {
        let shown = bottleneck().outputs(&["y", "c"]).graph();
        let tuned = to_blocks(shown.clone());
        assert_eq!([0, 1, 2].map(|i| width_of(&tuned, i)), [5, 5, 5]);
        let flat = bottleneck()
            .ints("dims", &[1, -1])
            .node(node("Reshape", &["d", "dims"], "flat"))
            .outputs(&["y", "flat"])
            .graph();
        assert_eq!(to_blocks(flat.clone()), flat);
    }
}
