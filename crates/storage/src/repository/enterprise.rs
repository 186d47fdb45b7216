//! The embedded registry's table.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_identifiers::Uscc;
use shiming_vault::Index;
use shiming_verification::{
    claim::Claim,
    fact::RegistryAnswer,
    ports::{LedgerError, Registry, RegistryEntry, RegistryStatus, RegistryTable},
    sync::VerifiedElements,
    words::Realm,
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Conn, Db, Result, Store};
use crate::{
    PersonIndex, StoreError,
    api::{EnterpriseRecord, Written},
    registry,
    words::{from_word, millis, status, status_word, subject_word},
};

/// Rows of one statement; seven values each stay far below the limit of either engine (32 766 and 65 535).
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
        let batch = Batch { realm, import, now };
        let mut chunks = rows.chunks(ROWS_A_STATEMENT);
        let mut next = chunks
            .next()
            .map(|chunk| Statement::inserting(chunk, batch));
        while let Some(statement) = next.take() {
            // While the engine writes these rows, the statement for the next ones is put together.
            let preparing = async {
                chunks
                    .next()
                    .map(|chunk| Statement::inserting(chunk, batch))
            };
            let (done, prepared) =
                futures_util::future::join(upsert(&mut tx, statement, batch), preparing).await;
            written += done?;
            next = prepared;
        }
        tx.commit().await?;
        written.unchanged += (records.len() - rows.len()) as u64;
        Ok(written)
    }
}

/// Each credit code once, its last row: one statement may not touch a row twice. In the order of the index, so that neighbours
/// meet on its pages.
fn last_of_each(records: &[EnterpriseRecord]) -> Vec<&EnterpriseRecord> {
    let mut rows: Vec<_> = records.iter().rev().collect();
    rows.sort_by(|one, other| one.uscc.cmp(&other.uscc));
    rows.dedup_by(|later, first| later.uscc == first.uscc);
    rows
}

/// Most rows of a first import are new, most rows of a repeated one are there as they are: new ones go in first, and only if that left
/// some, the others are compared. What each statement changed is counted by the engine.
async fn upsert(conn: &mut Conn, new: Statement<'_, '_>, batch: Batch) -> Result<Written> {
    let rows = new.rows;
    let total = rows.len() as u64;
    let inserted = new.execute(&mut *conn).await?;
    let updated = if inserted < total {
        let changed = Statement::new(rows, batch, UPDATE_IF_DIFFERENT);
        changed.execute(conn).await?
    } else {
        0
    };
    Ok(Written {
        inserted,
        updated,
        unchanged: total - inserted - updated,
    })
}

const UPDATE_IF_DIFFERENT: &str = "DO UPDATE SET subject = excluded.subject,
       name = excluded.name, name_key = excluded.name_key,
       representative = excluded.representative, id_index = excluded.id_index,
       status = excluded.status, import_id = excluded.import_id, updated_at = excluded.updated_at
     WHERE enterprise.subject IS DISTINCT FROM excluded.subject
       OR enterprise.name <> excluded.name OR enterprise.name_key <> excluded.name_key
       OR enterprise.representative <> excluded.representative
       OR enterprise.id_index <> excluded.id_index OR enterprise.status <> excluded.status";

/// A statement that is put together, and the rows that it writes.
struct Statement<'rows, 'row> {
    rows: &'rows [&'row EnterpriseRecord],
    query: QueryBuilder<Db>,
}

impl<'rows, 'row> Statement<'rows, 'row> {
    fn inserting(rows: &'rows [&'row EnterpriseRecord], batch: Batch) -> Self {
        Self::new(rows, batch, "DO NOTHING")
    }

    fn new(rows: &'rows [&'row EnterpriseRecord], batch: Batch, on_conflict: &str) -> Self {
        let mut query = QueryBuilder::<Db>::new(
            "WITH given (uscc, subject, name, name_key, representative, id_index, status) AS (",
        );
        query.push_values(rows, |mut row, record| {
            row.push_bind(record.uscc.as_str())
                .push_bind(record.subject.map(subject_word))
                .push_bind(record.name.as_str())
                .push_bind(record.name_key.as_str())
                .push_bind(&record.representative.0[..])
                .push_bind(&record.person.0.0[..])
                .push_bind(status_word(record.status));
        });
        query
        .push(") INSERT INTO enterprise (uscc, subject, name, name_key, representative, id_index, ")
        .push("status, realm, import_id, updated_at) SELECT given.*, ")
        .push_bind(batch.realm.as_str())
        .push(", ")
        .push_bind(batch.import)
        .push(", ")
        .push_bind(millis(batch.now))
        // Without the WHERE, SQLite would read ON as part of a join.
        .push(" FROM given WHERE TRUE ON CONFLICT (uscc, realm) ")
        .push(on_conflict);
        Self { rows, query }
    }

    /// How many rows it wrote.
    async fn execute(mut self, conn: &mut Conn) -> Result<u64> {
        let is_usual = self.rows.len() == ROWS_A_STATEMENT;
        let statement = self.query.build().persistent(is_usual);
        Ok(statement.execute(conn).await?.rows_affected())
    }
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

    async fn confirm(&self, elements: &VerifiedElements, realm: Realm) -> RegistryAnswer {
        if let Some(claim) = elements.claim() {
            return self.check(&claim, realm).await;
        }
        match self.find_enterprise(&elements.uscc, realm).await {
            Ok(None) => RegistryAnswer::NotFound,
            Ok(Some(recorded)) => {
                let claimed =
                    EnterpriseRecord::of_imported(elements, recorded.person, &self.indexes);
                registry::answer(Some(&recorded), &claimed)
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
