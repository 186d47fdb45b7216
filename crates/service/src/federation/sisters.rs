//! Looking after sister platforms: whose word a platform takes, and who may ask about its accounts.

use shiming_federation::relying::{Provider, VisitError};
use shiming_vault::random_token;
use shiming_verification::{
    ids::{ClientId, IssuerId, PlatformId},
    ports::federation::{RelyingParty, TrustedIssuer},
};

pub use super::sister_forms::{ClientForm, IssuerForm, NewClient};
use super::{
    consumer::registration,
    sister_forms::{address, field},
};
use crate::{Services, error::ServiceError, operators::Present, tokens::digest};

/// How an issuer answers today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssuerStanding {
    /// It answers and calls itself what it is called here.
    Answers,
    /// It does not answer.
    Unavailable(String),
    /// It answers, but what it says of itself can't be used.
    Unusable(String),
}

impl Services {
    /// Trusts a sister platform.
    ///
    /// # Errors
    /// `NotFound` for an unknown platform; `Fields`.
    pub async fn add_issuer(
        &self,
        by: &Present,
        platform: PlatformId,
        form: IssuerForm,
    ) -> Result<TrustedIssuer, ServiceError> {
        self.platform_with_id(platform).await?;
        let id = IssuerId::new(self.fresh_id()?);
        let issuer = form.issuer((id, platform), None, self.outbound.rules());
        let issuer = issuer.map_err(|wrong| ServiceError::Fields(vec![wrong]))?;
        let known = self.federation.issuers(platform).await?;
        if known.iter().any(|one| one.url == issuer.url) {
            return Err(ServiceError::Fields(vec![field("url", "known")]));
        }
        self.keep_issuer(by, "issuer.added", issuer).await
    }

    /// Changes what is known of a trusted sister platform.
    ///
    /// # Errors
    /// `NotFound`, also for another platform's; `Fields`.
    pub async fn change_issuer(
        &self,
        by: &Present,
        platform: PlatformId,
        id: IssuerId,
        form: IssuerForm,
    ) -> Result<TrustedIssuer, ServiceError> {
        let before = self.issuer_of(platform, id).await?;
        let issuer = form.issuer((id, platform), Some(&before), self.outbound.rules());
        let issuer = issuer.map_err(|wrong| ServiceError::Fields(vec![wrong]))?;
        self.keep_issuer(by, "issuer.changed", issuer).await
    }

    async fn keep_issuer(
        &self,
        by: &Present,
        action: &str,
        issuer: TrustedIssuer,
    ) -> Result<TrustedIssuer, ServiceError> {
        let platform = issuer.platform.to_string();
        let details = [("platform", platform.as_str()), ("url", &issuer.url)];
        self.recorded(by, action, issuer.id, &details).await?;
        let now = self.clock.now();
        self.federation.put_issuer(&issuer, now).await?;
        Ok(issuer)
    }

    /// Trusts a sister platform no longer; what came from it stays.
    ///
    /// # Errors
    /// `NotFound`, also for another platform's.
    pub async fn remove_issuer(
        &self,
        by: &Present,
        platform: PlatformId,
        id: IssuerId,
    ) -> Result<(), ServiceError> {
        let issuer = self.issuer_of(platform, id).await?;
        let platform_id = platform.to_string();
        let details = [("platform", platform_id.as_str()), ("url", &issuer.url)];
        self.recorded(by, "issuer.removed", id, &details).await?;
        self.federation.remove_issuer(platform, id).await?;
        Ok(())
    }

