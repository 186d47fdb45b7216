//! What the passes' tests share: small graphs, and running them on onnxruntime.

use std::path::Path;
use std::sync::OnceLock;

use ort::environment::Environment;
use ort::session::Session;
use ort::value::Tensor as OrtTensor;
use prost::Message;

use crate::graph::Graph;
use crate::proto::{
    DimensionProto, ModelProto, NodeProto, OperatorSetIdProto, TensorShapeProto, TensorTypeProto,
    TypeProto, ValueInfoProto, data_type,
};
use crate::tensor::{Tensor, element_count};

/// A graph as a test writes it down: input `x`, output `y` unless it says otherwise.
pub struct Sketch {
    graph: Graph,
    outputs: Vec<String>,
}

impl Sketch {
    /// A graph that takes an image of these dimensions.
    pub fn image(dims: [i64; 4]) -> Self {
        let mut graph = Graph::default();
        graph.operator_set = 13;
        graph.inputs = vec![value("x", Some(&dims))];
        Self {
            graph,
            outputs: vec!["y".to_owned()],
        }
    }

    pub fn node(mut self, node: NodeProto) -> Self {
        self.graph.nodes.push(node);
        self
    }

    pub fn constant(mut self, name: &str, dims: &[i64], values: &[f32]) -> Self {
        let tensor = Tensor::new(dims.to_vec(), values.to_vec()).write(name.to_owned());
        self.graph.constants.insert(name.to_owned(), tensor);
        self
    }

    /// A constant of values that look random.
    pub fn noise(self, name: &str, dims: &[i64]) -> Self {
        let count = element_count(dims).expect("a sensible size");
        let seed = name.bytes().fold(7, |seed, byte| {
            u32::wrapping_mul(seed, 31) ^ u32::from(byte)
        });
        self.constant(name, dims, &noise(count, seed))
    }

    pub fn ints(mut self, name: &str, values: &[i64]) -> Self {
        let held = self.graph.add_ints(values);
        let mut tensor = self.graph.constants.remove(&held).expect("just added");
        name.clone_into(&mut tensor.name);
        self.graph.constants.insert(name.to_owned(), tensor);
        self
    }

    pub fn operator_set(mut self, version: i64) -> Self {
        self.graph.operator_set = version;
        self
    }

    pub fn outputs(mut self, names: &[&str]) -> Self {
        self.outputs = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    pub fn graph(mut self) -> Graph {
        self.graph.outputs = self.outputs.iter().map(|name| value(name, None)).collect();
        self.graph
    }
}

/// The operators in their order.
pub fn ops(graph: &Graph) -> Vec<&str> {
    graph
        .nodes
        .iter()
        .map(|node| node.op_type.as_str())
        .collect()
}

impl Graph {
    /// Runs both graphs on an image that looks random and compares all outputs.
    #[track_caller]
    pub fn assert_same_results(&self, other: &Self) {
        let (expected, found) = (run(self), run(other));
        assert_eq!(expected.len(), found.len());
        for ((name, expected), (_, found)) in expected.iter().zip(&found) {
            assert_eq!(expected.len(), found.len(), "{name}");
            assert!(!expected.is_empty(), "{name} has values");
            for (expected, found) in expected.iter().zip(found) {
                let tolerance = 1e-4 * expected.abs().max(1.0);
                assert!(
                    (expected - found).abs() <= tolerance,
                    "{name}: {found} ≠ {expected}"
                );
            }
        }
    }
}

impl Graph {
    /// The first output for an image of these dimensions.
    pub fn results_of(&self, dims: &[i64], image: Vec<f32>) -> Vec<f32> {
        let mut results = run_on(self, dims.to_vec(), image);
        results.remove(0).1
    }
}

fn run(graph: &Graph) -> Vec<(String, Vec<f32>)> {
    let dims: Vec<i64> = dims_of(&graph.inputs[0]);
    let count = element_count(&dims).expect("a sensible size");
    run_on(graph, dims, noise(count, 1))
}

fn run_on(graph: &Graph, dims: Vec<i64>, image: Vec<f32>) -> Vec<(String, Vec<f32>)> {
    let mut session = Session::builder(runtime())
        .and_then(|mut builder| builder.commit_from_memory(&encode(graph.clone())))
        .expect("the runtime accepts the graph");
    let input = OrtTensor::from_array((dims, image)).expect("a tensor");
    let results = session.run(ort::inputs!["x" => input]).expect("a run");
    let floats = |(name, value): (&str, ort::value::ValueRef<'_>)| {
        let (_, values) = value.try_extract_tensor::<f32>().expect("floats");
        (name.to_owned(), values.to_vec())
    };
    results.iter().map(floats).collect()
}

/// The bytes of a model file with this graph.
pub fn encode(graph: Graph) -> Vec<u8> {
    let model = ModelProto {
        ir_version: 8,
        opset_import: vec![OperatorSetIdProto {
            domain: String::new(),
            version: graph.operator_set,
        }],
        graph: Some(graph.write()),
        ..ModelProto::default()
    };
    model.encode_to_vec()
}

fn value(name: &str, dims: Option<&[i64]>) -> ValueInfoProto {
    let dimension = |dim: &i64| DimensionProto {
        dim_value: Some(*dim),
        dim_param: None,
    };
    let shape = dims.map(|dims| TensorShapeProto {
        dim: dims.iter().map(dimension).collect(),
    });
    ValueInfoProto {
        name: name.to_owned(),
        value_type: Some(TypeProto {
            tensor_type: Some(TensorTypeProto {
                elem_type: data_type::FLOAT,
                shape,
            }),
        }),
    }
}

fn dims_of(input: &ValueInfoProto) -> Vec<i64> {
    let tensor = input
        .value_type
        .as_ref()
        .and_then(|t| t.tensor_type.as_ref());
    let shape = tensor.and_then(|t| t.shape.as_ref()).expect("a shape");
    shape.dim.iter().filter_map(|dim| dim.dim_value).collect()
}

/// Values from −2 to 2 that look random and are the same each time.
pub fn noise(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_769) | 1;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from(u16::try_from(state >> 16).expect("16 bits")) / 16_384.0 - 2.0
    };
    (0..count).map(next).collect()
}

fn runtime() -> &'static Environment {
    static RUNTIME: OnceLock<Environment> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let name = match std::env::consts::OS {
            "macos" => "libonnxruntime.dylib",
            "windows" => "onnxruntime.dll",
            _ => "libonnxruntime.so",
        };
        let library = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../models/runtime")
            .join(name);
        assert!(
            library.exists(),
            "{} is missing: run `./x models`",
            library.display()
        );
        let builder = ort::init_from(library).expect("the runtime loads");
        builder.build().expect("the runtime starts")
    })
}
