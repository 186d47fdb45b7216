//! One side of a transfer, written once for a `Db` that the mount defines.

use futures_util::{StreamExt as _, stream::BoxStream};
use sqlx::{AssertSqlSafe, Pool, QueryBuilder, Row as _, pool::PoolConnection};

use super::super::{
    TransferError,
    table::{Declared, Kind, Table},
    value::{Keyed, Row, Value},
};
use super::{COLUMNS, Db, TABLES, around, selected};

type Result<T, E = TransferError> = std::result::Result<T, E>;

/// Values of one statement: below the limit of either engine (32 766 and 65 535).
const MOST_VALUES: usize = 30_000;

/// A connection that keeps its transaction to the end.
pub(in super::super) struct Ends(pub(super) PoolConnection<Db>);

impl Ends {
    pub(in super::super) async fn of(pool: &Pool<Db>) -> Result<Self> {
        Ok(Self(pool.acquire().await?))
    }

    pub(in super::super) async fn close(self) -> Result<()> {
        Ok(self.0.close().await?)
    }

    pub(in super::super) async fn execute(&mut self, sql: &'static str) -> Result<()> {
        sqlx::query(sql).execute(&mut *self.0).await?;
        Ok(())
    }

    pub(in super::super) async fn table_names(&mut self) -> Result<Vec<String>> {
        let names = sqlx::query_scalar(TABLES).fetch_all(&mut *self.0).await?;
        Ok(names)
    }

    pub(in super::super) async fn columns(&mut self, table: &str) -> Result<Vec<Declared>> {
        let columns = sqlx::query_as(COLUMNS).bind(table);
        Ok(columns.fetch_all(&mut *self.0).await?)
    }

    pub(in super::super) async fn count(&mut self, table: &Table) -> Result<u64> {
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {}", table.name));
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut *self.0).await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Every row, as it comes.
    pub(in super::super) fn rows<'a>(&'a mut self, table: &'a Table) -> BoxStream<'a, Result<Row>> {
        let sql = AssertSqlSafe(select(table));
        let rows = sqlx::query(sql).persistent(false).fetch(&mut *self.0);
        rows.map(|row| read(table, &row?)).boxed()
    }

    /// The rows that have the keys of these.
    pub(in super::super) async fn same_keys(
        &mut self,
        table: &Table,
        rows: &[Row],
    ) -> Result<Keyed> {
        if rows.is_empty() {
            return Ok(Keyed::new());
        }
        let mut query = QueryBuilder::<Db>::new(select(table));
        let keys: Vec<Row> = rows.iter().map(|row| table.key_of(row)).collect();
        push_keys(&mut query, table, &keys);
        let query = query.build().persistent(false);
        let found = query.fetch_all(&mut *self.0).await?;
        found
            .iter()
            .map(|row| read(table, row).map(|row| (table.key_of(&row), row)))
            .collect()
    }

    /// Inserts rows; `at_conflict` is what the statement ends with.
    pub(in super::super) async fn write(
        &mut self,
        table: &Table,
        rows: &[&Row],
        at_conflict: &str,
    ) -> Result<()> {
        for some in rows.chunks(MOST_VALUES / table.columns.len()) {
            let head = format!(
                "INSERT INTO {} ({}) VALUES ",
                table.name,
                table.names().join(", ")
            );
            let mut query = QueryBuilder::<Db>::new(head);
            for (place, row) in some.iter().enumerate() {
                query.push(if place == 0 { "(" } else { ", (" });
                for (place, (value, (_, kind))) in row.iter().zip(&table.columns).enumerate() {
                    query.push(if place == 0 { "" } else { ", " });
                    push_value(&mut query, value, *kind);
                }
                query.push(")");
            }
            query.push(at_conflict);
            let query = query.build().persistent(false);
            query.execute(&mut *self.0).await?;
        }
        Ok(())
    }

    /// Removes the rows with these keys.
    pub(in super::super) async fn delete(&mut self, table: &Table, keys: &[Row]) -> Result<()> {
        for some in keys.chunks(MOST_VALUES / table.key.len()) {
            let mut query = QueryBuilder::<Db>::new(format!("DELETE FROM {}", table.name));
            push_keys(&mut query, table, some);
            let query = query.build().persistent(false);
            query.execute(&mut *self.0).await?;
        }
        Ok(())
    }
}

fn select(table: &Table) -> String {
    let columns = table.columns.iter();
    let columns: Vec<_> = columns.map(|(name, kind)| selected(name, *kind)).collect();
    format!("SELECT {} FROM {}", columns.join(", "), table.name)
}

fn push_keys(query: &mut QueryBuilder<Db>, table: &Table, keys: &[Row]) {
    query.push(format!(
        " WHERE ({}) IN (VALUES ",
        table.key_names().join(", ")
    ));
    for (place, key) in keys.iter().enumerate() {
        query.push(if place == 0 { "(" } else { ", (" });
        for (place, value) in key.iter().enumerate() {
            query.push(if place == 0 { "" } else { ", " });
            push_value(query, value, table.columns[table.key[place]].1);
        }
        query.push(")");
    }
    query.push(")");
}

fn push_value(query: &mut QueryBuilder<Db>, value: &Value, kind: Kind) {
    let (before, after) = around(kind);
    query.push(before);
    match (value, kind) {
        (Value::Int(number), _) => query.push_bind(*number),
        (Value::Text(text), _) => query.push_bind(text.clone()),
        (Value::Bytes(bytes), _) => query.push_bind(bytes.clone()),
        (Value::Null, Kind::Int | Kind::Bool) => query.push_bind(None::<i64>),
        (Value::Null, Kind::Text) => query.push_bind(None::<String>),
        (Value::Null, Kind::Bytes | Kind::Uuid) => query.push_bind(None::<Vec<u8>>),
    };
    query.push(after);
}

fn read(table: &Table, row: &<Db as sqlx::Database>::Row) -> Result<Row> {
    let kinds = table.columns.iter().enumerate();
    kinds
        .map(|(place, (_, kind))| {
            let value = match kind {
                Kind::Int | Kind::Bool => row.try_get::<Option<i64>, _>(place)?.map(Value::Int),
                Kind::Text => row.try_get::<Option<String>, _>(place)?.map(Value::Text),
                Kind::Bytes | Kind::Uuid => {
                    row.try_get::<Option<Vec<u8>>, _>(place)?.map(Value::Bytes)
                }
            };
            Ok(value.unwrap_or(Value::Null))
        })
        .collect()
}
