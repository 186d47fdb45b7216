//! Import runs, and what the registry holds after them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_identifiers::Uscc;
use shiming_verification::{ports::LedgerError, words::Realm};
use uuid::Uuid;

use super::{Result, Store};
use crate::{
    Indexes, PersonIndex,
    api::{
        EnterpriseCount, EnterpriseRecord, ImportRun, PhotoWritten, RegistryImport, RegistryStats,
        Written,
    },
    import::BadRow,
    words::{count, millis, realm, status, time, version},
};

type RunRow = (
    Uuid,
    String,
    String,
    i64,
    Option<i64>,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
);

fn run(row: RunRow) -> Result<ImportRun> {
    let (
        id,
        word,
        source,
        started,
        finished,
        inserted,
        updated,
        unchanged,
        bad,
        photos,
        bad_photos,
    ) = row;
    let written = Written {
        inserted: count(inserted)?,
        updated: count(updated)?,
        unchanged: count(unchanged)?,
    };
    Ok(ImportRun {
        id,
        realm: realm(word)?,
        source,
        started_at: time(started)?,
        finished_at: finished.map(time).transpose()?,
        written,
        bad_rows: count(bad)?,
        photos: count(photos)?,
        bad_photos: count(bad_photos)?,
    })
}

impl Store {
    async fn put_run(&self, run: &ImportRun) -> Result<()> {
        sqlx::query(
            "INSERT INTO registry_import (id, realm, source, started_at, finished_at, inserted,
               updated, unchanged, bad_rows, photos, bad_photos)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (id) DO UPDATE SET finished_at = excluded.finished_at,
               inserted = excluded.inserted, updated = excluded.updated,
               unchanged = excluded.unchanged, bad_rows = excluded.bad_rows,
               photos = excluded.photos, bad_photos = excluded.bad_photos",
        )
        .bind(run.id)
        .bind(run.realm.as_str())
        .bind(&run.source)
        .bind(millis(run.started_at))
        .bind(run.finished_at.map(millis))
        .bind(version(run.written.inserted)?)
        .bind(version(run.written.updated)?)
        .bind(version(run.written.unchanged)?)
        .bind(version(run.bad_rows)?)
        .bind(version(run.photos)?)
        .bind(version(run.bad_photos)?)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn put_bad_rows(&self, import: Uuid, rows: &[BadRow]) -> Result<()> {
        let mut tx = self.begin().await?;
        for row in rows {
            sqlx::query(
                "INSERT INTO registry_import_error (import_id, line, place, reason)
                 VALUES ($1, $2, $3, $4) ON CONFLICT (import_id, line) DO NOTHING",
            )
            .bind(import)
            .bind(version(row.line)?)
            .bind(row.column)
            .bind(row.reason)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn enterprise_counts(&self) -> Result<Vec<EnterpriseCount>> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT realm, status, COUNT(*) FROM enterprise GROUP BY realm, status
             ORDER BY realm, status",
        )
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter()
            .map(|(word, status_of, rows)| {
                Ok(EnterpriseCount {
                    realm: realm(word)?,
                    status: status(&status_of)?,
                    count: count(rows)?,
                })
            })
            .collect()
    }

    async fn photo_counts(&self) -> Result<Vec<(Realm, u64)>> {
        let sql = "SELECT realm, COUNT(*) FROM reference_photo GROUP BY realm ORDER BY realm";
        let rows: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(&self.reader).await?;
        rows.into_iter()
            .map(|(word, rows)| Ok((realm(word)?, count(rows)?)))
            .collect()
    }

    async fn newest_runs(&self) -> Result<Vec<ImportRun>> {
        let mut runs = Vec::new();
        for realm in [Realm::Live, Realm::Demo] {
            let row: Option<RunRow> = sqlx::query_as(
                "SELECT id, realm, source, started_at, finished_at, inserted, updated, unchanged,
                   bad_rows, photos, bad_photos
                 FROM registry_import WHERE realm = $1 ORDER BY started_at DESC, id DESC LIMIT 1",
            )
            .bind(realm.as_str())
            .fetch_optional(&self.reader)
            .await?;
            runs.extend(row.map(run).transpose()?);
        }
        Ok(runs)
    }
}

#[async_trait]
impl RegistryImport for Store {
    fn indexes(&self) -> &Indexes {
        &self.indexes
    }

    async fn record_import(&self, run: &ImportRun) -> Result<(), LedgerError> {
        Ok(self.put_run(run).await?)
    }

    async fn record_bad_rows(&self, import: Uuid, rows: &[BadRow]) -> Result<(), LedgerError> {
        Ok(self.put_bad_rows(import, rows).await?)
    }

    async fn write_enterprises(
        &self,
        records: &[EnterpriseRecord],
        realm: Realm,
        import: Option<Uuid>,
        now: DateTime<Utc>,
    ) -> Result<Written, LedgerError> {
        Ok(self.write_batch(records, realm, import, now).await?)
    }

    async fn representative_of(
        &self,
        uscc: &Uscc,
        realm: Realm,
    ) -> Result<Option<PersonIndex>, LedgerError> {
        Ok(self
            .find_enterprise(uscc, realm)
            .await?
            .map(|record| record.person))
    }

    async fn write_photo(
        &self,
        person: PersonIndex,
        realm: Realm,
        photo: &[u8],
        now: DateTime<Utc>,
    ) -> Result<PhotoWritten, LedgerError> {
        Ok(self.put_sealed_photo(person, realm, photo, now).await?)
    }

    async fn registry_stats(&self) -> Result<RegistryStats, LedgerError> {
        Ok(RegistryStats {
            enterprises: self.enterprise_counts().await?,
            photos: self.photo_counts().await?,
            last_imports: self.newest_runs().await?,
        })
    }
}
