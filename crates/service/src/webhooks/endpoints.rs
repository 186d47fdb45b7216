//! Making, changing and removing endpoints; trial messages, rotation, replay.

use chrono::Duration;
use shiming_audit::{Actor, Record};
use shiming_outbound::{Rules, Target, TargetError};
use shiming_verification::{
    claim::FieldError,
    code::Code,
    feed::{About, PublicEvent, PublicKind},
    ids::{EndpointId, EventId, PlatformId},
    ports::{
        feed::EventQuery,
        webhooks::{Endpoint, OffReason},
    },
};

use super::signature::fresh_secret;
use crate::{Services, error::ServiceError};

/// Endpoints that a platform may have.
const MOST_ENDPOINTS: usize = 16;
/// Longest URL and description, in characters.
const LONGEST_URL: usize = 2_048;
const LONGEST_DESCRIPTION: usize = 200;

/// What a platform says about an endpoint; what is absent stays as it is.
#[derive(Debug, Clone, Default)]
pub struct EndpointForm {
    /// Where messages go.
    pub url: Option<String>,
    /// What people call it.
    pub description: Option<String>,
    /// Wanted types; empty for all.
    pub events: Option<Vec<PublicKind>>,
    /// On or off.
    pub enabled: Option<bool>,
}

/// A fresh endpoint with the secret that is shown this once.
pub struct NewEndpoint {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Its secret, `whsec_…`.
    pub secret: String,
}

impl Services {
    /// Adds an endpoint. `by` is whoever wants it, here as below.
    ///
    /// # Errors
    /// `Fields` for an address that may not be called; `Unavailable`.
    pub async fn add_endpoint(
        &self,
        by: Actor,
        platform: PlatformId,
        form: EndpointForm,
    ) -> Result<NewEndpoint, ServiceError> {
        let known = self.platform_api.endpoints(platform).await?.len();
        if known >= MOST_ENDPOINTS {
            return Err(wrong("url", "too_many_endpoints"));
        }
        let secret = fresh_secret(&*self.entropy)?;
        let text = secret.text.clone();
        let now = self.clock.now();
        let id = EndpointId::new(self.fresh_id()?);
        let mut endpoint = Endpoint::fresh(id, platform, secret, now);
        if form.url.is_none() {
            return Err(wrong("url", "required"));
        }
        form.fill(&mut endpoint, self.outbound.rules())
            .map_err(|wrong| ServiceError::Fields(vec![wrong]))?;
        self.changed(by, &endpoint, "webhook_endpoint.added")
            .await?;
        self.platform_api.put_endpoint(&endpoint, now).await?;
        Ok(NewEndpoint {
            endpoint,
            secret: text,
        })
    }

    /// Records what the platform's program or an operator does with an endpoint, before it is done.
    async fn changed(
        &self,
        by: Actor,
        endpoint: &Endpoint,
        action: &str,
    ) -> Result<(), ServiceError> {
        let record = Record::new(by, action, self.clock.now())
            .about(endpoint.id)
            .with("platform", endpoint.platform)
            .with("enabled", endpoint.off.is_none());
        Ok(self.audit.record(vec![record]).await?)
    }

    /// Changes an endpoint. One that is switched on again gets what it has missed.
    ///
    /// # Errors
    /// `NotFound`; `Fields`; `Unavailable`.
    pub async fn change_endpoint(
        &self,
        by: Actor,
        platform: PlatformId,
        id: EndpointId,
        form: EndpointForm,
    ) -> Result<Endpoint, ServiceError> {
        let mut endpoint = self.endpoint_of(platform, id).await?;
        form.fill(&mut endpoint, self.outbound.rules())
            .map_err(|wrong| ServiceError::Fields(vec![wrong]))?;
        self.changed(by, &endpoint, "webhook_endpoint.changed")
            .await?;
        self.platform_api
            .put_endpoint(&endpoint, self.clock.now())
            .await?;
        Ok(endpoint)
    }

