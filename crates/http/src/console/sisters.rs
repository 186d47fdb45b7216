//! A platform's sister platforms at the console: whose word it takes, and who may ask about its accounts.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use shiming_service::{
    ServiceError,
    federation::sisters::{ClientForm, IssuerForm, IssuerStanding, NewClient},
};
use shiming_verification::{
    ids::{ClientId, IssuerId, PlatformId},
    ports::federation::{RelyingParty, SecretText, TrustedIssuer},
    sync::IssuerPolicy,
    words::AssuranceLevel,
};
use utoipa::ToSchema;

use super::access::{Proved, Staff};
use crate::{
    extract::{At, Input, Within},
    problem::{Failure, Problem},
    state::AppState,
    words::AssuranceLevelName,
};

/// What the word of a sister platform counts.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct TrustView {
    /// Rules of verification that are trusted (`trust_framework`).
    pub trust_frameworks: Vec<String>,
    /// The least level of assurance that is taken.
    #[schema(value_type = AssuranceLevelName)]
    pub least_assurance: AssuranceLevel,
    /// The level of assurance that it counts for at most.
    #[schema(value_type = AssuranceLevelName)]
    pub highest_assurance: AssuranceLevel,
    /// Days that the verification at the source may be old.
    pub max_age_days: u32,
    /// Whether the local registry has to confirm the elements.
    pub confirm_in_registry: bool,
}

impl From<IssuerPolicy> for TrustView {
    fn from(policy: IssuerPolicy) -> Self {
        Self {
            trust_frameworks: policy.trust_frameworks,
            least_assurance: policy.least_assurance,
            highest_assurance: policy.highest_assurance,
            max_age_days: policy.max_age_days,
            confirm_in_registry: policy.confirm_in_registry,
        }
    }
}

impl From<TrustView> for IssuerPolicy {
    fn from(view: TrustView) -> Self {
        Self {
            trust_frameworks: view.trust_frameworks,
            least_assurance: view.least_assurance,
            highest_assurance: view.highest_assurance,
            max_age_days: view.max_age_days,
            confirm_in_registry: view.confirm_in_registry,
        }
    }
}

/// A sister platform whose word is taken.
#[derive(Serialize, ToSchema)]
pub struct IssuerRow {
    /// `iss_…`
    pub id: String,
    /// As applicants read it.
    pub name: String,
    /// Its identifier.
    pub url: String,
    /// Our id there.
    pub client_id: String,
    /// What its word counts.
    pub policy: TrustView,
    /// Whether its notices of revocation are believed: there is a secret for them.
    pub hears_notices: bool,
}

impl From<TrustedIssuer> for IssuerRow {
    fn from(issuer: TrustedIssuer) -> Self {
        Self {
            id: issuer.id.to_string(),
            name: issuer.name,
            url: issuer.url,
            client_id: issuer.client_id,
            policy: issuer.policy.into(),
            hears_notices: issuer.webhook_secret.is_some(),
        }
    }
}

/// A sister platform that may ask.
#[derive(Serialize, ToSchema)]
pub struct ClientRow {
    /// `cli_…`
    pub id: String,
    /// As the accounts' users read it.
    pub name: String,
    /// Where users go back to.
    pub redirect_uris: Vec<String>,
    /// Where it hears of revocations.
    pub webhook: Option<String>,
}

impl From<RelyingParty> for ClientRow {
    fn from(party: RelyingParty) -> Self {
        Self {
            id: party.id.to_string(),
            name: party.name,
            redirect_uris: party.redirect_uris,
            webhook: party.webhook.map(|webhook| webhook.url),
        }
    }
}

/// A platform's sister platforms.
#[derive(Serialize, ToSchema)]
pub struct SistersAnswer {
    /// Those whose word it takes, oldest first.
    pub issuers: Vec<IssuerRow>,
    /// Those that may ask about its accounts, oldest first.
    pub clients: Vec<ClientRow>,
    /// Where it signs its users in for them.
    pub login_url: Option<String>,
    /// The address under which they know this server.
    pub own_address: String,
}

