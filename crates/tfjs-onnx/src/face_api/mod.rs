//! face-api's networks. Its packages hold weights only, so the architectures are written down here,
//! as face-api 1.7.15 runs them. Normalising the image is left to whoever feeds the model.

pub(crate) mod landmarks68;
pub(crate) mod recognition;

use std::path::Path;

use crate::error::{ConvertError, Failure};
use crate::graph::GraphBuilder;
use crate::weights::{WeightGroup, Weights, read_file};

/// Converts the network whose weight manifest is at `source`, with the architecture that `build`
/// knows.
pub(crate) fn convert(
    source: &Path,
    build: fn(&Weights, &mut GraphBuilder) -> Result<(), Failure>,
) -> Result<Vec<u8>, ConvertError> {
    let groups: Vec<WeightGroup> =
        serde_json::from_slice(&read_file(source)?).map_err(|error| ConvertError::Json {
            path: source.to_owned(),
            source: error,
        })?;
    let weights = Weights::read(source, &groups)?;
    let name = source.file_stem().unwrap_or_default().to_string_lossy();
    let mut graph = GraphBuilder::new(&name);
    build(&weights, &mut graph).map_err(|failure| failure.in_file(source))?;
    Ok(graph.encode())
}
