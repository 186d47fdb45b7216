//! Writes TFJS graph models and weight manifests.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use shiming_tfjs_onnx::{Conversion, ConvertError, convert};
use tempfile::TempDir;

/// Named tensors with their bytes.
#[derive(Default)]
pub struct Weights {
    entries: Vec<Value>,
    bytes: Vec<u8>,
}

impl Weights {
    pub fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) {
        assert_eq!(shape.iter().product::<usize>(), values.len(), "{name}");
        self.entries
            .push(json!({"name": name, "shape": shape, "dtype": "float32"}));
        self.bytes
            .extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }

    pub fn ints(&mut self, name: &str, shape: &[usize], values: &[i32]) {
        self.entries
            .push(json!({"name": name, "shape": shape, "dtype": "int32"}));
        self.bytes
            .extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }

    /// Drops the last bytes, as an interrupted download would.
    pub fn truncate(&mut self, count: usize) {
        self.bytes.truncate(self.bytes.len() - count);
    }

    /// Adds bytes that belong to no tensor.
    pub fn append(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// Writes the shards, two of them, and gives their manifest.
    fn write(&self, directory: &TempDir) -> Value {
        let (first, second) = self.bytes.split_at(self.bytes.len() / 3);
        fs::write(directory.path().join("1of2.bin"), first).expect("written");
        fs::write(directory.path().join("2of2.bin"), second).expect("written");
        json!([{"paths": ["1of2.bin", "2of2.bin"], "weights": self.entries}])
    }

    /// Converts as a face-api network.
    pub fn convert(&self, conversion: Conversion) -> Result<Vec<u8>, ConvertError> {
        let directory = tempfile::tempdir().expect("a directory");
        let manifest = self.write(&directory);
        let path = directory.path().join("weights.json");
        fs::write(&path, manifest.to_string()).expect("written");
        convert(conversion, &path)
    }
}

/// A graph model with the input `x`.
pub struct Graph {
    nodes: Vec<Value>,
    pub weights: Weights,
}

impl Graph {
    pub fn with_input([height, width, channels]: [usize; 3]) -> Self {
        let dims = [
            -1,
            height.cast_signed(),
            width.cast_signed(),
            channels.cast_signed(),
        ];
        let dim: Vec<Value> = dims
            .iter()
            .map(|dim| json!({"size": dim.to_string()}))
            .collect();
        let input =
            json!({"name": "x", "op": "Placeholder", "attr": {"shape": {"shape": {"dim": dim}}}});
        Self {
            nodes: vec![input],
            weights: Weights::default(),
        }
    }

    pub fn floats(mut self, name: &str, shape: &[usize], values: &[f32]) -> Self {
        self.weights.floats(name, shape, values);
        self.node(name, "Const", &[], &json!({}))
    }

    pub fn ints(mut self, name: &str, shape: &[usize], values: &[i32]) -> Self {
        self.weights.ints(name, shape, values);
        self.node(name, "Const", &[], &json!({}))
    }

    pub fn node(mut self, name: &str, op: &str, inputs: &[&str], attr: &Value) -> Self {
        self.nodes
            .push(json!({"name": name, "op": op, "input": inputs, "attr": attr}));
        self
    }

    /// Converts with these outputs; each is called like its node, with `:0`.
    pub fn convert(&self, outputs: &[&str]) -> Result<Vec<u8>, ConvertError> {
        let directory = tempfile::tempdir().expect("a directory");
        let signature: Vec<String> = outputs
            .iter()
            .map(|name| format!(r#""{name}:0": {{"name": "{name}:0"}}"#))
            .collect();
        // Written by hand, because the order of a signature's outputs is theirs.
        let model = format!(
            r#"{{"modelTopology": {{"node": {}}}, "weightsManifest": {},
                "signature": {{"outputs": {{{}}}}}}}"#,
            Value::from(self.nodes.clone()),
            self.weights.write(&directory),
            signature.join(", "),
        );
        let path = directory.path().join("model.json");
        fs::write(&path, model).expect("written");
        convert(Conversion::TfjsGraph, &path)
    }
}

/// Attributes of an operation with a window.
pub fn window(stride: usize, dilation: usize, same: bool) -> Value {
    json!({
        "strides": numbers(&[1, stride, stride, 1]),
        "dilations": numbers(&[1, dilation, dilation, 1]),
        "padding": {"s": text(if same { "SAME" } else { "VALID" })},
        "data_format": {"s": text("NHWC")},
    })
}

/// A list of numbers as an attribute.
pub fn numbers(values: &[usize]) -> Value {
    json!({"list": {"i": values.iter().map(ToString::to_string).collect::<Vec<_>>()}})
}

/// A list of texts as an attribute.
pub fn texts(values: &[&str]) -> Value {
    json!({"list": {"s": values.iter().map(|value| text(value)).collect::<Vec<_>>()}})
}

fn text(value: &str) -> String {
    STANDARD.encode(value)
}
