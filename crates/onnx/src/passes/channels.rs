//! How many channels each image has.

use std::collections::HashMap;

use super::padding;
use crate::conv::Conv;
use crate::graph::Graph;
use crate::proto::{NodeProto, ValueInfoProto};

/// Operations whose result has the channels of their first operand.
pub(super) const KEEPS_CHANNELS: [&str; 13] = [
    "AveragePool",
    "Clip",
    "Elu",
    "GlobalAveragePool",
    "HardSigmoid",
    "LeakyRelu",
    "MaxPool",
    "PRelu",
    "Relu",
    "Resize",
    "Sigmoid",
    "Tanh",
    "Upsample",
];

/// Operations on two images of the same channels.
pub(super) const TAKES_TWO_IMAGES: [&str; 4] = ["Add", "Max", "Mul", "Sub"];

/// The channels of each value for which they can be told.
pub(super) fn count(graph: &Graph) -> HashMap<String, i64> {
    let mut known: HashMap<String, i64> = graph
        .inputs
        .iter()
        .filter_map(|input| Some((input.name.clone(), of_input(input)?)))
        .collect();
    for node in &graph.nodes {
        if let Some(channels) = of_result(graph, node, &known) {
            known.insert(node.result().to_owned(), channels);
        }
    }
    known
}

fn of_input(input: &ValueInfoProto) -> Option<i64> {
    let shape = input.value_type.as_ref()?.tensor_type.as_ref()?;
    let dims = &shape.shape.as_ref()?.dim;
    (dims.len() == 4).then(|| dims[1].dim_value).flatten()
}

fn of_result(graph: &Graph, node: &NodeProto, known: &HashMap<String, i64>) -> Option<i64> {
    let operand = |index| known.get(node.operand(index)).copied();
    let op = node.op_type.as_str();
    if KEEPS_CHANNELS.contains(&op) {
        operand(0)
    } else if TAKES_TWO_IMAGES.contains(&op) {
        operand(0).filter(|channels| operand(1) == Some(*channels))
    } else if let Some([before, after]) = padding::added_channels(graph, node) {
        operand(0).map(|channels| before + channels + after)
    } else {
        Conv::read(graph, node).map(|conv| conv.outputs())
    }
}
