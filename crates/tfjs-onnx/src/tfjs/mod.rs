//! TFJS graph models.

mod model;
mod node;
mod ops;
mod order;

use std::collections::HashMap;
use std::path::Path;

use crate::error::{ConvertError, Failure, GraphError};
use crate::graph::{GraphBuilder, Value};
use crate::tensor::Tensor;
use crate::weights::{Weights, read_file};
use model::GraphModel;

/// Converts the graph model whose `model.json` is at `source`.
pub(crate) fn convert(source: &Path) -> Result<Vec<u8>, ConvertError> {
    let model: GraphModel =
        serde_json::from_slice(&read_file(source)?).map_err(|error| ConvertError::Json {
            path: source.to_owned(),
            source: error,
        })?;
    let name = source.file_stem().unwrap_or_default().to_string_lossy();
    let mut conversion = Conversion {
        graph: GraphBuilder::new(&name),
        weights: Weights::read(source, &model.weights_manifest)?,
        values: HashMap::new(),
    };
    conversion
        .run(&model)
        .map_err(|failure| failure.in_file(source))?;
    Ok(conversion.graph.encode())
}

/// What has been converted so far.
struct Conversion {
    graph: GraphBuilder,
    weights: Weights,
    values: HashMap<String, Value>,
}

impl Conversion {
    /// Converts everything that the model's outputs need.
    fn run(&mut self, model: &GraphModel) -> Result<(), Failure> {
        let nodes = model.topology.by_name();
        let outputs = model.outputs()?;
        let wanted: Vec<&str> = outputs.iter().map(|output| output.node.as_str()).collect();
        for node in order::operands_first(&nodes, &wanted)? {
            let value = ops::convert(self, node);
            if let Some(value) = value.map_err(|problem| node.failure(problem))? {
                self.values.insert(node.name.clone(), value);
            }
        }
        for output in &outputs {
            let value = self.value(&output.node);
            let value = value.map_err(|problem| Failure::new("output", &output.name, problem))?;
            self.graph.output(&value, &output.name);
        }
        Ok(())
    }

    /// The value that the node called `name` gave.
    fn value(&self, name: &str) -> Result<Value, GraphError> {
        self.values
            .get(name)
            .cloned()
            .ok_or_else(|| GraphError::Missing(name.to_owned()))
    }

    /// The constant called `name`.
    fn constant(&self, name: &str) -> Result<&Tensor, GraphError> {
        self.weights.get(name)
    }
}
