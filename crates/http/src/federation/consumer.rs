//! Synchronising from a sister platform: away, back, and what it tells later.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::Redirect,
};
use serde::{Deserialize, Serialize};
use shiming_service::{ServiceError, federation::SignedNotice, federation::consumer::Return};
use shiming_verification::{code::Code, ids::IssuerId};
use utoipa::ToSchema;

use crate::{
    cookies::{Cookies, Purpose},
    extract::Input,
    portal::OwnCase,
    problem::{Failure, Problem},
    state::AppState,
};

/// The applicant's consent to synchronise.
#[derive(Deserialize, ToSchema)]
pub struct SyncRequest {
    /// `iss_…`: from which sister platform.
    pub issuer_id: String,
    /// Has to be true: the applicant has read what is asked for and agrees.
    pub agreed: bool,
}

/// Where to go on.
#[derive(Serialize, ToSchema)]
pub struct SyncStart {
    /// An address of the sister platform.
    pub redirect_to: String,
}

/// Begins a synchronisation from a sister platform.
#[utoipa::path(post, path = "/cases/{id}/sync", params(("id" = String, Path)), request_body = SyncRequest, responses(
    (status = 200, body = SyncStart), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 422, body = Problem), (status = 503, body = Problem),
))]
pub async fn start(
    State(state): State<AppState>,
    own: OwnCase,
    cookies: Cookies,
    Input(request): Input<SyncRequest>,
) -> Result<Json<SyncStart>, Failure> {
    if !request.agreed {
        return Err(Failure::field("/agreed", Code::InvalidInput, "consent"));
    }
    let wrong = |_| Failure::field("/issuer_id", Code::InvalidInput, "form");
    let issuer: IssuerId = request.issuer_id.parse().map_err(wrong)?;
    let session = cookies.key(Purpose::Portal).unwrap_or_default();
    let origin = &state.pages.portal_origin;
    let url = state
        .services
        .start_sync(&own.case, issuer, &session, origin)
        .await?;
    Ok(Json(SyncStart { redirect_to: url }))
}

/// What comes back with the browser.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Back {
    state: String,
    iss: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

/// The sister platform sends the browser back. Whatever happened, the portal shows how the case stands.
pub async fn back(
    State(state): State<AppState>,
    cookies: Cookies,
    Query(back): Query<Back>,
) -> Redirect {
    let session = cookies.key(Purpose::Portal).unwrap_or_default();
    let back = Return {
        state: back.state,
        issuer: back.iss,
        code: back.code,
        error: back.error,
    };
    let origin = &state.pages.portal_origin;
    match state.services.finish_sync(&back, &session, origin).await {
        Ok(case) => Redirect::to(&format!("/verify/{case}")),
        Err(error) => {
            tracing::info!(%error, "a sync came back that nobody waits for");
            // There is no such case: the page says that the link is of no use any more.
            Redirect::to("/verify/over")
        }
    }
}

/// A source says that a verification has ended (Standard Webhooks 1.0).
pub async fn hear(
    State(state): State<AppState>,
    Path(sender): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Failure> {
    let read = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let said = SignedNotice {
        headers: (
            read("webhook-id"),
            read("webhook-timestamp"),
            read("webhook-signature"),
        ),
        body: &body,
    };
    match state.services.hear_source(&sender, said).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(ServiceError::NoSession) => Err(Failure::of(Code::Forbidden)),
        Err(error) => Err(error.into()),
    }
}
