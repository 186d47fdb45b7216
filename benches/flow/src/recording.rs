//! What a server asked its database for, read from PostgreSQL's log of statements: transactions in the order of their beginning.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context as _, Result, bail};

/// A statement with its parameters, as text; `None` is NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub sql: String,
    pub values: Vec<Option<String>>,
}

/// Statements that are committed together; a single one commits itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    pub statements: Vec<Statement>,
    pub transaction: bool,
}

/// One entry of the log: who wrote it, and what.
struct Entry<'a> {
    process: &'a str,
    level: &'a str,
    text: String,
}

/// Reads what stands between two marks (statements that hold these words).
pub fn read(log: &str, from: &str, to: &str) -> Result<Vec<Unit>> {
    let entries = entries(log);
    let at = |mark: &str| {
        let found = entries.iter().position(|entry| entry.text.contains(mark));
        found.with_context(|| format!("the log does not hold {mark}"))
    };
    let mut units: BTreeMap<usize, Unit> = BTreeMap::new();
    let mut open: HashMap<&str, usize> = HashMap::new();
    let mut last: HashMap<&str, usize> = HashMap::new();
    for (place, entry) in entries[at(from)? + 1..at(to)?].iter().enumerate() {
        if entry.level == "DETAIL" {
            note_values(
                entry,
                last.get(entry.process).and_then(|at| units.get_mut(at)),
            )?;
            continue;
        }
        let Some(sql) = statement(&entry.text) else {
            continue;
        };
        match sql.trim_end_matches(';') {
            "BEGIN" => {
                open.insert(entry.process, place);
                let begun = Unit {
                    transaction: true,
                    ..Unit::default()
                };
                units.insert(place, begun);
            }
            "COMMIT" | "ROLLBACK" => {
                open.remove(entry.process);
            }
            sql => {
                let at = open.get(entry.process).copied().unwrap_or(place);
                let unit = units.entry(at).or_default();
                unit.statements.push(Statement {
                    sql: sql.to_owned(),
                    values: Vec::new(),
                });
                last.insert(entry.process, at);
            }
        }
    }
    let told = |unit: &Unit| !unit.statements.iter().all(|one| is_upkeep(&one.sql));
    Ok(units.into_values().filter(told).collect())
}

/// What connections ask on their own.
fn is_upkeep(sql: &str) -> bool {
    sql.is_empty() || sql.starts_with("LISTEN") || sql.starts_with("SET ")
}

fn entries(log: &str) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for line in log.lines() {
        if let Some(more) = line.strip_prefix('\t') {
            if let Some(entry) = entries.last_mut() {
                entry.text.push('\n');
                entry.text.push_str(more);
            }
            continue;
        }
        let Some((process, rest)) = line
            .split_once('[')
            .and_then(|(_, rest)| rest.split_once("] "))
        else {
            continue;
        };
        if let Some((level, text)) = rest.split_once(':') {
            entries.push(Entry {
                process,
                level,
                text: text.trim_start().to_owned(),
            });
        }
    }
    entries
}

/// The SQL of `execute NAME: SQL` and of `statement: SQL`.
fn statement(text: &str) -> Option<&str> {
    if let Some(sql) = text.strip_prefix("statement: ") {
        return Some(sql.trim());
    }
    let (_, sql) = text.strip_prefix("execute ")?.split_once(": ")?;
    Some(sql.trim())
}

fn note_values(entry: &Entry<'_>, unit: Option<&mut Unit>) -> Result<()> {
    let text = entry.text.to_lowercase();
    if !text.starts_with("parameters: ") {
        return Ok(());
    }
    let values = values(&entry.text["parameters: ".len()..])?;
    let statement = unit.and_then(|unit| unit.statements.last_mut());
    statement.context("parameters without a statement")?.values = values;
    Ok(())
}

/// `$1 = 'it''s', $2 = NULL`.
fn values(mut text: &str) -> Result<Vec<Option<String>>> {
    let mut values = Vec::new();
    while !text.is_empty() {
        let (_, rest) = text.split_once(" = ").context("no value")?;
        if let Some(rest) = rest.strip_prefix("NULL") {
            values.push(None);
            text = rest.trim_start_matches(", ");
            continue;
        }
        let quoted = rest.strip_prefix('\'').context("no quote")?;
        let (value, used) = unquoted(quoted)?;
        values.push(Some(value));
        text = quoted[used..].trim_start_matches(", ");
    }
    Ok(values)
}

/// The text up to the closing quote, and how many bytes it took with it.
fn unquoted(text: &str) -> Result<(String, usize)> {
    let mut value = String::new();
    let mut at = 0;
    loop {
        let Some(quote) = text[at..].find('\'') else {
            bail!("a value without end");
        };
        value.push_str(&text[at..at + quote]);
        at += quote + 1;
        if !text[at..].starts_with('\'') {
            return Ok((value, at));
        }
        value.push('\'');
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
2026-01-01 00:00:00 UTC [7] LOG:  statement: SELECT 'from'
2026-01-01 00:00:00 UTC [8] LOG:  statement: BEGIN
2026-01-01 00:00:00 UTC [9] LOG:  execute sqlx_s_1: SELECT a
\t FROM b WHERE c = $1
2026-01-01 00:00:00 UTC [9] DETAIL:  Parameters: $1 = 'it''s'
2026-01-01 00:00:00 UTC [8] LOG:  execute sqlx_s_2: UPDATE d SET e = $1, f = $2
2026-01-01 00:00:00 UTC [8] DETAIL:  parameters: $1 = NULL, $2 = '\\x00'
2026-01-01 00:00:00 UTC [8] LOG:  statement: COMMIT
2026-01-01 00:00:00 UTC [7] LOG:  statement: SELECT 'to'
2026-01-01 00:00:00 UTC [7] LOG:  statement: SELECT 'after'
";

    #[test]
    fn a_log_becomes_transactions_with_their_values() {
        let units = read(LOG, "'from'", "'to'").expect("a log");
        let statement = |sql: &str, values: &[Option<&str>]| Statement {
            sql: sql.to_owned(),
            values: values
                .iter()
                .map(|value| value.map(str::to_owned))
                .collect(),
        };
        let written = statement("UPDATE d SET e = $1, f = $2", &[None, Some("\\x00")]);
        let read = statement("SELECT a\n FROM b WHERE c = $1", &[Some("it's")]);
        assert_eq!(units.len(), 2);
        assert_eq!(
            (&units[0].statements[..], units[0].transaction),
            (&[written][..], true)
        );
        assert_eq!(
            (&units[1].statements[..], units[1].transaction),
            (&[read][..], false)
        );
    }
}
