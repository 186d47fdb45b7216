//! Sister platforms: the endpoints that `OpenID` Connect defines (`provider`), the consent page's API (`consent`), the way back
//! from a visit of ours and the sources' notices (`consumer`), and what proves portable credentials (`published`).

mod consent;
mod consumer;
mod provider;
mod published;

use axum::{
    Router,
    routing::{get, post},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{assets::page, state::AppState};

/// Routes whose form others have defined; not in our OpenAPI document.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(provider::discovery),
        )
        .route(
            "/.well-known/jwt-vc-issuer",
            get(published::issuer_metadata),
        )
        .route("/federation/jwks.json", get(provider::keys))
        .route("/federation/authorize", get(provider::authorize))
        .route("/federation/token", post(provider::token))
        .route(
            "/federation/userinfo",
            get(provider::user_info).post(provider::user_info),
        )
        .route(
            "/federation/consent",
            get(|| async { page("consent.html") }),
        )
        .route("/federation/callback", get(consumer::back))
        .route("/federation/notices/{sender}", post(consumer::hear))
        .route("/status/{list}", get(published::status_list))
        .route(
            "/credentials/verified-enterprise/v1",
            get(published::credential_type),
        )
}

/// The consent page's API.
pub fn api_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(consent::show))
        .routes(routes!(consent::answer))
}

/// What the portal asks: synchronising, and the portable credential.
pub fn portal_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(consumer::start))
        .routes(routes!(published::download))
}
