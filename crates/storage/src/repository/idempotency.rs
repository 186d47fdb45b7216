//! First answers to requests that carried an Idempotency-Key.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_vault::Owner;
use shiming_verification::{
    case::Digest,
    ports::{
        LedgerError,
        idempotency::{FirstAnswer, Idempotency, KeyedRequest, Known},
    },
};
use uuid::Uuid;

use super::{Conn, Result, Store, data_key};
use crate::words::millis;

/// For what the server's key seals an answer.
const PURPOSE: &str = "first answer";

fn owner() -> Owner {
    Owner::system("idempotency")
}

/// An answer as it is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    kind: String,
    body: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct KnownRow {
    request: Vec<u8>,
    answer: Option<Vec<u8>>,
    held_until: i64,
    expires_at: i64,
    makes: Option<Uuid>,
}

impl KnownRow {
    /// Whether the request may be begun as if it had never been seen.
    fn is_forgotten(&self, now: i64) -> bool {
        self.expires_at <= now
    }

    /// Whether whoever began it is gone without an answer.
    fn is_orphaned(&self, now: i64) -> bool {
        self.answer.is_none() && self.held_until <= now
    }
}

impl Store {
    async fn begin_keyed(&self, request: &KeyedRequest, now: DateTime<Utc>) -> Result<Known> {
        let mut tx = self.begin().await?;
        let body = self.indexes.request(request.request).0;
        if insert(&mut tx, request, body).await? {
            tx.commit().await?;
            return Ok(Known::First);
        }
        let row: Option<KnownRow> = sqlx::query_as(
            "SELECT request, answer, held_until, expires_at, makes FROM idempotency WHERE scope = $1",
        )
        .bind(request.scope.0.to_vec())
        .fetch_optional(&mut *tx)
        .await?;
        // Forgotten between the two statements: whoever did it has failed just now.
        let Some(row) = row else {
            return Ok(Known::Running);
        };
        let now = millis(now);
        if row.is_forgotten(now) && take_over(&mut tx, request, body, &row).await? {
            tx.commit().await?;
            return Ok(Known::First);
        }
        if row.request != body {
            return Ok(Known::Other);
        }
        let makes = row.makes.unwrap_or(request.makes);
        let same = KeyedRequest { makes, ..*request };
        if row.is_orphaned(now) && take_over(&mut tx, &same, body, &row).await? {
            tx.commit().await?;
            return Ok(Known::Orphaned(makes));
        }
        let Some(sealed) = row.answer else {
            return Ok(Known::Running);
        };
        let Some(key) = data_key::get(&mut tx, &self.seals, owner()).await? else {
            return Ok(Known::Running);
        };
        let plain = key.open(PURPOSE, &sealed)?;
        let kept: Kept = crate::words::from_json(PURPOSE, &plain)?;
        Ok(Known::Done(FirstAnswer {
            status: kept.status,
            kind: kept.kind,
            body: kept.body,
        }))
    }

    async fn keep(&self, scope: Digest, answer: &FirstAnswer) -> Result<()> {
        let mut tx = self.begin().await?;
        let key = data_key::get_or_create(&mut tx, &self.seals, owner()).await?;
        let kept = Kept {
            status: answer.status,
            kind: answer.kind.clone(),
            body: answer.body.clone(),
        };
        sqlx::query("UPDATE idempotency SET answer = $1 WHERE scope = $2")
            .bind(self.seals.seal_json(&key, PURPOSE, &kept)?)
            .bind(scope.0.to_vec())
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    async fn forget(&self, scope: Digest) -> Result<()> {
        sqlx::query("DELETE FROM idempotency WHERE scope = $1 AND answer IS NULL")
            .bind(scope.0.to_vec())
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

async fn insert(conn: &mut Conn, request: &KeyedRequest, body: [u8; 32]) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO idempotency (scope, request, held_until, expires_at, makes) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (scope) DO NOTHING",
    )
    .bind(request.scope.0.to_vec())
    .bind(body.to_vec())
    .bind(millis(request.held_until))
    .bind(millis(request.expires_at))
    .bind(request.makes)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Of two that find it free at once, one gets it.
async fn take_over(
    conn: &mut Conn,
    request: &KeyedRequest,
    body: [u8; 32],
    seen: &KnownRow,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE idempotency SET request = $1, answer = NULL, held_until = $2, expires_at = $3, makes = $4
         WHERE scope = $5 AND held_until = $6 AND expires_at = $7",
    )
    .bind(body.to_vec())
    .bind(millis(request.held_until))
    .bind(millis(request.expires_at))
    .bind(request.makes)
    .bind(request.scope.0.to_vec())
    .bind(seen.held_until)
    .bind(seen.expires_at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

#[async_trait]
impl Idempotency for Store {
    async fn begin_request(
        &self,
        request: &KeyedRequest,
        now: DateTime<Utc>,
    ) -> Result<Known, LedgerError> {
        Ok(self.begin_keyed(request, now).await?)
    }

    async fn keep_answer(&self, scope: Digest, answer: &FirstAnswer) -> Result<(), LedgerError> {
        Ok(self.keep(scope, answer).await?)
    }

    async fn forget_request(&self, scope: Digest) -> Result<(), LedgerError> {
        Ok(self.forget(scope).await?)
    }
}
