//! The audit trail.

use axum::{
    Json,
    extract::{Query, State},
    http::header,
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_audit::{ActorKind, AuditFilter, Entry};
use shiming_service::ServiceError;
use shiming_verification::code::Code;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

use super::{access::Staff, view::Names};
use crate::{
    problem::{Failure, Problem},
    state::AppState,
};

const PAGE: u32 = 100;

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// `system`, `operator`, `command_line`, `platform`, `applicant`, `legal_representative`.
    pub actor_kind: Option<String>,
    /// `op_…` or `plt_…`
    pub actor: Option<String>,
    /// The action, `operator.signed_in`, or its area, `case.`.
    pub action: Option<String>,
    /// About what: `ver_…`, `op_…`.
    pub subject: Option<String>,
    /// Not before.
    pub since: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// Below this number.
    pub below: Option<u64>,
}

/// Entries, newest first.
#[derive(Serialize, ToSchema)]
pub struct AuditPage {
    /// At most 100.
    pub entries: Vec<AuditRow>,
    /// Where to go on, if there is more.
    pub next: Option<u64>,
}

/// One entry.
#[derive(Serialize, ToSchema)]
pub struct AuditRow {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// What kind of actor.
    pub actor_kind: String,
    /// Our id of the actor.
    pub actor_id: Option<String>,
    /// The operator's name of today.
    pub actor_name: Option<String>,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: Option<String>,
    /// More words.
    pub detail: BTreeMap<String, String>,
}

fn row(entry: Entry, names: &Names) -> AuditRow {
    let record = entry.record;
    let operator = record.actor.id.as_deref().and_then(|id| id.parse().ok());
    AuditRow {
        seq: entry.seq,
        at: record.at,
        actor_kind: record.actor.kind.as_str().to_owned(),
        actor_name: operator.map(|id| names.operator(id)),
        actor_id: record.actor.id,
        action: record.action,
        subject: record.subject,
        detail: record.detail,
    }
}

/// Entries that fit, newest first.
#[utoipa::path(get, path = "/audit", params(AuditQuery), extensions(("x-permission" = json!("audit.read"))), responses(
    (status = 200, body = AuditPage), (status = 403, body = Problem),
))]
pub async fn list(
    State(state): State<AppState>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditPage>, Failure> {
    let text = |value: Option<String>| {
        value
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    let filter = AuditFilter {
        actor_kind: query.actor_kind.as_deref().and_then(ActorKind::of),
        actor_id: text(query.actor),
        action: text(query.action),
        subject: text(query.subject),
        since: query.since,
        until: query.until,
    };
    let found = state
        .services
        .audit
        .find_entries(&filter, query.below, PAGE)
        .await;
    let found = found.map_err(ServiceError::from)?;
    let names = Names::read(&state).await?;
    let next = (found.len() == PAGE as usize).then(|| found.last().map(|entry| entry.seq));
    Ok(Json(AuditPage {
        next: next.flatten(),
        entries: found.into_iter().map(|entry| row(entry, &names)).collect(),
    }))
}

/// A signed anchor of the trail's present end, for keeping elsewhere.
#[utoipa::path(get, path = "/audit/anchor", extensions(("x-permission" = json!("audit.read"))), responses((status = 200, body = Object)))]
pub async fn anchor(State(state): State<AppState>) -> Result<impl IntoResponse, Failure> {
    let anchor = state.services.anchor().await?;
    let anchor = anchor.ok_or(Failure::of(Code::NotFound))?;
    Ok(Json(anchor))
}

/// Which part.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SegmentQuery {
    /// First entry.
    pub from: u64,
    /// Last entry.
    pub to: u64,
}

/// A part of the trail as a file that verifies elsewhere: `shiming audit verify --file SEGMENT --anchor ANCHOR`.
#[utoipa::path(get, path = "/audit/segment", params(SegmentQuery), extensions(("x-permission" = json!("audit.read"))), responses(
    (status = 200, body = String, content_type = "application/jsonl"), (status = 422, body = Problem),
))]
pub async fn export(
    State(state): State<AppState>,
    Staff(by): Staff,
    Query(query): Query<SegmentQuery>,
) -> Result<impl IntoResponse, Failure> {
    let range = format!("{}-{}", query.from, query.to);
    state
        .services
        .recorded(&by, "audit.exported", &range, &[])
        .await?;
    let segment = state.services.segment(query.from, query.to, None).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"audit-{range}.jsonl\""),
        ),
    ];
    Ok((headers, segment))
}
