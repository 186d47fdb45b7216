//! The `OpenID` provider: discovery, keys, authorization, tokens, `UserInfo`.

use axum::{
    Form, Json,
    extract::{
        Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use shiming_federation::claims;
use shiming_service::{
    ServiceError,
    federation::{
        provider::{AuthorizeParameters, Authorized},
        token::{TokenRefusal, TokenRequest},
    },
};

use crate::{
    assets::page,
    cookies::{Cookies, Purpose},
    problem::Failure,
    state::AppState,
};

const NO_STORE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// Provider metadata (`OpenID` Connect Discovery 1.0, section 3, and Identity Assurance 1.0, section 9).
pub async fn discovery(State(state): State<AppState>) -> Json<Value> {
    let origin = &state.pages.portal_origin;
    Json(json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/federation/authorize"),
        "token_endpoint": format!("{origin}/federation/token"),
        "userinfo_endpoint": format!("{origin}/federation/userinfo"),
        "jwks_uri": format!("{origin}/federation/jwks.json"),
        "scopes_supported": ["openid"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce"],
        "verified_claims_supported": true,
        "trust_frameworks_supported": [claims::LIVE_FRAMEWORK, claims::DEMO_FRAMEWORK],
        "claims_in_verified_claims_supported": ["authority", "name"],
        "evidence_supported": ["electronic_record"],
        "electronic_records_supported": ["cn_business_registry", "cn_population_register"],
    }))
}

/// The public keys.
pub async fn keys(State(state): State<AppState>) -> Result<Response, Failure> {
    let keys = state.services.published_keys().await?;
    Ok(([(header::CACHE_CONTROL, "public, max-age=300")], Json(keys)).into_response())
}

/// A sister platform sends a user. What is wrong with the request itself is told to the user and not sent on: an address
/// that nobody registered gets nothing.
pub async fn authorize(
    State(state): State<AppState>,
    cookies: Cookies,
    asked: Result<Query<AuthorizeParameters>, QueryRejection>,
) -> Result<Response, Failure> {
    let Ok(Query(asked)) = asked else {
        return Ok(unusable("query"));
    };
    let session = match cookies.key(Purpose::Portal) {
        Some(key) => state.services.portal_session(&key).await.ok(),
        None => None,
    };
    let origin = &state.pages.portal_origin;
    let authorized = state
        .services
        .authorize(&asked, session.as_ref(), origin)
        .await?;
    Ok(match authorized {
        Authorized::Unusable(what) => unusable(what),
        Authorized::Onward { url, browser } => {
            let cookie = browser.map(|key| cookies.with_key(Purpose::Consent, key));
            (cookie, NO_STORE, Redirect::to(&url)).into_response()
        }
    })
}

fn unusable(what: &str) -> Response {
    tracing::info!(what, "an authorization request can't be used");
    let mut response = page("consent.html");
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

/// Trades a code for tokens.
pub async fn token(
    State(state): State<AppState>,
    headers: HeaderMap,
    request: Result<Form<TokenRequest>, FormRejection>,
) -> Response {
    let Ok(Form(request)) = request else {
        return refused("invalid_request");
    };
    let Some((id, secret)) = credentials(&headers, &request) else {
        return refused("invalid_client");
    };
    let origin = &state.pages.portal_origin;
    let traded = async {
        let party = state.services.relying_party(&id, &secret).await?;
        state.services.trade_code(&party, &request, origin).await
    };
    match traded.await {
        Ok(tokens) => (NO_STORE, Json(tokens)).into_response(),
        Err(TokenRefusal::OAuth(error)) => refused(error),
        Err(TokenRefusal::Service(error)) => Failure::from(error).into_response(),
    }
}

/// Id and secret of the client: from the header (RFC 6749, 2.3.1) or from the body, not from both.
fn credentials(headers: &HeaderMap, request: &TokenRequest) -> Option<(String, String)> {
    let from_body = request.client_id.clone().zip(request.client_secret.clone());
    let Some(header) = headers.get(header::AUTHORIZATION) else {
        return from_body;
    };
    let text = after_scheme(header, "Basic")?;
    let text = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    // Our ids and secrets hold nothing that form encoding would change.
    request
        .client_secret
        .is_none()
        .then(|| (id.to_owned(), secret.to_owned()))
}

/// What follows the scheme of an `Authorization` header, whose case does not matter (RFC 9110, section 11.1).
fn after_scheme<'a>(header: &'a HeaderValue, scheme: &str) -> Option<&'a str> {
    let (named, rest) = header.to_str().ok()?.split_once(' ')?;
    named.eq_ignore_ascii_case(scheme).then_some(rest.trim())
}

fn refused(error: &'static str) -> Response {
    let status = match error {
        "invalid_client" => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    let mut response = (status, NO_STORE, Json(json!({ "error": error }))).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let ask = HeaderValue::from_static("Basic realm=\"token\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, ask);
    }
    response
}

/// What an access token is told.
pub async fn user_info(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| after_scheme(value, "Bearer"));
    let told = match token {
        Some(token) => {
            state
                .services
                .user_info(token, &state.pages.portal_origin)
                .await
        }
        None => Err(ServiceError::NoSession),
    };
    match told {
        Ok(answer) => (NO_STORE, Json(answer)).into_response(),
        Err(ServiceError::NoSession) => {
            let ask = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
            (
                StatusCode::UNAUTHORIZED,
                ask,
                Json(json!({ "error": "invalid_token" })),
            )
                .into_response()
        }
        Err(error) => Failure::from(error).into_response(),
    }
}
