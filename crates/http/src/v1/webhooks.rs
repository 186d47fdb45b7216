//! Where webhooks go, and sending them again.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use shiming_audit::Actor;
use shiming_service::{
    Services,
    webhooks::{EndpointForm, NewEndpoint},
};
use shiming_verification::{
    code::Code,
    feed::PublicKind,
    ids::{EndpointId, EventId, PlatformId},
    ports::{
        feed::EventQuery,
        webhooks::{Endpoint, OffReason},
    },
};
use utoipa::ToSchema;

use super::{gate::Caller, page::Page};
use crate::{
    extract::{At, Input},
    problem::{Failure, Problem},
    state::AppState,
    words::{EventTypeName, OffReasonName},
};

/// Longest overlap of two secrets, in hours.
const LONGEST_OVERLAP: u32 = 24 * 14;

/// An endpoint to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEndpointRequest {
    /// Where messages go: https on the public internet.
    #[schema(max_length = 2048)]
    pub url: String,
    /// What people call it.
    #[schema(max_length = 200, pattern = r"^[^\x00-\x1f\x7f-\x9f]*$")]
    pub description: Option<String>,
    /// Wanted types; empty or absent for all.
    #[schema(value_type = Option<Vec<EventTypeName>>)]
    pub events: Option<Vec<PublicKind>>,
    /// On or off; on if absent.
    pub enabled: Option<bool>,
}

impl From<NewEndpointRequest> for EndpointForm {
    fn from(request: NewEndpointRequest) -> Self {
        Self {
            url: Some(request.url),
            description: request.description,
            events: request.events,
            enabled: request.enabled,
        }
    }
}

/// What is to be changed of an endpoint; what is absent stays as it is.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EndpointRequest {
    /// Where messages go: https on the public internet.
    #[schema(max_length = 2048)]
    pub url: Option<String>,
    /// What people call it.
    #[schema(max_length = 200, pattern = r"^[^\x00-\x1f\x7f-\x9f]*$")]
    pub description: Option<String>,
    /// Wanted types; empty for all.
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
#[utoipa::path(post, path = "/webhook_endpoints", tag = "Webhooks", request_body = NewEndpointRequest,
    responses((status = 201, body = EndpointView)),
    security(("api_key" = ["webhooks:write"])))]
pub async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Input(request): Input<NewEndpointRequest>,
) -> Result<(StatusCode, Json<EndpointView>), Failure> {
    let added = state
        .services
        .add_endpoint(caller.actor(), caller.platform.id, request.into())
        .await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}

/// All endpoints, oldest first.
#[utoipa::path(get, path = "/webhook_endpoints", tag = "Webhooks",
    responses((status = 200, body = Page<EndpointView>)),
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
    responses((status = 200, body = EndpointView), (status = 404, body = Problem)),
    security(("api_key" = ["webhooks:read"])))]
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<EndpointId>,
) -> Result<Json<EndpointView>, Failure> {
    let endpoint = state.services.endpoint_of(caller.platform.id, id);
    Ok(Json(endpoint.await?.into()))
}

/// Changes an endpoint.
#[utoipa::path(patch, path = "/webhook_endpoints/{id}", tag = "Webhooks", params(("id" = String, Path, description = "`whe_…`")),
    request_body = EndpointRequest,
    responses((status = 200, body = EndpointView), (status = 404, body = Problem)),
    security(("api_key" = ["webhooks:write"])))]
pub async fn change(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<EndpointId>,
    Input(request): Input<EndpointRequest>,
) -> Result<Json<EndpointView>, Failure> {
    let (services, platform) = (&state.services, caller.platform.id);
    let changed = services.change_endpoint(caller.actor(), platform, id, request.into());
    Ok(Json(changed.await?.into()))
}

/// Removes an endpoint, with the messages that wait for it.
#[utoipa::path(delete, path = "/webhook_endpoints/{id}", tag = "Webhooks", params(("id" = String, Path, description = "`whe_…`")),
    responses((status = 204, description = "Removed"), (status = 404, body = Problem)),
    security(("api_key" = ["webhooks:write"])))]
