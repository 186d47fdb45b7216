//! Policies, imports of the registry, jobs that died.

use std::fmt::Write as _;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::ServiceError;
use shiming_verification::{
    code::Code,
    ports::console::{ImportSummary, JobCursor, PolicyVersion, StuckJob},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::access::Staff;
use crate::{
    problem::{Failure, Problem},
    state::AppState,
};

const PAGE: u32 = 50;
const ERRORS: u32 = 200;

/// A policy that was in force.
#[derive(Serialize, ToSchema)]
pub struct PolicyRow {
    /// Its number.
    pub seq: u32,
    /// From when on.
    pub at: DateTime<Utc>,
    /// Every limit.
    #[schema(value_type = Object)]
    pub policy: serde_json::Value,
}

/// Policies that were in force, newest first.
#[utoipa::path(get, path = "/policies", extensions(("x-permission" = json!("policies.read"))), responses((status = 200, body = Vec<PolicyRow>)))]
pub async fn policies(State(state): State<AppState>) -> Result<Json<Vec<PolicyRow>>, Failure> {
    let versions = state
        .services
        .figures
        .policy_versions()
        .await
        .map_err(ServiceError::from)?;
    let row = |version: PolicyVersion| PolicyRow {
        seq: version.seq,
        at: version.at,
        policy: serde_json::from_str(&version.body).unwrap_or_default(),
    };
    Ok(Json(versions.into_iter().map(row).collect()))
}

/// An import of the registry.
#[derive(Serialize, ToSchema)]
pub struct ImportRow {
    /// Its id.
    pub id: Uuid,
    /// `live` or `demo`.
    pub realm: String,
    /// Name of the file.
    pub source: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; absent if it was broken off.
    pub finished_at: Option<DateTime<Utc>>,
    /// New rows.
    pub inserted: u64,
    /// Changed rows.
    pub updated: u64,
    /// Rows that were there.
    pub unchanged: u64,
    /// Rows that could not be used.
    pub bad_rows: u64,
    /// Photos named by rows that could not be used.
    pub bad_photos: u64,
    /// Photos stored.
    pub photos: u64,
}

impl From<ImportSummary> for ImportRow {
    fn from(run: ImportSummary) -> Self {
        let [inserted, updated, unchanged] = run.rows;
        Self {
            id: run.id,
            realm: run.realm.as_str().to_owned(),
            source: run.source,
            started_at: run.started_at,
            finished_at: run.finished_at,
            inserted,
            updated,
            unchanged,
            bad_rows: run.bad_rows,
            bad_photos: run.bad_photos,
            photos: run.photos,
        }
    }
}

/// Where to go on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Before {
    /// Begun before.
    pub before: Option<DateTime<Utc>>,
}

/// Imports of the registry, newest first.
#[utoipa::path(get, path = "/imports", params(Before), extensions(("x-permission" = json!("registry.read"))), responses((status = 200, body = Vec<ImportRow>)))]
pub async fn imports(
    State(state): State<AppState>,
    Query(query): Query<Before>,
) -> Result<Json<Vec<ImportRow>>, Failure> {
    let runs = state.services.figures.imports(query.before, PAGE).await;
    let runs = runs.map_err(ServiceError::from)?;
    Ok(Json(runs.into_iter().map(ImportRow::from).collect()))
}

/// A row that an import could not use.
#[derive(Serialize, ToSchema)]
pub struct ImportErrorRow {
    /// Number of its line.
    pub line: u64,
    /// The column at fault.
    pub column: Option<String>,
    /// A stable slug.
    pub reason: String,
}

/// Where to go on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// Behind this line.
    pub after: Option<u64>,
}

/// Rows that an import could not use, in order.
#[utoipa::path(get, path = "/imports/{id}/errors", params(("id" = Uuid, Path), After), extensions(("x-permission" = json!("registry.read"))), responses((status = 200, body = Vec<ImportErrorRow>)))]
pub async fn import_errors(
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Query(query): Query<After>,
) -> Result<Json<Vec<ImportErrorRow>>, Failure> {
    let after = query.after.unwrap_or_default();
    let errors = state
        .services
        .figures
        .import_errors(id, after, ERRORS)
        .await;
    let row = |error: shiming_verification::ports::console::ImportError| ImportErrorRow {
        line: error.line,
        column: error.column,
        reason: error.reason,
    };
    Ok(Json(
        errors
            .map_err(ServiceError::from)?
            .into_iter()
            .map(row)
            .collect(),
    ))
}

