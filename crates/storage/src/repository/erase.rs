//! Erasing for good: the key first, so that whatever copy there is can't be read again, then what it sealed, then every
//! keyed hash that still pointed to it.

use chrono::{DateTime, Utc};
use object_store::path::Path;
use shiming_vault::Owner;
use shiming_verification::{
    ids::{CaseId, PlatformId},
    notification::Block,
    ports::privacy::Reach,
};
use uuid::Uuid;

use super::{Conn, Result, Store, audit, data_key, reference_photo, settle_erasure};
use crate::{PersonIndex, objects, words::millis};

/// The notes of a case, sealed with its key.
const NOTES: &str = "DELETE FROM case_note WHERE case_id = $1";

/// The messages that were sent about a case, sealed with its key.
const MESSAGES: &str = "DELETE FROM notification WHERE case_id = $1";

/// Whoever refused a case's messages: there will be no more of them.
const REFUSALS: &str = "DELETE FROM notification_block WHERE scope = $1";

/// What the scans of a case have left.
const OF_SCANS: [&str; 3] = [
    "DELETE FROM scan_record WHERE case_id = $1",
    "DELETE FROM scan_frame_hash WHERE case_id = $1",
    "DELETE FROM kept_scan WHERE case_id = $1",
];

/// Keyed hashes of a person among the failures that one platform's cases count.
const MARKED: &str = "DELETE FROM mark WHERE scope = 'id_number' AND scope_key = $1
   AND ($2 IS NULL OR case_id IN (SELECT id FROM verification_case WHERE platform = $2))";

/// Keyed hashes of a person among what risk rules count, of whatever platform.
const WEIGHED: &str = "DELETE FROM risk_sign WHERE scope = $1";

/// The registry's row stays an enterprise's, but fits nobody until it is imported anew.
const REGISTERED: &str =
    "UPDATE enterprise SET representative = $2, id_index = $2 WHERE id_index = $1";

