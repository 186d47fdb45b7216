//! The platform's own API: what its programs ask, one file for each resource.
//!
//! `gate` lets a call in by the scope that its operation names; `idempotency` does a POST once; `page` cuts lists.

mod contact;
mod credentials;
pub mod deliveries;
mod enterprises;
mod events;
mod federation;
mod gate;
mod idempotency;
pub mod messages;
pub mod page;
mod persons;
mod platform;
mod sandbox;
mod verifications;
pub mod webhooks;

use utoipa::openapi::{
    OpenApi, RefOr, Schema,
    schema::AdditionalProperties,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use gate::{Caller, Gate, admit};
pub use idempotency::SHAPE as IDEMPOTENCY_KEY_SHAPE;

use crate::state::AppState;

/// Routes under `/v1`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(verifications::open, verifications::list))
        .routes(routes!(verifications::show))
        .routes(routes!(verifications::cancel))
        .routes(routes!(verifications::link))
        .routes(routes!(credentials::list))
        .routes(routes!(credentials::show))
        .routes(routes!(credentials::revoke))
        .routes(routes!(credentials::of_account))
        .routes(routes!(credentials::close_account))
        .routes(routes!(enterprises::list))
        .routes(routes!(enterprises::show))
        .routes(routes!(events::list))
        .routes(routes!(events::show))
        .routes(routes!(webhooks::add, webhooks::list))
        .routes(routes!(webhooks::show, webhooks::change, webhooks::remove))
        .routes(routes!(webhooks::rotate))
        .routes(routes!(webhooks::try_out))
        .routes(routes!(webhooks::replay))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::attempts))
        .routes(routes!(persons::export))
        .routes(routes!(persons::erase))
        .routes(routes!(persons::withdraw_consent))
        .routes(routes!(platform::show, platform::change))
        .routes(routes!(federation::sign_in))
        .routes(routes!(federation::portable))
        .routes(routes!(sandbox::simulate))
        .routes(routes!(sandbox::simulate_life))
        .routes(routes!(sandbox::values))
}

/// What the document says of keys, and of what webhooks carry.
pub fn describe(document: &mut OpenApi) {
    let mut scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    scheme.description = Some(
        "An API key, `sk_live_…` or `sk_test_…`. The text behind each operation's requirement is the scope that the key \
         needs."
            .to_owned(),
    );
    let components = document.components.get_or_insert_with(Default::default);
    components.add_security_scheme("api_key", SecurityScheme::Http(scheme));
    messages::describe(components);
    for name in ["SimulationRequest", "LifeSimulationRequest"] {
        if let Some(RefOr::T(Schema::OneOf(actions))) = components.schemas.get_mut(name) {
            actions.items.iter_mut().for_each(refuse_more);
        }
    }
}

/// An action with a field that it does not know is refused; `deny_unknown_fields` of an enum does not reach its variants.
fn refuse_more(action: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::Object(action)) = action {
        action.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    }
}
