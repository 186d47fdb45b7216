//! The embedded registry's table.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_identifiers::Uscc;
use shiming_vault::Index;
use shiming_verification::{
    claim::Claim,
    fact::RegistryAnswer,
    ports::{LedgerError, Registry, RegistryEntry, RegistryStatus, RegistryTable},
    words::Realm,
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Conn, Db, Result, Store};
use crate::{
    PersonIndex, StoreError,
    api::{EnterpriseRecord, Written},
    registry,
    words::{from_word, millis, status, status_word, word},
};

/// Rows of one statement; eleven values each stay below the limit of either engine (32 766 and 65 535).
const ROWS_A_STATEMENT: usize = 500;

/// What a batch's rows have in common.
#[derive(Clone, Copy)]
struct Batch {
    realm: Realm,
    import: Option<Uuid>,
    now: DateTime<Utc>,
}

type EnterpriseRow = (Option<String>, String, String, Vec<u8>, Vec<u8>, String);

fn record(uscc: &Uscc, row: EnterpriseRow) -> Result<EnterpriseRecord> {
    let (subject, name, name_key, representative, person, status_of) = row;
    Ok(EnterpriseRecord {
        uscc: uscc.clone(),
        subject: subject
            .map(|subject| from_word("subject type", subject))
            .transpose()?,
        name,
        name_key,
        representative: index(representative)?,
        person: PersonIndex(index(person)?),
        status: status(&status_of)?,
    })
}

fn index(bytes: Vec<u8>) -> Result<Index> {
    bytes
        .try_into()
        .map(Index)
        .map_err(|_| StoreError::Unreadable { what: "index" })
}

impl Store {
    pub(super) async fn find_enterprise(
        &self,
        uscc: &Uscc,
        realm: Realm,
    ) -> Result<Option<EnterpriseRecord>> {
        let row: Option<EnterpriseRow> = sqlx::query_as(
            "SELECT subject, name, name_key, representative, id_index, status
             FROM enterprise WHERE realm = $1 AND uscc = $2",
        )
        .bind(realm.as_str())
        .bind(uscc.as_str().to_owned())
        .fetch_optional(&self.reader)
        .await?;
        row.map(|row| record(uscc, row)).transpose()
    }

    pub(super) async fn write_batch(
        &self,
        records: &[EnterpriseRecord],
        realm: Realm,
        import: Option<Uuid>,
        now: DateTime<Utc>,
    ) -> Result<Written> {
        let rows = last_of_each(records);
        let mut tx = self.begin().await?;
        let mut written = Written::default();
        for chunk in rows.chunks(ROWS_A_STATEMENT) {
            written += upsert(&mut tx, chunk, Batch { realm, import, now }).await?;
        }
        tx.commit().await?;
        written.unchanged += (records.len() - rows.len()) as u64;
        Ok(written)
    }
}

/// Each credit code once, its last row: one statement may not touch a row twice.
fn last_of_each(records: &[EnterpriseRecord]) -> Vec<&EnterpriseRecord> {
    let mut last = HashMap::with_capacity(records.len());
    for (place, record) in records.iter().enumerate() {
        last.insert(record.uscc.as_str(), place);
    }
    let is_last =
        |(place, record): &(usize, &EnterpriseRecord)| last[record.uscc.as_str()] == *place;
    records
        .iter()
        .enumerate()
        .filter(is_last)
        .map(|(_, record)| record)
        .collect()
}

/// Rows that are there as they are do not come back from `RETURNING`, new ones come back at revision 1.
async fn upsert(conn: &mut Conn, rows: &[&EnterpriseRecord], batch: Batch) -> Result<Written> {
    let mut query = QueryBuilder::<Db>::new(
        "INSERT INTO enterprise (realm, uscc, subject, name, name_key, representative, id_index,
           status, revision, import_id, updated_at) ",
    );
    query.push_values(rows, |mut row, record| {
        row.push_bind(batch.realm.as_str())
            .push_bind(record.uscc.as_str().to_owned())
            .push_bind(record.subject.map(|subject| word(&subject)))
            .push_bind(record.name.clone())
            .push_bind(record.name_key.clone())
            .push_bind(record.representative.0.to_vec())
            .push_bind(record.person.0.0.to_vec())
            .push_bind(status_word(record.status))
            .push_bind(1_i64)
            .push_bind(batch.import)
            .push_bind(millis(batch.now));
    });
    query.push(
        " ON CONFLICT (realm, uscc) DO UPDATE SET subject = excluded.subject,
           name = excluded.name, name_key = excluded.name_key,
           representative = excluded.representative, id_index = excluded.id_index,
           status = excluded.status, revision = enterprise.revision + 1,
           import_id = excluded.import_id, updated_at = excluded.updated_at
         WHERE enterprise.subject IS DISTINCT FROM excluded.subject
           OR enterprise.name <> excluded.name OR enterprise.name_key <> excluded.name_key
           OR enterprise.representative <> excluded.representative
           OR enterprise.id_index <> excluded.id_index OR enterprise.status <> excluded.status
         RETURNING revision",
    );
    let statement = query
        .build_query_scalar()
        .persistent(rows.len() == ROWS_A_STATEMENT);
    let revisions: Vec<i64> = statement.fetch_all(conn).await?;
    let inserted = revisions.iter().filter(|revision| **revision == 1).count();
    let (updated, unchanged) = (revisions.len() - inserted, rows.len() - revisions.len());
    Ok(Written {
        inserted: inserted as u64,
        updated: updated as u64,
        unchanged: unchanged as u64,
    })
}

#[async_trait]
impl Registry for Store {
    async fn check(&self, claim: &Claim, realm: Realm) -> RegistryAnswer {
        match self.find_enterprise(&claim.uscc, realm).await {
            Ok(recorded) => {
                let claimed =
                    EnterpriseRecord::of_claim(claim, RegistryStatus::Active, &self.indexes);
                registry::answer(recorded.as_ref(), &claimed)
            }
            Err(error) => {
                tracing::warn!(%error, "the embedded registry could not be read");
                RegistryAnswer::Unavailable
            }
        }
    }
}

#[async_trait]
impl RegistryTable for Store {
    async fn put_enterprise(
        &self,
        entry: &RegistryEntry,
        realm: Realm,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let record = EnterpriseRecord::of_claim(&entry.claim, entry.status, &self.indexes);
        self.write_batch(&[record], realm, None, now).await?;
        Ok(())
    }
}
