//! The portal's API: what the applicant's page on the PC asks.

mod bank;
mod bank_view;
mod case;
pub mod credential;
mod events;
pub mod hand_off;
mod qr;
mod renewal;
mod session;
pub mod view;

use axum::extract::FromRequestParts;
use axum::{extract::Path, http::request::Parts};
use shiming_service::Services;
use shiming_verification::{
    case::Case,
    code::Code,
    ids::CaseId,
    ports::{PortalSession, federation::TrustedIssuer},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    cookies::Applicant,
    portal::{
        hand_off::HandOffView,
        view::{CaseView, Surroundings, SyncSourceView},
    },
    problem::Failure,
    state::AppState,
};

/// Routes under `/portal/api`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(session::enter))
        .routes(routes!(crate::embed::embedding))
        .routes(routes!(case::show))
        .routes(routes!(case::choose))
        .routes(routes!(case::submit))
        .routes(routes!(case::renew))
        .routes(routes!(hand_off::send))
        .routes(routes!(case::edit))
        .routes(routes!(case::answer_review))
        .routes(routes!(case::cancel))
        .routes(routes!(case::withdraw_consent))
        .routes(routes!(bank::branches))
        .routes(routes!(bank::branch_regions))
        .routes(routes!(bank::submit))
        .routes(routes!(bank::confirm))
        .routes(routes!(bank::enter_amount))
        .routes(routes!(events::events))
        .routes(routes!(qr::qr_code))
        .routes(routes!(credential::show))
        .routes(routes!(renewal::show, renewal::start))
}

/// The case in the path, if this applicant may see it.
pub(crate) struct OwnCase {
    /// Whose.
    pub session: PortalSession,
    /// Which.
    pub case: Case,
}

impl FromRequestParts<AppState> for OwnCase {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let Applicant(session) = Applicant::from_request_parts(parts, state).await?;
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id: Option<CaseId> = path.ok().and_then(|Path(id)| id.parse().ok());
        let id = id.ok_or(Failure::of(Code::NotFound))?;
        let case = state.services.case_of(&session, id).await?;
        Ok(Self { session, case })
    }
}

/// How the applicant sees a case right now.
pub(crate) async fn view(state: &AppState, case: Case) -> Result<CaseView, Failure> {
    let services = &state.services;
    let platform = services.platform_of(&case).await?;
    let token = services.invitation_token(&case);
    let around = Surroundings {
        platform_name: &platform.name,
        invitation_url: token.map(|token| format!("{}/s#{token}", state.pages.phone_origin)),
        progress: services.cases.board.of(case.id),
        sync_sources: sync_sources(services, &case).await?,
        hand_off: services.hand_off_of(&case).await?.map(HandOffView::from),
        policy: &services.cases.policy,
        methods: services.methods_for(&case),
        payee: services.own_bank_account(),
        now: services.clock.now(),
    };
    Ok(CaseView::of(case, around))
}

async fn sync_sources(services: &Services, case: &Case) -> Result<Vec<SyncSourceView>, Failure> {
    let issuers = services.sync_sources(case).await?;
    let view = |issuer: TrustedIssuer| SyncSourceView {
        id: issuer.id.to_string(),
        name: issuer.name,
    };
    Ok(issuers.into_iter().map(view).collect())
}
