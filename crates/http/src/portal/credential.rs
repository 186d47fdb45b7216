//! The real-name details of a verified account.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use shiming_verification::{
    credential::{Credential, CredentialStatus},
    sync::SyncSource,
    words::{AssuranceLevel, EngineGrade, Method, Realm, SubjectType},
};
use utoipa::ToSchema;

use super::OwnCase;
use crate::words::{
    AssuranceLevelName, CredentialStatusName, EngineGradeName, MethodName, SubjectTypeName,
};
use crate::{problem::Failure, state::AppState};

/// A credential as the applicant sees it; person data masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct CredentialView {
    /// `crd_…`
    pub id: String,
    /// `active`, `superseded`, `suspended` or `revoked`.
    #[schema(value_type = CredentialStatusName)]
    pub status: CredentialStatus,
    /// `enterprise` or `individual_business`.
    #[schema(value_type = SubjectTypeName)]
    pub subject_type: SubjectType,
    /// As on the licence.
    pub enterprise_name: String,
    /// The credit code.
    pub uscc: String,
    /// Masked.
    pub legal_representative: String,
    /// Masked; a sister platform sends none.
    pub id_number: Option<String>,
    /// How control was shown.
    #[schema(value_type = MethodName)]
    pub method: Method,
    /// `registry_only`, `bank_transfer` or `legal_rep_face`.
    #[schema(value_type = AssuranceLevelName)]
    pub assurance_level: AssuranceLevel,
    /// How far the figures of the face engine that judged may be trusted: `rated` only if its false match rate of 1 in
    /// 10 000 was measured on at least 30 000 comparisons.
    /// `null` where no face was judged.
    #[schema(value_type = Option<EngineGradeName>)]
    pub grade: Option<EngineGrade>,
    /// Whether the face was judged by models that are good enough for a demonstration only.
    pub demo_grade: bool,
    /// Whether this is the demonstration, with synthetic data.
    pub demo: bool,
    /// When it was verified.
    pub verified_at: DateTime<Utc>,
    /// Where it comes from.
    pub source: SourceView,
    /// `ver_…` of the verification that left it.
    pub verification_id: String,
}

/// Where a credential comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceView {
    /// `registry_and_face`, `registry_and_bank` or `synchronised`.
    pub kind: String,
    /// The sister platform, if it came from one.
    pub synchronised: Option<SynchronisedView>,
}

/// The sister platform that a credential came from.
#[derive(Debug, Serialize, ToSchema)]
pub struct SynchronisedView {
    /// Its name.
    pub issuer: String,
    /// Its identifier.
    pub issuer_url: String,
    /// Its id of the verification.
    pub verification_process: String,
    /// When it verified.
    pub verified_at: DateTime<Utc>,
    /// When the imported status ends by itself.
    pub expires_at: DateTime<Utc>,
}

impl From<SyncSource> for SynchronisedView {
    fn from(source: SyncSource) -> Self {
        Self {
            issuer: source.issuer_name,
            issuer_url: source.issuer_url,
            verification_process: source.verification_process,
            verified_at: source.verified_at,
            expires_at: source.expires_at,
        }
    }
}

impl From<Credential> for CredentialView {
    fn from(credential: Credential) -> Self {
        Self {
            id: credential.id.to_string(),
            status: credential.status,
            subject_type: credential.claim.subject,
            enterprise_name: credential.claim.enterprise_name.as_str().to_owned(),
            uscc: credential.claim.uscc.as_str().to_owned(),
            legal_representative: credential.claim.legal_representative.masked(),
            id_number: credential.claim.masked_id(),
            method: credential.method,
            assurance_level: credential.assurance,
            grade: credential.grade,
            demo_grade: credential.grade == Some(EngineGrade::DemoGrade),
            demo: credential.realm != Realm::Live,
            verified_at: credential.verified_at,
            source: SourceView {
                kind: match credential.method {
                    Method::Face => "registry_and_face".to_owned(),
                    Method::Bank => "registry_and_bank".to_owned(),
                    Method::Sync => "synchronised".to_owned(),
                },
                synchronised: credential.source.map(SynchronisedView::from),
            },
            verification_id: credential.case.to_string(),
        }
    }
}

/// The account's credential.
#[utoipa::path(get, path = "/cases/{id}/credential", params(("id" = String, Path)), responses(
    (status = 200, body = CredentialView), (status = 404, description = "Not verified yet"),
))]
pub async fn show(
    State(state): State<AppState>,
    own: OwnCase,
) -> Result<Json<CredentialView>, Failure> {
    Ok(Json(
        state.services.credential_of(&own.session).await?.into(),
    ))
}
