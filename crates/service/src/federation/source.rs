//! What a source says later: its signed notices, and its status list.

use chrono::Duration;
use serde_json::Value;
use shiming_federation::{
    jose::JwkSet,
    notice::{self, Notice},
    relying::Sister,
    status_list::{self, Status},
};
use shiming_verification::{
    credential::Credential,
    ids::{CredentialId, IssuerId},
    lifecycle::{LifeFact, Revocation},
    sync::SyncSource,
};

use crate::{Services, error::ServiceError};

/// How often a source's status list is looked at, beside its notices.
const RECHECK: Duration = Duration::hours(24);
/// Credentials looked at in one go.
const BATCH: u32 = 16;

/// A notice as it came in.
#[derive(Debug, Clone, Copy)]
pub struct SignedNotice<'a> {
    /// `webhook-id`, `webhook-timestamp` and `webhook-signature`.
    pub headers: (&'a str, &'a str, &'a str),
    /// The body, byte for byte.
    pub body: &'a [u8],
}

impl Services {
    /// A source says that a verification has ended.
    ///
    /// # Errors
    /// `NotFound` for an issuer that sends no notices here; `NoSession` if the signature or its time does not fit.
    pub async fn hear_source(
        &self,
        issuer: IssuerId,
        said: SignedNotice<'_>,
    ) -> Result<(), ServiceError> {
        let issuer = self
            .federation
            .issuer(issuer)
            .await?
            .ok_or(ServiceError::NotFound)?;
        let secret = issuer
            .webhook_secret
            .as_ref()
            .ok_or(ServiceError::NotFound)?;
        if !notice::is_signed(secret.expose(), said.headers, said.body, self.clock.now()) {
            return Err(ServiceError::NoSession);
        }
        let Ok(told) = serde_json::from_slice::<Notice>(said.body) else {
            // Another kind of event; nothing that concerns us.
            return Ok(());
        };
        let status = match told.r#type.as_str() {
            notice::REVOKED => Status::Invalid,
            notice::SUSPENDED => Status::Suspended,
            _ => return Ok(()),
        };
        for id in self
            .federation
            .imported_by(issuer.id, &told.data.verification_process)
            .await?
        {
            self.follow_source(id, status).await?;
        }
        Ok(())
    }

    async fn follow_source(&self, id: CredentialId, status: Status) -> Result<(), ServiceError> {
        let cause = Revocation::Source;
        let fact = match status {
            Status::Valid => return Ok(()),
            Status::Invalid => LifeFact::Revoked { cause, told: None },
            Status::Suspended => LifeFact::Suspended { told: None },
        };
        match self.step_life(id, fact).await {
            Ok(_) | Err(ServiceError::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Looks at the status lists of sources that were not asked for a day.
    ///
    /// # Errors
    /// `Unavailable` if our own store is; a source that does not answer is asked again the next day.
    pub async fn recheck_sources(&self) -> Result<(), ServiceError> {
        let now = self.clock.now();
        for credential in self
            .federation
            .imported_to_check(now - RECHECK, BATCH)
            .await?
        {
            self.federation.note_check(credential.id, now).await?;
            if let Some(status) = self.status_at_source(&credential).await {
                self.follow_source(credential.id, status).await?;
            }
        }
        Ok(())
    }

    async fn status_at_source(&self, credential: &Credential) -> Option<Status> {
        let source = credential.source.as_ref()?;
        let asked = self.ask_status(source).await;
        asked
            .inspect_err(|why| tracing::warn!(issuer = %source.issuer, %why, "a source's status list does not tell"))
            .ok()?
    }

    async fn ask_status(&self, source: &SyncSource) -> Result<Option<Status>, String> {
        let Some(place) = &source.status else {
            return Ok(None);
        };
        let own = |url: &str| url.starts_with(&format!("{}/", source.issuer_url));
        if !own(&place.uri) {
            return Err("the list lies elsewhere than its issuer".to_owned());
        }
        let sister = Sister::new(self.outbound.clone());
        let fetch = async |url: String| sister.fetch(&url).await.map_err(|error| error.to_string());
        let discovery = fetch(format!(
            "{}/.well-known/openid-configuration",
            source.issuer_url
        ))
        .await?;
        let discovery: Value =
            serde_json::from_str(&discovery).map_err(|error| error.to_string())?;
        let keys = discovery["jwks_uri"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let keys = JwkSet::parse(&fetch(keys).await?).ok_or("no key set")?;
        let list = fetch(place.uri.clone()).await?;
        let now = self.clock.now();
        let status = status_list::look_up(&list, &place.uri, place.idx, &keys, now);
        status.map(Some).map_err(|error| error.to_string())
    }
}
