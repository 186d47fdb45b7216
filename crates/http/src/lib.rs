//! HTTP: the platform's API, the pages and theirs, problem details, the OpenAPI document and what is written from the code.
//!
//! [`router`] serves everything over an [`AppState`]; [`openapi`] describes it. Each folder is one caller: `portal` (the
//! applicant's PC), `phone` (the legal representative), `console` (operators), `demo`, `v1` (the platform's programs).

mod assets;
mod certificate;
mod console;
mod cookies;
mod demo;
mod document;
mod embed;
mod extract;
mod federation;
mod guard;
mod language;
mod message;
mod origin;
mod pages;
mod person;
mod phone;
mod portal;
mod problem;
pub mod reference;
mod state;
mod v1;
pub mod words;

use axum::{Json, Router, extract::DefaultBodyLimit, middleware, routing::get};
use shiming_verification::code::Code;
use tower_http::compression::CompressionLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub use certificate::Letters;
pub use cookies::Scheme;
pub use state::{ApiLimits, AppState, PageConfig};

use std::sync::Arc;

use crate::{document::completed, problem::Failure, v1::Gate};

/// Largest JSON body in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// Every route, with all its layers.
pub fn router(state: AppState) -> Router {
    let gate = Arc::new(Gate::new(
        &openapi(),
        state.api,
        state.services.clock.clone(),
    ));
    let door = middleware::from_fn_with_state((state.clone(), gate), v1::admit);
    let v1 = v1::routes().layer(door);
    let (api, document) = described(state.pages.demo, v1).split_for_parts();
    let staff = (state.clone(), console::access::Table::of(&document));
    let api = api.layer(middleware::from_fn_with_state(
        staff,
        console::access::guard,
    ));
    let document = Json(completed(document));
    api.route("/openapi.json", get(move || async move { document }))
        .merge(pages::routes())
        .merge(federation::routes())
        .merge(message::routes())
        .fallback(|| async { Failure::of(Code::NotFound) })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(guard::same_origin))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            guard::explain,
        ))
        .layer(middleware::from_fn(guard::harden))
        .layer(CompressionLayer::new())
        .with_state(state)
}

/// The OpenAPI 3.1 document of everything that programs and pages ask.
#[must_use]
pub fn openapi() -> OpenApi {
    completed(described(true, v1::routes()).split_for_parts().1)
}

fn described(demo: bool, v1: OpenApiRouter<AppState>) -> OpenApiRouter<AppState> {
    let api = OpenApiRouter::new()
        .merge(pages::api_routes())
        .nest("/portal/api", portal::routes())
        .nest("/portal/api", certificate::portal_routes())
        .nest("/portal/api", federation::portal_routes())
        .nest("/federation/api", federation::api_routes())
        .nest("/certificate/api", certificate::routes())
        .nest("/message/api", message::api_routes())
        .nest("/console/api", console::routes())
        .nest("/phone/api", phone::routes())
        .nest("/v1", v1);
    if demo {
        api.nest("/demo/api", demo::routes())
    } else {
        api
    }
}
