//! What the bank's files have said: entries with how they were matched, and which files are stored whole.

use chrono::{DateTime, Utc};
use shiming_vault::{DataKey, Owner};
use shiming_verification::ports::bank::{Entry, Matched, UnmatchedEntry};
use sqlx::QueryBuilder;
use uuid::{Builder, Uuid};

use super::{Conn, Db, Result, Store, data_key};
use crate::{
    StoreError,
    words::{from_word, millis, time, version, word},
};

/// For what the server's own key seals an entry.
const PURPOSE: &str = "bank entry";

/// Rows of one statement; nine values each, far below what either engine takes.
const ROWS_A_STATEMENT: usize = 200;

/// Whose key seals entries: they are the operator's books and belong to no case.
fn owner() -> Owner {
    Owner::system("bank")
}

/// One entry as it goes into the table.
struct Row {
    id: Uuid,
    key: Vec<u8>,
    transfer: Option<Uuid>,
    misfit: Option<String>,
    body: Vec<u8>,
    booked_at: i64,
}

impl Store {
    pub(super) async fn has_report(&self, digest: [u8; 32]) -> Result<bool> {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT stored_at FROM bank_report WHERE digest = $1")
                .bind(digest.to_vec())
                .fetch_optional(&self.reader)
                .await?;
        Ok(found.is_some())
    }

    pub(super) async fn insert_report(
        &self,
        digest: [u8; 32],
        name: &str,
        records: u64,
        now: DateTime<Utc>,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO bank_report (digest, name, records, stored_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (digest) DO NOTHING",
        )
        .bind(digest.to_vec())
        .bind(name)
        .bind(version(records)?)
        .bind(millis(now))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    pub(super) async fn which_are_stored(&self, ids: &[&str]) -> Result<Vec<bool>> {
        let keys: Vec<Vec<u8>> = ids.iter().map(|id| self.entry_key(id)).collect();
        let mut known = std::collections::HashSet::new();
        for chunk in keys.chunks(ROWS_A_STATEMENT) {
            let mut query =
                QueryBuilder::<Db>::new("SELECT entry_key FROM bank_entry WHERE entry_key IN (");
            let mut list = query.separated(", ");
            for key in chunk {
                list.push_bind(key.clone());
            }
            query.push(")");
            let found: Vec<Vec<u8>> = query.build_query_scalar().fetch_all(&self.reader).await?;
            known.extend(found);
        }
        Ok(keys.iter().map(|key| known.contains(key)).collect())
    }

    pub(super) async fn insert_entries(
        &self,
        entries: &[(Entry, Matched)],
        source: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        let key = data_key::get_or_create(&mut tx, &self.seals, owner()).await?;
        for chunk in entries.chunks(ROWS_A_STATEMENT) {
            let rows = chunk
                .iter()
                .map(|(entry, matched)| self.entry_row(&key, entry, *matched))
                .collect::<Result<Vec<_>>>()?;
            insert(&mut tx, &rows, source, now).await?;
        }
        Ok(tx.commit().await?)
    }

    fn entry_key(&self, id: &str) -> Vec<u8> {
        self.indexes.bank_entry(id).0.to_vec()
    }

    fn entry_row(&self, key: &DataKey, entry: &Entry, matched: Matched) -> Result<Row> {
        let entry_key = self.entry_key(&entry.id);
        let mut id = [0; 16];
        id.copy_from_slice(&entry_key[..16]);
        let (transfer, misfit) = match matched {
            Matched::Transfer(transfer) => (Some(transfer.uuid()), None),
            Matched::Not(misfit) => (None, Some(word(&misfit))),
        };
        Ok(Row {
            id: Builder::from_custom_bytes(id).into_uuid(),
            key: entry_key,
            transfer,
            misfit,
            body: self.seals.seal_json(key, PURPOSE, entry)?,
            booked_at: millis(entry.booked_at),
        })
    }

    pub(super) async fn unmatched(&self, limit: u32) -> Result<Vec<UnmatchedEntry>> {
        let rows: Vec<(Uuid, String, Vec<u8>, String, i64)> = sqlx::query_as(
            "SELECT id, misfit, body, source, stored_at FROM bank_entry
             WHERE misfit IS NOT NULL AND resolved_at IS NULL ORDER BY stored_at, id LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut conn = self.reader.acquire().await?;
        let key = data_key::get(&mut conn, &self.seals, owner()).await?;
        let key = key.ok_or(StoreError::Missing {
            what: "key of the bank's entries",
        })?;
        rows.into_iter()
            .map(|(id, misfit, body, source, stored_at)| {
                let plain = key.open(PURPOSE, &body)?;
                Ok(UnmatchedEntry {
                    id,
                    misfit: from_word("misfit", misfit)?,
                    entry: crate::words::from_json(PURPOSE, &plain)?,
                    source,
                    stored_at: time(stored_at)?,
                })
            })
            .collect()
    }

    pub(super) async fn mark_resolved(
        &self,
        id: Uuid,
        note: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE bank_entry SET resolved_at = $1, resolution = $2
             WHERE id = $3 AND misfit IS NOT NULL AND resolved_at IS NULL",
        )
        .bind(millis(now))
        .bind(note)
        .bind(id)
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

async fn insert(conn: &mut Conn, rows: &[Row], source: &str, now: DateTime<Utc>) -> Result<()> {
    let mut query = QueryBuilder::<Db>::new(
        "INSERT INTO bank_entry (id, entry_key, transfer_id, misfit, body, source, booked_at,
           stored_at) ",
    );
    query.push_values(rows, |mut values, row| {
        values
            .push_bind(row.id)
            .push_bind(&row.key[..])
            .push_bind(row.transfer)
            .push_bind(row.misfit.as_deref())
            .push_bind(&row.body[..])
            .push_bind(source.to_owned())
            .push_bind(row.booked_at)
            .push_bind(millis(now));
    });
    query.push(" ON CONFLICT (entry_key) DO NOTHING");
    query.build().execute(conn).await?;
    Ok(())
}
