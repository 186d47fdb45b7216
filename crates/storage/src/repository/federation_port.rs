//! The port of federation, answered.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_verification::{
    case::Digest,
    credential::Credential,
    ids::{ClientId, CredentialId, IssuerId, PlatformId},
    ports::{
        LedgerError,
        federation::{
            Federation, ListedStatus, Notice, RelyingParty, StoredKey, Ticket, TicketKind,
            TrustedIssuer, Used,
        },
    },
    sync::{Imported, SyncStanding},
    words::{Account, Realm},
};
use uuid::Uuid;

use super::Store;

#[async_trait]
impl Federation for Store {
    async fn put_issuer(
        &self,
        issuer: &TrustedIssuer,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.write_issuer(issuer, now).await?)
    }

    async fn issuers(&self, platform: PlatformId) -> Result<Vec<TrustedIssuer>, LedgerError> {
        Ok(self.issuers_of(platform).await?)
    }

    async fn issuer(&self, id: IssuerId) -> Result<Option<TrustedIssuer>, LedgerError> {
        Ok(self.find_issuer(id.uuid()).await?)
    }

    async fn issuers_by_client(&self, client: &str) -> Result<Vec<TrustedIssuer>, LedgerError> {
        Ok(self.find_issuers_by_client(client).await?)
    }

    async fn remove_issuer(&self, platform: PlatformId, id: IssuerId) -> Result<bool, LedgerError> {
        let sql = "DELETE FROM federation_issuer WHERE id = $1 AND platform = $2";
        Ok(self.delete_of_platform(sql, id.uuid(), platform).await?)
    }

    async fn put_party(&self, party: &RelyingParty, now: DateTime<Utc>) -> Result<(), LedgerError> {
        Ok(self.write_party(party, now).await?)
    }

    async fn parties(&self, platform: PlatformId) -> Result<Vec<RelyingParty>, LedgerError> {
        Ok(self.parties_of(platform).await?)
    }

    async fn party(&self, id: ClientId) -> Result<Option<RelyingParty>, LedgerError> {
        Ok(self.find_party(id.uuid()).await?)
    }

    async fn remove_party(&self, platform: PlatformId, id: ClientId) -> Result<bool, LedgerError> {
        let sql = "DELETE FROM federation_party WHERE id = $1 AND platform = $2";
        Ok(self.delete_of_platform(sql, id.uuid(), platform).await?)
    }

    async fn set_login_url(&self, platform: PlatformId, url: &str) -> Result<(), LedgerError> {
        Ok(self.write_login_url(platform, url).await?)
    }

    async fn login_url(&self, platform: PlatformId) -> Result<Option<String>, LedgerError> {
        Ok(self.find_login_url(platform).await?)
    }

    async fn signing_keys(&self) -> Result<Vec<StoredKey>, LedgerError> {
        Ok(self.keys().await?)
    }

    async fn add_signing_key(&self, key: &StoredKey) -> Result<(), LedgerError> {
        Ok(self.write_key(key).await?)
    }

    async fn prune_signing_keys(&self, before: DateTime<Utc>) -> Result<u64, LedgerError> {
        Ok(self.delete_keys(before).await?)
    }

    async fn put_ticket(&self, ticket: &Ticket) -> Result<(), LedgerError> {
        Ok(self.write_ticket(ticket).await?)
    }

    async fn ticket(
        &self,
        kind: TicketKind,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, LedgerError> {
        Ok(self.find_ticket(kind, digest, now).await?)
    }

    async fn use_ticket(
        &self,
        kind: TicketKind,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<Used, LedgerError> {
        Ok(self.redeem_ticket(kind, digest, now).await?)
    }

    async fn sync_standing(
        &self,
        imported: &Imported,
        account: &Account,
        realm: Realm,
    ) -> Result<SyncStanding, LedgerError> {
        Ok(self.standing_of(imported, account, realm).await?)
    }

    async fn imported_by(
        &self,
        issuer: IssuerId,
        verification_process: &str,
    ) -> Result<Vec<CredentialId>, LedgerError> {
        Ok(self.linked(issuer, verification_process).await?)
    }

    async fn imported_to_check(
        &self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Credential>, LedgerError> {
        Ok(self.unchecked(before, limit).await?)
    }

    async fn note_check(
        &self,
        credential: CredentialId,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.checked(credential, now).await?)
    }

    async fn status_place(
        &self,
        credential: CredentialId,
        wish: u64,
    ) -> Result<(u64, u64), LedgerError> {
        Ok(self.place_of(credential, wish).await?)
    }

    async fn status_list(&self, list: u64) -> Result<Option<Vec<ListedStatus>>, LedgerError> {
        Ok(self.listed(list).await?)
    }

    async fn note_grant(
        &self,
        party: ClientId,
        credential: CredentialId,
        subject: &str,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.write_grant(party, credential, subject, now).await?)
    }

    async fn claim_notices(
        &self,
        limit: u32,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Notice>, LedgerError> {
        Ok(self.lease_notices(limit, now, until).await?)
    }

    async fn finish_notice(&self, id: Uuid) -> Result<(), LedgerError> {
        Ok(self.delete_notice(id).await?)
    }

    async fn retry_notice(&self, id: Uuid, at: DateTime<Utc>) -> Result<(), LedgerError> {
        Ok(self.postpone_notice(id, at).await?)
    }
}
