//! The applicant's way in.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use serde::Deserialize;
use shiming_verification::code::Code;
use utoipa::ToSchema;

use crate::{
    cookies::{Cookies, Purpose},
    embed::framers,
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
};

/// What the link of the platform carries.
#[derive(Deserialize, ToSchema)]
pub struct EnterRequest {
    /// `ver_…` from the path.
    pub case_id: String,
    /// The single-use secret from the fragment.
    pub secret: String,
    /// Whether the page runs within a page of the platform.
    #[serde(default)]
    pub embedded: bool,
}

/// Trades the single-use secret for a cookie.
#[utoipa::path(post, path = "/sessions", request_body = EnterRequest, responses(
    (status = 204, description = "The cookie is set"),
    (status = 401, description = "Unknown, used or over 30 minutes old", body = Problem),
    (status = 403, description = "Embedded, but the platform has registered no origin", body = Problem),
))]
pub async fn enter(
    State(state): State<AppState>,
    cookies: Cookies,
    Input(request): Input<EnterRequest>,
) -> Result<impl IntoResponse, Failure> {
    let case = request
        .case_id
        .parse()
        .map_err(|_| Failure::of(Code::SessionInvalid))?;
    if request.embedded && framers(&state, &request.case_id).await.is_empty() {
        return Err(Failure::of(Code::Forbidden));
    }
    let key = state.services.enter_portal(case, &request.secret).await?;
    let jar = if request.embedded {
        cookies.with_embedded_key(key)
    } else {
        let jar = cookies.with_key(Purpose::Portal, key);
        match cookies.key(Purpose::Browser) {
            Some(_) => jar,
            None => jar.add(cookies.holding(Purpose::Browser, state.services.browser_key()?)),
        }
    };
    Ok((StatusCode::NO_CONTENT, jar))
}
