//! Appending to the audit trail, within the transaction whose doing it tells.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_audit::{Actor, ActorKind, AnchorSigner, Audit, AuditError, Entry, Hash, Head, Record};
use shiming_vault::{BlindIndex, DataKey, IndexKey};
use shiming_verification::{
    change::{Change, Event, Party},
    lifecycle::{LifeChange, Revocation, Standing, Suspension},
    words::Realm,
};

use super::{Conn, Result, Store};
use crate::{
    StoreError,
    words::{count, json, millis, version, word},
};

/// What the trail is sealed and signed with; both come from one data key, which is not in the database in the clear.
pub(crate) struct AuditKeys {
    seal: IndexKey,
    pub(super) signer: AnchorSigner,
}

impl AuditKeys {
    pub(super) fn new(key: &DataKey) -> Self {
        Self {
            seal: BlindIndex::new(key).purpose("audit entry"),
            signer: AnchorSigner::from_seed(&key.derive("audit anchor")),
        }
    }

    pub(super) fn seal(&self, hash: &Hash) -> [u8; 32] {
        self.seal.of(hash).0
    }
}

/// What a change of a case leaves in the trail: one record for each event.
pub(super) fn of_change(change: &Change) -> Vec<Record> {
    change
        .events
        .iter()
        .map(|event| of_event(change, event))
        .collect()
}

fn of_event(change: &Change, event: &Event) -> Record {
    let actor = match (change.by, event.kind.party()) {
        // In test mode the platform plays the reviewers, too.
        (Some(_), _) if change.case.realm == Realm::Test => {
            Actor::platform(change.case.account.platform)
        }
        (Some(operator), _) => Actor::operator(operator),
        (None, Party::Platform) => Actor::platform(change.case.account.platform),
        (None, Party::Applicant) => Actor::unnamed(ActorKind::Applicant),
        (None, Party::LegalRepresentative) => Actor::unnamed(ActorKind::LegalRepresentative),
        (None, Party::Operator) => Actor::unnamed(ActorKind::Operator),
        (None, Party::System) => Actor::system(),
    };
    let record = Record::new(actor, format!("case.{}", word(&event.kind)), event.at)
        .about(change.case.id)
        .with("state", change.case.state.name())
        .with("version", change.case.version);
    match event.code {
        Some(code) => record.with("code", code.as_str()),
        None => record,
    }
}

/// What a change of a credential's life leaves in the trail.
pub(super) fn of_life(change: &LifeChange) -> Vec<Record> {
    let Some(event) = change.event else {
        return Vec::new();
    };
    let (actor, cause) = match &change.life.standing {
        Standing::Revoked { cause, .. } => {
            let actor = match cause {
                Revocation::Operator => Actor::unnamed(ActorKind::Operator),
                Revocation::Platform | Revocation::AccountClosed => {
                    Actor::unnamed(ActorKind::Platform)
                }
                Revocation::Source | Revocation::Expired => Actor::system(),
            };
            (actor, Some(word(cause)))
        }
        Standing::Suspended { cause, .. } => {
            let actor = match cause {
                Suspension::Operator => Actor::unnamed(ActorKind::Operator),
                Suspension::Registry | Suspension::Overdue | Suspension::Source => Actor::system(),
            };
            (actor, Some(word(cause)))
        }
        _ => (Actor::system(), None),
    };
    let record = Record::new(actor, format!("credential.{}", event.as_str()), change.at)
        .about(change.credential)
        .with("status", word(&change.life.status()));
    vec![match cause {
        Some(cause) => record.with("cause", cause),
        None => record,
    }]
}

/// A key is gone, and with it what it sealed.
pub(super) fn key_erased(of: &str, now: DateTime<Utc>) -> Record {
    Record::new(Actor::system(), "key.erased", now).with("of", of)
}

/// What a case's scans had left is gone.
pub(super) fn scans_erased(now: DateTime<Utc>) -> Record {
    Record::new(Actor::system(), "case.scans_erased", now)
}

impl Store {
    /// Appends records. The end of the chain is held from here to the end of the transaction, so call it last.
    pub(super) async fn append(&self, conn: &mut Conn, records: Vec<Record>) -> Result<()> {
        if records.is_empty() {
            return Ok(());
        }
        let mut head = hold_head(conn).await?;
        for record in records {
            let entry = Entry::after(head.seq, &head.hash, record);
            head = Head {
                seq: entry.seq,
                hash: entry.hash,
            };
            self.insert_entry(conn, &entry).await?;
        }
        sqlx::query("UPDATE audit_head SET seq = $1, hash = $2 WHERE id = 1")
            .bind(version(head.seq)?)
            .bind(head.hash.to_vec())
            .execute(conn)
            .await?;
        Ok(())
    }

    async fn insert_entry(&self, conn: &mut Conn, entry: &Entry) -> Result<()> {
        let record = &entry.record;
        sqlx::query(
            "INSERT INTO audit_entry
               (seq, at, actor_kind, actor_id, action, subject, detail, hash, seal)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(version(entry.seq)?)
        .bind(millis(record.at))
        .bind(record.actor.kind.as_str())
        .bind(record.actor.id.as_deref())
        .bind(&record.action)
        .bind(record.subject.as_deref())
        .bind(json(&record.detail))
        .bind(entry.hash.to_vec())
        .bind(self.audit.seal(&entry.hash).to_vec())
        .execute(conn)
        .await?;
        Ok(())
    }
}

/// The end of the chain. The update takes the row's lock, so that others who append wait for this transaction's end.
async fn hold_head(conn: &mut Conn) -> Result<Head> {
    let row: (i64, Vec<u8>) =
        sqlx::query_as("UPDATE audit_head SET seq = seq WHERE id = 1 RETURNING seq, hash")
            .fetch_one(conn)
            .await?;
    head(row)
}

pub(super) fn head((seq, hash): (i64, Vec<u8>)) -> Result<Head> {
    Ok(Head {
        seq: count(seq)?,
        hash: hash_of(&hash)?,
    })
}

pub(super) fn hash_of(bytes: &[u8]) -> Result<Hash> {
    bytes
        .try_into()
        .map_err(|_| StoreError::Unreadable { what: "audit hash" })
}

#[async_trait]
impl Audit for Store {
    async fn record(&self, records: Vec<Record>) -> Result<(), AuditError> {
        let mut tx = self.begin().await?;
        self.append(&mut tx, records).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }
}
