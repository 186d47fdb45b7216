//! A person's rights, as far as a platform answers for them: to be handed what is kept, to be erased, to take a consent back. All
//! within the platform's own data.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use shiming_service::{IdNumber, privacy::Named};
use shiming_verification::{code::Code, ids::CaseId};
use utoipa::ToSchema;

use super::{
    gate::Caller,
    verifications::{VerificationView, own},
};
use crate::{
    extract::{At, Input},
    person::PersonExport,
    problem::{Failure, Problem},
    state::AppState,
};

/// Whose rights: exactly one of these.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(min_properties = 1, max_properties = 1)]
pub struct PersonReference {
    /// The person's whole ID number. It is written down nowhere.
    pub id_number: Option<String>,
    /// `ver_…`: the legal representative whom this verification names.
    pub verification_id: Option<String>,
    /// Your own id of an account: the one legal representative whom its verifications name. If they name several, name a
    /// verification.
    pub account_id: Option<String>,
}

impl PersonReference {
    fn parse(self, state: &AppState) -> Result<Named, Failure> {
        match (self.id_number, self.verification_id, self.account_id) {
            (Some(number), None, None) => {
                let id = IdNumber::parse(number.trim(), state.services.today());
                let wrong = |_| Failure::field("/id_number", Code::IdNumberInvalid, "invalid");
                id.map(Named::IdNumber).map_err(wrong)
            }
            (None, Some(id), None) => {
                let id = id.parse().map_err(|_| Failure::of(Code::NotFound))?;
                Ok(Named::Verification(id))
            }
            (None, None, Some(account)) => Ok(Named::Account(account)),
            _ => Err(Failure::field("", Code::InvalidInput, "exactly_one")),
        }
    }
}

/// What an erasure came to.
#[derive(Serialize, ToSchema)]
pub struct Erasure {
    /// Whether anything was there.
    pub anything: bool,
    /// Verifications whose data are gone.
    pub verifications: usize,
    /// Credentials that have ended for it, and whose data are gone.
    pub credentials: usize,
}

/// Everything that is kept of a person in your data, unmasked. Changes nothing, so it may be repeated as it is: an
/// `Idempotency-Key` is passed over, and no copy of the answer is kept. The server's operator alone can hand out what is the
/// server's own: reference photos and notes of its staff.
#[utoipa::path(post, path = "/persons/export", tag = "Persons", request_body = PersonReference,
    extensions(("x-changes-nothing" = json!(true))),
    responses((status = 200, body = PersonExport), (status = 404, body = Problem), (status = 422, body = Problem)),
    security(("api_key" = ["persons:read"])))]
pub async fn export(
    State(state): State<AppState>,
    caller: Caller,
    Input(request): Input<PersonReference>,
) -> Result<Json<PersonExport>, Failure> {
    let named = request.parse(&state)?;
    let services = &state.services;
    let data = services.person_data_of(caller.platform.id, &named).await?;
    Ok(Json(data.into()))
}

/// Erases a person in your data for good: open verifications are given up, credentials end, then keys and data go. What other
/// platforms keep of the person stays. There is no way back.
#[utoipa::path(post, path = "/persons/erase", tag = "Persons", request_body = PersonReference,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = Erasure), (status = 404, body = Problem), (status = 422, body = Problem)),
    security(("api_key" = ["persons:write"])))]
pub async fn erase(
    State(state): State<AppState>,
    caller: Caller,
    Input(request): Input<PersonReference>,
) -> Result<Json<Erasure>, Failure> {
    let named = request.parse(&state)?;
    let services = &state.services;
    let erased = services.erase_person_of(caller.platform.id, &named).await?;
    Ok(Json(Erasure {
        anything: erased.anything,
        verifications: erased.verifications,
        credentials: erased.credentials,
    }))
}

/// Takes back the legal representative's consent to the face scan, on the person's word: what scans have left of the face goes; a
/// verification that rests on it and is not decided goes back to `draft`, with another method to choose. A decision stays.
#[utoipa::path(post, path = "/verifications/{id}/consent/withdraw", tag = "Persons",
    params(("id" = String, Path, description = "`ver_…`")),
    responses((status = 200, body = VerificationView), (status = 404, description = "No consent to withdraw", body = Problem)),
    security(("api_key" = ["persons:write"])))]
pub async fn withdraw_consent(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<CaseId>,
) -> Result<Json<VerificationView>, Failure> {
    let case = own(&state, &caller, id).await?;
    let platform = caller.platform.id;
    let case = state
        .services
        .withdraw_consent_for(platform, case.id)
        .await?;
    Ok(Json(VerificationView::of(&caller, case)))
}