pub async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<EndpointId>,
) -> Result<StatusCode, Failure> {
    let (services, platform) = (&state.services, caller.platform.id);
    services
        .remove_endpoint(caller.actor(), platform, id)
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

impl RotationRequest {
    /// The time of the overlap.
    ///
    /// # Errors
    /// `invalid_input` if it is too long.
    pub fn overlap(&self) -> Result<Duration, Failure> {
        let hours = self.overlap_hours.unwrap_or(24);
        if hours > LONGEST_OVERLAP {
            let wrong = Failure::field("/overlap_hours", Code::InvalidInput, "range");
            return Err(wrong);
        }
        Ok(Duration::hours(i64::from(hours)))
    }
}

/// Gives an endpoint a new secret. Until the overlap ends, every message carries two signatures.
#[utoipa::path(post, path = "/webhook_endpoints/{id}/rotate_secret", tag = "Webhooks", params(("id" = String, Path, description = "`whe_…`")),
    request_body = RotationRequest,
    responses((status = 200, body = EndpointView), (status = 404, body = Problem)),
    security(("api_key" = ["webhooks:write"])))]
pub async fn rotate(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<EndpointId>,
    Input(request): Input<RotationRequest>,
) -> Result<Json<EndpointView>, Failure> {
    let overlap = request.overlap()?;
    let (services, platform) = (&state.services, caller.platform.id);
    let rotated = services.rotate_endpoint_secret(caller.actor(), platform, id, overlap);
    Ok(Json(rotated.await?.into()))
}

/// Sends a trial event `webhook_endpoint.test`.
#[utoipa::path(post, path = "/webhook_endpoints/{id}/test", tag = "Webhooks", params(("id" = String, Path, description = "`whe_…`")),
    responses((status = 202, description = "Queued"), (status = 404, body = Problem)),
    security(("api_key" = ["webhooks:write"])))]
pub async fn try_out(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<EndpointId>,
) -> Result<StatusCode, Failure> {
    let (services, platform) = (&state.services, caller.platform.id);
    services.try_endpoint(caller.actor(), platform, id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// What to send again: one event, or those of a time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// `evt_…`: this one only.
    #[schema(value_type = Option<String>, pattern = "^evt_[0-9a-f]{32}$")]
    pub event_id: Option<EventId>,
    /// From this moment on.
    pub since: Option<DateTime<Utc>>,
    /// Before this moment.
    pub until: Option<DateTime<Utc>>,
}

impl ReplayRequest {
    /// Sends it again; tells how many messages there are.
    ///
    /// # Errors
    /// `invalid_input` unless exactly one of both is named; those of the service.
    pub async fn send(
        self,
        services: &Services,
        by: Actor,
        platform: PlatformId,
        id: EndpointId,
    ) -> Result<u64, Failure> {
        let messages = match (self.event_id, self.since) {
            (Some(event), None) if self.until.is_none() => {
                services.replay_event(by, platform, id, event).await?
            }
            (None, Some(since)) => {
                let wanted = EventQuery::between(since, self.until);
                services.replay(by, platform, id, wanted).await?
            }
            _ => return Err(Failure::field("", Code::InvalidInput, "event_or_time")),
        };
        Ok(messages)
    }
}

/// How much is sent again.
#[derive(Serialize, ToSchema)]
pub struct ReplayView {
    /// Messages.
    pub messages: u64,
}

/// Sends events again, oldest first, with the ids that they had: those of `event_id`, or from `since` to `until`.
#[utoipa::path(post, path = "/webhook_endpoints/{id}/replay", tag = "Webhooks", params(("id" = String, Path, description = "`whe_…`")),
    request_body = ReplayRequest,
    responses((status = 202, body = ReplayView), (status = 404, body = Problem)),
    security(("api_key" = ["webhooks:write"])))]
pub async fn replay(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<EndpointId>,
    Input(request): Input<ReplayRequest>,
) -> Result<(StatusCode, Json<ReplayView>), Failure> {
    let (by, services) = (caller.actor(), &state.services);
    let messages = request.send(services, by, caller.platform.id, id).await?;
    Ok((StatusCode::ACCEPTED, Json(ReplayView { messages })))
}
