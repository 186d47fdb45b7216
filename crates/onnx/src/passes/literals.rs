//! Constants that are written as operations become plain constants, and names for the same value
//! one name, so that the other rewritings recognise weights and neighbours.

use crate::graph::Graph;
use crate::proto::NodeProto;

/// Operations that only pass their operand on when a network is used rather than trained.
const PASSES_ON: [&str; 2] = ["Identity", "Dropout"];

/// Removes `Constant`, `Identity` and `Dropout`.
pub(super) fn inline(mut graph: Graph) -> Graph {
    for node in std::mem::take(&mut graph.nodes) {
        if let Some((name, tensor)) = literal(&node) {
            graph.constants.insert(name, tensor);
        } else {
            graph.nodes.push(node);
        }
    }
    let users = graph.users();
    let skipped: Vec<(String, String)> = graph
        .nodes
        .iter()
        .filter(|node| PASSES_ON.contains(&node.op_type.as_str()))
        .filter(|node| node.output.iter().all(|output| !graph.is_output(output)))
        .filter(|node| {
            node.output
                .iter()
                .skip(1)
                .all(|mask| !users.contains_key(mask))
        })
        .map(|node| (node.result().to_owned(), node.operand(0).to_owned()))
        .collect();
    // In the operations' order, so that an operand that is skipped itself was redirected before.
    for (index, (name, _)) in skipped.iter().enumerate() {
        let source =
            skipped[..=index].iter().rfold(
                name.clone(),
                |at, (from, to)| if at == *from { to.clone() } else { at },
            );
        graph.redirect(name, &source);
    }
    let gone = |node: &NodeProto| skipped.iter().any(|(name, _)| name == node.result());
    graph.nodes.retain(|node| !gone(node));
    graph
}

/// Name and value of a constant that is written as an operation.
fn literal(node: &NodeProto) -> Option<(String, crate::proto::TensorProto)> {
    if node.op_type != "Constant" {
        return None;
    }
    let mut tensor = node.setting("value")?.tensor.clone()?;
    node.result().clone_into(&mut tensor.name);
    Some((tensor.name.clone(), tensor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::node;
    use crate::passes::support::{Sketch, ops};
    use crate::proto::{AttributeProto, attribute_kind};
    use crate::tensor::Tensor;

    #[test]
    fn constants_and_aliases_disappear_but_the_output_keeps_its_name() {
        let mut constant = node("Constant", &[], "w");
        constant.attribute.push(AttributeProto {
            name: "value".to_owned(),
            tensor: Some(Tensor::new(vec![], vec![2.0]).write(String::new())),
            kind: attribute_kind::TENSOR,
            ..AttributeProto::default()
        });
        let graph = Sketch::image([1, 3, 4, 4])
            .node(constant)
            .node(node("Identity", &["x"], "a"))
            .node(node("Dropout", &["a"], "b"))
            .node(node("Mul", &["b", "w"], "c"))
            .node(node("Identity", &["c"], "y"))
            .graph();
        let tuned = inline(graph);
        assert_eq!(ops(&tuned), ["Mul", "Identity"]);
        assert_eq!(tuned.nodes[0].input, ["x", "w"]);
        assert_eq!(tuned.floats("w").map(|w| w.values), Some(vec![2.0]));
    }
}
