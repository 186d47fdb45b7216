//! What is kept of people, for how long, and a person's rights.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::ServiceError;
use shiming_verification::{
    code::Code,
    ports::privacy::{DataKind, Kept, RetentionRun},
};
use utoipa::ToSchema;

use super::access::Staff;
use crate::{
    extract::Input,
    person::WholePersonExport,
    problem::{Failure, Problem},
    state::AppState,
};

/// Rounds of deletion that are shown.
const RUNS: u32 = 50;
/// Stored faces from which on processing has to be filed with the authorities (face recognition measures of 2025, article 15).
const FACES_TO_FILE: u64 = 100_000;

/// What is kept, and what has gone.
#[derive(Serialize, ToSchema)]
pub struct PrivacyReport {
    /// What is kept now, by kind.
    pub kept: Vec<KeptView>,
    /// People whose faces are stored.
    pub faces: u64,
    /// From how many on that has to be filed with the authorities.
    pub faces_to_file: u64,
    /// The last rounds of deletion, newest first.
    pub runs: Vec<RunView>,
}

/// One kind of data.
#[derive(Serialize, ToSchema)]
pub struct KeptView {
    /// `verified_cases`, `other_cases`, `scan_frames`, `reference_photos`.
    pub kind: String,
    /// How many.
    pub count: u64,
    /// Since when the oldest is kept.
    pub oldest: Option<DateTime<Utc>>,
    /// Days for which they are kept; absent if nothing goes by itself.
    pub days: Option<i64>,
}

/// One round of deletion.
#[derive(Serialize, ToSchema)]
pub struct RunView {
    /// Which kind.
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What was older went.
    pub before: DateTime<Utc>,
    /// How many went.
    pub erased: u64,
}

impl From<RetentionRun> for RunView {
    fn from(run: RetentionRun) -> Self {
        Self {
            kind: run.kind,
            at: run.at,
            before: run.before,
            erased: run.erased,
        }
    }
}

/// What is kept, and what has gone.
#[utoipa::path(get, path = "/privacy", extensions(("x-permission" = json!("privacy.read"))), responses((status = 200, body = PrivacyReport)))]
pub async fn show(State(state): State<AppState>) -> Result<Json<PrivacyReport>, Failure> {
    let privacy = &state.services.privacy;
    let kept = privacy.kept().await.map_err(ServiceError::from)?;
    let runs = privacy.retention_runs(RUNS).await;
    let faces = kept
        .iter()
        .find(|one| one.kind == DataKind::ReferencePhotos);
    let row = |one: &Kept| KeptView {
        kind: one.kind.as_str().to_owned(),
        count: one.count,
        oldest: one.oldest,
        days: match one.kind {
            DataKind::ScanFrames => Some(state.services.settings.keep_frames_days.into()),
            kind => state
                .services
                .retention
                .of(kind)
                .map(|keep| keep.num_days()),
        },
    };
    Ok(Json(PrivacyReport {
        faces: faces.map_or(0, |faces| faces.count),
        faces_to_file: FACES_TO_FILE,
        kept: kept.iter().map(row).collect(),
        runs: runs
            .map_err(ServiceError::from)?
            .into_iter()
            .map(RunView::from)
            .collect(),
    }))
}

/// Whose data.
#[derive(Deserialize, ToSchema)]
pub struct PersonRequest {
    /// The person's whole ID number. It is written down nowhere.
    pub id_number: String,
}

impl PersonRequest {
    fn parse(&self, state: &AppState) -> Result<shiming_service::IdNumber, Failure> {
        let id = shiming_service::IdNumber::parse(self.id_number.trim(), state.services.today());
        id.map_err(|_| Failure::field("/id_number", Code::IdNumberInvalid, "invalid"))
    }
}

/// Everything that is kept of a person, as JSON. Needs a fresh proof; recorded without a trace of who it is.
#[utoipa::path(post, path = "/privacy/person/export", request_body = PersonRequest, extensions(("x-permission" = json!("privacy.write"))), responses(
    (status = 200, body = WholePersonExport), (status = 403, body = Problem), (status = 422, body = Problem),
))]
pub async fn export(
    State(state): State<AppState>,
    Staff(by): Staff,
    Input(sent): Input<PersonRequest>,
) -> Result<Json<WholePersonExport>, Failure> {
    let data = state
        .services
        .person_data(&by, &sent.parse(&state)?)
        .await?;
    Ok(Json(data.into()))
}

/// What an erasure came to.
#[derive(Serialize, ToSchema)]
pub struct ErasedView {
    /// Whether anything was there.
    pub anything: bool,
    /// Verifications whose data are gone.
    pub verifications: usize,
    /// Credentials that have ended for it.
    pub credentials: usize,
}

/// Erases a person for good: open verifications are given up, credentials end. Needs a fresh proof.
#[utoipa::path(post, path = "/privacy/person/erase", request_body = PersonRequest, extensions(("x-permission" = json!("privacy.write"))), responses(
    (status = 200, body = ErasedView), (status = 403, body = Problem), (status = 422, body = Problem),
))]
pub async fn erase(
    State(state): State<AppState>,
    Staff(by): Staff,
    Input(sent): Input<PersonRequest>,
) -> Result<Json<ErasedView>, Failure> {
    let erased = state
        .services
        .erase_person(&by, &sent.parse(&state)?)
        .await?;
    Ok(Json(ErasedView {
        anything: erased.anything,
        verifications: erased.verifications,
        credentials: erased.credentials,
    }))
}
