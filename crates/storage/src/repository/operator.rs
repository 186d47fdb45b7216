//! Operators and their ways to sign in.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_vault::{DataKey, Owner};
use shiming_verification::{
    ids::OperatorId,
    operator::{Operator, Role},
    ports::{
        LedgerError,
        operators::{Operators, Passkey, PasswordLogin},
    },
    sso::SsoIdentity,
};
use uuid::Uuid;

use super::{Result, Store, data_key};
use crate::words::{count, from_json, json, millis, small, time, version};

/// For what the operators' key seals the secret of time-based codes.
const TOTP: &str = "totp";

type OperatorRow = (Uuid, String, String, String, i64, Option<i64>);
type PasskeyRow = (Vec<u8>, Uuid, Vec<u8>, i64, String, i64, Option<i64>);

fn operator((id, login, name, roles, created, disabled): OperatorRow) -> Result<Operator> {
    let words: Vec<String> = from_json("roles", roles.as_bytes())?;
    let roles: BTreeSet<Role> = words.iter().filter_map(|word| Role::of(word)).collect();
    Ok(Operator {
        id: OperatorId::new(id),
        login,
        name,
        roles,
        created_at: time(created)?,
        disabled_at: disabled.map(time).transpose()?,
    })
}

fn passkey(
    (id, operator, public_key, counter, label, created, used): PasskeyRow,
) -> Result<Passkey> {
    Ok(Passkey {
        id,
        operator: OperatorId::new(operator),
        public_key,
        counter: small(counter)?,
        label,
        created_at: time(created)?,
        last_used_at: used.map(time).transpose()?,
    })
}

impl Store {
    async fn all_operators(&self) -> Result<Vec<Operator>> {
        let sql = "SELECT id, login, name, roles, created_at, disabled_at FROM operator
                   ORDER BY created_at, id";
        let rows: Vec<OperatorRow> = sqlx::query_as(sql).fetch_all(&self.reader).await?;
        rows.into_iter().map(operator).collect()
    }

    async fn operator_where(&self, column: &'static str, key: &str) -> Result<Option<Operator>> {
        let sql = match column {
            "login" => {
                "SELECT id, login, name, roles, created_at, disabled_at FROM operator WHERE login = $1"
            }
            _ => {
                "SELECT id, login, name, roles, created_at, disabled_at FROM operator WHERE sso_subject = $1"
            }
        };
        let row = sqlx::query_as(sql).bind(key).fetch_optional(&self.reader);
        row.await?.map(operator).transpose()
    }

    async fn find_operator(&self, id: OperatorId) -> Result<Option<Operator>> {
        let sql =
            "SELECT id, login, name, roles, created_at, disabled_at FROM operator WHERE id = $1";
        let row = sqlx::query_as(sql).bind(id.uuid());
        row.fetch_optional(&self.reader)
            .await?
            .map(operator)
            .transpose()
    }

    async fn find_sso(&self, id: OperatorId) -> Result<Option<SsoIdentity>> {
        let sql = "SELECT sso_subject FROM operator WHERE id = $1 AND sso_subject IS NOT NULL";
        let row: Option<String> = sqlx::query_scalar(sql)
            .bind(id.uuid())
            .fetch_optional(&self.reader)
            .await?;
        Ok(row.as_deref().and_then(SsoIdentity::of_key))
    }

