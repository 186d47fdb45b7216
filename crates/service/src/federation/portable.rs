//! The portable credential, and the lists that tell whether one still stands.

use chrono::Duration;
use shiming_federation::{
    claims,
    jose::Jwk,
    sd_jwt,
    status_list::{self, Status},
};
use shiming_verification::{
    credential::{Credential, CredentialStatus},
    ports::federation::ListedStatus,
    sync::StatusReference,
};

use crate::{Services, edge::random, error::ServiceError};

/// How long a portable credential holds at most; after that its holder downloads another.
const LIFE: Duration = Duration::days(365);

impl Services {
    /// The credential as an SD-JWT VC, issued now. `holder` binds it to a key of its holder.
    ///
    /// # Errors
    /// `NotFound` if it is not valid; `Unavailable`.
    pub async fn portable(
        &self,
        credential: &Credential,
        origin: &str,
        holder: Option<&Jwk>,
    ) -> Result<String, ServiceError> {
        if !credential.status.is_valid() {
            return Err(ServiceError::NotFound);
        }
        let now = self.clock.now();
        let status = self.status_reference(credential, origin).await?;
        let ends = credential.source.as_ref().map(|source| source.expires_at);
        let expires_at = ends.into_iter().chain([now + LIFE]).min().unwrap_or(now);
        let (plain, hidden) = claims::portable(credential, origin, &status, expires_at, now);
        let key = self.signing_key().await?;
        Ok(sd_jwt::issue(&key, plain, &hidden, holder, &*self.entropy)?)
    }

    pub(super) async fn status_reference(
        &self,
        credential: &Credential,
        origin: &str,
    ) -> Result<StatusReference, ServiceError> {
        let wish = u64::from_be_bytes(random(&*self.entropy)?);
        let (list, idx) = self.federation.status_place(credential.id, wish).await?;
        Ok(StatusReference {
            idx,
            uri: format!("{origin}/status/{list}"),
        })
    }

    /// A signed status list.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn status_list(&self, list: u64, origin: &str) -> Result<String, ServiceError> {
        let entries = self
            .federation
            .status_list(list)
            .await?
            .ok_or(ServiceError::NotFound)?;
        let entries: Vec<_> = entries.into_iter().map(entry).collect();
        let (key, uri) = (self.signing_key().await?, format!("{origin}/status/{list}"));
        Ok(status_list::token(
            &key,
            origin,
            &uri,
            &entries,
            self.clock.now(),
        ))
    }
}

const fn entry(listed: ListedStatus) -> (u64, Status) {
    let status = match listed.status {
        CredentialStatus::Active
        | CredentialStatus::ChangePending
        | CredentialStatus::ReverifyDue => Status::Valid,
        CredentialStatus::Suspended => Status::Suspended,
        CredentialStatus::Superseded | CredentialStatus::Revoked => Status::Invalid,
    };
    (listed.idx, status)
}
