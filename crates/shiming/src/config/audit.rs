//! The audit trail.

use confique::Config as Configuration;
use serde::Serialize;

/// The audit trail. Once a day its end is signed and written into `anchors` in the data directory.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct AuditSection {
    /// Address that is sent each signed end as JSON, by POST, until it has answered with success: somewhere that whoever can
    /// write here can't.
    #[config(env = "SHIMING_AUDIT_ANCHOR_URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor_url: Option<String>,
}
