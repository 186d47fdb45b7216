//! Where webhooks go, how they fared, and sending them again.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::webhooks::{EndpointForm, NewEndpoint};
use shiming_verification::{
    code::Code,
    feed::PublicKind,
    ids::{DeliveryId, EndpointId},
    ports::webhooks::{Attempt, Delivery, DeliveryFilter, DeliveryStatus, Endpoint, OffReason},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    events::{EventFilter, EventView, Order},
    gate::Caller,
    page::{Asked, Page, PageQuery},
};
use crate::{
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
    words::{DeliveryStatusName, EventTypeName, OffReasonName},
};

/// Longest overlap of two secrets, in hours.
const LONGEST_OVERLAP: u32 = 24 * 14;

/// An endpoint to be added or changed; what is absent stays as it is.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EndpointRequest {
    /// Where messages go: https on the public internet. Needed when it is added.
    #[schema(max_length = 2048)]
    pub url: Option<String>,
    /// What people call it.
    #[schema(max_length = 200)]
    pub description: Option<String>,
    /// Wanted types; empty or absent for all.
    #[schema(value_type = Option<Vec<EventTypeName>>)]
    pub events: Option<Vec<PublicKind>>,
    /// On or off. An endpoint that is switched on again gets what it has missed.
    pub enabled: Option<bool>,
}

impl From<EndpointRequest> for EndpointForm {
    fn from(request: EndpointRequest) -> Self {
        Self {
            url: request.url,
            description: request.description,
            events: request.events,
            enabled: request.enabled,
        }
    }
}

/// A webhook endpoint.
#[derive(Serialize, ToSchema)]
pub struct EndpointView {
    /// `whe_…`
    pub id: String,
    /// Where messages go.
    pub url: String,
    /// What people call it.
    pub description: String,
    /// Wanted types; empty for all.
    #[schema(value_type = Vec<EventTypeName>)]
    pub events: Vec<PublicKind>,
    /// Whether messages are sent.
    pub enabled: bool,
    /// Why it is off.
    #[schema(value_type = Option<OffReasonName>)]
    pub disabled_reason: Option<OffReason>,
    /// Since when nothing has got through, if the last attempt failed.
    pub failing_since: Option<DateTime<Utc>>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// `whsec_…`, shown this once: when it is added and when it is rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl From<Endpoint> for EndpointView {
    fn from(endpoint: Endpoint) -> Self {
        Self {
            id: endpoint.id.to_string(),
            url: endpoint.url,
            description: endpoint.description,
            events: endpoint.events,
            enabled: endpoint.off.is_none(),
            disabled_reason: endpoint.off,
            failing_since: endpoint.failing_since,
            created_at: endpoint.created_at,
            secret: None,
        }
    }
}

impl From<NewEndpoint> for EndpointView {
    fn from(new: NewEndpoint) -> Self {
        Self {
            secret: Some(new.secret),
            ..Self::from(new.endpoint)
        }
    }
}

/// Adds an endpoint. Its secret is in this answer and never again.
#[utoipa::path(post, path = "/webhook_endpoints", tag = "Webhooks", request_body = EndpointRequest,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = EndpointView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem),
    ),
    security(("api_key" = ["webhooks:write"])))]
pub async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Input(request): Input<EndpointRequest>,
) -> Result<(StatusCode, Json<EndpointView>), Failure> {
    let added = state
        .services
        .add_endpoint(caller.platform.id, request.into())
        .await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}

/// All endpoints, oldest first.
#[utoipa::path(get, path = "/webhook_endpoints", tag = "Webhooks",
    responses(
        (status = 200, body = Page<EndpointView>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, body = Problem),
    ),
    security(("api_key" = ["webhooks:read"])))]
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<Page<EndpointView>>, Failure> {
    let endpoints = state.services.endpoints_of(caller.platform.id).await?;
    Ok(Json(Page {
        data: endpoints.into_iter().map(EndpointView::from).collect(),
        next_cursor: None,
    }))
}

/// One endpoint.
#[utoipa::path(get, path = "/webhook_endpoints/{id}", tag = "Webhooks", params(("id" = String, Path, description = "`whe_…`")),
    responses(
        (status = 200, body = EndpointView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 429, body = Problem),
    ),
    security(("api_key" = ["webhooks:read"])))]
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<EndpointView>, Failure> {
    let endpoint = own(&state, &caller, &id).await?;
    Ok(Json(endpoint.into()))
}

/// Changes an endpoint.
#[utoipa::path(patch, path = "/webhook_endpoints/{id}", tag = "Webhooks", params(("id" = String, Path, description = "`whe_…`")),
    request_body = EndpointRequest,
    responses(
        (status = 200, body = EndpointView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem),
    ),
    security(("api_key" = ["webhooks:write"])))]
pub async fn change(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Input(request): Input<EndpointRequest>,
) -> Result<Json<EndpointView>, Failure> {
    let endpoint = own(&state, &caller, &id).await?;
    let changed = state
        .services
        .change_endpoint(caller.platform.id, endpoint.id, request.into())
        .await?;
    Ok(Json(changed.into()))
}

/// Removes an endpoint, with the messages that wait for it.
#[utoipa::path(delete, path = "/webhook_endpoints/{id}", tag = "Webhooks", params(("id" = String, Path, description = "`whe_…`")),
    responses(
        (status = 204, description = "Removed"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 429, body = Problem),
    ),
    security(("api_key" = ["webhooks:write"])))]
