//! What risk rules count, kept for as long as a rule looks back.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::LedgerError;
use crate::{
    case::{Case, Digest},
    claim::Claim,
    ids::CaseId,
    risk::{RiskPolicy, Signals},
};

/// One form on its way.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Its id.
    pub id: Uuid,
    /// The case that it is for.
    pub case: &'a Case,
    /// What was entered.
    pub claim: &'a Claim,
    /// The browser that it comes from.
    pub device: Option<Digest>,
    /// The network that it comes from, unless that says nothing.
    pub address: Option<&'a str>,
}

/// Counts what risk rules look at, by keyed hashes.
#[async_trait]
pub trait RiskSignals: Send + Sync {
    /// Notes a form and tells how often each kind was seen within its rule's time, this one included.
    async fn note_form(
        &self,
        attempt: &Attempt<'_>,
        rules: &RiskPolicy,
        now: DateTime<Utc>,
    ) -> Result<Signals, LedgerError>;

    /// In how many other people's names these cases are.
    async fn other_people(&self, case: &Case, cases: &[CaseId]) -> Result<u32, LedgerError>;
}
