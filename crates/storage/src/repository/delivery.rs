//! Messages for webhook endpoints: queued with the commit that they tell of, leased to senders, logged.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_verification::{
    feed::{PublicEvent, PublicKind},
    ids::{DeliveryId, EndpointId},
    ports::{
        LedgerError,
        feed::EventQuery,
        webhooks::{Attempt, Endpoint, LeasedDelivery, OffReason, Outbox, Outcome},
    },
};
use sqlx::{AssertSqlSafe, QueryBuilder};
use uuid::Uuid;

use super::{Conn, Db, Result, SKIP_LOCKED, Store, feed};
use crate::words::{from_json, millis, small, time, version};

/// Events that a replay looks at in one go.
const REPLAYED_AT_ONCE: u32 = 500;

/// Queues events for the endpoints that want them, with the commit that tells them. What an endpoint that is switched off
/// misses, it gets when it is switched on again.
pub(super) async fn fan_out(conn: &mut Conn, events: &[PublicEvent], begin: i64) -> Result<()> {
    let Some(first) = events.first() else {
        return Ok(());
    };
    let endpoints: Vec<(Uuid, String)> =
        sqlx::query_as("SELECT id, events FROM webhook_endpoint WHERE platform = $1")
            .bind(first.platform.uuid())
            .fetch_all(&mut *conn)
            .await?;
    for (endpoint, wanted) in endpoints {
        let wanted: Vec<PublicKind> = from_json("event filter", wanted.as_bytes())?;
        for (seq, event) in (begin..).zip(events) {
            if wanted.is_empty() || wanted.contains(&event.kind) {
                queue(conn, endpoint, event, seq, millis(event.at)).await?;
            }
        }
    }
    Ok(())
}

/// Queues one message; one that was sent or given up begins a new round.
async fn queue(
    conn: &mut Conn,
    endpoint: Uuid,
    event: &PublicEvent,
    seq: i64,
    now: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO webhook_delivery (id, endpoint, platform, seq, stream, status, round,
           attempts, due_at, created_at)
         VALUES ($1, $2, $3, $4, $5, 'pending', 0, 0, $6, $6)
         ON CONFLICT (endpoint, seq) DO UPDATE SET status = 'pending', round = 0,
           due_at = excluded.due_at, finished_at = NULL
         WHERE webhook_delivery.status <> 'pending'",
    )
    .bind(delivery_id(endpoint, event.id.uuid()))
    .bind(endpoint)
    .bind(event.platform.uuid())
    .bind(seq)
    .bind(event.stream)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// One message per endpoint and event.
fn delivery_id(endpoint: Uuid, event: Uuid) -> Uuid {
    let mixed = endpoint.as_u128() ^ event.as_u128().rotate_left(64);
    uuid::Builder::from_custom_bytes(mixed.to_be_bytes()).into_uuid()
}

type LeasedRow = (Uuid, Uuid, i64, i64, i64, i64);

impl Store {
    async fn lease_messages(
        &self,
        endpoint: EndpointId,
        limit: u32,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<LeasedDelivery>> {
        let sql = format!(
            "WITH due AS MATERIALIZED (
               SELECT d.id FROM webhook_delivery d
               WHERE d.endpoint = $1 AND d.status = 'pending' AND d.due_at <= $2
                 AND NOT EXISTS (SELECT 1 FROM webhook_delivery o
                   WHERE o.endpoint = d.endpoint AND o.stream = d.stream
                     AND o.status = 'pending' AND o.seq < d.seq)
               ORDER BY d.seq LIMIT $3 {SKIP_LOCKED})
             UPDATE webhook_delivery SET due_at = $4, round = round + 1, attempts = attempts + 1
             WHERE id IN (SELECT id FROM due)
             RETURNING id, platform, seq, round, attempts, created_at"
        );
        let mut rows: Vec<LeasedRow> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(endpoint.uuid())
            .bind(millis(now))
            .bind(i64::from(limit))
            .bind(millis(until))
            .fetch_all(&self.writer)
            .await?;
        rows.sort_by_key(|row| row.2);
        let mut leased = Vec::with_capacity(rows.len());
        for (id, platform, seq, round, attempts, created_at) in rows {
            leased.push(LeasedDelivery {
                id: DeliveryId::new(id),
                event: self.event_numbered(platform, seq).await?,
                round: small(round)?,
                attempts: small(attempts)?,
                created_at: time(created_at)?,
            });
        }
        Ok(leased)
    }

