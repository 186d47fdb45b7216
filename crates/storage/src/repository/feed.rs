//! The feed of public events: written with the commit that they tell of, together with the deliveries that they cause.

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use shiming_verification::{
    change::Change,
    feed::{About, PublicEvent, PublicKind, public_kind_of_life},
    ids::{CredentialId, EventId, PlatformId},
    lifecycle::{LifeChange, LifeEvent},
    ports::{
        LedgerError,
        feed::{EventQuery, FedEvent, Feed},
    },
};
use sqlx::QueryBuilder;
use uuid::{Builder, Uuid};

use super::{Conn, Db, Result, Store, delivery};
use crate::words::{count, from_json, from_word, json, millis, time, version};

/// Tells what a change of a case means to its platform.
pub(super) async fn tell_change(conn: &mut Conn, change: &Change) -> Result<()> {
    let (case, at) = (change.case.id.uuid(), change.case.version);
    let events = change.public_events(|nth| event_id(case, at, nth));
    tell(conn, &events).await
}

/// Tells that a credential changed.
pub(super) async fn tell_life(
    conn: &mut Conn,
    change: &LifeChange,
    event: LifeEvent,
) -> Result<()> {
    let credential = change.credential;
    let owner: Option<(Uuid, String)> =
        sqlx::query_as("SELECT platform, account_id FROM credential WHERE id = $1")
            .bind(credential.uuid())
            .fetch_optional(&mut *conn)
            .await?;
    let Some((platform, account_id)) = owner else {
        return Ok(());
    };
    let event = PublicEvent {
        id: event_id(credential.uuid(), change.life.version, 0),
        platform: PlatformId::new(platform),
        kind: public_kind_of_life(event),
        stream: stream_of_credential(credential),
        about: About {
            credential_id: Some(credential),
            account_id: Some(account_id),
            ..About::default()
        },
        at: change.at,
    };
    tell(conn, &[event]).await
}

const fn stream_of_credential(credential: CredentialId) -> Uuid {
    credential.uuid()
}

