//! The platforms' own interface.

use confique::Config as Configuration;
use serde::Serialize;

/// The platforms' own interface under `/v1`.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct ApiSection {
    /// Requests a second that an API key may make in the long run; counted on each node by itself.
    #[config(env = "SHIMING_API_PER_SECOND", default = 20, validate(*per_second >= 1, "at least one a second"))]
    pub per_second: u32,

    /// Requests that an API key may make at once.
    #[config(env = "SHIMING_API_BURST", default = 100, validate(*burst >= 1, "at least one at once"))]
    pub burst: u32,
}
