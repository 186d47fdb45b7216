//! The platform itself: who the key belongs to, and which pages may frame the portal.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use shiming_verification::api_key::Scope;
use utoipa::ToSchema;

use super::gate::Caller;
use crate::{
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
    words::{ModeName, ScopeName},
};

/// Who calls.
#[derive(Serialize, ToSchema)]
pub struct PlatformView {
    /// `plt_…`
    pub id: String,
    /// Its name, as applicants read it.
    pub name: String,
    /// `test` or `live`.
    #[schema(value_type = ModeName)]
    pub mode: String,
    /// What this key may be used for.
    #[schema(value_type = Vec<ScopeName>)]
    pub scopes: Vec<Scope>,
    /// Origins whose pages may frame the portal.
    pub embed_origins: Vec<String>,
}

/// Origins whose pages may frame the portal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformRequest {
    /// Such as `https://shop.example.cn`, at most 20; http on `localhost` only. Replaces the list.
    pub embed_origins: Vec<String>,
}

/// The platform and mode that this key belongs to.
#[utoipa::path(get, path = "/platform", tag = "Platform",
    responses(
        (status = 200, body = PlatformView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, body = Problem),
    ),
    security(("api_key" = ["verifications:read"])))]
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<PlatformView>, Failure> {
    view(&state, &caller).await
}

/// Says which pages may frame the portal.
#[utoipa::path(patch, path = "/platform", tag = "Platform", request_body = PlatformRequest,
    responses(
        (status = 200, body = PlatformView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem),
    ),
    security(("api_key" = ["platform:write"])))]
pub async fn change(
    State(state): State<AppState>,
    caller: Caller,
    Input(request): Input<PlatformRequest>,
) -> Result<Json<PlatformView>, Failure> {
    state
        .services
        .set_origins(caller.platform.id, &request.embed_origins)
        .await?;
    view(&state, &caller).await
}

async fn view(state: &AppState, caller: &Caller) -> Result<Json<PlatformView>, Failure> {
    let embed_origins = state.services.origins_of(caller.platform.id).await?;
    Ok(Json(PlatformView {
        id: caller.platform.id.to_string(),
        name: caller.platform.name.clone(),
        mode: caller.mode().to_owned(),
        scopes: caller.key.scopes.clone(),
        embed_origins,
    }))
}
