//! Webhook endpoints.

use chrono::{DateTime, Utc};
use shiming_vault::Owner;
use shiming_verification::{
    ids::{EndpointId, PlatformId},
    ports::webhooks::{Endpoint, OffReason, SigningSecret},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Db, Result, Store, data_key};
use crate::words::{from_json, from_word, json, millis, time, word};

/// For what an endpoint's key seals its secrets.
const PURPOSE: &str = "signing secrets";

fn owner(id: EndpointId) -> Owner {
    Owner::stored(format!("endpoint:{id}"))
}

#[derive(sqlx::FromRow)]
struct EndpointRow {
    id: Uuid,
    platform: Uuid,
    url: String,
    description: String,
    events: String,
    reason: Option<String>,
    created_at: i64,
    failing_since: Option<i64>,
    key_owner: String,
    wrapped: Vec<u8>,
    secrets: Vec<u8>,
}

const ENDPOINT: &str =
    "SELECT w.id, w.platform, w.url, w.description, w.events, w.reason, w.created_at,
       w.failing_since, w.key_owner, k.wrapped, w.secrets
     FROM webhook_endpoint w JOIN data_key k ON k.owner = w.key_owner WHERE ";

impl Store {
    fn open_endpoint(&self, row: EndpointRow) -> Result<Endpoint> {
        let owner = Owner::stored(row.key_owner);
        let secrets: Vec<SigningSecret> =
            self.seals
                .open_json(owner, &row.wrapped, PURPOSE, &row.secrets)?;
        Ok(Endpoint {
            id: EndpointId::new(row.id),
            platform: PlatformId::new(row.platform),
            url: row.url,
            description: row.description,
            events: from_json("event filter", row.events.as_bytes())?,
            off: row
                .reason
                .map(|reason| from_word("reason", reason))
                .transpose()?,
            secrets,
            created_at: time(row.created_at)?,
            failing_since: row.failing_since.map(time).transpose()?,
        })
    }

    async fn open_endpoints(&self, mut query: QueryBuilder<Db>) -> Result<Vec<Endpoint>> {
        let rows: Vec<EndpointRow> = query.build_query_as().fetch_all(&self.reader).await?;
        rows.into_iter()
            .map(|row| self.open_endpoint(row))
            .collect()
    }

    pub(super) async fn store_endpoint(
        &self,
        endpoint: &Endpoint,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        let key = data_key::get_or_create(&mut tx, &self.seals, owner(endpoint.id)).await?;
        sqlx::query(
            "INSERT INTO webhook_endpoint
               (id, platform, url, description, events, status, reason, key_owner, secrets, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (id) DO UPDATE SET url = excluded.url, description = excluded.description,
               events = excluded.events, status = excluded.status, reason = excluded.reason,
               secrets = excluded.secrets",
        )
        .bind(endpoint.id.uuid())
        .bind(endpoint.platform.uuid())
        .bind(&endpoint.url)
        .bind(&endpoint.description)
        .bind(json(&endpoint.events))
        .bind(if endpoint.off.is_some() { "disabled" } else { "enabled" })
        .bind(endpoint.off.as_ref().map(word))
        .bind(key.owner().as_str().to_owned())
        .bind(self.seals.seal_json(&key, PURPOSE, &endpoint.secrets)?)
        .bind(millis(endpoint.created_at))
        .execute(&mut *tx)
        .await?;
        if endpoint.off.is_none() {
            sqlx::query(
                "UPDATE webhook_delivery SET due_at = $1, round = 0
                 WHERE endpoint = $2 AND status = 'pending' AND due_at > $1
                   AND EXISTS (SELECT 1 FROM webhook_endpoint w
                               WHERE w.id = $2 AND w.failing_since IS NOT NULL)",
            )
            .bind(millis(now))
            .bind(endpoint.id.uuid())
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    pub(super) async fn find_endpoint(
        &self,
        platform: PlatformId,
        id: EndpointId,
    ) -> Result<Option<Endpoint>> {
        let mut query = QueryBuilder::<Db>::new(ENDPOINT);
        query.push("w.platform = ").push_bind(platform.uuid());
        query.push(" AND w.id = ").push_bind(id.uuid());
        Ok(self.open_endpoints(query).await?.pop())
    }

    pub(super) async fn endpoints_of(&self, platform: PlatformId) -> Result<Vec<Endpoint>> {
        let mut query = QueryBuilder::<Db>::new(ENDPOINT);
        query.push("w.platform = ").push_bind(platform.uuid());
        query.push(" ORDER BY w.created_at, w.id");
        self.open_endpoints(query).await
    }

    pub(super) async fn delete_endpoint(
        &self,
        platform: PlatformId,
        id: EndpointId,
    ) -> Result<bool> {
        let mut tx = self.begin().await?;
        let done = sqlx::query("DELETE FROM webhook_endpoint WHERE platform = $1 AND id = $2")
            .bind(platform.uuid())
            .bind(id.uuid())
            .execute(&mut *tx)
            .await?;
        let removed = done.rows_affected() > 0;
        if removed {
            data_key::erase(&mut tx, &owner(id)).await?;
        }
        tx.commit().await?;
        Ok(removed)
    }

    pub(super) async fn endpoints_with_due(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Endpoint>> {
        let mut query = QueryBuilder::<Db>::new(ENDPOINT);
        query
            .push("w.status = 'enabled' AND w.paused_until <= ")
            .push_bind(millis(now))
            .push(
                " AND EXISTS (SELECT 1 FROM webhook_delivery d
                   WHERE d.endpoint = w.id AND d.status = 'pending' AND d.due_at <= ",
            )
            .push_bind(millis(now))
            .push(") ORDER BY w.id LIMIT ")
            .push_bind(i64::from(limit));
        self.open_endpoints(query).await
    }

    pub(super) async fn set_health(
        &self,
        endpoint: EndpointId,
        failed_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let Some(failed_at) = failed_at else {
            return self.recovered(endpoint, now).await;
        };
        sqlx::query(
            "UPDATE webhook_endpoint SET failing_since = COALESCE(failing_since, $1) WHERE id = $2",
        )
        .bind(millis(failed_at))
        .bind(endpoint.uuid())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// The receiver is back: whatever waits for a later time is due now.
    async fn recovered(&self, endpoint: EndpointId, now: DateTime<Utc>) -> Result<()> {
        let mut tx = self.begin().await?;
        let done = sqlx::query(
            "UPDATE webhook_endpoint SET failing_since = NULL
             WHERE id = $1 AND failing_since IS NOT NULL",
        )
        .bind(endpoint.uuid())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() > 0 {
            // A message that somebody is sending right now is due again within a minute; it is not to be sent twice.
            sqlx::query(
                "UPDATE webhook_delivery SET due_at = $1
                 WHERE endpoint = $2 AND status = 'pending' AND due_at > $3",
            )
            .bind(millis(now))
            .bind(endpoint.uuid())
            .bind(millis(now) + 60_000)
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    pub(super) async fn pause(&self, endpoint: EndpointId, until: DateTime<Utc>) -> Result<()> {
        sqlx::query("UPDATE webhook_endpoint SET paused_until = $1 WHERE id = $2")
            .bind(millis(until))
            .bind(endpoint.uuid())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    pub(super) async fn turn_off(&self, endpoint: EndpointId, reason: OffReason) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE webhook_endpoint SET status = 'disabled', reason = $1
             WHERE id = $2 AND status = 'enabled'",
        )
        .bind(word(&reason))
        .bind(endpoint.uuid())
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }
}
