//! How webhook messages fared, attempt by attempt.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_verification::{
    ids::{DeliveryId, EndpointId},
    ports::webhooks::{Attempt, Delivery, DeliveryFilter, DeliveryStatus},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    events::EventView,
    gate::Caller,
    page::{Asked, Page, PageQuery},
};
use crate::{
    extract::At,
    problem::{Failure, Problem},
    state::AppState,
    words::DeliveryStatusName,
};

/// A message and how it fared.
#[derive(Serialize, ToSchema)]
pub struct DeliveryView {
    /// `whd_…`
    pub id: String,
    /// What it tells.
    pub event: EventView,
    /// `pending`, `delivered` or `failed`.
    #[schema(value_type = DeliveryStatusName)]
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When it was received or given up.
    pub finished_at: Option<DateTime<Utc>>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id.to_string(),
            event: delivery.event.into(),
            status: delivery.status,
            attempts: delivery.attempts,
            next_attempt_at: delivery.next_at,
            finished_at: delivery.finished_at,
        }
    }
}

/// One attempt to send a message.
#[derive(Serialize, ToSchema)]
pub struct AttemptView {
    /// Its number, from 1.
    pub number: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What went wrong without an answer.
    pub error: Option<String>,
}

impl From<Attempt> for AttemptView {
    fn from(attempt: Attempt) -> Self {
        Self {
            number: attempt.nth,
            at: attempt.at,
            took_ms: attempt.took_ms,
            status: attempt.status,
            error: attempt.error,
        }
    }
}

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// Only those that stand so.
    #[param(value_type = Option<DeliveryStatusName>)]
    pub status: Option<DeliveryStatus>,
}

/// The messages of an endpoint, newest event first.
#[utoipa::path(get, path = "/webhook_endpoints/{id}/deliveries", tag = "Webhooks",
    params(("id" = String, Path, description = "`whe_…`"), DeliveryQuery, PageQuery),
    responses((status = 200, body = Page<DeliveryView>), (status = 404, body = Problem)),
    security(("api_key" = ["webhooks:read"])))]
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<EndpointId>,
    Asked(query): Asked<DeliveryQuery>,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<DeliveryView>>, Failure> {
    let limit = page.limit()?;
    let filter = DeliveryFilter {
        status: query.status,
        before: page.after::<u64>()?,
    };
    let (services, platform) = (&state.services, caller.platform.id);
    let endpoint = services.endpoint_of(platform, id).await?;
    let found = services
        .deliveries_of(platform, endpoint.id, filter, limit + 1)
        .await?;
    let cursor = |delivery: &Delivery| delivery.event.seq.into();
    Ok(Json(Page::of(found, limit, cursor, DeliveryView::from)))
}

/// Every attempt to send a message, oldest first.
#[utoipa::path(get, path = "/webhook_deliveries/{id}/attempts", tag = "Webhooks",
    params(("id" = String, Path, description = "`whd_…`")),
    responses((status = 200, body = Page<AttemptView>), (status = 404, body = Problem)),
    security(("api_key" = ["webhooks:read"])))]
pub async fn attempts(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<DeliveryId>,
) -> Result<Json<Page<AttemptView>>, Failure> {
    let attempts = state.services.attempts_of(caller.platform.id, id).await?;
    Ok(Json(Page {
        data: attempts.into_iter().map(AttemptView::from).collect(),
        next_cursor: None,
    }))
}
