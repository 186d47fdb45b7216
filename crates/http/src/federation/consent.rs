//! The consent page's API: who asks, what is shared, yes or no.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::federation::provider::Asked;
use shiming_verification::code::Code;
use utoipa::ToSchema;

use crate::{
    cookies::{Cookies, Purpose},
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
};

/// The key from the page's address.
#[derive(Deserialize, ToSchema)]
pub struct ConsentKey {
    /// What stands after `#`.
    pub key: String,
}

/// The user's answer.
#[derive(Deserialize, ToSchema)]
pub struct ConsentAnswer {
    /// What stands after `#`.
    pub key: String,
    /// Whether the user agrees.
    pub agreed: bool,
}

/// What the user is asked.
#[derive(Serialize, ToSchema)]
pub struct ConsentView {
    /// The sister platform that asks.
    pub client: String,
    /// Where it sends the user back to: the host alone.
    pub client_host: String,
    /// The platform whose account it is.
    pub platform: String,
    /// The account.
    pub account: String,
    /// What would be shared; `null` if the account is not verified.
    pub shared: Option<SharedView>,
    /// When the request is over.
    pub expires_at: DateTime<Utc>,
}

/// What would be shared.
#[derive(Serialize, ToSchema)]
pub struct SharedView {
    /// The enterprise's name.
    pub enterprise_name: String,
    /// Its credit code.
    pub uscc: String,
    /// The legal representative's name, masked here, shared whole.
    pub legal_representative: String,
    /// When it was verified.
    pub verified_at: DateTime<Utc>,
}

/// Where to go on.
#[derive(Serialize, ToSchema)]
pub struct ConsentDone {
    /// An address of the sister platform.
    pub redirect_to: String,
}

impl From<Asked> for ConsentView {
    fn from(asked: Asked) -> Self {
        let shared = asked.credential.map(|credential| SharedView {
            enterprise_name: credential.claim.enterprise_name.as_str().to_owned(),
            uscc: credential.claim.uscc.as_str().to_owned(),
            legal_representative: credential.claim.legal_representative.masked(),
            verified_at: credential.verified_at,
        });
        let host = asked.redirect_uri.split('/').nth(2).unwrap_or_default();
        Self {
            client_host: host.to_owned(),
            client: asked.party.name,
            platform: asked.platform.name,
            account: asked.account,
            shared,
            expires_at: asked.expires_at,
        }
    }
}

fn browser(cookies: &Cookies) -> Result<String, Failure> {
    cookies
        .key(Purpose::Consent)
        .ok_or(Failure::of(Code::SessionInvalid))
}

/// What the user is asked.
#[utoipa::path(post, path = "/request", request_body = ConsentKey, responses(
    (status = 200, body = ConsentView), (status = 401, body = Problem),
))]
pub async fn show(
    State(state): State<AppState>,
    cookies: Cookies,
    Input(request): Input<ConsentKey>,
) -> Result<Json<ConsentView>, Failure> {
    let asked = state
        .services
        .asked(&request.key, &browser(&cookies)?)
        .await?;
    Ok(Json(asked.into()))
}

/// The user agrees or declines; once.
#[utoipa::path(post, path = "/answer", request_body = ConsentAnswer, responses(
    (status = 200, body = ConsentDone), (status = 401, body = Problem),
))]
pub async fn answer(
    State(state): State<AppState>,
    cookies: Cookies,
    Input(request): Input<ConsentAnswer>,
) -> Result<Json<ConsentDone>, Failure> {
    let (browser, origin) = (browser(&cookies)?, &state.pages.portal_origin);
    let url = state
        .services
        .answer_asked(&request.key, &browser, request.agreed, origin)
        .await?;
    Ok(Json(ConsentDone { redirect_to: url }))
}
