//! One's own ways to sign in, and sessions.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::operators::{Registration, passkey};
use shiming_verification::{code::Code, ports::operators::OperatorSession};
use utoipa::ToSchema;

use super::{
    access::Staff,
    session::{From, SessionView, came_in, party},
    view::url64,
};
use crate::{
    cookies::Cookies,
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
};

/// One's own ways to sign in, and sessions.
#[derive(Serialize, ToSchema)]
pub struct AccountAnswer {
    /// Passkeys, oldest first.
    pub passkeys: Vec<PasskeyView>,
    /// Whether there is a password.
    pub has_password: bool,
    /// Sessions, the last used first.
    pub sessions: Vec<SessionRow>,
}

/// A passkey.
#[derive(Serialize, ToSchema)]
pub struct PasskeyView {
    /// base64url.
    pub id: String,
    /// What the operator calls it.
    pub label: String,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A session in a list.
#[derive(Serialize, ToSchema)]
pub struct SessionRow {
    /// By which it is ended.
    pub id: String,
    /// `op_…`
    pub operator_id: String,
    /// `passkey`, `password`, `link`, `sso`.
    pub method: String,
    /// The browser, in its own words.
    pub agent: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Last request, to the minute.
    pub seen_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl SessionRow {
    /// A session, as one that asks sees it.
    #[must_use]
    pub fn of(session: OperatorSession, asks: uuid::Uuid) -> Self {
        Self {
            current: session.id == asks,
            id: session.id.to_string(),
            operator_id: session.operator.to_string(),
            method: session.method,
            agent: session.agent,
            created_at: session.created_at,
            seen_at: session.seen_at,
        }
    }
}

/// Ways to sign in, and sessions.
#[utoipa::path(get, path = "/account", extensions(("x-permission" = json!("signed_in"))), responses((status = 200, body = AccountAnswer)))]
pub async fn show(
    State(state): State<AppState>,
    Staff(by): Staff,
) -> Result<Json<AccountAnswer>, Failure> {
    let (services, id) = (&state.services, by.operator.id);
    let passkeys = services
        .passkeys(id)
        .await?
        .into_iter()
        .map(|passkey| PasskeyView {
            id: url64(&passkey.id),
            label: passkey.label,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
        });
    let sessions = services.sessions_of(Some(id)).await?;
    Ok(Json(AccountAnswer {
        passkeys: passkeys.collect(),
        has_password: services.has_password(id).await?,
        sessions: sessions
            .into_iter()
            .map(|session| SessionRow::of(session, by.session.id))
            .collect(),
    }))
}

/// What a browser needs to make a passkey.
#[derive(Serialize, ToSchema)]
pub struct PasskeyCreation {
    /// base64url.
    pub challenge: String,
    /// Host name for which it will be.
    pub rp_id: String,
    /// Id of the operator, base64url.
    pub user_id: String,
    /// What is typed to sign in.
    pub login: String,
    /// What colleagues read.
    pub name: String,
    /// COSE algorithms, the best first.
    pub algorithms: Vec<i64>,
    /// Ids of passkeys that are there already, base64url.
    pub known: Vec<String>,
}

/// Begins to register a passkey.
#[utoipa::path(post, path = "/account/passkeys/options", extensions(("x-permission" = json!("signed_in"))), responses((status = 200, body = PasskeyCreation)))]
pub async fn passkey_options(
    State(state): State<AppState>,
    Staff(by): Staff,
) -> Result<Json<PasskeyCreation>, Failure> {
    let creation = state.services.passkey_creation(&by).await?;
    Ok(Json(PasskeyCreation {
        challenge: creation.challenge,
        rp_id: party(&state).id,
        user_id: url64(creation.operator.id.uuid().as_bytes()),
        login: creation.operator.login,
        name: creation.operator.name,
        algorithms: passkey::ALGORITHMS.to_vec(),
        known: creation.known.iter().map(|id| url64(id)).collect(),
    }))
}

/// What a browser has made; parts are base64url.
#[derive(Deserialize, ToSchema)]
pub struct PasskeyMade {
    /// `clientDataJSON`.
    pub client_data: String,
    /// `authenticatorData`.
    pub authenticator_data: String,
    /// What to call it.
    pub label: String,
}

/// Registers a passkey. A session that a link began becomes a whole one.
#[utoipa::path(post, path = "/account/passkeys", extensions(("x-permission" = json!("signed_in"))), request_body = PasskeyMade, responses(
    (status = 200, body = SessionView), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn add_passkey(
    State(state): State<AppState>,
    cookies: Cookies,
    From(source): From,
    Staff(by): Staff,
    Input(sent): Input<PasskeyMade>,
) -> Result<impl IntoResponse, Failure> {
    if !state.services.is_fresh(&by) && by.session.method != "link" {
        return Err(Failure::of(Code::StepUpNeeded));
    }
    let made = Registration {
        client_data: sent.client_data,
        authenticator_data: sent.authenticator_data,
        label: sent.label,
    };
    state
        .services
        .passkey_created(&by, &made, &party(&state))
        .await?;
    let begun = state.services.continued(&by, "passkey", &source).await?;
    Ok(came_in(&state, &cookies, begun))
}

/// Which passkey.
#[derive(Deserialize, ToSchema)]
pub struct PasskeyId {
    /// base64url.
    pub id: String,
}

/// Removes a passkey, unless nothing would be left to sign in with.
#[utoipa::path(post, path = "/account/passkeys/remove", extensions(("x-permission" = json!("signed_in"))), request_body = PasskeyId, responses(
    (status = 204), (status = 403, body = Problem), (status = 409, body = Problem),
))]
pub async fn remove_passkey(
    State(state): State<AppState>,
    Staff(by): Staff,
    Input(sent): Input<PasskeyId>,
) -> Result<StatusCode, Failure> {
    if !state.services.is_fresh(&by) {
        return Err(Failure::of(Code::StepUpNeeded));
    }
    let id = passkey::bytes("id", &sent.id).map_err(|_| Failure::of(Code::NotFound))?;
    state.services.remove_passkey(&by, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A secret for an authenticator app.
#[derive(Serialize, ToSchema)]
pub struct TotpSecret {
    /// Base32, to be typed.
    pub secret: String,
    /// `otpauth:` address.
    pub address: String,
    /// The address as a QR code: rows of `0` and `1`.
    pub qr: Vec<String>,
}

/// A fresh secret for an authenticator app.
#[utoipa::path(post, path = "/account/totp", extensions(("x-permission" = json!("signed_in"))), responses((status = 200, body = TotpSecret)))]
pub async fn totp(
    State(state): State<AppState>,
    Staff(by): Staff,
) -> Result<Json<TotpSecret>, Failure> {
    let secret = state.services.fresh_totp(&by).await?;
    let qr = fast_qr::QRBuilder::new(secret.address.clone()).build();
    let rows = qr.map(|qr| {
        let row = |y: usize| {
            (0..qr.size)
                .map(|x| if qr[y][x].value() { '1' } else { '0' })
                .collect()
        };
        (0..qr.size).map(row).collect()
    });
    Ok(Json(TotpSecret {
        secret: secret.text,
        address: secret.address,
        qr: rows.unwrap_or_default(),
    }))
}

/// A new password.
#[derive(Deserialize, ToSchema)]
pub struct NewPassword {
    /// At least 12 characters.
    pub password: String,
    /// The secret that the app was given.
    pub secret: String,
    /// The app's present code.
    pub code: String,
}

/// Sets password and code. A session that a link began becomes a whole one.
#[utoipa::path(post, path = "/account/password", extensions(("x-permission" = json!("signed_in"))), request_body = NewPassword, responses(
    (status = 200, body = SessionView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem),
))]
pub async fn set_password(
    State(state): State<AppState>,
    cookies: Cookies,
    From(source): From,
    Staff(by): Staff,
    Input(sent): Input<NewPassword>,
) -> Result<impl IntoResponse, Failure> {
    if !state.services.is_fresh(&by) && by.session.method != "link" {
        return Err(Failure::of(Code::StepUpNeeded));
    }
    let new = sent.password.into();
    state
        .services
        .set_password(&by, new, &sent.secret, &sent.code)
        .await?;
    let begun = state.services.continued(&by, "password", &source).await?;
    Ok(came_in(&state, &cookies, begun))
}

/// Which session.
#[derive(Deserialize, ToSchema)]
pub struct SessionId {
    /// As listed.
    pub id: uuid::Uuid,
}

/// Ends one of one's own sessions.
#[utoipa::path(post, path = "/account/sessions/end", extensions(("x-permission" = json!("signed_in"))), request_body = SessionId, responses(
    (status = 204), (status = 404, body = Problem),
))]
pub async fn end_session(
    State(state): State<AppState>,
    Staff(by): Staff,
    Input(sent): Input<SessionId>,
) -> Result<StatusCode, Failure> {
    state.services.end_session(&by, sent.id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
