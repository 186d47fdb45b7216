//! The portable credential, and what proves one: status lists, its type, its issuer's keys.

use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use shiming_federation::{sd_jwt, status_list};
use shiming_verification::code::Code;

use crate::{
    portal::OwnCase,
    problem::{Failure, Problem},
    state::AppState,
};

/// The account's credential as an SD-JWT VC, to be kept and shown elsewhere.
#[utoipa::path(get, path = "/cases/{id}/portable-credential", params(("id" = String, Path)), responses(
    (status = 200, description = "An SD-JWT VC", content_type = "application/dc+sd-jwt"),
    (status = 404, description = "Not verified, or no longer", body = Problem),
))]
pub async fn download(State(state): State<AppState>, own: OwnCase) -> Result<Response, Failure> {
    let credential = state.services.credential_of(&own.session).await?;
    let text = state
        .services
        .portable(&credential, &state.pages.portal_origin, None)
        .await?;
    let headers = [
        (header::CONTENT_TYPE, sd_jwt::MEDIA_TYPE),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"verified-enterprise.sd-jwt\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

/// A signed status list.
pub async fn status_list(
    State(state): State<AppState>,
    Path(list): Path<String>,
) -> Result<Response, Failure> {
    let list = list.parse().map_err(|_| Failure::of(Code::NotFound))?;
    let token = state
        .services
        .status_list(list, &state.pages.portal_origin)
        .await?;
    let headers = [
        (header::CONTENT_TYPE, status_list::MEDIA_TYPE),
        (header::CACHE_CONTROL, "public, max-age=60"),
    ];
    Ok((headers, token).into_response())
}

/// Where a verifier finds the keys of the credential's issuer (SD-JWT VC, section 5).
pub async fn issuer_metadata(State(state): State<AppState>) -> Json<Value> {
    let origin = &state.pages.portal_origin;
    Json(json!({ "issuer": origin, "jwks_uri": format!("{origin}/federation/jwks.json") }))
}

/// What the credential's type means (SD-JWT VC, section 6).
pub async fn credential_type(State(state): State<AppState>) -> Json<Value> {
    let origin = &state.pages.portal_origin;
    let claim = |path: &str, zh: &str, en: &str, sd: &str| {
        json!({ "path": [path], "sd": sd, "display": [
            { "lang": "zh-CN", "label": zh }, { "lang": "en", "label": en },
        ] })
    };
    Json(json!({
        "vct": format!("{origin}/credentials/verified-enterprise/v1"),
        "name": "Verified enterprise",
        "display": [
            { "lang": "zh-CN", "name": "企业实名认证凭证" }, { "lang": "en", "name": "Verified enterprise" },
        ],
        "claims": [
            claim("organization_name", "企业名称", "Enterprise name", "never"),
            claim("registration_number", "统一社会信用代码", "Credit code", "always"),
            claim("legal_representative_name", "法定代表人", "Legal representative", "always"),
            claim("assurance_level", "认证强度", "Assurance level", "never"),
            claim("verified_at", "认证时间", "Verified at", "never"),
        ],
    }))
}
