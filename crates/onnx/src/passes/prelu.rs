//! `PRelu` as operations that stay in onnxruntime's blocked memory order.
//!
//! onnxruntime computes `PRelu` in plain order, so an image is rearranged before and after each.
//! x where positive, elsewhere its channel's slope s times x, is s·x + (1 − s)·max(x, 0): two
//! scalings by channel, which are depthwise convolutions, and a `Relu`; the sum becomes part of the
//! second convolution.

use std::collections::HashMap;

use super::channels;
use crate::conv::scaling;
use crate::graph::Graph;
use crate::node::node;
use crate::proto::NodeProto;

/// Replaces `PRelu` of one slope a channel.
pub(super) fn split(mut graph: Graph) -> Graph {
    let channels = channels::count(&graph);
    let found: Vec<(usize, NodeProto, Vec<f32>)> = graph
        .nodes
        .iter()
        .enumerate()
        .filter_map(|(place, prelu)| {
            let channels = *channels.get(prelu.operand(0))?;
            Some((place, prelu.clone(), slopes(&graph, prelu, channels)?))
        })
        .collect();
    let mut replacements = HashMap::new();
    for (place, prelu, slopes) in found {
        replacements.insert(place, parts(&mut graph, &prelu, slopes));
    }
    graph.replace(replacements);
    graph
}

/// One slope for each of the channels.
fn slopes(graph: &Graph, prelu: &NodeProto, channels: i64) -> Option<Vec<f32>> {
    if prelu.op_type != "PRelu" {
        return None;
    }
    let slopes = graph.floats(prelu.operand(1))?;
    match slopes.dims.as_slice() {
        [1, along, 1, 1] | [along, 1, 1] if *along == channels => Some(slopes.values),
        _ => None,
    }
}

fn parts(graph: &mut Graph, prelu: &NodeProto, slopes: Vec<f32>) -> Vec<NodeProto> {
    let x = prelu.operand(0);
    let [positive, on_top, everywhere] =
        ["positive", "on_top", "everywhere"].map(|part| graph.new_name(part));
    let rest = slopes.iter().map(|slope| 1.0 - slope).collect();
    vec![
        node("Relu", &[x], &positive),
        scaling(graph, &positive, rest, &on_top),
        scaling(graph, x, slopes, &everywhere),
        node("Add", &[&everywhere, &on_top], prelu.result()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passes::support::{Sketch, ops};

    fn with_slopes(dims: &[i64], slopes: &[f32]) -> Graph {
        Sketch::image([1, 3, 5, 4])
            .constant("slopes", dims, slopes)
            .node(node("PRelu", &["x", "slopes"], "y"))
            .graph()
    }

    #[test]
    fn every_slope_keeps_its_meaning() {
        let graph = with_slopes(&[3, 1, 1], &[0.25, -0.5, 1.5]);
        let tuned = split(graph.clone());
        assert_eq!(ops(&tuned), ["Relu", "Conv", "Conv", "Add"]);
        graph.assert_same_results(&tuned);
    }

    #[test]
    fn slopes_along_another_axis_stay() {
        let along_rows = with_slopes(&[5, 1], &[0.1, 0.2, 0.3, 0.4, 0.5]);
        assert_eq!(ops(&split(along_rows)), ["PRelu"]);
    }
}
