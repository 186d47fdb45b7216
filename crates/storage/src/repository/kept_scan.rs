//! Frames of scans that are kept for a while: a row that says where the sealed object lies and until when.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use object_store::path::Path;
use shiming_vault::Owner;
use shiming_verification::{
    ids::CaseId,
    ports::LedgerError,
    ports_scan::{KeepUntil, KeptScans},
};

use super::{Result, Store, data_key};
use crate::{StoreError, objects, words::millis};

/// For what a case's key seals frames.
const PURPOSE: &str = "scan frames";

impl Store {
    async fn put_kept_scan(
        &self,
        case: CaseId,
        record: u32,
        frames: &[u8],
        how_long: KeepUntil,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        let key = data_key::get(&mut tx, &self.seals, Owner::case(case)).await?;
        let key = key.ok_or(StoreError::Missing { what: "case" })?;
        let path = objects::frames_path(case, record);
        let (until, for_review) = match how_long {
            KeepUntil::Time(until) => (until, 0_i64),
            KeepUntil::Reviewed(until) => (until, 1),
        };
        // The row comes first: an object that no row names would never be deleted.
        sqlx::query(
            "INSERT INTO kept_scan (case_id, record, object, keep_until, for_review)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(case.uuid())
        .bind(i64::from(record))
        .bind(path.to_string())
        .bind(millis(until))
        .bind(for_review)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        let sealed = self.seals.seal(&key, PURPOSE, frames)?;
        objects::put(&*self.objects, &path, sealed).await
    }

    async fn read_kept_scan(&self, case: CaseId, record: u32) -> Result<Option<Vec<u8>>> {
        let row: Option<(String, Vec<u8>)> = sqlx::query_as(
            "SELECT s.object, k.wrapped FROM kept_scan s JOIN data_key k ON k.owner = $1
             WHERE s.case_id = $2 AND s.record = $3",
        )
        .bind(Owner::case(case).as_str().to_owned())
        .bind(case.uuid())
        .bind(i64::from(record))
        .fetch_optional(&self.reader)
        .await?;
        let Some((object, wrapped)) = row else {
            return Ok(None);
        };
        let Some(sealed) = objects::get(&*self.objects, &Path::from(object)).await? else {
            return Ok(None);
        };
        let key = self.seals.key(Owner::case(case), &wrapped)?;
        Ok(Some(key.open(PURPOSE, &sealed)?.to_vec()))
    }

    /// Deletes what is past its time, and what a review that is decided no longer needs; tells how many scans it was.
    pub(super) async fn delete_kept_scans(&self, now: DateTime<Utc>) -> Result<u64> {
        let over: Vec<String> = sqlx::query_scalar(
            "SELECT s.object FROM kept_scan s JOIN verification_case c ON c.id = s.case_id
             WHERE s.keep_until <= $1
                OR s.for_review = 1 AND c.state NOT IN ('face_running', 'in_review', 'needs_info')",
        )
        .bind(millis(now))
        .fetch_all(&self.reader)
        .await?;
        for object in &over {
            objects::delete(&*self.objects, &Path::from(object.as_str())).await?;
            sqlx::query("DELETE FROM kept_scan WHERE object = $1")
                .bind(object)
                .execute(&self.writer)
                .await?;
        }
        Ok(over.len() as u64)
    }
}

#[async_trait]
impl KeptScans for Store {
    async fn keep_scan(
        &self,
        case: CaseId,
        record: u32,
        frames: &[u8],
        how_long: KeepUntil,
    ) -> Result<(), LedgerError> {
        Ok(self.put_kept_scan(case, record, frames, how_long).await?)
    }

    async fn kept_scan(&self, case: CaseId, record: u32) -> Result<Option<Vec<u8>>, LedgerError> {
        Ok(self.read_kept_scan(case, record).await?)
    }
}
