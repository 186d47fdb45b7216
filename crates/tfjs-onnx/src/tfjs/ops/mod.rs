//! Which TensorFlow operation becomes what. One line an operation; what needs more has its own
//! file.

mod conv;
mod layout;
mod pool;

use super::Conversion;
use super::node::Node;
use crate::error::GraphError;
use crate::graph::Value;

/// Adds `node` to the graph. Constants have no value of their own: who uses them reads the weights.
pub(super) fn convert(to: &mut Conversion, node: &Node) -> Result<Option<Value>, GraphError> {
    let value = match node.op.as_str() {
        "Const" => return Ok(None),
        "Placeholder" => input(to, node)?,
        "Identity" => to.value(node.input(0)?)?,
        "Conv2D" | "_FusedConv2D" => conv::dense(to, node)?,
        "DepthwiseConv2dNative" | "FusedDepthwiseConv2dNative" => conv::depthwise(to, node)?,
        "MaxPool" => pool::max(to, node)?,
        "Add" | "AddV2" => add(to, node)?,
        "Prelu" => prelu(to, node)?,
        "Relu" => unary(to, node, |to, x| to.graph.relu(x))?,
        "Relu6" => unary(to, node, |to, x| to.graph.relu6(x))?,
        "Sigmoid" => unary(to, node, |to, x| to.graph.sigmoid(x))?,
        "Pad" => layout::pad(to, node)?,
        "Reshape" => layout::reshape(to, node)?,
        "ConcatV2" => layout::concat(to, node)?,
        _ => return Err(GraphError::Unsupported("this kind of operation".to_owned())),
    };
    Ok(Some(value))
}

fn input(to: &mut Conversion, node: &Node) -> Result<Value, GraphError> {
    let [_, height, width, channels] = node.shape4("shape")?;
    if height < 1 || width < 1 || channels < 1 {
        return Err(GraphError::mismatch(
            "input",
            "a fixed size",
            [height, width, channels],
        ));
    }
    to.graph.image_input(height, width, channels)
}

fn unary(
    to: &mut Conversion,
    node: &Node,
    apply: fn(&mut Conversion, &Value) -> Value,
) -> Result<Value, GraphError> {
    let x = to.value(node.input(0)?)?;
    Ok(apply(to, &x))
}

fn add(to: &mut Conversion, node: &Node) -> Result<Value, GraphError> {
    let (a, b) = (to.value(node.input(0)?)?, to.value(node.input(1)?)?);
    to.graph.add(&a, &b)
}

fn prelu(to: &mut Conversion, node: &Node) -> Result<Value, GraphError> {
    let x = to.value(node.input(0)?)?;
    let slopes = to.constant(node.input(1)?)?.floats()?.to_vec();
    to.graph.prelu(&x, &slopes)
}
