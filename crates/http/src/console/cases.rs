//! Searching for cases, and one case's page.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::ServiceError;
use shiming_verification::{
    case::Case,
    code::Code,
    ids::CaseId,
    ports::console::{CaseCursor, CaseFilter, Lookup},
    review::Message,
    risk::Finding,
    words::Realm,
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    access::Staff,
    view::{CaseRow, Names},
};
use crate::{
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
};

const PAGE: u32 = 50;

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CaseQuery {
    /// Any identifier, exactly: of the case, its credential, the account, the credit code, the legal representative's ID
    /// number, or the enterprise's whole name.
    pub q: Option<String>,
    /// `plt_…`
    pub platform: Option<String>,
    /// State.
    pub state: Option<String>,
    /// `face`, `bank` or `sync`.
    pub method: Option<String>,
    /// Code of the last error.
    pub code: Option<String>,
    /// `live`, `demo` or `test`.
    pub realm: Option<String>,
    /// Opened not before.
    pub since: Option<DateTime<Utc>>,
    /// Opened before.
    pub until: Option<DateTime<Utc>>,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

/// Cases, newest first.
#[derive(Serialize, ToSchema)]
pub struct CasePage {
    /// At most 50.
    pub cases: Vec<CaseRow>,
    /// Where to go on, if there is more.
    pub next: Option<String>,
}

fn filter(query: &CaseQuery, today: NaiveDate) -> Result<CaseFilter, Failure> {
    let wrong = |field: &str| Failure::field(field, Code::InvalidInput, "unknown");
    let text = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let platform = text(&query.platform).map(|id| id.parse().map_err(|_| wrong("/platform")));
    let realm = match query.realm.as_deref() {
        None | Some("") => None,
        Some("live") => Some(Realm::Live),
        Some("demo") => Some(Realm::Demo),
        Some("test") => Some(Realm::Test),
        Some(_) => return Err(wrong("/realm")),
    };
    Ok(CaseFilter {
        lookups: text(&query.q)
            .map(|q| Lookup::of(&q, today))
            .unwrap_or_default(),
        platform: platform.transpose()?,
        realm,
        state: text(&query.state),
        method: text(&query.method),
        code: text(&query.code),
        since: query.since,
        until: query.until,
    })
}

fn cursor(text: &str) -> Option<CaseCursor> {
    let (at, id) = text.split_once('_')?;
    Some(CaseCursor {
        opened_at: at.parse().ok()?,
        id: Uuid::try_parse(id).ok()?,
    })
}

fn cursor_of(case: &Case) -> String {
    format!(
        "{}_{}",
        case.opened_at.timestamp_millis(),
        case.id.uuid().simple()
    )
}

/// Cases that fit, newest first.
#[utoipa::path(get, path = "/cases", params(CaseQuery), extensions(("x-permission" = json!("cases.read"))), responses(
    (status = 200, body = CasePage), (status = 403, body = Problem), (status = 422, body = Problem),
))]
pub async fn list(
    State(state): State<AppState>,
    Query(query): Query<CaseQuery>,
) -> Result<Json<CasePage>, Failure> {
    let after = query.cursor.as_deref().and_then(cursor);
    let found = state
        .services
        .console
        .find_cases(&filter(&query, state.services.today())?, after, PAGE + 1)
        .await;
    let mut found = found.map_err(ServiceError::from)?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let names = Names::read(&state).await?;
    Ok(Json(CasePage {
        next: found.last().filter(|_| more).map(cursor_of),
        cases: found.iter().map(|case| CaseRow::of(case, &names)).collect(),
    }))
}

/// One case, masked.
#[derive(Serialize, ToSchema)]
pub struct CaseDetail {
    /// What a list shows.
    pub case: CaseRow,
    /// How often it has changed.
    pub version: u64,
    /// When the registry confirmed the elements.
    pub matched_at: Option<DateTime<Utc>>,
    /// QR codes that were issued.
    pub invitations: u32,
    /// `crd_…`
    pub credential_id: Option<String>,
    /// What the last reviewer said to the applicant.
    pub message: Option<String>,
    /// What the applicant answered.
    pub answer: Option<String>,
    /// Who has approved.
    pub approvals: Vec<String>,
    /// Whether an approval needs a second reviewer.
    pub four_eyes: bool,
    /// Risk rules that were broken, each as it was last seen.
    pub risk: Vec<RiskView>,
    /// What happened.
    pub story: Vec<StoryView>,
    /// What colleagues wrote.
    pub notes: Vec<NoteView>,
}

