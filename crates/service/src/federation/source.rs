//! What a source says later: its signed notices, and its status list.

use chrono::Duration;
use serde_json::Value;
use shiming_federation::{
    jose::JwkSet,
    notice::{self, Notice},
    relying::Provider,
    status_list::{self, Status},
    webhook,
};
use shiming_verification::{
    credential::Credential,
    ids::CredentialId,
    lifecycle::{LifeFact, Revocation},
    ports::federation::{Ticket, TicketKind, TrustedIssuer},
    sync::SyncSource,
};

use crate::{Services, error::ServiceError, tokens::digest};

/// How often a source's status list is looked at, beside its notices.
const RECHECK: Duration = Duration::hours(24);
/// Credentials looked at in one go.
const BATCH: u32 = 16;
/// How long a notice is remembered, so that nobody can repeat it: longer than its time stamp is accepted.
const REMEMBERED: Duration = Duration::seconds(4 * webhook::TOLERANCE);

/// A notice as it came in.
#[derive(Debug, Clone, Copy)]
pub struct SignedNotice<'a> {
    /// `webhook-id`, `webhook-timestamp` and `webhook-signature`.
    pub headers: (&'a str, &'a str, &'a str),
    /// The body, byte for byte.
    pub body: &'a [u8],
}

impl Services {
    /// A source says that a verification has ended. `sender` is what the address says who speaks: our id of the issuer (`iss_…`),
    /// or our client id there, which the issuer knows before we know it.
    ///
    /// # Errors
    /// `NotFound` for an issuer that sends no notices here; `NoSession` if the signature or its time does not fit.
    pub async fn hear_source(
        &self,
        sender: &str,
        said: SignedNotice<'_>,
    ) -> Result<(), ServiceError> {
        let issuer = self.signer_of(sender, &said).await?;
        let Some((told, status)) = read(said.body) else {
            return Ok(());
        };
        let now = self.clock.now();
        let heard = digest(&format!("{} {}", issuer.id, said.headers.0));
        let known = self.federation.ticket(TicketKind::Notice, heard, now);
        if known.await?.is_some() {
            return Ok(());
        }
        let process = &told.data.verification_process;
        for id in self.federation.imported_by(issuer.id, process).await? {
            self.follow_source(id, status).await?;
        }
        // Only now: what failed half way is done when the notice comes again.
        let ticket = Ticket {
            kind: TicketKind::Notice,
            digest: heard,
            parent: None,
            body: String::new(),
            expires_at: now + REMEMBERED,
        };
        Ok(self.federation.put_ticket(&ticket).await?)
    }

    async fn signer_of(
        &self,
        sender: &str,
        said: &SignedNotice<'_>,
    ) -> Result<TrustedIssuer, ServiceError> {
        let mut known = match sender.parse() {
            Ok(id) => self.federation.issuer(id).await?.into_iter().collect(),
            Err(_) => self.federation.issuers_by_client(sender).await?,
        };
        known.retain(|issuer| issuer.webhook_secret.is_some());
        if known.is_empty() {
            return Err(ServiceError::NotFound);
        }
        let now = self.clock.now();
        let signed = |issuer: &TrustedIssuer| {
            let secret = issuer.webhook_secret.as_ref();
            secret.is_some_and(|secret| {
                webhook::is_signed(secret.expose(), said.headers, said.body, now)
            })
        };
        let found = known.into_iter().find(signed);
        found.ok_or(ServiceError::NoSession)
    }

    async fn follow_source(&self, id: CredentialId, status: Status) -> Result<(), ServiceError> {
        let cause = Revocation::Source;
        let fact = match status {
            Status::Valid => LifeFact::ValidAtSource,
            Status::Invalid => LifeFact::Revoked { cause, told: None },
            Status::Suspended => LifeFact::SuspendedAtSource,
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
        let sister = Provider::new(self.outbound.clone());
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

/// What a notice says; `None` for another kind of event, which does not concern us.
fn read(body: &[u8]) -> Option<(Notice, Status)> {
    let told: Notice = serde_json::from_slice(body).ok()?;
    let status = match told.r#type.as_str() {
        notice::REVOKED => Status::Invalid,
        notice::SUSPENDED => Status::Suspended,
        _ => return None,
    };
    Some((told, status))
}
