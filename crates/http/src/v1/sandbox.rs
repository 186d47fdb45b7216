//! Test mode: magic values, and commands in the place of phone, camera, registry, bank, reviewer, sister platform and clock. Live
//! keys get 403.

use axum::{Json, extract::State};
use serde::Serialize;
use shiming_service::sandbox::{
    ACCOUNT, LifeSimulation, MAGIC, Magic, MagicValue, Simulation, sample, sample_branch,
};
use shiming_verification::ids::{CaseId, CredentialId};
use utoipa::ToSchema;

use super::{
    credentials::AccountCredential,
    gate::Caller,
    verifications::{VerificationView, own},
};
use crate::{
    extract::{At, Input},
    problem::{Failure, Problem},
    state::AppState,
    words::{CodeName, MagicName, MethodName, StateName, SubjectTypeName, TransferFailName},
};

/// What is to happen. `action` says what; some actions need more.
#[derive(ToSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
#[allow(dead_code)] // Only describes `Simulation`.
pub enum SimulationRequest {
    /// The applicant chooses.
    Choose {
        /// Subject type.
        subject_type: SubjectTypeName,
        /// Method.
        method: MethodName,
    },
    /// The applicant submits the form; the registry answers as the credit code commands. What is left out is what passes.
    SubmitElements {
        /// Enterprise name.
        enterprise_name: Option<String>,
        /// Credit code; see the magic values.
        uscc: Option<String>,
        /// Legal representative's name.
        legal_representative: Option<String>,
        /// Legal representative's ID number.
        id_number: Option<String>,
    },
    /// The applicant goes back to the form.
    Edit,
    /// The applicant asks for a fresh QR code.
    RenewQr,
    /// A phone opens the link.
    ClaimPhone,
    /// Another phone opens the same link.
    ClaimOtherPhone,
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
        /// `face_not_found`, `multiple_faces`, `camera_denied`, `browser_unsupported`, `scan_interrupted`, `system_error` don't.
        code: CodeName,
    },
    /// The authority has no photo.
    ReferencePhotoMissing,
    /// The face is neither clearly the right nor clearly another one: a reviewer decides.
    UnclearFace,
    /// The applicant submits the corporate account. What is left out is what passes.
    SubmitAccount {
        /// The account's name; the enterprise's if absent.
        account_name: Option<String>,
        /// The account's number.
        account_number: Option<String>,
        /// The branch's CNAPS code.
        cnaps: Option<String>,
    },
    /// The applicant confirms the account: the transfer is on its way, until one of the next two.
    ConfirmTransfer,
    /// The transfer arrives; `test_transfer.amount` says what the applicant would read on the statement.
    TransferArrives,
    /// The transfer fails, or comes back after it had arrived.
    TransferFails {
        /// Why.
        reason: TransferFailName,
    },
    /// In reverse: the enterprise's payment comes in.
    PaymentArrives {
        /// From another account than the one submitted.
        #[serde(default)]
        from_another: Option<bool>,
    },
    /// The applicant types the amount; the right one if none is given.
    EnterAmount {
        /// Yuan, such as `0.37`.
        amount: Option<String>,
    },
    /// The reviewer approves.
    Approve,
    /// The reviewer refuses for good.
    Reject {
        /// `risk_rejected` (if absent), `not_legal_rep`, `face_mismatch`, `element_mismatch`, `document_unreadable` or
        /// `letter_invalid`.
        code: Option<CodeName>,
        /// What the applicant is told, 1 to 1000 characters.
        message: Option<String>,
    },
    /// The reviewer asks the applicant for more.
    AskForInfo {
        /// The question, 1 to 1000 characters.
        message: String,
    },
    /// The applicant answers the reviewer.
    AnswerInfo {
        /// The answer, 1 to 1000 characters.
        message: String,
    },
    /// The applicant goes to a sister platform.
    StartSync,
    /// The applicant is back from there; without a code the sister platform vouches for the account.
    FinishSync {
        /// `sync_source_unverified`, `sync_denied`, `sync_registry_mismatch`, `already_verified_elsewhere`,
        /// `licence_account_limit`, `registry_status_abnormal` or `registry_unavailable`.
        code: Option<CodeName>,
    },
    /// Time passes for this verification.
    AdvanceTime {
        /// Seconds, at most 400 days.
        #[schema(maximum = 34_560_000)]
        seconds: u32,
    },
    /// Nothing happens; the answer is the problem with this code, as your program would meet it.
    AnswerWith {
        /// Any code.
        code: CodeName,
    },
}

