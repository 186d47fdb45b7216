//! Webhook endpoints and the messages for them.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    LedgerError,
    feed::{EventQuery, FedEvent},
};
use crate::{
    feed::PublicKind,
    ids::{DeliveryId, EndpointId, PlatformId},
};

/// A signing secret in its text form, `whsec_…` (Standard Webhooks 1.0). It does not print itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningSecret {
    /// `whsec_` and base64 of 24 random bytes.
    pub text: String,
    /// Until when it signs beside a newer one; `None` for the newest.
    pub ends_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningSecret(…, ends_at: {:?})", self.ends_at)
    }
}

/// Why an endpoint is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OffReason {
    /// The platform did it.
    Platform,
    /// A message was tried through the whole schedule, and nothing got through meanwhile.
    Failing,
    /// The receiver answered 410.
    Gone,
}

/// Where a platform wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Whose it is.
    pub platform: PlatformId,
    /// Where messages go.
    pub url: String,
    /// What people call it.
    pub description: String,
    /// Wanted types; empty for all.
    pub events: Vec<PublicKind>,
    /// Why it is off, if it is.
    pub off: Option<OffReason>,
    /// Signing secrets, the newest first.
    pub secrets: Vec<SigningSecret>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when nothing has got through, if the last attempt failed.
    pub failing_since: Option<DateTime<Utc>>,
}

impl Endpoint {
    /// A fresh endpoint that is on and wants everything, still without an address.
    #[must_use]
    pub fn fresh(
        id: EndpointId,
        platform: PlatformId,
        secret: SigningSecret,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            platform,
            url: String::new(),
            description: String::new(),
            events: Vec::new(),
            off: None,
            secrets: vec![secret],
            created_at: now,
            failing_since: None,
        }
    }
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// To be sent, or to be sent again.
    Pending,
    /// Received.
    Delivered,
    /// Tried through the whole schedule.
    Failed,
}

/// A message that a sender has leased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// What it tells.
    pub event: FedEvent,
    /// How often it was tried in this round, this time included.
    pub round: u32,
    /// How often it was tried at all, this time included.
    pub attempts: u32,
    /// When the message was queued.
    pub created_at: DateTime<Utc>,
}

/// A message as its platform sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// What it tells.
    pub event: FedEvent,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, if it is pending.
    pub next_at: Option<DateTime<Utc>>,
    /// When it was received or given up.
    pub finished_at: Option<DateTime<Utc>>,
}

/// One attempt to send a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its number, from 1.
    pub nth: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What went wrong without an answer.
    pub error: Option<String>,
}

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It arrived.
    Delivered,
    /// Again at this time.
    Again(DateTime<Utc>),
    /// Given up.
    GivenUp,
}

/// Which messages to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeliveryFilter {
    /// Only those that stand so.
    pub status: Option<DeliveryStatus>,
    /// Only those of earlier events than this number.
    pub before: Option<u64>,
}

/// Endpoints and their messages, for their platform.
#[async_trait]
pub trait Webhooks: Send + Sync {
    /// Stores a new endpoint, or a stored one anew. Switching one on makes what waits for it due at `now`.
    async fn put_endpoint(
        &self,
        endpoint: &Endpoint,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// The platform's endpoint with this id.
    async fn endpoint(
        &self,
        platform: PlatformId,
        id: EndpointId,
    ) -> Result<Option<Endpoint>, LedgerError>;

    /// The platform's endpoints, oldest first.
    async fn endpoints(&self, platform: PlatformId) -> Result<Vec<Endpoint>, LedgerError>;

    /// Removes an endpoint with its messages. False if the platform has none with this id.
    async fn remove_endpoint(
        &self,
        platform: PlatformId,
        id: EndpointId,
    ) -> Result<bool, LedgerError>;

    /// Messages of an endpoint, newest event first.
    async fn deliveries(
        &self,
        platform: PlatformId,
        endpoint: EndpointId,
        filter: DeliveryFilter,
        limit: u32,
    ) -> Result<Vec<Delivery>, LedgerError>;

    /// The attempts of a message, oldest first.
    async fn attempts(
        &self,
        platform: PlatformId,
        delivery: DeliveryId,
    ) -> Result<Vec<Attempt>, LedgerError>;

    /// Sends the endpoint every event that fits (again), oldest first; tells how many there are.
    async fn replay(
        &self,
        endpoint: &Endpoint,
        query: EventQuery,
        now: DateTime<Utc>,
    ) -> Result<u64, LedgerError>;
}

/// Endpoints and their messages, for whoever sends them.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Endpoints that are on, not paused, and have something due.
    async fn due_endpoints(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Endpoint>, LedgerError>;

    /// Leases due messages of an endpoint, of each stream the earliest one only.
    async fn lease_deliveries(
        &self,
        endpoint: EndpointId,
        limit: u32,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<LeasedDelivery>, LedgerError>;

    /// Notes an attempt and what follows from it; changes nothing if another sender has the message by now.
    async fn note_attempt(
        &self,
        delivery: DeliveryId,
        attempt: &Attempt,
        outcome: Outcome,
    ) -> Result<(), LedgerError>;

    /// Notes that a message got through (`None`) or that one failed at a moment. After a failure, what waits becomes due
    /// with the first message that gets through.
    async fn note_health(
        &self,
        endpoint: EndpointId,
        failed_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// Sends the endpoint nothing until a moment.
    async fn pause_endpoint(
        &self,
        endpoint: EndpointId,
        until: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// Switches an endpoint off; what waits for it stays. False if it was off already.
    async fn switch_off(
        &self,
        endpoint: EndpointId,
        reason: OffReason,
    ) -> Result<bool, LedgerError>;
}
