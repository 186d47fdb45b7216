//! The PostgreSQL side: its values are cast from and to the common form.

use super::{TransferError, table::Kind};

type Db = sqlx::Postgres;

#[path = "ends.rs"]
mod ends;
pub(super) use ends::Ends;

const TABLES: &str = "SELECT table_name::text FROM information_schema.tables
     WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
       AND table_name <> '_sqlx_migrations' ORDER BY 1";
const COLUMNS: &str = "SELECT column_name::text, data_type::text FROM information_schema.columns
     WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER'
     ORDER BY ordinal_position";

fn selected(name: &str, kind: Kind) -> String {
    match kind {
        Kind::Int => format!("{name}::bigint"),
        Kind::Bool => format!("{name}::int::bigint"),
        Kind::Text => format!("{name}::text"),
        Kind::Bytes => name.to_owned(),
        Kind::Uuid => format!("uuid_send({name})"),
    }
}

const fn around(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Int => ("", "::bigint"),
        Kind::Bool => ("(", "::bigint <> 0)"),
        Kind::Text => ("", "::text"),
        Kind::Bytes => ("", "::bytea"),
        Kind::Uuid => ("encode(", "::bytea, 'hex')::uuid"),
    }
}

impl Ends {
    pub(super) async fn begin_snapshot(&mut self) -> Result<(), TransferError> {
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await
    }
}
