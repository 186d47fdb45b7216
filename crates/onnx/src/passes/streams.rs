//! Which images have to have the same number of channels, and what decides about it.

use std::collections::{HashMap, HashSet};

use super::channels::{KEEPS_CHANNELS, TAKES_TWO_IMAGES};
use super::widen::BLOCK;
use crate::conv::Conv;
use crate::graph::Graph;
use crate::proto::NodeProto;
use crate::tensor::Tensor;

/// The channels of every image that doesn't fill its blocks and of which nothing but dense
/// convolutions decides how many channels it has.
pub(super) fn uneven(graph: &Graph) -> HashMap<String, i64> {
    let mut streams = Streams::default();
    let ends = graph.inputs.iter().chain(&graph.outputs);
    streams.fixed.extend(ends.map(|end| end.name.clone()));
    for node in &graph.nodes {
        streams.follow(graph, node);
    }
    streams.widths(graph)
}

/// How many slopes a `PRelu` has, if they run along the channels.
pub(super) fn slope_count(slopes: &Tensor) -> Option<i64> {
    match slopes.dims.as_slice() {
        [1, channels, 1, 1] | [channels, 1, 1] => Some(*channels),
        _ => None,
    }
}

/// What an operation says about channels.
enum Effect {
    /// Its result has the channels of its first operand.
    Keeps,
    /// Both operands and the result have the same.
    Unites,
    /// Its result has this many, whatever the operand has.
    Gives(i64),
    /// It depends on the channels of what it takes and gives.
    Fixes,
}

impl Effect {
    fn of(graph: &Graph, node: &NodeProto) -> Self {
        let op = node.op_type.as_str();
        let computed =
            |operand: &str| !operand.is_empty() && !graph.constants.contains_key(operand);
        if let Some(conv) = Conv::read(graph, node) {
            Self::of_conv(graph, &conv)
        } else if op == "PRelu" {
            let slopes = graph.floats(node.operand(1));
            let along = slopes.as_ref().and_then(slope_count);
            along.map_or(Self::Fixes, |_| Self::Keeps)
        } else if KEEPS_CHANNELS.contains(&op) && node.output.len() == 1 {
            Self::Keeps
        } else if TAKES_TWO_IMAGES.contains(&op) && node.input.iter().all(|i| computed(i)) {
            Self::Unites
        } else {
            Self::Fixes
        }
    }

    fn of_conv(graph: &Graph, conv: &Conv<'_>) -> Self {
        let constants = conv.node.input.iter().skip(1);
        let readable = constants
            .filter(|name| !name.is_empty())
            .all(|name| graph.is_floats(name));
        if !readable {
            Self::Fixes
        } else if conv.is_depthwise() {
            Self::Keeps
        } else if conv.is_dense() {
            Self::Gives(conv.outputs())
        } else {
            Self::Fixes
        }
    }
}

#[derive(Default)]
struct Streams {
    /// For each value another one of its stream, in the end one that stands for all.
    leaders: HashMap<String, String>,
    /// Values whose channels something else than a dense convolution decides.
    fixed: HashSet<String>,
    /// The channels that dense convolutions give to values.
    given: Vec<(String, i64)>,
}

impl Streams {
    fn follow(&mut self, graph: &Graph, node: &NodeProto) {
        let (x, y) = (node.operand(0), node.result());
        match Effect::of(graph, node) {
            Effect::Keeps => self.join(x, y),
            Effect::Unites => {
                self.join(x, y);
                self.join(node.operand(1), y);
            }
            Effect::Gives(channels) => self.given.push((y.to_owned(), channels)),
            Effect::Fixes => {
                let values = node.input.iter().chain(&node.output);
                let computed = values.filter(|value| !graph.constants.contains_key(*value));
                self.fixed.extend(computed.cloned());
            }
        }
    }

    fn widths(&self, graph: &Graph) -> HashMap<String, i64> {
        let fixed: HashSet<&str> = self.fixed.iter().map(|value| self.leader(value)).collect();
        let mut given: HashMap<&str, HashSet<i64>> = HashMap::new();
        for (value, channels) in &self.given {
            given
                .entry(self.leader(value))
                .or_default()
                .insert(*channels);
        }
        let values = graph.nodes.iter().flat_map(|node| &node.output);
        let uneven = values.filter_map(|value| {
            let leader = self.leader(value);
            // Two numbers in one stream: one image is spread over the other's channels.
            let alone = given.get(leader).filter(|given| given.len() == 1)?;
            let channels = *alone.iter().next()?;
            let wanted = channels % BLOCK != 0 && !fixed.contains(leader);
            wanted.then(|| (value.clone(), channels))
        });
        uneven.collect()
    }

    fn join(&mut self, a: &str, b: &str) {
        let (a, b) = (self.leader(a).to_owned(), self.leader(b).to_owned());
        if a != b {
            self.leaders.insert(a, b);
        }
    }

    fn leader<'a>(&'a self, value: &'a str) -> &'a str {
        let mut at = value;
        while let Some(next) = self.leaders.get(at) {
            at = next;
        }
        at
    }
}
