//! The certificate of a verified enterprise: the document for its holder, and the page for whoever is shown it.

mod document;

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_certificate::{Typeface, render};
use shiming_verification::{
    code::Code,
    credential::CredentialStatus,
    words::{Method, Realm},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    cookies::Applicant,
    extract::Input,
    language::Language,
    problem::{Failure, Problem},
    state::AppState,
    words::{CredentialStatusName, MethodName},
};

/// The letters that certificates are drawn with; `None` if the server has no font with Chinese letters.
#[derive(Clone, Default)]
pub struct Letters(pub Option<Arc<Typeface>>);

/// Routes under `/certificate/api`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(check))
}

/// Routes under `/portal/api`.
pub fn portal_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(download))
}

/// A certificate's code.
#[derive(Deserialize, ToSchema)]
pub struct CheckRequest {
    /// From the fragment of the certificate's link.
    pub code: String,
}

/// What a certificate stands for, as it stands now.
#[derive(Serialize, ToSchema)]
pub struct CertificateView {
    /// Whether others may rely on it at this moment.
    pub valid: bool,
    /// How the credential stands.
    #[schema(value_type = CredentialStatusName)]
    pub status: CredentialStatus,
    /// As on the licence.
    pub enterprise_name: String,
    /// The credit code.
    pub uscc: String,
    /// How control was shown.
    #[schema(value_type = MethodName)]
    pub method: Method,
    /// For which platform.
    pub platform: String,
    /// When it was verified.
    pub verified_at: DateTime<Utc>,
    /// When it has to be verified again.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether the data are invented.
    pub demo: bool,
    /// When this was said.
    pub server_time: DateTime<Utc>,
}

/// Whether a certificate still holds. Anybody who has its code may ask.
#[utoipa::path(post, path = "/check", request_body = CheckRequest, responses(
    (status = 200, body = CertificateView), (status = 404, body = Problem),
))]
async fn check(
    State(state): State<AppState>,
    Input(request): Input<CheckRequest>,
) -> Result<Json<CertificateView>, Failure> {
    let (living, platform) = state.services.by_certificate(request.code.trim()).await?;
    let credential = living.credential;
    Ok(Json(CertificateView {
        valid: credential.status.is_valid(),
        status: credential.status,
        enterprise_name: credential.claim.enterprise_name.as_str().to_owned(),
        uscc: credential.claim.uscc.as_str().to_owned(),
        method: credential.method,
        platform: platform.name,
        verified_at: credential.verified_at,
        due_at: living.life.due_at,
        demo: credential.realm == Realm::Demo,
        server_time: state.services.clock.now(),
    }))
}

/// The certificate of the account's credential as a PDF document, in the language asked for.
#[utoipa::path(get, path = "/certificate.pdf", responses(
    (status = 200, description = "The document", content_type = "application/pdf"),
    (status = 404, body = Problem, description = "No credential"),
    (status = 409, body = Problem, description = "The credential does not hold at present"),
))]
async fn download(
    State(state): State<AppState>,
    Applicant(session): Applicant,
    language: Language,
) -> Result<Response, Failure> {
    let credential = state.services.credential_of(&session).await?;
    if !credential.status.is_valid() {
        return Err(Failure::of(Code::NotAllowedNow));
    }
    let Some(letters) = state.letters.0.clone() else {
        tracing::error!("no font with Chinese letters: set `certificate.font`");
        return Err(Failure::of(Code::SystemError));
    };
    let (living, platform) = {
        let code = state.services.certificate_code(&credential);
        state.services.by_certificate(&code).await?
    };
    let text = document::certificate(&state, &living, &platform, language);
    let drawn = tokio::task::spawn_blocking(move || render(&text, &letters)).await;
    match drawn {
        Ok(Ok(pdf)) => Ok((headers(), pdf).into_response()),
        Ok(Err(error)) => Err(failed(&error)),
        Err(error) => Err(failed(&error)),
    }
}

fn failed(error: &dyn std::error::Error) -> Failure {
    tracing::error!(%error, "a certificate could not be drawn");
    Failure::of(Code::SystemError)
}

fn headers() -> HeaderMap {
    let pairs = [
        (header::CONTENT_TYPE, "application/pdf"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"certificate.pdf\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let pairs = pairs.map(|(name, value)| (name, HeaderValue::from_static(value)));
    pairs.into_iter().collect()
}
