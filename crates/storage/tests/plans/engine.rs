//! What an engine says of how it answers a statement.

use sqlx::{AssertSqlSafe, Row as _, SqlitePool};

use crate::noted;
#[cfg(feature = "postgres-tests")]
use shiming_testbed::Postgres;

/// The tables that are long.
#[cfg(feature = "postgres-tests")]
const LONG: [&str; 4] = ["verification_case", "data_key", "audit_entry", "job"];
/// Rows that a page may read in vain.
#[cfg(feature = "postgres-tests")]
const IN_VAIN: u64 = 1_000;

/// How a list may be put in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As the index has it.
    Index,
    /// The few rows that were found are sorted.
    Found,
}

/// An engine, with a way in beside the repositories.
pub enum Engine<'a> {
    Sqlite(SqlitePool, std::marker::PhantomData<&'a ()>),
    #[cfg(feature = "postgres-tests")]
    Postgres(&'a Postgres, &'static str),
}

#[cfg(feature = "postgres-tests")]
impl<'a> Engine<'a> {
    pub fn postgres(server: &'a Postgres, database: &'static str) -> Self {
        Self::Postgres(server, database)
    }
}

impl Engine<'_> {
    pub async fn sqlite(url: &str) -> Self {
        let pool = SqlitePool::connect(url).await.expect("a second way in");
        Self::Sqlite(pool, std::marker::PhantomData)
    }

    /// Fills the long tables.
    pub async fn fill(&self, statements: &[String]) {
        for statement in statements {
            match self {
                Self::Sqlite(pool, _) => {
                    let query = sqlx::query(AssertSqlSafe(statement.clone()));
                    query.execute(pool).await.expect("rows");
                }
                #[cfg(feature = "postgres-tests")]
                Self::Postgres(server, database) => server.execute(database, statement),
            }
        }
    }

    /// The dialect's word for the 16 bytes of a number.
    pub fn uuid(&self, number: &str) -> String {
        match self {
            Self::Sqlite(..) => format!("unhex(printf('%032x', {number}))"),
            #[cfg(feature = "postgres-tests")]
            Self::Postgres(..) => format!("lpad(to_hex({number}), 32, '0')::uuid"),
        }
    }

    /// 32 bytes that differ from row to row.
    pub fn hash(&self, number: &str) -> String {
        match self {
            Self::Sqlite(..) => format!("CAST(printf('%032d', {number}) AS BLOB)"),
            #[cfg(feature = "postgres-tests")]
            Self::Postgres(..) => format!("sha256(({number})::text::bytea)"),
        }
    }

    /// What the server knows after a while, and how it is made to tell its plans: PostgreSQL's autovacuum counts rows; SQLite
    /// plans without.
    pub fn settle(&self) {
        match self {
            Self::Sqlite(..) => {}
            #[cfg(feature = "postgres-tests")]
            Self::Postgres(server, database) => {
                server.execute(database, "ANALYZE");
                for (name, value) in [
                    ("session_preload_libraries", "auto_explain"),
                    ("auto_explain.log_min_duration", "0"),
                    ("auto_explain.log_analyze", "on"),
                    ("auto_explain.log_timing", "off"),
                ] {
                    let sql = format!("ALTER DATABASE {database} SET {name} = '{value}'");
                    server.execute(database, &sql);
                }
            }
        }
    }

    /// Explains what was noted: the statement on `table` of the last call.
    pub async fn explain(&self, what: &str, table: &str, order: Order) {
        let from = format!("FROM {table}");
        let noted = noted::taken();
        let asked = noted.into_iter().rfind(|text| text.contains(&from));
        let asked = asked.unwrap_or_else(|| panic!("{what}: nothing was asked {from}"));
        match self {
            Self::Sqlite(pool, _) => {
                let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {asked}"));
                let rows = sqlx::query(sql).fetch_all(pool).await.expect("a plan");
                let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
                judge_sqlite(what, &plan, order);
            }
            #[cfg(feature = "postgres-tests")]
            Self::Postgres(server, _) => judge_postgres(what, &plan_of(server, &asked)),
        }
    }
}

fn judge_sqlite(what: &str, plan: &[String], order: Order) {
    let told = plan.join("\n");
    for line in plan {
        let whole = line.starts_with("SCAN") && !line.contains("USING INDEX");
        assert!(!whole, "{what} reads a whole table:\n{told}");
    }
    let sorts = told.contains("TEMP B-TREE");
    assert!(!sorts || order == Order::Found, "{what} sorts:\n{told}");
    let by_index = |line: &String| line.contains("INDEX") || line.contains("PRIMARY KEY");
    assert!(plan.iter().any(by_index), "{what} uses no index:\n{told}");
}

/// The newest plan of a statement in the log, which may be a moment behind the answer.
#[cfg(feature = "postgres-tests")]
fn plan_of(server: &Postgres, asked: &str) -> String {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let wanted = words(asked);
    let mut plan = None;
    shiming_testbed::wait_until("the log tells a plan", || {
        let log = std::fs::read_to_string(server.log()).unwrap_or_default();
        let told = log.rsplit("Query Text: ").find_map(|told| {
            let end = told.find("\n\tLimit  (cost")?;
            let fits = words(&told[..end]) == wanted;
            fits.then(|| told.split("LOG:").next().unwrap_or(told).to_owned())
        });
        plan = told;
        plan.is_some()
    });
    plan.expect("it is there")
}

#[cfg(feature = "postgres-tests")]
fn judge_postgres(what: &str, plan: &str) {
    for table in LONG {
        let whole = format!("Seq Scan on {table}");
        assert!(
            !plan.contains(&whole),
            "{what} reads a whole table:\n{plan}"
        );
    }
    // What a sort is fed stands on the next line that counts rows: few enough, it is what was found.
    for sorted in plan.split("Sort Key").skip(1) {
        let fed = number_after(sorted, "actual rows=");
        assert!(fed <= IN_VAIN, "{what} sorts:\n{plan}");
    }
    for removed in plan.split("Rows Removed by Filter").skip(1) {
        let in_vain = number_after(removed, ": ");
        assert!(in_vain <= IN_VAIN, "{what} reads much in vain:\n{plan}");
    }
    assert!(plan.contains("Index"), "{what} uses no index:\n{plan}");
}

#[cfg(feature = "postgres-tests")]
fn number_after(text: &str, word: &str) -> u64 {
    let (_, rest) = text.split_once(word).expect(word);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}