/// A platform's sister platforms.
#[utoipa::path(get, path = "/platforms/{id}/sisters", params(("id" = String, Path)), extensions(("x-permission" = json!("platforms.read"))), responses(
    (status = 200, body = SistersAnswer), (status = 404, body = Problem),
))]
pub async fn list(
    State(state): State<AppState>,
    At(platform): At<PlatformId>,
) -> Result<Json<SistersAnswer>, Failure> {
    let services = &state.services;
    services.platform_with_id(platform).await?;
    let known = &services.federation;
    let issuers = known.issuers(platform).await.map_err(ServiceError::from)?;
    let clients = known.parties(platform).await.map_err(ServiceError::from)?;
    let login_url = known.login_url(platform).await;
    Ok(Json(SistersAnswer {
        issuers: issuers.into_iter().map(IssuerRow::from).collect(),
        clients: clients.into_iter().map(ClientRow::from).collect(),
        login_url: login_url.map_err(ServiceError::from)?,
        own_address: state.pages.portal_origin.clone(),
    }))
}

/// A sister platform whose word is to be taken.
#[derive(Deserialize, ToSchema)]
pub struct NewIssuerRequest {
    /// As applicants read it.
    pub name: String,
    /// Its identifier: https on the public internet, or a trusted host.
    pub url: String,
    /// Our id there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: String,
    /// What its word counts.
    pub policy: TrustView,
    /// The secret (`whsec_…`) with which it signs its notices of revocation.
    pub webhook_secret: Option<String>,
}

impl From<NewIssuerRequest> for IssuerForm {
    fn from(sent: NewIssuerRequest) -> Self {
        Self {
            name: sent.name,
            url: Some(sent.url),
            client_id: sent.client_id,
            client_secret: Some(SecretText::new(sent.client_secret)),
            policy: sent.policy.into(),
            webhook_secret: sent.webhook_secret.map(SecretText::new),
        }
    }
}

/// Trusts a sister platform.
#[utoipa::path(post, path = "/platforms/{id}/issuers", params(("id" = String, Path)), request_body = NewIssuerRequest, extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 201, body = IssuerRow), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn add_issuer(
    State(state): State<AppState>,
    Proved(by): Proved,
    At(platform): At<PlatformId>,
    Input(sent): Input<NewIssuerRequest>,
) -> Result<(StatusCode, Json<IssuerRow>), Failure> {
    let added = state.services.add_issuer(&by, platform, sent.into());
    Ok((StatusCode::CREATED, Json(added.await?.into())))
}

/// What changes of a trusted sister platform. Its address stays: accounts here are bound to accounts there.
#[derive(Deserialize, ToSchema)]
pub struct IssuerChange {
    /// As applicants read it.
    pub name: String,
    /// Our id there.
    pub client_id: String,
    /// Our secret there; the present one if absent.
    pub client_secret: Option<String>,
    /// What its word counts.
    pub policy: TrustView,
    /// The secret with which it signs its notices; the present one if absent, none if empty.
    pub webhook_secret: Option<String>,
}

impl From<IssuerChange> for IssuerForm {
    fn from(sent: IssuerChange) -> Self {
        Self {
            name: sent.name,
            url: None,
            client_id: sent.client_id,
            client_secret: sent.client_secret.map(SecretText::new),
            policy: sent.policy.into(),
            webhook_secret: sent.webhook_secret.map(SecretText::new),
        }
    }
}

/// Changes what is known of a trusted sister platform.
#[utoipa::path(post, path = "/platforms/{id}/issuers/{issuer}", params(("id" = String, Path), ("issuer" = String, Path)), request_body = IssuerChange, extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 200, body = IssuerRow), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn change_issuer(
    State(state): State<AppState>,
    Proved(by): Proved,
    Within(platform, id): Within<PlatformId, IssuerId>,
    Input(sent): Input<IssuerChange>,
) -> Result<Json<IssuerRow>, Failure> {
    let changed = state.services.change_issuer(&by, platform, id, sent.into());
    Ok(Json(changed.await?.into()))
}

/// Trusts a sister platform no longer; what came from it stays.
#[utoipa::path(post, path = "/platforms/{id}/issuers/{issuer}/remove", params(("id" = String, Path), ("issuer" = String, Path)), extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn remove_issuer(
    State(state): State<AppState>,
    Proved(by): Proved,
    Within(platform, id): Within<PlatformId, IssuerId>,
) -> Result<StatusCode, Failure> {
    state.services.remove_issuer(&by, platform, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How a sister platform answers.
#[derive(Serialize, ToSchema)]
pub struct IssuerLook {
    /// `answers`, `unavailable` or `unusable`.
    pub standing: String,
    /// What is wrong, in English, for those who mend it.
    pub detail: Option<String>,
}

impl From<IssuerStanding> for IssuerLook {
    fn from(standing: IssuerStanding) -> Self {
        let (word, detail) = match standing {
            IssuerStanding::Answers => ("answers", None),
            IssuerStanding::Unavailable(why) => ("unavailable", Some(why)),
            IssuerStanding::Unusable(why) => ("unusable", Some(why)),
        };
        Self {
            standing: word.to_owned(),
            detail,
        }
    }
}

/// Asks a trusted sister platform who it is.
#[utoipa::path(post, path = "/platforms/{id}/issuers/{issuer}/look", params(("id" = String, Path), ("issuer" = String, Path)), extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 200, body = IssuerLook), (status = 404, body = Problem),
))]
pub async fn look_at_issuer(
    State(state): State<AppState>,
    Within(platform, id): Within<PlatformId, IssuerId>,
) -> Result<Json<IssuerLook>, Failure> {
    let (services, origin) = (&state.services, &state.pages.portal_origin);
    let found = services.look_at_issuer(platform, id, origin).await?;
    Ok(Json(found.into()))
}

