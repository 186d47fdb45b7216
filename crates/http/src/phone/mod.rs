//! The phone's API: claim the QR code, read the notice, consent, scan.

mod notice;
mod socket;
pub mod view;
pub mod withdrawal;

use axum::{Json, extract::State, response::IntoResponse};
use serde::Deserialize;
use shiming_verification::{case::Case, code::Code};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    cookies::{Cookies, PhoneKey, Purpose},
    extract::Input,
    language::Language,
    problem::{Failure, Problem},
    state::AppState,
};
use shiming_service::phone::NOTICE_VERSION;
use view::ScanView;

/// Routes under `/phone/api`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(claim))
        .routes(routes!(show))
        .routes(routes!(notice::notice))
        .routes(routes!(consent))
        .routes(routes!(withdrawal::look))
        .routes(routes!(withdrawal::withdraw))
        .routes(routes!(socket::open))
}

/// What the QR code carries.
#[derive(Deserialize, ToSchema)]
pub struct ClaimRequest {
    /// The token from the link's fragment.
    pub token: String,
}

/// The legal representative's answer.
#[derive(Deserialize, ToSchema)]
pub struct ConsentRequest {
    /// Version of the notice that was shown.
    pub version: String,
    /// Whether the face scan is agreed to.
    pub agreed: bool,
}

/// Opens the link on this phone. The same phone may come back; another one is refused.
#[utoipa::path(post, path = "/claim", request_body = ClaimRequest, responses(
    (status = 200, body = ScanView), (status = 409, body = Problem), (status = 410, body = Problem),
))]
pub(crate) async fn claim(
    State(state): State<AppState>,
    cookies: Cookies,
    Input(request): Input<ClaimRequest>,
) -> Result<impl IntoResponse, Failure> {
    let known = cookies.key(Purpose::Phone);
    let claimed = state
        .services
        .claim(&request.token, known.as_deref())
        .await?;
    let view = scan_view(&state, claimed.case, &claimed.key).await?;
    Ok((cookies.with_key(Purpose::Phone, claimed.key), Json(view)))
}

/// The scan that this phone holds.
#[utoipa::path(get, path = "/scan", responses((status = 200, body = ScanView), (status = 401, body = Problem)))]
pub(crate) async fn show(
    State(state): State<AppState>,
    PhoneKey(key): PhoneKey,
) -> Result<Json<ScanView>, Failure> {
    let case = state.services.case_of_phone(&key).await?;
    Ok(Json(scan_view(&state, case, &key).await?))
}

/// Agrees to the face scan, or declines it.
#[utoipa::path(post, path = "/consent", request_body = ConsentRequest, responses(
    (status = 200, body = ScanView), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub(crate) async fn consent(
    State(state): State<AppState>,
    PhoneKey(key): PhoneKey,
    language: Language,
    Input(answer): Input<ConsentRequest>,
) -> Result<Json<ScanView>, Failure> {
    if answer.agreed && answer.version != NOTICE_VERSION {
        return Err(Failure::field(
            "/version",
            Code::InvalidInput,
            "outdated_notice",
        ));
    }
    let case = state
        .services
        .answer_consent(&key, language.tag(), answer.agreed)
        .await?;
    Ok(Json(scan_view(&state, case, &key).await?))
}

async fn scan_view(state: &AppState, case: Case, key: &str) -> Result<ScanView, Failure> {
    let platform = state.services.platform_of(&case).await?;
    Ok(ScanView::of(
        case,
        key,
        &platform.name,
        &state.services.cases.policy,
    ))
}
