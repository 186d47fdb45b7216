//! Sessions of operators, the links and ceremonies that lead to them, and failed attempts.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use shiming_verification::{
    case::Digest,
    ids::OperatorId,
    ports::{
        LedgerError,
        operators::{OperatorSession, OperatorSessions},
    },
};
use uuid::Uuid;

use super::{Db, Result, Store};
use crate::words::{millis, small, time};

/// How long failed attempts are kept; no rule looks back further.
const FAILURES_KEPT: Duration = Duration::days(1);

#[derive(sqlx::FromRow)]
struct SessionRow {
    id: Uuid,
    operator: Uuid,
    method: String,
    agent: String,
    created_at: i64,
    seen_at: i64,
    fresh_at: i64,
    expires_at: i64,
}

impl SessionRow {
    fn session(self) -> Result<OperatorSession> {
        Ok(OperatorSession {
            id: self.id,
            operator: OperatorId::new(self.operator),
            method: self.method,
            agent: self.agent,
            created_at: time(self.created_at)?,
            seen_at: time(self.seen_at)?,
            fresh_at: time(self.fresh_at)?,
            expires_at: time(self.expires_at)?,
        })
    }
}

type Arguments = <Db as sqlx::Database>::Arguments;

impl Store {
    /// Executes a statement outside any transaction; tells how many rows it touched.
    pub(super) async fn run(&self, query: sqlx::query::Query<'_, Db, Arguments>) -> Result<u64> {
        Ok(query.execute(&self.writer).await?.rows_affected())
    }

    async fn insert_session(&self, key: Digest, session: &OperatorSession) -> Result<()> {
        let sql = "INSERT INTO operator_session (digest, id, operator, method, agent, created_at,
                     seen_at, fresh_at, expires_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let query = sqlx::query(sql)
            .bind(key.0.to_vec())
            .bind(session.id)
            .bind(session.operator.uuid())
            .bind(&session.method)
            .bind(&session.agent)
            .bind(millis(session.created_at))
            .bind(millis(session.seen_at))
            .bind(millis(session.fresh_at))
            .bind(millis(session.expires_at));
        self.run(query).await?;
        Ok(())
    }

