//! How messages for webhook endpoints fared, for their platform.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_verification::{
    ids::{DeliveryId, EndpointId, PlatformId},
    ports::{
        LedgerError,
        feed::EventQuery,
        webhooks::{Attempt, Delivery, DeliveryFilter, DeliveryStatus, Endpoint, Webhooks},
    },
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Db, Result, Store};
use crate::words::{count, from_word, small, time, version, word};

type DeliveryRow = (Uuid, i64, String, i64, i64, Option<i64>);
type AttemptRow = (i64, i64, i64, Option<i64>, Option<String>);

fn attempt((nth, at, took_ms, status, error): AttemptRow) -> Result<Attempt> {
    Ok(Attempt {
        nth: small(nth)?,
        at: time(at)?,
        took_ms: count(took_ms)?,
        status: status.and_then(|status| u16::try_from(status).ok()),
        error,
    })
}

impl Store {
    async fn deliveries_page(
        &self,
        platform: PlatformId,
        endpoint: EndpointId,
        filter: DeliveryFilter,
        limit: u32,
    ) -> Result<Vec<Delivery>> {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT d.id, d.seq, d.status, d.attempts, d.due_at, d.finished_at
             FROM webhook_delivery d WHERE d.platform = ",
        );
        query.push_bind(platform.uuid());
        query.push(" AND d.endpoint = ").push_bind(endpoint.uuid());
        if let Some(status) = filter.status {
            query.push(" AND d.status = ").push_bind(word(&status));
        }
        if let Some(before) = filter.before {
            query.push(" AND d.seq < ").push_bind(version(before)?);
        }
        query
            .push(" ORDER BY d.seq DESC LIMIT ")
            .push_bind(i64::from(limit));
        let rows: Vec<DeliveryRow> = query.build_query_as().fetch_all(&self.reader).await?;
        let mut deliveries = Vec::with_capacity(rows.len());
        for (id, seq, status, attempts, due_at, finished_at) in rows {
            let status: DeliveryStatus = from_word("delivery status", status)?;
            let waits = status == DeliveryStatus::Pending;
            deliveries.push(Delivery {
                id: DeliveryId::new(id),
                event: self.event_numbered(platform.uuid(), seq).await?,
                status,
                attempts: small(attempts)?,
                next_at: waits.then(|| time(due_at)).transpose()?,
                finished_at: finished_at.map(time).transpose()?,
            });
        }
        Ok(deliveries)
    }

    async fn attempts_of(
        &self,
        platform: PlatformId,
        delivery: DeliveryId,
    ) -> Result<Vec<Attempt>> {
        let rows: Vec<AttemptRow> = sqlx::query_as(
            "SELECT a.nth, a.at, a.took_ms, a.status, a.error
             FROM webhook_attempt a JOIN webhook_delivery d ON d.id = a.delivery
             WHERE d.platform = $1 AND d.id = $2 ORDER BY a.nth",
        )
        .bind(platform.uuid())
        .bind(delivery.uuid())
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter().map(attempt).collect()
    }
}

#[async_trait]
impl Webhooks for Store {
    async fn put_endpoint(
        &self,
        endpoint: &Endpoint,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.store_endpoint(endpoint, now).await?)
    }

    async fn endpoint(
        &self,
        platform: PlatformId,
        id: EndpointId,
    ) -> Result<Option<Endpoint>, LedgerError> {
        Ok(self.find_endpoint(platform, id).await?)
    }

    async fn endpoints(&self, platform: PlatformId) -> Result<Vec<Endpoint>, LedgerError> {
        Ok(self.endpoints_of(platform).await?)
    }

    async fn remove_endpoint(
        &self,
        platform: PlatformId,
        id: EndpointId,
    ) -> Result<bool, LedgerError> {
        Ok(self.delete_endpoint(platform, id).await?)
    }

    async fn deliveries(
        &self,
        platform: PlatformId,
        endpoint: EndpointId,
        filter: DeliveryFilter,
        limit: u32,
    ) -> Result<Vec<Delivery>, LedgerError> {
        Ok(self
            .deliveries_page(platform, endpoint, filter, limit)
            .await?)
    }

    async fn attempts(
        &self,
        platform: PlatformId,
        delivery: DeliveryId,
    ) -> Result<Vec<Attempt>, LedgerError> {
        Ok(self.attempts_of(platform, delivery).await?)
    }

    async fn replay(
        &self,
        endpoint: &Endpoint,
        query: EventQuery,
        now: DateTime<Utc>,
    ) -> Result<u64, LedgerError> {
        Ok(self.replay_events(endpoint, query, now).await?)
    }
}
