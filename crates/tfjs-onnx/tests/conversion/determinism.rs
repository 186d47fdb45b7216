//! The same source gives the same bytes, today and on every machine.

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::support::tfjs::{Graph, texts, window};

/// SHA-256 of the conversion of [`small_model`]. If a change to the converter is meant to change
/// its output, this changes, and so do the hashes in `models-src/manifest.json`.
const SMALL_MODEL: &str = "958059de96793bac884732a4c1cc5afe626e0c7114e807173cfd1a579eb96637";

fn small_model() -> Vec<u8> {
    let mut attr = window(2, 1, true);
    attr["fused_ops"] = texts(&["BiasAdd", "Prelu"]);
    let weights: Vec<f32> = (0..27_u8)
        .map(|index| f32::from(index) / 8.0 - 1.5)
        .collect();
    Graph::with_input([4, 4, 1])
        .floats("w", &[3, 3, 1, 3], &weights)
        .floats("b", &[3], &[0.5, -0.25, 1.0])
        .floats("s", &[1, 1, 3], &[0.25, 0.5, -1.0])
        .ints("p", &[4, 2], &[0, 0, 0, 0, 0, 1, 1, 0])
        .ints("flat", &[2], &[1, -1])
        .node("c", "_FusedConv2D", &["x", "w", "b", "s"], &attr)
        .node("pad", "Pad", &["c", "p"], &json!({}))
        .node("y", "Reshape", &["pad", "flat"], &json!({}))
        .node("score", "Sigmoid", &["c"], &json!({}))
        .convert(&["y", "score"])
        .expect("a conversion")
}

#[test]
fn a_conversion_gives_the_same_bytes_every_time() {
    assert_eq!(hex::encode(Sha256::digest(small_model())), SMALL_MODEL);
    assert_eq!(small_model(), small_model());
}
