//! Taking the consent back after the scan: on the phone that scanned, or wherever its link was kept.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::privacy::{ConsentStanding, Standing};
use shiming_verification::{code::Code, words::Realm};
use utoipa::ToSchema;

use crate::{
    cookies::{Cookies, Purpose},
    extract::Input,
    portal::view::PlatformView,
    problem::{Failure, Problem},
    state::AppState,
    words::{ConsentStandingName, StateName},
};

/// Where the page for it is.
pub const PAGE: &str = "/scan/consent";

/// Whose consent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentReference {
    /// What the kept link carries; without it, that of the scan which this phone holds or last held.
    pub key: Option<String>,
}

/// A consent, and what it was given for.
#[derive(Serialize, ToSchema)]
pub struct ConsentStandingView {
    /// How it stands.
    pub standing: ConsentStandingName,
    /// Since when it stands so.
    pub since: Option<DateTime<Utc>>,
    /// Whether this is the demonstration.
    pub demo: bool,
    /// Who had asked.
    pub platform: PlatformView,
    /// For which enterprise.
    pub enterprise_name: String,
    /// Whose consent it is; masked.
    pub legal_representative: String,
    /// State of the verification.
    #[schema(value_type = StateName)]
    pub state: String,
    /// The link by which one can come back here, from any device.
    pub link: String,
}

/// How the consent stands.
#[utoipa::path(post, path = "/consents/look", request_body = ConsentReference, responses(
    (status = 200, body = ConsentStandingView), (status = 401, body = Problem),
    (status = 404, description = "No such link, or everything is erased", body = Problem),
))]
pub async fn look(
    State(state): State<AppState>,
    cookies: Cookies,
    Input(asked): Input<ConsentReference>,
) -> Result<Json<ConsentStandingView>, Failure> {
    let found = found(&state, &cookies, &asked).await?;
    Ok(Json(view(&state, found).await?))
}

/// Takes the consent back: what scans have left of the face goes; what was decided stays.
#[utoipa::path(post, path = "/consents/withdraw", request_body = ConsentReference, responses(
    (status = 200, body = ConsentStandingView), (status = 401, body = Problem),
    (status = 404, description = "No such link, or no consent that stands", body = Problem),
))]
pub async fn withdraw(
    State(state): State<AppState>,
    cookies: Cookies,
    Input(asked): Input<ConsentReference>,
) -> Result<Json<ConsentStandingView>, Failure> {
    let standing = found(&state, &cookies, &asked).await?;
    state.services.withdraw_consent(standing.case.id).await?;
    let now = found(&state, &cookies, &asked).await?;
    Ok(Json(view(&state, now).await?))
}

async fn found(
    state: &AppState,
    cookies: &Cookies,
    asked: &ConsentReference,
) -> Result<ConsentStanding, Failure> {
    if let Some(key) = &asked.key {
        return Ok(state.services.consent_of_link(key).await?);
    }
    let phone = cookies.key(Purpose::Phone);
    let phone = phone.ok_or(Failure::of(Code::SessionInvalid))?;
    Ok(state.services.consent_of_phone(&phone).await?)
}

async fn view(state: &AppState, found: ConsentStanding) -> Result<ConsentStandingView, Failure> {
    let platform = state.services.platform_of(&found.case).await?;
    let claim = found.case.claim.as_ref();
    let (standing, since) = match found.standing {
        Standing::None => (ConsentStandingName::None, None),
        Standing::Given(at) => (ConsentStandingName::Given, Some(at)),
        Standing::Withdrawn(at) => (ConsentStandingName::Withdrawn, Some(at)),
    };
    Ok(ConsentStandingView {
        standing,
        since,
        demo: found.case.realm != Realm::Live,
        platform: PlatformView {
            name: platform.name,
        },
        enterprise_name: claim.map_or_else(String::new, |claim| {
            claim.enterprise_name.as_str().to_owned()
        }),
        legal_representative: claim
            .map_or_else(String::new, |claim| claim.legal_representative.masked()),
        state: found.case.state.name().to_owned(),
        link: format!("{PAGE}#{}", found.key),
    })
}
