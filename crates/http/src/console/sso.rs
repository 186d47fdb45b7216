//! Through the organisation's identity provider and back.

use axum::{
    Json,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use shiming_service::{
    federation::consumer::Return,
    operators::{SsoDone, SsoError, SsoStart},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    access::Staff,
    session::{From, kept},
};
use crate::{
    cookies::{Cookies, Purpose},
    problem::{Failure, Problem},
    state::AppState,
};

/// Ways to sign in beside passkey and password.
#[derive(Serialize, ToSchema)]
pub struct WaysAnswer {
    /// The organisation's identity provider, if there is one.
    pub sso: Option<SsoWay>,
}

/// The organisation's identity provider.
#[derive(Serialize, ToSchema)]
pub struct SsoWay {
    /// What it is called, if it has a name.
    pub name: Option<String>,
}

/// Ways to sign in beside passkey and password.
#[utoipa::path(get, path = "/session/ways", extensions(("x-permission" = json!("public"))), responses((status = 200, body = WaysAnswer)))]
pub async fn ways(State(state): State<AppState>) -> Json<WaysAnswer> {
    let provider = state.services.sso.as_ref();
    Json(WaysAnswer {
        sso: provider.map(|provider| SsoWay {
            name: provider.name.clone(),
        }),
    })
}

/// Where to go on.
#[derive(Serialize, ToSchema)]
pub struct SsoRedirect {
    /// An address of the identity provider.
    pub redirect_to: String,
}

fn away(cookies: &Cookies, start: SsoStart) -> impl IntoResponse + use<> {
    let jar = cookies.with_key(Purpose::SignIn, start.browser);
    let redirect_to = start.redirect_to;
    (jar, Json(SsoRedirect { redirect_to }))
}

/// Begins to sign in through the identity provider.
#[utoipa::path(post, path = "/session/sso", extensions(("x-permission" = json!("public"))), responses(
    (status = 200, body = SsoRedirect), (status = 404, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem),
))]
pub async fn start(
    State(state): State<AppState>,
    cookies: Cookies,
    From(source): From,
) -> Result<impl IntoResponse, Failure> {
    let origin = &state.pages.portal_origin;
    let start = state.services.start_sso(&source, origin).await?;
    Ok(away(&cookies, start))
}

/// Begins to prove again to be there, at the identity provider.
#[utoipa::path(post, path = "/session/proof/sso", extensions(("x-permission" = json!("signed_in"))), responses(
    (status = 200, body = SsoRedirect), (status = 404, body = Problem), (status = 503, body = Problem),
))]
pub async fn start_proof(
    State(state): State<AppState>,
    cookies: Cookies,
    Staff(by): Staff,
) -> Result<impl IntoResponse, Failure> {
    let origin = &state.pages.portal_origin;
    let start = state.services.start_sso_proof(&by, origin).await?;
    Ok(away(&cookies, start))
}

/// What comes back with the browser.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Back {
    /// Tells this answer from others.
    pub state: String,
    /// The provider's identifier (RFC 9207), if it tells.
    pub iss: Option<String>,
    /// The authorization code.
    pub code: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
}

/// The identity provider sends the browser back. It goes on to the console, whose sign-in page says what went wrong.
#[utoipa::path(get, path = "/session/sso/callback", params(Back), extensions(("x-permission" = json!("public"))), responses(
    (status = 303, description = "On to the console"),
))]
pub async fn back(
    State(state): State<AppState>,
    cookies: Cookies,
    From(source): From,
    Query(back): Query<Back>,
) -> Response {
    let browser = cookies.key(Purpose::SignIn).unwrap_or_default();
    let back = Return {
        state: back.state,
        issuer: back.iss,
        code: back.code,
        error: back.error,
    };
    let origin = &state.pages.portal_origin;
    let done = state.services.finish_sso(&back, &browser, &source, origin);
    let on = |outcome: &str| Redirect::to(&format!("/console/?sso={outcome}"));
    let used_up = cookies.without(Purpose::SignIn);
    match done.await {
        Ok(SsoDone::SignedIn(come)) => {
            (used_up, kept(&cookies, *come), on("signed_in")).into_response()
        }
        Ok(SsoDone::Proved) => (used_up, on("proved")).into_response(),
        // Whoever waits in this browser for another answer goes on waiting.
        Err(SsoError::Refused(refusal)) => on(refusal.as_str()).into_response(),
        Err(SsoError::Service(error)) => {
            tracing::error!(%error, "a sign-in through the identity provider could not be finished");
            on("failed").into_response()
        }
    }
}
