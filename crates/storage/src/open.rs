//! From a URL to a storage.

use std::sync::Arc;

use object_store::ObjectStore;
use shiming_vault::{Entropy, KeyRing};
use sqlx::{
    Database, Pool,
    migrate::{Migrate, Migrator},
};

use crate::{Storage, StoreError, postgres, seals::Seals, sqlite};

/// Connections for writing and for reading; the same pool where the engine does not care.
pub(crate) struct Pools<Db: Database> {
    pub(crate) writer: Pool<Db>,
    pub(crate) reader: Pool<Db>,
}

impl<Db: Database> Pools<Db> {
    /// Waits until every connection is closed. A dropped pool closes them some time later, and a SQLite file that someone has
    /// open refuses to fold its log.
    pub(crate) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// What a storage is made of.
#[derive(Clone)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://USER@HOST/DATABASE`.
    pub url: String,
    /// Where sealed objects lie.
    pub objects: Arc<dyn ObjectStore>,
    /// The master keys.
    pub keys: KeyRing,
    /// Randomness for keys and nonces.
    pub entropy: Arc<dyn Entropy>,
}

impl Settings {
    pub(crate) fn seals(&self) -> Seals {
        Seals {
            ring: self.keys.clone(),
            entropy: self.entropy.clone(),
        }
    }
}

/// The storage could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no engine that we know.
    #[error("the database URL must begin with `sqlite:` or `postgres://`")]
    Engine,
    /// The tables are older than this program.
    #[error("the database lacks {pending} migration(s); run `shiming migrate`")]
    Outdated {
        /// How many are missing.
        pending: usize,
    },
    /// A migration failed.
    #[error("the database could not be migrated: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The database, the keys or the objects.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens a migrated database and reads (or, on its first day, draws) the server's own data keys.
///
/// # Errors
/// [`OpenError::Outdated`] if [`migrate`] has not run; a vault error if the master keys are not this database's.
pub async fn open(settings: &Settings) -> Result<Arc<dyn Storage>, OpenError> {
    match Engine::of(&settings.url)? {
        Engine::Sqlite => {
            let pools = sqlite::connect(&settings.url).await?;
            refuse_outdated(&sqlite::MIGRATOR, &pools).await?;
            Ok(Arc::new(sqlite::Store::new(pools, settings).await?))
        }
        Engine::Postgres => {
            let pools = postgres::connect(&settings.url).await?;
            refuse_outdated(&postgres::MIGRATOR, &pools).await?;
            Ok(Arc::new(postgres::Store::new(pools, settings).await?))
        }
    }
}

/// Brings the tables up to date; harmless to repeat. An embedded database is created if it is not there.
///
/// # Errors
/// [`OpenError`]; a migration that fails leaves nothing behind.
pub async fn migrate(url: &str) -> Result<(), OpenError> {
    match Engine::of(url)? {
        Engine::Sqlite => {
            let turn = sqlite::take_turn(url).await?;
            let pools = sqlite::connect(url).await?;
            let done = sqlite::MIGRATOR.run(&pools.writer).await;
            pools.close().await;
            drop(turn);
            Ok(done?)
        }
        Engine::Postgres => {
            let pools = postgres::connect(url).await?;
            let done = postgres::MIGRATOR.run(&pools.writer).await;
            pools.close().await;
            Ok(done?)
        }
    }
}

/// Writes an embedded database as it is at this moment into another file, which must not exist; servers may go on meanwhile.
///
/// # Errors
/// [`OpenError`]; also if the database is a server.
pub async fn snapshot(url: &str, file: &std::path::Path) -> Result<(), OpenError> {
    let Engine::Sqlite = Engine::of(url)? else {
        return Err(OpenError::Engine);
    };
    let pools = sqlite::connect(url).await?;
    let done = sqlx::query("VACUUM INTO $1")
        .bind(file.display().to_string())
        .execute(&pools.writer)
        .await;
    pools.close().await;
    done.map_err(StoreError::from)?;
    Ok(())
}

/// How many migrations the database still lacks.
///
/// # Errors
/// [`OpenError`] if the database can't be asked.
pub async fn pending_migrations(url: &str) -> Result<usize, OpenError> {
    match Engine::of(url)? {
        Engine::Sqlite => {
            let pools = sqlite::connect(url).await?;
            let pending = pending(&sqlite::MIGRATOR, &pools).await;
            pools.close().await;
            pending
        }
        Engine::Postgres => {
            let pools = postgres::connect(url).await?;
            let pending = pending(&postgres::MIGRATOR, &pools).await;
            pools.close().await;
            pending
        }
    }
}

async fn refuse_outdated<Db: Database>(known: &Migrator, pools: &Pools<Db>) -> Result<(), OpenError>
where
    Db::Connection: Migrate,
{
    match pending(known, pools).await? {
        0 => Ok(()),
        pending => Err(OpenError::Outdated { pending }),
    }
}

async fn pending<Db: Database>(known: &Migrator, pools: &Pools<Db>) -> Result<usize, OpenError>
where
    Db::Connection: Migrate,
{
    let mut connection = pools.writer.acquire().await.map_err(StoreError::from)?;
    connection.ensure_migrations_table(TABLE).await?;
    let applied = connection.list_applied_migrations(TABLE).await?;
    let is_applied = |version| applied.iter().any(|done| done.version == version);
    Ok(known
        .iter()
        .filter(|migration| !is_applied(migration.version))
        .count())
}

/// Where sqlx notes which migrations have run.
const TABLE: &str = "_sqlx_migrations";

pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(crate) fn of(url: &str) -> Result<Self, OpenError> {
        match url.split_once(':') {
            Some(("sqlite", _)) => Ok(Self::Sqlite),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres),
            _ => Err(OpenError::Engine),
        }
    }
}
