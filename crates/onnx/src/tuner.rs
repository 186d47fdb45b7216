//! From the bytes of a model to the bytes of a faster one.

use prost::Message;

use crate::error::TuneError;
use crate::graph::Graph;
use crate::passes;
use crate::proto::{DimensionProto, ModelProto, ValueInfoProto};

/// What may be changed about a model besides how it computes.
#[derive(Clone, Debug, Default)]
pub struct Tuner {
    outputs: Vec<String>,
    free_size: bool,
    images: Option<i64>,
}

impl Tuner {
    /// Leaves out what only other outputs need.
    #[must_use]
    pub fn keep_outputs(mut self, names: &[&str]) -> Self {
        self.outputs = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// Lets the model take images of any height and width. Only for networks that consist of
    /// convolutions; others refuse an image of another size when they are run.
    #[must_use]
    pub fn free_size(mut self) -> Self {
        self.free_size = true;
        self
    }

    /// Lets the model take so many images at once: its weights are read once for all of them. Only for
    /// networks that treat each image by itself.
    #[must_use]
    pub fn images(mut self, count: u8) -> Self {
        self.images = Some(i64::from(count));
        self
    }

    /// Rewrites a model so that it computes the same, up to rounding, in less time on onnxruntime's
    /// CPU provider. The same bytes always give the same bytes.
    ///
    /// # Errors
    /// When the bytes are no ONNX model, when it uses what would get lost on the way, or when it
    /// has none of the outputs that are to be kept.
    pub fn tune(&self, model: &[u8]) -> Result<Vec<u8>, TuneError> {
        let mut model =
            ModelProto::decode(model).map_err(|error| TuneError::NotOnnx(error.to_string()))?;
        let operators = model.opset_import.iter().find(|set| set.domain.is_empty());
        let version = operators.map_or(0, |set| set.version);
        let missing = || TuneError::NotOnnx("it holds no network".to_owned());
        let mut graph = Graph::read(model.graph.take().ok_or_else(missing)?, version)?;
        self.choose_outputs(&mut graph)?;
        if self.free_size {
            free_sizes(&mut graph);
        }
        let mut graph = passes::all(graph);
        if let Some(count) = self.images {
            take_images(&mut graph, count);
        }
        model.graph = Some(graph.write());
        Ok(model.encode_to_vec())
    }

    fn choose_outputs(&self, graph: &mut Graph) -> Result<(), TuneError> {
        if let Some(absent) = self.outputs.iter().find(|name| !graph.is_output(name)) {
            return Err(TuneError::NoOutput(absent.clone()));
        }
        if !self.outputs.is_empty() {
            graph
                .outputs
                .retain(|output| self.outputs.contains(&output.name));
        }
        Ok(())
    }
}

fn free_sizes(graph: &mut Graph) {
    for input in &mut graph.inputs {
        if let [_, _, spatial @ ..] = dims(input) {
            for (dim, name) in spatial.iter_mut().zip(["height", "width"]) {
                dim.dim_value = None;
                dim.dim_param = Some(name.to_owned());
            }
        }
    }
    // The old sizes of outputs would contradict what is computed.
    for output in &mut graph.outputs {
        let value_type = output.value_type.as_mut();
        if let Some(tensor) = value_type.and_then(|value| value.tensor_type.as_mut()) {
            tensor.shape = None;
        }
    }
}

/// The first dimension of everything counts images; shapes that are given as numbers say one.
fn take_images(graph: &mut Graph, count: i64) {
    for value in graph.inputs.iter_mut().chain(&mut graph.outputs) {
        if let Some(first) = dims(value).first_mut() {
            first.dim_value = Some(count);
            first.dim_param = None;
        }
    }
    let shapes: Vec<(usize, Vec<i64>)> = graph
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.op_type == "Reshape")
        .filter_map(|(place, node)| Some((place, graph.ints(node.operand(1))?)))
        .collect();
    for (place, mut shape) in shapes {
        if let Some(first) = shape.first_mut().filter(|first| **first == 1) {
            // As many as come in.
            *first = 0;
            let name = graph.add_ints(&shape);
            graph.nodes[place].input[1] = name;
        }
    }
    *graph = passes::without_unused(std::mem::take(graph));
}

