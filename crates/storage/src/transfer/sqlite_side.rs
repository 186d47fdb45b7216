//! The SQLite side: its values are already in the common form.

use super::{
    TransferError,
    table::{Declared, Kind},
};

type Db = sqlx::Sqlite;

#[path = "ends.rs"]
mod ends;
pub(super) use ends::Ends;

const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table'
     AND name NOT LIKE 'sqlite_%' AND name <> '_sqlx_migrations' ORDER BY name";
const COLUMNS: &str = "SELECT name, type FROM pragma_table_info($1) ORDER BY cid";

fn selected(name: &str, _: Kind) -> String {
    name.to_owned()
}

const fn around(_: Kind) -> (&'static str, &'static str) {
    ("", "")
}

impl Ends {
    pub(super) async fn begin_snapshot(&mut self) -> Result<(), TransferError> {
        self.execute("BEGIN").await?;
        // SQLite takes its snapshot at the first look.
        self.execute("SELECT COUNT(*) FROM sqlite_master").await
    }

    /// The columns of the primary key.
    pub(super) async fn key_of(&mut self, table: &str) -> Result<Vec<String>, TransferError> {
        let sql = "SELECT name, type FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk";
        let rows: Vec<Declared> = sqlx::query_as(sql)
            .bind(table)
            .fetch_all(&mut *self.0)
            .await?;
        Ok(rows.into_iter().map(|(name, _)| name).collect())
    }

    /// The tables that its rows refer to.
    pub(super) async fn refers_to(&mut self, table: &str) -> Result<Vec<String>, TransferError> {
        let sql = "SELECT \"table\" FROM pragma_foreign_key_list($1)";
        Ok(sqlx::query_scalar(sql)
            .bind(table)
            .fetch_all(&mut *self.0)
            .await?)
    }
}
