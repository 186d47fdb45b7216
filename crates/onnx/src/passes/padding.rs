//! Channels of zeros behind an image.
//!
//! onnxruntime computes `Pad` in plain memory order only: the image is rearranged before, and the
//! sum that follows after. A convolution that copies the channels and leaves the new ones zero
//! stays in the blocked order.

use std::collections::HashMap;

use super::channels;
use crate::graph::Graph;
use crate::node::node;
use crate::proto::{NodeProto, attribute_kind};
use crate::tensor::Tensor;

/// Replaces `Pad` along the channels.
pub(super) fn copy_by_convolution(mut graph: Graph) -> Graph {
    let channels = channels::count(&graph);
    let found: Vec<(usize, NodeProto, i64, [i64; 2])> = graph
        .nodes
        .iter()
        .enumerate()
        .filter_map(|(place, pad)| {
            let added = added_channels(&graph, pad)?;
            let channels = *channels.get(pad.operand(0))?;
            Some((place, pad.clone(), channels, added))
        })
        .collect();
    let mut replacements = HashMap::new();
    for (place, pad, channels, [before, after]) in found {
        let weights = graph.add_floats(copying(channels, before, after));
        let conv = node("Conv", &[pad.operand(0), &weights], pad.result())
            .with_ints("kernel_shape", &[1, 1]);
        replacements.insert(place, vec![conv]);
    }
    graph.replace(replacements);
    graph
}

/// Channels of zeros before and behind, if the operation adds nothing else.
pub(super) fn added_channels(graph: &Graph, pad: &NodeProto) -> Option<[i64; 2]> {
    let mode = pad
        .setting("mode")
        .map(|mode| (mode.kind, mode.text.as_deref()));
    let zeros = match pad.operand(2) {
        "" => true,
        value => graph.floats(value)?.values == [0.0],
    };
    let constant = [
        None,
        Some((attribute_kind::TEXT, Some(b"constant".as_slice()))),
    ];
    if pad.op_type != "Pad" || !zeros || !constant.contains(&mode) || pad.input.len() > 3 {
        return None;
    }
    match graph.ints(pad.operand(1))?.as_slice() {
        &[0, before, 0, 0, 0, after, 0, 0] if before >= 0 && after >= 0 => Some([before, after]),
        _ => None,
    }
}

/// Weights that copy each channel, with channels of zeros around them.
fn copying(channels: i64, before: i64, after: i64) -> Tensor {
    let outputs = before + channels + after;
    let values = (0..outputs)
        .flat_map(|output| {
            (0..channels).map(move |input| if output == before + input { 1.0 } else { 0.0 })
        })
        .collect();
    Tensor::new(vec![outputs, channels, 1, 1], values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passes::support::{Sketch, ops};

    fn padded(pads: &[i64]) -> Graph {
        Sketch::image([1, 3, 5, 4])
            .ints("pads", pads)
            .node(node("Pad", &["x", "pads"], "y"))
            .graph()
    }

    #[test]
    fn channels_of_zeros_are_a_convolution() {
        let graph = padded(&[0, 2, 0, 0, 0, 1, 0, 0]);
        let tuned = copy_by_convolution(graph.clone());
        assert_eq!(ops(&tuned), ["Conv"]);
        graph.assert_same_results(&tuned);
    }

    #[test]
    fn other_paddings_stay() {
        let spatial = padded(&[0, 0, 1, 0, 0, 1, 0, 0]);
        assert_eq!(ops(&copy_by_convolution(spatial)), ["Pad"]);
        let ones = Sketch::image([1, 3, 5, 4])
            .ints("pads", &[0, 0, 0, 0, 0, 1, 0, 0])
            .constant("one", &[], &[1.0])
            .node(node("Pad", &["x", "pads", "one"], "y"))
            .graph();
        assert_eq!(ops(&copy_by_convolution(ones)), ["Pad"]);
    }
}
