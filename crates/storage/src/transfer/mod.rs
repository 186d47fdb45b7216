//! Carrying everything from one database to another, whatever the engines: a move from SQLite to PostgreSQL, a backup of
//! PostgreSQL into a file, and back.
//!
//! The tables are those that the migrations have made, so a table that is added later is carried by itself. Each row of the
//! source is compared with the target's row of the same key and written where it differs; rows that the source has not (any
//! more) are removed; then everything is read again from both and compared. A transfer that broke off is simply run again, and a
//! second run after a first one copies only what has changed meanwhile.

mod postgres_side;
mod side;
mod sqlite_side;
mod table;
mod value;

use std::fmt::Write as _;

use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};

use crate::{OpenError, StoreError, migrate, pending_migrations};
use side::Side;
use table::Table;
use value::{Row, digest};

/// Rows that are compared and written at a time.
const BATCH: usize = 500;

/// What was done with one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Its name.
    pub table: String,
    /// Rows that source and target now both have.
    pub rows: u64,
    /// Rows that were written; the others were there as they are.
    pub written: u64,
    /// Rows that were removed.
    pub removed: u64,
    /// SHA-256 over all rows, the same for source and target.
    pub digest: String,
}

/// The transfer did not come to its end. Run it again: what is done stays done.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// A database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Both URLs name the same kind of database.
    #[error(
        "a transfer leads from SQLite to PostgreSQL or back; a SQLite file is copied by `shiming backup`"
    )]
    SameEngine,
    /// The tables differ.
    #[error("the table `{table}` is not the same on both sides: {difference}")]
    Schema {
        /// Which.
        table: String,
        /// In what.
        difference: String,
    },
    /// Verification failed.
    #[error(
        "the table `{table}` differs after the transfer ({difference}); was it written to meanwhile? Stop the servers and run it again"
    )]
    Differs {
        /// Which.
        table: String,
        /// How.
        difference: String,
    },
}

impl From<sqlx::Error> for TransferError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// Makes the target's tables hold what the source's hold, and verifies it row by row. The source is read as of one moment.
///
/// # Errors
/// [`TransferError`].
pub async fn transfer(
    from: &str,
    to: &str,
    mut moved: impl FnMut(&Moved),
) -> Result<(), TransferError> {
    match pending_migrations(from).await? {
        0 => {}
        pending => return Err(OpenError::Outdated { pending }.into()),
    }
    migrate(to).await?;
    let (mut source, mut target) = (Side::open(from).await?, Side::open(to).await?);
    let tables = table::common(&mut source, &mut target).await?;
    source.begin_snapshot().await?;
    let mut written = Vec::new();
    for table in &tables {
        written.push(copy(table, &mut source, &mut target).await?);
    }
    let mut removed = Vec::new();
    for table in tables.iter().rev() {
        removed.push(remove_extras(table, &mut source, &mut target).await?);
    }
    removed.reverse();
    for ((table, written), removed) in tables.iter().zip(written).zip(removed) {
        let (rows, digest) = verify(table, &mut source, &mut target).await?;
        moved(&Moved {
            table: table.name.clone(),
            rows,
            written,
            removed,
            digest,
        });
    }
    source.close().await?;
    target.close().await
}

/// Writes the rows that the target lacks or has otherwise.
async fn copy(table: &Table, source: &mut Side, target: &mut Side) -> Result<u64, TransferError> {
    let mut written = 0;
    let mut batches = source.rows(table).chunks(BATCH);
    while let Some(batch) = batches.next().await {
        let rows: Vec<Row> = batch.into_iter().collect::<Result<_, _>>()?;
        let known = target.same_keys(table, &rows).await?;
        // A table that takes no updates still takes new rows.
        let (mut new, mut differing) = (Vec::new(), Vec::new());
        for row in &rows {
            match known.get(&table.key_of(row)) {
                None => new.push(row),
                Some(there) if there != row => differing.push(row),
                Some(_) => {}
            }
        }
        target.insert(table, &new).await?;
        target.replace(table, &differing).await?;
        written += (new.len() + differing.len()) as u64;
    }
    Ok(written)
}

/// Removes the rows whose keys the source has not.
async fn remove_extras(
    table: &Table,
    source: &mut Side,
    target: &mut Side,
) -> Result<u64, TransferError> {
    if source.count(table).await? == target.count(table).await? {
        // Every row of the source is in the target by now, so there can be no other.
        return Ok(0);
    }
    let mut extra = Vec::new();
    let mut batches = target.rows(table).chunks(BATCH);
    while let Some(batch) = batches.next().await {
        let rows: Vec<Row> = batch.into_iter().collect::<Result<_, _>>()?;
        let known = source.same_keys(table, &rows).await?;
        extra.extend(
            rows.iter()
                .map(|row| table.key_of(row))
                .filter(|key| !known.contains_key(key)),
        );
    }
    drop(batches);
    target.delete(table, &extra).await?;
    Ok(extra.len() as u64)
}

/// Reads both sides again; gives the number of rows and their digest.
async fn verify(
    table: &Table,
    source: &mut Side,
    target: &mut Side,
) -> Result<(u64, String), TransferError> {
    let differs = |difference: String| TransferError::Differs {
        table: table.name.clone(),
        difference,
    };
    let (mut ours, mut theirs) = (Sha256::new(), Sha256::new());
    let mut count = 0;
    let mut batches = source.rows(table).chunks(BATCH);
    while let Some(batch) = batches.next().await {
        let rows: Vec<Row> = batch.into_iter().collect::<Result<_, _>>()?;
        let mut found = target.same_keys(table, &rows).await?;
        for row in &rows {
            let other = found.remove(&table.key_of(row));
            let other = other.ok_or_else(|| differs("a row is missing".to_owned()))?;
            ours.update(digest(row));
            theirs.update(digest(&other));
            count += 1;
        }
    }
    drop(batches);
    let (ours, theirs) = (hex(&ours.finalize()), hex(&theirs.finalize()));
    if ours != theirs {
        return Err(differs(format!("digest {ours} became {theirs}")));
    }
    let there = target.count(table).await?;
    if there != count {
        return Err(differs(format!("{count} rows became {there}")));
    }
    Ok((count, ours))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Folds a SQLite file's log into it, so that the file alone is the database.
///
/// # Errors
/// [`TransferError`]; also if the database is a server.
pub async fn settle(url: &str) -> Result<(), TransferError> {
    let Side::Sqlite(mut ends) = Side::open(url).await? else {
        return Err(TransferError::SameEngine);
    };
    ends.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
    ends.execute("PRAGMA journal_mode = DELETE").await?;
    ends.close().await
}

/// Whether a database has been in use: whether there is any verification in it.
///
/// # Errors
/// [`TransferError`] if it can't be asked.
pub async fn holds_cases(url: &str) -> Result<bool, TransferError> {
    let cases = Table {
        name: "verification_case".to_owned(),
        columns: Vec::new(),
        key: Vec::new(),
    };
    let mut side = Side::open(url).await?;
    let count = side.count(&cases).await?;
    side.close().await?;
    Ok(count > 0)
}
