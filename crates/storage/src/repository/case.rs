//! The ledger's port: finding cases, and committing changes.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_vault::Owner;
use shiming_verification::{
    case::{Case, Digest},
    change::Change,
    claim::Claim,
    credential::Credential,
    fact::Tallies,
    ids::{CaseId, PlatformId},
    ports::{CommitError, Ledger, LedgerError},
    words::{Account, Realm},
};
use sqlx::Transaction;
use uuid::Uuid;

use super::{Db, Result, SealedRow, Store, audit, nodes::Announcer};
use crate::api::CaseChanged;

/// For what a case's key seals its body.
pub(super) const PURPOSE: &str = "case";

impl Store {
    pub(super) fn open_case(&self, (owner, wrapped, body): SealedRow) -> Result<Case> {
        self.seals
            .open_json(Owner::stored(owner), &wrapped, PURPOSE, &body)
    }

    async fn find_case(&self, sql: &'static str, key: Vec<u8>) -> Result<Option<Case>> {
        let row: Option<SealedRow> = sqlx::query_as(sql)
            .bind(key)
            .fetch_optional(&self.reader)
            .await?;
        row.map(|row| self.open_case(row)).transpose()
    }

    async fn load_case(&self, id: Uuid) -> Result<Option<Case>> {
        let row: Option<SealedRow> = sqlx::query_as(
            "SELECT c.key_owner, k.wrapped, c.body
             FROM verification_case c JOIN data_key k ON k.owner = c.key_owner
             WHERE c.id = $1",
        )
        .bind(id)
        .fetch_optional(&self.reader)
        .await?;
        row.map(|row| self.open_case(row)).transpose()
    }

    #[tracing::instrument(name = "commit", skip_all)]
    async fn commit_whole(&self, change: &Change) -> Result<bool> {
        let mut tx = self.begin().await?;
        if !self.write_change(&mut tx, change).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        self.append(&mut tx, audit::of_change(change)).await?;
        let changed = CaseChanged {
            case: change.case.id,
            version: change.case.version,
        };
        let seen_through = tokio::spawn(see_through(tx, self.announcer(), changed));
        seen_through
            .await
            .map_err(|_| sqlx::Error::WorkerCrashed)??;
        Ok(true)
    }
}

/// Ends the transaction and announces it, as a task of its own: whoever stops waiting once the commit is on its way must not
/// leave it stored and untold.
async fn see_through(
    tx: Transaction<'static, Db>,
    announcer: Announcer,
    changed: CaseChanged,
) -> Result<()> {
    tx.commit().await?;
    announcer.announce(changed);
    Ok(())
}

#[async_trait]
impl Ledger for Store {
    async fn load(&self, id: CaseId) -> Result<Option<Case>, LedgerError> {
        Ok(self.load_case(id.uuid()).await?)
    }

    async fn find_by_token(&self, token: Digest) -> Result<Option<Case>, LedgerError> {
        let sql = "SELECT c.key_owner, k.wrapped, c.body
             FROM verification_case c JOIN data_key k ON k.owner = c.key_owner
             WHERE c.token = $1";
        Ok(self.find_case(sql, token.0.to_vec()).await?)
    }

    async fn find_by_phone(&self, phone: Digest) -> Result<Option<Case>, LedgerError> {
        let sql = "SELECT c.key_owner, k.wrapped, c.body
             FROM verification_case c JOIN data_key k ON k.owner = c.key_owner
             WHERE c.phone = $1 ORDER BY c.updated_at DESC, c.id DESC LIMIT 1";
        Ok(self.find_case(sql, phone.0.to_vec()).await?)
    }

    async fn commit(&self, change: &Change) -> Result<(), CommitError> {
        if !self.commit_whole(change).await? {
            return Err(CommitError::Conflict);
        }
        Ok(())
    }

    async fn tallies(
        &self,
        account: &Account,
        claim: Option<&Claim>,
        realm: Realm,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Tallies, LedgerError> {
        Ok(self.count_marks(account, claim, realm, since, now).await?)
    }

    async fn credential(
        &self,
        platform: PlatformId,
        account_id: &str,
    ) -> Result<Option<Credential>, LedgerError> {
        Ok(self.newest_credential(platform, account_id).await?)
    }
}
