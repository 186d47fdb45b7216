//! One-click synchronisation: what comes over from a sister platform, and where it came from.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_identifiers::{EnterpriseName, IdNumber, PersonName, Uscc};

use crate::{
    claim::Claim,
    code::Code,
    fact::RegistryAnswer,
    ids::IssuerId,
    words::{AssuranceLevel, SubjectType},
};

/// What a credential says. A sister platform sends no ID number, so an imported one has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedElements {
    /// Enterprise or individual business.
    pub subject: SubjectType,
    /// Enterprise name as typed, with its compare key.
    pub enterprise_name: EnterpriseName,
    /// Unified social credit code.
    pub uscc: Uscc,
    /// Legal representative's name as typed, with its compare key.
    pub legal_representative: PersonName,
    /// Legal representative's ID number, if it was verified here.
    #[serde(default)]
    pub id_number: Option<IdNumber>,
}

impl VerifiedElements {
    /// The four elements, if all are known here.
    #[must_use]
    pub fn claim(&self) -> Option<Claim> {
        Some(Claim {
            subject: self.subject,
            enterprise_name: self.enterprise_name.clone(),
            uscc: self.uscc.clone(),
            legal_representative: self.legal_representative.clone(),
            id_number: self.id_number.clone()?,
        })
    }

    /// The ID number, masked, if it is known here.
    #[must_use]
    pub fn masked_id(&self) -> Option<String> {
        self.id_number.as_ref().map(IdNumber::masked)
    }
}

impl From<Claim> for VerifiedElements {
    fn from(claim: Claim) -> Self {
        Self {
            subject: claim.subject,
            enterprise_name: claim.enterprise_name,
            uscc: claim.uscc,
            legal_representative: claim.legal_representative,
            id_number: Some(claim.id_number),
        }
    }
}

/// Where an imported credential came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncSource {
    /// The configured issuer.
    pub issuer: IssuerId,
    /// Its name, as the applicant read it.
    pub issuer_name: String,
    /// Its identifier (`iss`).
    pub issuer_url: String,
    /// The issuer's own id of the account (`sub`).
    pub subject: String,
    /// The rules by which it verified.
    pub trust_framework: String,
    /// The issuer's id of the verification; stands in the audit log of both sides.
    pub verification_process: String,
    /// When the issuer verified.
    pub verified_at: DateTime<Utc>,
    /// When this credential ends by itself.
    pub expires_at: DateTime<Utc>,
    /// Where the issuer tells whether it still stands (Token Status List).
    pub status: Option<StatusReference>,
}

/// What the word of a sister platform counts here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuerPolicy {
    /// Rules of verification that are trusted (`trust_framework`).
    pub trust_frameworks: Vec<String>,
    /// The least level of assurance that is taken.
    pub least_assurance: AssuranceLevel,
    /// The level of assurance that it counts for at most.
    pub highest_assurance: AssuranceLevel,
    /// Days that the verification at the source may be old.
    pub max_age_days: u32,
    /// Whether the local registry has to confirm the elements.
    pub confirm_in_registry: bool,
}

/// A place in an issuer's status list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReference {
    /// Index of the entry.
    pub idx: u64,
    /// Address of the list.
    pub uri: String,
}

/// A verification that the issuer's policy lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// What was verified.
    pub elements: VerifiedElements,
    /// How much it counts here; never more than the policy gives to this issuer.
    pub assurance: AssuranceLevel,
    /// Where it came from.
    pub source: SyncSource,
}

/// How the visit to a sister platform ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncOutcome {
    /// It vouches for the account.
    Granted {
        /// What for.
        imported: Box<Imported>,
        /// What the local registry says of it; `None` if the policy does not ask.
        registry: Option<RegistryAnswer>,
    },
    /// It does not, or the visit failed; the code says which. No try is used.
    Refused(Code),
}

/// What is known here of the enterprise and the account at the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SyncStanding {
    /// Whether the account at the source has already verified another account here.
    pub bound_elsewhere: bool,
    /// Other accounts that this licence has verified.
    pub accounts_of_licence: u32,
}
