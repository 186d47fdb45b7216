//! What is kept of people, and how it goes.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_identifiers::IdNumber;
use shiming_verification::{
    case::{Case, Consent},
    credential::Credential,
    ids::{CaseId, PlatformId},
    ports::{
        LedgerError,
        privacy::{ConsentRecord, DataKind, Kept, KeptFrames, Privacy, Reach, RetentionRun},
    },
};

use super::{Result, SealedRow, Store, credential::CredentialRow};
use crate::words::{count, millis, small, time};

impl Store {
    async fn cases_of(&self, id: &IdNumber, reach: Reach) -> Result<Vec<Case>> {
        let rows: Vec<SealedRow> = sqlx::query_as(
            "SELECT c.key_owner, k.wrapped, c.body
             FROM verification_case c JOIN data_key k ON k.owner = c.key_owner
             WHERE c.id_index = $1 AND ($2 IS NULL OR c.platform = $2)
             ORDER BY c.opened_at DESC, c.id DESC",
        )
        .bind(self.indexes.person(id).0.0.to_vec())
        .bind(reach.platform().map(PlatformId::uuid))
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter().map(|row| self.open_case(row)).collect()
    }

    async fn credentials_of(&self, id: &IdNumber, reach: Reach) -> Result<Vec<Credential>> {
        let rows: Vec<CredentialRow> = sqlx::query_as(
            "SELECT c.status, c.key_owner, k.wrapped, c.body
             FROM credential c JOIN data_key k ON k.owner = c.key_owner
             WHERE c.id_index = $1 AND ($2 IS NULL OR c.platform = $2)
             ORDER BY c.verified_at DESC, c.id DESC",
        )
        .bind(self.indexes.person(id).0.0.to_vec())
        .bind(reach.platform().map(PlatformId::uuid))
        .fetch_all(&self.reader)
        .await?;
        let opened = rows.into_iter().map(|row| self.open_credential(row));
        opened.collect()
    }

    async fn consents_of(&self, case: CaseId) -> Result<Vec<ConsentRecord>> {
        let rows: Vec<(String, String, i64, Option<i64>)> = sqlx::query_as(
            "SELECT notice_version, language, at, withdrawn_at FROM consent_record
             WHERE case_id = $1 ORDER BY case_version",
        )
        .bind(case.uuid())
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter()
            .map(|(notice_version, language, at, withdrawn_at)| {
                let at = time(at)?;
                Ok(ConsentRecord {
                    consent: Consent {
                        notice_version,
                        language,
                        at,
                    },
                    withdrawn_at: withdrawn_at.map(time).transpose()?,
                })
            })
            .collect()
    }

    async fn frames_of_case(&self, case: CaseId) -> Result<Vec<KeptFrames>> {
        let rows: Vec<(i64, i64, i64)> = sqlx::query_as(
            "SELECT record, keep_until, for_review FROM kept_scan
             WHERE case_id = $1 ORDER BY record",
        )
        .bind(case.uuid())
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter()
            .map(|(record, keep_until, for_review)| {
                Ok(KeptFrames {
                    record: small(record)?,
                    keep_until: time(keep_until)?,
                    for_review: for_review == 1,
                })
            })
            .collect()
    }

    async fn insert_run(&self, run: &RetentionRun) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO retention_run (kind, at, before, erased) VALUES ($1, $2, $3, $4)
             ON CONFLICT (at, kind) DO NOTHING",
        )
        .bind(run.kind.clone())
        .bind(millis(run.at))
        .bind(millis(run.before))
        .bind(i64::try_from(run.erased).unwrap_or(i64::MAX));
        self.run(query).await?;
        Ok(())
    }

    async fn rounds(&self, limit: u32) -> Result<Vec<RetentionRun>> {
        let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
            "SELECT kind, at, before, erased FROM retention_run ORDER BY at DESC, kind LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        let run = |(kind, at, before, erased)| {
            Ok(RetentionRun {
                kind,
                at: time(at)?,
                before: time(before)?,
                erased: count(erased)?,
            })
        };
        rows.into_iter().map(run).collect()
    }

    async fn kept_of(&self, kind: DataKind) -> Result<Kept> {
        let sql = match kind {
            DataKind::VerifiedCases => {
                "SELECT COUNT(*), MIN(updated_at) FROM verification_case
                 WHERE wake_at IS NULL AND erased_at IS NULL AND state = 'verified'"
            }
            DataKind::OtherCases => {
                "SELECT COUNT(*), MIN(updated_at) FROM verification_case
                 WHERE wake_at IS NULL AND erased_at IS NULL AND state <> 'verified'"
            }
            DataKind::ScanFrames => {
                "SELECT COUNT(*), MIN(r.at) FROM kept_scan s
                   JOIN scan_record r ON r.case_id = s.case_id AND r.seq = s.record"
            }
            DataKind::ReferencePhotos => {
                "SELECT COUNT(*), MIN(updated_at) FROM reference_photo WHERE realm = 'live'"
            }
        };
        let query = sqlx::query_as(sql);
        let (found, oldest): (i64, Option<i64>) = query.fetch_one(&self.reader).await?;
        Ok(Kept {
            kind,
            count: count(found)?,
            oldest: oldest.map(time).transpose()?,
        })
    }

    async fn all_kept(&self) -> Result<Vec<Kept>> {
        let mut all = Vec::new();
        for kind in DataKind::ALL {
            all.push(self.kept_of(kind).await?);
        }
        Ok(all)
    }
}

#[async_trait]
impl Privacy for Store {
    async fn cases_of_person(&self, id: &IdNumber, reach: Reach) -> Result<Vec<Case>, LedgerError> {
        Ok(self.cases_of(id, reach).await?)
    }

    async fn credentials_of_person(
        &self,
        id: &IdNumber,
        reach: Reach,
    ) -> Result<Vec<Credential>, LedgerError> {
        Ok(self.credentials_of(id, reach).await?)
    }

    async fn consents_on_record(&self, case: CaseId) -> Result<Vec<ConsentRecord>, LedgerError> {
        Ok(self.consents_of(case).await?)
    }

    async fn frames_kept(&self, case: CaseId) -> Result<Vec<KeptFrames>, LedgerError> {
        Ok(self.frames_of_case(case).await?)
    }

    async fn erase_person(
        &self,
        id: &IdNumber,
        reach: Reach,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let person = self.indexes.person(id);
        Ok(self.erase_everything_of(person, reach, now).await?)
    }

    async fn erase_scans(&self, case: CaseId, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        Ok(self.erase_scans_of(case, now).await?)
    }

    async fn erase_older(
        &self,
        kind: DataKind,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, LedgerError> {
        Ok(match kind {
            DataKind::VerifiedCases => self.erase_cases_over(true, before, now, limit).await?,
            DataKind::OtherCases => self.erase_cases_over(false, before, now, limit).await?,
            DataKind::ScanFrames => 0,
            DataKind::ReferencePhotos => self.erase_photos_over(before, now, limit).await?,
        })
    }

    async fn note_retention(&self, run: &RetentionRun) -> Result<(), LedgerError> {
        Ok(self.insert_run(run).await?)
    }

    async fn retention_runs(&self, limit: u32) -> Result<Vec<RetentionRun>, LedgerError> {
        Ok(self.rounds(limit).await?)
    }

    async fn kept(&self) -> Result<Vec<Kept>, LedgerError> {
        Ok(self.all_kept().await?)
    }
}
