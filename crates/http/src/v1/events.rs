//! The feed of events: what webhooks tell, to be read.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_verification::{
    code::Code,
    feed::{About, PublicKind},
    ids::{CaseId, EventId},
    ports::feed::{EventQuery, FedEvent},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    gate::Caller,
    page::{Asked, Page, PageQuery},
};
use crate::{
    extract::At,
    problem::{Failure, Problem},
    state::AppState,
    words::{EventTypeName, StateName},
};

/// An event, as webhooks carry it.
#[derive(Serialize, ToSchema)]
pub struct EventView {
    /// `evt_…`; the `webhook-id` of its messages.
    pub id: String,
    /// Type. Pass over types that you don't know.
    #[schema(value_type = EventTypeName)]
    pub r#type: PublicKind,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// Number in your feed: without gaps, growing.
    pub sequence: u64,
    /// What it is about: ids and states only. Fetch the rest.
    #[schema(value_type = EventData)]
    pub data: About,
}

/// What an event is about. What does not apply is absent.
#[derive(ToSchema)]
#[allow(dead_code)] // Only describes `About`.
pub struct EventData {
    /// `ver_…`
    verification_id: Option<String>,
    /// `crd_…`
    credential_id: Option<String>,
    /// Your own id of the account.
    account_id: Option<String>,
    /// `whe_…`
    endpoint_id: Option<String>,
    /// The verification's state after it.
    state: Option<StateName>,
    /// The stable code of what went wrong.
    code: Option<String>,
}

impl From<FedEvent> for EventView {
    fn from(fed: FedEvent) -> Self {
        Self {
            id: fed.event.id.to_string(),
            r#type: fed.event.kind,
            timestamp: fed.event.at,
            sequence: fed.seq,
            data: fed.event.about,
        }
    }
}

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Oldest first: to read on from where one was.
    Asc,
    /// Newest first.
    #[default]
    Desc,
}

/// Which events.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventFilter {
    /// Only of this type.
    #[param(value_type = Option<EventTypeName>)]
    pub r#type: Option<String>,
    /// Only of this verification.
    #[param(pattern = "^ver_[0-9a-f]{32}$")]
    pub verification_id: Option<String>,
    /// Only from this moment on (RFC 3339).
    pub since: Option<DateTime<Utc>>,
    /// Only before this moment (RFC 3339).
    pub until: Option<DateTime<Utc>>,
    /// `desc` (newest first, the default) or `asc`.
    #[serde(default)]
    #[param(value_type = Option<Order>, inline)]
    pub order: Order,
}

impl EventFilter {
    /// The query behind it.
    ///
    /// # Errors
    /// `invalid_input` for an unknown type or a wrong id.
    pub fn query(&self, after: Option<u64>) -> Result<EventQuery, Failure> {
        let wrong = |pointer| Failure::field(pointer, Code::InvalidInput, "unknown");
        let kind = self.r#type.as_deref().map(str::parse::<PublicKind>);
        let case = self.verification_id.as_deref().map(str::parse::<CaseId>);
        Ok(EventQuery {
            kind: kind.transpose().map_err(|_| wrong("/type"))?,
            case: case.transpose().map_err(|_| wrong("/verification_id"))?,
            since: self.since,
            until: self.until,
            oldest_first: self.order == Order::Asc,
            after,
        })
    }
}

/// Events. They are numbered without gaps, so whoever reads on by cursor in order `asc` misses nothing.
#[utoipa::path(get, path = "/events", tag = "Events", params(EventFilter, PageQuery),
    responses((status = 200, body = Page<EventView>)),
    security(("api_key" = ["events:read"])))]
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Asked(filter): Asked<EventFilter>,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<EventView>>, Failure> {
    let limit = page.limit()?;
    let query = filter.query(page.after::<u64>()?)?;
    let found = state
        .services
        .list_events(caller.platform.id, query, limit + 1)
        .await?;
    let cursor = |fed: &FedEvent| fed.seq.into();
    Ok(Json(Page::of(found, limit, cursor, EventView::from)))
}

/// One event.
#[utoipa::path(get, path = "/events/{id}", tag = "Events", params(("id" = String, Path, description = "`evt_…`")),
    responses((status = 200, body = EventView), (status = 404, body = Problem)),
    security(("api_key" = ["events:read"])))]
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<EventId>,
) -> Result<Json<EventView>, Failure> {
    let found = state.services.event_of(caller.platform.id, id).await?;
    Ok(Json(EventView::from(found)))
}
