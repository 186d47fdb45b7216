//! The feed of public events, which webhooks and `/v1/events` are read from.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::LedgerError;
use crate::{
    feed::{PublicEvent, PublicKind},
    ids::{CaseId, EventId, PlatformId},
};

/// An event with its place in the platform's feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FedEvent {
    /// Its number: without gaps, in the order of the commits.
    pub seq: u64,
    /// The event.
    pub event: PublicEvent,
}

/// Which events to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct EventQuery {
    /// Only of this type.
    pub kind: Option<PublicKind>,
    /// Only of this verification.
    pub case: Option<CaseId>,
    /// Only from this moment on.
    pub since: Option<DateTime<Utc>>,
    /// Only before this moment.
    pub until: Option<DateTime<Utc>>,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
    /// Only what comes after this number in that order.
    pub after: Option<u64>,
}

impl EventQuery {
    /// Everything from a moment on, oldest first.
    #[must_use]
    pub fn between(since: DateTime<Utc>, until: Option<DateTime<Utc>>) -> Self {
        Self {
            since: Some(since),
            until,
            oldest_first: true,
            ..Self::default()
        }
    }
}

/// Tells platforms what happened. Changes of cases and credentials are told with their commit and need nobody to do it.
#[async_trait]
pub trait Feed: Send + Sync {
    /// Tells an event that goes with no commit of a case or credential. An id that was told already changes nothing.
    async fn publish(&self, event: &PublicEvent) -> Result<(), LedgerError>;

    /// The platform's event with this id.
    async fn event(
        &self,
        platform: PlatformId,
        id: EventId,
    ) -> Result<Option<FedEvent>, LedgerError>;

    /// The platform's events that fit.
    async fn events(
        &self,
        platform: PlatformId,
        query: EventQuery,
        limit: u32,
    ) -> Result<Vec<FedEvent>, LedgerError>;
}
