//! The trail as others see it: something to write to, and something to read.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{ActorKind, Anchor, AnchorSigner, Entry, Hash, Record};

/// The trail could not be written or read. What was to be recorded has not happened as far as the caller is concerned.
#[derive(Debug, thiserror::Error)]
#[error("the audit trail is not available: {0}")]
pub struct AuditError(pub String);

/// Writing to the trail, for what is not part of a commit that records itself.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Appends records, all or none. Await it before you answer: an act that can't be recorded must not go through.
    async fn record(&self, records: Vec<Record>) -> Result<(), AuditError>;
}

/// Where the chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry; 0 if there is none.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
}

/// An entry as it was found in storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The entry.
    pub entry: Entry,
    /// Whether its seal, made with a key that is not in the database, is ours. A database that was rewritten with
    /// correct hashes throughout still lacks the seals.
    pub sealed_by_us: bool,
}

/// Which entries to show.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of this kind of actor.
    pub actor_kind: Option<ActorKind>,
    /// Of this actor.
    pub actor_id: Option<String>,
    /// With this action, `case.revealed`, or with any of this area, `case` or `case.`.
    pub action: Option<String>,
    /// About this subject.
    pub subject: Option<String>,
    /// Not before.
    pub since: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
}

/// Reading the trail.
#[async_trait]
pub trait AuditTrail: Audit {
    /// Up to `limit` entries from a number on, in order.
    async fn entries_from(&self, seq: u64, limit: u32) -> Result<Vec<Stored>, AuditError>;

    /// Entries that fit, newest first, below a number if one is given.
    async fn find_entries(
        &self,
        filter: &AuditFilter,
        below: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Entry>, AuditError>;

    /// Where the chain ends.
    async fn head(&self) -> Result<Head, AuditError>;

    /// Every anchor that was signed here, oldest first.
    async fn anchors(&self) -> Result<Vec<Anchor>, AuditError>;

    /// Keeps an anchor.
    async fn keep_anchor(&self, anchor: &Anchor) -> Result<(), AuditError>;

    /// Signs anchors with the server's key.
    fn signer(&self) -> &AnchorSigner;
}
