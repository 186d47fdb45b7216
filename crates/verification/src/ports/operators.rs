//! Operators, their ways to sign in, and their sessions. Secrets are only ever seen as digests or sealed.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::LedgerError;
use crate::{case::Digest, ids::OperatorId, operator::Operator, sso::SsoIdentity};

/// A passkey as it was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// The authenticator's id of it.
    pub id: Vec<u8>,
    /// Whose.
    pub operator: OperatorId,
    /// The public key in COSE form (RFC 9052).
    pub public_key: Vec<u8>,
    /// The authenticator's count of signatures; 0 if it does not count.
    pub counter: u32,
    /// What the operator calls it.
    pub label: String,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// The fallback: password and time-based code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordLogin {
    /// The Argon2id hash in PHC form.
    pub hash: String,
    /// The shared secret of the codes.
    pub totp: Vec<u8>,
    /// The last time step of which a code was used; none up to it counts again.
    pub totp_step: u64,
}

/// One browser in which an operator is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorSession {
    /// By which operators see and end it.
    pub id: Uuid,
    /// Whose.
    pub operator: OperatorId,
    /// `passkey`, `password`, `link`, `sso`.
    pub method: String,
    /// The browser, in its own words, shortened.
    pub agent: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Last request.
    pub seen_at: DateTime<Utc>,
    /// When the operator last proved to be there.
    pub fresh_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
}

/// Operators and how they sign in.
#[async_trait]
pub trait Operators: Send + Sync {
    /// Every operator, oldest first.
    async fn operators(&self) -> Result<Vec<Operator>, LedgerError>;

    /// The operator with this id.
    async fn operator(&self, id: OperatorId) -> Result<Option<Operator>, LedgerError>;

    /// The operator with this login.
    async fn operator_by_login(&self, login: &str) -> Result<Option<Operator>, LedgerError>;

    /// The operator who is this person at the identity provider.
    async fn operator_by_sso(
        &self,
        identity: &SsoIdentity,
    ) -> Result<Option<Operator>, LedgerError>;

    /// Stores a new operator together with who they are at the identity provider. False if login or identity are another's.
    async fn add_sso_operator(
        &self,
        operator: &Operator,
        identity: &SsoIdentity,
    ) -> Result<bool, LedgerError>;

    /// Who the operator is at the identity provider; `None` for those who were added here.
    async fn sso_of(&self, id: OperatorId) -> Result<Option<SsoIdentity>, LedgerError>;

    /// Stores a new operator, or what changed of one. False if the login is another's. With `first`, only while there is none.
    async fn put_operator(&self, operator: &Operator, first: bool) -> Result<bool, LedgerError>;

    /// Stores or replaces the password and the codes' secret; `None` removes both.
    async fn set_password(
        &self,
        id: OperatorId,
        login: Option<&PasswordLogin>,
    ) -> Result<(), LedgerError>;

    /// The password login, if there is one.
    async fn password_of(&self, id: OperatorId) -> Result<Option<PasswordLogin>, LedgerError>;

    /// Uses a time step up: true for exactly one caller, and never for an earlier step again.
    async fn use_totp_step(&self, id: OperatorId, step: u64) -> Result<bool, LedgerError>;

    /// Stores a passkey. False if the id is taken.
    async fn add_passkey(&self, passkey: &Passkey) -> Result<bool, LedgerError>;

    /// The passkey with this id.
    async fn passkey(&self, id: &[u8]) -> Result<Option<Passkey>, LedgerError>;

    /// The operator's passkeys, oldest first.
    async fn passkeys_of(&self, operator: OperatorId) -> Result<Vec<Passkey>, LedgerError>;

    /// Notes a use of a passkey.
    async fn passkey_used(
        &self,
        id: &[u8],
        counter: u32,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// Deletes an operator's passkey. False if there is none.
    async fn remove_passkey(&self, operator: OperatorId, id: &[u8]) -> Result<bool, LedgerError>;
}

/// Sessions, links and ceremonies of operators.
#[async_trait]
pub trait OperatorSessions: Send + Sync {
    /// Stores a session.
    async fn add_session(&self, key: Digest, session: &OperatorSession) -> Result<(), LedgerError>;

    /// The session of this key, if it is not over.
    async fn session(
        &self,
        key: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<OperatorSession>, LedgerError>;

    /// Every session that is not over, newest first; of one operator or of all.
    async fn sessions(
        &self,
        operator: Option<OperatorId>,
        now: DateTime<Utc>,
    ) -> Result<Vec<OperatorSession>, LedgerError>;

    /// Notes a request, and that the operator has just proved to be there.
    async fn session_seen(
        &self,
        id: Uuid,
        now: DateTime<Utc>,
        fresh: bool,
    ) -> Result<(), LedgerError>;

    /// Ends sessions: one, or all of an operator but one. Tells how many there were.
    async fn end_session(&self, id: Uuid) -> Result<u64, LedgerError>;

    /// Ends all sessions of an operator.
    async fn end_sessions_of(&self, operator: OperatorId) -> Result<u64, LedgerError>;

    /// Stores a single-use link; without an operator, it is the first administrator's.
    async fn add_link(
        &self,
        link: Digest,
        operator: Option<OperatorId>,
        expires_at: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// Uses a link up. `None` if it is unknown, used or over; else whose it is.
    async fn use_link(
        &self,
        link: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<Option<OperatorId>>, LedgerError>;

    /// Looks at a link without using it.
    async fn link(
        &self,
        link: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<Option<OperatorId>>, LedgerError>;

    /// Remembers what a ceremony has to come back with.
    async fn add_challenge(
        &self,
        challenge: Digest,
        purpose: &str,
        state: &[u8],
        expires_at: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// Uses it up: its state for exactly one caller.
    async fn use_challenge(
        &self,
        challenge: Digest,
        purpose: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<u8>>, LedgerError>;

    /// Counts a failed attempt against each scope, under a fresh id each.
    async fn add_failures(
        &self,
        scopes: &[(Uuid, Digest)],
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// Failed attempts of a scope since a moment.
    async fn failures(&self, scope: Digest, since: DateTime<Utc>) -> Result<u32, LedgerError>;

    /// Forgets what is over.
    async fn prune_operators(&self, now: DateTime<Utc>) -> Result<(), LedgerError>;
}