/// Makes something happen to a verification of the test mode.
#[utoipa::path(post, path = "/test/verifications/{id}/simulate", tag = "Test mode", params(("id" = String, Path, description = "`ver_…`")),
    request_body = SimulationRequest,
    responses(
        (status = 200, body = VerificationView), (status = 404, body = Problem), (status = 410, body = Problem), (status = "default", description = "Whatever `answer_with` asks for", body = Problem),
    ),
    security(("api_key" = ["verifications:write"])))]
pub async fn simulate(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<CaseId>,
    Input(what): Input<Simulation>,
) -> Result<Json<VerificationView>, Failure> {
    let case = own(&state, &caller, id).await?;
    let case = state.services.simulate(case.id, what).await?;
    Ok(Json(VerificationView::of(&caller, case)))
}

/// What is to happen to a credential. `action` says what.
#[derive(ToSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
#[allow(dead_code)] // Only describes `LifeSimulation`.
pub enum LifeSimulationRequest {
    /// The registry says cancelled or revoked: `suspended`.
    RegistryStruckOff,
    /// The registry says that all is well: a suspension by the registry is lifted.
    RegistryConfirms,
    /// The registry says something else than what was verified: `reverify_due`.
    RegistryDiffers,
    /// The registry can't be asked: nothing changes.
    RegistryUnavailable,
    /// An operator stops it: `suspended`.
    Suspend,
    /// An operator lifts the suspension.
    Lift,
    /// An operator ends it: `revoked`.
    Revoke,
    /// Time passes for this credential: due after 365 days, suspended 30 days later; changes open after 30 days.
    AdvanceTime {
        /// Seconds, at most 400 days.
        #[schema(maximum = 34_560_000)]
        seconds: u32,
    },
}

/// Makes something happen to a credential of the test mode.
#[utoipa::path(post, path = "/test/credentials/{id}/simulate", tag = "Test mode", params(("id" = String, Path, description = "`crd_…`")),
    request_body = LifeSimulationRequest,
    responses((status = 200, body = AccountCredential), (status = 404, body = Problem)),
    security(("api_key" = ["credentials:write"])))]
pub async fn simulate_life(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<CredentialId>,
    Input(what): Input<LifeSimulation>,
) -> Result<Json<AccountCredential>, Failure> {
    let (services, platform) = (&state.services, caller.platform.id);
    services.simulate_life(platform, id, what).await?;
    let credential = services.credential_with_id(platform, id).await?;
    Ok(Json(AccountCredential::from(credential)))
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
}

/// What passes: elements and corporate account.
#[derive(Serialize, ToSchema)]
pub struct SampleView {
    /// Enterprise name.
    pub enterprise_name: String,
    /// Credit code.
    pub uscc: String,
    /// Legal representative's name.
    pub legal_representative: String,
    /// Legal representative's ID number.
    pub id_number: String,
    /// Number of the corporate account.
    pub account_number: String,
    /// CNAPS code of its branch.
    pub cnaps: String,
}

/// The magic values of the test mode.
#[derive(Serialize, ToSchema)]
pub struct MagicTable {
    /// What passes; type the rest of it beside a magic credit code.
    pub sample: SampleView,
    /// Every other well-formed credit code matches.
    pub values: Vec<MagicView>,
}

/// What passes, and the credit codes that command something else.
#[utoipa::path(get, path = "/test/values", tag = "Test mode",
    responses((status = 200, body = MagicTable)),
    security(("api_key" = ["verifications:read"])))]
pub async fn values() -> Json<MagicTable> {
    let passing = sample();
    let sample = SampleView {
        enterprise_name: passing.enterprise_name,
        uscc: passing.uscc,
        legal_representative: passing.legal_representative,
        id_number: passing.id_number,
        account_number: ACCOUNT.to_owned(),
        cnaps: sample_branch().to_owned(),
    };
    let view = |value: &MagicValue| MagicView {
        uscc: value
            .uscc()
            .map(|uscc| uscc.as_str().to_owned())
            .unwrap_or_default(),
        effect: value.magic,
        code: value.code.map(str::to_owned),
        state: value.state.to_owned(),
    };
    Json(MagicTable {
        sample,
        values: MAGIC.iter().map(view).collect(),
    })
}
