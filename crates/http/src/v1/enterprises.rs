//! The platform's verified enterprises, each with the accounts that it stands behind.

use axum::{Json, extract::State};
use serde::Serialize;
use shiming_verification::{
    code::Code,
    credential::{Credential, CredentialStatus},
    words::{AssuranceLevel, SubjectType},
};
use utoipa::ToSchema;

use super::{
    gate::Caller,
    page::{Asked, Page, PageQuery},
};
use crate::{
    extract::At,
    problem::{Failure, Problem},
    state::AppState,
    words::{AssuranceLevelName, CredentialStatusName, SubjectTypeName},
};

/// A verified enterprise.
#[derive(Serialize, ToSchema)]
pub struct EnterpriseView {
    /// Unified social credit code.
    pub uscc: String,
    /// Name, as verified last.
    pub enterprise_name: String,
    /// Subject type.
    #[schema(value_type = SubjectTypeName)]
    pub subject_type: SubjectType,
    /// Its accounts, the one verified last first.
    pub accounts: Vec<VerifiedAccount>,
}

/// An account that an enterprise stands behind.
#[derive(Serialize, ToSchema)]
pub struct VerifiedAccount {
    /// The platform's own id.
    pub account_id: String,
    /// `crd_…`
    pub credential_id: String,
    /// How the credential stands; always one that is valid.
    #[schema(value_type = CredentialStatusName)]
    pub status: CredentialStatus,
    /// How sure it is.
    #[schema(value_type = AssuranceLevelName)]
    pub assurance_level: AssuranceLevel,
    /// When it was verified.
    pub verified_at: chrono::DateTime<chrono::Utc>,
}

impl EnterpriseView {
    /// `None` without a credential.
    fn of(credentials: &[Credential]) -> Option<Self> {
        let newest = &credentials.first()?.claim;
        Some(Self {
            uscc: newest.uscc.as_str().to_owned(),
            enterprise_name: newest.enterprise_name.as_str().to_owned(),
            subject_type: newest.subject,
            accounts: credentials.iter().map(account).collect(),
        })
    }
}

fn account(credential: &Credential) -> VerifiedAccount {
    VerifiedAccount {
        account_id: credential.account.id.clone(),
        credential_id: credential.id.to_string(),
        status: credential.status,
        assurance_level: credential.assurance,
        verified_at: credential.verified_at,
    }
}

/// Verified enterprises, the one verified last first.
#[utoipa::path(get, path = "/enterprises", tag = "Enterprises", params(PageQuery),
    responses((status = 200, body = Page<EnterpriseView>)),
    security(("api_key" = ["credentials:read"])))]
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<EnterpriseView>>, Failure> {
    let limit = page.limit()?;
    let found = state
        .services
        .list_enterprises(caller.platform.id, page.after()?, limit + 1)
        .await?;
    let found: Vec<_> = found.into_iter().filter(|each| !each.is_empty()).collect();
    let cursor = |credentials: &Vec<Credential>| credentials[0].id.uuid().into();
    let view = |credentials: Vec<Credential>| EnterpriseView::of(&credentials);
    let page = Page::of(found, limit, cursor, view);
    Ok(Json(Page {
        data: page.data.into_iter().flatten().collect(),
        next_cursor: page.next_cursor,
    }))
}

/// One verified enterprise; 404 if none of the platform's accounts holds a valid credential of it.
#[utoipa::path(get, path = "/enterprises/{uscc}", tag = "Enterprises",
    params(("uscc" = String, Path, description = "Unified social credit code.")),
    responses((status = 200, body = EnterpriseView), (status = 404, body = Problem)),
    security(("api_key" = ["credentials:read"])))]
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
    At(uscc): At<String>,
) -> Result<Json<EnterpriseView>, Failure> {
    let found = state
        .services
        .credentials_of_enterprise(caller.platform.id, &uscc)
        .await?;
    let view = EnterpriseView::of(&found);
    view.map(Json).ok_or(Failure::of(Code::NotFound))
}