    /// Asks a trusted sister platform who it is; `origin` is our own address.
    ///
    /// # Errors
    /// `NotFound`, also for another platform's.
    pub async fn look_at_issuer(
        &self,
        platform: PlatformId,
        id: IssuerId,
        origin: &str,
    ) -> Result<IssuerStanding, ServiceError> {
        let issuer = self.issuer_of(platform, id).await?;
        let looked = Provider::new(self.outbound.clone())
            .look(&registration(&issuer, origin))
            .await;
        Ok(match looked {
            Ok(()) => IssuerStanding::Answers,
            Err(VisitError::Unavailable(why)) => IssuerStanding::Unavailable(why),
            Err(VisitError::Configuration(why) | VisitError::Forged(why)) => {
                IssuerStanding::Unusable(why)
            }
        })
    }

    async fn issuer_of(
        &self,
        platform: PlatformId,
        id: IssuerId,
    ) -> Result<TrustedIssuer, ServiceError> {
        let found = self.federation.issuer(id).await?;
        found
            .filter(|issuer| issuer.platform == platform)
            .ok_or(ServiceError::NotFound)
    }

    /// Lets a sister platform ask about a platform's accounts.
    ///
    /// # Errors
    /// `NotFound` for an unknown platform; `Fields`.
    pub async fn add_client(
        &self,
        by: &Present,
        platform: PlatformId,
        form: ClientForm,
    ) -> Result<NewClient, ServiceError> {
        self.platform_with_id(platform).await?;
        let id = ClientId::new(self.fresh_id()?);
        let new = form.client(id, platform, self.outbound.rules(), &*self.entropy)?;
        self.keep_client(by, "client.added", &new.party).await?;
        Ok(new)
    }

    /// Gives a sister platform a new client secret; the old one opens nothing from now on.
    ///
    /// # Errors
    /// `NotFound`, also for another platform's.
    pub async fn renew_client_secret(
        &self,
        by: &Present,
        platform: PlatformId,
        id: ClientId,
    ) -> Result<NewClient, ServiceError> {
        let mut party = self.client_of(platform, id).await?;
        let secret = random_token(&*self.entropy)?.expose().to_owned();
        party.secret = digest(&secret);
        self.keep_client(by, "client.secret_renewed", &party)
            .await?;
        Ok(NewClient { party, secret })
    }

    async fn keep_client(
        &self,
        by: &Present,
        action: &str,
        party: &RelyingParty,
    ) -> Result<(), ServiceError> {
        let platform = party.platform.to_string();
        let details = [("platform", platform.as_str())];
        self.recorded(by, action, party.id, &details).await?;
        let now = self.clock.now();
        Ok(self.federation.put_party(party, now).await?)
    }

    /// Lets a sister platform ask no longer.
    ///
    /// # Errors
    /// `NotFound`, also for another platform's.
    pub async fn remove_client(
        &self,
        by: &Present,
        platform: PlatformId,
        id: ClientId,
    ) -> Result<(), ServiceError> {
        self.client_of(platform, id).await?;
        let platform_id = platform.to_string();
        let details = [("platform", platform_id.as_str())];
        self.recorded(by, "client.removed", id, &details).await?;
        self.federation.remove_party(platform, id).await?;
        Ok(())
    }

    async fn client_of(
        &self,
        platform: PlatformId,
        id: ClientId,
    ) -> Result<RelyingParty, ServiceError> {
        let found = self.federation.party(id).await?;
        found
            .filter(|party| party.platform == platform)
            .ok_or(ServiceError::NotFound)
    }

    /// Sets where a platform signs its users in for sister platforms.
    ///
    /// # Errors
    /// `NotFound` for an unknown platform; `Fields` for an address that can't be used.
    pub async fn set_login_url(
        &self,
        by: &Present,
        platform: PlatformId,
        url: &str,
    ) -> Result<(), ServiceError> {
        self.platform_with_id(platform).await?;
        let url = url.trim();
        let usable = address("login_url", url, self.outbound.rules());
        usable.map_err(|wrong| ServiceError::Fields(vec![wrong]))?;
        self.recorded(by, "platform.login_url_set", platform, &[("url", url)])
            .await?;
        Ok(self.federation.set_login_url(platform, url).await?)
    }
}
