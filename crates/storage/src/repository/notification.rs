//! Messages to people: written by the commits that call for them, each with the job that sends it.

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use shiming_vault::{DataKey, Owner};
use shiming_verification::{
    case::Case,
    change::{Change, Job, JobKind},
    ids::{CaseId, CredentialId, NotificationId, PlatformId},
    lifecycle::LifeChange,
    notification::{Order, Status},
    ports::notifications::Notification,
    words::Realm,
};
use uuid::{Builder, Uuid};

use super::{Conn, Result, Store, case::PURPOSE as OF_CASE, job};
use crate::words::{from_word, millis, time, word};

/// For what a case's key seals messages.
const PURPOSE: &str = "notification";

/// A message as it lies in its table, with what opens it.
#[derive(sqlx::FromRow)]
pub(super) struct NotificationRow {
    id: Uuid,
    platform: Uuid,
    case_id: Uuid,
    key_owner: String,
    wrapped: Vec<u8>,
    body: Vec<u8>,
    status: String,
    reason: Option<String>,
    created_at: i64,
    finished_at: Option<i64>,
}

/// Whose message it is, and when it was ordered.
struct Origin<'a> {
    platform: PlatformId,
    case: CaseId,
    key: &'a DataKey,
    at: DateTime<Utc>,
}

/// The case that has left a credential: what names its contact.
type HomeRow = (Uuid, Uuid, String, String, Vec<u8>, Vec<u8>);

impl Store {
    /// Stores the messages of a change of a case.
    pub(super) async fn order_of_change(
        &self,
        conn: &mut Conn,
        change: &Change,
        key: &DataKey,
    ) -> Result<()> {
        for (nth, order) in change.notifications.iter().enumerate() {
            let origin = Origin {
                platform: change.case.account.platform,
                case: change.case.id,
                key,
                at: order.not_before,
            };
            let id = derived(change.case.id.uuid(), change.case.version, nth);
            self.insert_notification(conn, id, &origin, order).await?;
        }
        Ok(())
    }

    /// Stores the messages of a change of a credential's life, if the verification that has left it names a contact and is not
    /// erased.
    pub(super) async fn order_of_life(&self, conn: &mut Conn, change: &LifeChange) -> Result<()> {
        if change.notices.is_empty() {
            return Ok(());
        }
        let Some((platform, case, realm, owner, wrapped, body)) =
            home_of(conn, change.credential).await?
        else {
            return Ok(());
        };
        let owner = Owner::stored(owner);
        let home: Case = self
            .seals
            .open_json(owner.clone(), &wrapped, OF_CASE, &body)?;
        let Some(contact) = home.terms.contact else {
            return Ok(());
        };
        let realm: Realm = from_word("realm", realm)?;
        let key = self.seals.key(owner, &wrapped)?;
        let origin = Origin {
            platform: PlatformId::new(platform),
            case: CaseId::new(case),
            key: &key,
            at: change.at,
        };
        for (nth, notice) in change.notices.iter().enumerate() {
            let id = derived(change.credential.uuid(), change.life.version, nth);
            if let Some(order) = notice.order(change.credential, &contact, realm) {
                self.insert_notification(conn, id, &origin, &order).await?;
            }
        }
        Ok(())
    }

