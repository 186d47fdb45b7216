//! Credentials of accounts: what passed verifications left, and how they stand.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use shiming_verification::{
    code::Code, credential::Credential, ids::CredentialId, ports::listings::CredentialFilter,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    gate::Caller,
    page::{Asked, Page, PageQuery},
};
use crate::{
    portal::credential::CredentialView,
    problem::{Failure, Problem},
    state::AppState,
};

/// A credential, and whose it is.
#[derive(Serialize, ToSchema)]
pub struct AccountCredential {
    /// Your own id of the account.
    pub account_id: String,
    /// What it says; person data masked.
    #[serde(flatten)]
    pub credential: CredentialView,
}

impl From<Credential> for AccountCredential {
    fn from(credential: Credential) -> Self {
        Self {
            account_id: credential.account.id.clone(),
            credential: CredentialView::from(credential),
        }
    }
}

/// Which credentials.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CredentialQuery {
    /// Only of this account: its history.
    pub account_id: Option<String>,
}

/// Credentials, newest first; with `account_id` the history of an account.
#[utoipa::path(get, path = "/credentials", tag = "Credentials", params(CredentialQuery, PageQuery),
    responses(
        (status = 200, body = Page<AccountCredential>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem),
    ),
    security(("api_key" = ["credentials:read"])))]
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Asked(query): Asked<CredentialQuery>,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<AccountCredential>>, Failure> {
    let limit = page.limit()?;
    let filter = CredentialFilter {
        account_id: query.account_id,
        after: page.after::<CredentialId>()?,
    };
    let found = state
        .services
        .list_credentials(caller.platform.id, &filter, limit + 1)
        .await?;
    let cursor = |credential: &Credential| credential.id.to_string();
    Ok(Json(Page::of(
        found,
        limit,
        cursor,
        AccountCredential::from,
    )))
}

/// One credential.
#[utoipa::path(get, path = "/credentials/{id}", tag = "Credentials", params(("id" = String, Path, description = "`crd_…`")),
    responses(
        (status = 200, body = AccountCredential), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 429, body = Problem),
    ),
    security(("api_key" = ["credentials:read"])))]
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<AccountCredential>, Failure> {
    let id: CredentialId = id.parse().map_err(|_| Failure::of(Code::NotFound))?;
    let found = state
        .services
        .credential_with_id(caller.platform.id, id)
        .await?;
    Ok(Json(AccountCredential::from(found)))
}

/// The credential that an account holds now; 404 if it never had one.
#[utoipa::path(get, path = "/accounts/{account_id}/credential", tag = "Credentials",
    params(("account_id" = String, Path, description = "Your own id of the account.")),
    responses(
        (status = 200, body = AccountCredential), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 429, body = Problem),
    ),
    security(("api_key" = ["credentials:read"])))]
pub async fn of_account(
    State(state): State<AppState>,
    caller: Caller,
    Path(account_id): Path<String>,
) -> Result<Json<AccountCredential>, Failure> {
    let filter = CredentialFilter {
        account_id: Some(account_id),
        after: None,
    };
    let found = state
        .services
        .list_credentials(caller.platform.id, &filter, 1)
        .await?;
    let newest = found.into_iter().next();
    newest
        .map(|credential| Json(AccountCredential::from(credential)))
        .ok_or(Failure::of(Code::NotFound))
}
