//! A POST with an Idempotency-Key is done once, however often it is sent (after the header's draft 07).

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use chrono::Duration;
use shiming_service::{ServiceError, portal::Making, tokens::digest};
use shiming_verification::{
    code::Code,
    ports::idempotency::{FirstAnswer, KeyedRequest, Known},
};

use super::gate::{Caller, IDEMPOTENCY_KEY};
use crate::{BODY_LIMIT, guard::Reader, problem::Failure, state::AppState};

/// Longest value of the header.
const LONGEST: usize = 255;
/// What a value looks like, for the document.
pub const SHAPE: &str = r"^[!-~]([ -~]{0,253}[!-~])?$";
/// How long a request counts as running when nothing more is heard of it.
const HELD: Duration = Duration::seconds(60);
/// How long an answer is kept.
const KEPT: Duration = Duration::hours(24);
/// Largest answer that is kept.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// Does the request, or gives the first answer again.
pub async fn once(
    state: &AppState,
    caller: &Caller,
    needed: bool,
    request: Request,
    next: Next,
) -> Response {
    let value = match key_of(&request) {
        Ok(Some(value)) => value,
        Ok(None) if needed => return Failure::of(Code::IdempotencyKeyMissing).into_response(),
        Ok(None) => return next.run(request).await,
        Err(failure) => return failure.into_response(),
    };
    match first_or_again(state, caller, &value, request, next).await {
        Ok(response) => response,
        Err(failure) => failure.into_response(),
    }
}

/// The header's value: a structured-field string in quotes, or bare, as most clients send it. Visible characters of ASCII and
/// spaces between them.
fn key_of(request: &Request) -> Result<Option<String>, Failure> {
    let Some(value) = request.headers().get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    let bare = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if bare.is_empty() || text.len() > LONGEST || !plain {
        return Err(Failure::field("", Code::InvalidInput, "idempotency_key"));
    }
    Ok(Some(bare.to_owned()))
}

async fn first_or_again(
    state: &AppState,
    caller: &Caller,
    value: &str,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let reader = request
        .extensions()
        .get::<Reader>()
        .cloned()
        .unwrap_or_default();
    let path = request.uri().path().to_owned();
    let (mut parts, body) = request.into_parts();
    let bytes = to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|_| Failure::of(Code::PayloadTooLarge))?;
    let now = state.services.clock.now();
    let keyed = KeyedRequest {
        scope: digest(&format!("{}\n{path}\n{value}", caller.key.id)),
        request: digest(&String::from_utf8_lossy(&bytes)),
        held_until: now + HELD,
        makes: state.services.fresh_id().map_err(ServiceError::from)?,
        expires_at: now + KEPT,
    };
    let store = &state.services.platform_api;
    let mut making = Making {
        id: keyed.makes,
        maybe_made: false,
    };
    match store
        .begin_request(&keyed, now)
        .await
        .map_err(unavailable)?
    {
        Known::Running => return Err(Failure::of(Code::IdempotencyInProgress)),
        Known::Other => return Err(Failure::of(Code::IdempotencyConflict)),
        Known::Done(answer) => return Ok(again(answer)),
        Known::First => {}
        Known::Orphaned(id) => {
            making = Making {
                id,
                maybe_made: true,
            };
        }
    }
    parts.extensions.insert(making);
    let response = next
        .run(Request::from_parts(parts, Body::from(bytes)))
        .await;
    let (response, answer) = told(response, &reader).await?;
    // What failed on our side, or was only too early, may be tried again with the same key.
    let kept = answer.filter(|answer| answer.status < 500 && ![409, 429].contains(&answer.status));
    match kept {
        Some(answer) => store.keep_answer(keyed.scope, &answer).await,
        None => store.forget_request(keyed.scope).await,
    }
    .map_err(unavailable)?;
    Ok(response)
}

/// The response, written out, and what is kept of it.
async fn told(
    mut response: Response,
    reader: &Reader,
) -> Result<(Response, Option<FirstAnswer>), Failure> {
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        response = failure.in_language(reader.language, &reader.id).into_http();
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, ANSWER_LIMIT)
        .await
        .map_err(|_| Failure::of(Code::SystemError))?;
    let kind = parts.headers.get(header::CONTENT_TYPE);
    let answer = FirstAnswer {
        status: parts.status.as_u16(),
        kind: kind
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
        body: body.to_vec(),
    };
    Ok((Response::from_parts(parts, Body::from(body)), Some(answer)))
}

fn again(answer: FirstAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body).into_response();
    if answer.kind.is_empty() {
        response.headers_mut().remove(header::CONTENT_TYPE);
    } else if let Ok(kind) = HeaderValue::from_str(&answer.kind) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response.headers_mut().insert(
        HeaderName::from_static("idempotency-replayed"),
        HeaderValue::from_static("true"),
    );
    response
}

fn unavailable(error: shiming_verification::ports::LedgerError) -> Failure {
    Failure::from(ServiceError::from(error))
}
