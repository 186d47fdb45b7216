//! Reading cases within one platform.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_verification::{
    case::{Case, Consent},
    credential::Credential,
    ids::{CaseId, PlatformId},
    ports::LedgerError,
};

use super::{Result, SealedRow, Store};
use crate::{
    api::{CaseQueries, ScanRecord},
    words::{millis, time},
};

impl Store {
    fn open_cases(&self, rows: Vec<SealedRow>) -> Result<Vec<Case>> {
        rows.into_iter().map(|row| self.open_case(row)).collect()
    }

    async fn case_within(&self, platform: PlatformId, case: CaseId) -> Result<Option<Case>> {
        let row: Option<SealedRow> = sqlx::query_as(
            "SELECT c.key_owner, k.wrapped, c.body
             FROM verification_case c JOIN data_key k ON k.owner = c.key_owner
             WHERE c.platform = $1 AND c.id = $2",
        )
        .bind(platform.uuid())
        .bind(case.uuid())
        .fetch_optional(&self.reader)
        .await?;
        row.map(|row| self.open_case(row)).transpose()
    }

    async fn account_cases(
        &self,
        platform: PlatformId,
        account_id: &str,
        limit: u32,
    ) -> Result<Vec<Case>> {
        let rows = sqlx::query_as(
            "SELECT c.key_owner, k.wrapped, c.body
             FROM verification_case c JOIN data_key k ON k.owner = c.key_owner
             WHERE c.platform = $1 AND c.account_id = $2
             ORDER BY c.opened_at DESC, c.id DESC LIMIT $3",
        )
        .bind(platform.uuid())
        .bind(account_id)
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        self.open_cases(rows)
    }

    async fn platform_cases(
        &self,
        platform: PlatformId,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Case>> {
        let rows = sqlx::query_as(
            "SELECT c.key_owner, k.wrapped, c.body
             FROM verification_case c JOIN data_key k ON k.owner = c.key_owner
             WHERE c.platform = $1 AND c.opened_at < $2
             ORDER BY c.opened_at DESC, c.id DESC LIMIT $3",
        )
        .bind(platform.uuid())
        .bind(millis(before))
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        self.open_cases(rows)
    }

    async fn consents_within(&self, platform: PlatformId, case: CaseId) -> Result<Vec<Consent>> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT r.notice_version, r.language, r.at
             FROM consent_record r JOIN verification_case c ON c.id = r.case_id
             WHERE c.platform = $1 AND c.id = $2 ORDER BY r.case_version",
        )
        .bind(platform.uuid())
        .bind(case.uuid())
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter()
            .map(|(notice_version, language, at)| {
                Ok(Consent {
                    notice_version,
                    language,
                    at: time(at)?,
                })
            })
            .collect()
    }
}

#[async_trait]
impl CaseQueries for Store {
    async fn case_of(
        &self,
        platform: PlatformId,
        case: CaseId,
    ) -> Result<Option<Case>, LedgerError> {
        Ok(self.case_within(platform, case).await?)
    }

    async fn cases_of_account(
        &self,
        platform: PlatformId,
        account_id: &str,
        limit: u32,
    ) -> Result<Vec<Case>, LedgerError> {
        Ok(self.account_cases(platform, account_id, limit).await?)
    }

    async fn cases_before(
        &self,
        platform: PlatformId,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Case>, LedgerError> {
        Ok(self.platform_cases(platform, before, limit).await?)
    }

    async fn credential_of_case(
        &self,
        platform: PlatformId,
        case: CaseId,
    ) -> Result<Option<Credential>, LedgerError> {
        Ok(self.credential_left_by(platform, case).await?)
    }

    async fn consents(
        &self,
        platform: PlatformId,
        case: CaseId,
    ) -> Result<Vec<Consent>, LedgerError> {
        Ok(self.consents_within(platform, case).await?)
    }

    async fn scan_records(
        &self,
        platform: PlatformId,
        case: CaseId,
    ) -> Result<Vec<ScanRecord>, LedgerError> {
        Ok(self.scans_within(platform, case).await?)
    }
}
