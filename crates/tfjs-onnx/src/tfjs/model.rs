//! The parts of `model.json` that matter for a conversion.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde::Deserialize;

use super::node::{Node, node_name};
use crate::error::{Failure, GraphError};
use crate::weights::WeightGroup;

/// A graph model. The signature is at the top or among the converter's notes, depending on who
/// wrote the file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GraphModel {
    #[serde(rename = "modelTopology")]
    pub topology: Topology,
    pub weights_manifest: Vec<WeightGroup>,
    signature: Option<Signature>,
    user_defined_metadata: Option<Metadata>,
}

#[derive(Deserialize)]
pub(super) struct Topology {
    node: Vec<Node>,
}

#[derive(Deserialize)]
struct Metadata {
    signature: Option<Signature>,
}

/// Named outputs, in the file's order.
#[derive(Deserialize)]
struct Signature {
    outputs: IndexMap<String, SignatureTensor>,
}

#[derive(Deserialize)]
struct SignatureTensor {
    name: String,
}

/// One output of the model: what it is called, and which node gives it.
pub(super) struct Output {
    pub name: String,
    pub node: String,
}

impl GraphModel {
    /// The outputs that the signature names; the `:` of TensorFlow's names becomes `_`.
    pub fn outputs(&self) -> Result<Vec<Output>, Failure> {
        let noted = self
            .user_defined_metadata
            .as_ref()
            .and_then(|notes| notes.signature.as_ref());
        let missing = || GraphError::Missing("signature".to_owned());
        let signature = self.signature.as_ref().or(noted).ok_or_else(missing);
        let signature = signature.map_err(|problem| Failure::new("model", "outputs", problem))?;
        let output = |(name, tensor): (&String, &SignatureTensor)| Output {
            name: name.replace(':', "_"),
            node: node_name(&tensor.name).to_owned(),
        };
        Ok(signature.outputs.iter().map(output).collect())
    }
}

impl Topology {
    pub fn by_name(&self) -> HashMap<&str, &Node> {
        self.node
            .iter()
            .map(|node| (node.name.as_str(), node))
            .collect()
    }
}
