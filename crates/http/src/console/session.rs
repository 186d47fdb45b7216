//! Coming in, going out, and proving again to be there.

use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::{StatusCode, header, request::Parts},
    response::IntoResponse,
};
use axum_extra::extract::CookieJar;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::operators::{
    Assertion, PasswordProof, Present, SignedIn, Source, passkey::RelyingParty,
};
use shiming_verification::operator::{Permission, Role};
use utoipa::ToSchema;

use super::access::Staff;
use crate::{
    cookies::{Cookies, Purpose},
    extract::Input,
    origin::network_of,
    problem::{Failure, Problem},
    state::AppState,
};

/// Where a request comes from.
pub struct From(pub Source);

impl FromRequestParts<AppState> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let Ok(cookies) = Cookies::from_request_parts(parts, state).await;
        let agent = parts.headers.get(header::USER_AGENT);
        Ok(Self(Source {
            network: network_of(parts).unwrap_or_default(),
            device: cookies.key(Purpose::Device),
            agent: agent
                .and_then(|agent| agent.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
        }))
    }
}

/// The session.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    /// Who.
    pub operator: OperatorRef,
    /// `administrator`, `reviewer`, `auditor`, `developer`, `support`.
    pub roles: Vec<String>,
    /// What these roles may do, in the words of `x-permission`.
    pub permissions: Vec<String>,
    /// `passkey`, `password`, `sso`; `link` while a way to sign in is still to be set up.
    pub method: String,
    /// Until when the last proof of being there is good.
    pub fresh_until: DateTime<Utc>,
    /// When the session ends.
    pub expires_at: DateTime<Utc>,
    /// The server's time.
    pub server_time: DateTime<Utc>,
}

/// An operator, by name.
#[derive(Serialize, ToSchema)]
pub struct OperatorRef {
    /// `op_…`
    pub id: String,
    /// What is typed to sign in.
    pub login: String,
    /// What colleagues read.
    pub name: String,
}

impl OperatorRef {
    /// Of an operator.
    #[must_use]
    pub fn of(operator: &shiming_verification::operator::Operator) -> Self {
        Self {
            id: operator.id.to_string(),
            login: operator.login.clone(),
            name: operator.name.clone(),
        }
    }
}

fn view(state: &AppState, present: &Present) -> SessionView {
    let operator = &present.operator;
    let whole = present.session.method != "link";
    let may = Permission::ALL
        .iter()
        .filter(|one| whole && operator.may(**one));
    SessionView {
        operator: OperatorRef::of(operator),
        roles: operator
            .roles
            .iter()
            .map(|role: &Role| role.as_str().to_owned())
            .collect(),
        permissions: may.map(|one| one.as_str().to_owned()).collect(),
        method: present.session.method.clone(),
        fresh_until: present.session.fresh_at + Duration::minutes(5),
        expires_at: present.session.expires_at,
        server_time: state.services.clock.now(),
    }
}

/// The cookies and the session of somebody who has just come in.
pub fn came_in(
    state: &AppState,
    cookies: &Cookies,
    come: SignedIn,
) -> (CookieJar, Json<SessionView>) {
    let body = view(state, &come.present);
    (kept(cookies, come), Json(body))
}

/// The cookies of somebody who has just come in.
pub fn kept(cookies: &Cookies, come: SignedIn) -> CookieJar {
    cookies
        .with_key(Purpose::Console, come.key)
        .add(cookies.holding(Purpose::Device, come.device))
}

/// This server, as passkeys know it.
pub fn party(state: &AppState) -> RelyingParty {
    RelyingParty::of_origin(&state.pages.portal_origin)
}

/// The present session.
#[utoipa::path(get, path = "/session", extensions(("x-permission" = json!("signed_in"))), responses(
    (status = 200, body = SessionView), (status = 401, body = Problem),
))]
pub async fn show(State(state): State<AppState>, Staff(by): Staff) -> Json<SessionView> {
    Json(view(&state, &by))
}

/// Ends the present session.
#[utoipa::path(post, path = "/session/end", extensions(("x-permission" = json!("signed_in"))), responses((status = 204)))]
pub async fn end(
    State(state): State<AppState>,
    cookies: Cookies,
    Staff(by): Staff,
) -> Result<impl IntoResponse, Failure> {
    state.services.sign_out(&by).await?;
    Ok((StatusCode::NO_CONTENT, cookies.without(Purpose::Console)))
}

/// What a browser needs to use a passkey.
#[derive(Serialize, ToSchema)]
pub struct PasskeyRequest {
    /// base64url.
    pub challenge: String,
    /// Host name for which the passkeys are.
    pub rp_id: String,
}

/// Begins to sign in, or to prove again to be there, with a passkey.
#[utoipa::path(post, path = "/session/passkey/options", extensions(("x-permission" = json!("public"))), responses(
    (status = 200, body = PasskeyRequest),
))]
pub async fn passkey_options(
    State(state): State<AppState>,
) -> Result<Json<PasskeyRequest>, Failure> {
    let request = state.services.passkey_request().await?;
    Ok(Json(PasskeyRequest {
        challenge: request.challenge,
        rp_id: party(&state).id,
    }))
}

