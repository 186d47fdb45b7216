//! What every call of a platform's program passes: its key, the scope that the operation names in the OpenAPI document, the
//! rate limit, and the idempotency of its POSTs. An operation that names no scope lets nobody in.

use std::{collections::HashMap, num::NonZeroU32, sync::Arc, time::Duration};

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{
    Quota, RateLimiter, clock, middleware::StateInformationMiddleware, nanos::Nanos,
    state::keyed::DashMapStateStore,
};
use shiming_audit::Actor;
use shiming_service::{ServiceError, edge::Clock, tokens::digest};
use shiming_verification::{
    api_key::{ApiKey, Scope},
    code::Code,
    ids::ApiKeyId,
    ports::Platform,
    words::Realm,
};
use utoipa::openapi::OpenApi;

use super::idempotency;
use crate::{
    guard::Reader,
    problem::Failure,
    state::{ApiLimits, AppState},
};

/// The header that makes a POST safe to repeat.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The program that calls, known by its key.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Its platform; a test key's is the test platform.
    pub platform: Platform,
    /// Its key.
    pub key: ApiKey,
}

impl Caller {
    /// The program as the trail names it: its platform.
    pub fn actor(&self) -> Actor {
        Actor::platform(self.platform.id)
    }

    /// `test` or `live`.
    pub fn mode(&self) -> &'static str {
        if self.platform.realm == Realm::Test {
            "test"
        } else {
            "live"
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or(Failure::of(Code::ApiKeyInvalid))
    }
}

/// What the document says of an operation.
#[derive(Debug, Clone, Copy)]
struct Operation {
    scope: Option<Scope>,
    needs_idempotency_key: bool,
    /// A question that is asked as a POST to keep what it names out of addresses: its answer is not kept for a repetition.
    changes_nothing: bool,
}

/// Our steady clock, as the limiter reads it.
#[derive(Clone)]
struct Steady(Arc<dyn Clock>);

impl clock::Clock for Steady {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Duration::from_millis(self.0.steady_ms()).into()
    }
}

type Limiter =
    RateLimiter<ApiKeyId, DashMapStateStore<ApiKeyId>, Steady, StateInformationMiddleware>;

/// The rules at the door.
pub struct Gate {
    operations: HashMap<(Method, String), Operation>,
    limiter: Limiter,
    clock: Steady,
    limits: ApiLimits,
}

impl Gate {
    /// Reads the rules from the document.
    pub fn new(document: &OpenApi, limits: ApiLimits, clock: Arc<dyn Clock>) -> Self {
        let clock = Steady(clock);
        let burst = NonZeroU32::new(limits.burst).unwrap_or(NonZeroU32::MIN);
        let rate = NonZeroU32::new(limits.per_second).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(rate).allow_burst(burst);
        let limiter = RateLimiter::dashmap_with_clock(quota, clock.clone())
            .with_middleware::<StateInformationMiddleware>();
        Self {
            operations: operations(document),
            limiter,
            clock,
            limits,
        }
    }

    fn allowed_methods(&self, route: &str) -> String {
        let of_route = self.operations.keys().filter(|(_, path)| path == route);
        let mut methods: Vec<_> = of_route.map(|(method, _)| method.as_str()).collect();
        methods.sort_unstable();
        methods.join(", ")
    }

    /// Takes one from the key's allowance; what is left of it, or how long to wait.
    fn spend(&self, key: ApiKeyId) -> Result<u32, Duration> {
        match self.limiter.check_key(&key) {
            Ok(left) => Ok(left.remaining_burst_capacity()),
            Err(not_until) => Err(not_until.wait_time_from(clock::Clock::now(&self.clock))),
        }
    }

    /// The header fields of the `RateLimit` draft (`draft-ietf-httpapi-ratelimit-headers`).
    fn tell_allowance(&self, headers: &mut HeaderMap, left: u32, wait: u64) {
        let policy = format!("\"key\";q={};w={}", self.limits.burst, self.window());
        let now = format!("\"key\";r={left};t={wait}");
        for (name, text) in [("ratelimit-policy", policy), ("ratelimit", now)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }

    /// Seconds in which a used-up allowance is whole again.
    fn window(&self) -> u32 {
        self.limits.burst.div_ceil(self.limits.per_second.max(1))
    }
}

/// Every operation under `/v1`, with the scope that its `security` names.
fn operations(document: &OpenApi) -> HashMap<(Method, String), Operation> {
    let document = serde_json::to_value(document).unwrap_or_default();
    let mut found = HashMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else {
                continue;
            };
            let scope = operation["security"][0]["api_key"][0].as_str();
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let needs_idempotency_key = parameters
                .filter(|parameter| parameter["required"] == true)
                .any(|parameter| parameter["name"] == "Idempotency-Key");
            let known = Operation {
                scope: scope.and_then(|scope| scope.parse().ok()),
                needs_idempotency_key,
                changes_nothing: operation["x-changes-nothing"] == true,
            };
            found.insert((method, path.clone()), known);
        }
    }
    found
}

