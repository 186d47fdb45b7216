//! Keeping what sister platforms and we need of each other.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::LedgerError;
use crate::{
    case::Digest,
    credential::{Credential, CredentialStatus},
    ids::{ClientId, CredentialId, IssuerId, PlatformId},
    sync::{Imported, IssuerPolicy, SyncStanding},
    words::{Account, Realm},
};

/// A text that is not for printing, and whose memory is wiped in the end.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// Hides a text.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretText(…)")
    }
}

/// A sister platform whose word a platform takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedIssuer {
    /// Its id here.
    pub id: IssuerId,
    /// The platform that trusts it.
    pub platform: PlatformId,
    /// Its name, as applicants read it.
    pub name: String,
    /// Its identifier (`iss`), without a trailing slash.
    pub url: String,
    /// Our id there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: SecretText,
    /// What its word counts.
    pub policy: IssuerPolicy,
    /// The secret (`whsec_…`) with which it signs its notices, if it sends any.
    pub webhook_secret: Option<SecretText>,
}

/// A sister platform that may ask us about accounts of one of our platforms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelyingParty {
    /// Its id (`client_id`).
    pub id: ClientId,
    /// Whose accounts it may ask about, with the account's consent.
    pub platform: PlatformId,
    /// Its name, as the accounts' users read it.
    pub name: String,
    /// Where users may be sent back to; compared exactly.
    pub redirect_uris: Vec<String>,
    /// SHA-256 of its secret.
    pub secret: Digest,
    /// Where it wants to hear of revocations, if it does.
    pub webhook: Option<RelyingPartyWebhook>,
}

/// Where a relying party wants to hear of revocations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelyingPartyWebhook {
    /// The address.
    pub url: String,
    /// The secret (`whsec_…`) that notices are signed with.
    pub secret: SecretText,
}

/// A signing key as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredKey {
    /// The secret number.
    pub scalar: Vec<u8>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What a short-lived secret stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketKind {
    /// A visit of ours to a sister platform (`state`).
    Visit,
    /// A relying party's request, while its user signs in and consents.
    Request,
    /// An authorization code.
    Code,
    /// An access token.
    Token,
    /// A source's notice that was heard already.
    Notice,
    /// An operator's way through the organisation's own identity provider (`state`).
    SignIn,
}

impl TicketKind {
    /// The word used in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visit => "visit",
            Self::Request => "request",
            Self::Code => "code",
            Self::Token => "token",
            Self::Notice => "notice",
            Self::SignIn => "sign_in",
        }
    }
}

/// A short-lived secret, known by its digest, with what it stands for as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// What it stands for.
    pub kind: TicketKind,
    /// Its digest.
    pub digest: Digest,
    /// The ticket that it was traded for; it dies when that one is shown again.
    pub parent: Option<Digest>,
    /// What goes with it.
    pub body: String,
    /// Its end.
    pub expires_at: DateTime<Utc>,
}

/// What became of an attempt to use a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Used {
    /// Nobody had used it.
    First(String),
    /// Somebody had; what it was traded for is dead now.
    Again,
    /// There is none, or it is over.
    Unknown,
}

/// A notice to a relying party that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its id; the same at every attempt.
    pub id: uuid::Uuid,
    /// To whom.
    pub party: RelyingParty,
    /// Of which credential.
    pub credential: Credential,
    /// The id under which the relying party knows the account.
    pub subject: String,
    /// How often it was tried, this time included.
    pub attempts: u32,
    /// When the change happened.
    pub at: DateTime<Utc>,
}

/// An entry of a status list that is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedStatus {
    /// Its index.
    pub idx: u64,
    /// How its credential stands.
    pub status: CredentialStatus,
}