    /// Removes an endpoint with its messages.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn remove_endpoint(
        &self,
        by: Actor,
        platform: PlatformId,
        id: EndpointId,
    ) -> Result<(), ServiceError> {
        let endpoint = self.endpoint_of(platform, id).await?;
        self.changed(by, &endpoint, "webhook_endpoint.removed")
            .await?;
        self.platform_api.remove_endpoint(platform, id).await?;
        Ok(())
    }

    /// The platform's endpoint.
    ///
    /// # Errors
    /// `NotFound`, also for another platform's.
    pub async fn endpoint_of(
        &self,
        platform: PlatformId,
        id: EndpointId,
    ) -> Result<Endpoint, ServiceError> {
        let found = self.platform_api.endpoint(platform, id).await?;
        found.ok_or(ServiceError::NotFound)
    }

    /// A new secret; the present one signs beside it for the time of the overlap.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn rotate_endpoint_secret(
        &self,
        by: Actor,
        platform: PlatformId,
        id: EndpointId,
        overlap: Duration,
    ) -> Result<NewEndpoint, ServiceError> {
        let now = self.clock.now();
        let mut endpoint = self.endpoint_of(platform, id).await?;
        let secret = fresh_secret(&*self.entropy)?;
        let text = secret.text.clone();
        endpoint
            .secrets
            .retain(|old| old.ends_at.is_none_or(|end| now < end));
        for old in &mut endpoint.secrets {
            old.ends_at.get_or_insert(now + overlap);
        }
        endpoint.secrets.insert(0, secret);
        self.changed(by, &endpoint, "webhook_endpoint.secret_rotated")
            .await?;
        self.platform_api.put_endpoint(&endpoint, now).await?;
        Ok(NewEndpoint {
            endpoint,
            secret: text,
        })
    }

    /// Sends one endpoint every event that fits (again), oldest first; tells how many there are.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn replay(
        &self,
        by: Actor,
        platform: PlatformId,
        id: EndpointId,
        query: EventQuery,
    ) -> Result<u64, ServiceError> {
        let endpoint = self.endpoint_of(platform, id).await?;
        self.changed(by, &endpoint, "webhook_endpoint.replayed")
            .await?;
        let now = self.clock.now();
        Ok(self.platform_api.replay(&endpoint, query, now).await?)
    }

    /// Tells a trial event to the endpoint's platform; every endpoint that wants its type gets it.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn try_endpoint(
        &self,
        by: Actor,
        platform: PlatformId,
        id: EndpointId,
    ) -> Result<PublicEvent, ServiceError> {
        let endpoint = self.endpoint_of(platform, id).await?;
        self.changed(by, &endpoint, "webhook_endpoint.tried")
            .await?;
        self.tell_of_endpoint(&endpoint, PublicKind::WebhookEndpointTest)
            .await
    }

    /// Tells something about an endpoint itself.
    pub(super) async fn tell_of_endpoint(
        &self,
        endpoint: &Endpoint,
        kind: PublicKind,
    ) -> Result<PublicEvent, ServiceError> {
        let event = PublicEvent {
            id: EventId::new(self.fresh_id()?),
            platform: endpoint.platform,
            kind,
            stream: endpoint.id.uuid(),
            about: About {
                endpoint_id: Some(endpoint.id),
                ..About::default()
            },
            at: self.clock.now(),
        };
        self.feed.publish(&event).await?;
        Ok(event)
    }
}

impl EndpointForm {
    /// Writes what the form says into an endpoint.
    ///
    /// # Errors
    /// The field that can't be used: an address that may not be called, a description that is too long.
    pub fn fill(self, endpoint: &mut Endpoint, rules: &Rules) -> Result<(), FieldError> {
        if let Some(url) = self.url {
            if url.chars().count() > LONGEST_URL {
                return Err(field("url", "length"));
            }
            let target = Target::parse(&url, rules);
            let target = target.map_err(|error| field("url", address_fault(error)))?;
            endpoint.url = target.url().to_string();
        }
        if let Some(description) = self.description {
            let fits = description.chars().count() <= LONGEST_DESCRIPTION
                && !description.chars().any(char::is_control);
            if !fits {
                return Err(field("description", "length"));
            }
            endpoint.description = description;
        }
        if let Some(events) = self.events {
            endpoint.events = events;
        }
        match self.enabled {
            Some(true) => endpoint.off = None,
            Some(false) => endpoint.off = endpoint.off.or(Some(OffReason::Platform)),
            None => {}
        }
        Ok(())
    }
}

/// What is wrong with an address, in a word for programs.
pub(crate) const fn address_fault(error: TargetError) -> &'static str {
    match error {
        TargetError::NotAnAddress => "not_an_address",
        TargetError::NotHttps => "not_https",
        TargetError::Credentials => "credentials",
        TargetError::Private => "private_address",
    }
}

const fn field(field: &'static str, reason: &'static str) -> FieldError {
    FieldError {
        field,
        code: Code::InvalidInput,
        reason,
    }
}

fn wrong(name: &'static str, reason: &'static str) -> ServiceError {
    ServiceError::Fields(vec![field(name, reason)])
}
