//! Messages on their way to people: where they are kept, and who carries them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::LedgerError;
use crate::{
    case::{Case, Digest},
    ids::{CaseId, NotificationId, PlatformId},
    notification::{
        Address, Block, HandOffTallies, Occasion, Order, Recipient, SentTallies, Status,
    },
};

/// A message as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// For whose account.
    pub platform: PlatformId,
    /// The verification that it is about, or that has left what it is about.
    pub case: CaseId,
    /// Whom it goes to, and what it is about.
    pub order: Order,
    /// Where it stands.
    pub status: Status,
    /// Why it was not sent, as a slug or a reply code.
    pub reason: Option<String>,
    /// When it was ordered.
    pub created_at: DateTime<Utc>,
    /// When it was sent or given up.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Messages, written by the commits that call for them.
#[async_trait]
pub trait Notifications: Send + Sync {
    /// The message with this id, if its data are still there.
    async fn notification(&self, id: NotificationId) -> Result<Option<Notification>, LedgerError>;

    /// The messages about a verification whose data are still there, newest first.
    async fn notifications_of(&self, case: CaseId) -> Result<Vec<Notification>, LedgerError>;

    /// The message whose own link holds this code.
    async fn notification_by_link(&self, link: Digest)
    -> Result<Option<Notification>, LedgerError>;

    /// Notes the code in a message's own link, before it leaves.
    async fn link_notification(&self, id: NotificationId, link: Digest) -> Result<(), LedgerError>;

    /// Notes how a message ended; one that has ended stays so.
    async fn finish_notification(
        &self,
        id: NotificationId,
        status: Status,
        reason: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// What counts since a moment against a link that a case is to send to an address; a tally ends when its oldest message is
    /// as old as `now - since`.
    async fn hand_off_tallies(
        &self,
        case: &Case,
        address: &Address,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<HandOffTallies, LedgerError>;

    /// What was sent since a moment to an address and for a platform.
    async fn sent_tallies(
        &self,
        platform: PlatformId,
        address: &Address,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<SentTallies, LedgerError>;

    /// Notes what the owner of an address wants no more of. The address is kept as a keyed hash only.
    async fn block(
        &self,
        address: &Address,
        block: Block,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// Which of these the owner of an address wants no more of.
    async fn blocked(&self, address: &Address, of: &[Block]) -> Result<Vec<Block>, LedgerError>;
}

/// A message, ready to be put into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its id, the same however often it is tried, by which a receiver knows it again.
    pub id: NotificationId,
    /// Whom it goes to.
    pub to: Recipient,
    /// What it is about.
    pub occasion: Occasion,
    /// What it tells.
    pub facts: Facts,
    /// Where its receiver can refuse more of the same.
    pub refuse_url: String,
    /// When it is sent.
    pub at: DateTime<Utc>,
}

/// What a message tells. No number of a person, no whole name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The platform's name.
    pub platform: String,
    /// The enterprise's name, or what the platform calls the account before there is one.
    pub enterprise: String,
    /// The legal representative's name, masked.
    pub representative: String,
    /// Where to go.
    pub link: Option<String>,
    /// Until when.
    pub until: Option<DateTime<Utc>>,
    /// Whether all of it is invented.
    pub demo: bool,
}

/// A message did not leave. Neither text holds an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// This address will never be served.
    #[error("the address is refused ({0})")]
    Refused(String),
    /// It may work later.
    #[error("{0}")]
    NotNow(String),
}

/// Carries messages.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Sends a message once. After [`SendError::NotNow`] it may have arrived nevertheless.
    async fn send(&self, letter: &Letter) -> Result<(), SendError>;
}
