//! Changing or renewing what an account's credential says.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::Serialize;
use shiming_service::lives::Outlook;
use shiming_verification::{case::RenewalKind, code::Code, lifecycle::Standing};
use utoipa::ToSchema;

use crate::{
    cookies::Applicant,
    problem::{Failure, Problem},
    state::AppState,
    words::RenewalKindName,
};

/// What the account may do with its credential, and what lies ahead of it.
#[derive(Serialize, ToSchema)]
pub struct RenewalView {
    /// What a new verification would be now; `null` if none can be started.
    #[schema(value_type = Option<RenewalKindName>)]
    pub kind: Option<RenewalKind>,
    /// From when a change can be started, if the last pass is too fresh.
    pub opens_at: Option<DateTime<Utc>>,
    /// `ver_…` of the verification that is under way already.
    pub verification_id: Option<String>,
    /// When the enterprise has to verify again.
    pub due_at: Option<DateTime<Utc>>,
    /// Until when the credential stays valid although that day has passed.
    pub grace_until: Option<DateTime<Utc>>,
    /// Why it was stopped or ended, in the operator's words.
    pub told: Option<String>,
}

/// A verification to go on with.
#[derive(Serialize, ToSchema)]
pub struct RenewalStarted {
    /// `ver_…`; its page is `/verify/{id}`, with the session of this one.
    pub verification_id: String,
}

impl From<Outlook> for RenewalView {
    fn from(outlook: Outlook) -> Self {
        let (grace_until, told) = match outlook.life.standing {
            Standing::ReverifyDue { grace_until } => (Some(grace_until), None),
            Standing::Suspended { told, .. } | Standing::Revoked { told, .. } => (None, told),
            Standing::Active | Standing::Superseded { .. } => (None, None),
        };
        Self {
            kind: outlook.kind,
            opens_at: outlook.opens_at,
            verification_id: outlook.under_way.map(|id| id.to_string()),
            due_at: outlook.life.due_at,
            grace_until,
            told,
        }
    }
}

/// What the account may do with its credential.
#[utoipa::path(get, path = "/renewal", responses(
    (status = 200, body = RenewalView), (status = 404, body = Problem, description = "No credential"),
))]
pub async fn show(
    State(state): State<AppState>,
    Applicant(session): Applicant,
) -> Result<Json<RenewalView>, Failure> {
    let outlook = state
        .services
        .outlook(session.platform, &session.account_id)
        .await?;
    Ok(Json(outlook.into()))
}

/// Starts a change or a renewal, or goes on with the one that is under way.
#[utoipa::path(post, path = "/renewal", responses(
    (status = 201, body = RenewalStarted),
    (status = 404, body = Problem, description = "No credential"),
    (status = 422, body = Problem, description = "`change_cooling_off`, `risk_rejected`"),
))]
pub async fn start(
    State(state): State<AppState>,
    Applicant(session): Applicant,
) -> Result<(StatusCode, Json<RenewalStarted>), Failure> {
    let case = state
        .services
        .start_renewal(session.platform, &session.account_id)
        .await?
        .ok_or(Failure::of(Code::NotAllowedNow))?;
    let verification_id = case.to_string();
    Ok((
        StatusCode::CREATED,
        Json(RenewalStarted { verification_id }),
    ))
}
