//! The platform itself: who the key belongs to, and which pages may frame the portal.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use shiming_verification::api_key::Scope;
use utoipa::{
    ToSchema,
    openapi::{Array, ArrayBuilder, ObjectBuilder, Type},
};

use super::gate::Caller;
use crate::{
    extract::Input,
    problem::Failure,
    state::AppState,
    words::{ModeName, ScopeName},
};

/// Who calls.
#[derive(Serialize, ToSchema)]
pub struct OwnPlatformView {
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
pub struct OwnPlatformRequest {
    /// Such as `https://shop.example.cn`, at most 20; http on `localhost` only. Replaces the list.
    #[schema(schema_with = origins)]
    pub embed_origins: Vec<String>,
}

fn origins() -> Array {
    const PORT: &str = "(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?";
    let origin = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(format!(
            r"^(https://[a-z0-9.-]{{1,253}}|http://(localhost|127\.0\.0\.1)){PORT}$"
        )));
    ArrayBuilder::new()
        .items(origin)
        .max_items(Some(20))
        .build()
}

/// The platform and mode that this key belongs to.
#[utoipa::path(get, path = "/platform", tag = "Platform",
    responses((status = 200, body = OwnPlatformView)),
    security(("api_key" = ["verifications:read"])))]
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<OwnPlatformView>, Failure> {
    view(&state, &caller).await
}

/// Says which pages may frame the portal.
#[utoipa::path(patch, path = "/platform", tag = "Platform", request_body = OwnPlatformRequest,
    responses((status = 200, body = OwnPlatformView)),
    security(("api_key" = ["platform:write"])))]
pub async fn change(
    State(state): State<AppState>,
    caller: Caller,
    Input(request): Input<OwnPlatformRequest>,
) -> Result<Json<OwnPlatformView>, Failure> {
    state
        .services
        .set_origins(caller.platform.id, &request.embed_origins)
        .await?;
    view(&state, &caller).await
}

async fn view(state: &AppState, caller: &Caller) -> Result<Json<OwnPlatformView>, Failure> {
    let embed_origins = state.services.origins_of(caller.platform.id).await?;
    Ok(Json(OwnPlatformView {
        id: caller.platform.id.to_string(),
        name: caller.platform.name.clone(),
        mode: caller.mode().to_owned(),
        scopes: caller.key.scopes.clone(),
        embed_origins,
    }))
}
