//! The weight list that TFJS writes into `model.json` and face-api into `*-weights_manifest.json`.

use std::path::Path;

use serde::Deserialize;

use super::encoding::{Encoding, Kind, Quantization};
use crate::error::ConvertError;
use crate::tensor::{Tensor, element_count};

/// Tensors that share one run of shards.
#[derive(Debug, Deserialize)]
pub(crate) struct WeightGroup {
    pub paths: Vec<String>,
    weights: Vec<WeightEntry>,
}

#[derive(Debug, Deserialize)]
struct WeightEntry {
    name: String,
    shape: Vec<i64>,
    dtype: Kind,
    quantization: Option<Quantization>,
}

impl WeightGroup {
    /// Cuts the shards' joined bytes into tensors. Every byte has to belong to one: a rest means
    /// that list and shards differ.
    pub fn decode(
        &self,
        bytes: &[u8],
        description: &Path,
    ) -> Result<Vec<(String, Tensor)>, ConvertError> {
        let mut rest = bytes;
        let mut tensors = Vec::with_capacity(self.weights.len());
        for entry in &self.weights {
            let tensor = entry
                .take(&mut rest)
                .map_err(|problem| entry.error(description, problem))?;
            tensors.push((entry.name.clone(), tensor));
        }
        match (rest.is_empty(), self.weights.last()) {
            (false, Some(last)) => Err(last.error(
                description,
                format!("{} bytes follow the last tensor", rest.len()),
            )),
            _ => Ok(tensors),
        }
    }
}

impl WeightEntry {
    fn take(&self, rest: &mut &[u8]) -> Result<Tensor, String> {
        let encoding = Encoding::of(self.dtype, self.quantization.as_ref())?;
        let count = element_count(&self.shape)
            .ok_or_else(|| format!("impossible shape {:?}", self.shape))?;
        let length = count
            .checked_mul(encoding.width())
            .ok_or_else(|| format!("impossible shape {:?}", self.shape))?;
        let (own, after) = rest.split_at_checked(length).ok_or_else(|| {
            format!(
                "needs {length} bytes, but only {} are left in the shards",
                rest.len()
            )
        })?;
        *rest = after;
        Ok(Tensor {
            dims: self.shape.clone(),
            data: encoding.decode(own),
        })
    }

    fn error(&self, description: &Path, problem: String) -> ConvertError {
        ConvertError::Weight {
            path: description.to_owned(),
            tensor: self.name.clone(),
            problem,
        }
    }
}
