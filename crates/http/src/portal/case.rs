//! Seeing and changing a case.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use shiming_verification::{
    case::Case,
    claim::ElementsForm,
    code::{Code, Refusal},
    review::Message,
    words::{Method, SubjectType},
};
use utoipa::ToSchema;

use super::{OwnCase, view, view::CaseView};
use crate::words::{MethodName, SubjectTypeName};
use crate::{
    extract::Input,
    origin::FormOrigin,
    problem::{Failure, Problem},
    state::AppState,
};
use shiming_service::ServiceError;

/// The applicant's choice.
#[derive(Deserialize, ToSchema)]
pub struct ChoiceRequest {
    /// `enterprise` or `individual_business`.
    #[schema(value_type = SubjectTypeName)]
    pub subject_type: SubjectType,
    /// `face` or `bank`.
    #[schema(value_type = MethodName)]
    pub method: Method,
}

/// The elements as typed.
#[derive(Deserialize, ToSchema)]
pub struct ElementsRequest {
    /// Enterprise name as on the licence.
    pub enterprise_name: String,
    /// Unified social credit code.
    pub uscc: String,
    /// Legal representative's name as on the licence.
    pub legal_representative: String,
    /// Legal representative's ID number.
    pub id_number: String,
}

/// The case as it stands.
#[utoipa::path(get, path = "/cases/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = CaseView), (status = 401, body = Problem), (status = 404, body = Problem),
))]
pub async fn show(State(state): State<AppState>, own: OwnCase) -> Result<Json<CaseView>, Failure> {
    Ok(Json(view(&state, own.case).await?))
}

/// Chooses subject type and method; from any waiting state.
#[utoipa::path(post, path = "/cases/{id}/choice", params(("id" = String, Path)), request_body = ChoiceRequest, responses(
    (status = 200, body = CaseView), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub async fn choose(
    State(state): State<AppState>,
    own: OwnCase,
    Input(choice): Input<ChoiceRequest>,
) -> Result<Json<CaseView>, Failure> {
    let done = state
        .services
        .choose(own.case.id, choice.subject_type, choice.method)
        .await;
    answer(&state, done).await
}

/// Submits the elements. Answers when the registry has answered, or after 3 seconds.
#[utoipa::path(post, path = "/cases/{id}/elements", params(("id" = String, Path)), request_body = ElementsRequest, responses(
    (status = 200, body = CaseView), (status = 422, body = Problem), (status = 429, body = Problem),
))]
pub async fn submit(
    State(state): State<AppState>,
    own: OwnCase,
    FormOrigin(origin): FormOrigin,
    Input(typed): Input<ElementsRequest>,
) -> Result<Json<CaseView>, Failure> {
    let form = ElementsForm {
        enterprise_name: typed.enterprise_name,
        uscc: typed.uscc,
        legal_representative: typed.legal_representative,
        id_number: typed.id_number,
    };
    let done = state.services.submit(own.case.id, &form, &origin).await;
    answer(&state, done).await
}

/// A fresh QR code; the old one is dead.
#[utoipa::path(post, path = "/cases/{id}/invitation", params(("id" = String, Path)), responses(
    (status = 200, body = CaseView), (status = 409, body = Problem),
))]
pub async fn renew(State(state): State<AppState>, own: OwnCase) -> Result<Json<CaseView>, Failure> {
    let done = state.services.renew_invitation(own.case.id).await;
    answer(&state, done).await
}

/// Back to the form, with what was entered kept.
#[utoipa::path(post, path = "/cases/{id}/edit", params(("id" = String, Path)), responses(
    (status = 200, body = CaseView), (status = 409, body = Problem),
))]
pub async fn edit(State(state): State<AppState>, own: OwnCase) -> Result<Json<CaseView>, Failure> {
    let done = state.services.edit(own.case.id).await;
    answer(&state, done.or_else(|error| unchanged(error, own.case))).await
}

/// An answer to a reviewer.
#[derive(Deserialize, ToSchema)]
pub struct AnswerRequest {
    /// 1 to 1000 characters.
    pub answer: String,
}

/// Answers a reviewer's question; the case goes back to review.
#[utoipa::path(post, path = "/cases/{id}/answer", params(("id" = String, Path)), request_body = AnswerRequest, responses(
    (status = 200, body = CaseView), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub async fn answer_review(
    State(state): State<AppState>,
    own: OwnCase,
    Input(sent): Input<AnswerRequest>,
) -> Result<Json<CaseView>, Failure> {
    let text = Message::parse(&sent.answer);
    let text = text.map_err(|_| Failure::field("/answer", Code::InvalidInput, "length"))?;
    let done = state.services.answer_review(own.case.id, text).await;
    answer(&state, done).await
}

/// Gives the case up.
#[utoipa::path(post, path = "/cases/{id}/cancel", params(("id" = String, Path)), responses(
    (status = 200, body = CaseView), (status = 409, body = Problem),
))]
pub async fn cancel(
    State(state): State<AppState>,
    own: OwnCase,
) -> Result<Json<CaseView>, Failure> {
    let done = state.services.cancel(own.case.id).await;
    answer(&state, done).await
}

/// Withdraws the consent to the face scan: what scans have left goes, what was decided stays.
#[utoipa::path(post, path = "/cases/{id}/consent/withdraw", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, description = "There is none to withdraw", body = Problem),
))]
pub async fn withdraw_consent(
    State(state): State<AppState>,
    own: OwnCase,
) -> Result<StatusCode, Failure> {
    state.services.withdraw_consent(own.case.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn answer(
    state: &AppState,
    done: Result<Case, ServiceError>,
) -> Result<Json<CaseView>, Failure> {
    Ok(Json(view(state, done?).await?))
}

/// Asking twice for the same thing is no fault.
fn unchanged(error: ServiceError, case: Case) -> Result<Case, ServiceError> {
    match error {
        ServiceError::Refused(Refusal::NothingDue) => Ok(case),
        other => Err(other),
    }
}
