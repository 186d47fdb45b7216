//! The plan as a script of pgbench: what PostgreSQL alone does with the same statements in the same transactions.

use std::{fmt::Write as _, path::Path};

use anyhow::{Context as _, Result, ensure};
use shiming_testbed::Postgres;

use crate::plan::{Keeps, Plan, Step, Value};

/// Verifications a second that pgbench does with so many clients.
pub fn run(
    postgres: &Postgres,
    database: &str,
    plan: &Plan,
    folder: &Path,
    (clients, seconds): (usize, u64),
) -> Result<f64> {
    for id in plan.platforms() {
        let sql = "INSERT INTO platform (id, name, realm, created_at)";
        let values = format!("VALUES ('{id}', 'Bench', 'live', 0) ON CONFLICT DO NOTHING");
        postgres.execute(database, &format!("{sql} {values}"));
    }
    let file = folder.join("verification.pgbench");
    std::fs::write(&file, script(plan))?;
    let output = postgres
        .pgbench(database)
        .args(["-M", "prepared", "-j", "1", "-c", &clients.to_string()])
        .args(["-T", &seconds.to_string(), "-f"])
        .arg(&file)
        .output()?;
    let told = String::from_utf8_lossy(&output.stdout);
    let wrong = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "pgbench: {told}{wrong}");
    let line = told.lines().find_map(|line| line.strip_prefix("tps = "));
    let rate = line.and_then(|rest| rest.split_whitespace().next());
    rate.and_then(|rate| rate.parse().ok())
        .with_context(|| format!("pgbench told no rate: {told}{wrong}"))
}

fn script(plan: &Plan) -> String {
    let mut text = String::from("\\set n random(1, 1000000000000000)\n");
    for part in &plan.0 {
        if part.transaction {
            text.push_str("BEGIN;\n");
        }
        for step in &part.steps {
            write_step(&mut text, step);
        }
        if part.transaction {
            text.push_str("COMMIT;\n");
        }
    }
    text
}

fn write_step(text: &mut String, step: &Step) {
    let sql = step.sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = sql.as_str();
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        let digits = rest[at + 1..]
            .find(|c: char| !c.is_ascii_digit())
            .map_or(rest.len(), |end| at + 1 + end);
        let nth: usize = rest[at + 1..digits].parse().unwrap_or(0);
        let value = nth.checked_sub(1).and_then(|nth| step.values.get(nth));
        text.push_str(&value.map_or_else(|| "NULL".to_owned(), literal));
        rest = &rest[digits..];
    }
    text.push_str(rest);
    match step.keeps {
        Some(kept) => {
            let _ = writeln!(text, " \\gset {}_", word(kept));
        }
        None => text.push_str(";\n"),
    }
}

fn word(kept: Keeps) -> &'static str {
    match kept {
        Keeps::Audit => "audit",
        Keeps::Feed => "feed",
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        // Quoted it takes the type of its place: a social credit code may be of digits alone.
        Value::Number(number) => format!("'{number}'"),
        Value::Bool(true) => "TRUE".to_owned(),
        Value::Bool(false) => "FALSE".to_owned(),
        Value::Text(text) => format!(
            "'{}'",
            text.replace('\'', "''").replace(':', "'||chr(58)||'")
        ),
        Value::Bytes(hex) => format!("'\\x{hex}'::bytea"),
        Value::Id(id) => format!("'{id}'::uuid"),
        Value::OwnId(nth) => format!("md5('{nth} '||:n)::uuid"),
        Value::OwnDigest(nth) => format!("sha256(('{nth} '||:n)::bytea)"),
        Value::OwnText { nth, length } => format!("rpad(md5('{nth} '||:n), {length}, 'x')"),
        Value::After(kept, 0) => format!(":{}_seq", word(*kept)),
        Value::After(kept, by) => format!("(:{}_seq::bigint + {by})", word(*kept)),
    }
}