/// The layer around `/v1`.
pub async fn admit(
    State((state, gate)): State<(AppState, Arc<Gate>)>,
    route: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let reader = request
        .extensions()
        .get::<Reader>()
        .cloned()
        .unwrap_or_default();
    let route = route.as_str().to_owned();
    let (mut response, left, wait) = match known_caller(&state, request.headers()).await {
        Err(failure) => (refused(failure), None, 0),
        Ok(caller) => match gate.spend(caller.key.id) {
            Err(wait) => {
                let seconds = wait.as_secs() + 1;
                let pause = chrono::Duration::seconds(i64::try_from(seconds).unwrap_or(60));
                let retry_at = state.services.clock.now() + pause;
                let failure = Failure::until(Code::TooManyRequests, retry_at);
                (failure.into_response(), Some(0), seconds)
            }
            Ok(left) => {
                let answer = pass(&state, &gate, &route, caller, request, next).await;
                (answer, Some(left), 0)
            }
        },
    };
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        let headers = std::mem::take(response.headers_mut());
        response = failure.in_language(reader.language, &reader.id).into_http();
        for (name, value) in &headers {
            response
                .headers_mut()
                .entry(name)
                .or_insert_with(|| value.clone());
        }
    }
    if let Some(left) = left {
        gate.tell_allowance(response.headers_mut(), left, wait);
    }
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn pass(
    state: &AppState,
    gate: &Gate,
    route: &str,
    caller: Caller,
    mut request: Request,
    next: Next,
) -> Response {
    let method = request.method().clone();
    let asked = if method == Method::HEAD {
        Method::GET
    } else {
        method.clone()
    };
    let Some(operation) = gate.operations.get(&(asked, route.to_owned())).copied() else {
        let mut response = Failure::of(Code::MethodNotAllowed).into_response();
        if let Ok(value) = HeaderValue::from_str(&gate.allowed_methods(route)) {
            response.headers_mut().insert(header::ALLOW, value);
        }
        return response;
    };
    let may = operation
        .scope
        .is_some_and(|scope| caller.key.scopes.contains(&scope));
    if !may {
        return Failure::of(Code::ScopeMissing).into_response();
    }
    if route.starts_with("/v1/test/") && caller.platform.realm != Realm::Test {
        return Failure::of(Code::TestModeOnly).into_response();
    }
    request.extensions_mut().insert(caller.clone());
    if method == Method::POST && !operation.changes_nothing {
        let needed = operation.needs_idempotency_key;
        return idempotency::once(state, &caller, needed, request, next).await;
    }
    next.run(request).await
}

async fn known_caller(state: &AppState, headers: &HeaderMap) -> Result<Caller, Failure> {
    let invalid = Failure::of(Code::ApiKeyInvalid);
    let header = headers.get(header::AUTHORIZATION);
    let text = header.and_then(|value| value.to_str().ok());
    let secret = text.and_then(|text| text.split_once(' '));
    let Some(("Bearer" | "bearer", secret)) = secret else {
        return Err(invalid);
    };
    let found = state
        .services
        .platform_api
        .key_of_secret(digest(secret.trim()))
        .await
        .map_err(|error| Failure::from(ServiceError::from(error)))?;
    let now = state.services.clock.now();
    match found {
        Some((key, platform)) if key.is_good(now) => Ok(Caller { platform, key }),
        _ => Err(invalid),
    }
}

/// RFC 9110, section 11.6.1: a 401 says how to authenticate.
fn refused(failure: Failure) -> Response {
    let mut response = failure.into_response();
    if response.status() == StatusCode::UNAUTHORIZED {
        let how = HeaderValue::from_static("Bearer realm=\"shiming\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
    }
    response
}
