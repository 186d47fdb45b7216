//! Scaling before rectifying instead of after.
//!
//! A factor that is not negative may change places with a `Relu`. A `Relu` behind a convolution
//! costs nothing, because onnxruntime makes it part of it; one before it is a walk over the whole
//! image.

use std::collections::HashMap;

use crate::conv::Conv;
use crate::graph::Graph;
use crate::node::node;
use crate::proto::NodeProto;

/// Swaps a `Relu` with a scaling by channel that follows it, where the `Relu` can't be part of the
/// operation before it.
pub(super) fn swap(mut graph: Graph) -> Graph {
    let users = graph.users();
    let producers: HashMap<&str, usize> = graph
        .nodes
        .iter()
        .enumerate()
        .map(|(place, node)| (node.result(), place))
        .collect();
    let alone = |value: &str| users.get(value).is_some_and(|users| users.len() == 1);
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (place, node) in graph.nodes.iter().enumerate() {
        let Some(&before) = producers.get(node.operand(0)) else {
            continue;
        };
        let relu = &graph.nodes[before];
        if relu.op_type == "Relu"
            && alone(relu.result())
            && !alone(relu.operand(0))
            && !graph.is_output(relu.result())
            && scales_up(&graph, node)
        {
            found.push((before, place));
        }
    }
    let mut replacements = HashMap::new();
    for (before, place) in found {
        let swapped = swapped(&mut graph, before, place);
        replacements.insert(before, vec![]);
        replacements.insert(place, swapped);
    }
    graph.replace(replacements);
    graph
}

/// Whether a node multiplies channels with factors of which none is negative.
fn scales_up(graph: &Graph, node: &NodeProto) -> bool {
    let scaling = Conv::read(graph, node).is_some_and(|conv| conv.is_scaling());
    let factors = graph.floats(node.operand(1)).filter(|_| scaling);
    factors.is_some_and(|factors| factors.values.iter().all(|factor| *factor >= 0.0))
}

fn swapped(graph: &mut Graph, relu: usize, scaling: usize) -> Vec<NodeProto> {
    let scaled = graph.new_name("scaled");
    let source = graph.nodes[relu].operand(0).to_owned();
    let mut conv = graph.nodes[scaling].clone();
    let rectified = node("Relu", &[&scaled], conv.result());
    conv.input[0] = source;
    conv.output[0].clone_from(&scaled);
    conv.name = scaled;
    vec![conv, rectified]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passes::support::{Sketch, ops};

    fn rectified_then_scaled(factors: [f32; 2]) -> Graph {
        Sketch::image([1, 2, 5, 4])
            .constant("factors", &[2, 1, 1, 1], &factors)
            .node(node("Relu", &["x"], "r"))
            .node(node("Conv", &["r", "factors"], "s").with_int("group", 2))
            .node(node("Add", &["s", "x"], "y"))
            .graph()
    }

    #[test]
    fn factors_that_are_not_negative_come_first() {
        let graph = rectified_then_scaled([0.0, 2.0]);
        let tuned = swap(graph.clone());
        assert_eq!(ops(&tuned), ["Conv", "Relu", "Add"]);
        graph.assert_same_results(&tuned);
    }

    #[test]
    fn a_negative_factor_stays_behind() {
        let graph = rectified_then_scaled([-0.5, 2.0]);
        assert_eq!(swap(graph.clone()), graph);
    }

    #[test]
    fn a_relu_that_others_need_too_stays() {
        let graph = Sketch::image([1, 2, 5, 4])
            .constant("factors", &[2, 1, 1, 1], &[0.5, 2.0])
            .node(node("Relu", &["x"], "r"))
            .node(node("Conv", &["r", "factors"], "s").with_int("group", 2))
            .node(node("Add", &["s", "r"], "t"))
            .node(node("Add", &["t", "x"], "y"))
            .graph();
        assert_eq!(swap(graph.clone()), graph);
    }
}
