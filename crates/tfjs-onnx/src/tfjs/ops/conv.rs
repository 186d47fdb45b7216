//! Convolutions, with what TFJS fused into them.

use crate::error::GraphError;
use crate::graph::{Kernel, Value};
use crate::tfjs::Conversion;
use crate::tfjs::node::Node;

/// What may follow a convolution inside the same operation.
#[derive(Clone, Copy, PartialEq)]
enum Follower {
    BiasAdd,
    Relu,
    Relu6,
    Prelu,
}

pub(super) fn dense(to: &mut Conversion, node: &Node) -> Result<Value, GraphError> {
    let kernel = Kernel::dense(to.constant(node.input(1)?)?)?;
    fused(to, node, &kernel)
}

pub(super) fn depthwise(to: &mut Conversion, node: &Node) -> Result<Value, GraphError> {
    let kernel = Kernel::depthwise(to.constant(node.input(1)?)?)?;
    fused(to, node, &kernel)
}

/// Each follower that has an operand takes the next one after image and filter.
fn fused(to: &mut Conversion, node: &Node, kernel: &Kernel) -> Result<Value, GraphError> {
    let x = to.value(node.input(0)?)?;
    let followers = node.texts("fused_ops")?;
    let followers: Vec<Follower> = followers
        .iter()
        .map(|name| follower(name))
        .collect::<Result<_, _>>()?;
    let (bias, rest) = match followers.split_first() {
        Some((Follower::BiasAdd, rest)) => (Some(operand(to, node, 2)?), rest),
        _ => (None, followers.as_slice()),
    };
    let next = if bias.is_some() { 3 } else { 2 };
    let convolved = to
        .graph
        .conv(&x, kernel, bias.as_deref(), &node.window()?)?;
    match rest {
        [] => Ok(convolved),
        [Follower::Relu] => Ok(to.graph.relu(&convolved)),
        [Follower::Relu6] => Ok(to.graph.relu6(&convolved)),
        [Follower::Prelu] => {
            let slopes = operand(to, node, next)?;
            to.graph.prelu(&convolved, &slopes)
        }
        _ => Err(GraphError::Unsupported(
            "this sequence of fused operations".to_owned(),
        )),
    }
}

fn operand(to: &Conversion, node: &Node, index: usize) -> Result<Vec<f32>, GraphError> {
    Ok(to.constant(node.input(index)?)?.floats()?.to_vec())
}

fn follower(name: &str) -> Result<Follower, GraphError> {
    match name {
        "BiasAdd" => Ok(Follower::BiasAdd),
        "Relu" => Ok(Follower::Relu),
        "Relu6" => Ok(Follower::Relu6),
        "Prelu" => Ok(Follower::Prelu),
        other => Err(GraphError::Unsupported(format!("fused operation {other}"))),
    }
}
