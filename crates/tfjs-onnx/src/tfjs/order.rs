//! The order in which operations can be converted: operands before those who use them.

use std::collections::HashMap;

use super::node::Node;
use crate::error::{Failure, GraphError};

/// Whether a node waits for its operands, or has its place in the order.
#[derive(Clone, Copy, PartialEq)]
enum Mark {
    Waiting,
    Placed,
}

/// Everything that `wanted` needs, and nothing else. A stack of its own keeps deep graphs off the
/// thread's.
pub(super) fn operands_first<'a>(
    nodes: &HashMap<&'a str, &'a Node>,
    wanted: &[&'a str],
) -> Result<Vec<&'a Node>, Failure> {
    let mut marks: HashMap<&str, Mark> = HashMap::new();
    let mut order = Vec::new();
    let mut stack: Vec<&str> = wanted.iter().rev().copied().collect();
    while let Some(&name) = stack.last() {
        let missing = || Failure::new("reference", name, GraphError::Missing(name.to_owned()));
        let node = *nodes.get(name).ok_or_else(missing)?;
        match marks.get(name) {
            Some(Mark::Placed) => _ = stack.pop(),
            Some(Mark::Waiting) => {
                marks.insert(name, Mark::Placed);
                order.push(node);
                stack.pop();
            }
            None => {
                marks.insert(name, Mark::Waiting);
                let operands: Vec<&str> = node.inputs().collect();
                if operands
                    .iter()
                    .any(|operand| marks.get(operand) == Some(&Mark::Waiting))
                {
                    return Err(node.failure(GraphError::Cycle));
                }
                stack.extend(operands.into_iter().rev());
            }
        }
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Edges<'a> = &'a [(&'a str, &'a [&'a str])];

    fn order(edges: Edges, wanted: &[&str]) -> Result<Vec<String>, Failure> {
        let nodes: Vec<Node> = edges
            .iter()
            .map(|(name, input)| serde_json::json!({"name": name, "op": "AddV2", "input": input}))
            .map(|json| serde_json::from_value(json).expect("a node"))
            .collect();
        let by_name = nodes
            .iter()
            .map(|node| (node.name.as_str(), node))
            .collect();
        let order = operands_first(&by_name, wanted)?;
        Ok(order.into_iter().map(|node| node.name.clone()).collect())
    }

    #[test]
    fn operands_come_first_and_unused_nodes_not_at_all() {
        let edges: Edges = &[
            ("d", &["b", "c:0", "^e"]),
            ("c", &["b"]),
            ("b", &["a"]),
            ("a", &[]),
            ("e", &[]),
        ];
        let expected = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        assert_eq!(order(edges, &["d", "c"]), Ok(expected));
    }

    #[test]
    fn a_cycle_and_a_missing_operand_are_told() {
        let cycle = Failure::new("AddV2", "b", GraphError::Cycle);
        assert_eq!(order(&[("a", &["b"]), ("b", &["a"])], &["a"]), Err(cycle));
        let missing = Failure::new("reference", "x", GraphError::Missing("x".to_owned()));
        assert_eq!(order(&[("a", &["x"])], &["a"]), Err(missing));
    }
}
