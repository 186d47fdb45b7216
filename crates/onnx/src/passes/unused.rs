//! What no output depends on.

use std::collections::HashSet;

use crate::graph::Graph;

/// Removes operations and constants that no output needs.
pub(crate) fn remove(mut graph: Graph) -> Graph {
    let mut needed: HashSet<String> = graph.outputs.iter().map(|o| o.name.clone()).collect();
    // Operands come first, so that one look from the end backwards sees all who need an operation.
    let mut kept: Vec<_> = std::mem::take(&mut graph.nodes)
        .into_iter()
        .rev()
        .filter(|node| {
            let wanted = node.output.iter().any(|output| needed.contains(output));
            if wanted {
                needed.extend(node.input.iter().cloned());
            }
            wanted
        })
        .collect();
    kept.reverse();
    graph.nodes = kept;
    graph.constants.retain(|name, _| needed.contains(name));
    graph
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::node;
    use crate::passes::support::{Sketch, ops};

    #[test]
    fn a_branch_without_an_output_goes_with_its_constants() {
        let graph = Sketch::image([1, 2, 4, 4])
            .constant("w", &[], &[2.0])
            .constant("v", &[], &[3.0])
            .node(node("Mul", &["x", "w"], "branch"))
            .node(node("Relu", &["branch"], "dead"))
            .node(node("Mul", &["x", "v"], "y"))
            .graph();
        let tuned = remove(graph);
        assert_eq!(ops(&tuned), ["Mul"]);
        assert_eq!(tuned.constants.keys().collect::<Vec<_>>(), ["v"]);
    }
}
