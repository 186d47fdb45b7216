//! Records of face tries, sealed with the case's key.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_vault::Owner;
use shiming_verification::{
    ids::{CaseId, PlatformId},
    ports::{LedgerError, ScanRecords},
};

use super::{Result, Store, data_key};
use crate::{
    StoreError,
    api::ScanRecord,
    words::{millis, small, time},
};

/// For what a case's key seals a scan record.
const PURPOSE: &str = "scan record";

impl Store {
    async fn insert_scan(&self, case: CaseId, record: &str, now: DateTime<Utc>) -> Result<u32> {
        let mut tx = self.begin().await?;
        let key = data_key::get(&mut tx, &self.seals, Owner::case(case)).await?;
        let key = key.ok_or(StoreError::Missing { what: "case" })?;
        let seq: i64 = sqlx::query_scalar(
            "INSERT INTO scan_record (case_id, seq, body, at)
             SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3 FROM scan_record WHERE case_id = $1
             RETURNING seq",
        )
        .bind(case.uuid())
        .bind(self.seals.seal(&key, PURPOSE, record.as_bytes())?)
        .bind(millis(now))
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        small(seq)
    }

    pub(super) async fn scans_within(
        &self,
        platform: PlatformId,
        case: CaseId,
    ) -> Result<Vec<ScanRecord>> {
        let rows: Vec<(i64, i64, Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "SELECT s.seq, s.at, k.wrapped, s.body
             FROM scan_record s JOIN verification_case c ON c.id = s.case_id
               JOIN data_key k ON k.owner = c.key_owner
             WHERE c.platform = $1 AND c.id = $2 ORDER BY s.seq",
        )
        .bind(platform.uuid())
        .bind(case.uuid())
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter()
            .map(|row| self.open_scan(case, row))
            .collect()
    }

    fn open_scan(
        &self,
        case: CaseId,
        (seq, at, wrapped, body): (i64, i64, Vec<u8>, Vec<u8>),
    ) -> Result<ScanRecord> {
        let plain = self
            .seals
            .key(Owner::case(case), &wrapped)?
            .open(PURPOSE, &body)?;
        let record = String::from_utf8(plain.to_vec()).map_err(|_| StoreError::Unreadable {
            what: "scan record",
        })?;
        Ok(ScanRecord {
            seq: small(seq)?,
            at: time(at)?,
            record,
        })
    }
}

#[async_trait]
impl ScanRecords for Store {
    async fn add_scan_record(
        &self,
        case: CaseId,
        record: &str,
        now: DateTime<Utc>,
    ) -> Result<u32, LedgerError> {
        Ok(self.insert_scan(case, record, now).await?)
    }
}