    async fn find_session(
        &self,
        key: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<OperatorSession>> {
        let row: Option<SessionRow> = sqlx::query_as(
            "SELECT id, operator, method, agent, created_at, seen_at, fresh_at, expires_at
             FROM operator_session WHERE digest = $1 AND expires_at > $2",
        )
        .bind(key.0.to_vec())
        .bind(millis(now))
        .fetch_optional(&self.reader)
        .await?;
        row.map(SessionRow::session).transpose()
    }

    async fn all_sessions(
        &self,
        operator: Option<OperatorId>,
        now: DateTime<Utc>,
    ) -> Result<Vec<OperatorSession>> {
        let rows: Vec<SessionRow> = sqlx::query_as(
            "SELECT id, operator, method, agent, created_at, seen_at, fresh_at, expires_at
             FROM operator_session WHERE expires_at > $1 ORDER BY seen_at DESC, id LIMIT 1000",
        )
        .bind(millis(now))
        .fetch_all(&self.reader)
        .await?;
        let own = |row: &SessionRow| operator.is_none_or(|id| id.uuid() == row.operator);
        rows.into_iter()
            .filter(own)
            .map(SessionRow::session)
            .collect()
    }

    async fn look_at_link(
        &self,
        link: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<Option<OperatorId>>> {
        let row: Option<(Option<Uuid>,)> = sqlx::query_as(
            "SELECT operator FROM operator_link WHERE digest = $1 AND expires_at > $2",
        )
        .bind(link.0.to_vec())
        .bind(millis(now))
        .fetch_optional(&self.reader)
        .await?;
        Ok(row.map(|(operator,)| operator.map(OperatorId::new)))
    }

    async fn take_link(
        &self,
        link: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<Option<OperatorId>>> {
        let row: Option<(Option<Uuid>,)> = sqlx::query_as(
            "DELETE FROM operator_link WHERE digest = $1 AND expires_at > $2 RETURNING operator",
        )
        .bind(link.0.to_vec())
        .bind(millis(now))
        .fetch_optional(&self.writer)
        .await?;
        Ok(row.map(|(operator,)| operator.map(OperatorId::new)))
    }

    async fn take_challenge(
        &self,
        challenge: Digest,
        purpose: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<u8>>> {
        let state = sqlx::query_scalar(
            "DELETE FROM sign_in_challenge
             WHERE digest = $1 AND purpose = $2 AND expires_at > $3 RETURNING state",
        )
        .bind(challenge.0.to_vec())
        .bind(purpose)
        .bind(millis(now))
        .fetch_optional(&self.writer)
        .await?;
        Ok(state)
    }

    async fn count_failures(&self, scope: Digest, since: DateTime<Utc>) -> Result<u32> {
        let found: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM sign_in_failure WHERE scope = $1 AND at > $2")
                .bind(self.indexes.attempt(&scope.0).0.to_vec())
                .bind(millis(since))
                .fetch_one(&self.reader)
                .await?;
        small(found)
    }
}

#[async_trait]
impl OperatorSessions for Store {
    async fn add_session(&self, key: Digest, session: &OperatorSession) -> Result<(), LedgerError> {
        Ok(self.insert_session(key, session).await?)
    }

    async fn session(
        &self,
        key: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<OperatorSession>, LedgerError> {
        Ok(self.find_session(key, now).await?)
    }

    async fn sessions(
        &self,
        operator: Option<OperatorId>,
        now: DateTime<Utc>,
    ) -> Result<Vec<OperatorSession>, LedgerError> {
        Ok(self.all_sessions(operator, now).await?)
    }

    async fn session_seen(
        &self,
        id: Uuid,
        now: DateTime<Utc>,
        fresh: bool,
    ) -> Result<(), LedgerError> {
        let sql = if fresh {
            "UPDATE operator_session SET seen_at = $1, fresh_at = $1 WHERE id = $2"
        } else {
            "UPDATE operator_session SET seen_at = $1 WHERE id = $2"
        };
        self.run(sqlx::query(sql).bind(millis(now)).bind(id))
            .await?;
        Ok(())
    }

    async fn end_session(&self, id: Uuid) -> Result<u64, LedgerError> {
        let sql = "DELETE FROM operator_session WHERE id = $1";
        Ok(self.run(sqlx::query(sql).bind(id)).await?)
    }

    async fn end_sessions_of(&self, operator: OperatorId) -> Result<u64, LedgerError> {
        let sql = "DELETE FROM operator_session WHERE operator = $1";
        Ok(self.run(sqlx::query(sql).bind(operator.uuid())).await?)
    }

    async fn add_link(
        &self,
        link: Digest,
        operator: Option<OperatorId>,
        expires_at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let sql = "INSERT INTO operator_link (digest, operator, expires_at) VALUES ($1, $2, $3)";
        let query = sqlx::query(sql)
            .bind(link.0.to_vec())
            .bind(operator.map(OperatorId::uuid))
            .bind(millis(expires_at));
        self.run(query).await?;
        Ok(())
    }

    async fn use_link(
        &self,
        link: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<Option<OperatorId>>, LedgerError> {
        Ok(self.take_link(link, now).await?)
    }

    async fn link(
        &self,
        link: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<Option<OperatorId>>, LedgerError> {
        Ok(self.look_at_link(link, now).await?)
    }

    async fn add_challenge(
        &self,
        challenge: Digest,
        purpose: &str,
        state: &[u8],
        expires_at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let sql = "INSERT INTO sign_in_challenge (digest, purpose, state, expires_at)
                   VALUES ($1, $2, $3, $4)";
        let query = sqlx::query(sql)
            .bind(challenge.0.to_vec())
            .bind(purpose.to_owned())
            .bind(state.to_vec())
            .bind(millis(expires_at));
        self.run(query).await?;
        Ok(())
    }

    async fn use_challenge(
        &self,
        challenge: Digest,
        purpose: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<u8>>, LedgerError> {
        Ok(self.take_challenge(challenge, purpose, now).await?)
    }

    async fn add_failures(
        &self,
        scopes: &[(Uuid, Digest)],
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        for (id, scope) in scopes {
            let sql = "INSERT INTO sign_in_failure (id, scope, at) VALUES ($1, $2, $3)";
            let query = sqlx::query(sql)
                .bind(*id)
                .bind(self.indexes.attempt(&scope.0).0.to_vec())
                .bind(millis(now));
            self.run(query).await?;
        }
        Ok(())
    }

    async fn failures(&self, scope: Digest, since: DateTime<Utc>) -> Result<u32, LedgerError> {
        Ok(self.count_failures(scope, since).await?)
    }

    async fn prune_operators(&self, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let over = [
            ("DELETE FROM operator_session WHERE expires_at <= $1", now),
            ("DELETE FROM operator_link WHERE expires_at <= $1", now),
            ("DELETE FROM sign_in_challenge WHERE expires_at <= $1", now),
            ("DELETE FROM review_claim WHERE until <= $1", now),
            (
                "DELETE FROM sign_in_failure WHERE at <= $1",
                now - FAILURES_KEPT,
            ),
        ];
        for (sql, before) in over {
            self.run(sqlx::query(sql).bind(millis(before))).await?;
        }
        Ok(())
    }
}
