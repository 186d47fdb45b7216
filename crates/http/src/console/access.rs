//! Who may ask what: the table is read from the OpenAPI document, so that what is documented is what is enforced.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{Method, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use shiming_service::operators::Present;
use shiming_verification::{code::Code, operator::Permission};
use utoipa::openapi::{OpenApi, path::Operation};

use crate::{
    cookies::{Cookies, Purpose},
    problem::Failure,
    state::AppState,
};

/// Under what the console's API lies.
pub const PREFIX: &str = "/console/api";

/// A header that no form and no image can send, so that a forged request fails even in a browser without Fetch Metadata.
const CSRF_HEADER: &str = "x-shiming-console";

/// What a route asks of whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Nothing: ways to sign in.
    Public,
    /// A session.
    SignedIn,
    /// A session of an operator with this permission.
    Needs(Permission),
}

impl Rule {
    fn of(operation: &Operation) -> Option<Self> {
        let extensions = operation.extensions.as_ref()?;
        match extensions.get("x-permission")?.as_str()? {
            "public" => Some(Self::Public),
            "signed_in" => Some(Self::SignedIn),
            word => Permission::of(word).map(Self::Needs),
        }
    }
}

/// Every route of the console with its rule.
#[derive(Debug, Clone, Default)]
pub struct Table(Arc<HashMap<(Method, String), Rule>>);

impl Table {
    /// The table of a document.
    ///
    /// # Panics
    /// If a route of the console names no permission: it would be refused to all, and a test should say so first.
    #[must_use]
    pub fn of(document: &OpenApi) -> Self {
        let mut rules = HashMap::new();
        let paths = document.paths.paths.iter();
        for (path, item) in paths.filter(|(path, _)| path.starts_with(PREFIX)) {
            for (method, operation) in [(Method::GET, &item.get), (Method::POST, &item.post)] {
                if let Some(operation) = operation {
                    let rule = Rule::of(operation);
                    let rule =
                        rule.unwrap_or_else(|| panic!("{method} {path} names no permission"));
                    rules.insert((method, path.clone()), rule);
                }
            }
        }
        Self(Arc::new(rules))
    }

    fn rule(&self, method: &Method, path: &str) -> Option<Rule> {
        let method = if *method == Method::HEAD {
            Method::GET
        } else {
            method.clone()
        };
        self.0.get(&(method, path.to_owned())).copied()
    }
}

/// Lets through what the table allows; a signed-in operator is found in the request's extensions from then on.
pub async fn guard(
    State((state, table)): State<(AppState, Table)>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let Some(path) = path
        .map(MatchedPath::as_str)
        .filter(|path| path.starts_with(PREFIX))
    else {
        return next.run(request).await;
    };
    let rule = table.rule(request.method(), path);
    let (mut parts, body) = request.into_parts();
    match allowed(&state, rule, &mut parts).await {
        Ok(()) => {
            request = Request::from_parts(parts, body);
            let mut response = next.run(request).await;
            let no_store = axum::http::HeaderValue::from_static("no-store");
            response
                .headers_mut()
                .insert(axum::http::header::CACHE_CONTROL, no_store);
            response
        }
        Err(failure) => failure.into_response(),
    }
}

async fn allowed(state: &AppState, rule: Option<Rule>, parts: &mut Parts) -> Result<(), Failure> {
    let changes = !matches!(parts.method, Method::GET | Method::HEAD);
    if changes && !parts.headers.contains_key(CSRF_HEADER) {
        return Err(Failure::of(Code::Forbidden));
    }
    let rule = rule.ok_or(Failure::of(Code::Forbidden))?;
    if rule == Rule::Public {
        return Ok(());
    }
    let Ok(cookies) = Cookies::from_request_parts(parts, state).await;
    let key = cookies.key(Purpose::Console);
    let key = key.ok_or(Failure::of(Code::SessionInvalid))?;
    let present = state.services.present(&key).await?;
    if let Rule::Needs(permission) = rule {
        // A link only leads to a way of signing in; nothing else is done in its session.
        if present.session.method == "link" || !present.operator.may(permission) {
            return Err(Failure::of(Code::Forbidden));
        }
    }
    parts.extensions.insert(present);
    Ok(())
}

/// The operator whom [`guard`] has let through.
pub struct Staff(pub Present);

/// The operator whom [`guard`] has let through, with a fresh proof of being there.
pub struct Proved(pub Present);

impl FromRequestParts<AppState> for Proved {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let Staff(by) = Staff::from_request_parts(parts, state).await?;
        if state.services.is_fresh(&by) {
            Ok(Self(by))
        } else {
            Err(Failure::of(Code::StepUpNeeded))
        }
    }
}

impl FromRequestParts<AppState> for Staff {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Failure> {
        let present = parts.extensions.get::<Present>().cloned();
        present.map(Self).ok_or(Failure::of(Code::SessionInvalid))
    }
}