/// Keeping what sister platforms and we need of each other.
#[async_trait]
pub trait Federation: Send + Sync {
    /// Stores a trusted issuer, or replaces it.
    async fn put_issuer(
        &self,
        issuer: &TrustedIssuer,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// The platform's trusted issuers, oldest first.
    async fn issuers(&self, platform: PlatformId) -> Result<Vec<TrustedIssuer>, LedgerError>;

    /// The issuer with this id.
    async fn issuer(&self, id: IssuerId) -> Result<Option<TrustedIssuer>, LedgerError>;

    /// The issuers of all platforms that know us under a client id.
    async fn issuers_by_client(&self, client: &str) -> Result<Vec<TrustedIssuer>, LedgerError>;

    /// Trusts an issuer no longer; what came from it stays. False if there was none.
    async fn remove_issuer(&self, platform: PlatformId, id: IssuerId) -> Result<bool, LedgerError>;

    /// Stores a relying party, or replaces it.
    async fn put_party(&self, party: &RelyingParty, now: DateTime<Utc>) -> Result<(), LedgerError>;

    /// The platform's relying parties, oldest first.
    async fn parties(&self, platform: PlatformId) -> Result<Vec<RelyingParty>, LedgerError>;

    /// The relying party with this id.
    async fn party(&self, id: ClientId) -> Result<Option<RelyingParty>, LedgerError>;

    /// Removes a relying party. False if there was none.
    async fn remove_party(&self, platform: PlatformId, id: ClientId) -> Result<bool, LedgerError>;

    /// Sets where a platform signs its users in for sister platforms.
    async fn set_login_url(&self, platform: PlatformId, url: &str) -> Result<(), LedgerError>;

    /// Where a platform signs its users in for sister platforms.
    async fn login_url(&self, platform: PlatformId) -> Result<Option<String>, LedgerError>;

    /// Every signing key, newest first.
    async fn signing_keys(&self) -> Result<Vec<StoredKey>, LedgerError>;

    /// Stores a signing key.
    async fn add_signing_key(&self, key: &StoredKey) -> Result<(), LedgerError>;

    /// Deletes signing keys that were made before a moment.
    async fn prune_signing_keys(&self, before: DateTime<Utc>) -> Result<u64, LedgerError>;

    /// Stores a ticket, or replaces what goes with it.
    async fn put_ticket(&self, ticket: &Ticket) -> Result<(), LedgerError>;

    /// What goes with a ticket that is not used and not over.
    async fn ticket(
        &self,
        kind: TicketKind,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, LedgerError>;

    /// Uses a ticket up; exactly one caller is the first.
    async fn use_ticket(
        &self,
        kind: TicketKind,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<Used, LedgerError>;

    /// What is known here of an imported verification and its source.
    async fn sync_standing(
        &self,
        imported: &Imported,
        account: &Account,
        realm: Realm,
    ) -> Result<SyncStanding, LedgerError>;

    /// Valid credentials that came from an issuer by one of its verifications.
    async fn imported_by(
        &self,
        issuer: IssuerId,
        verification_process: &str,
    ) -> Result<Vec<CredentialId>, LedgerError>;

    /// Valid imported credentials with a place in their source's status list, that were not looked at since a moment.
    async fn imported_to_check(
        &self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Credential>, LedgerError>;

    /// Notes that an imported credential's source was asked.
    async fn note_check(
        &self,
        credential: CredentialId,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// The place of a credential in the status lists; given to it if it has none. `wish` is tried first.
    async fn status_place(
        &self,
        credential: CredentialId,
        wish: u64,
    ) -> Result<(u64, u64), LedgerError>;

    /// The entries of a list that are not valid; `None` if there is no such list.
    async fn status_list(&self, list: u64) -> Result<Option<Vec<ListedStatus>>, LedgerError>;

    /// Notes that a relying party was told of a credential, so that it hears when it ends.
    async fn note_grant(
        &self,
        party: ClientId,
        credential: CredentialId,
        subject: &str,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// Leases due notices until a moment.
    async fn claim_notices(
        &self,
        limit: u32,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Notice>, LedgerError>;

    /// A notice arrived, or is given up.
    async fn finish_notice(&self, id: uuid::Uuid) -> Result<(), LedgerError>;

    /// A notice did not arrive; the next attempt is due at a moment.
    async fn retry_notice(&self, id: uuid::Uuid, at: DateTime<Utc>) -> Result<(), LedgerError>;
}
