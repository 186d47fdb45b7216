//! One decision, stored whole: the case if its version is still the expected one, then all that goes with it.

use chrono::{DateTime, Utc};
use shiming_vault::{DataKey, Owner};
use shiming_verification::{
    case::Case,
    change::{Change, EventKind},
};

use super::{Conn, Result, Store, case::PURPOSE, data_key, event, feed, job, mark};
use crate::words::{millis, version, word};

impl Store {
    /// False if the case has another version by now; then nothing may be committed.
    pub(super) async fn write_change(&self, conn: &mut Conn, change: &Change) -> Result<bool> {
        let Some(key) = self.key_for(conn, change).await? else {
            return Ok(false);
        };
        let body = self.seals.seal_json(&key, PURPOSE, &change.case)?;
        if !self.write_case(conn, change, &key, body).await? {
            return Ok(false);
        }
        event::insert(conn, &change.case, &change.events).await?;
        job::replace(conn, &change.case, &change.jobs).await?;
        self.insert_marks(conn, change).await?;
        mark::forget_after_leap(conn, change).await?;
        insert_consent(conn, change).await?;
        withdraw_consents(conn, change).await?;
        if let (Some(credential), Some(life)) = (&change.credential, &change.life) {
            self.insert_credential(conn, credential, life).await?;
            if let Some(source) = &credential.source
                && !self.link(conn, credential, source).await?
            {
                return Ok(false);
            }
        }
        if let Some(order) = &change.transfer {
            self.insert_transfer(conn, order, &key).await?;
        }
        self.order_of_change(conn, change, &key).await?;
        feed::tell_change(conn, change).await?;
        Ok(true)
    }

    /// A new case gets a key; a stored case whose key is gone has been erased and takes no more changes.
    async fn key_for(&self, conn: &mut Conn, change: &Change) -> Result<Option<DataKey>> {
        let owner = Owner::case(change.case.id);
        if change.expected_version == 0 {
            return data_key::get_or_create(conn, &self.seals, owner)
                .await
                .map(Some);
        }
        data_key::get(conn, &self.seals, owner).await
    }

    async fn write_case(
        &self,
        conn: &mut Conn,
        change: &Change,
        key: &DataKey,
        body: Vec<u8>,
    ) -> Result<bool> {
        let (case, now) = (&change.case, decided_at(change));
        if change.expected_version == 0 && !insert_bare(conn, case, key).await? {
            return Ok(false);
        }
        let claim = case.claim.as_ref();
        // What happens to a case that is over does not make it younger: retention reckons from its end.
        let done = sqlx::query(
            "UPDATE verification_case SET version = $1, state = $2, body = $3, token = $4,
               phone = $5, uscc_index = $6, id_index = $7, wake_at = $8, expires_at = $9,
               updated_at = CASE WHEN wake_at IS NULL AND version > 0 THEN updated_at ELSE $10 END,
               renews = $11, name_index = $12, method = $13, last_code = $14
             WHERE id = $15 AND version = $16",
        )
        .bind(version(case.version)?)
        .bind(case.state.name())
        .bind(body)
        .bind(
            case.invitation()
                .map(|invitation| invitation.token.0.to_vec()),
        )
        .bind(case.phone.map(|phone| phone.0.to_vec()))
        .bind(claim.map(|claim| self.indexes.uscc(&claim.uscc).0.to_vec()))
        .bind(claim.map(|claim| self.indexes.person(&claim.id_number).0.0.to_vec()))
        .bind(case.wakes_at().map(millis))
        .bind(millis(case.expires_at))
        .bind(millis(now))
        .bind(case.renews.as_ref().map(|renewal| word(&renewal.kind)))
        .bind(claim.map(|claim| self.indexes.name(&claim.enterprise_name).0.to_vec()))
        .bind(case.method.as_ref().map(word))
        .bind(case.last_error.as_ref().map(|notice| notice.code.as_str()))
        .bind(case.id.uuid())
        .bind(version(change.expected_version)?)
        .execute(conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

/// The row of a new case as of version 0, which the update that follows fills. False if the id is taken.
async fn insert_bare(conn: &mut Conn, case: &Case, key: &DataKey) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO verification_case
           (id, platform, account_id, realm, version, state, key_owner, body, expires_at,
            opened_at, updated_at)
         VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $9)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(case.id.uuid())
    .bind(case.account.platform.uuid())
    .bind(&case.account.id)
    .bind(case.realm.as_str())
    .bind(case.state.name())
    .bind(key.owner().as_str().to_owned())
    .bind(Vec::<u8>::new())
    .bind(millis(case.expires_at))
    .bind(millis(case.opened_at))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A consent is written down beside the case, because the phone session that carries it ends.
async fn insert_consent(conn: &mut Conn, change: &Change) -> Result<()> {
    let given = change
        .events
        .iter()
        .any(|event| event.kind == EventKind::ConsentGiven);
    let session = change.case.session().filter(|_| given);
    let Some(consent) = session.and_then(|session| session.consent.as_ref()) else {
        return Ok(());
    };
    sqlx::query(
        "INSERT INTO consent_record (case_id, case_version, notice_version, language, at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(change.case.id.uuid())
    .bind(version(change.case.version)?)
    .bind(&consent.notice_version)
    .bind(&consent.language)
    .bind(millis(consent.at))
    .execute(conn)
    .await?;
    Ok(())
}

/// Whatever consent the case holds is taken back with the change that says so.
async fn withdraw_consents(conn: &mut Conn, change: &Change) -> Result<()> {
    let withdrawn = change
        .events
        .iter()
        .any(|event| event.kind == EventKind::ConsentWithdrawn);
    if withdrawn {
        sqlx::query(
            "UPDATE consent_record SET withdrawn_at = $1
             WHERE case_id = $2 AND withdrawn_at IS NULL",
        )
        .bind(millis(decided_at(change)))
        .bind(change.case.id.uuid())
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// When the change was decided: the time of its events.
fn decided_at(change: &Change) -> DateTime<Utc> {
    change
        .events
        .last()
        .map_or(change.case.opened_at, |event| event.at)
}
