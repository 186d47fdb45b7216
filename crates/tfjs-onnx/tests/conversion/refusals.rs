//! What can't be converted is refused, with the file and the place in it.

use serde_json::json;
use shiming_tfjs_onnx::{Conversion, ConvertError};

use crate::support::tfjs::{Graph, Weights, numbers, texts, window};

/// Asserts that a conversion fails with a message that has all of these parts.
#[track_caller]
fn assert_refused(result: Result<Vec<u8>, ConvertError>, parts: &[&str]) {
    let message = result.expect_err("a refusal").to_string();
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}

fn graph() -> Graph {
    Graph::with_input([4, 4, 2])
}

#[test]
fn an_unknown_operation_is_named() {
    let graph = graph().node("block/act", "Elu", &["x"], &json!({}));
    assert_refused(
        graph.convert(&["block/act"]),
        &["model.json", "Elu", "`block/act`", "not supported"],
    );
}

#[test]
fn an_unknown_fused_operation_is_named() {
    let mut attr = window(1, 1, true);
    attr["fused_ops"] = texts(&["BiasAdd", "Elu"]);
    let graph = graph()
        .floats("w", &[1, 1, 2, 1], &[1.0, 1.0])
        .floats("b", &[1], &[0.0])
        .node("y", "_FusedConv2D", &["x", "w", "b"], &attr);
    assert_refused(
        graph.convert(&["y"]),
        &["_FusedConv2D", "`y`", "fused operation Elu"],
    );
}

#[test]
fn a_missing_operand_is_named() {
    let graph = graph().node("y", "AddV2", &["x", "lost"], &json!({}));
    assert_refused(graph.convert(&["y"]), &["model.json", "`lost` is missing"]);
}

#[test]
fn shapes_that_do_not_fit_are_told() {
    let filter = graph().floats("w", &[1, 1, 3, 1], &[1.0; 3]).node(
        "y",
        "Conv2D",
        &["x", "w"],
        &window(1, 1, true),
    );
    assert_refused(
        filter.convert(&["y"]),
        &["Conv2D at `y`", "input channels: expected 3, found 2"],
    );
    let sum = graph()
        .node("half", "MaxPool", &["x"], &{
            let mut attr = window(2, 1, true);
            attr["ksize"] = numbers(&[1, 2, 2, 1]);
            attr
        })
        .node("y", "AddV2", &["x", "half"], &json!({}));
    assert_refused(
        sum.convert(&["y"]),
        &["AddV2 at `y`", "height: 4", "height: 2"],
    );
    let reshape =
        graph()
            .ints("shape", &[2], &[1, 33])
            .node("y", "Reshape", &["x", "shape"], &json!({}));
    assert_refused(
        reshape.convert(&["y"]),
        &["Reshape at `y`", "[1, 4, 4, 2]", "[1, 33]"],
    );
}

#[test]
fn an_interrupted_download_is_noticed() {
    let mut graph = graph().floats("w", &[1, 1, 2, 1], &[1.0, 1.0]).node(
        "y",
        "Conv2D",
        &["x", "w"],
        &window(1, 1, true),
    );
    graph.weights.truncate(3);
    assert_refused(
        graph.convert(&["y"]),
        &["tensor `w`", "needs 8 bytes, but only 5 are left"],
    );
}

#[test]
fn shards_that_hold_more_than_their_list_are_refused() {
    let mut weights = Weights::default();
    weights.floats("fc", &[2], &[1.0, 2.0]);
    weights.append(&[0]);
    assert_refused(
        weights.convert(Conversion::FaceApiRecognition),
        &["weights.json", "1 bytes follow"],
    );
}

#[test]
fn a_weight_that_the_architecture_needs_is_named() {
    let weights = Weights::default();
    let parts = [
        "weights.json",
        "conv32_down",
        "`conv32_down/conv/bias` is missing",
    ];
    assert_refused(weights.convert(Conversion::FaceApiRecognition), &parts);
    let parts = [
        "weights.json",
        "dense0",
        "`dense0/conv0/filters` is missing",
    ];
    assert_refused(weights.convert(Conversion::FaceApiLandmarks68), &parts);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let lost = std::path::Path::new("no/such/model.json");
    let result = shiming_tfjs_onnx::convert(Conversion::TfjsGraph, lost);
    assert_refused(result, &["cannot read", "model.json"]);
}
