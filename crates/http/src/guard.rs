//! What every request passes: its id, its language, the same-origin rule, security headers.

use std::sync::LazyLock;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use opentelemetry_http::HeaderExtractor;
use shiming_service::measure;
use shiming_verification::code::Code;
use tokio::time::Instant;
use tracing::{Instrument as _, Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::{language::Language, problem::Failure, state::AppState};

/// Content security policy of every page: everything from our own origin, nothing inline; framed by nobody but these.
pub fn content_security_policy(frame_ancestors: &str) -> String {
    format!(
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self'; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {frame_ancestors}"
    )
}

static CLOSED_POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    HeaderValue::from_str(&content_security_policy("'none'"))
        .unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// Who reads the answer, for layers that write problems themselves.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// The language asked for.
    pub language: Language,
    /// The request's id.
    pub id: String,
}

/// Gives the request an id, logs it without personal data (the route's pattern, never the path), and turns a
/// failure into problem details in the reader's language.
pub async fn explain(
    State(state): State<AppState>,
    route: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = format!(
        "req_{}",
        state.services.fresh_id().unwrap_or_default().simple()
    );
    let method = request.method().clone();
    let language = request
        .headers()
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .map(Language::preferred)
        .unwrap_or_default();
    request.extensions_mut().insert(Reader {
        language,
        id: id.clone(),
    });
    let begun = Instant::now();
    let pattern = route.as_ref().map_or("unknown", MatchedPath::as_str);
    let span = tracing::info_span!(
        "request", %id, %method, route = pattern, status = field::Empty, otel.kind = "server",
        otel.name = %format_args!("{method} {pattern}")
    );
    if pattern.starts_with("/v1/") {
        continue_trace(&span, request.headers());
    }
    let mut response = next.run(request).instrument(span.clone()).await;
    let mut response = match response.extensions_mut().remove::<Failure>() {
        Some(failure) => failure.in_language(language, &id).into_http(),
        None => response,
    };
    let status = response.status().as_u16();
    span.record("status", status);
    measure::request(known(&method), pattern, status, begun.elapsed());
    span.in_scope(|| tracing::debug!(status, "request"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

/// Takes the request for a part of the trace that a platform's program says it is in (W3C Trace Context), if traces are on.
/// Visitors of the pages are in none, and could only confuse others' traces.
fn continue_trace(span: &Span, headers: &HeaderMap) {
    let parent = opentelemetry::global::get_text_map_propagator(|propagator| {
        propagator.extract(&HeaderExtractor(headers))
    });
    let _off = span.set_parent(parent);
}

/// The method's name; those that anybody may invent have one in common, so that they make no endless list of figures.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Adds the headers that make browsers careful.
pub async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // A page with a policy of its own says there who may frame it; the older header knows no list.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, CLOSED_POLICY.clone());
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    let mut set = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(), geolocation=()",
    );
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    response
}

/// Refuses what a browser sends from another origin: cookies alone prove nothing about who asks.
pub async fn same_origin(request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let upgrade = request.headers().contains_key(header::UPGRADE);
    if (changes || upgrade) && !comes_from_us(request.headers(), request.uri()) {
        return Failure::of(Code::Forbidden).into_response();
    }
    next.run(request).await
}

fn comes_from_us(headers: &HeaderMap, uri: &Uri) -> bool {
    let read = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = read("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = read("origin") else {
        return true;
    };
    let host = read("host").or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
    let origin_host = origin.split_once("://").map(|(_, host)| host);
    origin_host.is_some() && origin_host == host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_with(headers: &[(&'static str, &'static str)]) -> bool {
        let map = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        comes_from_us(&map, &Uri::from_static("/portal/api/sessions"))
    }

    #[test]
    fn our_own_pages_pass() {
        assert!(asked_with(&[
            ("sec-fetch-site", "same-origin"),
            ("host", "kyb.cn")
        ]));
        assert!(asked_with(&[
            ("origin", "https://kyb.cn"),
            ("host", "kyb.cn")
        ]));
    }

    #[test]
    fn other_origins_do_not() {
        assert!(!asked_with(&[
            ("sec-fetch-site", "cross-site"),
            ("host", "kyb.cn")
        ]));
        assert!(!asked_with(&[
            ("sec-fetch-site", "same-site"),
            ("host", "kyb.cn")
        ]));
        assert!(!asked_with(&[
            ("origin", "https://evil.cn"),
            ("host", "kyb.cn")
        ]));
        assert!(!asked_with(&[("origin", "null"), ("host", "kyb.cn")]));
    }

    #[test]
    fn programs_that_are_no_browser_pass_because_they_carry_no_ambient_cookie() {
        assert!(asked_with(&[("host", "kyb.cn")]));
    }
}