pub async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let endpoint = own(&state, &caller, &id).await?;
    state
        .services
        .remove_endpoint(caller.platform.id, endpoint.id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How long the old secret signs beside the new one.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RotationRequest {
    /// Hours, at most 336; 24 if absent.
    #[schema(minimum = 0, maximum = 336)]
    pub overlap_hours: Option<u32>,
}

/// Gives an endpoint a new secret. Until the overlap ends, every message carries two signatures.
#[utoipa::path(post, path = "/webhook_endpoints/{id}/rotate_secret", tag = "Webhooks", params(
        ("id" = String, Path, description = "`whe_…`"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    request_body = RotationRequest,
    responses(
        (status = 200, body = EndpointView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem),
    ),
    security(("api_key" = ["webhooks:write"])))]
pub async fn rotate(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Input(request): Input<RotationRequest>,
) -> Result<Json<EndpointView>, Failure> {
    let hours = request.overlap_hours.unwrap_or(24);
    if hours > LONGEST_OVERLAP {
        return Err(Failure::field(
            "/overlap_hours",
            Code::InvalidInput,
            "range",
        ));
    }
    let endpoint = own(&state, &caller, &id).await?;
    let overlap = Duration::hours(i64::from(hours));
    let rotated = state
        .services
        .rotate_endpoint_secret(caller.platform.id, endpoint.id, overlap)
        .await?;
    Ok(Json(rotated.into()))
}

/// Sends a trial event `webhook_endpoint.test`.
#[utoipa::path(post, path = "/webhook_endpoints/{id}/test", tag = "Webhooks", params(
        ("id" = String, Path, description = "`whe_…`"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses(
        (status = 202, description = "Queued"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem),
    ),
    security(("api_key" = ["webhooks:write"])))]
pub async fn try_out(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let endpoint = own(&state, &caller, &id).await?;
    state
        .services
        .try_endpoint(caller.platform.id, endpoint.id)
        .await?;
    Ok(StatusCode::ACCEPTED)
}

/// What to send again: one event, or those of a time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// `evt_…`: this one only.
    pub event_id: Option<String>,
    /// From this moment on.
    pub since: Option<DateTime<Utc>>,
    /// Before this moment.
    pub until: Option<DateTime<Utc>>,
}

/// How much is sent again.
#[derive(Serialize, ToSchema)]
pub struct ReplayView {
    /// Messages.
    pub messages: u64,
}

/// Sends events again, oldest first, with the ids that they had: those of `event_id`, or from `since` to `until`.
#[utoipa::path(post, path = "/webhook_endpoints/{id}/replay", tag = "Webhooks", params(
        ("id" = String, Path, description = "`whe_…`"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    request_body = ReplayRequest,
    responses(
        (status = 202, body = ReplayView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem),
    ),
    security(("api_key" = ["webhooks:write"])))]
pub async fn replay(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Input(request): Input<ReplayRequest>,
) -> Result<(StatusCode, Json<ReplayView>), Failure> {
    let endpoint = own(&state, &caller, &id).await?;
    let platform = caller.platform.id;
    let services = &state.services;
    let messages = match (request.event_id, request.since) {
        (Some(event), None) => {
            let event = event.parse().map_err(|_| wrong("/event_id"))?;
            services.replay_event(platform, endpoint.id, event).await?
        }
        (None, Some(since)) => {
            let filter = EventFilter {
                r#type: None,
                verification_id: None,
                since: Some(since),
                until: request.until,
                order: Order::Asc,
            };
            services
                .replay(platform, endpoint.id, filter.query(None)?)
                .await?
        }
        _ => return Err(wrong("")),
    };
    Ok((StatusCode::ACCEPTED, Json(ReplayView { messages })))
}

fn wrong(pointer: &str) -> Failure {
    Failure::field(pointer, Code::InvalidInput, "event_or_time")
}

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
    responses(
        (status = 200, body = Page<DeliveryView>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem),
    ),
    security(("api_key" = ["webhooks:read"])))]
pub async fn deliveries(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(query): Asked<DeliveryQuery>,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<DeliveryView>>, Failure> {
    let endpoint = own(&state, &caller, &id).await?;
    let limit = page.limit()?;
    let filter = DeliveryFilter {
        status: query.status,
        before: page.after::<u64>()?,
    };
    let found = state
        .services
        .deliveries_of(caller.platform.id, endpoint.id, filter, limit + 1)
        .await?;
    let cursor = |delivery: &Delivery| delivery.event.seq.to_string();
    Ok(Json(Page::of(found, limit, cursor, DeliveryView::from)))
}

/// Every attempt to send a message, oldest first.
#[utoipa::path(get, path = "/webhook_deliveries/{id}/attempts", tag = "Webhooks",
    params(("id" = String, Path, description = "`whd_…`")),
    responses(
        (status = 200, body = Page<AttemptView>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 429, body = Problem),
    ),
    security(("api_key" = ["webhooks:read"])))]
pub async fn attempts(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Page<AttemptView>>, Failure> {
    let id: DeliveryId = id.parse().map_err(|_| Failure::of(Code::NotFound))?;
    let attempts = state.services.attempts_of(caller.platform.id, id).await?;
    Ok(Json(Page {
        data: attempts.into_iter().map(AttemptView::from).collect(),
        next_cursor: None,
    }))
}

async fn own(state: &AppState, caller: &Caller, id: &str) -> Result<Endpoint, Failure> {
    let id: EndpointId = id.parse().map_err(|_| Failure::of(Code::NotFound))?;
    Ok(state.services.endpoint_of(caller.platform.id, id).await?)
}
