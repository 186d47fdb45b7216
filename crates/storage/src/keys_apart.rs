//! Owners' keys apart from the database that they open.
//!
//! A backup that holds both can be read for ever, also for somebody who was erased since. With the keys in one file that each
//! backup replaces, an old backup lacks what it needs as soon as the next one is written.

use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use serde::{Deserialize, Serialize};

use crate::{OpenError, StoreError, sqlite};

/// One wrapped key, as a line of the file.
#[derive(Serialize, Deserialize)]
struct Line {
    owner: String,
    master_key: String,
    wrapped: String,
}

/// The keys could not be moved.
#[derive(Debug, thiserror::Error)]
pub enum KeysApartError {
    /// The database.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The file.
    #[error("the file of keys: {0}")]
    File(#[from] std::io::Error),
    /// A line of the file.
    #[error("line {0} of the file of keys can't be read")]
    Line(usize),
}

impl From<StoreError> for KeysApartError {
    fn from(error: StoreError) -> Self {
        Self::Database(error.into())
    }
}

impl From<sqlx::Error> for KeysApartError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// Moves the keys of cases, credentials and people out of an embedded database into a file, whose former content is replaced
/// as a whole. The server's own keys stay. Tells how many it was.
///
/// # Errors
/// [`KeysApartError`]; nothing is removed from the database before the file is whole.
pub async fn take(url: &str, file: &Path) -> Result<usize, KeysApartError> {
    let pools = sqlite::connect(url).await?;
    let rows: Vec<(String, String, Vec<u8>)> = sqlx::query_as(
        "SELECT owner, master_key, wrapped FROM data_key WHERE owner NOT LIKE 'system:%'",
    )
    .fetch_all(&pools.writer)
    .await?;
    let beside = file.with_extension("part");
    let mut out = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    for (owner, master_key, wrapped) in &rows {
        let line = Line {
            owner: owner.clone(),
            master_key: master_key.clone(),
            wrapped: hex::encode(wrapped),
        };
        serde_json::to_writer(&out, &line).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
    }
    out.sync_all()?;
    fs::rename(&beside, file)?;
    pools.reader.close().await;
    for sql in [
        "PRAGMA secure_delete = on",
        "DELETE FROM data_key WHERE owner NOT LIKE 'system:%'",
        "VACUUM",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "PRAGMA journal_mode = DELETE",
    ] {
        sqlx::query(sql).execute(&pools.writer).await?;
    }
    pools.writer.close().await;
    Ok(rows.len())
}

/// Puts the keys of a file back into an embedded database. Whoever's key is not in the file stays erased.
///
/// # Errors
/// [`KeysApartError`].
pub async fn put(url: &str, file: &Path) -> Result<usize, KeysApartError> {
    let pools = sqlite::connect(url).await?;
    let mut tx = pools.writer.begin().await?;
    let text = fs::read_to_string(file)?;
    for (nth, line) in text.lines().enumerate() {
        let wrong = || KeysApartError::Line(nth + 1);
        let line: Line = serde_json::from_str(line).map_err(|_| wrong())?;
        let wrapped = hex::decode(&line.wrapped).map_err(|_| wrong())?;
        sqlx::query(
            "INSERT INTO data_key (owner, master_key, wrapped) VALUES ($1, $2, $3)
             ON CONFLICT (owner) DO NOTHING",
        )
        .bind(line.owner)
        .bind(line.master_key)
        .bind(wrapped)
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&pools.writer)
        .await?;
    pools.reader.close().await;
    pools.writer.close().await;
    Ok(text.lines().count())
}
