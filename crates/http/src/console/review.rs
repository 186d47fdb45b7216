//! The review queue.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::ServiceError;
use shiming_verification::{
    code::Code,
    ids::CaseId,
    review::{Message, Verdict},
};
use utoipa::ToSchema;

use super::{
    access::Staff,
    cases::{CaseDetail, detail},
    view::{CaseRow, Names},
};
use crate::{
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
};

/// Cases of one look at the queue; whoever decides these sees the next.
const SHOWN: u32 = 100;

/// A case in review.
#[derive(Serialize, ToSchema)]
pub struct QueueRow {
    /// The case.
    pub case: CaseRow,
    /// Who has claimed it.
    pub claimed_by: Option<String>,
    /// Whether that is whoever asks.
    pub mine: bool,
    /// Until when.
    pub claimed_until: Option<DateTime<Utc>>,
    /// Who has approved already.
    pub approvals: Vec<String>,
    /// Whether the applicant has answered a question.
    pub answered: bool,
}

/// Cases in review, the longest waiting first.
#[utoipa::path(get, path = "/review", extensions(("x-permission" = json!("review.decide"))), responses(
    (status = 200, body = Vec<QueueRow>), (status = 403, body = Problem),
))]
pub async fn queue(
    State(state): State<AppState>,
    Staff(by): Staff,
) -> Result<Json<Vec<QueueRow>>, Failure> {
    let names = Names::read(&state).await?;
    let now = state.services.clock.now();
    let queued = state.services.console.review_queue(now, SHOWN).await;
    let rows = queued
        .map_err(ServiceError::from)?
        .into_iter()
        .map(|queued| QueueRow {
            case: CaseRow::of(&queued.case, &names),
            claimed_by: queued.claim.map(|(id, _)| names.operator(id)),
            mine: queued.claim.is_some_and(|(id, _)| id == by.operator.id),
            claimed_until: queued.claim.map(|(_, until)| until),
            approvals: queued
                .case
                .review
                .approvals
                .iter()
                .map(|id| names.operator(*id))
                .collect(),
            answered: queued.case.review.answer.is_some(),
        });
    Ok(Json(rows.collect()))
}

fn id_of(text: &str) -> Result<CaseId, Failure> {
    text.parse().map_err(|_| Failure::of(Code::NotFound))
}

/// Claims a case for half an hour.
#[utoipa::path(post, path = "/cases/{id}/claim", params(("id" = String, Path)), extensions(("x-permission" = json!("review.decide"))), responses(
    (status = 204), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn claim(
    State(state): State<AppState>,
    Staff(by): Staff,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    state.services.claim_review(&by, id_of(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a claim back.
#[utoipa::path(post, path = "/cases/{id}/release", params(("id" = String, Path)), extensions(("x-permission" = json!("review.decide"))), responses((status = 204)))]
pub async fn release(
    State(state): State<AppState>,
    Staff(by): Staff,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    state.services.release_review(&by, id_of(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A decision.
#[derive(Deserialize, ToSchema)]
pub struct DecisionRequest {
    /// `approve`, `reject` or `ask`.
    pub decision: String,
    /// With `reject`: why, in a code whose text the applicant reads.
    pub reason: Option<String>,
    /// What the applicant reads; needed with `ask`.
    pub message: Option<String>,
    /// What only colleagues read.
    pub internal: Option<String>,
}

fn message(field: &str, text: Option<&str>) -> Result<Option<Message>, Failure> {
    let text = text.filter(|text| !text.trim().is_empty());
    let read = text.map(Message::parse).transpose();
    read.map_err(|_| Failure::field(field, Code::InvalidInput, "length"))
}

fn verdict(sent: &DecisionRequest) -> Result<Verdict, Failure> {
    let wrong = |field: &str| Failure::field(field, Code::InvalidInput, "unknown");
    let message = message("/message", sent.message.as_deref())?;
    match sent.decision.as_str() {
        "approve" => Ok(Verdict::Approve),
        "reject" => {
            let reasons = Verdict::REASONS.into_iter();
            let mut fitting = reasons.filter(|code| Some(code.as_str()) == sent.reason.as_deref());
            let code = fitting.next().ok_or_else(|| wrong("/reason"))?;
            Ok(Verdict::Reject { code, message })
        }
        "ask" => {
            let message = message.ok_or_else(|| wrong("/message"))?;
            Ok(Verdict::AskForInfo { message })
        }
        _ => Err(wrong("/decision")),
    }
}

/// Decides a case in review.
#[utoipa::path(post, path = "/cases/{id}/decision", params(("id" = String, Path)), request_body = DecisionRequest, extensions(("x-permission" = json!("review.decide"))), responses(
    (status = 200, body = CaseDetail), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub async fn decide(
    State(state): State<AppState>,
    Staff(by): Staff,
    Path(id): Path<String>,
    Input(sent): Input<DecisionRequest>,
) -> Result<Json<CaseDetail>, Failure> {
    let internal = message("/internal", sent.internal.as_deref())?;
    let decided =
        state
            .services
            .decide_review(&by, id_of(&id)?, verdict(&sent)?, internal.as_ref());
    Ok(Json(detail(&state, &decided.await?).await?))
}
