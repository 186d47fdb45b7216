//! Sister platforms: whom we trust, who may ask us, our keys, and the short-lived secrets between us.

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use shiming_vault::{DataKey, Owner};
use shiming_verification::{
    case::Digest,
    ids::PlatformId,
    ports::federation::{RelyingParty, StoredKey, Ticket, TicketKind, TrustedIssuer, Used},
};
use uuid::Uuid;

use super::{Result, Store, data_key};
use crate::words::{from_json, millis};

/// A purpose of the sealing key for each kind of body.
const ISSUER: &str = "federation issuer";
const PARTY: &str = "federation party";
const KEY: &str = "federation key";
const TICKET: &str = "federation ticket";

fn owner() -> Owner {
    Owner::system("federation")
}

impl Store {
    async fn sealing_key(&self) -> Result<DataKey> {
        let mut conn = self.reader.acquire().await?;
        if let Some(key) = data_key::get(&mut conn, &self.seals, owner()).await? {
            return Ok(key);
        }
        drop(conn);
        let mut tx = self.begin().await?;
        let key = data_key::get_or_create(&mut tx, &self.seals, owner()).await?;
        tx.commit().await?;
        Ok(key)
    }

    async fn sealed(&self, purpose: &'static str, value: &impl Serialize) -> Result<Vec<u8>> {
        self.seals
            .seal_json(&self.sealing_key().await?, purpose, value)
    }

    async fn unsealed<T: DeserializeOwned>(
        &self,
        purpose: &'static str,
        body: Vec<Vec<u8>>,
    ) -> Result<Vec<T>> {
        if body.is_empty() {
            return Ok(Vec::new());
        }
        let key = self.sealing_key().await?;
        let read = |body: Vec<u8>| from_json(purpose, &key.open(purpose, &body)?);
        body.into_iter().map(read).collect()
    }

