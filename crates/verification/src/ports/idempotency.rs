//! Requests that may be sent twice and are done once (after the Idempotency-Key header draft).

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::LedgerError;
use crate::case::Digest;

/// An answer as it was given the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstAnswer {
    /// HTTP status.
    pub status: u16,
    /// Content type.
    pub kind: String,
    /// Body.
    pub body: Vec<u8>,
}

/// A request that carries a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyedRequest {
    /// Hash of API key, method, path and the key's value.
    pub scope: Digest,
    /// Hash of the body.
    pub request: Digest,
    /// Id that what it makes will carry.
    pub makes: Uuid,
    /// Until when it counts as running, if nothing more is heard of it.
    pub held_until: DateTime<Utc>,
    /// Until when the answer is kept.
    pub expires_at: DateTime<Utc>,
}

/// What is known of a request with this key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nothing: it is this caller's to do, and others are held off.
    First,
    /// Whoever began it is gone, and may have done it: then what it made carries this id. It is this caller's to find out or do.
    Orphaned(Uuid),
    /// Somebody is doing it.
    Running,
    /// It was done.
    Done(FirstAnswer),
    /// The key belongs to a request with another body.
    Other,
}

/// First answers. Bodies lie sealed: they may hold secrets that are shown once.
#[async_trait]
pub trait Idempotency: Send + Sync {
    /// Begins a request, or tells what is known of it.
    async fn begin_request(
        &self,
        request: &KeyedRequest,
        now: DateTime<Utc>,
    ) -> Result<Known, LedgerError>;

    /// Keeps the answer.
    async fn keep_answer(&self, scope: Digest, answer: &FirstAnswer) -> Result<(), LedgerError>;

    /// Nothing was done: the key is free again.
    async fn forget_request(&self, scope: Digest) -> Result<(), LedgerError>;
}