/// Derived from what it tells of, so that a decision that is made again tells the same events.
fn event_id(subject: Uuid, version: u64, nth: usize) -> EventId {
    let digest = Sha256::new()
        .chain_update(subject.as_bytes())
        .chain_update(version.to_be_bytes())
        .chain_update(nth.to_be_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    EventId::new(Builder::from_custom_bytes(bytes).into_uuid())
}

/// Appends events of one platform. Whoever appends holds the platform's row, so that numbers have no gaps and grow in the
/// order of the commits: a reader that has seen number n has missed nothing below it.
async fn tell(conn: &mut Conn, events: &[PublicEvent]) -> Result<()> {
    let Some(first) = events.first() else {
        return Ok(());
    };
    let (last,): (i64,) = sqlx::query_as(
        "INSERT INTO feed_head (platform, seq) VALUES ($1, $2)
         ON CONFLICT (platform) DO UPDATE SET seq = feed_head.seq + excluded.seq RETURNING seq",
    )
    .bind(first.platform.uuid())
    .bind(i64::try_from(events.len()).unwrap_or(i64::MAX))
    .fetch_one(&mut *conn)
    .await?;
    let begin = last + 1 - i64::try_from(events.len()).unwrap_or(i64::MAX);
    for (seq, event) in (begin..).zip(events) {
        insert(conn, event, seq).await?;
    }
    delivery::fan_out(conn, events, begin).await
}

async fn insert(conn: &mut Conn, event: &PublicEvent, seq: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO public_event (platform, seq, id, kind, stream, data, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(event.platform.uuid())
    .bind(seq)
    .bind(event.id.uuid())
    .bind(event.kind.as_str())
    .bind(event.stream)
    .bind(json(&event.about))
    .bind(millis(event.at))
    .execute(conn)
    .await?;
    Ok(())
}

/// An event as it lies in its table.
#[derive(sqlx::FromRow)]
pub(super) struct EventRow {
    platform: Uuid,
    pub(super) seq: i64,
    id: Uuid,
    kind: String,
    stream: Uuid,
    data: String,
    at: i64,
}

/// The columns of [`EventRow`], of a table named `e`.
pub(super) const COLUMNS: &str = "e.platform, e.seq, e.id, e.kind, e.stream, e.data, e.at";

impl EventRow {
    pub(super) fn read(self) -> Result<FedEvent> {
        let kind: PublicKind = from_word("public event", self.kind)?;
        Ok(FedEvent {
            seq: count(self.seq)?,
            event: PublicEvent {
                id: EventId::new(self.id),
                platform: PlatformId::new(self.platform),
                kind,
                stream: self.stream,
                about: from_json("public event", self.data.as_bytes())?,
                at: time(self.at)?,
            },
        })
    }
}

impl Store {
    async fn publish_once(&self, event: &PublicEvent) -> Result<()> {
        let mut tx = self.begin().await?;
        let known: Option<i64> = sqlx::query_scalar("SELECT seq FROM public_event WHERE id = $1")
            .bind(event.id.uuid())
            .fetch_optional(&mut *tx)
            .await?;
        if known.is_none() {
            tell(&mut tx, std::slice::from_ref(event)).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn find_event(&self, platform: PlatformId, id: EventId) -> Result<Option<FedEvent>> {
        let mut query = QueryBuilder::<Db>::new("SELECT ");
        query
            .push(COLUMNS)
            .push(" FROM public_event e WHERE e.platform = ");
        query.push_bind(platform.uuid());
        query.push(" AND e.id = ").push_bind(id.uuid());
        let row: Option<EventRow> = query.build_query_as().fetch_optional(&self.reader).await?;
        row.map(EventRow::read).transpose()
    }

    pub(super) async fn list_events(
        &self,
        platform: PlatformId,
        wanted: EventQuery,
        limit: u32,
    ) -> Result<Vec<FedEvent>> {
        let mut query = QueryBuilder::<Db>::new("SELECT ");
        query
            .push(COLUMNS)
            .push(" FROM public_event e WHERE e.platform = ");
        query.push_bind(platform.uuid());
        narrow(&mut query, &wanted)?;
        let order = if wanted.oldest_first { "ASC" } else { "DESC" };
        query.push(" ORDER BY e.seq ").push(order);
        query.push(" LIMIT ").push_bind(i64::from(limit));
        let rows: Vec<EventRow> = query.build_query_as().fetch_all(&self.reader).await?;
        rows.into_iter().map(EventRow::read).collect()
    }
}

/// The conditions of a query on a table named `e`.
pub(super) fn narrow(query: &mut QueryBuilder<Db>, wanted: &EventQuery) -> Result<()> {
    if let Some(kind) = wanted.kind {
        query.push(" AND e.kind = ").push_bind(kind.as_str());
    }
    if let Some(case) = wanted.case {
        query.push(" AND e.stream = ").push_bind(case.uuid());
    }
    if let Some(since) = wanted.since {
        query.push(" AND e.at >= ").push_bind(millis(since));
    }
    if let Some(until) = wanted.until {
        query.push(" AND e.at < ").push_bind(millis(until));
    }
    if let Some(after) = wanted.after {
        let later = if wanted.oldest_first {
            " AND e.seq > "
        } else {
            " AND e.seq < "
        };
        query.push(later).push_bind(version(after)?);
    }
    Ok(())
}

#[async_trait]
impl Feed for Store {
    async fn publish(&self, event: &PublicEvent) -> Result<(), LedgerError> {
        Ok(self.publish_once(event).await?)
    }

    async fn event(
        &self,
        platform: PlatformId,
        id: EventId,
    ) -> Result<Option<FedEvent>, LedgerError> {
        Ok(self.find_event(platform, id).await?)
    }

    async fn events(
        &self,
        platform: PlatformId,
        query: EventQuery,
        limit: u32,
    ) -> Result<Vec<FedEvent>, LedgerError> {
        Ok(self.list_events(platform, query, limit).await?)
    }
}