/// A risk rule that was broken.
#[derive(Serialize, ToSchema)]
pub struct RiskView {
    /// Which.
    pub kind: String,
    /// How often it was seen.
    pub count: u32,
    /// How often it may be.
    pub limit: u32,
    /// `note`, `slow`, `review` or `refuse`.
    pub severity: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl RiskView {
    fn of(finding: &Finding) -> Self {
        Self {
            kind: finding.kind.as_str().to_owned(),
            count: finding.count,
            limit: finding.limit,
            severity: finding.severity.as_str().to_owned(),
            at: finding.at,
        }
    }
}

/// One event.
#[derive(Serialize, ToSchema)]
pub struct StoryView {
    /// The case's version.
    pub version: u64,
    /// What.
    pub kind: String,
    /// The code that goes with it.
    pub code: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A note.
#[derive(Serialize, ToSchema)]
pub struct NoteView {
    /// Whose.
    pub operator: String,
    /// What.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The case in the path.
pub fn id_of(text: &str) -> Result<CaseId, Failure> {
    text.parse().map_err(|_| Failure::of(Code::NotFound))
}

/// One case.
#[utoipa::path(get, path = "/cases/{id}", params(("id" = String, Path)), extensions(("x-permission" = json!("cases.read"))), responses(
    (status = 200, body = CaseDetail), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<CaseDetail>, Failure> {
    let case = state.services.cases.get(id_of(&id)?).await?;
    Ok(Json(detail(&state, &case).await?))
}

/// A case's page.
pub async fn detail(state: &AppState, case: &Case) -> Result<CaseDetail, Failure> {
    let names = Names::read(state).await?;
    let console = &state.services.console;
    let story = console.story(case.id).await.map_err(ServiceError::from)?;
    let notes = console.notes(case.id).await.map_err(ServiceError::from)?;
    let text = |message: &Option<Message>| message.as_ref().map(|one| one.as_str().to_owned());
    Ok(CaseDetail {
        case: CaseRow::of(case, &names),
        version: case.version,
        matched_at: case.matched_at,
        invitations: case.invitations,
        credential_id: match case.state {
            shiming_verification::case::State::Verified { credential, .. } => {
                Some(credential.to_string())
            }
            _ => None,
        },
        message: text(&case.review.message),
        answer: text(&case.review.answer),
        approvals: case
            .review
            .approvals
            .iter()
            .map(|id| names.operator(*id))
            .collect(),
        four_eyes: state.services.cases.policy_for(case.realm).review_four_eyes,
        risk: case.risk.iter().map(RiskView::of).collect(),
        story: story
            .into_iter()
            .map(|line| StoryView {
                version: line.version,
                kind: line.kind,
                code: line.code,
                at: line.at,
            })
            .collect(),
        notes: notes
            .into_iter()
            .map(|note| NoteView {
                operator: names.operator(note.operator),
                text: note.text,
                at: note.at,
            })
            .collect(),
    })
}

/// Why somebody needs to see it.
#[derive(Deserialize, ToSchema)]
pub struct RevealRequest {
    /// Becomes a note of the case.
    pub reason: String,
}

/// A case's personal data.
#[derive(Serialize, ToSchema)]
pub struct Revealed {
    /// Name of the enterprise.
    pub enterprise_name: String,
    /// Credit code.
    pub uscc: String,
    /// Name of the legal representative.
    pub legal_representative: String,
    /// ID number of the legal representative.
    pub id_number: String,
}

/// Unmasks a case. Needs a fresh proof; the look is recorded before anything is told.
#[utoipa::path(post, path = "/cases/{id}/reveal", params(("id" = String, Path)), request_body = RevealRequest, extensions(("x-permission" = json!("cases.reveal"))), responses(
    (status = 200, body = Revealed), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn reveal(
    State(state): State<AppState>,
    Staff(by): Staff,
    Path(id): Path<String>,
    Input(sent): Input<RevealRequest>,
) -> Result<Json<Revealed>, Failure> {
    let case = state
        .services
        .reveal(&by, id_of(&id)?, &sent.reason)
        .await?;
    let claim = case.claim.ok_or(Failure::of(Code::NotFound))?;
    Ok(Json(Revealed {
        enterprise_name: claim.enterprise_name.as_str().to_owned(),
        uscc: claim.uscc.as_str().to_owned(),
        legal_representative: claim.legal_representative.as_str().to_owned(),
        id_number: claim.id_number.as_str().to_owned(),
    }))
}

/// Something for colleagues.
#[derive(Deserialize, ToSchema)]
pub struct NoteRequest {
    /// 1 to 1000 characters.
    pub text: String,
}

/// Writes a note for colleagues; applicants never see it.
#[utoipa::path(post, path = "/cases/{id}/notes", params(("id" = String, Path)), request_body = NoteRequest, extensions(("x-permission" = json!("cases.note"))), responses(
    (status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn note(
    State(state): State<AppState>,
    Staff(by): Staff,
    Path(id): Path<String>,
    Input(sent): Input<NoteRequest>,
) -> Result<StatusCode, Failure> {
    let text = Message::parse(&sent.text);
    let text = text.map_err(|_| Failure::field("/text", Code::InvalidInput, "length"))?;
    state.services.note(&by, id_of(&id)?, &text).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nonsense_is_none() {
        let id = Uuid::from_u128(7);
        let text = format!("123_{}", id.simple());
        assert_eq!(cursor(&text), Some(CaseCursor { opened_at: 123, id }));
        assert_eq!(cursor("nonsense"), None);
    }
}
