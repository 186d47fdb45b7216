//! What a platform's programs read and set up. Everything is scoped to the platform that asks.

use shiming_audit::{Actor, Record};
use shiming_identifiers::Uscc;
use shiming_verification::{
    case::Case,
    claim::FieldError,
    code::Code,
    credential::Credential,
    ids::{CredentialId, DeliveryId, EndpointId, EventId, PlatformId},
    ports::{
        feed::{EventQuery, FedEvent},
        listings::{CaseFilter, CredentialFilter},
        webhooks::{Attempt, Delivery, DeliveryFilter, Endpoint},
    },
};

use crate::{Services, error::ServiceError};

/// Origins that a platform may register.
const MOST_ORIGINS: usize = 20;

impl Services {
    /// A platform's verifications, newest first, every due timer applied.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn list_cases(
        &self,
        platform: PlatformId,
        filter: &CaseFilter,
        limit: u32,
    ) -> Result<Vec<Case>, ServiceError> {
        let found = self
            .platform_api
            .list_cases(platform, filter, limit)
            .await?;
        let (policy, now) = (&self.cases.policy, self.clock.now());
        Ok(found
            .into_iter()
            .map(|case| case.settled(policy, now))
            .collect())
    }

    /// A platform's credentials, newest first.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn list_credentials(
        &self,
        platform: PlatformId,
        filter: &CredentialFilter,
        limit: u32,
    ) -> Result<Vec<Credential>, ServiceError> {
        Ok(self
            .platform_api
            .list_credentials(platform, filter, limit)
            .await?)
    }

    /// One of a platform's credentials.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn credential_with_id(
        &self,
        platform: PlatformId,
        id: CredentialId,
    ) -> Result<Credential, ServiceError> {
        let found = self.platform_api.credential_with_id(platform, id).await?;
        found.ok_or(ServiceError::NotFound)
    }

    /// The valid credentials of one enterprise, newest first; none for a text that is no credit code.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn credentials_of_enterprise(
        &self,
        platform: PlatformId,
        uscc: &str,
    ) -> Result<Vec<Credential>, ServiceError> {
        let Ok(uscc) = Uscc::parse(uscc) else {
            return Ok(Vec::new());
        };
        Ok(self
            .platform_api
            .credentials_of_enterprise(platform, &uscc)
            .await?)
    }

    /// A platform's verified enterprises, each with its valid credentials, newest first; `after` is the newest credential of the
    /// one that the list goes on behind.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn list_enterprises(
        &self,
        platform: PlatformId,
        after: Option<CredentialId>,
        limit: u32,
    ) -> Result<Vec<Vec<Credential>>, ServiceError> {
        Ok(self
            .platform_api
            .list_enterprises(platform, after, limit)
            .await?)
    }

    /// A platform's events.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn list_events(
        &self,
        platform: PlatformId,
        query: EventQuery,
        limit: u32,
    ) -> Result<Vec<FedEvent>, ServiceError> {
        Ok(self.feed.events(platform, query, limit).await?)
    }

    /// One of a platform's events.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn event_of(
        &self,
        platform: PlatformId,
        id: EventId,
    ) -> Result<FedEvent, ServiceError> {
        let found = self.feed.event(platform, id).await?;
        found.ok_or(ServiceError::NotFound)
    }

    /// A platform's endpoints, oldest first.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn endpoints_of(&self, platform: PlatformId) -> Result<Vec<Endpoint>, ServiceError> {
        Ok(self.platform_api.endpoints(platform).await?)
    }

    /// Sends one event again to one endpoint.
    ///
    /// # Errors
    /// `NotFound`, also for another platform's event; `Unavailable`.
    pub async fn replay_event(
        &self,
        by: Actor,
        platform: PlatformId,
        endpoint: EndpointId,
        event: EventId,
    ) -> Result<u64, ServiceError> {
        let fed = self.event_of(platform, event).await?;
        let only = EventQuery {
            since: Some(fed.event.at),
            until: Some(fed.event.at + chrono::Duration::milliseconds(1)),
            after: Some(fed.seq - 1),
            kind: Some(fed.event.kind),
            oldest_first: true,
            case: None,
        };
        self.replay(by, platform, endpoint, only).await
    }

    /// Messages of an endpoint, newest event first.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn deliveries_of(
        &self,
        platform: PlatformId,
        endpoint: EndpointId,
        filter: DeliveryFilter,
        limit: u32,
    ) -> Result<Vec<Delivery>, ServiceError> {
        Ok(self
            .platform_api
            .deliveries(platform, endpoint, filter, limit)
            .await?)
    }

    /// The attempts of a message, oldest first.
    ///
    /// # Errors
    /// `NotFound` for a message that was never tried or is another platform's; `Unavailable`.
    pub async fn attempts_of(
        &self,
        platform: PlatformId,
        delivery: DeliveryId,
    ) -> Result<Vec<Attempt>, ServiceError> {
        let attempts = self.platform_api.attempts(platform, delivery).await?;
        if attempts.is_empty() {
            return Err(ServiceError::NotFound);
        }
        Ok(attempts)
    }

    /// Origins whose pages may frame the portal.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn origins_of(&self, platform: PlatformId) -> Result<Vec<String>, ServiceError> {
        Ok(self.platform_api.origins(platform).await?)
    }

    /// Replaces the origins whose pages may frame the portal.
    ///
    /// # Errors
    /// `Fields` for something that is no origin; `Unavailable`.
    pub async fn set_origins(
        &self,
        platform: PlatformId,
        origins: &[String],
    ) -> Result<(), ServiceError> {
        if origins.len() > MOST_ORIGINS || !origins.iter().all(|origin| is_origin(origin)) {
            return Err(wrong("embed_origins", "origin"));
        }
        let actor = Actor::platform(platform);
        let record = Record::new(actor, "platform.origins_set", self.clock.now());
        self.audit.record(vec![record.about(platform)]).await?;
        Ok(self.platform_api.set_origins(platform, origins).await?)
    }
}

/// Scheme, host and perhaps a port, as browsers write an origin (RFC 6454): https, or http on this machine. It goes into a
/// header, so nothing else may be in it.
#[must_use]
pub fn is_origin(text: &str) -> bool {
    let (host, local_only) = match text.split_once("://") {
        Some(("https", host)) => (host, false),
        Some(("http", host)) => (host, true),
        _ => return false,
    };
    let (name, port) = host.split_once(':').unwrap_or((host, "1"));
    let name_fits = !name.is_empty()
        && name.len() <= 253
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-');
    let is_local = matches!(name, "localhost" | "127.0.0.1");
    let port_fits = !port.starts_with(['0', '+']) && port.parse::<u16>().is_ok();
    name_fits && port_fits && (!local_only || is_local)
}

fn wrong(field: &'static str, reason: &'static str) -> ServiceError {
    ServiceError::Fields(vec![FieldError {
        field,
        code: Code::InvalidInput,
        reason,
    }])
}

#[cfg(test)]
mod tests {
    use super::is_origin;

    #[test]
    fn an_origin_is_https_or_on_this_machine() {
        for good in [
            "https://shop.example.cn",
            "https://a.b:8443",
            "http://localhost:3000",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "https://",
            "https://a.b/",
            "https://a.b; script-src *",
            "https://*.b",
            "http://shop.example.cn",
            "https://a.b:99999",
            "https://a.b:+80",
            "https://a.b:080",
            "https://a.b:",
            "javascript:alert(1)",
            "null",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
