//! The plan on SQLite with nothing around it: one writer and four readers, as the server has them.

use std::{
    collections::HashMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use sqlx::{
    AssertSqlSafe, Executor, Row as _, Sqlite, SqlitePool,
    query::Query,
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions,
        SqliteSynchronous,
    },
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::plan::{Keeps, Part, Plan, Step, Value};

struct Pools {
    writer: SqlitePool,
    reader: SqlitePool,
}

/// Verifications a second that so many tasks do.
pub async fn run(database: &Path, plan: Arc<Plan>, (tasks, seconds): (usize, u64)) -> Result<f64> {
    let pools = Arc::new(open(database).await?);
    for id in plan.platforms() {
        let sql =
            "INSERT INTO platform (id, name, realm, created_at) VALUES ($1, 'Bench', 'live', 0)
             ON CONFLICT DO NOTHING";
        let query = sqlx::query(sql).bind(Uuid::try_parse(id)?);
        query.execute(&pools.writer).await?;
    }
    let (begun, end) = (Instant::now(), Duration::from_secs(seconds));
    let mut going = JoinSet::new();
    for _ in 0..tasks {
        let (pools, plan) = (pools.clone(), plan.clone());
        going.spawn(async move {
            let mut done = 0_u32;
            while begun.elapsed() < end {
                let own = Uuid::new_v4();
                for part in &plan.0 {
                    run_part(&pools, part, own).await?;
                }
                done += 1;
            }
            anyhow::Ok(done)
        });
    }
    let mut done = 0;
    while let Some(own) = going.join_next().await {
        done += own??;
    }
    Ok(f64::from(done) / begun.elapsed().as_secs_f64())
}

async fn open(database: &Path) -> Result<Pools> {
    let options = SqliteConnectOptions::new()
        .filename(database)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(15))
        .foreign_keys(true)
        .pragma("temp_store", "memory");
    let pool = |most, options| {
        SqlitePoolOptions::new()
            .max_connections(most)
            .connect_with(options)
    };
    Ok(Pools {
        writer: pool(1, options.clone().pragma("wal_autocheckpoint", "8192")).await?,
        reader: pool(4, options.pragma("query_only", "on")).await?,
    })
}

async fn run_part(pools: &Pools, part: &Part, own: Uuid) -> Result<()> {
    let mut kept = HashMap::new();
    if part.transaction {
        let mut transaction = pools.writer.begin_with("BEGIN IMMEDIATE").await?;
        for step in &part.steps {
            run_step(&mut *transaction, step, own, &mut kept).await?;
        }
        return Ok(transaction.commit().await?);
    }
    for step in part
        .steps
        .iter()
        .filter(|step| !step.sql.contains("pg_notify"))
    {
        let pool = if step.sql.starts_with("SELECT") {
            &pools.reader
        } else {
            &pools.writer
        };
        run_step(pool, step, own, &mut kept).await?;
    }
    Ok(())
}

async fn run_step<'e>(
    on: impl Executor<'e, Database = Sqlite>,
    step: &Step,
    own: Uuid,
    kept: &mut HashMap<Keeps, i64>,
) -> Result<()> {
    let mut query = sqlx::query(AssertSqlSafe(step.sql.clone()));
    for value in &step.values {
        query = bind(query, value, own, kept);
    }
    let rows = query.fetch_all(on).await?;
    if let Some((keeps, row)) = step.keeps.zip(rows.first()) {
        kept.insert(keeps, row.try_get("seq")?);
    }
    Ok(())
}

fn bind<'q>(
    query: Query<'q, Sqlite, SqliteArguments>,
    value: &Value,
    own: Uuid,
    kept: &HashMap<Keeps, i64>,
) -> Query<'q, Sqlite, SqliteArguments> {
    let nth_id = |nth: usize| Uuid::from_u128(own.as_u128().wrapping_add(nth as u128));
    match value {
        Value::Null => query.bind(None::<Vec<u8>>),
        Value::Number(number) => query.bind(number.parse::<i64>().unwrap_or_default()),
        Value::Bool(value) => query.bind(*value),
        Value::Text(text) => query.bind(text.clone()),
        Value::Bytes(hex) => query.bind(bytes(hex)),
        Value::Id(id) => query.bind(Uuid::try_parse(id).unwrap_or_default()),
        Value::OwnId(nth) => query.bind(nth_id(*nth)),
        Value::OwnDigest(nth) => query.bind(nth_id(*nth).as_bytes().repeat(2)),
        Value::OwnText { nth, length } => {
            let text = nth_id(*nth).simple().to_string();
            query.bind(format!("{text:x<length$}"))
        }
        Value::After(keeps, by) => query.bind(kept.get(keeps).copied().unwrap_or_default() + by),
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.filter_map(byte).collect()
}
