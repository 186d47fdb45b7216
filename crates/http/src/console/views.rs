//! Saved searches.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use shiming_service::ServiceError;
use shiming_verification::{code::Code, ports::console::SavedView};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{access::Staff, view::url64};
use crate::{
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
};

/// A saved search.
#[derive(Serialize, ToSchema)]
pub struct ViewRow {
    /// By which it is deleted.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The page's query string. Never an identifier of a person: those are not saved.
    pub query: String,
}

/// One's own saved searches.
#[utoipa::path(get, path = "/views", extensions(("x-permission" = json!("cases.read"))), responses((status = 200, body = Vec<ViewRow>)))]
pub async fn list(
    State(state): State<AppState>,
    Staff(by): Staff,
) -> Result<Json<Vec<ViewRow>>, Failure> {
    let views = state.services.figures.saved_views(by.operator.id).await;
    let row = |view: SavedView| ViewRow {
        id: url64(view.id.as_bytes()),
        name: view.name,
        query: view.query,
    };
    Ok(Json(
        views
            .map_err(ServiceError::from)?
            .into_iter()
            .map(row)
            .collect(),
    ))
}

/// A search to be saved.
#[derive(Deserialize, ToSchema)]
pub struct ViewRequest {
    /// Its name.
    pub name: String,
    /// The page's query string without `q`.
    pub query: String,
}

/// Saves a search.
#[utoipa::path(post, path = "/views", request_body = ViewRequest, extensions(("x-permission" = json!("cases.read"))), responses((status = 204), (status = 422, body = Problem)))]
pub async fn save(
    State(state): State<AppState>,
    Staff(by): Staff,
    Input(sent): Input<ViewRequest>,
) -> Result<StatusCode, Failure> {
    let personal = sent.query.split('&').any(|part| part.starts_with("q="));
    let name = sent.name.trim();
    if personal || name.is_empty() || name.chars().count() > 64 || sent.query.len() > 500 {
        return Err(Failure::field("/name", Code::InvalidInput, "length"));
    }
    let view = SavedView {
        id: state.services.fresh_id().map_err(ServiceError::from)?,
        name: name.to_owned(),
        query: sent.query,
    };
    let now = state.services.clock.now();
    let saved = state
        .services
        .figures
        .save_view(by.operator.id, &view, now)
        .await;
    saved.map_err(ServiceError::from)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes one of one's own saved searches.
#[utoipa::path(post, path = "/views/{id}/delete", params(("id" = String, Path)), extensions(("x-permission" = json!("cases.read"))), responses((status = 204), (status = 404, body = Problem)))]
pub async fn delete(
    State(state): State<AppState>,
    Staff(by): Staff,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let bytes = shiming_service::operators::passkey::bytes("id", &id).ok();
    let id = bytes.and_then(|bytes| Uuid::from_slice(&bytes).ok());
    let id = id.ok_or(Failure::of(Code::NotFound))?;
    let deleted = state.services.figures.delete_view(by.operator.id, id).await;
    if deleted.map_err(ServiceError::from)? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Failure::of(Code::NotFound))
    }
}
