//! The PostgreSQL mount: one pool for reading and writing, rows locked one by one.

use std::str::FromStr;

use sqlx::{
    Pool, Postgres, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{StoreError, open::Pools};

pub(crate) type Db = Postgres;

#[path = "repository/mod.rs"]
mod repository;
pub(crate) use repository::Store;

mod link;
use link::Link;

pub(crate) static MIGRATOR: Migrator = sqlx::migrate!("migrations/postgres");

/// Without it, two workers that look at the same moment lease the same jobs.
const SKIP_LOCKED: &str = "FOR UPDATE SKIP LOCKED";

const CONNECTIONS: u32 = 16;

/// Connects to the server.
pub(crate) async fn connect(url: &str) -> Result<Pools<Db>, StoreError> {
    let options = PgConnectOptions::from_str(url)?.application_name("shiming");
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .connect_with(options)
        .await?;
    Ok(Pools {
        writer: pool.clone(),
        reader: pool,
    })
}

/// The server's own vacuum clears what was erased; see the book on how soon.
#[allow(clippy::unused_async)] // The other mount's has work to do.
async fn settle_erasure(_: &Pool<Db>) -> Result<(), sqlx::Error> {
    Ok(())
}

/// Begins a transaction that is going to write.
async fn begin_write(pool: &Pool<Db>) -> Result<Transaction<'static, Db>, sqlx::Error> {
    pool.begin().await
}
