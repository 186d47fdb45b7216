//! What risk rules count.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_verification::{
    case::Case,
    ids::CaseId,
    ports::{
        LedgerError,
        risk::{Attempt, RiskSignals},
    },
    risk::{RiskKind, RiskPolicy, Signals},
    words::Realm,
};
use sqlx::QueryBuilder;

use super::{Conn, Db, Result, Store};
use crate::words::{millis, small, time};

/// One thing that was seen: against what it counts, and what makes it another one.
struct Sign {
    kind: RiskKind,
    scope: [u8; 32],
    value: Vec<u8>,
}

impl Store {
    fn signs(&self, attempt: &Attempt<'_>, quick: bool) -> Vec<Sign> {
        let (account, claim) = (&attempt.case.account, attempt.claim);
        let own = self.indexes.account(account.platform, &account.id).0;
        let licence = self.indexes.uscc(&claim.uscc).0;
        let person = self.indexes.person(&claim.id_number).0.0;
        let once = attempt.id.as_bytes().to_vec();
        let sign = |kind, scope, value: &[u8]| Sign {
            kind,
            scope,
            value: value.to_vec(),
        };
        let mut signs = vec![
            sign(RiskKind::Account, own, &once),
            sign(RiskKind::Licence, licence, &once),
            sign(RiskKind::Person, person, &once),
            sign(RiskKind::PersonLicences, person, &licence),
        ];
        let device = attempt
            .device
            .map(|device| self.indexes.origin("device", &device.0).0);
        signs.extend(device.map(|device| sign(RiskKind::Device, device, &once)));
        let address = attempt.address;
        let address = address.map(|text| self.indexes.origin("address", text.as_bytes()).0);
        signs.extend(address.map(|address| sign(RiskKind::Address, address, &once)));
        signs.extend(quick.then(|| sign(RiskKind::Tempo, own, &once)));
        signs
    }

    async fn note_and_count(
        &self,
        attempt: &Attempt<'_>,
        rules: &RiskPolicy,
        now: DateTime<Utc>,
    ) -> Result<Signals> {
        let mut tx = self.begin().await?;
        let shown: Option<i64> =
            sqlx::query_scalar("SELECT updated_at FROM verification_case WHERE id = $1")
                .bind(attempt.case.id.uuid())
                .fetch_optional(&mut *tx)
                .await?;
        let shown = shown.map(time).transpose()?;
        let quick = shown.is_some_and(|shown| rules.is_quick(shown, now));
        let mut signals = Signals::default();
        for sign in self.signs(attempt, quick) {
            insert(&mut tx, attempt.case.realm, &sign, now).await?;
            let since = now - rules.rule(sign.kind).within();
            let seen = count(&mut tx, attempt.case.realm, &sign, since).await?;
            signals = signals.with(sign.kind, seen);
        }
        tx.commit().await?;
        Ok(signals)
    }

    async fn people_of(&self, case: &Case, cases: &[CaseId]) -> Result<u32> {
        let Some(claim) = case.claim.as_ref().filter(|_| !cases.is_empty()) else {
            return Ok(0);
        };
        let own = self.indexes.person(&claim.id_number).0.0.to_vec();
        let mut query = QueryBuilder::<Db>::new(
            "SELECT COUNT(DISTINCT id_index) FROM verification_case WHERE id_index <> ",
        );
        query.push_bind(own).push(" AND id IN (");
        let mut list = query.separated(", ");
        for id in cases {
            list.push_bind(id.uuid());
        }
        query.push(")");
        small(query.build_query_scalar().fetch_one(&self.reader).await?)
    }
}

async fn insert(conn: &mut Conn, realm: Realm, sign: &Sign, now: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "INSERT INTO risk_sign (scope, kind, realm, value, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (scope, kind, realm, value) DO UPDATE SET at = excluded.at",
    )
    .bind(sign.scope.to_vec())
    .bind(sign.kind.as_str())
    .bind(realm.as_str())
    .bind(sign.value.clone())
    .bind(millis(now))
    .execute(conn)
    .await?;
    Ok(())
}

async fn count(conn: &mut Conn, realm: Realm, sign: &Sign, since: DateTime<Utc>) -> Result<u32> {
    let seen: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM risk_sign
         WHERE scope = $1 AND kind = $2 AND realm = $3 AND at > $4",
    )
    .bind(sign.scope.to_vec())
    .bind(sign.kind.as_str())
    .bind(realm.as_str())
    .bind(millis(since))
    .fetch_one(conn)
    .await?;
    small(seen)
}

#[async_trait]
impl RiskSignals for Store {
    async fn note_form(
        &self,
        attempt: &Attempt<'_>,
        rules: &RiskPolicy,
        now: DateTime<Utc>,
    ) -> Result<Signals, LedgerError> {
        Ok(self.note_and_count(attempt, rules, now).await?)
    }

    async fn other_people(&self, case: &Case, cases: &[CaseId]) -> Result<u32, LedgerError> {
        Ok(self.people_of(case, cases).await?)
    }
}