    async fn note(&self, delivery: DeliveryId, attempt: &Attempt, outcome: Outcome) -> Result<()> {
        let (status, due, finished) = match outcome {
            Outcome::Delivered => ("delivered", attempt.at, Some(attempt.at)),
            Outcome::Again(at) => ("pending", at, None),
            Outcome::GivenUp => ("failed", attempt.at, Some(attempt.at)),
        };
        let mut tx = self.begin().await?;
        let done = sqlx::query(
            "UPDATE webhook_delivery SET status = $1, due_at = $2, finished_at = $3
             WHERE id = $4 AND attempts = $5 AND status = 'pending'",
        )
        .bind(status)
        .bind(millis(due))
        .bind(finished.map(millis))
        .bind(delivery.uuid())
        .bind(i64::from(attempt.nth))
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() > 0 {
            insert_attempt(&mut tx, delivery, attempt).await?;
        }
        Ok(tx.commit().await?)
    }

    pub(super) async fn replay_events(
        &self,
        endpoint: &Endpoint,
        wanted: EventQuery,
        now: DateTime<Utc>,
    ) -> Result<u64> {
        let mut wanted = EventQuery {
            oldest_first: true,
            ..wanted
        };
        let mut replayed = 0;
        loop {
            let events = self
                .list_events(endpoint.platform, wanted, REPLAYED_AT_ONCE)
                .await?;
            let Some(last) = events.last() else {
                return Ok(replayed);
            };
            wanted.after = Some(last.seq);
            let mut tx = self.begin().await?;
            for fed in &events {
                let kind = fed.event.kind;
                if endpoint.events.is_empty() || endpoint.events.contains(&kind) {
                    let (id, seq) = (endpoint.id.uuid(), version(fed.seq)?);
                    queue(&mut tx, id, &fed.event, seq, millis(now)).await?;
                    replayed += 1;
                }
            }
            tx.commit().await?;
        }
    }

    pub(super) async fn event_numbered(
        &self,
        platform: Uuid,
        seq: i64,
    ) -> Result<shiming_verification::ports::feed::FedEvent> {
        let mut query = QueryBuilder::<Db>::new("SELECT ");
        query
            .push(feed::COLUMNS)
            .push(" FROM public_event e WHERE e.platform = ");
        query
            .push_bind(platform)
            .push(" AND e.seq = ")
            .push_bind(seq);
        let row: feed::EventRow = query.build_query_as().fetch_one(&self.reader).await?;
        row.read()
    }
}

async fn insert_attempt(conn: &mut Conn, delivery: DeliveryId, attempt: &Attempt) -> Result<()> {
    sqlx::query(
        "INSERT INTO webhook_attempt (delivery, nth, at, took_ms, status, error)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(delivery.uuid())
    .bind(i64::from(attempt.nth))
    .bind(millis(attempt.at))
    .bind(version(attempt.took_ms)?)
    .bind(attempt.status.map(i64::from))
    .bind(&attempt.error)
    .execute(conn)
    .await?;
    Ok(())
}

#[async_trait]
impl Outbox for Store {
    async fn due_endpoints(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Endpoint>, LedgerError> {
        Ok(self.endpoints_with_due(now, limit).await?)
    }

    async fn lease_deliveries(
        &self,
        endpoint: EndpointId,
        limit: u32,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<LeasedDelivery>, LedgerError> {
        Ok(self.lease_messages(endpoint, limit, now, until).await?)
    }

    async fn note_attempt(
        &self,
        delivery: DeliveryId,
        attempt: &Attempt,
        outcome: Outcome,
    ) -> Result<(), LedgerError> {
        Ok(self.note(delivery, attempt, outcome).await?)
    }

    async fn note_health(
        &self,
        endpoint: EndpointId,
        failed_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.set_health(endpoint, failed_at, now).await?)
    }

    async fn pause_endpoint(
        &self,
        endpoint: EndpointId,
        until: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.pause(endpoint, until).await?)
    }

    async fn switch_off(
        &self,
        endpoint: EndpointId,
        reason: OffReason,
    ) -> Result<bool, LedgerError> {
        Ok(self.turn_off(endpoint, reason).await?)
    }
}
