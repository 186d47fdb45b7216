//! The tables, as the migrations have made them.

use super::{
    TransferError, postgres_side,
    side::Side,
    sqlite_side,
    value::{Row, Value},
};

/// What a column holds, on the engine that is strict about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int,
    Bool,
    Text,
    Bytes,
    Uuid,
}

impl Kind {
    /// The kind of a column of PostgreSQL, by its `data_type`.
    pub(super) fn of_postgres(data_type: &str) -> Option<Self> {
        match data_type {
            "bigint" | "integer" | "smallint" => Some(Self::Int),
            "boolean" => Some(Self::Bool),
            "text" | "character varying" => Some(Self::Text),
            "bytea" => Some(Self::Bytes),
            "uuid" => Some(Self::Uuid),
            _ => None,
        }
    }

    /// The declared type of the same column in SQLite.
    const fn in_sqlite(self) -> &'static str {
        match self {
            Self::Int | Self::Bool => "INTEGER",
            Self::Text => "TEXT",
            Self::Bytes | Self::Uuid => "BLOB",
        }
    }
}

/// A column's name and declared type.
pub(super) type Declared = (String, String);

/// A table of both sides.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<(String, Kind)>,
    /// Places of the key's columns.
    pub(super) key: Vec<usize>,
}

impl Table {
    pub(super) fn key_of(&self, row: &Row) -> Row {
        self.key
            .iter()
            .map(|place| row[*place].clone())
            .collect::<Vec<Value>>()
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub(super) fn key_names(&self) -> Vec<&str> {
        self.key
            .iter()
            .map(|place| self.columns[*place].0.as_str())
            .collect()
    }

    /// How an insertion ends that replaces the row with the same key.
    pub(super) fn in_place(&self) -> String {
        let columns = self.columns.iter().enumerate();
        let rest: Vec<_> = columns
            .filter(|(place, _)| !self.key.contains(place))
            .map(|(_, (name, _))| format!("{name} = excluded.{name}"))
            .collect();
        let key = self.key_names().join(", ");
        if rest.is_empty() {
            format!(" ON CONFLICT ({key}) DO NOTHING")
        } else {
            format!(" ON CONFLICT ({key}) DO UPDATE SET {}", rest.join(", "))
        }
    }
}

/// The tables of both sides, each after those that it refers to.
pub(super) async fn common(one: &mut Side, other: &mut Side) -> Result<Vec<Table>, TransferError> {
    let ((Side::Sqlite(sqlite), Side::Postgres(postgres))
    | (Side::Postgres(postgres), Side::Sqlite(sqlite))) = (one, other)
    else {
        return Err(TransferError::SameEngine);
    };
    let names = sqlite.table_names().await?;
    let others = postgres.table_names().await?;
    if let Some(lonely) = names
        .iter()
        .find(|name| !others.contains(name))
        .or_else(|| others.iter().find(|name| !names.contains(name)))
    {
        return Err(schema(lonely, "only one side has it"));
    }
    let mut tables = Vec::new();
    for name in names {
        let columns = columns(&name, sqlite, postgres).await?;
        let key = sqlite.key_of(&name).await?;
        let place = |key: &String| columns.iter().position(|(name, _)| name == key);
        let key: Option<Vec<usize>> = key.iter().map(place).collect();
        let key = key
            .filter(|key| !key.is_empty())
            .ok_or_else(|| schema(&name, "it has no primary key"))?;
        tables.push((sqlite.refers_to(&name).await?, Table { name, columns, key }));
    }
    Ok(in_order(tables))
}

async fn columns(
    table: &str,
    sqlite: &mut sqlite_side::Ends,
    postgres: &mut postgres_side::Ends,
) -> Result<Vec<(String, Kind)>, TransferError> {
    let declared = sqlite.columns(table).await?;
    let others = postgres.columns(table).await?;
    if declared.len() != others.len() {
        return Err(schema(table, "the columns are not the same"));
    }
    let mut columns = Vec::new();
    for (name, in_sqlite) in declared {
        let there = others.iter().find(|(other, _)| *other == name);
        let (_, there) =
            there.ok_or_else(|| schema(table, &format!("only one side has `{name}`")))?;
        let kind = Kind::of_postgres(there)
            .filter(|kind| kind.in_sqlite() == in_sqlite)
            .ok_or_else(|| schema(table, &format!("`{name}` is {in_sqlite} and {there}")))?;
        columns.push((name, kind));
    }
    Ok(columns)
}

fn schema(table: &str, difference: &str) -> TransferError {
    TransferError::Schema {
        table: table.to_owned(),
        difference: difference.to_owned(),
    }
}

/// Puts each table after those that it refers to; tables that refer to themselves or in a circle keep their places.
fn in_order(mut waiting: Vec<(Vec<String>, Table)>) -> Vec<Table> {
    let mut done: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|(refers, table)| {
            refers
                .iter()
                .all(|to| *to == table.name || done.iter().any(|done| done.name == *to))
        });
        done.push(waiting.remove(ready.unwrap_or_default()).1);
    }
    done
}
