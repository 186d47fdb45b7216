//! The directory of bank branches.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_identifiers::Cnaps;
use shiming_verification::{
    bank::Branch,
    ports::{
        LedgerError,
        bank::{BranchDirectory, BranchQuery, BranchRegions},
    },
};
use sqlx::QueryBuilder;

use super::{Conn, Db, Result, Store};
use crate::{StoreError, words::millis};

/// Rows of one statement; six values each, far below what either engine takes.
const ROWS_A_STATEMENT: usize = 500;

type BranchRow = (String, String, String, String, String);

fn branch((cnaps, bank, name, province, city): BranchRow) -> Result<Branch> {
    let cnaps = Cnaps::parse(&cnaps).map_err(|_| StoreError::Unreadable { what: "CNAPS code" })?;
    Ok(Branch {
        cnaps,
        bank,
        name,
        province,
        city,
    })
}

/// A text as names are searched: without spaces, folded, lower case.
fn search_key(text: &str) -> String {
    shiming_identifiers::normalise(text).to_lowercase()
}

/// A pattern that finds the text anywhere, whatever signs it holds.
fn anywhere(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}

impl Store {
    async fn branch_of(&self, cnaps: &Cnaps) -> Result<Option<Branch>> {
        let row: Option<BranchRow> = sqlx::query_as(
            "SELECT cnaps, bank, name, province, city FROM bank_branch WHERE cnaps = $1",
        )
        .bind(cnaps.as_str().to_owned())
        .fetch_optional(&self.reader)
        .await?;
        row.map(branch).transpose()
    }

    async fn search_branches(&self, wanted: &BranchQuery, limit: u32) -> Result<Vec<Branch>> {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT cnaps, bank, name, province, city FROM bank_branch WHERE TRUE",
        );
        for (column, value) in [
            (" AND bank = ", &wanted.bank),
            (" AND province = ", &wanted.province),
            (" AND city = ", &wanted.city),
        ] {
            if let Some(value) = value {
                query.push(column).push_bind(value.clone());
            }
        }
        let text = search_key(&wanted.text);
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            query.push(" AND cnaps LIKE ").push_bind(format!("{text}%"));
        } else if !text.is_empty() {
            query
                .push(" AND search_key LIKE ")
                .push_bind(anywhere(&text));
            query.push(" ESCAPE '\\'");
        }
        query
            .push(" ORDER BY cnaps LIMIT ")
            .push_bind(i64::from(limit));
        let rows: Vec<BranchRow> = query.build_query_as().fetch_all(&self.reader).await?;
        rows.into_iter().map(branch).collect()
    }

    async fn regions(&self) -> Result<BranchRegions> {
        let banks = "SELECT bank FROM bank_branch GROUP BY bank ORDER BY MIN(cnaps)";
        let banks: Vec<String> = sqlx::query_scalar(banks).fetch_all(&self.reader).await?;
        let cities = "SELECT province, city FROM bank_branch GROUP BY province, city
             ORDER BY province, city";
        let cities: Vec<(String, String)> = sqlx::query_as(cities).fetch_all(&self.reader).await?;
        let mut provinces: Vec<(String, Vec<String>)> = Vec::new();
        for (province, city) in cities {
            match provinces.last_mut() {
                Some((name, cities)) if *name == province => cities.push(city),
                _ => provinces.push((province, vec![city])),
            }
        }
        Ok(BranchRegions { banks, provinces })
    }

    async fn write_branches(&self, branches: &[Branch], now: DateTime<Utc>) -> Result<(u64, u64)> {
        let mut rows: Vec<_> = branches.iter().rev().collect();
        rows.sort_by(|one, other| one.cnaps.cmp(&other.cnaps));
        rows.dedup_by(|later, first| later.cnaps == first.cnaps);
        let (mut inserted, mut updated) = (0, 0);
        let mut tx = self.begin().await?;
        for chunk in rows.chunks(ROWS_A_STATEMENT) {
            inserted += put(&mut tx, chunk, now, "DO NOTHING").await?;
            updated += put(&mut tx, chunk, now, UPDATE_IF_DIFFERENT).await?;
        }
        tx.commit().await?;
        Ok((inserted, updated))
    }
}

const UPDATE_IF_DIFFERENT: &str = "DO UPDATE SET bank = excluded.bank, name = excluded.name,
       search_key = excluded.search_key, province = excluded.province, city = excluded.city,
       updated_at = excluded.updated_at
     WHERE bank_branch.bank <> excluded.bank OR bank_branch.name <> excluded.name
       OR bank_branch.province <> excluded.province OR bank_branch.city <> excluded.city";

async fn put(
    conn: &mut Conn,
    rows: &[&Branch],
    now: DateTime<Utc>,
    on_conflict: &str,
) -> Result<u64> {
    let mut query = QueryBuilder::<Db>::new(
        "INSERT INTO bank_branch (cnaps, bank, name, search_key, province, city, updated_at) ",
    );
    query.push_values(rows, |mut row, branch| {
        row.push_bind(branch.cnaps.as_str())
            .push_bind(branch.bank.as_str())
            .push_bind(branch.name.as_str())
            .push_bind(search_key(&branch.name))
            .push_bind(branch.province.as_str())
            .push_bind(branch.city.as_str())
            .push_bind(millis(now));
    });
    query.push(" ON CONFLICT (cnaps) ").push(on_conflict);
    Ok(query.build().execute(conn).await?.rows_affected())
}

#[async_trait]
impl BranchDirectory for Store {
    async fn branch(&self, cnaps: &Cnaps) -> Result<Option<Branch>, LedgerError> {
        Ok(self.branch_of(cnaps).await?)
    }

    async fn find_branches(
        &self,
        query: &BranchQuery,
        limit: u32,
    ) -> Result<Vec<Branch>, LedgerError> {
        Ok(self.search_branches(query, limit).await?)
    }

    async fn branch_regions(&self) -> Result<BranchRegions, LedgerError> {
        Ok(self.regions().await?)
    }

    async fn put_branches(
        &self,
        branches: &[Branch],
        now: DateTime<Utc>,
    ) -> Result<(u64, u64), LedgerError> {
        Ok(self.write_branches(branches, now).await?)
    }
}
