//! The platform's own API, first part: open a verification and read how it stands.

mod federation;

use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, header, request::Parts},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::{portal::Opened, tokens::digest};
use shiming_verification::{case::Case, code::Code, ids::CaseId, ports::Platform, words::Account};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::words::StateName;
use crate::{
    extract::Input,
    portal::view::{AccountView, NoticeView},
    problem::{Failure, Problem},
    state::AppState,
};

/// Routes under `/v1`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(show))
        .routes(routes!(federation::sign_in))
        .routes(routes!(federation::portable))
}

/// The platform whose API key the request carries.
pub struct Caller(pub Platform);

impl FromRequestParts<AppState> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let header = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let key = header.and_then(|value| value.strip_prefix("Bearer "));
        let key = key.ok_or(Failure::of(Code::SessionInvalid))?;
        let found = state
            .services
            .access
            .platform_of_key(digest(key.trim()))
            .await;
        let found =
            found.map_err(|error| Failure::from(shiming_service::ServiceError::from(error)))?;
        found.map(Self).ok_or(Failure::of(Code::SessionInvalid))
    }
}

/// A verification to be opened.
#[derive(Deserialize, ToSchema)]
pub struct VerificationRequest {
    /// Whose.
    pub account: AccountRequest,
    /// Where the portal sends the applicant at the end; https, or a path of this server.
    pub return_url: Option<String>,
}

/// An account as the platform knows it.
#[derive(Deserialize, ToSchema)]
pub struct AccountRequest {
    /// The platform's own id, 1–128 characters.
    pub id: String,
    /// What to call it to the people who verify.
    pub name: Option<String>,
}

/// A verification.
#[derive(Serialize, ToSchema)]
pub struct VerificationView {
    /// `ver_…`
    pub id: String,
    /// Name of the state.
    #[schema(value_type = StateName)]
    pub state: String,
    /// Whose.
    pub account: AccountView,
    /// Where to send the applicant; only in the answer that opens it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What went wrong last.
    pub last_error: Option<NoticeView>,
    /// `crd_…` once verified.
    pub credential_id: Option<String>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
}

/// Opens a verification for an account.
#[utoipa::path(post, path = "/verifications", request_body = VerificationRequest, responses(
    (status = 201, body = VerificationView), (status = 401, body = Problem), (status = 422, body = Problem),
))]
async fn open(
    State(state): State<AppState>,
    Caller(platform): Caller,
    Input(request): Input<VerificationRequest>,
) -> Result<(StatusCode, Json<VerificationView>), Failure> {
    let AccountRequest { id, name } = request.account;
    let account = Account::new(platform.id, &id, name.as_deref())
        .map_err(|_| Failure::field("/account", Code::InvalidInput, "length"))?;
    if !request.return_url.as_deref().is_none_or(is_safe_return_url) {
        return Err(Failure::field("/return_url", Code::InvalidInput, "scheme"));
    }
    let opened = state
        .services
        .open(&platform, account, request.return_url)
        .await?;
    let url = portal_url(&state, &opened);
    Ok((StatusCode::CREATED, Json(view(opened.case, Some(url)))))
}

/// How a verification stands.
#[utoipa::path(get, path = "/verifications/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = VerificationView), (status = 401, body = Problem), (status = 404, body = Problem),
))]
async fn show(
    State(state): State<AppState>,
    Caller(platform): Caller,
    Path(id): Path<String>,
) -> Result<Json<VerificationView>, Failure> {
    let id: CaseId = id.parse().map_err(|_| Failure::of(Code::NotFound))?;
    let case = state.services.cases.get(id).await?;
    if case.account.platform != platform.id {
        return Err(Failure::of(Code::NotFound));
    }
    Ok(Json(view(case, None)))
}

fn portal_url(state: &AppState, opened: &Opened) -> String {
    format!(
        "{}/verify/{}#{}",
        state.pages.portal_origin, opened.case.id, opened.client_secret
    )
}

/// Nothing that a browser would run or that leaves TLS.
fn is_safe_return_url(url: &str) -> bool {
    let local = url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\");
    let loopback = url.starts_with("http://localhost") || url.starts_with("http://127.0.0.1");
    url.len() <= 2048
        && !url.contains(char::is_control)
        && (local || loopback || url.starts_with("https://"))
}

fn view(case: Case, url: Option<String>) -> VerificationView {
    use shiming_verification::case::State;
    VerificationView {
        id: case.id.to_string(),
        state: case.state.name().to_owned(),
        url,
        credential_id: match case.state {
            State::Verified { credential, .. } => Some(credential.to_string()),
            _ => None,
        },
        account: AccountView {
            id: case.account.id,
            name: case.account.name,
        },
        last_error: case.last_error.map(NoticeView::from),
        expires_at: case.expires_at,
    }
}

#[cfg(test)]
mod tests {
    use super::is_safe_return_url;

    #[test]
    fn a_return_url_is_https_or_our_own_path() {
        assert!(is_safe_return_url("https://platform.example/done?x=1"));
        assert!(is_safe_return_url("/demo"));
        for url in [
            "javascript:alert(1)",
            "//evil.example",
            "/\\evil.example",
            "http://platform.example",
            "data:x",
        ] {
            assert!(!is_safe_return_url(url), "{url}");
        }
    }
}