/// Rewrites a model as it is: all outputs, its own input size only. See [`Tuner::tune`].
///
/// # Errors
/// As there.
pub fn tune(model: &[u8]) -> Result<Vec<u8>, TuneError> {
    Tuner::default().tune(model)
}

fn dims(value: &mut ValueInfoProto) -> &mut [DimensionProto] {
    let tensor = value
        .value_type
        .as_mut()
        .and_then(|t| t.tensor_type.as_mut());
    let shape = tensor.and_then(|tensor| tensor.shape.as_mut());
    shape.map_or(&mut [], |shape| shape.dim.as_mut_slice())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::node;
    use crate::passes::support::{Sketch, ops};

    /// A `PRelu` over three channels as `y`, and its double as `z`.
    fn model() -> Vec<u8> {
        let graph = Sketch::image([1, 3, 5, 4])
            .constant("slopes", &[3, 1, 1], &[0.25, -0.5, 1.5])
            .node(node("PRelu", &["x", "slopes"], "y"))
            .node(node("Add", &["y", "y"], "z"))
            .outputs(&["y", "z"])
            .graph();
        crate::passes::support::encode(graph)
    }

    fn read(model: &[u8]) -> Graph {
        let model = ModelProto::decode(model).expect("a model");
        Graph::read(model.graph.expect("a graph"), 13).expect("a graph that can be read")
    }

    #[test]
    fn a_tuned_model_computes_the_same_and_always_has_the_same_bytes() {
        let tuned = tune(&model()).expect("tuned");
        assert_eq!(tune(&model()).expect("again"), tuned);
        assert_eq!(ops(&read(&tuned)), ["Relu", "Conv", "Conv", "Add", "Add"]);
        read(&model()).assert_same_results(&read(&tuned));
    }

    #[test]
    fn outputs_that_nobody_wants_are_not_computed() {
        let wish = Tuner::default().keep_outputs(&["y"]);
        let tuned = read(&wish.tune(&model()).expect("tuned"));
        assert_eq!(ops(&tuned), ["Relu", "Conv", "Conv", "Add"]);
        assert_eq!(tuned.outputs.len(), 1);
        let absent = Tuner::default().keep_outputs(&["w"]).tune(&model());
        assert_eq!(absent, Err(TuneError::NoOutput("w".to_owned())));
    }

    #[test]
    fn the_input_takes_any_size() {
        let free = Tuner::default().free_size().tune(&model());
        let mut graph = read(&free.expect("tuned"));
        assert!(
            dims(&mut graph.inputs[0])[2..]
                .iter()
                .all(|dim| dim.dim_value.is_none())
        );
        for (dim, size) in dims(&mut graph.inputs[0])[2..].iter_mut().zip([7, 9]) {
            dim.dim_value = Some(size);
        }
        graph.assert_same_results(&graph);
    }

    #[test]
    fn two_images_at_once_give_what_each_gives() {
        let graph = Sketch::image([1, 3, 5, 4])
            .constant("slopes", &[3, 1, 1], &[0.25, -0.5, 1.5])
            .ints("row", &[1, -1])
            .node(node("PRelu", &["x", "slopes"], "a"))
            .node(node("Reshape", &["a", "row"], "y"))
            .graph();
        let one = crate::passes::support::encode(graph);
        let two = read(&Tuner::default().images(2).tune(&one).expect("tuned"));
        let (alone, both) = (read(&one), two);
        let image = crate::passes::support::noise(60, 1);
        let expected = alone.results_of(&[1, 3, 5, 4], image.clone());
        let found = both.results_of(&[2, 3, 5, 4], [image.clone(), image].concat());
        assert_eq!(found.len(), 120);
        for (index, value) in found.iter().enumerate() {
            assert!((value - expected[index % 60]).abs() < 1e-5, "value {index}");
        }
    }

    #[test]
    fn other_bytes_are_refused() {
        assert!(matches!(tune(b"\xff\xff\xff"), Err(TuneError::NotOnnx(_))));
        assert!(matches!(tune(b""), Err(TuneError::NotOnnx(_))));
    }
}