/// What a browser has signed; every part is base64url.
#[derive(Deserialize, ToSchema)]
pub struct AssertionRequest {
    /// Id of the passkey.
    pub id: String,
    /// `clientDataJSON`.
    pub client_data: String,
    /// `authenticatorData`.
    pub authenticator_data: String,
    /// Signature.
    pub signature: String,
}

impl std::convert::From<AssertionRequest> for Assertion {
    fn from(sent: AssertionRequest) -> Self {
        Self {
            id: sent.id,
            client_data: sent.client_data,
            authenticator_data: sent.authenticator_data,
            signature: sent.signature,
        }
    }
}

/// Signs in with a passkey.
#[utoipa::path(post, path = "/session/passkey", extensions(("x-permission" = json!("public"))), request_body = AssertionRequest, responses(
    (status = 200, body = SessionView), (status = 401, body = Problem),
))]
pub async fn passkey(
    State(state): State<AppState>,
    cookies: Cookies,
    From(source): From,
    Input(sent): Input<AssertionRequest>,
) -> Result<impl IntoResponse, Failure> {
    let (signed, party) = (sent.into(), party(&state));
    let done = state.services.passkey_sign_in(&signed, &party, &source);
    Ok(came_in(&state, &cookies, done.await?))
}

/// Password and code.
#[derive(Deserialize, ToSchema)]
pub struct PasswordRequest {
    /// Not needed to prove again to be there.
    #[serde(default)]
    pub login: String,
    /// The password.
    pub password: String,
    /// Six digits of the authenticator app.
    pub code: String,
}

impl std::convert::From<PasswordRequest> for PasswordProof {
    fn from(sent: PasswordRequest) -> Self {
        Self {
            login: sent.login,
            password: sent.password.into(),
            code: sent.code,
        }
    }
}

/// Signs in with password and code.
#[utoipa::path(post, path = "/session/password", extensions(("x-permission" = json!("public"))), request_body = PasswordRequest, responses(
    (status = 200, body = SessionView), (status = 401, body = Problem), (status = 429, body = Problem),
))]
pub async fn password(
    State(state): State<AppState>,
    cookies: Cookies,
    From(source): From,
    Input(sent): Input<PasswordRequest>,
) -> Result<impl IntoResponse, Failure> {
    let done = state
        .services
        .password_sign_in(sent.into(), &source)
        .await?;
    Ok(came_in(&state, &cookies, done))
}

/// Proves again to be there, with a passkey.
#[utoipa::path(post, path = "/session/proof/passkey", extensions(("x-permission" = json!("signed_in"))), request_body = AssertionRequest, responses(
    (status = 204), (status = 401, body = Problem),
))]
pub async fn prove_passkey(
    State(state): State<AppState>,
    Staff(by): Staff,
    Input(sent): Input<AssertionRequest>,
) -> Result<StatusCode, Failure> {
    state
        .services
        .prove_with_passkey(&by, &sent.into(), &party(&state))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Proves again to be there, with password and code.
#[utoipa::path(post, path = "/session/proof/password", extensions(("x-permission" = json!("signed_in"))), request_body = PasswordRequest, responses(
    (status = 204), (status = 401, body = Problem), (status = 429, body = Problem),
))]
pub async fn prove_password(
    State(state): State<AppState>,
    Staff(by): Staff,
    From(source): From,
    Input(sent): Input<PasswordRequest>,
) -> Result<StatusCode, Failure> {
    state
        .services
        .prove_with_password(&by, sent.into(), &source)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The token of a link.
#[derive(Deserialize, ToSchema)]
pub struct LinkRequest {
    /// From the link's fragment.
    pub token: String,
    /// The first administrator's login.
    pub login: Option<String>,
    /// The first administrator's name.
    pub name: Option<String>,
}

/// What a link is for.
#[derive(Serialize, ToSchema)]
pub struct LinkAnswer {
    /// Whether it makes the first administrator, who is still to be named.
    pub first: bool,
    /// Whom it lets in.
    pub operator: Option<OperatorRef>,
}

/// Looks at a link without using it up.
#[utoipa::path(post, path = "/link/look", extensions(("x-permission" = json!("public"))), request_body = LinkRequest, responses(
    (status = 200, body = LinkAnswer), (status = 401, body = Problem),
))]
pub async fn look_at_link(
    State(state): State<AppState>,
    Input(sent): Input<LinkRequest>,
) -> Result<Json<LinkAnswer>, Failure> {
    let found = state.services.look_at_link(&sent.token).await?;
    Ok(Json(LinkAnswer {
        first: found.operator.is_none(),
        operator: found.operator.as_ref().map(OperatorRef::of),
    }))
}

/// Uses a link up: begins a short session in which a way to sign in is set up.
#[utoipa::path(post, path = "/link", extensions(("x-permission" = json!("public"))), request_body = LinkRequest, responses(
    (status = 200, body = SessionView), (status = 401, body = Problem), (status = 422, body = Problem),
))]
pub async fn use_link(
    State(state): State<AppState>,
    cookies: Cookies,
    From(source): From,
    Input(sent): Input<LinkRequest>,
) -> Result<impl IntoResponse, Failure> {
    let names = sent.login.zip(sent.name);
    let done = state.services.use_link(&sent.token, names, &source).await?;
    Ok(came_in(&state, &cookies, done))
}
