//! Weights of both source formats: a list of tensors, laid end to end over one or more shard files.

mod encoding;
mod manifest;

use std::collections::HashMap;
use std::path::Path;

pub(crate) use manifest::WeightGroup;

use crate::error::{ConvertError, GraphError};
use crate::tensor::Tensor;

/// All constants of a model, by name.
pub(crate) struct Weights(HashMap<String, Tensor>);

impl Weights {
    /// Reads the shards that `description`'s groups list, which lie beside it.
    pub fn read(description: &Path, groups: &[WeightGroup]) -> Result<Self, ConvertError> {
        let directory = description.parent().unwrap_or(Path::new(""));
        let mut tensors = HashMap::new();
        for group in groups {
            let mut bytes = Vec::new();
            for shard in &group.paths {
                bytes.extend(read_file(&directory.join(shard))?);
            }
            for (name, tensor) in group.decode(&bytes, description)? {
                tensors.insert(name, tensor);
            }
        }
        Ok(Self(tensors))
    }

    /// The constant called `name`.
    pub fn get(&self, name: &str) -> Result<&Tensor, GraphError> {
        self.0
            .get(name)
            .ok_or_else(|| GraphError::Missing(name.to_owned()))
    }
}

/// Reads a file, naming it when that fails.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, ConvertError> {
    std::fs::read(path).map_err(|source| ConvertError::Read {
        path: path.to_owned(),
        source,
    })
}
