//! Credentials of accounts: what passed verifications left, and how they stand.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use shiming_verification::{
    code::Code, credential::Credential, ids::CredentialId, lifecycle::Revocation,
    ports::listings::CredentialFilter, review::Message,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    gate::Caller,
    page::{Asked, Page, PageQuery},
};
use crate::{
    extract::{At, Input},
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
    responses((status = 200, body = Page<AccountCredential>)),
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
    let cursor = |credential: &Credential| credential.id.uuid().into();
    Ok(Json(Page::of(
        found,
        limit,
        cursor,
        AccountCredential::from,
    )))
}

/// One credential.
#[utoipa::path(get, path = "/credentials/{id}", tag = "Credentials", params(("id" = String, Path, description = "`crd_…`")),
    responses((status = 200, body = AccountCredential), (status = 404, body = Problem)),
    security(("api_key" = ["credentials:read"])))]
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<CredentialId>,
) -> Result<Json<AccountCredential>, Failure> {
    let found = state
        .services
        .credential_with_id(caller.platform.id, id)
        .await?;
    Ok(Json(AccountCredential::from(found)))
}

/// Why a credential ends.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RevocationRequest {
    /// What the account's owner is told, 1 to 1000 characters. No personal data, please.
    #[schema(min_length = 1, max_length = 1000)]
    pub message: Option<String>,
}

/// Ends a credential for good. Only a new verification gives the account another one.
#[utoipa::path(post, path = "/credentials/{id}/revoke", tag = "Credentials", params(("id" = String, Path, description = "`crd_…`")),
    request_body = RevocationRequest,
    responses((status = 200, body = AccountCredential), (status = 404, body = Problem)),
    security(("api_key" = ["credentials:write"])))]
pub async fn revoke(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<CredentialId>,
    Input(request): Input<RevocationRequest>,
) -> Result<Json<AccountCredential>, Failure> {
    let told = request.message.as_deref().map(Message::parse).transpose();
    let told = told.map_err(|_| Failure::field("/message", Code::InvalidInput, "length"))?;
    let told = told.map(String::from);
    let (services, platform) = (&state.services, caller.platform.id);
    services
        .revoke(platform, id, Revocation::Platform, told)
        .await?;
    let ended = services.credential_with_id(platform, id).await?;
    Ok(Json(AccountCredential::from(ended)))
}

/// Closes an account: its open verifications are cancelled, its credential ends. Harmless to repeat; 404 if the account never
/// had a verification.
#[utoipa::path(delete, path = "/accounts/{account_id}", tag = "Credentials",
    params(("account_id" = String, Path, description = "Your own id of the account.")),
    responses((status = 204, description = "Closed"), (status = 404, body = Problem)),
    security(("api_key" = ["credentials:write"])))]
pub async fn close_account(
    State(state): State<AppState>,
    caller: Caller,
    At(account_id): At<String>,
) -> Result<StatusCode, Failure> {
    let services = &state.services;
    services
        .close_account(caller.platform.id, &account_id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The credential that an account holds now; 404 if it never had one.
#[utoipa::path(get, path = "/accounts/{account_id}/credential", tag = "Credentials",
    params(("account_id" = String, Path, description = "Your own id of the account.")),
    responses((status = 200, body = AccountCredential), (status = 404, body = Problem)),
    security(("api_key" = ["credentials:read"])))]
pub async fn of_account(
    State(state): State<AppState>,
    caller: Caller,
    At(account_id): At<String>,
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
