//! What the receiver of a message can do about it: see what it was, and refuse more of the same. Whoever holds the code in the
//! message's own link is its receiver.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use serde::{Deserialize, Serialize};
use shiming_service::notifications::Received;
use shiming_verification::{
    notification::{Block, Channel, Occasion},
    ports::notifications::Notification,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    assets::page,
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
    words::{ChannelName, OccasionName},
};

/// The address in messages. A mail program's own button posts to it (RFC 8058); a browser gets the page, which asks first.
pub fn routes() -> Router<AppState> {
    Router::new().route(
        "/m/{code}",
        get(|| async { page("message.html") }).post(one_click),
    )
}

/// Routes under `/message/api`.
pub fn api_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(refuse))
}

/// The code in a message's own link.
#[derive(Deserialize, ToSchema)]
pub struct MessageRequest {
    /// From the path of the link.
    pub code: String,
}

/// How much is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusedScope {
    /// Messages about this verification.
    Verification,
    /// The platform's notices of outcomes and due dates.
    Notices,
    /// All messages for the platform.
    Platform,
}

/// A refusal.
#[derive(Deserialize, ToSchema)]
pub struct RefuseRequest {
    /// From the path of the link.
    pub code: String,
    /// How much.
    pub scope: RefusedScope,
}

/// A message as its receiver sees it.
#[derive(Serialize, ToSchema)]
pub struct MessageView {
    /// What it was about.
    #[schema(value_type = OccasionName)]
    pub occasion: Occasion,
    /// How it came.
    #[schema(value_type = ChannelName)]
    pub channel: Channel,
    /// Whom it went to, masked.
    pub to: String,
    /// For which platform.
    pub platform: String,
    /// Whether somebody asked for it to be sent to this address, rather than its being a notice from a list.
    pub asked_for: bool,
    /// What is refused already.
    pub refused: RefusedView,
}

/// What a receiver has refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusedView {
    /// Messages about this verification.
    pub verification: bool,
    /// The platform's notices.
    pub notices: bool,
    /// All messages for the platform.
    pub platform: bool,
}

impl From<Received> for MessageView {
    fn from(received: Received) -> Self {
        let (message, blocked) = (&received.message, &received.blocked);
        let has = |scope| blocked.contains(&block(message, scope));
        Self {
            occasion: message.order.occasion,
            channel: message.order.to.address.channel(),
            to: message.order.to.address.masked(),
            asked_for: message.order.occasion.is_transactional(),
            refused: RefusedView {
                verification: has(RefusedScope::Verification),
                notices: has(RefusedScope::Notices),
                platform: has(RefusedScope::Platform),
            },
            platform: received.platform,
        }
    }
}

const fn block(message: &Notification, scope: RefusedScope) -> Block {
    match scope {
        RefusedScope::Verification => Block::Case(message.case),
        RefusedScope::Notices => Block::Notices(message.platform),
        RefusedScope::Platform => Block::Platform(message.platform),
    }
}

/// What a message was, and what its receiver has refused.
#[utoipa::path(post, path = "/show", request_body = MessageRequest, responses(
    (status = 200, body = MessageView), (status = 404, body = Problem),
))]
async fn show(
    State(state): State<AppState>,
    Input(asked): Input<MessageRequest>,
) -> Result<Json<MessageView>, Failure> {
    let received = state.services.received(&asked.code).await?;
    Ok(Json(received.into()))
}

/// Refuses more of the same.
#[utoipa::path(post, path = "/refuse", request_body = RefuseRequest, responses(
    (status = 200, body = MessageView), (status = 404, body = Problem),
))]
async fn refuse(
    State(state): State<AppState>,
    Input(asked): Input<RefuseRequest>,
) -> Result<Json<MessageView>, Failure> {
    let block = |message: &Notification| block(message, asked.scope);
    let received = state.services.refuse_messages(&asked.code, block).await?;
    Ok(Json(received.into()))
}

/// RFC 8058: no cookie, no further question, and no redirection.
async fn one_click(
    State(state): State<AppState>,
    Path(code): Path<String>,
) -> Result<StatusCode, Failure> {
    let block = |message: &Notification| {
        Block::of_one_click(message.order.occasion, message.platform, message.case)
    };
    state.services.refuse_messages(&code, block).await?;
    Ok(StatusCode::NO_CONTENT)
}
