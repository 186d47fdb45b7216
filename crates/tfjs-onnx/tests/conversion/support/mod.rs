//! What the tests share: models written as their authors would write them, and a runtime to run the
//! conversions on.

pub mod image;
pub mod tfjs;

use std::path::Path;
use std::sync::OnceLock;

use ort::environment::Environment;
use ort::session::Session;
use ort::value::Tensor;

use image::Image;

/// One output of a model: name, shape and values.
pub type Output = (String, Vec<i64>, Vec<f32>);

/// Runs an ONNX model on one image.
pub fn run(onnx: &[u8], input: &Image) -> Vec<Output> {
    let mut session = Session::builder(runtime())
        .and_then(|mut builder| builder.commit_from_memory(onnx))
        .expect("the runtime accepts the model");
    let shape = [1, input.channels, input.height, input.width];
    let tensor = Tensor::from_array((shape, input.channels_first())).expect("a tensor");
    let results = session.run(ort::inputs!["input" => tensor]).expect("a run");
    let mut outputs = Vec::new();
    for (name, value) in &results {
        let (shape, values) = value.try_extract_tensor::<f32>().expect("floats");
        outputs.push((name.to_owned(), shape.to_vec(), values.to_vec()));
    }
    outputs
}

/// Runs a model with one output.
pub fn run_single(onnx: &[u8], input: &Image) -> (Vec<i64>, Vec<f32>) {
    let mut outputs = run(onnx, input);
    assert_eq!(outputs.len(), 1);
    let (_, shape, values) = outputs.remove(0);
    (shape, values)
}

/// Asserts that values agree up to rounding.
#[track_caller]
pub fn assert_close(found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len());
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let difference = (found - expected).abs();
        assert!(
            difference <= 1e-4 * expected.abs().max(1.0),
            "{index}: {found} ≠ {expected}"
        );
    }
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
            "{} is missing: run `cargo xtask models`",
            library.display()
        );
        let builder = ort::init_from(library).expect("the runtime loads");
        builder.build().expect("the runtime starts")
    })
}
