//! The portal within the pages of platforms: only origins that the platform has registered may frame it or hear from it.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use serde::Serialize;
use shiming_verification::ids::{CaseId, PlatformId};
use utoipa::ToSchema;

use crate::{
    assets::{page, root_file},
    guard::content_security_policy,
    portal::OwnCase,
    problem::Failure,
    state::AppState,
};

/// The portal's page. Where the platform has registered origins, they may frame it, and a pop-up keeps its opener.
pub async fn portal_page(State(state): State<AppState>, Path(case): Path<String>) -> Response {
    let mut response = page("portal.html");
    let origins = framers(&state, &case).await;
    if origins.is_empty() {
        return response;
    }
    let policy = content_security_policy(&format!("'self' {}", origins.join(" ")));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        headers.insert(
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("unsafe-none"),
        );
    }
    response
}

/// The script that platforms put on their own pages.
pub async fn script() -> Response {
    let mut response = root_file("embed.js");
    response.headers_mut().insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=3600"),
    );
    // Whatever the platform's page is written in.
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/javascript; charset=utf-8"),
    );
    response
}

/// Who may hear from the portal.
#[derive(Serialize, ToSchema)]
pub struct EmbeddingView {
    /// Origins to which messages may be posted.
    pub origins: Vec<String>,
}

/// The origins to which the portal may post that there is something to look up.
#[utoipa::path(get, path = "/cases/{id}/embedding", params(("id" = String, Path)), responses(
    (status = 200, body = EmbeddingView),
))]
pub async fn embedding(
    State(state): State<AppState>,
    own: OwnCase,
) -> Result<Json<EmbeddingView>, Failure> {
    let origins = state.services.origins_of(own.case.account.platform).await?;
    Ok(Json(EmbeddingView { origins }))
}

/// The platform's origins; nobody for a case that is not there.
pub async fn framers(state: &AppState, case: &str) -> Vec<String> {
    let platform = platform_of(state, case).await;
    let Some(platform) = platform else {
        return Vec::new();
    };
    state
        .services
        .origins_of(platform)
        .await
        .unwrap_or_default()
}

async fn platform_of(state: &AppState, case: &str) -> Option<PlatformId> {
    let id: CaseId = case.parse().ok()?;
    let case = state.services.cases.get(id).await.ok()?;
    Some(case.account.platform)
}
