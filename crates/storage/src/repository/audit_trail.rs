//! Reading the audit trail, and its anchors.

use std::collections::BTreeMap;

use async_trait::async_trait;
use shiming_audit::{
    Actor, ActorKind, Anchor, AnchorSigner, AuditError, AuditFilter, AuditTrail, Entry, Head,
    Record, Stored,
};
use sqlx::QueryBuilder;

use super::{
    Db, Result, Store,
    audit::{hash_of, head},
};
use crate::words::{count, from_json, millis, time, version};

#[derive(sqlx::FromRow)]
struct EntryRow {
    seq: i64,
    at: i64,
    actor_kind: String,
    actor_id: Option<String>,
    action: String,
    subject: Option<String>,
    detail: String,
    hash: Vec<u8>,
    seal: Vec<u8>,
}

impl EntryRow {
    /// The entry as it stands. Whatever can't be read is an entry that was tampered with, which the chain will say; so
    /// nothing here may stop the reader.
    fn entry(&self) -> Result<Entry> {
        let detail: BTreeMap<String, String> =
            from_json("audit detail", self.detail.as_bytes()).unwrap_or_default();
        let kind = ActorKind::of(&self.actor_kind).unwrap_or(ActorKind::System);
        let mut record = Record::new(
            Actor {
                id: self.actor_id.clone(),
                kind,
            },
            self.action.clone(),
            time(self.at)?,
        );
        record.subject.clone_from(&self.subject);
        record.detail = detail;
        Ok(Entry {
            seq: count(self.seq)?,
            record,
            hash: hash_of(&self.hash).unwrap_or_default(),
        })
    }
}

const COLUMNS: &str = "SELECT seq, at, actor_kind, actor_id, action, subject, detail, hash, seal \
                       FROM audit_entry WHERE ";

impl Store {
    async fn trail_from(&self, seq: u64, limit: u32) -> Result<Vec<Stored>> {
        let mut query = QueryBuilder::<Db>::new(COLUMNS);
        query.push("seq >= ").push_bind(version(seq)?);
        query
            .push(" ORDER BY seq LIMIT ")
            .push_bind(i64::from(limit));
        let rows: Vec<EntryRow> = query.build_query_as().fetch_all(&self.reader).await?;
        rows.iter()
            .map(|row| {
                let entry = row.entry()?;
                let sealed_by_us = row.seal == self.audit.seal(&entry.hash);
                Ok(Stored {
                    entry,
                    sealed_by_us,
                })
            })
            .collect()
    }

    async fn filtered(
        &self,
        filter: &AuditFilter,
        below: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Entry>> {
        let mut query = QueryBuilder::<Db>::new(COLUMNS);
        query.push("seq < ").push_bind(match below {
            Some(below) => version(below)?,
            None => i64::MAX,
        });
        if let Some(kind) = filter.actor_kind {
            query.push(" AND actor_kind = ").push_bind(kind.as_str());
        }
        let texts = [
            (" AND actor_id = ", &filter.actor_id),
            (" AND subject = ", &filter.subject),
        ];
        for (condition, text) in texts {
            if let Some(text) = text {
                query.push(condition).push_bind(text.clone());
            }
        }
        // Each has an index in the list's order, which the beginning of a word could not have.
        match filter.action.as_deref().map(|text| text.split_once('.')) {
            Some(Some((area, ""))) => {
                query.push(" AND area = ").push_bind(area.to_owned());
            }
            Some(Some(_)) => {
                query
                    .push(" AND action = ")
                    .push_bind(filter.action.clone());
            }
            Some(None) => {
                query.push(" AND area = ").push_bind(filter.action.clone());
            }
            None => {}
        }
        if let Some(since) = filter.since {
            query.push(" AND at >= ").push_bind(millis(since));
        }
        if let Some(until) = filter.until {
            query.push(" AND at < ").push_bind(millis(until));
        }
        query
            .push(" ORDER BY seq DESC LIMIT ")
            .push_bind(i64::from(limit));
        let rows: Vec<EntryRow> = query.build_query_as().fetch_all(&self.reader).await?;
        rows.iter().map(EntryRow::entry).collect()
    }

    async fn audit_head(&self) -> Result<Head> {
        let sql = "SELECT seq, hash FROM audit_head WHERE id = 1";
        head(sqlx::query_as(sql).fetch_one(&self.reader).await?)
    }

    async fn all_anchors(&self) -> Result<Vec<Anchor>> {
        let sql = "SELECT seq, at, hash, public_key, signature FROM audit_anchor ORDER BY seq";
        let rows: Vec<(i64, i64, Vec<u8>, String, String)> =
            sqlx::query_as(sql).fetch_all(&self.reader).await?;
        rows.into_iter()
            .map(|(seq, at, hash, key, signature)| {
                Ok(Anchor {
                    at: time(at)?,
                    hash: hash_of(&hash)?,
                    key,
                    seq: count(seq)?,
                    signature,
                })
            })
            .collect()
    }

    async fn insert_anchor(&self, anchor: &Anchor) -> Result<()> {
        sqlx::query(
            "INSERT INTO audit_anchor (seq, at, hash, public_key, signature)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (seq) DO NOTHING",
        )
        .bind(version(anchor.seq)?)
        .bind(millis(anchor.at))
        .bind(anchor.hash.to_vec())
        .bind(&anchor.key)
        .bind(&anchor.signature)
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}

#[async_trait]
impl AuditTrail for Store {
    async fn entries_from(&self, seq: u64, limit: u32) -> Result<Vec<Stored>, AuditError> {
        Ok(self.trail_from(seq, limit).await?)
    }

    async fn find_entries(
        &self,
        filter: &AuditFilter,
        below: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Entry>, AuditError> {
        Ok(self.filtered(filter, below, limit).await?)
    }

    async fn head(&self) -> Result<Head, AuditError> {
        Ok(self.audit_head().await?)
    }

    async fn anchors(&self) -> Result<Vec<Anchor>, AuditError> {
        Ok(self.all_anchors().await?)
    }

    async fn keep_anchor(&self, anchor: &Anchor) -> Result<(), AuditError> {
        Ok(self.insert_anchor(anchor).await?)
    }

    fn signer(&self) -> &AnchorSigner {
        &self.audit.signer
    }
}
