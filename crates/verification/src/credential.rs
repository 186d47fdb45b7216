//! The credential: what a passed verification leaves on the account.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{CaseId, CredentialId},
    sync::{SyncSource, VerifiedElements},
    words::{Account, AssuranceLevel, EngineGrade, Method, Realm},
};

/// Where a credential stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialStatus {
    /// Valid.
    Active,
    /// Valid, while the account verifies a change of it.
    ChangePending,
    /// Valid for the time being; a new verification is due.
    ReverifyDue,
    /// A later verification of the same account took its place.
    Superseded,
    /// The registry or an operator stopped it for the time being.
    Suspended,
    /// Ended for good.
    Revoked,
}

impl CredentialStatus {
    /// Whether others may rely on a credential that stands so.
    #[must_use]
    pub const fn is_valid(self) -> bool {
        matches!(self, Self::Active | Self::ChangePending | Self::ReverifyDue)
    }
}

/// A verified enterprise on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// The verification that it comes from.
    pub case: CaseId,
    /// The account that it belongs to.
    pub account: Account,
    /// Real or demonstration.
    pub realm: Realm,
    /// The verified elements.
    pub claim: VerifiedElements,
    /// How control was shown.
    pub method: Method,
    /// How sure it is.
    pub assurance: AssuranceLevel,
    /// How far the engine that compared the face may be trusted, if one did.
    pub grade: Option<EngineGrade>,
    /// When it was verified.
    pub verified_at: DateTime<Utc>,
    /// Where it stands.
    pub status: CredentialStatus,
    /// The sister platform that it came from; `None` if it was verified here.
    #[serde(default)]
    pub source: Option<SyncSource>,
}