/// Lines of the file at once.
const FILE_PAGE: u32 = 1_000;

/// Rows that an import could not use, in order, as CSV.
#[utoipa::path(get, path = "/imports/{id}/errors.csv", params(("id" = Uuid, Path)), extensions(("x-permission" = json!("registry.read"))), responses(
    (status = 200, body = String, content_type = "text/csv"),
))]
pub async fn import_errors_file(
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<impl IntoResponse, Failure> {
    let mut file = String::from("line,column,reason\r\n");
    let mut after = 0;
    loop {
        let found = state.services.figures.import_errors(id, after, FILE_PAGE);
        let found = found.await.map_err(ServiceError::from)?;
        for row in &found {
            // Columns and reasons are words of ours, without commas and quotes.
            let column = row.column.as_deref().unwrap_or_default();
            let _ = write!(file, "{},{column},{}\r\n", row.line, row.reason);
        }
        match found.last() {
            Some(last) => after = last.line,
            None => break,
        }
    }
    let name = format!("attachment; filename=\"import-{id}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, file))
}

/// A job that waits for a person.
#[derive(Serialize, ToSchema)]
pub struct JobRow {
    /// Its id.
    pub id: Uuid,
    /// What it was to do.
    #[schema(value_type = Object)]
    pub payload: serde_json::Value,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it failed last.
    pub last_error: String,
}

impl From<StuckJob> for JobRow {
    fn from(job: StuckJob) -> Self {
        Self {
            id: job.id,
            payload: serde_json::from_str(&job.payload).unwrap_or_default(),
            attempts: job.attempts,
            last_error: job.last_error,
        }
    }
}

/// Jobs that died, the one that waits longest first.
#[derive(Serialize, ToSchema)]
pub struct JobPage {
    /// At most 50.
    pub jobs: Vec<JobRow>,
    /// Where to go on, if there is more.
    pub next: Option<String>,
}

/// Where to go on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobQuery {
    /// Where the last page ended.
    pub cursor: Option<String>,
}

fn job_cursor(text: &str) -> Option<JobCursor> {
    let (due_at, key) = text.split_once('_')?;
    Some(JobCursor {
        due_at: due_at.parse().ok()?,
        key: key.to_owned(),
    })
}

/// Jobs that died.
#[utoipa::path(get, path = "/jobs", params(JobQuery), extensions(("x-permission" = json!("jobs.read"))), responses((status = 200, body = JobPage)))]
pub async fn jobs(
    State(state): State<AppState>,
    Query(query): Query<JobQuery>,
) -> Result<Json<JobPage>, Failure> {
    let after = query.cursor.as_deref().and_then(job_cursor);
    let figures = &state.services.figures;
    let found = figures.stuck_jobs(after.as_ref(), PAGE + 1).await;
    let mut found = found.map_err(ServiceError::from)?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let last = found.last().filter(|_| more);
    Ok(Json(JobPage {
        next: last.map(|job| format!("{}_{}", job.place.due_at, job.place.key)),
        jobs: found.into_iter().map(JobRow::from).collect(),
    }))
}

/// Starts a dead job again.
#[utoipa::path(post, path = "/jobs/{id}/retry", params(("id" = Uuid, Path)), extensions(("x-permission" = json!("jobs.write"))), responses(
    (status = 204), (status = 404, body = Problem),
))]
pub async fn retry_job(
    State(state): State<AppState>,
    Staff(by): Staff,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Failure> {
    state
        .services
        .recorded(&by, "job.restarted", id, &[])
        .await?;
    let now = state.services.clock.now();
    let restarted = state.services.figures.restart_job(id, now).await;
    if restarted.map_err(ServiceError::from)? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Failure::of(Code::NotFound))
    }
}
