//! Notices between sister platforms: ids only, signed as [`crate::webhook`] says.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The type of a notice that a verification has ended.
pub const REVOKED: &str = "enterprise.verification.revoked";
/// The type of a notice that a verification is stopped for the time being.
pub const SUSPENDED: &str = "enterprise.verification.suspended";

/// What a notice says: ids only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// [`REVOKED`] or [`SUSPENDED`].
    pub r#type: String,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// What it is about.
    pub data: NoticeData,
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeData {
    /// The sender's id of the verification.
    pub verification_process: String,
    /// The sender's id of the account (`sub`).
    pub subject: String,
}
