//! The rewritings, each from a graph to a graph that computes the same.
//!
//! Only what onnxruntime doesn't do by itself is here. It folds batch normalisation, biases,
//! constant factors and spatial padding into convolutions, and drops identities, when it loads a
//! model.

mod channels;
mod literals;
mod padding;
mod prelu;
mod rectify_last;
mod siblings;
mod streams;
mod unused;
mod widen;

use crate::graph::Graph;

/// All rewritings in the order in which each finds what it needs.
pub(crate) fn all(graph: Graph) -> Graph {
    let passes = [
        literals::inline,
        unused::remove,
        padding::copy_by_convolution,
        siblings::merge,
        widen::to_blocks,
        prelu::split,
        rectify_last::swap,
        unused::remove,
    ];
    passes.into_iter().fold(graph, |graph, pass| pass(graph))
}

/// The graph without what nobody takes any more.
pub(crate) fn without_unused(graph: Graph) -> Graph {
    unused::remove(graph)
}

#[cfg(test)]
pub(crate) mod support;