impl Store {
    pub(super) async fn erase_case_key(&self, case: CaseId, now: DateTime<Utc>) -> Result<bool> {
        let mut tx = self.begin().await?;
        let erased = data_key::erase(&mut tx, &Owner::case(case)).await?;
        if erased {
            let gone = self.erase_rest_of_case(&mut tx, case.uuid(), now).await?;
            let record = audit::key_erased("case", now).about(case);
            self.append(&mut tx, vec![record]).await?;
            tx.commit().await?;
            self.delete_objects(gone).await?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Empties a case's row and deletes what hangs on it; answers with the objects that are to go after the commit.
    async fn erase_rest_of_case(
        &self,
        conn: &mut Conn,
        case: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>> {
        let frames = frames_of(conn, case).await?;
        for sql in OF_SCANS.into_iter().chain([NOTES, MESSAGES]) {
            sqlx::query(sql).bind(case).execute(&mut *conn).await?;
        }
        sqlx::query(REFUSALS)
            .bind(Block::Case(CaseId::new(case)).scope())
            .execute(&mut *conn)
            .await?;
        sqlx::query(
            "UPDATE verification_case SET body = $1, id_index = NULL, name_index = NULL,
               uscc_index = NULL, token = NULL, phone = NULL, erased_at = $2 WHERE id = $3",
        )
        .bind(Vec::<u8>::new())
        .bind(millis(now))
        .bind(case)
        .execute(conn)
        .await?;
        Ok(frames)
    }

    /// Cases that are over, credentials that have ended, and the hashes that name the person; for the whole server photos, too.
    pub(super) async fn erase_everything_of(
        &self,
        person: PersonIndex,
        reach: Reach,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let mut tx = self.begin().await?;
        let mut gone = Vec::new();
        let mut erased = false;
        for (id, owner) in cases_that_are_over(&mut tx, person, reach).await? {
            erased |= data_key::erase(&mut tx, &Owner::stored(owner)).await?;
            gone.extend(self.erase_rest_of_case(&mut tx, id, now).await?);
        }
        erased |= erase_ended_credentials(&mut tx, person, reach).await?;
        if reach == Reach::Server {
            erased |= data_key::erase(&mut tx, &reference_photo::owner(person)).await?;
            gone.extend(self.forget_photos(&mut tx, person).await?);
        }
        self.forget_hashes(&mut tx, person, reach).await?;
        if erased {
            // No subject: even the keyed hash of an ID number would be a trace of the person.
            let record = audit::key_erased("person", now);
            self.append(&mut tx, vec![record]).await?;
        }
        tx.commit().await?;
        self.delete_objects(gone).await?;
        settle_erasure(&self.writer).await?;
        Ok(erased)
    }

    /// Hashes go with the last case or credential that names the person. What risk rules have counted belongs to no platform:
    /// it stays as long as any platform knows the person. The registry's row and its hash are the server's.
    async fn forget_hashes(
        &self,
        conn: &mut Conn,
        person: PersonIndex,
        reach: Reach,
    ) -> Result<()> {
        let index = person.0.0.to_vec();
        if is_forgotten(conn, person, reach).await? {
            let platform = reach.platform().map(PlatformId::uuid);
            let query = sqlx::query(MARKED).bind(index.clone()).bind(platform);
            query.execute(&mut *conn).await?;
        }
        if is_forgotten(conn, person, Reach::Server).await? {
            let query = sqlx::query(WEIGHED).bind(index.clone());
            query.execute(&mut *conn).await?;
            if reach == Reach::Server {
                self.forget_in_registry(conn, index).await?;
            }
        }
        Ok(())
    }

    async fn forget_in_registry(&self, conn: &mut Conn, person: Vec<u8>) -> Result<()> {
        let mut nobody = [0; 32];
        self.seals.entropy.fill(&mut nobody)?;
        let query = sqlx::query(REGISTERED).bind(person).bind(nobody.to_vec());
        query.execute(conn).await?;
        Ok(())
    }

    pub(super) async fn erase_scans_of(&self, case: CaseId, now: DateTime<Utc>) -> Result<bool> {
        let mut tx = self.begin().await?;
        let frames = frames_of(&mut tx, case.uuid()).await?;
        let mut erased = 0;
        for sql in OF_SCANS {
            let done = sqlx::query(sql).bind(case.uuid()).execute(&mut *tx).await?;
            erased += done.rows_affected();
        }
        if erased > 0 {
            let record = audit::scans_erased(now).about(case);
            self.append(&mut tx, vec![record]).await?;
        }
        tx.commit().await?;
        self.delete_objects(frames).await?;
        Ok(erased > 0)
    }

    pub(super) async fn erase_cases_over(
        &self,
        verified: bool,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64> {
        let over: Vec<Uuid> = sqlx::query_scalar(
            "SELECT id FROM verification_case WHERE wake_at IS NULL AND erased_at IS NULL
               AND updated_at < $1 AND (state = 'verified') = $2 ORDER BY updated_at LIMIT $3",
        )
        .bind(millis(before))
        .bind(verified)
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        for id in &over {
            self.erase_case_key(CaseId::new(*id), now).await?;
        }
        Ok(over.len() as u64)
    }

    pub(super) async fn erase_photos_over(
        &self,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64> {
        let over: Vec<Vec<u8>> = sqlx::query_scalar(
            "SELECT id_index FROM reference_photo WHERE updated_at < $1 ORDER BY updated_at LIMIT $2",
        )
        .bind(millis(before))
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        let people = over.into_iter().filter_map(|bytes| bytes.try_into().ok());
        let mut erased = 0;
        for person in people.map(|bytes| PersonIndex(shiming_vault::Index(bytes))) {
            let mut tx = self.begin().await?;
            data_key::erase(&mut tx, &reference_photo::owner(person)).await?;
            let gone = self.forget_photos(&mut tx, person).await?;
            self.append(&mut tx, vec![audit::key_erased("photo", now)])
                .await?;
            tx.commit().await?;
            erased += gone.len() as u64;
            self.delete_objects(gone).await?;
        }
        Ok(erased)
    }

    async fn delete_objects(&self, gone: Vec<String>) -> Result<()> {
        for object in gone {
            objects::delete(&*self.objects, &Path::from(object)).await?;
        }
        Ok(())
    }
}

async fn frames_of(conn: &mut Conn, case: Uuid) -> Result<Vec<String>> {
    let query = sqlx::query_scalar("SELECT object FROM kept_scan WHERE case_id = $1").bind(case);
    Ok(query.fetch_all(conn).await?)
}

/// Id and key of each.
async fn cases_that_are_over(
    conn: &mut Conn,
    person: PersonIndex,
    reach: Reach,
) -> Result<Vec<(Uuid, String)>> {
    let query = sqlx::query_as(
        "SELECT id, key_owner FROM verification_case
         WHERE id_index = $1 AND wake_at IS NULL AND ($2 IS NULL OR platform = $2)",
    )
    .bind(person.0.0.to_vec())
    .bind(reach.platform().map(PlatformId::uuid));
    Ok(query.fetch_all(conn).await?)
}

/// Whether no case and no credential within reach names the person any more.
async fn is_forgotten(conn: &mut Conn, person: PersonIndex, reach: Reach) -> Result<bool> {
    let left: i64 = sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM verification_case
                 WHERE id_index = $1 AND ($2 IS NULL OR platform = $2))
              + (SELECT COUNT(*) FROM credential
                 WHERE id_index = $1 AND ($2 IS NULL OR platform = $2))",
    )
    .bind(person.0.0.to_vec())
    .bind(reach.platform().map(PlatformId::uuid))
    .fetch_one(conn)
    .await?;
    Ok(left == 0)
}

/// A credential that has ended says nothing any more; its id and its story stay.
async fn erase_ended_credentials(
    conn: &mut Conn,
    person: PersonIndex,
    reach: Reach,
) -> Result<bool> {
    let ended: Vec<(Uuid, String)> = sqlx::query_as(
        "SELECT id, key_owner FROM credential WHERE id_index = $1
           AND status IN ('revoked', 'superseded') AND ($2 IS NULL OR platform = $2)",
    )
    .bind(person.0.0.to_vec())
    .bind(reach.platform().map(PlatformId::uuid))
    .fetch_all(&mut *conn)
    .await?;
    let mut erased = false;
    for (id, owner) in ended {
        erased |= data_key::erase(conn, &Owner::stored(owner)).await?;
        sqlx::query(
            "UPDATE credential SET body = $1, id_index = $1, uscc_index = $1 WHERE id = $2",
        )
        .bind(Vec::<u8>::new())
        .bind(id)
        .execute(&mut *conn)
        .await?;
    }
    Ok(erased)
}
