//! Narrow convolutions of the same image, computed together.
//!
//! onnxruntime fills every convolution's outputs up to a block of 16 channels. A detector's heads
//! with 1, 1, 4 and 10 channels cost four blocks apart and one together. Each head is a dense
//! convolution and, usually, a depthwise one behind it; both are merged, and the result is split.

use std::collections::HashMap;

use super::widen::{BLOCK, blocks};
use crate::conv::Conv;
use crate::graph::Graph;
use crate::node::node;
use crate::proto::NodeProto;
use crate::tensor::Tensor;

/// `Split` takes its sizes as an operand from here on.
const SIZES_ARE_AN_OPERAND: i64 = 13;

/// A head: the places of its dense convolution and of the depthwise one behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Head {
    dense: usize,
    depthwise: usize,
}

/// Merges heads on the same image where that takes fewer blocks.
pub(super) fn merge(mut graph: Graph) -> Graph {
    if graph.operator_set < SIZES_ARE_AN_OPERAND {
        return graph;
    }
    let mut replacements = HashMap::new();
    for family in families(&graph) {
        if let Some(merged) = merged(&mut graph, &family) {
            for head in &family {
                replacements.insert(head.dense, vec![]);
                replacements.insert(head.depthwise, vec![]);
            }
            replacements.insert(family[0].dense, merged);
        }
    }
    graph.replace(replacements);
    graph
}

/// Heads that can be computed together and become cheaper by it.
fn families(graph: &Graph) -> Vec<Vec<Head>> {
    let mut families: Vec<Vec<Head>> = Vec::new();
    for head in heads(graph) {
        let same = |family: &&mut Vec<Head>| are_siblings(graph, family[0], head);
        match families.iter_mut().find(same) {
            Some(family) => family.push(head),
            None => families.push(vec![head]),
        }
    }
    let width = |head: &Head| graph.constants[graph.nodes[head.dense].operand(1)].dims[0];
    families.retain(|family| {
        let apart: i64 = family.iter().map(|head| blocks(width(head))).sum();
        blocks(family.iter().map(width).sum()) < apart
    });
    families
}

fn heads(graph: &Graph) -> Vec<Head> {
    let users = graph.users();
    let conv = |place: usize| Conv::read(graph, &graph.nodes[place]);
    let head = |dense: usize| {
        let first = conv(dense).filter(|c| c.is_dense() && c.outputs() < BLOCK)?;
        let &[depthwise] = users.get(first.node.result())?.as_slice() else {
            return None;
        };
        // One channel on its own looks like a dense convolution.
        let alone = |c: &Conv| c.is_depthwise() || (c.dims[0] == 1 && c.dims[1] == 1);
        let inner = !graph.is_output(first.node.result());
        conv(depthwise)
            .is_some_and(|c| inner && alone(&c) && c.outputs() == first.outputs())
            .then_some(Head { dense, depthwise })
    };
    (0..graph.nodes.len()).filter_map(head).collect()
}

fn are_siblings(graph: &Graph, a: Head, b: Head) -> bool {
    let same_window = |a: usize, b: usize| {
        let conv = |place: usize| Conv::read(graph, &graph.nodes[place]);
        conv(a)
            .zip(conv(b))
            .is_some_and(|(a, b)| a.has_window_of(&b))
    };
    graph.nodes[a.dense].operand(0) == graph.nodes[b.dense].operand(0)
        && same_window(a.dense, b.dense)
        && same_window(a.depthwise, b.depthwise)
}

