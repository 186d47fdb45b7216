//! Failures that count, and how many there are.

use chrono::{DateTime, Utc};
use shiming_vault::Index;
use shiming_verification::{
    change::{Change, EventKind, Mark},
    claim::Claim,
    fact::{Tallies, Tally},
    words::{Account, Realm},
};

use super::{Conn, Result, Store};
use crate::words::{millis, small, time, version};

/// Against what a failure counts.
struct Scope {
    name: &'static str,
    key: Index,
}

/// From when to when marks count.
#[derive(Clone, Copy)]
struct Window {
    realm: Realm,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
}

impl Store {
    fn account_scope(&self, account: &Account) -> Scope {
        Scope {
            name: "account",
            key: self.indexes.account(account.platform, &account.id),
        }
    }

    fn uscc_scope(&self, claim: &Claim) -> Scope {
        Scope {
            name: "uscc",
            key: self.indexes.uscc(&claim.uscc),
        }
    }

    fn id_scope(&self, claim: &Claim) -> Scope {
        Scope {
            name: "id_number",
            key: self.indexes.person(&claim.id_number).0,
        }
    }

    pub(super) async fn insert_marks(&self, conn: &mut Conn, change: &Change) -> Result<()> {
        let mut scopes = vec![self.account_scope(&change.case.account)];
        // In test mode everybody types the same few codes, so failures count against the account alone.
        let own_only = change.case.realm == Realm::Test;
        if let Some(claim) = change.case.claim.as_ref().filter(|_| !own_only) {
            scopes.extend([self.uscc_scope(claim), self.id_scope(claim)]);
        }
        let at = change
            .events
            .last()
            .map_or(change.case.opened_at, |event| event.at);
        for (ordinal, mark) in (0_i64..).zip(&change.marks) {
            for scope in &scopes {
                sqlx::query(
                    "INSERT INTO mark
                       (realm, scope, scope_key, kind, case_id, case_version, ordinal, at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .bind(change.case.realm.as_str())
                .bind(scope.name)
                .bind(scope.key.0.to_vec())
                .bind(mark.as_str())
                .bind(change.case.id.uuid())
                .bind(version(change.case.version)?)
                .bind(ordinal)
                .bind(millis(at))
                .execute(&mut *conn)
                .await?;
            }
        }
        Ok(())
    }

    pub(super) async fn count_marks(
        &self,
        account: &Account,
        claim: Option<&Claim>,
        realm: Realm,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Tallies> {
        let window = Window { realm, since, now };
        let account_scope = self.account_scope(account);
        let mut tallies = Tallies {
            account_mismatches: self
                .tally(&account_scope, Mark::ElementMismatch, window)
                .await?,
            ..Tallies::default()
        };
        if realm == Realm::Test {
            tallies.id_face_failures = self
                .tally(&account_scope, Mark::FaceFailure, window)
                .await?;
        } else if let Some(claim) = claim {
            let (uscc, id) = (self.uscc_scope(claim), self.id_scope(claim));
            tallies.uscc_mismatches = self.tally(&uscc, Mark::ElementMismatch, window).await?;
            tallies.id_mismatches = self.tally(&id, Mark::ElementMismatch, window).await?;
            tallies.id_face_failures = self.tally(&id, Mark::FaceFailure, window).await?;
            tallies.accounts_of_licence = self.other_accounts(&uscc.key, account, realm).await?;
        }
        Ok(tallies)
    }

    async fn tally(&self, scope: &Scope, mark: Mark, window: Window) -> Result<Tally> {
        let (count, oldest): (i64, Option<i64>) = sqlx::query_as(
            "SELECT COUNT(*), MIN(at) FROM mark
             WHERE scope_key = $1 AND scope = $2 AND realm = $3 AND kind = $4 AND at > $5",
        )
        .bind(scope.key.0.to_vec())
        .bind(scope.name)
        .bind(window.realm.as_str())
        .bind(mark.as_str())
        .bind(millis(window.since))
        .fetch_one(&self.reader)
        .await?;
        let until = oldest
            .map(time)
            .transpose()?
            .map(|at| at + (window.now - window.since));
        Ok(Tally {
            count: small(count)?,
            until,
        })
    }
}

/// In test mode, failures of the case are forgotten with the time that is made to pass.
pub(super) async fn forget_after_leap(conn: &mut Conn, change: &Change) -> Result<()> {
    let leapt = change
        .events
        .iter()
        .any(|event| event.kind == EventKind::TimeLeapt);
    if leapt {
        sqlx::query("DELETE FROM mark WHERE case_id = $1")
            .bind(change.case.id.uuid())
            .execute(conn)
            .await?;
    }
    Ok(())
}
