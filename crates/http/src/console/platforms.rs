//! Platforms and their API keys.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::ServiceError;
use shiming_verification::{code::Code, ids::PlatformId};
use utoipa::ToSchema;

use super::access::Staff;
use crate::{
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
};

/// A platform.
#[derive(Serialize, ToSchema)]
pub struct PlatformRow {
    /// `plt_…`
    pub id: String,
    /// As applicants read it.
    pub name: String,
    /// `live` or `demo`.
    pub realm: String,
}

/// Every platform, oldest first.
#[utoipa::path(get, path = "/platforms", extensions(("x-permission" = json!("platforms.read"))), responses((status = 200, body = Vec<PlatformRow>)))]
pub async fn list(State(state): State<AppState>) -> Result<Json<Vec<PlatformRow>>, Failure> {
    let platforms = state
        .services
        .access
        .platforms()
        .await
        .map_err(ServiceError::from)?;
    let row = |platform: shiming_verification::ports::Platform| PlatformRow {
        id: platform.id.to_string(),
        name: platform.name,
        realm: platform.realm.as_str().to_owned(),
    };
    Ok(Json(platforms.into_iter().map(row).collect()))
}

/// A platform to be added.
#[derive(Deserialize, ToSchema)]
pub struct PlatformRequest {
    /// 1 to 64 characters.
    pub name: String,
}

/// Adds a platform.
#[utoipa::path(post, path = "/platforms", request_body = PlatformRequest, extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 201, body = PlatformRow), (status = 422, body = Problem),
))]
pub async fn add(
    State(state): State<AppState>,
    Staff(by): Staff,
    Input(sent): Input<PlatformRequest>,
) -> Result<(StatusCode, Json<PlatformRow>), Failure> {
    let platform = state.services.add_platform(&by, &sent.name).await?;
    let row = PlatformRow {
        id: platform.id.to_string(),
        name: platform.name,
        realm: platform.realm.as_str().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(row)))
}

/// An API key, by its first characters.
#[derive(Serialize, ToSchema)]
pub struct KeyRow {
    /// The first characters.
    pub prefix: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

fn id_of(text: &str) -> Result<PlatformId, Failure> {
    text.parse().map_err(|_| Failure::of(Code::NotFound))
}

/// A platform's API keys, newest first.
#[utoipa::path(get, path = "/platforms/{id}/keys", params(("id" = String, Path)), extensions(("x-permission" = json!("platforms.read"))), responses((status = 200, body = Vec<KeyRow>)))]
pub async fn keys(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<Vec<KeyRow>>, Failure> {
    let keys = state
        .services
        .figures
        .api_keys(id_of(&id)?)
        .await
        .map_err(ServiceError::from)?;
    let row = |key: shiming_verification::ports::console::KeySummary| KeyRow {
        prefix: key.prefix,
        created_at: key.created_at,
        revoked_at: key.revoked_at,
    };
    Ok(Json(keys.into_iter().map(row).collect()))
}

/// An API key, shown this once only.
#[derive(Serialize, ToSchema)]
pub struct NewKey {
    /// The whole key.
    pub key: String,
}

/// Makes an API key.
#[utoipa::path(post, path = "/platforms/{id}/keys", params(("id" = String, Path)), extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 201, body = NewKey), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn add_key(
    State(state): State<AppState>,
    Staff(by): Staff,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<NewKey>), Failure> {
    let key = state.services.make_api_key(&by, id_of(&id)?).await?;
    Ok((StatusCode::CREATED, Json(NewKey { key })))
}

/// Which key.
#[derive(Deserialize, ToSchema)]
pub struct KeyPrefix {
    /// The first characters.
    pub prefix: String,
}

/// Revokes an API key at once.
#[utoipa::path(post, path = "/platforms/{id}/keys/revoke", params(("id" = String, Path)), request_body = KeyPrefix, extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 204), (status = 404, body = Problem),
))]
pub async fn revoke_key(
    State(state): State<AppState>,
    Staff(by): Staff,
    Path(id): Path<String>,
    Input(sent): Input<KeyPrefix>,
) -> Result<StatusCode, Failure> {
    state
        .services
        .revoke_api_key(&by, id_of(&id)?, &sent.prefix)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