fn merged(graph: &mut Graph, family: &[Head]) -> Option<Vec<NodeProto>> {
    let dense: Vec<usize> = family.iter().map(|head| head.dense).collect();
    let depthwise: Vec<usize> = family.iter().map(|head| head.depthwise).collect();
    let widths: Vec<i64> = dense
        .iter()
        .map(|&place| graph.constants[graph.nodes[place].operand(1)].dims[0])
        .collect();
    let (stacked, stacked_depthwise) = (stack(graph, &dense)?, stack(graph, &depthwise)?);
    let mut first = stacked.into_conv(graph, graph.nodes[dense[0]].clone());
    let mut second = stacked_depthwise
        .into_conv(graph, graph.nodes[depthwise[0]].clone())
        .with_int("group", widths.iter().sum());
    let [inner, outer] = ["heads", "heads_apart"].map(|kind| graph.new_name(kind));
    first.output[0].clone_from(&inner);
    second.input[0] = inner;
    second.output[0].clone_from(&outer);
    let sizes = graph.add_ints(&widths);
    let mut split = node("Split", &[&outer, &sizes], &outer).with_int("axis", 1);
    split.output = depthwise
        .iter()
        .map(|&place| graph.nodes[place].result().to_owned())
        .collect();
    Some(vec![first, second, split])
}

/// Weights and biases of several convolutions, one behind the other.
struct Stack {
    weights: Tensor,
    bias: Vec<f32>,
}

fn stack(graph: &Graph, places: &[usize]) -> Option<Stack> {
    let mut stack: Option<Stack> = None;
    for &place in places {
        let conv = Conv::read(graph, &graph.nodes[place])?;
        let weights = graph.floats(conv.node.operand(1))?;
        let bias = conv.bias(graph)?;
        match &mut stack {
            None => stack = Some(Stack { weights, bias }),
            Some(stack) if stack.weights.dims[1..] == weights.dims[1..] => {
                stack.weights.dims[0] += weights.dims[0];
                stack.weights.values.extend(weights.values);
                stack.bias.extend(bias);
            }
            Some(_) => return None,
        }
    }
    stack
}

impl Stack {
    /// The convolution with these weights and biases instead of its own.
    fn into_conv(self, graph: &mut Graph, mut conv: NodeProto) -> NodeProto {
        let outputs = self.weights.dims[0];
        let weights = graph.add_floats(self.weights);
        let bias = graph.add_floats(Tensor::new(vec![outputs], self.bias));
        conv.input = vec![conv.operand(0).to_owned(), weights, bias];
        conv
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passes::support::{Sketch, ops};

    /// Heads of 1, 3 and 2 channels on one image; the last moves in other steps if `odd`.
    fn detector(odd: bool) -> Graph {
        let mut sketch = Sketch::image([1, 4, 6, 5]).operator_set(13);
        for (name, width) in [("a", 1), ("b", 3), ("c", 2)] {
            let stride = if odd && name == "c" { 2 } else { 1 };
            let names = ["dense", "bias", "depthwise"].map(|part| format!("{part}_{name}"));
            let [dense, bias, depthwise] = names.each_ref().map(String::as_str);
            sketch = sketch
                .noise(dense, &[width, 4, 1, 1])
                .noise(bias, &[width])
                .noise(depthwise, &[width, 1, 3, 3])
                .node(node("Conv", &["x", dense, bias], &format!("{name}_inner")))
                .node(
                    node("Conv", &[&format!("{name}_inner"), depthwise], name)
                        .with_int("group", width)
                        .with_ints("pads", &[1, 1, 1, 1])
                        .with_ints("strides", &[stride, stride]),
                );
        }
        sketch.outputs(&["a", "b", "c"]).graph()
    }

    #[test]
    fn heads_of_one_image_are_computed_together() {
        let graph = detector(false);
        let tuned = merge(graph.clone());
        assert_eq!(ops(&tuned), ["Conv", "Conv", "Split"]);
        assert_eq!(tuned.nodes[2].output, ["a", "b", "c"]);
        graph.assert_same_results(&tuned);
    }

    #[test]
    fn a_head_that_moves_differently_stays_apart() {
        let graph = detector(true);
        let tuned = merge(graph.clone());
        assert_eq!(ops(&tuned), ["Conv", "Conv", "Split", "Conv", "Conv"]);
        graph.assert_same_results(&tuned);
    }
}