    async fn insert_notification(
        &self,
        conn: &mut Conn,
        id: NotificationId,
        origin: &Origin<'_>,
        order: &Order,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO notification
               (id, platform, case_id, occasion, channel, address, key_owner, body, status, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9)",
        )
        .bind(id.uuid())
        .bind(origin.platform.uuid())
        .bind(origin.case.uuid())
        .bind(order.occasion.as_str())
        .bind(order.to.address.channel().as_str())
        .bind(self.indexes.address(&order.to.address).0.to_vec())
        .bind(origin.key.owner().as_str().to_owned())
        .bind(self.seals.seal_json(origin.key, PURPOSE, order)?)
        .bind(millis(origin.at))
        .execute(&mut *conn)
        .await?;
        let kind = JobKind::Notify { notification: id };
        let run_at = order.not_before;
        job::replace_one(conn, kind, 1, Some(Job { kind, run_at })).await
    }

    fn open_notification(&self, row: NotificationRow) -> Result<Notification> {
        let owner = Owner::stored(row.key_owner);
        Ok(Notification {
            id: NotificationId::new(row.id),
            platform: PlatformId::new(row.platform),
            case: CaseId::new(row.case_id),
            order: self
                .seals
                .open_json(owner, &row.wrapped, PURPOSE, &row.body)?,
            status: from_word("notification status", row.status)?,
            reason: row.reason,
            created_at: time(row.created_at)?,
            finished_at: row.finished_at.map(time).transpose()?,
        })
    }

    pub(super) async fn find_notification(
        &self,
        id: NotificationId,
    ) -> Result<Option<Notification>> {
        let row: Option<NotificationRow> = sqlx::query_as(
            "SELECT n.id, n.platform, n.case_id, n.key_owner, k.wrapped, n.body, n.status, n.reason,
               n.created_at, n.finished_at
             FROM notification n JOIN data_key k ON k.owner = n.key_owner WHERE n.id = $1",
        )
        .bind(id.uuid())
        .fetch_optional(&self.reader)
        .await?;
        row.map(|row| self.open_notification(row)).transpose()
    }

    pub(super) async fn find_notification_by_link(
        &self,
        link: [u8; 32],
    ) -> Result<Option<Notification>> {
        let row: Option<NotificationRow> = sqlx::query_as(
            "SELECT n.id, n.platform, n.case_id, n.key_owner, k.wrapped, n.body, n.status, n.reason,
               n.created_at, n.finished_at
             FROM notification n JOIN data_key k ON k.owner = n.key_owner WHERE n.link = $1",
        )
        .bind(link.to_vec())
        .fetch_optional(&self.reader)
        .await?;
        row.map(|row| self.open_notification(row)).transpose()
    }

    pub(super) async fn notifications_of_case(&self, case: CaseId) -> Result<Vec<Notification>> {
        let rows: Vec<NotificationRow> = sqlx::query_as(
            "SELECT n.id, n.platform, n.case_id, n.key_owner, k.wrapped, n.body, n.status, n.reason,
               n.created_at, n.finished_at
             FROM notification n JOIN data_key k ON k.owner = n.key_owner
             WHERE n.case_id = $1 ORDER BY n.created_at DESC, n.id",
        )
        .bind(case.uuid())
        .fetch_all(&self.reader)
        .await?;
        let opened = rows.into_iter().map(|row| self.open_notification(row));
        opened.collect()
    }

    pub(super) async fn set_link(&self, id: NotificationId, link: [u8; 32]) -> Result<()> {
        sqlx::query("UPDATE notification SET link = $1 WHERE id = $2")
            .bind(link.to_vec())
            .bind(id.uuid())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    pub(super) async fn end_notification(
        &self,
        id: NotificationId,
        status: Status,
        reason: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<()> {
        sqlx::query(
            "UPDATE notification SET status = $1, reason = $2, finished_at = $3
             WHERE id = $4 AND status = 'pending'",
        )
        .bind(word(&status))
        .bind(reason)
        .bind(millis(at))
        .bind(id.uuid())
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}

async fn home_of(conn: &mut Conn, credential: CredentialId) -> Result<Option<HomeRow>> {
    let row = sqlx::query_as(
        "SELECT c.platform, v.id, c.realm, v.key_owner, k.wrapped, v.body
         FROM credential c JOIN verification_case v ON v.id = c.case_id
           JOIN data_key k ON k.owner = v.key_owner
         WHERE c.id = $1",
    )
    .bind(credential.uuid())
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// Derived from what it tells of, so that a decision that is made again orders the same message.
fn derived(subject: Uuid, version: u64, nth: usize) -> NotificationId {
    let digest = Sha256::new()
        .chain_update(b"notification")
        .chain_update(subject.as_bytes())
        .chain_update(version.to_be_bytes())
        .chain_update(nth.to_be_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    NotificationId::new(Builder::from_custom_bytes(bytes).into_uuid())
}
