//! What a platform reads about its own accounts.

use async_trait::async_trait;
use shiming_identifiers::Uscc;
use shiming_verification::{
    case::Case,
    credential::Credential,
    ids::{CredentialId, PlatformId},
    ports::{
        LedgerError,
        listings::{CaseFilter, CredentialFilter, Listings},
    },
};
use sqlx::QueryBuilder;

use super::{
    Db, Result, SealedRow, Store,
    credential::{CredentialRow, standing},
};

/// Statuses on which others may rely.
const VALID: &str = "('active', 'change_pending', 'reverify_due')";

const CREDENTIAL: &str = standing!("WHERE c.platform = ");

impl Store {
    async fn cases_page(
        &self,
        platform: PlatformId,
        filter: &CaseFilter,
        limit: u32,
    ) -> Result<Vec<Case>> {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT c.key_owner, k.wrapped, c.body
             FROM verification_case c JOIN data_key k ON k.owner = c.key_owner
             WHERE c.platform = ",
        );
        query.push_bind(platform.uuid());
        if let Some(account) = &filter.account_id {
            query
                .push(" AND c.account_id = ")
                .push_bind(account.clone());
        }
        if let Some(state) = &filter.state {
            query.push(" AND c.state = ").push_bind(state.clone());
        }
        if let Some(after) = filter.after {
            query
                .push(" AND (c.opened_at, c.id) < (SELECT opened_at, id FROM verification_case WHERE id = ")
                .push_bind(after.uuid())
                .push(" AND platform = ")
                .push_bind(platform.uuid())
                .push(")");
        }
        query
            .push(" ORDER BY c.opened_at DESC, c.id DESC LIMIT ")
            .push_bind(i64::from(limit));
        let rows: Vec<SealedRow> = query.build_query_as().fetch_all(&self.reader).await?;
        rows.into_iter().map(|row| self.open_case(row)).collect()
    }

    async fn open_all(&self, mut query: QueryBuilder<Db>) -> Result<Vec<Credential>> {
        let rows: Vec<CredentialRow> = query.build_query_as().fetch_all(&self.reader).await?;
        rows.into_iter()
            .map(|row| self.open_credential(row))
            .collect()
    }

    async fn credentials_page(
        &self,
        platform: PlatformId,
        filter: &CredentialFilter,
        limit: u32,
    ) -> Result<Vec<Credential>> {
        let mut query = QueryBuilder::<Db>::new(CREDENTIAL);
        query.push_bind(platform.uuid());
        if let Some(account) = &filter.account_id {
            query
                .push(" AND c.account_id = ")
                .push_bind(account.clone());
        }
        if let Some(after) = filter.after {
            query
                .push(" AND (c.verified_at, c.id) < (SELECT verified_at, id FROM credential WHERE id = ")
                .push_bind(after.uuid())
                .push(" AND platform = ")
                .push_bind(platform.uuid())
                .push(")");
        }
        query
            .push(" ORDER BY c.verified_at DESC, c.id DESC LIMIT ")
            .push_bind(i64::from(limit));
        self.open_all(query).await
    }

    async fn one_credential(
        &self,
        platform: PlatformId,
        id: CredentialId,
    ) -> Result<Option<Credential>> {
        let mut query = QueryBuilder::<Db>::new(CREDENTIAL);
        query.push_bind(platform.uuid());
        query.push(" AND c.id = ").push_bind(id.uuid());
        Ok(self.open_all(query).await?.pop())
    }

    async fn of_enterprise(&self, platform: PlatformId, index: &[u8]) -> Result<Vec<Credential>> {
        let mut query = QueryBuilder::<Db>::new(CREDENTIAL);
        query.push_bind(platform.uuid());
        query.push(" AND c.uscc_index = ").push_bind(index.to_vec());
        query.push(" AND c.status IN ").push(VALID);
        query.push(" ORDER BY c.verified_at DESC, c.id DESC");
        self.open_all(query).await
    }

    /// Enterprises by the time of their last verification; pages continue behind the last one's time and index.
    async fn enterprises_page(
        &self,
        platform: PlatformId,
        after: Option<CredentialId>,
        limit: u32,
    ) -> Result<Vec<Vec<Credential>>> {
        let mut query =
            QueryBuilder::<Db>::new("SELECT uscc_index FROM credential WHERE platform = ");
        query.push_bind(platform.uuid());
        query
            .push(" AND status IN ")
            .push(VALID)
            .push(" GROUP BY uscc_index");
        if let Some(after) = after {
            query
                .push(" HAVING (MAX(verified_at), uscc_index) < (SELECT verified_at, uscc_index FROM credential WHERE id = ")
                .push_bind(after.uuid())
                .push(" AND platform = ")
                .push_bind(platform.uuid())
                .push(")");
        }
        query
            .push(" ORDER BY MAX(verified_at) DESC, uscc_index DESC LIMIT ")
            .push_bind(i64::from(limit));
        let indexes: Vec<Vec<u8>> = query.build_query_scalar().fetch_all(&self.reader).await?;
        let mut enterprises = Vec::with_capacity(indexes.len());
        for index in indexes {
            enterprises.push(self.of_enterprise(platform, &index).await?);
        }
        Ok(enterprises)
    }
}

#[async_trait]
impl Listings for Store {
    async fn list_cases(
        &self,
        platform: PlatformId,
        filter: &CaseFilter,
        limit: u32,
    ) -> Result<Vec<Case>, LedgerError> {
        Ok(self.cases_page(platform, filter, limit).await?)
    }

    async fn list_credentials(
        &self,
        platform: PlatformId,
        filter: &CredentialFilter,
        limit: u32,
    ) -> Result<Vec<Credential>, LedgerError> {
        Ok(self.credentials_page(platform, filter, limit).await?)
    }

    async fn credential_with_id(
        &self,
        platform: PlatformId,
        id: CredentialId,
    ) -> Result<Option<Credential>, LedgerError> {
        Ok(self.one_credential(platform, id).await?)
    }

    async fn credentials_of_enterprise(
        &self,
        platform: PlatformId,
        uscc: &Uscc,
    ) -> Result<Vec<Credential>, LedgerError> {
        let index = self.indexes.uscc(uscc);
        Ok(self.of_enterprise(platform, &index.0).await?)
    }

    async fn list_enterprises(
        &self,
        platform: PlatformId,
        after: Option<CredentialId>,
        limit: u32,
    ) -> Result<Vec<Vec<Credential>>, LedgerError> {
        Ok(self.enterprises_page(platform, after, limit).await?)
    }
}
