//! Operators and their sessions.

use std::collections::BTreeSet;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::operators::NewOperator;
use shiming_verification::{
    code::Code,
    ids::OperatorId,
    operator::{Operator, Role},
};
use utoipa::ToSchema;

use super::{
    access::Staff,
    account::{SessionId, SessionRow},
};
use crate::{
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
};

/// An operator in a list.
#[derive(Serialize, ToSchema)]
pub struct OperatorRow {
    /// `op_…`
    pub id: String,
    /// What is typed to sign in.
    pub login: String,
    /// What colleagues read.
    pub name: String,
    /// What the operator is there for.
    pub roles: Vec<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Since when the operator may not sign in any more.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Passkeys.
    pub passkeys: u64,
    /// Whether there is a password.
    pub has_password: bool,
    /// Whether the operator comes from the identity provider, which then gives roles and name at each sign-in.
    pub sso: bool,
}

async fn row(state: &AppState, operator: Operator) -> Result<OperatorRow, Failure> {
    Ok(OperatorRow {
        passkeys: state.services.passkeys(operator.id).await?.len() as u64,
        has_password: state.services.has_password(operator.id).await?,
        sso: state.services.comes_by_sso(operator.id).await?,
        id: operator.id.to_string(),
        login: operator.login,
        name: operator.name,
        roles: operator
            .roles
            .iter()
            .map(|role| role.as_str().to_owned())
            .collect(),
        created_at: operator.created_at,
        disabled_at: operator.disabled_at,
    })
}

/// Every operator, oldest first.
#[utoipa::path(get, path = "/operators", extensions(("x-permission" = json!("operators.read"))), responses((status = 200, body = Vec<OperatorRow>)))]
pub async fn list(State(state): State<AppState>) -> Result<Json<Vec<OperatorRow>>, Failure> {
    let mut rows = Vec::new();
    for operator in state.services.all_operators().await? {
        rows.push(row(&state, operator).await?);
    }
    Ok(Json(rows))
}

/// An operator to be added.
#[derive(Deserialize, ToSchema)]
pub struct OperatorRequest {
    /// `a-z 0-9 . _ @ -`
    pub login: String,
    /// What colleagues read.
    pub name: String,
    /// At least one of `administrator`, `reviewer`, `auditor`, `developer`, `support`.
    pub roles: Vec<String>,
}

/// The link by which an operator comes in, shown this once only.
#[derive(Serialize, ToSchema)]
pub struct OperatorLink {
    /// Holds for 24 hours.
    pub link: String,
}

fn roles(words: &[String]) -> Result<BTreeSet<Role>, Failure> {
    let read = words
        .iter()
        .map(|word| Role::of(word))
        .collect::<Option<BTreeSet<_>>>();
    read.ok_or_else(|| Failure::field("/roles", Code::InvalidInput, "unknown"))
}

fn link(state: &AppState, token: &str) -> Json<OperatorLink> {
    Json(OperatorLink {
        link: format!("{}/console/welcome#{token}", state.pages.portal_origin),
    })
}

/// Needs a fresh proof: whoever makes operators makes rights.
fn fresh(state: &AppState, by: &shiming_service::operators::Present) -> Result<(), Failure> {
    if state.services.is_fresh(by) {
        Ok(())
    } else {
        Err(Failure::of(Code::StepUpNeeded))
    }
}

/// Adds an operator.
#[utoipa::path(post, path = "/operators", request_body = OperatorRequest, extensions(("x-permission" = json!("operators.write"))), responses(
    (status = 201, body = OperatorLink), (status = 403, body = Problem), (status = 422, body = Problem),
))]
pub async fn add(
    State(state): State<AppState>,
    Staff(by): Staff,
    Input(sent): Input<OperatorRequest>,
) -> Result<(StatusCode, Json<OperatorLink>), Failure> {
    fresh(&state, &by)?;
    let new = NewOperator {
        roles: roles(&sent.roles)?,
        login: sent.login,
        name: sent.name,
    };
    let (_, token) = state.services.add_operator(Some(&by), new).await?;
    Ok((StatusCode::CREATED, link(&state, &token)))
}

/// What changes of an operator.
#[derive(Deserialize, ToSchema)]
pub struct OperatorChange {
    /// What colleagues read.
    pub name: String,
    /// At least one.
    pub roles: Vec<String>,
    /// Whether the operator may not sign in any more.
    pub disabled: bool,
}

fn id_of(text: &str) -> Result<OperatorId, Failure> {
    text.parse().map_err(|_| Failure::of(Code::NotFound))
}

/// Changes an operator.
#[utoipa::path(post, path = "/operators/{id}", params(("id" = String, Path)), request_body = OperatorChange, extensions(("x-permission" = json!("operators.write"))), responses(
    (status = 200, body = OperatorRow), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn change(
    State(state): State<AppState>,
    Staff(by): Staff,
    Path(id): Path<String>,
    Input(sent): Input<OperatorChange>,
) -> Result<Json<OperatorRow>, Failure> {
    fresh(&state, &by)?;
    let roles = roles(&sent.roles)?;
    let changed =
        state
            .services
            .change_operator(Some(&by), id_of(&id)?, &sent.name, roles, sent.disabled);
    Ok(Json(row(&state, changed.await?).await?))
}

/// A new link for an operator who can't sign in any more. The old ways stop and sessions end.
#[utoipa::path(post, path = "/operators/{id}/link", params(("id" = String, Path)), extensions(("x-permission" = json!("operators.write"))), responses(
    (status = 200, body = OperatorLink), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn renew_link(
    State(state): State<AppState>,
    Staff(by): Staff,
    Path(id): Path<String>,
) -> Result<Json<OperatorLink>, Failure> {
    fresh(&state, &by)?;
    let token = state.services.renew_link(Some(&by), id_of(&id)?).await?;
    Ok(link(&state, &token))
}

/// Every session, the last used first.
#[utoipa::path(get, path = "/operators/sessions", extensions(("x-permission" = json!("operators.read"))), responses((status = 200, body = Vec<SessionRow>)))]
pub async fn sessions(
    State(state): State<AppState>,
    Staff(by): Staff,
) -> Result<Json<Vec<SessionRow>>, Failure> {
    let sessions = state.services.sessions_of(None).await?;
    let row = |session| SessionRow::of(session, by.session.id);
    Ok(Json(sessions.into_iter().map(row).collect()))
}

/// Ends a session.
#[utoipa::path(post, path = "/operators/sessions/end", request_body = SessionId, extensions(("x-permission" = json!("operators.write"))), responses(
    (status = 204), (status = 404, body = Problem),
))]
pub async fn end_session(
    State(state): State<AppState>,
    Staff(by): Staff,
    Input(sent): Input<SessionId>,
) -> Result<StatusCode, Failure> {
    state.services.end_session(&by, sent.id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}
