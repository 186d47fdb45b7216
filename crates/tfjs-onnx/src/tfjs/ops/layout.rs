//! Operations on shapes, whose second operand is a constant.

use crate::error::GraphError;
use crate::graph::Value;
use crate::tfjs::Conversion;
use crate::tfjs::node::Node;

pub(super) fn pad(to: &mut Conversion, node: &Node) -> Result<Value, GraphError> {
    let x = to.value(node.input(0)?)?;
    let paddings = to.constant(node.input(1)?)?.ints()?;
    let &[n0, n1, h0, h1, w0, w1, c0, c1] = paddings else {
        return Err(GraphError::mismatch("paddings", "4 pairs", paddings));
    };
    to.graph.pad(&x, [n0, h0, w0, c0], [n1, h1, w1, c1])
}

pub(super) fn reshape(to: &mut Conversion, node: &Node) -> Result<Value, GraphError> {
    let x = to.value(node.input(0)?)?;
    let dims = to.constant(node.input(1)?)?.ints()?.to_vec();
    to.graph.reshape(&x, &dims)
}

pub(super) fn concat(to: &mut Conversion, node: &Node) -> Result<Value, GraphError> {
    let inputs: Vec<&str> = node.inputs().collect();
    let Some((axis, parts)) = inputs.split_last() else {
        return Err(GraphError::mismatch(
            "concatenation",
            "parts and an axis",
            inputs,
        ));
    };
    let axis = to.constant(axis)?.ints()?;
    if !matches!(axis, [3 | -1]) {
        return Err(GraphError::Unsupported(format!(
            "concatenation along axis {axis:?}"
        )));
    }
    let parts: Vec<Value> = parts
        .iter()
        .map(|part| to.value(part))
        .collect::<Result<_, _>>()?;
    to.graph.concat_channels(&parts)
}
