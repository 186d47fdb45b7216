//! Test mode: magic values, and commands in the place of phone, camera, registry and clock. Live keys get 403.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use shiming_service::sandbox::{MAGIC, Magic, Simulation, sample};
use utoipa::ToSchema;

use super::{
    gate::Caller,
    verifications::{VerificationView, own},
};
use crate::{
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
    words::{MagicName, MethodName, StateName, SubjectTypeName},
};

/// What is to happen. `action` says what; some actions need more.
#[derive(ToSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
#[allow(dead_code)] // Only describes `Simulation`.
pub enum SimulationRequest {
    /// The applicant chooses.
    Choose {
        /// Subject type.
        subject_type: SubjectTypeName,
        /// Method.
        method: MethodName,
    },
    /// The applicant submits the form; the registry answers as the credit code commands.
    SubmitElements {
        /// Enterprise name.
        enterprise_name: String,
        /// Credit code; see the magic values.
        uscc: String,
        /// Legal representative's name.
        legal_representative: String,
        /// Legal representative's ID number.
        id_number: String,
    },
    /// The applicant goes back to the form.
    Edit,
    /// The applicant asks for a fresh QR code.
    RenewQr,
    /// A phone opens the link.
    ClaimPhone,
    /// The legal representative agrees to the scan.
    GiveConsent,
    /// The legal representative declines the scan.
    DeclineConsent,
    /// A scan begins.
    StartScan,
    /// A scan passes. Phone and consent are simulated first if need be.
    PassScan,
    /// A scan fails.
    FailScan {
        /// `face_mismatch`, `liveness_failed`, `action_timeout` use a try; `light_too_dark`, `light_too_strong`,
        /// `face_not_found`, `multiple_faces`, `camera_denied`, `scan_interrupted`, `system_error` don't.
        code: String,
    },
    /// The authority has no photo.
    ReferencePhotoMissing,
    /// The face is neither clearly the right nor clearly another one.
    UnclearFace,
    /// Time passes for this verification.
    AdvanceTime {
        /// Seconds, at most 400 days.
        seconds: u32,
    },
}

/// Makes something happen to a verification of the test mode.
#[utoipa::path(post, path = "/test/verifications/{id}/simulate", tag = "Test mode", params(
        ("id" = String, Path, description = "`ver_…`"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    request_body = SimulationRequest,
    responses(
        (status = 200, body = VerificationView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem),
    ),
    security(("api_key" = ["verifications:write"])))]
pub async fn simulate(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Input(what): Input<Simulation>,
) -> Result<Json<VerificationView>, Failure> {
    let case = own(&state, &caller, &id).await?;
    let case = state.services.simulate(case.id, what).await?;
    Ok(Json(VerificationView::of(&caller, case)))
}

/// A credit code that commands an outcome.
#[derive(Serialize, ToSchema)]
pub struct MagicView {
    /// The code to submit.
    pub uscc: String,
    /// What it commands.
    #[schema(value_type = MagicName)]
    pub effect: Magic,
    /// The stable code that follows.
    pub code: Option<String>,
    /// The state that follows.
    #[schema(value_type = StateName)]
    pub state: String,
    /// What to type beside it.
    pub enterprise_name: String,
    /// What to type beside it.
    pub legal_representative: String,
    /// What to type beside it.
    pub id_number: String,
}

/// The magic values of the test mode.
#[derive(Serialize, ToSchema)]
pub struct MagicTable {
    /// Every other well-formed credit code matches.
    pub values: Vec<MagicView>,
}

/// Credit codes that command an outcome.
#[utoipa::path(get, path = "/test/values", tag = "Test mode",
    responses(
        (status = 200, body = MagicTable), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, body = Problem),
    ),
    security(("api_key" = ["verifications:read"])))]
pub async fn values() -> Json<MagicTable> {
    let (enterprise_name, legal_representative, id_number) = sample();
    let view = |value: &shiming_service::sandbox::MagicValue| MagicView {
        uscc: value
            .uscc()
            .map(|uscc| uscc.as_str().to_owned())
            .unwrap_or_default(),
        effect: value.magic,
        code: value.code.map(str::to_owned),
        state: value.state.to_owned(),
        enterprise_name: enterprise_name.to_owned(),
        legal_representative: legal_representative.to_owned(),
        id_number: id_number.clone(),
    };
    Json(MagicTable {
        values: MAGIC.iter().map(view).collect(),
    })
}
