//! The pages themselves, what they are told about this server, and the root certificate for the LAN.

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Serialize;
use shiming_service::Readiness;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    assets::{asset, page, root_file},
    embed::{portal_page, script},
    phone::withdrawal,
    state::AppState,
};

/// Routes of the pages and their files.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(home))
        .route("/verify/{case}", get(portal_page))
        .route("/embed.js", get(script))
        .route("/docs", get(|| async { page("docs.html") }))
        .route("/problems/{name}", get(crate::reference::problem))
        .route("/s", get(|| async { page("phone.html") }))
        .route("/scan", get(|| async { page("phone.html") }))
        .route(withdrawal::PAGE, get(|| async { page("withdrawal.html") }))
        .route("/demo", get(demo))
        .route("/certificate", get(|| async { page("certificate.html") }))
        .route("/console", get(|| async { page("console.html") }))
        .route("/console/", get(|| async { page("console.html") }))
        .route("/console/{*path}", get(|| async { page("console.html") }))
        .route("/ca", get(|| async { page("ca.html") }))
        .route("/ca.pem", get(root_certificate))
        .route("/favicon.ico", get(|| async { root_file("favicon.ico") }))
        .route("/assets/{*path}", get(asset))
}

/// Routes that programs ask.
pub fn api_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(ready))
        .routes(routes!(app_config))
}

async fn home(State(state): State<AppState>) -> Response {
    if state.pages.demo {
        Redirect::to("/demo").into_response()
    } else {
        page("landing.html")
    }
}

async fn demo(State(state): State<AppState>) -> Response {
    if state.pages.demo {
        page("demo.html")
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

async fn root_certificate(State(state): State<AppState>) -> Response {
    let Some(pem) = state.pages.ca_pem.clone() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // The kind by which iOS and Android offer to install it; as an attachment iOS would only file it away.
    let headers = [
        (header::CONTENT_TYPE, "application/x-x509-ca-cert"),
        (
            header::CONTENT_DISPOSITION,
            "inline; filename=\"shiming-ca.crt\"",
        ),
    ];
    (headers, pem).into_response()
}

/// Whether the server answers.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`
    pub status: String,
}

/// Answers as long as the process does.
#[utoipa::path(get, path = "/health", responses((status = 200, body = Health)))]
async fn health() -> Json<Health> {
    Json(Health {
        status: "ok".to_owned(),
    })
}

/// Answers with 200 as long as new work may come here: the store answers, and the node is not about to end.
#[utoipa::path(get, path = "/ready", responses(
    (status = 200, body = Health), (status = 503, description = "Send nobody here", body = Health),
))]
async fn ready(State(state): State<AppState>) -> (StatusCode, Json<Health>) {
    let (code, status) = match state.services.readiness().await {
        Readiness::Ready => (StatusCode::OK, "ok"),
        Readiness::Ending => (StatusCode::SERVICE_UNAVAILABLE, "ending"),
        Readiness::NoStore => (StatusCode::SERVICE_UNAVAILABLE, "no_store"),
    };
    let status = status.to_owned();
    (code, Json(Health { status }))
}

/// What the pages need to know about this server.
#[derive(Serialize, ToSchema)]
pub struct AppConfig {
    /// Whether the demonstration is on.
    pub demo: bool,
    /// Languages that there are texts in.
    pub languages: Vec<String>,
    /// Addresses under which a phone may reach this server.
    pub phone_urls: Vec<String>,
    /// Whether `/ca.pem` has a root certificate to install.
    pub has_ca: bool,
    /// The operator's privacy notice.
    pub privacy_url: Option<String>,
    /// Where users find help.
    pub support_url: Option<String>,
    /// Version of the server.
    pub version: String,
}

/// What the pages need to know about this server.
#[utoipa::path(get, path = "/app/config", responses((status = 200, body = AppConfig)))]
async fn app_config(State(state): State<AppState>) -> Json<AppConfig> {
    let pages = &state.pages;
    Json(AppConfig {
        demo: pages.demo,
        languages: vec!["zh-CN".to_owned(), "en".to_owned()],
        phone_urls: pages.phone_urls.clone(),
        has_ca: pages.ca_pem.is_some(),
        privacy_url: pages.privacy_url.clone(),
        support_url: pages.support_url.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}
