//! What passed verifications leave on accounts.

use shiming_vault::{DataKey, Index, Owner};
use shiming_verification::{
    credential::Credential,
    ids::{CaseId, PlatformId},
    lifecycle::Life,
    words::{Account, Realm},
};

use super::{Conn, Result, Store, data_key, life};
use crate::words::{from_word, millis, small, word};

/// For what a credential's key seals its body.
const PURPOSE: &str = "credential";

/// The status column beside the sealed body; the column is the one that counts.
pub(super) type CredentialRow = (String, String, Vec<u8>, Vec<u8>);

/// Credentials as they stand: one that its account is changing says so.
macro_rules! standing {
    ($rest:literal) => {
        concat!(
            "SELECT CASE WHEN c.status IN ('active', 'reverify_due') AND EXISTS (
                 SELECT 1 FROM verification_case v
                 WHERE v.platform = c.platform AND v.account_id = c.account_id
                   AND v.renews = 'change' AND v.wake_at IS NOT NULL)
               THEN 'change_pending' ELSE c.status END,
               c.key_owner, k.wrapped, c.body
             FROM credential c JOIN data_key k ON k.owner = c.key_owner ",
            $rest
        )
    };
}
pub(super) use standing;

impl Store {
    /// Stores a credential; the account's active one, if any, is superseded by it.
    pub(super) async fn insert_credential(
        &self,
        conn: &mut Conn,
        credential: &Credential,
        begun: &Life,
    ) -> Result<()> {
        let owner = Owner::credential(credential.id);
        let key = data_key::get_or_create(conn, &self.seals, owner).await?;
        life::supersede(conn, &credential.account, credential.verified_at).await?;
        self.insert_sealed(conn, credential, &key).await?;
        life::begin(conn, credential, begun).await
    }

    async fn insert_sealed(
        &self,
        conn: &mut Conn,
        credential: &Credential,
        key: &DataKey,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO credential
               (id, case_id, platform, account_id, realm, uscc_index, id_index, status,
                key_owner, body, verified_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(credential.id.uuid())
        .bind(credential.case.uuid())
        .bind(credential.account.platform.uuid())
        .bind(&credential.account.id)
        .bind(credential.realm.as_str())
        .bind(self.indexes.uscc(&credential.claim.uscc).0.to_vec())
        .bind(self.person_of(credential))
        .bind(word(&credential.status))
        .bind(key.owner().as_str().to_owned())
        .bind(self.seals.seal_json(key, PURPOSE, credential)?)
        .bind(millis(credential.verified_at))
        .execute(conn)
        .await?;
        Ok(())
    }

    /// Empty for an imported credential, whose source sends no ID number.
    fn person_of(&self, credential: &Credential) -> Vec<u8> {
        let person = credential.claim.id_number.as_ref();
        person.map_or_else(Vec::new, |id| self.indexes.person(id).0.0.to_vec())
    }

    pub(super) fn open_credential(
        &self,
        (status, owner, wrapped, body): CredentialRow,
    ) -> Result<Credential> {
        let sealed: Credential =
            self.seals
                .open_json(Owner::stored(owner), &wrapped, PURPOSE, &body)?;
        Ok(Credential {
            status: from_word("credential status", status)?,
            ..sealed
        })
    }

    pub(super) async fn newest_credential(
        &self,
        platform: PlatformId,
        account_id: &str,
    ) -> Result<Option<Credential>> {
        let row: Option<CredentialRow> = sqlx::query_as(standing!(
            "WHERE c.platform = $1 AND c.account_id = $2
             ORDER BY c.verified_at DESC, c.id DESC LIMIT 1"
        ))
        .bind(platform.uuid())
        .bind(account_id)
        .fetch_optional(&self.reader)
        .await?;
        row.map(|row| self.open_credential(row)).transpose()
    }

    pub(super) async fn credential_left_by(
        &self,
        platform: PlatformId,
        case: CaseId,
    ) -> Result<Option<Credential>> {
        let row: Option<CredentialRow> =
            sqlx::query_as(standing!("WHERE c.platform = $1 AND c.case_id = $2"))
                .bind(platform.uuid())
                .bind(case.uuid())
                .fetch_optional(&self.reader)
                .await?;
        row.map(|row| self.open_credential(row)).transpose()
    }

    /// Accounts other than this one that a licence has verified and that still stand.
    pub(super) async fn other_accounts(
        &self,
        uscc: &Index,
        account: &Account,
        realm: Realm,
    ) -> Result<u32> {
        let others = sqlx::query_scalar(
            "SELECT COUNT(*) FROM (
               SELECT DISTINCT platform, account_id FROM credential
               WHERE realm = $1 AND uscc_index = $2 AND status IN ('active', 'reverify_due', 'suspended')
                 AND NOT (platform = $3 AND account_id = $4)) AS others",
        )
        .bind(realm.as_str())
        .bind(uscc.0.to_vec())
        .bind(account.platform.uuid())
        .bind(&account.id)
        .fetch_one(&self.reader)
        .await?;
        small(others)
    }
}