    async fn write_operator(&self, operator: &Operator, first: bool) -> Result<bool> {
        let mut tx = self.begin().await?;
        let taken: Option<Uuid> = sqlx::query_scalar(
            "SELECT id FROM operator WHERE (login = $1 AND id <> $2) OR $3 LIMIT 1",
        )
        .bind(&operator.login)
        .bind(operator.id.uuid())
        .bind(first)
        .fetch_optional(&mut *tx)
        .await?;
        if taken.is_some() {
            tx.rollback().await?;
            return Ok(false);
        }
        let words: Vec<_> = operator.roles.iter().map(|role| role.as_str()).collect();
        sqlx::query(
            "INSERT INTO operator (id, login, name, roles, created_at, disabled_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET login = excluded.login, name = excluded.name,
               roles = excluded.roles, disabled_at = excluded.disabled_at",
        )
        .bind(operator.id.uuid())
        .bind(&operator.login)
        .bind(&operator.name)
        .bind(json(&words))
        .bind(millis(operator.created_at))
        .bind(operator.disabled_at.map(millis))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn operators_key(&self) -> Result<DataKey> {
        let mut tx = self.begin().await?;
        let owner = Owner::system("operators");
        let key = data_key::get_or_create(&mut tx, &self.seals, owner).await?;
        tx.commit().await?;
        Ok(key)
    }

    async fn write_password(&self, id: OperatorId, login: Option<&PasswordLogin>) -> Result<()> {
        let key = self.operators_key().await?;
        let sealed = login.map(|login| self.seals.seal(&key, TOTP, &login.totp));
        sqlx::query("UPDATE operator SET password = $1, totp = $2, totp_step = $3 WHERE id = $4")
            .bind(login.map(|login| login.hash.clone()))
            .bind(sealed.transpose()?)
            .bind(version(login.map_or(0, |login| login.totp_step))?)
            .bind(id.uuid())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn read_password(&self, id: OperatorId) -> Result<Option<PasswordLogin>> {
        let row: Option<(Option<String>, Option<Vec<u8>>, i64)> =
            sqlx::query_as("SELECT password, totp, totp_step FROM operator WHERE id = $1")
                .bind(id.uuid())
                .fetch_optional(&self.reader)
                .await?;
        let Some((Some(hash), Some(sealed), step)) = row else {
            return Ok(None);
        };
        let totp = self.operators_key().await?.open(TOTP, &sealed)?.to_vec();
        Ok(Some(PasswordLogin {
            hash,
            totp,
            totp_step: count(step)?,
        }))
    }

    /// One statement: of two first sign-ins of the same person at once, one makes the operator.
    async fn insert_sso_operator(
        &self,
        operator: &Operator,
        identity: &SsoIdentity,
    ) -> Result<bool> {
        let words: Vec<_> = operator.roles.iter().map(|role| role.as_str()).collect();
        let done = sqlx::query(
            "INSERT INTO operator (id, login, name, roles, created_at, sso_subject)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        )
        .bind(operator.id.uuid())
        .bind(&operator.login)
        .bind(&operator.name)
        .bind(json(&words))
        .bind(millis(operator.created_at))
        .bind(identity.key())
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn write_passkey(&self, passkey: &Passkey) -> Result<bool> {
        let done = sqlx::query(
            "INSERT INTO passkey (id, operator, public_key, counter, label, created_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
        )
        .bind(&passkey.id)
        .bind(passkey.operator.uuid())
        .bind(&passkey.public_key)
        .bind(i64::from(passkey.counter))
        .bind(&passkey.label)
        .bind(millis(passkey.created_at))
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn find_passkey(&self, id: &[u8]) -> Result<Option<Passkey>> {
        let sql = "SELECT id, operator, public_key, counter, label, created_at, last_used_at
                   FROM passkey WHERE id = $1";
        let row = sqlx::query_as(sql).bind(id).fetch_optional(&self.reader);
        row.await?.map(passkey).transpose()
    }

    async fn passkeys(&self, operator: OperatorId) -> Result<Vec<Passkey>> {
        let sql = "SELECT id, operator, public_key, counter, label, created_at, last_used_at
                   FROM passkey WHERE operator = $1 ORDER BY created_at, id";
        let rows: Vec<PasskeyRow> = sqlx::query_as(sql)
            .bind(operator.uuid())
            .fetch_all(&self.reader)
            .await?;
        rows.into_iter().map(passkey).collect()
    }
}

#[async_trait]
impl Operators for Store {
    async fn operators(&self) -> Result<Vec<Operator>, LedgerError> {
        Ok(self.all_operators().await?)
    }

    async fn operator(&self, id: OperatorId) -> Result<Option<Operator>, LedgerError> {
        Ok(self.find_operator(id).await?)
    }

    async fn operator_by_login(&self, login: &str) -> Result<Option<Operator>, LedgerError> {
        Ok(self.operator_where("login", login).await?)
    }

    async fn operator_by_sso(
        &self,
        identity: &SsoIdentity,
    ) -> Result<Option<Operator>, LedgerError> {
        Ok(self.operator_where("sso_subject", &identity.key()).await?)
    }

    async fn add_sso_operator(
        &self,
        operator: &Operator,
        identity: &SsoIdentity,
    ) -> Result<bool, LedgerError> {
        Ok(self.insert_sso_operator(operator, identity).await?)
    }

    async fn sso_of(&self, id: OperatorId) -> Result<Option<SsoIdentity>, LedgerError> {
        Ok(self.find_sso(id).await?)
    }

    async fn put_operator(&self, operator: &Operator, first: bool) -> Result<bool, LedgerError> {
        Ok(self.write_operator(operator, first).await?)
    }

    async fn set_password(
        &self,
        id: OperatorId,
        login: Option<&PasswordLogin>,
    ) -> Result<(), LedgerError> {
        Ok(self.write_password(id, login).await?)
    }

    async fn password_of(&self, id: OperatorId) -> Result<Option<PasswordLogin>, LedgerError> {
        Ok(self.read_password(id).await?)
    }

    async fn use_totp_step(&self, id: OperatorId, step: u64) -> Result<bool, LedgerError> {
        let sql = "UPDATE operator SET totp_step = $1 WHERE id = $2 AND totp_step < $1";
        let query = sqlx::query(sql).bind(version(step)?).bind(id.uuid());
        Ok(self.run(query).await? > 0)
    }

    async fn add_passkey(&self, passkey: &Passkey) -> Result<bool, LedgerError> {
        Ok(self.write_passkey(passkey).await?)
    }

    async fn passkey(&self, id: &[u8]) -> Result<Option<Passkey>, LedgerError> {
        Ok(self.find_passkey(id).await?)
    }

    async fn passkeys_of(&self, operator: OperatorId) -> Result<Vec<Passkey>, LedgerError> {
        Ok(self.passkeys(operator).await?)
    }

    async fn passkey_used(
        &self,
        id: &[u8],
        counter: u32,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let sql = "UPDATE passkey SET counter = $1, last_used_at = $2 WHERE id = $3";
        let query = sqlx::query(sql)
            .bind(i64::from(counter))
            .bind(millis(now))
            .bind(id.to_vec());
        self.run(query).await?;
        Ok(())
    }

    async fn remove_passkey(&self, operator: OperatorId, id: &[u8]) -> Result<bool, LedgerError> {
        let sql = "DELETE FROM passkey WHERE operator = $1 AND id = $2";
        let query = sqlx::query(sql).bind(operator.uuid()).bind(id.to_vec());
        Ok(self.run(query).await? > 0)
    }
}
