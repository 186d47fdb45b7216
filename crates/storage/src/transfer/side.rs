//! One side of a transfer: the same few questions, asked of either engine.

use futures_util::stream::BoxStream;

use super::{
    TransferError, postgres_side, sqlite_side,
    table::Table,
    value::{Keyed, Row},
};
use crate::{open::Engine, postgres, sqlite};

type Result<T, E = TransferError> = std::result::Result<T, E>;

/// A database with one connection.
pub(super) enum Side {
    Sqlite(sqlite_side::Ends),
    Postgres(postgres_side::Ends),
}

/// Asks whichever engine it is.
macro_rules! ask {
    ($side:expr, $ends:ident => $question:expr) => {
        match $side {
            Side::Sqlite($ends) => $question,
            Side::Postgres($ends) => $question,
        }
    };
}

impl Side {
    pub(super) async fn open(url: &str) -> Result<Self> {
        Ok(match Engine::of(url)? {
            Engine::Sqlite => {
                let pools = sqlite::connect(url).await?;
                pools.reader.close().await;
                Self::Sqlite(sqlite_side::Ends::of(&pools.writer).await?)
            }
            Engine::Postgres => {
                let pools = postgres::connect(url).await?;
                Self::Postgres(postgres_side::Ends::of(&pools.writer).await?)
            }
        })
    }

    /// Waits until the connection is closed, and its transaction over.
    pub(super) async fn close(self) -> Result<()> {
        ask!(self, ends => ends.close().await)
    }

    /// From now on everything is read as of this moment.
    pub(super) async fn begin_snapshot(&mut self) -> Result<()> {
        ask!(self, ends => ends.begin_snapshot().await)
    }

    pub(super) async fn count(&mut self, table: &Table) -> Result<u64> {
        ask!(self, ends => ends.count(table).await)
    }

    pub(super) fn rows<'a>(&'a mut self, table: &'a Table) -> BoxStream<'a, Result<Row>> {
        ask!(self, ends => ends.rows(table))
    }

    pub(super) async fn same_keys(&mut self, table: &Table, rows: &[Row]) -> Result<Keyed> {
        ask!(self, ends => ends.same_keys(table, rows).await)
    }

    /// Inserts rows whose keys are not there.
    pub(super) async fn insert(&mut self, table: &Table, rows: &[&Row]) -> Result<()> {
        ask!(self, ends => ends.write(table, rows, "").await)
    }

    /// Puts rows in the place of those with the same keys.
    pub(super) async fn replace(&mut self, table: &Table, rows: &[&Row]) -> Result<()> {
        let instead = table.in_place();
        ask!(self, ends => ends.write(table, rows, &instead).await)
    }

    pub(super) async fn delete(&mut self, table: &Table, keys: &[Row]) -> Result<()> {
        ask!(self, ends => ends.delete(table, keys).await)
    }
}
