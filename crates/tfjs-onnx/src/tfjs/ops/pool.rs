//! Pooling.

use crate::error::GraphError;
use crate::graph::Value;
use crate::tfjs::Conversion;
use crate::tfjs::node::Node;

pub(super) fn max(to: &mut Conversion, node: &Node) -> Result<Value, GraphError> {
    let x = to.value(node.input(0)?)?;
    let [_, height, width, _] = node.nhwc("ksize")?;
    to.graph.max_pool(&x, [height, width], &node.window()?)
}
