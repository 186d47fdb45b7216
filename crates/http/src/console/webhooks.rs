//! A platform's webhooks at the console: what its programs do under `/v1`, done by an operator and recorded as theirs.

use axum::{Json, extract::State, http::StatusCode};
use shiming_verification::{
    ids::{DeliveryId, EndpointId, PlatformId},
    ports::webhooks::{Delivery, DeliveryFilter},
};

use super::access::{Proved, Staff};
use crate::{
    extract::{At, Input, Within},
    problem::{Failure, Problem},
    state::AppState,
    v1::{
        deliveries::{AttemptView, DeliveryQuery, DeliveryView},
        page::{Asked, Page, PageQuery},
        webhooks::{
            EndpointRequest, EndpointView, NewEndpointRequest, ReplayRequest, ReplayView,
            RotationRequest,
        },
    },
};

/// A platform's endpoints, oldest first.
#[utoipa::path(get, path = "/platforms/{id}/webhooks", params(("id" = String, Path)), extensions(("x-permission" = json!("platforms.read"))), responses(
    (status = 200, body = Vec<EndpointView>), (status = 404, body = Problem),
))]
pub async fn list(
    State(state): State<AppState>,
    At(platform): At<PlatformId>,
) -> Result<Json<Vec<EndpointView>>, Failure> {
    state.services.platform_with_id(platform).await?;
    let endpoints = state.services.endpoints_of(platform).await?;
    Ok(Json(
        endpoints.into_iter().map(EndpointView::from).collect(),
    ))
}

/// Adds an endpoint. Its secret is in this answer and never again.
#[utoipa::path(post, path = "/platforms/{id}/webhooks", params(("id" = String, Path)), request_body = NewEndpointRequest, extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 201, body = EndpointView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn add(
    State(state): State<AppState>,
    Proved(by): Proved,
    At(platform): At<PlatformId>,
    Input(sent): Input<NewEndpointRequest>,
) -> Result<(StatusCode, Json<EndpointView>), Failure> {
    state.services.platform_with_id(platform).await?;
    let added = state
        .services
        .add_endpoint(by.actor(), platform, sent.into());
    Ok((StatusCode::CREATED, Json(added.await?.into())))
}

/// Changes an endpoint, or switches it off and on. One that is switched on again gets what it has missed.
#[utoipa::path(post, path = "/platforms/{id}/webhooks/{endpoint}", params(("id" = String, Path), ("endpoint" = String, Path)), request_body = EndpointRequest, extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 200, body = EndpointView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn change(
    State(state): State<AppState>,
    Proved(by): Proved,
    Within(platform, id): Within<PlatformId, EndpointId>,
    Input(sent): Input<EndpointRequest>,
) -> Result<Json<EndpointView>, Failure> {
    let services = &state.services;
    let changed = services.change_endpoint(by.actor(), platform, id, sent.into());
    Ok(Json(changed.await?.into()))
}

/// Removes an endpoint, with the messages that wait for it.
#[utoipa::path(post, path = "/platforms/{id}/webhooks/{endpoint}/remove", params(("id" = String, Path), ("endpoint" = String, Path)), extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn remove(
    State(state): State<AppState>,
    Proved(by): Proved,
    Within(platform, id): Within<PlatformId, EndpointId>,
) -> Result<StatusCode, Failure> {
    let services = &state.services;
    services.remove_endpoint(by.actor(), platform, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives an endpoint a new secret. Until the overlap ends, every message carries two signatures.
#[utoipa::path(post, path = "/platforms/{id}/webhooks/{endpoint}/rotate_secret", params(("id" = String, Path), ("endpoint" = String, Path)), request_body = RotationRequest, extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 200, body = EndpointView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn rotate(
    State(state): State<AppState>,
    Proved(by): Proved,
    Within(platform, id): Within<PlatformId, EndpointId>,
    Input(sent): Input<RotationRequest>,
) -> Result<Json<EndpointView>, Failure> {
    let (services, overlap) = (&state.services, sent.overlap()?);
    let rotated = services.rotate_endpoint_secret(by.actor(), platform, id, overlap);
    Ok(Json(rotated.await?.into()))
}

/// Sends a trial event `webhook_endpoint.test`.
#[utoipa::path(post, path = "/platforms/{id}/webhooks/{endpoint}/test", params(("id" = String, Path), ("endpoint" = String, Path)), extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 204), (status = 404, body = Problem),
))]
pub async fn try_out(
    State(state): State<AppState>,
    Staff(by): Staff,
    Within(platform, id): Within<PlatformId, EndpointId>,
) -> Result<StatusCode, Failure> {
    let services = &state.services;
    services.try_endpoint(by.actor(), platform, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends events again, oldest first, with the ids that they had: those of `event_id`, or from `since` to `until`.
#[utoipa::path(post, path = "/platforms/{id}/webhooks/{endpoint}/replay", params(("id" = String, Path), ("endpoint" = String, Path)), request_body = ReplayRequest, extensions(("x-permission" = json!("platforms.write"))), responses(
    (status = 202, body = ReplayView), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn replay(
    State(state): State<AppState>,
    Staff(by): Staff,
    Within(platform, id): Within<PlatformId, EndpointId>,
    Input(sent): Input<ReplayRequest>,
) -> Result<(StatusCode, Json<ReplayView>), Failure> {
    let messages = sent.send(&state.services, by.actor(), platform, id).await?;
    Ok((StatusCode::ACCEPTED, Json(ReplayView { messages })))
}

/// The messages of an endpoint, newest event first.
#[utoipa::path(get, path = "/platforms/{id}/webhooks/{endpoint}/deliveries", params(("id" = String, Path), ("endpoint" = String, Path), DeliveryQuery, PageQuery), extensions(("x-permission" = json!("platforms.read"))), responses(
    (status = 200, body = Page<DeliveryView>), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn deliveries(
    State(state): State<AppState>,
    Within(platform, id): Within<PlatformId, EndpointId>,
    Asked(query): Asked<DeliveryQuery>,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<DeliveryView>>, Failure> {
    let limit = page.limit()?;
    let filter = DeliveryFilter {
        status: query.status,
        before: page.after::<u64>()?,
    };
    let services = &state.services;
    let endpoint = services.endpoint_of(platform, id).await?;
    let found = services.deliveries_of(platform, endpoint.id, filter, limit + 1);
    let cursor = |delivery: &Delivery| delivery.event.seq.into();
    Ok(Json(Page::of(
        found.await?,
        limit,
        cursor,
        DeliveryView::from,
    )))
}

/// Every attempt to send a message, oldest first.
#[utoipa::path(get, path = "/platforms/{id}/deliveries/{delivery}/attempts", params(("id" = String, Path), ("delivery" = String, Path)), extensions(("x-permission" = json!("platforms.read"))), responses(
    (status = 200, body = Vec<AttemptView>), (status = 404, body = Problem),
))]
pub async fn attempts(
    State(state): State<AppState>,
    Within(platform, id): Within<PlatformId, DeliveryId>,
) -> Result<Json<Vec<AttemptView>>, Failure> {
    let attempts = state.services.attempts_of(platform, id).await?;
    Ok(Json(attempts.into_iter().map(AttemptView::from).collect()))
}
