//! Credentials between platforms: which came from where, who was told of which, and whether they still stand.

use chrono::{DateTime, Utc};
use shiming_verification::{
    credential::Credential,
    ids::{ClientId, CredentialId, IssuerId},
    ports::federation::{ListedStatus, Notice},
    sync::{Imported, SyncSource, SyncStanding},
    words::{Account, Realm},
};
use uuid::Uuid;

use super::{Conn, Result, Store, credential::CredentialRow};
use crate::words::{from_word, millis, small, time};

/// Entries of one status list (two bits each).
const ENTRIES: i64 = 1 << 17;
/// Tries at other places before a list counts as full.
const TRIES: i64 = 64;

type NoticeRow = (Uuid, Uuid, Uuid, String, i64, i64);

impl Store {
    fn subject_index(&self, issuer: IssuerId, subject: &str) -> Vec<u8> {
        self.indexes
            .federation(issuer, "subject", subject)
            .0
            .to_vec()
    }

    fn process_index(&self, issuer: IssuerId, process: &str) -> Vec<u8> {
        self.indexes
            .federation(issuer, "process", process)
            .0
            .to_vec()
    }

    /// Binds the account at the source to the account here. False if it is bound to another one that still stands.
    pub(super) async fn link(
        &self,
        conn: &mut Conn,
        credential: &Credential,
        source: &SyncSource,
    ) -> Result<bool> {
        let done = sqlx::query(
            "INSERT INTO federation_link
               (issuer, subject, process, credential, platform, account_id, checked_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (issuer, subject) DO UPDATE SET process = excluded.process,
               credential = excluded.credential, platform = excluded.platform,
               account_id = excluded.account_id, checked_at = excluded.checked_at
             WHERE (federation_link.platform = excluded.platform
                 AND federation_link.account_id = excluded.account_id)
               OR NOT EXISTS (SELECT 1 FROM credential c WHERE c.id = federation_link.credential
                 AND c.status IN ('active', 'reverify_due', 'suspended'))",
        )
        .bind(source.issuer.uuid())
        .bind(self.subject_index(source.issuer, &source.subject))
        .bind(self.process_index(source.issuer, &source.verification_process))
        .bind(credential.id.uuid())
        .bind(credential.account.platform.uuid())
        .bind(&credential.account.id)
        .bind(millis(credential.verified_at))
        .execute(conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub(super) async fn standing_of(
        &self,
        imported: &Imported,
        account: &Account,
        realm: Realm,
    ) -> Result<SyncStanding> {
        let source = &imported.source;
        let bound: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM federation_link l JOIN credential c ON c.id = l.credential
             WHERE l.issuer = $1 AND l.subject = $2
               AND c.status IN ('active', 'reverify_due', 'suspended')
               AND NOT (l.platform = $3 AND l.account_id = $4)",
        )
        .bind(source.issuer.uuid())
        .bind(self.subject_index(source.issuer, &source.subject))
        .bind(account.platform.uuid())
        .bind(&account.id)
        .fetch_one(&self.reader)
        .await?;
        let uscc = self.indexes.uscc(&imported.elements.uscc);
        Ok(SyncStanding {
            bound_elsewhere: bound > 0,
            accounts_of_licence: self.other_accounts(&uscc, account, realm).await?,
        })
    }

    pub(super) async fn linked(
        &self,
        issuer: IssuerId,
        process: &str,
    ) -> Result<Vec<CredentialId>> {
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "SELECT l.credential FROM federation_link l JOIN credential c ON c.id = l.credential
             WHERE l.issuer = $1 AND l.process = $2
               AND c.status IN ('active', 'reverify_due', 'suspended')",
        )
        .bind(issuer.uuid())
        .bind(self.process_index(issuer, process))
        .fetch_all(&self.reader)
        .await?;
        Ok(ids.into_iter().map(CredentialId::new).collect())
    }

    pub(super) async fn unchecked(
        &self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Credential>> {
        let rows: Vec<CredentialRow> = sqlx::query_as(
            "SELECT c.status, c.key_owner, k.wrapped, c.body
             FROM federation_link l JOIN credential c ON c.id = l.credential
               JOIN data_key k ON k.owner = c.key_owner
             WHERE l.checked_at < $1 AND c.status IN ('active', 'reverify_due', 'suspended')
             ORDER BY l.checked_at LIMIT $2",
        )
        .bind(millis(before))
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter()
            .map(|row| self.open_credential(row))
            .collect()
    }

    pub(super) async fn checked(&self, credential: CredentialId, now: DateTime<Utc>) -> Result<()> {
        sqlx::query("UPDATE federation_link SET checked_at = $1 WHERE credential = $2")
            .bind(millis(now))
            .bind(credential.uuid())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Random places, so that neighbours in a list have nothing to do with each other.
    pub(super) async fn place_of(&self, credential: CredentialId, wish: u64) -> Result<(u64, u64)> {
        let wish = i64::try_from(wish % (1 << 17)).unwrap_or_default();
        for list in 1_i64.. {
            for step in 0..TRIES {
                // An odd stride visits every place.
                let idx = (wish + step * 40_503) % ENTRIES;
                sqlx::query(
                    "INSERT INTO status_place (list, idx, credential) VALUES ($1, $2, $3)
                     ON CONFLICT DO NOTHING",
                )
                .bind(list)
                .bind(idx)
                .bind(credential.uuid())
                .execute(&self.writer)
                .await?;
                if let Some(place) = self.find_place(credential).await? {
                    return Ok(place);
                }
            }
        }
        unreachable!("there is always another list")
    }

    async fn find_place(&self, credential: CredentialId) -> Result<Option<(u64, u64)>> {
        let row: Option<(i64, i64)> =
            sqlx::query_as("SELECT list, idx FROM status_place WHERE credential = $1")
                .bind(credential.uuid())
                .fetch_optional(&self.writer)
                .await?;
        Ok(row.map(|(list, idx)| (list.unsigned_abs(), idx.unsigned_abs())))
    }

    pub(super) async fn listed(&self, list: u64) -> Result<Option<Vec<ListedStatus>>> {
        let list = i64::try_from(list).unwrap_or(i64::MAX);
        let used: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM status_place WHERE list = $1")
            .bind(list)
            .fetch_one(&self.reader)
            .await?;
        // The first list is there before its first entry.
        if used == 0 && list != 1 {
            return Ok(None);
        }
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT p.idx, c.status FROM status_place p JOIN credential c ON c.id = p.credential
             WHERE p.list = $1 AND c.status NOT IN ('active', 'reverify_due')",
        )
        .bind(list)
        .fetch_all(&self.reader)
        .await?;
        let entry = |(idx, status): (i64, String)| {
            Ok(ListedStatus {
                idx: idx.unsigned_abs(),
                status: from_word("credential status", status)?,
            })
        };
        rows.into_iter().map(entry).collect::<Result<_>>().map(Some)
    }

    pub(super) async fn write_grant(
        &self,
        party: ClientId,
        credential: CredentialId,
        subject: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO federation_grant (party, credential, subject, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (credential, party) DO UPDATE SET at = excluded.at",
        )
        .bind(party.uuid())
        .bind(credential.uuid())
        .bind(subject)
        .bind(millis(now))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    pub(super) async fn lease_notices(
        &self,
        limit: u32,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Notice>> {
        let rows: Vec<NoticeRow> = sqlx::query_as(
            "UPDATE federation_notice SET due_at = $1, attempts = attempts + 1
             WHERE id IN (SELECT id FROM federation_notice WHERE due_at <= $2 ORDER BY due_at LIMIT $3)
               AND due_at <= $2
             RETURNING id, party, credential, subject, attempts, at",
        )
        .bind(millis(until))
        .bind(millis(now))
        .bind(i64::from(limit))
        .fetch_all(&self.writer)
        .await?;
        let mut notices = Vec::new();
        for row in rows {
            let id = row.0;
            match self.notice(row).await? {
                Some(notice) => notices.push(notice),
                None => self.delete_notice(id).await?,
            }
        }
        Ok(notices)
    }

    /// `None` if the relying party is gone or wants no notices.
    async fn notice(
        &self,
        (id, party, credential, subject, attempts, at): NoticeRow,
    ) -> Result<Option<Notice>> {
        let party = self
            .find_party(party)
            .await?
            .filter(|party| party.webhook.is_some());
        let Some(party) = party else { return Ok(None) };
        let row: Option<CredentialRow> = sqlx::query_as(
            "SELECT c.status, c.key_owner, k.wrapped, c.body
             FROM credential c JOIN data_key k ON k.owner = c.key_owner WHERE c.id = $1",
        )
        .bind(credential)
        .fetch_optional(&self.reader)
        .await?;
        let credential = row.map(|row| self.open_credential(row)).transpose()?;
        let Some(credential) = credential else {
            return Ok(None);
        };
        Ok(Some(Notice {
            id,
            party,
            credential,
            subject,
            attempts: small(attempts)?,
            at: time(at)?,
        }))
    }

    pub(super) async fn delete_notice(&self, id: Uuid) -> Result<()> {
        sqlx::query("DELETE FROM federation_notice WHERE id = $1")
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    pub(super) async fn postpone_notice(&self, id: Uuid, at: DateTime<Utc>) -> Result<()> {
        sqlx::query("UPDATE federation_notice SET due_at = $1 WHERE id = $2")
            .bind(millis(at))
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

/// Has everybody hear who was told of a credential that now stands otherwise. In the commit of the change.
pub(super) async fn tell(
    conn: &mut Conn,
    credential: CredentialId,
    at: DateTime<Utc>,
) -> Result<()> {
    let told: Vec<(Uuid, String)> =
        sqlx::query_as("SELECT party, subject FROM federation_grant WHERE credential = $1")
            .bind(credential.uuid())
            .fetch_all(&mut *conn)
            .await?;
    for (party, subject) in told {
        sqlx::query(
            "INSERT INTO federation_notice (id, party, credential, subject, due_at, attempts, at)
             VALUES ($1, $2, $3, $4, $5, 0, $5) ON CONFLICT (id) DO NOTHING",
        )
        .bind(notice_id(party, credential, at))
        .bind(party)
        .bind(credential.uuid())
        .bind(subject)
        .bind(millis(at))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Derived, so that a commit that is repeated tells once.
fn notice_id(party: Uuid, credential: CredentialId, at: DateTime<Utc>) -> Uuid {
    use sha2::Digest as _;
    let digest = sha2::Sha256::new()
        .chain_update(party.as_bytes())
        .chain_update(credential.uuid().as_bytes())
        .chain_update(millis(at).to_be_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
