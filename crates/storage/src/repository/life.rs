//! How credentials stand after the pass.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_verification::{
    change::JobKind,
    credential::Credential,
    ids::{CaseId, CredentialId, PlatformId},
    lifecycle::{Life, LifeChange, LifeEvent},
    ports::{
        CommitError, LedgerError,
        lives::{Lives, Living},
    },
    words::Account,
};
use uuid::Uuid;

use super::{Conn, Result, Store, audit, credential::CredentialRow, federation_status, feed, job};
use crate::words::{from_json, json, millis, version, word};

/// A credential's row, with its life.
type LivingRow = (String, String, Vec<u8>, Vec<u8>, String);

impl Store {
    fn open_living(&self, (status, owner, wrapped, body, life): LivingRow) -> Result<Living> {
        let row: CredentialRow = (status, owner, wrapped, body);
        Ok(Living {
            credential: self.open_credential(row)?,
            life: from_json("life", life.as_bytes())?,
        })
    }

    async fn find_living(&self, id: CredentialId) -> Result<Option<Living>> {
        let row: Option<LivingRow> = sqlx::query_as(
            "SELECT c.status, c.key_owner, k.wrapped, c.body, c.life
             FROM credential c JOIN data_key k ON k.owner = c.key_owner WHERE c.id = $1",
        )
        .bind(id.uuid())
        .fetch_optional(&self.reader)
        .await?;
        row.map(|row| self.open_living(row)).transpose()
    }

    async fn newest_living(&self, platform: PlatformId, account: &str) -> Result<Option<Living>> {
        let row: Option<LivingRow> = sqlx::query_as(
            "SELECT c.status, c.key_owner, k.wrapped, c.body, c.life
             FROM credential c JOIN data_key k ON k.owner = c.key_owner
             WHERE c.platform = $1 AND c.account_id = $2
             ORDER BY c.verified_at DESC, c.id DESC LIMIT 1",
        )
        .bind(platform.uuid())
        .bind(account)
        .fetch_optional(&self.reader)
        .await?;
        row.map(|row| self.open_living(row)).transpose()
    }

    async fn unfinished_cases(&self, platform: PlatformId, account: &str) -> Result<Vec<CaseId>> {
        let rows: Vec<Uuid> = sqlx::query_scalar(
            "SELECT id FROM verification_case
             WHERE platform = $1 AND account_id = $2 AND wake_at IS NOT NULL ORDER BY opened_at",
        )
        .bind(platform.uuid())
        .bind(account)
        .fetch_all(&self.reader)
        .await?;
        Ok(rows.into_iter().map(CaseId::new).collect())
    }

    async fn store_life(&self, change: &LifeChange) -> Result<bool> {
        let mut tx = self.begin().await?;
        let stored = write(&mut tx, change).await?;
        if stored {
            self.order_of_life(&mut tx, change).await?;
            self.append(&mut tx, audit::of_life(change)).await?;
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(stored)
    }
}

/// Writes the life of a credential that was just inserted.
pub(super) async fn begin(conn: &mut Conn, credential: &Credential, life: &Life) -> Result<()> {
    sqlx::query("UPDATE credential SET life = $1, life_version = $2 WHERE id = $3")
        .bind(json(life))
        .bind(version(life.version)?)
        .bind(credential.id.uuid())
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends the lives of the account's standing credentials in favour of the one that is about to come.
pub(super) async fn supersede(
    conn: &mut Conn,
    account: &Account,
    now: DateTime<Utc>,
) -> Result<()> {
    let rows: Vec<(Uuid, String)> = sqlx::query_as(
        "SELECT id, life FROM credential WHERE platform = $1 AND account_id = $2
           AND status IN ('active', 'reverify_due', 'suspended')",
    )
    .bind(account.platform.uuid())
    .bind(&account.id)
    .fetch_all(&mut *conn)
    .await?;
    for (id, life) in rows {
        let life: Life = from_json("life", life.as_bytes())?;
        let Some(life) = life.superseded(now) else {
            continue;
        };
        let change = LifeChange {
            credential: CredentialId::new(id),
            life,
            event: Some(LifeEvent::Superseded),
            notices: Vec::new(),
            at: now,
        };
        write(conn, &change).await?;
    }
    Ok(())
}

/// False if the life has another version by now.
async fn write(conn: &mut Conn, change: &LifeChange) -> Result<bool> {
    let life = &change.life;
    let done = sqlx::query(
        "UPDATE credential SET status = $1, life = $2, life_version = $3
         WHERE id = $4 AND life_version = $5",
    )
    .bind(word(&life.status()))
    .bind(json(life))
    .bind(version(life.version)?)
    .bind(change.credential.uuid())
    .bind(version(life.version)? - 1)
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    if let Some(event) = change.event {
        insert_event(conn, change, event).await?;
        federation_status::tell(conn, change.credential, change.at).await?;
        feed::tell_life(conn, change, event).await?;
    }
    let kind = JobKind::TendCredential {
        credential: change.credential,
    };
    job::replace_one(conn, kind, life.version, life.next_job(change.credential)).await?;
    Ok(true)
}

async fn insert_event(conn: &mut Conn, change: &LifeChange, event: LifeEvent) -> Result<()> {
    sqlx::query(
        "INSERT INTO credential_event (credential, version, kind, at) VALUES ($1, $2, $3, $4)",
    )
    .bind(change.credential.uuid())
    .bind(version(change.life.version)?)
    .bind(event.as_str())
    .bind(millis(change.at))
    .execute(conn)
    .await?;
    Ok(())
}

#[async_trait]
impl Lives for Store {
    async fn living(&self, id: CredentialId) -> Result<Option<Living>, LedgerError> {
        Ok(self.find_living(id).await?)
    }

    async fn living_of_account(
        &self,
        platform: PlatformId,
        account_id: &str,
    ) -> Result<Option<Living>, LedgerError> {
        Ok(self.newest_living(platform, account_id).await?)
    }

    async fn open_cases_of(
        &self,
        platform: PlatformId,
        account_id: &str,
    ) -> Result<Vec<CaseId>, LedgerError> {
        Ok(self.unfinished_cases(platform, account_id).await?)
    }

    async fn commit_life(&self, change: &LifeChange) -> Result<(), CommitError> {
        match self.store_life(change).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(CommitError::Conflict),
            Err(error) => Err(CommitError::Unavailable(error.into())),
        }
    }
}