/// A sister platform that may ask from now on.
#[derive(Deserialize, ToSchema)]
pub struct ClientRequest {
    /// As the accounts' users read it.
    pub name: String,
    /// Its public address, if it runs this software: everything else follows from it.
    pub origin: Option<String>,
    /// Where users go back to, if it runs other software.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Where it wants to hear of revocations, if it runs other software.
    pub webhook: Option<String>,
}

impl From<ClientRequest> for ClientForm {
    fn from(sent: ClientRequest) -> Self {
        Self {
            name: sent.name,
            origin: sent.origin,
            redirect_uris: sent.redirect_uris,
            webhook: sent.webhook,
        }
    }
}

/// What a sister platform has to be told, shown this once only.
#[derive(Serialize, ToSchema)]
pub struct NewClientView {
    /// The sister platform; its id is the client id.
    pub client: ClientRow,
    /// The client secret.
    pub client_secret: String,
    /// The secret (`whsec_…`) by which it knows our notices, if it gets any.
    pub webhook_secret: Option<String>,
}

impl From<NewClient> for NewClientView {
    fn from(new: NewClient) -> Self {
        let webhook = new.party.webhook.as_ref();
        Self {
            client_secret: new.secret,
            webhook_secret: webhook.map(|webhook| webhook.secret.expose().to_owned()),
            client: new.party.into(),
        }
    }
}

/// Lets a sister platform ask about the platform's accounts, with each account's consent.
#[utoipa::path(post, path = "/platforms/{id}/clients", params(("id" = String, Path)), request_body = ClientRequest, extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 201, body = NewClientView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn add_client(
    State(state): State<AppState>,
    Proved(by): Proved,
    At(platform): At<PlatformId>,
    Input(sent): Input<ClientRequest>,
) -> Result<(StatusCode, Json<NewClientView>), Failure> {
    let added = state.services.add_client(&by, platform, sent.into());
    Ok((StatusCode::CREATED, Json(added.await?.into())))
}

/// Gives a sister platform a new client secret; the old one opens nothing from now on.
#[utoipa::path(post, path = "/platforms/{id}/clients/{client}/renew_secret", params(("id" = String, Path), ("client" = String, Path)), extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 200, body = NewClientView), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn renew_client_secret(
    State(state): State<AppState>,
    Proved(by): Proved,
    Within(platform, id): Within<PlatformId, ClientId>,
) -> Result<Json<NewClientView>, Failure> {
    let renewed = state.services.renew_client_secret(&by, platform, id);
    Ok(Json(renewed.await?.into()))
}

/// Lets a sister platform ask no longer.
#[utoipa::path(post, path = "/platforms/{id}/clients/{client}/remove", params(("id" = String, Path), ("client" = String, Path)), extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn remove_client(
    State(state): State<AppState>,
    Proved(by): Proved,
    Within(platform, id): Within<PlatformId, ClientId>,
) -> Result<StatusCode, Failure> {
    state.services.remove_client(&by, platform, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where a platform signs its users in.
#[derive(Deserialize, ToSchema)]
pub struct LoginUrl {
    /// The address; `request` is appended to its query.
    pub url: String,
}

/// Sets where the platform signs its users in when a sister platform asks about them.
#[utoipa::path(post, path = "/platforms/{id}/login_url", params(("id" = String, Path)), request_body = LoginUrl, extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 204), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn set_login_url(
    State(state): State<AppState>,
    Staff(by): Staff,
    At(platform): At<PlatformId>,
    Input(sent): Input<LoginUrl>,
) -> Result<StatusCode, Failure> {
    let services = &state.services;
    services.set_login_url(&by, platform, &sent.url).await?;
    Ok(StatusCode::NO_CONTENT)
}