    pub(super) async fn write_issuer(
        &self,
        issuer: &TrustedIssuer,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let body = self.sealed(ISSUER, issuer).await?;
        sqlx::query(
            "INSERT INTO federation_issuer (id, platform, body, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        )
        .bind(issuer.id.uuid())
        .bind(issuer.platform.uuid())
        .bind(body)
        .bind(millis(now))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    pub(super) async fn write_party(&self, party: &RelyingParty, now: DateTime<Utc>) -> Result<()> {
        let body = self.sealed(PARTY, party).await?;
        sqlx::query(
            "INSERT INTO federation_party (id, platform, body, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        )
        .bind(party.id.uuid())
        .bind(party.platform.uuid())
        .bind(body)
        .bind(millis(now))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn bodies(&self, sql: &'static str, id: Uuid) -> Result<Vec<Vec<u8>>> {
        Ok(sqlx::query_scalar(sql)
            .bind(id)
            .fetch_all(&self.reader)
            .await?)
    }

    pub(super) async fn issuers_of(&self, platform: PlatformId) -> Result<Vec<TrustedIssuer>> {
        let sql = "SELECT body FROM federation_issuer WHERE platform = $1 ORDER BY created_at, id";
        self.unsealed(ISSUER, self.bodies(sql, platform.uuid()).await?)
            .await
    }

    pub(super) async fn find_issuer(&self, id: Uuid) -> Result<Option<TrustedIssuer>> {
        let sql = "SELECT body FROM federation_issuer WHERE id = $1";
        Ok(self
            .unsealed(ISSUER, self.bodies(sql, id).await?)
            .await?
            .pop())
    }

    /// Issuers are few; their bodies are sealed.
    pub(super) async fn find_issuers_by_client(&self, client: &str) -> Result<Vec<TrustedIssuer>> {
        let sql = "SELECT body FROM federation_issuer ORDER BY created_at, id";
        let bodies = sqlx::query_scalar(sql).fetch_all(&self.reader).await?;
        let mut issuers: Vec<TrustedIssuer> = self.unsealed(ISSUER, bodies).await?;
        issuers.retain(|issuer| issuer.client_id == client);
        Ok(issuers)
    }

    pub(super) async fn parties_of(&self, platform: PlatformId) -> Result<Vec<RelyingParty>> {
        let sql = "SELECT body FROM federation_party WHERE platform = $1 ORDER BY created_at, id";
        self.unsealed(PARTY, self.bodies(sql, platform.uuid()).await?)
            .await
    }

    pub(super) async fn find_party(&self, id: Uuid) -> Result<Option<RelyingParty>> {
        let sql = "SELECT body FROM federation_party WHERE id = $1";
        Ok(self
            .unsealed(PARTY, self.bodies(sql, id).await?)
            .await?
            .pop())
    }

    pub(super) async fn delete_of_platform(
        &self,
        sql: &'static str,
        id: Uuid,
        platform: PlatformId,
    ) -> Result<bool> {
        let query = sqlx::query(sql).bind(id).bind(platform.uuid());
        Ok(query.execute(&self.writer).await?.rows_affected() == 1)
    }

    pub(super) async fn write_login_url(&self, platform: PlatformId, url: &str) -> Result<()> {
        sqlx::query(
            "INSERT INTO federation_login (platform, url) VALUES ($1, $2)
             ON CONFLICT (platform) DO UPDATE SET url = excluded.url",
        )
        .bind(platform.uuid())
        .bind(url)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    pub(super) async fn find_login_url(&self, platform: PlatformId) -> Result<Option<String>> {
        let sql = "SELECT url FROM federation_login WHERE platform = $1";
        let query = sqlx::query_scalar(sql).bind(platform.uuid());
        Ok(query.fetch_optional(&self.reader).await?)
    }

    pub(super) async fn keys(&self) -> Result<Vec<StoredKey>> {
        let sql = "SELECT body FROM federation_key ORDER BY created_at DESC";
        let bodies = sqlx::query_scalar(sql).fetch_all(&self.reader).await?;
        self.unsealed(KEY, bodies).await
    }

    /// Of two nodes that make one in the same millisecond, the first one's stays.
    pub(super) async fn write_key(&self, key: &StoredKey) -> Result<()> {
        let body = self.sealed(KEY, key).await?;
        sqlx::query(
            "INSERT INTO federation_key (created_at, body) VALUES ($1, $2)
             ON CONFLICT (created_at) DO NOTHING",
        )
        .bind(millis(key.created_at))
        .bind(body)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    pub(super) async fn delete_keys(&self, before: DateTime<Utc>) -> Result<u64> {
        let query =
            sqlx::query("DELETE FROM federation_key WHERE created_at < $1").bind(millis(before));
        Ok(query.execute(&self.writer).await?.rows_affected())
    }

    pub(super) async fn write_ticket(&self, ticket: &Ticket) -> Result<()> {
        let body = self.sealed(TICKET, &ticket.body).await?;
        sqlx::query(
            "INSERT INTO federation_ticket (digest, kind, parent, body, expires_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (digest) DO UPDATE SET body = excluded.body",
        )
        .bind(ticket.digest.0.to_vec())
        .bind(ticket.kind.as_str())
        .bind(ticket.parent.map(|parent| parent.0.to_vec()))
        .bind(body)
        .bind(millis(ticket.expires_at))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    pub(super) async fn find_ticket(
        &self,
        kind: TicketKind,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<String>> {
        let bodies = sqlx::query_scalar(
            "SELECT body FROM federation_ticket
             WHERE digest = $1 AND kind = $2 AND used_at IS NULL AND expires_at > $3",
        )
        .bind(digest.0.to_vec())
        .bind(kind.as_str())
        .bind(millis(now))
        .fetch_all(&self.reader)
        .await?;
        Ok(self.unsealed(TICKET, bodies).await?.pop())
    }

    /// One statement decides who is first. Whoever comes second ends what the first one got for it (RFC 6749, 4.1.2).
    pub(super) async fn redeem_ticket(
        &self,
        kind: TicketKind,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<Used> {
        let bodies: Vec<Vec<u8>> = sqlx::query_scalar(
            "UPDATE federation_ticket SET used_at = $1
             WHERE digest = $2 AND kind = $3 AND used_at IS NULL AND expires_at > $1 RETURNING body",
        )
        .bind(millis(now))
        .bind(digest.0.to_vec())
        .bind(kind.as_str())
        .fetch_all(&self.writer)
        .await?;
        if let Some(body) = self.unsealed(TICKET, bodies).await?.pop() {
            return Ok(Used::First(body));
        }
        let known: Option<i64> = sqlx::query_scalar(
            "SELECT expires_at FROM federation_ticket
             WHERE digest = $1 AND kind = $2 AND used_at IS NOT NULL",
        )
        .bind(digest.0.to_vec())
        .bind(kind.as_str())
        .fetch_optional(&self.reader)
        .await?;
        if known.is_none() {
            return Ok(Used::Unknown);
        }
        sqlx::query("DELETE FROM federation_ticket WHERE parent = $1")
            .bind(digest.0.to_vec())
            .execute(&self.writer)
            .await?;
        Ok(Used::Again)
    }
}
