//! The SQLite mount: one file, write-ahead log, one writer and several readers.

use std::{
    fs::{DirBuilder, File},
    future::ready,
    io,
    os::unix::fs::DirBuilderExt,
    path::Path,
    str::FromStr,
    time::Duration,
};

use shiming_vault::Entropy;
use sqlx::{
    Connection as _, Pool, Sqlite, SqliteConnection, Transaction,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::{sync::broadcast, task::spawn_blocking};

use crate::{
    StoreError,
    api::{CaseChanged, Heard},
    open::Pools,
};

pub(crate) type Db = Sqlite;

#[path = "repository/mod.rs"]
mod repository;
pub(crate) use repository::Store;

pub(crate) static MIGRATOR: Migrator = sqlx::migrate!("migrations/sqlite");

/// A writer holds the whole file, so there is nothing to skip.
const SKIP_LOCKED: &str = "";

/// How long to wait for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);
const READERS: u32 = 4;
/// KiB of pages that the writer keeps at hand, for imports.
const WRITER_CACHE: &str = "-65536";
/// Bytes of the file that readers look at where the system has them, without copying each page: as many as SQLite allows.
const READER_MAP: &str = "2147418112";
/// KiB of pages that each reader keeps at hand: the upper levels of a registry of ten million enterprises.
const READER_CACHE: &str = "-32768";
/// Pages (64 MiB) after which the log is copied back; a small value would copy the same pages after every batch of an import.
const PAGES_OF_LOG: &str = "16384";

/// Opens (or creates) the file.
///
/// `synchronous=FULL`: an acknowledged commit has reached the disk, so it survives a lost power line and not only a killed
/// process. A verification commits a dozen times in its life; the flush is not what bounds us.
pub(crate) async fn connect(url: &str) -> Result<Pools<Db>, StoreError> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .pragma("temp_store", "memory");
    create_folder(&options)?;
    let writing = options
        .clone()
        .pragma("cache_size", WRITER_CACHE)
        .pragma("wal_autocheckpoint", PAGES_OF_LOG)
        // What is deleted is overwritten: an erased key must not lie about in free pages.
        .pragma("secure_delete", "on");
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .before_acquire(|connection, _| Box::pin(ready(Ok(is_usable(connection)))))
        .connect_with(writing)
        .await?;
    let reading = options
        .pragma("query_only", "on")
        .pragma("cache_size", READER_CACHE)
        .pragma("mmap_size", READER_MAP);
    let reader = SqlitePoolOptions::new()
        .max_connections(READERS)
        .connect_with(reading)
        .await?;
    Ok(Pools { writer, reader })
}

/// Waits until no other process creates or migrates a database in this folder; over when what it gives is dropped. SQLite lets
/// two who find an empty file both begin.
///
/// The lock is the folder's, so that nothing is left beside the database; `flock` doesn't touch SQLite's own locks.
pub(crate) async fn take_turn(url: &str) -> Result<File, StoreError> {
    let options = SqliteConnectOptions::from_str(url)?;
    create_folder(&options)?;
    let folder = options.get_filename().parent().unwrap_or(Path::new(""));
    let folder = Path::new(".").join(folder);
    let locked = spawn_blocking(move || {
        let folder = File::open(folder)?;
        folder.lock().map(|()| folder)
    });
    let locked = locked.await.map_err(io::Error::other).flatten();
    Ok(locked.map_err(sqlx::Error::Io)?)
}

/// SQLite ends a transaction by itself when the disk fails it, a full one for instance; sqlx goes on to take the connection to be
/// within one, and refuses to begin another. Such a connection is replaced.
fn is_usable(connection: &SqliteConnection) -> bool {
    !connection.is_in_transaction()
}

/// Creates the file's folder, if need be, for nobody else to look into.
fn create_folder(options: &SqliteConnectOptions) -> Result<(), StoreError> {
    let folder = options
        .get_filename()
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let create = |folder: &Path| DirBuilder::new().recursive(true).mode(0o700).create(folder);
    folder
        .map_or(Ok(()), create)
        .map_err(|error| sqlx::Error::Io(error).into())
}

/// Begins a transaction that is going to write. A plain `BEGIN` would fail as "busy" at its first write if
/// another writer came between, however long it may wait.
async fn begin_write(pool: &Pool<Db>) -> Result<Transaction<'static, Db>, sqlx::Error> {
    pool.begin_with("BEGIN IMMEDIATE").await
}

/// Copies the log back and empties it, so that it holds nothing any more of what was erased. A reader may keep it for a while;
/// then the next erasure or the next start does it.
async fn settle_erasure(pool: &Pool<Db>) -> Result<(), sqlx::Error> {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(pool)
        .await?;
    Ok(())
}

/// An embedded database has one node: there is nobody to tell and nothing to hear.
#[derive(Clone)]
struct Link {
    heard: broadcast::Sender<Heard>,
}

#[allow(clippy::unused_async, clippy::unused_self)] // The other mount's has work to do.
impl Link {
    async fn new(
        _: &Pool<Db>,
        _: &broadcast::Sender<CaseChanged>,
        _: &dyn Entropy,
    ) -> Result<Self, StoreError> {
        let heard = broadcast::Sender::new(1);
        Ok(Self { heard })
    }

    fn hear(&self) -> broadcast::Receiver<Heard> {
        self.heard.subscribe()
    }

    fn tell_change(&self, _: CaseChanged) {}

    fn tell_note(&self, _: &str) {}
}
